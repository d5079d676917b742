//! How a change of the environment plays out: the tables afterwards, and every step on the way.
//!
//! `docs/cascades.md` tells the same in words, with the kind of truth of each step.

mod address;
mod configure;
mod hint;
mod link;
mod neighbour;
mod present;
mod restart;
mod route;
mod teredo;
mod timer;

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::change::{Change, ChangeError, Effect};
use crate::choose::Chooser;
use crate::env::Env;
use crate::interface::{Interface, if_type};
use crate::net::{Family, Luid, NotificationType};
use crate::table::RouteKey;
use crate::teredo::{TeredoEvent, TeredoRules};

/// How the open spots of a cascade are decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rules {
    /// Those of the Teredo client.
    pub teredo: TeredoRules,
    /// Whether leased and advertised addresses outlive the loss of their medium (option
    /// `media-loss`).
    pub keep_leases: bool,
}

/// What the steps of one change have at hand.
struct Cascade<'a> {
    rules: Rules,
    chooser: &'a mut dyn Chooser,
    effects: Vec<Effect>,
}

impl Env {
    /// Applies a change; tells what happened, in the chosen order.
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the change makes no sense on this machine; nothing has changed then.
    pub fn apply(
        &mut self,
        change: &Change,
        rules: Rules,
        chooser: &mut dyn Chooser,
    ) -> Result<Vec<Effect>, ChangeError> {
        let hint = self.hint();
        let mut cascade = Cascade { rules, chooser, effects: Vec::new() };
        self.play(change, &mut cascade)?;
        self.follow_native_ipv6(&mut cascade);
        Ok(self.settle(cascade.effects, &hint, change.interface()))
    }

    fn play(&mut self, change: &Change, cascade: &mut Cascade<'_>) -> Result<(), ChangeError> {
        if let Some(mut event) = teredo_event_of(change) {
            // Without IPv4 no server is reachable, whatever is said of it.
            match &mut event {
                TeredoEvent::ServerReachable(reachable) => {
                    self.server_reachable = *reachable;
                    *reachable &= self.ipv4_present;
                }
                TeredoEvent::NetworkChanged(network) => {
                    self.server_reachable = network.server_reachable;
                    network.server_reachable &= self.ipv4_present;
                }
                _ => {}
            }
            self.teredo_event(&event, cascade);
            return Ok(());
        }
        let effects = &mut cascade.effects;
        match change {
            Change::PortOpen { port, edge_traversal } => {
                if self.listeners().contains_key(port) {
                    return Err(ChangeError::PortInUse(*port));
                }
                self.listeners.insert(*port, *edge_traversal);
                self.teredo_event(&TeredoEvent::ListenersChanged, cascade);
            }
            Change::PortClose { port } => {
                if self.listeners.remove(port).is_none() {
                    return Err(ChangeError::PortNotOpen(*port));
                }
                self.teredo_event(&TeredoEvent::ListenersChanged, cascade);
            }
            Change::InterfaceAdd(interface) => self.add_interface(interface, effects)?,
            Change::InterfaceRemove(luid) => {
                self.removable(*luid)?;
                self.remove_interface(*luid, effects);
            }
            Change::InterfaceDisable(luid) => {
                self.removable(*luid)?;
                self.disable(*luid, effects);
            }
            Change::InterfaceEnable(luid) => self.enable(*luid, effects)?,
            Change::RowSet { luid, family, values } => {
                self.set_row(*luid, *family, values, effects)?;
            }
            Change::LinkSet { luid, connected, admin_up, mtu, alias } => {
                let link = link::Link {
                    connected: *connected,
                    admin_up: *admin_up,
                    mtu: *mtu,
                    alias: alias.as_deref(),
                };
                self.set_link(*luid, &link, cascade)?;
            }
            Change::ConnectivitySet { luid, connectivity } => {
                self.some_interface(*luid)?;
                self.interfaces_mut().edit(*luid, |i| i.connectivity = *connectivity);
            }
            Change::ServicesSet { luid, edit } => {
                self.some_interface(*luid)?;
                self.interfaces_mut().edit(*luid, |i| i.services.apply(edit));
            }
            Change::FilterSet { luid, top_connected } => {
                self.some_interface(*luid)?;
                self.interfaces_mut().edit(*luid, |i| i.top_connected = *top_connected);
            }
            Change::Above { higher, lower, present: true } => self.place_above(*higher, *lower)?,
            Change::Above { higher, lower, present: false } => {
                self.some_interface(*higher)?;
                self.stacked.remove(&(*higher, *lower));
            }
            Change::RowTouch { luid, family } => {
                self.bound(*luid, *family)?;
                self.tell(*luid, *family, NotificationType::Parameter, effects);
            }
            Change::FamilyBind { luid, family } => self.bind(*luid, *family, effects)?,
            Change::FamilyUnbind { luid, family } => self.unbind(*luid, *family, effects)?,
            Change::AddressAdd { address, optimistic } => {
                self.own_interface(address.luid)?;
                self.add_address(address, *optimistic, effects)?;
            }
            Change::AddressSet { key, edit } => self.edit_address(*key, edit, effects)?,
            Change::AddressRemove { luid, address } => {
                self.own_interface(*luid)?;
                if !self.remove_address((*luid, *address), effects) {
                    return Err(ChangeError::NoAddress(*address));
                }
            }
            Change::AddressConflict { luid, address, present } => {
                self.set_conflict((*luid, *address), *present, effects)?;
            }
            Change::DhcpLease(lease) => self.lease(lease, effects)?,
            Change::DhcpRelease(luid) => self.release(*luid, effects)?,
            Change::RouterAdvertisement(advertisement) => {
                self.advertise(advertisement, cascade)?;
            }
            Change::RouteAdd(route) => self.add_route(route, effects)?,
            Change::RouteSet(route) => self.set_route(route, effects)?,
            Change::RouteRemove(key) => {
                if !self.delete_route(*key, effects) {
                    return Err(ChangeError::NoRoute(*key));
                }
            }
            Change::AnycastAdd(_)
            | Change::AnycastRemove(_)
            | Change::NeighbourPut(_)
            | Change::NeighbourRemove(_) => self.change_neighbour(change)?,
            Change::Ipv4Present(present) => {
                self.set_family(Family::V4, *present, cascade);
            }
            Change::Ipv6Present(present) => {
                self.set_family(Family::V6, *present, cascade);
            }
            _ => unreachable!("the rest is the Teredo client's"),
        }
        Ok(())
    }

    /// Finds the hints of all that was touched again, and tells if the machine's is another one.
    fn settle(
        &mut self,
        mut effects: Vec<Effect>,
        before: &crate::row::HintRow,
        luid: Option<Luid>,
    ) -> Vec<Effect> {
        let mut touched: BTreeSet<Luid> = luid.into_iter().collect();
        touched.extend(effects.iter().filter_map(|effect| match effect {
            Effect::IpInterface { luid, .. } | Effect::Address { luid, .. } => Some(*luid),
            Effect::Route { key, .. } => Some(key.luid),
            Effect::TeredoState { .. } => Some(self.teredo_interface.luid),
            Effect::TeredoPort { .. } | Effect::Hint(_) => None,
        }));
        self.refresh_hints(touched);
        let after = self.hint();
        if after != *before {
            effects.push(Effect::Hint(after));
        }
        effects
    }

    fn removable(&self, luid: Luid) -> Result<&Interface, ChangeError> {
        let interface = self.own_interface(luid)?;
        if interface.if_type == if_type::LOOPBACK {
            return Err(ChangeError::Reserved("the loopback interface".into()));
        }
        Ok(interface)
    }

    /// An interface that changes only by itself is not for the caller.
    fn own_interface(&self, luid: Luid) -> Result<&Interface, ChangeError> {
        let interface = self.some_interface(luid)?;
        if interface.is_teredo() {
            return Err(ChangeError::Reserved("the Teredo pseudo-interface".into()));
        }
        Ok(interface)
    }

    fn some_interface(&self, luid: Luid) -> Result<&Interface, ChangeError> {
        self.interface(luid).ok_or(ChangeError::NoInterface(luid))
    }

    fn bound(&self, luid: Luid, family: Family) -> Result<(), ChangeError> {
        if self.some_interface(luid)?.row(family).is_none() {
            return Err(ChangeError::NotBound(family));
        }
        Ok(())
    }

    fn tell(&self, luid: Luid, family: Family, kind: NotificationType, effects: &mut Vec<Effect>) {
        if let Some(interface) = self.interface(luid) {
            effects.push(Effect::IpInterface { luid, index: interface.index, family, kind });
        }
    }

    fn tell_address(
        &self,
        (luid, address): (Luid, IpAddr),
        kind: NotificationType,
        effects: &mut Vec<Effect>,
    ) {
        let index = self.interface(luid).map_or(0, |interface| interface.index);
        effects.push(Effect::Address { luid, index, address, kind });
    }

    fn tell_route(&self, key: RouteKey, kind: NotificationType, effects: &mut Vec<Effect>) {
        let index = self.interface(key.luid).map_or(0, |interface| interface.index);
        effects.push(Effect::Route { key, index, kind });
    }
}

fn teredo_event_of(change: &Change) -> Option<TeredoEvent> {
    Some(match change {
        Change::TeredoStart(wish) => TeredoEvent::Start(*wish),
        Change::TeredoStop => TeredoEvent::Stop,
        Change::TeredoRestart(wish) => TeredoEvent::Restart(*wish),
        Change::TeredoQualify => TeredoEvent::Qualify,
        Change::TeredoServer { reachable } => TeredoEvent::ServerReachable(*reachable),
        Change::TeredoMapping { address, port } => {
            TeredoEvent::MappingChanged { address: *address, port: *port }
        }
        Change::TeredoPolicy(settings) => TeredoEvent::PolicyChanged(settings.clone()),
        Change::TeredoNetwork(network) => TeredoEvent::NetworkChanged(network.clone()),
        Change::TeredoTraffic => TeredoEvent::Traffic,
        _ => return None,
    })
}
