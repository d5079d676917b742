//! Address families.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Family parameter of a registration or query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// AF_UNSPEC, 0: both families.
    #[default]
    Unspec,
    /// AF_INET, 2: IPv4.
    Inet,
    /// AF_INET6, 23: IPv6.
    Inet6,
}

/// The family of one IP interface row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IpFamily {
    /// AF_INET, 2: IPv4.
    Inet,
    /// AF_INET6, 23: IPv6.
    Inet6,
}

impl IpFamily {
    /// The word for it in a scenario.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inet => "inet",
            Self::Inet6 => "inet6",
        }
    }
}
