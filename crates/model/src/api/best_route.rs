//! GetBestRoute2, GetBestInterface and GetBestInterfaceEx (BR-01 to BR-11, facts 7.2, 7.3).
//!
//! Which route is the best: of those that match the destination the one with the longest prefix, of
//! several the one with the lowest effective metric, which is that of the route plus that of its
//! interface (BR-08, chosen as ordinary routing has it; RT-27). A default route of an interface whose
//! DisableDefaultRoutes is set leads nowhere (derived from IS-10). The cost does not grow with the
//! number of routes.

use std::net::IpAddr;

use super::forward::forward_row;
use super::{Answer, Ask, Call, Checks, Class, Output};
use crate::env::Env;
use crate::function::Function;
use crate::interface::Interface;
use crate::member::Member;
use crate::net::{Family, Luid};
use crate::profile::OptionId;
use crate::row::SocketAddress;
use crate::status::Status;
use crate::table::{DadState, Route, RouteKey, UnicastAddress};

/// GetBestRoute2. After a failure both outputs are zero where they can be written (observed, 27).
pub(super) fn route(ask: &mut Ask<'_>, call: &Call) -> Answer {
    let Call::BestRoute { luid, index, source, destination, route_pointer, source_pointer, .. } =
        call
    else {
        return Answer::fail(Status::InvalidParameter);
    };
    // AddressSortOptions has no effect (BR-09).
    let asked = Asked {
        luid: luid.unwrap_or(Luid::UNSPECIFIED),
        index: *index,
        source: *source,
        destination: *destination,
        pointers: *route_pointer && *source_pointer,
    };
    match asked.answer(ask) {
        Ok(output) => Answer::output(output),
        Err(status) => {
            let output = if *route_pointer || *source_pointer {
                Output::BestRoute(Box::default(), SocketAddress::Unspecified)
            } else {
                Output::Nothing
            };
            Answer { output, ..Answer::fail(status) }
        }
    }
}

/// GetBestInterface, which takes IPv4 only, and GetBestInterfaceEx, which takes both families
/// (BR-11): the interface of the route that GetBestRoute2 would give on any interface. No route is
/// the other failure of BR-10.
pub(super) fn interface(
    ask: &mut Ask<'_>,
    function: Function,
    destination: Option<SocketAddress>,
    pointer: bool,
) -> Answer {
    let invalid = Status::InvalidParameter;
    let mut checks = Checks::default();
    checks.require(Class::Pointer, pointer && destination.is_some(), invalid);
    let family = destination.and_then(SocketAddress::family);
    let takes = match function {
        Function::GetBestInterface => family == Some(Family::V4),
        _ => family.is_some(), // 87 for another family is chosen.
    };
    checks.require(Class::Family, takes, invalid);
    if let Some(family) = family {
        checks.require(Class::Stack, ask.env.family_present(family), Status::NotSupported);
    }
    if let Err(status) = ask.verdict(checks) {
        return Answer::fail(status);
    }
    let place = Place::Anywhere;
    let best = destination.and_then(|destination| best(ask.env, destination, &place));
    match best.and_then(|route| ask.env.interface(route.luid)) {
        Some(interface) => Answer::output(Output::Index(interface.index)),
        None => Answer::fail(Status::CanNotComplete),
    }
}

/// What GetBestRoute2 was asked.
struct Asked {
    luid: Luid,
    index: u32,
    source: Option<SocketAddress>,
    destination: Option<SocketAddress>,
    pointers: bool,
}

impl Asked {
    fn answer(&self, ask: &mut Ask<'_>) -> Result<Output, Status> {
        let (named, destination) = self.check(ask)?;
        let mut place = named.map_or(Place::Anywhere, Place::On);
        let mut source = None;
        if let Some(given) = self.source {
            let holders = holders(ask.env, given);
            if holders.is_empty() {
                return Err(Status::NotFound); // Observed, 27; under `documented` chosen.
            }
            source = given.ip().map(|address| (holders[0], address));
            place = place.narrowed(ask.env, Family::of(destination.1), holders);
        }
        let Some(route) = best(ask.env, destination.0, &place) else {
            return Err(match ask.pick(OptionId::NoRoute) {
                "not-found" => Status::NotFound,
                _ => Status::NetworkUnreachable,
            });
        };
        let source = match source {
            // Of several interfaces with the source address it is that of the route.
            Some((_, address)) if ask.env.address_table().get((route.luid, address)).is_some() => {
                zoned(ask.env, (route.luid, address))
            }
            Some(key) => zoned(ask.env, key),
            None => best_source(ask.env, route, destination.1),
        };
        Ok(Output::BestRoute(Box::new(forward_row(ask.env, route)), source))
    }

    /// The interface that is named and the destination, if nothing is wrong (BR-01 to BR-06).
    ///
    /// A source address of another family than the destination's is an invalid parameter (chosen).
    fn check(&self, ask: &mut Ask<'_>) -> Result<(Option<Luid>, (SocketAddress, IpAddr)), Status> {
        let invalid = Status::InvalidParameter;
        let mut checks = Checks::default();
        checks.require(Class::Pointer, self.pointers && self.destination.is_some(), invalid);
        let family = self.destination.and_then(SocketAddress::family);
        checks.require(Class::Family, family.is_some(), invalid);
        let fits = self.source.is_none_or(|source| source.family() == family);
        checks.require(Class::Family, fits, invalid);
        let mut named = None;
        if self.luid == Luid::UNSPECIFIED && self.index == 0 {
            // BR-03: the driver page refuses it, the other one leaves it open (C-16).
            let any = !ask.kernel() && ask.pick(OptionId::BestRouteAnyInterface) == "search-all";
            checks.require(Class::Keys, any, invalid);
        } else {
            named = ask.interface(self.luid, self.index).map(|interface| interface.luid);
            if named.is_none() {
                let status = ask.no_interface(self.luid); // BR-04, BR-05
                checks.require(Class::Interface, false, status);
            }
        }
        if let Some(family) = family {
            checks.require(Class::Stack, ask.env.family_present(family), Status::NotSupported);
        }
        ask.verdict(checks)?;
        let destination = self.destination.and_then(|address| Some((address, address.ip()?)));
        Ok((named, destination.ok_or(invalid)?))
    }
}

/// Whose routes count.
enum Place {
    /// Those of every interface.
    Anywhere,
    /// Those of one interface.
    On(Luid),
    /// Those of these interfaces, of none if there is none.
    Among(Vec<Luid>),
}

impl Place {
    /// The strong host: only the interfaces with the source address count (BR-07). One of them with
    /// WeakHostSend lets the packet leave by any interface (derived from IS-12).
    fn narrowed(self, env: &Env, family: Family, holders: Vec<Luid>) -> Self {
        let weak = |luid: &Luid| member(env, *luid, family, Member::WeakHostSend);
        if holders.iter().any(weak) {
            return self;
        }
        Self::Among(holders.into_iter().filter(|luid| self.admits(*luid)).collect())
    }

    fn admits(&self, luid: Luid) -> bool {
        match self {
            Self::Anywhere => true,
            Self::On(only) => *only == luid,
            Self::Among(these) => these.contains(&luid),
        }
    }
}

/// The best route to a destination. The zone of a link-local destination names its interface (derived
/// from RFC 4007, section 6).
fn best<'a>(env: &'a Env, destination: SocketAddress, place: &Place) -> Option<&'a Route> {
    let address = destination.ip()?;
    let of = |luid: Option<Luid>| {
        env.routes().matching(luid, address).find(|route| !forbidden(env, route.key()))
    };
    if let Some(zone) = zone(destination) {
        let luid = env.interface_by_index(zone)?.luid;
        return if place.admits(luid) { of(Some(luid)) } else { None };
    }
    match place {
        Place::Anywhere => of(None),
        Place::On(luid) => of(Some(*luid)),
        Place::Among(these) => {
            let bests = these.iter().filter_map(|luid| of(Some(*luid)));
            bests.min_by_key(|route| {
                let length = route.prefix_length;
                (u8::MAX - length, env.routes().effective_metric(route.key()), route.key())
            })
        }
    }
}

/// Whether it is a default route that the interface's DisableDefaultRoutes forbids.
fn forbidden(env: &Env, key: RouteKey) -> bool {
    key.is_default() && member(env, key.luid, key.family(), Member::DisableDefaultRoutes)
}

/// Whether a BOOLEAN of an interface's row is set.
fn member(env: &Env, luid: Luid, family: Family, member: Member) -> bool {
    env.row(luid, family).and_then(|row| row.get(member)).is_some_and(|value| value != 0)
}

/// The interface index that an address with a zone names: a link-local one, unicast or multicast.
fn zone(address: SocketAddress) -> Option<u32> {
    let SocketAddress::V6 { address, scope_id } = address else { return None };
    let local = address.is_unicast_link_local() || address.segments()[0] & 0xFF0F == 0xFF02;
    (local && scope_id != 0).then_some(scope_id)
}

/// The interfaces that have this address, whatever its state (chosen): with a zone only that one.
fn holders(env: &Env, address: SocketAddress) -> Vec<Luid> {
    let index = |luid| env.interface(luid).map(|interface: &Interface| interface.index);
    let in_zone = |luid: &Luid| zone(address).is_none_or(|zone| index(*luid) == Some(zone));
    let holders = address.ip().into_iter().flat_map(|ip| env.address_table().holders(ip));
    holders.filter(in_zone).collect()
}

/// An address of an interface, with its zone if it has one.
fn zoned(env: &Env, (luid, address): (Luid, IpAddr)) -> SocketAddress {
    match SocketAddress::from(address) {
        SocketAddress::V6 { address: v6, .. } => {
            SocketAddress::V6 { address: v6, scope_id: env.scope_id(luid, address) }
        }
        other => other,
    }
}

/// The source address for a route, chosen after the spirit of RFC 6724, section 5: a usable address
/// of the route's interface that is not SkipAsSource; a preferred one before a deprecated one; one of
/// the destination's scope before others; the one with the longest common prefix with the next hop,
/// or with the destination where the route is on-link or the next hop is of another scope; the
/// lowest. Without any it is the unspecified address of the family.
fn best_source(env: &Env, route: &Route, destination: IpAddr) -> SocketAddress {
    let family = Family::of(destination);
    let near = route.next_hop;
    let direct = near.is_unspecified() || link_local(near) != link_local(destination);
    let towards = if direct { destination } else { near };
    let usable = |address: &&UnicastAddress| {
        address.family() == family
            && !address.skip_as_source
            && matches!(address.dad, DadState::Preferred | DadState::Deprecated)
    };
    let best = env.address_table().of(route.luid).filter(usable).min_by_key(|own| {
        let deprecated = own.dad == DadState::Deprecated;
        let other_scope = link_local(own.address) != link_local(destination);
        (deprecated, other_scope, u32::MAX - common_prefix(own.address, towards), own.address)
    });
    best.map_or(SocketAddress::zero(family), |address| zoned(env, address.key()))
}

/// Whether an address reaches no further than its link; the loopback addresses count among them, as
/// RFC 6724, section 3.1 and 3.2, has it.
fn link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.is_loopback()
                || address.segments()[0] & 0xFF0F == 0xFF02
        }
    }
}

/// How many leading bits two addresses of one family have in common.
fn common_prefix(one: IpAddr, other: IpAddr) -> u32 {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => 0,
    }
}
