//! The situations and events that the page goes through.

use std::collections::BTreeMap;

use super::super::client::TeredoClient;
use super::super::event::{PortWish, TeredoEvent};
use super::super::rules::{Surroundings, TeredoRules};
use super::super::settings::{TeredoNetwork, TeredoSettings, TeredoType};
use super::super::state::{TeredoNoPort, TeredoState};
use super::super::step::TeredoStep;
use crate::choose::Seeded;

/// A port that another program of the page's machine has.
const FOREIGN_PORT: u16 = 60_000;
/// The port that clients of the page start on.
const FIRST_PORT: u16 = 50_000;

/// Where a row starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Situation {
    Disabled,
    Stopped,
    Managed,
    Failed,
    Dormant,
    Probe,
    Qualified,
}

impl Situation {
    pub(super) const ALL: [Self; 7] = [
        Self::Disabled,
        Self::Stopped,
        Self::Managed,
        Self::Failed,
        Self::Dormant,
        Self::Probe,
        Self::Qualified,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Disabled => "Disabled",
            Self::Stopped => "Offline: stopped",
            Self::Managed => "Offline: kept from running",
            Self::Failed => "Offline: failed to qualify",
            Self::Dormant => "Dormant",
            Self::Probe => "Probe",
            Self::Qualified => "Qualified",
        }
    }

    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Disabled => "Type disabled; the service was told to start.",
            Self::Stopped => "Started, then stopped.",
            Self::Managed => "Told to start, with a domain controller on the network.",
            Self::Failed => "Started, asked to qualify, and the server did not answer.",
            Self::Dormant => "Started on port 50000, and nobody needs it.",
            Self::Probe => "Started on port 50000 and asked to qualify; no answer yet.",
            Self::Qualified => "Started on port 50000, asked to qualify, and the server answered.",
        }
    }
}

/// What happens in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    Start,
    StartPortInUse,
    Stop,
    Restart,
    RestartSame,
    RestartPortInUse,
    Qualify,
    Traffic,
    EdgeListener,
    OtherListener,
    ServerLost,
    ServerBack,
    Mapping,
    PolicyDisabled,
    PolicyDefault,
    PolicyEnterprise,
    PolicyPort,
    NetworkManaged,
    NetworkUnmanaged,
    NativeIpv6,
    FirewallOff,
    Ipv6Gone,
    Timer,
}

impl Happening {
    pub(super) const ALL: [Self; 23] = [
        Self::Start,
        Self::StartPortInUse,
        Self::Stop,
        Self::Restart,
        Self::RestartSame,
        Self::RestartPortInUse,
        Self::Qualify,
        Self::Traffic,
        Self::EdgeListener,
        Self::OtherListener,
        Self::ServerLost,
        Self::ServerBack,
        Self::Mapping,
        Self::PolicyDisabled,
        Self::PolicyDefault,
        Self::PolicyEnterprise,
        Self::PolicyPort,
        Self::NetworkManaged,
        Self::NetworkUnmanaged,
        Self::NativeIpv6,
        Self::FirewallOff,
        Self::Ipv6Gone,
        Self::Timer,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::StartPortInUse => "start on a port in use",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::RestartSame => "restart, same port",
            Self::RestartPortInUse => "restart on a port in use",
            Self::Qualify => "qualify",
            Self::Traffic => "traffic",
            Self::EdgeListener => "a listener with edge traversal opens",
            Self::OtherListener => "a listener without edge traversal opens",
            Self::ServerLost => "the server ceases to answer",
            Self::ServerBack => "the server answers again",
            Self::Mapping => "the NAT's mapping changes",
            Self::PolicyDisabled => "policy: disabled",
            Self::PolicyDefault => "policy: default",
            Self::PolicyEnterprise => "policy: enterprise client",
            Self::PolicyPort => "policy: client port 40000",
            Self::NetworkManaged => "a domain controller appears",
            Self::NetworkUnmanaged => "the domain controller is gone",
            Self::NativeIpv6 => "a router advertises global IPv6",
            Self::FirewallOff => "the host firewall stops",
            Self::Ipv6Gone => "the IPv6 stack is gone",
            Self::Timer => "the next timer",
        }
    }
}

/// A client and the machine around it.
pub(super) struct Scene {
    pub(super) client: TeredoClient,
    pub(super) ports_in_use: BTreeMap<u16, bool>,
    pub(super) ipv6_present: bool,
    pub(super) rules: TeredoRules,
    chooser: Seeded,
}

impl Scene {
    /// A machine whose client nobody started yet.
    pub(super) fn new(
        settings: TeredoSettings,
        network: TeredoNetwork,
        rules: TeredoRules,
    ) -> Self {
        Self {
            client: TeredoClient::new(settings, network),
            ports_in_use: [(FOREIGN_PORT, false)].into(),
            ipv6_present: true,
            rules,
            chooser: Seeded::new(0),
        }
    }

    /// A machine in a situation.
    pub(super) fn set(situation: Situation) -> Self {
        let settings = TeredoSettings {
            kind: match situation {
                Situation::Disabled => TeredoType::Disabled,
                _ => TeredoType::Default,
            },
            ..TeredoSettings::default()
        };
        let network = TeredoNetwork {
            managed: situation == Situation::Managed,
            server_reachable: situation != Situation::Failed,
            ..TeredoNetwork::default()
        };
        let mut scene = Self::new(settings, network, TeredoRules::default());
        scene.handle(&TeredoEvent::Start(PortWish::Exactly(FIRST_PORT)));
        match situation {
            Situation::Disabled | Situation::Managed | Situation::Dormant => {}
            Situation::Stopped => {
                scene.handle(&TeredoEvent::Stop);
            }
            Situation::Probe => {
                scene.handle(&TeredoEvent::Qualify);
            }
            Situation::Failed | Situation::Qualified => {
                scene.handle(&TeredoEvent::Qualify);
                scene.run_probe();
            }
        }
        scene
    }

    pub(super) fn handle(&mut self, event: &TeredoEvent) -> Vec<TeredoStep> {
        let around = Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        };
        self.client.handle(event, &around, &mut self.chooser)
    }

    /// Lets time run to the next timer, which fires; tells how long that was in milliseconds.
    pub(super) fn fire(&mut self) -> (u64, Vec<TeredoStep>) {
        let due_ms = self.client.next_timer_ms().unwrap_or(0);
        self.client.elapse(due_ms);
        (due_ms, self.handle(&TeredoEvent::Timer))
    }

    /// Lets timers fire until the client does not probe any more; tells how long that took.
    pub(super) fn run_probe(&mut self) -> u64 {
        let mut total_ms = 0;
        while self.client.state() == TeredoState::Probe {
            total_ms += self.fire().0;
        }
        total_ms
    }

    pub(super) fn query(&self) -> Result<u16, TeredoNoPort> {
        self.client.query_port(&Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        })
    }

    /// Whether the machine shows the Teredo interface: it takes an IPv6 stack.
    pub(super) fn interface_shown(&self) -> bool {
        self.ipv6_present && self.client.interface_present()
    }

    fn policy(&mut self, change: impl FnOnce(&mut TeredoSettings)) -> Vec<TeredoStep> {
        let mut settings = self.client.settings().clone();
        change(&mut settings);
        self.handle(&TeredoEvent::PolicyChanged(settings))
    }

    fn network(&mut self, change: impl FnOnce(&mut TeredoNetwork)) -> Vec<TeredoStep> {
        let mut network = self.client.network().clone();
        change(&mut network);
        self.handle(&TeredoEvent::NetworkChanged(network))
    }

    pub(super) fn happen(&mut self, happening: Happening) -> Vec<TeredoStep> {
        match happening {
            Happening::Start => self.handle(&TeredoEvent::Start(PortWish::Another)),
            Happening::StartPortInUse => {
                self.handle(&TeredoEvent::Start(PortWish::Exactly(FOREIGN_PORT)))
            }
            Happening::Stop => self.handle(&TeredoEvent::Stop),
            Happening::Restart => self.handle(&TeredoEvent::Restart(PortWish::Another)),
            Happening::RestartSame => self.handle(&TeredoEvent::Restart(PortWish::Same)),
            Happening::RestartPortInUse => {
                self.handle(&TeredoEvent::Restart(PortWish::Exactly(FOREIGN_PORT)))
            }
            Happening::Qualify => self.handle(&TeredoEvent::Qualify),
            Happening::Traffic => self.handle(&TeredoEvent::Traffic),
            Happening::EdgeListener | Happening::OtherListener => {
                self.ports_in_use.insert(7_000, happening == Happening::EdgeListener);
                self.handle(&TeredoEvent::ListenersChanged)
            }
            Happening::ServerLost => self.handle(&TeredoEvent::ServerReachable(false)),
            Happening::ServerBack => self.handle(&TeredoEvent::ServerReachable(true)),
            Happening::Mapping => self.handle(&TeredoEvent::MappingChanged {
                address: [198, 51, 100, 7].into(),
                port: Some(40_000),
            }),
            Happening::PolicyDisabled => self.policy(|s| s.kind = TeredoType::Disabled),
            Happening::PolicyDefault => self.policy(|s| s.kind = TeredoType::Default),
            Happening::PolicyEnterprise => self.policy(|s| s.kind = TeredoType::EnterpriseClient),
            Happening::PolicyPort => self.policy(|s| s.client_port = 40_000),
            Happening::NetworkManaged => self.network(|n| n.managed = true),
            Happening::NetworkUnmanaged => self.network(|n| n.managed = false),
            Happening::NativeIpv6 => self.network(|n| n.native_ipv6 = true),
            Happening::FirewallOff => self.network(|n| n.firewall = false),
            Happening::Ipv6Gone => {
                let steps = self.handle(&TeredoEvent::Stop);
                self.ipv6_present = false;
                steps
            }
            Happening::Timer => self.fire().1,
        }
    }
}
