//! The model alone, stepped by one thread: a delivery runs to its end at once, unless its callback has to wait.

use std::collections::VecDeque;
use std::sync::Arc;

use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::Seeded;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, Handle, LaneId, LockId, ProcessId, TableId};
use netiosim_model::machine::{
    Begun, CancelBegin, Due, Fault, Irql, LockMode, Machine, Request, RowRef,
};
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;

use super::{looked, query, told};
use crate::backend::{
    Act, Answered, Backend, Callback, Cannot, Did, Heard, Register, Registered, Session, Whose,
    World,
};
use crate::check::Verdict;

/// The model alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Model;

struct Alone {
    machine: Machine,
    chooser: Seeded,
    setup: (Profile, Flavour),
    process: ProcessId,
    main: ActorId,
    /// The program's lock.
    lock: LockId,
    /// Threads that callbacks come on and that have nothing to do.
    pool: Vec<ActorId>,
    /// What the callback of each number does.
    acts: Vec<Vec<Act>>,
    /// Callbacks that wait, and cancels on other threads that do.
    held: Vec<Running>,
    aside: Vec<ActorId>,
    heard: Vec<Heard>,
    did: Vec<Did>,
    returned: Vec<u32>,
    seen_findings: usize,
}

/// A callback that runs.
struct Running {
    actor: ActorId,
    /// Whether the thread is one of the pool's.
    pooled: bool,
    due: Due,
    left: VecDeque<Act>,
}

impl Backend for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        Ok(Box::new(Alone::new(profile, flavour, home())))
    }
}

impl Alone {
    fn new(profile: Profile, flavour: Flavour, env: Env) -> Self {
        let mut machine = Machine::new(profile, env);
        let process = machine.process("program", flavour);
        let main = machine.actor("main", process);
        let lock = machine.lock("the program's lock", false);
        Self {
            machine,
            chooser: Seeded::new(0),
            setup: (profile, flavour),
            process,
            main,
            lock,
            pool: Vec::new(),
            acts: Vec::new(),
            held: Vec::new(),
            aside: Vec::new(),
            heard: Vec::new(),
            did: Vec::new(),
            returned: Vec::new(),
            seen_findings: 0,
        }
    }

    /// Begins a delivery and lets its callback go as far as it goes.
    fn deliver(&mut self, lane: LaneId, own: Option<ActorId>) {
        let actor = own.unwrap_or_else(|| {
            self.pool.pop().unwrap_or_else(|| self.machine.actor("pool", self.process))
        });
        let due = self.machine.delivery_begin(lane, actor);
        self.heard.push(Heard { context: due.context, told: told(&due.notification) });
        let left = usize::try_from(due.callback).ok().and_then(|at| self.acts.get(at));
        let left = left.cloned().unwrap_or_default().into();
        self.go_on(Running { actor, pooled: own.is_none(), due, left });
    }

    fn go_on(&mut self, mut running: Running) {
        while let Some(act) = running.left.pop_front() {
            if !self.act(&running, &act) {
                self.held.push(running);
                return;
            }
        }
        self.machine.delivery_end(running.actor);
        if running.pooled {
            self.pool.push(running.actor);
        }
    }

    /// Does one thing; says whether it is done, or waited for.
    fn act(&mut self, running: &Running, act: &Act) -> bool {
        let (actor, own) = (running.actor, running.due.lane.handle);
        match act {
            Act::Lock => match self.machine.acquire(actor, self.lock, LockMode::Write) {
                Begun::Done => {
                    self.machine.release(actor, self.lock);
                }
                Begun::Wait => return false,
                Begun::Cycle(_) => {
                    let _ = self.machine.abandon(actor, &mut self.chooser);
                    self.did.push(Did::NoLock);
                }
            },
            Act::CancelOwn => return self.cancel_begun(actor, own),
            Act::Cancel(handle) => return self.cancel_begun(actor, Handle(*handle)),
            Act::HandCancel => {
                let aside = self.machine.actor("canceller", self.process);
                self.begin_aside(aside, own);
            }
            Act::Look => self.look(actor, running),
            Act::FreeRow => {
                let row = RowRef { handle: own, number: running.due.number };
                self.machine.row_free(actor, row);
            }
            Act::FreeTable => {
                let table = running.due.notification.table();
                let rows = table.map(|table| {
                    let rows = self.machine.table_rows(actor, table).unwrap_or_default().to_vec();
                    let memory = netiosim_model::api::Memory::Table(table);
                    self.machine.free_mib_table(actor, memory);
                    rows
                });
                self.did.push(Did::Table(rows));
            }
            Act::Port => {
                let (_, code, port) = self.machine.get_teredo_port(actor, true, &mut self.chooser);
                self.did.push(Did::Port(code, port));
            }
        }
        true
    }

    fn look(&mut self, actor: ActorId, running: &Running) {
        let row = RowRef { handle: running.due.lane.handle, number: running.due.number };
        let Some(lent) = self.machine.lent_row(row).flatten() else { return };
        let (call, keys) = query(&lent);
        let reply = self.machine.call(actor, &call, &mut self.chooser);
        self.did.push(looked(keys, reply));
    }

    /// Whether the cancel is over.
    fn cancel_begun(&mut self, actor: ActorId, handle: Handle) -> bool {
        match self.machine.cancel_begin(actor, handle, &mut self.chooser) {
            CancelBegin::Done { code, .. } => self.did.push(Did::Cancelled(code)),
            CancelBegin::Wait => return false,
            CancelBegin::Cycle(_) => {
                let code = self.machine.abandon(actor, &mut self.chooser).1;
                self.did.push(Did::Cancelled(code));
            }
        }
        true
    }

    fn begin_aside(&mut self, actor: ActorId, handle: Handle) {
        match self.machine.cancel_begin(actor, handle, &mut self.chooser) {
            CancelBegin::Done { code, .. } => self.returned.push(code),
            CancelBegin::Wait => self.aside.push(actor),
            CancelBegin::Cycle(_) => {
                let code = self.machine.abandon(actor, &mut self.chooser).1;
                self.returned.push(code);
            }
        }
    }

    /// One thing that can happen without the program's thread.
    fn step(&mut self) -> bool {
        if let Some(at) = self.held.iter().position(|held| self.machine.can_end(held.actor)) {
            let running = self.held.remove(at);
            let wait = self.machine.actor_info(running.actor).wait();
            if let Some(netiosim_model::machine::Wait::Cancel(_)) = wait {
                let code = self.machine.cancel_end(running.actor).1;
                self.did.push(Did::Cancelled(code));
            } else {
                self.machine.wait_end(running.actor);
                self.machine.release(running.actor, self.lock);
            }
            self.go_on(running);
        } else if let Some(at) = self.aside.iter().position(|actor| self.machine.can_end(*actor)) {
            let actor = self.aside.remove(at);
            self.returned.push(self.machine.cancel_end(actor).1);
        } else if let Some(lane) = self.machine.deliverable().first() {
            self.deliver(*lane, None);
        } else {
            return false;
        }
        true
    }

    fn request(&mut self, call: &Register) -> Request {
        let number = self.acts.len() as u64;
        self.acts.push(call.acts.clone());
        Request {
            callback: (call.callback == Callback::Listens).then_some(number),
            context: call.context,
            initial: call.initial,
            handle_pointer: call.variable.is_some(),
            table_pointer: call.table,
            ..Request::new(format!("registration {number}"), number)
        }
    }

    fn notify(&mut self, call: &Register, request: &Request) -> Registered {
        let (main, function) = (self.main, call.function);
        let left = self.machine.notify(main, function, call.family, request, &mut self.chooser);
        let delivered = !left.initial.is_empty();
        for lane in left.initial {
            self.deliver(lane, Some(main));
        }
        if delivered {
            self.machine.register_return(main, function, left.code, left.handle);
        }
        let handle = call.variable.map(|_| left.handle.0);
        Registered { code: left.code, handle, table: left.table }
    }

    fn rows(&mut self, table: TableId) -> Vec<Row> {
        self.machine.table_rows(self.main, table).map_or_else(Vec::new, |rows| rows.to_vec())
    }
}

impl Session for Alone {
    fn register(&mut self, call: &Register) -> Registered {
        let request = self.request(call);
        self.notify(call, &request)
    }

    fn register_foreign(&mut self, call: &Register, whose: Whose) -> Result<Registered, Cannot> {
        let mut request = self.request(call);
        match whose {
            Whose::AnotherProcess => {
                let other = self.machine.process("another program", self.setup.1);
                request.callback_process = Some(other);
            }
            Whose::AbsentModule => {
                request.module = Some(self.machine.module_add(self.process, "absent.dll", false));
            }
        }
        Ok(self.notify(call, &request))
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        match self.machine.cancel_begin(self.main, Handle(handle), &mut self.chooser) {
            CancelBegin::Done { code, .. } => code,
            // What was queued before may still come, by the option events-during-cancel.
            CancelBegin::Wait => {
                while !self.machine.can_end(self.main) {
                    if !self.step() {
                        return self.machine.abandon(self.main, &mut self.chooser).1;
                    }
                }
                self.machine.cancel_end(self.main).1
            }
            CancelBegin::Cycle(_) => self.machine.abandon(self.main, &mut self.chooser).1,
        }
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        let (_, code, port) =
            self.machine.get_teredo_port(self.main, variable.is_some(), &mut self.chooser);
        (code, port.or(variable))
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        let reply = self.machine.call(self.main, call, &mut self.chooser);
        let rows = match reply.output {
            Output::Table(table) => self.rows(table),
            _ => Vec::new(),
        };
        Ok(Answered { code: reply.code, output: reply.output, rows })
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(self.machine.exists(self.main, function))
    }

    fn settle(&mut self) {
        while self.step() {}
    }

    fn heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.heard)
    }

    fn did(&mut self) -> Vec<Did> {
        std::mem::take(&mut self.did)
    }

    fn threads(&self) -> Result<(), Cannot> {
        Ok(())
    }

    fn locked(&mut self, inside: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        assert!(self.machine.try_acquire(self.main, self.lock, LockMode::Write), "it is free");
        let verdict = inside(self);
        self.machine.release(self.main, self.lock);
        verdict
    }

    fn cancel_aside(&mut self, handle: u64) {
        let actor = self.machine.actor("canceller", self.process);
        self.begin_aside(actor, Handle(handle));
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.returned)
    }

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        let all = self.machine.findings();
        let new = all.iter().skip(self.seen_findings).map(|finding| finding.rule).collect();
        self.seen_findings = all.len();
        Ok(new)
    }
}

impl World for Alone {
    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        let done = self.machine.change(None, change, &mut self.chooser);
        done.map_err(|error| Cannot::new(error.to_string()))
    }

    fn env(&self) -> Result<Arc<Env>, Cannot> {
        Ok(self.machine.env_snapshot())
    }

    fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
        self.machine.fault_add(Fault::new(function, status));
        Ok(())
    }

    fn unfail(&mut self, function: Function) -> Result<(), Cannot> {
        self.machine.fault_clear(Some(function));
        Ok(())
    }

    fn elapse(&mut self, ms: u64) -> Result<(), Cannot> {
        self.settle();
        let mut left = ms;
        while left > 0 {
            left -= self.machine.elapse(left, &mut self.chooser);
            self.settle();
        }
        Ok(())
    }

    fn reboot(&mut self) -> Result<(), Cannot> {
        self.machine.reboot(&mut self.chooser);
        self.begin_again();
        Ok(())
    }

    fn restart_program(&mut self) -> Result<(), Cannot> {
        self.machine.process_exit(self.main, self.process);
        self.begin_again();
        Ok(())
    }

    fn set_elevated(&mut self, elevated: bool) -> Result<(), Cannot> {
        self.machine.set_elevated(self.process, elevated);
        Ok(())
    }

    fn set_irql(&mut self, irql: Irql) -> Result<(), Cannot> {
        self.machine.set_irql(self.main, irql);
        Ok(())
    }

    fn install(&mut self, windows: Windows) -> Result<(), Cannot> {
        let mut env = home();
        env.place_windows(windows);
        *self = Self::new(self.setup.0, self.setup.1, env);
        Ok(())
    }
}

impl Alone {
    /// The program runs anew, on a thread of its own.
    fn begin_again(&mut self) {
        self.machine.process_start(self.process);
        self.main = self.machine.actor("main", self.process);
        (self.pool, self.held, self.aside) = (Vec::new(), Vec::new(), Vec::new());
    }
}
