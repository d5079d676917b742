//! What changes of the environment led to, remembered for drivers that take the same ones again and again.
//!
//! **The contract: a machine with a memory does what one without does, and asks the same questions in the same order.**
//! The environment is a value, and what a change makes of it follows from the change, the rules and the answers of the
//! chooser alone. So what was once made of one environment is found again by where that environment lies in memory,
//! which is kept as long as it is remembered.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::Machine;
use super::environment::ranked;
use crate::cascade::Rules;
use crate::change::{Change, ChangeError, Effect};
use crate::choose::Chooser;
use crate::env::Env;

/// As many results are remembered at most; then all are forgotten.
const MOST: usize = 1024;

/// What changes of the environment led to. It belongs to one machine at a time and tells no two machines apart; a copy of a machine has none.
#[derive(Debug, Default)]
pub struct Memo {
    /// By the address of the environment before.
    known: BTreeMap<usize, Vec<Entry>>,
    count: usize,
}

/// Where a machine has its memory; a copy of the machine has none.
#[derive(Debug, Default)]
pub(super) struct Slot(pub(super) Option<Memo>);

impl Clone for Slot {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl Machine {
    /// Gives the machine a memory of what changes of environments led to, or none.
    pub fn set_memo(&mut self, memo: Option<Memo>) {
        self.memo.0 = memo;
    }

    /// Takes the memory back, for the next machine.
    pub fn take_memo(&mut self) -> Option<Memo> {
        self.memo.0.take()
    }
}

/// The steps of a change in the order of ranks.
pub(super) enum Steps {
    Own(Vec<Effect>),
    Kept(Arc<[Effect]>),
}

impl Deref for Steps {
    type Target = [Effect];

    fn deref(&self) -> &[Effect] {
        match self {
            Self::Own(effects) => effects,
            Self::Kept(effects) => effects,
        }
    }
}

/// What happens to an environment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'a> {
    Change(&'a Change, Rules),
    Timer(Rules),
    Time(u64),
}

#[derive(Debug)]
struct Entry {
    before: Arc<Env>,
    step: Kept,
    asked: Vec<Asked>,
    after: Arc<Env>,
    effects: Result<Arc<[Effect]>, ChangeError>,
}

#[derive(Debug)]
enum Kept {
    Change(Change, Rules),
    Timer(Rules),
    Time(u64),
}

/// A question to the chooser, with its answer.
#[derive(Clone, Debug)]
enum Asked {
    Choose(&'static str, Vec<&'static str>, usize),
    Draw(&'static str, u64),
}

impl Asked {
    /// Asks the same again.
    fn again(&self, chooser: &mut dyn Chooser) -> Self {
        match self {
            Self::Choose(what, among, _) => {
                Self::Choose(what, among.clone(), chooser.choose(what, among))
            }
            Self::Draw(what, _) => Self::Draw(what, chooser.draw(what)),
        }
    }

    fn answers_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Choose(_, _, one), Self::Choose(_, _, two)) => one == two,
            (Self::Draw(_, one), Self::Draw(_, two)) => one == two,
            _ => false,
        }
    }
}

impl Kept {
    fn of(step: &Step<'_>) -> Self {
        match *step {
            Step::Change(change, rules) => Self::Change(change.clone(), rules),
            Step::Timer(rules) => Self::Timer(rules),
            Step::Time(ms) => Self::Time(ms),
        }
    }

    fn is(&self, step: &Step<'_>) -> bool {
        match (self, step) {
            (Self::Change(own, rules), Step::Change(change, others)) => {
                own == *change && rules == others
            }
            (Self::Timer(rules), Step::Timer(others)) => rules == others,
            (Self::Time(own), Step::Time(ms)) => own == ms,
            _ => false,
        }
    }
}

impl Step<'_> {
    /// Takes it, and tells what happened, in the order of ranks.
    pub(super) fn take(
        &self,
        env: &mut Env,
        chooser: &mut dyn Chooser,
    ) -> Result<Vec<Effect>, ChangeError> {
        match *self {
            Step::Change(change, rules) => env.apply(change, rules, chooser).map(ranked),
            Step::Timer(rules) => Ok(ranked(env.fire_timer(rules, chooser))),
            Step::Time(ms) => {
                env.elapse(ms);
                Ok(Vec::new())
            }
        }
    }
}

impl Memo {
    /// The same as [`Step::take`], from memory where that is possible.
    pub(super) fn take(
        &mut self,
        step: &Step<'_>,
        env: &mut Arc<Env>,
        chooser: &mut dyn Chooser,
    ) -> Result<Arc<[Effect]>, ChangeError> {
        let key = Arc::as_ptr(env) as usize;
        let mut given: Vec<Asked> = Vec::new();
        if let Some(entries) = self.known.get(&key) {
            let fits = |entry: &&Entry, given: &[Asked]| {
                entry.asked.len() >= given.len()
                    && entry.step.is(step)
                    && entry.asked.iter().zip(given).all(|(own, now)| own.answers_like(now))
            };
            // Who answered alike so far is asked the same next.
            while let Some(entry) = entries.iter().find(|entry| fits(entry, &given)) {
                match entry.asked.get(given.len()) {
                    None => {
                        *env = entry.after.clone();
                        return entry.effects.clone();
                    }
                    Some(next) => given.push(next.again(chooser)),
                }
            }
        }
        let before = env.clone();
        let mut listener = Listener { chooser, given: given.into_iter(), asked: Vec::new() };
        let effects = step.take(Arc::make_mut(env), &mut listener).map(Arc::from);
        let asked = listener.asked;
        if self.count >= MOST {
            *self = Self::default();
        }
        self.count += 1;
        let (after, effects) = (env.clone(), effects);
        let entry = Entry { before, step: Kept::of(step), asked, after, effects: effects.clone() };
        debug_assert_eq!(Arc::as_ptr(&entry.before) as usize, key, "it is kept where it lies");
        self.known.entry(key).or_default().push(entry);
        effects
    }
}

/// Answers what was asked before, and listens to the rest.
struct Listener<'a> {
    chooser: &'a mut dyn Chooser,
    given: std::vec::IntoIter<Asked>,
    asked: Vec<Asked>,
}

impl Chooser for Listener<'_> {
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
        let answer = match self.given.next() {
            Some(Asked::Choose(_, _, answer)) => answer,
            _ => self.chooser.choose(what, among),
        };
        self.asked.push(Asked::Choose(what, among.to_vec(), answer));
        answer
    }

    fn draw(&mut self, what: &'static str) -> u64 {
        let answer = match self.given.next() {
            Some(Asked::Draw(_, answer)) => answer,
            _ => self.chooser.draw(what),
        };
        self.asked.push(Asked::Draw(what, answer));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Memo;
    use crate::build::home;
    use crate::change::Change;
    use crate::choose::{Chooser, Seeded};
    use crate::machine::Machine;
    use crate::profile::Profile;
    use crate::teredo::PortWish;

    /// Counts the questions, and answers by a seed.
    struct Counted(Seeded, Vec<(&'static str, u64)>);

    impl Chooser for Counted {
        fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
            let answer = self.0.choose(what, among);
            self.1.push((what, answer as u64));
            answer
        }

        fn draw(&mut self, what: &'static str) -> u64 {
            let answer = self.0.draw(what) % 3;
            self.1.push((what, answer));
            answer
        }
    }

    #[test]
    fn a_machine_with_a_memory_does_the_same_and_asks_the_same() {
        let first = Machine::new(Profile::Adversarial, home());
        let changes = [
            Change::TeredoRestart(PortWish::Another),
            Change::PortClose { port: 1 },
            Change::TeredoStop,
            Change::TeredoStart(PortWish::Exactly(50_001)),
        ];
        let mut memo = Memo::default();
        for seed in (1..40).chain(1..40) {
            let (mut plain, mut minded) = (first.clone(), first.clone());
            minded.set_memo(Some(memo));
            let mut one = Counted(Seeded::new(seed), Vec::new());
            let mut two = Counted(Seeded::new(seed), Vec::new());
            for change in &changes {
                let (a, b) =
                    (plain.change(None, change, &mut one), minded.change(None, change, &mut two));
                assert_eq!(a, b);
                assert_eq!(plain.elapse(700, &mut one), minded.elapse(700, &mut two));
                assert_eq!(plain, minded, "seed {seed}, {change:?}");
            }
            assert_eq!(one.1, two.1, "seed {seed}");
            assert_eq!(plain.trace_text(plain.events()), minded.trace_text(minded.events()));
            memo = minded.take_memo().unwrap();
        }
        let known = memo.count;
        assert!(known > changes.len(), "answers made a difference: {known}");
        let mut minded = first.clone();
        minded.set_memo(Some(memo));
        let before = minded.env_snapshot();
        let mut chooser = Counted(Seeded::new(3), Vec::new());
        minded.change(None, &changes[0], &mut chooser).unwrap();
        assert!(!Arc::ptr_eq(&before, &minded.env_snapshot()));
        assert_eq!(minded.take_memo().unwrap().count, known, "from memory");
    }
}
