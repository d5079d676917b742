//! A chooser that remembers what it is asked.

use std::collections::BTreeSet;

use netiosim_model::choose::Chooser;

/// Remembers what it is asked, and takes the first value.
#[derive(Default)]
pub(crate) struct Asked(pub(crate) BTreeSet<&'static str>);

impl Chooser for Asked {
    fn choose(&mut self, what: &'static str, _: &[&'static str]) -> usize {
        self.0.insert(what);
        0
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        0
    }
}
