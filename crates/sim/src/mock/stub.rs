//! Stubbed answers: calls that answer what the test says.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::event::Function;
use netiosim_model::function::Shape;
use netiosim_model::ids::FaultId;
use netiosim_model::machine::{Fault, FaultTarget};

use super::parameters::{Answer, CallTarget};
use crate::StackRef;

/// How many calls are stubbed one by one.
const MOST: u32 = 10_000;

/// An answer in the making: which calls of a function get it.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
/// use netiosim_sim::model::event::Function;
///
/// let stack = Stack::new();
/// let not_ready = stack.stub(Function::GetTeredoPort).nth(2).returning(21);
/// assert!(stack.teredo_port().is_ok());
/// assert_eq!(stack.teredo_port().unwrap_err().code, 21);
/// assert!(stack.teredo_port().is_ok());
/// drop(not_ready);
/// ```
#[derive(Debug)]
#[must_use = "nothing is stubbed before `returning`"]
pub struct Stub<'a> {
    stack: &'a StackRef,
    function: Function,
    target: FaultTarget,
    nth: Option<u32>,
    times: Option<u32>,
}

/// A stubbed answer that is given until this is dropped.
#[must_use = "dropping it takes the stubbed answer out"]
pub struct StubGuard {
    stack: StackRef,
    faults: Vec<FaultId>,
}

impl Stub<'_> {
    /// Only the `n`th of the calls that it is about, from 1, counted from now on; with
    /// [`times`](Self::times), from that one on.
    ///
    /// # Panics
    ///
    /// When `n` is 0.
    #[track_caller]
    pub fn nth(mut self, n: u32) -> Self {
        assert!(n > 0, "the calls are counted from 1: there is no call 0 to stub");
        self.nth = Some(n);
        self
    }

    /// Only so many calls, from the first one on, or from the [`nth`](Self::nth).
    ///
    /// # Panics
    ///
    /// When `n` is more than 10,000: the model has a fault for each. For every call, leave it out.
    #[track_caller]
    pub fn times(mut self, n: u32) -> Self {
        assert!(n <= MOST, "{n} calls are too many to stub one by one; every call is the default");
        self.times = Some(n);
        self
    }

    /// Only calls about this registration: by handle, calls that cancel it; by name, calls that make
    /// or cancel it.
    ///
    /// # Panics
    ///
    /// When no call of the function can be about it: queries are about no registration, and a call
    /// that makes one has no handle yet.
    #[track_caller]
    pub fn on(mut self, target: impl Into<CallTarget>) -> Self {
        let target = target.into();
        let name = self.function.name();
        let (cancels, makes) = match self.function {
            Function::CancelMibChangeNotify2 => (true, false),
            function => (false, function.spec().shape == Shape::Notify),
        };
        assert!(cancels || makes, "no call of {name} is about a registration: {target}");
        self.target = match target {
            CallTarget::Handle(handle) => {
                assert!(cancels, "a call of {name} has no handle before it answers: {handle}");
                FaultTarget::Handle(handle)
            }
            CallTarget::Name(name) => FaultTarget::Registration(name),
        };
        self
    }

    /// Only calls that make or cancel the registration of this name.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_registration(self, name: impl Into<Arc<str>>) -> Self {
        self.on(CallTarget::Name(name.into()))
    }

    /// Makes these calls answer this code, a raw number or a
    /// [`Status`](netiosim_model::status::Status), and do nothing else.
    ///
    /// A code that the caller takes for a success makes the call claim one without having done
    /// anything: nothing is registered, cancelled or written. Of several stubs and
    /// [faults](StackRef::fault) that hit a call the last one answers.
    #[track_caller]
    pub fn returning(self, answer: impl Into<Answer>) -> StubGuard {
        let Self { stack, function, target, nth, times } = self;
        let Answer(status) = answer.into();
        let fault = Fault { target, ..Fault::new(function, status) };
        let only: Vec<Option<u32>> = match (nth, times) {
            (None, None) => vec![None],
            (Some(n), None) => vec![Some(n)],
            (first, Some(times)) => {
                let first = first.unwrap_or(1);
                (first..first.saturating_add(times)).map(Some).collect()
            }
        };
        let mut entry = stack.enter(Location::caller());
        let add = |nth| entry.machine.fault_add(Fault { nth, ..fault.clone() });
        let faults = only.into_iter().map(add).collect();
        drop(entry);
        StubGuard { stack: stack.clone(), faults }
    }
}

impl StubGuard {
    /// Leaves the stubbed answer in for good.
    pub fn keep(mut self) {
        self.faults.clear();
    }
}

impl fmt::Debug for StubGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StubGuard").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl Drop for StubGuard {
    fn drop(&mut self) {
        if !self.faults.is_empty() {
            self.stack.look(|core| {
                for fault in &self.faults {
                    core.machine.fault_remove(*fault);
                }
            });
        }
    }
}

impl StackRef {
    /// Stubs answers of this function; every call's, unless it is refined.
    ///
    /// What a stub can say is what a [fault](StackRef::fault) of the model can: a code. The port that
    /// GetTeredoPort writes is changed where it comes from, with
    /// [`restart_teredo_on`](StackRef::restart_teredo_on).
    pub fn stub(&self, function: Function) -> Stub<'_> {
        Stub { stack: self, function, target: FaultTarget::Any, nth: None, times: None }
    }
}
