//! The statements of the documents.

use std::sync::LazyLock;

use netiosim_model::status::Flavour;
use serde::Serialize;

/// What kind of truth a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Truth {
    /// A page, a header or an RFC says it.
    Documented,
    /// It follows from what one of them says.
    Derived,
    /// They are silent or contradict each other, and this project decided.
    Chosen,
    /// Real Windows was seen to do it.
    Observed,
}

/// One statement of the documents, in our own words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// The id, such as `TP-07`.
    pub id: &'static str,
    /// What kind of truth it is.
    pub truth: Truth,
    /// `user`, `kernel`, `both`, or `protocol`.
    pub flavour: &'static str,
    /// The function that it is about, or the theme.
    pub function: &'static str,
    /// The page.
    pub source: &'static str,
    /// What it says.
    pub statement: &'static str,
}

impl Requirement {
    /// The requirement with an id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        requirements().iter().find(|requirement| requirement.id == id)
    }

    /// Whether it speaks of a flavour.
    #[must_use]
    pub fn is_about(&self, flavour: Flavour) -> bool {
        match self.flavour {
            "user" => flavour == Flavour::User,
            "kernel" => flavour == Flavour::Kernel,
            _ => true,
        }
    }
}

/// All statements, in the order of the list.
#[must_use]
pub fn requirements() -> &'static [Requirement] {
    static ALL: LazyLock<Vec<Requirement>> =
        LazyLock::new(|| include_str!("../requirements.tsv").lines().skip(1).map(read).collect());
    &ALL
}

fn read(line: &'static str) -> Requirement {
    let mut fields = line.split('\t');
    let mut next = || fields.next().unwrap_or_default();
    let (id, truth, flavour, function, source, statement) =
        (next(), next(), next(), next(), next(), next());
    let truth = match truth {
        "documented" => Truth::Documented,
        "derived" => Truth::Derived,
        "observed" => Truth::Observed,
        _ => Truth::Chosen,
    };
    Requirement { id, truth, flavour, function, source, statement }
}

#[cfg(test)]
mod tests {
    use super::{Requirement, Truth, requirements};

    #[test]
    fn the_list_is_read() {
        assert!(requirements().len() > 438, "{}", requirements().len());
        for requirement in requirements() {
            let text = [requirement.function, requirement.source, requirement.statement];
            assert!(text.iter().all(|text| !text.is_empty()), "{requirement:?}");
            assert!(["user", "kernel", "both", "protocol"].contains(&requirement.flavour));
        }
        let chosen = Requirement::find("TP-31").expect("it is there");
        assert_eq!((chosen.truth, chosen.flavour), (Truth::Chosen, "both"));
    }
}
