//! One step of a runner.

use std::sync::Arc;

use netiosim_model::function::Function;
use netiosim_model::ids::{Handle, LaneId};
use netiosim_model::machine::{Begun, CancelBegin, Fault, Request, Wait};
use netiosim_model::status::Status;

use super::hand::Hand;
use super::{Frame, PendingCall, World};
use crate::format::Value;
use crate::outcome::Val;
use crate::perform::{Host as _, perform, stable_table};
use crate::program::{CancelTarget, EnvEvent, Op, RegisterOp};
use crate::values::same;

/// A handle value that no stack gives.
pub(crate) const GARBAGE: Handle = Handle(0xDEAD_BEE1);

impl World {
    pub(super) fn run_step(&mut self, n: usize) {
        let runner = &self.runners[n];
        let (actor, frame) = (runner.actor, runner.frames.last());
        let frame = frame.expect("a runner that is enabled has a frame");
        let (script, pc) = (frame.script, frame.pc);
        if self.wake(n) {
            self.advance(n);
            return;
        }
        let program = self.program.clone();
        let Some((op, place)) = program.scripts[script].ops.get(pc) else {
            self.end_frame(n);
            return;
        };
        self.machine.at(actor, place);
        if self.machine.actor_info(actor).wait().is_some() {
            self.end_wait(n, op, place);
            return;
        }
        if let Some((call, lanes)) = self.frame(n).registering.take() {
            self.go_on_registering(n, call, lanes, place);
            return;
        }
        self.perform(n, op, place);
    }

    fn frame(&mut self, n: usize) -> &mut Frame {
        self.runners[n].frames.last_mut().expect("the runner has a frame")
    }

    /// The runner sleeps no more; returns whether it did.
    pub(super) fn wake(&mut self, n: usize) -> bool {
        self.wakes[n].is_some() && self.wakes[n].take().is_some()
    }

    fn advance(&mut self, n: usize) {
        self.frame(n).pc += 1;
    }

    fn end_frame(&mut self, n: usize) {
        let actor = self.runners[n].actor;
        let frame = self.runners[n].frames.pop().expect("the runner has a frame");
        if frame.delivery.is_some() {
            self.machine.delivery_end(actor);
        }
        if self.runners[n].frames.is_empty() {
            if self.runners[n].thread.is_some() {
                self.machine.actor_exit(actor);
            } else {
                // A thread of the pool goes back to the pool without a line in the trace.
                self.machine.actor_park(actor);
            }
        }
    }

    fn end_wait(&mut self, n: usize, op: &Op, place: &Arc<str>) {
        let actor = self.runners[n].actor;
        if let Op::Cancel { target, returns } = op {
            // The variable may hold another handle by now.
            let handle = match self.machine.actor_info(actor).wait() {
                Some(Wait::Cancel(handle)) => Some(handle),
                _ => None,
            };
            let (_, code) = self.machine.cancel_end(actor);
            self.cancelled(*target, handle.unwrap_or(Handle::NULL), code);
            self.hand(n, place).check_code("CancelMibChangeNotify2", *returns, code);
        } else {
            self.machine.wait_end(actor);
            if let Op::NotifyOverlapped { function, returns, .. } = op
                && let Some(own) = self.frame(n).waiting.take()
            {
                let code = self.machine.overlapped_result(own);
                self.hand(n, place).check_code(function.name(), *returns, code);
            }
        }
        self.advance(n);
    }

    fn cancelled(&mut self, target: CancelTarget, handle: Handle, code: u32) {
        if let (CancelTarget::Registration(variable), 0) = (target, code) {
            self.observe_cancel(variable, handle);
        }
    }

    fn hand<'a>(&'a mut self, runner: usize, place: &'a Arc<str>) -> Hand<'a> {
        Hand { world: self, runner, place }
    }

    /// NotifyAddrChange or NotifyRouteChange; with both pointers NULL it waits for the change.
    fn notify_overlapped(
        &mut self,
        n: usize,
        function: Function,
        (overlapped, null_handle): (Option<usize>, bool),
        returns: Option<u32>,
        place: &Arc<str>,
    ) -> Begun {
        let actor = self.runners[n].actor;
        let code = match overlapped {
            Some(overlapped) if !null_handle => {
                let overlapped = self.overlapped[overlapped];
                self.machine.notify_overlapped(actor, function, overlapped).1
            }
            None if null_handle => {
                let own = self.machine.overlapped(function.name());
                let (status, code) = self.machine.notify_overlapped(actor, function, own);
                if status == Status::IoPending {
                    self.frame(n).waiting = Some(own);
                    let event = self.machine.overlapped_event(own);
                    return self.machine.wait_signal(actor, event);
                }
                code
            }
            _ => self.machine.notify_overlapped_badly(actor, function).1,
        };
        self.hand(n, place).check_code(function.name(), returns, code);
        Begun::Done
    }

    fn perform(&mut self, n: usize, op: &Op, place: &Arc<str>) {
        let actor = self.runners[n].actor;
        let process = self.machine.actor_info(actor).process();
        let begun = match op {
            Op::Register(register) => {
                self.register(n, register, place);
                return;
            }
            Op::Cancel { target, returns } => {
                let handle = match target {
                    CancelTarget::Registration(variable) => self.store.handles[*variable],
                    CancelTarget::Null => Handle::NULL,
                    CancelTarget::Garbage => GARBAGE,
                };
                match self.machine.cancel_begin(actor, handle, &mut self.chooser) {
                    CancelBegin::Done { code, .. } => {
                        self.cancelled(*target, handle, code);
                        self.hand(n, place).check_code("CancelMibChangeNotify2", *returns, code);
                        Begun::Done
                    }
                    CancelBegin::Wait => Begun::Wait,
                    CancelBegin::Cycle(finding) => Begun::Cycle(finding),
                }
            }
            Op::Lock(lock, mode) => self.machine.acquire(actor, self.locks[*lock], *mode),
            Op::Join(thread) => {
                let target = self.runners[self.runner_of(*thread)].actor;
                self.machine.join(actor, target)
            }
            Op::NotifyOverlapped { function, overlapped, null_handle, returns } => {
                let pointers = (*overlapped, *null_handle);
                self.notify_overlapped(n, *function, pointers, *returns, place)
            }
            Op::WaitOverlapped(overlapped) => {
                let event = self.machine.overlapped_event(self.overlapped[*overlapped]);
                self.machine.wait_signal(actor, event)
            }
            Op::Wait(signal) => self.machine.wait_signal(actor, self.signals[*signal]),
            Op::Send(channel) => self.machine.send(actor, self.channels[*channel]),
            Op::Receive(channel) => self.machine.receive(actor, self.channels[*channel]),
            Op::Sleep(ms) => {
                let wake_ms = self.machine.now_ms().saturating_add(*ms);
                self.wakes[n] = Some(wake_ms);
                return;
            }
            Op::JumpUnless(value, equals, to) => {
                if let (Some(value), Some(equals)) =
                    (self.eval(n, value, place), self.eval(n, equals, place))
                    && !same(&value, &equals)
                {
                    self.frame(n).pc = *to;
                    return;
                }
                Begun::Done
            }
            Op::Jump(to) => {
                self.frame(n).pc = *to;
                return;
            }
            Op::LoopBegin(times, end) => {
                let frame = self.frame(n);
                if *times == 0 {
                    frame.pc = *end;
                    return;
                }
                frame.loops.push(*times);
                Begun::Done
            }
            Op::LoopEnd(begin) => {
                let frame = self.frame(n);
                if let Some(left) = frame.loops.last_mut() {
                    *left -= 1;
                    if *left > 0 {
                        frame.pc = *begin;
                        return;
                    }
                    frame.loops.pop();
                }
                Begun::Done
            }
            Op::ExitProcess => {
                self.machine.process_exit(actor, process);
                self.drop_dead_frames();
                return;
            }
            other => {
                self.perform_at_once(n, other, place);
                Begun::Done
            }
        };
        if begun == Begun::Done {
            self.advance(n);
        }
    }

    /// Operations that never wait and never jump.
    fn perform_at_once(&mut self, n: usize, op: &Op, place: &Arc<str>) {
        let actor = self.runners[n].actor;
        match op {
            Op::Api(op) => perform(&mut self.hand(n, place), op),
            Op::Unlock(lock) => {
                if !self.machine.release(actor, self.locks[*lock]) {
                    let name = self.program.locks[*lock].0.clone();
                    self.fail(
                        place,
                        "unlock",
                        format!("lock \"{name}\" held by this thread"),
                        "it is not",
                    );
                }
            }
            Op::Construct(object) => self.machine.construct(actor, self.objects[*object]),
            Op::Destroy(object) => self.machine.destroy(actor, self.objects[*object]),
            Op::Use(object) => {
                let own = self.frame(n).object;
                let object = object.map(|object| self.objects[object]).or(own);
                match object {
                    Some(object) => {
                        self.machine.use_object(actor, object);
                    }
                    None => self.fail(
                        place,
                        "use_context",
                        "a registration with a declared context",
                        "a plain number",
                    ),
                }
            }
            Op::Spawn(thread) => self.spawn(*thread, place),
            Op::Signal(signal) => self.machine.set_signal(actor, self.signals[*signal]),
            Op::Change(event) => self.happen(event, Some(actor), place),
            Op::Set(variable, value) => {
                if let Some(value) = self.eval(n, value, place) {
                    self.store.variables.set(*variable, value);
                }
            }
            Op::Assert(value, equals) => {
                if let (Some(got), Some(expected)) =
                    (self.eval(n, value, place), self.eval(n, equals, place))
                    && !same(&got, &expected)
                {
                    let what = format!("assert {value}");
                    self.fail(place, &what, expected.to_string(), got.to_string());
                }
            }
            Op::Irql(irql) => self.machine.set_irql(actor, *irql),
            Op::LoadModule(module) => {
                self.happen_to_machine(
                    EnvEvent::Module { module: *module, loaded: true },
                    Some(actor),
                );
            }
            Op::UnloadModule(module) => {
                self.happen_to_machine(
                    EnvEvent::Module { module: *module, loaded: false },
                    Some(actor),
                );
            }
            Op::Checkpoint(name) => self.machine.note(Some(actor), name.to_string()),
            _ => unreachable!("the rest waits or jumps"),
        }
    }

    fn spawn(&mut self, thread: usize, place: &Arc<str>) {
        if self.threads[thread].is_some() {
            let name = self.program.threads[thread].name.clone();
            self.fail(
                place,
                "spawn",
                format!("that thread \"{name}\" does not run yet"),
                "it was started before",
            );
            return;
        }
        let runner = self.runner_of(thread);
        self.threads[thread] = Some(runner);
        let script = self.program.threads[thread].script;
        self.runners[runner].frames.push(Frame::new(script, None, None));
    }

    fn register(&mut self, n: usize, op: &RegisterOp, place: &Arc<str>) {
        let actor = self.runners[n].actor;
        let program = self.program.clone();
        let request = Request {
            callback: (!op.null_callback).then_some(op.script as u64),
            context: op.context,
            initial: op.initial,
            handle_pointer: !op.null_handle,
            table_pointer: !op.null_table,
            module: op.module.map(|module| self.modules[module]),
            callback_process: op.foreign.map(|process| self.processes[process]),
            object: op.object.map(|object| self.objects[object]),
            ..Request::new(program.registrations[op.registration].clone(), 0)
        };
        let registered =
            self.machine.notify(actor, op.function, op.family, &request, &mut self.chooser);
        let call = PendingCall::new(op, &registered);
        if registered.initial.is_empty() {
            self.end_register(n, &call, place, false);
            return;
        }
        if registered.written_first {
            self.store.handles[op.registration] = registered.handle;
        }
        self.go_on_registering(n, call, registered.initial, place);
    }

    fn go_on_registering(
        &mut self,
        n: usize,
        call: PendingCall,
        mut lanes: Vec<LaneId>,
        place: &Arc<str>,
    ) {
        lanes.retain(|lane| self.machine.is_initial_due(*lane));
        if lanes.is_empty() {
            self.end_register(n, &call, place, true);
            return;
        }
        let lane = lanes.remove(0);
        self.frame(n).registering = Some((call, lanes));
        self.begin(n, lane, true);
    }

    fn end_register(&mut self, n: usize, call: &PendingCall, place: &Arc<str>, deferred: bool) {
        let actor = self.runners[n].actor;
        if deferred {
            self.machine.register_return(actor, call.function, call.code, call.handle);
        }
        self.store.handles[call.registration] = call.handle;
        let program = self.program.clone();
        let frame = self.frame(n);
        let op = &program.scripts[frame.script].ops[frame.pc].0;
        let mut hand = self.hand(n, place);
        hand.check_code(call.function.name(), call.returns, call.code);
        if let Op::Register(op) = op {
            stable_table(&mut hand, call.table, op.table, op.count);
        }
        self.advance(n);
    }

    fn eval(&mut self, n: usize, value: &Value, place: &Arc<str>) -> Option<Val> {
        self.hand(n, place).eval(value)
    }
}

impl crate::program::Program {
    /// Turns the registration that a fault names into the name that the machine knows it by.
    pub(crate) fn resolve_fault(&self, fault: &mut Fault) {
        use netiosim_model::machine::FaultTarget;
        if let FaultTarget::Registration(name) = &fault.target
            && let Some(number) = self.registration(name)
        {
            fault.target = FaultTarget::Registration(self.registrations[number].clone());
        }
    }

    /// The number of a registration by its label or by `client.registration`.
    #[must_use]
    pub fn registration(&self, name: &str) -> Option<usize> {
        let label = self.registrations.iter().position(|label| **label == *name);
        label.or_else(|| self.registration_names.iter().position(|full| **full == *name))
    }
}
