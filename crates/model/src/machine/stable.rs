//! NotifyStableUnicastIpAddressTable: at once when the addresses are stable, later when not.

use super::{Kind, Machine, Registration};
use crate::choose::Chooser;
use crate::ids::Handle;
use crate::net::Family;
use crate::notification::Notification;
use crate::profile::OptionId;
use crate::row::Row;
use crate::table::{DadState, UnicastAddress};
use crate::teredo::{TeredoRole, TeredoState};

impl Machine {
    /// Whether every address that counts is stable (NS-04 to NS-06, NS-14, NS-15).
    ///
    /// The Teredo client counts while it runs: its address is stable when it is qualified. That a
    /// client which does not run, or a host-specific relay, which never qualifies, has no address, and
    /// so is not waited for, is chosen. Whether an ordinary address is waited for while it is detected
    /// is the option `stable-wait-for` (O-10); one that is a duplicate, deprecated, or without a medium
    /// is on no way to be preferred and is not waited for (chosen).
    pub(crate) fn is_stable(&mut self, chooser: &mut dyn Chooser) -> bool {
        let all = self.pick(OptionId::StableWait, chooser) == "all-addresses";
        let env = self.env();
        let on_the_way = matches!(env.teredo().state(), TeredoState::Dormant | TeredoState::Probe);
        let relay = env.teredo().role() == TeredoRole::HostSpecificRelay;
        let teredo = relay || !on_the_way || !env.ipv6_present();
        teredo && !(all && env.address_table().next_detection_ms().is_some())
    }

    /// The stable rows of a family, or of both (NS-11): ordinary addresses that are preferred, and
    /// the Teredo client's while it is qualified (NS-14, NS-15).
    pub(crate) fn stable_rows(&self, family: Option<Family>) -> Vec<Row> {
        let env = self.env();
        let stable = |address: &&UnicastAddress| {
            family.is_none_or(|family| family == address.family())
                && if address.luid == env.teredo_luid() {
                    env.teredo().state() == TeredoState::Qualified
                } else {
                    address.dad == DadState::Preferred
                }
        };
        env.addresses().filter(stable).map(|address| Row::from(env.unicast_row(address))).collect()
    }

    /// Puts the table into the queue of every request that waits and whose addresses are stable now;
    /// and lets those that call back each time wait again once they are not (C-05, O-12).
    pub(crate) fn owe_stable_tables(&mut self, chooser: &mut dyn Chooser) {
        let asks = |registration: &Registration| matches!(registration.kind, Kind::StableTable(_));
        let live = self.registrations().filter(|(_, registration)| asks(registration));
        let mut all: Vec<Handle> = live.map(|(handle, _)| handle).collect();
        // A cancel that may yet be refused sets aside what comes meanwhile.
        let hung = self.state.hung.values().copied();
        all.extend(hung.filter(|handle| self.registration(*handle).is_some_and(asks)));
        if all.is_empty() {
            return;
        }
        let stable = self.is_stable(chooser);
        let again = self.pick(OptionId::StableRepeat, chooser) == "each-time";
        let mut order = None;
        for handle in all {
            let awaits = self.registration(handle).is_some_and(|registration| registration.awaits);
            if stable && awaits && order.is_none() {
                order = Some(self.take_order());
            }
            let Some(registration) = self.registration_mut(handle) else { continue };
            if !stable {
                registration.awaits |= again;
            } else if let Some(order) = order.filter(|_| awaits) {
                registration.awaits = false;
                let lane = usize::from(registration.next_lane) % registration.lanes.len();
                registration.next_lane = registration.next_lane.wrapping_add(1) % 2;
                let due = Notification::StableTable { table: None };
                let live = registration.is_live();
                let lane = &mut registration.lanes[lane];
                let queue = if live { &mut lane.queue } else { &mut lane.aside };
                queue.push_back((order, due));
                self.refresh_ready(handle);
            }
        }
    }
}
