//! Why a change cannot happen.

use std::fmt;
use std::net::IpAddr;

use crate::net::{Family, Luid};
use crate::table::RouteKey;

/// Why a change cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeError {
    /// No interface has this LUID.
    NoInterface(Luid),
    /// No interface has this alias.
    NoAlias(String),
    /// The alias, index or LUID is taken by another interface.
    Taken(String),
    /// The family is not bound to the interface.
    NotBound(Family),
    /// The family is bound already.
    Bound(Family),
    /// The address is on the interface already.
    AddressExists(IpAddr),
    /// The address is not on the interface.
    NoAddress(IpAddr),
    /// The route is there already.
    RouteExists(RouteKey),
    /// There is no such route.
    NoRoute(RouteKey),
    /// The interface takes no routes (RT-13).
    NoRoutes(Luid),
    /// No program could have this address on this interface: it is no unicast address, or a loopback
    /// address of another interface.
    NotUnicast(IpAddr),
    /// The interface has no lease that could end.
    NoLease(Luid),
    /// A storm that makes no sense; the text says why.
    Storm(String),
    /// The neighbour or anycast address is not in its table.
    NoEntry(IpAddr),
    /// The adapter is not disabled.
    NotDisabled(Luid),
    /// A prefix is longer than its address.
    PrefixLength(u8),
    /// The machine has no IPv4 stack.
    NoIpv4,
    /// The UDP port is in use.
    PortInUse(u16),
    /// Nobody of the other programs has the UDP port open.
    PortNotOpen(u16),
    /// The machine has no IPv6 stack.
    NoIpv6,
    /// The Teredo pseudo-interface and the loopback come and go only by themselves.
    Reserved(String),
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterface(luid) => write!(f, "no interface has the LUID {luid}"),
            Self::NoAlias(alias) => write!(f, "no interface has the alias \"{alias}\""),
            Self::Taken(what) => write!(f, "{what} is taken by another interface"),
            Self::NotBound(family) => write!(f, "{family} is not bound to the interface"),
            Self::Bound(family) => write!(f, "{family} is bound to the interface already"),
            Self::AddressExists(address) => write!(f, "{address} is on the interface already"),
            Self::NoAddress(address) => write!(f, "{address} is not on the interface"),
            Self::RouteExists(key) => write!(f, "a route to {key} is there already"),
            Self::NoRoute(key) => write!(f, "there is no route to {key}"),
            Self::NoRoutes(luid) => write!(f, "the interface with the LUID {luid} takes no routes"),
            Self::NotUnicast(address) => {
                write!(f, "{address} is no unicast address that this interface can have")
            }
            Self::NoLease(luid) => write!(f, "the interface with the LUID {luid} has no lease"),
            Self::Storm(reason) => f.write_str(reason),
            Self::NoEntry(address) => write!(f, "{address} is not in the table of the interface"),
            Self::NotDisabled(luid) => write!(f, "no disabled adapter has the LUID {luid}"),
            Self::PrefixLength(length) => {
                write!(f, "a prefix of {length} bits is longer than its address")
            }
            Self::NoIpv4 => f.write_str("the machine has no IPv4 stack"),
            Self::PortInUse(port) => write!(f, "UDP port {port} is in use"),
            Self::PortNotOpen(port) => write!(f, "UDP port {port} is not open"),
            Self::NoIpv6 => f.write_str("the machine has no IPv6 stack"),
            Self::Reserved(what) => write!(f, "{what} comes and goes only by itself"),
        }
    }
}

impl std::error::Error for ChangeError {}
