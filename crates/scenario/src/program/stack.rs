//! From a stack specification to the tables of a machine.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use netiosim_model::build::{bring_teredo, teredo_interface};
use netiosim_model::env::Env;
use netiosim_model::interface::if_type;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{Route, RouteOwner};
use netiosim_model::teredo::{
    NatKind, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState, TeredoType,
};
use netiosim_model::windows::Windows;

use super::interface::{interface, interface_with};
use super::tables;
use crate::format::{self, DadState, FamilyBinding, InterfaceSpec, StackSpec, TeredoSpec};
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
    pub(crate) fn new(path: &str, reason: impl Into<String>) -> Self {
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
/// A [`BuildError`] when two interfaces want one index, LUID or alias, when something lies on an
/// interface or family that is not there, or when the Teredo client cannot be in the state that is
/// asked for.
pub fn build_env(spec: &StackSpec) -> Result<Env, BuildError> {
    let whole;
    let spec = match spec.template {
        Some(_) => {
            whole = template::overlay(template::base_of(spec), spec.clone());
            &whole
        }
        None => spec,
    };
    let teredo = spec.teredo.clone().unwrap_or_default();
    let (ipv4, ipv6) = (spec.ipv4.unwrap_or(true), spec.ipv6.unwrap_or(true));
    let mut client = TeredoClient::new(settings(&teredo), network(&teredo));
    if !ipv4 {
        // Without IPv4 there is no way to the server.
        let network = TeredoNetwork { server_reachable: false, ..network(&teredo) };
        client = TeredoClient::new(settings(&teredo), network);
    }
    let own_tunnel = spec.interfaces.iter().find(|interface| interface.tunnel_type == Some(14));
    let index = own_tunnel.and_then(|tunnel| tunnel.index).unwrap_or_else(|| free_index(spec));
    let mut tunnel = teredo_interface(own_tunnel.and_then(|t| t.luid_index).unwrap_or(1), index);
    if let Some(own) = own_tunnel {
        tunnel.alias.clone_from(&own.alias);
        tunnel.mtu = own.mtu.unwrap_or(tunnel.mtu);
    }
    let mut env = Env::new(client, tunnel);
    if let Some(windows) = &spec.windows {
        let windows: Windows = windows
            .parse()
            .map_err(|error| BuildError::new("stack.windows", format!("{error}")))?;
        env.place_windows(windows);
    }
    for listener in &spec.listeners {
        env.place_listener(listener.port, listener.edge_traversal);
    }
    // The written loopback interface takes its index before anybody else does.
    let loopback = |own: &&InterfaceSpec| own.if_type == Some(if_type::LOOPBACK);
    if let Some((n, own)) = spec.interfaces.iter().enumerate().find(|(_, own)| loopback(own)) {
        let path = format!("stack.interfaces[{n}]");
        place(&mut env, own).map_err(|error| BuildError::new(&path, error.reason))?;
    }
    if ipv6 {
        // The client comes first: on its way time goes by, and no lifetime is to run meanwhile.
        let state = teredo.state.map_or(TeredoState::Qualified, teredo_state);
        if !bring_teredo(&mut env, state, teredo.port) && teredo.state.is_some() {
            let is = env.teredo().state().word();
            return Err(BuildError::new(
                "stack.teredo.state",
                format!("with these settings the Teredo client is {is}, never {}", state.word()),
            ));
        }
    }
    place_interfaces(&mut env, spec)?;
    place_rest(&mut env, spec)?;
    for (family, present) in [(Family::V4, ipv4), (Family::V6, ipv6)] {
        env.place_family(family, present);
    }
    // With an address that a router advertised the client is a relay from the start, wherever it was brought.
    env.settle_teredo();
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
    let mut network = TeredoNetwork::default();
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
    let given: BTreeSet<u32> =
        spec.interfaces.iter().filter_map(|interface| interface.index).collect();
    let unnumbered = spec.interfaces.iter().filter(|interface| interface.index.is_none()).count();
    let mut free = (2u32..).filter(|index| !given.contains(index));
    free.nth(unnumbered).unwrap_or(u32::MAX)
}

/// The interfaces with what lies on them, and then which of them lie above which.
fn place_interfaces(env: &mut Env, spec: &StackSpec) -> Result<(), BuildError> {
    let taken: BTreeSet<(&str, IpAddr)> =
        spec.conflicts.iter().map(|one| (one.interface.as_str(), one.address)).collect();
    for (n, own) in spec.interfaces.iter().enumerate() {
        if own.tunnel_type == Some(14) {
            continue;
        }
        let path = format!("stack.interfaces[{n}]");
        let at_path = |error: BuildError| BuildError::new(&path, error.reason);
        let luid = place(env, own).map_err(at_path)?;
        for (address, family) in addresses(own) {
            let taken = taken.contains(&(own.alias.as_str(), address.address.address));
            if env.row(luid, family).is_none() {
                let reason = format!("{family} is not bound to \"{}\"", own.alias);
                return Err(BuildError::new(&path, reason));
            }
            env.check_address((luid, address.address.address))
                .map_err(|error| BuildError::new(&path, error.to_string()))?;
            if taken || address.state == Some(DadState::Duplicate) {
                env.place_conflict(luid, address.address.address);
            }
            env.place_address(tables::address(&address, luid, env, taken));
        }
        for family in [&own.ipv4, &own.ipv6].into_iter().filter_map(FamilyBinding::spec) {
            for address in &family.anycast {
                env.place_anycast(luid, *address);
            }
        }
    }
    for (n, own) in spec.interfaces.iter().enumerate() {
        for (k, lower) in own.above.iter().enumerate() {
            let path = format!("stack.interfaces[{n}].above[{k}]");
            let (higher, lower) = (luid(env, &own.alias, &path)?, luid(env, lower, &path)?);
            env.place_above(higher, lower)
                .map_err(|error| BuildError::new(&path, error.to_string()))?;
        }
    }
    Ok(())
}

/// The addresses of an interface with their families, IPv4 first.
pub(super) fn addresses(
    spec: &InterfaceSpec,
) -> impl Iterator<Item = (format::AddressDetails, Family)> {
    let families = [(&spec.ipv4, Family::V4), (&spec.ipv6, Family::V6)];
    families.into_iter().flat_map(|(binding, family)| {
        let all = binding.spec().into_iter().flat_map(|spec| &spec.addresses);
        all.map(move |address| (address.details(), family))
    })
}

fn place(env: &mut Env, spec: &InterfaceSpec) -> Result<Luid, BuildError> {
    let failed =
        |error: netiosim_model::change::ChangeError| BuildError::new("", error.to_string());
    if spec.if_type == Some(if_type::LOOPBACK) {
        let (luid_index, index) = (spec.luid_index.unwrap_or(0), spec.index.unwrap_or(1));
        let loopback = interface_with(spec, luid_index, index)?;
        let luid = loopback.luid;
        env.replace_loopback(loopback).map_err(failed)?;
        return Ok(luid);
    }
    let interface = interface(spec, env)?;
    let luid = interface.luid;
    env.place_interface(interface).map_err(failed)?;
    Ok(luid)
}

fn luid(env: &Env, alias: &str, path: &str) -> Result<Luid, BuildError> {
    let found = env.interface_by_alias(alias).map(|interface| interface.luid);
    found.ok_or_else(|| BuildError::new(path, format!("no interface is called \"{alias}\"")))
}

/// Conflicts, routes and neighbours.
fn place_rest(env: &mut Env, spec: &StackSpec) -> Result<(), BuildError> {
    for (n, conflict) in spec.conflicts.iter().enumerate() {
        let luid = luid(env, &conflict.interface, &format!("stack.conflicts[{n}]"))?;
        env.place_conflict(luid, conflict.address);
    }
    for (n, written) in spec.routes.iter().enumerate() {
        let path = format!("stack.routes[{n}]");
        let luid = luid(env, &written.interface, &path)?;
        place_route(env, tables::route(written, luid), written)
            .map_err(|reason| BuildError::new(&path, reason))?;
    }
    for (n, neighbour) in spec.neighbours.iter().enumerate() {
        let luid = luid(env, &neighbour.interface, &format!("stack.neighbours[{n}]"))?;
        env.place_neighbour(tables::neighbour(neighbour, luid));
    }
    Ok(())
}

/// A route that an address has brought stays that address's and takes over what is written.
fn place_route(env: &mut Env, route: Route, written: &format::RouteSpec) -> Result<(), String> {
    let key = route.key();
    if env.row(key.luid, key.family()).is_none() {
        return Err(format!("{} is not bound to \"{}\"", key.family(), written.interface));
    }
    let brought = env.routes().get(key).filter(|old| matches!(old.owner, RouteOwner::Address(_)));
    if let Some(brought) = brought {
        let laid = tables::with_said(written, brought.clone());
        let owner = brought.owner;
        env.place_route(Route { owner, ..laid });
    } else {
        env.place_route(route);
    }
    Ok(())
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
