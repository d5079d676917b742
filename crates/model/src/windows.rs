//! Which Windows a machine runs: it decides which functions exist.

use std::fmt;

use crate::status::nearest;

/// A Windows version, by its build number.
///
/// # Examples
///
/// ```
/// use netiosim_model::windows::Windows;
///
/// assert_eq!("10 2004".parse(), Ok(Windows::V10_2004));
/// assert_eq!("19041".parse(), Ok(Windows::V10_2004));
/// assert!(Windows::V7 < Windows::V10_1703);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Windows(pub u32);

macro_rules! versions {
    ($($(#[$meta:meta])* $name:ident = $build:literal, $text:literal;)*) => {
        impl Windows {
            $($(#[$meta])* pub const $name: Self = Self($build);)*

            /// The versions that have a name, the oldest first.
            pub const NAMED: &'static [(Self, &'static str)] = &[$((Self::$name, $text),)*];
        }
    };
}

versions! {
    /// Windows Vista and Server 2008: the first with these functions (TP-30, NI-27).
    VISTA = 6000, "Vista";
    /// Windows 7.
    V7 = 7600, "7";
    /// Windows 8.
    V8 = 9200, "8";
    /// Windows 8.1.
    V8_1 = 9600, "8.1";
    /// Windows 10, the first.
    V10_1507 = 10_240, "10 1507";
    /// Windows Server 2016.
    SERVER_2016 = 14_393, "Server 2016";
    /// Windows 10 version 1703 (IF-09, FT-06).
    V10_1703 = 15_063, "10 1703";
    /// Windows 10 version 1809.
    V10_1809 = 17_763, "10 1809";
    /// Windows 10 version 2004 (NH-06, CH-03).
    V10_2004 = 19_041, "10 2004";
    /// Windows 10 version 22H2.
    V10_22H2 = 19_045, "10 22H2";
    /// Windows Server 2022.
    SERVER_2022 = 20_348, "Server 2022";
    /// Windows 11 version 21H2.
    V11_21H2 = 22_000, "11 21H2";
    /// Windows 11 version 22H2.
    V11_22H2 = 22_621, "11 22H2";
    /// Windows 11 version 24H2 and Server 2025.
    V11_24H2 = 26_100, "11 24H2";
}

impl Windows {
    /// Whether it is Windows 10 or later (UC-14).
    #[must_use]
    pub fn is_10(self) -> bool {
        self >= Self::V10_1507
    }
}

impl Default for Windows {
    /// The newest of the named ones.
    fn default() -> Self {
        Self::V11_24H2
    }
}

/// The name and the build: `Windows 10 2004 (build 19041)`.
impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMED.iter().find(|known| known.0 == *self) {
            Some((_, name)) => write!(f, "Windows {name} (build {})", self.0),
            None => write!(f, "Windows build {}", self.0),
        }
    }
}

/// A text that names no version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowsError {
    /// What was given.
    pub text: String,
    /// The name that may have been meant.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for WindowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is neither a Windows version nor a build from 6000 on", self.text)?;
        match self.suggestion {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => {
                let names: Vec<&str> = Windows::NAMED.iter().map(|known| known.1).collect();
                write!(f, "; there are {}", names.join(", "))
            }
        }
    }
}

impl std::error::Error for WindowsError {}

impl std::str::FromStr for Windows {
    type Err = WindowsError;

    fn from_str(text: &str) -> Result<Self, WindowsError> {
        if let Some((version, _)) = Self::NAMED.iter().find(|known| known.1 == text) {
            return Ok(*version);
        }
        match text.parse() {
            Ok(build) if build >= Self::VISTA.0 => Ok(Self(build)),
            _ => Err(WindowsError {
                text: text.to_owned(),
                suggestion: nearest(text, Self::NAMED.iter().map(|known| known.1)),
            }),
        }
    }
}
