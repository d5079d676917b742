//! What one thread or callback of a live run does.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::ids::Handle;
use netiosim_model::machine::{LockMode, RowRef};
use netiosim_model::member::Member;
use netiosim_model::notification::Notification;
use netiosim_sim::{Delivery, RawCallback, RawKind, RawRequest};

use super::{AnyLock, Live};
use crate::format::Value;
use crate::outcome::{Delivered, Val};
use crate::program::{CancelTarget, EntrySource, EnvEvent, Op, RegisterOp};
use crate::values::{code_words, row_value};
use crate::world::{GARBAGE, member_value};

/// The guards that a thread or callback holds.
enum Guard<'a> {
    Mutex { _guard: netiosim_sim::MutexGuard<'a, ()> },
    Read { _guard: netiosim_sim::ReadGuard<'a, ()> },
    Write { _guard: netiosim_sim::WriteGuard<'a, ()> },
}

/// The thread or callback does nothing more: its process ended, or it is part of a deadlock.
struct Stop;

/// The delivery at hand.
#[derive(Clone)]
struct Context {
    client: usize,
    delivered: Option<Delivered>,
    row: Option<RowRef>,
    object: Option<netiosim_model::ids::ObjectId>,
}

impl Live {
    /// The life of a thread.
    pub(super) fn thread(self: &Arc<Self>, script: usize) {
        let client = self.program.scripts[script].client;
        let context = Context { client, delivered: None, row: None, object: None };
        let _ = self.run(script, &context);
    }

    /// The callback of a script: one for all registrations that name it, as in a program.
    fn raw_callback(self: &Arc<Self>, script: usize) -> RawCallback {
        let live = Arc::downgrade(self);
        let make = || {
            RawCallback::new(move |delivery| {
                if let Some(live) = live.upgrade() {
                    live.callback(script, delivery);
                }
            })
        };
        self.shared.lock().callbacks.entry(script).or_insert_with(make).clone()
    }

    fn callback(self: &Arc<Self>, script: usize, delivery: &Delivery) {
        self.stack.at("a callback");
        let due = &delivery.due;
        let registration = self.stack.inspect(|machine| {
            let name = machine.registration(due.lane.handle).map(|r| r.name().to_owned());
            self.program.registrations.iter().position(|other| name.as_deref() == Some(&**other))
        });
        let registration = registration.unwrap_or(0);
        let alias = match due.notification {
            Notification::IpInterface { row: Some(row), .. } => self
                .stack
                .env()
                .interface(row.luid)
                .map(|interface| interface.alias.as_str().into()),
            _ => None,
        };
        let actor = self.stack.actor();
        let mut shared = self.shared.lock();
        let delivered = Delivered {
            registration,
            handle: due.lane.handle,
            number: due.number,
            notification: due.notification,
            family: due.family,
            context: due.context,
            alias,
            during_register: shared.registering.contains(&actor),
            at_ms: self.stack.now_ms(),
        };
        shared.deliveries.push(delivered.clone());
        drop(shared);
        let client = self.program.scripts[script].client;
        let context =
            Context { client, delivered: Some(delivered), row: delivery.row, object: due.object };
        let _ = self.run(script, &context);
    }

    fn run(self: &Arc<Self>, script: usize, context: &Context) -> Result<(), Stop> {
        let program = self.program.clone();
        let mut guards: BTreeMap<usize, Vec<Guard<'_>>> = BTreeMap::new();
        let mut loops: Vec<u32> = Vec::new();
        let mut pc = 0;
        while let Some((op, place)) = program.scripts[script].ops.get(pc) {
            if !self.count_step() {
                return Err(Stop);
            }
            pc = match op {
                Op::Jump(to) => *to,
                Op::JumpUnless(value, equals, to) => {
                    let value = self.eval(context, value, place);
                    let equals = self.eval(context, equals, place);
                    if value.is_some() && equals.is_some() && value != equals {
                        *to
                    } else {
                        pc + 1
                    }
                }
                Op::LoopBegin(times, end) => {
                    if *times == 0 {
                        *end
                    } else {
                        loops.push(*times);
                        pc + 1
                    }
                }
                Op::LoopEnd(begin) => match loops.last_mut() {
                    Some(left) if *left > 1 => {
                        *left -= 1;
                        *begin
                    }
                    _ => {
                        loops.pop();
                        pc + 1
                    }
                },
                Op::Lock(lock, mode) => {
                    self.stack.at(place);
                    let guard = match &self.locks[*lock] {
                        AnyLock::Mutex(mutex) => {
                            mutex.lock().map(|guard| Guard::Mutex { _guard: guard })
                        }
                        AnyLock::RwLock(lock) if *mode == LockMode::Read => {
                            lock.read().map(|guard| Guard::Read { _guard: guard })
                        }
                        AnyLock::RwLock(lock) => {
                            lock.write().map(|guard| Guard::Write { _guard: guard })
                        }
                    };
                    guards.entry(*lock).or_default().push(guard.map_err(|_| Stop)?);
                    pc + 1
                }
                Op::Unlock(lock) => {
                    self.stack.at(place);
                    if guards.get_mut(lock).and_then(Vec::pop).is_none() {
                        let name = self.program.locks[*lock].0.clone();
                        self.fail(
                            place,
                            "unlock",
                            format!("lock \"{name}\" held by this thread"),
                            "it is not",
                        );
                    }
                    pc + 1
                }
                other => {
                    self.stack.at(place);
                    self.perform(other, place, context)?;
                    pc + 1
                }
            };
        }
        Ok(())
    }

    /// Whether another step may be taken: the run is not over, the thread's process lives.
    fn count_step(&self) -> bool {
        let actor = self.stack.actor();
        if !self.stack.inspect(|machine| machine.actor_info(actor).is_alive()) {
            return false;
        }
        let mut shared = self.shared.lock();
        shared.steps += 1;
        shared.steps < self.program.limits.steps
    }

    fn perform(self: &Arc<Self>, op: &Op, place: &Arc<str>, context: &Context) -> Result<(), Stop> {
        match op {
            Op::Register(register) => self.register(register, place),
            Op::Cancel { target, returns } => self.cancel(*target, *returns, place)?,
            Op::GetTeredoPort { null, returns, port, save } => {
                self.get_teredo_port(context, *null, *returns, port.as_ref(), *save, place);
            }
            Op::GetIpInterfaceEntry { source, returns, expect, save } => {
                self.entry(context, source, *returns, expect, save, place);
            }
            Op::ReadRow { member, equals } => {
                self.read_row(context, *member, equals.as_ref(), place);
            }
            Op::KeepRow(row) => self.shared.lock().rows[*row] = context.row,
            Op::ReadKeptRow(row, member) => {
                let kept = self.shared.lock().rows[*row];
                match kept {
                    Some(kept) => {
                        let _ = self.stack.row_read(kept, *member);
                    }
                    None => {
                        self.fail(place, "read_kept_row", "a row kept before", "no row was kept");
                    }
                }
            }
            Op::FreeRow => {
                if let Some(row) = context.row {
                    self.stack.row_free(row);
                }
            }
            Op::Construct(object) => self.objects[*object].construct(),
            Op::Destroy(object) => self.objects[*object].destroy(),
            Op::Use(object) => {
                let own =
                    context.object.and_then(|id| self.objects.iter().position(|o| o.id() == id));
                match (*object).or(own) {
                    Some(object) => {
                        self.objects[object].use_it();
                    }
                    None => {
                        self.fail(
                            place,
                            "use_context",
                            "a registration with a declared context",
                            "a plain number",
                        );
                    }
                }
            }
            Op::Sleep(ms) => {
                let wake = self.stack.signal("the end of a sleep");
                let until_ms = self.stack.now_ms().saturating_add(*ms);
                self.shared.lock().sleepers.push((until_ms, wake.clone()));
                wake.wait().map_err(|_| Stop)?;
            }
            Op::Spawn(thread) => {
                if self.shared.lock().threads[*thread].is_some() {
                    let name = self.program.threads[*thread].name.clone();
                    let expected = format!("that thread \"{name}\" does not run yet");
                    self.fail(place, "spawn", expected, "it was started before");
                } else {
                    self.start(*thread);
                }
            }
            Op::Join(thread) => {
                let handle = self.shared.lock().joins.remove(thread);
                if let Some(handle) = handle {
                    handle.join().map_err(|_| Stop)?;
                } else {
                    self.join_again(*thread)?;
                }
            }
            Op::Wait(signal) => self.signals[*signal].wait().map_err(|_| Stop)?,
            Op::Signal(signal) => self.signals[*signal].set(),
            Op::Send(channel) => self.channels[*channel].send(()).map_err(|_| Stop)?,
            Op::Receive(channel) => self.channels[*channel].receive().map_err(|_| Stop)?,
            Op::Change(event) => self.happen(event, place),
            Op::Set(variable, value) => {
                if let Some(value) = self.eval(context, value, place) {
                    self.shared.lock().variables.set(*variable, value);
                }
            }
            Op::Assert(value, equals) => {
                if let (Some(got), Some(expected)) =
                    (self.eval(context, value, place), self.eval(context, equals, place))
                    && got != expected
                {
                    self.fail(
                        place,
                        &format!("assert {value}"),
                        expected.to_string(),
                        got.to_string(),
                    );
                }
            }
            Op::Irql(irql) => self.stack.set_irql(*irql),
            Op::LoadModule(module) => {
                self.happen_to_machine(EnvEvent::Module { module: *module, loaded: true });
            }
            Op::UnloadModule(module) => {
                self.happen_to_machine(EnvEvent::Module { module: *module, loaded: false });
            }
            Op::ExitProcess => {
                self.processes[self.program.clients[context.client].1].exit();
                return Err(Stop);
            }
            Op::Checkpoint(name) => self.stack.note(&**name),
            Op::Lock(..)
            | Op::Unlock(_)
            | Op::JumpUnless(..)
            | Op::Jump(_)
            | Op::LoopBegin(..)
            | Op::LoopEnd(_) => {
                unreachable!("locks and jumps are done before")
            }
        }
        Ok(())
    }

    /// A thread that another one joins, or that never started: waits without a handle of its own.
    fn join_again(&self, thread: usize) -> Result<(), Stop> {
        let started = self.shared.lock().threads[thread];
        let target = match started {
            Some(target) => target,
            None => {
                self.started_signals[thread].wait().map_err(|_| Stop)?;
                let started = self.shared.lock().threads[thread];
                started.expect("a thread that started has an actor")
            }
        };
        self.stack.join_actor(target).map_err(|_| Stop)
    }

    fn register(self: &Arc<Self>, op: &RegisterOp, place: &Arc<str>) {
        let kind = match op.function {
            netiosim_model::event::Function::NotifyIpInterfaceChange => {
                RawKind::IpInterface(op.family)
            }
            _ => RawKind::TeredoPort,
        };
        let registration = op.registration;
        let callback = self.raw_callback(op.script);
        let request = RawRequest {
            callback: (!op.null_callback).then(|| callback.clone()),
            context: op.context,
            initial: op.initial,
            handle_pointer: !op.null_handle,
            module: op.module.map(|module| self.modules[module].id()),
            callback_process: op.foreign.map(|process| self.processes[process].id()),
            object: op.object.map(|object| self.objects[object].id()),
            ..RawRequest::new(
                kind,
                self.program.registrations[registration].clone(),
                callback.clone(),
            )
        };
        let actor = self.stack.actor();
        self.shared.lock().registering.push(actor);
        let registered = self.stack.register(request, &mut |handle| {
            self.shared.lock().handles[registration] = handle;
        });
        let mut shared = self.shared.lock();
        if let Some(at) = shared.registering.iter().rposition(|other| *other == actor) {
            shared.registering.remove(at);
        }
        drop(shared);
        self.check_code(place, op.function.name(), op.returns, registered.code);
    }

    fn cancel(
        &self,
        target: CancelTarget,
        returns: Option<u32>,
        place: &Arc<str>,
    ) -> Result<(), Stop> {
        let handle = match target {
            CancelTarget::Registration(variable) => self.shared.lock().handles[variable],
            CancelTarget::Null => Handle::NULL,
            CancelTarget::Garbage => GARBAGE,
        };
        let code = self.stack.cancel_mib_change_notify2(handle);
        let actor = self.stack.actor();
        if !self.stack.inspect(|machine| machine.actor_info(actor).is_alive()) {
            return Err(Stop);
        }
        self.check_code(place, "CancelMibChangeNotify2", returns, code);
        Ok(())
    }

    fn get_teredo_port(
        &self,
        context: &Context,
        null: bool,
        returns: Option<u32>,
        port: Option<&Value>,
        save: Option<usize>,
        place: &Arc<str>,
    ) {
        let mut written = 0;
        let code = self.stack.get_teredo_port((!null).then_some(&mut written));
        self.check_code(place, "GetTeredoPort", returns, code);
        let flavour = self.program.flavour;
        let done = !null && netiosim_model::status::success(code, flavour) && code == 0;
        let got = done.then_some(Val::Number(u64::from(written)));
        if let Some(port) = port
            && let Some(expected) = self.eval(context, port, place)
            && got.as_ref() != Some(&expected)
        {
            let got = got.as_ref().map_or_else(|| "no port".to_owned(), ToString::to_string);
            self.fail(place, "the port of GetTeredoPort", expected.to_string(), got);
        }
        if let (Some(variable), Some(value)) = (save, got) {
            self.shared.lock().variables.set(variable, value);
        }
    }

    fn read_row(
        &self,
        context: &Context,
        member: Member,
        equals: Option<&Value>,
        place: &Arc<str>,
    ) {
        let got = match context.row {
            None => Val::Text("null".into()),
            Some(row) => row_value(self.stack.row_read(row, member)),
        };
        if let Some(equals) = equals
            && let Some(expected) = self.eval(context, equals, place)
            && expected != got
        {
            self.fail(
                place,
                &format!("{} of the row", member.name()),
                expected.to_string(),
                got.to_string(),
            );
        }
    }

    fn entry(
        &self,
        context: &Context,
        source: &EntrySource,
        returns: Option<u32>,
        expect: &[(Member, Value)],
        save: &[(Member, usize)],
        place: &Arc<str>,
    ) {
        let row = context.row.and_then(|row| self.stack.inspect(|machine| machine.row_key(row)));
        let query = match source.query(row.flatten(), &self.stack.env()) {
            Ok(query) => query,
            Err((expected, got)) => {
                self.fail(place, "get_ip_interface_entry", expected, got);
                return;
            }
        };
        let (code, answer) = match query {
            None => (self.stack.get_ip_interface_entry(None), None),
            Some(query) => match self.stack.ip_interface_entry(query) {
                Ok(answer) => (0, Some(answer)),
                Err(error) => (error.code, None),
            },
        };
        self.check_code(place, "GetIpInterfaceEntry", returns, code);
        for (member, value) in expect {
            let got = answer.as_ref().and_then(|(key, row)| member_value(*member, *key, row));
            let expected = self.eval(context, value, place);
            if expected.is_some() && expected != got.map(Val::Number) {
                let got = got.map_or_else(|| "no row".to_owned(), |got| got.to_string());
                let expected = expected.map(|value| value.to_string()).unwrap_or_default();
                self.fail(place, &format!("{} of the entry", member.name()), expected, got);
            }
        }
        if let Some((key, row)) = &answer {
            for (member, variable) in save {
                if let Some(value) = member_value(*member, *key, row) {
                    self.shared.lock().variables.set(*variable, Val::Number(value));
                }
            }
        }
    }

    fn eval(&self, context: &Context, value: &Value, place: &Arc<str>) -> Option<Val> {
        let env = self.stack.env();
        let shared = self.shared.lock();
        let value = shared.variables.eval(
            value,
            &self.program,
            context.client,
            context.delivered.as_ref(),
            &env,
        );
        drop(shared);
        match value {
            Ok(value) => Some(value),
            Err(reason) => {
                self.fail(place, "a value", "a variable that is set", reason);
                None
            }
        }
    }

    fn check_code(&self, place: &Arc<str>, what: &str, expected: Option<u32>, got: u32) {
        let Some(expected) = expected.filter(|expected| *expected != got) else {
            return;
        };
        let words = |code: u32| code_words(code, self.program.flavour);
        self.fail(place, &format!("the result of {what}"), words(expected), words(got));
    }
}
