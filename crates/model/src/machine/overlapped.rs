//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify: the older pair, which tells once.
//!
//! An [`Overlapped`] stands for the OVERLAPPED structure and its event. The facts are those of the
//! pages in iphlpapi.h; they have no requirement ids.

use std::sync::Arc;

use super::Machine;
use crate::change::Effect;
use crate::event::{Function, What};
use crate::ids::{ActorId, OverlappedId, ProcessId, SignalId};
use crate::net::{Family, NotificationType};
use crate::status::Status;
use crate::table::DadState;

/// How far an overlapped request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Progress {
    /// No request was made with it yet.
    Unused,
    /// A request is pending.
    Pending,
    /// A change came.
    Completed,
    /// The request was cancelled, or ended with its process.
    Aborted,
}

/// An OVERLAPPED structure with its event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Overlapped {
    name: Arc<str>,
    /// The event that it was made with.
    own: SignalId,
    /// The event that is set at the end of a request.
    event: SignalId,
    /// The request made with it last, and whose.
    request: Option<(Function, ProcessId)>,
    progress: Progress,
}

impl Machine {
    /// Adds an OVERLAPPED structure with an event, unused.
    pub fn overlapped(&mut self, name: &str) -> OverlappedId {
        let own = self.signal(name);
        let id = OverlappedId::at(self.state.overlapped.len());
        let (name, progress) = (name.into(), Progress::Unused);
        self.state.overlapped.push(Overlapped { name, own, event: own, request: None, progress });
        id
    }

    /// The event of an OVERLAPPED structure: wait for it as for any signal.
    #[must_use]
    pub fn overlapped_event(&self, overlapped: OverlappedId) -> SignalId {
        self.state.overlapped[overlapped.slot()].event
    }

    /// Gives an OVERLAPPED structure another event, such as one that several requests share, or its
    /// own again. While a request is pending nothing changes: the system has taken the event already.
    pub fn set_overlapped_event(&mut self, overlapped: OverlappedId, event: Option<SignalId>) {
        let entry = &mut self.state.overlapped[overlapped.slot()];
        if entry.progress != Progress::Pending {
            entry.event = event.unwrap_or(entry.own);
        }
    }

    /// How far a request is.
    #[must_use]
    pub fn overlapped_progress(&self, overlapped: OverlappedId) -> Progress {
        self.state.overlapped[overlapped.slot()].progress
    }

    /// NotifyAddrChange or NotifyRouteChange with this OVERLAPPED: the next change of an IPv4 address
    /// or route signals its event, once. The answer is ERROR_IO_PENDING (997), which is the success.
    ///
    /// The call's synchronous form, both pointers NULL, is this with an OVERLAPPED of its own and a
    /// wait for its event.
    ///
    /// An OVERLAPPED whose request is still pending gives ERROR_INVALID_PARAMETER: the page refuses a
    /// duplicate request and does not say what one is (chosen).
    pub fn notify_overlapped(
        &mut self,
        actor: ActorId,
        function: Function,
        overlapped: OverlappedId,
    ) -> (Status, u32) {
        self.event(Some(actor), What::Call { function, handle: None });
        let status = match self.hindered(actor, function) {
            Some(status) => status,
            None if self.overlapped_progress(overlapped) == Progress::Pending => {
                Status::InvalidParameter
            }
            None => {
                let process = self.state.actors[actor.slot()].process;
                let entry = &mut self.state.overlapped[overlapped.slot()];
                entry.request = Some((function, process));
                entry.progress = Progress::Pending;
                let event = entry.event;
                self.reset_signal(event);
                Status::IoPending
            }
        };
        let code = self.code(actor, status);
        self.event(Some(actor), What::Return { function, code, handle: None, port: None });
        (status, code)
    }

    /// NotifyAddrChange or NotifyRouteChange with parameters that it refuses: exactly one of the two
    /// pointers is NULL (the page is silent; ERROR_INVALID_PARAMETER is chosen).
    pub fn notify_overlapped_badly(&mut self, actor: ActorId, function: Function) -> (Status, u32) {
        self.event(Some(actor), What::Call { function, handle: None });
        let status = self.hindered(actor, function).unwrap_or(Status::InvalidParameter);
        let code = self.code(actor, status);
        self.event(Some(actor), What::Return { function, code, handle: None, port: None });
        (status, code)
    }

    /// CancelIPChangeNotify: whether a pending request was cancelled. Its event is signalled, its
    /// result is ERROR_OPERATION_ABORTED (observed). `None` is a NULL pointer.
    pub fn cancel_ip_change_notify(
        &mut self,
        actor: ActorId,
        overlapped: Option<OverlappedId>,
    ) -> bool {
        let function = Function::CancelIpChangeNotify;
        self.event(Some(actor), What::Call { function, handle: None });
        let hindered = self.hindered(actor, function).is_some();
        let pending = overlapped.filter(|o| self.overlapped_progress(*o) == Progress::Pending);
        let done = pending.filter(|_| !hindered).is_some();
        if let Some(overlapped) = pending.filter(|_| done) {
            self.complete(overlapped, Progress::Aborted);
        }
        let code = u32::from(done);
        self.event(Some(actor), What::Return { function, code, handle: None, port: None });
        done
    }

    /// What GetOverlappedResult says of a request without waiting: 996 while it is pending, 0 after a
    /// change, 995 after a cancel; 87 if none was made (chosen).
    #[must_use]
    pub fn overlapped_result(&self, overlapped: OverlappedId) -> u32 {
        match self.overlapped_progress(overlapped) {
            Progress::Unused => 87,
            Progress::Pending => 996,
            Progress::Completed => 0,
            Progress::Aborted => 995,
        }
    }

    /// Completes what waits for a step of a change: an IPv4 address that came, went, or changed and is
    /// usable, or an IPv4 route (that the pair is IPv4's is documented, which changes count is chosen).
    pub(crate) fn owe_overlapped(&mut self, effect: &Effect) {
        if self.state.overlapped.is_empty() {
            return;
        }
        let function = match effect {
            Effect::Address { luid, address, kind, .. } if address.is_ipv4() => {
                let key = (*luid, *address);
                let state = self.env().address_table().get(key).map(|address| address.dad);
                let usable = matches!(state, Some(DadState::Preferred | DadState::Deprecated));
                if *kind == NotificationType::Parameter && !usable {
                    return;
                }
                Function::NotifyAddrChange
            }
            Effect::Route { key, .. } if key.family() == Family::V4 => Function::NotifyRouteChange,
            _ => return,
        };
        for n in 0..self.state.overlapped.len() {
            let entry = &self.state.overlapped[n];
            let waits = entry.progress == Progress::Pending;
            if waits && entry.request.is_some_and(|(own, _)| own == function) {
                self.complete(OverlappedId::at(n), Progress::Completed);
            }
        }
    }

    /// The requests of a process end with it.
    pub(crate) fn drop_overlapped(&mut self, process: ProcessId) {
        for n in 0..self.state.overlapped.len() {
            let entry = &self.state.overlapped[n];
            let own = entry.request.is_some_and(|(_, owner)| owner == process);
            if own && entry.progress == Progress::Pending {
                self.complete(OverlappedId::at(n), Progress::Aborted);
            }
        }
    }

    fn complete(&mut self, overlapped: OverlappedId, progress: Progress) {
        let entry = &mut self.state.overlapped[overlapped.slot()];
        entry.progress = progress;
        let (event, name) = (entry.event, entry.name.clone());
        let word = match progress {
            Progress::Aborted => "aborted",
            _ => "completed",
        };
        self.note(None, format!("overlapped {name} {word}"));
        self.raise_signal(event);
    }
}
