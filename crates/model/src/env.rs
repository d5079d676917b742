//! The environment: the tables of the simulated machine and its Teredo client.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::change::ChangeError;
use crate::choose::Chooser;
use crate::interface::{Interface, IpRow};
use crate::net::{Family, Luid};
use crate::teredo::{Surroundings, TeredoClient, TeredoRules};

/// A unicast address of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UnicastAddress {
    /// The interface.
    pub luid: Luid,
    /// The address.
    pub address: IpAddr,
    /// The length of the on-link prefix, in bits.
    pub prefix_length: u8,
}

/// A route, as an imported stack has it.
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
    /// The route metric, an offset to the interface metric.
    pub metric: u32,
}

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
pub struct Env {
    pub(crate) interfaces: BTreeMap<Luid, Interface>,
    pub(crate) by_index: BTreeMap<u32, Luid>,
    #[cfg_attr(feature = "serde", serde(with = "crate::pairs"))]
    pub(crate) addresses: BTreeMap<(Luid, IpAddr), UnicastAddress>,
    pub(crate) routes: Vec<Route>,
    pub(crate) teredo: TeredoClient,
    pub(crate) teredo_interface: Interface,
    pub(crate) ipv6_present: bool,
    pub(crate) parked_v6: BTreeMap<Luid, IpRow>,
    pub(crate) listeners: BTreeMap<u16, bool>,
}

impl Env {
    /// A machine with the loopback interface, this Teredo client and nothing else.
    ///
    /// `teredo_interface` is what the pseudo-interface looks like whenever it is present; see
    /// [`teredo_interface`](crate::apply::teredo_interface) for the usual one.
    #[must_use]
    pub fn new(teredo: TeredoClient, teredo_interface: Interface) -> Self {
        let loopback = Interface::loopback();
        let mut env = Self {
            interfaces: BTreeMap::new(),
            by_index: BTreeMap::new(),
            addresses: BTreeMap::new(),
            routes: Vec::new(),
            teredo,
            teredo_interface,
            ipv6_present: true,
            parked_v6: BTreeMap::new(),
            listeners: BTreeMap::new(),
        };
        let luid = loopback.luid;
        env.insert(loopback);
        let own = ["127.0.0.1", "::1"].map(|text| text.parse::<IpAddr>().expect("an address"));
        for address in own {
            let prefix_length = if address.is_ipv4() { 8 } else { 128 };
            env.addresses.insert((luid, address), UnicastAddress { luid, address, prefix_length });
        }
        env
    }

    /// The interfaces, in the order of their LUIDs.
    pub fn interfaces(&self) -> impl Iterator<Item = &Interface> {
        self.interfaces.values()
    }

    /// The interface with this LUID.
    #[must_use]
    pub fn interface(&self, luid: Luid) -> Option<&Interface> {
        self.interfaces.get(&luid)
    }

    /// The interface with this index.
    #[must_use]
    pub fn interface_by_index(&self, index: u32) -> Option<&Interface> {
        self.by_index.get(&index).and_then(|luid| self.interfaces.get(luid))
    }

    /// The interface with this alias.
    #[must_use]
    pub fn interface_by_alias(&self, alias: &str) -> Option<&Interface> {
        self.interfaces.values().find(|interface| interface.alias == alias)
    }

    /// The unicast addresses, by interface and address.
    pub fn addresses(&self) -> impl Iterator<Item = &UnicastAddress> {
        self.addresses.values()
    }

    /// The routes, as they were put in.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The Teredo client.
    #[must_use]
    pub fn teredo(&self) -> &TeredoClient {
        &self.teredo
    }

    /// Whether the machine has an IPv6 stack.
    #[must_use]
    pub fn ipv6_present(&self) -> bool {
        self.ipv6_present
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
        (1..).find(|index| !self.by_index.contains_key(index)).expect("fewer than 2^32 interfaces")
    }

    /// The smallest NetLuidIndex free for interfaces of this type.
    #[must_use]
    pub fn free_luid_index(&self, if_type: u16) -> u32 {
        let free = |n: &u32| {
            let luid = Luid::new(if_type, *n);
            !self.interfaces.contains_key(&luid) && self.teredo_interface.luid != luid
        };
        (0..=0xFF_FFFF).find(free).expect("fewer than 2^24 interfaces of one type")
    }

    /// Milliseconds until the next timer of the environment is due; `None` when none runs.
    #[must_use]
    pub fn next_timer_ms(&self) -> Option<u64> {
        self.teredo.next_timer_ms()
    }

    pub(crate) fn elapse(&mut self, ms: u64) {
        self.teredo.elapse(ms);
    }

    /// Puts an interface into the tables without telling anybody: for building a machine.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] when LUID, index or alias belong to another interface.
    pub fn place_interface(&mut self, interface: Interface) -> Result<(), ChangeError> {
        self.check_free(&interface)?;
        self.insert(interface);
        Ok(())
    }

    /// Replaces the loopback interface, for building a machine: its index and alias may differ.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] when index or alias belong to another interface.
    pub fn replace_loopback(&mut self, loopback: Interface) -> Result<(), ChangeError> {
        let old = Interface::loopback();
        let Some(old) = self.interfaces.remove(&old.luid) else {
            return Err(ChangeError::NoInterface(old.luid));
        };
        self.by_index.remove(&old.index);
        let own: Vec<_> = self.addresses.keys().filter(|k| k.0 == old.luid).copied().collect();
        for key in own {
            if let Some(mut address) = self.addresses.remove(&key) {
                address.luid = loopback.luid;
                self.addresses.insert((loopback.luid, key.1), address);
            }
        }
        self.place_interface(loopback)
    }

    /// Puts an address into the tables without telling anybody: for building a machine.
    pub fn place_address(&mut self, address: UnicastAddress) {
        self.addresses.insert((address.luid, address.address), address);
    }

    /// Puts a route into the tables: for building a machine.
    pub fn place_route(&mut self, route: Route) {
        self.routes.push(route);
    }

    /// Says whether the machine has an IPv6 stack, for building a machine: without one every IPv6
    /// row and address is put aside.
    pub fn place_ipv6(&mut self, present: bool) {
        self.ipv6_present = present;
        if !present {
            for (luid, interface) in &mut self.interfaces {
                if let Some(row) = interface.v6.take() {
                    self.parked_v6.insert(*luid, row);
                }
            }
            self.addresses.retain(|key, _| key.1.is_ipv4());
        }
    }

    /// Lets a listener be there from the start, for building a machine.
    pub fn place_listener(&mut self, port: u16, edge_traversal: bool) {
        self.listeners.insert(port, edge_traversal);
    }

    pub(crate) fn check_free(&self, interface: &Interface) -> Result<(), ChangeError> {
        if interface.index == 0 || self.by_index.contains_key(&interface.index) {
            return Err(ChangeError::Taken(format!("the index {}", interface.index)));
        }
        if self.interfaces.contains_key(&interface.luid) || interface.luid == Luid::UNSPECIFIED {
            return Err(ChangeError::Taken(format!("the LUID {}", interface.luid)));
        }
        if self.interface_by_alias(&interface.alias).is_some() {
            return Err(ChangeError::Taken(format!("the alias \"{}\"", interface.alias)));
        }
        Ok(())
    }

    pub(crate) fn insert(&mut self, interface: Interface) {
        self.by_index.insert(interface.index, interface.luid);
        self.interfaces.insert(interface.luid, interface);
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
        self.interfaces.get(&luid).and_then(|interface| interface.row(family))
    }
}
