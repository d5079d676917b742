//! Interfaces, their IP interface rows, neighbours and connectivity hints.

use std::panic::Location;

use netiosim_model::api::{Call, Output};
use netiosim_model::event::Function;
use netiosim_model::interface::IpRow;
use netiosim_model::machine::EntryQuery;
use netiosim_model::net::{AF_UNSPEC, Family, Luid};
use netiosim_model::notification::RowKey;
use netiosim_model::row::{HintRow, IfRow, IpInterfaceRow, NeighbourRow, Row};

use super::number;
use crate::StackRef;
use crate::error::ApiError;
use crate::table::MibTable;

impl StackRef {
    /// Every interface: GetIfTable2.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: because the test says so.
    #[track_caller]
    pub fn interfaces(&self) -> Result<MibTable<IfRow>, ApiError> {
        let call = Call::table(Function::GetIfTable2, AF_UNSPEC);
        self.ask_table(&call, Location::caller())
    }

    /// One interface: GetIfEntry2.
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_FILE_NOT_FOUND (2) when there is no such interface.
    #[track_caller]
    pub fn interface(&self, luid: Luid) -> Result<IfRow, ApiError> {
        let row = IfRow { luid, ..IfRow::default() };
        self.ask_row(&Call::row(Function::GetIfEntry2, row), Location::caller())
    }

    /// The IP interfaces of one family, or of both (`None`): GetIpInterfaceTable (IT-01 to IT-09).
    ///
    /// # Errors
    ///
    /// As [`unicast_addresses`](Self::unicast_addresses).
    #[track_caller]
    pub fn ip_interfaces(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Result<MibTable<IpInterfaceRow>, ApiError> {
        let call = Call::table(Function::GetIpInterfaceTable, number(family.into()));
        self.ask_table(&call, Location::caller())
    }

    /// The full IP interface row for these keys: GetIpInterfaceEntry (IE-01 to IE-12).
    ///
    /// # Errors
    ///
    /// An [`ApiError`], such as ERROR_FILE_NOT_FOUND when there is no such interface.
    #[track_caller]
    pub fn ip_interface_entry(&self, query: EntryQuery) -> Result<(RowKey, IpRow), ApiError> {
        self.ip_interface_entry_at(query, Location::caller())
    }

    pub(crate) fn ip_interface_entry_at(
        &self,
        query: EntryQuery,
        at: &'static Location<'static>,
    ) -> Result<(RowKey, IpRow), ApiError> {
        let EntryQuery { family, luid, index } = query;
        let row = IpInterfaceRow { family, luid, index, ..IpInterfaceRow::default() };
        let call = Call::row(Function::GetIpInterfaceEntry, row);
        self.ask(&call, at, |output| match output {
            Output::Row(Row::IpInterface(row)) => {
                let family = Family::from_number(row.family)?;
                let (luid, index) = (row.luid, row.index);
                Some((RowKey { family, luid, index }, row.members))
            }
            _ => None,
        })
    }

    /// Changes properties of an IP interface: SetIpInterfaceEntry (IS-01 and on).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_ACCESS_DENIED (5) when the process is not elevated, and others.
    #[track_caller]
    pub fn set_ip_interface(&self, row: &IpInterfaceRow) -> Result<(), ApiError> {
        self.tell(&Call::row(Function::SetIpInterfaceEntry, row.clone()), Location::caller())
    }

    /// The neighbours of one family, or of both (`None`): GetIpNetTable2.
    ///
    /// # Errors
    ///
    /// As [`unicast_addresses`](Self::unicast_addresses).
    #[track_caller]
    pub fn neighbours(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Result<MibTable<NeighbourRow>, ApiError> {
        let call = Call::table(Function::GetIpNetTable2, number(family.into()));
        self.ask_table(&call, Location::caller())
    }

    /// The connectivity hint of the machine: GetNetworkConnectivityHint (CH-01).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_PROC_NOT_FOUND (127), with a finding, where this Windows has no such
    /// function (CH-03).
    #[track_caller]
    pub fn connectivity_hint(&self) -> Result<HintRow, ApiError> {
        self.hint(Function::GetNetworkConnectivityHint, 0, Location::caller())
    }

    /// The connectivity hint of an interface: GetNetworkConnectivityHintForInterface (CH-02).
    ///
    /// # Errors
    ///
    /// As [`connectivity_hint`](Self::connectivity_hint), and when there is no such interface.
    #[track_caller]
    pub fn connectivity_hint_of(&self, index: u32) -> Result<HintRow, ApiError> {
        self.hint(Function::GetNetworkConnectivityHintForInterface, index, Location::caller())
    }

    fn hint(
        &self,
        function: Function,
        index: u32,
        at: &'static Location<'static>,
    ) -> Result<HintRow, ApiError> {
        let call = Call::Hint { function, index, pointer: true };
        self.ask(&call, at, |output| match output {
            Output::Hint(hint) => Some(hint),
            _ => None,
        })
    }
}
