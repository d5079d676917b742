//! Steps on tables that the API hands out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::is_default;
use super::unique_map::{unique_map, unique_maps};
use super::value::Value;

/// A call of a function that hands out a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableCall {
    /// The table variable that receives the table; not `null`, `garbage`, `row` or `callback`.
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The family, of functions that have one; left out: both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub family: Family,
    /// The number of a family, for illegal values. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u16>,
    /// Level, of GetIfTable2Ex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u16>,
    /// Pass NULL as the address of the table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// Exactly so many rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// At least so many rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Rows that must be in the table, each by some of its members.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_maps")]
    pub contains: Vec<BTreeMap<String, Value>>,
    /// Rows that must not be in the table, each by some of its members.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_maps")]
    pub lacks: Vec<BTreeMap<String, Value>>,
    /// Whether the step frees the table after looking at it; left out: only without `as`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<bool>,
}

/// A look at a row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadTable {
    /// A table variable, or `callback`: the table that the running callback was handed.
    pub table: String,
    /// The position of the row, from 0; left out, and without `where`: the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Read the first row with these members. Not together with `row`.
    #[serde(
        rename = "where",
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "unique_map"
    )]
    pub pattern: BTreeMap<String, Value>,
    /// The member.
    pub member: String,
    /// What it must be; left out: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// The variable that receives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}

/// A call of FreeMibTable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeMibTable {
    /// A table variable; `null`; `garbage`: memory that the API never handed out; `row`: the
    /// callback's row, which is forbidden; or `callback`: the table that the running callback was
    /// handed.
    pub table: String,
}

/// The table that the running callback was handed, to be kept. In callbacks only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepTable {
    /// The table variable.
    #[serde(rename = "as")]
    pub name: String,
}
