//! A program hears of every change of an address, and asks for the row in the callback (NU-06, NU-11,
//! NU-12).

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::{AF_INET, Family, NotificationType};
use netiosim_sim::{HandleCell, Mode, Row, Stack, UnicastAddressCallback};

/// The notification type, the address, and the DadState that the re-query shows, or its code.
type Seen = Vec<(NotificationType, IpAddr, Result<u32, u32>)>;

fn seen_of_an_address(mode: Mode) -> Seen {
    let stack = Stack::builder().mode(mode).build();
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let log = seen.clone();
    let changes = stack
        .unicast_address_change(Family::V4)
        .context(7)
        .register(move |change| {
            assert_eq!(change.context, 7, "NU-15");
            let row = change.row.expect("NU-05: no confirmation was asked for");
            let entry = row.entry().map(|entry| entry.dad_state).map_err(|error| error.code);
            log.lock().unwrap().push((change.kind, row.address(), entry));
        })
        .unwrap();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    // NU-02: this one is of the other family.
    stack.add_address("Ethernet", "2001:db8::5/64").unwrap();
    stack.run_until_idle();
    stack.advance_ms(3000);
    stack.remove_address("Ethernet", "10.0.0.5").unwrap();
    stack.run_until_idle();
    // CX-05: its handle is accepted.
    changes.cancel().unwrap();
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[test]
fn added_usable_and_gone_in_every_mode() {
    let address = IpAddr::from([10, 0, 0, 5]);
    for mode in Mode::ALL {
        let expected = [
            (NotificationType::Add, address, Ok(1)),
            (NotificationType::Parameter, address, Ok(4)),
            (NotificationType::Delete, address, Err(1168)),
        ];
        assert_eq!(seen_of_an_address(mode), expected, "{mode:?}");
    }
}

#[test]
fn the_plain_function_confirms_with_a_null_row() {
    let stack = Stack::new();
    let (cell, seen) = (HandleCell::new(), Arc::new(Mutex::new(Vec::new())));
    let log = seen.clone();
    let callback: UnicastAddressCallback = Arc::new(move |context, row, kind| {
        log.lock().unwrap().push((context, row.map(Row::address), kind));
    });
    let register = |family, cell| {
        stack.notify_unicast_ip_address_change(family, Some(callback.clone()), 9, true, Some(cell))
    };
    assert_eq!(register(AF_INET, &cell), 0);
    assert!(!cell.get().is_null(), "NU-03");
    assert_eq!(*seen.lock().unwrap(), [(9, None, NotificationType::Initial)], "NU-04");
    assert_eq!(stack.cancel_mib_change_notify2(cell.get()), 0);
    assert_eq!(register(10, &cell), 87, "NU-01: 10 is AF_INET6 elsewhere");
    assert!(cell.get().is_null(), "NU-03");
}

#[test]
fn a_callback_that_cancels_itself_is_the_documented_deadlock() {
    let stack = Stack::new();
    let (cell, answer) = (HandleCell::new(), Arc::new(Mutex::new(None)));
    let (own, said, inner) = (cell.clone(), answer.clone(), stack.handle());
    let changes = stack.on_unicast_address_change(None, move |_| {
        *said.lock().unwrap() = Some(inner.cancel_mib_change_notify2(own.get()));
    });
    cell.set(changes.as_ref().unwrap().handle());
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.run_until_idle();
    assert_eq!(*answer.lock().unwrap(), Some(1131), "NU-09");
    assert_eq!(stack.take_findings()[0].rule.id(), "N001");
}
