//! What can be seen of a machine from outside: processes, lanes, the rows that callbacks are lent.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::bench::{Bench, code_of};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::event::What;
use netiosim_model::function::Function;
use netiosim_model::machine::{Begun, EntryQuery, Irql, LockMode, Machine, Request, RowRef, Wait};
use netiosim_model::member::Member;
use netiosim_model::net::{AF_INET, AF_UNSPEC, Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::RowType;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{Route, UnicastAddress};
use netiosim_model::teredo::PortWish;

const ETHERNET: Luid = Luid::new(6, 1);

#[test]
fn a_process_is_alive_until_it_ends_and_once_it_starts_again() {
    let mut machine = Machine::new(Profile::Documented, home());
    let (one, other) =
        (machine.process("one", Flavour::User), machine.process("two", Flavour::User));
    let main = machine.actor("main", one);
    let alive =
        |machine: &Machine| [one, other].map(|id| machine.processes()[id.slot()].is_alive());
    assert_eq!(alive(&machine), [true, true]);
    machine.process_exit(main, one);
    assert_eq!(alive(&machine), [false, true]);
    machine.process_start(one);
    assert_eq!(alive(&machine), [true, true]);
}

#[test]
fn lanes_have_a_family_where_there_are_two() {
    let mut machine = Machine::new(Profile::Documented, home());
    let process = machine.process("program", Flavour::User);
    let main = machine.actor("main", process);
    let mut families = |function, family| {
        let request = Request::new("lanes", 1);
        let left = machine.notify(main, function, family, &request, &mut First::default());
        let registration = machine.registration(left.handle).expect("a registration");
        [0, 1].map(|lane| registration.lane_family(lane))
    };
    let interfaces = Function::NotifyIpInterfaceChange;
    assert_eq!(families(interfaces, AF_UNSPEC), [Some(Family::V4), Some(Family::V6)]);
    assert_eq!(families(interfaces, AF_INET), [None, None]);
    assert_eq!(families(Function::NotifyTeredoPortChange, AF_UNSPEC), [None, None]);
}

#[test]
fn the_type_of_a_lent_row_is_that_of_its_function() {
    let gateway = [192, 168, 1, 1].into();
    for (function, change, row) in [
        (
            Function::NotifyIpInterfaceChange,
            Change::RowSet {
                luid: ETHERNET,
                family: Family::V4,
                values: vec![(Member::NlMtu, 1400)],
            },
            Some(RowType::IpInterface),
        ),
        (
            Function::NotifyUnicastIpAddressChange,
            Change::AddressAdd {
                address: UnicastAddress::new(ETHERNET, [10, 0, 0, 1].into(), 24),
                optimistic: false,
            },
            Some(RowType::Unicast),
        ),
        (
            Function::NotifyRouteChange2,
            Change::RouteAdd(Route::new(ETHERNET, [10, 0, 0, 0].into(), 8, gateway)),
            Some(RowType::Forward),
        ),
        (Function::NotifyTeredoPortChange, Change::TeredoRestart(PortWish::Exactly(50_001)), None),
    ] {
        let mut machine = Machine::new(Profile::Documented, home());
        let process = machine.process("program", Flavour::User);
        let (main, pool) = (machine.actor("main", process), machine.actor("pool", process));
        let request = Request::new("rows", 1);
        let _ = machine.notify(main, function, AF_UNSPEC, &request, &mut First::default());
        machine.change(None, &change, &mut First::default()).expect("a change at home");
        let lane = machine.next_deliverable().expect("a notification");
        let due = machine.delivery_begin(lane, pool);
        let lent = RowRef { handle: due.lane.handle, number: due.number };
        assert_eq!(machine.row_type(lent), row, "{function}");
        machine.delivery_end(pool);
    }
}

#[test]
fn a_machine_tells_how_it_was_made() {
    for profile in [Profile::Documented, Profile::Observed, Profile::Adversarial, Profile::Wine] {
        let machine = Machine::new(profile, home());
        assert_eq!((machine.profile(), machine.tag(), machine.now_ms()), (profile, 0, 0));
        assert_eq!(machine.tagged(9).tag(), 9);
    }
}

#[test]
fn equal_machines_hash_alike_and_others_do_not() {
    let hash = |machine: &Machine| BuildHasherDefault::<DefaultHasher>::new().hash_one(machine);
    let mut bench = Bench::new();
    let first = bench.machine.clone();
    bench.machine.note(None, "a word that is no part of the state");
    assert_eq!((&bench.machine, hash(&bench.machine)), (&first, hash(&first)));
    bench.ports("ports");
    assert_ne!(bench.machine, first);
    assert_ne!(hash(&bench.machine), hash(&first));
}

#[test]
fn processes_and_actors_are_as_they_were_made() {
    let mut machine = Machine::new(Profile::Documented, home());
    let program = machine.process("program", Flavour::User);
    let driver = machine.process("driver", Flavour::Kernel);
    machine.set_elevated(program, false);
    let processes = machine.processes().iter();
    let seen: Vec<_> = processes.map(|p| (p.name(), p.flavour(), p.is_elevated())).collect();
    assert_eq!(seen, [("program", Flavour::User, false), ("driver", Flavour::Kernel, true)]);
    machine.set_elevated(program, true);
    assert!(machine.processes()[program.slot()].is_elevated());

    let (main, work) = (machine.actor("main", program), machine.actor("work", driver));
    let seen: Vec<_> = machine.actors().iter().map(|a| (a.name(), a.process())).collect();
    assert_eq!(seen, [("main", program), ("work", driver)]);
    for actor in [main, work] {
        let info = machine.actor_info(actor);
        assert!(info.is_alive() && !info.is_deadlocked());
        assert_eq!((info.irql(), info.wait(), info.place()), (Irql::Passive, None, None));
    }
    machine.set_irql(work, Irql::Dispatch);
    assert_eq!(machine.actor_info(work).irql(), Irql::Dispatch);
    machine.at(main, "vpn.rs:12");
    let known = machine.place_id("vpn.rs:99");
    machine.at_place(work, known);
    let place = |actor| machine.actor_info(actor).place().map(|place| machine.place_text(place));
    assert_eq!([main, work].map(place), [Some("vpn.rs:12"), Some("vpn.rs:99")]);
    assert_eq!(machine.join(main, work), Begun::Wait);
    assert_eq!(machine.actor_info(main).wait(), Some(Wait::Join(work)));
    machine.actor_exit(work);
    assert!(!machine.actor_info(work).is_alive());
}

#[test]
fn an_actor_of_a_pool_serves_one_process_after_another() {
    let mut bench = Bench::new();
    let other = bench.machine.process("other", Flavour::Kernel);
    let machine = &mut bench.machine;
    machine.at(bench.pool, "vpn.rs:1");
    let events = machine.events().len();
    machine.actor_park(bench.pool);
    assert!(!machine.actor_info(bench.pool).is_alive());
    assert_eq!(machine.events().len(), events, "without a word");
    machine.set_irql(bench.pool, Irql::Apc);
    machine.actor_reuse(bench.pool, other);
    let actor = machine.actor_info(bench.pool);
    assert!(actor.is_alive());
    assert_eq!((actor.process(), actor.irql(), actor.place()), (other, Irql::Passive, None));
    assert_eq!(machine.flavour(bench.pool), Flavour::Kernel);
}

#[test]
fn a_registration_is_as_it_was_asked_for() {
    let mut bench = Bench::with(&[("initial-thread", "pool")]);
    let object = bench.machine.object("vpn");
    assert_eq!(bench.machine.object_name(object), "vpn");
    let request =
        Request { context: 0x77, initial: true, object: Some(object), ..Request::new("ports", 41) };
    let (machine, chooser) = (&mut bench.machine, &mut bench.chooser);
    let handle = machine.notify_teredo_port_change(bench.main, &request, chooser).handle;
    let registration = machine.registration(handle).expect("it is live");
    assert_eq!((registration.name(), registration.process()), ("ports", bench.process));
    assert_eq!((registration.callback(), registration.context()), (41, 0x77));
    assert_eq!(registration.object(), Some(object));
    let counts = |bench: &Bench| {
        let registration = bench.machine.registration(handle).expect("it is live");
        (registration.begun(), registration.pending())
    };
    assert_eq!(counts(&bench), (0, 1), "the initial notification waits as well");
    bench.restart(50_001);
    assert_eq!(counts(&bench), (0, 2));
    bench.drain(handle);
    bench.restart(50_002);
    assert_eq!(counts(&bench), (2, 1));
}

#[test]
fn events_are_recorded_where_that_is_wanted_and_findings_always() {
    let mut bench = Bench::new();
    bench.machine.record(false);
    bench.machine.take_events();
    let lock = bench.machine.lock("lock", false);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    bench.machine.note(None, "unheard");
    let report = |bench: &mut Bench| {
        bench.machine.report(Rule::CallbackPanicked, bench.pool, None, "it did".to_owned())
    };
    assert_eq!([report(&mut bench), report(&mut bench), report(&mut bench)], [0, 1, 2]);
    assert_eq!((bench.machine.events(), bench.rules()), ([].as_slice(), vec!["N017"; 3]));
    bench.machine.forget_findings();
    assert!(bench.machine.findings().is_empty());
    assert_eq!(report(&mut bench), 0, "their positions begin anew");
    bench.machine.record(true);
    bench.machine.note(None, "heard");
    let told: Vec<What> = bench.machine.take_events().into_iter().map(|e| e.what).collect();
    assert_eq!(told, [What::Note("heard".to_owned())]);
}

#[test]
fn the_trace_speaks_of_a_registration_by_its_name_also_when_it_is_gone() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
    assert!(bench.machine.registration(handle).is_none());
    let returns = |event: &&netiosim_model::event::Event| matches!(event.what, What::Return { .. });
    let returned: Vec<_> = bench.machine.events().iter().filter(returns).collect();
    assert_eq!(returned.len(), 2, "both calls returned");
    for event in returned {
        let line = bench.machine.trace_line(event);
        assert!(line.ends_with("NO_ERROR (0), ports"), "{line}");
    }
}

#[test]
fn what_a_driver_is_told_when_memory_is_out_is_an_option() {
    for (value, code) in [("insufficient-resources", 0xC000_009A), ("no-memory", 0xC000_0017)] {
        let mut bench = Bench::with(&[("no-memory-status", value)]);
        let driver = bench.machine.process("driver", Flavour::Kernel);
        let actor = bench.machine.actor("work", driver);
        assert_eq!(bench.machine.code(actor, Status::NotEnoughMemory), code, "{value}");
    }
}

#[test]
fn an_interface_row_is_asked_for_by_luid_or_by_index() {
    let mut bench = Bench::new();
    for (luid, index) in [(ETHERNET, 2), (ETHERNET, 0), (Luid::UNSPECIFIED, 2)] {
        let query = EntryQuery { family: AF_INET, luid, index };
        let machine = &mut bench.machine;
        let answer = machine.get_ip_interface_entry(bench.main, Some(query), &mut bench.chooser);
        let (key, _) = answer.unwrap_or_else(|error| panic!("{query:?}: {error:?}"));
        assert_eq!((key.family, key.luid, key.index), (Family::V4, ETHERNET, 2));
    }
    for query in [None, Some(EntryQuery { family: AF_INET, ..EntryQuery::default() })] {
        let machine = &mut bench.machine;
        let answer = machine.get_ip_interface_entry(bench.main, query, &mut bench.chooser);
        assert_eq!(answer.expect_err("no key"), (Status::InvalidParameter, 87), "{query:?}");
    }
}

/// MIB_NOTIFICATION_TYPE (NT-01 to NT-04).
#[test]
fn the_kinds_of_notifications_have_the_numbers_of_the_header() {
    use netiosim_model::net::NotificationType::{self, Add, Delete, Initial, Parameter};
    assert_eq!([Parameter, Add, Delete, Initial].map(NotificationType::number), [0, 1, 2, 3]);
}

#[test]
fn a_lent_row_has_the_keys_of_its_object_and_an_initial_one_is_null() {
    use netiosim_model::notification::{Notification, RowKey, UnicastKey};
    use netiosim_model::row::Row;
    let kind = netiosim_model::net::NotificationType::Add;
    let key = RowKey { family: Family::V6, luid: ETHERNET, index: 2 };
    let interface = |row| Notification::IpInterface { row, kind };
    let lent = interface(Some(key));
    assert!(lent.has_row() && !interface(None).has_row());
    let Some(Some(Row::IpInterface(row))) = lent.row() else { panic!("{lent:?}") };
    assert_eq!((row.family, row.luid, row.index), (Family::V6.number(), ETHERNET, 2));
    assert_eq!(interface(None).row(), Some(None));
    let key = UnicastKey { address: [10, 0, 0, 1].into(), luid: ETHERNET, index: 2 };
    let lent = Notification::UnicastAddress { row: Some(key), kind };
    let Some(Some(Row::Unicast(row))) = lent.row() else { panic!("{lent:?}") };
    assert_eq!((row.address.to_string(), row.luid, row.index), ("10.0.0.1".into(), ETHERNET, 2));
    let port = Notification::TeredoPort { port: 5, kind };
    assert_eq!((port.has_row(), port.row()), (false, None));
}
