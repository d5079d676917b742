//! What a search over all interleavings needs of a world: every choice, one step by choice, and the state taken apart.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use netiosim_model::aside::exactly;
use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::ids::{Handle, LaneId};
use netiosim_model::machine::{Memo, PartName, PartValue};
use netiosim_model::part::{COUNT, Part, Touched};
use netiosim_model::rule::Rule;

use super::{Choice, Runner, World};
use crate::outcome::Delivered;
use crate::perform::Store;
use crate::program::Program;
use crate::watch::Watch;

/// What a step had to decide within: an option that the profile leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The option's name.
    pub what: &'static str,
    /// Its values.
    pub among: Vec<&'static str>,
    /// The position of the one that was taken.
    pub picked: usize,
}

/// Who decides what the model asks: a seed, or a search.
#[derive(Clone, Debug)]
pub struct Decider {
    /// The numbers to come.
    draws: Part<Seeded>,
    /// Of a search: what to pick, the first value behind its end; and what was asked.
    guide: Option<(Vec<usize>, Vec<Decision>)>,
}

impl Decider {
    pub(super) fn new(seed: u64) -> Self {
        Self { draws: Part::new(Seeded::new(seed)), guide: None }
    }

    pub(super) fn seed(&self) -> u64 {
        self.draws.peek().seed()
    }
}

impl Chooser for Decider {
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
        let Some((path, decisions)) = &mut self.guide else {
            return self.draws.choose(what, among);
        };
        let last = among.len().saturating_sub(1);
        let picked = path.get(decisions.len()).copied().unwrap_or(0).min(last);
        decisions.push(Decision { what, among: among.to_vec(), picked });
        picked
    }

    fn draw(&mut self, what: &'static str) -> u64 {
        self.draws.draw(what)
    }
}

/// What expectations look at, as far as there are any, and nothing else of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct History {
    /// The rules that were broken.
    rules: BTreeSet<Rule>,
    /// Whether a step did not come out as the scenario says.
    pub(super) failed: bool,
    /// Deliveries to registrations of which an expectation lists them.
    deliveries: Vec<Delivered>,
    /// How many deliveries there were to each registration of which an expectation counts them.
    counts: Vec<u32>,
    /// Handles whose cancel has returned, where nothing may be delivered behind that.
    cancelled: BTreeSet<Handle>,
    /// Whether something was delivered behind that.
    late: bool,
    /// What the properties have seen.
    pub(super) watch: Watch,
    /// Whether one of them was violated: an `always` or a `never`.
    pub(super) violated: bool,
}

impl History {
    /// Nothing happened yet.
    pub(super) fn new(program: &Program) -> Self {
        Self { watch: Watch::new(program), ..Self::default() }
    }
}

/// Names a part of a world's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WorldPartName {
    /// A part of the machine.
    Machine(PartName),
    /// A thread, of the scenario or of the pool; [`COUNT`] for how many there are.
    Runner(usize),
    /// What the scripts hold.
    Store,
    /// Until when a thread sleeps.
    Wake(usize),
    /// Which threads were started.
    Threads,
    /// How far the timeline is.
    Timeline,
    /// The numbers to come.
    Draws,
    /// What expectations look at.
    History,
}

/// The value of a part; equal ones are equal in all that a script can read.
#[derive(Clone, Debug, Eq)]
pub struct WorldPart(Value);

impl PartialEq for WorldPart {
    fn eq(&self, other: &Self) -> bool {
        exactly(|| self.0 == other.0)
    }
}

impl Hash for WorldPart {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Value {
    Machine(PartValue),
    /// How many threads there are.
    Count(usize),
    Runner(Box<Runner>),
    Store(Box<Store>),
    Wake(Option<u64>),
    Threads(Vec<Option<usize>>),
    Timeline(usize),
    Draws(Seeded),
    History(Box<History>),
}

impl WorldPart {
    /// The rules that were broken so far, and whether a step came out wrong, something was delivered behind a cancel
    /// where an expectation forbids it, or an `always` or `never` was violated; `None` of all parts but the history.
    #[must_use]
    pub fn history(&self) -> Option<(&BTreeSet<Rule>, bool)> {
        match &self.0 {
            Value::History(history) => {
                let wrong = history.failed || history.late || history.violated;
                Some((&history.rules, wrong))
            }
            _ => None,
        }
    }

    /// The properties, by their positions in [`Program::properties`], whose moment has come: a `never`, `sometimes`
    /// or `eventually` was true, an `always` was not; `None` of all parts but the history.
    #[must_use]
    pub fn moments(&self) -> Option<&BTreeSet<usize>> {
        match &self.0 {
            Value::History(history) => Some(history.watch.come()),
            _ => None,
        }
    }
}

impl World {
    /// The same world, to be searched: nothing of a single run is recorded, and options that the profile leaves
    /// open are taken as [`World::guide`] says.
    #[must_use]
    pub fn searched(mut self) -> Self {
        self.searched = true;
        self.machine.record(false);
        self.chooser.guide = Some((Vec::new(), Vec::new()));
        let registrations = self.program.registrations.len();
        let counts = vec![0; registrations];
        self.history.put(History { counts, ..History::new(&self.program) });
        self.look();
        self
    }

    /// The same world, to replay a search's schedule: it records, and takes options as [`World::guide`] says.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.chooser.guide = Some((Vec::new(), Vec::new()));
        self
    }

    /// Gives the machine a memory of what changes of environments led to, or none, and takes its own.
    pub fn swap_memo(&mut self, memo: Option<Memo>) -> Option<Memo> {
        let own = self.machine.take_memo();
        self.machine.set_memo(memo);
        own
    }

    /// Says which values the options of the next step take: their positions; the first behind the end.
    pub fn guide(&mut self, path: &[usize]) {
        self.chooser.guide = Some((path.to_vec(), Vec::new()));
    }

    /// What the last step had to decide.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        self.chooser.guide.as_ref().map_or(&[], |(_, decisions)| decisions)
    }

    /// How many threads there are, of the scenario and of the pool.
    #[must_use]
    pub fn runners(&self) -> usize {
        self.runners.count()
    }

    /// Whether a runner can go on.
    #[must_use]
    pub fn may_run(&self, runner: usize) -> bool {
        self.runnable(runner)
    }

    /// The lanes whose next delivery may begin.
    #[must_use]
    pub fn enabled_lanes(&self) -> Vec<LaneId> {
        self.machine.deliverable()
    }

    /// Whether the next event of the timeline may happen.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let next = self.program.timeline.get(*self.timeline);
        next.is_some_and(|entry| entry.0 <= self.machine.now_ms())
    }

    /// Whether time may go by although threads could go on, which are slow then: there is a moment to come, and no
    /// event of the timeline waits for its turn.
    #[must_use]
    pub fn time_may_pass(&self) -> bool {
        !self.is_due() && self.next_moment_ms().is_some_and(|wait_ms| wait_ms > 0)
    }

    /// Whether the next moment to come lies behind the scenario's limit of virtual time.
    #[must_use]
    pub fn time_is_over(&self) -> bool {
        let most_ms = self.program.limits.virtual_ms;
        let next_ms = self.next_moment_ms().map(|ms| self.machine.now_ms().saturating_add(ms));
        next_ms.is_some_and(|next_ms| next_ms > most_ms)
    }

    /// What a choice is called: the thread's name, `deliver ports`, `timeline` or `time`.
    #[must_use]
    pub fn choice_name(&self, choice: Choice) -> String {
        match choice {
            Choice::Run(runner) => {
                self.machine.actor_info(self.runners[runner].actor).name().to_owned()
            }
            Choice::Deliver(lane) => {
                let registration = self.machine.registration(lane.handle);
                let name = registration.map_or("?", |registration| registration.name());
                let family = registration.and_then(|found| found.lane_family(lane.lane));
                match family {
                    Some(family) => format!("deliver {name}/{family}"),
                    None => format!("deliver {name}"),
                }
            }
            Choice::Timeline => "timeline".to_owned(),
            Choice::Time => "time".to_owned(),
        }
    }

    /// A delivery begins: it is kept as far as an expectation looks at it.
    pub(super) fn observe(&mut self, delivered: &Delivered) {
        let expect = &self.program.expect;
        let of = |name: &str| self.program.registration(name) == Some(delivered.registration);
        let mut all = expect.order.iter().any(|entry| of(&entry.registration));
        let (mut counted, mut late) = (false, false);
        for expect in expect.deliveries.iter().filter(|expect| of(&expect.registration)) {
            all |= expect.exactly.is_some() || expect.contains.is_some();
            counted |=
                expect.count.is_some() || expect.at_least.is_some() || expect.at_most.is_some();
            late |= expect.none_after_cancel && self.history.cancelled.contains(&delivered.handle);
        }
        if all {
            self.history.deliveries.push(delivered.clone());
        }
        if counted {
            self.history.counts[delivered.registration] += 1;
        }
        if late {
            self.history.late = true;
        }
    }

    /// A cancel has returned NO_ERROR.
    pub(super) fn observe_cancel(&mut self, registration: usize, handle: Handle) {
        let of = |name: &str| self.program.registration(name) == Some(registration);
        let expect = &self.program.expect.deliveries;
        if self.searched
            && expect.iter().any(|expect| expect.none_after_cancel && of(&expect.registration))
        {
            self.history.cancelled.insert(handle);
        }
    }

    /// The findings of the last step become part of the history.
    pub(super) fn observe_findings(&mut self) {
        for at in 0..self.machine.findings().len() {
            let rule = self.machine.findings()[at].rule;
            if !self.history.rules.contains(&rule) {
                self.history.rules.insert(rule);
            }
        }
        self.machine.forget_findings();
    }

    /// Every part that there is now.
    pub fn part_names(&self) -> impl Iterator<Item = WorldPartName> {
        let single = [
            WorldPartName::Store,
            WorldPartName::Threads,
            WorldPartName::Timeline,
            WorldPartName::Draws,
            WorldPartName::History,
        ];
        let count = self.runners.count();
        let wakes = (0..count).chain([COUNT]).map(WorldPartName::Wake);
        let runners = (0..count).chain([COUNT]).map(WorldPartName::Runner).chain(wakes);
        self.machine.part_names().map(WorldPartName::Machine).chain(single).chain(runners)
    }

    /// The value of a part; `None` if there is no such part.
    #[must_use]
    pub fn part(&self, name: WorldPartName) -> Option<WorldPart> {
        let value = match name {
            WorldPartName::Machine(name) => Value::Machine(self.machine.part(name)?),
            WorldPartName::Runner(COUNT) => Value::Count(self.runners.count()),
            WorldPartName::Wake(COUNT) => Value::Count(self.wakes.count()),
            WorldPartName::Runner(n) => Value::Runner(Box::new(self.runners.peek(n)?.clone())),
            WorldPartName::Store => Value::Store(Box::new(self.store.peek().clone())),
            WorldPartName::Wake(n) => Value::Wake(*self.wakes.peek(n)?),
            WorldPartName::Threads => Value::Threads(self.threads.peek().clone()),
            WorldPartName::Timeline => Value::Timeline(*self.timeline.peek()),
            WorldPartName::Draws => Value::Draws(self.chooser.draws.peek().clone()),
            WorldPartName::History => Value::History(Box::new(self.history.peek().clone())),
        };
        Some(WorldPart(value))
    }

    /// Puts a part back as it was; with `None`, the list of its kind ends before it.
    ///
    /// # Panics
    ///
    /// If the value is another part's, or a list would get a gap.
    pub fn put_part(&mut self, name: WorldPartName, value: Option<&WorldPart>) {
        match (name, value.map(|value| &value.0)) {
            (WorldPartName::Machine(name), None) => self.machine.put_part(name, None),
            (WorldPartName::Machine(name), Some(Value::Machine(value))) => {
                self.machine.put_part(name, Some(value));
            }
            // Who puts the threads in has put in how many there are.
            (WorldPartName::Runner(COUNT) | WorldPartName::Wake(COUNT), _) => {}
            (WorldPartName::Runner(n), None) => self.runners.put(n, None),
            (WorldPartName::Runner(n), Some(Value::Runner(value))) => {
                self.runners.put(n, Some((**value).clone()));
            }
            (WorldPartName::Store, Some(Value::Store(value))) => self.store.put((**value).clone()),
            (WorldPartName::Wake(n), None) => self.wakes.put(n, None),
            (WorldPartName::Wake(n), Some(Value::Wake(value))) => self.wakes.put(n, Some(*value)),
            (WorldPartName::Threads, Some(Value::Threads(value))) => {
                self.threads.put(value.clone());
            }
            (WorldPartName::Timeline, Some(Value::Timeline(value))) => self.timeline.put(*value),
            (WorldPartName::Draws, Some(Value::Draws(value))) => {
                self.chooser.draws.put(value.clone());
            }
            (WorldPartName::History, Some(Value::History(value))) => {
                self.history.put((**value).clone());
            }
            (name, value) => panic!("{value:?} is no value of {name:?}"),
        }
    }

    /// Tells which parts were looked at or changed since this was last asked.
    pub fn take_touched(&mut self, tell: &mut dyn FnMut(WorldPartName, Touched)) {
        self.machine.take_touched(&mut |name, touched| tell(WorldPartName::Machine(name), touched));
        let single = [
            (WorldPartName::Store, self.store.take_touched()),
            (WorldPartName::Threads, self.threads.take_touched()),
            (WorldPartName::Timeline, self.timeline.take_touched()),
            (WorldPartName::Draws, self.chooser.draws.take_touched()),
            (WorldPartName::History, self.history.take_touched()),
        ];
        for (name, touched) in single {
            if touched.read {
                tell(name, touched);
            }
        }
        self.runners.take_touched(|n, touched| {
            if touched.read {
                tell(WorldPartName::Runner(n), touched);
            }
        });
        self.wakes.take_touched(|n, touched| {
            if touched.read {
                tell(WorldPartName::Wake(n), touched);
            }
        });
    }
}
