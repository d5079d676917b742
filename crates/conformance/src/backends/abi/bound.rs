//! The names of netiosim-win32, over a stack of their own.

use std::sync::Arc;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;
use netiosim_sim::{Mode, Stack};
use netiosim_win32::{Bound, bind};

use super::super::notes::Notes;
use super::super::sim::{Setup, world};
use super::callbacks::{Callbacks, cancel};
use super::library::Library;
use super::tables::Tables;
use super::{calls, register};
use crate::backend::{
    Answered, Backend, Cannot, Did, Heard, Register, Registered, Session, Whose, World,
};
use crate::check::Verdict;

/// The names of Windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abi;

struct Bound32 {
    setup: Setup,
    stack: Stack,
    notes: Arc<Notes>,
    callbacks: Arc<Callbacks>,
    tables: Tables,
    _bound: Bound,
}

impl Backend for Abi {
    fn name(&self) -> &'static str {
        "abi"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        Ok(Box::new(Bound32::of(Setup::new(Mode::Threads, profile, flavour))))
    }
}

impl Bound32 {
    fn of(setup: Setup) -> Self {
        let stack = setup.stack();
        let notes = Notes::new(&stack);
        let callbacks = Callbacks::of(stack.uid(), Library::Linked, notes.clone());
        let _bound = bind(&stack);
        Self { setup, stack, notes, callbacks, tables: Tables::default(), _bound }
    }
}

impl Drop for Bound32 {
    fn drop(&mut self) {
        // Some checks misuse the API on purpose.
        let _ = self.stack.take_findings();
        Callbacks::forget(self.stack.uid());
    }
}

impl Session for Bound32 {
    fn register(&mut self, call: &Register) -> Registered {
        register::register(&self.callbacks, &mut self.tables, call)
    }

    fn register_foreign(&mut self, _: &Register, _: Whose) -> Result<Registered, Cannot> {
        Err(Cannot::new("the names of Windows have no callbacks of others"))
    }

    fn cancel(&mut self, value: u64) -> u32 {
        cancel(value)
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        register::teredo_port(variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        calls::of_flavour(&mut self.tables, call, self.setup.flavour)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(self.stack.has_function(function))
    }

    fn settle(&mut self) {
        self.stack.run_until_idle();
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
        inside(self)
    }

    fn cancel_aside(&mut self, handle: u64) {
        self.notes.cancel_aside(handle, cancel);
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        self.notes.take_cancelled()
    }

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        Ok(self.stack.take_findings().into_iter().map(|finding| finding.rule).collect())
    }
}

world!(Bound32);
