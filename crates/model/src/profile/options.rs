//! The state of every open decision in one run.

use std::fmt;

use super::{OPTIONS, OptionId, Profile, Scope};
use crate::choose::Chooser;
use crate::status::nearest;

const COUNT: usize = OptionId::ALL.len();

/// Which values of every option are still allowed in a run.
///
/// # Examples
///
/// ```
/// use netiosim_model::choose::First;
/// use netiosim_model::profile::{OptionId, Options, Profile};
///
/// let mut options = Options::of(Profile::Adversarial);
/// assert_eq!(options.allowed(OptionId::InitialThread).count(), 2);
/// options.fix("initial-thread", "pool")?;
/// assert_eq!(options.pick(OptionId::InitialThread, &mut First::default()), "pool");
/// # Ok::<(), netiosim_model::profile::OptionError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Options {
    /// By option: bit `n` stands for the value at position `n` of its list.
    allowed: [u8; COUNT],
}

impl Options {
    /// The options as a profile leaves them.
    #[must_use]
    pub fn of(profile: Profile) -> Self {
        let mut options = Self { allowed: [0; COUNT] };
        for spec in OPTIONS {
            for value in spec.setting(profile).allowed {
                let position = spec.position(value).expect("a profile allows values of the option");
                options.allowed[spec.id as usize] |= 1 << position;
            }
        }
        options
    }

    /// Fixes one option to one of its values, whatever the profile says.
    ///
    /// # Errors
    ///
    /// Fails when there is no such option or value, with the nearest if there is one.
    pub fn fix(&mut self, name: &str, value: &str) -> Result<(), OptionError> {
        let id = OptionId::parse(name)?;
        let position =
            id.spec().position(value).ok_or_else(|| OptionError::unknown_value(id, value))?;
        self.allowed[id as usize] = 1 << position;
        Ok(())
    }

    /// The values of an option that are still allowed, the default first.
    pub fn allowed(&self, id: OptionId) -> impl Iterator<Item = &'static str> + use<> {
        let mask = self.allowed[id as usize];
        let values = id.spec().values.iter().enumerate();
        values.filter(move |(position, _)| mask & (1 << position) != 0).map(|(_, value)| value.name)
    }

    /// Whether more than one value is still allowed.
    #[must_use]
    pub fn is_open(&self, id: OptionId) -> bool {
        self.allowed[id as usize].count_ones() > 1
    }

    /// The value of an option that is not a choice of the driver: the first one allowed.
    #[must_use]
    pub fn fixed(&self, id: OptionId) -> &'static str {
        let position = self.allowed[id as usize].trailing_zeros();
        id.spec().values[position as usize].name
    }

    /// Decides an option here and now.
    ///
    /// A single allowed value is returned without asking. Otherwise `chooser` is asked under the
    /// option's name; with [`Scope::Run`] its answer holds for the rest of the run.
    pub fn pick(&mut self, id: OptionId, chooser: &mut dyn Chooser) -> &'static str {
        if !self.is_open(id) {
            return self.fixed(id);
        }
        let spec = id.spec();
        let among: Vec<&'static str> = self.allowed(id).collect();
        let chosen = chooser.choose(spec.name, &among).min(among.len() - 1);
        let value = among[chosen];
        if spec.per == Scope::Run {
            self.allowed[id as usize] = 1 << spec.position(value).expect("a value of the option");
        }
        value
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = |id: &OptionId| self.allowed(*id).collect::<Vec<_>>().join("|");
        f.debug_map().entries(OptionId::ALL.iter().map(|id| (id.name(), values(id)))).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = |id: &OptionId| self.allowed(*id).collect::<Vec<_>>();
        serializer.collect_map(OptionId::ALL.iter().map(|id| (id.name(), values(id))))
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Options {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let map = std::collections::BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
        let mut options = Self { allowed: [0; COUNT] };
        for (name, values) in &map {
            let id = OptionId::parse(name).map_err(D::Error::custom)?;
            for value in values {
                let position = id.spec().position(value);
                let position = position
                    .ok_or_else(|| D::Error::custom(OptionError::unknown_value(id, value)))?;
                options.allowed[id as usize] |= 1 << position;
            }
        }
        match OptionId::ALL.iter().find(|id| options.allowed[**id as usize] == 0) {
            Some(id) => Err(D::Error::custom(format!("the option `{id}` has no value"))),
            None => Ok(options),
        }
    }
}

/// A text that names no option, or no value of the option.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionError {
    /// The option, if the value is at fault.
    pub option: Option<OptionId>,
    /// What was given.
    pub text: String,
    /// The name that may have been meant.
    pub suggestion: Option<&'static str>,
}

impl OptionError {
    pub(super) fn unknown_option(text: &str) -> Self {
        let suggestion = nearest(&text.to_ascii_lowercase(), OPTIONS.iter().map(|spec| spec.name));
        Self { option: None, text: text.to_owned(), suggestion }
    }

    fn unknown_value(id: OptionId, text: &str) -> Self {
        let suggestion =
            nearest(&text.to_ascii_lowercase(), id.spec().values.iter().map(|value| value.name));
        Self { option: Some(id), text: text.to_owned(), suggestion }
    }
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.option {
            None => write!(f, "there is no option `{}`", self.text)?,
            Some(id) => write!(f, "the option `{id}` has no value `{}`", self.text)?,
        }
        match (self.suggestion, self.option) {
            (Some(name), _) => write!(f, "; did you mean `{name}`?"),
            (None, None) => write!(f, "; `netiosim profiles` lists them"),
            (None, Some(id)) => {
                let values: Vec<&str> = id.spec().values.iter().map(|value| value.name).collect();
                write!(f, "; it has {}", values.join(", "))
            }
        }
    }
}

impl std::error::Error for OptionError {}
