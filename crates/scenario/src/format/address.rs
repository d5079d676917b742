//! Addresses as a scenario writes them.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An IP address and the length of its on-link prefix: `192.168.1.10/24`, `fe80::1/64`.
///
/// Without `/length` the prefix is the whole address: 32 or 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    /// The address.
    pub address: IpAddr,
    /// The length of the prefix, in bits: 0 to 32, or 0 to 128.
    pub prefix_length: u8,
}

impl FromStr for Cidr {
    type Err = WrittenAddressError;

    fn from_str(text: &str) -> Result<Self, WrittenAddressError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| WrittenAddressError::Address)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_length = match length {
            None => longest,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|length| *length <= longest)
                .ok_or(WrittenAddressError::Prefix { longest })?,
            Some(_) => return Err(WrittenAddressError::Prefix { longest }),
        };
        Ok(Self { address, prefix_length })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_length)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Cidr {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "cidr",
            "pattern": "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"
        })
    }
}

/// A hardware address: one to 32 bytes in hexadecimal with colons, `02:00:5e:00:00:01`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhysicalAddress(pub Vec<u8>);

impl FromStr for PhysicalAddress {
    type Err = WrittenAddressError;

    fn from_str(text: &str) -> Result<Self, WrittenAddressError> {
        let byte = |digits: &str| match digits.as_bytes() {
            [a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                u8::from_str_radix(digits, 16).map_err(|_| WrittenAddressError::Physical)
            }
            _ => Err(WrittenAddressError::Physical),
        };
        let bytes = text.split(':').map(byte).collect::<Result<Vec<u8>, _>>()?;
        if bytes.len() > 32 {
            return Err(WrittenAddressError::Physical);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for PhysicalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let colon = if position == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl Serialize for PhysicalAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PhysicalAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for PhysicalAddress {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PhysicalAddress".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "physical-address",
            "pattern": "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){0,31}$"
        })
    }
}

/// Why a text is not an address as a scenario writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrittenAddressError {
    /// The part before the slash is no IPv4 or IPv6 address.
    Address,
    /// The part after the slash is no number, or too big for the family.
    Prefix {
        /// The longest prefix of the family.
        longest: u8,
    },
    /// Not bytes in hexadecimal with colons, or more than 32 of them.
    Physical,
}

impl fmt::Display for WrittenAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("not an IPv4 or IPv6 address"),
            Self::Prefix { longest } => {
                write!(f, "the prefix length is not a number from 0 to {longest}")
            }
            Self::Physical => {
                f.write_str("not a hardware address such as 02:00:5e:00:00:01 (at most 32 bytes)")
            }
        }
    }
}

impl std::error::Error for WrittenAddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_length_is_a_host() {
        let host: Cidr = "10.0.0.1".parse().expect("an address");
        assert_eq!(host.to_string(), "10.0.0.1/32");
        let host: Cidr = "fe80::1".parse().expect("an address");
        assert_eq!(host.to_string(), "fe80::1/128");
    }

    #[test]
    fn bad_lengths_are_refused() {
        for text in ["10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/+8", "::1/129"] {
            assert!(
                matches!(text.parse::<Cidr>(), Err(WrittenAddressError::Prefix { .. })),
                "{text}"
            );
        }
        assert_eq!("10.0.0/8".parse::<Cidr>(), Err(WrittenAddressError::Address));
    }

    #[test]
    fn hardware_addresses_round_trip() {
        let text = "02:00:5e:00:00:01";
        assert_eq!(text.parse::<PhysicalAddress>().expect("bytes").to_string(), text);
        for text in ["", "2:0", "02-00", "zz", "02:"] {
            assert!(text.parse::<PhysicalAddress>().is_err(), "{text}");
        }
    }
}
