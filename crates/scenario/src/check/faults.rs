//! A list of faults, and the usual ways to word one.

use std::collections::{BTreeMap, BTreeSet};

use netiosim_model::member::Member;
use netiosim_model::profile::Profile;
use netiosim_model::row::RowType;
use netiosim_model::rule::Rule;
use netiosim_model::status;

use crate::cell::Cell;
use crate::format::Value;
use crate::nearest::nearest;
use crate::read::{Fault, JsonPath, MOST_PROBLEMS};

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) list: Vec<Fault>,
}

impl Faults {
    /// A fault of the value at `path`.
    pub(super) fn tell(&mut self, path: &JsonPath, reason: impl Into<String>, help: Option<&str>) {
        if self.enough() {
            return;
        }
        self.list.push(Fault {
            path: path.clone(),
            at_name: false,
            reason: reason.into(),
            help: help.map(str::to_owned),
        });
    }

    /// Whether more was found than is told; looking for still more would only cost time.
    fn enough(&self) -> bool {
        self.list.len() > MOST_PROBLEMS
    }

    /// A fault of the name of the member at `path`.
    pub(super) fn tell_name(
        &mut self,
        path: &JsonPath,
        reason: impl Into<String>,
        help: Option<&str>,
    ) {
        self.tell(path, reason, help);
        if let Some(fault) = self.list.last_mut() {
            fault.at_name = true;
        }
    }

    /// A name that means nothing, with what there is instead.
    pub(super) fn unknown<'a>(
        &mut self,
        path: &JsonPath,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        if !self.enough() {
            self.tell(path, format!("there is no {what} `{name}`"), Some(&offer(name, known)));
        }
    }

    /// Looks whether a name is among the known ones.
    pub(super) fn known(&mut self, path: &JsonPath, what: &str, name: &str, known: &impl Known) {
        if !known.has(name) {
            self.unknown(path, what, name, known.names());
        }
    }

    /// Looks whether a name may be given to something: not empty, and without a dot or `$`.
    pub(super) fn good_name(&mut self, path: &JsonPath, what: &str, name: &str) {
        if name.is_empty() {
            self.tell(path, format!("the name of a {what} must not be empty"), None);
        } else if name.contains(['.', '$']) {
            let reason = format!("the name of a {what} must not contain `.` or `$`");
            self.tell(path, reason, None);
        }
    }

    /// Looks whether the names in a list are all different, and good ones.
    pub(super) fn distinct<'a>(
        &mut self,
        what: &str,
        names: impl IntoIterator<Item = (JsonPath, &'a str)>,
    ) {
        let mut seen = BTreeMap::<&str, JsonPath>::new();
        for (path, name) in names {
            self.good_name(&path, what, name);
            match seen.get(name) {
                Some(first) => {
                    let help = format!("the first one is {first}");
                    self.tell(&path, format!("two of the {what}s are named `{name}`"), Some(&help));
                }
                None => {
                    seen.insert(name, path);
                }
            }
        }
    }

    /// Looks whether a text is a result code.
    pub(super) fn code(&mut self, path: &JsonPath, text: &str) {
        let Err(error) = status::parse_code(text) else { return };
        let help = match error.suggestion {
            Some(name) => format!("did you mean `{name}`?"),
            None => "a name such as `ERROR_NOT_READY`, or a number in a string".to_owned(),
        };
        self.tell(path, format!("`{text}` is not a result code: {}", error.reason), Some(&help));
    }

    /// Looks whether a text names a rule.
    pub(super) fn rule(&mut self, path: &JsonPath, text: &str) -> Option<Rule> {
        match Rule::parse(text) {
            Ok(rule) => Some(rule),
            Err(error) => {
                let help = match error.suggestion {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "`netiosim rules` lists them".to_owned(),
                };
                self.tell(path, format!("there is no rule `{text}`"), Some(&help));
                None
            }
        }
    }

    /// Looks whether the name of a member is that of a profile.
    pub(super) fn profile(&mut self, path: &JsonPath, name: &str) {
        if Profile::parse(name).is_err() {
            let help = offer(name, Profile::ALL.map(Profile::name));
            self.tell_name(path, format!("there is no profile `{name}`"), Some(&help));
        }
    }

    /// Looks whether a text names a member of a row of one of these types.
    pub(super) fn cell(
        &mut self,
        path: &JsonPath,
        at_name: bool,
        types: &[RowType],
        name: &str,
    ) -> Option<Cell> {
        let found = types.iter().find_map(|row| Cell::parse(*row, name));
        if found.is_some() {
            return found;
        }
        let known: Vec<&str> = types.iter().flat_map(|row| Cell::names(*row)).collect();
        let such_as = || match types.first() {
            Some(RowType::IpInterface) => "such as `NlMtu`, `Metric`, `Connected`".to_owned(),
            _ => offer(name, known.iter().copied()),
        };
        let help = match nearest(name, known.iter().copied()) {
            Some(guess) => format!("did you mean `{guess}`?"),
            None => such_as(),
        };
        let owners: Vec<&str> = types.iter().map(|row| row.name()).collect();
        let owners = match owners.as_slice() {
            [one] => format!("{one} has"),
            several => format!("none of {} has", several.join(", ")),
        };
        let not = if types.len() == 1 { "no" } else { "a" };
        self.tell(path, format!("{owners} {not} member `{name}`"), Some(&help));
        if let Some(fault) = self.list.last_mut() {
            fault.at_name = at_name;
        }
        None
    }

    /// Looks whether a value as the file writes it may be one of a member.
    pub(super) fn fits(&mut self, path: &JsonPath, cell: Option<Cell>, value: &Value) {
        let Some(cell) = cell else { return };
        let Err(wanted) = cell.check(value) else { return };
        let words = cell.words().iter().map(|word| word.0);
        let help = match value {
            Value::Text(text) => {
                nearest(text, words).map(|guess| format!("did you mean `{guess}`?"))
            }
            _ => None,
        };
        let reason = format!("{value} does not fit `{}`: {wanted} is wanted", cell.name());
        self.tell(path, reason, help.as_deref());
    }

    /// Looks whether a text names a member of MIB_IPINTERFACE_ROW.
    pub(super) fn member(&mut self, path: &JsonPath, at_name: bool, name: &str) -> Option<Member> {
        let member = Member::parse(name);
        if member.is_none() {
            let help = match nearest(name, Member::ALL.map(Member::name)) {
                Some(guess) => format!("did you mean `{guess}`?"),
                None => "such as `NlMtu`, `Metric`, `Connected`".to_owned(),
            };
            self.tell(path, format!("MIB_IPINTERFACE_ROW has no member `{name}`"), Some(&help));
            if let Some(fault) = self.list.last_mut() {
                fault.at_name = at_name;
            }
        }
        member
    }
}

/// Names that can be looked up: a set, or the keys of a map.
pub(super) trait Known {
    fn has(&self, name: &str) -> bool;
    fn names(&self) -> impl Iterator<Item = &str>;
}

impl Known for BTreeSet<&str> {
    fn has(&self, name: &str) -> bool {
        self.contains(name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().copied()
    }
}

impl<T> Known for BTreeMap<&str, T> {
    fn has(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().copied()
    }
}

/// `did you mean …?`, or what there is.
pub(super) fn offer<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None if known.is_empty() => "there is none at all".to_owned(),
        None if known.len() > 12 => format!("there are {}, …", known[..12].join(", ")),
        None => format!("known here: {}", known.join(", ")),
    }
}
