//! The steps of a run, each taken on both sides.

use std::net::IpAddr;

use netiosim_model::api::Memory;
use netiosim_model::event::Function;
use netiosim_model::ids::{Handle, LaneId, TableId};
use netiosim_model::machine::{Begun, CancelBegin, LockMode, Request, Wait};
use netiosim_model::net::AF_UNSPEC;
use netiosim_model::profile::OptionId;
use netiosim_model::row::{Row, SocketAddress};
use netiosim_model::status::Status;

use super::action::{Action, Flaw, Pick};
use super::readers::Reader;
use super::waits::For;
use super::world::{Registering, World, told};
use super::{Call, Cancel, First, Listens, Thread, Told, scan};

/// One of these, modulo their number.
pub(super) fn among<T: Copy>(all: &[T], n: u8) -> Option<T> {
    (!all.is_empty()).then(|| all[usize::from(n) % all.len()])
}

/// What a registration listens to, of a small number.
fn listens(kind: u8) -> Listens {
    match kind {
        0..5 => Listens::Teredo,
        5..8 => Listens::Interfaces(2),
        8..11 => Listens::Interfaces(23),
        11..16 => Listens::Interfaces(AF_UNSPEC),
        16 => Listens::Interfaces(7),
        17..19 => Listens::Addresses(2),
        19..21 => Listens::Addresses(23),
        21..24 => Listens::Addresses(AF_UNSPEC),
        24 => Listens::Addresses(10),
        25..27 => Listens::Routes(2),
        27..29 => Listens::Routes(23),
        29..32 => Listens::Routes(AF_UNSPEC),
        32 => Listens::Routes(1),
        33..36 => Listens::Hint,
        36..39 => Listens::Stable(AF_UNSPEC),
        39 => Listens::Stable(2),
        40 => Listens::Stable(23),
        _ => Listens::Stable(5),
    }
}

impl World {
    /// Takes one step, if it is possible, and compares.
    pub(crate) fn step(&mut self, action: &Action) {
        let since = self.chooser.log.len();
        self.events = self.machine.events().len();
        self.read_rules();
        let mut broken = Vec::new();
        self.act(action, since, &mut broken);
        self.read_rules();
        self.compare(&broken);
    }

    fn who(&self, n: u8) -> Option<Thread> {
        among(&self.reference.able(), n)
    }

    fn act(&mut self, action: &Action, since: usize, broken: &mut Vec<&'static str>) {
        match *action {
            Action::Register { who, .. } => {
                if let Some(thread) = self.who(who) {
                    self.register(thread, action, since, broken);
                }
            }
            Action::Cancel { who, pick } => {
                let handle = self.pick(pick);
                if let Some(thread) = self.who(who) {
                    self.cancel(thread, handle, since, broken);
                }
            }
            Action::Deliver { which, on } => self.deliver(which, on, broken),
            Action::End { who } => {
                let able = self.reference.able();
                let in_callback = |t: &Thread| !self.reference.threads[*t].frames.is_empty();
                let running: Vec<Thread> = able.into_iter().filter(in_callback).collect();
                if let Some(thread) = among(&running, who) {
                    self.end(thread, broken);
                }
            }
            Action::EndWait { who } => {
                let all: Vec<Thread> =
                    (0..self.actors.len()).filter(|t| self.reference.can_end(*t)).collect();
                if let Some(thread) = among(&all, who) {
                    self.end_wait(thread, broken);
                }
            }
            Action::Abandon { who } => {
                let stuck: Vec<Thread> = (0..self.actors.len())
                    .filter(|t| self.reference.waits.of(*t).is_some())
                    .filter(|t| !self.reference.can_end(*t))
                    .collect();
                if let Some(thread) = among(&stuck, who) {
                    self.abandon(thread);
                }
            }
            Action::Acquire { .. }
            | Action::TryAcquire { .. }
            | Action::Release { .. }
            | Action::Join { .. }
            | Action::Send { .. }
            | Action::Receive { .. }
            | Action::SetSignal { .. }
            | Action::WaitSignal { .. } => self.thread_step(action, broken),
            Action::Change(turn) => self.change(turn),
            Action::Elapse(ms) => self.elapse(u64::from(ms)),
            Action::GetPort { who, pointer } => {
                if let Some(thread) = self.who(who) {
                    self.get_port(thread, pointer, broken);
                }
            }
            _ => self.life_step(action, broken),
        }
    }

    fn pick(&self, pick: Pick) -> Handle {
        match pick {
            Pick::Given(n) => among(&self.handles, n).unwrap_or(Handle::NULL),
            Pick::Last => self.handles.last().copied().unwrap_or(Handle::NULL),
            Pick::Null => Handle::NULL,
            Pick::Garbage(value) => Handle(value),
            Pick::OtherStack(n) => {
                among(&self.handles, n).map_or(Handle::NULL, |handle| Handle(handle.0 ^ (1 << 48)))
            }
        }
    }

    fn register(
        &mut self,
        thread: Thread,
        action: &Action,
        since: usize,
        broken: &mut Vec<&'static str>,
    ) {
        let Action::Register { kind, initial, callback, module, flaw, .. } = *action else {
            return;
        };
        let listens = listens(kind);
        let module = module && self.reference.threads[thread].process == 0;
        let mut call = Call {
            name: format!("r{callback}"),
            callback: (flaw != Flaw::NullCallback).then_some(u64::from(callback)),
            handle_pointer: flaw != Flaw::NullPointer,
            listens,
            initial,
            module,
            foreign: flaw == Flaw::Foreign,
            stable: false,
        };
        self.contexts += 1;
        let other = 1 - self.reference.threads[thread].process;
        let request = Request {
            callback: call.callback,
            context: self.contexts,
            initial,
            handle_pointer: call.handle_pointer,
            module: module.then_some(self.module),
            callback_process: call.foreign.then_some(self.processes[other]),
            ..Request::new(call.name.as_str(), 0)
        };
        let actor = self.actors[thread];
        let before = self.machine.env().clone();
        let (function, registered) = match listens {
            Listens::Teredo => (
                Function::NotifyTeredoPortChange,
                self.machine.notify_teredo_port_change(actor, &request, &mut self.chooser),
            ),
            Listens::Interfaces(family) => (
                Function::NotifyIpInterfaceChange,
                self.machine.notify_ip_interface_change(actor, family, &request, &mut self.chooser),
            ),
            _ => {
                let function = match listens {
                    Listens::Addresses(_) => Function::NotifyUnicastIpAddressChange,
                    Listens::Routes(_) => Function::NotifyRouteChange2,
                    Listens::Stable(_) => Function::NotifyStableUnicastIpAddressTable,
                    _ => Function::NotifyNetworkConnectivityHintChange,
                };
                let family = listens.family().unwrap_or(AF_UNSPEC);
                let machine = &mut self.machine;
                (function, machine.notify(actor, function, family, &request, &mut self.chooser))
            }
        };
        self.read_rules();
        call.stable = scan::is_stable(&before, self.reference.rules.stable_waits_for_all);
        let (code, made) = self.reference.notify_answers(thread, &call, broken);
        assert_eq!(registered.code, code, "of {call:?}");
        assert_eq!(!registered.handle.is_null(), made, "a handle exactly for a registration");
        let table = matches!(listens, Listens::Stable(_)) && !made && code == 0;
        let table = table && !self.reference.rules.stub;
        assert_eq!(registered.table.is_some(), table, "a table at once");
        if let Some(table) = registered.table {
            let rows = self.take_table(thread, table, broken);
            assert_eq!(rows, scan::stable_rows(&before, listens.family().unwrap_or_default()));
        }
        if !made {
            assert!(registered.initial.is_empty());
            return;
        }
        assert!(!self.handles.contains(&registered.handle), "no handle is given twice");
        assert_eq!(registered.handle.stack(), super::world::TAG);
        self.handles.push(registered.handle);
        let on_caller = self.decided(OptionId::InitialThread, since) == Some("caller");
        let lanes = self.reference.register(thread, registered.handle.0, &call, on_caller);
        let expected: Vec<LaneId> = lanes
            .iter()
            .map(|lane| LaneId {
                handle: registered.handle,
                lane: u8::try_from(*lane).expect("a lane"),
            })
            .collect();
        assert_eq!(registered.initial, expected, "initial deliveries on the caller");
        if let Some(reader) = Reader::new(listens, &before) {
            self.readers.push((registered.handle.0, reader));
        }
        if matches!(listens, Listens::Stable(_)) {
            // A request that waits wakes the Teredo client.
            let effects = self.new_effects();
            self.happened(&before, None, &effects);
        }
        let info = self.machine.registration(registered.handle).expect("a live registration");
        assert_eq!((info.name(), info.context()), (call.name.as_str(), self.contexts));
        if !registered.initial.is_empty() {
            let depth = self.reference.threads[thread].frames.len();
            let rest = registered.initial;
            let handle = registered.handle;
            self.registering[thread].push(Registering { depth, rest, function, code, handle });
            self.go_on_registering(thread, broken);
        }
    }

    /// Makes the initial deliveries of a registering call, one after the other.
    fn go_on_registering(&mut self, thread: Thread, broken: &mut Vec<&'static str>) {
        let depth = self.reference.threads[thread].frames.len();
        while let Some(call) = self.registering[thread].last_mut() {
            if call.depth != depth {
                return;
            }
            if call.rest.is_empty() {
                let call = self.registering[thread].pop().expect("a call");
                let actor = self.actors[thread];
                self.machine.register_return(actor, call.function, call.code, call.handle);
                continue;
            }
            let lane = call.rest.remove(0);
            let (reg, n) = self.name(lane);
            let due = self.reference.regs[reg].lanes[n].first == First::DueOn(thread);
            assert_eq!(self.machine.is_initial_due(lane), due, "an initial delivery is due");
            if due {
                self.begin(lane, thread, broken);
                return;
            }
        }
    }

    fn deliver(&mut self, which: u8, on: u8, broken: &mut Vec<&'static str>) {
        let Some(lane) = among(&self.machine.deliverable(), which) else {
            return;
        };
        let process = self.reference.regs[self.name(lane).0].process;
        let able = self.reference.able();
        let own = |thread: &Thread| self.reference.threads[*thread].process == process;
        let pool: Vec<Thread> = able.into_iter().filter(own).collect();
        if let Some(thread) = among(&pool, on) {
            self.begin(lane, thread, broken);
        }
    }

    fn begin(&mut self, lane: LaneId, thread: Thread, broken: &mut Vec<&'static str>) {
        assert!(!self.cancelled.contains(&lane.handle.0), "a delivery after the cancel returned");
        let (reg, n) = self.name(lane);
        let due = self.machine.delivery_begin(lane, self.actors[thread]);
        let hint = self.hint_now();
        let expected = self.reference.begin(reg, n, thread, hint);
        assert_eq!(told(&due.notification), expected, "what the callback is told");
        match expected {
            Told::Stable => {
                let Listens::Stable(family) = self.reference.regs[reg].listens else {
                    panic!("a table for somebody else");
                };
                let table = due.notification.table().expect("a table");
                let rows = self.take_table(thread, table, broken);
                assert_eq!(rows, scan::stable_rows(self.machine.env(), family), "stable rows");
            }
            Told::Hint(_) => self.counts.hints += 1,
            Told::Address(Some(_), _) => self.counts.addresses += 1,
            Told::Route(Some(_), _) => self.counts.routes += 1,
            _ => {}
        }
        let trusts = !self.any_order();
        let reader = self.readers.iter_mut().find(|reader| reader.0 == lane.handle.0);
        if let Some((_, reader)) = reader {
            reader.hears(expected, self.machine.env(), trusts);
        }
        let entry = &self.reference.regs[reg];
        assert_eq!((due.lane, due.number, due.callback), (lane, entry.begun, entry.callback));
        let context = self.handles.iter().position(|handle| handle.0 == entry.handle);
        assert!(context.is_some() && due.context > 0 && due.context <= self.contexts);
        if entry.module && !self.reference.module_loaded {
            broken.push("N009");
        }
        self.counts.deliveries += 1;
    }

    /// What a table holds, interface and address; it is freed.
    fn take_table(
        &mut self,
        thread: Thread,
        table: TableId,
        broken: &mut Vec<&'static str>,
    ) -> Vec<(u64, IpAddr)> {
        let actor = self.actors[thread];
        if self.reference.flavour(thread) == 1 && self.reference.threads[thread].irql >= 2 {
            broken.push("N011");
        }
        let rows = self.machine.table_rows(actor, table).expect("a table that is not freed");
        self.machine.free_mib_table(actor, Memory::Table(table));
        self.counts.tables += 1;
        let read = |row: &Row| match row {
            Row::Unicast(row) => match row.address {
                SocketAddress::V4(address) => (row.luid.0, IpAddr::V4(address)),
                SocketAddress::V6 { address, .. } => (row.luid.0, IpAddr::V6(address)),
                _ => panic!("no address: {row:?}"),
            },
            _ => panic!("no address: {row:?}"),
        };
        rows.iter().map(read).collect()
    }

    pub(super) fn end(&mut self, thread: Thread, broken: &mut Vec<&'static str>) {
        self.machine.delivery_end(self.actors[thread]);
        self.reference.end(thread);
        self.go_on_registering(thread, broken);
    }

    pub(super) fn end_wait(&mut self, thread: Thread, broken: &mut Vec<&'static str>) {
        let actor = self.actors[thread];
        match self.machine.actor_info(actor).wait() {
            Some(Wait::Cancel(handle)) => {
                let (status, code) = self.machine.cancel_end(actor);
                assert_eq!((status, code), (Status::Success, 0));
                self.cancelled.insert(handle.0);
                self.counts.cancels += 1;
            }
            _ => self.machine.wait_end(actor),
        }
        self.reference.cancel_returns(thread, broken);
    }

    pub(super) fn abandon(&mut self, thread: Thread) {
        let flavour = self.reference.flavour(thread);
        let (status, code) = self.machine.abandon(self.actors[thread], &mut self.chooser);
        self.read_rules();
        assert_eq!(status, Status::PossibleDeadlock);
        assert_eq!(code, [1131, 0xC000_0194][flavour]);
        self.reference.abandon(thread);
    }

    fn cancel(
        &mut self,
        thread: Thread,
        handle: Handle,
        since: usize,
        broken: &mut Vec<&'static str>,
    ) {
        let answer = self.machine.cancel_begin(self.actors[thread], handle, &mut self.chooser);
        self.read_rules();
        let deliver = self.decided(OptionId::EventsDuringCancel, since) == Some("deliver");
        let expected = self.reference.cancel(thread, handle.0, deliver, broken);
        match (answer, expected) {
            (CancelBegin::Done { code, .. }, Cancel::Returns(number)) => {
                assert_eq!(code, number, "of the cancel of {handle}");
                if self.reference.find(handle.0).is_some_and(|reg| !self.reference.is_there(reg)) {
                    self.cancelled.insert(handle.0);
                }
            }
            (CancelBegin::Wait, Cancel::Waits) => self.counts.waits += 1,
            (CancelBegin::Cycle(found), Cancel::Cycle) => {
                broken.extend(self.same_circle(thread, Some(found), true));
            }
            _ => panic!("the cancel of {handle}: {answer:?}, expected {expected:?}"),
        }
    }

    fn thread_step(&mut self, action: &Action, broken: &mut Vec<&'static str>) {
        let (Action::Acquire { who, .. }
        | Action::TryAcquire { who, .. }
        | Action::Release { who, .. }
        | Action::Join { who, .. }
        | Action::Send { who, .. }
        | Action::Receive { who, .. }
        | Action::SetSignal { who, .. }
        | Action::WaitSignal { who, .. }) = *action
        else {
            return;
        };
        let Some(thread) = self.who(who) else { return };
        let actor = self.actors[thread];
        let at = |all: usize, n: u8| usize::from(n) % all;
        let mode = |read: bool| if read { LockMode::Read } else { LockMode::Write };
        let (begun, expected) = match *action {
            Action::Acquire { lock, read, .. } => {
                let lock = at(self.locks.len(), lock);
                let write = !(read && self.reference.waits.locks[lock].shared);
                self.reference.remember_lock(thread, lock, write);
                let begun = self.machine.acquire(actor, self.locks[lock], mode(read));
                (begun, self.reference.wait_for(thread, For::Lock(lock, write)))
            }
            Action::TryAcquire { lock, read, .. } => {
                let lock = at(self.locks.len(), lock);
                let write = !(read && self.reference.waits.locks[lock].shared);
                let free = self.reference.waits.is_free(lock, write);
                assert_eq!(self.machine.try_acquire(actor, self.locks[lock], mode(read)), free);
                if free {
                    self.reference.remember_lock(thread, lock, write);
                    self.reference.wait_for(thread, For::Lock(lock, write));
                }
                return;
            }
            Action::Release { lock, .. } => {
                let lock = at(self.locks.len(), lock);
                let had = self.machine.release(actor, self.locks[lock]);
                assert_eq!(had, self.reference.waits.release(thread, lock));
                return;
            }
            Action::Join { other, .. } => {
                let other = at(self.actors.len(), other);
                let begun = self.machine.join(actor, self.actors[other]);
                (begun, self.reference.wait_for(thread, For::Join(other)))
            }
            Action::Send { channel, .. } => {
                let channel = at(self.channels.len(), channel);
                let begun = self.machine.send(actor, self.channels[channel]);
                (begun, self.reference.wait_for(thread, For::Room(channel)))
            }
            Action::Receive { channel, .. } => {
                let channel = at(self.channels.len(), channel);
                // Only the receiver takes messages out, where one is named.
                let receiver = self.reference.waits.channels[channel].receiver;
                if receiver.is_some_and(|receiver| receiver != thread) {
                    return;
                }
                let begun = self.machine.receive(actor, self.channels[channel]);
                (begun, self.reference.wait_for(thread, For::Message(channel)))
            }
            Action::WaitSignal { signal, .. } => {
                let signal = at(self.signals.len(), signal);
                let begun = self.machine.wait_signal(actor, self.signals[signal]);
                (begun, self.reference.wait_for(thread, For::Signal(signal)))
            }
            Action::SetSignal { signal, .. } => {
                let signal = at(self.signals.len(), signal);
                self.machine.set_signal(actor, self.signals[signal]);
                self.reference.waits.signals[signal] = true;
                return;
            }
            _ => (Begun::Done, None),
        };
        broken.extend(self.same_wait(thread, begun, expected));
    }
}
