//! Result codes: what a call answers, in both flavours, with names and message texts.
//!
//! A [`Status`] is the meaning; its number depends on the [`Flavour`] and, in the driver flavour,
//! on how two gaps of the driver pages are filled ([`KernelNames`]). Names and texts come from one
//! table of codes.

mod codes;
mod nearest;

use std::fmt;

use self::codes::{CODES, Code, MEANINGS, NO_SUCH_NAMES};
pub use self::nearest::nearest;

/// Which side of Windows a caller is on: it decides codes, the success test and IRQL checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Flavour {
    /// User mode: Win32 codes, success is zero.
    #[default]
    User,
    /// Driver: NTSTATUS, success is a clear sign bit (NT-08).
    Kernel,
}

impl Flavour {
    /// Both flavours, user mode first.
    pub const ALL: [Self; 2] = [Self::User, Self::Kernel];

    /// The word for it in scenario files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Kernel => "kernel",
        }
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the driver flavour fills the two gaps of its pages' code names.
///
/// The profile options `kernel-error-names` (O-15) and `no-memory-status` (O-14) decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct KernelNames {
    /// Whether an ERROR_* name in a driver page means its literal Win32 number (C-02).
    ///
    /// Such a number passes NT_SUCCESS (NT-09).
    pub literal_error_names: bool,
    /// The number that stands for the pages' STATUS_NOT_ENOUGH_MEMORY, which has none (NT-10).
    pub no_memory: u32,
}

impl KernelNames {
    /// STATUS_INSUFFICIENT_RESOURCES, the suggested substitute of O-14.
    pub const INSUFFICIENT_RESOURCES: u32 = 0xC000_009A;
    /// STATUS_NO_MEMORY, the other candidate of O-14.
    pub const NO_MEMORY: u32 = 0xC000_0017;
}

impl Default for KernelNames {
    /// The literal numbers and STATUS_INSUFFICIENT_RESOURCES, as the profile `documented` has it.
    fn default() -> Self {
        Self { literal_error_names: true, no_memory: Self::INSUFFICIENT_RESOURCES }
    }
}

/// The meaning of a result; [`Status::code`] gives its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Status {
    /// The call did what was asked: NO_ERROR or STATUS_SUCCESS.
    Success,
    /// An argument is not acceptable: 87 or STATUS_INVALID_PARAMETER.
    InvalidParameter,
    /// A bad handle, inside a Notify function or given to it (TP-18).
    InvalidHandle,
    /// Out of memory (TP-17); in the driver flavour a substitute (NT-10).
    NotEnoughMemory,
    /// The Teredo client is not started (GT-05, GT-06).
    NotReady,
    /// The IP stack of that family is absent (GT-07, GT-08).
    NotSupported,
    /// The interface does not exist: 2 in the user flavour (IE-05), STATUS_NOT_FOUND in the driver's (IE-06).
    FileNotFound,
    /// The row or the family on that interface does not exist (IE-07).
    NotFound,
    /// The caller may not do that.
    AccessDenied,
    /// The answer comes later, through the callback.
    IoPending,
    /// The network store interface service cannot be reached: 1753, observed, not documented.
    NotRegistered,
    /// The service did not answer: 1722, for fault injection.
    ServerUnavailable,
    /// Waiting would have closed a cycle: 1131, for callers who asked for an error instead of a hang.
    PossibleDeadlock,
    /// A name is longer than its buffer, or a list bigger than its.
    BufferOverflow,
    /// A name is malformed; in the driver flavour a substitute (NT-10).
    InvalidName,
    /// A failure without a better word.
    CanNotComplete,
    /// No route leads there; documented on no page (O-17).
    NetworkUnreachable,
    /// The object exists already.
    ObjectAlreadyExists,
    /// There is nothing that the call could list: 232, of GetAdaptersAddresses and GetAdaptersInfo.
    NoData,
    /// An address is known and not yet usable: 1228, of GetAdaptersAddresses.
    AddressNotAssociated,
    /// The function does not exist on this Windows: ERROR_PROC_NOT_FOUND, 127, where a program looks
    /// it up; chosen as the answer of a call that could not be made at all.
    Absent,
    /// This number as it stands, in either flavour.
    Raw(u32),
}

impl Status {
    /// The number of this status in a flavour.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_model::status::{Flavour, KernelNames, Status};
    ///
    /// let names = KernelNames::default();
    /// assert_eq!(Status::NotReady.code(Flavour::User, names), 21);
    /// assert_eq!(Status::NotReady.code(Flavour::Kernel, names), 21);
    /// let mapped = KernelNames { literal_error_names: false, ..names };
    /// assert_eq!(Status::NotReady.code(Flavour::Kernel, mapped), 0xC000_00A3);
    /// ```
    #[must_use]
    pub fn code(self, flavour: Flavour, names: KernelNames) -> u32 {
        if let Self::Raw(code) = self {
            return code;
        }
        let meaning = MEANINGS.iter().find(|meaning| meaning.status == self);
        let meaning = meaning.expect("the table names every status");
        match flavour {
            Flavour::User => meaning.user,
            Flavour::Kernel => meaning.kernel.number(meaning.user, names),
        }
    }

    /// Whether the caller's own test calls this status a success; see [`success`].
    #[must_use]
    pub fn is_success(self, flavour: Flavour, names: KernelNames) -> bool {
        success(self.code(flavour, names), flavour)
    }

    /// Every status that has a meaning of its own, which is all but [`Status::Raw`].
    pub fn all() -> impl Iterator<Item = Self> {
        MEANINGS.iter().map(|meaning| meaning.status)
    }
}

/// Whether a number is a success by the test of its flavour (NT-08).
///
/// User: equal to zero. Kernel: NT_SUCCESS, the sign bit is clear, so that a literal Win32 number
/// in a driver page counts as success (NT-09).
#[must_use]
pub const fn success(code: u32, flavour: Flavour) -> bool {
    match flavour {
        Flavour::User => code == 0,
        Flavour::Kernel => code < 0x8000_0000,
    }
}

/// The name that the headers give to a number, if this crate knows it.
///
/// In the kernel flavour the five Win32 names of the driver pages (C-02) are known by their
/// literal numbers.
#[must_use]
pub fn code_name(code: u32, flavour: Flavour) -> Option<&'static str> {
    lookup(code, flavour).map(|code| code.name)
}

/// A one-line text for a number, as FormatMessage would give it, in our own words (TP-37).
#[must_use]
pub fn message(code: u32, flavour: Flavour) -> Option<&'static str> {
    lookup(code, flavour).map(|code| code.message)
}

/// Every code name that [`parse_code`] accepts, each once, in table order.
pub fn code_names() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|code| code.name)
}

/// Reads a code: a name such as `ERROR_NOT_READY` or `STATUS_SUCCESS`, `0x…`, or decimal.
///
/// # Errors
///
/// Fails when the text is none of these, with the nearest name if there is one. The two names of
/// the driver pages that have no value (C-01) are refused with their substitute as suggestion.
///
/// # Examples
///
/// ```
/// use netiosim_model::status::parse_code;
///
/// assert_eq!(parse_code("EPT_S_NOT_REGISTERED"), Ok(1753));
/// assert_eq!(parse_code("0xC000000D"), Ok(0xC000_000D));
/// assert_eq!(parse_code("ERROR_NOT_REDY").unwrap_err().suggestion, Some("ERROR_NOT_READY"));
/// ```
pub fn parse_code(text: &str) -> Result<u32, CodeError> {
    if let Some(code) = CODES.iter().find(|code| code.name == text) {
        return Ok(code.number);
    }
    let error = |reason, suggestion| CodeError { text: text.to_owned(), reason, suggestion };
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = digits.map_or((text, 10), |digits| (digits, 16));
    if !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix)) {
        let number = u32::from_str_radix(digits, radix);
        return number.map_err(|_| error("a code has at most 32 bits", None));
    }
    if let Some((_, substitute)) = NO_SUCH_NAMES.iter().find(|(name, _)| *name == text) {
        return Err(error(
            "the driver pages use this name but no header gives it a value",
            Some(*substitute),
        ));
    }
    let suggestion = nearest(&text.to_ascii_uppercase(), code_names());
    Err(error("neither a known code name nor a number", suggestion))
}

/// The status that a text names: of a Win32 name what the machine itself would answer, so that each
/// flavour gets its own number; of an NTSTATUS name or a number just that number.
///
/// # Errors
///
/// As [`parse_code`].
pub fn parse_status(text: &str) -> Result<Status, CodeError> {
    let number = parse_code(text)?;
    let win32 = text.starts_with("ERROR_") || text.starts_with("EPT_") || text == "NO_ERROR";
    let names = KernelNames::default();
    let known = |status: &Status| status.code(Flavour::User, names) == number;
    Ok(Status::all().find(known).filter(|_| win32).unwrap_or(Status::Raw(number)))
}

/// A text that is not a result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
    /// A name that may have been meant.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a result code: {}", self.text, self.reason)?;
        match self.suggestion {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CodeError {}

fn lookup(number: u32, flavour: Flavour) -> Option<&'static Code> {
    let own = CODES.iter().find(|code| code.flavour == flavour && code.number == number);
    own.or_else(|| {
        CODES
            .iter()
            .find(|code| code.number == number && code.driver_pages && flavour == Flavour::Kernel)
    })
}
