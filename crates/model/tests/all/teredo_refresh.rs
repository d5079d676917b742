//! When the Teredo client refreshes its mapping, and what it takes to begin again.

use netiosim_model::teredo::{PortWish, TeredoEvent, TeredoState};

use crate::teredo_client::Machine;

#[test]
fn ta_20_the_interval_is_drawn_from_the_range_of_the_rules() {
    // Under RFC 6081: the drawn number, and 50 to 150 % of 30 s.
    for (rfc6081, number, expected_ms) in [
        (false, 0, 22_500),
        (false, 7_500, 30_000),
        (false, 7_501, 22_500),
        (true, 0, 15_000),
        (true, 15_000, 30_000),
        (true, 30_000, 45_000),
        (true, 30_001, 15_000),
        (true, 60_002, 15_000),
    ] {
        let mut machine = Machine::usual();
        machine.rules.rfc6081 = rfc6081;
        machine.numbers.refresh = number;
        machine.start(PortWish::Another);
        machine.qualify();
        let next = machine.client.next_timer_ms();
        assert_eq!(next, Some(expected_ms), "TA-20: RFC 6081 {rfc6081}, {number}");
    }
}

#[test]
fn only_another_interval_begins_it_anew() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    machine.client.elapse(10_000);
    machine.policy(|settings| settings.server = "teredo.example".to_owned());
    assert_eq!(machine.client.next_timer_ms(), Some(12_500), "a name is no interval");
    machine.policy(|settings| settings.refresh_ms = 60_000);
    assert_eq!(machine.client.next_timer_ms(), Some(45_000));
}

#[test]
fn a_mapping_that_is_global_again_is_reason_enough_to_try_again() {
    let mut machine = Machine::usual();
    machine.start(PortWish::Another);
    machine.qualify();
    for (address, state) in [
        ([10, 0, 0, 1], TeredoState::Offline),
        ([192, 168, 7, 7], TeredoState::Offline),
        ([198, 51, 100, 7], TeredoState::Probe),
    ] {
        machine.handle(&TeredoEvent::MappingChanged { address: address.into(), port: None });
        assert_eq!(machine.client.state(), state, "TA-09: {address:?}");
    }
}
