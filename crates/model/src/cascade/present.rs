//! The stack of a family comes and goes.

use super::Cascade;
use crate::change::Effect;
use crate::env::Env;
use crate::net::{Family, Luid, NotificationType};
use crate::table::{RouteOwner, UnicastAddress};
use crate::teredo::TeredoEvent;

impl Env {
    pub(super) fn set_family(&mut self, family: Family, present: bool, cascade: &mut Cascade<'_>) {
        if present == self.family_present(family) {
            return;
        }
        // The client hears of it as of any change of the network, and tries again if it is wanted.
        let mut event = match family {
            Family::V6 => TeredoEvent::NetworkChanged(self.teredo.network().clone()),
            // Without IPv4 there is no way to the server (derived: its packets are IPv4's).
            Family::V4 => TeredoEvent::ServerReachable(present && self.server_reachable),
        };
        if present {
            self.restore_family(family, &mut cascade.effects);
            if family == Family::V6 && self.teredo.interface_present() {
                self.raise_teredo_interface(&mut cascade.effects);
            }
            self.teredo_event(&event, cascade);
        } else {
            if family == Family::V6 {
                self.ipv6_present = false;
            }
            self.teredo_event(&event, cascade);
            if family == Family::V6 {
                self.ipv6_present = true;
                self.remove_interface(self.teredo_interface.luid, &mut cascade.effects);
            }
            self.park_family(family, &mut cascade.effects);
        }
        event = TeredoEvent::ListenersChanged;
        self.teredo_event(&event, cascade);
    }

    /// Takes the stack of a family away: rows, addresses and routes of it are gone; what is configured
    /// is put aside.
    pub(crate) fn park_family(&mut self, family: Family, effects: &mut Vec<Effect>) {
        let luids: Vec<Luid> = self.interfaces.luids().collect();
        for luid in luids {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Delete, effects);
                self.park_all(luid, family, effects);
                let row = self.interfaces_mut().edit(luid, |i| i.row_slot(family).take()).flatten();
                if let Some(row) = row {
                    self.parked_rows.insert((luid, family), row);
                }
            }
        }
        self.set_present(family, false);
    }

    /// Gives the stack of a family back, with what was put aside.
    pub(crate) fn restore_family(&mut self, family: Family, effects: &mut Vec<Effect>) {
        self.set_present(family, true);
        let parked: Vec<Luid> =
            self.parked_rows.keys().filter(|key| key.1 == family).map(|key| key.0).collect();
        for luid in parked {
            let Some(row) = self.parked_rows.remove(&(luid, family)) else { continue };
            if let Some(interface) = self.disabled.get_mut(&luid) {
                // It comes back with its adapter.
                *interface.row_slot(family) = Some(row);
                continue;
            }
            let placed = self.interfaces_mut().edit(luid, |interface| {
                *interface.row_slot(family) = Some(row);
                interface.tell_rows();
            });
            if placed.is_some() {
                self.tell(luid, family, NotificationType::Add, effects);
                self.restore_addresses(luid, family, effects);
                self.restore_routes(luid, effects);
            }
        }
    }

    fn park_all(&mut self, luid: Luid, family: Family, effects: &mut Vec<Effect>) {
        let configured = |owner| matches!(owner, RouteOwner::Configured { .. });
        self.park_routes(
            luid,
            |route| Family::of(route.destination) == family,
            configured,
            effects,
        );
        let addresses: Vec<UnicastAddress> =
            self.addresses.of(luid).filter(|a| a.family() == family).cloned().collect();
        self.drop_addresses(luid, |address| address.family() == family, effects);
        self.forget_family(luid, family);
        for address in addresses.into_iter().filter(|address| address.persistent) {
            std::sync::Arc::make_mut(&mut self.parked_addresses).insert(address);
        }
    }

    fn set_present(&mut self, family: Family, present: bool) {
        match family {
            Family::V4 => self.ipv4_present = present,
            Family::V6 => self.ipv6_present = present,
        }
    }
}
