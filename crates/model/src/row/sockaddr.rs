//! SOCKADDR_INET as the rows hold it: an address with its family, or something that is none.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::{AF_INET, AF_INET6, AF_UNSPEC, Family};

/// A SOCKADDR_INET: what a caller or the stack put into an address member (facts 8.1).
///
/// Ports and flow labels play no part in netioapi and are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SocketAddress {
    /// si_family is AF_UNSPEC: nothing was filled in.
    #[default]
    Unspecified,
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address with its sin6_scope_id.
    V6 {
        /// The address.
        address: Ipv6Addr,
        /// sin6_scope_id; 0 where there is none.
        scope_id: u32,
    },
    /// si_family is this number, which is none of the three.
    Other(u16),
}

impl SocketAddress {
    /// The address of a family that is all zeros: the next hop of an on-link route.
    #[must_use]
    pub const fn zero(family: Family) -> Self {
        match family {
            Family::V4 => Self::V4(Ipv4Addr::UNSPECIFIED),
            Family::V6 => Self::V6 { address: Ipv6Addr::UNSPECIFIED, scope_id: 0 },
        }
    }

    /// si_family, as a Windows number.
    #[must_use]
    pub const fn family_number(self) -> u16 {
        match self {
            Self::Unspecified => AF_UNSPEC,
            Self::V4(_) => AF_INET,
            Self::V6 { .. } => AF_INET6,
            Self::Other(number) => number,
        }
    }

    /// The family, if it is one of the two.
    #[must_use]
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::V4(_) => Some(Family::V4),
            Self::V6 { .. } => Some(Family::V6),
            Self::Unspecified | Self::Other(_) => None,
        }
    }

    /// The address, if the family is one of the two.
    #[must_use]
    pub const fn ip(self) -> Option<IpAddr> {
        match self {
            Self::V4(address) => Some(IpAddr::V4(address)),
            Self::V6 { address, .. } => Some(IpAddr::V6(address)),
            Self::Unspecified | Self::Other(_) => None,
        }
    }
}

impl From<IpAddr> for SocketAddress {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6 { address, scope_id: 0 },
        }
    }
}

/// As it is written: `10.0.0.1`, `fe80::1`, `fe80::1%7`, `unspecified`, `family 77`.
impl fmt::Display for SocketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => f.write_str("unspecified"),
            Self::V4(address) => address.fmt(f),
            Self::V6 { address, scope_id: 0 } => address.fmt(f),
            Self::V6 { address, scope_id } => write!(f, "{address}%{scope_id}"),
            Self::Other(number) => write!(f, "family {number}"),
        }
    }
}

/// A text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketAddressError;

impl fmt::Display for SocketAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not an address: `10.0.0.1`, `fe80::1`, `fe80::1%7`, `unspecified` or `family 77`",
        )
    }
}

impl std::error::Error for SocketAddressError {}

impl std::str::FromStr for SocketAddress {
    type Err = SocketAddressError;

    fn from_str(text: &str) -> Result<Self, SocketAddressError> {
        if text == "unspecified" {
            return Ok(Self::Unspecified);
        }
        if let Some(number) = text.strip_prefix("family ") {
            let number: u16 = number.parse().map_err(|_| SocketAddressError)?;
            return match number {
                AF_UNSPEC => Ok(Self::Unspecified),
                AF_INET => Ok(Self::zero(Family::V4)),
                AF_INET6 => Ok(Self::zero(Family::V6)),
                number => Ok(Self::Other(number)),
            };
        }
        if let Some((address, scope)) = text.split_once('%') {
            let address = address.parse().map_err(|_| SocketAddressError)?;
            let scope_id = scope.parse().map_err(|_| SocketAddressError)?;
            return Ok(Self::V6 { address, scope_id });
        }
        text.parse::<IpAddr>().map(Self::from).map_err(|_| SocketAddressError)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for SocketAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for SocketAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::SocketAddress;

    #[test]
    fn every_form_reads_back() {
        for text in ["unspecified", "10.0.0.1", "fe80::1", "fe80::1%7", "family 77"] {
            let address: SocketAddress = text.parse().expect("an address");
            assert_eq!(address.to_string(), text);
        }
        assert!("10.0.0.256".parse::<SocketAddress>().is_err());
        assert_eq!("family 23".parse::<SocketAddress>().expect("zero").to_string(), "::");
    }
}
