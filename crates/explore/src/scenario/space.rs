//! The state space of a scenario: states as lists of numbers, and steps that are taken once.
//!
//! A world is taken apart into its parts, and equal parts have equal numbers; so two states are equal if their
//! numbers are, and no fingerprint is involved. A step reads some parts and writes some. What it read
//! is kept beside what it wrote: in every other state with the same numbers there, the same step writes the same, and it
//! need not be taken again. That is sound because the world marks every part that is looked at
//! ([`netiosim_model::part`]), and a step is a function of what it looks at.

mod slots;

use std::sync::Arc;

use netiosim_model::ids::LaneId;
use netiosim_model::machine::Memo;
use netiosim_model::part::{COUNT, Touched};
use netiosim_scenario::program::Program;
use netiosim_scenario::world::{Choice, World, WorldPart, WorldPartName};

use self::slots::Slots;
use super::intern::Interner;
use super::knowledge::Knowledge;
pub(crate) use super::memory::Way;
use super::memory::{Answer, Memory};
use super::states::Writes;

/// As many ways one step may have; options that are asked many times within a step multiply.
const MOST_WAYS: usize = 65_536;

/// One step of a schedule: who moves, and which values the open options take that are asked meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Who moves.
    pub choice: Choice,
    /// The positions of the values.
    pub picks: Vec<usize>,
}

/// A question to the world: may this happen, and what comes of it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Question {
    Run(usize),
    /// Which lanes may be delivered.
    Lanes,
    Deliver(LaneId),
    Timeline,
    Time,
}

/// What a step has touched, by slot.
#[derive(Debug, Default)]
struct Touches {
    reads: Vec<u16>,
    writes: Vec<u16>,
    /// What has no slot yet.
    fresh: Vec<(WorldPartName, Touched)>,
}

/// The state space of one program.
#[derive(Debug)]
pub struct Space {
    program: Arc<Program>,
    /// The world before its first step, which records.
    first: World,
    /// A world to take steps with, and the state that it is in.
    world: World,
    at: Vec<u32>,
    slots: Slots,
    parts: Interner<WorldPart>,
    steps: Interner<Step>,
    /// The slot of what expectations look at.
    history: u16,
    memory: Memory,
    /// Every question that was asked, by number.
    questions: Interner<Question>,
    /// The lanes, by number.
    lanes: Interner<LaneId>,
    /// Steps that were taken.
    pub(crate) taken: u64,
    /// Whether a step had more ways than are looked at.
    too_many: bool,
    /// Whether there are more parts than a state can have.
    too_large: bool,
    /// Whether something would follow behind the horizon.
    pub(crate) beyond: bool,
    touched: Touches,
    /// The answers of the last state that was asked about.
    answers: Vec<u32>,
}

impl Space {
    /// The space of a program. If it is `orderly`, time goes by only when nothing else can happen.
    #[must_use]
    pub fn new(program: &Arc<Program>, orderly: bool) -> Self {
        let first = World::new(program, program.seed).replayed();
        let mut world = first.clone().searched();
        world.swap_memo(Some(Memo::default()));
        let mut space = Self {
            program: program.clone(),
            first,
            at: Vec::new(),
            slots: Slots::new(),
            parts: Interner::new(),
            steps: Interner::new(),
            history: 0,
            memory: Memory { orderly, ..Memory::default() },
            questions: Interner::new(),
            lanes: Interner::new(),
            taken: 0,
            too_many: false,
            too_large: false,
            beyond: false,
            touched: Touches::default(),
            answers: Vec::new(),
            world,
        };
        for name in space.world.part_names().collect::<Vec<_>>() {
            let slot = space.slot(name);
            let value = space.world.part(name).expect("a part that is there");
            space.at[usize::from(slot)] = space.parts.number(value);
        }
        space.history = space.slot(WorldPartName::History);
        space.world.take_touched(&mut |_, _| {});
        space.memory.always = [Question::Lanes, Question::Timeline, Question::Time]
            .map(|question| space.question(question));
        space
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The state at the beginning.
    pub(crate) fn first(&self) -> Vec<u32> {
        debug_assert!(self.taken == 0, "before the first step");
        self.at.clone()
    }

    /// How many different parts there are, of all kinds.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The number of what expectations look at, in a state.
    pub(crate) fn history_of(&self, state: &[u32]) -> u32 {
        state[usize::from(self.history)]
    }

    /// The part with a number.
    pub(crate) fn part(&self, number: u32) -> Option<&WorldPart> {
        self.parts.get(number)
    }

    /// The step with a number.
    pub(crate) fn step(&self, number: u32) -> &Step {
        self.steps.get(number).expect("a step that was taken")
    }

    /// What is known of steps.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Why nothing can be said any more.
    pub(crate) fn trouble(&self) -> Option<String> {
        let many =
            "a step has more ways than are looked at; fix some options of the profile".to_owned();
        let large = || {
            "the scenario has more threads, locks and other parts than a search can hold: 65,534"
                .to_owned()
        };
        self.too_large.then(large).or(self.too_many.then_some(many))
    }

    /// What a search that was cut short by the horizon says.
    pub(crate) fn horizon(&self) -> Option<String> {
        let most_ms = self.program.limits.virtual_ms;
        let text = || format!("the limit of {most_ms} virtual milliseconds was reached");
        self.beyond.then(text)
    }

    /// Tells everything that can happen in a state. Returns whether anything can.
    pub(crate) fn each_way(
        &mut self,
        state: &mut Vec<u32>,
        mut tell: impl FnMut(&mut Self, &[u32], &Way),
    ) -> bool {
        let mut answers = std::mem::take(&mut self.answers);
        let any = loop {
            if state.len() < self.slots.len() {
                state.resize(self.slots.len(), 0);
            }
            match self.memory.ask(state, &mut answers) {
                Ok(any) => break any,
                Err(question) => self.find(question, state),
            }
        };
        for answer in &answers {
            self.each_of(*answer, state, &mut tell);
        }
        self.answers = answers;
        any
    }

    /// Tells the ways behind an answer.
    pub(crate) fn each_of(
        &mut self,
        answer: u32,
        state: &[u32],
        tell: &mut impl FnMut(&mut Self, &[u32], &Way),
    ) {
        match &mut self.memory.answers[answer as usize] {
            Answer::Ways(ways) => {
                // Out and in again, so that whoever is told may ask; the list of answers only grows.
                let ways = std::mem::take(ways);
                for way in &ways {
                    tell(self, state, way);
                }
                self.memory.answers[answer as usize] = Answer::Ways(ways);
            }
            Answer::Beyond => self.beyond = true,
            Answer::Lanes(_) => {}
        }
    }

    #[cold]
    fn find(&mut self, number: u32, state: &mut Vec<u32>) {
        self.taken += 1;
        let question = *self.questions.get(number).expect("a question that is asked");
        self.touched.reads.clear();
        let answer = match question {
            Question::Lanes => {
                self.load(state);
                let lanes = self.world.enabled_lanes();
                self.collect();
                let lanes = lanes.into_iter().map(|lane| self.lane(lane));
                Answer::Lanes(lanes.collect())
            }
            Question::Time if self.is_beyond(state) => Answer::Beyond,
            _ => Answer::Ways(self.try_all(question, state)),
        };
        if state.len() < self.slots.len() {
            state.resize(self.slots.len(), 0);
        }
        let reads = &mut self.touched.reads;
        reads.sort_unstable();
        reads.dedup();
        let memory = &mut self.memory;
        let answer_number = u32::try_from(memory.answers.len()).expect("fewer than 2^32 answers");
        memory.answers.push(answer);
        memory.known[number as usize - 1].learn(reads, state, answer_number);
    }

    /// Whether what happens next in a state lies behind the horizon.
    fn is_beyond(&mut self, state: &[u32]) -> bool {
        self.load(state);
        let beyond = self.world.time_may_pass() && self.world.time_is_over();
        self.collect();
        beyond
    }

    /// Takes a step in all ways that its options allow.
    fn try_all(&mut self, question: Question, state: &[u32]) -> Box<[Way]> {
        let mut ways = Vec::new();
        let mut path = Vec::new();
        loop {
            self.load(state);
            self.world.guide(&path);
            let choice = match question {
                Question::Run(n) => self.world.may_run(n).then_some(Choice::Run(n)),
                Question::Deliver(lane) => Some(Choice::Deliver(lane)),
                Question::Timeline => self.world.is_due().then_some(Choice::Timeline),
                Question::Time => self.world.time_may_pass().then_some(Choice::Time),
                Question::Lanes => None,
            };
            let Some(choice) = choice else {
                self.collect();
                break;
            };
            self.world.step(choice);
            self.collect();
            let mut writes = Vec::with_capacity(self.touched.writes.len());
            for slot in &self.touched.writes {
                let (slot, at) = (*slot, usize::from(*slot));
                let before = state.get(at).copied().unwrap_or(0);
                let value = self.world.part(self.slots.name(slot));
                let number = value.map_or(0, |value| self.parts.number(value));
                self.at[at] = number;
                if number != before {
                    writes.push((slot, before, number));
                }
            }
            let decisions = self.world.decisions();
            let picks: Vec<usize> = decisions.iter().map(|decision| decision.picked).collect();
            let open = decisions.iter().rposition(|d| d.picked + 1 < d.among.len());
            let step = self.steps.number(Step { choice, picks: picks.clone() });
            ways.push(Way { step, writes: Writes::new(&writes) });
            let Some(open) = open else { break };
            if ways.len() >= MOST_WAYS {
                self.too_many = true;
                break;
            }
            path = picks;
            path.truncate(open + 1);
            path[open] += 1;
        }
        ways.into()
    }

    /// Brings the world into a state.
    fn load(&mut self, state: &[u32]) {
        for (slot, at) in self.at.iter_mut().enumerate() {
            let number = state.get(slot).copied().unwrap_or(0);
            if *at != number {
                self.world.put_part(self.slots.names()[slot], self.parts.get(number));
                *at = number;
            }
        }
    }

    /// Adds the slots that were read, and puts down those that were written, since this was last asked.
    fn collect(&mut self) {
        let Touches { reads, writes, fresh } = &mut self.touched;
        writes.clear();
        let slots = &self.slots;
        self.world.take_touched(&mut |name, how| match slots.get(name) {
            Some(slot) => {
                if how.read {
                    reads.push(slot);
                }
                if how.written {
                    writes.push(slot);
                }
            }
            None => fresh.push((name, how)),
        });
        if !self.touched.fresh.is_empty() {
            for (name, how) in std::mem::take(&mut self.touched.fresh) {
                let slot = self.slot(name);
                if how.read {
                    self.touched.reads.push(slot);
                }
                if how.written {
                    self.touched.writes.push(slot);
                }
            }
        }
        self.touched.writes.sort_unstable();
    }

    /// The slot of a part.
    fn slot(&mut self, name: WorldPartName) -> u16 {
        if let Some(slot) = self.slots.get(name) {
            return slot;
        }
        let Some(slot) = self.slots.add(name) else {
            // Whoever searches looks at this before anything else.
            self.too_large = true;
            return 0;
        };
        self.at.push(0);
        self.memory.slots = self.slots.len();
        if let WorldPartName::Runner(n) = name
            && n != COUNT
        {
            assert_eq!(n, self.memory.runs.len(), "threads come one behind the other");
            let question = self.question(Question::Run(n));
            self.memory.runs.push((slot, question));
        }
        slot
    }

    fn lane(&mut self, lane: LaneId) -> usize {
        let number = self.lanes.number(lane) as usize - 1;
        if number == self.memory.deliveries.len() {
            let question = self.question(Question::Deliver(lane));
            self.memory.deliveries.push(question);
        }
        number
    }

    fn question(&mut self, question: Question) -> u32 {
        let number = self.questions.number(question);
        if self.memory.known.len() < number as usize {
            self.memory.known.push(Knowledge::default());
        }
        number
    }

    /// Replays steps from the beginning, recording everything.
    #[must_use]
    pub fn replay(&self, steps: &[Step]) -> World {
        let mut world = self.first.clone();
        follow(&mut world, steps);
        world
    }

    /// The same, quicker where changes of the environment were seen before.
    pub(crate) fn replay_again(&mut self, steps: &[Step]) -> World {
        let mut world = self.first.clone();
        world.swap_memo(self.world.swap_memo(None));
        follow(&mut world, steps);
        self.world.swap_memo(world.swap_memo(None));
        world
    }
}

fn follow(world: &mut World, steps: &[Step]) {
    for step in steps {
        world.guide(&step.picks);
        world.step(step.choice);
    }
}
