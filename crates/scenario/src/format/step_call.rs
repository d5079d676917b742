//! Steps that call a function of netioapi.h.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::is_default;
use super::unique_map::unique_map;
use super::value::Value;

/// A call of NotifyTeredoPortChange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyTeredoPortChange {
    /// The name of the registration, for `cancel` and `expect`; not `null` or `garbage`.
    #[serde(rename = "as")]
    pub name: String,
    /// The callback; left out: one that does nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<String>,
    /// The CallerContext: a number in a string, or the name of a context object; left out: `"0"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// InitialNotification.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initial: bool,
    /// Pass NULL as the callback. Not together with `callback`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_callback: bool,
    /// Pass NULL as the address of the handle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_handle: bool,
    /// The module in which the callback lies; left out: the program itself, never unloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Pass a callback of this other client, which lies in another process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_process: Option<String>,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

/// A call of NotifyIpInterfaceChange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyIpInterfaceChange {
    /// The name of the registration, for `cancel` and `expect`; not `null` or `garbage`.
    #[serde(rename = "as")]
    pub name: String,
    /// The family; left out: both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub family: Family,
    /// The number of a family, for illegal values. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u16>,
    /// The callback; left out: one that does nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<String>,
    /// The CallerContext: a number in a string, or the name of a context object; left out: `"0"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// InitialNotification.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initial: bool,
    /// Pass NULL as the callback. Not together with `callback`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_callback: bool,
    /// Pass NULL as the address of the handle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_handle: bool,
    /// The module in which the callback lies; left out: the program itself, never unloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Pass a callback of this other client, which lies in another process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_process: Option<String>,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

/// A call of CancelMibChangeNotify2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// A registration by its name (`client.name` for that of another client), `null`, or `garbage`.
    pub handle: String,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

/// A call of GetTeredoPort.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTeredoPort {
    /// Pass NULL as the address of the port.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The port that it must give; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Value>,
    /// The variable that receives the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}

/// A call of GetIpInterfaceEntry. The row starts as zeros, or as the callback's row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetIpInterfaceEntry {
    /// Fill the LUID of the interface with this alias. Not together with `luid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Fill InterfaceLuid with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luid: Option<u64>,
    /// Fill InterfaceIndex with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Fill Family; left out: 0, or that of the callback's row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// Fill Family with this number. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u16>,
    /// Start from the callback's row. In callbacks only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from_row: bool,
    /// Pass NULL as the address of the row.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What members of the row must be, by member: `{"NlMtu": 1500}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub expect: BTreeMap<String, Value>,
    /// Variables that receive members of the row, by member: `{"NlMtu": "mtu"}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub save: BTreeMap<String, String>,
}
