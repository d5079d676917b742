//! What the Teredo client does in the cases that its requirements name.

use std::collections::BTreeMap;

use netiosim_model::choose::Chooser;
use netiosim_model::teredo::{
    DORMANCY_MS, DormancyRule, FIRST_DYNAMIC_PORT, LAST_DYNAMIC_PORT, NatKind, PortWish,
    ROUND_TRIP_MS, SOLICITATION_TIMEOUT_MS, SolicitationTarget, Surroundings, TEREDO_PORT,
    TeredoAddress, TeredoClient, TeredoError, TeredoEvent, TeredoNetwork, TeredoNoPort, TeredoRole,
    TeredoRules, TeredoSettings, TeredoState, TeredoStep, TeredoType,
};

/// Numbers by name: what is not listed is 0.
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) port: u64,
    pub(crate) flags: u64,
    pub(crate) refresh: u64,
}

impl Chooser for Fixed {
    fn choose(&mut self, _what: &'static str, _among: &[&'static str]) -> usize {
        0
    }

    fn draw(&mut self, what: &'static str) -> u64 {
        match what {
            "teredo-port" => self.port,
            "teredo-flags" => self.flags,
            "teredo-refresh" => self.refresh,
            other => panic!("nobody knows the number {other}"),
        }
    }
}

/// A client, and what there is around it.
pub(crate) struct Machine {
    pub(crate) client: TeredoClient,
    pub(crate) ports_in_use: BTreeMap<u16, bool>,
    pub(crate) ipv6_present: bool,
    pub(crate) rules: TeredoRules,
    pub(crate) numbers: Fixed,
}

impl Machine {
    pub(crate) fn new(settings: TeredoSettings, network: TeredoNetwork) -> Self {
        Self {
            client: TeredoClient::new(settings, network),
            ports_in_use: BTreeMap::new(),
            ipv6_present: true,
            rules: TeredoRules::default(),
            numbers: Fixed::default(),
        }
    }

    pub(crate) fn usual() -> Self {
        Self::new(TeredoSettings::default(), TeredoNetwork::default())
    }

    pub(crate) fn around(&self) -> Surroundings<'_> {
        Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        }
    }

    pub(crate) fn handle(&mut self, event: &TeredoEvent) -> Vec<TeredoStep> {
        let around = Surroundings {
            ports_in_use: &self.ports_in_use,
            ipv6_present: self.ipv6_present,
            rules: self.rules,
        };
        self.client.handle(event, &around, &mut self.numbers)
    }

    pub(crate) fn start(&mut self, wish: PortWish) -> Vec<TeredoStep> {
        self.handle(&TeredoEvent::Start(wish))
    }

    fn fire(&mut self) -> (u64, Vec<TeredoStep>) {
        let due_ms = self.client.next_timer_ms().expect("a timer");
        self.client.elapse(due_ms);
        (due_ms, self.handle(&TeredoEvent::Timer))
    }

    pub(crate) fn qualify(&mut self) {
        self.handle(&TeredoEvent::Qualify);
        while self.client.state() == TeredoState::Probe {
            self.fire();
        }
        assert_eq!(self.client.state(), TeredoState::Qualified);
    }

    /// Lets time pass as long as the client stays qualified.
    fn pass(&mut self, ms: u64) {
        let mut left_ms = ms;
        while let Some(due_ms) = self.client.next_timer_ms().filter(|due| *due <= left_ms) {
            left_ms -= due_ms;
            self.fire();
        }
        self.client.elapse(left_ms);
    }

    fn listen(&mut self, port: u16, edge_traversal: bool) {
        self.ports_in_use.insert(port, edge_traversal);
        self.handle(&TeredoEvent::ListenersChanged);
    }

    fn close(&mut self, port: u16) {
        self.ports_in_use.remove(&port);
        self.handle(&TeredoEvent::ListenersChanged);
    }

    pub(crate) fn network(&mut self, change: impl FnOnce(&mut TeredoNetwork)) -> Vec<TeredoStep> {
        let mut network = self.client.network().clone();
        change(&mut network);
        self.handle(&TeredoEvent::NetworkChanged(network))
    }

    pub(crate) fn policy(&mut self, change: impl FnOnce(&mut TeredoSettings)) -> Vec<TeredoStep> {
        let mut settings = self.client.settings().clone();
        change(&mut settings);
        self.handle(&TeredoEvent::PolicyChanged(settings))
    }
}

#[test]
fn ts_11_the_drawn_port_skips_what_is_in_use() {
    let mut machine = Machine::usual();
    machine.numbers.port = u64::from(LAST_DYNAMIC_PORT - FIRST_DYNAMIC_PORT);
    machine.ports_in_use = [(LAST_DYNAMIC_PORT, false), (FIRST_DYNAMIC_PORT, false)].into();
    machine.start(PortWish::Another);
    assert_eq!(machine.client.port(), Some(FIRST_DYNAMIC_PORT + 1));
}

#[test]
fn ts_11_a_full_dynamic_range_has_no_port() {
    let mut machine = Machine::usual();
    machine.ports_in_use = (FIRST_DYNAMIC_PORT..=LAST_DYNAMIC_PORT).map(|p| (p, false)).collect();
    machine.start(PortWish::Another);
    assert_eq!(machine.client.state(), TeredoState::Offline);
    assert_eq!(machine.client.error(), Some(TeredoError::NoFreePort));
    machine.ports_in_use.remove(&51_000);
    machine.start(PortWish::Another);
    assert_eq!(machine.client.port(), Some(51_000));
    // The only free port is its own: a restart has to take it again.
    machine.handle(&TeredoEvent::Restart(PortWish::Another));
    assert_eq!(machine.client.port(), Some(51_000));
}

#[test]
fn ts_11_a_configured_port_in_use_fails_the_start() {
    let settings = TeredoSettings { client_port: 40_000, ..TeredoSettings::default() };
    let mut machine = Machine::new(settings, TeredoNetwork::default());
    machine.ports_in_use.insert(40_000, false);
    machine.start(PortWish::Another);
    assert_eq!(machine.client.error(), Some(TeredoError::PortInUse));
    assert_eq!(machine.client.query_port(&machine.around()), Err(TeredoNoPort::NotReady));
    machine.close(40_000);
    machine.start(PortWish::Another);
    assert_eq!(machine.client.port(), Some(40_000));
    assert_eq!(machine.client.error(), None);
    machine.handle(&TeredoEvent::Restart(PortWish::Another));
    assert_eq!(machine.client.port(), Some(40_000), "the configuration names one port");
}

#[test]
fn tp_16_3544_can_be_wished_for_in_vain() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(TEREDO_PORT));
    assert_eq!(machine.client.error(), Some(TeredoError::PortInUse));
    assert!(!machine.client.listens_3544());
    machine.start(PortWish::Exactly(50_000));
    assert!(machine.client.listens_3544());
}

#[test]
fn ts_17_a_port_goes_from_a_to_b_to_a() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    for (from, to) in [(50_000, 50_001), (50_001, 50_000), (50_000, 50_000)] {
        let steps = machine.handle(&TeredoEvent::Restart(PortWish::Exactly(to)));
        let told = TeredoStep::Port { from: Some(from), to: Some(to), restarted: true };
        assert_eq!(steps.first(), Some(&told));
    }
    machine.handle(&TeredoEvent::Restart(PortWish::Same));
    assert_eq!(machine.client.port(), Some(50_000));
}

#[test]
fn ts_17_the_former_port_is_known_beyond_a_stop() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    let former = machine.client.port();
    machine.handle(&TeredoEvent::Stop);
    machine.start(PortWish::Another);
    assert_ne!(machine.client.port(), former);
    machine.handle(&TeredoEvent::Stop);
    let former = Some(FIRST_DYNAMIC_PORT + 1);
    machine.start(PortWish::Same);
    assert_eq!(machine.client.port(), former);
}

#[test]
fn a_restart_cascades_in_the_chosen_order() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.qualify();
    let old = [machine.client.link_local(), machine.client.global_address()].map(Option::unwrap);
    let steps = machine.handle(&TeredoEvent::Restart(PortWish::Exactly(50_001)));
    let link_local = machine.client.link_local().expect("a probing client has one");
    assert_eq!(
        steps,
        [
            TeredoStep::State { from: TeredoState::Qualified, to: TeredoState::Probe },
            TeredoStep::Port { from: Some(50_000), to: Some(50_001), restarted: true },
            TeredoStep::InterfaceChanged,
            TeredoStep::AddressRemoved(old[0]),
            TeredoStep::AddressRemoved(old[1]),
            TeredoStep::AddressAdded(link_local),
        ]
    );
}

#[test]
fn ts_07_an_interface_vanishes_after_its_addresses() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.qualify();
    let steps = machine.policy(|settings| settings.kind = TeredoType::Disabled);
    assert_eq!(steps.last(), Some(&TeredoStep::InterfaceVanished));
    assert_eq!(steps.len(), 5);
    let steps = machine.policy(|settings| settings.kind = TeredoType::Default);
    assert!(steps.contains(&TeredoStep::InterfaceAppeared));
    assert_eq!(machine.client.state(), TeredoState::Dormant, "it was never told to stop");
}

#[test]
fn ts_03_default_qualified_qualifies_at_once_and_stays() {
    let settings = TeredoSettings { default_qualified: true, ..TeredoSettings::default() };
    let mut machine = Machine::new(settings, TeredoNetwork::default());
    machine.start(PortWish::Another);
    assert_eq!(machine.client.state(), TeredoState::Probe);
    machine.pass(2 * DORMANCY_MS);
    assert_eq!(machine.client.state(), TeredoState::Qualified);
    // Switched off, the hour begins.
    machine.policy(|settings| settings.default_qualified = false);
    machine.pass(DORMANCY_MS - 1);
    assert_eq!(machine.client.state(), TeredoState::Qualified);
    machine.pass(1);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
    // Switched on again, it does not wait for anybody.
    machine.policy(|settings| settings.default_qualified = true);
    assert_eq!(machine.client.state(), TeredoState::Probe);
}

#[test]
fn ts_18_traffic_starts_the_hour_anew() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.pass(DORMANCY_MS - 1);
    machine.handle(&TeredoEvent::Traffic);
    machine.pass(DORMANCY_MS - 1);
    assert_eq!(machine.client.state(), TeredoState::Qualified);
    machine.pass(1);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
    assert_eq!(machine.client.global_address(), None);
}

#[test]
fn ts_18_a_listener_outlasts_the_hour_and_sleep_follows_its_end() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.listen(7_000, true);
    machine.pass(DORMANCY_MS);
    assert_eq!(machine.client.state(), TeredoState::Qualified);
    machine.close(7_000);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
}

#[test]
fn ts_19_the_last_edge_listener_takes_the_client_to_sleep() {
    let mut machine = Machine::usual();
    machine.rules.dormancy = DormancyRule::NoEdgeListener;
    machine.start(PortWish::Another);
    machine.listen(7_000, true);
    machine.listen(7_001, true);
    assert_eq!(machine.client.state(), TeredoState::Probe, "a listener wakes it");
    machine.qualify();
    machine.close(7_000);
    machine.listen(7_002, false);
    assert_eq!(machine.client.state(), TeredoState::Qualified, "one is left");
    machine.close(7_001);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
    machine.listen(7_003, false);
    assert_eq!(machine.client.state(), TeredoState::Dormant, "edge traversal is what counts");
}

#[test]
fn ts_20_a_lost_qualification_comes_back_on_demand_and_with_the_server() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.handle(&TeredoEvent::ServerReachable(false));
    assert_eq!(machine.client.state(), TeredoState::Qualified, "it shows at the refresh");
    let (refresh_ms, _) = machine.fire();
    assert_eq!(refresh_ms, 22_500);
    let waits: Vec<u64> = (0..3).map(|_| machine.fire().0).collect();
    assert_eq!(waits, [SOLICITATION_TIMEOUT_MS; 3]);
    assert_eq!(machine.client.error(), Some(TeredoError::ServerUnreachable));
    assert_eq!((machine.client.port(), machine.client.next_timer_ms()), (None, None));
    machine.handle(&TeredoEvent::Traffic);
    assert_eq!(machine.client.state(), TeredoState::Probe, "on demand");
    for _ in 0..3 {
        machine.fire();
    }
    assert_eq!(machine.client.state(), TeredoState::Offline);
    machine.handle(&TeredoEvent::ServerReachable(true));
    machine.qualify();
    assert_eq!(machine.client.error(), None);
}

#[test]
fn ta_21_a_server_that_is_back_in_time_keeps_the_client_qualified() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.handle(&TeredoEvent::ServerReachable(false));
    machine.fire();
    machine.fire();
    let sent = *machine.client.solicitation().expect("a solicitation is under way");
    assert_eq!((sent.target, sent.attempt), (SolicitationTarget::Maintenance, 2));
    machine.handle(&TeredoEvent::ServerReachable(true));
    assert_eq!(machine.fire().0, SOLICITATION_TIMEOUT_MS, "that one was lost");
    assert_eq!(machine.fire().0, ROUND_TRIP_MS);
    assert_eq!(machine.client.state(), TeredoState::Qualified);
    assert_eq!(machine.client.solicitation(), None);
    assert_eq!(machine.client.next_timer_ms(), Some(22_500));
}

#[test]
fn ta_20_the_refresh_is_drawn_and_repeats() {
    let mut machine = Machine::usual();
    machine.numbers.refresh = 7_500;
    machine.start(PortWish::Another);
    machine.qualify();
    for _ in 0..10 {
        assert_eq!(machine.client.next_timer_ms(), Some(30_000));
        assert_eq!(machine.fire().1, [], "a refresh that works is not seen");
    }
    machine.policy(|settings| settings.refresh_ms = 60_000);
    assert_eq!(machine.client.next_timer_ms(), Some(52_500));
}

#[test]
fn ta_18_rfc_4380_asks_with_the_cone_bit_first() {
    let network = TeredoNetwork { nat: NatKind::Restricted, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    machine.rules.rfc5991 = false;
    machine.start(PortWish::Exactly(50_000));
    machine.handle(&TeredoEvent::Qualify);
    let cone = machine.client.link_local().expect("a link-local address");
    assert_eq!(cone.segments()[4], 0x8000);
    machine.fire();
    machine.fire();
    let (_, steps) = machine.fire();
    let clear = machine.client.link_local().expect("a link-local address");
    assert_eq!(clear.segments()[4], 0);
    assert_eq!(steps, [TeredoStep::AddressRemoved(cone), TeredoStep::AddressAdded(clear)]);
    machine.fire();
    let target = machine.client.solicitation().map(|sent| sent.target);
    assert_eq!(target, Some(SolicitationTarget::Secondary));
    machine.fire();
    let global = machine.client.global_address().expect("qualified");
    assert_eq!(TeredoAddress::try_from(global).map(|parts| parts.flags), Ok(0));
}

#[test]
fn ta_15_an_answer_with_the_cone_bit_qualifies_directly() {
    let network = TeredoNetwork { nat: NatKind::Cone, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    machine.rules.rfc5991 = false;
    machine.start(PortWish::Exactly(40_000));
    machine.handle(&TeredoEvent::Qualify);
    assert_eq!(machine.fire().0, ROUND_TRIP_MS);
    // The address of TA-02: the default server and mapping are those of the vector.
    let global = machine.client.global_address().expect("qualified");
    assert_eq!(global.to_string(), "2001:0:4136:e378:8000:63bf:3fff:fdd2");
}

#[test]
fn ta_16_ta_19_a_symmetric_nat() {
    let network = TeredoNetwork { nat: NatKind::Symmetric, ..TeredoNetwork::default() };
    for (rfc6081, state) in [(false, TeredoState::Offline), (true, TeredoState::Qualified)] {
        let mut machine = Machine::new(TeredoSettings::default(), network.clone());
        machine.rules.rfc6081 = rfc6081;
        machine.start(PortWish::Another);
        machine.handle(&TeredoEvent::Qualify);
        machine.fire();
        machine.fire();
        assert_eq!(machine.client.state(), state);
        let error = (!rfc6081).then_some(TeredoError::SymmetricNat);
        assert_eq!(machine.client.error(), error);
    }
}

#[test]
fn a_better_nat_lets_the_client_try_again() {
    let network = TeredoNetwork { nat: NatKind::Symmetric, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    machine.start(PortWish::Another);
    machine.handle(&TeredoEvent::Qualify);
    machine.fire();
    machine.fire();
    assert_eq!(machine.client.error(), Some(TeredoError::SymmetricNat));
    machine.network(|network| network.nat = NatKind::Cone);
    machine.qualify();
}

#[test]
fn ta_22_a_changed_mapping_replaces_the_address() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.qualify();
    let old = machine.client.global_address().expect("qualified");
    let address = [198, 51, 100, 7].into();
    let steps = machine.handle(&TeredoEvent::MappingChanged { address, port: Some(4_000) });
    let new = machine.client.global_address().expect("still qualified");
    assert!(steps.contains(&TeredoStep::AddressRemoved(old)));
    assert!(steps.contains(&TeredoStep::AddressAdded(new)));
    assert_eq!(machine.client.port(), Some(50_000), "the service port is another thing");
    let parts = TeredoAddress::try_from(new).expect("a Teredo address");
    assert_eq!((parts.client, parts.port), (address, 4_000));
    let steps = machine.handle(&TeredoEvent::MappingChanged { address, port: Some(4_000) });
    assert_eq!(steps, []);
}

#[test]
fn ta_09_a_private_mapping_makes_no_address() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    let private = [10, 0, 0, 1].into();
    machine.handle(&TeredoEvent::MappingChanged { address: private, port: None });
    assert_eq!(machine.client.error(), Some(TeredoError::MappingNotGlobal));
    let public = [198, 51, 100, 7].into();
    machine.handle(&TeredoEvent::MappingChanged { address: public, port: None });
    machine.qualify();
}

#[test]
fn ta_08_flags_are_drawn_for_every_qualification() {
    let mut machine = Machine::usual();
    machine.numbers.flags = 0xFFFF_FFFF;
    machine.start(PortWish::Another);
    machine.qualify();
    let first = machine.client.global_address().expect("qualified");
    assert_eq!(TeredoAddress::try_from(first).map(|parts| parts.flags), Ok(0x3CFF));
    machine.numbers.flags = 0x0101;
    machine.network(|network| network.local_address = [192, 168, 1, 11].into());
    machine.qualify();
    let second = machine.client.global_address().expect("qualified");
    assert_eq!(TeredoAddress::try_from(second).map(|parts| parts.flags), Ok(0x0401));
}

#[test]
fn ts_14_native_ipv6_makes_a_relay_and_no_client() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.qualify();
    machine.network(|network| network.native_ipv6 = true);
    assert_eq!(machine.client.role(), TeredoRole::HostSpecificRelay);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
    assert_eq!(machine.client.port(), Some(50_000));
    machine.handle(&TeredoEvent::Qualify);
    assert_eq!(machine.client.state(), TeredoState::Dormant, "TA-25");
    machine.network(|network| network.native_ipv6 = false);
    machine.qualify();
}

#[test]
fn c_29_a_relay_may_have_3544() {
    let mut machine = Machine::usual();
    machine.rules.relay_port_3544 = true;
    machine.start(PortWish::Exactly(50_000));
    let steps = machine.network(|network| network.native_ipv6 = true);
    let told = TeredoStep::Port { from: Some(50_000), to: Some(TEREDO_PORT), restarted: true };
    assert!(steps.contains(&told));
    machine.network(|network| network.native_ipv6 = false);
    assert_ne!(machine.client.port(), Some(TEREDO_PORT));
    assert!(machine.client.port().is_some());
}

#[test]
fn a_dormant_client_that_does_not_count_as_started_has_no_port() {
    let mut machine = Machine::usual();
    machine.rules.dormant_answers = false;
    let steps = machine.start(PortWish::Exactly(50_000));
    assert!(!steps.iter().any(|step| matches!(step, TeredoStep::Port { .. })));
    assert_eq!(machine.client.query_port(&machine.around()), Err(TeredoNoPort::NotReady));
    let steps = machine.handle(&TeredoEvent::Qualify);
    let told = TeredoStep::Port { from: None, to: Some(50_000), restarted: false };
    assert!(steps.contains(&told), "the wish is remembered");
    machine.qualify();
    machine.pass(DORMANCY_MS);
    assert_eq!((machine.client.state(), machine.client.port()), (TeredoState::Dormant, None));
    // Somebody else takes the port meanwhile.
    machine.listen(50_000, false);
    machine.handle(&TeredoEvent::Traffic);
    assert_eq!(machine.client.port(), Some(FIRST_DYNAMIC_PORT));
}

#[test]
fn a_dormant_client_built_under_other_rules_still_tells_of_its_port() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.rules.dormant_answers = false;
    let steps = machine.handle(&TeredoEvent::Qualify);
    let told = TeredoStep::Port { from: None, to: Some(50_000), restarted: false };
    assert!(steps.contains(&told));
}

#[test]
fn gt_08_without_ipv6_nothing_starts() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.ipv6_present = false;
    assert_eq!(machine.client.query_port(&machine.around()), Err(TeredoNoPort::NoIpv6));
    machine.handle(&TeredoEvent::Timer);
    assert_eq!(machine.client.error(), Some(TeredoError::NoIpv6));
    assert_eq!(machine.client.port(), None);
    machine.start(PortWish::Another);
    assert_eq!(machine.client.state(), TeredoState::Offline);
    machine.ipv6_present = true;
    machine.start(PortWish::Another);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
}

#[test]
fn ts_13_a_managed_network_shows_its_error_and_lets_go_again() {
    let network = TeredoNetwork { managed: true, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    assert_eq!(machine.client.error(), Some(TeredoError::ManagedNetwork));
    assert!(!machine.client.interface_present());
    machine.start(PortWish::Another);
    assert_eq!(machine.client.state(), TeredoState::Offline);
    let steps = machine.network(|network| network.managed = false);
    assert!(steps.contains(&TeredoStep::InterfaceAppeared));
    assert_eq!(machine.client.state(), TeredoState::Dormant);
}

#[test]
fn ts_15_without_a_firewall_there_is_no_teredo() {
    let network = TeredoNetwork { firewall: false, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    machine.start(PortWish::Another);
    assert_eq!(machine.client.error(), Some(TeredoError::NoFirewall));
    machine.network(|network| network.firewall = true);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
}

#[test]
fn ts_11_a_port_named_by_policy_moves_a_running_client() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    let steps = machine.policy(|settings| settings.client_port = 40_000);
    let told = TeredoStep::Port { from: Some(50_000), to: Some(40_000), restarted: true };
    assert!(steps.contains(&told));
    assert_eq!(machine.policy(|settings| settings.client_port = 0), [], "any port will do");
    // A start on another port than the configured one is not undone by what has nothing to do with it.
    machine.policy(|settings| settings.client_port = 40_001);
    machine.handle(&TeredoEvent::Restart(PortWish::Exactly(50_000)));
    machine.network(|network| network.nat = NatKind::Cone);
    machine.policy(|settings| settings.refresh_ms = 40_000);
    assert_eq!(machine.client.port(), Some(50_000));
}

#[test]
fn another_server_means_another_qualification_on_the_same_port() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    machine.qualify();
    machine.policy(|settings| settings.server_address = [192, 0, 2, 1].into());
    assert_eq!(machine.client.state(), TeredoState::Probe);
    machine.qualify();
    assert_eq!(machine.client.port(), Some(50_000));
    let global = machine.client.global_address().expect("qualified");
    assert_eq!(global.segments()[..4], [0x2001, 0, 0xC000, 0x0201]);
}

#[test]
fn an_elapse_beyond_the_timer_loses_nothing() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.handle(&TeredoEvent::Qualify);
    machine.client.elapse(u64::MAX);
    assert_eq!(machine.client.next_timer_ms(), Some(0));
    machine.handle(&TeredoEvent::Timer);
    assert_eq!(machine.client.next_timer_ms(), Some(ROUND_TRIP_MS));
    assert_eq!(machine.handle(&TeredoEvent::Timer), [], "a timer before its time");
    assert_eq!(machine.client.next_timer_ms(), Some(ROUND_TRIP_MS));
}

#[cfg(feature = "serde")]
#[test]
fn a_client_survives_being_written_and_read() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    let text = serde_json::to_string(&machine.client).expect("writable");
    let read: TeredoClient = serde_json::from_str(&text).expect("readable");
    assert_eq!(read, machine.client);
    let strange = text.replacen('{', "{\"strange\":1,", 1);
    assert!(serde_json::from_str::<TeredoClient>(&strange).is_err(), "unknown members are refused");
}
