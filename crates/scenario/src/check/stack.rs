//! The stack of a scenario or stack file.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use netiosim_model::member::Member;
use netiosim_model::net::Guid;
use netiosim_model::table::{is_unicast, protocol};
use netiosim_model::windows::Windows;

use super::faults::Faults;
pub(super) use super::services::{Services, services};
use crate::format::{
    Cidr, FamilyBinding, FamilySpec, InterfaceSpec, IpFamily, RouteSpec, StackSpec, Template,
    TeredoSpec, TeredoState, TeredoType,
};
use crate::nearest::nearest;
use crate::program::COUNTERS;
use crate::read::JsonPath;
use crate::template::{LOOPBACK_ALIAS, LOOPBACK_TYPE, TEREDO_ALIAS, TEREDO_TUNNEL_TYPE};

/// `written` is what stands in the file, `whole` what became of it with its template or file.
pub(super) fn check(written: &StackSpec, whole: &StackSpec, path: &JsonPath, faults: &mut Faults) {
    if written.template.is_some() && written.file.is_some() {
        faults.tell_name(&path.then("file"), super::BOTH_STACKS, None);
    }
    machine(written, path, faults);
    let interfaces = path.then("interfaces");
    let aliases = written.interfaces.iter().enumerate();
    let mut seen = BTreeMap::new();
    for (index, interface) in aliases {
        let at = interfaces.then(index);
        check_interface(interface, &at, faults);
        if let Some(first) = seen.insert(interface.alias.as_str(), index) {
            let help = format!("the first one is {}", interfaces.then(first));
            let reason = format!("two interfaces have the alias `{}`", interface.alias);
            faults.tell(&at.then("alias"), reason, Some(&help));
        }
        if interface.alias == TEREDO_ALIAS && interface.tunnel_type != Some(TEREDO_TUNNEL_TYPE) {
            let help = "give it `\"tunnel_type\": 14`, or another alias";
            let reason = "this is the alias of the Teredo pseudo-interface";
            faults.tell(&at.then("alias"), reason, Some(help));
        }
    }
    keys(written, whole, &interfaces, faults);
    if let Some(teredo) = &whole.teredo {
        check_teredo(teredo, whole, written, &path.then("teredo"), faults);
    }
    let mut ports = BTreeMap::new();
    for (index, listener) in written.listeners.iter().enumerate() {
        if ports.insert(listener.port, index).is_some() {
            let at = path.then("listeners").then(index).then("port");
            faults.tell(&at, format!("UDP port {} is in use already", listener.port), None);
        }
    }
    let known = || {
        let fixed = [LOOPBACK_ALIAS, TEREDO_ALIAS];
        let own = whole.interfaces.iter().map(|interface| interface.alias.as_str());
        own.chain(fixed).collect::<BTreeSet<_>>()
    };
    let known = known();
    for (index, interface) in written.interfaces.iter().enumerate() {
        for (position, lower) in interface.above.iter().enumerate() {
            let at = interfaces.then(index).then("above").then(position);
            faults.known(&at, "interface", lower, &known);
            if *lower == interface.alias {
                faults.tell(&at, "an interface does not lie above itself", None);
            }
        }
    }
    for (index, one) in written.routes.iter().enumerate() {
        let at = path.then("routes").then(index);
        faults.known(&at.then("interface"), "interface", &one.interface, &known);
        route(one, &at, faults);
        bound(whole, &one.interface, one.destination.address, &at.then("interface"), faults);
    }
    for (index, one) in written.neighbours.iter().enumerate() {
        let at = path.then("neighbours").then(index).then("interface");
        faults.known(&at, "interface", &one.interface, &known);
        bound(whole, &one.interface, one.address, &at, faults);
    }
    for (index, one) in written.conflicts.iter().enumerate() {
        let at = path.then("conflicts").then(index).then("interface");
        faults.known(&at, "interface", &one.interface, &known);
    }
}

/// What belongs to the machine as a whole.
fn machine(written: &StackSpec, path: &JsonPath, faults: &mut Faults) {
    if written.interfaces_count.is_some() && written.template != Some(Template::Many) {
        let help = "write `\"template\": \"many\"` too";
        let reason = "only the template `many` has so many adapters as one says";
        faults.tell_name(&path.then("interfaces_count"), reason, Some(help));
    }
    if let Some(text) = &written.windows {
        windows(text, &path.then("windows"), faults);
    }
}

/// A Windows version or build.
pub(super) fn windows(text: &str, path: &JsonPath, faults: &mut Faults) {
    if let Err(error) = text.parse::<Windows>() {
        let help = match error.suggestion {
            Some(name) => format!("did you mean `{name}`?"),
            None => {
                let names: Vec<&str> = Windows::NAMED.iter().map(|known| known.1).collect();
                format!("there are {}", names.join(", "))
            }
        };
        let reason = format!("`{text}` is neither a Windows version nor a build from 6000 on");
        faults.tell(path, reason, Some(&help));
    }
}

/// A route as a stack or an event writes it.
pub(super) fn route(route: &RouteSpec, path: &JsonPath, faults: &mut Faults) {
    next_hop(route.destination, route.next_hop, path, faults);
    if route.protocol.is_some_and(|number| !protocol::is_known(number)) {
        let help = "2 local, 3 netmgmt, 19 DHCP, and others up to 19";
        faults.tell(&path.then("protocol"), "NL_ROUTE_PROTOCOL has no such value", Some(help));
    }
    lifetimes(route.valid_s, route.preferred_s, path, faults);
}

/// The next hop of a destination.
pub(super) fn next_hop(
    destination: Cidr,
    next_hop: Option<IpAddr>,
    path: &JsonPath,
    faults: &mut Faults,
) {
    if next_hop.is_some_and(|hop| hop.is_ipv4() != destination.address.is_ipv4()) {
        faults.tell(&path.then("next_hop"), "destination and next hop differ in family", None);
    }
}

/// No preferred lifetime is longer than the valid one.
pub(super) fn lifetimes(
    valid_s: Option<u32>,
    preferred_s: Option<u32>,
    path: &JsonPath,
    faults: &mut Faults,
) {
    if let (Some(valid_s), Some(preferred_s)) = (valid_s, preferred_s)
        && preferred_s > valid_s
    {
        let reason = "the preferred lifetime is longer than the valid one";
        faults.tell(&path.then("preferred_s"), reason, None);
    }
}

/// Looks whether an interface of the stack has the family of an address.
fn bound(whole: &StackSpec, alias: &str, of: IpAddr, path: &JsonPath, faults: &mut Faults) {
    let Some(interface) = whole.interfaces.iter().find(|one| one.alias == alias) else { return };
    let (name, binding) = match of {
        IpAddr::V4(_) => ("ipv4", &interface.ipv4),
        IpAddr::V6(_) => ("ipv6", &interface.ipv6),
    };
    if *binding == FamilyBinding::Unbound {
        let reason = format!("`{name}` is not bound to `{alias}`");
        faults.tell(path, reason, Some("leave its `null` out, or this"));
    }
}

/// An interface as a stack or the event `interface_add` writes it.
pub(super) fn check_interface(interface: &InterfaceSpec, path: &JsonPath, faults: &mut Faults) {
    if interface.alias.is_empty() {
        faults.tell(&path.then("alias"), "the alias must not be empty", None);
    }
    if let Some(guid) = &interface.guid
        && let Err(error) = guid.parse::<Guid>()
    {
        faults.tell(&path.then("guid"), format!("`{guid}` is {error}"), None);
    }
    if interface.tunnel_type.is_some_and(|kind| kind != 0)
        && interface.if_type.is_some_and(|kind| kind != 131)
    {
        let help = "tunnels have the type 131";
        faults.tell(&path.then("tunnel_type"), "this interface is no tunnel", Some(help));
    }
    let told = Services {
        dns_servers: interface.dns_servers.as_deref().unwrap_or_default(),
        dns_suffix: interface.dns_suffix.as_deref(),
        dns_search: interface.dns_search.as_deref().unwrap_or_default(),
        wins_servers: interface.wins_servers.as_deref().unwrap_or_default(),
        dhcp: interface.dhcp,
        dhcp_server: interface.dhcp_server,
    };
    services(&told, path, faults);
    for name in interface.counters.keys() {
        counter(name, &path.then("counters").then(name.as_str()), faults);
    }
    let families =
        [(IpFamily::Inet, "ipv4", &interface.ipv4), (IpFamily::Inet6, "ipv6", &interface.ipv6)];
    for (family, name, binding) in families {
        if let Some(spec) = binding.spec() {
            let loopback =
                interface.alias == LOOPBACK_ALIAS || interface.if_type == Some(LOOPBACK_TYPE);
            check_family(spec, family, loopback, &path.then(name), faults);
        }
    }
}

/// An address that an interface can have: a unicast one, and no loopback address but on the loopback.
pub(super) fn unicast(address: IpAddr, loopback: bool, path: &JsonPath, faults: &mut Faults) {
    if !is_unicast(address) {
        let help = "neither 0.0.0.0/8, 255.255.255.255, `::` nor multicast groups are";
        faults.tell(path, format!("{address} is no unicast address"), Some(help));
    } else if address.is_loopback() && !loopback {
        let reason = format!("{address} is an address of the loopback interface");
        let help = format!("give it to `{LOOPBACK_ALIAS}`, or write another one");
        faults.tell(path, reason, Some(&help));
    }
}

fn check_family(
    spec: &FamilySpec,
    family: IpFamily,
    loopback: bool,
    path: &JsonPath,
    faults: &mut Faults,
) {
    let mut seen = BTreeSet::new();
    let other = if family == IpFamily::Inet { "ipv6" } else { "ipv4" };
    let help = format!("it belongs to `{other}`");
    let foreign = |address: IpAddr| address.is_ipv4() != (family == IpFamily::Inet);
    for (index, address) in spec.addresses.iter().enumerate() {
        let at = path.then("addresses").then(index);
        let details = address.details();
        let cidr = details.address;
        if foreign(cidr.address) {
            faults.tell(&at, format!("{cidr} is of the other family"), Some(&help));
        }
        if !seen.insert(cidr.address) {
            faults.tell(&at, format!("{} comes twice", cidr.address), None);
        }
        unicast(cidr.address, loopback, &at, faults);
        lifetimes(details.valid_s, details.preferred_s, &at, faults);
    }
    let mut seen = BTreeSet::new();
    for (index, address) in spec.anycast.iter().enumerate() {
        let at = path.then("anycast").then(index);
        if foreign(*address) {
            faults.tell(&at, format!("{address} is of the other family"), Some(&help));
        }
        if !seen.insert(*address) {
            faults.tell(&at, format!("{address} comes twice"), None);
        }
    }
    for name in spec.members.keys() {
        row_member(name, &path.then("members").then(name.as_str()), faults);
    }
}

/// A counter of MIB_IF_ROW2.
fn counter(name: &str, path: &JsonPath, faults: &mut Faults) {
    if !COUNTERS.contains(&name) {
        let help = match nearest(name, COUNTERS) {
            Some(guess) => format!("did you mean `{guess}`?"),
            None => format!("there are {}", COUNTERS.join(", ")),
        };
        let reason = format!("MIB_IF_ROW2 has no counter `{name}`");
        faults.tell_name(path, reason, Some(&help));
    }
}

/// A member of a row that a file may give a value.
pub(super) fn row_member(name: &str, path: &JsonPath, faults: &mut Faults) {
    if faults.member(path, true, name).is_some_and(Member::is_key) {
        faults.tell_name(path, format!("`{name}` is the row's key and cannot be set"), None);
    }
}

/// Indexes and LUIDs that two interfaces of the whole stack share.
fn keys(written: &StackSpec, whole: &StackSpec, path: &JsonPath, faults: &mut Faults) {
    let mut indexes = BTreeMap::new();
    let mut luids = BTreeMap::new();
    let mut clash = |taken: Option<&str>, alias: &str, member: &str, number: u32| {
        let Some(taken) = taken else { return };
        let says = |alias: &str| {
            written.interfaces.iter().position(|interface| {
                interface.alias == alias
                    && if member == "index" { interface.index } else { interface.luid_index }
                        .is_some()
            })
        };
        let at = says(alias).or_else(|| says(taken));
        let at = at.map_or_else(|| path.clone(), |at| path.then(at).then(member));
        faults.tell(&at, format!("`{taken}` and `{alias}` have the same {member} {number}"), None);
    };
    let mut seen = BTreeSet::new();
    for interface in &whole.interfaces {
        // Two interfaces of one alias are told already.
        if !seen.insert(&interface.alias) {
            continue;
        }
        let alias = interface.alias.as_str();
        if let Some(index) = interface.index {
            clash(indexes.insert(index, alias), alias, "index", index);
        }
        if let Some(luid) = interface.luid_index {
            let kind = interface.if_type.unwrap_or(6);
            clash(luids.insert((kind, luid), alias), alias, "luid_index", luid);
        }
    }
    let loopbacks = whole.interfaces.iter().filter(|one| one.if_type == Some(LOOPBACK_TYPE));
    if loopbacks.count() > 1 {
        faults.tell(path, "a machine has one interface of type 24, the loopback", None);
    }
    let tunnels = whole.interfaces.iter().filter(|one| one.tunnel_type == Some(TEREDO_TUNNEL_TYPE));
    if tunnels.count() > 1 {
        faults.tell(path, "a machine has one interface of tunnel type 14, that of Teredo", None);
    }
}

fn check_teredo(
    teredo: &TeredoSpec,
    whole: &StackSpec,
    written: &StackSpec,
    path: &JsonPath,
    faults: &mut Faults,
) {
    let Some(own) = &written.teredo else { return };
    let disabled = teredo.kind == Some(TeredoType::Disabled);
    if let Some(state) = own.state
        && disabled != (state == TeredoState::Disabled)
    {
        let (reason, help) = if disabled {
            (format!("a disabled client is not `{}`", state.word()), "give it another `type`")
        } else {
            ("the client is not disabled".to_owned(), "write `\"type\": \"disabled\"` too")
        };
        faults.tell(&path.then("state"), reason, Some(help));
    }
    if own.port == Some(3544) || own.port == Some(0) {
        let help = "3544 is the static port; a dynamic one is between 1 and 65535";
        faults.tell(&path.then("port"), "this is never the dynamic port", Some(help));
    }
    let used = |port: u16| whole.listeners.iter().any(|listener| listener.port == port);
    if let Some(port) = own.port
        && used(port)
        && teredo.state == Some(TeredoState::Qualified)
    {
        let reason = format!("UDP port {port} is in use by a listener");
        faults.tell(&path.then("port"), reason, None);
    }
    if own.refresh_s.is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
        faults.tell(&path.then("refresh_s"), "the interval is from 1 to 86400 s", None);
    }
}
