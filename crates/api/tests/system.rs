//! `System` over the names of `netioapi.h` as the simulator exports them: through the ABI and back, the answers are
//! those of the stack itself.
#![cfg(not(windows))]

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use netiosim_api::{ChangeKind, Error, Family, Initial, Luid, NetIo, Subscription, System};
use netiosim_sim::model::net::Family as SimFamily;
use netiosim_sim::{Mode, Stack};
use netiosim_win32::bind;

/// A machine on which much is to be seen.
fn stack() -> Stack {
    let stack = netiosim_win32::builder().mode(Mode::Controlled).teredo_port(50_000).build();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.add_address("Ethernet", "2001:db8::5/64").unwrap();
    stack.add_route("Ethernet", "172.16.0.0/12", Some("192.168.1.7")).unwrap();
    stack.advance_ms(3000);
    stack
}

#[test]
fn every_query_answers_as_the_stack_does() {
    let stack = stack();
    let _bound = bind(&stack);
    let net: &dyn NetIo = &stack;
    assert_eq!(System.teredo_port(), net.teredo_port());
    assert_eq!(System.interfaces(), net.interfaces());
    let both = [None, Some(Family::V4), Some(Family::V6)];
    for family in both {
        assert_eq!(System.ip_interfaces(family), net.ip_interfaces(family));
        assert_eq!(System.unicast_addresses(family), net.unicast_addresses(family));
        assert_eq!(System.routes(family), net.routes(family));
    }
    for row in net.interfaces().unwrap() {
        assert_eq!(System.interface(row.luid).as_ref(), Ok(&row));
        assert_eq!(System.alias_of(row.luid).as_ref(), Ok(&row.alias));
        assert_eq!(System.luid_of_alias(&row.alias), Ok(row.luid));
        assert_eq!(System.index_of(row.luid), Ok(row.index));
        assert_eq!(System.luid_of_index(row.index), Ok(row.luid));
    }
    for row in net.ip_interfaces(None).unwrap() {
        assert_eq!(System.ip_interface(row.key), Ok(row));
    }
    for row in net.unicast_addresses(None).unwrap() {
        assert_eq!(System.unicast_address(row.key), Ok(row));
    }
    for row in net.routes(None).unwrap() {
        assert_eq!(System.route(row.key), Ok(row));
    }
    for destination in ["8.8.8.8", "172.16.3.4", "2001:db8::9"] {
        let destination = destination.parse().unwrap();
        assert_eq!(System.best_route(destination), net.best_route(destination));
        assert!(net.best_route(destination).is_ok());
    }
    assert!(System.unicast_addresses(None).unwrap().len() > 5, "there was something to compare");
}

#[test]
fn every_failure_answers_as_the_stack_does() {
    let stack = Stack::builder().mode(Mode::Controlled).no_ipv6().build();
    let _bound = bind(&stack);
    let net: &dyn NetIo = &stack;
    let nobody = Luid(0x0006_0000_7700_0000);
    let mut address = net.unicast_addresses(None).unwrap().remove(0).key;
    address.address.ip = [10, 9, 8, 7].into();
    let mut row = net.ip_interfaces(None).unwrap().remove(0).key;
    (row.luid, row.family) = (nobody, Family::V6);
    let mut route = net.routes(None).unwrap().remove(0).key;
    (route.destination.ip, route.prefix_length) = ([10, 9, 8, 0].into(), 24);
    type Ask<'a> = &'a dyn Fn(&dyn NetIo) -> Option<Error>;
    let all: [Ask<'_>; 11] = [
        &|net| net.teredo_port().err(),
        &|net| net.interface(nobody).err(),
        &|net| net.ip_interface(row).err(),
        &|net| net.unicast_addresses(Some(Family::V6)).err(),
        &|net| net.unicast_address(address).err(),
        &|net| net.route(route).err(),
        &|net| net.best_route("2001:db8::9".parse().unwrap()).err(),
        &|net| net.luid_of_alias("no such").err(),
        &|net| net.luid_of_index(77).err(),
        &|net| net.index_of(nobody).err(),
        &|net| net.alias_of(nobody).err(),
    ];
    for (n, ask) in all.iter().enumerate() {
        let error = ask(&System);
        assert!(error.is_some(), "the call {n} fails");
        assert_eq!(error, ask(net));
    }
    let error = System.luid_of_alias("Ether\0net").unwrap_err();
    assert_eq!(error.code(), Error::INVALID_PARAMETER, "not the shorter name");
}

/// Registers everything, and says one line for each call.
fn watch(net: &dyn NetIo, initial: Initial) -> (Arc<Mutex<Vec<String>>>, Vec<Subscription>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let say = || {
        let log = log.clone();
        move |line: String| log.lock().unwrap().push(line)
    };
    let (port, row, address, route) = (say(), say(), say(), say());
    let subscriptions = vec![
        net.on_teredo_port_change(initial, Box::new(move |change| port(format!("{change:?}")))),
        net.on_ip_interface_change(
            None,
            initial,
            Box::new(move |change| row(format!("{change:?} {:?}", change.entry()))),
        ),
        net.on_unicast_address_change(
            None,
            initial,
            Box::new(move |change| address(format!("{change:?} {:?}", change.entry()))),
        ),
        net.on_route_change(
            Some(Family::V4),
            initial,
            Box::new(move |change| route(format!("{change:?} {:?}", change.entry()))),
        ),
    ];
    let subscriptions = subscriptions.into_iter().map(Result::unwrap).collect();
    (log, subscriptions)
}

#[test]
fn every_callback_is_told_what_the_stack_tells() {
    let told = |through_the_abi: bool| {
        let stack = stack();
        let _bound = bind(&stack);
        let net: &dyn NetIo = if through_the_abi { &System } else { &stack };
        let (log, subscriptions) = watch(net, Initial::Yes);
        stack.run_until_idle();
        stack.restart_teredo_on(50_123).unwrap();
        stack.set_mtu("Ethernet", SimFamily::V4, 1400).unwrap();
        stack.add_address("Ethernet", "10.0.0.6/24").unwrap();
        stack.advance_ms(3000);
        stack.remove_address("Ethernet", "10.0.0.6").unwrap();
        stack.remove_route("Ethernet", "172.16.0.0/12", Some("192.168.1.7")).unwrap();
        stack.run_until_idle();
        for subscription in subscriptions {
            subscription.cancel().unwrap();
        }
        stack.restart_teredo_on(50_124).unwrap();
        stack.run_until_idle();
        let log = log.lock().unwrap();
        log.clone()
    };
    let (ours, theirs) = (told(false), told(true));
    assert!(ours.len() > 12, "{ours:#?}");
    assert!(ours.iter().any(|line| line.contains("Initial") && line.contains("None")));
    assert_eq!(ours, theirs);
}

#[test]
fn a_closure_is_freed_by_the_cancel_and_after_a_refusal() {
    use netiosim_sim::model::event::Function;
    use netiosim_sim::model::status::Status;

    let stack = stack();
    let _bound = bind(&stack);
    let held = Arc::new(());
    let subscribe = || {
        let inside = held.clone();
        let callback = move |_: &_| assert!(Arc::strong_count(&inside) > 0);
        System.on_teredo_port_change(Initial::No, Box::new(callback))
    };
    let subscription = subscribe().unwrap();
    assert_eq!(Arc::strong_count(&held), 2);
    subscription.cancel().unwrap();
    assert_eq!(Arc::strong_count(&held), 1, "by the cancel");
    drop(subscribe().unwrap());
    assert_eq!(Arc::strong_count(&held), 1, "by dropping");
    let fault = stack.fail(Function::NotifyTeredoPortChange, Status::NotEnoughMemory);
    assert_eq!(subscribe().unwrap_err().code(), 8);
    assert_eq!(Arc::strong_count(&held), 1, "after a refusal");
    drop(fault);
    let live = stack.inspect(|model| model.registrations().filter(|r| r.1.is_live()).count());
    assert_eq!(live, 0);
}

/// A registration whose callback gives its own subscription away, once.
fn own(
    stack: &Stack,
    act: impl Fn(Subscription) + Send + Sync + 'static,
) -> (Arc<Mutex<Option<Subscription>>>, Arc<AtomicUsize>) {
    let (place, calls) =
        (Arc::new(Mutex::new(None::<Subscription>)), Arc::new(AtomicUsize::new(0)));
    let (inside, counter) = (place.clone(), calls.clone());
    let callback = move |_: &_| {
        counter.fetch_add(1, Ordering::SeqCst);
        let subscription = inside.lock().unwrap().take();
        if let Some(subscription) = subscription {
            act(subscription);
        }
    };
    let subscription = System.on_teredo_port_change(Initial::No, Box::new(callback)).unwrap();
    *place.lock().unwrap() = Some(subscription);
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    (place, calls)
}

#[test]
fn a_cancel_in_its_own_callback_is_refused_before_the_system_hangs() {
    let stack = stack();
    let _bound = bind(&stack);
    let said = Arc::new(Mutex::new(None));
    let answer = said.clone();
    let (_place, calls) = own(&stack, move |own| *answer.lock().unwrap() = Some(own.cancel()));
    let error = said.lock().unwrap().take().expect("it was called").unwrap_err();
    assert!(error.is_deadlock() && error.explanation().is_some());
    assert_eq!(stack.findings(), [], "the function was not called");
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert_eq!(calls.load(Ordering::SeqCst), 2, "it lives on, and so does its closure");
}

/// Waits until what another thread does has come about.
fn until(stack: &Stack, live: usize) {
    loop {
        let now = stack.inspect(|model| model.registrations().filter(|r| r.1.is_live()).count());
        if now == live {
            return;
        }
        stack.run_until_idle();
        std::thread::yield_now();
    }
}

#[test]
fn dropped_or_ended_elsewhere_in_its_own_callback_it_goes() {
    for act in [drop as fn(Subscription), Subscription::cancel_detached] {
        let stack = stack();
        let _bound = bind(&stack);
        let (_place, calls) = own(&stack, act);
        until(&stack, 0);
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(stack.findings(), [], "no deadlock");
    }
}

#[test]
fn a_panic_in_a_callback_aborts_with_a_message() {
    if std::env::var_os("NETIOSIM_API_PANICS").is_some() {
        let stack = stack();
        let _bound = bind(&stack);
        let callback = |change: &netiosim_api::TeredoPortChange| {
            assert_ne!(change.kind, ChangeKind::Parameter, "the callback does not like it");
        };
        let _changes = System.on_teredo_port_change(Initial::No, Box::new(callback)).unwrap();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        return;
    }
    let program = std::env::current_exe().unwrap();
    let child = Command::new(program)
        .args(["a_panic_in_a_callback_aborts_with_a_message", "--exact", "--nocapture"])
        .env("NETIOSIM_API_PANICS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(said.contains("netiosim-api: a callback panicked"), "{said}");
    assert!(said.contains("the callback does not like it"), "{said}");
    assert_eq!(child.status.code(), None, "a signal ended it: {:?}", child.status);
}
