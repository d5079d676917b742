//! Unicast addresses: duplicate address detection, lifetimes, and the routes they bring.

use std::net::IpAddr;

use crate::aside::Aside;
use crate::change::{AddressEdit, ChangeError, Effect};
use crate::env::Env;
use crate::interface::if_type;
use crate::member::Member;
use crate::net::{Family, Luid, NotificationType};
use crate::table::{
    AddressKey, DadState, Route, RouteOrigin, RouteOwner, UnicastAddress, is_unicast, lifetime_ms,
    protocol,
};

/// The metric of the routes that the stack makes for its addresses (observed: route tables of
/// Windows 7 to 11).
const OWN_ROUTE_METRIC: u32 = 256;

impl Env {
    /// Whether an interface can carry traffic: its medium is connected and it is administratively up.
    pub(crate) fn can_carry(&self, luid: Luid) -> bool {
        self.interface(luid).is_some_and(|interface| {
            interface.is_teredo() || (interface.connected && interface.admin_up)
        })
    }

    pub(super) fn add_address(
        &mut self,
        address: &UnicastAddress,
        optimistic: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.bound(address.luid, address.family())?;
        if address.prefix_length > address.family().bits() {
            return Err(ChangeError::PrefixLength(address.prefix_length));
        }
        let key = address.key();
        self.check_address(key)?;
        if self.addresses.get(key).is_some() {
            return Err(ChangeError::AddressExists(address.address));
        }
        let created_ms = self.now_ms;
        let fresh = UnicastAddress { created_ms, ..address.clone() };
        self.addresses_mut().insert(fresh);
        self.begin_detection(key, optimistic);
        self.tell_address(key, NotificationType::Add, effects);
        self.bring_routes(key, effects);
        Ok(())
    }

    /// Whether an interface can have an address: a unicast one, and a loopback address only on the
    /// loopback interface (UC-15).
    ///
    /// # Errors
    ///
    /// [`ChangeError::NotUnicast`].
    pub fn check_address(&self, (luid, address): AddressKey) -> Result<(), ChangeError> {
        let loopback = self.interface(luid).is_some_and(|i| i.if_type == if_type::LOOPBACK);
        match is_unicast(address) && (loopback || !address.is_loopback()) {
            true => Ok(()),
            false => Err(ChangeError::NotUnicast(address)),
        }
    }

    /// Takes an address and its routes away; returns whether it was there.
    pub(super) fn remove_address(&mut self, key: AddressKey, effects: &mut Vec<Effect>) -> bool {
        if self.addresses.get(key).is_none() {
            return false;
        }
        self.take_routes(key, effects);
        self.addresses_mut().remove(key);
        self.tell_address(key, NotificationType::Delete, effects);
        true
    }

    pub(super) fn drop_addresses(
        &mut self,
        luid: Luid,
        which: impl Fn(&UnicastAddress) -> bool,
        effects: &mut Vec<Effect>,
    ) {
        let keys: Vec<AddressKey> = self
            .addresses
            .of(luid)
            .filter(|address| which(address))
            .map(UnicastAddress::key)
            .collect();
        for key in keys {
            self.remove_address(key, effects);
        }
    }

    pub(super) fn edit_address(
        &mut self,
        key: AddressKey,
        edit: &AddressEdit,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(key.0)?;
        let Some(old) = self.addresses.get(key).cloned() else {
            return Err(ChangeError::NoAddress(key.1));
        };
        if let Some(length) = edit.prefix_length
            && length > old.family().bits()
        {
            return Err(ChangeError::PrefixLength(length));
        }
        let longer = edit.prefix_length.is_some_and(|length| length != old.prefix_length);
        if longer {
            self.take_routes(key, effects);
        }
        self.addresses_mut().edit(key, |address| {
            address.prefix_length = edit.prefix_length.unwrap_or(address.prefix_length);
            address.prefix_origin = edit.prefix_origin.unwrap_or(address.prefix_origin);
            address.suffix_origin = edit.suffix_origin.unwrap_or(address.suffix_origin);
            address.valid_ms = edit.valid_s.map_or(address.valid_ms, lifetime_ms);
            address.preferred_ms = edit.preferred_s.map_or(address.preferred_ms, lifetime_ms);
            address.skip_as_source = edit.skip_as_source.unwrap_or(address.skip_as_source);
            // An address whose preferred lifetime begins anew is preferred again.
            let preferred = address.preferred_ms != Some(0);
            match address.dad {
                DadState::Deprecated if preferred => address.dad = DadState::Preferred,
                DadState::Preferred if !preferred => address.dad = DadState::Deprecated,
                _ => {}
            }
        });
        self.tell_address(key, NotificationType::Parameter, effects);
        if self.addresses.get(key).is_some_and(|address| address.valid_ms == Some(0)) {
            self.remove_address(key, effects);
        } else if longer {
            self.bring_routes(key, effects);
        }
        Ok(())
    }

    /// Another host takes an address or gives it up. A tentative or usable address of ours becomes a
    /// duplicate at once (UC-18; at once is chosen); one that is free again is detected anew.
    pub(super) fn set_conflict(
        &mut self,
        key: AddressKey,
        present: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(key.0)?;
        if !present {
            self.conflicts.remove(&key);
            let duplicate =
                self.addresses.get(key).is_some_and(|address| address.dad == DadState::Duplicate);
            if duplicate {
                self.begin_detection(key, false);
                self.tell_address(key, NotificationType::Parameter, effects);
                self.bring_routes(key, effects);
            }
            return Ok(());
        }
        self.conflicts.insert(key);
        let state = self.addresses.get(key).map(|address| address.dad);
        let loopback = self.interface(key.0).is_some_and(|i| i.if_type == if_type::LOOPBACK);
        if state.is_some_and(|state| state != DadState::Duplicate)
            && self.can_carry(key.0)
            && !loopback
        {
            self.mark_duplicate(key, effects);
        }
        Ok(())
    }

    /// Begins detection, or ends it at once where there is none: on the loopback interface, and with
    /// DadTransmits 0 (ST-09). Each message takes RetransmitTime: about 3 s for IPv4, 1 s for IPv6
    /// (UC-17). Without a medium detection waits (UC-19).
    pub(crate) fn begin_detection(&mut self, key: AddressKey, optimistic: bool) {
        let Some(interface) = self.interface(key.0) else { return };
        let row = interface.row(Family::of(key.1));
        let member = |member| row.and_then(|row| row.get(member)).unwrap_or(0);
        let messages = match interface.if_type {
            if_type::LOOPBACK => 0,
            _ => member(Member::DadTransmits),
        };
        let lasts_ms = messages.saturating_mul(member(Member::RetransmitTime));
        let (up, none) = (self.can_carry(key.0), messages == 0);
        self.addresses_mut().edit(key, |address| {
            let usable = if address.preferred_ms == Some(0) {
                DadState::Deprecated
            } else {
                DadState::Preferred
            };
            address.dad = if up && (none || optimistic) { usable } else { DadState::Tentative };
            address.dad_ms = (up && !none).then_some(lasts_ms);
        });
    }

    /// The medium is gone: the address is not usable, and detection waits for the medium.
    pub(crate) fn suspend_detection(&mut self, key: AddressKey) -> bool {
        let was = self.addresses.get(key).map(|address| address.dad);
        self.addresses_mut().edit(key, |address| {
            address.dad = DadState::Tentative;
            address.dad_ms = None;
        });
        was.is_some_and(|was| was != DadState::Tentative)
    }

    /// Detection has run its time.
    pub(super) fn end_detection(&mut self, key: AddressKey, effects: &mut Vec<Effect>) {
        if self.conflicts.contains(&key) {
            self.mark_duplicate(key, effects);
            return;
        }
        let changed = self.addresses_mut().edit(key, |address| {
            address.dad_ms = None;
            let over = address.preferred_ms == Some(0);
            let usable = if over { DadState::Deprecated } else { DadState::Preferred };
            std::mem::replace(&mut address.dad, usable) != usable
        });
        if changed == Some(true) {
            self.tell_address(key, NotificationType::Parameter, effects);
            self.bring_routes(key, effects);
        }
    }

    fn mark_duplicate(&mut self, key: AddressKey, effects: &mut Vec<Effect>) {
        self.take_routes(key, effects);
        self.addresses_mut().edit(key, |address| {
            address.dad = DadState::Duplicate;
            address.dad_ms = None;
        });
        self.tell_address(key, NotificationType::Parameter, effects);
    }

    /// The preferred lifetime is over.
    pub(super) fn deprecate(&mut self, key: AddressKey, effects: &mut Vec<Effect>) {
        self.addresses_mut().edit(key, |address| address.dad = DadState::Deprecated);
        self.tell_address(key, NotificationType::Parameter, effects);
    }

    /// The routes that an address brings while it is usable: to itself, and to what is on its link;
    /// for IPv4 also to the subnet's broadcast address (observed: route tables of Windows 7 to 11).
    pub(crate) fn routes_of_address(&self, key: AddressKey) -> Vec<Route> {
        let Some(address) = self.addresses.get(key) else { return Vec::new() };
        let usable = matches!(address.dad, DadState::Preferred | DadState::Deprecated);
        let takes = self.interface(key.0).is_some_and(|interface| interface.takes_routes);
        if !usable || !takes || !self.can_carry(key.0) {
            return Vec::new();
        }
        let bits = address.family().bits();
        let on_link = if key.1.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) };
        let own = |destination: IpAddr, length: u8| Route {
            metric: OWN_ROUTE_METRIC,
            protocol: protocol::LOCAL,
            loopback: destination == key.1 && length == bits,
            origin: RouteOrigin::WellKnown,
            owner: RouteOwner::Address(key.1),
            modified_ms: self.now_ms,
            ..Route::new(key.0, destination, length, on_link)
        };
        let mut routes = vec![own(key.1, bits)];
        if address.prefix_length < bits {
            routes.push(own(key.1, address.prefix_length));
            if let IpAddr::V4(v4) = key.1
                && address.prefix_length < 31
            {
                let host_bits = u32::MAX.checked_shr(address.prefix_length.into()).unwrap_or(0);
                routes.push(own(IpAddr::V4((v4.to_bits() | host_bits).into()), bits));
            }
        }
        routes
    }

    /// Puts in the routes of an address that are not there yet.
    pub(super) fn bring_routes(&mut self, key: AddressKey, effects: &mut Vec<Effect>) {
        for route in self.routes_of_address(key) {
            if self.routes.get(route.key()).is_none() {
                let route_key = route.key();
                self.insert_route(route);
                self.tell_route(route_key, NotificationType::Add, effects);
            }
        }
    }

    /// Takes the routes of an address out; one that another usable address of the interface brings
    /// as well stays, as that address's.
    pub(super) fn take_routes(&mut self, key: AddressKey, effects: &mut Vec<Effect>) {
        let own: Vec<_> = self
            .routes
            .of(key.0)
            .filter(|route| route.owner == RouteOwner::Address(key.1))
            .map(Route::key)
            .collect();
        if own.is_empty() {
            return;
        }
        let others: Vec<AddressKey> =
            self.addresses.of(key.0).map(UnicastAddress::key).filter(|k| *k != key).collect();
        for route_key in own {
            let heir = others.iter().flat_map(|other| self.routes_of_address(*other));
            let heir =
                heir.filter(|route| route.key() == route_key).map(|route| route.owner).next();
            match heir {
                Some(owner) => {
                    self.routes_mut().edit(route_key, |route| route.owner = owner);
                }
                None => {
                    self.remove_route(route_key, effects);
                }
            }
        }
    }

    pub(super) fn now(&self) -> Aside<u64> {
        self.now_ms
    }
}
