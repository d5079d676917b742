//! The stack of a scenario or stack file.

use std::collections::{BTreeMap, BTreeSet};

use netiosim_model::member::Member;
use netiosim_model::net::Guid;

use super::faults::Faults;
use crate::format::{
    FamilySpec, InterfaceSpec, IpFamily, StackSpec, TeredoSpec, TeredoState, TeredoType,
};
use crate::read::JsonPath;
use crate::template::{LOOPBACK_ALIAS, LOOPBACK_TYPE, TEREDO_ALIAS, TEREDO_TUNNEL_TYPE};

/// `written` is what stands in the file, `whole` what became of it with its template or file.
pub(super) fn check(written: &StackSpec, whole: &StackSpec, path: &JsonPath, faults: &mut Faults) {
    if written.template.is_some() && written.file.is_some() {
        faults.tell_name(&path.then("file"), super::BOTH_STACKS, None);
    }
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
    for (index, route) in written.routes.iter().enumerate() {
        let at = path.then("routes").then(index);
        faults.known(&at.then("interface"), "interface", &route.interface, &known);
        if route.destination.address.is_ipv4() != route.next_hop.is_ipv4() {
            faults.tell(&at.then("next_hop"), "destination and next hop differ in family", None);
        }
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
    let families =
        [(IpFamily::Inet, "ipv4", &interface.ipv4), (IpFamily::Inet6, "ipv6", &interface.ipv6)];
    for (family, name, binding) in families {
        if let Some(spec) = binding.spec() {
            check_family(spec, family, &path.then(name), faults);
        }
    }
}

fn check_family(spec: &FamilySpec, family: IpFamily, path: &JsonPath, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (index, address) in spec.addresses.iter().enumerate() {
        let at = path.then("addresses").then(index);
        if address.address.is_ipv4() != (family == IpFamily::Inet) {
            let other = if family == IpFamily::Inet { "ipv6" } else { "ipv4" };
            let help = format!("it belongs to `{other}`");
            faults.tell(&at, format!("{address} is of the other family"), Some(&help));
        }
        if !seen.insert(address.address) {
            faults.tell(&at, format!("{} comes twice", address.address), None);
        }
    }
    for name in spec.members.keys() {
        row_member(name, &path.then("members").then(name.as_str()), faults);
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
