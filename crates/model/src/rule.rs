//! The rules: what a client of these functions must not do, each with an id, ids of the
//! requirements behind it, and a page.
//!
//! One table describes all of them. The pages live in `docs/rules` of the repository; the copies
//! under `rules` of this crate are what [`Rule::page`] returns.

mod table;

use std::fmt;
use std::fmt::Write as _;

use self::table::{Entry, TABLE};
use crate::status::nearest;
use crate::truth::Truth;

/// A rule that a client can break.
///
/// # Examples
///
/// ```
/// use netiosim_model::rule::Rule;
///
/// assert_eq!(Rule::SelfCancel.id(), "N001");
/// assert_eq!(Rule::parse("self-cancel"), Ok(Rule::SelfCancel));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// N001: a callback cancels its own registration.
    SelfCancel,
    /// N002: a cancel holds what the running callback waits for.
    CancelUnderLock,
    /// N003: running callbacks cancel each other's registrations.
    CrossedCancels,
    /// N004: a cancel holds a lock that callbacks of that handle take.
    LockOrder,
    /// N005: a cancel of a handle that is not live.
    StaleHandle,
    /// N006: a row is read after its callback returned.
    RowAfterCallback,
    /// N007: a row of a notification is freed.
    RowFreed,
    /// N008: a member of a notification row other than its key is read.
    RowNonKeyMember,
    /// N009: the module of a callback is not loaded.
    UnloadedModule,
    /// N010: a registration is live at the end of its process.
    LeakedRegistration,
    /// N011: a call at too high an IRQL.
    IrqlTooHigh,
    /// N012: a callback never returns.
    CallbackBlocked,
    /// N013: a join of a thread that waits for the joiner.
    JoinDeadlock,
    /// N014: a callback of another process.
    ForeignCallback,
    /// N015: a callback uses its context outside the context's life.
    ContextLifetime,
    /// N016: locks alone form a cycle.
    LockCycle,
    /// N017: a callback panicked.
    CallbackPanicked,
    /// N018: a thread never goes on, and no callback is involved.
    ThreadStuck,
    /// N019: a table is not freed at the end of its process.
    LeakedTable,
    /// N020: a table is freed twice.
    TableFreedTwice,
    /// N021: a table is read after it was freed.
    TableAfterFree,
    /// N022: FreeMibTable is given something that is no table.
    NotATable,
    /// N023: a function is called that this Windows does not have.
    AbsentFunction,
    /// N024: a thread that belongs to no stack calls while others do belong to one.
    UnboundThread,
}

/// How bad breaking a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Severity {
    /// It did no harm this time, or harms only in other circumstances.
    Warning,
    /// It is wrong: a hang, a crash or a wrong value.
    Error,
}

impl Severity {
    /// The word for it in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Rule {
    /// Every rule, in the order of the ids.
    pub const ALL: &'static [Self] = &[
        Self::SelfCancel,
        Self::CancelUnderLock,
        Self::CrossedCancels,
        Self::LockOrder,
        Self::StaleHandle,
        Self::RowAfterCallback,
        Self::RowFreed,
        Self::RowNonKeyMember,
        Self::UnloadedModule,
        Self::LeakedRegistration,
        Self::IrqlTooHigh,
        Self::CallbackBlocked,
        Self::JoinDeadlock,
        Self::ForeignCallback,
        Self::ContextLifetime,
        Self::LockCycle,
        Self::CallbackPanicked,
        Self::ThreadStuck,
        Self::LeakedTable,
        Self::TableFreedTwice,
        Self::TableAfterFree,
        Self::NotATable,
        Self::AbsentFunction,
        Self::UnboundThread,
    ];

    /// The stable id, such as `N001`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The stable short name, such as `self-cancel`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        self.entry().slug
    }

    /// What happens when the rule is broken, as a headline.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// The kind of truth of the prohibition itself; that and how we detect it is always ours.
    #[must_use]
    pub fn truth(self) -> Truth {
        self.entry().truth
    }

    /// The ids of the requirements behind it; empty for the rules that no page states.
    #[must_use]
    pub fn requirements(self) -> &'static [&'static str] {
        self.entry().requirements
    }

    /// The rule in one sentence.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.entry().summary
    }

    /// Which part of which document states it, or that none does.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.entry().source
    }

    /// The page about it, in Markdown.
    #[must_use]
    pub fn page(self) -> &'static str {
        self.entry().page
    }

    /// Reads an id such as `N001` or a short name such as `self-cancel`, in either case of letters.
    ///
    /// # Errors
    ///
    /// Fails when there is no such rule, with the nearest id or name if there is one.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let known = |entry: &&Entry| {
            entry.id.eq_ignore_ascii_case(text) || entry.slug.eq_ignore_ascii_case(text)
        };
        if let Some(entry) = TABLE.iter().find(known) {
            return Ok(entry.rule);
        }
        // Ids differ in one digit only, so the nearest id would be a guess: offer names alone.
        let suggestion = nearest(&text.to_ascii_lowercase(), TABLE.iter().map(|entry| entry.slug));
        Err(RuleError { text: text.to_owned(), suggestion })
    }

    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.slug())
    }
}

impl std::str::FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        Self::parse(text)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A text that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// What was given.
    pub text: String,
    /// The short name that may have been meant.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule `{}`", self.text)?;
        match self.suggestion {
            Some(slug) => write!(f, "; did you mean `{slug}`?"),
            None => write!(f, "; the rules are {} to {}", TABLE[0].id, TABLE[TABLE.len() - 1].id),
        }
    }
}

impl std::error::Error for RuleError {}

/// The index of the rule pages, `docs/rules/README.md`.
#[must_use]
pub fn markdown_index() -> String {
    let mut text = String::from(
        "# Rules\n\n\
         What a client must not do, and what the tool calls it. Generated from `netiosim_model::rule`; \
         a test keeps it fresh (`NETIOSIM_BLESS=1` rewrites it).\n\n\
         *Errors* are a hang, a crash or a wrong value; *warnings* harm in other circumstances than those \
         of the run. The column *Truth* says how the prohibition is known: a page states it (documented), \
         it follows from a page (derived), or it is ours (chosen).\n\n\
         | Id | Rule | Severity | Truth | In one sentence | Requirements |\n\
         |---|---|---|---|---|---|\n",
    );
    for rule in Rule::ALL {
        let ids = if rule.requirements().is_empty() {
            "none".to_owned()
        } else {
            rule.requirements().join(", ")
        };
        let (id, slug, severity, truth) =
            (rule.id(), rule.slug(), rule.severity(), rule.truth().word());
        writeln!(
            text,
            "| [{id}]({id}.md) | {slug} | {severity} | {truth} | {} | {ids} |",
            rule.summary()
        )
        .expect("a string takes all");
    }
    text
}
