//! GetIfStackTable and GetInvertedIfStackTable.

use std::collections::BTreeSet;

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Fault, Machine};
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::row::{IfStackRow, InvertedIfStackRow, Row};
use netiosim_model::status::{Flavour, Status};
use proptest::prelude::*;

const STACK: Function = Function::GetIfStackTable;
const INVERTED: Function = Function::GetInvertedIfStackTable;

struct Bench {
    machine: Machine,
    process: ProcessId,
    main: ActorId,
    chooser: First,
}

impl Bench {
    fn new(flavour: Flavour, env: Env) -> Self {
        let mut machine = Machine::new(Profile::Documented, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, process, main, chooser: First::default() }
    }

    fn call(&mut self, function: Function, pointer: bool) -> Reply {
        let call = Call::Table { function, family: 0, level: 0, pointer };
        self.machine.call(self.main, &call, &mut self.chooser)
    }

    fn rows(&mut self, function: Function) -> Vec<Row> {
        let Output::Table(table) = self.call(function, true).output else { panic!("a table") };
        let rows = self.machine.table_rows(self.main, table).expect("a live table").to_vec();
        self.machine.free_mib_table(self.main, Memory::Table(table));
        rows
    }

    /// Pairs of higher and lower index, in the order of the table.
    fn stack(&mut self) -> Vec<(u32, u32)> {
        let row = |row: Row| IfStackRow::try_from(row).expect("a stack row");
        self.rows(STACK).into_iter().map(row).map(|row| (row.higher, row.lower)).collect()
    }

    /// The same of the inverted table.
    fn inverted(&mut self) -> Vec<(u32, u32)> {
        let row = |row: Row| InvertedIfStackRow::try_from(row).expect("an inverted row");
        self.rows(INVERTED).into_iter().map(row).map(|row| (row.higher, row.lower)).collect()
    }
}

fn luid(n: u32) -> Luid {
    Luid::new(if_type::ETHERNET, n)
}

/// Interfaces with the NetLuidIndex n and the index 100 - n, one above the other as said.
fn stacked(pairs: &[(u32, u32)]) -> Env {
    let mut env = home();
    for n in 10..20 {
        let interface = Interface::new(format!("interface {n}"), if_type::ETHERNET, n, 100 - n);
        env.place_interface(interface).expect("free keys");
    }
    for (higher, lower) in pairs {
        env.place_above(luid(*higher), luid(*lower)).expect("both are there");
    }
    env
}

#[test]
fn every_error_in_both_flavours() {
    for (flavour, bad, none, memory) in
        [(Flavour::User, 87, 1168, 8), (Flavour::Kernel, 0xC000_000D, 0xC000_0225, 0xC000_009A)]
    {
        for function in [STACK, INVERTED] {
            let mut bench = Bench::new(flavour, home());
            assert_eq!(bench.call(function, false).code, bad, "SK-01: {function}");
            let reply = bench.call(function, true);
            assert_eq!((reply.code, reply.output), (none, Output::Nothing), "SK-02: {function}");
            let mut bench = Bench::new(flavour, stacked(&[(10, 11)]));
            assert_eq!(bench.call(function, false).code, bad, "SK-01: {function}");
            bench.machine.fault_add(Fault::new(function, Status::NotEnoughMemory));
            assert_eq!(bench.call(function, true).code, memory, "SK-03: {function}");
        }
    }
}

#[test]
fn both_show_what_lies_directly_above_what() {
    for flavour in Flavour::ALL {
        // Two filters on one adapter, a team of two adapters above the second filter.
        let mut bench = Bench::new(flavour, stacked(&[(10, 11), (11, 12), (15, 10), (15, 14)]));
        // SK-04: only what lies directly above; 90 is not above 88.
        assert_eq!(bench.stack(), [(85, 86), (85, 90), (89, 88), (90, 89)], "SK-04");
        assert_eq!(bench.inverted(), [(85, 86), (89, 88), (90, 89), (85, 90)], "SK-05, SK-06");
        assert!(bench.machine.findings().is_empty(), "SK-07: every table was freed");
    }
}

#[test]
fn the_lower_index_comes_first_in_the_inverted_row() {
    let mut bench = Bench::new(Flavour::User, stacked(&[(10, 11)]));
    let inverted = bench.rows(INVERTED);
    assert_eq!(inverted, [InvertedIfStackRow { lower: 89, higher: 90 }.into()], "SK-05");
    let names = |row: &Row| {
        let fields = netiosim_model::row::Field::all(row.row_type());
        fields.map(netiosim_model::row::Field::name).collect::<Vec<_>>()
    };
    let [lower, higher] = ["LowerLayerInterfaceIndex", "HigherLayerInterfaceIndex"];
    assert_eq!(names(&inverted[0]), [lower, higher], "SK-05");
    assert_eq!(names(&bench.rows(STACK)[0]), [higher, lower], "SK-04");
}

#[test]
fn they_follow_the_interfaces() {
    let mut bench = Bench::new(Flavour::User, stacked(&[(10, 11), (11, 12)]));
    let mut after = |change: Change| {
        bench.machine.change(None, &change, &mut bench.chooser).expect("a change");
        match bench.call(STACK, true).code {
            0 => bench.stack(),
            code => vec![(code, 0)],
        }
    };
    let above = |higher, lower, present| Change::Above {
        higher: luid(higher),
        lower: luid(lower),
        present,
    };
    assert_eq!(after(above(13, 10, true)), [(87, 90), (89, 88), (90, 89)], "SK-04");
    assert_eq!(after(above(11, 12, false)), [(87, 90), (90, 89)], "SK-04");
    assert_eq!(after(Change::InterfaceRemove(luid(13))), [(90, 89)]);
    assert_eq!(after(Change::InterfaceDisable(luid(11))), [(1168, 0)], "SK-02");
}

#[test]
fn a_table_that_is_not_freed_is_held() {
    let mut bench = Bench::new(Flavour::User, stacked(&[(10, 11)]));
    for function in [STACK, INVERTED] {
        let Output::Table(table) = bench.call(function, true).output else { panic!("a table") };
        assert_eq!(bench.machine.tables_held(bench.process), [(table, function)], "SK-07");
        bench.machine.free_mib_table(bench.main, Memory::Table(table));
        assert!(bench.machine.tables_held(bench.process).is_empty(), "SK-07");
    }
}

proptest! {
    /// SK-06: both tables have the same number of rows and describe the relation, each sorted by what
    /// comes first in its rows.
    #[test]
    fn both_tables_describe_the_same_relation(
        pairs in proptest::collection::btree_set((10..20u32, 10..20u32), 1..30),
        kernel in any::<bool>(),
    ) {
        let flavour = if kernel { Flavour::Kernel } else { Flavour::User };
        let listed: Vec<(u32, u32)> = pairs.iter().copied().collect();
        let mut bench = Bench::new(flavour, stacked(&listed));
        let (stack, inverted) = (bench.stack(), bench.inverted());
        let relation: BTreeSet<(u32, u32)> =
            pairs.iter().map(|(higher, lower)| (100 - higher, 100 - lower)).collect();
        prop_assert_eq!((stack.len(), inverted.len()), (relation.len(), relation.len()), "SK-06");
        for table in [&stack, &inverted] {
            prop_assert_eq!(&table.iter().copied().collect::<BTreeSet<_>>(), &relation, "SK-06");
        }
        prop_assert!(stack.is_sorted());
        prop_assert!(inverted.is_sorted_by_key(|(higher, lower)| (*lower, *higher)));
    }
}
