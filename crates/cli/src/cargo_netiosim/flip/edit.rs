//! Edits of a text that keep its lines.

use std::ops::Range;

/// Replacements of parts of one text, collected in any order.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Puts `text` for the bytes of `range`.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.edits.push((range, text.into()));
    }

    /// Puts `text` before the byte `at`.
    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Whether nothing is to be done.
    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The part `within` of the edited text; the edits lie in it.
    pub(crate) fn apply_within(mut self, text: &str, within: Range<usize>) -> String {
        for (range, _) in &mut self.edits {
            *range = range.start - within.start..range.end - within.start;
        }
        self.apply(&text[within])
    }

    /// The edited text. Line ends that a replaced part had and its replacement has not follow the
    /// replacement, so that every later line keeps its number. Of two parts that overlap the one that begins
    /// first counts.
    pub(crate) fn apply(mut self, text: &str) -> String {
        self.edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut out = String::with_capacity(text.len() + 16 * self.edits.len());
        let mut at = 0;
        for (range, new) in self.edits {
            if range.start < at {
                continue;
            }
            out.push_str(&text[at..range.start]);
            out.push_str(&new);
            let lines = text[range.clone()].matches('\n').count();
            for _ in new.matches('\n').count()..lines {
                out.push('\n');
            }
            at = range.end;
        }
        out.push_str(&text[at..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_kept() {
        let text = "one\ntwo\nthree\nfour";
        let mut edits = Edits::default();
        edits.replace(0..9, "X");
        edits.insert(14, "Y");
        assert_eq!(edits.apply(text), "X\n\nhree\nYfour");
    }

    #[test]
    fn of_overlapping_edits_the_first_counts() {
        let mut edits = Edits::default();
        edits.replace(2..4, "inner");
        edits.replace(0..5, "outer");
        assert_eq!(edits.apply("abcdef"), "outerf");
    }
}
