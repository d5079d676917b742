//! Which service port the Teredo client has, for how long, and who is told of it.

use netiosim_model::teredo::{
    FIRST_DYNAMIC_PORT, LAST_DYNAMIC_PORT, PortWish, TeredoError, TeredoEvent, TeredoNetwork,
    TeredoNoPort, TeredoRole, TeredoSettings, TeredoState, TeredoStep,
};

use crate::teredo_client::Machine;

/// A host-specific relay under rules by which a dormant client has no port.
fn relay() -> Machine {
    let network = TeredoNetwork { native_ipv6: true, ..TeredoNetwork::default() };
    let mut machine = Machine::new(TeredoSettings::default(), network);
    machine.rules.dormant_answers = false;
    machine.start(PortWish::Exactly(50_000));
    assert_eq!(machine.client.role(), TeredoRole::HostSpecificRelay);
    assert_eq!(machine.client.state(), TeredoState::Dormant);
    machine
}

#[test]
fn every_number_draws_a_port_of_the_dynamic_range() {
    for (number, port) in [
        (0, FIRST_DYNAMIC_PORT),
        (1, FIRST_DYNAMIC_PORT + 1),
        (16_383, LAST_DYNAMIC_PORT),
        (16_384, FIRST_DYNAMIC_PORT),
        (16_385, FIRST_DYNAMIC_PORT + 1),
        (u64::MAX, LAST_DYNAMIC_PORT),
    ] {
        let mut machine = Machine::usual();
        machine.numbers.port = number;
        machine.start(PortWish::Another);
        assert_eq!(machine.client.port(), Some(port), "{number}");
    }
}

#[test]
fn a_wish_for_port_0_is_a_wish_for_any() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(0));
    assert_eq!(machine.client.port(), Some(FIRST_DYNAMIC_PORT));
    machine.handle(&TeredoEvent::Restart(PortWish::Exactly(0)));
    assert_eq!(machine.client.port(), Some(FIRST_DYNAMIC_PORT + 1), "another one");
}

#[test]
fn where_a_dormant_client_does_not_count_as_started_its_port_is_not_told() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Exactly(50_000));
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
    machine.rules.dormant_answers = false;
    assert_eq!(machine.client.query_port(&machine.around()), Err(TeredoNoPort::NotReady));
}

#[test]
fn there_one_that_is_awake_has_its_port_and_keeps_it() {
    let mut machine = Machine::usual();
    machine.rules.dormant_answers = false;
    machine.start(PortWish::Exactly(50_000));
    machine.handle(&TeredoEvent::Qualify);
    assert_eq!(machine.client.state(), TeredoState::Probe);
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
    machine.qualify();
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
    assert_eq!(machine.handle(&TeredoEvent::Traffic), []);
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
}

#[test]
fn there_a_relay_has_its_port_although_it_is_dormant() {
    let mut machine = relay();
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
    assert_eq!(machine.handle(&TeredoEvent::ListenersChanged), []);
    assert_eq!(machine.client.query_port(&machine.around()), Ok(50_000));
}

#[test]
fn there_a_dormant_client_opens_a_port_when_it_becomes_a_relay() {
    let mut machine = Machine::usual();
    machine.rules.dormant_answers = false;
    machine.start(PortWish::Exactly(50_000));
    assert_eq!(machine.client.port(), None);
    let steps = machine.network(|network| network.native_ipv6 = true);
    let port = machine.client.port();
    assert!(port.is_some());
    assert!(steps.contains(&TeredoStep::Port { from: None, to: port, restarted: false }));
    assert_eq!(machine.client.state(), TeredoState::Dormant, "TA-25");
}

#[test]
fn a_client_is_wanted_from_its_start_to_its_stop_whatever_keeps_it_from_running() {
    let mut machine = Machine::usual();
    assert!(!machine.client.is_wanted(), "nobody started it yet");
    machine.ports_in_use.insert(50_000, false);
    machine.start(PortWish::Exactly(50_000));
    assert_eq!(machine.client.error(), Some(TeredoError::PortInUse));
    assert!(machine.client.is_wanted());
    machine.handle(&TeredoEvent::Stop);
    assert!(!machine.client.is_wanted());
    machine.handle(&TeredoEvent::Restart(PortWish::Another));
    assert!(machine.client.is_wanted());
}
