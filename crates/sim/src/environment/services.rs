//! The servers that an interface uses, and its DNS names.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::Location;

use netiosim_model::change::{Change, ChangeError};
use netiosim_model::interface::ServicesEdit;

use crate::StackRef;

impl StackRef {
    /// Changes the servers that an interface uses, or its DNS names. Nobody is notified.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is no interface of this alias.
    #[track_caller]
    pub fn set_services(&self, alias: &str, edit: ServicesEdit) -> Result<(), ChangeError> {
        self.set_services_at(alias, edit, Location::caller())
    }

    /// Gives an interface other DNS servers, in the order in which they are asked.
    ///
    /// # Errors
    ///
    /// As [`set_services`](Self::set_services).
    #[track_caller]
    pub fn set_dns_servers(&self, alias: &str, servers: &[IpAddr]) -> Result<(), ChangeError> {
        let edit = ServicesEdit { dns_servers: Some(servers.to_vec()), ..ServicesEdit::default() };
        self.set_services_at(alias, edit, Location::caller())
    }

    /// Gives an interface another DNS suffix; an empty one is none.
    ///
    /// # Errors
    ///
    /// As [`set_services`](Self::set_services).
    #[track_caller]
    pub fn set_dns_suffix(&self, alias: &str, suffix: &str) -> Result<(), ChangeError> {
        let edit = ServicesEdit { dns_suffix: Some(suffix.to_owned()), ..ServicesEdit::default() };
        self.set_services_at(alias, edit, Location::caller())
    }

    /// Lets an interface be configured by this DHCP server, or by none.
    ///
    /// # Errors
    ///
    /// As [`set_services`](Self::set_services).
    #[track_caller]
    pub fn set_dhcp_server(
        &self,
        alias: &str,
        server: impl Into<Option<Ipv4Addr>>,
    ) -> Result<(), ChangeError> {
        let dhcp_server = server.into();
        let dhcp_enabled = Some(dhcp_server.is_some());
        let edit = ServicesEdit { dhcp_enabled, dhcp_server, ..ServicesEdit::default() };
        self.set_services_at(alias, edit, Location::caller())
    }

    fn set_services_at(
        &self,
        alias: &str,
        edit: ServicesEdit,
        at: &'static Location<'static>,
    ) -> Result<(), ChangeError> {
        let luid = self.luid(alias)?;
        self.change_at(&Change::ServicesSet { luid, edit }, at)
    }
}
