//! An expectation: set up before the calls, held against the log after them.

use std::fmt;
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::event::Function;
use netiosim_model::net::{AF_UNSPEC, Family};

use super::log::Log;
use super::parameters::{Answer, CallTarget};
use super::report;
use super::sequence::{Member, Sequence};
use super::spec::Spec;
use crate::StackRef;
use crate::call::Call;
use crate::sync::{Mutex, thread};

/// An expectation on the call log: calls of a function, how many of them, and what they are like.
///
/// Exactly one call is expected unless something else is said, and the calls before it was set up do
/// not count. It is verified when it is dropped or [`verify`](Self::verify) is called, and at the
/// latest when the stack is dropped. **When it is not met it panics**, unless its thread is panicking
/// already, and says what was expected and where, how many calls fitted, the nearest miss (the logged
/// call that differs in the fewest respects, and in which), and the calls of the log.
///
/// Any number of expectations may count the same call. While a stack [does not
/// record](StackRef::record) no call is seen.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
/// use netiosim_sim::model::event::Function;
///
/// let stack = Stack::new();
/// let cancels = stack.expect_call(Function::CancelMibChangeNotify2).on("ports").returning(0);
///
/// let registration = stack.teredo_port_change().name("ports").register(|_| {})?;
/// drop(registration); // What is to be shown: dropping it cancels it.
/// cancels.verify();
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
///
/// What a failure looks like:
///
/// ```should_panic
/// use netiosim_sim::Stack;
/// use netiosim_sim::model::event::Function;
///
/// let stack = Stack::new();
/// let _twice = stack.expect_call(Function::GetTeredoPort).times(2).returning(21);
/// assert!(stack.teredo_port().is_ok());
/// // expectation not met: GetTeredoPort exactly twice, answering ERROR_NOT_READY (21)
/// //   expected at:  src/lib.rs:6
/// //   fitted:       no call
/// //   nearest miss: call 1: GetTeredoPort() answered NO_ERROR (0), port 50000
/// //     it answered NO_ERROR (0), expected ERROR_NOT_READY (21)
/// //   calls (~ nearest miss):
/// //     ~ 1  0 ms  main  GetTeredoPort() answered NO_ERROR (0), port 50000  at src/lib.rs:7
/// ```
#[must_use = "an expectation is verified when it is dropped: bind it to a name, or `keep` it"]
pub struct Expectation {
    stack: StackRef,
    shared: Arc<Shared>,
    /// Empty once it was verified; the stack has it too.
    link: Arc<Mutex<Option<Arc<Shared>>>>,
    /// Whether dropping it changes nothing any more.
    settled: bool,
}

/// What an expectation, its sequences and the stack have in common.
pub(super) struct Shared {
    spec: Mutex<Arc<Spec>>,
    /// How many calls there were before. While it is there, none that came after them is forgotten.
    start: Arc<usize>,
    /// How many calls there were when it was verified.
    end: Mutex<Option<usize>>,
    sequences: Mutex<Vec<Sequence>>,
}

impl Expectation {
    /// Exactly `n` calls.
    pub fn times(self, n: usize) -> Self {
        self.refine(|spec| (spec.min, spec.max) = (Some(n), Some(n)))
    }

    /// `n` calls or more; together with [`at_most`](Self::at_most), a range.
    pub fn at_least(self, n: usize) -> Self {
        self.refine(|spec| spec.min = Some(n))
    }

    /// `n` calls or fewer; together with [`at_least`](Self::at_least), a range.
    pub fn at_most(self, n: usize) -> Self {
        self.refine(|spec| spec.max = Some(n))
    }

    /// No call.
    pub fn never(self) -> Self {
        self.times(0)
    }

    /// Only calls that answer this code: a raw number or a
    /// [`Status`](netiosim_model::status::Status). A call that has not returned answers none.
    pub fn returning(self, answer: impl Into<Answer>) -> Self {
        let Answer(status) = answer.into();
        self.refine(|spec| spec.status = Some(status))
    }

    /// Only calls about this registration, given by handle or name: that make it or cancel it. A name
    /// holds beyond the end of its registration.
    pub fn on(self, target: impl Into<CallTarget>) -> Self {
        let target = target.into();
        self.refine(|spec| spec.target = Some(target))
    }

    /// Only calls with this CallerContext.
    pub fn context(self, context: u64) -> Self {
        self.refine(|spec| spec.context = Some(context))
    }

    /// Only calls with this InitialNotification.
    pub fn initial(self, initial: bool) -> Self {
        self.refine(|spec| spec.initial = Some(initial))
    }

    /// Only calls with this family, or with AF_UNSPEC (`None`).
    pub fn family(self, family: impl Into<Option<Family>>) -> Self {
        let family = family.into().map_or(AF_UNSPEC, Family::number);
        self.refine(|spec| spec.family = Some(family))
    }

    /// Only calls from the thread of this name, as [`Call::thread`] has it.
    pub fn from_thread(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.refine(|spec| spec.thread = Some(name))
    }

    /// Only calls of which this is true; the description says it in the report. It is asked when the
    /// expectation is verified, perhaps more than once a call, and only about calls of the function.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_sim::Stack;
    /// use netiosim_sim::model::event::Function;
    ///
    /// let stack = Stack::new();
    /// let expectation = stack
    ///     .expect_call(Function::NotifyTeredoPortChange)
    ///     .with(|call| call.args.context().is_some_and(|context| context % 2 == 1), "an odd context");
    /// let _changes = stack.teredo_port_change().context(7).register(|_| {})?;
    /// expectation.verify();
    /// # Ok::<(), netiosim_sim::ApiError>(())
    /// ```
    pub fn with(
        self,
        predicate: impl Fn(&Call) -> bool + Send + Sync + 'static,
        description: impl Into<String>,
    ) -> Self {
        let clause = (description.into(), Arc::new(predicate) as Arc<_>);
        self.refine(|spec| spec.with.push(clause))
    }

    /// Only in this order: after the calls of the expectations that joined the sequence before, and
    /// before those of the ones that join it later.
    ///
    /// # Panics
    ///
    /// When the sequence is one of another stack.
    #[track_caller]
    pub fn in_sequence(self, sequence: &Sequence) -> Self {
        sequence.join(&self.stack, &self.shared);
        {
            let mut own = self.shared.sequences.lock();
            if !own.iter().any(|other| other.is(sequence)) {
                own.push(sequence.clone());
            }
        }
        self
    }

    /// Verifies it now.
    ///
    /// # Panics
    ///
    /// When it is not met.
    #[track_caller]
    pub fn verify(mut self) {
        if let Some(text) = self.settle() {
            panic!("{text}");
        }
    }

    /// Leaves it to the stack, which verifies it when it is dropped.
    pub fn keep(mut self) {
        self.settled = true;
    }

    fn refine(self, f: impl FnOnce(&mut Spec)) -> Self {
        f(Arc::make_mut(&mut self.shared.spec.lock()));
        self
    }

    /// What is wrong, unless somebody asked before.
    fn settle(&mut self) -> Option<String> {
        self.settled = true;
        let shared = self.link.lock().take()?;
        let log = self.stack.look(|core| Log::of(core));
        shared.judge(&log)
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.shared.spec.lock().clone();
        f.debug_struct("Expectation")
            .field("function", &spec.function)
            .field("place", &spec.place.to_string())
            .finish_non_exhaustive()
    }
}

impl Drop for Expectation {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if thread::panicking() {
            let released = self.link.lock().take();
            if let Some(shared) = released {
                shared.release();
            }
            return;
        }
        if let Some(text) = self.settle() {
            panic!("{text}");
        }
    }
}

impl Shared {
    /// What is wrong. From here on later calls do not count.
    fn judge(self: &Arc<Self>, log: &Log) -> Option<String> {
        *self.end.lock() = Some(log.gone + log.calls.len());
        let sequences = self.release();
        if sequences.is_empty() {
            let Member { spec, window } = self.member(log);
            let (min, max) = spec.bounds();
            let fitting = window.clone().filter(|at| spec.fits(log, *at, &window)).count();
            let met = min <= fitting && max.is_none_or(|max| fitting <= max);
            return (!met).then(|| report::unmet(log, &spec, &window, None));
        }
        let wrong: Vec<String> = sequences.iter().filter_map(|s| s.judge(self, log)).collect();
        (!wrong.is_empty()).then(|| wrong.join("\n\n"))
    }

    /// Lets go of the sequences, which hold it in turn.
    fn release(&self) -> Vec<Sequence> {
        std::mem::take(&mut self.sequences.lock())
    }

    pub(super) fn member(&self, log: &Log) -> Member {
        let spec = self.spec.lock().clone();
        let end = self.end.lock().map_or(log.calls.len(), |end| end.saturating_sub(log.gone));
        Member { spec, window: Range { start: self.start.saturating_sub(log.gone), end } }
    }
}

impl StackRef {
    /// Expects calls of this function from now on: exactly one, unless something else is said.
    #[track_caller]
    pub fn expect_call(&self, function: Function) -> Expectation {
        let place = Location::caller();
        let home = self.inner.home;
        self.look(|core| {
            let flavour = core.machine.processes()[home.slot()].flavour();
            let start = Arc::new(core.calls_gone + core.calls.len());
            core.awaited.retain(|from| from.strong_count() > 0);
            core.awaited.push(Arc::downgrade(&start));
            let shared = Arc::new(Shared {
                spec: Mutex::new(Arc::new(Spec::new(function, flavour, place))),
                start,
                end: Mutex::new(None),
                sequences: Mutex::default(),
            });
            let link = Arc::new(Mutex::new(Some(shared.clone())));
            let last = link.clone();
            core.checks.push(Box::new(move |stack| {
                let shared = last.lock().take()?;
                if thread::panicking() {
                    shared.release();
                    return None;
                }
                let log = stack.look(|core| Log::of(core));
                shared.judge(&log)
            }));
            Expectation { stack: self.clone(), shared, link, settled: false }
        })
    }
}
