//! A program that has the machine behind `NetIo` hears of changes, and ends that when and where it likes.

use std::sync::{Arc, Mutex};

use netiosim_api::{ChangeKind, Error, Family, Initial, Luid, NetIo, Subscription};
use netiosim_sim::model::event::Function;
use netiosim_sim::model::net;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Status;
use netiosim_sim::{Mode, Stack};

type Log<T> = Arc<Mutex<Vec<T>>>;

fn taken<T>(log: &Log<T>) -> Vec<T> {
    std::mem::take(&mut *log.lock().unwrap())
}

#[test]
fn of_the_teredo_port() {
    let (stack, log) = (Stack::new(), Log::default());
    let told = log.clone();
    let callback = move |change: &netiosim_api::TeredoPortChange| {
        told.lock().unwrap().push((change.kind, change.port));
    };
    let changes = NetIo::on_teredo_port_change(&stack, Initial::Yes, Box::new(callback)).unwrap();
    assert_eq!(taken(&log), [(ChangeKind::Initial, 0)]);
    stack.restart_teredo_on(50_123).unwrap();
    stack.run_until_idle();
    assert_eq!(taken(&log), [(ChangeKind::Parameter, 50_123)]);
    changes.cancel().unwrap();
    stack.restart_teredo_on(50_124).unwrap();
    stack.run_until_idle();
    assert!(taken(&log).is_empty(), "CX-08: nothing after the cancel");
}

#[test]
fn of_an_ip_interface_of_one_family() {
    let (stack, log) = (Stack::new(), Log::default());
    let told = log.clone();
    let callback = move |change: &netiosim_api::IpInterfaceChange<'_>| {
        let mtu = change.entry().map(|row| row.expect("it is there").mtu);
        told.lock().unwrap().push((change.kind, change.key, mtu));
    };
    let (family, callback) = (Some(Family::V4), Box::new(callback));
    let changes = NetIo::on_ip_interface_change(&stack, family, Initial::No, callback).unwrap();
    stack.run_until_idle();
    assert!(taken(&log).is_empty(), "no initial notification was asked for");
    stack.set_mtu("Ethernet", net::Family::V4, 1400).unwrap();
    stack.set_mtu("Ethernet", net::Family::V6, 1300).unwrap();
    stack.run_until_idle();
    let luid = Luid(stack.luid("Ethernet").unwrap().0);
    let key = netiosim_api::IpInterfaceKey { family: Family::V4, luid, index: 2 };
    assert_eq!(taken(&log), [(ChangeKind::Parameter, Some(key), Some(1400))]);
    drop(changes);
    stack.set_mtu("Ethernet", net::Family::V4, 1350).unwrap();
    stack.run_until_idle();
    assert!(taken(&log).is_empty(), "dropping it cancels it");
}

#[test]
fn of_a_unicast_address() {
    let (stack, log) = (Stack::new(), Log::default());
    let told = log.clone();
    let callback = move |change: &netiosim_api::UnicastAddressChange<'_>| {
        let key = change.key.map(|key| (key.address.to_string(), key.luid, key.index));
        let found = change.entry().map(|row| row.map(|row| row.prefix_length));
        told.lock().unwrap().push((change.kind, key, found.map(|row| row.map_err(|e| e.code()))));
    };
    let callback = Box::new(callback);
    let changes = NetIo::on_unicast_address_change(&stack, None, Initial::Yes, callback).unwrap();
    assert_eq!(taken(&log), [(ChangeKind::Initial, None, None)]);
    let key = ("10.0.0.5".to_owned(), Luid(stack.luid("Ethernet").unwrap().0), 2);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.run_until_idle();
    assert_eq!(taken(&log), [(ChangeKind::Add, Some(key.clone()), Some(Ok(24)))]);
    stack.remove_address("Ethernet", "10.0.0.5").unwrap();
    stack.run_until_idle();
    assert_eq!(taken(&log), [(ChangeKind::Delete, Some(key), Some(Err(1168)))]);
    changes.cancel().unwrap();
}

#[test]
fn of_a_route() {
    let (stack, log) = (Stack::new(), Log::default());
    let told = log.clone();
    let callback = move |change: &netiosim_api::RouteChange<'_>| {
        let route = change
            .key
            .map(|key| format!("{}/{} by {}", key.destination, key.prefix_length, key.next_hop));
        let here = change.key.map(|key| (key.luid, key.index));
        let there = change.entry().map(|row| row.is_ok());
        told.lock().unwrap().push((change.kind, route, here, there));
    };
    let (family, callback) = (Some(Family::V4), Box::new(callback));
    let changes = NetIo::on_route_change(&stack, family, Initial::No, callback).unwrap();
    let here = Some((Luid(stack.luid("Ethernet").unwrap().0), 2));
    let route = Some("10.0.0.0/8 by 192.168.1.2".to_owned());
    stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.2")).unwrap();
    stack.add_route("Ethernet", "2001:db8::/32", Some("fe80::1")).unwrap();
    stack.run_until_idle();
    assert_eq!(taken(&log), [(ChangeKind::Add, route.clone(), here, Some(true))]);
    stack.remove_route("Ethernet", "10.0.0.0/8", Some("192.168.1.2")).unwrap();
    stack.run_until_idle();
    assert_eq!(taken(&log), [(ChangeKind::Delete, route, here, Some(false))]);
    changes.cancel().unwrap();
}

fn silent(stack: &Stack) -> Result<Subscription, Error> {
    NetIo::on_teredo_port_change(stack, Initial::No, Box::new(|_| {}))
}

#[test]
fn a_registration_that_is_refused_says_why() {
    let stack = Stack::new();
    let _fault = stack.fail(Function::NotifyTeredoPortChange, Status::NotEnoughMemory);
    let error = silent(&stack).unwrap_err();
    assert_eq!((error.function(), error.code()), ("NotifyTeredoPortChange", 8));
}

/// The story of a callback that does something with its own subscription.
fn in_its_callback(mode: Mode, act: impl Fn(Subscription) + Send + Sync + 'static) -> Stack {
    let stack = Stack::builder().mode(mode).build();
    let place: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let own = place.clone();
    let callback = move |_: &_| {
        let subscription = own.lock().unwrap().take();
        act(subscription.expect("it is called once"));
    };
    let changes = NetIo::on_teredo_port_change(&stack, Initial::No, Box::new(callback)).unwrap();
    *place.lock().unwrap() = Some(changes);
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert!(place.lock().unwrap().is_none(), "it was called");
    stack
}

#[test]
fn a_cancel_in_its_own_callback_is_refused_with_the_explanation() {
    for mode in [Mode::Manual, Mode::Controlled] {
        let answer: Arc<Mutex<Option<Result<(), Error>>>> = Arc::default();
        let said = answer.clone();
        let stack = in_its_callback(mode, move |own| *said.lock().unwrap() = Some(own.cancel()));
        let error = answer.lock().unwrap().take().expect("it returned").unwrap_err();
        assert!(error.is_deadlock());
        assert_eq!(error.function(), "CancelMibChangeNotify2");
        let findings = stack.take_findings();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].rule, Rule::SelfCancel);
        assert_eq!(error.explanation(), Some(findings[0].message.as_str()));
    }
}

#[test]
fn not_waiting_for_it_is_allowed_there() {
    for mode in Mode::ALL {
        let stack = in_its_callback(mode, Subscription::cancel_detached);
        assert_eq!(stack.findings(), [], "{mode:?}");
    }
}

#[test]
fn without_waiting_it_is_cancelled_at_once_where_nothing_can_run_meanwhile() {
    let stack = Stack::new();
    silent(&stack).unwrap().cancel_detached();
    let calls = stack.calls();
    let last = calls.last().expect("two calls");
    assert_eq!((last.function, last.thread.as_str()), (Function::CancelMibChangeNotify2, "main"));
    assert_eq!(last.code, Some(0));
}

#[test]
fn and_on_a_thread_of_its_own_elsewhere() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    silent(&stack).unwrap().cancel_detached();
    stack.run_until_idle();
    let calls = stack.calls();
    let last = calls.last().expect("two calls");
    assert_eq!((last.function, last.thread.as_str()), (Function::CancelMibChangeNotify2, "cancel"));
    assert_eq!(last.code, Some(0));
}

#[test]
fn a_subscription_may_outlive_its_stack() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let [dropped, detached, cancelled] = [(); 3].map(|()| silent(&stack).unwrap());
        let inside = stack.handle();
        drop(stack);
        drop(dropped);
        let threads = inside.inspect(|model| model.actors().count());
        detached.cancel_detached();
        assert_eq!(inside.inspect(|model| model.actors().count()), threads, "no more threads");
        let error = cancelled.cancel().unwrap_err();
        assert_eq!(error.name(), Some("ERROR_SHUTDOWN_IN_PROGRESS"));
    }
}
