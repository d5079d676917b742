//! A simulated stack, called by its plain functions.

use std::sync::Arc;

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::Irql;
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;
use netiosim_sim::{Mode, RawCallback, RawKind, RawRequest, Stack};

use super::notes::Notes;
use crate::backend::{
    Answered, Backend, Callback, Cannot, Did, Heard, Register, Registered, Session, Whose, World,
};
use crate::check::Verdict;

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

/// What every session starts with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub(super) mode: Mode,
    pub(super) profile: Profile,
    pub(super) flavour: Flavour,
    pub(super) windows: Windows,
}

impl Setup {
    pub(super) fn new(mode: Mode, profile: Profile, flavour: Flavour) -> Self {
        Self { mode, profile, flavour, windows: Windows::default() }
    }

    pub(super) fn stack(&self) -> Stack {
        Stack::builder()
            .profile(self.profile)
            .mode(self.mode)
            .flavour(self.flavour)
            .windows(self.windows)
            .report_leaks(false)
            .announce(false)
            .build()
    }
}

struct Simulated {
    setup: Setup,
    stack: Stack,
    notes: Arc<Notes>,
    /// Whether the program's thread holds its lock.
    locked: bool,
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
        Ok(Box::new(Simulated::of(Setup::new(mode, profile, flavour))))
    }
}

impl Simulated {
    fn of(setup: Setup) -> Self {
        let stack = setup.stack();
        let notes = Notes::new(&stack);
        Self { setup, stack, notes, locked: false }
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

impl Simulated {
    fn request(&self, call: &Register) -> RawRequest {
        let (notes, acts) = (self.notes.clone(), call.acts.clone());
        let callback = RawCallback::new(move |delivery| notes.called(delivery, &acts));
        let mut request = RawRequest::new(kind(call.function, call.family), "", callback);
        if call.callback == Callback::Null {
            request.callback = None;
        }
        (request.context, request.initial) = (call.context, call.initial);
        request.handle_pointer = call.variable.is_some();
        request.table_pointer = call.table;
        request
    }

    fn notify(&self, call: &Register, request: RawRequest) -> Registered {
        let mut variable = call.variable;
        let left = self.stack.register(request, &mut |handle: Handle| variable = Some(handle.0));
        let handle = call.variable.and(variable);
        Registered { code: left.code, handle, table: left.table }
    }
}

impl Session for Simulated {
    fn register(&mut self, call: &Register) -> Registered {
        self.notify(call, self.request(call))
    }

    fn register_foreign(&mut self, call: &Register, whose: Whose) -> Result<Registered, Cannot> {
        let mut request = self.request(call);
        match whose {
            Whose::AnotherProcess => {
                let other = self.stack.process("another program", self.setup.flavour);
                request.callback_process = Some(other.id());
            }
            Whose::AbsentModule => {
                let module = self.stack.own_process().module("absent.dll", false);
                request.module = Some(module.id());
            }
        }
        Ok(self.notify(call, request))
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        self.stack.cancel_mib_change_notify2(Handle(handle))
    }

    fn teredo_port(&mut self, mut variable: Option<u16>) -> (u32, Option<u16>) {
        let code = self.stack.get_teredo_port(variable.as_mut());
        (code, variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        let reply = self.stack.call(call);
        let rows = match reply.output {
            Output::Table(table) => self.stack.table_rows(table).map(|rows| rows.to_vec()),
            _ => None,
        };
        Ok(Answered { code: reply.code, output: reply.output, rows: rows.unwrap_or_default() })
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(self.stack.has_function(function))
    }

    fn settle(&mut self) {
        // In manual mode whoever asks delivers; while the program's thread holds its lock that has to be another one.
        if self.setup.mode == Mode::Manual && self.locked {
            self.notes.deliver_aside();
        } else {
            self.stack.run_until_idle();
        }
        self.notes.rest();
    }

    fn heard(&mut self) -> Vec<Heard> {
        self.notes.take_heard()
    }

    fn did(&mut self) -> Vec<Did> {
        self.notes.take_did()
    }

    fn threads(&self) -> Result<(), Cannot> {
        Ok(())
    }

    fn locked(&mut self, inside: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        let notes = self.notes.clone();
        let _held = notes.lock.lock().map_err(|error| Cannot::new(error.to_string()))?;
        self.locked = true;
        let verdict = inside(self);
        self.locked = false;
        verdict
    }

    fn cancel_aside(&mut self, handle: u64) {
        let stack = self.stack.handle();
        self.notes.cancel_aside(handle, move |own| stack.cancel_mib_change_notify2(Handle(own)));
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        self.notes.take_cancelled()
    }

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        Ok(self.stack.take_findings().into_iter().map(|finding| finding.rule).collect())
    }
}

/// The world of a session over a simulated stack.
macro_rules! world {
    ($session:ty) => {
        impl World for $session {
            fn change(&mut self, change: &Change) -> Result<(), Cannot> {
                self.stack.change(change).map_err(|error| Cannot::new(error.to_string()))
            }

            fn env(&self) -> Result<Arc<Env>, Cannot> {
                Ok(self.stack.env())
            }

            fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
                self.stack.fail(function, status).keep();
                Ok(())
            }

            fn unfail(&mut self, function: Function) -> Result<(), Cannot> {
                self.stack.with_model(|model, _, _| model.fault_clear(Some(function)));
                Ok(())
            }

            fn elapse(&mut self, ms: u64) -> Result<(), Cannot> {
                self.stack.advance_ms(ms);
                Ok(())
            }

            fn reboot(&mut self) -> Result<(), Cannot> {
                self.stack.reboot();
                self.stack.own_process().start();
                Ok(())
            }

            fn restart_program(&mut self) -> Result<(), Cannot> {
                let program = self.stack.own_process();
                program.exit();
                program.start();
                Ok(())
            }

            fn set_elevated(&mut self, elevated: bool) -> Result<(), Cannot> {
                self.stack.own_process().set_elevated(elevated);
                Ok(())
            }

            fn set_irql(&mut self, irql: Irql) -> Result<(), Cannot> {
                self.stack.set_irql(irql);
                Ok(())
            }

            fn install(&mut self, windows: Windows) -> Result<(), Cannot> {
                let _ = self.stack.take_findings();
                *self = Self::of(Setup { windows, ..self.setup });
                Ok(())
            }
        }
    };
}
#[cfg(all(feature = "abi", not(windows)))]
pub(super) use world;

world!(Simulated);
