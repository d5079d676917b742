//! A whole world as a state.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use netiosim_model::aside::exactly;
use netiosim_model::rule::Rule;
use netiosim_scenario::program::Program;
use netiosim_scenario::world::{Choice, World, WorldPart, WorldPartName};

/// A world, equal to every other with the same parts.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    world: World,
    parts: Vec<(WorldPartName, WorldPart)>,
}

/// Who moved, and the positions of the values that open options took.
pub(crate) type Move = (Choice, Vec<usize>);

impl Whole {
    /// The world of a program before its first step.
    pub(crate) fn first(program: &Arc<Program>) -> Self {
        Self::new(World::new(program, program.seed).searched())
    }

    /// The same world with the numbers of another seed, which records what happens.
    pub(crate) fn first_recorded(program: &Arc<Program>, seed: u64) -> Self {
        Self::new(World::new(program, seed).replayed())
    }

    /// The world itself.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    fn new(world: World) -> Self {
        let names = world.part_names();
        let mut parts: Vec<_> = names.filter_map(|name| Some((name, world.part(name)?))).collect();
        parts.sort_by_key(|(name, _)| *name);
        Self { world, parts }
    }

    /// The rules that were broken on the way here and, where nothing can happen any more, by the way it ends.
    pub(crate) fn broken(&self) -> Vec<Rule> {
        let mut broken = self.broken_on_the_way();
        if self.choices().is_empty() {
            let end = self.world.clone().finish_untold(None);
            broken.extend(end.findings.iter().map(|finding| finding.rule));
        }
        broken
    }

    /// The rules that were broken on the way here.
    pub(crate) fn broken_on_the_way(&self) -> Vec<Rule> {
        let history = self.world.part(WorldPartName::History).expect("there is one");
        let (rules, _) = history.history().expect("it is one");
        rules.iter().copied().collect()
    }

    /// Who can move.
    fn choices(&self) -> Vec<Choice> {
        let world = &self.world;
        let mut choices: Vec<Choice> =
            (0..world.runners()).filter(|n| world.may_run(*n)).map(Choice::Run).collect();
        choices.extend(world.enabled_lanes().into_iter().map(Choice::Deliver));
        if world.is_due() {
            choices.push(Choice::Timeline);
        }
        if world.time_may_pass() {
            choices.push(Choice::Time);
        }
        choices
    }

    /// Everything that can follow, in all ways.
    pub(crate) fn following(&self) -> Vec<(Move, Self)> {
        let mut all = Vec::new();
        for choice in self.choices() {
            let mut path: Vec<usize> = Vec::new();
            loop {
                let mut next = self.world.clone();
                next.guide(&path);
                next.step(choice);
                let decisions = next.decisions();
                let open = decisions.iter().rposition(|d| d.picked + 1 < d.among.len());
                path = decisions.iter().map(|decision| decision.picked).collect();
                all.push(((choice, path.clone()), Self::new(next)));
                let Some(open) = open else { break };
                path.truncate(open + 1);
                path[open] += 1;
            }
        }
        all
    }
}

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Whole {}

impl Hash for Whole {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Who counts states by their hashes must not take two for one that are none.
        exactly(|| self.parts.hash(state));
    }
}
