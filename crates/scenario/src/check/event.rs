//! Events and faults.

use super::faults::Faults;
use super::names::Names;
use super::stack;
use crate::format::{
    Event, FaultSpec, Function, InterfaceSet, TeredoMapping, TeredoNetwork, TeredoPolicy,
};
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
            let path = path.then("interface_add");
            stack::check_interface(interface, &path, faults);
            let alias = interface.alias.as_str();
            if names.first_aliases.contains(alias) && !names.gone_aliases.contains(alias) {
                let reason = format!("there is an interface `{alias}` already");
                faults.tell(&path.then("alias"), reason, None);
            }
        }
        Event::InterfaceRemove(remove) => {
            let path = path.then("interface_remove").then("interface");
            names.interface(&path, &remove.interface, faults);
            if remove.interface == names.teredo || remove.interface == names.loopback {
                faults.tell(&path, "this interface comes and goes only by itself", None);
            }
        }
        Event::InterfaceSet(set) => interface_set(set, &path.then("interface_set"), names, faults),
        Event::InterfaceTouch(one) => {
            names.interface(
                &path.then("interface_touch").then("interface"),
                &one.interface,
                faults,
            );
        }
        Event::FamilyBind(one) => {
            names.interface(&path.then("family_bind").then("interface"), &one.interface, faults);
        }
        Event::FamilyUnbind(one) => {
            names.interface(&path.then("family_unbind").then("interface"), &one.interface, faults);
        }
        Event::AddressAdd(one) => {
            names.interface(&path.then("address_add").then("interface"), &one.interface, faults);
        }
        Event::AddressRemove(one) => {
            names.interface(&path.then("address_remove").then("interface"), &one.interface, faults);
        }
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
        | Event::Ipv6Present(_)
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
    if matches!(spec.call, Function::GetTeredoPort | Function::GetIpInterfaceEntry) {
        let reason = format!("{} is called for no registration", spec.call.abi_name());
        return faults.tell_name(&at, reason, None);
    }
    let made = names.registration(&at, registration, None, faults);
    let any = spec.call == Function::CancelMibChangeNotify2;
    if made.is_some_and(|made| !any && !made.contains(&spec.call)) {
        let reason = format!("{} does not make `{registration}`", spec.call.abi_name());
        faults.tell(&at, reason, None);
    }
}

fn port(port: Option<u16>, path: &JsonPath, faults: &mut Faults) {
    if port == Some(3544) {
        let reason = "3544 is the static port, never the dynamic one";
        faults.tell(&path.then("port"), reason, None);
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
