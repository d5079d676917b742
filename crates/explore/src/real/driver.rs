//! The thread that makes the executions, and what it says to whoever waits for them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use netiosim_sim::{Crew, Prototype};

use super::control::{Control, Link};
use super::difference::Difference;
use super::execution::{Backend, Body, Ended, OTHER_TAG, Rig, TAG};
use super::failure::Trouble;
use super::hanging::{Hanging, blocked};
use crate::walk::{Coverage, Limit, Limits, Replay, Statistics, StrategyKind, Walk};

/// How often the exploration is looked after.
const TICK: Duration = Duration::from_secs(1);
/// The same where all threads of an execution can hang at once.
const SHORT_TICK: Duration = Duration::from_millis(100);
/// How long nothing may happen before a word is said about it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long after the time limit an execution that does not end is waited for.
const GRACE: Duration = Duration::from_secs(5);

/// What is to be run.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) prototype: Arc<Prototype>,
    pub(crate) body: Body,
    pub(crate) coroutines: bool,
    pub(crate) seed: u64,
    pub(crate) limits: Limits,
}

/// An execution that went wrong.
pub(crate) struct Wrong {
    pub(crate) trouble: Trouble,
    pub(crate) execution: u64,
    pub(crate) steps: Vec<u32>,
    pub(crate) story: String,
    pub(crate) trace: String,
}

/// What the driver says at its end.
pub(crate) struct Outcome {
    pub(crate) coverage: Coverage,
    pub(crate) statistics: Statistics,
    pub(crate) wrong: Option<Wrong>,
}

pub(crate) enum Message {
    /// The driver is done.
    Done(Outcome),
    /// Threads hang, the driver perhaps among them.
    Stuck {
        trouble: Trouble,
        steps: Vec<u32>,
        story: String,
        trace: String,
        statistics: Statistics,
    },
    /// An execution does not come to its end.
    Endless(Statistics),
    /// The exploration cannot go on, and why.
    Broken(String),
    /// Executions begin, and these run them.
    Begins(Crew),
}

/// Where messages go.
#[derive(Clone)]
pub(crate) struct Outbox(Sender<Message>);

impl Outbox {
    pub(crate) fn send(&self, message: Message) {
        // Nobody waits any more: it does not matter then.
        let _ = self.0.send(message);
    }
}

impl Order {
    /// Tries schedules until something goes wrong or there is nothing left to try.
    pub(crate) fn explore(&self, strategy: StrategyKind) -> Outcome {
        let walk = Walk::new(strategy.build(self.seed), self.limits.clone());
        self.conduct(walk, explore)
    }

    /// Runs one schedule.
    pub(crate) fn replay(&self, steps: &[u32]) -> Outcome {
        let limits = Limits { executions: None, ..self.limits.clone() };
        let walk = Walk::new(Box::new(Replay::new(steps.to_vec())), limits);
        self.conduct(walk, replay)
    }

    fn conduct(&self, walk: Walk, work: fn(&Rig) -> Option<Outcome>) -> Outcome {
        let (sender, receiver) = channel();
        let control = Control::new(walk, self.seed, self.limits.depth);
        let link = Arc::new(Link::new(control, Outbox(sender)));
        // It ends with the driver: then nobody sends any more.
        let own = Arc::downgrade(&link);
        let (prototype, body) = (self.prototype.clone(), self.body.clone());
        let coroutines = self.coroutines;
        let name = std::thread::current().name().unwrap_or("explorer").to_owned();
        let driver = std::thread::Builder::new().name(name).spawn(move || {
            let backend = Backend::new(coroutines);
            link.outbox.send(Message::Begins(backend.crew()));
            let rig = Rig::new(prototype, backend, body, link);
            match catch_unwind(AssertUnwindSafe(|| work(&rig))) {
                Ok(Some(outcome)) => rig.link().outbox.send(Message::Done(outcome)),
                Ok(None) => {}
                // Whoever was left behind may keep the sender for good: nobody would learn of it otherwise.
                Err(panic) => {
                    let text = panic.downcast_ref::<String>().map(String::as_str);
                    let text = text.or(panic.downcast_ref::<&str>().copied());
                    let text = text.unwrap_or("the exploration's own thread panicked").to_owned();
                    rig.link().outbox.send(Message::Broken(text));
                }
            }
        });
        driver.expect("the system gives a thread for the exploration");
        self.wait(&receiver, &own)
    }

    /// The first message counts: after it, the driver is done or abandoned.
    fn wait(&self, receiver: &Receiver<Message>, link: &Weak<Link>) -> Outcome {
        let started = Instant::now();
        let mut seen = (0, Instant::now());
        let mut hanging = Hanging::default();
        loop {
            match receiver.recv_timeout(if self.coroutines { SHORT_TICK } else { TICK }) {
                Ok(Message::Begins(crew)) => hanging = Hanging::of(crew),
                Ok(Message::Done(outcome)) => return outcome,
                Ok(Message::Stuck { trouble, steps, story, trace, mut statistics }) => {
                    statistics.executions += 1;
                    statistics.steps += steps.len() as u64;
                    statistics.max_depth = statistics.max_depth.max(steps.len() as u64);
                    let execution = statistics.executions;
                    let wrong = Wrong { trouble, execution, steps, story, trace };
                    return Outcome { coverage: Coverage::Sampled, statistics, wrong: Some(wrong) };
                }
                Ok(Message::Endless(statistics)) => {
                    let coverage = Coverage::Limited(Limit::Depth);
                    return Outcome { coverage, statistics, wrong: None };
                }
                Ok(Message::Broken(why)) => panic!("{why}"),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the exploration's own thread panicked: a bug of netiosim")
                }
                Err(RecvTimeoutError::Timeout) => {
                    let Some(link) = link.upgrade() else { continue };
                    let statistics = link.control.lock().walk.statistics();
                    if let Some(stack) = hanging.look(statistics.executions) {
                        return blocked(&stack, &link.control);
                    }
                    let over = self.limits.time.map(|limit| limit + GRACE);
                    if over.is_some_and(|limit| started.elapsed() > limit) {
                        let coverage = Coverage::Limited(Limit::Time);
                        return Outcome { coverage, statistics, wrong: None };
                    }
                    if seen.0 != statistics.executions {
                        seen = (statistics.executions, Instant::now());
                    } else if seen.1.elapsed() > PATIENCE {
                        seen.1 = Instant::now();
                        say(&format!(
                            "netiosim: execution {} has been running for long: it computes, or waits for something that netiosim cannot see",
                            statistics.executions + 1
                        ));
                    }
                }
            }
        }
    }
}

#[allow(clippy::print_stderr, reason = "what a test says about itself belongs on stderr")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

fn explore(rig: &Rig) -> Option<Outcome> {
    let mut wrong = None;
    while let Some(execution) = rig.link().begin() {
        let ended = rig.run(execution, TAG)?;
        let trouble = match (&ended.trouble, &ended.strayed) {
            (Some(trouble), _) => Some(trouble.clone()),
            (None, Some(strayed)) => Some(Trouble::Strayed(strayed.clone())),
            (None, None) if execution == 1 => again(rig, &ended.trace())?,
            (None, None) => None,
        };
        if let Some(trouble) = trouble {
            let steps = rig.link().control.lock().walk.steps().to_vec();
            let (story, trace) = (ended.story(), ended.trace());
            wrong = Some(Wrong { trouble, execution, steps, story, trace });
            break;
        }
        rig.take_back(ended);
    }
    Some(outcome(rig, wrong))
}

/// Runs the first schedule once more, with other handle numbers. `None` when that does not come to its end.
fn again(rig: &Rig, trace: &str) -> Option<Option<Trouble>> {
    let control = {
        let control = rig.link().control.lock();
        let walk = Walk::new(Box::new(Replay::new(control.walk.steps().to_vec())), Limits::NONE);
        control.once_more(walk)
    };
    let other = rig.with(Arc::new(Link::new(control, rig.link().outbox.clone())));
    let number = other.link().begin().unwrap_or(1);
    let ended = other.run(number, OTHER_TAG)?;
    let ghost = rig.link().control.lock().ghost.take();
    Some(differs(&ended, ghost, trace))
}

/// What is wrong with the second run of the first schedule.
fn differs(ended: &Ended, ghost: Option<(u64, String)>, trace: &str) -> Option<Trouble> {
    if let Some((_, place)) = ghost {
        return Some(Trouble::OldStack(place));
    }
    if let Some(finding) = ended.old_handle(OTHER_TAG) {
        return Some(Trouble::OldHandle(Box::new(finding)));
    }
    if let Some(trouble @ Trouble::OldStack(_)) = &ended.trouble {
        return Some(trouble.clone());
    }
    if let Some(difference) = Difference::of(trace, &ended.trace()) {
        return Some(Trouble::Uncontrolled(difference));
    }
    if let Some(strayed) = &ended.strayed {
        return Some(Trouble::Strayed(strayed.clone()));
    }
    let trouble = ended.trouble.as_ref()?;
    Some(Trouble::Strayed(format!("nothing went wrong the first time, and then: {trouble}")))
}

fn replay(rig: &Rig) -> Option<Outcome> {
    let mut wrong = None;
    if let Some(execution) = rig.link().begin() {
        let ended = rig.run(execution, TAG)?;
        let strayed = || ended.strayed.clone().map(Trouble::Strayed);
        if let Some(trouble) = ended.trouble.clone().or_else(strayed) {
            let steps = rig.link().control.lock().walk.steps().to_vec();
            let (story, trace) = (ended.story(), ended.trace());
            wrong = Some(Wrong { trouble, execution, steps, story, trace });
        }
    }
    Some(outcome(rig, wrong))
}

fn outcome(rig: &Rig, wrong: Option<Wrong>) -> Outcome {
    let control = rig.link().control.lock();
    let coverage = control.walk.coverage().unwrap_or(Coverage::Sampled);
    Outcome { coverage, statistics: control.walk.statistics(), wrong }
}
