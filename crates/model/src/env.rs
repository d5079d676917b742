//! The environment: the tables of the simulated machine and its Teredo client.

mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::aside::Aside;
use crate::choose::Chooser;
use crate::interface::{Interface, IpRow};
use crate::keyed::Keyed;
use crate::net::{Family, Luid};
use crate::row::{HintRow, SocketAddress, UnicastRow};
pub use crate::table::UnicastAddress;
use crate::table::{
    AddressKey, Addresses, Hints, Interfaces, Neighbour, Route, RouteKey, Routes, lifetime_s,
};
use crate::teredo::{Surroundings, TeredoClient, TeredoRules};
use crate::windows::Windows;

/// The absolute time at which every machine begins, in milliseconds as Windows counts them since 1601:
/// 1 January 2020 (chosen).
const EPOCH_MS: u64 = 13_222_310_400_000;
/// How long after 1601 the year 1970 begins, in seconds.
const UNIX_EPOCH_S: u64 = 11_644_473_600;

/// Who listens on a UDP port of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listener {
    /// Another program.
    Program {
        /// Whether it permits edge traversal.
        edge_traversal: bool,
    },
    /// The Teredo client's dynamic service port.
    TeredoService,
    /// The Teredo client's static port 3544 for multicast to 224.0.0.253 (TA-11).
    TeredoMulticast,
}

/// The tables of one machine. A pure value: no names of callbacks, no clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Parts"))]
pub struct Env {
    pub(crate) windows: Windows,
    pub(crate) now_ms: Aside<u64>,
    pub(crate) interfaces: Arc<Interfaces>,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) routes: Arc<Routes>,
    #[cfg_attr(feature = "serde", serde(with = "crate::pairs::shared"))]
    pub(crate) neighbours: Arc<Keyed<AddressKey, Neighbour>>,
    pub(crate) anycast: BTreeSet<AddressKey>,
    /// Which interface lies directly above which: higher, lower.
    pub(crate) stacked: BTreeSet<(Luid, Luid)>,
    /// Addresses that another host on the link of the interface has.
    pub(crate) conflicts: BTreeSet<AddressKey>,
    /// Whether an advertised address has told the Teredo client of native IPv6.
    pub(crate) native_heard: bool,
    /// Whether the Teredo server answers, as it was said; without IPv4 nobody hears it.
    pub(crate) server_reachable: bool,
    pub(crate) teredo: TeredoClient,
    pub(crate) teredo_interface: Interface,
    pub(crate) ipv4_present: bool,
    pub(crate) ipv6_present: bool,
    /// Rows of a family whose stack is absent, with the configured addresses and routes that come
    /// back with it.
    #[cfg_attr(feature = "serde", serde(with = "crate::pairs"))]
    pub(crate) parked_rows: BTreeMap<(Luid, Family), IpRow>,
    /// Configured addresses and routes whose interface cannot carry them at the moment.
    pub(crate) parked_addresses: Arc<Addresses>,
    pub(crate) parked_routes: Arc<Routes>,
    /// Adapters that are disabled.
    pub(crate) disabled: BTreeMap<Luid, Interface>,
    pub(crate) listeners: BTreeMap<u16, bool>,
    /// Milliseconds until connectivity is known after a start; meanwhile the level is Unknown (CH-06).
    pub(crate) hint_unknown_ms: Option<u64>,
    /// Found again from the rest.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) hints: Aside<Arc<Hints>>,
}

impl Env {
    /// A machine with the loopback interface, this Teredo client and nothing else.
    ///
    /// `teredo_interface` is what the pseudo-interface looks like whenever it is present; see
    /// [`teredo_interface`](crate::build::teredo_interface) for the usual one.
    #[must_use]
    pub fn new(teredo: TeredoClient, teredo_interface: Interface) -> Self {
        let mut env = Self {
            windows: Windows::default(),
            now_ms: Aside(0),
            interfaces: Arc::default(),
            addresses: Arc::default(),
            routes: Arc::default(),
            neighbours: Arc::default(),
            anycast: BTreeSet::new(),
            stacked: BTreeSet::new(),
            conflicts: BTreeSet::new(),
            native_heard: false,
            server_reachable: teredo.network().server_reachable,
            teredo,
            teredo_interface,
            ipv4_present: true,
            ipv6_present: true,
            parked_rows: BTreeMap::new(),
            parked_addresses: Arc::default(),
            parked_routes: Arc::default(),
            disabled: BTreeMap::new(),
            listeners: BTreeMap::new(),
            hint_unknown_ms: None,
            hints: Aside::default(),
        };
        let loopback = Interface::loopback();
        let luid = loopback.luid;
        env.insert(loopback);
        for text in ["127.0.0.1", "::1"] {
            let address: IpAddr = text.parse().expect("an address");
            let prefix_length = if address.is_ipv4() { 8 } else { 128 };
            env.place_address(UnicastAddress::new(luid, address, prefix_length));
        }
        env
    }

    /// Which Windows the machine runs.
    #[must_use]
    pub fn windows(&self) -> Windows {
        self.windows
    }

    /// The interfaces, in the order of their LUIDs.
    pub fn interfaces(&self) -> impl Iterator<Item = &Interface> {
        self.interfaces.iter()
    }

    /// The interface with this LUID.
    #[must_use]
    pub fn interface(&self, luid: Luid) -> Option<&Interface> {
        self.interfaces.get(luid)
    }

    /// The interface with this index.
    #[must_use]
    pub fn interface_by_index(&self, index: u32) -> Option<&Interface> {
        self.interfaces.by_index(index)
    }

    /// The interface with this alias.
    #[must_use]
    pub fn interface_by_alias(&self, alias: &str) -> Option<&Interface> {
        self.interfaces.by_alias(alias)
    }

    /// The table of interfaces.
    #[must_use]
    pub fn interface_table(&self) -> &Interfaces {
        &self.interfaces
    }

    /// The unicast addresses, by interface and address.
    pub fn addresses(&self) -> impl Iterator<Item = &UnicastAddress> {
        self.addresses.iter()
    }

    /// The table of unicast addresses.
    #[must_use]
    pub fn address_table(&self) -> &Addresses {
        &self.addresses
    }

    /// The routes.
    #[must_use]
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// The neighbours, by interface and address.
    #[must_use]
    pub fn neighbours(&self) -> &Keyed<AddressKey, Neighbour> {
        &self.neighbours
    }

    /// The anycast addresses, by interface and address.
    #[must_use]
    pub fn anycast(&self) -> &BTreeSet<AddressKey> {
        &self.anycast
    }

    /// The interface stack: pairs of higher and lower LUIDs, in order (SK-04).
    #[must_use]
    pub fn stacked(&self) -> &BTreeSet<(Luid, Luid)> {
        &self.stacked
    }

    /// The Teredo client.
    #[must_use]
    pub fn teredo(&self) -> &TeredoClient {
        &self.teredo
    }

    /// The LUID of the Teredo pseudo-interface, whether it is present or not.
    #[must_use]
    pub fn teredo_luid(&self) -> Luid {
        self.teredo_interface.luid
    }

    /// Whether the machine has an IPv4 stack.
    #[must_use]
    pub fn ipv4_present(&self) -> bool {
        self.ipv4_present
    }

    /// Whether the machine has an IPv6 stack.
    #[must_use]
    pub fn ipv6_present(&self) -> bool {
        self.ipv6_present
    }

    /// Whether the machine has the stack of a family.
    #[must_use]
    pub fn family_present(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.ipv4_present,
            Family::V6 => self.ipv6_present,
        }
    }

    /// The connectivity hint of the machine (CH-01).
    #[must_use]
    pub fn hint(&self) -> HintRow {
        if self.hint_unknown_ms.is_some() {
            // Its level is UNKNOWN (CH-06).
            return HintRow::default();
        }
        self.hints.0.aggregate()
    }

    /// The connectivity hint of one interface (CH-02); `None` when there is no such interface.
    #[must_use]
    pub fn hint_of(&self, luid: Luid) -> Option<HintRow> {
        let hint = self.hints.0.of(luid)?;
        if self.hint_unknown_ms.is_some() {
            return Some(HintRow::default());
        }
        Some(hint)
    }

    /// The metric of an interface for a family; 0 where the family is not bound.
    #[must_use]
    pub fn interface_metric(&self, luid: Luid, family: Family) -> u32 {
        let row = self.row(luid, family);
        let metric = row.and_then(|row| row.get(crate::member::Member::Metric)).unwrap_or(0);
        u32::try_from(metric).unwrap_or(u32::MAX)
    }

    /// The zone that ScopeId of an address names: the interface index for a link-local IPv6 address,
    /// else 0 (chosen).
    #[must_use]
    pub fn scope_id(&self, luid: Luid, address: IpAddr) -> u32 {
        match address {
            IpAddr::V6(address)
                if address.is_unicast_link_local() || address.segments()[0] & 0xFF0F == 0xFF02 =>
            {
                self.interface(luid).map_or(0, |interface| interface.index)
            }
            _ => 0,
        }
    }

    /// The row of an address, every member filled in (UE-07).
    #[must_use]
    pub fn unicast_row(&self, address: &UnicastAddress) -> UnicastRow {
        // 100 ns units, from a start that is not 0 (observed, 24).
        let created = EPOCH_MS.saturating_add(address.created_ms.0).saturating_mul(10_000);
        let mut socket = SocketAddress::from(address.address);
        let zone = self.scope_id(address.luid, address.address);
        if let SocketAddress::V6 { scope_id, .. } = &mut socket {
            *scope_id = zone;
        }
        UnicastRow {
            address: socket,
            luid: address.luid,
            index: self.interface(address.luid).map_or(0, |interface| interface.index),
            prefix_origin: address.prefix_origin.number(),
            suffix_origin: address.suffix_origin.number(),
            valid_lifetime: lifetime_s(address.valid_ms),
            preferred_lifetime: lifetime_s(address.preferred_ms),
            on_link_prefix_length: address.prefix_length,
            skip_as_source: address.skip_as_source,
            dad_state: address.dad.number(),
            scope_id: zone,
            creation_time_stamp: created,
        }
    }

    /// The virtual time, in milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        self.now_ms.0
    }

    /// A moment of virtual time as a time_t, in seconds since 1970.
    pub(crate) fn unix_time_s(&self, ms: u64) -> i64 {
        let s = EPOCH_MS.saturating_add(ms) / 1000 - UNIX_EPOCH_S;
        i64::try_from(s).unwrap_or(i64::MAX)
    }

    /// Every UDP port with a listener, the Teredo client's among them.
    #[must_use]
    pub fn listeners(&self) -> BTreeMap<u16, Listener> {
        let program = |edge_traversal| Listener::Program { edge_traversal };
        let mut all: BTreeMap<u16, Listener> =
            self.listeners.iter().map(|(port, edge)| (*port, program(*edge))).collect();
        if self.teredo.listens_3544() {
            all.insert(3544, Listener::TeredoMulticast);
        }
        if let Some(port) = self.teredo.port() {
            all.insert(port, Listener::TeredoService);
        }
        all
    }

    /// The smallest interface index that no interface has.
    #[must_use]
    pub fn free_index(&self) -> u32 {
        self.interfaces.free_index()
    }

    /// The smallest NetLuidIndex free for interfaces of this type.
    #[must_use]
    pub fn free_luid_index(&self, if_type: u16) -> u32 {
        let mut reserved = vec![self.teredo_interface.luid];
        reserved.extend(self.disabled.keys().copied());
        self.interfaces.free_luid_index(if_type, &reserved)
    }

    /// Milliseconds until the next timer of the environment is due; `None` when none runs.
    #[must_use]
    pub fn next_timer_ms(&self) -> Option<u64> {
        let tables = [self.addresses.next_ms(), self.routes.next_ms(), self.hint_unknown_ms];
        tables.into_iter().chain([self.teredo.next_timer_ms()]).flatten().min()
    }

    /// Milliseconds until the next timer of something that is under way and comes to an end by
    /// itself: duplicate address detection, a probing Teredo client, a starting machine. Lifetimes
    /// and refreshes are not among them, which go on for hours or for ever.
    #[must_use]
    pub fn settling_ms(&self) -> Option<u64> {
        let probing = self.teredo.state() == crate::teredo::TeredoState::Probe;
        let teredo = self.teredo.next_timer_ms().filter(|_| probing);
        let rest = [self.addresses.next_detection_ms(), self.hint_unknown_ms];
        rest.into_iter().chain([teredo]).flatten().min()
    }

    pub(crate) fn elapse(&mut self, ms: u64) {
        self.now_ms.0 = self.now_ms.0.saturating_add(ms);
        self.teredo.elapse(ms);
        if self.addresses.is_ticking() {
            Arc::make_mut(&mut self.addresses).elapse(ms);
        }
        for routes in [&mut self.routes, &mut self.parked_routes] {
            if routes.is_ticking() {
                Arc::make_mut(routes).elapse(ms);
            }
        }
        if let Some(left_ms) = &mut self.hint_unknown_ms {
            *left_ms = left_ms.saturating_sub(ms);
        }
    }

    pub(crate) fn interfaces_mut(&mut self) -> &mut Interfaces {
        Arc::make_mut(&mut self.interfaces)
    }

    pub(crate) fn addresses_mut(&mut self) -> &mut Addresses {
        Arc::make_mut(&mut self.addresses)
    }

    pub(crate) fn routes_mut(&mut self) -> &mut Routes {
        Arc::make_mut(&mut self.routes)
    }

    /// Puts a route into the table, with the metric of its interface.
    pub(crate) fn insert_route(&mut self, route: Route) -> Option<Route> {
        let key: RouteKey = route.key();
        let metric = self.interface_metric(key.luid, key.family());
        self.routes_mut().insert(route, metric)
    }

    pub(crate) fn teredo_handle(
        &mut self,
        event: &crate::teredo::TeredoEvent,
        rules: TeredoRules,
        chooser: &mut dyn Chooser,
    ) -> Vec<crate::teredo::TeredoStep> {
        let around =
            Surroundings { ports_in_use: &self.listeners, ipv6_present: self.ipv6_present, rules };
        self.teredo.handle(event, &around, chooser)
    }

    /// The port that GetTeredoPort is to answer, or why there is none.
    pub(crate) fn query_port(
        &self,
        rules: TeredoRules,
    ) -> Result<u16, crate::teredo::TeredoNoPort> {
        self.teredo.query_port(&Surroundings {
            ports_in_use: &self.listeners,
            ipv6_present: self.ipv6_present,
            rules,
        })
    }

    /// The row of `family` of an interface, if bound and if that stack is present.
    #[must_use]
    pub fn row(&self, luid: Luid, family: Family) -> Option<&IpRow> {
        self.interfaces.get(luid).and_then(|interface| interface.row(family))
    }
}

/// The environment as it is read back; what is derived is found again.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts {
    windows: Windows,
    now_ms: Aside<u64>,
    interfaces: Arc<Interfaces>,
    addresses: Arc<Addresses>,
    routes: Arc<Routes>,
    #[serde(with = "crate::pairs::shared")]
    neighbours: Arc<Keyed<AddressKey, Neighbour>>,
    anycast: BTreeSet<AddressKey>,
    stacked: BTreeSet<(Luid, Luid)>,
    conflicts: BTreeSet<AddressKey>,
    native_heard: bool,
    server_reachable: bool,
    teredo: TeredoClient,
    teredo_interface: Interface,
    ipv4_present: bool,
    ipv6_present: bool,
    #[serde(with = "crate::pairs")]
    parked_rows: BTreeMap<(Luid, Family), IpRow>,
    parked_addresses: Arc<Addresses>,
    parked_routes: Arc<Routes>,
    disabled: BTreeMap<Luid, Interface>,
    listeners: BTreeMap<u16, bool>,
    hint_unknown_ms: Option<u64>,
}

#[cfg(feature = "serde")]
impl From<Parts> for Env {
    fn from(parts: Parts) -> Self {
        let mut env = Self {
            windows: parts.windows,
            now_ms: parts.now_ms,
            interfaces: parts.interfaces,
            addresses: parts.addresses,
            routes: parts.routes,
            neighbours: parts.neighbours,
            anycast: parts.anycast,
            stacked: parts.stacked,
            conflicts: parts.conflicts,
            native_heard: parts.native_heard,
            server_reachable: parts.server_reachable,
            teredo: parts.teredo,
            teredo_interface: parts.teredo_interface,
            ipv4_present: parts.ipv4_present,
            ipv6_present: parts.ipv6_present,
            parked_rows: parts.parked_rows,
            parked_addresses: parts.parked_addresses,
            parked_routes: parts.parked_routes,
            disabled: parts.disabled,
            listeners: parts.listeners,
            hint_unknown_ms: parts.hint_unknown_ms,
            hints: Aside::default(),
        };
        env.refresh_hints(env.interfaces.luids().collect::<Vec<_>>());
        env
    }
}
