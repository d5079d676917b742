//! The few octets of the Teredo protocol that the model knows: the origin indication, and what a
//! client checks in a router advertisement.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::address::TeredoPrefix;

/// The UDP port of Teredo servers, and of the discovery group (TA-10).
pub const TEREDO_PORT: u16 = 3544;
/// The IPv4 multicast group of Teredo discovery (TA-10, TA-11).
pub const DISCOVERY_GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 253);
/// The MTU of a Teredo interface, in bytes (TA-26).
pub const TEREDO_MTU: u32 = 1280;

/// The origin indication that a server puts before its answer: the mapping that it saw (TA-05).
#[must_use]
pub fn origin_indication(port: u16, client: Ipv4Addr) -> [u8; 8] {
    let [p0, p1] = (!port).to_be_bytes();
    let [a, b, c, d] = (!client.to_bits()).to_be_bytes();
    [0, 0, p0, p1, a, b, c, d]
}

/// Reads an origin indication; `None` unless `octets` begin with a whole one.
#[must_use]
pub fn read_origin_indication(octets: &[u8]) -> Option<(u16, Ipv4Addr)> {
    let [0, 0, p0, p1, a, b, c, d] = *octets.first_chunk::<8>()? else {
        return None;
    };
    let client = Ipv4Addr::from_bits(!u32::from_be_bytes([a, b, c, d]));
    Some((!u16::from_be_bytes([p0, p1]), client))
}

/// Whether a client accepts a router advertisement with these Prefix Information options: exactly
/// one, that of the Teredo prefix and the server's address; anything else is dropped silently
/// (TA-17).
#[must_use]
pub fn accepts_prefixes(prefixes: &[Ipv6Addr], server: Ipv4Addr) -> bool {
    let [prefix] = prefixes else { return false };
    let wanted = (u64::from(TeredoPrefix::Standard.bits()) << 32) | u64::from(server.to_bits());
    prefix.to_bits() >> 64 == u128::from(wanted)
}

#[cfg(test)]
mod tests {
    use super::{accepts_prefixes, origin_indication, read_origin_indication};
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn ta_05_origin_indication() {
        let client = Ipv4Addr::new(1, 2, 3, 4);
        let octets = [0x00, 0x00, 0xFE, 0xAE, 0xFE, 0xFD, 0xFC, 0xFB];
        assert_eq!(origin_indication(337, client), octets);
        assert_eq!(read_origin_indication(&octets), Some((337, client)));
        assert_eq!(read_origin_indication(&octets[..7]), None);
        assert_eq!(read_origin_indication(&[0, 1, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn ta_17_exactly_one_prefix_of_the_server() {
        let server = Ipv4Addr::new(65, 54, 227, 120);
        let ours: Ipv6Addr = "2001:0:4136:e378::".parse().expect("a prefix");
        let other: Ipv6Addr = "2001:0:4136:e379::".parse().expect("a prefix");
        assert!(accepts_prefixes(&[ours], server));
        assert!(!accepts_prefixes(&[], server));
        assert!(!accepts_prefixes(&[ours, ours], server));
        assert!(!accepts_prefixes(&[other], server));
    }
}
