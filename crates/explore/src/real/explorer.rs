//! How an exploration is asked for.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use netiosim_sim::model::profile::Profile;
use netiosim_sim::{BuildError, Builder, Mode, OnDeadlock, Stack, SwitchAt};

use super::difference::Difference;
use super::driver::{Order, Outcome, Wrong, say};
use super::exploration::{Exploration, Verdict};
use super::failure::{Failure, Trouble};
use crate::schedule::{Schedule, Subject, fingerprint};
use crate::walk::{Limits, StrategyKind};

/// How many executions there are at most unless said otherwise: where everything is to be tried, and where a sample is.
const MOST_OF_ALL: u64 = 100_000;
const MOST_OF_A_SAMPLE: u64 = 1_000;

/// Runs a test in every order of its calls, deliveries and values, on a fresh stack each time, until something goes wrong
/// or every order was tried; see [`Explorer`].
///
/// # Panics
///
/// When an execution goes wrong: with what went wrong, what happened, and the line that repeats it. And when there are more
/// than 100,000 schedules: not everything was tried then.
///
/// # Examples
///
/// ```should_panic
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
///
/// // The port is asked for before the changes of it are: what happens in between is missed.
/// netiosim_explore::explore(|stack| {
///     let changer = stack.handle();
///     let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
///     let port = Arc::new(AtomicU16::new(stack.teredo_port().unwrap()));
///     let seen = port.clone();
///     let changes = stack.on_teredo_port_change(move |change| seen.store(change.port, SeqCst)).unwrap();
///     change.join().unwrap();
///     stack.run_until_idle();
///     assert_eq!(port.load(SeqCst), stack.teredo_port().unwrap());
///     changes.cancel().unwrap();
/// });
/// ```
#[track_caller]
pub fn explore(test: impl Fn(Stack) + Send + Sync + 'static) -> Exploration {
    Explorer::new().run(test)
}

type Setup = Arc<dyn Fn(Builder) -> Builder + Send + Sync>;

/// An exploration in the making.
///
/// The environment variables `NETIOSIM_SEED`, `NETIOSIM_PROFILE` and `NETIOSIM_REPLAY` win over what is said here.
///
/// # Examples
///
/// ```
/// use netiosim_explore::Explorer;
/// use netiosim_explore::real::Verdict;
/// use netiosim_explore::walk::StrategyKind;
///
/// let explorer = Explorer::new().strategy(StrategyKind::Pct { depth: 3 }).seed(7).max_executions(100);
/// let exploration = explorer.run(|stack| {
///     let changes = stack.on_teredo_port_change(|_| {}).unwrap();
///     stack.restart_teredo().unwrap();
///     changes.cancel().unwrap();
/// });
/// assert_eq!(exploration.verdict(), Verdict::Sampled);
/// assert_eq!(exploration.statistics.executions, 100);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Explorer {
    name: Option<String>,
    file: &'static str,
    strategy: StrategyKind,
    profile: Profile,
    seed: u64,
    executions: Option<u64>,
    limits: Limits,
    switch_at: SwitchAt,
    accept_limit: bool,
    coroutines: bool,
    setup: Option<Setup>,
    replay: Option<String>,
}

impl Explorer {
    /// Every schedule, few delays first; profile `documented`, seed 0.
    #[track_caller]
    pub fn new() -> Self {
        Self {
            name: None,
            file: Location::caller().file(),
            strategy: StrategyKind::default(),
            profile: Profile::default(),
            seed: 0,
            executions: None,
            limits: Limits::default(),
            switch_at: SwitchAt::Returns,
            accept_limit: false,
            coroutines: false,
            setup: None,
            replay: None,
        }
    }

    /// The path of the test, as `module_path!()` and its name have it: for the line that repeats a run.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// In which order schedules are tried.
    pub fn strategy(mut self, strategy: StrategyKind) -> Self {
        self.strategy = strategy;
        self
    }

    /// How silent spots of the documents are decided; what it leaves open is explored.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// The seed of strategies that take chances, and of the numbers that a system takes by chance, which are the same in
    /// every execution.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// So many executions at most: 100,000 unless said otherwise where everything is to be tried, and 1,000 elsewhere.
    pub fn max_executions(mut self, executions: u64) -> Self {
        self.executions = Some(executions);
        self
    }

    /// So many choice points in one execution at most (10,000 unless said otherwise); from there on everybody is let go in turn.
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.limits.depth = Some(steps);
        self
    }

    /// No execution begins after this time.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.limits.time = Some(time);
        self
    }

    /// What the strategy may keep in mind: 1 GiB unless said otherwise.
    pub fn max_memory_bytes(mut self, bytes: usize) -> Self {
        self.limits.memory_bytes = Some(bytes);
        self
    }

    /// Where threads may be overtaken. With [`SwitchAt::Calls`] there are far fewer schedules, and what the code does between
    /// two calls is never overtaken.
    pub fn switch_at(mut self, switch_at: SwitchAt) -> Self {
        self.switch_at = switch_at;
        self
    }

    /// A limit that is reached before everything was tried is no reason to panic.
    pub fn accept_limit(mut self) -> Self {
        self.accept_limit = true;
        self
    }

    /// Runs the test, the threads that it [spawns](netiosim_sim::StackRef::spawn), and the callbacks as coroutines on one thread: the same
    /// schedules and verdicts as on threads, many times quicker.
    ///
    /// For tests that wait for nothing but what the stack tracks. A `std::sync::Mutex` that one of them holds over a call
    /// of the API and another one takes blocks all of them for good; on Linux that is seen after a second and told as
    /// [`Trouble::Blocked`]. The test's thread-locals are those of the one thread. There are at most 128 threads at a
    /// time, each with 2 MiB of stack.
    #[cfg(feature = "coroutines")]
    pub fn coroutines(mut self) -> Self {
        self.coroutines = true;
        self
    }

    /// What the stacks are like. Mode, tag, chooser, scheduler and observers are the explorer's own. A deadlock ends the exploration
    /// unless [`OnDeadlock::Error`] is asked for here.
    pub fn stack(mut self, setup: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
        self.setup = Some(Arc::new(setup));
        self
    }

    /// Runs this schedule alone, as a failure printed it.
    pub fn replay(mut self, schedule: impl Into<String>) -> Self {
        self.replay = Some(schedule.into());
        self
    }

    /// Explores, and panics if the test is not as it should be.
    ///
    /// # Panics
    ///
    /// When an execution goes wrong; when everything was to be tried and was not, unless that is
    /// [accepted](Self::accept_limit); when the stack cannot be built, or an environment variable or the schedule cannot be read.
    #[track_caller]
    pub fn run(self, test: impl Fn(Stack) + Send + Sync + 'static) -> Exploration {
        let (accept_limit, replays) = (self.accept_limit, self.replay.is_some());
        let exploration = self.check(test);
        if let Some(failure) = &exploration.failure {
            panic!("{failure}");
        }
        match exploration.verdict() {
            Verdict::Inconclusive(_) if !accept_limit && !replays => panic!(
                "{exploration}\nnot everything was tried: raise the limit, take SwitchAt::Calls, ask for a sample (strategy random, pct or portfolio), or accept the limit"
            ),
            _ => say(&format!("netiosim: {exploration}")),
        }
        exploration
    }

    /// Explores, and says what came out.
    ///
    /// # Panics
    ///
    /// When the stack cannot be built, or an environment variable or the schedule cannot be read.
    #[track_caller]
    pub fn check(mut self, test: impl Fn(Stack) + Send + Sync + 'static) -> Exploration {
        self.read_env();
        let order = match self.order(Arc::new(test)) {
            Ok(order) => order,
            Err(error) => panic!("{error}"),
        };
        let what = self.name.as_deref().unwrap_or(self.file);
        let started = std::time::Instant::now();
        let (strategy, outcome) = match self.replay.clone() {
            Some(text) => {
                let steps = self.steps(&text);
                say(&format!("netiosim: replaying a schedule of {what}"));
                (None, order.replay(&steps))
            }
            None => {
                let (strategy, seed, profile) = (self.strategy, self.seed, self.profile);
                say(&format!(
                    "netiosim: exploring {what}: strategy {strategy}, seed {seed}, profile {profile}"
                ));
                (Some(strategy), order.explore(strategy))
            }
        };
        let Outcome { coverage, statistics, wrong } = outcome;
        let failure = wrong.map(|wrong| Box::new(self.failure(&order, wrong)));
        let (seed, elapsed) = (self.seed, started.elapsed());
        Exploration { strategy, seed, coverage, statistics, elapsed, failure }
    }

    fn order(&self, body: super::execution::Body) -> Result<Order, BuildError> {
        let mut builder = Builder::new()
            .profile(self.profile)
            .seed(self.seed)
            .switch_at(self.switch_at)
            .on_deadlock(OnDeadlock::Hang)
            .announce(false)
            .reproduce("");
        if let Some(setup) = &self.setup {
            builder = setup(builder);
        }
        let prototype = Arc::new(builder.mode(Mode::Controlled).prototype()?);
        let most = if self.strategy.is_exhaustive() { MOST_OF_ALL } else { MOST_OF_A_SAMPLE };
        let limits =
            Limits { executions: Some(self.executions.unwrap_or(most)), ..self.limits.clone() };
        let coroutines = self.coroutines;
        Ok(Order { prototype, body, coroutines, seed: self.seed, limits })
    }

    /// Tells this test with these settings from others.
    fn fingerprint(&self) -> u64 {
        let what = self.name.as_deref().unwrap_or(self.file).replace('\\', "/");
        let (profile, seed) = (self.profile.to_string(), self.seed.to_string());
        let switch_at = match self.switch_at {
            SwitchAt::Calls => "calls",
            SwitchAt::Returns => "returns",
        };
        fingerprint([what.as_str(), &profile, &seed, switch_at])
    }

    #[track_caller]
    fn steps(&self, text: &str) -> Vec<u32> {
        let schedule: Result<Schedule, _> = text.trim().parse();
        let schedule = schedule.and_then(|schedule| {
            schedule.fits(Subject::Code, self.fingerprint())?;
            Ok(schedule)
        });
        match schedule {
            Ok(schedule) => schedule.steps,
            Err(error) => panic!("the schedule {} cannot be replayed: {error}", text.trim()),
        }
    }

    /// Runs what went wrong again, and tells of it.
    fn failure(&self, order: &Order, wrong: Wrong) -> Failure {
        let Wrong { trouble, execution, steps, story, trace } = wrong;
        let repeats =
            matches!(trouble, Trouble::Panic(..) | Trouble::Findings(..) | Trouble::Deadlock(_));
        let unsteady = if repeats && self.replay.is_none() {
            let again = order.replay(&steps).wrong;
            let (headline, other) = match &again {
                Some(wrong) => (wrong.trouble.headline(), wrong.trace.as_str()),
                None => ("nothing goes wrong", trace.as_str()),
            };
            let end = |trace: &str, headline: &str| format!("{trace}\n{headline}");
            Difference::of(&end(&trace, trouble.headline()), &end(other, headline))
        } else {
            None
        };
        let schedule = Schedule { subject: Subject::Code, fingerprint: self.fingerprint(), steps };
        let repeat = self.repeat(&schedule);
        Failure { trouble, execution, schedule, repeat, story, unsteady }
    }

    fn repeat(&self, schedule: &Schedule) -> String {
        let mut line = String::new();
        for name in ["NETIOSIM_SEED", "NETIOSIM_PROFILE"] {
            if let Some(value) = std::env::var_os(name) {
                line.push_str(&format!("{name}={} ", value.display()));
            }
        }
        line.push_str(&format!("NETIOSIM_REPLAY={schedule} cargo test"));
        if let Some(name) = &self.name {
            let test = name.split_once("::").map_or(name.as_str(), |(_, rest)| rest);
            line.push_str(&format!(" {test} -- --exact"));
        } else {
            line.push_str(", with this test alone");
        }
        line
    }

    #[track_caller]
    fn read_env(&mut self) {
        let read = |name: &str| std::env::var(name).ok();
        if let Some(text) = read("NETIOSIM_SEED") {
            self.seed = match text.trim().parse() {
                Ok(seed) => seed,
                Err(_) => {
                    panic!("NETIOSIM_SEED is \"{text}\"; a seed is a number from 0 to 2^64 - 1")
                }
            };
        }
        if let Some(text) = read("NETIOSIM_PROFILE") {
            self.profile = match Profile::parse(text.trim()) {
                Ok(profile) => profile,
                Err(error) => panic!("NETIOSIM_PROFILE is \"{text}\"; {error}"),
            };
        }
        if let Some(text) = read("NETIOSIM_REPLAY") {
            self.replay = Some(text);
        }
    }
}

impl Default for Explorer {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explorer")
            .field("name", &self.name)
            .field("strategy", &self.strategy)
            .field("profile", &self.profile)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
