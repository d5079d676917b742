//! Steps that register: the Notify functions, the older pair, and their cancels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::is_default;

/// A call of NotifyTeredoPortChange or NotifyNetworkConnectivityHintChange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyCall {
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

/// A call of NotifyIpInterfaceChange, NotifyUnicastIpAddressChange or NotifyRouteChange2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyFamilyCall {
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

/// A call of NotifyStableUnicastIpAddressTable: the table at once, or later from a callback.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyStableTable {
    /// The name of the registration, for `cancel` and `expect`; not `null` or `garbage`.
    #[serde(rename = "as")]
    pub name: String,
    /// The family; left out: both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub family: Family,
    /// The number of a family, for illegal values. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u16>,
    /// The callback; left out: one that does nothing, and so never frees its table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<String>,
    /// The CallerContext: a number in a string, or the name of a context object; left out: `"0"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Pass NULL as the callback. Not together with `callback`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_callback: bool,
    /// Pass NULL as the address of the handle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_handle: bool,
    /// Pass NULL as the address of the table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_table: bool,
    /// The table variable that receives a table which the call hands out at once; left out: the step
    /// frees such a table itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The module in which the callback lies; left out: the program itself, never unloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Pass a callback of this other client, which lies in another process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_process: Option<String>,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// How many rows a table that is handed out at once must have; without such a table it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
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

/// A call of NotifyAddrChange or NotifyRouteChange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyOverlapped {
    /// The name of the OVERLAPPED, which has an event; left out: both pointers are NULL, and the call
    /// waits for the next change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlapped: Option<String>,
    /// Pass NULL as the address of the handle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_handle: bool,
    /// Pass NULL as the OVERLAPPED.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_overlapped: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

/// A call of CancelIPChangeNotify.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOverlapped {
    /// The name of the OVERLAPPED, or `null`.
    pub overlapped: String,
    /// What the call must return: TRUE if it cancelled a request; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<bool>,
}

/// A call of GetOverlappedResult that does not wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlappedResult {
    /// The name of the OVERLAPPED.
    pub overlapped: String,
    /// The code that must come out: 996 while it is pending, 0 after a change, 995 after a cancel;
    /// left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

/// A wait for the event of an OVERLAPPED.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitOverlapped {
    /// The name of the OVERLAPPED.
    pub overlapped: String,
}
