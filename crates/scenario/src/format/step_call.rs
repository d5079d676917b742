//! Steps that query, change and convert, apart from tables.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::is_default;
use super::unique_map::unique_map;
use super::value::Value;

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

/// A call of a function with one row: Get, Set, Create, Delete or Initialize.
///
/// The row starts as zeros (an IP interface row with the family `inet`), or as `initialize`,
/// `from_row` or `from` say; then the keys are filled, then the members of `row`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowCall {
    /// Fill the LUID of the interface with this alias. Not together with `luid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Fill InterfaceLuid with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luid: Option<Value>,
    /// Fill InterfaceIndex with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// Fill Family, of an IP interface row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// Fill Family with this number, of an IP interface row. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u16>,
    /// Level, of GetIfEntry2Ex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u16>,
    /// Fill these members, by Microsoft's names: `{"Address": "10.0.0.9", "OnLinkPrefixLength": 24}`.
    /// `DestinationPrefix` fills prefix and length; a LUID or index may be given as an alias.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub row: BTreeMap<String, Value>,
    /// Start from the row that the function's Initialize sibling makes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initialize: bool,
    /// Start from the callback's row; of one of another type the keys are copied. In callbacks only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from_row: bool,
    /// Start from the row that a step kept under this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Keep the row, as it is after the call, under this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// Pass NULL as the address of the row.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What members of the row must be, by member: `{"NlMtu": 1500}`. After a failure there is no row.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub expect: BTreeMap<String, Value>,
    /// Variables that receive members of the row, by member: `{"NlMtu": "mtu"}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub save: BTreeMap<String, String>,
}

/// A call of GetBestRoute2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetBestRoute2 {
    /// Pass the LUID of the interface with this alias. Not together with `luid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Pass this number as InterfaceLuid; left out, and without `interface`: NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luid: Option<Value>,
    /// InterfaceIndex; left out: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// SourceAddress; left out: NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Value>,
    /// DestinationAddress; left out: NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Value>,
    /// AddressSortOptions; left out: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_options: Option<u32>,
    /// Pass NULL as the address of the route.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_route: bool,
    /// Pass NULL as the address of the best source address.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_source: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What members of the route must be, by member: `{"NextHop": "192.168.1.1"}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub expect: BTreeMap<String, Value>,
    /// The best source address that must come out; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_is: Option<Value>,
    /// Variables that receive members of the route, by member.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub save: BTreeMap<String, String>,
    /// The variable that receives the best source address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_source: Option<String>,
}

/// A call of GetBestInterface or GetBestInterfaceEx.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BestInterfaceCall {
    /// The destination; left out: NULL, which only GetBestInterfaceEx can be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Value>,
    /// Pass NULL as the address of the index.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The alias of the interface whose index must come out; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The variable that receives the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}

/// A call of GetNetworkConnectivityHint or GetNetworkConnectivityHintForInterface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HintCall {
    /// Pass the index of the interface with this alias. Not together with `index`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// InterfaceIndex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// Pass NULL as the address of the hint.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What members of the hint must be, by member: `{"ConnectivityLevel": "internet_access"}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub expect: BTreeMap<String, Value>,
    /// Variables that receive members of the hint, by member.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub save: BTreeMap<String, String>,
}

/// A call of a conversion. What is converted is exactly one of the inputs, or `null_input`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertCall {
    /// Convert what names the interface with this alias: its LUID, index, GUID, alias or name, as the
    /// function takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// A LUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luid: Option<Value>,
    /// An index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// A GUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Value>,
    /// An alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Value>,
    /// A name such as `ethernet_7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Value>,
    /// An IPv4 mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Value>,
    /// A prefix length, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_bits: Option<Value>,
    /// Pass NULL as what is to be converted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_input: bool,
    /// Pass NULL as the address of the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_output: bool,
    /// The size of the place for a text, its terminator included: bytes for the A forms and
    /// if_indextoname, characters for the others; left out: enough, 257.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer: Option<u32>,
    /// The code that the call must return; of if_nametoindex and if_indextoname the one behind their
    /// failure, which a program does not see; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The result that must come out; a LUID or index may be given as the alias of its interface; left
    /// out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// The variable that receives the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}

impl ConvertCall {
    /// The inputs that are values, by the names of their members.
    #[must_use]
    pub fn inputs(&self) -> [(&'static str, &Option<Value>); 7] {
        [
            ("luid", &self.luid),
            ("index", &self.index),
            ("guid", &self.guid),
            ("alias", &self.alias),
            ("name", &self.name),
            ("mask", &self.mask),
            ("length_bits", &self.length_bits),
        ]
    }
}

/// A look for a function, as with GetProcAddress.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HasFunction {
    /// The function, by Microsoft's name or by the name of its step.
    pub function: String,
    /// Whether it must be there; left out: either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// The variable that receives 1 if it is there, else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}
