//! Events of links, addresses, routes and neighbours, and storms.

use std::net::IpAddr;

use super::event::{interface_add, leaving};
use super::faults::Faults;
use super::names::Names;
use super::stack;
use crate::format::{Cidr, ConnectivityEvent, Event, ServicesEvent, StormEvent};
use crate::read::JsonPath;
use crate::template::LOOPBACK_ALIAS;

/// What to do about an event that changes nothing.
const NOTHING: (&str, &str) = ("this changes nothing", "say at least one thing that changes");

/// Events of links.
pub(super) fn check_link(event: &Event, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let mut interface = |name: &str, alias: &str| {
        names.interface(&path.then(name).then("interface"), alias, faults);
    };
    match event {
        Event::InterfaceEnable(one) => {
            interface("interface_enable", &one.interface);
            let gone = names.gone_aliases.contains(one.interface.as_str());
            if names.aliases.contains(one.interface.as_str()) && !gone {
                let at = path.then("interface_enable").then("interface");
                let help = "let `interface_disable` or the storm `dock_unplug` come first";
                faults.tell(&at, "nothing disables this adapter", Some(help));
            }
        }
        Event::InterfaceTouch(one) => interface("interface_touch", &one.interface),
        Event::FamilyBind(one) => interface("family_bind", &one.interface),
        Event::FamilyUnbind(one) => interface("family_unbind", &one.interface),
        Event::Filter(one) => interface("filter", &one.interface),
        Event::Connectivity(one) => {
            interface("connectivity", &one.interface);
            let empty = ConnectivityEvent {
                interface: one.interface.clone(),
                internet: None,
                cost: None,
                approaching_data_limit: None,
                over_data_limit: None,
                roaming: None,
            };
            if *one == empty {
                faults.tell(&path.then("connectivity"), NOTHING.0, Some(NOTHING.1));
            }
        }
        Event::ServicesSet(one) => {
            interface("services_set", &one.interface);
            let path = path.then("services_set");
            let interface = one.interface.clone();
            if **one == (ServicesEvent { interface, ..ServicesEvent::default() }) {
                faults.tell(&path, NOTHING.0, Some(NOTHING.1));
            }
            let services = stack::Services {
                dns_servers: one.dns_servers.as_deref().unwrap_or_default(),
                dns_suffix: one.dns_suffix.as_deref(),
                dns_search: one.dns_search.as_deref().unwrap_or_default(),
                wins_servers: one.wins_servers.as_deref().unwrap_or_default(),
                dhcp: one.dhcp,
                dhcp_server: one.dhcp_server,
            };
            stack::services(&services, &path, faults);
        }
        Event::Above(one) => {
            let path = path.then("above");
            names.interface(&path.then("higher"), &one.higher, faults);
            names.interface(&path.then("lower"), &one.lower, faults);
            if one.higher == one.lower {
                faults.tell(&path.then("lower"), "an interface does not lie above itself", None);
            }
        }
        _ => {}
    }
}

/// Events of addresses, routes and neighbours.
pub(super) fn check(event: &Event, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let (name, alias) = match event {
        Event::AddressAdd(one) => ("address_add", &one.interface),
        Event::AddressSet(one) => ("address_set", &one.interface),
        Event::AddressRemove(one) => ("address_remove", &one.interface),
        Event::AddressConflict(one) => ("address_conflict", &one.interface),
        Event::AnycastAdd(one) => ("anycast_add", &one.interface),
        Event::AnycastRemove(one) => ("anycast_remove", &one.interface),
        Event::DhcpLease(one) => ("dhcp_lease", &one.interface),
        Event::DhcpRelease(one) => ("dhcp_release", &one.interface),
        Event::RouterAdvertisement(one) => ("router_advertisement", &one.interface),
        Event::RouteAdd(one) => ("route_add", &one.interface),
        Event::RouteSet(one) => ("route_set", &one.interface),
        Event::RouteRemove(one) => ("route_remove", &one.interface),
        Event::NeighbourPut(one) => ("neighbour_put", &one.interface),
        Event::NeighbourRemove(one) => ("neighbour_remove", &one.interface),
        _ => return,
    };
    let path = &path.then(name);
    names.interface(&path.then("interface"), alias, faults);
    match event {
        Event::AddressAdd(add) => {
            let loopback = add.interface == LOOPBACK_ALIAS;
            stack::unicast(add.address.address, loopback, &path.then("address"), faults);
            stack::lifetimes(add.valid_s, add.preferred_s, path, faults);
        }
        Event::AddressSet(set) => {
            stack::lifetimes(set.valid_s, set.preferred_s, path, faults);
            let changes = set.prefix_length.is_some()
                || set.origin.is_some()
                || set.suffix_origin.is_some()
                || set.valid_s.is_some()
                || set.preferred_s.is_some()
                || set.skip_as_source.is_some();
            if !changes {
                faults.tell(path, NOTHING.0, Some(NOTHING.1));
            }
            if set.address.is_ipv4() && set.prefix_length.is_some_and(|length| length > 32) {
                let reason = "an IPv4 prefix has at most 32 bits";
                faults.tell(&path.then("prefix_length"), reason, None);
            }
        }
        Event::DhcpLease(lease) if !lease.address.address.is_ipv4() => {
            let reason = "only leases of IPv4 addresses are known";
            faults.tell(&path.then("address"), reason, None);
        }
        Event::RouterAdvertisement(heard) => {
            stack::lifetimes(heard.valid_s, heard.preferred_s, path, faults);
            if heard.prefix.is_some_and(|prefix| prefix.address.is_ipv4()) {
                faults.tell(&path.then("prefix"), "a router advertises IPv6 prefixes", None);
            }
            if !heard.router.is_unicast_link_local() {
                let reason = "a router speaks with its link-local address, such as fe80::1";
                faults.tell(&path.then("router"), reason, None);
            }
        }
        Event::RouteAdd(route) | Event::RouteSet(route) => stack::route(route, path, faults),
        Event::RouteRemove(remove) => {
            stack::next_hop(remove.destination, remove.next_hop, path, faults);
        }
        _ => {}
    }
}

/// Storms of the timeline.
pub(super) fn check_storm(
    storm: &StormEvent,
    path: &JsonPath,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    if !path.to_string().starts_with("timeline") {
        let reason = "a storm happens on the timeline only";
        faults.tell_name(path, reason, Some("put it into `timeline`, with `at_ms`"));
        return;
    }
    match storm {
        StormEvent::WifiRoam(one) => {
            link(&one.interface, &path.then("wifi_roam").then("interface"), names, faults);
        }
        StormEvent::DockUnplug(dock) => {
            let path = path.then("dock_unplug").then("interfaces");
            if dock.interfaces.is_empty() {
                faults.tell(&path, "a dock has at least one adapter", None);
            }
            for (index, alias) in dock.interfaces.iter().enumerate() {
                link(alias, &path.then(index), names, faults);
                if dock.interfaces[..index].contains(alias) {
                    faults.tell(&path.then(index), format!("`{alias}` comes twice"), None);
                }
            }
        }
        StormEvent::VpnUp(vpn) => {
            let path = path.then("vpn_up");
            if vpn.alias.is_empty() {
                faults.tell(&path.then("alias"), "the alias must not be empty", None);
            }
            if vpn.addresses.is_empty() {
                faults.tell(&path.then("addresses"), "a tunnel has at least one address", None);
            }
            let has = |ipv4: bool| vpn.addresses.iter().any(|one| one.address.is_ipv4() == ipv4);
            for (index, destination) in vpn.destinations.iter().enumerate() {
                if !vpn.addresses.is_empty() && !has(destination.address.is_ipv4()) {
                    let reason =
                        format!("the tunnel has no address of the family of {destination}");
                    faults.tell(&path.then("destinations").then(index), reason, None);
                }
            }
        }
        StormEvent::VpnDown(vpn) => {
            leaving(&vpn.interface, &path.then("vpn_down"), names, faults);
        }
        StormEvent::NetshSetAddress(set) => {
            let path = path.then("netsh_set_address");
            link(&set.interface, &path.then("interface"), names, faults);
            same_family(set.from, set.to, &path.then("to"), faults);
            if let Some(gateway) = set.gateway {
                same_family(gateway, set.to, &path.then("gateway"), faults);
            }
        }
        StormEvent::LateAdapter(late) => {
            let path = path.then("late_adapter").then("interface");
            interface_add(&late.interface, &path, names, faults);
        }
        StormEvent::TunnelFlap(flap) => {
            let path = path.then("tunnel_flap").then("interface");
            names.interface(&path, &flap.interface, faults);
            if flap.interface == names.loopback {
                faults.tell(&path, "the loopback interface has no medium to lose", None);
            }
        }
        StormEvent::SleepResume(_) => {}
    }
}

/// An interface whose link a storm changes.
fn link(alias: &str, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    names.interface(path, alias, faults);
    if alias == names.teredo || alias == names.loopback {
        faults.tell(path, "this interface comes and goes only by itself", None);
    }
}

fn same_family(address: IpAddr, other: Cidr, path: &JsonPath, faults: &mut Faults) {
    if address.is_ipv4() != other.address.is_ipv4() {
        let reason = format!("{address} and {} differ in family", other.address);
        faults.tell(path, reason, None);
    }
}
