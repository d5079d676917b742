//! The call log: every call of the API, with parameters, result, thread and virtual time.

use std::sync::{Arc, Weak};

use netiosim_model::api::{self, Output};
use netiosim_model::event::Function;
use netiosim_model::ids::{ActorId, Handle};
use netiosim_model::machine::EntryQuery;
use netiosim_model::row;

use crate::StackRef;
use crate::core::Core;

/// The parameters of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Args {
    /// Of the functions that register a callback.
    Register {
        /// What reports call the registration.
        name: Arc<str>,
        /// Family, of those that have it.
        family: Option<u16>,
        /// Whether there was a callback; false is NULL.
        callback: bool,
        /// CallerContext.
        context: u64,
        /// InitialNotification.
        initial: bool,
        /// Whether there was a place for the handle; false is NULL.
        handle_pointer: bool,
        /// Whether there was a place for the table of NotifyStableUnicastIpAddressTable; false is
        /// NULL.
        table_pointer: bool,
    },
    /// Of CancelMibChangeNotify2.
    Cancel {
        /// The handle.
        handle: Handle,
        /// The name of its registration, if it is one that lives.
        name: Option<Arc<str>>,
    },
    /// Of GetTeredoPort.
    Port {
        /// Whether there was a place for the port; false is NULL.
        pointer: bool,
    },
    /// Of GetIpInterfaceEntry; `None` is a NULL row.
    Entry(Option<EntryQuery>),
    /// Of NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify.
    Overlapped {
        /// The name of the OVERLAPPED structure; `None` is NULL.
        name: Option<Arc<str>>,
        /// Whether there was a place for the handle; false is NULL. CancelIPChangeNotify has no such
        /// parameter, and here it is false.
        handle_pointer: bool,
    },
    /// Of every other function.
    Call(api::Call),
}

/// One call of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The virtual time when it began, in milliseconds.
    pub at_ms: u64,
    /// The name of the calling thread.
    pub thread: String,
    /// Where it was called.
    pub place: Option<String>,
    /// The function.
    pub function: Function,
    /// Its parameters.
    pub args: Args,
    /// What it returned; `None` while it has not.
    pub code: Option<u32>,
    /// The handle that a registration was given.
    pub handle: Option<Handle>,
    /// The port that GetTeredoPort wrote.
    pub port: Option<u16>,
    /// What a query, change or conversion wrote, or the table that a registration handed out.
    pub output: Output,
}

/// The same as the log keeps it.
#[derive(Clone, Debug)]
pub(crate) struct CallRecord {
    pub(crate) at_ms: u64,
    pub(crate) actor: ActorId,
    pub(crate) place: Option<netiosim_model::ids::PlaceId>,
    pub(crate) function: Function,
    pub(crate) args: Args,
    pub(crate) code: Option<u32>,
    pub(crate) handle: Option<Handle>,
    pub(crate) port: Option<u16>,
    pub(crate) output: Output,
}

impl Args {
    /// The parameters of a call that answers at once.
    pub(crate) fn of(call: &api::Call) -> Self {
        let query = |row: &row::Row| match row {
            row::Row::IpInterface(row) => {
                Some(EntryQuery { family: row.family, luid: row.luid, index: row.index })
            }
            _ => None,
        };
        match call {
            api::Call::Row { function: Function::GetIpInterfaceEntry, row, .. } => {
                Self::Entry(row.as_ref().and_then(query))
            }
            call => Self::Call(call.clone()),
        }
    }
}

impl Core {
    /// Puts a call into the log and returns its position there.
    pub(crate) fn log(
        &mut self,
        actor: ActorId,
        function: Function,
        args: impl FnOnce(&Self) -> Args,
    ) -> Option<usize> {
        if !self.recording {
            return None;
        }
        let record = CallRecord {
            at_ms: self.machine.now_ms(),
            actor,
            place: self.machine.actor_info(actor).place(),
            function,
            args: args(self),
            code: None,
            handle: None,
            port: None,
            output: Output::Nothing,
        };
        if let Some(keep) = self.keep.filter(|keep| self.calls.len() >= 2 * keep) {
            self.forget_calls(self.calls.len() - keep);
        }
        self.calls.push(record);
        Some(self.calls_gone + self.calls.len() - 1)
    }

    /// Forgets the eldest calls, but none that somebody has yet to look at.
    fn forget_calls(&mut self, eldest: usize) {
        self.awaited.retain(|from| from.strong_count() > 0);
        let awaited = self.awaited.iter().filter_map(Weak::upgrade).map(|from| *from).min();
        let free = awaited.map_or(eldest, |from| from.saturating_sub(self.calls_gone).min(eldest));
        self.calls_gone += free;
        self.calls.drain(..free);
    }

    fn logged(&mut self, at: Option<usize>) -> Option<&mut CallRecord> {
        self.calls.get_mut(at?.checked_sub(self.calls_gone)?)
    }

    /// Completes an entry of the log.
    pub(crate) fn log_end(
        &mut self,
        at: Option<usize>,
        code: u32,
        handle: Option<Handle>,
        port: Option<u16>,
    ) {
        if let Some(record) = self.logged(at) {
            record.code = Some(code);
            record.handle = handle;
            record.port = port;
        }
    }

    /// Adds what a call wrote to an entry of the log.
    pub(crate) fn log_output(&mut self, at: Option<usize>, output: &Output) {
        if let Some(record) = self.logged(at) {
            record.output = output.clone();
        }
    }

    /// An entry of the log, with the names that it stands for.
    pub(crate) fn call(&self, record: &CallRecord) -> Call {
        Call {
            at_ms: record.at_ms,
            thread: self.machine.actor_info(record.actor).name().to_owned(),
            place: record.place.map(|place| self.machine.place_text(place).to_owned()),
            function: record.function,
            args: record.args.clone(),
            code: record.code,
            handle: record.handle,
            port: record.port,
            output: record.output.clone(),
        }
    }
}

impl StackRef {
    /// Every call of the API so far, in the order in which they began.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.look(|core| core.calls.iter().map(|record| core.call(record)).collect())
    }
}
