//! Events of the file as changes of the machine, resolved when they happen.

use netiosim_model::change::Change;
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::event::Function;
use netiosim_model::machine::{Fault, FaultTarget};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::status::parse_status;
use netiosim_model::teredo::PortWish;

use super::Program;
use super::stack::{BuildError, interface, nat_kind, teredo_type};
use crate::format::{self, Event, FaultSpec};

/// An event, resolved against the machine as it is when the event happens.
#[derive(Clone, Debug)]
pub enum EnvEvent {
    /// Changes of the tables, in order.
    Changes(Vec<Change>),
    /// The NSI service restarts.
    NsiRestart,
    /// The NSI service becomes unreachable or reachable.
    NsiDown(bool),
    /// The process with this number ends.
    ProcessExit(usize),
    /// The machine restarts.
    Reboot,
    /// A module is loaded or unloaded.
    Module {
        /// The module's number.
        module: usize,
        /// Whether it is loaded from now on.
        loaded: bool,
    },
    /// A fault is put in.
    Fault(Fault),
    /// Faults are taken out.
    FaultClear(Option<Function>),
}

/// Resolves an event against the machine as it is now.
///
/// # Errors
///
/// In words, when the event makes no sense now, such as the removal of an interface that is gone.
pub fn resolve_event(event: &Event, env: &Env, program: &Program) -> Result<EnvEvent, String> {
    let change = match event {
        Event::TeredoStart(start) => {
            Change::TeredoStart(start.port.map_or(PortWish::Another, PortWish::Exactly))
        }
        Event::TeredoStop(_) => Change::TeredoStop,
        Event::TeredoRestart(restart) => {
            Change::TeredoRestart(match (restart.port, restart.same_port) {
                (Some(port), _) => PortWish::Exactly(port),
                (None, true) => PortWish::Same,
                (None, false) => PortWish::Another,
            })
        }
        Event::TeredoQualify(_) => Change::TeredoQualify,
        Event::TeredoServer(server) => Change::TeredoServer { reachable: server.reachable },
        Event::TeredoMapping(mapping) => {
            let network = env.teredo().network();
            let address = mapping.address.unwrap_or(network.external_address);
            Change::TeredoMapping { address, port: mapping.port.or(network.external_port) }
        }
        Event::TeredoPolicy(policy) => {
            let mut settings = env.teredo().settings().clone();
            if let Some(kind) = policy.kind {
                settings.kind = teredo_type(kind);
            }
            if let Some(port) = policy.client_port {
                settings.client_port = port;
            }
            if let Some(server) = &policy.server {
                settings.server.clone_from(server);
            }
            if let Some(refresh_s) = policy.refresh_s {
                settings.refresh_ms = u64::from(refresh_s) * 1000;
            }
            if let Some(qualified) = policy.default_qualified {
                settings.default_qualified = qualified;
            }
            Change::TeredoPolicy(settings)
        }
        Event::TeredoNetwork(change) => {
            let mut network = env.teredo().network().clone();
            if let Some(managed) = change.managed {
                network.managed = managed;
            }
            if let Some(native) = change.native_ipv6 {
                network.native_ipv6 = native;
            }
            if let Some(nat) = change.nat {
                network.nat = nat_kind(nat);
            }
            Change::TeredoNetwork(network)
        }
        Event::TeredoTraffic(_) => Change::TeredoTraffic,
        Event::PortOpen(open) => {
            Change::PortOpen { port: open.port, edge_traversal: open.edge_traversal }
        }
        Event::PortClose(close) => Change::PortClose { port: close.port },
        Event::InterfaceAdd(spec) => {
            let (interface, addresses) = interface(spec, env).map_err(|error| error.reason)?;
            let luid = interface.luid;
            let mut changes = vec![Change::InterfaceAdd(Box::new(interface))];
            changes.extend(addresses.into_iter().map(|cidr| {
                let (address, prefix_length) = (cidr.address, cidr.prefix_length);
                Change::AddressAdd(UnicastAddress { luid, address, prefix_length })
            }));
            return Ok(EnvEvent::Changes(changes));
        }
        Event::InterfaceRemove(remove) => Change::InterfaceRemove(luid(env, &remove.interface)?),
        Event::InterfaceSet(set) => return interface_set(set, env),
        Event::InterfaceTouch(touch) => {
            Change::RowTouch { luid: luid(env, &touch.interface)?, family: family(touch.family) }
        }
        Event::FamilyBind(bind) => {
            Change::FamilyBind { luid: luid(env, &bind.interface)?, family: family(bind.family) }
        }
        Event::FamilyUnbind(bind) => {
            Change::FamilyUnbind { luid: luid(env, &bind.interface)?, family: family(bind.family) }
        }
        Event::AddressAdd(add) => Change::AddressAdd(UnicastAddress {
            luid: luid(env, &add.interface)?,
            address: add.address.address,
            prefix_length: add.address.prefix_length,
        }),
        Event::AddressRemove(remove) => Change::AddressRemove {
            luid: luid(env, &remove.interface)?,
            address: remove.address.address,
        },
        Event::Ipv6Present(ipv6) => Change::Ipv6Present(ipv6.present),
        Event::NsiRestart(_) => return Ok(EnvEvent::NsiRestart),
        Event::NsiDown(nsi) => return Ok(EnvEvent::NsiDown(nsi.down)),
        Event::ProcessExit(exit) => {
            return Ok(EnvEvent::ProcessExit(process(program, &exit.client)?));
        }
        Event::Reboot(_) => return Ok(EnvEvent::Reboot),
        Event::ModuleLoad(module) => return module_event(program, module, true),
        Event::ModuleUnload(module) => return module_event(program, module, false),
        Event::Fault(spec) => {
            let mut fault = fault(spec, "fault").map_err(|error| error.reason)?;
            program.resolve_fault(&mut fault);
            return Ok(EnvEvent::Fault(fault));
        }
        Event::FaultClear(clear) => return Ok(EnvEvent::FaultClear(clear.call.map(function))),
    };
    Ok(EnvEvent::Changes(vec![change]))
}

fn interface_set(set: &format::InterfaceSet, env: &Env) -> Result<EnvEvent, String> {
    let luid = luid(env, &set.interface)?;
    let mut values = Vec::new();
    let mut push = |member, value: Option<u64>| values.extend(value.map(|value| (member, value)));
    push(Member::Metric, set.metric.map(u64::from));
    push(Member::ForwardingEnabled, set.forwarding.map(u64::from));
    push(Member::DadTransmits, set.dad_transmits.map(u64::from));
    if set.family.is_some() {
        push(Member::NlMtu, set.mtu.map(u64::from));
    }
    for (name, value) in &set.members {
        let member =
            Member::parse(name).ok_or_else(|| format!("no member is called \"{name}\""))?;
        values.push((member, *value));
    }
    let mut changes = Vec::new();
    let link_mtu = set.mtu.filter(|_| set.family.is_none());
    if set.connected.is_some()
        || set.admin_up.is_some()
        || set.alias.is_some()
        || link_mtu.is_some()
    {
        changes.push(Change::LinkSet {
            luid,
            connected: set.connected,
            admin_up: set.admin_up,
            mtu: link_mtu,
            alias: set.alias.clone(),
        });
    }
    if !values.is_empty() {
        let families = match set.family {
            Some(one) => vec![family(one)],
            None => Family::ALL.into_iter().filter(|f| env.row(luid, *f).is_some()).collect(),
        };
        changes.extend(families.into_iter().map(|family| Change::RowSet {
            luid,
            family,
            values: values.clone(),
        }));
    }
    Ok(EnvEvent::Changes(changes))
}

fn module_event(
    program: &Program,
    event: &format::ModuleEvent,
    loaded: bool,
) -> Result<EnvEvent, String> {
    let process = process(program, &event.client)?;
    let of_process =
        |module: &(usize, std::sync::Arc<str>)| module.0 == process && *module.1 == event.module;
    let module = program.modules.iter().position(of_process);
    let module = module.ok_or_else(|| format!("no module is called \"{}\"", event.module))?;
    Ok(EnvEvent::Module { module, loaded })
}

fn process(program: &Program, client: &str) -> Result<usize, String> {
    let found = program.clients.iter().find(|entry| &*entry.0 == client);
    found.map(|entry| entry.1).ok_or_else(|| format!("no client is called \"{client}\""))
}

fn luid(env: &Env, alias: &str) -> Result<Luid, String> {
    let found = env.interface_by_alias(alias).map(|interface| interface.luid);
    found.ok_or_else(|| format!("the machine has no interface \"{alias}\" at this time"))
}

pub(super) fn family(family: format::IpFamily) -> Family {
    match family {
        format::IpFamily::Inet => Family::V4,
        format::IpFamily::Inet6 => Family::V6,
    }
}

pub(super) fn function(function: format::Function) -> Function {
    match function {
        format::Function::NotifyTeredoPortChange => Function::NotifyTeredoPortChange,
        format::Function::NotifyIpInterfaceChange => Function::NotifyIpInterfaceChange,
        format::Function::CancelMibChangeNotify2 => Function::CancelMibChangeNotify2,
        format::Function::GetTeredoPort => Function::GetTeredoPort,
        format::Function::GetIpInterfaceEntry => Function::GetIpInterfaceEntry,
    }
}

pub(super) fn fault(spec: &FaultSpec, path: &str) -> Result<Fault, BuildError> {
    let status =
        parse_status(&spec.code).map_err(|error| BuildError::new(path, error.to_string()))?;
    Ok(Fault {
        function: function(spec.call),
        status,
        target: match &spec.registration {
            Some(name) => FaultTarget::Registration(name.as_str().into()),
            None => FaultTarget::Any,
        },
        nth: spec.nth,
        until_ms: spec.until_ms,
    })
}
