//! The interfaces of the machine that the command runs on.

use netdev::interface::state::OperState;
use netdev::interface::types::InterfaceType;
use netiosim_scenario::format::{Cidr, PhysicalAddress};
use netiosim_scenario::import::{Host, HostInterface};

/// IF_TYPE_OTHER.
const OTHER: u16 = 1;
/// IF_TYPE_ETHERNET_CSMACD.
const ETHERNET: u16 = 6;
/// IF_TYPE_PPP.
const PPP: u16 = 23;
/// IF_TYPE_SOFTWARE_LOOPBACK.
const LOOPBACK: u16 = 24;
/// IF_TYPE_IEEE80211.
const WIFI: u16 = 71;
/// IF_TYPE_TUNNEL.
const TUNNEL: u16 = 131;

/// Asks the system for its interfaces. Routes are not asked for.
pub(crate) fn host() -> Host {
    let mut found = netdev::get_interfaces();
    // The order that the system's answer comes in differs from call to call.
    found.sort_by(|a, b| (a.index, &a.name).cmp(&(b.index, &b.name)));
    Host { interfaces: found.into_iter().map(interface).collect(), routes: Vec::new() }
}

fn interface(found: netdev::Interface) -> HostInterface {
    let v4 = found
        .ipv4
        .iter()
        .map(|net| Cidr { address: net.addr().into(), prefix_length: net.prefix_len() });
    let v6 = found
        .ipv6
        .iter()
        .map(|net| Cidr { address: net.addr().into(), prefix_length: net.prefix_len() });
    let octets = found.mac_addr.map(|mac| mac.octets().to_vec());
    // Windows names an interface by its GUID and calls it by a friendly name.
    let is_guid = found.name.starts_with('{');
    HostInterface {
        if_type: if_type(&found),
        physical_address: octets
            .filter(|octets| octets.iter().any(|byte| *byte != 0))
            .map(PhysicalAddress),
        admin_up: found.is_up(),
        connected: match found.oper_state {
            OperState::Up => true,
            // Loopback and tunnels have no state of their own.
            OperState::Unknown => found.is_running(),
            _ => false,
        },
        addresses: v4.chain(v6).collect(),
        index: Some(found.index),
        mtu: found.mtu,
        guid: is_guid.then(|| found.name.clone()),
        name: found.friendly_name.filter(|name| !name.is_empty()).unwrap_or(found.name),
        description: found.description,
    }
}

/// The IF_TYPE that Windows gives interfaces of this kind.
fn if_type(found: &netdev::Interface) -> u16 {
    match found.if_type {
        _ if found.is_loopback() => LOOPBACK,
        InterfaceType::Loopback => LOOPBACK,
        InterfaceType::Wireless80211 | InterfaceType::PeerToPeerWireless => WIFI,
        InterfaceType::Tunnel => TUNNEL,
        InterfaceType::Ppp => PPP,
        InterfaceType::Wwan | InterfaceType::Wwanpp => 243,
        InterfaceType::Wwanpp2 => 244,
        InterfaceType::ProprietaryVirtual => 53,
        InterfaceType::Ethernet
        | InterfaceType::FastEthernetT
        | InterfaceType::FastEthernetFx
        | InterfaceType::GigabitEthernet
        | InterfaceType::Bridge => ETHERNET,
        InterfaceType::UnknownWithValue(number) => unknown(number, found.is_tun()),
        InterfaceType::Unknown if found.is_tun() => TUNNEL,
        InterfaceType::Unknown => ETHERNET,
        _ => OTHER,
    }
}

/// A number that netdev has no name for: an ARPHRD on Linux, an IF_TYPE elsewhere.
fn unknown(number: u32, is_tun: bool) -> u16 {
    if cfg!(any(target_os = "linux", target_os = "android")) {
        return match number {
            // ARPHRD_TUNNEL, TUNNEL6, SIT, IPGRE, IP6GRE, VOID, NONE (TUN devices, WireGuard).
            768 | 769 | 776 | 778 | 823 | 0xFFFF | 0xFFFE => TUNNEL,
            // ARPHRD_RAWIP: mobile broadband.
            519 => 243,
            // ARPHRD_IEEE80211, _PRISM, _RADIOTAP.
            801..=803 => WIFI,
            _ => OTHER,
        };
    }
    match u16::try_from(number) {
        Ok(number) if number != 0 && !is_tun => number,
        _ if is_tun => TUNNEL,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_keeps_what_the_system_says_of_it() {
        let mut found = netdev::Interface::dummy();
        found.index = 7;
        found.name = "{6D1F4D8C-0D5B-4B3A-9D8B-0C1B0A0E2F11}".to_owned();
        found.friendly_name = Some("Wi-Fi".to_owned());
        found.if_type = InterfaceType::Wireless80211;
        found.oper_state = OperState::Up;
        found.mtu = Some(1500);
        let made = interface(found);
        assert_eq!((made.name.as_str(), made.index, made.if_type), ("Wi-Fi", Some(7), 71));
        assert_eq!(made.guid.as_deref(), Some("{6D1F4D8C-0D5B-4B3A-9D8B-0C1B0A0E2F11}"));
        assert!(made.connected);
    }

    #[test]
    fn a_name_is_the_alias_where_there_is_no_friendly_one() {
        let mut found = netdev::Interface::dummy();
        found.name = "eth0".to_owned();
        found.friendly_name = Some(String::new());
        let made = interface(found);
        assert_eq!((made.name.as_str(), made.guid), ("eth0", None));
    }
}
