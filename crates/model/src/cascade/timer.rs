//! Timers: what happens by itself when its time has come.

use super::{Cascade, Rules};
use crate::change::Effect;
use crate::choose::Chooser;
use crate::env::Env;
use crate::table::AddressKey;
use crate::teredo::TeredoEvent;

impl Env {
    /// Lets one timer that is due now fire: the Teredo client's first, then those of addresses in the
    /// order of their keys, then of routes, then of the machine's start (the order is chosen).
    pub fn fire_timer(&mut self, rules: Rules, chooser: &mut dyn Chooser) -> Vec<Effect> {
        let hint = self.hint();
        let mut cascade = Cascade { rules, chooser, effects: Vec::new() };
        if self.teredo.next_timer_ms() == Some(0) {
            self.teredo_event(&TeredoEvent::Timer, &mut cascade);
        } else if let Some(key) = self.addresses.due() {
            self.fire_address(key, &mut cascade);
        } else if let Some(key) = self.routes.due() {
            self.remove_route(key, &mut cascade.effects);
        } else if self.hint_unknown_ms == Some(0) {
            self.hint_unknown_ms = None;
        }
        self.follow_native_ipv6(&mut cascade);
        self.settle(cascade.effects, &hint, None)
    }

    fn fire_address(&mut self, key: AddressKey, cascade: &mut Cascade<'_>) {
        let Some(address) = self.addresses.get(key) else { return };
        if address.valid_ms == Some(0) {
            self.remove_address(key, &mut cascade.effects);
        } else if address.dad_ms == Some(0) {
            self.end_detection(key, &mut cascade.effects);
        } else {
            self.deprecate(key, &mut cascade.effects);
        }
    }
}
