//! Where the machine asks its driver to decide.
//!
//! The model never decides by itself: whatever a profile leaves open, and every number that
//! real systems take at random, is asked of a [`Chooser`] under a stable name.

/// The driver's side of every open decision.
///
/// Implementations must be deterministic functions of their own state if runs are to be
/// repeatable.
pub trait Chooser {
    /// Picks one of `among` for the decision called `what` and returns its position.
    ///
    /// Called only when `among` holds at least two values. A position out of range counts as the
    /// last one. The names, never the positions, are what a schedule records.
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize;

    /// Hands in a number for `what`, uniformly distributed over all of `u64` where chance is meant.
    fn draw(&mut self, what: &'static str) -> u64;
}

/// The chooser that always takes the first value and counts its draws up from zero.
///
/// # Examples
///
/// ```
/// use netiosim_model::choose::{Chooser, First};
///
/// let mut first = First::default();
/// assert_eq!(first.choose("initial-thread", &["caller", "pool"]), 0);
/// assert_eq!((first.draw("port"), first.draw("port")), (0, 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct First {
    draws: u64,
}

impl Chooser for First {
    fn choose(&mut self, _what: &'static str, _among: &[&'static str]) -> usize {
        0
    }

    fn draw(&mut self, _what: &'static str) -> u64 {
        let draw = self.draws;
        self.draws = self.draws.wrapping_add(1);
        draw
    }
}

/// A chooser seeded by one number: SplitMix64, the same for ever.
///
/// With seed 0 it answers [`Chooser::choose`] like [`First`], so that the default run takes the
/// first value of every open option, and draws from the generator seeded with 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seeded {
    seed: u64,
    state: u64,
}

impl Seeded {
    /// Makes a chooser whose answers depend on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// The seed that it was made with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Chooser for Seeded {
    fn choose(&mut self, _what: &'static str, among: &[&'static str]) -> usize {
        if self.seed == 0 {
            return 0;
        }
        let len = u64::try_from(among.len()).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % len).unwrap_or(0)
    }

    fn draw(&mut self, _what: &'static str) -> u64 {
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use super::{Chooser, First, Seeded};

    #[test]
    fn splitmix64_matches_its_published_vector() {
        // The reference sequence of SplitMix64 for seed 1234567.
        let mut chooser = Seeded::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| chooser.draw("x")).collect();
        assert_eq!(
            drawn,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn the_first_chooser_counts_and_a_seeded_one_knows_its_seed() {
        let mut first = First::default();
        assert_eq!((0..4).map(|_| first.draw("x")).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(first.choose("x", &["a", "b"]), 0);
        assert_eq!((Seeded::new(7).seed(), Seeded::new(0).seed()), (7, 0));
    }
}
