//! The plans of the storms.

use std::net::{IpAddr, Ipv6Addr};

use super::{LateAdapter, Step, Tunnel};
use crate::change::{Change, ChangeError, DhcpLease, RouterAdvertisement};
use crate::env::Env;
use crate::interface::{Interface, if_type};
use crate::member::Member;
use crate::net::{Family, Luid};
use crate::table::{PrefixOrigin, Route, RouteOwner, UnicastAddress, lifetime_s};
use crate::teredo::PortWish;

/// When a network gives again what it gave, after the medium is back.
const RENEWED_MS: u64 = 120;
/// How long the stages of setting a tunnel up or down are apart.
const STAGE_MS: u64 = 20;

fn find<'e>(env: &'e Env, alias: &str) -> Result<&'e Interface, ChangeError> {
    env.interface_by_alias(alias).ok_or_else(|| ChangeError::NoAlias(alias.to_owned()))
}

/// An interface whose link is the caller's to change.
fn own<'e>(env: &'e Env, alias: &str) -> Result<&'e Interface, ChangeError> {
    let interface = find(env, alias)?;
    if interface.is_teredo() || interface.if_type == if_type::LOOPBACK {
        return Err(ChangeError::Reserved(format!("the interface \"{alias}\"")));
    }
    Ok(interface)
}

fn medium(luid: Luid, connected: bool) -> Change {
    Change::LinkSet { luid, connected: Some(connected), admin_up: None, mtu: None, alias: None }
}

fn families(interface: &Interface) -> impl Iterator<Item = Family> {
    Family::ALL.into_iter().filter(|family| interface.row(*family).is_some())
}

pub(super) fn wifi_roam(env: &Env, alias: &str) -> Result<Vec<Step>, ChangeError> {
    let interface = own(env, alias)?;
    let luid = interface.luid;
    let mut plan = vec![(0, medium(luid, false)), (30, medium(luid, true))];
    // Unasked-for notifications, so many that there are 6 to 10 of the interface in all.
    let both = families(interface).count() == 2;
    for at_ms in if both { &[50, 80][..] } else { &[45, 60, 75, 90] } {
        for family in families(interface) {
            plan.push((*at_ms, Change::RowTouch { luid, family }));
        }
    }
    plan.extend(renewals(env, luid).into_iter().map(|change| (RENEWED_MS, change)));
    Ok(plan)
}

pub(super) fn dock_unplug(env: &Env, aliases: &[String]) -> Result<Vec<Step>, ChangeError> {
    let mut plan = Vec::new();
    let mut gone = Vec::new();
    for alias in aliases {
        let interface = own(env, alias)?;
        let luid = interface.luid;
        if interface.connected && interface.admin_up {
            plan.push((0, medium(luid, false)));
        }
        gone.push((50 + 10 * gone.len() as u64, Change::InterfaceDisable(luid)));
    }
    plan.extend(gone);
    Ok(plan)
}

pub(super) fn vpn_up(env: &Env, tunnel: &Tunnel) -> Result<Vec<Step>, ChangeError> {
    let (luid_index, index) = (env.free_luid_index(tunnel.if_type), env.free_index());
    let mut adapter = Interface::new(tunnel.alias.as_str(), tunnel.if_type, luid_index, index);
    adapter.hardware = false;
    adapter.mtu = tunnel.mtu;
    for row in [&mut adapter.v4, &mut adapter.v6].into_iter().flatten() {
        row.set(Member::NlMtu, u64::from(tunnel.mtu));
        row.set(Member::DadTransmits, 0);
        row.set(Member::RouterDiscoveryBehavior, 0);
    }
    env.check_free(&adapter)?;
    let luid = adapter.luid;
    let mut plan = Vec::new();
    if let Some(around) = tunnel.endpoint.and_then(|endpoint| around_route(env, endpoint)) {
        plan.push((0, Change::RouteAdd(around)));
    }
    plan.push((0, Change::InterfaceAdd(Box::new(adapter))));
    for (address, length) in &tunnel.addresses {
        let address =
            UnicastAddress { persistent: false, ..UnicastAddress::new(luid, *address, *length) };
        plan.push((STAGE_MS, Change::AddressAdd { address, optimistic: false }));
    }
    let used = |family| tunnel.addresses.iter().any(|(address, _)| Family::of(*address) == family);
    for family in Family::ALL.into_iter().filter(|f| env.family_present(*f) && used(*f)) {
        let values =
            vec![(Member::UseAutomaticMetric, 0), (Member::Metric, u64::from(tunnel.metric))];
        plan.push((2 * STAGE_MS, Change::RowSet { luid, family, values }));
    }
    let halves = || Family::ALL.into_iter().filter(|family| used(*family)).flat_map(halves_of);
    let destinations = match tunnel.destinations.as_slice() {
        [] => halves().collect(),
        given => given.to_vec(),
    };
    for (destination, length) in destinations {
        let route = Route {
            owner: RouteOwner::Configured { persistent: false },
            ..Route::new(luid, destination, length, zero(destination))
        };
        plan.push((3 * STAGE_MS, Change::RouteAdd(route)));
    }
    Ok(plan)
}

/// The route to a VPN server that leads around the tunnel, if a gateway leads there now and no route
/// of its own does.
fn around_route(env: &Env, endpoint: IpAddr) -> Option<Route> {
    let bits = Family::of(endpoint).bits();
    let now = env.routes().matching(None, endpoint).next()?;
    let gateway = Some(now.next_hop).filter(|hop| !hop.is_unspecified())?;
    (now.prefix_length < bits).then(|| Route {
        owner: RouteOwner::Configured { persistent: false },
        ..Route::new(now.luid, endpoint, bits, gateway)
    })
}

fn halves_of(family: Family) -> [(IpAddr, u8); 2] {
    match family {
        Family::V4 => [(IpAddr::from([0; 4]), 1), (IpAddr::from([128, 0, 0, 0]), 1)],
        Family::V6 => {
            let high = Ipv6Addr::from_bits(1 << 127);
            [(IpAddr::from([0; 16]), 1), (IpAddr::V6(high), 1)]
        }
    }
}

fn zero(like: IpAddr) -> IpAddr {
    if like.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) }
}

pub(super) fn vpn_down(
    env: &Env,
    alias: &str,
    endpoint: Option<IpAddr>,
) -> Result<Vec<Step>, ChangeError> {
    let luid = own(env, alias)?.luid;
    let configured = |route: &&Route| matches!(route.owner, RouteOwner::Configured { .. });
    let routes = env.routes().of(luid).filter(configured);
    let mut plan: Vec<Step> = routes.map(|route| (0, Change::RouteRemove(route.key()))).collect();
    for address in env.address_table().of(luid) {
        let address = address.address;
        plan.push((STAGE_MS, Change::AddressRemove { luid, address }));
    }
    plan.push((2 * STAGE_MS, Change::InterfaceRemove(luid)));
    if let Some(endpoint) = endpoint {
        let bits = Family::of(endpoint).bits();
        let around = env.routes().to_prefix(None, endpoint, bits);
        let around = around.filter(|route| route.luid != luid).filter(configured);
        plan.extend(around.map(|route| (2 * STAGE_MS, Change::RouteRemove(route.key()))));
    }
    Ok(plan)
}

pub(super) fn sleep_resume(env: &Env, asleep_ms: u64) -> Vec<Step> {
    let up = |interface: &&Interface| {
        interface.connected
            && interface.admin_up
            && !interface.is_teredo()
            && interface.if_type != if_type::LOOPBACK
    };
    let awake: Vec<Luid> = env.interfaces().filter(up).map(|interface| interface.luid).collect();
    let mut plan: Vec<Step> = awake.iter().map(|luid| (0, medium(*luid, false))).collect();
    let served = env.teredo().network().server_reachable;
    if served {
        plan.push((0, Change::TeredoServer { reachable: false }));
    }
    let mut back = Vec::new();
    let mut last_ms = asleep_ms;
    for (n, luid) in awake.iter().enumerate() {
        last_ms = asleep_ms.saturating_add(100 * n as u64);
        back.push((last_ms, medium(*luid, true)));
        let renewed_ms = last_ms.saturating_add(RENEWED_MS);
        back.extend(renewals(env, *luid).into_iter().map(|change| (renewed_ms, change)));
    }
    if served {
        // With the last medium there is a way to the server again.
        let at_ms = last_ms.saturating_add(RENEWED_MS);
        back.push((at_ms, Change::TeredoServer { reachable: true }));
    }
    back.sort_by_key(|step| step.0);
    plan.extend(back);
    plan
}

/// What an adapter was given by DHCP servers and routers, given once more with the lifetimes that
/// are left.
fn renewals(env: &Env, luid: Luid) -> Vec<Change> {
    let learnt_from = |owner: RouteOwner| {
        let mut routes = env.routes().of(luid).filter(move |route| route.owner == owner);
        routes.next().map(|route| (route.next_hop, lifetime_s(route.valid_ms)))
    };
    let member = |member| env.row(luid, Family::V6).and_then(|row| row.get(member));
    let mut changes = Vec::new();
    for address in env.address_table().of(luid).filter(|address| address.learnt) {
        let (valid_s, preferred_s) =
            (lifetime_s(address.valid_ms), lifetime_s(address.preferred_ms));
        match (address.prefix_origin, address.address) {
            (PrefixOrigin::Dhcp, IpAddr::V4(leased)) => {
                let gateway = learnt_from(RouteOwner::Dhcp).and_then(|(hop, _)| match hop {
                    IpAddr::V4(hop) => Some(hop),
                    IpAddr::V6(_) => None,
                });
                changes.push(Change::DhcpLease(DhcpLease {
                    luid,
                    address: leased,
                    prefix_length: address.prefix_length,
                    gateway,
                    lease_s: valid_s,
                }));
            }
            (PrefixOrigin::RouterAdvertisement, IpAddr::V6(advertised)) => {
                let known = learnt_from(RouteOwner::RouterAdvertisement);
                let (router, router_lifetime_s) = match known {
                    Some((IpAddr::V6(router), lifetime_s)) => (router, lifetime_s),
                    _ => (Ipv6Addr::UNSPECIFIED, 0),
                };
                changes.push(Change::RouterAdvertisement(RouterAdvertisement {
                    luid,
                    router,
                    router_lifetime_s,
                    prefix: Some((advertised, address.prefix_length)),
                    valid_s,
                    preferred_s,
                    managed: member(Member::ManagedAddressConfigurationSupported) == Some(1),
                    other: member(Member::OtherStatefulConfigurationSupported) == Some(1),
                    mtu: None,
                }));
            }
            _ => {}
        }
    }
    changes
}

pub(super) fn netsh(
    env: &Env,
    alias: &str,
    from: IpAddr,
    (to, prefix_length): (IpAddr, u8),
    gateway: Option<IpAddr>,
) -> Result<Vec<Step>, ChangeError> {
    let luid = own(env, alias)?.luid;
    let old = env.address_table().get((luid, from)).ok_or(ChangeError::NoAddress(from))?;
    if to != from && env.address_table().get((luid, to)).is_some() {
        return Err(ChangeError::AddressExists(to));
    }
    let gone = match old.prefix_origin {
        PrefixOrigin::Dhcp if old.learnt => Change::DhcpRelease(luid),
        _ => Change::AddressRemove { luid, address: from },
    };
    let mut plan = vec![(0, gone)];
    if let Some(gateway) = gateway {
        let old = env.routes().to_prefix(Some(luid), zero(gateway), 0);
        let old = old.filter(|route| matches!(route.owner, RouteOwner::Configured { .. }));
        plan.extend(old.map(|route| (0, Change::RouteRemove(route.key()))));
    }
    let address = UnicastAddress::new(luid, to, prefix_length);
    plan.push((STAGE_MS, Change::AddressAdd { address, optimistic: false }));
    if let Some(gateway) = gateway {
        let route = Route::new(luid, zero(gateway), 0, gateway);
        plan.push((STAGE_MS, Change::RouteAdd(route)));
    }
    Ok(plan)
}

pub(super) fn late_adapter(env: &Env, late: &LateAdapter) -> Result<Vec<Step>, ChangeError> {
    env.check_free(&late.interface)?;
    let luid = late.interface.luid;
    let mut plan = vec![(late.after_ms, Change::InterfaceAdd(Box::new(late.interface.clone())))];
    plan.extend(late.addresses.iter().map(|address| {
        let address = UnicastAddress { luid, ..address.clone() };
        (late.after_ms, Change::AddressAdd { address, optimistic: false })
    }));
    Ok(plan)
}

pub(super) fn tunnel_flap(
    env: &Env,
    alias: &str,
    times: u32,
    period_ms: u64,
) -> Result<Vec<Step>, ChangeError> {
    // The alias of the pseudo-interface means the client, whether it is there at the moment or not.
    let teredo = env.teredo_interface.alias == alias;
    let luid = if teredo { env.teredo_luid() } else { own(env, alias)?.luid };
    let change = |up: bool| match (teredo, up) {
        (true, false) => Change::TeredoStop,
        (true, true) => Change::TeredoStart(PortWish::Same),
        (false, up) => medium(luid, up),
    };
    let one = |n: u32| {
        let lost_ms = period_ms.saturating_mul(u64::from(n));
        [(lost_ms, change(false)), (lost_ms.saturating_add(period_ms / 2), change(true))]
    };
    Ok((0..times).flat_map(one).collect())
}
