//! A call that registers: what it asks of its driver, how it returns, and how deep registrations nest.

use std::collections::BTreeSet;

use crate::asked::Asked;
use crate::bench::{Bench, code_of};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::event::What;
use netiosim_model::function::Function;
use netiosim_model::machine::{Machine, PartKind, Request};
use netiosim_model::net::{AF_INET, AF_UNSPEC, Family};
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use netiosim_model::teredo::PortWish;

const PORTS: Function = Function::NotifyTeredoPortChange;
const INTERFACES: Function = Function::NotifyIpInterfaceChange;
const HINT: Function = Function::NotifyNetworkConnectivityHintChange;

/// A machine that leaves everything open which may be.
fn open() -> (Machine, netiosim_model::ids::ActorId) {
    let mut machine = Machine::new(Profile::Adversarial, home());
    let process = machine.process("app", Flavour::User);
    let main = machine.actor("main", process);
    (machine, main)
}

#[test]
fn only_what_makes_a_difference_is_asked() {
    for (function, family, initial, options) in [
        (PORTS, AF_UNSPEC, false, &[][..]),
        (PORTS, AF_UNSPEC, true, &["initial-thread", "handle-written"]),
        (HINT, AF_UNSPEC, false, &[]),
        (HINT, AF_UNSPEC, true, &["initial-thread", "handle-written", "hint-initial"]),
        (INTERFACES, AF_INET, true, &["initial-thread", "handle-written"]),
        (INTERFACES, AF_UNSPEC, false, &[]),
        (INTERFACES, AF_UNSPEC, true, &["initial-thread", "handle-written", "initial-unspec"]),
    ] {
        let ((mut machine, main), mut asked) = (open(), Asked::default());
        let request = Request { initial, ..Request::new("r", 1) };
        assert_eq!(machine.notify(main, function, family, &request, &mut asked).code, 0);
        let expected: BTreeSet<_> = options.iter().copied().chain(["serialization"]).collect();
        assert_eq!(asked.0, expected, "{function} of family {family}, initial {initial}");
    }
}

#[test]
fn what_a_port_leads_to_is_asked_whether_anybody_listens_or_not() {
    for (change, option) in [
        (Change::TeredoRestart(PortWish::Exactly(50_001)), "port-change-type"),
        (Change::TeredoStop, "port-on-stop"),
    ] {
        let ((mut machine, _), mut asked) = (open(), Asked::default());
        machine.change(None, &change, &mut asked).expect("a change at home");
        assert!(asked.0.contains(option), "{option} is not among {:?}", asked.0);
        assert!(!asked.0.contains("coalescing"), "nothing waits for nobody");
    }
}

#[test]
fn a_call_returns_once_and_after_its_initial_deliveries() {
    let mut bench = Bench::new();
    let returns = |bench: &mut Bench| {
        let of = |what| match what {
            What::Return { function, code, handle, port } => {
                assert_eq!((function, port), (PORTS, None));
                Some((code, handle))
            }
            _ => None,
        };
        let events = bench.machine.take_events();
        events.into_iter().filter_map(|event| of(event.what)).collect::<Vec<_>>()
    };
    let handle = bench.ports("at once");
    assert_eq!(returns(&mut bench), [(0, Some(handle))]);
    let request = Request { initial: true, ..Request::new("initial", 3) };
    let machine = &mut bench.machine;
    let left = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    let _ = machine.delivery_begin(left.initial[0], bench.main);
    machine.delivery_end(bench.main);
    assert_eq!(returns(&mut bench), [], "the call is not over");
    bench.machine.register_return(bench.main, PORTS, left.code, left.handle);
    assert_eq!(returns(&mut bench), [(0, Some(left.handle))]);
}

#[test]
fn the_trace_tells_the_families_of_a_registration_of_both() {
    for (family, name) in [(AF_UNSPEC, "r/IPv4"), (AF_INET, "r")] {
        let mut bench = Bench::new();
        let request = Request::new("r", 1);
        let (machine, chooser) = (&mut bench.machine, &mut bench.chooser);
        let handle =
            machine.notify_ip_interface_change(bench.main, family, &request, chooser).handle;
        bench.touch(Family::V4);
        bench.begin(handle, bench.pool);
        let event = bench.machine.events().last().expect("the delivery");
        let line = bench.machine.trace_line(event);
        assert!(line.contains(&format!("begin   {name} #1")), "{line}");
    }
}

#[test]
fn a_callback_that_registers_itself_again_nests_sixteen_deep() {
    let mut bench = Bench::with(&[("serialization", "lane")]);
    let request = Request { initial: true, ..Request::new("again", 3) };
    let mut depth = 0;
    loop {
        let machine = &mut bench.machine;
        let left = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
        let Some(lane) = left.initial.first() else {
            assert_eq!(machine.next_deliverable().map(|lane| lane.handle), Some(left.handle));
            break;
        };
        let _ = machine.delivery_begin(*lane, bench.main);
        depth += 1;
    }
    assert_eq!(depth, 16, "the next one comes from the pool");
}

#[test]
fn where_no_registration_is_left_it_does_not_matter_how_many_there_were() {
    let mut bench = Bench::new();
    let ready = |bench: &Bench| bench.machine.part((PartKind::Ready, 0));
    let first = ready(&bench);
    let (one, two) = (bench.ports("one"), bench.ports("two"));
    bench.restart(50_001);
    bench.drain(one);
    assert_eq!(code_of(bench.cancel(bench.main, one)), 0);
    assert_ne!(ready(&bench), first, "two is there still, and counted on");
    assert_eq!(code_of(bench.cancel(bench.main, two)), 0);
    assert_eq!(ready(&bench), first);
}
