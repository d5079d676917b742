//! What each event does: start and stop, sleep and wake, policy and network.

use super::client::TeredoClient;
use super::event::{PortWish, TeredoEvent};
use super::rules::{DormancyRule, Surroundings};
use super::settings::{TeredoNetwork, TeredoSettings, TeredoType};
use super::state::{TeredoError, TeredoRole, TeredoState};
use super::timers::{Due, Timers};
use super::wire::TEREDO_PORT;
use crate::choose::Chooser;

/// What an event has at hand while it plays out.
pub(super) struct Now<'a, 'b> {
    pub(super) around: &'a Surroundings<'b>,
    pub(super) chooser: &'a mut dyn Chooser,
}

impl TeredoClient {
    /// Lets the event happen; tells whether a running client was stopped and started again.
    pub(super) fn act(&mut self, event: &TeredoEvent, now: &mut Now<'_, '_>) -> bool {
        if self.state.is_started() && !now.around.ipv6_present {
            self.fail(TeredoError::NoIpv6);
        }
        match event {
            TeredoEvent::Start(wish) => {
                self.wanted = true;
                if !self.state.is_started() {
                    self.bring_up(*wish, false, now);
                }
            }
            TeredoEvent::Stop => {
                self.wanted = false;
                self.take_down();
                self.error = self.standing_obstacle();
                self.state = self.state_at_rest();
            }
            TeredoEvent::Restart(wish) => {
                self.wanted = true;
                return self.restart(*wish, now);
            }
            TeredoEvent::Qualify | TeredoEvent::Traffic => self.needed(now),
            TeredoEvent::ServerReachable(reachable) => {
                self.network.server_reachable = *reachable;
                if *reachable && self.error == Some(TeredoError::ServerUnreachable) {
                    self.try_again(now);
                }
            }
            TeredoEvent::MappingChanged { address, port } => {
                self.network.external_address = *address;
                self.network.external_port = *port;
                self.mapping_changed();
                if self.error == Some(TeredoError::MappingNotGlobal) && self.mapping_is_global() {
                    self.try_again(now);
                }
            }
            TeredoEvent::PolicyChanged(settings) => return self.policy_changed(settings, now),
            TeredoEvent::NetworkChanged(network) => return self.network_changed(network, now),
            TeredoEvent::ListenersChanged => self.listeners_changed(now),
            TeredoEvent::Timer => match self.timers.take_due() {
                Some(Due::Solicitation) => self.solicitation_due(now),
                Some(Due::Refresh) => self.refresh_due(now),
                Some(Due::Dormancy) if self.edge_listener => self.idle = true,
                Some(Due::Dormancy) => self.fall_asleep(now),
                None => {}
            },
        }
        false
    }

    /// What keeps it from running whatever the machine is like, the firmest obstacle first.
    pub(super) fn standing_obstacle(&self) -> Option<TeredoError> {
        if self.settings.kind == TeredoType::Disabled {
            None
        } else if self.hidden_by_managed_network() {
            Some(TeredoError::ManagedNetwork)
        } else if !self.network.firewall {
            Some(TeredoError::NoFirewall)
        } else if self.settings.kind == TeredoType::Server {
            Some(TeredoError::NoSuchService)
        } else {
            None
        }
    }

    /// The state of a client that does not run.
    pub(super) fn state_at_rest(&self) -> TeredoState {
        if self.settings.kind == TeredoType::Disabled {
            TeredoState::Disabled
        } else {
            TeredoState::Offline
        }
    }

    /// Lets no timer run and no error stand; a client that is not awake has no flags either.
    pub(super) fn rest(&mut self) {
        self.timers = Timers::default();
        self.solicitation = None;
        self.idle = false;
        self.error = None;
        if !self.is_awake() {
            self.flags = 0;
        }
    }

    /// Goes offline because of `error`; the service port is closed.
    pub(super) fn fail(&mut self, error: TeredoError) {
        self.take_down();
        self.error = Some(error);
    }

    fn take_down(&mut self) {
        self.port = None;
        self.state = self.state_at_rest();
        self.rest();
    }

    fn bring_up(&mut self, wish: PortWish, awake: bool, now: &mut Now<'_, '_>) {
        self.take_down();
        if self.state == TeredoState::Disabled {
            return;
        }
        let no_ipv6 = Some(TeredoError::NoIpv6).filter(|_| !now.around.ipv6_present);
        if let Some(obstacle) = no_ipv6.or(self.standing_obstacle()) {
            self.error = Some(obstacle);
            return;
        }
        match self.pick_port(wish, now) {
            Ok(port) => {
                self.port = Some(port);
                self.last_port = Some(port);
            }
            Err(error) => {
                self.error = Some(error);
                return;
            }
        }
        self.edge_listener = now.around.edge_listener();
        let awake = awake || self.settings.default_qualified || self.edge_listener;
        if awake && self.role() == TeredoRole::Client {
            self.probe(now);
        } else {
            self.fall_asleep(now);
        }
    }

    fn restart(&mut self, wish: PortWish, now: &mut Now<'_, '_>) -> bool {
        let ran = self.state.is_started();
        let awake = self.is_awake() || self.error.is_some_and(TeredoError::ended_a_qualification);
        self.bring_up(wish, awake, now);
        ran
    }

    /// Starts a client that should run but does not; one that had been qualifying goes on with it.
    fn try_again(&mut self, now: &mut Now<'_, '_>) {
        let awake = self.error.is_some_and(TeredoError::ended_a_qualification);
        self.bring_up(PortWish::Another, awake, now);
    }

    /// Somebody needs a qualified client (TS-02, TS-05, TS-20).
    fn needed(&mut self, now: &mut Now<'_, '_>) {
        match self.state {
            TeredoState::Dormant => self.wake(now),
            TeredoState::Qualified => self.arm_dormancy(),
            TeredoState::Offline if self.wanted => self.bring_up(PortWish::Another, true, now),
            TeredoState::Offline | TeredoState::Probe | TeredoState::Disabled => {}
        }
    }

    fn wake(&mut self, now: &mut Now<'_, '_>) {
        if self.role() == TeredoRole::HostSpecificRelay {
            return;
        }
        if self.port.is_none() {
            let free = |port: &u16| !now.around.ports_in_use.contains_key(port);
            let wish = if self.last_port.is_some_and(|port| free(&port)) {
                PortWish::Same
            } else {
                PortWish::Another
            };
            self.bring_up(wish, true, now);
        } else {
            self.probe(now);
        }
    }

    /// Goes dormant; a client that does not count as started then closes its port.
    fn fall_asleep(&mut self, now: &Now<'_, '_>) {
        self.state = TeredoState::Dormant;
        self.rest();
        if !now.around.rules.dormant_answers && self.role() == TeredoRole::Client {
            self.port = None;
        }
    }

    fn listeners_changed(&mut self, now: &mut Now<'_, '_>) {
        let had = std::mem::replace(&mut self.edge_listener, now.around.edge_listener());
        match (had, self.edge_listener) {
            (false, true) => self.edge_listener_came(now),
            (true, false) if self.is_awake() && !self.settings.default_qualified => {
                let at_once = now.around.rules.dormancy == DormancyRule::NoEdgeListener;
                if at_once || self.idle {
                    self.fall_asleep(now);
                }
            }
            _ => {}
        }
    }

    fn edge_listener_came(&mut self, now: &mut Now<'_, '_>) {
        // A listener is no traffic: it does not start the hour of a qualified client anew.
        if self.state != TeredoState::Qualified {
            self.needed(now);
        }
    }

    fn policy_changed(&mut self, settings: &TeredoSettings, now: &mut Now<'_, '_>) -> bool {
        let old = std::mem::replace(&mut self.settings, settings.clone());
        if self.goes_down() {
            return false;
        }
        if !self.state.is_started() {
            self.reconsider(now);
            return false;
        }
        let configured = self.settings.client_port;
        let other_port = configured != old.client_port
            && configured != 0
            && self.port.or(self.last_port) != Some(configured);
        if !self.port_fits_role(now) || (other_port && self.port != Some(TEREDO_PORT)) {
            return self.restart(PortWish::Another, now);
        }
        let other_server = old.server_address != settings.server_address
            || old.secondary_server_address != settings.secondary_server_address;
        self.follow_role(other_server, now);
        if self.state == TeredoState::Qualified {
            if old.effective_refresh_ms() != settings.effective_refresh_ms()
                && self.timers.refresh.is_some()
            {
                self.arm_refresh(now);
            }
            if old.default_qualified != settings.default_qualified {
                self.arm_dormancy();
            }
        }
        false
    }

    fn network_changed(&mut self, network: &TeredoNetwork, now: &mut Now<'_, '_>) -> bool {
        let old = std::mem::replace(&mut self.network, network.clone());
        if self.goes_down() {
            return false;
        }
        if !self.state.is_started() {
            self.reconsider(now);
            return false;
        }
        if !self.port_fits_role(now) {
            return self.restart(PortWish::Another, now);
        }
        let elsewhere = old.local_address != network.local_address || old.nat != network.nat;
        self.follow_role(elsewhere, now);
        self.mapping_changed();
        false
    }

    /// Ends a client whose settings or network do not let it run; tells whether they do not.
    fn goes_down(&mut self) -> bool {
        let obstacle = self.standing_obstacle();
        let down = obstacle.is_some() || self.settings.kind == TeredoType::Disabled;
        if down {
            self.take_down();
            self.error = obstacle;
        }
        down
    }

    /// Settings or network changed while it did not run.
    fn reconsider(&mut self, now: &mut Now<'_, '_>) {
        if self.wanted {
            self.try_again(now);
        } else {
            self.take_down();
        }
    }

    /// Becomes client or relay as its network says, and qualifies anew where it has to.
    fn follow_role(&mut self, anew: bool, now: &mut Now<'_, '_>) {
        match (self.role(), self.is_awake()) {
            (TeredoRole::HostSpecificRelay, true) => self.fall_asleep(now),
            (TeredoRole::HostSpecificRelay, false) => self.open_relay_port(now),
            (TeredoRole::Client, true) if anew => self.probe(now),
            (TeredoRole::Client, true) => {}
            (TeredoRole::Client, false) => {
                if self.settings.default_qualified || self.edge_listener {
                    self.wake(now);
                } else {
                    self.fall_asleep(now);
                }
            }
        }
    }

    /// A dormant client that had closed its port needs one as a relay.
    fn open_relay_port(&mut self, now: &mut Now<'_, '_>) {
        if self.port.is_none() {
            self.bring_up(PortWish::Another, false, now);
        }
    }

    fn is_awake(&self) -> bool {
        matches!(self.state, TeredoState::Probe | TeredoState::Qualified)
    }

    fn mapping_is_global(&self) -> bool {
        super::address::is_global_unicast(self.network.external_address)
    }
}
