//! The routes of a machine.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Bound;

use super::RouteOrigin;
use super::deadlines::Deadlines;
use super::protocol;
use crate::aside::Aside;
use crate::keyed::{Index, Keyed};
use crate::net::{Family, Luid};

/// What names a route on a machine (ST-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RouteKey {
    /// The interface.
    pub luid: Luid,
    /// The destination prefix, its host bits zero.
    pub destination: IpAddr,
    /// The length of the destination prefix, in bits.
    pub prefix_length: u8,
    /// The next hop; all zeros for an on-link route.
    pub next_hop: IpAddr,
}

impl RouteKey {
    /// The family of the destination.
    #[must_use]
    pub fn family(&self) -> Family {
        Family::of(self.destination)
    }

    /// Whether it is a default route: prefix length 0 (RT-28).
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.prefix_length == 0
    }
}

/// Destination, next hop where there is one: `10.0.0.0/8 by 192.168.1.1`.
impl std::fmt::Display for RouteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.destination, self.prefix_length)?;
        if self.next_hop.is_unspecified() { Ok(()) } else { write!(f, " by {}", self.next_hop) }
    }
}

/// Who keeps a route alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum RouteOwner {
    /// An administrator or a program; `persistent` ones come back after a restart.
    Configured {
        /// Whether it comes back after a restart of the machine or of its adapter.
        persistent: bool,
    },
    /// The stack, for this address of the interface.
    Address(IpAddr),
    /// The Teredo client.
    Teredo,
    /// A DHCP lease.
    Dhcp,
    /// A router advertisement.
    RouterAdvertisement,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Route {
    /// The interface.
    pub luid: Luid,
    /// The destination prefix.
    pub destination: IpAddr,
    /// The length of the destination prefix, in bits.
    pub prefix_length: u8,
    /// The next hop; all zeros for an on-link route.
    pub next_hop: IpAddr,
    /// SitePrefixLength, in bits.
    pub site_prefix_length: u8,
    /// For how long it is valid, in milliseconds from now; `None`: without end.
    pub valid_ms: Option<u64>,
    /// For how long it is preferred, in milliseconds from now; `None`: without end.
    pub preferred_ms: Option<u64>,
    /// The route metric, an offset to the interface metric (RT-27); `u32::MAX` is unused: the
    /// interface metric alone counts then (chosen).
    pub metric: u32,
    /// The NL_ROUTE_PROTOCOL.
    pub protocol: u32,
    /// Loopback.
    pub loopback: bool,
    /// AutoconfigureAddress.
    pub autoconfigure_address: bool,
    /// Publish.
    pub publish: bool,
    /// Immortal.
    pub immortal: bool,
    /// Where it comes from.
    pub origin: RouteOrigin,
    /// Who keeps it alive.
    pub owner: RouteOwner,
    /// When it was added or modified, in milliseconds of virtual time.
    pub modified_ms: Aside<u64>,
}

impl Route {
    /// A configured route for ever, metric 0, from hand.
    #[must_use]
    pub fn new(luid: Luid, destination: IpAddr, prefix_length: u8, next_hop: IpAddr) -> Self {
        Self {
            luid,
            destination: masked(destination, prefix_length),
            prefix_length,
            next_hop,
            site_prefix_length: 0,
            valid_ms: None,
            preferred_ms: None,
            metric: 0,
            protocol: protocol::NETMGMT,
            loopback: false,
            autoconfigure_address: false,
            publish: false,
            immortal: true,
            origin: RouteOrigin::Manual,
            owner: RouteOwner::Configured { persistent: true },
            modified_ms: Aside(0),
        }
    }

    /// What names it.
    #[must_use]
    pub fn key(&self) -> RouteKey {
        RouteKey {
            luid: self.luid,
            destination: self.destination,
            prefix_length: self.prefix_length,
            next_hop: self.next_hop,
        }
    }
}

/// An address with all bits beyond the first `length` zero.
#[must_use]
pub(crate) fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

/// A route in the table, with the metric of its interface beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Entry {
    route: Route,
    interface_metric: u32,
}

impl Entry {
    /// The metric of the interface, and that of the route unless it is unused.
    fn effective(&self) -> u64 {
        let offset = if self.route.metric == u32::MAX { 0 } else { self.route.metric };
        u64::from(offset) + u64::from(self.interface_metric)
    }
}

/// Every route of a machine.
///
/// Besides its key a route is found by its prefix, on one interface or on any, the lowest effective
/// metric first (RT-27).
#[derive(Clone, Debug, Default)]
pub struct Routes {
    all: Keyed<RouteKey, Entry>,
    by_prefix: Index<Prefix, BTreeSet<(u64, RouteKey)>>,
    /// How many routes there are of each prefix length, IPv4 and IPv6.
    lengths: [LengthCounts; 2],
    ticking: BTreeSet<RouteKey>,
    deadlines: Deadlines<RouteKey>,
}

/// A prefix, on one interface or on any.
type Prefix = (Option<Luid>, IpAddr, u8);

#[derive(Clone, Debug)]
struct LengthCounts([u32; 129]);

impl Default for LengthCounts {
    fn default() -> Self {
        Self([0; 129])
    }
}

impl Routes {
    /// The route of this key.
    #[must_use]
    pub fn get(&self, key: RouteKey) -> Option<&Route> {
        self.all.get(&key).map(|entry| &entry.route)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, by interface, destination and next hop.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Route> {
        self.all.values().map(|entry| &entry.route)
    }

    /// Those of an interface, IPv4 first.
    pub fn of(&self, luid: Luid) -> impl DoubleEndedIterator<Item = &Route> {
        let lowest = IpAddr::from([0; 4]);
        let highest = IpAddr::from([0xFF; 16]);
        let first = RouteKey { luid, destination: lowest, prefix_length: 0, next_hop: lowest };
        let last =
            RouteKey { luid, destination: highest, prefix_length: u8::MAX, next_hop: highest };
        let range = self.all.range((Bound::Included(first), Bound::Included(last)));
        range.map(|(_, entry)| &entry.route)
    }

    /// The routes to exactly this prefix, the lowest effective metric first; only those of `luid` if
    /// one is given.
    pub fn to_prefix(
        &self,
        luid: Option<Luid>,
        destination: IpAddr,
        prefix_length: u8,
    ) -> impl Iterator<Item = &Route> {
        let key = (luid, masked(destination, prefix_length), prefix_length);
        self.by_prefix.get(&key).into_iter().flatten().filter_map(|(_, key)| self.get(*key))
    }

    /// The routes that match an address: the longest prefix first, then the lowest effective
    /// metric (BR-08); only those of `luid` if one is given.
    pub fn matching(&self, luid: Option<Luid>, address: IpAddr) -> impl Iterator<Item = &Route> {
        let (at, most) = if address.is_ipv4() { (0, 32u8) } else { (1, 128) };
        let lengths = (0..=most).rev().filter(move |n| self.lengths[at].0[usize::from(*n)] > 0);
        lengths.flat_map(move |length| self.to_prefix(luid, address, length))
    }

    /// The route's metric plus that of its interface (RT-27); 0 for one that is not there.
    #[must_use]
    pub fn effective_metric(&self, key: RouteKey) -> u64 {
        self.all.get(&key).map_or(0, Entry::effective)
    }

    pub(crate) fn insert(&mut self, route: Route, interface_metric: u32) -> Option<Route> {
        let old = self.remove(route.key());
        self.put(Entry { route, interface_metric });
        old
    }

    pub(crate) fn remove(&mut self, key: RouteKey) -> Option<Route> {
        let entry = self.all.remove(&key)?;
        self.ticking.remove(&key);
        self.deadlines.replace(key, entry.route.valid_ms, None);
        self.lengths_of(key)[usize::from(key.prefix_length)] -= 1;
        for luid in [None, Some(key.luid)] {
            let place = (luid, key.destination, key.prefix_length);
            if let Some(set) = self.by_prefix.get_mut(&place) {
                set.remove(&(entry.effective(), key));
                if set.is_empty() {
                    self.by_prefix.remove(&place);
                }
            }
        }
        Some(entry.route)
    }

    /// Changes a route in place; its key stays what it is.
    pub(crate) fn edit(&mut self, key: RouteKey, edit: impl FnOnce(&mut Route)) -> bool {
        let Some(entry) = self.all.get(&key) else { return false };
        let interface_metric = entry.interface_metric;
        let Some(mut route) = self.remove(key) else { return false };
        edit(&mut route);
        debug_assert_eq!(route.key(), key, "a route keeps its key");
        self.put(Entry { route, interface_metric });
        true
    }

    /// The metric of an interface changed for one family.
    pub(crate) fn set_interface_metric(&mut self, luid: Luid, family: Family, metric: u32) {
        let keys: Vec<RouteKey> =
            self.of(luid).map(Route::key).filter(|key| key.family() == family).collect();
        for key in keys {
            if let Some(route) = self.remove(key) {
                self.put(Entry { route, interface_metric: metric });
            }
        }
    }

    /// Milliseconds until a route's lifetime is over.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.deadlines.next_ms()
    }

    /// Whether a lifetime runs.
    pub(crate) fn is_ticking(&self) -> bool {
        !self.ticking.is_empty()
    }

    /// The first route whose lifetime is over now.
    pub(crate) fn due(&self) -> Option<RouteKey> {
        self.deadlines.due()
    }

    pub(crate) fn elapse(&mut self, ms: u64) {
        self.deadlines.elapse(ms);
        for key in &self.ticking {
            if let Some(entry) = self.all.get_mut(key) {
                let timers = [&mut entry.route.valid_ms, &mut entry.route.preferred_ms];
                for left_ms in timers.into_iter().flatten() {
                    *left_ms = left_ms.saturating_sub(ms);
                }
            }
        }
    }

    fn put(&mut self, entry: Entry) {
        let key = entry.route.key();
        if entry.route.valid_ms.is_some() || entry.route.preferred_ms.is_some() {
            self.ticking.insert(key);
        }
        self.deadlines.replace(key, None, entry.route.valid_ms);
        self.lengths_of(key)[usize::from(key.prefix_length)] += 1;
        for luid in [None, Some(key.luid)] {
            let place = (luid, key.destination, key.prefix_length);
            self.by_prefix.entry(place).or_default().insert((entry.effective(), key));
        }
        self.all.insert(key, entry);
    }

    fn lengths_of(&mut self, key: RouteKey) -> &mut [u32; 129] {
        let at = if key.destination.is_ipv4() { 0 } else { 1 };
        &mut self.lengths[at].0
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.all.values()
    }
}

impl FromIterator<Entry> for Routes {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut routes = Self::default();
        for entry in entries {
            routes.put(entry);
        }
        routes
    }
}

crate::table::listed!(Routes, Entry, entries);

#[cfg(test)]
mod tests {
    use super::{Route, Routes, masked};
    use crate::net::{Family, Luid};

    fn route(luid: u64, destination: &str, length: u8, metric: u32) -> Route {
        let destination = destination.parse().expect("an address");
        let zero = "0.0.0.0".parse().expect("an address");
        Route { metric, ..Route::new(Luid(luid), destination, length, zero) }
    }

    #[test]
    fn the_longest_prefix_comes_first_then_the_lowest_effective_metric() {
        let mut routes = Routes::default();
        routes.insert(route(1, "0.0.0.0", 0, 5), 10);
        routes.insert(route(2, "0.0.0.0", 0, 0), 10);
        routes.insert(route(1, "10.0.0.0", 8, 900), 10);
        routes.insert(route(3, "11.0.0.0", 8, 0), 10);
        let order = |routes: &Routes| -> Vec<u64> {
            routes
                .matching(None, "10.1.2.3".parse().expect("an address"))
                .map(|r| r.luid.0)
                .collect()
        };
        assert_eq!(order(&routes), [1, 2, 1]);
        routes.set_interface_metric(Luid(1), Family::V4, 1);
        assert_eq!(order(&routes), [1, 1, 2]);
        let of_2 = routes.matching(Some(Luid(2)), "10.1.2.3".parse().expect("an address"));
        assert_eq!(of_2.count(), 1);
        assert!(routes.remove(route(1, "10.0.0.0", 8, 0).key()).is_some());
        assert_eq!(order(&routes), [1, 2]);
    }

    #[test]
    fn masks_at_both_ends() {
        assert_eq!(masked("10.1.2.3".parse().unwrap(), 0).to_string(), "0.0.0.0");
        assert_eq!(masked("10.1.2.3".parse().unwrap(), 32).to_string(), "10.1.2.3");
        assert_eq!(masked("fe80::1".parse().unwrap(), 64).to_string(), "fe80::");
        assert_eq!(masked("fe80::1".parse().unwrap(), 0).to_string(), "::");
    }
}
