//! Chance that is the same for ever: two published generators, written down here so that no update of a library
//! changes what a seed means.
//!
//! A seed goes through [`SplitMix64`], which turns it into the state of a [`Random`] (xoshiro256**).

/// SplitMix64 (Steele, Lea and Flood 2014; as published by Vigna).
///
/// # Examples
///
/// ```
/// use netiosim_explore::random::SplitMix64;
///
/// assert_eq!(SplitMix64::new(1_234_567).next_u64(), 6_457_827_717_110_365_317);
/// ```
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// xoshiro256** 1.0 (Blackman and Vigna 2018).
///
/// # Examples
///
/// ```
/// use netiosim_explore::random::Random;
///
/// let (mut one, mut other) = (Random::new(7), Random::new(7));
/// assert_eq!(one.below(6), other.below(6));
/// ```
#[derive(Clone, Debug)]
pub struct Random([u64; 4]);

impl Random {
    /// The generator of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut seeds = SplitMix64::new(seed);
        Self(std::array::from_fn(|_| seeds.next_u64()))
    }

    /// The generator of the n-th run under a seed: the first is not that of the seed itself, and runs of neighbouring
    /// seeds are not each other's.
    #[must_use]
    pub fn of_run(seed: u64, run: u64) -> Self {
        let mut mix = SplitMix64::new(seed);
        Self::new(mix.next_u64() ^ SplitMix64::new(run).next_u64())
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number from 0 to `bound` - 1, each as likely as any other; 0 if `bound` is 0.
    ///
    /// The upper half of a 128-bit product, drawn again where the lower half would favour some (Lemire 2019).
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            let (high, low) = ((product >> 64) as u64, product as u64);
            if low >= threshold {
                return high;
            }
        }
    }

    /// A position in a list of this length; 0 if it is empty.
    pub fn position(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, SplitMix64};

    #[test]
    fn splitmix64_matches_its_published_vector() {
        let mut numbers = SplitMix64::new(1_234_567);
        let drawn: [u64; 5] = std::array::from_fn(|_| numbers.next_u64());
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn xoshiro_matches_its_published_vector() {
        let mut random = Random([1, 2, 3, 4]);
        let drawn: [u64; 10] = std::array::from_fn(|_| random.next_u64());
        let published = [
            11_520,
            0,
            1_509_978_240,
            1_215_971_899_390_074_240,
            1_216_172_134_540_287_360,
            607_988_272_756_665_600,
            16_172_922_978_634_559_625,
            8_476_171_486_693_032_832,
            10_595_114_339_597_558_777,
            2_904_607_092_377_533_576,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut random = Random::new(0);
        assert_eq!([random.next_u64(), random.below(6), random.below(1000)], FOR_EVER);
        assert_eq!(Random::of_run(1, 2).next_u64(), RUN_FOR_EVER);
    }

    const FOR_EVER: [u64; 3] = [11_091_344_671_253_066_420, 4, 103];
    const RUN_FOR_EVER: u64 = 4_764_402_415_737_467_414;

    #[test]
    fn every_position_is_met() {
        let mut random = Random::new(3);
        let mut met = [0u32; 7];
        for _ in 0..7000 {
            met[random.position(7)] += 1;
        }
        assert!(met.iter().all(|count| (800..1200).contains(count)), "{met:?}");
        assert_eq!((random.position(0), random.position(1)), (0, 0));
    }
}
