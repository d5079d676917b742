//! From a stack specification to the tables of a machine.

use std::fmt;

use netiosim_model::apply::teredo_interface;
use netiosim_model::build::{bring_teredo, home_network};
use netiosim_model::env::{Env, Route, UnicastAddress};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::Luid;
use netiosim_model::teredo::{
    NatKind, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState, TeredoType,
};

use crate::format::{self, Cidr, FamilyBinding, InterfaceSpec, StackSpec, TeredoSpec};
use crate::template;

/// Why a stack or a program cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// Where in the file: `stack.interfaces[1]`.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl BuildError {
    pub(super) fn new(path: &str, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl std::error::Error for BuildError {}

/// Builds the tables of a machine from a stack that [`template::resolve`] has put together.
///
/// # Errors
///
/// A [`BuildError`] when two interfaces want one index, LUID or alias, or when the Teredo client
/// cannot be in the state that is asked for.
pub fn build_env(spec: &StackSpec) -> Result<Env, BuildError> {
    let spec = match spec.template {
        Some(template) => template::overlay(template::of(template), spec.clone()),
        None => spec.clone(),
    };
    let teredo = spec.teredo.clone().unwrap_or_default();
    let settings = settings(&teredo);
    let ipv6 = spec.ipv6.unwrap_or(true);
    let own_tunnel = spec.interfaces.iter().find(|interface| interface.tunnel_type == Some(14));
    let index = own_tunnel.and_then(|tunnel| tunnel.index).unwrap_or_else(|| free_index(&spec));
    let mut tunnel = teredo_interface(own_tunnel.and_then(|t| t.luid_index).unwrap_or(1), index);
    if let Some(own) = own_tunnel {
        tunnel.alias.clone_from(&own.alias);
        if let Some(mtu) = own.mtu {
            tunnel.mtu = mtu;
        }
    }
    let mut env = Env::new(TeredoClient::new(settings, network(&teredo)), tunnel);
    for (n, interface_spec) in spec.interfaces.iter().enumerate() {
        if interface_spec.tunnel_type == Some(14) {
            continue;
        }
        let path = format!("stack.interfaces[{n}]");
        place(&mut env, interface_spec, ipv6)
            .map_err(|error| BuildError::new(&path, error.reason))?;
    }
    for listener in &spec.listeners {
        env.place_listener(listener.port, listener.edge_traversal);
    }
    for (n, route) in spec.routes.iter().enumerate() {
        let path = format!("stack.routes[{n}]");
        let luid = env.interface_by_alias(&route.interface).map(|interface| interface.luid);
        let luid = luid.ok_or_else(|| {
            BuildError::new(&path, format!("no interface is called \"{}\"", route.interface))
        })?;
        env.place_route(Route {
            luid,
            destination: route.destination.address,
            prefix_length: route.destination.prefix_length,
            next_hop: route.next_hop,
            metric: route.metric.unwrap_or(0),
        });
    }
    env.place_ipv6(ipv6);
    if ipv6 {
        let state = teredo.state.map_or(TeredoState::Qualified, teredo_state);
        if !bring_teredo(&mut env, state, teredo.port) && teredo.state.is_some() {
            let is = env.teredo().state().word();
            return Err(BuildError::new(
                "stack.teredo.state",
                format!("with these settings the Teredo client is {is}, never {}", state.word()),
            ));
        }
    } else {
        env.settle_teredo();
    }
    Ok(env)
}

fn settings(spec: &TeredoSpec) -> TeredoSettings {
    let mut settings = TeredoSettings::default();
    if let Some(kind) = spec.kind {
        settings.kind = teredo_type(kind);
    }
    if let Some(server) = &spec.server {
        settings.server.clone_from(server);
    }
    if let Some(address) = spec.server_address {
        settings.server_address = address;
    }
    if let Some(port) = spec.client_port {
        settings.client_port = port;
    }
    if let Some(refresh_s) = spec.refresh_s {
        settings.refresh_ms = u64::from(refresh_s) * 1000;
    }
    if let Some(qualified) = spec.default_qualified {
        settings.default_qualified = qualified;
    }
    settings
}

fn network(spec: &TeredoSpec) -> TeredoNetwork {
    let mut network = home_network();
    if let Some(nat) = spec.nat {
        network.nat = nat_kind(nat);
    }
    if let Some(address) = spec.external_address {
        network.external_address = address;
    }
    if let Some(managed) = spec.managed_network {
        network.managed = managed;
    }
    if let Some(native) = spec.native_ipv6 {
        network.native_ipv6 = native;
    }
    if let Some(reachable) = spec.server_reachable {
        network.server_reachable = reachable;
    }
    network
}

/// The smallest index that no interface of the specification asks for, loopback's 1 apart.
fn free_index(spec: &StackSpec) -> u32 {
    let given: Vec<u32> = spec.interfaces.iter().filter_map(|interface| interface.index).collect();
    let unnumbered = spec.interfaces.iter().filter(|interface| interface.index.is_none()).count();
    let skip = u32::try_from(unnumbered).unwrap_or(u32::MAX);
    let mut free = (2u32..).filter(|index| !given.contains(index));
    free.nth(skip as usize).unwrap_or(u32::MAX)
}

fn place(env: &mut Env, spec: &InterfaceSpec, ipv6: bool) -> Result<(), BuildError> {
    if spec.if_type == Some(if_type::LOOPBACK) {
        let (mut loopback, addresses) =
            interface_with(spec, spec.luid_index.unwrap_or(0), spec.index.unwrap_or(1))?;
        if !ipv6 {
            loopback.v6 = None;
        }
        let luid = loopback.luid;
        env.replace_loopback(loopback).map_err(|error| BuildError::new("", error.to_string()))?;
        place_addresses(env, luid, &addresses);
        return Ok(());
    }
    let (interface, addresses) = interface(spec, env)?;
    let luid = interface.luid;
    env.place_interface(interface).map_err(|error| BuildError::new("", error.to_string()))?;
    place_addresses(env, luid, &addresses);
    Ok(())
}

fn place_addresses(env: &mut Env, luid: Luid, addresses: &[Cidr]) {
    for cidr in addresses {
        let (address, prefix_length) = (cidr.address, cidr.prefix_length);
        env.place_address(UnicastAddress { luid, address, prefix_length });
    }
}

/// The interface of a specification and its addresses; what is left out is the first free number.
pub(super) fn interface(
    spec: &InterfaceSpec,
    env: &Env,
) -> Result<(Interface, Vec<Cidr>), BuildError> {
    let kind = spec.if_type.unwrap_or(if_type::ETHERNET);
    let luid_index = spec.luid_index.unwrap_or_else(|| env.free_luid_index(kind));
    let index = spec.index.unwrap_or_else(|| env.free_index());
    interface_with(spec, luid_index, index)
}

fn interface_with(
    spec: &InterfaceSpec,
    luid_index: u32,
    index: u32,
) -> Result<(Interface, Vec<Cidr>), BuildError> {
    let kind = spec.if_type.unwrap_or(if_type::ETHERNET);
    let mut interface = Interface::new(spec.alias.as_str(), kind, luid_index, index);
    if let Some(guid) = &spec.guid {
        interface.guid =
            guid.parse().map_err(|error| BuildError::new("guid", format!("{error}")))?;
    }
    if let Some(description) = &spec.description {
        interface.description.clone_from(description);
    }
    if let Some(address) = &spec.physical_address {
        interface.physical_address.clone_from(&address.0);
    }
    interface.tunnel_type = spec.tunnel_type.unwrap_or(0);
    interface.connected = spec.connected.unwrap_or(true);
    interface.admin_up = spec.admin_up.unwrap_or(true);
    if let Some(mtu) = spec.mtu {
        interface.mtu = mtu;
    }
    let (mtu, usable) = (interface.mtu, interface.connected && interface.admin_up);
    let mut addresses = Vec::new();
    let bindings = [(&spec.ipv4, &mut interface.v4), (&spec.ipv6, &mut interface.v6)];
    for (binding, slot) in bindings {
        if matches!(binding, FamilyBinding::Unbound) {
            *slot = None;
        }
        let Some(row) = slot else { continue };
        row.set(Member::NlMtu, u64::from(mtu));
        row.set(Member::Connected, u64::from(usable));
        let Some(family) = binding.spec() else { continue };
        for (member, value) in [
            (Member::Metric, family.metric),
            (Member::NlMtu, family.mtu),
            (Member::DadTransmits, family.dad_transmits),
            (Member::ForwardingEnabled, family.forwarding.map(u32::from)),
        ] {
            if let Some(value) = value {
                row.set(member, u64::from(value));
            }
        }
        if family.metric.is_some() {
            row.set(Member::UseAutomaticMetric, 0);
        }
        for (name, value) in &family.members {
            let member = Member::parse(name).ok_or_else(|| {
                BuildError::new("members", format!("no member is called \"{name}\""))
            })?;
            row.set(member, *value);
        }
        addresses.extend(family.addresses.iter().copied());
    }
    Ok((interface, addresses))
}

pub(super) fn teredo_type(kind: format::TeredoType) -> TeredoType {
    match kind {
        format::TeredoType::Default => TeredoType::Default,
        format::TeredoType::Relay => TeredoType::Relay,
        format::TeredoType::Client => TeredoType::Client,
        format::TeredoType::Server => TeredoType::Server,
        format::TeredoType::Disabled => TeredoType::Disabled,
        format::TeredoType::Automatic => TeredoType::Automatic,
        format::TeredoType::EnterpriseClient => TeredoType::EnterpriseClient,
        format::TeredoType::NatAwareClient => TeredoType::NatAwareClient,
    }
}

pub(super) fn nat_kind(kind: format::NatKind) -> NatKind {
    match kind {
        format::NatKind::None => NatKind::None,
        format::NatKind::Cone => NatKind::Cone,
        format::NatKind::Restricted => NatKind::Restricted,
        format::NatKind::PortRestricted => NatKind::PortRestricted,
        format::NatKind::Symmetric => NatKind::Symmetric,
    }
}

fn teredo_state(state: format::TeredoState) -> TeredoState {
    match state {
        format::TeredoState::Disabled => TeredoState::Disabled,
        format::TeredoState::Offline => TeredoState::Offline,
        format::TeredoState::Dormant => TeredoState::Dormant,
        format::TeredoState::Probe => TeredoState::Probe,
        format::TeredoState::Qualified => TeredoState::Qualified,
    }
}
