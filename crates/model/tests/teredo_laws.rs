//! Laws that hold for every sequence of events that a Teredo client can meet.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::teredo::{
    DORMANCY_MS, DormancyRule, MAX_REFRESH_MS, NatKind, PortWish, SOLICITATION_ATTEMPTS,
    Surroundings, TEREDO_PORT, TeredoAddress, TeredoClient, TeredoEvent, TeredoNetwork,
    TeredoNoPort, TeredoPrefix, TeredoRole, TeredoRules, TeredoSettings, TeredoState, TeredoStep,
    TeredoType, is_global_unicast,
};
use proptest::prelude::*;

/// One thing that happens in a run: time and events for the client, or the machine around it.
#[derive(Clone, Debug)]
enum Happening {
    Event(TeredoEvent),
    /// Time runs to the next timer, which fires.
    NextTimer,
    /// A program opens or closes a port.
    Listener(u16, Option<bool>),
    Ipv6(bool),
}

/// A client, the machine around it and the numbers that it draws.
struct Run {
    client: TeredoClient,
    ports_in_use: BTreeMap<u16, bool>,
    ipv6_present: bool,
    rules: TeredoRules,
    chooser: Seeded,
}

impl Run {
    fn new(
        settings: TeredoSettings,
        network: TeredoNetwork,
        rules: TeredoRules,
        seed: u64,
    ) -> Self {
        Self {
            client: TeredoClient::new(settings, network),
            ports_in_use: BTreeMap::new(),
            ipv6_present: true,
            rules,
            chooser: Seeded::new(seed),
        }
    }

    fn handle(&mut self, event: &TeredoEvent) -> Vec<TeredoStep> {
        let around = Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        };
        self.client.handle(event, &around, &mut self.chooser)
    }

    fn query(&self) -> Result<u16, TeredoNoPort> {
        self.client.query_port(&Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        })
    }

    fn happen(&mut self, happening: &Happening) -> Vec<TeredoStep> {
        match happening {
            Happening::Event(event) => self.handle(event),
            Happening::NextTimer => match self.client.next_timer_ms() {
                Some(due_ms) => {
                    self.client.elapse(due_ms);
                    self.handle(&TeredoEvent::Timer)
                }
                None => self.handle(&TeredoEvent::Timer),
            },
            Happening::Listener(port, listener) => {
                // The system refuses a port that the client has.
                let own = self.client.port() == Some(*port)
                    || (self.client.listens_3544() && *port == TEREDO_PORT);
                match listener {
                    Some(edge) if !own => self.ports_in_use.insert(*port, *edge),
                    _ => self.ports_in_use.remove(port),
                };
                self.handle(&TeredoEvent::ListenersChanged)
            }
            Happening::Ipv6(present) => {
                self.ipv6_present = *present;
                self.handle(&TeredoEvent::ListenersChanged)
            }
        }
    }
}

/// Few enough ports that they collide, 3544 and the ends of the dynamic range among them.
fn any_port() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0), Just(3544), Just(u16::MAX), 49_152..49_156_u16, 40_000..40_002_u16]
}

fn any_address() -> impl Strategy<Value = Ipv4Addr> {
    prop_oneof![
        Just(Ipv4Addr::new(192, 0, 2, 45)),
        Just(Ipv4Addr::new(198, 51, 100, 7)),
        Just(Ipv4Addr::new(192, 168, 1, 10)),
        Just(Ipv4Addr::new(224, 0, 0, 253)),
    ]
}

fn any_wish() -> impl Strategy<Value = PortWish> {
    prop_oneof![
        Just(PortWish::Another),
        Just(PortWish::Same),
        any_port().prop_map(PortWish::Exactly)
    ]
}

fn any_settings() -> impl Strategy<Value = TeredoSettings> {
    let kind = prop_oneof![
        5 => Just(TeredoType::Default),
        3 => proptest::sample::select(TeredoType::ALL.to_vec()),
    ];
    let port = prop_oneof![3 => Just(0), 1 => any_port()];
    let refresh = prop_oneof![Just(30_000), Just(0), Just(u64::MAX), 1_000..100_000_u64];
    (kind, port, refresh, any_address(), any::<bool>()).prop_map(
        |(kind, client_port, refresh_ms, server_address, default_qualified)| TeredoSettings {
            kind,
            client_port,
            refresh_ms,
            server_address,
            default_qualified,
            ..TeredoSettings::default()
        },
    )
}

fn rarely() -> impl Strategy<Value = bool> {
    prop_oneof![5 => Just(false), 1 => Just(true)]
}

fn any_network() -> impl Strategy<Value = TeredoNetwork> {
    (
        (any_address(), any_address(), proptest::option::of(any_port())),
        proptest::sample::select(NatKind::ALL.to_vec()),
        (rarely(), rarely(), rarely(), rarely()),
    )
        .prop_map(|((local_address, external_address, external_port), nat, flags)| {
            let (managed, unreachable, native_ipv6, no_firewall) = flags;
            TeredoNetwork {
                local_address,
                external_address,
                external_port,
                nat,
                managed,
                server_reachable: !unreachable,
                native_ipv6,
                firewall: !no_firewall,
            }
        })
}

fn any_rules() -> impl Strategy<Value = TeredoRules> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(hour, dormant_answers, rfc5991, rfc6081, relay_port_3544)| TeredoRules {
            dormancy: if hour {
                DormancyRule::HourWithoutTraffic
            } else {
                DormancyRule::NoEdgeListener
            },
            dormant_answers,
            rfc5991,
            rfc6081,
            relay_port_3544,
        },
    )
}

fn any_event() -> impl Strategy<Value = TeredoEvent> {
    prop_oneof![
        any_wish().prop_map(TeredoEvent::Start),
        Just(TeredoEvent::Stop),
        any_wish().prop_map(TeredoEvent::Restart),
        Just(TeredoEvent::Qualify),
        any::<bool>().prop_map(TeredoEvent::ServerReachable),
        (any_address(), proptest::option::of(any_port()))
            .prop_map(|(address, port)| TeredoEvent::MappingChanged { address, port }),
        any_settings().prop_map(TeredoEvent::PolicyChanged),
        any_network().prop_map(TeredoEvent::NetworkChanged),
        Just(TeredoEvent::Traffic),
        Just(TeredoEvent::ListenersChanged),
        Just(TeredoEvent::Timer),
    ]
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => any_event().prop_map(Happening::Event),
        6 => Just(Happening::NextTimer),
        2 => (any_port(), proptest::option::of(any::<bool>()))
            .prop_map(|(port, listener)| Happening::Listener(port, listener)),
        1 => prop_oneof![3 => Just(true), 1 => Just(false)].prop_map(Happening::Ipv6),
    ]
}

fn any_run() -> impl Strategy<Value = (Run, Vec<Happening>)> {
    let happenings = proptest::collection::vec(any_happening(), 1..60);
    (any_settings(), any_network(), any_rules(), any::<u64>(), happenings).prop_map(
        |(settings, network, rules, seed, mut happenings)| {
            // Most runs should have a client that runs.
            happenings.insert(0, Happening::Event(TeredoEvent::Start(PortWish::Another)));
            (Run::new(settings, network, rules, seed), happenings)
        },
    )
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("client", &self.client).field("rules", &self.rules).finish()
    }
}

/// The state that the steps add up to, kept by somebody who only hears of steps.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    state: TeredoState,
    port: Option<u16>,
    present: bool,
    addresses: Vec<Ipv6Addr>,
}

impl Heard {
    fn seen(client: &TeredoClient) -> Self {
        let mut addresses: Vec<Ipv6Addr> =
            client.link_local().into_iter().chain(client.global_address()).collect();
        addresses.sort();
        Self {
            state: client.state(),
            port: client.port(),
            present: client.interface_present(),
            addresses,
        }
    }

    /// Takes a step over; fails on one that does not continue from what was heard before.
    fn hear(&mut self, step: TeredoStep) {
        match step {
            TeredoStep::State { from, to } => {
                assert_eq!(self.state, from, "the step leaves another state");
                assert_ne!(from, to, "no step");
                self.state = to;
            }
            TeredoStep::Port { from, to, restarted } => {
                assert_eq!(self.port, from, "the step leaves another port");
                assert!(from != to || (restarted && to.is_some()), "no step");
                self.port = to;
            }
            TeredoStep::AddressRemoved(address) => {
                assert!(self.present, "an address on an absent interface");
                let at = self.addresses.iter().position(|known| *known == address);
                self.addresses.remove(at.expect("an address that was there"));
            }
            TeredoStep::AddressAdded(address) => {
                assert!(self.present, "an address on an absent interface");
                assert!(!self.addresses.contains(&address), "the address was there");
                self.addresses.push(address);
                self.addresses.sort();
            }
            TeredoStep::InterfaceAppeared => {
                assert!(!self.present, "the interface was there");
                self.present = true;
            }
            TeredoStep::InterfaceVanished => {
                assert!(self.present && self.addresses.is_empty(), "addresses outlive it");
                self.present = false;
            }
            TeredoStep::InterfaceChanged => assert!(self.present, "no interface to change"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The steps of all events, added up, are what the client shows: nothing is lost or doubled.
    #[test]
    fn steps_add_up((mut run, happenings) in any_run()) {
        let mut heard = Heard::seen(&run.client);
        for happening in &happenings {
            for step in run.happen(happening) {
                heard.hear(step);
            }
            prop_assert_eq!(&heard, &Heard::seen(&run.client), "after {:?}", happening);
        }
    }

    /// TA-11, TP-16, GT-10: 3544 is never the dynamic port, unless a relay is to have it.
    #[test]
    fn the_dynamic_port_is_never_3544((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let relay = run.client.role() == TeredoRole::HostSpecificRelay;
            if !(relay && run.rules.relay_port_3544) {
                prop_assert_ne!(run.client.port(), Some(TEREDO_PORT), "after {:?}", happening);
                prop_assert_ne!(run.query(), Ok(TEREDO_PORT), "after {:?}", happening);
            }
        }
    }

    /// TS-11: a port that another program has is never taken, nor is port 0.
    #[test]
    fn a_port_in_use_is_never_taken((mut run, happenings) in any_run()) {
        for happening in &happenings {
            for step in run.happen(happening) {
                if let TeredoStep::Port { to: Some(port), .. } = step {
                    prop_assert!(!run.ports_in_use.contains_key(&port), "{} is in use", port);
                    prop_assert_ne!(port, 0);
                }
            }
        }
    }

    /// TI-05: a global address is there exactly while the client is qualified, and embeds what the
    /// server saw; the link-local address has the same identifier.
    #[test]
    fn qualified_means_a_global_address((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let qualified = run.client.state() == TeredoState::Qualified;
            prop_assert_eq!(run.client.global_address().is_some(), qualified);
            let Some(global) = run.client.global_address() else { continue };
            let parts = TeredoAddress::try_from(global).expect("a Teredo address");
            prop_assert_eq!(parts.server, run.client.settings().server_address);
            prop_assert_eq!(parts.client, run.client.network().external_address);
            prop_assert!(is_global_unicast(parts.client));
            let port = run.client.network().external_port.or(run.client.port());
            prop_assert_eq!(Some(parts.port), port);
            prop_assert_eq!(run.client.link_local(), Some(parts.link_local()));
            let allowed = if run.rules.rfc5991 { 0x3CFF } else { 0x8000 };
            prop_assert_eq!(parts.flags & !allowed, 0, "flags {:#06x}", parts.flags);
        }
    }

    /// Timers run exactly when the client waits for something, and never longer than any interval.
    #[test]
    fn timers_are_bounded((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let awake = matches!(
                run.client.state(),
                TeredoState::Probe | TeredoState::Qualified
            );
            prop_assert_eq!(run.client.next_timer_ms().is_some(), awake);
            let longest = DORMANCY_MS.max(MAX_REFRESH_MS / 2 * 3);
            prop_assert!(run.client.next_timer_ms().unwrap_or(0) <= longest);
        }
    }

    /// TA-14: a client that probes is qualified or offline after at most two phases of solicitations.
    #[test]
    fn a_probe_ends((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
        }
        let mut timers = 0;
        while run.client.state() == TeredoState::Probe {
            prop_assert!(timers <= 3 * SOLICITATION_ATTEMPTS, "still probing");
            run.happen(&Happening::NextTimer);
            timers += 1;
        }
    }

    /// GT-05 to GT-08: what GetTeredoPort answers follows from state, IPv6 and rules alone.
    #[test]
    fn the_query_follows_the_state((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let state = run.client.state();
            let relay = run.client.role() == TeredoRole::HostSpecificRelay;
            let wanted = match (run.ipv6_present, state) {
                (false, _) => Err(TeredoNoPort::NoIpv6),
                (_, TeredoState::Disabled | TeredoState::Offline) => Err(TeredoNoPort::NotReady),
                (_, TeredoState::Dormant) if !run.rules.dormant_answers && !relay => {
                    Err(TeredoNoPort::NotReady)
                }
                _ => Ok(run.client.port().expect("a running client has a port")),
            };
            prop_assert_eq!(run.query(), wanted);
            prop_assert_eq!(run.client.listens_3544(), run.client.port().is_some());
        }
    }

    /// TP-15: who asks once and then hears every port step knows what GetTeredoPort answers, as long
    /// as the machine has an IPv6 stack.
    #[test]
    fn port_steps_and_query_agree((mut run, happenings) in any_run()) {
        let mut known = run.query().ok();
        for happening in &happenings {
            for step in run.happen(happening) {
                if let TeredoStep::Port { to, .. } = step {
                    known = to;
                }
            }
            if run.ipv6_present {
                prop_assert_eq!(known, run.query().ok(), "after {:?}", happening);
            }
        }
    }

    /// TS-07 to TS-10: who sees the interface, and that a client without one does not run.
    #[test]
    fn the_interface_follows_type_and_network((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let client = &run.client;
            let present = match client.settings().kind {
                TeredoType::Disabled => false,
                TeredoType::EnterpriseClient | TeredoType::Relay | TeredoType::Server => true,
                _ => !client.network().managed,
            };
            prop_assert_eq!(client.interface_present(), present);
            if !present {
                prop_assert!(!client.state().is_started());
                prop_assert_eq!(client.link_local(), None);
            }
            let disabled = client.settings().kind == TeredoType::Disabled;
            prop_assert_eq!(client.state() == TeredoState::Disabled, disabled);
        }
    }

    /// TS-17, GT-09: without a wish or a configured port a restart brings another port.
    #[test]
    fn a_restart_brings_another_port((mut run, happenings) in any_run()) {
        for happening in &happenings {
            run.happen(happening);
            let before = run.client.port();
            let steps = run.handle(&TeredoEvent::Restart(PortWish::Another));
            let fixed = run.client.settings().client_port != 0
                || run.client.port() == Some(TEREDO_PORT);
            if !fixed && before.is_some() {
                prop_assert_ne!(run.client.port(), before);
                let told = TeredoStep::Port { from: before, to: run.client.port(), restarted: true };
                prop_assert!(steps.contains(&told), "{:?}", steps);
            }
        }
    }

    /// TP-32 turned round: an event that is no restart of a running client never moves its port,
    /// unless the settings or the role do.
    #[test]
    fn only_a_restart_moves_the_port((mut run, happenings) in any_run()) {
        for happening in &happenings {
            for step in run.happen(happening) {
                if let TeredoStep::Port { from: Some(from), to: Some(to), restarted } = step {
                    prop_assert!(restarted || from == to, "{} to {} without a restart", from, to);
                }
            }
        }
    }

    /// Equal clients, events and numbers give equal clients and steps.
    #[test]
    fn the_machine_is_a_function((mut run, happenings) in any_run()) {
        let mut twin = Run {
            client: run.client.clone(),
            ports_in_use: run.ports_in_use.clone(),
            ipv6_present: run.ipv6_present,
            rules: run.rules,
            chooser: run.chooser.clone(),
        };
        for happening in &happenings {
            prop_assert_eq!(run.happen(happening), twin.happen(happening));
        }
        prop_assert_eq!(&run.client, &twin.client);
        prop_assert_eq!(run.chooser.draw("same"), twin.chooser.draw("same"));
    }

    /// TA-01: every address decodes to what it was encoded from.
    #[test]
    fn addresses_round_trip(
        old in any::<bool>(),
        server in any::<u32>(),
        flags in any::<u16>(),
        port in any::<u16>(),
        client in any::<u32>(),
    ) {
        let prefix = if old { TeredoPrefix::PreStandard } else { TeredoPrefix::Standard };
        let (server, client) = (Ipv4Addr::from_bits(server), Ipv4Addr::from_bits(client));
        let address = TeredoAddress { prefix, server, flags, port, client };
        prop_assert_eq!(TeredoAddress::try_from(address.to_ipv6()), Ok(address));
    }

    /// Whatever is not in one of the two prefixes is no Teredo address, whatever is decodes and
    /// encodes to itself.
    #[test]
    fn decoding_is_total(bits in any::<u128>(), head in proptest::option::of(any::<bool>())) {
        let prefix = head.map(|old| u128::from(if old { 0x3FFE_831F_u32 } else { 0x2001_0000 }));
        let bits = prefix.map_or(bits, |prefix| (prefix << 96) | (bits & (u128::MAX >> 32)));
        let address = Ipv6Addr::from_bits(bits);
        match TeredoAddress::try_from(address) {
            Ok(parts) => prop_assert_eq!(parts.to_ipv6(), address),
            Err(_) => prop_assert!(![0x2001_0000, 0x3FFE_831F].contains(&(bits >> 96))),
        }
    }
}
