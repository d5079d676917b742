//! What is known of steps: every question that was asked of a state, and the answers, by what they depend on.
//!
//! It knows nothing of worlds: several threads may ask it at once, as long as nobody teaches it.

use super::knowledge::Knowledge;
use super::states::Writes;

/// What comes of a step, in one of the ways that its options allow.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The number of the step.
    pub(crate) step: u32,
    /// Slots and their new numbers.
    pub(crate) writes: Writes,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// Lanes that may be delivered, by their numbers.
    Lanes(Box<[usize]>),
    /// What may come of a step; nothing, if it cannot be taken.
    Ways(Box<[Way]>),
    /// Something would follow, but behind the horizon.
    Beyond,
}

/// Questions and answers, by number.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Of each question, from 1.
    pub(super) known: Vec<Knowledge>,
    pub(super) answers: Vec<Answer>,
    /// The questions that are asked in every state: the lanes, the timeline, the time.
    pub(super) always: [u32; 3],
    /// The slots of the threads, and the questions whether they go on.
    pub(super) runs: Vec<(u16, u32)>,
    /// The questions whether lanes are delivered, by the numbers of the lanes.
    pub(super) deliveries: Vec<u32>,
    /// How many slots there are.
    pub(super) slots: usize,
    /// Time goes by only when nothing else can happen.
    pub(super) orderly: bool,
}

impl Memory {
    /// Asks everything that is to be asked of a state, which has a number for every slot, and lists the answers that
    /// lead somewhere. Says whether anything can happen.
    ///
    /// # Errors
    ///
    /// The number of a question whose answer is not known.
    pub(crate) fn ask(&self, state: &[u32], answers: &mut Vec<u32>) -> Result<bool, u32> {
        answers.clear();
        let mut any = false;
        let [lanes, timeline, time] = self.always;
        for (slot, question) in &self.runs {
            if state[usize::from(*slot)] == 0 {
                break;
            }
            any |= self.put(*question, state, answers)?;
        }
        if let Answer::Lanes(lanes) = &self.answers[self.find(lanes, state)? as usize] {
            for lane in lanes {
                any |= self.put(self.deliveries[*lane], state, answers)?;
            }
        }
        any |= self.put(timeline, state, answers)?;
        if !(any && self.orderly) {
            any |= self.put(time, state, answers)?;
        }
        Ok(any)
    }

    /// The ways behind an answer; none behind the horizon.
    pub(crate) fn ways(&self, answer: u32) -> &[Way] {
        match &self.answers[answer as usize] {
            Answer::Ways(ways) => ways,
            _ => &[],
        }
    }

    /// Bytes of questions and answers, as allocated.
    pub(crate) fn bytes(&self) -> usize {
        let answer = |answer: &Answer| match answer {
            Answer::Lanes(lanes) => size_of_val(&**lanes),
            Answer::Ways(ways) => {
                ways.iter().map(|way| way.writes.bytes()).sum::<usize>() + size_of_val(&**ways)
            }
            Answer::Beyond => 0,
        };
        self.answers.capacity() * size_of::<Answer>()
            + self.answers.iter().map(answer).sum::<usize>()
            + self.known.iter().map(|known| known.bytes() + size_of::<Knowledge>()).sum::<usize>()
    }

    fn put(&self, question: u32, state: &[u32], answers: &mut Vec<u32>) -> Result<bool, u32> {
        let answer = self.find(question, state)?;
        let any = match &self.answers[answer as usize] {
            Answer::Ways(ways) => !ways.is_empty(),
            Answer::Beyond => true,
            Answer::Lanes(_) => false,
        };
        if any {
            answers.push(answer);
        }
        Ok(any)
    }

    fn find(&self, question: u32, state: &[u32]) -> Result<u32, u32> {
        self.known[question as usize - 1].find(state).ok_or(question)
    }
}
