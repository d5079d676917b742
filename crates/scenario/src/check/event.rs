//! Events and faults.

use netiosim_model::function::Shape;

use super::faults::Faults;
use super::names::Names;
use super::{network, stack};
use crate::format::{
    Event, FaultSpec, InterfaceSet, InterfaceSpec, TeredoMapping, TeredoNetwork, TeredoPolicy,
};
use crate::program::function;
use crate::read::JsonPath;

/// `path` is that of the object whose only member names the event.
pub(super) fn check(event: &Event, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let nothing = |faults: &mut Faults, at: &JsonPath| {
        faults.tell(at, "this changes nothing", Some("say at least one thing that changes"));
    };
    match event {
        Event::TeredoStart(start) => port(start.port, &path.then("teredo_start"), faults),
        Event::TeredoRestart(restart) => {
            let path = path.then("teredo_restart");
            port(restart.port, &path, faults);
            if restart.port.is_some() && restart.same_port {
                let reason = "a restart takes a given port or the same as before, not both";
                faults.tell_name(&path.then("same_port"), reason, None);
            }
        }
        Event::TeredoMapping(mapping) => {
            if *mapping == TeredoMapping::default() {
                nothing(faults, &path.then("teredo_mapping"));
            }
        }
        Event::TeredoPolicy(policy) => {
            let path = path.then("teredo_policy");
            if *policy == TeredoPolicy::default() {
                nothing(faults, &path);
            }
            if policy.client_port == Some(3544) {
                let reason = "3544 is the static port, never that of the client";
                faults.tell(&path.then("client_port"), reason, None);
            }
            if policy.refresh_s.is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
                faults.tell(&path.then("refresh_s"), "the interval is from 1 to 86400 s", None);
            }
        }
        Event::TeredoNetwork(network) => {
            if *network == TeredoNetwork::default() {
                nothing(faults, &path.then("teredo_network"));
            }
        }
        Event::InterfaceAdd(interface) => {
            interface_add(interface, &path.then("interface_add"), names, faults);
        }
        Event::InterfaceRemove(one) => {
            leaving(&one.interface, &path.then("interface_remove"), names, faults);
        }
        Event::InterfaceDisable(one) => {
            leaving(&one.interface, &path.then("interface_disable"), names, faults);
        }
        Event::InterfaceSet(set) => interface_set(set, &path.then("interface_set"), names, faults),
        Event::Connectivity(_)
        | Event::Filter(_)
        | Event::ServicesSet(_)
        | Event::Above(_)
        | Event::InterfaceEnable(_)
        | Event::InterfaceTouch(_)
        | Event::FamilyBind(_)
        | Event::FamilyUnbind(_) => network::check_link(event, path, names, faults),
        Event::AddressAdd(_)
        | Event::AddressSet(_)
        | Event::AddressRemove(_)
        | Event::AddressConflict(_)
        | Event::AnycastAdd(_)
        | Event::AnycastRemove(_)
        | Event::DhcpLease(_)
        | Event::DhcpRelease(_)
        | Event::RouterAdvertisement(_)
        | Event::RouteAdd(_)
        | Event::RouteSet(_)
        | Event::RouteRemove(_)
        | Event::NeighbourPut(_)
        | Event::NeighbourRemove(_) => network::check(event, path, names, faults),
        Event::Storm(storm) => network::check_storm(storm, &path.then("storm"), names, faults),
        Event::ProcessExit(exit) => {
            names.client(&path.then("process_exit").then("client"), &exit.client, faults);
        }
        Event::ModuleLoad(load) => {
            let path = path.then("module_load");
            names.client(&path.then("client"), &load.client, faults);
            if load.module.is_empty() {
                faults.tell(&path.then("module"), "the name of a module must not be empty", None);
            }
        }
        Event::ModuleUnload(unload) => {
            let path = path.then("module_unload");
            if let Some(own) = names.client(&path.then("client"), &unload.client, faults) {
                names.module(&path.then("module"), own.process, &unload.module, faults);
            }
        }
        Event::Fault(spec) => fault(spec, &path.then("fault"), names, faults),
        Event::PortOpen(_)
        | Event::PortClose(_)
        | Event::TeredoStop(_)
        | Event::TeredoQualify(_)
        | Event::TeredoServer(_)
        | Event::TeredoTraffic(_)
        | Event::Ipv4Present(_)
        | Event::Ipv6Present(_)
        | Event::Planned(_)
        | Event::NsiRestart(_)
        | Event::NsiDown(_)
        | Event::Reboot(_)
        | Event::FaultClear(_) => {}
    }
}

/// A fault of the list `faults` or of the event `fault`.
pub(super) fn fault(spec: &FaultSpec, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    faults.code(&path.then("code"), &spec.code);
    let Some(registration) = &spec.registration else { return };
    let at = path.then("registration");
    let call = function(spec.call);
    let shape = call.spec().shape;
    if !matches!(shape, Shape::Notify | Shape::Cancel) {
        let reason = format!("{} is called for no registration", call.name());
        return faults.tell_name(&at, reason, None);
    }
    let made = names.registration(&at, registration, None, faults);
    if made.is_some_and(|made| shape == Shape::Notify && !made.contains(&call)) {
        let reason = format!("{} does not make `{registration}`", call.name());
        faults.tell(&at, reason, None);
    }
}

fn port(port: Option<u16>, path: &JsonPath, faults: &mut Faults) {
    if port == Some(3544) {
        let reason = "3544 is the static port, never the dynamic one";
        faults.tell(&path.then("port"), reason, None);
    }
}

pub(super) fn interface_add(
    interface: &InterfaceSpec,
    path: &JsonPath,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    stack::check_interface(interface, path, faults);
    let alias = interface.alias.as_str();
    if names.first_aliases.contains(alias) && !names.gone_aliases.contains(alias) {
        let reason = format!("there is an interface `{alias}` already");
        faults.tell(&path.then("alias"), reason, None);
    }
    for (position, lower) in interface.above.iter().enumerate() {
        names.interface(&path.then("above").then(position), lower, faults);
    }
    let families = [("ipv4", &interface.ipv4), ("ipv6", &interface.ipv6)];
    for (name, family) in families.into_iter().filter_map(|(name, f)| Some((name, f.spec()?))) {
        for (index, address) in family.addresses.iter().enumerate() {
            if address.details().state.is_some() {
                let at = path.then(name).then("addresses").then(index).then("state");
                let reason = "detection runs for an address that appears: its state is the stack's";
                faults.tell_name(&at, reason, Some("`address_conflict` lets it fail"));
            }
        }
    }
}

/// An interface that goes away.
pub(super) fn leaving(alias: &str, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let path = path.then("interface");
    names.interface(&path, alias, faults);
    if alias == names.teredo || alias == names.loopback {
        faults.tell(&path, "this interface comes and goes only by itself", None);
    }
}

fn interface_set(set: &InterfaceSet, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    names.interface(&path.then("interface"), &set.interface, faults);
    let bare = InterfaceSet { family: None, ..set.clone() };
    let empty = InterfaceSet {
        interface: set.interface.clone(),
        family: None,
        mtu: None,
        metric: None,
        forwarding: None,
        dad_transmits: None,
        members: std::collections::BTreeMap::new(),
        connected: None,
        admin_up: None,
        alias: None,
    };
    if bare == empty {
        let help =
            "say at least one thing that changes; `interface_touch` notifies without a change";
        faults.tell(path, "this changes nothing", Some(help));
    }
    let of_link = [
        ("connected", set.connected.is_some()),
        ("admin_up", set.admin_up.is_some()),
        ("alias", set.alias.is_some()),
    ];
    for (name, there) in of_link {
        if there && set.family.is_some() {
            let reason = format!("`{name}` belongs to the interface, not to the row of a family");
            let help = "leave `family` out, or make two events of it";
            faults.tell_name(&path.then(name), reason, Some(help));
        }
    }
    for name in set.members.keys() {
        stack::row_member(name, &path.then("members").then(name.as_str()), faults);
    }
}
