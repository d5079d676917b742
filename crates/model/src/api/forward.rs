//! Routes: GetIpForwardEntry2, GetIpForwardTable2, Create, Set and Delete, InitializeIpForwardEntry
//! (RT-01 to RT-29, facts 7.1).
//!
//! Chosen where the pages are silent: bits of the destination beyond its prefix length are cut off
//! before the row is looked for or made; destination and next hop have to be of one family; the zone
//! of a route is its interface, so that sin6_scope_id is neither read nor written; and a route that
//! waits for the medium of its interface counts as being there when one like it is made or when it
//! is deleted, not when it is read or set.

use super::{Answer, Ask, Checks, Class, Output};
use crate::change::Change;
use crate::env::Env;
use crate::function::Function;
use crate::interface::Interface;
use crate::net::{Family, Luid};
use crate::profile::OptionId;
use crate::row::{ForwardRow, Row};
use crate::status::Status;
use crate::table::{Route, RouteKey, RouteOwner, Routes, lifetime_ms, lifetime_s, protocol};

/// The illegal SitePrefixLength of an initialized row (RT-26, ST-10).
const NO_SITE_PREFIX: u8 = u8::MAX;

pub(super) fn row(ask: &mut Ask<'_>, function: Function, row: Option<&Row>) -> Answer {
    let row = match row {
        Some(Row::Forward(row)) => Some(&**row),
        _ => None,
    };
    let answer = match function {
        Function::InitializeIpForwardEntry => Ok(initialize(row)),
        Function::GetIpForwardEntry2 => get(ask, row),
        Function::CreateIpForwardEntry2 => create(ask, row),
        Function::SetIpForwardEntry2 => set(ask, row),
        Function::DeleteIpForwardEntry2 => delete(ask, row),
        _ => Err(Status::InvalidParameter),
    };
    answer.unwrap_or_else(Answer::fail)
}

/// The rows of the families asked for, IPv4 first, each by interface, destination and next hop
/// (RT-06, RT-07; the order is chosen).
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, pointer, Status::InvalidParameter);
    let families = ask.families(family, &mut checks);
    if let Err(status) = ask.verdict(checks) {
        return Answer::fail(status);
    }
    let of_family = |family| {
        let routes = ask.env.routes().iter();
        routes.filter(move |route| route.key().family() == family)
    };
    let routes = families.into_iter().flat_map(of_family);
    Answer::rows(routes.map(|route| forward_row(ask.env, route).into()).collect())
}

/// The row of a route, every member filled in: the lifetimes that are left, Age in seconds since it
/// was added or modified.
pub(super) fn forward_row(env: &Env, route: &Route) -> ForwardRow {
    let age_s = env.now_ms.0.saturating_sub(route.modified_ms.0) / 1000;
    ForwardRow {
        luid: route.luid,
        index: env.interface(route.luid).map_or(0, |interface| interface.index),
        destination: route.destination.into(),
        prefix_length: route.prefix_length,
        next_hop: route.next_hop.into(),
        site_prefix_length: route.site_prefix_length,
        valid_lifetime: lifetime_s(route.valid_ms),
        preferred_lifetime: lifetime_s(route.preferred_ms),
        metric: route.metric,
        protocol: route.protocol,
        loopback: route.loopback,
        autoconfigure_address: route.autoconfigure_address,
        publish: route.publish,
        immortal: route.immortal,
        age: u32::try_from(age_s).unwrap_or(u32::MAX),
        origin: route.origin.number(),
    }
}

/// InitializeIpForwardEntry (RT-25, RT-26). That the illegal values are all ones is chosen; NULL does
/// nothing.
fn initialize(row: Option<&ForwardRow>) -> Answer {
    let Some(_) = row else { return Answer::output(Output::Nothing) };
    let row = ForwardRow {
        site_prefix_length: NO_SITE_PREFIX,
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        metric: u32::MAX,
        protocol: u32::MAX,
        loopback: true,
        autoconfigure_address: true,
        publish: true,
        immortal: true,
        ..ForwardRow::default()
    };
    Answer::output(Output::Row(row.into()))
}

/// GetIpForwardEntry2. An unknown interface is one that does not match: the page knows no
/// ERROR_FILE_NOT_FOUND (RT-02, RT-03).
fn get(ask: &mut Ask<'_>, row: Option<&ForwardRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = named(ask, row, &mut checks);
    require_stack(ask, row, &mut checks);
    if ask.kernel() {
        require_values(ask, row, &mut checks); // RT-04: only the driver page has them (C-15).
    }
    ask.verdict(checks)?;
    let route = key.and_then(|key| ask.env.routes().get(key)).ok_or(Status::NotFound)?;
    Ok(Answer::output(Output::Row(forward_row(ask.env, route).into())))
}

/// CreateIpForwardEntry2. Age and Origin are ignored (RT-16); the route does not outlive its adapter's
/// restart.
fn create(ask: &mut Ask<'_>, row: Option<&ForwardRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = named(ask, row, &mut checks);
    require_stack(ask, row, &mut checks);
    require_values(ask, row, &mut checks);
    require_access(ask, &mut checks);
    if let Some(interface) = row.and_then(|row| ask.interface(row.luid, row.index)) {
        // RT-13; that a family which is not bound takes no routes either is chosen.
        let bound = key.is_none_or(|key| interface.row(key.family()).is_some());
        checks.require(Class::Interface, interface.takes_routes && bound, Status::NotSupported);
    }
    ask.verdict(checks)?;
    let (Some(row), Some(key)) = (row, key) else { return Err(Status::InvalidParameter) };
    if is_duplicate(ask, key) {
        return Err(Status::ObjectAlreadyExists);
    }
    let route = Route {
        owner: RouteOwner::Configured { persistent: false },
        ..Route::new(key.luid, key.destination, key.prefix_length, key.next_hop)
    };
    Ok(Answer::change(Change::RouteAdd(with_members(&route, row))))
}

/// SetIpForwardEntry2. Its page has neither the checks of the values nor a code for an absent stack:
/// a family that is not there is an interface that does not match (RT-19). Age and Origin are ignored
/// (RT-21).
fn set(ask: &mut Ask<'_>, row: Option<&ForwardRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = named(ask, row, &mut checks);
    require_bound(ask, key, &mut checks);
    require_access(ask, &mut checks);
    ask.verdict(checks)?;
    let (Some(row), Some(key)) = (row, key) else { return Err(Status::InvalidParameter) };
    let Some(route) = ask.env.routes().get(key) else {
        return Err(ask.missing_row()); // RT-20
    };
    Ok(Answer::change(Change::RouteSet(with_members(route, row))))
}

/// DeleteIpForwardEntry2.
fn delete(ask: &mut Ask<'_>, row: Option<&ForwardRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = named(ask, row, &mut checks);
    require_stack(ask, row, &mut checks);
    require_bound(ask, key, &mut checks);
    require_access(ask, &mut checks);
    ask.verdict(checks)?;
    let there = |key: &RouteKey| tables(ask.env).iter().any(|routes| routes.get(*key).is_some());
    match key.filter(there) {
        Some(key) => Ok(Answer::change(Change::RouteRemove(key))),
        None => Err(ask.missing_row()), // RT-24
    }
}

/// The route that a row names, if it names one; notes the invalid cases that all functions share, and
/// a missing interface, which is ERROR_NOT_FOUND in all of them (RT-01, RT-09, RT-12, RT-19, RT-23).
fn named(ask: &Ask<'_>, row: Option<&ForwardRow>, checks: &mut Checks) -> Option<RouteKey> {
    let invalid = Status::InvalidParameter;
    checks.require(Class::Pointer, row.is_some(), invalid);
    let row = row?;
    let (family, next) = (row.destination.family(), row.next_hop.family());
    checks.require(Class::Family, family.is_some() && family == next, invalid);
    checks.require(Class::Keys, row.luid != Luid::UNSPECIFIED || row.index != 0, invalid);
    let most = family.map_or(u8::MAX, Family::bits);
    checks.require(Class::Keys, row.prefix_length <= most, invalid); // ST-10
    let interface = ask.interface(row.luid, row.index); // RT-29
    checks.require(Class::Interface, interface.is_some(), Status::NotFound);
    let Interface { luid, .. } = interface?;
    let (destination, next_hop) = (row.destination.ip()?, row.next_hop.ip()?);
    Some(Route::new(*luid, destination, row.prefix_length, next_hop).key())
}

/// RT-05, RT-13, RT-23.
fn require_stack(ask: &Ask<'_>, row: Option<&ForwardRow>, checks: &mut Checks) {
    if let Some(family) = row.and_then(|row| row.destination.family()) {
        checks.require(Class::Stack, ask.env.family_present(family), Status::NotSupported);
    }
}

/// RT-02 is about Get; that Set and Delete say the same of a family that is not bound is derived.
fn require_bound(ask: &Ask<'_>, key: Option<RouteKey>, checks: &mut Checks) {
    if let Some(key) = key {
        let bound = ask.env.row(key.luid, key.family()).is_some();
        checks.require(Class::Interface, bound, Status::NotFound);
    }
}

/// RT-08, RT-18, RT-22.
fn require_access(ask: &Ask<'_>, checks: &mut Checks) {
    checks.require(Class::Access, ask.elevated, Status::AccessDenied);
}

/// RT-04, RT-10, RT-11. Whether the illegal SitePrefixLength of an initialized row counts as none is
/// the option `site-prefix-marker` (C-10); that it holds for the driver's Get as well is chosen.
fn require_values(ask: &mut Ask<'_>, row: Option<&ForwardRow>, checks: &mut Checks) {
    let Some(row) = row else { return };
    let lifetimes = row.preferred_lifetime <= row.valid_lifetime;
    checks.require(Class::Values, lifetimes, Status::InvalidParameter);
    let site = row.site_prefix_length <= row.prefix_length
        || (row.site_prefix_length == NO_SITE_PREFIX
            && ask.pick(OptionId::SitePrefixMarker) == "accepted");
    checks.require(Class::Values, site, Status::InvalidParameter);
}

/// Whether a route like this is there: the same next hop always counts (RT-14), another one by the
/// option `route-duplicate` (RT-15, C-14).
fn is_duplicate(ask: &mut Ask<'_>, key: RouteKey) -> bool {
    let tables = tables(ask.env);
    let any = tables.iter().any(|routes| {
        routes.to_prefix(Some(key.luid), key.destination, key.prefix_length).next().is_some()
    });
    let same = tables.iter().any(|routes| routes.get(key).is_some());
    same || (any && ask.pick(OptionId::RouteDuplicate) == "prefix")
}

/// The routes in force, and those that wait for the medium of their interface.
fn tables(env: &Env) -> [&Routes; 2] {
    [env.routes(), &env.parked_routes]
}

/// A route with the members of a row, but for its keys, Age and Origin. Values that mean nothing leave
/// the route's own in place (chosen): a Protocol that there is not, which makes a new route one of
/// NetMgmt, and a SitePrefixLength above the prefix length.
fn with_members(route: &Route, row: &ForwardRow) -> Route {
    let legal = row.site_prefix_length <= route.prefix_length;
    Route {
        site_prefix_length: if legal { row.site_prefix_length } else { route.site_prefix_length },
        valid_ms: lifetime_ms(row.valid_lifetime),
        preferred_ms: lifetime_ms(row.preferred_lifetime),
        metric: row.metric,
        protocol: if protocol::is_known(row.protocol) { row.protocol } else { route.protocol },
        loopback: row.loopback,
        autoconfigure_address: row.autoconfigure_address,
        publish: row.publish,
        immortal: row.immortal,
        ..route.clone()
    }
}
