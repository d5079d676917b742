//! Routes that addresses bring by themselves.

use std::net::IpAddr;

use crate::format::{Cidr, FamilyBinding, InterfaceSpec};

/// Whether an address of the interface brings the on-link route to this destination, now or as soon as
/// there is a medium: to itself, to its prefix, or to the broadcast address of its IPv4 prefix.
pub(super) fn brings(spec: &InterfaceSpec, destination: Cidr) -> bool {
    let families = [&spec.ipv4, &spec.ipv6].into_iter().filter_map(FamilyBinding::spec);
    families.flat_map(|family| &family.addresses).any(|address| {
        let cidr = address.cidr();
        let longest = if cidr.address.is_ipv4() { 32 } else { 128 };
        let itself = Cidr { prefix_length: longest, ..cidr };
        let prefix = Cidr { address: bits(cidr, false), ..cidr };
        let broadcast = Cidr { address: bits(cidr, true), prefix_length: longest };
        let has_broadcast = cidr.address.is_ipv4() && cidr.prefix_length < 31;
        destination == itself
            || destination == prefix
            || (has_broadcast && destination == broadcast)
    })
}

/// An address with all bits beyond its prefix zero, or one.
fn bits(cidr: Cidr, ones: bool) -> IpAddr {
    let length = u32::from(cidr.prefix_length);
    match cidr.address {
        IpAddr::V4(address) => {
            let rest = u32::MAX.checked_shr(length).unwrap_or(0);
            let bits = address.to_bits();
            IpAddr::V4(if ones { bits | rest } else { bits & !rest }.into())
        }
        IpAddr::V6(address) => {
            let rest = u128::MAX.checked_shr(length).unwrap_or(0);
            let bits = address.to_bits();
            IpAddr::V6(if ones { bits | rest } else { bits & !rest }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::brings;
    use crate::format::{AddressSpec, FamilyBinding, FamilySpec, InterfaceSpec};

    #[test]
    fn an_address_leads_to_itself_to_its_prefix_and_to_the_broadcast_address() {
        let bound = |text: &str| {
            let addresses = vec![AddressSpec::Plain(text.parse().expect("an address"))];
            FamilyBinding::Bound(FamilySpec { addresses, ..FamilySpec::default() })
        };
        let spec = |v4: &str, v6: &str| InterfaceSpec {
            ipv4: bound(v4),
            ipv6: bound(v6),
            ..InterfaceSpec::new("eth0")
        };
        let usual = spec("192.0.2.10/24", "2001:db8::7/64");
        for (destination, expected) in [
            ("192.0.2.0/24", true),
            ("192.0.2.10/32", true),
            ("192.0.2.255/32", true),
            ("192.0.2.0/25", false),
            ("192.0.2.9/32", false),
            ("2001:db8::/64", true),
            ("2001:db8::7/128", true),
            ("2001:db8::ffff:ffff:ffff:ffff/128", false),
            ("0.0.0.0/0", false),
        ] {
            let destination = destination.parse().expect("a prefix");
            assert_eq!(brings(&usual, destination), expected, "{destination}");
        }
        // A link of two hosts has no broadcast address.
        let pair = spec("192.0.2.0/31", "::1/128");
        assert!(!brings(&pair, "192.0.2.1/32".parse().expect("an address")));
        let all = spec("10.0.0.1/0", "::1/0");
        assert!(brings(&all, "0.0.0.0/0".parse().expect("a prefix")));
        assert!(brings(&all, "255.255.255.255/32".parse().expect("an address")));
    }
}
