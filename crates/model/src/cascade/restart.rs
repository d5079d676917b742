//! The machine restarts.

use crate::env::Env;
use crate::table::{Route, RouteOwner, UnicastAddress};

/// For how long the connectivity level is Unknown after a start (CH-06 says briefly; one second is
/// chosen).
const UNKNOWN_AT_START_MS: u64 = 1000;

impl Env {
    /// What a restart leaves: configured addresses and routes stay, with detection run anew; leases,
    /// advertised addresses, anycast addresses, neighbours and what programs made are gone (UC-20). Nobody is told.
    pub(crate) fn restart(&mut self) {
        self.listeners.clear();
        let routes: Vec<_> = self
            .routes
            .iter()
            .filter(|route| route.owner != RouteOwner::Configured { persistent: true })
            .filter(|route| !matches!(route.owner, RouteOwner::Teredo))
            .map(Route::key)
            .collect();
        for key in routes {
            self.routes_mut().remove(key);
        }
        let parked: Vec<Route> = self.parked_routes.iter().cloned().collect();
        for route in parked {
            if route.owner != (RouteOwner::Configured { persistent: true }) {
                std::sync::Arc::make_mut(&mut self.parked_routes).remove(route.key());
            }
        }
        self.anycast.clear();
        let addresses: Vec<UnicastAddress> = self.addresses.iter().cloned().collect();
        for address in addresses {
            let key = address.key();
            let teredo = key.0 == self.teredo_interface.luid;
            if teredo {
                for route in self.routes_of_address(key) {
                    self.insert_route(route);
                }
                continue;
            }
            if address.learnt || !address.persistent {
                self.addresses_mut().remove(key);
                continue;
            }
            let created_ms = self.now();
            self.addresses_mut().edit(key, |address| address.created_ms = created_ms);
            self.begin_detection(key, false);
            for route in self.routes_of_address(key) {
                if self.routes.get(route.key()).is_none() {
                    self.insert_route(route);
                }
            }
        }
        let luids: Vec<_> = self.interfaces.luids().collect();
        for luid in &luids {
            self.forget_neighbours(*luid, |_| true);
        }
        self.native_heard = false;
        self.hint_unknown_ms = Some(UNKNOWN_AT_START_MS);
        self.refresh_hints(luids);
    }
}
