//! GetTeredoPort and GetIpInterfaceEntry.

use std::panic::Location;

use netiosim_model::event::Function;
use netiosim_model::interface::IpRow;
use netiosim_model::machine::EntryQuery;
use netiosim_model::net::Luid;
use netiosim_model::notification::RowKey;
use netiosim_model::status::{Status, success};

use crate::StackRef;
use crate::call::Args;
use crate::error::ApiError;

/// MIB_IPINTERFACE_ROW, as far as GetIpInterfaceEntry reads and fills it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpInterfaceRow {
    /// Family, as a Windows number.
    pub family: u16,
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
    /// The other members; `None` before a call filled them.
    pub members: Option<IpRow>,
}

impl StackRef {
    /// The Teredo client's dynamic port (GT-01, GT-02).
    ///
    /// # Errors
    ///
    /// An [`ApiError`]: ERROR_NOT_READY (21) when the client is not started, ERROR_NOT_SUPPORTED (50)
    /// when the machine has no IPv6 stack.
    #[track_caller]
    pub fn teredo_port(&self) -> Result<u16, ApiError> {
        self.teredo_port_at(true, Location::caller()).map(Option::unwrap_or_default)
    }

    /// GetTeredoPort, parameters and codes as the page has them; `None` stands for NULL. A call that
    /// fails leaves the variable alone (GT-13).
    #[track_caller]
    pub fn get_teredo_port(&self, port: Option<&mut u16>) -> u32 {
        match self.teredo_port_at(port.is_some(), Location::caller()) {
            Ok(answer) => {
                if let (Some(port), Some(answer)) = (port, answer) {
                    *port = answer;
                }
                0
            }
            Err(error) => error.code,
        }
    }

    fn teredo_port_at(
        &self,
        pointer: bool,
        at: &'static Location<'static>,
    ) -> Result<Option<u16>, ApiError> {
        let function = Function::GetTeredoPort;
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let flavour = entry.machine.flavour(actor);
        let log = entry.log(actor, function, |_| Args::Port { pointer });
        let (status, code, port) = match entry.refused() {
            Some(status) => (status, entry.machine.code(actor, status), None),
            None => {
                let (machine, chooser) = entry.parts();
                machine.get_teredo_port(actor, pointer, chooser)
            }
        };
        entry.log_end(log, code, None, port);
        match status {
            Status::Success => Ok(port),
            _ => Err(ApiError { function, status, code, flavour }),
        }
    }

    /// The full IP interface row for these keys (IE-01 to IE-12).
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
        self.entry_at(Some(query), at)
    }

    /// GetIpInterfaceEntry, parameters and codes as the page has them; `None` stands for NULL. A call
    /// that fails leaves the row alone.
    #[track_caller]
    pub fn get_ip_interface_entry(&self, row: Option<&mut IpInterfaceRow>) -> u32 {
        let query = row.as_deref().map(|row| EntryQuery {
            family: row.family,
            luid: row.luid,
            index: row.index,
        });
        match self.entry_at(query, Location::caller()) {
            Ok((key, members)) => {
                if let Some(row) = row {
                    *row = IpInterfaceRow {
                        family: key.family.number(),
                        luid: key.luid,
                        index: key.index,
                        members: Some(members),
                    };
                }
                0
            }
            Err(error) => error.code,
        }
    }

    fn entry_at(
        &self,
        query: Option<EntryQuery>,
        at: &'static Location<'static>,
    ) -> Result<(RowKey, IpRow), ApiError> {
        let function = Function::GetIpInterfaceEntry;
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let flavour = entry.machine.flavour(actor);
        let log = entry.log(actor, function, |_| Args::Entry(query));
        let answer = match entry.refused() {
            Some(status) => Err((status, entry.machine.code(actor, status))),
            None => {
                let (machine, chooser) = entry.parts();
                machine.get_ip_interface_entry(actor, query, chooser)
            }
        };
        let code = answer.as_ref().err().map_or(0, |error| error.1);
        entry.log_end(log, code, None, None);
        debug_assert!(answer.is_err() || success(code, flavour), "an answer comes with a success");
        answer.map_err(|(status, code)| ApiError { function, status, code, flavour })
    }
}
