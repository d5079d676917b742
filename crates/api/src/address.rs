//! Unicast addresses.

use std::fmt;
use std::net::IpAddr;

use crate::{Family, Luid};

/// An IP address with its scope, as a SOCKADDR_INET holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// sin6_scope_id; 0 for IPv4 and where none was given.
    pub scope_id: u32,
}

impl Address {
    /// The family of the address.
    #[must_use]
    pub const fn family(self) -> Family {
        Family::of(self.ip)
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self { ip, scope_id: 0 }
    }
}

/// As it is written: `10.0.0.1`, `fe80::1`, `fe80::1%7`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope_id {
            0 => self.ip.fmt(f),
            scope_id => write!(f, "{}%{scope_id}", self.ip),
        }
    }
}

/// NL_DAD_STATE: how far duplicate address detection is (ST-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DadState {
    /// 0, or a number that this crate does not know.
    Invalid,
    /// 1: detection runs.
    Tentative,
    /// 2: somebody else has the address.
    Duplicate,
    /// 3: usable, but not for new connections.
    Deprecated,
    /// 4: usable.
    Preferred,
}

impl DadState {
    /// The state with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Tentative,
            2 => Self::Duplicate,
            3 => Self::Deprecated,
            4 => Self::Preferred,
            _ => Self::Invalid,
        }
    }

    /// Whether packets may be sent from such an address: Preferred or Deprecated.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Preferred | Self::Deprecated)
    }
}

/// The keys of a unicast address: all that a notification tells (NU-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnicastKey {
    /// Address.
    pub address: Address,
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
}

/// A unicast address: what most programs read of a MIB_UNICASTIPADDRESS_ROW.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnicastAddress {
    /// Address, InterfaceLuid and InterfaceIndex.
    pub key: UnicastKey,
    /// OnLinkPrefixLength, in bits.
    pub prefix_length: u8,
    /// DadState.
    pub dad_state: DadState,
    /// SkipAsSource.
    pub skip_as_source: bool,
    /// PrefixOrigin: an NL_PREFIX_ORIGIN.
    pub prefix_origin: u32,
    /// SuffixOrigin: an NL_SUFFIX_ORIGIN.
    pub suffix_origin: u32,
    /// ValidLifetime, in seconds; 0xFFFFFFFF is infinite (ST-11).
    pub valid_lifetime_s: u32,
    /// PreferredLifetime, in seconds; 0xFFFFFFFF is infinite (ST-11).
    pub preferred_lifetime_s: u32,
}

impl UnicastAddress {
    /// A row that has nothing but its keys.
    #[must_use]
    pub const fn new(key: UnicastKey) -> Self {
        Self {
            key,
            prefix_length: 0,
            dad_state: DadState::Invalid,
            skip_as_source: false,
            prefix_origin: 0,
            suffix_origin: 0,
            valid_lifetime_s: 0,
            preferred_lifetime_s: 0,
        }
    }
}
