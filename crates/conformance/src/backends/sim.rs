//! A simulated stack, called by its plain functions.

use std::sync::{Arc, Mutex, PoisonError};

use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};
use netiosim_sim::{Mode, RawCallback, RawKind, RawRequest, Stack};

use super::told;
use crate::backend::{Backend, Callback, Cannot, Heard, Register, Registered, Session, World};

/// A simulated stack in one of its modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sim {
    /// The calling thread delivers.
    Manual,
    /// One thread after the other, as a seed says.
    Controlled,
    /// Callbacks come on threads of their own.
    Threads,
}

/// What callbacks wrote down.
pub(super) type Notes = Arc<Mutex<Vec<Heard>>>;

pub(super) fn note(notes: &Notes, heard: Heard) {
    notes.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
}

pub(super) fn take(notes: &Notes) -> Vec<Heard> {
    std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The stack that every session starts with.
pub(super) fn stack(mode: Mode, profile: Profile, flavour: Flavour) -> Stack {
    Stack::builder()
        .profile(profile)
        .mode(mode)
        .flavour(flavour)
        .report_leaks(false)
        .announce(false)
        .build()
}

struct Simulated {
    stack: Stack,
    notes: Notes,
}

impl Backend for Sim {
    fn name(&self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Controlled => "controlled",
            Self::Threads => "threads",
        }
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        let mode = match self {
            Self::Manual => Mode::Manual,
            Self::Controlled => Mode::Controlled,
            Self::Threads => Mode::Threads,
        };
        let (stack, notes) = (stack(mode, profile, flavour), Notes::default());
        Ok(Box::new(Simulated { stack, notes }))
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        // Some checks misuse the API on purpose.
        let _ = self.stack.take_findings();
    }
}

/// The kind of registration that a function makes.
fn kind(function: Function, family: u16) -> RawKind {
    match function {
        Function::NotifyTeredoPortChange => RawKind::TeredoPort,
        Function::NotifyIpInterfaceChange => RawKind::IpInterface(family),
        Function::NotifyUnicastIpAddressChange => RawKind::UnicastAddress(family),
        Function::NotifyRouteChange2 => RawKind::Route(family),
        Function::NotifyStableUnicastIpAddressTable => RawKind::StableTable(family),
        Function::NotifyNetworkConnectivityHintChange => RawKind::ConnectivityHint,
        other => panic!("{other} registers no callback"),
    }
}

impl Session for Simulated {
    fn register(&mut self, call: &Register) -> Registered {
        let notes = self.notes.clone();
        let callback = RawCallback::new(move |delivery| {
            let due = &delivery.due;
            note(&notes, Heard { context: due.context, told: told(&due.notification) });
        });
        let mut request = RawRequest::new(kind(call.function, call.family), "", callback);
        if call.callback == Callback::Null {
            request.callback = None;
        }
        (request.context, request.initial) = (call.context, call.initial);
        request.handle_pointer = call.variable.is_some();
        let mut variable = call.variable;
        let left = self.stack.register(request, &mut |handle: Handle| variable = Some(handle.0));
        Registered { code: left.code, handle: call.variable.and(variable) }
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        self.stack.cancel_mib_change_notify2(Handle(handle))
    }

    fn teredo_port(&mut self, mut variable: Option<u16>) -> (u32, Option<u16>) {
        let code = self.stack.get_teredo_port(variable.as_mut());
        (code, variable)
    }

    fn settle(&mut self) {
        self.stack.run_until_idle();
    }

    fn heard(&mut self) -> Vec<Heard> {
        take(&self.notes)
    }
}

/// The changes of a simulated stack.
macro_rules! world {
    ($session:ty) => {
        impl World for $session {
            fn restart_teredo(&mut self, port: u16) -> Result<(), Cannot> {
                cannot(self.stack.restart_teredo_on(port))
            }

            fn stop_teredo(&mut self) -> Result<(), Cannot> {
                cannot(self.stack.stop_teredo())
            }

            fn set_ipv6(&mut self, present: bool) -> Result<(), Cannot> {
                cannot(self.stack.set_ipv6(present))
            }

            fn set_mtu(&mut self, family: Family, mtu: u32) -> Result<(), Cannot> {
                cannot(self.stack.set_mtu("Ethernet", family, mtu))
            }

            fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
                self.stack.fail(function, status).keep();
                Ok(())
            }

            fn reboot(&mut self) -> Result<(), Cannot> {
                self.stack.reboot();
                Ok(())
            }
        }
    };
}
#[cfg(feature = "abi")]
pub(super) use world;

world!(Simulated);

pub(super) fn cannot(done: Result<(), netiosim_model::change::ChangeError>) -> Result<(), Cannot> {
    done.map_err(|error| Cannot::new(error.to_string()))
}
