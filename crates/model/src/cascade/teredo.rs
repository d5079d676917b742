//! The Teredo client and its pseudo-interface: state, addresses and routes alike (TI-05, TI-07).

use std::net::IpAddr;

use super::{Cascade, Rules};
use crate::change::Effect;
use crate::choose::First;
use crate::env::Env;
use crate::member::Member;
use crate::net::{Family, NotificationType};
use crate::table::{
    PrefixOrigin, Route, RouteOrigin, RouteOwner, SuffixOrigin, UnicastAddress, protocol,
};
use crate::teredo::{TeredoEvent, TeredoRules, TeredoStep};

/// The metric of the client's routes (observed: 8 on Windows 7).
const TEREDO_ROUTE_METRIC: u32 = 8;

impl Env {
    pub(super) fn teredo_event(&mut self, event: &TeredoEvent, cascade: &mut Cascade<'_>) {
        let steps = self.teredo_handle(event, cascade.rules.teredo, cascade.chooser);
        let effects = &mut cascade.effects;
        let mut qualified = false;
        for step in steps {
            match step {
                TeredoStep::State { from, to } => effects.push(Effect::TeredoState { from, to }),
                TeredoStep::Port { from, to, .. } => effects.push(Effect::TeredoPort { from, to }),
                TeredoStep::InterfaceAppeared => self.raise_teredo_interface(effects),
                TeredoStep::InterfaceVanished => {
                    self.remove_interface(self.teredo_interface.luid, effects);
                }
                TeredoStep::InterfaceChanged => {
                    let luid = self.teredo_interface.luid;
                    self.refresh_teredo_interface();
                    self.tell(luid, Family::V6, NotificationType::Parameter, effects);
                }
                TeredoStep::AddressRemoved(address) => {
                    let luid = self.teredo_interface.luid;
                    self.remove_address((luid, IpAddr::V6(address)), effects);
                }
                TeredoStep::AddressAdded(address) => {
                    qualified |= self.teredo.global_address() == Some(address);
                    let row = self.teredo_address(IpAddr::V6(address));
                    if self.interface(row.luid).is_some() {
                        let key = row.key();
                        self.addresses_mut().insert(row);
                        self.tell_address(key, NotificationType::Add, effects);
                        self.bring_routes(key, effects);
                    }
                }
            }
        }
        self.refresh_teredo_interface();
        self.refresh_teredo_routes(qualified, effects);
    }

    /// Brings the client in line with what routers advertised (TS-14, TA-25), and the pseudo-interface with the client, without
    /// telling anybody: for building a machine whose client is in some state, or whose addresses are there, from the start. What a
    /// profile leaves open is as `documented` has it: a machine is built before it has a profile.
    pub fn settle_teredo(&mut self) {
        let chooser = &mut First::default();
        let rules = Rules { teredo: TeredoRules::default(), keep_leases: false };
        self.follow_native_ipv6(&mut Cascade { rules, chooser, effects: Vec::new() });
        let present = self.teredo.interface_present() && self.ipv6_present;
        let luid = self.teredo_interface.luid;
        let unheard = &mut Vec::new();
        if present && self.interface(luid).is_none() {
            self.raise_teredo_interface(unheard);
        } else if !present && self.interface(luid).is_some() {
            self.remove_interface(luid, unheard);
        }
        self.refresh_teredo_interface();
        if present {
            for address in [self.teredo.global_address(), self.teredo.link_local()] {
                if let Some(address) = address.map(IpAddr::V6) {
                    let row = self.teredo_address(address);
                    self.place_address(row);
                }
            }
        }
        self.refresh_teredo_routes(true, unheard);
        self.refresh_hints([luid]);
    }

    pub(super) fn raise_teredo_interface(&mut self, effects: &mut Vec<Effect>) {
        let mut interface = self.teredo_interface.clone();
        if !self.ipv6_present || self.interface(interface.luid).is_some() {
            return;
        }
        if self.interface_by_index(interface.index).is_some() {
            interface.index = self.free_index();
        }
        let luid = interface.luid;
        self.insert(interface);
        self.refresh_teredo_interface();
        self.tell(luid, Family::V6, NotificationType::Add, effects);
    }

    fn refresh_teredo_interface(&mut self) {
        let state = self.teredo.state();
        let (connected, oper) = (state.media_connected(), state.oper_status());
        let luid = self.teredo_interface.luid;
        let changed = self.interface(luid).is_some_and(|interface| {
            let row = interface.v6.as_ref().and_then(|row| row.get(Member::Connected));
            interface.connected != connected
                || interface.oper_override != Some(oper)
                || row.is_some_and(|row| row != u64::from(connected))
        });
        if !changed {
            return;
        }
        self.interfaces_mut().edit(luid, |interface| {
            interface.connected = connected;
            interface.oper_override = Some(oper);
            if let Some(row) = &mut interface.v6 {
                row.set(Member::Connected, u64::from(connected));
            }
        });
    }

    /// A client that has just qualified leads to the Teredo prefix and, having no native IPv6, to
    /// everywhere (that
    /// the routes are these is observed, that they follow the global address is derived).
    fn refresh_teredo_routes(&mut self, qualified: bool, effects: &mut Vec<Effect>) {
        let luid = self.teredo_interface.luid;
        if self.teredo.global_address().is_none() || self.interface(luid).is_none() {
            self.drop_routes(luid, |route| route.owner == RouteOwner::Teredo, effects);
            return;
        }
        let zero = IpAddr::from([0; 16]);
        let prefix = IpAddr::from([0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for (destination, length) in [(prefix, 32), (zero, 0)].into_iter().filter(|_| qualified) {
            let route = Route {
                metric: TEREDO_ROUTE_METRIC,
                protocol: protocol::LOCAL,
                origin: RouteOrigin::WellKnown,
                owner: RouteOwner::Teredo,
                modified_ms: self.now(),
                ..Route::new(luid, destination, length, zero)
            };
            // What somebody configured for the same place stands.
            let key = route.key();
            if self.routes.get(key).is_none() {
                self.insert_route(route);
                self.tell_route(key, NotificationType::Add, effects);
            }
        }
    }

    fn teredo_address(&self, address: IpAddr) -> UnicastAddress {
        UnicastAddress {
            prefix_origin: PrefixOrigin::WellKnown,
            suffix_origin: SuffixOrigin::LinkLayerAddress,
            persistent: false,
            created_ms: self.now(),
            ..UnicastAddress::new(self.teredo_interface.luid, address, 64)
        }
    }
}
