//! What callbacks over a simulated stack wrote down, and what they do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netiosim_model::api::{Call, Memory};
use netiosim_model::ids::{ActorId, Handle};
use netiosim_model::machine::Machine;
use netiosim_sim::{Delivery, JoinHandle, Mode, StackRef};

use super::{looked, query, told};
use crate::backend::{Act, Did, Heard};

/// The notes of one session.
pub(super) struct Notes {
    stack: StackRef,
    /// The program's lock.
    pub(super) lock: netiosim_sim::Mutex<()>,
    written: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    heard: Vec<Heard>,
    did: Vec<Did>,
    cancels: Vec<JoinHandle<u32>>,
    /// Threads that deliver, in manual mode.
    deliverers: Vec<JoinHandle<()>>,
}

impl Notes {
    pub(super) fn new(stack: &StackRef) -> Arc<Self> {
        let lock = stack.mutex("the program's lock", ());
        Arc::new(Self { stack: stack.clone(), lock, written: Mutex::default() })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hear(&self, heard: Heard) {
        self.written().heard.push(heard);
    }

    pub(super) fn did(&self, did: Did) {
        self.written().did.push(did);
    }

    pub(super) fn take_heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.written().heard)
    }

    pub(super) fn take_did(&self) -> Vec<Did> {
        std::mem::take(&mut self.written().did)
    }

    /// Takes the program's lock and gives it back.
    pub(super) fn pass_lock(&self) {
        if self.lock.lock().is_err() {
            self.did(Did::NoLock);
        }
    }

    /// Cancels on a thread of its own.
    pub(super) fn cancel_aside(&self, handle: u64, cancel: impl Fn(u64) -> u32 + Send + 'static) {
        let thread = self.stack.spawn("canceller", move || cancel(handle));
        self.written().cancels.push(thread);
    }

    /// Delivers on a thread of its own, and waits until it is done or waits itself.
    pub(super) fn deliver_aside(&self) {
        let stack = self.stack.clone();
        let thread = self.stack.spawn("deliverer", move || {
            stack.run_until_idle();
        });
        self.written().deliverers.push(thread);
        self.rest();
    }

    /// Waits until every other thread of the program has ended, or waits for what nobody is about to do.
    pub(super) fn rest(&self) {
        let actors: Vec<ActorId> = {
            let written = self.written();
            let cancels = written.cancels.iter().map(JoinHandle::actor);
            cancels.chain(written.deliverers.iter().map(JoinHandle::actor)).collect()
        };
        let rests = |model: &Machine| {
            actors.iter().all(|actor| {
                let info = model.actor_info(*actor);
                !info.is_alive() || (info.wait().is_some() && !model.can_end(*actor))
            })
        };
        match self.stack.mode() {
            // Nobody but the scheduler lets anybody go on.
            Mode::Controlled => {
                self.stack.run_until_idle();
            }
            Mode::Manual => {
                while !self.stack.inspect(rests) {
                    std::thread::yield_now();
                }
            }
            _ => {
                self.stack.wait_until(rests);
            }
        }
    }

    /// The codes of the cancels that have returned.
    pub(super) fn take_cancelled(&self) -> Vec<u32> {
        self.rest();
        let threads = std::mem::take(&mut self.written().cancels);
        let (done, left): (Vec<_>, Vec<_>) = threads
            .into_iter()
            .partition(|thread| self.stack.inspect(|m| !m.actor_info(thread.actor()).is_alive()));
        self.written().cancels.extend(left);
        done.into_iter().filter_map(|thread| thread.join().ok()).collect()
    }

    /// A callback of the plain functions is called.
    pub(super) fn called(self: &Arc<Self>, delivery: &Delivery, acts: &[Act]) {
        let (due, stack) = (&delivery.due, &delivery.stack);
        self.hear(Heard { context: due.context, told: told(&due.notification) });
        for act in acts {
            match act {
                Act::Lock => self.pass_lock(),
                Act::CancelOwn => {
                    let code = stack.cancel_mib_change_notify2(due.lane.handle);
                    self.did(Did::Cancelled(code));
                }
                Act::Cancel(handle) => {
                    let code = stack.cancel_mib_change_notify2(Handle(*handle));
                    self.did(Did::Cancelled(code));
                }
                Act::HandCancel => {
                    let of = stack.clone();
                    self.cancel_aside(due.lane.handle.0, move |handle| {
                        of.cancel_mib_change_notify2(Handle(handle))
                    });
                }
                Act::Look => {
                    let lent = delivery.row.and_then(|row| stack.inspect(|m| m.lent_row(row)));
                    if let Some(lent) = lent.flatten() {
                        let (call, keys) = query(&lent);
                        self.did(looked(keys, stack.call(&call)));
                    }
                }
                Act::FreeRow => {
                    let row = delivery.row.map_or(Memory::Null, Memory::Row);
                    let _ = stack.call(&Call::Free(row));
                }
                Act::FreeTable => {
                    let table = due.notification.table();
                    let rows = table.map(|table| {
                        let rows = stack.table_rows(table).map(|rows| rows.to_vec());
                        let _ = stack.call(&Call::Free(Memory::Table(table)));
                        rows.unwrap_or_default()
                    });
                    self.did(Did::Table(rows));
                }
                Act::Port => {
                    let mut port = None;
                    let code = stack.get_teredo_port(Some(port.insert(0)));
                    self.did(Did::Port(code, port.filter(|_| code == 0)));
                }
            }
        }
    }
}
