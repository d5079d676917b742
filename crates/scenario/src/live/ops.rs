//! What one thread or callback of a live run does.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::LockMode;
use netiosim_sim::{Delivery, RawCallback, RawKind, RawRequest};

use super::hand::Hand;
use super::{AnyLock, Live};
use crate::format::Value;
use crate::outcome::{Delivered, Val};
use crate::perform::{Host as _, perform, stable_table};
use crate::program::{CancelTarget, EnvEvent, Op, RegisterOp};
use crate::values::same;
use crate::world::GARBAGE;

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
pub(super) struct Context {
    pub(super) client: usize,
    pub(super) delivered: Option<Delivered>,
    object: Option<netiosim_model::ids::ObjectId>,
}

impl Live {
    /// The life of a thread.
    pub(super) fn thread(self: &Arc<Self>, script: usize) {
        let client = self.program.scripts[script].client;
        let context = Context { client, delivered: None, object: None };
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
        let actor = self.stack.actor();
        let rows = due.notification.table().and_then(|table| self.stack.table_rows(table));
        let rows = rows.map(|rows| rows.len());
        let mut shared = self.shared.lock();
        let inside = shared.registering.contains(&actor);
        let delivered =
            self.stack.inspect(|machine| Delivered::new(due, registration, inside, rows, machine));
        shared.deliveries.push(delivered.clone());
        drop(shared);
        let client = self.program.scripts[script].client;
        let context = Context { client, delivered: Some(delivered), object: due.object };
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
                    if let (Some(value), Some(equals)) = (value, equals)
                        && !same(&value, &equals)
                    {
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
            Op::Register(register) => self.register(register, place, context),
            Op::Cancel { target, returns } => self.cancel(*target, *returns, place, context)?,
            Op::Api(op) => perform(&mut self.hand(place, context), op),
            Op::NotifyOverlapped { function, overlapped, null_handle, returns } => {
                let pointers = (*overlapped, *null_handle);
                self.notify_overlapped(*function, pointers, *returns, place, context)?;
            }
            Op::WaitOverlapped(overlapped) => {
                self.overlapped[*overlapped].event().wait().map_err(|_| Stop)?;
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
                let sleeper = (until_ms, self.stack.actor(), wake.clone());
                self.shared.lock().sleepers.push(sleeper);
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
                    self.shared.lock().store.variables.set(*variable, value);
                }
            }
            Op::Assert(value, equals) => {
                if let (Some(got), Some(expected)) =
                    (self.eval(context, value, place), self.eval(context, equals, place))
                    && !same(&got, &expected)
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

    fn hand<'a>(&'a self, place: &'a Arc<str>, context: &'a Context) -> Hand<'a> {
        Hand { live: self, context, place }
    }

    fn register(self: &Arc<Self>, op: &RegisterOp, place: &Arc<str>, context: &Context) {
        let kind = match op.function {
            Function::NotifyIpInterfaceChange => RawKind::IpInterface(op.family),
            Function::NotifyUnicastIpAddressChange => RawKind::UnicastAddress(op.family),
            Function::NotifyRouteChange2 => RawKind::Route(op.family),
            Function::NotifyStableUnicastIpAddressTable => RawKind::StableTable(op.family),
            Function::NotifyNetworkConnectivityHintChange => RawKind::ConnectivityHint,
            _ => RawKind::TeredoPort,
        };
        let registration = op.registration;
        let callback = self.raw_callback(op.script);
        let request = RawRequest {
            callback: (!op.null_callback).then(|| callback.clone()),
            context: op.context,
            initial: op.initial,
            handle_pointer: !op.null_handle,
            table_pointer: !op.null_table,
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
            self.shared.lock().store.handles[registration] = handle;
        });
        let mut shared = self.shared.lock();
        if let Some(at) = shared.registering.iter().rposition(|other| *other == actor) {
            shared.registering.remove(at);
        }
        drop(shared);
        let mut hand = self.hand(place, context);
        hand.check_code(op.function.name(), op.returns, registered.code);
        stable_table(&mut hand, registered.table, op.table, op.count);
    }

    fn cancel(
        &self,
        target: CancelTarget,
        returns: Option<u32>,
        place: &Arc<str>,
        context: &Context,
    ) -> Result<(), Stop> {
        let handle = match target {
            CancelTarget::Registration(variable) => self.shared.lock().store.handles[variable],
            CancelTarget::Null => Handle::NULL,
            CancelTarget::Garbage => GARBAGE,
        };
        let code = self.stack.cancel_mib_change_notify2(handle);
        self.go_on()?;
        self.hand(place, context).check_code("CancelMibChangeNotify2", returns, code);
        Ok(())
    }

    /// NotifyAddrChange or NotifyRouteChange; with both pointers NULL it waits for the change.
    fn notify_overlapped(
        &self,
        function: Function,
        (overlapped, null_handle): (Option<usize>, bool),
        returns: Option<u32>,
        place: &Arc<str>,
        context: &Context,
    ) -> Result<(), Stop> {
        let overlapped = overlapped.map(|overlapped| &self.overlapped[overlapped]);
        let code = match function {
            Function::NotifyRouteChange => self.stack.notify_route_change(!null_handle, overlapped),
            _ => self.stack.notify_addr_change(!null_handle, overlapped),
        };
        self.go_on()?;
        self.hand(place, context).check_code(function.name(), returns, code);
        Ok(())
    }

    /// Whether the thread goes on after a wait: its process may have ended meanwhile.
    fn go_on(&self) -> Result<(), Stop> {
        let actor = self.stack.actor();
        let alive = self.stack.inspect(|machine| machine.actor_info(actor).is_alive());
        if alive { Ok(()) } else { Err(Stop) }
    }

    fn eval(&self, context: &Context, value: &Value, place: &Arc<str>) -> Option<Val> {
        self.hand(place, context).eval(value)
    }
}
