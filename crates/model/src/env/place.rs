//! Building a machine: things are put into the tables without telling anybody.

use std::net::IpAddr;

use super::Env;
use crate::change::ChangeError;
use crate::interface::Interface;
use crate::net::{Family, Luid};
use crate::table::{Neighbour, PrefixOrigin, Route, UnicastAddress};
use crate::windows::Windows;

impl Env {
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
        let old = Interface::loopback().luid;
        if self.interface(old).is_none() {
            return Err(ChangeError::NoInterface(old));
        }
        let own: Vec<UnicastAddress> = self.addresses.of(old).cloned().collect();
        let routes: Vec<_> = self.routes.of(old).map(Route::key).collect();
        for key in routes {
            self.routes_mut().remove(key);
        }
        for address in &own {
            self.addresses_mut().remove(address.key());
        }
        self.interfaces_mut().remove(old);
        let luid = loopback.luid;
        self.place_interface(loopback)?;
        for address in own {
            self.place_address(UnicastAddress { luid, ..address });
        }
        Ok(())
    }

    /// Puts an address into the tables without telling anybody, with the routes that it brings if its
    /// interface is up: for building a machine.
    ///
    /// One that a DHCP server or a router gave by its origin is learnt from them, and its interface is
    /// one with DHCP. What an advertised one means to the Teredo client, [`Env::settle_teredo`] sees to.
    pub fn place_address(&mut self, mut address: UnicastAddress) {
        let key = address.key();
        address.learnt =
            matches!(address.prefix_origin, PrefixOrigin::Dhcp | PrefixOrigin::RouterAdvertisement);
        if address.prefix_origin == PrefixOrigin::Dhcp {
            self.interfaces_mut().edit(key.0, |interface| interface.services.dhcp_enabled = true);
        }
        self.addresses_mut().insert(address);
        if !self.can_carry(key.0) {
            self.suspend_detection(key);
        }
        for route in self.routes_of_address(key) {
            if self.routes.get(route.key()).is_none() {
                self.insert_route(route);
            }
        }
        self.refresh_hints([key.0]);
    }

    /// Puts a route into the tables: for building a machine. One whose interface has no medium waits
    /// for it, as one that is made later does (chosen).
    pub fn place_route(&mut self, route: Route) {
        let luid = route.luid;
        if self.can_carry(luid) {
            self.insert_route(route);
        } else {
            std::sync::Arc::make_mut(&mut self.parked_routes).insert(route, 0);
        }
        self.refresh_hints([luid]);
    }

    /// Puts a neighbour into the tables: for building a machine.
    pub fn place_neighbour(&mut self, neighbour: Neighbour) {
        let key = (neighbour.luid, neighbour.address);
        std::sync::Arc::make_mut(&mut self.neighbours).insert(key, neighbour);
    }

    /// Puts an anycast address into the tables: for building a machine.
    pub fn place_anycast(&mut self, luid: Luid, address: IpAddr) {
        self.anycast.insert((luid, address));
    }

    /// Lets one interface lie directly above another: for building a machine.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoInterface`] when one of them is not there.
    pub fn place_above(&mut self, higher: Luid, lower: Luid) -> Result<(), ChangeError> {
        for luid in [higher, lower] {
            if self.interface(luid).is_none() {
                return Err(ChangeError::NoInterface(luid));
            }
        }
        self.stacked.insert((higher, lower));
        Ok(())
    }

    /// Says which Windows the machine runs: for building a machine.
    pub fn place_windows(&mut self, windows: Windows) {
        self.windows = windows;
    }

    /// Says whether the machine has the stack of a family, for building a machine: without one every
    /// row of the family, and every address and route of it, is put aside.
    pub fn place_family(&mut self, family: Family, present: bool) {
        match present {
            true => self.restore_family(family, &mut Vec::new()),
            false => self.park_family(family, &mut Vec::new()),
        }
        let all: Vec<Luid> = self.interfaces.luids().collect();
        self.refresh_hints(all);
    }

    /// Says whether the machine has an IPv6 stack, for building a machine.
    pub fn place_ipv6(&mut self, present: bool) {
        self.place_family(Family::V6, present);
    }

    /// Lets a listener be there from the start, for building a machine.
    pub fn place_listener(&mut self, port: u16, edge_traversal: bool) {
        self.listeners.insert(port, edge_traversal);
    }

    pub(crate) fn check_free(&self, interface: &Interface) -> Result<(), ChangeError> {
        if interface.index == 0 || self.interface_by_index(interface.index).is_some() {
            return Err(ChangeError::Taken(format!("the index {}", interface.index)));
        }
        if interface.luid == Luid::UNSPECIFIED {
            return Err(ChangeError::Reserved("the LUID 0, which names no interface,".into()));
        }
        let known = self.interface(interface.luid).is_some();
        if known || self.disabled.contains_key(&interface.luid) {
            return Err(ChangeError::Taken(format!("the LUID {}", interface.luid)));
        }
        // The place of the Teredo pseudo-interface is kept while it is away.
        if interface.luid == self.teredo_interface.luid {
            return Err(ChangeError::Taken(format!("the LUID {}", interface.luid)));
        }
        if self.alias_taken(&interface.alias, interface.luid)
            || interface.alias == self.teredo_interface.alias
        {
            return Err(ChangeError::Taken(format!("the alias \"{}\"", interface.alias)));
        }
        Ok(())
    }

    pub(crate) fn alias_taken(&self, alias: &str, by_other_than: Luid) -> bool {
        let other = |interface: &Interface| interface.luid != by_other_than;
        self.interface_by_alias(alias).is_some_and(other)
            || self.disabled.values().any(|interface| interface.alias == alias && other(interface))
    }

    /// Puts an interface in; the row of a family whose stack is absent is put aside.
    pub(crate) fn insert(&mut self, mut interface: Interface) {
        let luid = interface.luid;
        interface.tell_rows();
        for family in Family::ALL {
            if !self.family_present(family)
                && let Some(row) = interface.row_slot(family).take()
            {
                self.parked_rows.insert((luid, family), row);
            }
        }
        self.interfaces_mut().insert(interface);
        self.refresh_hints([luid]);
    }
}
