//! Teredo IPv6 addresses: the five things that one holds, and how they are packed.
//!
//! Source: RFC 4380 section 4 for the layout, RFC 5991 for the random flag bits (TA-01 to TA-09,
//! TA-24).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The flag bits of a Teredo address: `C R AAAA U G AAAAAAAA` from the highest bit down.
pub mod flag {
    /// C, the cone bit of RFC 4380; retired but still defined by RFC 5991.
    pub const CONE: u16 = 0x8000;
    /// R, reserved, always zero.
    pub const RESERVED: u16 = 0x4000;
    /// U, the universal/local bit of the interface identifier, always zero.
    pub const UNIVERSAL: u16 = 0x0200;
    /// G, the individual/group bit of the interface identifier, always zero.
    pub const GROUP: u16 = 0x0100;
    /// A, the twelve bits that RFC 5991 fills at random (TA-08).
    pub const RANDOM: u16 = 0x3CFF;
}

/// The flags that an RFC 4380 client sends: the cone bit or nothing (TA-07).
#[must_use]
pub const fn rfc4380_flags(cone: bool) -> u16 {
    if cone { flag::CONE } else { 0 }
}

/// What an RFC 4380 receiver sees in flags: every bit but the cone bit is ignored (TA-07).
#[must_use]
pub const fn rfc4380_received(flags: u16) -> u16 {
    flags & flag::CONE
}

/// The flags that an RFC 5991 client sends: the lowest twelve bits of `random`, spread over the
/// A bits; all other bits are zero (TA-08).
#[must_use]
pub const fn rfc5991_flags(random: u64) -> u16 {
    let low = (random & 0x00FF) as u16;
    let high = ((random >> 8) & 0x000F) as u16;
    low | (high << 10)
}

/// Which /32 a Teredo address lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoPrefix {
    /// 2001:0000::/32, the one that RFC 4380 assigned (TA-06).
    #[default]
    Standard,
    /// 3ffe:831f::/32, which Windows XP and Server 2003 used before bulletin MS06-064 (facts 8a.1).
    PreStandard,
}

impl TeredoPrefix {
    /// The 32 bits of the prefix.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Standard => 0x2001_0000,
            Self::PreStandard => 0x3FFE_831F,
        }
    }
}

/// The parts of a Teredo IPv6 address, unpacked (RFC 4380 section 4).
///
/// # Examples
///
/// ```
/// use netiosim_model::teredo::{TeredoAddress, TeredoPrefix};
///
/// let address = TeredoAddress {
///     prefix: TeredoPrefix::Standard,
///     server: [192, 0, 2, 1].into(),
///     flags: 0,
///     port: 5000,
///     client: [198, 51, 100, 7].into(),
/// };
/// assert_eq!(address.to_ipv6().to_string(), "2001:0:c000:201:0:ec77:39cc:9bf8");
/// assert_eq!(TeredoAddress::try_from(address.to_ipv6()), Ok(address));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TeredoAddress {
    /// The prefix, bits 0 to 31.
    pub prefix: TeredoPrefix,
    /// The IPv4 address of the Teredo server, bits 32 to 63.
    pub server: Ipv4Addr,
    /// The [flags](flag), bits 64 to 79.
    pub flags: u16,
    /// The mapped (external) UDP port in host byte order; bits 80 to 95 hold its complement.
    pub port: u16,
    /// The mapped (external) IPv4 address; bits 96 to 127 hold its complement.
    pub client: Ipv4Addr,
}

impl TeredoAddress {
    /// The IPv6 address that holds these parts.
    #[must_use]
    pub fn to_ipv6(self) -> Ipv6Addr {
        let network = (u64::from(self.prefix.bits()) << 32) | u64::from(self.server.to_bits());
        let identifier = interface_identifier(self.flags, self.port, self.client);
        Ipv6Addr::from_bits((u128::from(network) << 64) | u128::from(identifier))
    }

    /// The link-local address with the same interface identifier (TA-09, TI-05).
    #[must_use]
    pub fn link_local(self) -> Ipv6Addr {
        link_local(self.flags, self.port, self.client)
    }

    /// Whether the embedded address may stand in a global Teredo address (TA-09).
    #[must_use]
    pub fn embeds_global_unicast(self) -> bool {
        is_global_unicast(self.client)
    }
}

impl TryFrom<Ipv6Addr> for TeredoAddress {
    type Error = NotTeredo;

    fn try_from(address: Ipv6Addr) -> Result<Self, NotTeredo> {
        let bits = address.to_bits();
        let prefix = [TeredoPrefix::Standard, TeredoPrefix::PreStandard]
            .into_iter()
            .find(|prefix| bits >> 96 == u128::from(prefix.bits()))
            .ok_or(NotTeredo)?;
        Ok(Self {
            prefix,
            server: Ipv4Addr::from_bits((bits >> 64) as u32),
            flags: (bits >> 48) as u16,
            port: !((bits >> 32) as u16),
            client: Ipv4Addr::from_bits(!(bits as u32)),
        })
    }
}

impl From<TeredoAddress> for Ipv6Addr {
    fn from(address: TeredoAddress) -> Self {
        address.to_ipv6()
    }
}

impl fmt::Display for TeredoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_ipv6(), f)
    }
}

/// An IPv6 address that does not begin with a Teredo prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTeredo;

impl fmt::Display for NotTeredo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a Teredo address: it begins neither with 2001:0: nor with 3ffe:831f:")
    }
}

impl std::error::Error for NotTeredo {}

/// The 64-bit interface identifier of a Teredo address: flags, then port and client complemented.
#[must_use]
pub fn interface_identifier(flags: u16, port: u16, client: Ipv4Addr) -> u64 {
    (u64::from(flags) << 48) | (u64::from(!port) << 32) | u64::from(!client.to_bits())
}

/// The link-local address of a Teredo interface; unlike the global one it may embed a private IPv4
/// address (TA-09).
#[must_use]
pub fn link_local(flags: u16, port: u16, client: Ipv4Addr) -> Ipv6Addr {
    let identifier = interface_identifier(flags, port, client);
    Ipv6Addr::from_bits((0xFE80_u128 << 112) | u128::from(identifier))
}

/// Whether an IPv4 address counts as global unicast for Teredo (facts 8a.3, point 12).
///
/// Directed broadcasts of attached subnets are excluded by [`may_be_sent_to`], which knows the
/// subnets.
#[must_use]
pub const fn is_global_unicast(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=239, _, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (169, 254, _)
            | (192, 88, 99)
    ) && !address.is_broadcast()
}

/// Whether a packet for this IPv4 address, taken out of a Teredo address, may leave the host; it is
/// dropped otherwise (TA-24).
///
/// `attached` lists the subnets of the host's interfaces as address and prefix length; a directed
/// broadcast of one of them is refused. Lengths above 30 have no directed broadcast.
#[must_use]
pub fn may_be_sent_to(address: Ipv4Addr, attached: &[(Ipv4Addr, u8)]) -> bool {
    is_global_unicast(address)
        && !attached.iter().any(|(subnet, length)| {
            let host = u32::MAX.checked_shr(u32::from(*length)).unwrap_or(0);
            *length <= 30 && address.to_bits() == subnet.to_bits() | host
        })
}

#[cfg(test)]
mod tests {
    use super::{
        NotTeredo, TeredoAddress, TeredoPrefix, flag, is_global_unicast, link_local,
        may_be_sent_to, rfc4380_flags, rfc4380_received, rfc5991_flags,
    };
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn example(flags: u16) -> TeredoAddress {
        TeredoAddress {
            prefix: TeredoPrefix::Standard,
            server: Ipv4Addr::new(65, 54, 227, 120),
            flags,
            port: 40_000,
            client: Ipv4Addr::new(192, 0, 2, 45),
        }
    }

    fn ipv6(text: &str) -> Ipv6Addr {
        text.parse().expect("an IPv6 address")
    }

    #[test]
    fn ta_02_cone_address() {
        assert_eq!(example(0x8000).to_ipv6(), ipv6("2001:0:4136:e378:8000:63bf:3fff:fdd2"));
    }

    #[test]
    fn ta_03_address_without_flags() {
        assert_eq!(example(0).to_ipv6(), ipv6("2001:0:4136:e378:0:63bf:3fff:fdd2"));
    }

    #[test]
    fn ta_01_decodes_what_it_encodes() {
        for prefix in [TeredoPrefix::Standard, TeredoPrefix::PreStandard] {
            let address = TeredoAddress { prefix, ..example(0x3CFF) };
            assert_eq!(TeredoAddress::try_from(address.to_ipv6()), Ok(address));
        }
    }

    #[test]
    fn ta_04_port_and_client_are_complemented() {
        let address = link_local(0, 5000, Ipv4Addr::new(131, 107, 0, 1));
        assert_eq!(address, ipv6("fe80::ec77:7c94:fffe"));
    }

    #[test]
    fn ta_06_other_prefixes_are_refused() {
        for text in ["2001:1::1", "2002::1", "3ffe:831e::1", "::1", "fe80::1"] {
            assert_eq!(TeredoAddress::try_from(ipv6(text)), Err(NotTeredo), "{text}");
        }
    }

    #[test]
    fn ta_07_only_the_cone_bit_is_sent_and_seen() {
        assert_eq!((rfc4380_flags(true), rfc4380_flags(false)), (0x8000, 0));
        assert_eq!(rfc4380_received(0xFFFF), flag::CONE);
        assert_eq!(rfc4380_received(0x7FFF), 0);
    }

    #[test]
    fn ta_08_random_bits_fill_the_mask_and_nothing_else() {
        let values: std::collections::BTreeSet<u16> = (0..8192).map(rfc5991_flags).collect();
        assert_eq!(values.len(), 4096);
        assert_eq!(values.iter().fold(0, |all, flags| all | flags), flag::RANDOM);
        assert_eq!(flag::RANDOM, !(flag::CONE | flag::RESERVED | flag::UNIVERSAL | flag::GROUP));
    }

    #[test]
    fn ta_09_link_local_shares_the_identifier() {
        let address = example(0x1234);
        assert_eq!(address.link_local(), ipv6("fe80::1234:63bf:3fff:fdd2"));
        let private = TeredoAddress { client: Ipv4Addr::new(192, 168, 1, 10), ..address };
        assert!(address.embeds_global_unicast() && !private.embeds_global_unicast());
    }

    #[test]
    fn ta_24_what_is_not_global_unicast() {
        for text in [
            "0.0.0.1",
            "127.0.0.1",
            "10.9.8.7",
            "172.16.0.1",
            "172.31.255.1",
            "192.168.1.1",
            "169.254.7.7",
            "192.88.99.1",
            "224.0.0.253",
            "239.1.1.1",
            "255.255.255.255",
        ] {
            assert!(!is_global_unicast(text.parse().expect("an address")), "{text}");
        }
        for text in ["1.2.3.4", "172.15.0.1", "172.32.0.1", "192.88.98.1", "198.51.100.7"] {
            assert!(is_global_unicast(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn ta_24_directed_broadcasts_of_attached_subnets_are_dropped() {
        let attached = [(Ipv4Addr::new(198, 51, 100, 7), 24), (Ipv4Addr::new(203, 0, 113, 1), 32)];
        assert!(!may_be_sent_to(Ipv4Addr::new(198, 51, 100, 255), &attached));
        assert!(may_be_sent_to(Ipv4Addr::new(198, 51, 100, 254), &attached));
        assert!(may_be_sent_to(Ipv4Addr::new(203, 0, 113, 1), &attached));
        assert!(!may_be_sent_to(Ipv4Addr::new(10, 0, 0, 1), &attached));
    }
}
