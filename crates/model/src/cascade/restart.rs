//! The machine restarts.

use crate::env::Env;
use crate::table::{PrefixOrigin, Route, RouteOwner, UnicastAddress};

/// For how long the connectivity level is Unknown after a start (CH-06 says briefly; one second is
/// chosen).
const UNKNOWN_AT_START_MS: u64 = 1000;

impl Env {
    /// What a restart leaves: configured addresses and routes stay, with detection run anew; leases,
    /// advertised addresses and what programs made are gone (UC-20). Nobody is told.
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
        let addresses: Vec<UnicastAddress> = self.addresses.iter().cloned().collect();
        for address in addresses {
            let key = address.key();
            let teredo = key.0 == self.teredo_interface.luid;
            let learnt = matches!(
                address.prefix_origin,
                PrefixOrigin::Dhcp | PrefixOrigin::RouterAdvertisement
            );
            if teredo {
                continue;
            }
            if learnt || !address.persistent {
                self.addresses_mut().remove(key);
                continue;
            }
            self.begin_detection(key, false);
            for route in self.routes_of_address(key) {
                self.insert_route(route);
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
