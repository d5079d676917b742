//! A state taken apart and put together again, and which of its parts a step touched.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::bench::Bench;
use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::machine::{Begun, LockMode, Machine, PartKind, PartName, PartValue};
use netiosim_model::net::AF_UNSPEC;
use netiosim_model::part::{COUNT, Touched};
use netiosim_model::status::Flavour;

/// The kinds of which a machine has any number.
const LISTS: [PartKind; 8] = [
    PartKind::Process,
    PartKind::Actor,
    PartKind::Slot,
    PartKind::Lock,
    PartKind::Channel,
    PartKind::Signal,
    PartKind::Object,
    PartKind::Overlapped,
];

/// A machine with three more of everything, nothing of it as it was when it was made.
fn rich(bare: &Bench) -> Machine {
    let mut bench = Bench { machine: bare.machine.clone(), chooser: bare.chooser.clone(), ..*bare };
    for n in 0..3 {
        let name = format!("{n}");
        let machine = &mut bench.machine;
        let process = machine.process(&name, Flavour::User);
        let actor = machine.actor(&name, process);
        let lock = machine.lock(&name, true);
        assert_eq!(machine.acquire(actor, lock, LockMode::Read), Begun::Done);
        let channel = machine.channel(&name, 2, None);
        assert_eq!(machine.send(actor, channel), Begun::Done);
        let object = machine.object(&name);
        machine.construct(actor, object);
        let overlapped = machine.overlapped(&name);
        assert_eq!(machine.notify_overlapped(actor, Function::NotifyAddrChange, overlapped).1, 997);
        machine.set_signal(actor, machine.overlapped_event(overlapped));
        bench.ports(&name);
    }
    bench.restart(50_001);
    bench.machine.set_nsi_down(true);
    bench.machine.elapse(500, &mut bench.chooser);
    table(&mut bench);
    bench.machine
}

fn table(bench: &mut Bench) -> TableId {
    let call = Call::table(Function::GetUnicastIpAddressTable, AF_UNSPEC);
    match bench.machine.call(bench.main, &call, &mut bench.chooser).output {
        Output::Table(table) => table,
        other => panic!("no table: {other:?}"),
    }
}

fn put_all(into: &mut Machine, of: &Machine) {
    for name in of.part_names().collect::<Vec<_>>() {
        into.put_part(name, of.part(name).as_ref());
    }
}

fn touched(machine: &mut Machine) -> BTreeMap<PartName, bool> {
    let mut all = BTreeMap::new();
    machine.take_touched(&mut |name, touched: Touched| {
        assert!(touched.read, "{name:?}: what is told was looked at");
        all.insert(name, touched.written);
    });
    all
}

#[test]
fn every_part_has_a_name_and_each_list_a_length() {
    let bare = Bench::new();
    let machine = rich(&bare);
    let names: Vec<PartName> = machine.part_names().collect();
    for kind in PartKind::SINGLE {
        assert_eq!(names.iter().filter(|name| name.0 == kind).count(), 1, "{kind:?}");
        assert!(machine.part((kind, 0)).is_some(), "{kind:?}");
        assert!(machine.part((kind, COUNT)).is_none(), "{kind:?} is no list");
    }
    assert_eq!(PartKind::SINGLE.len() + LISTS.len(), PartKind::COUNT);
    for kind in LISTS {
        let count = match kind {
            PartKind::Process => 4,
            PartKind::Actor => 7,
            _ => 3,
        };
        let own: Vec<usize> = names.iter().filter(|n| n.0 == kind).map(|n| n.1).collect();
        let expected: Vec<usize> = (0..count).chain([COUNT]).collect();
        assert_eq!(own, expected, "{kind:?}");
        assert!(machine.part((kind, count - 1)).is_some(), "{kind:?}");
        assert!(machine.part((kind, count)).is_none(), "{kind:?}: there is no more");
        assert_ne!(machine.part((kind, COUNT)), bare.machine.part((kind, COUNT)), "{kind:?}");
    }
}

#[test]
fn all_parts_together_are_the_machine_there_and_back() {
    let bare = Bench::new();
    let rich = rich(&bare);
    let mut machine = bare.machine.clone();
    put_all(&mut machine, &rich);
    assert_eq!(machine, rich);
    // What a machine does not have comes off at the end of each list.
    for kind in LISTS {
        let keep = bare.machine.part_names().filter(|name| name.0 == kind).count() - 1;
        machine.put_part((kind, keep), None);
    }
    put_all(&mut machine, &bare.machine);
    assert_eq!(machine, bare.machine);
}

#[test]
#[should_panic(expected = "is always there")]
fn what_there_is_one_of_cannot_be_taken_away() {
    Bench::new().machine.put_part((PartKind::Clock, 0), None);
}

#[test]
fn values_are_equal_and_hash_alike_where_the_parts_are_equal() {
    let hash = |value: &PartValue| BuildHasherDefault::<DefaultHasher>::new().hash_one(value);
    let bare = Bench::new();
    let (machine, again) = (rich(&bare), rich(&bare));
    let mut values: Vec<PartValue> = Vec::new();
    for name in machine.part_names() {
        let [one, two] = [&machine, &again].map(|machine| machine.part(name).expect("a part"));
        assert_eq!((&one, hash(&one)), (&two, hash(&two)), "{name:?}");
        // The lengths of lists are equal here and there.
        if name.1 != COUNT {
            for other in &values {
                assert_ne!(&one, other, "{name:?}");
                assert_ne!(hash(&one), hash(other), "{name:?}");
            }
            values.push(one);
        }
    }
}

#[test]
fn a_value_also_tells_what_can_only_be_read() {
    // Two machines that are equal, where one will hand out the next table under another number.
    let mut bench = Bench::new();
    let before = bench.machine.clone();
    let first = table(&mut bench);
    bench.machine.free_mib_table(bench.main, Memory::Table(first));
    assert_eq!(bench.machine, before, "a table that was freed decides nothing");
    let tables = (PartKind::Tables, 0);
    assert_ne!(bench.machine.part(tables), before.part(tables));
}

#[test]
fn a_step_names_the_parts_that_it_wrote() {
    let mut bench = Bench::new();
    let all = touched(&mut bench.machine);
    assert_eq!(all.get(&(PartKind::Actor, 3)), Some(&true), "it was added just now");
    assert_eq!(all.get(&(PartKind::Actor, COUNT)), Some(&true));
    assert!(touched(&mut bench.machine).is_empty(), "and is told once");
    type Deed = fn(&mut Bench);
    let deeds: [(Deed, PartKind); 8] = [
        (|bench| _ = bench.ports("ports"), PartKind::Order),
        (|bench| bench.restart(50_001), PartKind::Ready),
        (|bench| _ = table(bench), PartKind::Tables),
        (|bench| bench.machine.set_nsi_down(true), PartKind::Faults),
        (|bench| _ = bench.machine.elapse(1, &mut bench.chooser), PartKind::Clock),
        (|bench| bench.restart(50_002), PartKind::Env),
        (|bench| bench.machine.set_elevated(bench.process, false), PartKind::Process),
        (|bench| bench.machine.actor_park(bench.pool_2), PartKind::Actor),
    ];
    for (deed, kind) in deeds {
        deed(&mut bench);
        let all = touched(&mut bench.machine);
        assert!(all.iter().any(|(name, written)| name.0 == kind && *written), "{kind:?}: {all:?}");
        assert!(touched(&mut bench.machine).is_empty(), "{kind:?}");
    }
    // The lists behind it are told one by one.
    bench.machine.process("helper", Flavour::User);
    let all = touched(&mut bench.machine);
    assert_eq!(all.get(&(PartKind::Process, 1)), Some(&true));
    assert!(all.keys().all(|name| name.0 == PartKind::Process), "{all:?}");
}

#[test]
fn no_time_at_all_touches_neither_the_clock_nor_the_tables() {
    let mut bench = Bench::new();
    touched(&mut bench.machine);
    let env = bench.machine.env_snapshot();
    assert_eq!(bench.machine.elapse(0, &mut bench.chooser), 0);
    let all = touched(&mut bench.machine);
    assert!(!all.values().any(|written| *written), "{all:?}");
    assert!(std::sync::Arc::ptr_eq(&env, &bench.machine.env_snapshot()));
}

#[test]
fn a_freed_table_is_remembered_without_its_rows() {
    let home = Bench::new();
    let ethernet = netiosim_model::net::Luid::new(6, 1);
    let change = Change::AddressRemove { luid: ethernet, address: [192, 168, 1, 10].into() };
    let tables = [false, true].map(|shorter| {
        let mut bench =
            Bench { machine: home.machine.clone(), chooser: home.chooser.clone(), ..home };
        if shorter {
            bench.machine.change(None, &change, &mut bench.chooser).expect("an address at home");
        }
        let table = table(&mut bench);
        let held = bench.machine.part((PartKind::Tables, 0));
        bench.machine.free_mib_table(bench.main, Memory::Table(table));
        (held, bench.machine.part((PartKind::Tables, 0)))
    });
    assert_ne!(tables[0].0, tables[1].0, "they were tables of different rows");
    assert_eq!(tables[0].1, tables[1].1);
}
