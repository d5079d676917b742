//! Deliveries of one callback function may be kept apart, over all its registrations (O-05).

use std::sync::Arc;

use netiosim_sim::model::machine::Machine;
use netiosim_sim::{
    HandleCell, IpInterfaceCallback, Mode, Point, RawCallback, RawKind, RawRequest, Stack,
    UnicastAddressCallback,
};

/// Whether a second delivery may begin while one runs, of two registrations.
fn overlap(register: impl FnOnce(&Stack)) -> bool {
    let builder = Stack::builder().mode(Mode::Controlled).option("serialization", "callback");
    let stack = builder.build();
    register(&stack);
    let first = stack.barrier(Point::entered("ip-interface-1")).unwrap();
    stack.set_mtu("Ethernet", netiosim_sim::model::net::Family::V4, 1400).unwrap();
    first.wait_reached();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    let before = stack.inspect(Machine::has_deliverable);
    let ran = stack.run_until_idle();
    first.release();
    stack.run_until_idle();
    before || ran > 0
}

/// Each has a place of its own, for what it holds.
fn doing(what: u32) -> RawCallback {
    RawCallback::new(move |delivery| assert_ne!(delivery.due.context, u64::from(what)))
}

#[test]
fn clones_are_the_same_and_others_are_not() {
    let raw = |first: RawCallback, second: RawCallback| {
        overlap(move |stack| {
            for (kind, callback) in
                [(RawKind::IpInterface(2), first), (RawKind::UnicastAddress(2), second)]
            {
                let registered = stack.register(RawRequest::new(kind, "", callback), &mut |_| {});
                assert_eq!(registered.code, 0);
            }
        })
    };
    let (one, other) = (doing(1), doing(2));
    assert!(!raw(one.clone(), one.clone()));
    assert!(raw(one, other));
    let stands_for = |what| RawCallback::shared(what, |_| {});
    assert!(!raw(stands_for(0x1000), stands_for(0x1000)));
    assert!(raw(stands_for(0x1000), stands_for(0x2000)));
}

#[test]
fn of_the_plain_functions_too() {
    let (number, text) = (7, String::from("seven"));
    let row: IpInterfaceCallback = Arc::new(move |context, _, _| assert_ne!(context, number));
    let address: UnicastAddressCallback = Arc::new(move |_, _, _| assert_eq!(text, "seven"));
    assert!(overlap(|stack| {
        let (cell, other) = (HandleCell::new(), HandleCell::new());
        assert_eq!(stack.notify_ip_interface_change(2, Some(row), 0, false, Some(&cell)), 0);
        let code = stack.notify_unicast_ip_address_change(2, Some(address), 0, false, Some(&other));
        assert_eq!(code, 0);
    }));
}
