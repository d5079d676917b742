//! The model, stepped by hand.

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::build::home;
use netiosim_model::choose::First;
use netiosim_model::ids::{ActorId, Handle, LaneId, TableId};
use netiosim_model::machine::{CancelBegin, Machine, Request};
use netiosim_model::notification::Notification;
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;

use super::{NOTIFY, Op, Register, TABLES, TAG, Transcript, changes, fault};
use crate::bytes::Bytes;

pub(super) struct Alone {
    model: Machine,
    chooser: First,
    main: ActorId,
    pool: ActorId,
    handles: Vec<Handle>,
    registers: usize,
    transcript: Transcript,
}

impl Alone {
    pub(super) fn new(profile: Profile) -> Self {
        let mut model = Machine::new(profile, home()).tagged(TAG);
        let process = model.process("program", Flavour::User);
        let (main, pool) = (model.actor("main", process), model.actor("pool", process));
        let (handles, transcript) = (Vec::new(), Transcript::default());
        Self { model, chooser: First::default(), main, pool, handles, registers: 0, transcript }
    }

    pub(super) fn transcript(self) -> Transcript {
        self.transcript
    }

    /// What the next bytes mean now.
    pub(super) fn draw(&mut self, bytes: &mut Bytes<'_>) -> Op {
        match bytes.byte() % 32 {
            0..8 => Op::Register(self.register(bytes)),
            8..12 => Op::Cancel(self.handle(bytes)),
            12 => Op::Port { pointer: bytes.below(8) > 0 },
            13 => Op::Call(Call::table(bytes.of(&TABLES), bytes.of(&[0, 2, 23, 7]))),
            14..18 => Op::Elapse(match bytes.below(4) {
                0 => u64::from(bytes.byte()),
                1 => u64::from(bytes.u16()),
                // More would be many renewals of a lease, and many rounds of the Teredo client.
                n => u64::from(bytes.byte()) * if n == 2 { 100 } else { 4000 },
            }),
            18 => Op::NsiDown(bytes.bit()),
            19 => Op::NsiRestart,
            20 => Op::Fault(fault(bytes)),
            _ => Op::Change(changes::draw(bytes, self.model.env())),
        }
    }

    fn register(&mut self, bytes: &mut Bytes<'_>) -> Register {
        self.registers += 1;
        let function = bytes.of(&NOTIFY);
        let flags = bytes.byte();
        Register {
            number: self.registers,
            function,
            family: bytes.of(&[0, 2, 23, 0, 2, 23, 7]),
            callback: flags & 0x0F != 0x0F,
            initial: flags & 0x10 != 0,
            handle_pointer: flags & 0xE0 != 0xE0,
            table_pointer: flags & 0xE0 != 0xA0,
        }
    }

    fn handle(&self, bytes: &mut Bytes<'_>) -> Handle {
        match bytes.byte() {
            0xF0.. => Handle(bytes.u64()),
            0xE0.. => Handle(u64::from(TAG) << 48 | bytes.number(6)),
            0xDF => Handle::NULL,
            n => {
                let at = usize::from(n).checked_rem(self.handles.len());
                at.map_or(Handle::NULL, |at| self.handles[at])
            }
        }
    }

    /// Lets it happen, and everything that comes of it.
    pub(super) fn play(&mut self, op: &Op) {
        let answer = match op {
            Op::Register(register) => self.notify(*register),
            Op::Cancel(handle) => self.cancel(*handle),
            Op::Port { pointer } => {
                let answer = self.model.get_teredo_port(self.main, *pointer, &mut self.chooser);
                format!("{} {:?}", answer.1, answer.2)
            }
            Op::Call(call) => {
                let reply = self.model.call(self.main, call, &mut self.chooser);
                let rows = match reply.output {
                    Output::Table(table) => self.rows(self.main, table),
                    _ => String::new(),
                };
                format!("{} {rows}", reply.code)
            }
            Op::Change(change) => {
                format!("{:?}", self.model.change(None, change, &mut self.chooser))
            }
            Op::Elapse(ms) => {
                let mut left_ms = *ms;
                while left_ms > 0 {
                    left_ms -= self.model.elapse(left_ms, &mut self.chooser);
                    self.rest();
                }
                String::new()
            }
            Op::NsiDown(down) => {
                self.model.set_nsi_down(*down);
                String::new()
            }
            Op::NsiRestart => {
                self.model.nsi_restart();
                String::new()
            }
            Op::Fault(fault) => {
                self.model.fault_add(fault.clone());
                String::new()
            }
        };
        self.rest();
        let now_ms = self.model.now_ms();
        self.transcript.answers.push(format!("{now_ms} ms: {answer}"));
    }

    fn notify(&mut self, register: Register) -> String {
        let request = Request {
            callback: register.callback.then_some(register.number as u64),
            context: register.number as u64,
            initial: register.initial,
            handle_pointer: register.handle_pointer,
            table_pointer: register.table_pointer,
            ..Request::new(format!("r{}", register.number), 0)
        };
        let (main, function) = (self.main, register.function);
        let registered =
            self.model.notify(main, function, register.family, &request, &mut self.chooser);
        for lane in &registered.initial {
            self.deliver(*lane, main);
        }
        if !registered.initial.is_empty() {
            self.model.register_return(main, function, registered.code, registered.handle);
        }
        if !registered.handle.is_null() {
            self.handles.push(registered.handle);
        }
        let rows = registered.table.map(|table| self.rows(main, table)).unwrap_or_default();
        format!("{} {} {rows}", registered.code, registered.handle.0)
    }

    fn cancel(&mut self, handle: Handle) -> String {
        let code = match self.model.cancel_begin(self.main, handle, &mut self.chooser) {
            CancelBegin::Done { code, .. } => code,
            CancelBegin::Wait => {
                while !self.model.can_end(self.main) {
                    let lane = self.model.next_deliverable();
                    self.deliver(lane.expect("a cancel waits for a delivery"), self.pool);
                }
                self.model.cancel_end(self.main).1
            }
            CancelBegin::Cycle(_) => panic!("nobody else waits, and a cancel closes a circle"),
        };
        code.to_string()
    }

    fn rest(&mut self) {
        while let Some(lane) = self.model.next_deliverable() {
            self.deliver(lane, self.pool);
        }
    }

    fn deliver(&mut self, lane: LaneId, actor: ActorId) {
        let due = self.model.delivery_begin(lane, actor);
        let told = match due.notification {
            Notification::StableTable { table: Some(table) } => self.rows(actor, table),
            other => format!("{other:?}"),
        };
        self.transcript.told.entry((due.context, due.family)).or_default().push(told);
        self.model.delivery_end(actor);
    }

    /// The rows of a table, which is freed.
    fn rows(&mut self, actor: ActorId, table: TableId) -> String {
        let rows = self.model.table_rows(actor, table).expect("it was handed out");
        let _ = self.model.call(actor, &Call::Free(Memory::Table(table)), &mut self.chooser);
        format!("{rows:?}")
    }
}
