//! The strategies by name, as command lines and attributes have them.

use std::fmt;
use std::str::FromStr;

use super::{DepthFirst, FewestDelays, Pct, Portfolio, RandomWalk, RoundRobin, Strategy};

/// A strategy, by name.
///
/// # Examples
///
/// ```
/// use netiosim_explore::walk::StrategyKind;
///
/// assert_eq!("pct:3".parse(), Ok(StrategyKind::Pct { depth: 3 }));
/// assert_eq!(StrategyKind::Exhaustive.to_string(), "exhaustive");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StrategyKind {
    /// [`FewestDelays`] without a bound: `exhaustive`.
    #[default]
    Exhaustive,
    /// [`DepthFirst`]: `depth-first`.
    DepthFirst,
    /// [`RandomWalk`]: `random`.
    Random,
    /// [`Pct`]: `pct`, or `pct:3` for a depth that is not 2.
    Pct {
        /// The depth of the bugs.
        depth: u32,
    },
    /// [`FewestDelays`] with a bound: `delay-bounded`, or `delay-bounded:4` for a bound that is not 2.
    DelayBounded {
        /// The bound.
        delays: u32,
    },
    /// [`RoundRobin`]: `round-robin`, with turns of 1 to 8 steps.
    RoundRobin,
    /// [`Portfolio`]: `portfolio`.
    Portfolio,
}

impl StrategyKind {
    /// The strategy, for this seed.
    #[must_use]
    pub fn build(self, seed: u64) -> Box<dyn Strategy> {
        match self {
            Self::Exhaustive => Box::new(FewestDelays::new()),
            Self::DepthFirst => Box::new(DepthFirst::new()),
            Self::Random => Box::new(RandomWalk::new(seed)),
            Self::Pct { depth } => Box::new(Pct::new(seed, depth)),
            Self::DelayBounded { delays } => Box::new(FewestDelays::bounded(delays)),
            Self::RoundRobin => Box::new(RoundRobin::new(8)),
            Self::Portfolio => Box::new(Portfolio::new(seed)),
        }
    }

    /// Whether it is asked for in order to try everything.
    #[must_use]
    pub fn is_exhaustive(self) -> bool {
        matches!(self, Self::Exhaustive | Self::DepthFirst)
    }
}

impl fmt::Display for StrategyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhaustive => f.write_str("exhaustive"),
            Self::DepthFirst => f.write_str("depth-first"),
            Self::Random => f.write_str("random"),
            Self::Pct { depth } => write!(f, "pct:{depth}"),
            Self::DelayBounded { delays } => write!(f, "delay-bounded:{delays}"),
            Self::RoundRobin => f.write_str("round-robin"),
            Self::Portfolio => f.write_str("portfolio"),
        }
    }
}

/// A text that names no strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStrategy(String);

impl fmt::Display for UnknownStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no strategy \"{}\": exhaustive, depth-first, random, pct[:depth], delay-bounded[:delays], round-robin or portfolio",
            self.0
        )
    }
}

impl std::error::Error for UnknownStrategy {}

impl FromStr for StrategyKind {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        let unknown = || UnknownStrategy(text.to_owned());
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number.parse::<u32>().map_err(|_| unknown())?)),
            None => (text, None),
        };
        let kind = match name {
            "pct" => return Ok(Self::Pct { depth: number.unwrap_or(2) }),
            "delay-bounded" => return Ok(Self::DelayBounded { delays: number.unwrap_or(2) }),
            "exhaustive" => Self::Exhaustive,
            "depth-first" => Self::DepthFirst,
            "random" => Self::Random,
            "round-robin" => Self::RoundRobin,
            "portfolio" => Self::Portfolio,
            _ => return Err(unknown()),
        };
        if number.is_some() { Err(unknown()) } else { Ok(kind) }
    }
}

#[cfg(test)]
mod tests {
    use super::StrategyKind;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in [
            "exhaustive",
            "depth-first",
            "random",
            "pct:2",
            "delay-bounded:5",
            "round-robin",
            "portfolio",
        ] {
            let kind: StrategyKind = text.parse().unwrap();
            assert_eq!(kind.to_string(), text);
            assert!(text.starts_with(kind.build(1).name()), "{text}");
        }
        for text in ["", "Random", "random:1", "pct:", "pct:x", "pct:-1"] {
            let error = text.parse::<StrategyKind>().unwrap_err().to_string();
            assert!(error.contains("round-robin or portfolio"), "{error}");
        }
    }
}
