//! Profiles: how the spots are decided on which the documents are silent or disagree.
//!
//! Every such spot is a named option with a closed list of values. A [`Profile`] allows some
//! values of each; [`Options`] is the state of these decisions in one run.

mod markdown;
mod options;
mod queries;
mod table;

use std::fmt;

pub use self::markdown::markdown;
pub use self::options::{OptionError, Options};
pub use self::table::OPTIONS;
use crate::status::nearest;
use crate::truth::Truth;

/// A consistent way to decide every open option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Profile {
    /// The words of the documents, strictly, and this project's choice where they are silent.
    #[default]
    Documented,
    /// What real Windows was seen to do, and the documented choice where nothing was seen.
    Observed,
    /// Everything that documents or observations permit; the driver chooses.
    Adversarial,
    /// Wine, whose registrations succeed and never call back.
    Wine,
}

impl Profile {
    /// The four profiles, the default first.
    pub const ALL: [Self; 4] = [Self::Documented, Self::Observed, Self::Adversarial, Self::Wine];

    /// The name on the command line and in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Adversarial => "adversarial",
            Self::Wine => "wine",
        }
    }

    /// What it is, in one line.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Documented => {
                "the words of the pages, strictly; our marked choice where they are silent"
            }
            Self::Observed => {
                "what real Windows was seen to do; the documented choice where nothing was seen"
            }
            Self::Adversarial => {
                "all that documents and observations permit; the driver chooses, by seed or search"
            }
            Self::Wine => {
                "what a program meets under Wine: success, a NULL handle, no callback, no Teredo"
            }
        }
    }

    /// Whether every option has exactly one value, so that the driver is never asked.
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        !matches!(self, Self::Adversarial)
    }

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Fails when there is no such profile, with the nearest name if there is one.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let found = Self::ALL.into_iter().find(|profile| profile.name() == text);
        found.ok_or_else(|| ProfileError {
            text: text.to_owned(),
            suggestion: nearest(&text.to_ascii_lowercase(), Self::ALL.map(Self::name)),
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Self, ProfileError> {
        Self::parse(text)
    }
}

/// A text that names no profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// What was given.
    pub text: String,
    /// The name that may have been meant.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no profile `{}`", self.text)?;
        match self.suggestion {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => write!(f, "; there are {}", Profile::ALL.map(Profile::name).join(", ")),
        }
    }
}

impl std::error::Error for ProfileError {}

macro_rules! option_ids {
    ($($(#[$doc:meta])* $id:ident,)*) => {
        /// One open decision; its description is [`OptionId::spec`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum OptionId { $($(#[$doc])* $id,)* }

        impl OptionId {
            /// Every option, in the order of [`OPTIONS`].
            pub const ALL: &'static [Self] = &[$(Self::$id,)*];
        }
    };
}

option_ids! {
    /// What a NULL Callback gives in the family-based functions (O-01).
    NullCallback,
    /// What a NULL NotificationHandle pointer gives (O-02).
    NullHandlePointer,
    /// What the cancel of a handle that is not live gives (O-03).
    StaleCancel,
    /// Which thread makes the initial call (O-04).
    InitialThread,
    /// How many initial calls AF_UNSPEC makes.
    InitialUnspec,
    /// Which callbacks never overlap (O-05).
    Serialization,
    /// The order of callbacks of different registrations (O-06).
    DeliveryOrder,
    /// The type that comes with a Teredo port change (O-07).
    PortChangeType,
    /// What a stopped Teredo client notifies (O-08).
    PortOnStop,
    /// Whether a restart on the same port notifies (O-09).
    SamePortRestart,
    /// Which of several errors is returned (O-13).
    ErrorPriority,
    /// The number of STATUS_NOT_ENOUGH_MEMORY (O-14).
    NoMemoryStatus,
    /// The number of ERROR_* names in driver pages (O-15).
    KernelErrorNames,
    /// What becomes of notifications that wait when a cancel begins (O-19).
    EventsDuringCancel,
    /// Whether waiting notifications are merged (O-20).
    Coalescing,
    /// What the members of a notification row that are no keys hold (O-23).
    RowNonKey,
    /// When the Teredo client becomes dormant (C-28).
    DormancyRule,
    /// Which port a Teredo host-specific relay serves (C-29).
    RelayPort,
    /// Whether a dormant client counts as started.
    DormantClient,
    /// The byte order of ports.
    PortByteOrder,
    /// What a cancel that failed leaves behind.
    FailedCancel,
    /// What a second cancel of a handle that is being cancelled does.
    ConcurrentCancel,
    /// When the caller's handle variable is written.
    HandleWritten,
    /// Whether registrations work at all.
    Registration,
    /// The order of the notifications of one change.
    CascadeOrder,
    /// Which flags a Teredo address carries.
    TeredoFlags,
    /// Whether Teredo works behind a symmetric NAT.
    SymmetricNat,
    /// Whether GetTeredoPort works at all.
    TeredoQuery,
    /// What a getter gives for a LUID that names no interface.
    UnknownLuid,
    /// Whether GetIpInterfaceTable takes AF_UNSPEC (C-13).
    InterfaceTableUnspec,
    /// What InitializeIpInterfaceEntry fills in (C-09).
    InitializeInterfaceRow,
    /// Whether a new address may start out preferred (C-12).
    CreatePreferred,
    /// Where an address counts as being there already.
    DuplicateAddress,
    /// What GetUnicastIpAddressEntry gives without interface keys.
    UnicastNoKeys,
    /// Which routes count as equal when one is created (C-14).
    RouteDuplicate,
    /// Whether a route may keep the illegal SitePrefixLength of its initialization (C-10).
    SitePrefixMarker,
    /// What GetBestRoute2 does without an interface (C-16).
    BestRouteAnyInterface,
    /// What GetBestRoute2 gives when no route leads there (O-17).
    NoRoute,
    /// What changing or deleting a row gives that is not there (O-16).
    MissingRow,
    /// What a conversion gives for a LUID that names no interface.
    UnknownLuidConversion,
    /// What ConvertInterfaceLuidToNameA gives for a NULL buffer.
    NullNameBuffer,
    /// What GetIfTable2 and GetIfTable2Ex give for a NULL pointer (O-21).
    NullIfTable,
    /// What GetIfEntry2Ex gives for a level that there is not (O-22).
    IllegalLevel,
    /// What FreeMibTable does with NULL (O-18).
    FreeNull,
    /// Which addresses the stable table waits for (O-10).
    StableWait,
    /// How often the callback of the stable table is called (C-05, O-12).
    StableRepeat,
    /// Whether two calls of that callback may overlap.
    StableOverlap,
    /// What the initial call of a connectivity hint carries (O-24).
    HintInitial,
    /// What becomes of learnt addresses when their medium is gone.
    MediaLoss,
    /// What GetAdaptersAddresses answers while a lease is tentative (AD-23).
    LeaseNotAssociated,
    /// Which interfaces GetNumberOfInterfaces counts (AD-30, AD-31).
    NumberOfInterfaces,
}

impl OptionId {
    /// Everything that is known of the option.
    #[must_use]
    pub fn spec(self) -> &'static OptionSpec {
        &OPTIONS[self as usize]
    }

    /// The stable name, such as `initial-thread`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The option of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none, with the nearest name if there is one.
    pub fn parse(text: &str) -> Result<Self, OptionError> {
        let found = OPTIONS.iter().find(|spec| spec.name == text);
        found.map(|spec| spec.id).ok_or_else(|| OptionError::unknown_option(text))
    }
}

impl fmt::Display for OptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How long a decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Taken once, at the first use: a system does not change its mind.
    Run,
    /// Taken anew at each use: a race that can go either way every time.
    Use,
}

impl Scope {
    /// The word for it in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Use => "use",
        }
    }
}

/// One value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// The stable name.
    pub name: &'static str,
    /// What the simulator does under it.
    pub meaning: &'static str,
    /// Values whose every behaviour this one allows too, because it leaves the matter to the driver.
    pub includes: &'static [&'static str],
}

/// What one profile makes of one option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The values allowed, the default first; exactly one in a fixed profile.
    pub allowed: &'static [&'static str],
    /// How that is known.
    pub truth: Truth,
    /// Where it is known from.
    pub evidence: &'static str,
}

/// One open decision: its values, and what each profile makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Which option it is.
    pub id: OptionId,
    /// The stable name.
    pub name: &'static str,
    /// The silent spots (`O-04`), contradictions (`C-28`), observations (`obs 1`) and requirements behind it.
    pub covers: &'static [&'static str],
    /// The question that it answers.
    pub question: &'static str,
    /// Every value, the one of the profile `documented` first.
    pub values: &'static [OptionValue],
    /// How long a decision holds.
    pub per: Scope,
    /// Under the profile `documented`.
    pub documented: Setting,
    /// Under the profile `observed`.
    pub observed: Setting,
    /// Under the profile `adversarial`.
    pub adversarial: Setting,
    /// Under the profile `wine`.
    pub wine: Setting,
}

impl OptionSpec {
    /// What a profile makes of it.
    #[must_use]
    pub const fn setting(&self, profile: Profile) -> &Setting {
        match profile {
            Profile::Documented => &self.documented,
            Profile::Observed => &self.observed,
            Profile::Adversarial => &self.adversarial,
            Profile::Wine => &self.wine,
        }
    }

    fn position(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|known| known.name == value)
    }
}
