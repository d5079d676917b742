//! Which words of a program make a change.

use std::net::IpAddr;

use netiosim_model::change::Change;
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::table::{Neighbour, Route, RouteKey, UnicastAddress};

use super::{Before, Words};

/// Words that make it, and those that take it back; `|` is the interface, which may have blanks in it.
fn words(name: &str, make: &str, undo: &str) -> Words {
    let words = |text: &str| {
        let words = text.split_whitespace();
        words.map(|word| word.replace('|', name)).collect()
    };
    // Nothing takes back what is so already.
    let undo = if undo.is_empty() { Vec::new() } else { vec![words(undo)] };
    Words { make: words(make), undo }
}

/// An address of which nothing is special.
fn plain(address: &UnicastAddress) -> Option<(IpAddr, u8)> {
    let same = UnicastAddress::new(address.luid, address.address, address.prefix_length);
    (*address == same).then_some((address.address, address.prefix_length))
}

/// A route of which nothing is special but its metric.
fn plain_route(route: &Route) -> Option<(RouteKey, u32)> {
    let key = route.key();
    let same = Route::new(key.luid, key.destination, key.prefix_length, key.next_hop);
    (*route == Route { metric: route.metric, ..same }).then_some((key, route.metric))
}

/// The hardware address of a neighbour, with this between the bytes.
fn hardware(neighbour: &Neighbour, between: &str) -> Option<String> {
    let bytes: Vec<String> =
        neighbour.physical_address.iter().map(|byte| format!("{byte:02x}")).collect();
    (bytes.len() == 6).then(|| bytes.join(between))
}

/// The words that bring a state back from this one, if it was another.
fn back(now: bool, before: bool, words: &dyn Fn(bool) -> String) -> String {
    if now == before { String::new() } else { words(before) }
}

fn number(family: Family) -> u8 {
    match family {
        Family::V4 => 4,
        Family::V6 => 6,
    }
}

pub(super) fn ip(change: &Change, name: &str, before: &Before) -> Option<Words> {
    let address = |address: IpAddr, length: u8| {
        // Whoever has nobody on the link to ask has no need to ask.
        let nodad = if address.is_ipv6() { " nodad" } else { "" };
        let add = format!("address add {address}/{length} dev |{nodad}");
        (add, format!("address del {address}/{length} dev |"))
    };
    let route = |key: &RouteKey, metric: u32| {
        let version = number(key.family());
        let via = match key.next_hop {
            next_hop if next_hop.is_unspecified() => String::new(),
            next_hop => format!(" via {next_hop}"),
        };
        let metric = if metric == 0 { String::new() } else { format!(" metric {metric}") };
        let to = format!("{}/{}{via} dev |{metric}", key.destination, key.prefix_length);
        (format!("-{version} route add {to}"), format!("-{version} route del {to}"))
    };
    let (make, undo) = match change {
        Change::AddressAdd { address: added, optimistic: false } => {
            let (ip, length) = plain(added)?;
            address(ip, length)
        }
        Change::AddressRemove { address: gone, .. } => {
            let (add, del) = address(*gone, before.prefix_length?);
            (del, add)
        }
        Change::RouteAdd(added) => {
            let (key, metric) = plain_route(added)?;
            route(&key, metric)
        }
        Change::RouteRemove(key) => {
            let (add, del) = route(key, 0);
            (del, add)
        }
        // There is one MTU for both families.
        Change::RowSet { values, .. } => match values[..] {
            [(Member::NlMtu, mtu)] => {
                (format!("link set dev | mtu {mtu}"), format!("link set dev | mtu {}", before.mtu?))
            }
            _ => return None,
        },
        Change::LinkSet { connected, admin_up, mtu, alias: None, .. } => {
            match (*connected, *admin_up, *mtu) {
                (Some(there), None, None) => {
                    let words =
                        |on| format!("link set dev | carrier {}", if on { "on" } else { "off" });
                    (words(there), back(there, before.connected?, &words))
                }
                (None, Some(up), None) => {
                    let words = |on| format!("link set dev | {}", if on { "up" } else { "down" });
                    (words(up), back(up, before.admin_up?, &words))
                }
                (None, None, Some(mtu)) => (
                    format!("link set dev | mtu {mtu}"),
                    format!("link set dev | mtu {}", before.mtu?),
                ),
                _ => return None,
            }
        }
        Change::NeighbourPut(neighbour) => {
            let (ip, mac) = (neighbour.address, hardware(neighbour, ":")?);
            (
                format!("neighbour replace {ip} lladdr {mac} dev | nud permanent"),
                format!("neighbour del {ip} dev |"),
            )
        }
        _ => return None,
    };
    let mut words = words(name, &make, &undo);
    if matches!(change, Change::LinkSet { admin_up: Some(false), .. }) {
        // What an interface loses that is set down does not come back by itself.
        let addresses = before.addresses.iter().map(|(ip, length)| address(*ip, *length).0);
        let routes = before.routes.iter().map(|(key, metric)| route(key, *metric).0);
        for lost in addresses.chain(routes) {
            let line = lost.replacen(" add ", " replace ", 1);
            words.undo.push(line.split_whitespace().map(|word| word.replace('|', name)).collect());
        }
    }
    Some(words)
}

pub(super) fn netsh(change: &Change, name: &str, before: &Before) -> Option<Words> {
    // Nothing of it is to outlive a restart of the machine.
    const ACTIVE: &str = "store=active";
    let address = |ip: IpAddr, length: u8| {
        let (context, on) = if ip.is_ipv6() { ("ipv6", "interface") } else { ("ipv4", "name") };
        (
            format!("interface {context} add address {on}=| address={ip}/{length} {ACTIVE}"),
            format!("interface {context} delete address {on}=| address={ip} {ACTIVE}"),
        )
    };
    let route = |key: &RouteKey, metric: Option<u32>| {
        let context = format!("interface ipv{}", number(key.family()));
        let next_hop = match key.next_hop {
            next_hop if next_hop.is_unspecified() => String::new(),
            next_hop => format!(" nexthop={next_hop}"),
        };
        let to = format!("{}/{}", key.destination, key.prefix_length);
        let metric = metric.map(|metric| format!(" metric={metric}")).unwrap_or_default();
        (
            format!("{context} add route prefix={to} interface=|{next_hop}{metric} {ACTIVE}"),
            format!("{context} delete route prefix={to} interface=|{next_hop} {ACTIVE}"),
        )
    };
    let (make, undo) = match change {
        Change::AddressAdd { address: added, optimistic: false } => {
            let (ip, length) = plain(added)?;
            address(ip, length)
        }
        Change::AddressRemove { address: gone, .. } => {
            let (add, delete) = address(*gone, before.prefix_length?);
            (delete, add)
        }
        Change::RouteAdd(added) => {
            let (key, metric) = plain_route(added)?;
            route(&key, Some(metric))
        }
        Change::RouteRemove(key) => {
            let (add, delete) = route(key, None);
            (delete, add)
        }
        Change::RowSet { family, values, .. } => {
            let context = format!("interface ipv{} set", number(*family));
            let mtu = |mtu: u64| format!("{context} subinterface interface=| mtu={mtu} {ACTIVE}");
            let metric = |m: u64| format!("{context} interface interface=| metric={m} {ACTIVE}");
            match values[..] {
                [(Member::NlMtu, value)] => (mtu(value), mtu(before.mtu?)),
                [(Member::Metric, value)] => (metric(value), metric(before.metric?)),
                _ => return None,
            }
        }
        Change::InterfaceDisable(_) | Change::InterfaceEnable(_) => {
            let admin = |on| {
                let state = if on { "enabled" } else { "disabled" };
                format!("interface set interface name=| admin={state}")
            };
            let on = matches!(change, Change::InterfaceEnable(_));
            (admin(on), back(on, before.admin_up?, &admin))
        }
        Change::NeighbourPut(neighbour) => {
            let context = format!("interface ipv{}", number(Family::of(neighbour.address)));
            let (ip, mac) = (neighbour.address, hardware(neighbour, "-")?);
            (
                format!("{context} add neighbors interface=| address={ip} neighbor={mac} {ACTIVE}"),
                format!("{context} delete neighbors interface=| address={ip}"),
            )
        }
        _ => return None,
    };
    Some(words(name, &make, &undo))
}
