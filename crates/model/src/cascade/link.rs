//! Interfaces and their links: appearing, going, media, administration, rows and families.

use super::Cascade;
use crate::change::{ChangeError, Effect};
use crate::env::Env;
use crate::interface::{Interface, IpRow, if_type};
use crate::member::Member;
use crate::net::{Family, Luid, NotificationType};
use crate::table::{AddressKey, RouteOwner, UnicastAddress};

/// New properties of a link; `None` stays as it is.
pub(super) struct Link<'a> {
    pub(super) connected: Option<bool>,
    pub(super) admin_up: Option<bool>,
    pub(super) mtu: Option<u32>,
    pub(super) alias: Option<&'a str>,
}

impl Env {
    pub(super) fn add_interface(
        &mut self,
        interface: &Interface,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.check_free(interface)?;
        if interface.is_teredo() || interface.if_type == if_type::LOOPBACK {
            return Err(ChangeError::Reserved(format!("the interface \"{}\"", interface.alias)));
        }
        let luid = interface.luid;
        self.insert(interface.clone());
        for family in Family::ALL {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Add, effects);
            }
        }
        Ok(())
    }

    /// Takes an interface out with everything on it: routes, addresses, rows (the order is chosen).
    pub(super) fn remove_interface(&mut self, luid: Luid, effects: &mut Vec<Effect>) {
        let Some(interface) = self.interface(luid) else { return };
        let families: Vec<Family> =
            Family::ALL.into_iter().filter(|family| interface.row(*family).is_some()).collect();
        for family in families {
            self.tell(luid, family, NotificationType::Delete, effects);
        }
        self.drop_routes(luid, |_| true, effects);
        self.drop_addresses(luid, |_| true, effects);
        self.forget_parked(luid);
        self.forget_link(luid);
        self.interfaces_mut().remove(luid);
        for family in Family::ALL {
            self.parked_rows.remove(&(luid, family));
        }
    }

    /// What is known of the link itself goes with it: neighbours, anycast addresses, conflicts, its
    /// place in the interface stack.
    fn forget_link(&mut self, luid: Luid) {
        self.forget_neighbours(luid, |_| true);
        self.anycast.retain(|key| key.0 != luid);
        self.conflicts.retain(|key| key.0 != luid);
        self.stacked.retain(|pair| pair.0 != luid && pair.1 != luid);
    }

    /// What is known of a family on the link goes with its row.
    pub(super) fn forget_family(&mut self, luid: Luid, family: Family) {
        self.forget_neighbours(luid, |neighbour| Family::of(neighbour.address) == family);
        self.anycast.retain(|key| key.0 != luid || Family::of(key.1) != family);
    }

    /// Disables an adapter: its interface leaves the tables, its index is free, its LUID is kept. What
    /// is configured comes back when it is enabled; what programs made does not (UC-20).
    pub(super) fn disable(&mut self, luid: Luid, effects: &mut Vec<Effect>) {
        let Some(interface) = self.interface(luid).cloned() else { return };
        for family in Family::ALL {
            if interface.row(family).is_some() {
                self.tell(luid, family, NotificationType::Delete, effects);
            }
        }
        let persistent = |owner| owner == RouteOwner::Configured { persistent: true };
        self.park_routes(luid, |_| true, persistent, effects);
        self.forget_routes(luid, |route| !persistent(route.owner));
        let addresses: Vec<UnicastAddress> = self.addresses.of(luid).cloned().collect();
        self.drop_addresses(luid, |_| true, effects);
        for address in addresses.into_iter().filter(|address| address.persistent) {
            std::sync::Arc::make_mut(&mut self.parked_addresses).insert(address);
        }
        self.forget_link(luid);
        self.interfaces_mut().remove(luid);
        self.disabled.insert(luid, interface);
    }

    /// Enables a disabled adapter: the same LUID, the lowest index that is free.
    pub(super) fn enable(
        &mut self,
        luid: Luid,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        let Some(mut interface) = self.disabled.remove(&luid) else {
            return Err(match self.interface(luid) {
                Some(_) => ChangeError::NotDisabled(luid),
                None => ChangeError::NoInterface(luid),
            });
        };
        interface.index = self.free_index();
        self.insert(interface);
        for family in Family::ALL {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Add, effects);
                self.restore_addresses(luid, family, effects);
            }
        }
        self.restore_routes(luid, effects);
        Ok(())
    }

    /// Puts the addresses back that were put aside; detection runs for each.
    pub(super) fn restore_addresses(
        &mut self,
        luid: Luid,
        family: Family,
        effects: &mut Vec<Effect>,
    ) {
        let parked: Vec<UnicastAddress> =
            self.parked_addresses.of(luid).filter(|a| a.family() == family).cloned().collect();
        for address in parked {
            std::sync::Arc::make_mut(&mut self.parked_addresses).remove(address.key());
            let added = self.add_address(&address, false, effects);
            debug_assert!(added.is_ok(), "what was put aside is not there");
        }
    }

    pub(super) fn set_row(
        &mut self,
        luid: Luid,
        family: Family,
        values: &[(Member, u64)],
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.bound(luid, family)?;
        self.interfaces_mut().edit(luid, |interface| {
            if let Some(row) = interface.row_slot(family) {
                for (member, value) in values {
                    row.set(*member, *value);
                }
            }
        });
        if values.iter().any(|(member, _)| *member == Member::Metric) {
            let metric = self.interface_metric(luid, family);
            self.routes_mut().set_interface_metric(luid, family, metric);
        }
        self.tell(luid, family, NotificationType::Parameter, effects);
        Ok(())
    }

    pub(super) fn set_link(
        &mut self,
        luid: Luid,
        link: &Link<'_>,
        cascade: &mut Cascade<'_>,
    ) -> Result<(), ChangeError> {
        self.own_interface(luid)?;
        if let Some(alias) = link.alias
            && self.alias_taken(alias, luid)
        {
            return Err(ChangeError::Taken(format!("the alias \"{alias}\"")));
        }
        let before = self.can_carry(luid);
        self.interfaces_mut().edit(luid, |interface| {
            interface.connected = link.connected.unwrap_or(interface.connected);
            interface.admin_up = link.admin_up.unwrap_or(interface.admin_up);
            interface.mtu = link.mtu.unwrap_or(interface.mtu);
            if let Some(alias) = link.alias {
                interface.alias = alias.to_owned();
            }
            for family in Family::ALL {
                if let (Some(row), Some(mtu)) = (interface.row_slot(family), link.mtu) {
                    row.set(Member::NlMtu, u64::from(mtu));
                }
            }
            interface.tell_rows();
        });
        for family in Family::ALL {
            if let (Some(row), Some(mtu)) = (self.parked_rows.get_mut(&(luid, family)), link.mtu) {
                row.set(Member::NlMtu, u64::from(mtu));
            }
        }
        for family in Family::ALL {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Parameter, &mut cascade.effects);
            }
        }
        match (before, self.can_carry(luid)) {
            (true, false) => self.link_lost(luid, cascade),
            (false, true) => self.link_back(luid, &mut cascade.effects),
            _ => {}
        }
        Ok(())
    }

    /// The medium is gone, and with it the routes; leased and advertised addresses go too unless the
    /// option `media-loss` keeps them, the others wait as tentative ones (UC-19).
    fn link_lost(&mut self, luid: Luid, cascade: &mut Cascade<'_>) {
        let keep = cascade.rules.keep_leases;
        let comes_back = |owner| match owner {
            RouteOwner::Configured { .. } => true,
            RouteOwner::Dhcp | RouteOwner::RouterAdvertisement => keep,
            RouteOwner::Address(_) | RouteOwner::Teredo => false,
        };
        self.park_routes(luid, |_| true, comes_back, &mut cascade.effects);
        if !cascade.rules.keep_leases {
            self.drop_addresses(luid, |address| address.learnt, &mut cascade.effects);
        }
        let keys: Vec<AddressKey> = self.addresses.of(luid).map(UnicastAddress::key).collect();
        for key in keys {
            if self.suspend_detection(key) {
                self.tell_address(key, NotificationType::Parameter, &mut cascade.effects);
            }
        }
        self.forget_neighbours(luid, |neighbour| {
            neighbour.state != crate::table::NeighbourState::Permanent
        });
    }

    /// The medium is back: detection starts again for every address (UC-19).
    fn link_back(&mut self, luid: Luid, effects: &mut Vec<Effect>) {
        let keys: Vec<AddressKey> = self.addresses.of(luid).map(UnicastAddress::key).collect();
        for key in keys {
            self.begin_detection(key, false);
            let usable = self
                .addresses
                .get(key)
                .is_some_and(|address| address.dad != crate::table::DadState::Tentative);
            if usable {
                self.tell_address(key, NotificationType::Parameter, effects);
                self.bring_routes(key, effects);
            }
        }
        self.restore_routes(luid, effects);
    }

    pub(super) fn bind(
        &mut self,
        luid: Luid,
        family: Family,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        if !self.family_present(family) {
            return Err(match family {
                Family::V4 => ChangeError::NoIpv4,
                Family::V6 => ChangeError::NoIpv6,
            });
        }
        let interface = self.own_interface(luid)?;
        if interface.row(family).is_some() {
            return Err(ChangeError::Bound(family));
        }
        let loopback = interface.if_type == if_type::LOOPBACK;
        let row = IpRow::new(family, loopback, interface.mtu);
        self.interfaces_mut().edit(luid, |interface| {
            *interface.row_slot(family) = Some(row);
            interface.tell_rows();
        });
        self.tell(luid, family, NotificationType::Add, effects);
        Ok(())
    }

    pub(super) fn unbind(
        &mut self,
        luid: Luid,
        family: Family,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(luid)?;
        self.bound(luid, family)?;
        self.tell(luid, family, NotificationType::Delete, effects);
        self.drop_routes(luid, |route| Family::of(route.destination) == family, effects);
        self.drop_addresses(luid, |address| address.family() == family, effects);
        self.forget_family(luid, family);
        self.forget_routes(luid, |route| route.key().family() == family);
        self.interfaces_mut().edit(luid, |interface| *interface.row_slot(family) = None);
        Ok(())
    }
}
