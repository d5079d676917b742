//! The options of the Teredo client, seen at the machine.

use netiosim_model::build::{bring_teredo, home, teredo_interface};
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::machine::Machine;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::teredo::{
    NatKind, PortWish, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState,
};

fn machine(env: Env, option: &str, value: &str) -> Machine {
    let mut options = Options::of(Profile::Documented);
    options.fix(option, value).expect("an option and a value");
    Machine::with_options(Profile::Documented, options, env)
}

fn change(machine: &mut Machine, change: &Change) {
    machine.change(None, change, &mut First::default()).expect("a change");
}

#[test]
fn the_last_edge_listener_takes_the_client_to_sleep_at_once_or_after_an_hour() {
    // C-28, TS-18, TS-19
    for (value, state) in [
        ("hour-without-traffic", TeredoState::Qualified),
        ("no-edge-listener", TeredoState::Dormant),
    ] {
        let mut machine = machine(home(), "dormancy-rule", value);
        change(&mut machine, &Change::PortOpen { port: 7_000, edge_traversal: true });
        assert_eq!(machine.env().teredo().state(), TeredoState::Qualified);
        change(&mut machine, &Change::PortClose { port: 7_000 });
        assert_eq!(machine.env().teredo().state(), state, "{value}");
    }
}

/// Lets a machine run whose client starts and qualifies behind this NAT.
fn qualify(nat: NatKind, option: &str, value: &str) -> Machine {
    let network = TeredoNetwork { nat, ..TeredoNetwork::default() };
    let client = TeredoClient::new(TeredoSettings::default(), network);
    let mut env = Env::new(client, teredo_interface(1, 3));
    assert!(bring_teredo(&mut env, TeredoState::Dormant, Some(50_000)));
    let mut machine = machine(env, option, value);
    change(&mut machine, &Change::TeredoRestart(PortWish::Exactly(50_001)));
    change(&mut machine, &Change::TeredoQualify);
    while machine.env().teredo().state() == TeredoState::Probe {
        let due_ms = machine.next_timer_ms().expect("it goes on");
        machine.elapse(due_ms, &mut First::default());
    }
    machine
}

#[test]
fn behind_a_symmetric_nat_it_goes_off_line_or_qualifies() {
    // TA-16, TA-19
    for (value, state) in [("offline", TeredoState::Offline), ("usable", TeredoState::Qualified)] {
        let machine = qualify(NatKind::Symmetric, "symmetric-nat", value);
        assert_eq!(machine.env().teredo().state(), state, "{value}");
    }
}

#[test]
fn the_cone_bit_is_in_its_address_only_by_the_older_rfc() {
    // TA-07, TA-08, TA-18
    for (value, cone) in [("rfc5991", 0), ("rfc4380", 0x8000)] {
        let machine = qualify(NatKind::Cone, "teredo-flags", value);
        let address = machine.env().teredo().global_address().expect("it is qualified");
        assert_eq!(address.segments()[4] & 0x8000, cone, "{value}: {address}");
    }
}

#[test]
fn a_relay_has_the_dynamic_port_or_3544() {
    // C-29, TS-14: native IPv6 makes the client a host-specific relay.
    for (value, port) in [("dynamic", 50_000), ("port-3544", 3544)] {
        let mut machine = machine(home(), "relay-port", value);
        let network =
            TeredoNetwork { native_ipv6: true, ..machine.env().teredo().network().clone() };
        change(&mut machine, &Change::TeredoNetwork(network));
        assert_eq!(machine.env().teredo().port(), Some(port), "{value}");
    }
}
