//! NotifyAddrChange and NotifyRouteChange tell of one change, through an event or by returning.

use netiosim_sim::model::event::Function;
use netiosim_sim::model::machine::Progress;
use netiosim_sim::{Mode, Stack};

#[test]
fn an_event_is_set_by_the_next_change_and_only_by_that() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let (address, route) = (stack.overlapped("address"), stack.overlapped("route"));
        assert_eq!((address.progress(), address.result()), (Progress::Unused, 87));
        assert_eq!(stack.notify_addr_change(true, Some(&address)), 997);
        assert_eq!(stack.notify_route_change(true, Some(&route)), 997);
        assert_eq!(address.result(), 996);
        stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.1")).unwrap();
        route.event().wait().unwrap();
        assert_eq!((address.result(), route.result()), (996, 0));
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        address.event().wait().unwrap();
        assert_eq!(address.result(), 0);
        // It says nothing of the next one, unless it is asked to.
        assert_eq!(stack.notify_addr_change(true, Some(&address)), 997);
        assert_eq!(address.result(), 996);
    }
}

#[test]
fn a_cancel_ends_a_pending_request() {
    let stack = Stack::new();
    let change = stack.overlapped("change");
    assert!(!stack.cancel_ip_change_notify(Some(&change)), "none is pending");
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    assert!(stack.cancel_ip_change_notify(Some(&change)));
    assert_eq!((change.progress(), change.result()), (Progress::Aborted, 995));
    change.event().wait().unwrap();
    assert!(!stack.cancel_ip_change_notify(Some(&change)));
    assert!(!stack.cancel_ip_change_notify(None));
}

#[test]
fn without_pointers_the_call_waits_for_the_change() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let inner = stack.handle();
        let waiting = stack.spawn("waiting", move || {
            let code = inner.notify_addr_change(false, None);
            (code, inner.unicast_addresses(netiosim_sim::model::net::Family::V4).unwrap().len())
        });
        let before = stack.unicast_addresses(netiosim_sim::model::net::Family::V4).unwrap().len();
        while !stack.inspect(|model| model.actors().iter().any(|actor| actor.wait().is_some())) {
            // In controlled mode this is the moment at which the other thread goes first.
            stack.run_until_idle();
            std::thread::yield_now();
        }
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        assert_eq!(waiting.join().unwrap(), (0, before + 1), "{mode:?}");
    }
}

#[test]
fn one_pointer_alone_is_refused_and_so_is_a_second_request() {
    let stack = Stack::new();
    let change = stack.overlapped("change");
    assert_eq!(stack.notify_addr_change(true, None), 87);
    assert_eq!(stack.notify_addr_change(false, Some(&change)), 87);
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    assert_eq!(stack.notify_route_change(true, Some(&change)), 87);
}

#[test]
fn the_calls_are_in_the_log() {
    let stack = Stack::new();
    let expectation = stack
        .expect_call(Function::NotifyAddrChange)
        .with(|call| format!("{:?}", call.args).contains("change"), "the structure by its name")
        .returning(997);
    let change = stack.overlapped("change");
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    expectation.verify();
}

#[test]
fn a_wait_that_nobody_can_end_is_answered() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    assert_eq!(stack.notify_addr_change(false, None), 1131);
    assert_eq!(stack.take_findings().len(), 1);
}
