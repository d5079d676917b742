//! What `#[netiosim::test]` expands to: a test body that is run on fresh stacks.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use netiosim_sim::model::profile::Profile;
use netiosim_sim::{Builder, Mode, Stack};

/// How a test is run: profile, mode, seeds.
#[derive(Clone, Debug)]
pub struct Config {
    name: &'static str,
    profile: Option<&'static str>,
    mode: Option<&'static str>,
    seed: u64,
    runs: u32,
}

impl Config {
    /// One run with seed 0, profile and mode as [`Stack::builder`] has them.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, profile: None, mode: None, seed: 0, runs: 1 }
    }

    /// The profile, by name.
    #[must_use]
    pub fn profile(mut self, profile: &'static str) -> Self {
        self.profile = Some(profile);
        self
    }

    /// The delivery mode: `manual`, `controlled` or `threads`.
    #[must_use]
    pub fn mode(mut self, mode: &'static str) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The seed of the first run.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many runs, with consecutive seeds.
    #[must_use]
    pub fn runs(mut self, runs: u32) -> Self {
        self.runs = runs;
        self
    }

    /// Runs the body on a fresh stack for each seed.
    ///
    /// # Panics
    ///
    /// If a run panics, with the same panic, after a line that says how to repeat it; or if
    /// `NETIOSIM_SEED`, `NETIOSIM_RUNS` or `NETIOSIM_PROFILE` cannot be read.
    pub fn run(self, body: impl Fn(Stack)) {
        let seed = number("NETIOSIM_SEED").unwrap_or(self.seed);
        let runs = number("NETIOSIM_RUNS").unwrap_or(u64::from(self.runs)).max(1);
        for n in 0..runs {
            let seed = seed.wrapping_add(n);
            let run = AssertUnwindSafe(|| body(self.stack(seed)));
            if let Err(panic) = catch_unwind(run) {
                let name = self.name.split_once("::").map_or(self.name, |(_, rest)| rest);
                let profile = std::env::var("NETIOSIM_PROFILE").ok();
                let profile =
                    profile.map(|name| format!(" NETIOSIM_PROFILE={name}")).unwrap_or_default();
                say(&format!(
                    "repeat this run: NETIOSIM_SEED={seed} NETIOSIM_RUNS=1{profile} cargo test {name} -- --exact"
                ));
                resume_unwind(panic);
            }
        }
    }

    fn stack(&self, seed: u64) -> Stack {
        let mut builder = Builder::from_env();
        if let Some(profile) =
            self.profile.filter(|_| std::env::var_os("NETIOSIM_PROFILE").is_none())
        {
            builder = builder.profile(self::profile(profile));
        }
        if let Some(mode) = self.mode {
            builder = builder.mode(match mode {
                "controlled" => Mode::Controlled,
                "threads" => Mode::Threads,
                _ => Mode::Manual,
            });
        }
        builder.seed(seed).build()
    }
}

/// The profile of this name.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn profile(name: &str) -> Profile {
    Profile::parse(name).expect("the macro checks the name")
}

/// The strategy of this name.
///
/// # Panics
///
/// When there is none.
#[cfg(feature = "explore")]
#[must_use]
pub fn strategy(name: &str) -> netiosim_explore::walk::StrategyKind {
    name.parse().expect("the macro checks the name")
}

/// What a test body may return: nothing, or a result whose error fails the test.
pub trait Verdict {
    /// Panics with the error, if there is one.
    fn check(self);
}

impl Verdict for () {
    fn check(self) {}
}

impl<T, E: std::fmt::Debug> Verdict for Result<T, E> {
    fn check(self) {
        if let Err(error) = self {
            panic!("the test returned an error: {error:?}");
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    match text.trim().parse() {
        Ok(number) => Some(number),
        Err(_) => panic!("{variable}={text} is not a whole number"),
    }
}

#[allow(clippy::print_stderr, reason = "the line that repeats a failing test belongs on stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
