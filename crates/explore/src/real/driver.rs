//! The thread that makes the executions, and what it says to whoever waits for them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use netiosim_sim::{Crew, Prototype};
use parking_lot::Mutex;

use super::control::Control;
use super::difference::Difference;
use super::execution::{Body, OTHER_TAG, Rig, TAG};
use super::failure::Trouble;
use crate::walk::{Coverage, Limit, Limits, Replay, Statistics, StrategyKind, Walk};

/// How long nothing may happen before a word is said about it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long after the time limit an execution that does not end is waited for.
const GRACE: Duration = Duration::from_secs(5);

/// What is to be run.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) prototype: Arc<Prototype>,
    pub(crate) body: Body,
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

    fn conduct(&self, walk: Walk, work: fn(&Rig) -> Outcome) -> Outcome {
        let (sender, receiver) = channel();
        let control = Arc::new(Mutex::new(Control::new(walk, self.seed, self.limits.depth)));
        let (own, prototype, body) = (control.clone(), self.prototype.clone(), self.body.clone());
        let name = std::thread::current().name().unwrap_or("explorer").to_owned();
        let driver = std::thread::Builder::new().name(name).spawn(move || {
            let outbox = Outbox(sender);
            let crew = Crew::new();
            let rig = Rig { prototype, crew, body, control, outbox: outbox.clone() };
            outbox.send(Message::Done(work(&rig)));
        });
        driver.expect("the system gives a thread for the exploration");
        self.wait(&receiver, &own)
    }

    /// The first message counts: after it, the driver is done or abandoned.
    fn wait(&self, receiver: &Receiver<Message>, control: &Mutex<Control>) -> Outcome {
        let started = Instant::now();
        let mut seen = (0, Instant::now());
        loop {
            match receiver.recv_timeout(Duration::from_secs(1)) {
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
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the exploration's own thread panicked: a bug of netiosim")
                }
                Err(RecvTimeoutError::Timeout) => {
                    let statistics = control.lock().walk.statistics();
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

fn explore(rig: &Rig) -> Outcome {
    let mut wrong = None;
    while rig.control.lock().begin() {
        let ended = rig.run(TAG);
        let (execution, strayed) = {
            let control = rig.control.lock();
            (control.execution, control.walk.strayed().map(ToString::to_string))
        };
        let trouble = match (ended.trouble.clone(), strayed) {
            (Some(trouble), _) => Some(trouble),
            (None, Some(strayed)) => Some(Trouble::Strayed(strayed)),
            (None, None) if execution == 1 => again(rig, &ended.trace()),
            (None, None) => None,
        };
        if let Some(trouble) = trouble {
            let steps = rig.control.lock().walk.steps().to_vec();
            let (story, trace) = (ended.story(), ended.trace());
            wrong = Some(Wrong { trouble, execution, steps, story, trace });
            break;
        }
    }
    outcome(rig, wrong)
}

/// Runs the first schedule once more, with other handle numbers.
fn again(rig: &Rig, trace: &str) -> Option<Trouble> {
    let control = {
        let control = rig.control.lock();
        let walk = Walk::new(Box::new(Replay::new(control.walk.steps().to_vec())), Limits::NONE);
        control.once_more(walk)
    };
    let before = rig.control.clone();
    let rig = Rig { control: Arc::new(Mutex::new(control)), ..rig.clone() };
    rig.control.lock().begin();
    let ended = rig.run(OTHER_TAG);
    if let Some((_, place)) = before.lock().ghost.take() {
        return Some(Trouble::OldStack(place));
    }
    if let Some(finding) = ended.old_handle(OTHER_TAG) {
        return Some(Trouble::OldHandle(Box::new(finding)));
    }
    if let Some(trouble @ Trouble::OldStack(_)) = ended.trouble {
        return Some(trouble);
    }
    if let Some(difference) = Difference::of(trace, &ended.trace()) {
        return Some(Trouble::Uncontrolled(difference));
    }
    if let Some(strayed) = rig.control.lock().walk.strayed() {
        return Some(Trouble::Strayed(strayed.to_string()));
    }
    let trouble = ended.trouble?;
    Some(Trouble::Strayed(format!("nothing went wrong the first time, and then: {trouble}")))
}

fn replay(rig: &Rig) -> Outcome {
    let mut wrong = None;
    if rig.control.lock().begin() {
        let ended = rig.run(TAG);
        let control = rig.control.lock();
        let strayed = control.walk.strayed().map(|strayed| Trouble::Strayed(strayed.to_string()));
        if let Some(trouble) = ended.trouble.clone().or(strayed) {
            let steps = control.walk.steps().to_vec();
            let (story, trace) = (ended.story(), ended.trace());
            wrong = Some(Wrong { trouble, execution: 1, steps, story, trace });
        }
    }
    outcome(rig, wrong)
}

fn outcome(rig: &Rig, wrong: Option<Wrong>) -> Outcome {
    let control = rig.control.lock();
    let coverage = control.walk.coverage().unwrap_or(Coverage::Sampled);
    Outcome { coverage, statistics: control.walk.statistics(), wrong }
}
