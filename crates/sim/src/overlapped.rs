//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify: the older pair, which tells once.

use std::panic::Location;
use std::sync::Arc;

use netiosim_model::event::Function;
use netiosim_model::ids::OverlappedId;
use netiosim_model::machine::Progress;
use netiosim_model::status::Status;

use crate::StackRef;
use crate::call::Args;
use crate::channel::Signal;
use crate::core::Core;
use crate::entry::Entry;

/// An OVERLAPPED structure with its event, for requests that tell of one change.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let change = stack.overlapped("change");
/// assert_eq!(stack.notify_addr_change(true, Some(&change)), 997, "ERROR_IO_PENDING");
/// stack.add_address("Ethernet", "10.0.0.5/24")?;
/// change.event().wait()?;
/// assert_eq!(change.result(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlapped {
    stack: StackRef,
    id: OverlappedId,
    name: Arc<str>,
}

impl Overlapped {
    /// Its number in the model.
    #[must_use]
    pub fn id(&self) -> OverlappedId {
        self.id
    }

    /// The event: it is set when the request is over, by a change or by a cancel, and unset by the
    /// next request.
    #[must_use]
    pub fn event(&self) -> Signal {
        let id = self.stack.look(|core| core.machine.overlapped_event(self.id));
        Signal::of(&self.stack, id)
    }

    /// Lets its requests set this event, which others may share, instead of its own; `None` is its own again. A
    /// request that is pending keeps the event that it has.
    pub fn set_event(&self, event: Option<&Signal>) {
        let event = event.map(Signal::id);
        self.stack.look(|core| core.machine.set_overlapped_event(self.id, event));
    }

    /// Calls `f` with the [result](Self::result) once the pending request is over, or at once if none is pending:
    /// for drivers that write the structure's memory. A stack that is dropped before never calls it.
    ///
    /// It runs while the stack is locked, before anybody sees the event set: it must not call the stack.
    pub fn on_complete(&self, f: impl FnOnce(u32) + Send + 'static) {
        let completion = Completion { id: self.id, tell: Box::new(f) };
        self.stack.look(|core| {
            core.completions.push(completion);
            core.complete();
        });
    }

    /// How far the request made with it last is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.stack.look(|core| core.machine.overlapped_progress(self.id))
    }

    /// What GetOverlappedResult would say without waiting: ERROR_IO_INCOMPLETE (996) while the request
    /// is pending, 0 after a change, ERROR_OPERATION_ABORTED (995) after a cancel (observed), and
    /// ERROR_INVALID_PARAMETER (87) when none was made (chosen).
    #[must_use]
    pub fn result(&self) -> u32 {
        self.stack.look(|core| core.machine.overlapped_result(self.id))
    }
}

impl StackRef {
    /// Adds an OVERLAPPED structure with an event; no request is made with it yet.
    pub fn overlapped(&self, name: &str) -> Overlapped {
        let id = self.look(|core| core.machine.overlapped(name));
        Overlapped { stack: self.clone(), id, name: name.into() }
    }

    /// NotifyAddrChange: the next change of an IPv4 address, told once.
    ///
    /// `handle_pointer` is false for a NULL Handle; what Windows writes there is of no use here.
    /// With an OVERLAPPED the answer is ERROR_IO_PENDING (997), and its event is set later. With both
    /// pointers NULL the call waits for the change and then answers 0: something for a thread of its
    /// own. With one of them NULL it answers 87 (chosen).
    ///
    /// In controlled mode a wait that would never end is answered with ERROR_POSSIBLE_DEADLOCK (1131).
    /// In manual and threads mode another thread of the test may change something at any time, so the
    /// call goes on waiting, and only the watchdog tells.
    #[track_caller]
    pub fn notify_addr_change(&self, handle_pointer: bool, overlapped: Option<&Overlapped>) -> u32 {
        let function = Function::NotifyAddrChange;
        self.notify_overlapped(function, handle_pointer, overlapped, Location::caller())
    }

    /// NotifyRouteChange: the next change of an IPv4 route, told once; else as
    /// [`notify_addr_change`](Self::notify_addr_change).
    #[track_caller]
    pub fn notify_route_change(
        &self,
        handle_pointer: bool,
        overlapped: Option<&Overlapped>,
    ) -> u32 {
        let function = Function::NotifyRouteChange;
        self.notify_overlapped(function, handle_pointer, overlapped, Location::caller())
    }

    fn notify_overlapped(
        &self,
        function: Function,
        handle_pointer: bool,
        overlapped: Option<&Overlapped>,
        at: &'static Location<'static>,
    ) -> u32 {
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let name = overlapped.map(|overlapped| overlapped.name.clone());
        let log = entry.log(actor, function, |_| Args::Overlapped { name, handle_pointer });
        let code = match (entry.refused(), overlapped) {
            (Some(status), _) => entry.machine.code(actor, status),
            (None, Some(overlapped)) if handle_pointer => {
                entry.machine.notify_overlapped(actor, function, overlapped.id).1
            }
            (None, None) if !handle_pointer => entry.wait_for_change(function),
            (None, _) => entry.machine.notify_overlapped_badly(actor, function).1,
        };
        entry.log_end(log, code, None, None);
        code
    }

    /// CancelIPChangeNotify: whether a pending request was cancelled; `None` is NULL. Its event is set.
    #[track_caller]
    pub fn cancel_ip_change_notify(&self, overlapped: Option<&Overlapped>) -> bool {
        let function = Function::CancelIpChangeNotify;
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        let name = overlapped.map(|overlapped| overlapped.name.clone());
        let args = |_: &_| Args::Overlapped { name, handle_pointer: false };
        let log = entry.log(actor, function, args);
        let id = overlapped.map(|overlapped| overlapped.id);
        let done = entry.refused().is_none() && entry.machine.cancel_ip_change_notify(actor, id);
        entry.log_end(log, u32::from(done), None, None);
        done
    }
}

/// Whom the end of a request is told.
pub(crate) struct Completion {
    id: OverlappedId,
    tell: Box<dyn FnOnce(u32) + Send>,
}

impl Core {
    /// Tells of the requests that are over.
    pub(crate) fn complete(&mut self) {
        if self.completions.is_empty() || self.closing {
            return;
        }
        let machine = &self.machine;
        let over =
            |told: &mut Completion| machine.overlapped_progress(told.id) != Progress::Pending;
        for told in self.completions.extract_if(.., over) {
            (told.tell)(machine.overlapped_result(told.id));
        }
    }
}

impl Entry<'_> {
    /// The synchronous form: a request with a structure of its own, and a wait for its event.
    fn wait_for_change(&mut self, function: Function) -> u32 {
        let actor = self.me.actor;
        let own = self.machine.overlapped(function.name());
        let (status, code) = self.machine.notify_overlapped(actor, function, own);
        if status != Status::IoPending {
            return code;
        }
        let event = self.machine.overlapped_event(own);
        let begun = self.machine.wait_signal(actor, event);
        match self.finish(begun) {
            Ok(()) => self.machine.overlapped_result(own),
            Err(_) => {
                // Nobody is left who would hear of it.
                self.machine.cancel_ip_change_notify(actor, Some(own));
                self.machine.code(actor, Status::PossibleDeadlock)
            }
        }
    }
}
