//! Routes.

use crate::change::{ChangeError, Effect};
use crate::env::Env;
use crate::net::{Luid, NotificationType};
use crate::table::{PrefixOrigin, Route, RouteKey, RouteOwner, UnicastAddress};

impl Env {
    pub(super) fn add_route(
        &mut self,
        route: &Route,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        let key = route.key();
        self.bound(key.luid, key.family())?;
        if key.prefix_length > key.family().bits() {
            return Err(ChangeError::PrefixLength(key.prefix_length));
        }
        if !self.some_interface(key.luid)?.takes_routes {
            return Err(ChangeError::NoRoutes(key.luid));
        }
        if self.routes.get(key).is_some() || self.parked_routes.get(key).is_some() {
            return Err(ChangeError::RouteExists(key));
        }
        let modified_ms = self.now();
        let route = Route { modified_ms, ..route.clone() };
        if !self.can_carry(key.luid) {
            // Without a medium a configured route waits for it.
            std::sync::Arc::make_mut(&mut self.parked_routes).insert(route, 0);
            return Ok(());
        }
        self.insert_route(route);
        self.tell_route(key, NotificationType::Add, effects);
        self.expire_route(key, effects);
        Ok(())
    }

    /// A route whose lifetime is over goes at once.
    fn expire_route(&mut self, key: RouteKey, effects: &mut Vec<Effect>) {
        if self.routes.get(key).is_some_and(|route| route.valid_ms == Some(0)) {
            self.remove_route(key, effects);
        }
    }

    pub(super) fn set_route(
        &mut self,
        route: &Route,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        let key = route.key();
        let modified_ms = self.now();
        let route = Route { modified_ms, ..route.clone() };
        if self.routes.get(key).is_some() {
            self.insert_route(route);
            self.tell_route(key, NotificationType::Parameter, effects);
            self.expire_route(key, effects);
        } else if self.parked_routes.get(key).is_some() {
            std::sync::Arc::make_mut(&mut self.parked_routes).insert(route, 0);
        } else {
            return Err(ChangeError::NoRoute(key));
        }
        Ok(())
    }

    /// Takes a route out; returns whether it was there.
    pub(super) fn remove_route(&mut self, key: RouteKey, effects: &mut Vec<Effect>) -> bool {
        if self.routes.get(key).is_none() {
            let parked = std::sync::Arc::make_mut(&mut self.parked_routes);
            return parked.remove(key).is_some();
        }
        self.routes_mut().remove(key);
        self.tell_route(key, NotificationType::Delete, effects);
        true
    }

    /// Takes out a route that somebody asked to be taken out; one that was configured gives its place
    /// back to the one that an address brings.
    pub(super) fn delete_route(&mut self, key: RouteKey, effects: &mut Vec<Effect>) -> bool {
        let owner = self.routes.get(key).map(|route| route.owner);
        if !self.remove_route(key, effects) {
            return false;
        }
        if matches!(owner, Some(RouteOwner::Configured { .. })) {
            let addresses: Vec<_> = self.addresses.of(key.luid).map(UnicastAddress::key).collect();
            let mut own = addresses.into_iter().flat_map(|address| self.routes_of_address(address));
            if let Some(route) = own.find(|route| route.key() == key) {
                self.insert_route(route);
                self.tell_route(key, NotificationType::Add, effects);
            }
        }
        true
    }

    /// Forgets routes that were put aside.
    pub(super) fn forget_routes(&mut self, luid: Luid, which: impl Fn(&Route) -> bool) {
        let keys: Vec<RouteKey> =
            self.parked_routes.of(luid).filter(|route| which(route)).map(Route::key).collect();
        for key in keys {
            std::sync::Arc::make_mut(&mut self.parked_routes).remove(key);
        }
    }

    pub(super) fn drop_routes(
        &mut self,
        luid: Luid,
        which: impl Fn(&Route) -> bool,
        effects: &mut Vec<Effect>,
    ) {
        let keys: Vec<RouteKey> =
            self.routes.of(luid).filter(|route| which(route)).map(Route::key).collect();
        for key in keys {
            self.remove_route(key, effects);
        }
    }

    /// Takes the routes of an interface out; those that come back with it are put aside.
    pub(super) fn park_routes(
        &mut self,
        luid: Luid,
        which: impl Fn(&Route) -> bool,
        comes_back: impl Fn(RouteOwner) -> bool,
        effects: &mut Vec<Effect>,
    ) {
        let routes: Vec<Route> =
            self.routes.of(luid).filter(|route| which(route)).cloned().collect();
        for route in routes {
            self.remove_route(route.key(), effects);
            if comes_back(route.owner) {
                std::sync::Arc::make_mut(&mut self.parked_routes).insert(route, 0);
            }
        }
    }

    /// Puts the routes back that were put aside and that the interface can carry now.
    pub(super) fn restore_routes(&mut self, luid: Luid, effects: &mut Vec<Effect>) {
        if !self.can_carry(luid) {
            return;
        }
        let routes: Vec<Route> = self.parked_routes.of(luid).cloned().collect();
        for route in routes {
            let key = route.key();
            if self.bound(luid, key.family()).is_ok() {
                std::sync::Arc::make_mut(&mut self.parked_routes).remove(key);
                let lease = |a: &UnicastAddress| a.learnt && a.prefix_origin == PrefixOrigin::Dhcp;
                let ended = route.valid_ms == Some(0)
                    || (route.owner == RouteOwner::Dhcp && !self.addresses.of(luid).any(lease));
                let there = self.routes.get(key).map(|route| route.owner);
                if ended || there.is_some_and(|owner| !matches!(owner, RouteOwner::Address(_))) {
                    continue;
                }
                // A configured route takes the place of the one that an address brought.
                self.insert_route(route);
                let kind = match there {
                    None => NotificationType::Add,
                    Some(_) => NotificationType::Parameter,
                };
                self.tell_route(key, kind, effects);
            }
        }
    }

    /// Forgets what was put aside for an interface.
    pub(super) fn forget_parked(&mut self, luid: Luid) {
        let routes: Vec<RouteKey> = self.parked_routes.of(luid).map(Route::key).collect();
        let addresses: Vec<_> = self.parked_addresses.of(luid).map(UnicastAddress::key).collect();
        for key in routes {
            std::sync::Arc::make_mut(&mut self.parked_routes).remove(key);
        }
        for key in addresses {
            std::sync::Arc::make_mut(&mut self.parked_addresses).remove(key);
        }
    }
}
