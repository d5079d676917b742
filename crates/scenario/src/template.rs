//! Stacks and example scenarios that the program brings along, and how a stack is put together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use crate::format::{
    AddressSpec, Cidr, ConnectivitySpec, FamilyBinding, FamilySpec, InterfaceSpec, PhysicalAddress,
    StackFile, StackSpec, Template, TeredoSpec, TeredoState, TeredoType,
};
use crate::problem::Problem;
use crate::read;

/// The alias of the loopback interface, which every machine has.
pub const LOOPBACK_ALIAS: &str = "Loopback Pseudo-Interface 1";

/// The alias of the Teredo pseudo-interface, which comes and goes with the Teredo client.
pub const TEREDO_ALIAS: &str = "Teredo Tunneling Pseudo-Interface";

/// The IF_TYPE of loopback interfaces.
pub const LOOPBACK_TYPE: u16 = 24;

/// The TUNNEL_TYPE of the Teredo pseudo-interface.
pub const TEREDO_TUNNEL_TYPE: u16 = 14;

/// How many adapters the template `many` has if nothing is said.
pub const MANY: u16 = 100;

const STACKS: [(Template, &str, &str); 12] = [
    (Template::Home, "home", include_str!("../templates/stacks/home.json")),
    (Template::Laptop, "laptop", include_str!("../templates/stacks/laptop.json")),
    (Template::Server, "server", include_str!("../templates/stacks/server.json")),
    (Template::VpnClient, "vpn_client", include_str!("../templates/stacks/vpn_client.json")),
    (Template::Empty, "empty", include_str!("../templates/stacks/empty.json")),
    (Template::NoIpv6, "no_ipv6", include_str!("../templates/stacks/no_ipv6.json")),
    (Template::Ipv6Only, "ipv6_only", include_str!("../templates/stacks/ipv6_only.json")),
    (
        Template::TeredoDisabled,
        "teredo_disabled",
        include_str!("../templates/stacks/teredo_disabled.json"),
    ),
    (
        Template::TeredoDisabledByPolicy,
        "teredo_disabled_by_policy",
        include_str!("../templates/stacks/teredo_disabled_by_policy.json"),
    ),
    (Template::Managed, "managed", include_str!("../templates/stacks/managed.json")),
    (
        Template::SymmetricNat,
        "symmetric_nat",
        include_str!("../templates/stacks/symmetric_nat.json"),
    ),
    (Template::Many, "many", include_str!("../templates/stacks/many.json")),
];

const SCENARIOS: [(&str, &str); 3] = [
    ("teredo_port", include_str!("../templates/scenarios/teredo_port.json")),
    ("ip_interface", include_str!("../templates/scenarios/ip_interface.json")),
    ("deadlock", include_str!("../templates/scenarios/deadlock.json")),
];

/// The names of the stack templates.
pub fn names() -> impl Iterator<Item = &'static str> {
    STACKS.iter().map(|(_, name, _)| *name)
}

/// The stack template of this name, with nothing left to look up: no template, no file.
///
/// # Examples
///
/// ```
/// let home = netiosim_scenario::template::stack("home").expect("a template");
/// assert!(home.interfaces.iter().any(|interface| interface.alias == "Ethernet"));
/// assert_eq!(home.teredo.and_then(|teredo| teredo.port), Some(50_000));
/// ```
#[must_use]
pub fn stack(name: &str) -> Option<StackSpec> {
    STACKS.iter().find(|(_, known, _)| *known == name).map(|(template, _, _)| of(*template))
}

/// The text of the stack file behind the stack template of this name.
#[must_use]
pub fn stack_text(name: &str) -> Option<&'static str> {
    STACKS.iter().find(|(_, known, _)| *known == name).map(|(_, _, text)| *text)
}

/// The names of the example scenarios.
pub fn scenario_names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().map(|(name, _)| *name)
}

/// The text of the example scenario of this name, ready to run.
#[must_use]
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The stack template, with nothing left to look up: no template, no file.
#[must_use]
pub fn of(template: Template) -> StackSpec {
    let (_, name, text) = STACKS
        .iter()
        .find(|(known, _, _)| *known == template)
        .expect("every template is in the table");
    let file = read::read_stack_file(text, name).expect("the templates that are built in are good");
    match file.stack.template {
        Some(Template::Many) => many(file.stack.interfaces_count.unwrap_or(MANY)),
        Some(base) => overlay(of(base), file.stack),
        None => file.stack,
    }
}

/// A stack with so many Ethernet adapters, each with an IPv4 and an IPv6 address: what
/// [`build::many`](netiosim_model::build::many) makes.
///
/// # Examples
///
/// ```
/// assert_eq!(netiosim_scenario::template::many(1000).interfaces.len(), 1001);
/// ```
#[must_use]
pub fn many(adapters: u16) -> StackSpec {
    let mut stack = of(Template::Empty);
    stack.interfaces.extend((1..=adapters).map(adapter_of_many));
    stack
}

fn adapter_of_many(n: u16) -> InterfaceSpec {
    let (number, [high, low]) = (u32::from(n), n.to_be_bytes());
    let bound = |address: IpAddr, prefix_length: u8| {
        let address = AddressSpec::Plain(Cidr { address, prefix_length });
        FamilyBinding::Bound(FamilySpec { addresses: vec![address], ..FamilySpec::default() })
    };
    InterfaceSpec {
        if_type: Some(6),
        luid_index: Some(number),
        index: Some(number + 1),
        description: Some("Simulated Ethernet Adapter".to_owned()),
        physical_address: Some(PhysicalAddress(vec![0x02, 0, 0x5E, 0x01, high, low])),
        ipv4: bound([10, high, low, 1].into(), 24),
        ipv6: bound([0x2001, 0x0DB8, n, 0, 0, 0, 0, 1].into(), 64),
        ..InterfaceSpec::new(format!("Ethernet {n}"))
    }
}

/// Why the stack file of a stack cannot be used.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StackError {
    /// The file cannot be opened or is too big; the sentence says why.
    Unreadable(String),
    /// The file was read and is bad.
    Bad(Vec<Problem>),
}

/// Puts a stack together: the template or file that it starts from, and its own parts over it.
///
/// `directory` is that of the file in which the stack is written. A stack that starts from nothing
/// starts from the template `empty`. The result has neither template nor file.
///
/// # Errors
///
/// The stack file is missing, unreadable or bad. Templates are always there.
pub fn resolve(stack: &StackSpec, directory: &Path) -> Result<StackSpec, StackError> {
    let base = match (&stack.file, stack.template) {
        (Some(name), _) => from_file(&directory.join(name))?,
        (None, _) => base_of(stack),
    };
    Ok(overlay(base, stack.clone()))
}

fn from_file(path: &Path) -> Result<StackSpec, StackError> {
    let name = path.display().to_string();
    let text = crate::load::text(path).map_err(|problem| match problem.line {
        0 => StackError::Unreadable(problem.reason),
        _ => StackError::Bad(vec![*problem]),
    })?;
    let file = read::read_stack_file(&text, &name).map_err(StackError::Bad)?;
    let problems = crate::check::check_stack_file(&file, &name, &text);
    if !problems.is_empty() {
        return Err(StackError::Bad(problems));
    }
    // `check_stack_file` refuses a stack file that starts from another file.
    Ok(overlay(base_of(&file.stack), file.stack))
}

/// What a stack without a file starts from. Without a template a Teredo client that is written is
/// not taken for the disabled one of `empty`.
pub(crate) fn base_of(over: &StackSpec) -> StackSpec {
    let mut base = match over.template {
        Some(Template::Many) => many(over.interfaces_count.unwrap_or(MANY)),
        template => of(template.unwrap_or(Template::Empty)),
    };
    if over.template.is_none() && over.teredo.is_some() {
        base.teredo = None;
    }
    base
}

/// Lays a stack over a base: interfaces by alias, the Teredo client and rows member by member;
/// listeners, routes, neighbours and conflicts are added. A route takes the place of one with the same
/// destination, next hop and interface, a neighbour that of one with the same address.
///
/// An interface of type 24 lies over the loopback interface of the base, whatever its alias.
#[must_use]
pub fn overlay(base: StackSpec, over: StackSpec) -> StackSpec {
    let mut stack = StackSpec { template: None, file: None, interfaces_count: None, ..base };
    stack.windows = over.windows.or(stack.windows);
    stack.ipv4 = over.ipv4.or(stack.ipv4);
    stack.ipv6 = over.ipv6.or(stack.ipv6);
    let is_loopback = |one: &InterfaceSpec| one.if_type == Some(LOOPBACK_TYPE);
    let mut loopback = stack.interfaces.iter().position(is_loopback);
    let known = stack.interfaces.iter().enumerate();
    let mut places: BTreeMap<String, usize> =
        known.map(|(place, interface)| (interface.alias.clone(), place)).collect();
    for interface in over.interfaces {
        let own = is_loopback(&interface);
        let place = places.get(&interface.alias).copied().or(loopback.filter(|_| own));
        let place = place.unwrap_or(stack.interfaces.len());
        places.insert(interface.alias.clone(), place);
        loopback = loopback.or(own.then_some(place));
        match stack.interfaces.get_mut(place) {
            Some(known) => lay_interface(known, interface),
            None => stack.interfaces.push(interface),
        }
    }
    if let Some(teredo) = over.teredo {
        lay_teredo(stack.teredo.get_or_insert_default(), teredo);
    }
    let ports: BTreeSet<u16> = over.listeners.iter().map(|listener| listener.port).collect();
    stack.listeners.retain(|known| !ports.contains(&known.port));
    stack.listeners.extend(over.listeners);
    lay_list(&mut stack.routes, over.routes, |a| {
        (a.interface.clone(), a.destination, a.next_hop.filter(|hop| !hop.is_unspecified()))
    });
    lay_list(&mut stack.neighbours, over.neighbours, |a| (a.interface.clone(), a.address));
    lay_list(&mut stack.conflicts, over.conflicts, |a| (a.interface.clone(), a.address));
    stack
}

/// Adds entries; those of the base that have the key of one of them go.
fn lay_list<T, K: Ord>(known: &mut Vec<T>, over: Vec<T>, key: impl Fn(&T) -> K) {
    if over.is_empty() {
        return;
    }
    let own: BTreeSet<K> = over.iter().map(&key).collect();
    known.retain(|entry| !own.contains(&key(entry)));
    known.extend(over);
}

fn lay_interface(known: &mut InterfaceSpec, over: InterfaceSpec) {
    known.alias = over.alias;
    known.if_type = over.if_type.or(known.if_type);
    known.luid_index = over.luid_index.or(known.luid_index);
    known.index = over.index.or(known.index);
    known.guid = over.guid.or(known.guid.take());
    known.description = over.description.or(known.description.take());
    known.mtu = over.mtu.or(known.mtu);
    known.connected = over.connected.or(known.connected);
    known.admin_up = over.admin_up.or(known.admin_up);
    known.tunnel_type = over.tunnel_type.or(known.tunnel_type);
    known.physical_address = over.physical_address.or(known.physical_address.take());
    known.speed_bps = over.speed_bps.or(known.speed_bps);
    known.hardware = over.hardware.or(known.hardware);
    known.filter = over.filter.or(known.filter);
    known.top_connected = over.top_connected.or(known.top_connected);
    known.takes_routes = over.takes_routes.or(known.takes_routes);
    known.oper_status = over.oper_status.or(known.oper_status);
    if !over.above.is_empty() {
        known.above = over.above;
    }
    if let Some(over) = over.connectivity {
        lay_connectivity(known.connectivity.get_or_insert_default(), &over);
    }
    known.dns_servers = over.dns_servers.or(known.dns_servers.take());
    known.dns_suffix = over.dns_suffix.or(known.dns_suffix.take());
    known.dns_search = over.dns_search.or(known.dns_search.take());
    known.wins_servers = over.wins_servers.or(known.wins_servers.take());
    // Without DHCP the server of the base is none.
    known.dhcp_server = over.dhcp_server.or(known.dhcp_server.filter(|_| over.dhcp != Some(false)));
    known.dhcp = over.dhcp.or(known.dhcp.filter(|_| over.dhcp_server.is_none()));
    known.counters.extend(over.counters);
    lay_binding(&mut known.ipv4, over.ipv4);
    lay_binding(&mut known.ipv6, over.ipv6);
}

fn lay_connectivity(known: &mut ConnectivitySpec, over: &ConnectivitySpec) {
    known.internet = over.internet.or(known.internet);
    known.cost = over.cost.or(known.cost);
    known.approaching_data_limit = over.approaching_data_limit.or(known.approaching_data_limit);
    known.over_data_limit = over.over_data_limit.or(known.over_data_limit);
    known.roaming = over.roaming.or(known.roaming);
}

fn lay_binding(known: &mut FamilyBinding, over: FamilyBinding) {
    match (known, over) {
        (_, FamilyBinding::Unsaid) => {}
        (FamilyBinding::Bound(known), FamilyBinding::Bound(over)) => lay_family(known, over),
        (known, over) => *known = over,
    }
}

/// Addresses that are written replace those of the base; an empty list keeps them.
fn lay_family(known: &mut FamilySpec, over: FamilySpec) {
    known.metric = over.metric.or(known.metric);
    known.mtu = over.mtu.or(known.mtu);
    known.forwarding = over.forwarding.or(known.forwarding);
    known.dad_transmits = over.dad_transmits.or(known.dad_transmits);
    if !over.addresses.is_empty() {
        known.addresses = over.addresses;
    }
    if !over.anycast.is_empty() {
        known.anycast = over.anycast;
    }
    known.members.extend(over.members);
}

/// The state of the base goes with what it comes from: another type, NAT, network or server takes it
/// away unless the new one is written. Left out, it is the best that the client can reach.
fn lay_teredo(known: &mut TeredoSpec, over: TeredoSpec) {
    let elsewhere = over.kind.is_some()
        || over.nat.is_some()
        || over.managed_network.is_some()
        || over.native_ipv6.is_some()
        || over.server_reachable.is_some();
    known.kind = over.kind.or(known.kind);
    let is_disabled = known.kind == Some(TeredoType::Disabled);
    known.server = over.server.or(known.server.take());
    known.server_address = over.server_address.or(known.server_address);
    known.client_port = over.client_port.or(known.client_port);
    known.port = over.port.or(known.port);
    known.refresh_s = over.refresh_s.or(known.refresh_s);
    known.default_qualified = over.default_qualified.or(known.default_qualified);
    known.nat = over.nat.or(known.nat);
    known.external_address = over.external_address.or(known.external_address);
    known.managed_network = over.managed_network.or(known.managed_network);
    known.native_ipv6 = over.native_ipv6.or(known.native_ipv6);
    known.server_reachable = over.server_reachable.or(known.server_reachable);
    known.state = match over.state {
        Some(state) => Some(state),
        None if is_disabled => Some(TeredoState::Disabled),
        None if elsewhere => None,
        None => known.state,
    };
}

/// A stack as the text of a stack file that scenarios can start from.
///
/// # Panics
///
/// Never: a stack has a JSON form.
#[must_use]
pub fn stack_file_text(description: &str, stack: &StackSpec) -> String {
    let file = StackFile {
        schema: None,
        version: crate::format::VERSION,
        description: description.to_owned(),
        stack: stack.clone(),
    };
    let text = serde_json::to_string_pretty(&file).expect("a stack has a JSON form");
    format!("{text}\n")
}
