//! GetTeredoPort.

use super::Machine;
use crate::choose::Chooser;
use crate::event::{Function, What};
use crate::ids::ActorId;
use crate::net::Luid;
use crate::notification::RowKey;
use crate::profile::OptionId;
use crate::status::Status;
use crate::teredo::TeredoNoPort;

/// The three keys of the row that GetIpInterfaceEntry is given, as the caller filled them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntryQuery {
    /// Family, as a Windows number.
    pub family: u16,
    /// InterfaceLuid; 0 is unspecified.
    pub luid: Luid,
    /// InterfaceIndex; 0 is unspecified.
    pub index: u32,
}

impl From<RowKey> for EntryQuery {
    /// The recipe of the page: the keys copied out of a notification row (NI-13, IE-11).
    fn from(key: RowKey) -> Self {
        Self { family: key.family.number(), luid: key.luid, index: key.index }
    }
}

impl Machine {
    /// GetTeredoPort (GT-01 to GT-17); `pointer` is false for a NULL Port.
    ///
    /// The port is meant to be written only if there is one (GT-13). Its byte order is the option
    /// `port-byte-order`.
    pub fn get_teredo_port(
        &mut self,
        actor: ActorId,
        pointer: bool,
        chooser: &mut dyn Chooser,
    ) -> (Status, u32, Option<u16>) {
        let function = Function::GetTeredoPort;
        self.event(Some(actor), What::Call { function, handle: None });
        let answer = match self.hindered(actor, function) {
            Some(status) => Err(status),
            None => self.teredo_port(pointer, chooser),
        };
        let (status, port) = match answer {
            Ok(port) => (Status::Success, Some(port)),
            Err(status) => (status, None),
        };
        let code = self.code(actor, status);
        self.event(Some(actor), What::Return { function, code, handle: None, port });
        (status, code, port)
    }

    fn teredo_port(&mut self, pointer: bool, chooser: &mut dyn Chooser) -> Result<u16, Status> {
        if self.pick(OptionId::TeredoQuery, chooser) == "not-supported" {
            return Err(Status::NotSupported);
        }
        if !pointer {
            return Err(Status::InvalidParameter); // GT-03, GT-04
        }
        let rules = self.teredo_rules(chooser);
        let port = self.state.env.query_port(rules).map_err(|none| match none {
            TeredoNoPort::NoIpv6 => Status::NotSupported,
            TeredoNoPort::NotReady => Status::NotReady,
        })?;
        Ok(self.wire_port(port, chooser))
    }

    /// The port as the API hands it out.
    pub(crate) fn wire_port(&mut self, port: u16, chooser: &mut dyn Chooser) -> u16 {
        match self.pick(OptionId::PortByteOrder, chooser) {
            "network" => port.swap_bytes(),
            _ => port,
        }
    }
}
