//! From specifications to addresses, routes and neighbours.

use std::net::IpAddr;

use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{
    DadState, Neighbour, NeighbourState, PrefixOrigin, Route, RouteOrigin, RouteOwner,
    SuffixOrigin, lifetime_ms,
};

use crate::format::{self, AddressDetails, NeighbourSpec, RouteSpec};

/// The address of a specification, in the state that it says or that goes with `taken`, whether
/// another host has it.
pub(super) fn address(
    details: &AddressDetails,
    luid: Luid,
    env: &Env,
    taken: bool,
) -> UnicastAddress {
    let cidr = details.address;
    let mut address = UnicastAddress::new(luid, cidr.address, cidr.prefix_length);
    set_origin(&mut address, details.origin, details.suffix_origin);
    address.valid_ms = details.valid_s.and_then(lifetime_ms);
    address.preferred_ms = details.preferred_s.or(details.valid_s).and_then(lifetime_ms);
    address.skip_as_source = details.skip_as_source;
    address.learnt = is_learnt(address.prefix_origin);
    address.persistent = details.persistent.unwrap_or(!address.learnt);
    let usual = if taken { format::DadState::Duplicate } else { format::DadState::Preferred };
    match details.state.unwrap_or(usual) {
        format::DadState::Preferred if address.preferred_ms != Some(0) => {}
        format::DadState::Preferred | format::DadState::Deprecated => {
            address.dad = DadState::Deprecated;
            address.preferred_ms = Some(0);
        }
        format::DadState::Duplicate => address.dad = DadState::Duplicate,
        format::DadState::Invalid => address.dad = DadState::Invalid,
        format::DadState::Tentative => {
            let row = env.row(luid, address.family());
            let member = |member| row.and_then(|row| row.get(member)).unwrap_or(0);
            address.dad = DadState::Tentative;
            address.dad_ms =
                Some(member(Member::DadTransmits).saturating_mul(member(Member::RetransmitTime)));
        }
    }
    address
}

/// The address of the event `address_add`.
pub(super) fn added_address(add: &format::AddressAdd, luid: Luid, env: &Env) -> UnicastAddress {
    let details = AddressDetails {
        address: add.address,
        state: None,
        origin: add.origin,
        suffix_origin: add.suffix_origin,
        valid_s: add.valid_s,
        preferred_s: add.preferred_s,
        skip_as_source: add.skip_as_source,
        persistent: add.persistent,
    };
    address(&details, luid, env, false)
}

fn is_learnt(origin: PrefixOrigin) -> bool {
    matches!(origin, PrefixOrigin::Dhcp | PrefixOrigin::RouterAdvertisement)
}

fn set_origin(
    address: &mut UnicastAddress,
    prefix: Option<format::PrefixOrigin>,
    suffix: Option<format::SuffixOrigin>,
) {
    if let Some(origin) = prefix {
        address.prefix_origin = prefix_origin(origin);
        address.suffix_origin = match address.prefix_origin {
            PrefixOrigin::Dhcp => SuffixOrigin::Dhcp,
            PrefixOrigin::RouterAdvertisement => SuffixOrigin::LinkLayerAddress,
            PrefixOrigin::Manual => SuffixOrigin::Manual,
            PrefixOrigin::Other => SuffixOrigin::Other,
            _ => address.suffix_origin,
        };
    }
    if let Some(origin) = suffix {
        address.suffix_origin = suffix_origin(origin);
    }
}

pub(super) fn prefix_origin(word: format::PrefixOrigin) -> PrefixOrigin {
    match word {
        format::PrefixOrigin::Other => PrefixOrigin::Other,
        format::PrefixOrigin::Manual => PrefixOrigin::Manual,
        format::PrefixOrigin::WellKnown => PrefixOrigin::WellKnown,
        format::PrefixOrigin::Dhcp => PrefixOrigin::Dhcp,
        format::PrefixOrigin::RouterAdvertisement => PrefixOrigin::RouterAdvertisement,
    }
}

pub(super) fn suffix_origin(word: format::SuffixOrigin) -> SuffixOrigin {
    match word {
        format::SuffixOrigin::Other => SuffixOrigin::Other,
        format::SuffixOrigin::Manual => SuffixOrigin::Manual,
        format::SuffixOrigin::WellKnown => SuffixOrigin::WellKnown,
        format::SuffixOrigin::Dhcp => SuffixOrigin::Dhcp,
        format::SuffixOrigin::LinkLayerAddress => SuffixOrigin::LinkLayerAddress,
        format::SuffixOrigin::Random => SuffixOrigin::Random,
    }
}

/// The route of a specification.
pub(super) fn route(spec: &RouteSpec, luid: Luid) -> Route {
    let cidr = spec.destination;
    let next_hop = spec.next_hop.unwrap_or(on_link(cidr.address));
    with_said(spec, Route::new(luid, cidr.address, cidr.prefix_length, next_hop))
}

/// A route with what a specification says laid over it.
pub(super) fn with_said(spec: &RouteSpec, mut route: Route) -> Route {
    route.metric = spec.metric.unwrap_or(route.metric);
    if let Some(valid_s) = spec.valid_s {
        route.valid_ms = lifetime_ms(valid_s);
        route.preferred_ms = lifetime_ms(valid_s);
    }
    if let Some(preferred_s) = spec.preferred_s {
        route.preferred_ms = lifetime_ms(preferred_s);
    }
    route.immortal = route.valid_ms.is_none();
    route.protocol = spec.protocol.unwrap_or(route.protocol);
    route.publish = spec.publish.unwrap_or(route.publish);
    if let Some(origin) = spec.origin {
        (route.origin, route.owner) = match origin {
            format::RouteOrigin::Manual => (RouteOrigin::Manual, route.owner),
            format::RouteOrigin::WellKnown => (RouteOrigin::WellKnown, route.owner),
            format::RouteOrigin::SixToFour => (RouteOrigin::SixToFour, route.owner),
            format::RouteOrigin::Dhcp => (RouteOrigin::Dhcp, RouteOwner::Dhcp),
            format::RouteOrigin::RouterAdvertisement => {
                (RouteOrigin::RouterAdvertisement, RouteOwner::RouterAdvertisement)
            }
        };
    }
    if let (Some(persistent), RouteOwner::Configured { .. }) = (spec.persistent, route.owner) {
        route.owner = RouteOwner::Configured { persistent };
    }
    route
}

/// The next hop of a destination that is on the link.
pub(super) fn on_link(destination: IpAddr) -> IpAddr {
    match Family::of(destination) {
        Family::V4 => IpAddr::from([0; 4]),
        Family::V6 => IpAddr::from([0; 16]),
    }
}

/// The neighbour of a specification.
pub(super) fn neighbour(spec: &NeighbourSpec, luid: Luid) -> Neighbour {
    let state = match spec.state.unwrap_or(format::NeighbourState::Permanent) {
        format::NeighbourState::Unreachable => NeighbourState::Unreachable,
        format::NeighbourState::Incomplete => NeighbourState::Incomplete,
        format::NeighbourState::Probe => NeighbourState::Probe,
        format::NeighbourState::Delay => NeighbourState::Delay,
        format::NeighbourState::Stale => NeighbourState::Stale,
        format::NeighbourState::Reachable => NeighbourState::Reachable,
        format::NeighbourState::Permanent => NeighbourState::Permanent,
    };
    Neighbour {
        luid,
        address: spec.address,
        physical_address: spec.physical_address.as_ref().map(|a| a.0.clone()).unwrap_or_default(),
        state,
        is_router: spec.router,
        is_unreachable: state == NeighbourState::Unreachable,
    }
}
