//! Who decides which thread goes next, and which delivery begins.

use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::ids::{ActorId, LaneId};
use netiosim_model::machine::Machine;

/// What could happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The thread that ran last goes on.
    Continue,
    /// Another thread goes on.
    Resume,
    /// A delivery begins.
    Begin,
}

/// One thing that could happen next, by stable name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// What it is.
    pub kind: StepKind,
    /// The name of the thread, or of the registration (with the family behind a `/` where it has a
    /// lane for each).
    pub name: String,
}

/// The same by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKey {
    /// The thread that ran last goes on.
    Continue(ActorId),
    /// Another thread goes on.
    Resume(ActorId),
    /// A delivery begins.
    Begin(LaneId),
}

/// Decides the order of steps in place of the seed.
///
/// Asked in manual mode for the order of deliveries, in controlled mode for every step; a run is
/// repeatable if the answers depend on the questions alone.
pub trait Scheduler: Send {
    /// Picks one of at least two steps and returns its position; one out of range counts as the
    /// last.
    fn pick(&mut self, steps: &[NextStep]) -> usize;

    /// Something happens that nothing can happen instead of.
    fn forced(&mut self) {}

    /// The same as [`pick`](Self::pick) for schedulers that need no names; they answer here, and are not asked by name.
    fn pick_key(&mut self, machine: &Machine, steps: &[StepKey]) -> Option<usize> {
        let _ = (machine, steps);
        None
    }
}

/// What the scheduler itself works with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Continue(usize, ActorId),
    Resume(usize, ActorId),
    Begin(LaneId),
}

impl Next {
    fn key(self) -> StepKey {
        match self {
            Self::Continue(_, actor) => StepKey::Continue(actor),
            Self::Resume(_, actor) => StepKey::Resume(actor),
            Self::Begin(lane) => StepKey::Begin(lane),
        }
    }

    /// Whether the thread that runs goes on.
    pub(crate) fn is_continue(self) -> bool {
        matches!(self, Self::Continue(..))
    }
}

/// The decider of one stack.
pub(crate) enum Picker {
    /// Seed 0: always the first; the running thread goes on as long as it can, and others do not
    /// [wait too long](crate::turns).
    First,
    /// Another seed. Apart from the chooser's generator, so that profile choices and schedule do
    /// not shift each other.
    Seeded(Seeded),
    /// The test's own.
    Custom(Box<dyn Scheduler>),
}

impl Picker {
    pub(crate) fn new(seed: u64) -> Self {
        match seed {
            0 => Self::First,
            _ => Self::Seeded(Seeded::new(seed ^ 0x5C4E_D01E_0000_0001)),
        }
    }

    /// The test's own, or seed 0.
    pub(crate) fn of(scheduler: Option<Box<dyn Scheduler>>) -> Self {
        scheduler.map_or(Self::First, Self::Custom)
    }

    pub(crate) fn is_first(&self) -> bool {
        matches!(self, Self::First)
    }

    /// A step without a choice.
    pub(crate) fn forced(&mut self) {
        if let Self::Custom(scheduler) = self {
            scheduler.forced();
        }
    }

    pub(crate) fn pick(&mut self, machine: &Machine, steps: &[Next]) -> usize {
        if steps.len() < 2 {
            self.forced();
            return 0;
        }
        match self {
            Self::First => 0,
            Self::Seeded(seeded) => {
                let len = u64::try_from(steps.len()).unwrap_or(u64::MAX);
                usize::try_from(seeded.draw("schedule") % len).unwrap_or(0)
            }
            Self::Custom(scheduler) => {
                if let Some(at) = pick_key(&mut **scheduler, machine, steps) {
                    return at.min(steps.len() - 1);
                }
                let named: Vec<NextStep> = steps.iter().map(|step| name(machine, *step)).collect();
                scheduler.pick(&named).min(steps.len() - 1)
            }
        }
    }

    /// The lane whose delivery begins next, if one may.
    pub(crate) fn pick_lane(&mut self, machine: &Machine) -> Option<LaneId> {
        if self.is_first() {
            return machine.next_deliverable();
        }
        let lanes = machine.deliverable();
        let steps: Vec<Next> = lanes.iter().map(|lane| Next::Begin(*lane)).collect();
        let at = self.pick(machine, &steps);
        lanes.get(at).copied()
    }
}

/// As many keys need no memory of their own.
const FEW: usize = 8;

fn pick_key(scheduler: &mut dyn Scheduler, machine: &Machine, steps: &[Next]) -> Option<usize> {
    if steps.len() > FEW {
        let keys: Vec<StepKey> = steps.iter().map(|step| step.key()).collect();
        return scheduler.pick_key(machine, &keys);
    }
    let mut keys = [StepKey::Continue(ActorId(0)); FEW];
    for (key, step) in keys.iter_mut().zip(steps) {
        *key = step.key();
    }
    scheduler.pick_key(machine, &keys[..steps.len()])
}

fn name(machine: &Machine, step: Next) -> NextStep {
    let actor = |actor| machine.actor_info(actor).name().to_owned();
    match step {
        Next::Continue(_, id) => NextStep { kind: StepKind::Continue, name: actor(id) },
        Next::Resume(_, id) => NextStep { kind: StepKind::Resume, name: actor(id) },
        Next::Begin(lane) => {
            let registration = machine.registration(lane.handle);
            let mut name = registration.map_or_else(String::new, |r| r.name().to_owned());
            if let Some(family) = registration.and_then(|r| r.lane_family(lane.lane)) {
                name.push('/');
                name.push_str(&family.to_string());
            }
            NextStep { kind: StepKind::Begin, name }
        }
    }
}
