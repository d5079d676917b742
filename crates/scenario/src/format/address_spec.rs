//! Unicast addresses of a stack: the short form and the long one.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::address::Cidr;
use super::expect_stack::DadState;
use super::is_default;

/// A unicast address of a stack: `"192.168.1.10/24"`, or an object with the address and more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AddressSpec {
    /// Only the address with its prefix length: set by hand, for ever, usable.
    Plain(Cidr),
    /// The address with what else is said of it.
    Detailed(Box<AddressDetails>),
}

/// A unicast address of a stack with what is said of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressDetails {
    /// The address with its prefix length: `192.168.1.10/24`.
    pub address: Cidr,
    /// How far duplicate address detection is; left out: `preferred`, or `duplicate` where another
    /// host has the address. A tentative address begins its detection at time 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DadState>,
    /// Where the prefix comes from; left out: `manual`, or `well_known` for link-local addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<PrefixOrigin>,
    /// Where the rest comes from; left out: what goes with `origin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix_origin: Option<SuffixOrigin>,
    /// For how long it is valid, in seconds; left out: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_s: Option<u32>,
    /// For how long it is preferred, in seconds; left out: as long as it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_s: Option<u32>,
    /// SkipAsSource.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip_as_source: bool,
    /// Whether it comes back after a restart of the machine or of its adapter; left out: unless it
    /// comes from a DHCP server or router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent: Option<bool>,
}

/// Where the prefix of an address comes from (NL_PREFIX_ORIGIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrefixOrigin {
    /// From elsewhere.
    Other,
    /// By hand.
    Manual,
    /// Well known.
    WellKnown,
    /// From a DHCP server.
    Dhcp,
    /// From a router advertisement.
    RouterAdvertisement,
}

/// Where the rest of an address comes from (NL_SUFFIX_ORIGIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuffixOrigin {
    /// From elsewhere.
    Other,
    /// By hand.
    Manual,
    /// Well known.
    WellKnown,
    /// From a DHCP server.
    Dhcp,
    /// From the link-layer address.
    LinkLayerAddress,
    /// Random.
    Random,
}

impl AddressSpec {
    /// The address with its prefix length.
    #[must_use]
    pub fn cidr(&self) -> Cidr {
        match self {
            Self::Plain(cidr) => *cidr,
            Self::Detailed(details) => details.address,
        }
    }

    /// What is said of it; of a plain address nothing but itself.
    #[must_use]
    pub fn details(&self) -> AddressDetails {
        match self {
            Self::Plain(cidr) => AddressDetails::new(*cidr),
            Self::Detailed(details) => (**details).clone(),
        }
    }
}

impl AddressDetails {
    /// An address of which nothing but itself is said.
    #[must_use]
    pub const fn new(address: Cidr) -> Self {
        Self {
            address,
            state: None,
            origin: None,
            suffix_origin: None,
            valid_s: None,
            preferred_s: None,
            skip_as_source: false,
            persistent: None,
        }
    }
}

impl From<Cidr> for AddressSpec {
    fn from(cidr: Cidr) -> Self {
        Self::Plain(cidr)
    }
}

impl Serialize for AddressSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(cidr) => cidr.serialize(serializer),
            Self::Detailed(details) => details.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AddressSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// A text or an object.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = AddressSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address such as 192.168.1.10/24, or an object with the member `address`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(AddressSpec::Plain).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let details = AddressDetails::deserialize(MapAccessDeserializer::new(map))?;
        Ok(AddressSpec::Detailed(Box::new(details)))
    }
}

impl JsonSchema for AddressSpec {
    fn schema_name() -> Cow<'static, str> {
        "AddressSpec".into()
    }

    /// The schema of the object, which says of texts too what they must be.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = AddressDetails::json_schema(generator);
        let text = Cidr::json_schema(generator);
        for name in ["format", "pattern"] {
            if let Some(value) = text.get(name) {
                schema.insert(name.to_owned(), value.clone());
            }
        }
        schema.insert("type".to_owned(), vec!["string", "object"].into());
        let about =
            "A unicast address: `\"192.168.1.10/24\"`, or an object with the address and more.";
        schema.insert("description".to_owned(), about.into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_stay_as_they_were_written() {
        for text in
            [r#""10.0.0.1/8""#, r#"{"address":"fe80::1/64","state":"tentative","valid_s":60}"#]
        {
            let read: AddressSpec = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&read).expect("text"), text);
        }
    }

    #[test]
    fn what_is_neither_form_is_refused() {
        for text in ["7", "[]", "null", "{}", r#"{"address": "x"}"#, r#""10.0.0.1/99""#] {
            assert!(serde_json::from_str::<AddressSpec>(text).is_err(), "{text}");
        }
        let unknown = r#"{"address": "10.0.0.1/8", "stat": "preferred"}"#;
        assert!(serde_json::from_str::<AddressSpec>(unknown).is_err());
    }
}
