//! GetTeredoPort.

use std::panic::Location;

use netiosim_model::event::Function;
use netiosim_model::status::Status;

use crate::StackRef;
use crate::call::Args;
use crate::error::ApiError;

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
}
