//! The stack: its owner, and the handle that everybody else holds.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::event::Event;
use netiosim_model::finding::Finding;
use netiosim_model::ids::{ActorId, Handle, ProcessId};
use netiosim_model::machine::{Irql, RowFill};
use netiosim_model::rule::Rule;
use netiosim_model::status::Flavour;

use crate::builder::{Builder, Mode};
use crate::core::{Core, Inner};
use crate::crew::Crew;
use crate::entry::Entry;
use crate::sync::{MutexGuard, thread};
use crate::{bind, coroutine, pool, schedule, start, sync, watchdog};

/// A simulated IP stack, and the program that runs on it: the calling test.
///
/// It derefs to [`StackRef`], which has all the methods; [`handle`](StackRef::handle) gives one to
/// callbacks and threads. Dropping the stack ends everything: callbacks are removed, and their
/// destructors run; the threads of the stack stop; who waits in the API gets an error; callbacks that run are
/// waited for, as long as the watchdog is patient, unless the thread is panicking. **A stack that is
/// dropped with findings that nobody [took](StackRef::take_findings) or
/// [acknowledged](StackRef::acknowledge) panics**, unless its thread is panicking already.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU16, Ordering};
/// use std::sync::Arc;
///
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let seen = Arc::new(AtomicU16::new(0));
/// let port = seen.clone();
/// let registration = stack.on_teredo_port_change(move |change| port.store(change.port, Ordering::SeqCst))?;
///
/// stack.restart_teredo_on(50_123)?;
/// stack.run_until_idle();
/// assert_eq!(seen.load(Ordering::SeqCst), 50_123);
/// registration.cancel()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stack {
    pub(crate) reference: StackRef,
    /// Given back at the end.
    pub(crate) tag: Option<u16>,
}

/// A stack, as everybody but its owner holds it: to be cloned, captured and sent.
///
/// When the stack is dropped its methods go on to answer, but registering fails with
/// ERROR_SHUTDOWN_IN_PROGRESS (1115) and nobody waits.
#[derive(Clone)]
pub struct StackRef {
    pub(crate) inner: Arc<Inner>,
}

impl Stack {
    /// A home machine, profile `documented`, manual mode, seed 0.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Builder::new().build()
    }

    /// A stack in the making.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Ends everything but the judgement.
    fn close(&self) {
        let inner = &self.reference.inner;
        let garbage = {
            let mut core = inner.core.lock();
            if inner.report_leaks == Some(true) {
                core.report_leaks();
            }
            core.closing = true;
            core.forget_all();
            core.sched.wake_all();
            if inner.mode == Mode::Threads {
                pool::stop(inner, &core);
            }
            std::mem::take(&mut core.garbage)
        };
        inner.changed.notify_all();
        inner.watch.notify_all();
        inner.tick.notify_all();
        // User code: no lock is held here.
        drop(garbage);
        let mut core = inner.core.lock();
        let mut deadline = None;
        // Who shares threads with the next stack has to have them back.
        let waits = inner.crew.is_some() || !thread::panicking();
        while core.pool.alive > 0 && waits {
            if inner.crew.as_ref().is_some_and(Crew::has_coroutines) {
                // They come to their end one after the other; who cannot is left behind.
                if MutexGuard::unlocked(&mut core, coroutine::rest) {
                    continue;
                }
                break;
            }
            if core.all_blocked_outside() {
                break;
            }
            let deadline = *deadline.get_or_insert_with(|| sync::deadline(inner.watchdog));
            let Some(deadline) = deadline else {
                inner.changed.wait(&mut core);
                continue;
            };
            if inner.changed.wait_until(&mut core, deadline).timed_out() {
                watchdog::report(&core);
                watchdog::say(
                    "netiosim: the stack is dropped while callbacks run; they are left behind\n",
                );
                break;
            }
        }
        if inner.report_leaks.is_none() {
            core.report_tables();
        }
    }

    /// What speaks against the stack at its end.
    fn verdict(&self) -> Option<String> {
        let inner = &self.reference.inner;
        let (mut parts, checks) = self.reference.look(|core| {
            let findings: Vec<String> = core.unacknowledged().map(Finding::to_string).collect();
            (findings, std::mem::take(&mut core.checks))
        });
        let found = parts.len();
        // User code: no lock is held here.
        for check in checks {
            parts.extend(check(&self.reference));
        }
        if parts.is_empty() {
            return None;
        }
        let mut text = String::new();
        if found > 0 {
            let s = if found == 1 { "" } else { "s" };
            text =
                format!("the stack was dropped with {found} finding{s} that nobody looked at\n\n");
        }
        text.push_str(&parts.join("\n\n"));
        if !inner.reproduce.is_empty() {
            text.push_str("\n\nreproduce with: ");
            text.push_str(&inner.reproduce);
        }
        Some(text)
    }
}

impl Default for Stack {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Stack {
    type Target = StackRef;

    fn deref(&self) -> &StackRef {
        &self.reference
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.close();
        bind::detach(&self.reference.inner);
        if let Some(tag) = self.tag {
            start::give_back_tag(tag);
        }
        let verdict = self.verdict();
        if let Some(text) = verdict
            && !thread::panicking()
        {
            panic!("{text}");
        }
    }
}

/// A stack that is not kept by whoever holds this.
#[derive(Clone)]
pub struct WeakStack {
    inner: std::sync::Weak<Inner>,
}

impl WeakStack {
    /// The stack, if anybody still has it.
    #[must_use]
    pub fn upgrade(&self) -> Option<StackRef> {
        self.inner.upgrade().map(|inner| StackRef { inner })
    }

    /// Whether anybody still has the stack.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.inner.strong_count() > 0
    }

    /// Whether it is this stack.
    #[must_use]
    pub fn is(&self, stack: &StackRef) -> bool {
        std::ptr::eq(self.inner.as_ptr(), Arc::as_ptr(&stack.inner))
    }
}

impl fmt::Debug for WeakStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakStack(..)")
    }
}

impl StackRef {
    /// The stack whose worker, or whose [spawned](Self::spawn) thread, the calling thread is.
    #[must_use]
    pub fn of_this_thread() -> Option<Self> {
        bind::own_stack().map(|inner| Self { inner })
    }

    /// A handle that does not keep the stack.
    #[must_use]
    pub fn downgrade(&self) -> WeakStack {
        WeakStack { inner: Arc::downgrade(&self.inner) }
    }

    /// What tells this stack from every other of this process, gone ones included.
    #[must_use]
    pub fn uid(&self) -> u64 {
        self.inner.uid
    }

    /// Whether the stack was dropped, or is being dropped.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.look(|core| core.closing)
    }

    /// Whether the stack was dropped, and no thread of a [crew](crate::Crew) is busy with it any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.look(|core| core.closing && core.pool.alive == 0)
    }

    /// Whether threads of a [crew](crate::Crew) are still busy with the stack.
    #[must_use]
    pub fn keeps_threads(&self) -> bool {
        self.look(|core| core.pool.alive > 0)
    }

    /// How a callback finds the members of its row that are not keys, in memory: poisoned, or zero
    /// (option `row-non-key`, O-23).
    #[must_use]
    pub fn row_fill(&self) -> RowFill {
        self.look(|core| {
            let (machine, chooser) = core.parts();
            machine.row_fill(chooser)
        })
    }

    /// The interrupt request level of the calling thread.
    #[must_use]
    pub fn irql(&self) -> Irql {
        let entry = Entry::new(&self.inner);
        entry.machine.actor_info(entry.me.actor).irql()
    }

    /// The flavour of the calling thread's process: which codes it sees.
    #[must_use]
    pub fn flavour(&self) -> Flavour {
        let entry = Entry::new(&self.inner);
        entry.machine.flavour(entry.me.actor)
    }

    /// Reports a finding of the calling thread about a registration, or about none: for drivers of
    /// the stack that see what the model cannot, such as a read of memory.
    #[track_caller]
    pub fn report(&self, rule: Rule, handle: Option<Handle>, message: &str) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.report(rule, actor, handle, message.to_owned());
    }

    /// One more handle of the same stack.
    #[must_use]
    pub fn handle(&self) -> Self {
        self.clone()
    }

    /// The delivery mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.inner.mode
    }

    /// Every finding so far. Looking at them here does not acknowledge them.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.look(|core| core.machine.findings().to_vec())
    }

    /// The findings that were neither taken nor acknowledged before; they are acknowledged now.
    #[must_use = "acknowledged findings that nobody looks at are lost"]
    pub fn take_findings(&self) -> Vec<Finding> {
        self.look(|core| {
            let taken = core.unacknowledged().cloned().collect();
            core.acknowledge(|_| true);
            taken
        })
    }

    /// Acknowledges the findings of one rule so far, and returns how many there were.
    pub fn acknowledge(&self, rule: Rule) -> usize {
        self.look(|core| core.acknowledge(|finding| finding.rule == rule))
    }

    /// Everything that happened so far, one line an event.
    #[must_use]
    pub fn trace(&self) -> String {
        self.look(|core| core.machine.trace_text(core.machine.events()))
    }

    /// Everything that happened so far and was not [taken](Self::take_events).
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.look(|core| core.machine.events().to_vec())
    }

    /// Takes everything that happened so far out of the trace.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        self.look(|core| {
            core.observe();
            core.seen = 0;
            core.machine.take_events()
        })
    }

    /// Switches the trace and the call log on or off; they are on.
    pub fn record(&self, on: bool) {
        self.look(|core| {
            core.recording = on;
            core.machine.record(on);
        });
    }

    /// Keeps no more than twice as many calls and events, for programs that run for long: at that number the older
    /// half of the calls is forgotten, and all events, of which the observers were told. Findings are kept, and so are the calls since an
    /// [expectation](Self::expect_call) was set up that has not been verified, or whose sequence
    /// is still there.
    pub fn keep_recent(&self, count: usize) {
        self.look(|core| core.keep = Some(count.max(1)));
    }
}

impl fmt::Debug for StackRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackRef").field("mode", &self.inner.mode).finish_non_exhaustive()
    }
}

impl Core {
    fn unacknowledged(&self) -> impl Iterator<Item = &Finding> {
        let fresh = |n: usize| !self.acknowledged.get(n).copied().unwrap_or(false);
        self.machine.findings().iter().enumerate().filter(move |(n, _)| fresh(*n)).map(|(_, f)| f)
    }

    fn acknowledge(&mut self, which: impl Fn(&Finding) -> bool) -> usize {
        let findings = self.machine.findings();
        self.acknowledged.resize(findings.len(), false);
        let mut count = 0;
        for (finding, done) in findings.iter().zip(&mut self.acknowledged) {
            if !*done && which(finding) {
                *done = true;
                count += 1;
            }
        }
        count
    }

    /// Ends every process that lives, which reports what it leaves behind.
    pub(crate) fn report_leaks(&mut self) {
        for (actor, process) in self.living() {
            self.machine.process_exit(actor, process);
        }
    }

    /// Reports the tables that living processes leave behind.
    fn report_tables(&mut self) {
        if !self.machine.has_tables() {
            return;
        }
        for (actor, process) in self.living() {
            self.machine.report_tables(actor, process);
        }
    }

    /// The processes that live, each with a thread of its own; those without one have done nothing.
    fn living(&self) -> Vec<(ActorId, ProcessId)> {
        let actors = || (0u32..).zip(self.machine.actors());
        let of = |process| actors().find(|(_, actor)| actor.process() == process);
        (0u32..)
            .zip(self.machine.processes())
            .filter(|(_, process)| process.is_alive())
            .filter_map(|(n, _)| Some((ActorId(of(ProcessId(n))?.0), ProcessId(n))))
            .collect()
    }

    /// Whether the only threads left are workers that block where nobody can reach them.
    fn all_blocked_outside(&self) -> bool {
        let blocked = |state| matches!(state, schedule::State::Outside(_));
        let count = self.sched.tasks().iter().filter(|task| blocked(task.state)).count();
        count > 0 && count >= self.pool.alive
    }
}
