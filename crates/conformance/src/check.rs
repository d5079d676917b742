//! One check.

use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;

use crate::backend::Cannot;
use crate::bench::Bench;

/// A check of one requirement.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Check {
    /// The id of the requirement.
    pub id: &'static str,
    /// The profiles that it does not speak about, with the reason.
    pub except: &'static [(Profile, &'static str)],
    /// The flavour that the exceptions are about; `None`: every one that the requirement is about.
    pub except_only: Option<Flavour>,
    /// Shows it, or says why not.
    pub run: fn(&mut Bench) -> Verdict,
}

/// What comes of a check.
pub type Verdict = Result<(), Stop>;

/// Why a check did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The requirement is not met: what was expected, and what came.
    Fails(String),
    /// The world cannot do what the check needs.
    NotApplicable(Cannot),
}

impl From<Cannot> for Stop {
    fn from(cannot: Cannot) -> Self {
        Self::NotApplicable(cannot)
    }
}

impl Check {
    /// A check that speaks about every profile but `wine`, which registers nothing.
    pub(crate) const fn new(id: &'static str, run: fn(&mut Bench) -> Verdict) -> Self {
        const WINE: &[(Profile, &str)] = &[(
            Profile::Wine,
            "Wine's registrations succeed with a NULL handle and never call back",
        )];
        Self { id, except: WINE, except_only: None, run }
    }

    /// The same check, which does not speak about these profiles in user mode.
    pub(crate) const fn except_in_user_mode(
        self,
        except: &'static [(Profile, &'static str)],
    ) -> Self {
        Self { except, except_only: Some(Flavour::User), ..self }
    }

    /// Why it does not speak about a profile in a flavour, if that is so.
    #[must_use]
    pub fn exception(&self, profile: Profile, flavour: Flavour) -> Option<&'static str> {
        if self.except_only.is_some_and(|only| only != flavour) {
            return None;
        }
        self.except.iter().find(|except| except.0 == profile).map(|except| except.1)
    }

    /// The same for GetTeredoPort, which Wine does not have.
    pub(crate) const fn of_teredo(id: &'static str, run: fn(&mut Bench) -> Verdict) -> Self {
        const WINE: &[(Profile, &str)] =
            &[(Profile::Wine, "Wine does not export the Teredo functions")];
        Self { id, except: WINE, except_only: None, run }
    }

    /// The same for cancels, which Wine answers with NO_ERROR whatever the handle.
    pub(crate) const fn of_cancel(id: &'static str, run: fn(&mut Bench) -> Verdict) -> Self {
        const WINE: &[(Profile, &str)] =
            &[(Profile::Wine, "Wine's CancelMibChangeNotify2 answers NO_ERROR to everything")];
        Self { id, except: WINE, except_only: None, run }
    }

    /// A check that speaks about every profile.
    pub(crate) const fn of_all(id: &'static str, run: fn(&mut Bench) -> Verdict) -> Self {
        Self { id, except: &[], except_only: None, run }
    }
}
