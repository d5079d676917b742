//! A program hears of every change of a route, and asks for the row in the callback (NR-05, NR-10).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::{AF_INET, AF_INET6, Family, NotificationType};
use netiosim_sim::model::table::RouteKey;
use netiosim_sim::{HandleCell, Mode, RouteCallback, Row, Stack};

/// The notification type, the route, and the metric that the re-query shows, or its code.
type Seen = Vec<(NotificationType, String, Result<u32, u32>)>;

fn key(stack: &Stack) -> RouteKey {
    RouteKey {
        luid: stack.luid("Ethernet").unwrap(),
        destination: [10, 0, 0, 0].into(),
        prefix_length: 8,
        next_hop: [192, 168, 1, 1].into(),
    }
}

fn seen_of_a_route(mode: Mode) -> Seen {
    let stack = Stack::builder().mode(mode).build();
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let log = seen.clone();
    let changes = stack
        .route_change(Family::V4)
        .context(7)
        .register(move |change| {
            assert_eq!(change.context, 7, "NR-12");
            let row = change.row.expect("NR-04: no confirmation was asked for");
            let entry = row.entry().map(|entry| entry.metric).map_err(|error| error.code);
            log.lock().unwrap().push((change.kind, row.route().to_string(), entry));
        })
        .unwrap();
    let mut row = stack.new_route(key(&stack)).unwrap();
    stack.create_route(&row).unwrap();
    stack.run_until_idle();
    row.metric = 5;
    stack.set_route(&row).unwrap();
    // NR-02: this one is of the other family.
    stack.add_route("Ethernet", "2001:db8::/32", Some("fe80::1")).unwrap();
    stack.run_until_idle();
    stack.delete_route(key(&stack)).unwrap();
    stack.run_until_idle();
    // CX-05: its handle is accepted.
    changes.cancel().unwrap();
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[test]
fn added_changed_and_gone_in_every_mode() {
    for mode in Mode::ALL {
        let route = "10.0.0.0/8 by 192.168.1.1".to_owned();
        let expected = [
            (NotificationType::Add, route.clone(), Ok(0)), // RT-17
            (NotificationType::Parameter, route.clone(), Ok(5)),
            (NotificationType::Delete, route, Err(1168)),
        ];
        assert_eq!(seen_of_a_route(mode), expected, "{mode:?}");
    }
}

#[test]
fn the_plain_function_confirms_with_a_null_row() {
    let stack = Stack::new();
    let (cell, seen) = (HandleCell::new(), Arc::new(Mutex::new(Vec::new())));
    let log = seen.clone();
    let callback: RouteCallback = Arc::new(move |context, row, kind| {
        log.lock().unwrap().push((context, row.map(Row::route), kind));
    });
    let register = |family, initial| {
        stack.notify_route_change2(family, Some(callback.clone()), 9, initial, Some(&cell))
    };
    assert_eq!(register(AF_INET6, true), 0);
    assert!(!cell.get().is_null(), "NR-03");
    assert_eq!(*seen.lock().unwrap(), [(9, None, NotificationType::Initial)], "NR-04");
    assert_eq!(stack.cancel_mib_change_notify2(cell.get()), 0);
    assert_eq!(register(77, true), 87, "NR-01");
    assert!(cell.get().is_null(), "NR-03");
    assert_eq!(register(AF_INET, false), 0);
    assert_eq!(seen.lock().unwrap().len(), 1, "NR-04");
    stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.1")).unwrap();
    stack.run_until_idle();
    assert_eq!(seen.lock().unwrap()[1], (9, Some(key(&stack)), NotificationType::Add));
}

#[test]
fn it_ends_with_its_process_and_with_the_machine() {
    let stack = Stack::new();
    let program = stack.process("router", Default::default());
    let inside = program.enter();
    for _ in 0..2 {
        let handle = stack.on_route_change(None, |_| panic!("NR-09")).unwrap().into_handle();
        let address = stack.on_unicast_address_change(None, |_| panic!("NU-10"));
        let _ = address.unwrap().into_handle();
        assert!(stack.inspect(|model| model.registration(handle).is_some()));
        if stack.findings().is_empty() {
            program.exit();
        } else {
            stack.reboot();
        }
        program.start();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.remove_address("Ethernet", "10.0.0.5").unwrap();
        assert_eq!(stack.run_until_idle(), 0);
    }
    drop(inside);
    assert_eq!(stack.take_findings().len(), 2, "the first end leaked two registrations");
}
