//! Connectivity hints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// NL_NETWORK_CONNECTIVITY_LEVEL_HINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HintLevel {
    /// Unknown, 0.
    Unknown,
    /// None, 1.
    None,
    /// LocalAccess, 2.
    LocalAccess,
    /// InternetAccess, 3.
    InternetAccess,
    /// ConstrainedInternetAccess, 4: a captive portal.
    ConstrainedInternetAccess,
    /// Hidden, 5.
    Hidden,
}

impl HintLevel {
    /// The value of the enumeration.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// NL_NETWORK_CONNECTIVITY_COST_HINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HintCost {
    /// Unknown, 0.
    Unknown,
    /// Unrestricted, 1.
    Unrestricted,
    /// Fixed, 2: up to a limit.
    Fixed,
    /// Variable, 3: paid by the byte.
    Variable,
}

impl HintCost {
    /// The value of the enumeration.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}
