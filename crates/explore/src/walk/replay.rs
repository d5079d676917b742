//! One schedule, as it was recorded.

use super::{Choice, Strategy, Strayed};

/// Takes the steps of a schedule, by their codes, once.
///
/// Where the run offers something else, or goes on after the schedule's end, it says so, and takes the first option
/// from there on. A schedule that is longer than the run is told of as well.
#[derive(Debug)]
pub struct Replay {
    steps: Vec<u32>,
    depth: usize,
    begun: bool,
    strayed: Option<Strayed>,
}

impl Replay {
    /// The steps of a [`Schedule`](crate::schedule::Schedule).
    #[must_use]
    pub fn new(steps: Vec<u32>) -> Self {
        Self { steps, depth: 0, begun: false, strayed: None }
    }
}

impl Strategy for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true)
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        let at = self.depth;
        self.depth += 1;
        if self.strayed.is_some() {
            return 0;
        }
        let wanted = self.steps.get(at).copied();
        let found = wanted.and_then(|wanted| options.iter().position(|o| o.code == wanted));
        if found.is_none() {
            self.strayed = Some(Strayed::new(at, wanted.unwrap_or(u32::MAX), options));
        }
        found.unwrap_or(0)
    }

    fn end(&mut self) {
        if self.strayed.is_none()
            && let Some(wanted) = self.steps.get(self.depth)
        {
            self.strayed = Some(Strayed::new(self.depth, *wanted, &[]));
        }
    }

    fn strayed(&self) -> Option<&Strayed> {
        self.strayed.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Strategy, toy};
    use super::Replay;

    #[test]
    fn the_steps_are_taken_once() {
        // The last of them is no choice.
        let mut strategy = Replay::new(vec![1, 0, 1]);
        assert_eq!(toy::all(&mut strategy, &[2, 2], 10), [[1, 0, 1, 0]]);
        assert_eq!(strategy.strayed(), None);
    }

    #[test]
    fn an_unknown_step_is_an_error() {
        let mut strategy = Replay::new(vec![1, 77]);
        toy::run(&mut strategy, &[2, 2]);
        let text = strategy.strayed().unwrap().to_string();
        assert_eq!(text, "choice 2 was to be 77; there were 1, 0");
    }

    #[test]
    fn a_schedule_that_is_too_long_is_an_error() {
        let mut strategy = Replay::new(vec![1, 0, 1, 1]);
        toy::run(&mut strategy, &[2, 2]);
        let text = strategy.strayed().unwrap().to_string();
        assert_eq!(text, "choice 4 was to be 1; the run was over before");
    }
}
