//! Routes, and which of them is the best.

use std::net::IpAddr;
use std::panic::Location;

use netiosim_model::api::{Call, Output};
use netiosim_model::event::Function;
use netiosim_model::net::{Family, Luid};
use netiosim_model::notification::ForwardKey;
use netiosim_model::row::{ForwardRow, SocketAddress};
use netiosim_model::table::{RouteKey, protocol};

use super::number;
use crate::StackRef;
use crate::error::ApiError;
use crate::table::MibTable;

/// What [`best_route`](StackRef::best_route) found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestRoute {
    /// The route.
    pub route: ForwardRow,
    /// The source address that goes with it.
    pub source: SocketAddress,
}

impl StackRef {
    /// The routes of one family, or of both (`None`): GetIpForwardTable2 (RT-06, RT-07).
    ///
    /// # Errors
    ///
    /// As [`unicast_addresses`](Self::unicast_addresses).
    #[track_caller]
    pub fn routes(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Result<MibTable<ForwardRow>, ApiError> {
        let call = Call::table(Function::GetIpForwardTable2, number(family.into()));
        self.ask_table(&call, Location::caller())
    }

    /// One route: GetIpForwardEntry2 (RT-01 to RT-05).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NOT_FOUND (1168) when there is no such route.
    #[track_caller]
    pub fn route(&self, key: RouteKey) -> Result<ForwardRow, ApiError> {
        self.ask_row(&Call::row(Function::GetIpForwardEntry2, keyed(key)), Location::caller())
    }

    /// A row for [`create_route`](Self::create_route), as InitializeIpForwardEntry fills it, with the
    /// keys put in, and metric 0 and protocol NETMGMT in place of the illegal values.
    ///
    /// # Errors
    ///
    /// As [`new_unicast_address`](Self::new_unicast_address).
    #[track_caller]
    pub fn new_route(&self, key: RouteKey) -> Result<ForwardRow, ApiError> {
        let call = Call::row(Function::InitializeIpForwardEntry, ForwardRow::default());
        let row: ForwardRow = self.ask_row(&call, Location::caller())?;
        let ForwardRow { luid, destination, prefix_length, next_hop, .. } = keyed(key);
        let (metric, site_prefix_length) = (0, 0);
        let protocol = protocol::NETMGMT;
        let keys = ForwardRow { luid, destination, prefix_length, next_hop, ..row };
        Ok(ForwardRow { metric, protocol, site_prefix_length, ..keys })
    }

    /// Creates a route: CreateIpForwardEntry2 (RT-08 to RT-17).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_ACCESS_DENIED (5) when the process is not elevated,
    /// ERROR_OBJECT_ALREADY_EXISTS (5010) when the route is there already, and others.
    #[track_caller]
    pub fn create_route(&self, row: &ForwardRow) -> Result<(), ApiError> {
        self.tell(&Call::row(Function::CreateIpForwardEntry2, row.clone()), Location::caller())
    }

    /// Changes properties of a route: SetIpForwardEntry2 (RT-18 to RT-21).
    ///
    /// # Errors
    ///
    /// An [`ApiError`], as of [`create_route`](Self::create_route).
    #[track_caller]
    pub fn set_route(&self, row: &ForwardRow) -> Result<(), ApiError> {
        self.tell(&Call::row(Function::SetIpForwardEntry2, row.clone()), Location::caller())
    }

    /// Takes a route away: DeleteIpForwardEntry2 (RT-22 to RT-24).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NOT_FOUND (1168) when there is no such route (option `missing-row`),
    /// ERROR_ACCESS_DENIED (5) when the process is not elevated.
    #[track_caller]
    pub fn delete_route(&self, key: RouteKey) -> Result<(), ApiError> {
        self.tell(&Call::row(Function::DeleteIpForwardEntry2, keyed(key)), Location::caller())
    }

    /// The best route to a destination, and the source address that goes with it: GetBestRoute2 on any
    /// interface (BR-01 to BR-09).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: by the option `no-route` when nothing leads there, ERROR_NOT_SUPPORTED (50)
    /// when the machine has no such stack; ERROR_INVALID_PARAMETER (87) where the option
    /// `best-route-any-interface` wants an interface named, as for drivers: then
    /// [`best_route_on`](Self::best_route_on).
    #[track_caller]
    pub fn best_route(&self, destination: impl Into<IpAddr>) -> Result<BestRoute, ApiError> {
        self.best_route_at(None, destination.into(), Location::caller())
    }

    /// The best route to a destination over one interface, and the source address that goes with it.
    ///
    /// # Errors
    ///
    /// As [`best_route`](Self::best_route), and by the option `unknown-luid` when there is no such
    /// interface.
    #[track_caller]
    pub fn best_route_on(
        &self,
        luid: Luid,
        destination: impl Into<IpAddr>,
    ) -> Result<BestRoute, ApiError> {
        self.best_route_at(Some(luid), destination.into(), Location::caller())
    }

    fn best_route_at(
        &self,
        luid: Option<Luid>,
        destination: IpAddr,
        at: &'static Location<'static>,
    ) -> Result<BestRoute, ApiError> {
        let call = Call::BestRoute {
            luid,
            index: 0,
            source: None,
            destination: Some(destination.into()),
            sort_options: 0,
            route_pointer: true,
            source_pointer: true,
        };
        self.ask(&call, at, |output| match output {
            Output::BestRoute(route, source) => Some(BestRoute { route: *route, source }),
            _ => None,
        })
    }

    /// The index of the interface with the best route to a destination: GetBestInterfaceEx (BR-10,
    /// BR-11).
    ///
    /// # Errors
    ///
    /// An [`ApiError`], such as of [`best_route`](Self::best_route).
    #[track_caller]
    pub fn best_interface(&self, destination: impl Into<IpAddr>) -> Result<u32, ApiError> {
        let function = Function::GetBestInterfaceEx;
        let destination = Some(destination.into().into());
        let call = Call::BestInterface { function, destination, pointer: true };
        self.ask(&call, Location::caller(), |output| match output {
            Output::Index(index) => Some(index),
            _ => None,
        })
    }
}

/// A row with these keys.
fn keyed(key: RouteKey) -> ForwardRow {
    ForwardRow::from(ForwardKey { route: key, index: 0 })
}
