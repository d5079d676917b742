//! The state space of a scenario: states as lists of numbers, and steps that are taken once.
//!
//! A world is taken apart into its parts, and equal parts have equal numbers; so two states are equal if their
//! numbers are, and no fingerprint is involved. A step reads some parts and writes some. What it read
//! is kept beside what it wrote: in every other state with the same numbers there, the same step writes the same, and it
//! need not be taken again. That is sound because the world marks every part that is looked at
//! ([`netiosim_model::part`]), and a step is a function of what it looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::ids::LaneId;
use netiosim_model::part::COUNT;
use netiosim_scenario::program::Program;
use netiosim_scenario::world::{Choice, World, WorldPart, WorldPartName};

use super::intern::Interner;
use super::knowledge::Knowledge;

/// As many ways one step may have; options that are asked many times within a step multiply.
const MOST_WAYS: usize = 4096;

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

/// What comes of a step, in one of the ways that its options allow.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The number of the step.
    pub(crate) step: u32,
    /// Slots and their new numbers.
    pub(crate) writes: Box<[(u16, u32)]>,
}

#[derive(Clone, Debug)]
enum Answer {
    Lanes(Box<[usize]>),
    Ways(Box<[Way]>),
}

/// The state space of one program.
#[derive(Debug)]
pub struct Space {
    program: Arc<Program>,
    /// A world to take steps with, and the state that it is in.
    world: World,
    at: Vec<u32>,
    /// The name of each slot.
    names: Vec<WorldPartName>,
    slots: BTreeMap<WorldPartName, u16>,
    parts: Interner<WorldPart>,
    steps: Interner<Step>,
    /// The slots of the threads.
    runners: Vec<u16>,
    /// The slot of what expectations look at.
    history: u16,
    known: Vec<Knowledge>,
    /// Every question that was asked, by number.
    questions: Interner<Question>,
    /// Those that are asked in every state: the lanes, the timeline, the time.
    always: [u32; 3],
    /// The questions of the threads.
    runs: Vec<u32>,
    /// The questions of the lanes, by the number of the lane.
    lanes: Interner<LaneId>,
    deliveries: Vec<u32>,
    answers: Vec<Answer>,
    /// Steps that were taken, and steps that were known.
    pub(crate) taken: u64,
    pub(crate) saved: u64,
    /// Whether a step had more ways than are looked at.
    pub(crate) too_many: bool,
    buffer: Vec<u32>,
    orderly: bool,
}

impl Space {
    /// The space of a program. If it is `orderly`, time goes by only when nothing else can happen.
    #[must_use]
    pub fn new(program: &Arc<Program>, orderly: bool) -> Self {
        let world = World::new(program, program.seed).searched();
        let mut space = Self {
            program: program.clone(),
            at: Vec::new(),
            names: Vec::new(),
            slots: BTreeMap::new(),
            parts: Interner::new(),
            steps: Interner::new(),
            runners: Vec::new(),
            history: 0,
            known: Vec::new(),
            questions: Interner::new(),
            always: [0; 3],
            runs: Vec::new(),
            lanes: Interner::new(),
            deliveries: Vec::new(),
            answers: Vec::new(),
            taken: 0,
            saved: 0,
            too_many: false,
            buffer: Vec::new(),
            orderly,
            world,
        };
        for name in space.world.part_names().collect::<Vec<_>>() {
            let slot = space.slot(name);
            let value = space.world.part(name).expect("a part that is there");
            space.at[usize::from(slot)] = space.parts.number(value);
        }
        space.history = space.slot(WorldPartName::History);
        space.world.take_touched(&mut |_, _| {});
        space.always = [Question::Lanes, Question::Timeline, Question::Time]
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

    /// Tells everything that can happen in a state. Returns whether anything can.
    pub(crate) fn each_way(
        &mut self,
        state: &mut Vec<u32>,
        mut tell: impl FnMut(&mut Self, &[u32], &Way),
    ) -> bool {
        let mut found = false;
        let [lanes, timeline, time] = self.always;
        for n in 0.. {
            let Some(slot) = self.runners.get(n).copied() else { break };
            if state.get(usize::from(slot)).is_none_or(|number| *number == 0) {
                break;
            }
            found |= self.ways(self.runs[n], state, &mut tell);
        }
        let answer = self.answer(lanes, state);
        if let Answer::Lanes(lanes) = &self.answers[answer as usize] {
            // Asked again by position, because the answers to other questions come between.
            let count = lanes.len();
            for n in 0..count {
                let Answer::Lanes(lanes) = &self.answers[answer as usize] else { break };
                let question = self.deliveries[lanes[n]];
                found |= self.ways(question, state, &mut tell);
            }
        }
        found |= self.ways(timeline, state, &mut tell);
        if !(found && self.orderly) {
            found |= self.ways(time, state, &mut tell);
        }
        found
    }

    fn ways(
        &mut self,
        question: u32,
        state: &mut Vec<u32>,
        tell: &mut impl FnMut(&mut Self, &[u32], &Way),
    ) -> bool {
        let answer = self.answer(question, state) as usize;
        let Answer::Ways(ways) = &mut self.answers[answer] else { return false };
        // Out and in again, so that whoever is told may ask; the list of answers only grows.
        let ways = std::mem::take(ways);
        for way in &ways {
            tell(self, state, way);
        }
        let any = !ways.is_empty();
        self.answers[answer] = Answer::Ways(ways);
        any
    }

    /// The number of the answer to a question in a state.
    fn answer(&mut self, question: u32, state: &mut Vec<u32>) -> u32 {
        if state.len() < self.names.len() {
            state.resize(self.names.len(), 0);
        }
        let known = self.known[question as usize - 1].find(state, &mut self.buffer);
        if let Some(answer) = known {
            self.saved += 1;
            return answer;
        }
        self.find(question, state)
    }

    #[cold]
    fn find(&mut self, number: u32, state: &mut Vec<u32>) -> u32 {
        self.taken += 1;
        let question = *self.questions.get(number).expect("a question that is asked");
        let mut reads = Vec::new();
        let answer = match question {
            Question::Lanes => {
                self.load(state);
                let lanes = self.world.enabled_lanes();
                self.collect(&mut reads, &mut Vec::new());
                let lanes = lanes.into_iter().map(|lane| self.lane(lane));
                Answer::Lanes(lanes.collect())
            }
            _ => Answer::Ways(self.try_all(question, state, &mut reads)),
        };
        if state.len() < self.names.len() {
            state.resize(self.names.len(), 0);
        }
        reads.sort_unstable();
        reads.dedup();
        let answer_number = u32::try_from(self.answers.len()).expect("fewer than 2^32 answers");
        self.answers.push(answer);
        let known = &mut self.known[number as usize - 1];
        known.learn(&reads, state, answer_number);
        answer_number
    }

    /// Takes a step in all ways that its options allow.
    fn try_all(&mut self, question: Question, state: &[u32], reads: &mut Vec<u16>) -> Box<[Way]> {
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
                self.collect(reads, &mut Vec::new());
                break;
            };
            self.world.step(choice);
            let mut written = Vec::new();
            self.collect(reads, &mut written);
            let mut writes = Vec::new();
            for slot in written {
                let at = usize::from(slot);
                let before = state.get(at).copied().unwrap_or(0);
                let value = self.world.part(self.names[at]);
                let number = value.map_or(0, |value| self.parts.number(value));
                self.at[at] = number;
                if number != before {
                    writes.push((slot, number));
                }
            }
            let decisions = self.world.decisions();
            let picks: Vec<usize> = decisions.iter().map(|decision| decision.picked).collect();
            let open = decisions.iter().rposition(|d| d.picked + 1 < d.among.len());
            let step = self.steps.number(Step { choice, picks: picks.clone() });
            ways.push(Way { step, writes: writes.into() });
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
        for slot in 0..self.names.len() {
            let number = state.get(slot).copied().unwrap_or(0);
            if self.at[slot] != number {
                self.world.put_part(self.names[slot], self.parts.get(number));
                self.at[slot] = number;
            }
        }
    }

    /// Which slots were read and written since this was last asked.
    fn collect(&mut self, reads: &mut Vec<u16>, writes: &mut Vec<u16>) {
        let mut touched = Vec::new();
        self.world.take_touched(&mut |name, how| touched.push((name, how)));
        for (name, how) in touched {
            let slot = self.slot(name);
            if how.read {
                reads.push(slot);
            }
            if how.written {
                writes.push(slot);
            }
        }
        writes.sort_unstable();
    }

    /// The slot of a part.
    fn slot(&mut self, name: WorldPartName) -> u16 {
        if let Some(slot) = self.slots.get(&name) {
            return *slot;
        }
        let slot = u16::try_from(self.names.len()).expect("fewer than 2^16 parts");
        self.names.push(name);
        self.slots.insert(name, slot);
        self.at.push(0);
        if let WorldPartName::Runner(n) = name
            && n != COUNT
        {
            assert_eq!(n, self.runners.len(), "threads come one behind the other");
            self.runners.push(slot);
            let question = self.question(Question::Run(n));
            self.runs.push(question);
        }
        slot
    }

    fn lane(&mut self, lane: LaneId) -> usize {
        let number = self.lanes.number(lane) as usize - 1;
        if number == self.deliveries.len() {
            let question = self.question(Question::Deliver(lane));
            self.deliveries.push(question);
        }
        number
    }

    fn question(&mut self, question: Question) -> u32 {
        let number = self.questions.number(question);
        if self.known.len() < number as usize {
            self.known.push(Knowledge::default());
        }
        number
    }

    /// Replays steps from the beginning, recording everything.
    #[must_use]
    pub fn replay(&self, steps: &[Step]) -> World {
        let mut world = World::new(&self.program, self.program.seed).replayed();
        for step in steps {
            world.guide(&step.picks);
            world.step(step.choice);
        }
        world
    }
}
