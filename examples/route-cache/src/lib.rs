//! A cache of routes, as a VPN or a P2P stack keeps one: filled once, and kept up to date by NotifyRouteChange2.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use netiosim::model::row::ForwardRow;
use netiosim::model::table::RouteKey;
use netiosim::{ApiError, CancelError, Registration, StackRef};

/// What the cache forgets when a route goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgets {
    /// That route.
    OneRoute,
    /// Every route of that interface to that destination: the planted bug. With two gateways to one destination, the end of one
    /// is the end of both.
    Destination,
}

/// The metric of every route that is known.
type Routes = BTreeMap<RouteKey, u32>;

/// A cache of the machine's routes.
#[derive(Debug)]
pub struct RouteCache {
    routes: Arc<Mutex<Routes>>,
    changes: Registration,
}

impl RouteCache {
    /// Registers for changes, and then reads the table: what happens in between is told, and to hear of it twice does no harm.
    ///
    /// # Errors
    ///
    /// That of the registration, or of the table.
    pub fn start(stack: &StackRef, forgets: Forgets) -> Result<Self, ApiError> {
        let routes: Arc<Mutex<Routes>> = Arc::default();
        let known = routes.clone();
        let changes = stack.on_route_change(None, move |change| {
            let Some(row) = change.row else { return };
            let gone = row.key().route;
            let now = row.entry();
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            match now {
                Ok(row) => drop(known.insert(gone, row.metric)),
                Err(_) => known.retain(|key, _| match forgets {
                    Forgets::OneRoute => *key != gone,
                    Forgets::Destination => {
                        (key.luid, key.destination, key.prefix_length)
                            != (gone.luid, gone.destination, gone.prefix_length)
                    }
                }),
            }
        })?;
        let table = stack.routes(None)?;
        {
            let mut known = routes.lock().unwrap_or_else(PoisonError::into_inner);
            known.extend(table.iter().filter_map(|row| Some((key_of(row)?, row.metric))));
        }
        Ok(Self { routes, changes })
    }

    /// The routes that it knows, each with its metric.
    #[must_use]
    pub fn routes(&self) -> BTreeMap<RouteKey, u32> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// That of the cancel.
    pub fn stop(self) -> Result<(), CancelError> {
        self.changes.cancel()
    }
}

/// The key of a row of GetIpForwardTable2.
#[must_use]
pub fn key_of(row: &ForwardRow) -> Option<RouteKey> {
    Some(RouteKey {
        luid: row.luid,
        destination: row.destination.ip()?,
        prefix_length: row.prefix_length,
        next_hop: row.next_hop.ip()?,
    })
}
