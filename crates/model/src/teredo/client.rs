//! The client: what it holds, and what others can read from it.

use std::net::Ipv6Addr;

use super::address::{TeredoAddress, TeredoPrefix, link_local};
use super::event::TeredoEvent;
use super::life::Now;
use super::qualify::Solicitation;
use super::rules::Surroundings;
use super::settings::{TeredoNetwork, TeredoSettings, TeredoType};
use super::state::{TeredoError, TeredoNoPort, TeredoRole, TeredoState};
use super::step::{Appearance, TeredoStep};
use super::timers::Timers;
use crate::choose::Chooser;
use crate::interface::OperStatus;

/// The Teredo client of one machine.
///
/// It changes only in [`handle`](Self::handle) and [`elapse`](Self::elapse). See the
/// [module](super) for an example and for the decisions that it embodies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TeredoClient {
    pub(super) settings: TeredoSettings,
    pub(super) network: TeredoNetwork,
    pub(super) state: TeredoState,
    pub(super) error: Option<TeredoError>,
    /// Whether the service is to run; it may be kept from it.
    pub(super) wanted: bool,
    pub(super) port: Option<u16>,
    /// The port that it has or had last.
    pub(super) last_port: Option<u16>,
    /// The flags of its addresses while it is awake.
    pub(super) flags: u16,
    pub(super) solicitation: Option<Solicitation>,
    pub(super) timers: Timers,
    /// Whether the hour without traffic is over and only a listener keeps it awake.
    pub(super) idle: bool,
    /// Whether some listener permitted edge traversal when it last looked.
    pub(super) edge_listener: bool,
}

impl TeredoClient {
    /// A client that nobody started yet: offline, or disabled if its type says so.
    #[must_use]
    pub fn new(settings: TeredoSettings, network: TeredoNetwork) -> Self {
        let mut client = Self {
            settings,
            network,
            state: TeredoState::Offline,
            error: None,
            wanted: false,
            port: None,
            last_port: None,
            flags: 0,
            solicitation: None,
            timers: Timers::default(),
            idle: false,
            edge_listener: false,
        };
        client.error = client.standing_obstacle();
        client.state = client.state_at_rest();
        client
    }

    /// Lets an event happen and tells what it changed, in the [chosen order](TeredoStep).
    ///
    /// Every event is answered in every state; one that makes no sense changes nothing. Numbers are
    /// drawn under the names `teredo-port`, `teredo-flags` and `teredo-refresh`.
    pub fn handle(
        &mut self,
        event: &TeredoEvent,
        around: &Surroundings<'_>,
        chooser: &mut dyn Chooser,
    ) -> Vec<TeredoStep> {
        self.close_unanswered_port(around);
        let before = Appearance::of(self);
        let restarted = self.act(event, &mut Now { around, chooser });
        before.steps_to(&Appearance::of(self), restarted)
    }

    /// Milliseconds until [`TeredoEvent::Timer`] is due; `None` while no timer runs.
    #[must_use]
    pub fn next_timer_ms(&self) -> Option<u64> {
        self.timers.next_ms()
    }

    /// Lets time pass, in milliseconds; not beyond [`next_timer_ms`](Self::next_timer_ms).
    ///
    /// A timer that is overshot is due at once, so that nothing is lost.
    pub fn elapse(&mut self, ms: u64) {
        self.timers.elapse(ms);
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> TeredoState {
        self.state
    }

    /// The dynamic service port in host byte order, while it is open.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Why it is offline, unless it was just stopped.
    #[must_use]
    pub fn error(&self) -> Option<TeredoError> {
        self.error
    }

    /// The global Teredo address, present exactly while qualified (TI-05).
    #[must_use]
    pub fn global_address(&self) -> Option<Ipv6Addr> {
        self.mapped_address().map(TeredoAddress::to_ipv6)
    }

    /// The link-local address: while qualified with the identifier of the global address (TI-05),
    /// while probing with the host's own address and port (TA-09).
    #[must_use]
    pub fn link_local(&self) -> Option<Ipv6Addr> {
        match self.state {
            TeredoState::Probe => {
                self.port.map(|port| link_local(self.flags, port, self.network.local_address))
            }
            _ => self.mapped_address().map(TeredoAddress::link_local),
        }
    }

    /// What GetTeredoPort answers to a valid pointer.
    ///
    /// # Errors
    ///
    /// [`TeredoNoPort::NoIpv6`] without an IPv6 stack (GT-07, GT-08; that this one comes first is
    /// chosen), [`TeredoNoPort::NotReady`] if the client is not started (GT-05, GT-06). Whether a
    /// dormant client counts as started is up to the rules; a host-specific relay always does.
    pub fn query_port(&self, around: &Surroundings<'_>) -> Result<u16, TeredoNoPort> {
        if !around.ipv6_present {
            return Err(TeredoNoPort::NoIpv6);
        }
        let asleep = self.state == TeredoState::Dormant && self.role() == TeredoRole::Client;
        if asleep && !around.rules.dormant_answers {
            return Err(TeredoNoPort::NotReady);
        }
        self.port.ok_or(TeredoNoPort::NotReady)
    }

    /// Whether the client listens on static UDP 3544 for multicast to 224.0.0.253: as long as its
    /// service port is open (TA-11).
    #[must_use]
    pub fn listens_3544(&self) -> bool {
        self.port.is_some()
    }

    /// Whether the machine shows the Teredo interface (TS-07 to TS-10).
    #[must_use]
    pub fn interface_present(&self) -> bool {
        self.settings.kind != TeredoType::Disabled && !self.hidden_by_managed_network()
    }

    /// The operational status of the Teredo interface; not present while it is hidden.
    #[must_use]
    pub fn oper_status(&self) -> OperStatus {
        if self.interface_present() { self.state.oper_status() } else { OperStatus::NotPresent }
    }

    /// Whether the Teredo interface shows its medium as connected (TI-04).
    #[must_use]
    pub fn media_connected(&self) -> bool {
        self.interface_present() && self.state.media_connected()
    }

    /// What the client is, given its type and its network (TS-14).
    #[must_use]
    pub fn role(&self) -> TeredoRole {
        if self.settings.kind == TeredoType::Relay || self.network.native_ipv6 {
            TeredoRole::HostSpecificRelay
        } else {
            TeredoRole::Client
        }
    }

    /// Whether the service is to run, even if something keeps it from running.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// The solicitation whose answer it waits for.
    #[must_use]
    pub fn solicitation(&self) -> Option<&Solicitation> {
        self.solicitation.as_ref()
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &TeredoSettings {
        &self.settings
    }

    /// The network around the client.
    #[must_use]
    pub fn network(&self) -> &TeredoNetwork {
        &self.network
    }

    /// A client that fell asleep under rules by which a dormant one keeps its port, and meets others
    /// now, has none: nobody could have learnt of it.
    fn close_unanswered_port(&mut self, around: &Surroundings<'_>) {
        let client = self.role() == TeredoRole::Client;
        if client && self.state == TeredoState::Dormant && !around.rules.dormant_answers {
            self.port = None;
        }
    }

    fn mapped_address(&self) -> Option<TeredoAddress> {
        let port = self.port.filter(|_| self.state == TeredoState::Qualified)?;
        Some(TeredoAddress {
            prefix: TeredoPrefix::Standard,
            server: self.settings.server_address,
            flags: self.flags,
            port: self.network.external_port.unwrap_or(port),
            client: self.network.external_address,
        })
    }

    pub(super) fn hidden_by_managed_network(&self) -> bool {
        self.network.managed && self.settings.kind.hides_in_managed_networks()
    }
}
