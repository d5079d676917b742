//! Events of the file as changes of the machine, resolved when they happen.

use std::net::IpAddr;

use netiosim_model::change::{AddressEdit, Change, DhcpLease, RouterAdvertisement};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::interface::ServicesEdit;
use netiosim_model::machine::{Fault, FaultTarget};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::status::parse_status;
use netiosim_model::table::AddressKey;
use netiosim_model::teredo::PortWish;

use super::Program;
use super::interface::{interface, overlaid};
use super::stack::{BuildError, addresses, nat_kind, teredo_type};
use super::tables;
use crate::format::{self, ConnectivitySpec, Event, FaultSpec};

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
        Event::InterfaceAdd(spec) => return interface_add(spec, env),
        Event::InterfaceRemove(remove) => Change::InterfaceRemove(luid(env, &remove.interface)?),
        Event::InterfaceSet(set) => return interface_set(set, env),
        Event::InterfaceTouch(touch) => {
            Change::RowTouch { luid: luid(env, &touch.interface)?, family: family(touch.family) }
        }
        Event::InterfaceDisable(one) => Change::InterfaceDisable(luid(env, &one.interface)?),
        Event::InterfaceEnable(one) => Change::InterfaceEnable(disabled(env, &one.interface)?),
        Event::FamilyBind(bind) => {
            Change::FamilyBind { luid: luid(env, &bind.interface)?, family: family(bind.family) }
        }
        Event::FamilyUnbind(bind) => {
            Change::FamilyUnbind { luid: luid(env, &bind.interface)?, family: family(bind.family) }
        }
        Event::Connectivity(event) => connectivity(event, env)?,
        Event::ServicesSet(event) => services_set(event, env)?,
        Event::Filter(filter) => Change::FilterSet {
            luid: luid(env, &filter.interface)?,
            top_connected: filter.top_connected,
        },
        Event::Above(above) => Change::Above {
            higher: luid(env, &above.higher)?,
            lower: luid(env, &above.lower)?,
            present: above.present,
        },
        Event::AddressAdd(add) => Change::AddressAdd {
            address: tables::added_address(add, luid(env, &add.interface)?, env),
            optimistic: add.optimistic,
        },
        Event::AddressSet(set) => {
            Change::AddressSet { key: (luid(env, &set.interface)?, set.address), edit: edit(set) }
        }
        Event::AddressRemove(remove) => Change::AddressRemove {
            luid: luid(env, &remove.interface)?,
            address: remove.address.address,
        },
        Event::AddressConflict(conflict) => Change::AddressConflict {
            luid: luid(env, &conflict.interface)?,
            address: conflict.address,
            present: conflict.present,
        },
        Event::AnycastAdd(one) => Change::AnycastAdd(key(one, env)?),
        Event::AnycastRemove(one) => Change::AnycastRemove(key(one, env)?),
        Event::DhcpLease(lease) => dhcp_lease(lease, env)?,
        Event::DhcpRelease(one) => Change::DhcpRelease(luid(env, &one.interface)?),
        Event::RouterAdvertisement(heard) => router_advertisement(heard, env)?,
        Event::RouteAdd(spec) => Change::RouteAdd(tables::route(spec, luid(env, &spec.interface)?)),
        Event::RouteSet(spec) => {
            let fresh = tables::route(spec, luid(env, &spec.interface)?);
            let old = env.routes().get(fresh.key()).cloned();
            Change::RouteSet(old.map_or(fresh, |old| tables::with_said(spec, old)))
        }
        Event::RouteRemove(remove) => Change::RouteRemove(
            tables::route(
                &format::RouteSpec::new(remove.destination, remove.next_hop, &*remove.interface),
                luid(env, &remove.interface)?,
            )
            .key(),
        ),
        Event::NeighbourPut(spec) => {
            Change::NeighbourPut(tables::neighbour(spec, luid(env, &spec.interface)?))
        }
        Event::NeighbourRemove(one) => Change::NeighbourRemove(key(one, env)?),
        Event::Ipv4Present(ipv4) => Change::Ipv4Present(ipv4.present),
        Event::Ipv6Present(ipv6) => Change::Ipv6Present(ipv6.present),
        Event::Planned(change) => (**change).clone(),
        Event::Storm(_) => return Err("a storm happens on the timeline only".to_owned()),
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

/// An interface appears, and then what lies on it.
fn interface_add(spec: &format::InterfaceSpec, env: &Env) -> Result<EnvEvent, String> {
    let interface = interface(spec, env).map_err(|error| error.reason)?;
    let higher = interface.luid;
    let mut changes = vec![Change::InterfaceAdd(Box::new(interface))];
    for alias in &spec.above {
        changes.push(Change::Above { higher, lower: luid(env, alias)?, present: true });
    }
    changes.extend(addresses(spec).map(|(details, _)| {
        let address = tables::address(&details, higher, env, false);
        Change::AddressAdd { address, optimistic: false }
    }));
    for family in [&spec.ipv4, &spec.ipv6].into_iter().filter_map(format::FamilyBinding::spec) {
        changes.extend(family.anycast.iter().map(|address| Change::AnycastAdd((higher, *address))));
    }
    Ok(EnvEvent::Changes(changes))
}

fn connectivity(event: &format::ConnectivityEvent, env: &Env) -> Result<Change, String> {
    let luid = luid(env, &event.interface)?;
    let said = ConnectivitySpec {
        internet: event.internet,
        cost: event.cost,
        approaching_data_limit: event.approaching_data_limit,
        over_data_limit: event.over_data_limit,
        roaming: event.roaming,
    };
    let now = env.interface(luid).map(|interface| interface.connectivity).unwrap_or_default();
    Ok(Change::ConnectivitySet { luid, connectivity: overlaid(now, &said) })
}

fn services_set(event: &format::ServicesEvent, env: &Env) -> Result<Change, String> {
    let edit = ServicesEdit {
        dns_servers: event.dns_servers.clone(),
        dns_suffix: event.dns_suffix.clone(),
        dns_search: event.dns_search.clone(),
        wins_servers: event.wins_servers.clone(),
        dhcp_enabled: event.dhcp,
        dhcp_server: event.dhcp_server,
    };
    Ok(Change::ServicesSet { luid: luid(env, &event.interface)?, edit })
}

fn edit(set: &format::AddressSet) -> AddressEdit {
    AddressEdit {
        prefix_length: set.prefix_length,
        prefix_origin: set.origin.map(tables::prefix_origin),
        suffix_origin: set.suffix_origin.map(tables::suffix_origin),
        valid_s: set.valid_s,
        preferred_s: set.preferred_s,
        skip_as_source: set.skip_as_source,
    }
}

fn dhcp_lease(lease: &format::DhcpLease, env: &Env) -> Result<Change, String> {
    let IpAddr::V4(address) = lease.address.address else {
        return Err(format!("{} is no IPv4 address", lease.address));
    };
    Ok(Change::DhcpLease(DhcpLease {
        luid: luid(env, &lease.interface)?,
        address,
        prefix_length: lease.address.prefix_length,
        gateway: lease.gateway,
        lease_s: lease.lease_s.unwrap_or(86_400),
    }))
}

/// Lifetimes that are left out are those of RFC 4861, 6.2.1.
fn router_advertisement(heard: &format::RouterAdvertisement, env: &Env) -> Result<Change, String> {
    let prefix = match heard.prefix {
        None => None,
        Some(cidr) => match cidr.address {
            IpAddr::V6(prefix) => Some((prefix, cidr.prefix_length)),
            IpAddr::V4(_) => return Err(format!("{cidr} is no IPv6 prefix")),
        },
    };
    Ok(Change::RouterAdvertisement(RouterAdvertisement {
        luid: luid(env, &heard.interface)?,
        router: heard.router,
        router_lifetime_s: heard.router_lifetime_s.unwrap_or(1800),
        prefix,
        valid_s: heard.valid_s.unwrap_or(2_592_000),
        preferred_s: heard.preferred_s.unwrap_or(604_800),
        managed: heard.managed,
        other: heard.other,
        mtu: heard.mtu,
    }))
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

/// The LUID of a disabled adapter; that of an enabled one where there is no such, so that the model
/// says what is wrong.
fn disabled(env: &Env, alias: &str) -> Result<Luid, String> {
    let found = env.disabled().find(|interface| interface.alias == alias);
    found.map_or_else(|| luid(env, alias), |interface| Ok(interface.luid))
}

fn key(one: &format::BareAddress, env: &Env) -> Result<AddressKey, String> {
    Ok((luid(env, &one.interface)?, one.address))
}

pub(super) fn family(family: format::IpFamily) -> Family {
    match family {
        format::IpFamily::Inet => Family::V4,
        format::IpFamily::Inet6 => Family::V6,
    }
}

/// The function of the API that a word of the language means.
pub(crate) fn function(function: format::Function) -> Function {
    Function::parse(function.abi_name()).expect("every word for a function means one")
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
