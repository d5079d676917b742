//! Unicast addresses.

use std::net::IpAddr;
use std::panic::Location;

use netiosim_model::api::Call;
use netiosim_model::event::Function;
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::UnicastRow;

use super::number;
use crate::StackRef;
use crate::error::ApiError;
use crate::table::MibTable;

impl StackRef {
    /// The unicast addresses of one family, or of both (`None`): GetUnicastIpAddressTable (UT-01 to
    /// UT-06).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NOT_FOUND (1168) when there is none, ERROR_NOT_SUPPORTED (50) when the
    /// machine has no such stack.
    #[track_caller]
    pub fn unicast_addresses(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Result<MibTable<UnicastRow>, ApiError> {
        let call = Call::table(Function::GetUnicastIpAddressTable, number(family.into()));
        self.ask_table(&call, Location::caller())
    }

    /// One unicast address of an interface: GetUnicastIpAddressEntry (UE-01 to UE-08).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_FILE_NOT_FOUND (2) when there is no such interface, ERROR_NOT_FOUND
    /// (1168) when the address is not on it.
    #[track_caller]
    pub fn unicast_address(
        &self,
        luid: Luid,
        address: impl Into<IpAddr>,
    ) -> Result<UnicastRow, ApiError> {
        let row = UnicastRow { address: address.into().into(), luid, ..UnicastRow::default() };
        self.ask_row(&Call::row(Function::GetUnicastIpAddressEntry, row), Location::caller())
    }

    /// A row for [`create_unicast_address`](Self::create_unicast_address), as
    /// InitializeUnicastIpAddressEntry fills it, with interface, address and on-link prefix length put
    /// in.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the process of the calling thread ended, or the stack was dropped.
    #[track_caller]
    pub fn new_unicast_address(
        &self,
        luid: Luid,
        address: impl Into<IpAddr>,
        prefix_length: u8,
    ) -> Result<UnicastRow, ApiError> {
        let call = Call::row(Function::InitializeUnicastIpAddressEntry, UnicastRow::default());
        let row: UnicastRow = self.ask_row(&call, Location::caller())?;
        let address = address.into().into();
        Ok(UnicastRow { luid, address, on_link_prefix_length: prefix_length, ..row })
    }

    /// Creates a unicast address: CreateUnicastIpAddressEntry (UC-01 to UC-23). It is not usable before
    /// duplicate address detection is over (UC-16).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// use netiosim_sim::Stack;
    ///
    /// let stack = Stack::new();
    /// let luid = stack.luid_of_alias("Ethernet")?;
    /// let address = Ipv4Addr::new(10, 0, 0, 5);
    /// stack.create_unicast_address(&stack.new_unicast_address(luid, address, 24)?)?;
    /// assert_eq!(stack.unicast_address(luid, address)?.dad_state, 1, "tentative");
    /// stack.advance_ms(3000);
    /// assert_eq!(stack.unicast_address(luid, address)?.dad_state, 4, "preferred");
    /// # Ok::<(), netiosim_sim::ApiError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_ACCESS_DENIED (5) when the process is not elevated,
    /// ERROR_OBJECT_ALREADY_EXISTS (5010) when the address is there already, and others.
    #[track_caller]
    pub fn create_unicast_address(&self, row: &UnicastRow) -> Result<(), ApiError> {
        let call = Call::row(Function::CreateUnicastIpAddressEntry, row.clone());
        self.tell(&call, Location::caller())
    }

    /// Changes properties of a unicast address: SetUnicastIpAddressEntry.
    ///
    /// # Errors
    ///
    /// An [`ApiError`], as of [`create_unicast_address`](Self::create_unicast_address).
    #[track_caller]
    pub fn set_unicast_address(&self, row: &UnicastRow) -> Result<(), ApiError> {
        let call = Call::row(Function::SetUnicastIpAddressEntry, row.clone());
        self.tell(&call, Location::caller())
    }

    /// Takes a unicast address away: DeleteUnicastIpAddressEntry.
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NOT_FOUND (1168) when the address is not there (option `missing-row`),
    /// ERROR_ACCESS_DENIED (5) when the process is not elevated.
    #[track_caller]
    pub fn delete_unicast_address(
        &self,
        luid: Luid,
        address: impl Into<IpAddr>,
    ) -> Result<(), ApiError> {
        let row = UnicastRow { address: address.into().into(), luid, ..UnicastRow::default() };
        self.tell(&Call::row(Function::DeleteUnicastIpAddressEntry, row), Location::caller())
    }
}
