//! Which service port a client gets.

use super::client::TeredoClient;
use super::event::PortWish;
use super::life::Now;
use super::state::{TeredoError, TeredoRole};
use super::wire::TEREDO_PORT;

/// The first port of the dynamic range that the system picks from: that of RFC 6335, the default of
/// Windows since Vista.
pub const FIRST_DYNAMIC_PORT: u16 = 49_152;
/// The last port of the dynamic range.
pub const LAST_DYNAMIC_PORT: u16 = u16::MAX;

impl TeredoClient {
    /// Picks the port to start with.
    ///
    /// Errors: the configured or wished-for port is in use (TS-11; 3544 counts as in use, the
    /// static listener has it), or no dynamic port is free.
    pub(super) fn pick_port(
        &self,
        wish: PortWish,
        now: &mut Now<'_, '_>,
    ) -> Result<u16, TeredoError> {
        if self.role() == TeredoRole::HostSpecificRelay && now.around.rules.relay_port_3544 {
            let taken = now.around.ports_in_use.contains_key(&TEREDO_PORT);
            return if taken { Err(TeredoError::PortInUse) } else { Ok(TEREDO_PORT) };
        }
        let configured = Some(self.settings.client_port).filter(|port| *port != 0);
        let fixed = match wish {
            PortWish::Exactly(port) if port != 0 => Some(port),
            PortWish::Same => configured.or(self.last_port.filter(|port| *port != TEREDO_PORT)),
            PortWish::Another | PortWish::Exactly(_) => configured,
        };
        match fixed {
            Some(port) if is_free(port, now) => Ok(port),
            Some(_) => Err(TeredoError::PortInUse),
            None => self.draw_port(now),
        }
    }

    /// A free port of the dynamic range: the first one from a drawn position on, going round, that
    /// is not the last one; the last one if it is the only one.
    fn draw_port(&self, now: &mut Now<'_, '_>) -> Result<u16, TeredoError> {
        let size = u64::from(LAST_DYNAMIC_PORT - FIRST_DYNAMIC_PORT) + 1;
        let start = now.chooser.draw("teredo-port") % size;
        let from_start = (0..size)
            .map(|offset| (start + offset) % size)
            .filter_map(|offset| u16::try_from(u64::from(FIRST_DYNAMIC_PORT) + offset).ok());
        from_start
            .filter(|port| Some(*port) != self.last_port)
            .chain(self.last_port.filter(|port| *port >= FIRST_DYNAMIC_PORT))
            .find(|port| is_free(*port, now))
            .ok_or(TeredoError::NoFreePort)
    }

    /// Whether a client or relay, whichever it is now, may have the port that it has (C-29).
    pub(super) fn port_fits_role(&self, now: &Now<'_, '_>) -> bool {
        let relay = self.role() == TeredoRole::HostSpecificRelay;
        let wants_3544 = relay && now.around.rules.relay_port_3544;
        self.port.or(self.last_port).is_none_or(|port| (port == TEREDO_PORT) == wants_3544)
    }
}

fn is_free(port: u16, now: &Now<'_, '_>) -> bool {
    port != TEREDO_PORT && !now.around.ports_in_use.contains_key(&port)
}
