//! What a callback is told of a port, where the pages leave it open: type, byte order, a stop, a restart on the same port.

use crate::bench::Bench;
use netiosim_model::change::Change;

/// What is told of these changes, in words.
fn told(bench: &mut Bench, changes: &[Change]) -> Vec<String> {
    let handle = bench.ports("ports");
    for change in changes {
        bench.machine.change(None, change, &mut bench.chooser).expect("a change");
    }
    let mut told = Vec::new();
    while !bench.machine.deliverable().is_empty() {
        told.push(bench.begin(handle, bench.pool).notification.to_string());
        bench.machine.delivery_end(bench.pool);
    }
    told
}

fn restart(port: u16) -> Change {
    Change::TeredoRestart(netiosim_model::teredo::PortWish::Exactly(port))
}

#[test]
fn a_new_port_is_a_change_or_an_addition() {
    // O-07
    for (value, kind) in [("parameter", "MibParameterNotification"), ("add", "MibAddInstance")] {
        let mut bench = Bench::with(&[("port-change-type", value)]);
        assert_eq!(told(&mut bench, &[restart(50_001)]), [format!("{kind}, port 50001")]);
    }
}

#[test]
fn a_stop_is_silent_or_port_0() {
    // O-08
    for (value, words) in [
        ("silent", vec![]),
        ("zero-delete", vec!["MibDeleteInstance, port 0"]),
        ("zero-parameter", vec!["MibParameterNotification, port 0"]),
    ] {
        let mut bench = Bench::with(&[("port-on-stop", value)]);
        assert_eq!(told(&mut bench, &[Change::TeredoStop]), words, "{value}");
        assert_eq!(bench.machine.env().teredo().port(), None);
    }
}

#[test]
fn a_restart_on_the_same_port_is_silent_or_a_change() {
    // O-09; of the type that a port has which changes.
    for (value, words) in [
        ("silent", vec!["MibAddInstance, port 50001"]),
        ("notify", vec!["MibAddInstance, port 50001", "MibParameterNotification, port 50001"]),
    ] {
        let mut bench = Bench::with(&[("same-port-restart", value), ("port-change-type", "add")]);
        assert_eq!(told(&mut bench, &[restart(50_001), restart(50_001)]), words, "{value}");
    }
}

#[test]
fn the_port_is_told_and_answered_in_one_byte_order() {
    // 50001 is 0xC351.
    for (value, port) in [("host", 0xC351), ("network", 0x51C3)] {
        let mut bench = Bench::with(&[("port-byte-order", value)]);
        let words = format!("MibParameterNotification, port {port}");
        assert_eq!(told(&mut bench, &[restart(50_001)]), [words]);
        let answer = bench.machine.get_teredo_port(bench.main, true, &mut bench.chooser);
        assert_eq!(answer.2, Some(port), "{value}");
    }
}
