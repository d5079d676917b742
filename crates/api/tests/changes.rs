//! Every kind of registration, over a simulated stack, in every mode.

use std::sync::{Arc, Mutex};

use netiosim_api::{ChangeKind, Error, Family, Initial, NetIo, Subscription};
use netiosim_sim::{Mode, Stack};

const MODES: [Mode; 3] = [Mode::Manual, Mode::Controlled, Mode::Threads];

/// What callbacks were told, one line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn say(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn ports(net: &dyn NetIo, log: &Log, initial: Initial) -> Result<Subscription, Error> {
    let log = log.clone();
    net.on_teredo_port_change(
        initial,
        Box::new(move |change| log.say(format!("{:?} {}", change.kind, change.port))),
    )
}

fn rows(net: &dyn NetIo, log: &Log, initial: Initial) -> Result<Subscription, Error> {
    let log = log.clone();
    net.on_ip_interface_change(
        Some(Family::V4),
        initial,
        Box::new(move |change| {
            let row = change.entry().map(|row| row.map(|row| (row.mtu, row.connected)));
            log.say(format!("{:?} {:?} {row:?}", change.kind, change.key.map(|key| key.family)));
        }),
    )
}

fn addresses(net: &dyn NetIo, log: &Log, initial: Initial) -> Result<Subscription, Error> {
    let log = log.clone();
    net.on_unicast_address_change(
        None,
        initial,
        Box::new(move |change| {
            let Some(key) = change.key else { return log.say(format!("{:?}", change.kind)) };
            let state = match change.entry() {
                Some(Ok(row)) => format!("{:?}/{}", row.dad_state, row.prefix_length),
                Some(Err(error)) => error.to_string(),
                None => "no keys".to_owned(),
            };
            let alias = change.net().alias_of(key.luid).unwrap();
            log.say(format!("{:?} {} on {alias}: {state}", change.kind, key.address));
        }),
    )
}

fn routes(net: &dyn NetIo, log: &Log, initial: Initial) -> Result<Subscription, Error> {
    let log = log.clone();
    net.on_route_change(
        Some(Family::V4),
        initial,
        Box::new(move |change| {
            let Some(key) = change.key else { return log.say(format!("{:?}", change.kind)) };
            let there = change.entry().is_some_and(|row| row.is_ok());
            log.say(format!("{:?} {}/{} {there}", change.kind, key.destination, key.prefix_length));
        }),
    )
}

#[test]
fn of_the_teredo_port() {
    for mode in MODES {
        let (stack, log) = (Stack::builder().mode(mode).build(), Log::default());
        let changes = ports(&stack, &log, Initial::Yes).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Initial 0"]);
        stack.restart_teredo_on(50_123).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Parameter 50123"]);
        changes.cancel().unwrap();
        stack.restart_teredo_on(50_124).unwrap();
        stack.run_until_idle();
        assert!(log.take().is_empty(), "nothing after the cancel (CX-08): {mode:?}");
    }
}

#[test]
fn of_an_ip_interface() {
    use netiosim_sim::model::net::Family as F;
    for mode in MODES {
        let (stack, log) = (Stack::builder().mode(mode).build(), Log::default());
        let changes = rows(&stack, &log, Initial::Yes).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Initial None None"]);
        stack.set_mtu("Ethernet", F::V4, 1400).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Parameter Some(V4) Some(Ok((1400, true)))"]);
        stack.set_mtu("Ethernet", F::V6, 1400).unwrap();
        stack.run_until_idle();
        assert!(log.take().is_empty(), "it is for the other family");
        changes.cancel().unwrap();
    }
}

#[test]
fn of_a_unicast_address() {
    for mode in MODES {
        let (stack, log) = (Stack::builder().mode(mode).build(), Log::default());
        let changes = addresses(&stack, &log, Initial::No).unwrap();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Add 10.0.0.5 on Ethernet: Tentative/24"]);
        stack.advance_ms(3000);
        assert_eq!(log.take(), ["Parameter 10.0.0.5 on Ethernet: Preferred/24"]);
        stack.remove_address("Ethernet", "10.0.0.5").unwrap();
        stack.run_until_idle();
        assert_eq!(
            log.take(),
            [
                "Delete 10.0.0.5 on Ethernet: GetUnicastIpAddressEntry answered ERROR_NOT_FOUND (1168)"
            ]
        );
        drop(changes);
        stack.add_address("Ethernet", "10.0.0.6/24").unwrap();
        stack.run_until_idle();
        assert!(log.take().is_empty(), "dropping cancels: {mode:?}");
    }
}

#[test]
fn of_a_route() {
    for mode in MODES {
        let (stack, log) = (Stack::builder().mode(mode).build(), Log::default());
        let changes = routes(&stack, &log, Initial::Yes).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Initial"]);
        stack.add_route("Ethernet", "172.16.0.0/12", None).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Add 172.16.0.0/12 true"]);
        stack.remove_route("Ethernet", "172.16.0.0/12", None).unwrap();
        stack.run_until_idle();
        assert_eq!(log.take(), ["Delete 172.16.0.0/12 false"]);
        changes.cancel().unwrap();
    }
}

#[test]
fn a_registration_that_is_refused_says_why() {
    use netiosim_sim::model::event::Function;
    use netiosim_sim::model::status::Status;

    type Register = fn(&dyn NetIo, &Log, Initial) -> Result<Subscription, Error>;
    let all: [(Function, Register); 4] = [
        (Function::NotifyTeredoPortChange, ports),
        (Function::NotifyIpInterfaceChange, rows),
        (Function::NotifyUnicastIpAddressChange, addresses),
        (Function::NotifyRouteChange2, routes),
    ];
    for (function, register) in all {
        let (stack, log) = (Stack::new(), Log::default());
        let fault = stack.fail(function, Status::NotEnoughMemory);
        let error = register(&stack, &log, Initial::Yes).unwrap_err();
        assert_eq!((error.function(), error.code()), (function.name(), 8));
        drop(fault);
        register(&stack, &log, Initial::No).unwrap().cancel().unwrap();
        assert!(log.take().is_empty());
    }
}

#[test]
fn unknown_numbers_mean_look_again() {
    assert_eq!(ChangeKind::from_number(1), ChangeKind::Add);
    assert_eq!(ChangeKind::from_number(2), ChangeKind::Delete);
    assert_eq!(ChangeKind::from_number(3), ChangeKind::Initial);
    assert_eq!(ChangeKind::from_number(-1), ChangeKind::Parameter);
}
