//! Two runs of one schedule that are not the same.

use std::fmt;

/// The first point at which two runs of one schedule differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the event, from 1.
    pub at: usize,
    /// The event in the first run; `None` when that was over.
    pub first: Option<String>,
    /// The event in the second run; `None` when that was over.
    pub second: Option<String>,
}

impl Difference {
    /// Where two traces part.
    pub(crate) fn of(first: &str, second: &str) -> Option<Self> {
        let (mut one, mut other) = (first.lines(), second.lines());
        let mut at = 0;
        loop {
            at += 1;
            match (one.next(), other.next()) {
                (None, None) => return None,
                (a, b) if a == b => {}
                (a, b) => {
                    let owned = |line: &str| line.trim().to_owned();
                    return Some(Self { at, first: a.map(owned), second: b.map(owned) });
                }
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line =
            |line: &Option<String>| line.clone().unwrap_or_else(|| "nothing more".to_owned());
        writeln!(f, "event {} was, in the first run and in the second:", self.at)?;
        writeln!(f, "  {}", line(&self.first))?;
        write!(f, "  {}", line(&self.second))
    }
}

#[cfg(test)]
mod tests {
    use super::Difference;

    #[test]
    fn the_first_point_is_named() {
        assert_eq!(Difference::of("a\nb\n", "a\nb\n"), None);
        let text = Difference::of("a\nb\nc", "a\nx\nc").unwrap().to_string();
        assert_eq!(text, "event 2 was, in the first run and in the second:\n  b\n  x");
        let text = Difference::of("a", "a\nb").unwrap().to_string();
        assert!(text.ends_with("nothing more\n  b"), "{text}");
    }
}
