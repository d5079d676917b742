//! Who owns a table that was handed out, and what becomes of it (N019 to N022).

use std::net::IpAddr;

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::build::{bring_teredo, home, teredo_interface};
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::{Function, Shape};
use netiosim_model::ids::{ActorId, ProcessId, TableId};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Irql, Machine, Request, RowRef};
use netiosim_model::net::{AF_INET, AF_UNSPEC, Family, Luid};
use netiosim_model::notification::Notification;
use netiosim_model::profile::Profile;
use netiosim_model::row::{Field, FieldValue, RowType, SocketAddress};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{Neighbour, NeighbourState, UnicastAddress};
use netiosim_model::teredo::{TeredoClient, TeredoNetwork, TeredoSettings, TeredoState};

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const UNICAST: Function = Function::GetUnicastIpAddressTable;
const STABLE: Function = Function::NotifyStableUnicastIpAddressTable;

struct Bench {
    machine: Machine,
    process: ProcessId,
    main: ActorId,
    pool: ActorId,
}

impl Bench {
    fn with(env: Env, flavour: Flavour) -> Self {
        let mut machine = Machine::new(Profile::Documented, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        let pool = machine.actor("pool", process);
        Self { machine, process, main, pool }
    }

    fn new() -> Self {
        Self::with(home(), Flavour::User)
    }

    fn table(&mut self, function: Function, family: u16) -> TableId {
        let call = Call::table(function, family);
        let reply = self.machine.call(self.main, &call, &mut First::default());
        match reply.output {
            Output::Table(table) if reply.code == 0 => table,
            _ => panic!("{function}: {reply:?}"),
        }
    }

    /// GetUnicastIpAddressTable, called there.
    fn table_at(&mut self, place: &str) -> TableId {
        self.machine.at(self.main, place);
        self.table(UNICAST, AF_UNSPEC)
    }

    fn free(&mut self, memory: Memory) {
        let reply = self.machine.call(self.main, &Call::Free(memory), &mut First::default());
        // CV-20: it returns nothing, whatever it was given.
        assert_eq!((reply.status, reply.code), (Status::Success, 0), "CV-20");
        assert_eq!(reply.output, Output::Nothing, "CV-20");
    }

    fn free_at(&mut self, place: &str, table: TableId) {
        self.machine.at(self.main, place);
        self.free(Memory::Table(table));
    }

    fn held(&self) -> usize {
        self.machine.tables_held(self.process).len()
    }

    fn exit(&mut self) {
        self.machine.process_exit(self.main, self.process);
    }

    fn rules(&self) -> Vec<&'static str> {
        self.machine.findings().iter().map(|finding| finding.rule.id()).collect()
    }

    /// The message of the only finding.
    fn message(&self) -> &str {
        assert_eq!(self.machine.findings().len(), 1, "{:?}", self.machine.findings());
        &self.machine.findings()[0].message
    }

    fn stable(&mut self, family: u16) -> netiosim_model::machine::Registered {
        let request = Request::new("stable", 5);
        self.machine.notify(self.main, STABLE, family, &request, &mut First::default())
    }

    /// Lets the Teredo client qualify, and the callback of the stable table begin on the pool.
    fn callback_table(&mut self) -> TableId {
        while self.machine.next_deliverable().is_none() {
            let due_ms = self.machine.next_timer_ms().expect("the client goes on");
            self.machine.elapse(due_ms, &mut First::default());
        }
        let lane = self.machine.next_deliverable().expect("just seen");
        let due = self.machine.delivery_begin(lane, self.pool);
        let Notification::StableTable { table: Some(table) } = due.notification else {
            panic!("no table: {}", due.notification);
        };
        table
    }
}

/// A machine with a row in every table.
fn full() -> Env {
    let mut env = home();
    let filter =
        Interface { filter: true, ..Interface::new("Ethernet-Filter", if_type::ETHERNET, 2, 20) };
    let higher = filter.luid;
    env.place_interface(filter).expect("an interface");
    env.place_above(higher, ETHERNET).expect("two interfaces");
    env.place_anycast(ETHERNET, "2001:db8::".parse().expect("an address"));
    env.place_neighbour(Neighbour {
        luid: ETHERNET,
        address: IpAddr::from([192, 168, 1, 1]),
        physical_address: vec![2, 0, 0, 0, 0, 1],
        state: NeighbourState::Permanent,
        is_router: true,
        is_unreachable: false,
    });
    env
}

/// A machine whose Teredo client sleeps.
fn dormant() -> Env {
    let mut env = Env::new(
        TeredoClient::new(TeredoSettings::default(), TeredoNetwork::default()),
        teredo_interface(1, 3),
    );
    env.place_interface(Interface::new("Ethernet", if_type::ETHERNET, 1, 2)).expect("an interface");
    env.place_address(UnicastAddress::new(ETHERNET, IpAddr::from([192, 168, 1, 10]), 24));
    assert!(bring_teredo(&mut env, TeredoState::Dormant, Some(50_000)));
    env
}

#[test]
fn every_table_function_hands_out_a_table_to_be_freed() {
    // CV-20
    let all = Function::ALL.into_iter().filter(|f| matches!(f.spec().shape, Shape::Table(_)));
    let all: Vec<Function> = all.collect();
    assert_eq!(all.len(), 10);
    for flavour in Flavour::ALL {
        for &function in &all {
            let mut bench = Bench::with(full(), flavour);
            let table = bench.table(function, AF_UNSPEC);
            assert_eq!(bench.machine.tables_held(bench.process), [(table, function)], "{function}");
            let rows = bench.machine.table_rows(bench.main, table).expect("it is not freed");
            let Shape::Table(row_type) = function.spec().shape else { unreachable!("filtered") };
            assert!(!rows.is_empty(), "{function}");
            assert!(rows.iter().all(|row| row.row_type() == row_type), "{function}");
            bench.free(Memory::Table(table));
            assert_eq!(bench.held(), 0, "CV-20: {function}");
            bench.exit();
            assert!(bench.rules().is_empty(), "CV-20: {function}");
        }
    }
}

#[test]
fn a_table_that_is_not_freed_is_reported_with_the_place_that_it_came_from() {
    // N019; IT-08, FT-07, SK-07, UT-06, RT-07: each page asks for FreeMibTable.
    for (id, function) in [
        ("IT-08", Function::GetIpInterfaceTable),
        ("FT-07", Function::GetIfTable2),
        ("FT-07", Function::GetIfTable2Ex),
        ("SK-07", Function::GetIfStackTable),
        ("SK-07", Function::GetInvertedIfStackTable),
        ("UT-06", Function::GetUnicastIpAddressTable),
        ("RT-07", Function::GetIpForwardTable2),
    ] {
        let mut bench = Bench::with(full(), Flavour::User);
        bench.machine.at(bench.main, "src/vpn.rs:12");
        let table = bench.table(function, AF_UNSPEC);
        bench.machine.at(bench.main, "src/main.rs:99");
        bench.exit();
        assert_eq!(bench.rules(), ["N019"], "{id}: {function}");
        let expected = format!(
            "process \"app\" ended and had not freed a table of {function}, handed out at \
             src/vpn.rs:12"
        );
        assert_eq!(bench.message(), expected, "{id}");
        assert_eq!(bench.held(), 0, "{id}: it is gone with its process");

        let mut tidy = Bench::with(full(), Flavour::User);
        let same = tidy.table(function, AF_UNSPEC);
        assert_eq!(same, table);
        tidy.free(Memory::Table(same));
        tidy.exit();
        assert!(tidy.rules().is_empty(), "{id}: {function}");
    }
}

#[test]
fn each_leaked_table_is_a_finding_and_the_freed_ones_are_none() {
    let mut bench = Bench::new();
    let one = bench.table_at("a.rs:1");
    let two = bench.table_at("a.rs:2");
    let three = bench.table_at("a.rs:3");
    assert!(one != two && two != three);
    bench.free(Memory::Table(two));
    assert_eq!(bench.machine.tables_held(bench.process), [(one, UNICAST), (three, UNICAST)]);
    bench.exit();
    let places: Vec<&str> =
        bench.machine.findings().iter().filter_map(|f| f.message.split(" at ").last()).collect();
    assert_eq!(places, ["a.rs:1", "a.rs:3"]);
    assert_eq!(bench.rules(), ["N019", "N019"]);
}

#[test]
fn a_table_belongs_to_the_process_that_was_handed_it() {
    let mut bench = Bench::new();
    let mine = bench.table_at("mine.rs:1");
    let other = bench.machine.process("other", Flavour::User);
    let its_main = bench.machine.actor("main", other);
    let call = Call::table(UNICAST, AF_UNSPEC);
    let reply = bench.machine.call(its_main, &call, &mut First::default());
    assert!(matches!(reply.output, Output::Table(_)));
    assert_eq!(bench.machine.tables_held(other).len(), 1);
    bench.machine.process_exit(its_main, other);
    assert_eq!(bench.rules(), ["N019"]);
    assert!(bench.message().starts_with("process \"other\" ended"));
    assert!(bench.machine.table_rows(bench.main, mine).is_some(), "mine is still there");
}

#[test]
fn a_run_that_ends_without_its_processes_can_ask_for_the_leaks() {
    let mut bench = Bench::new();
    bench.table_at("a.rs:1");
    bench.machine.report_tables(bench.main, bench.process);
    assert_eq!(bench.rules(), ["N019"]);
    bench.exit();
    assert_eq!(bench.rules(), ["N019"], "it is said once");
}

#[test]
fn a_shutdown_of_the_machine_is_nobodys_leak() {
    let mut bench = Bench::new();
    let table = bench.table_at("a.rs:1");
    bench.machine.reboot(&mut First::default());
    assert!(bench.rules().is_empty());
    assert_eq!(bench.held(), 0);
    assert!(bench.machine.tables_held(bench.process).iter().all(|held| held.0 != table));
}

#[test]
fn a_driver_leaks_as_well() {
    let mut bench = Bench::with(home(), Flavour::Kernel);
    bench.table_at("driver.c:40");
    bench.exit();
    assert_eq!(bench.rules(), ["N019"], "UT-06");
}

#[test]
fn a_second_free_names_the_first() {
    // N020; CV-20
    let mut bench = Bench::new();
    let table = bench.table_at("a.rs:1");
    bench.free_at("a.rs:5", table);
    bench.free_at("b.rs:9", table);
    assert_eq!(bench.rules(), ["N020"], "CV-20");
    assert_eq!(
        bench.message(),
        "a table of GetUnicastIpAddressTable, handed out at a.rs:1 was freed twice, first at a.rs:5"
    );
    let place = bench.machine.findings()[0].place.expect("a place");
    assert_eq!(bench.machine.place_text(place), "b.rs:9");
    bench.free_at("b.rs:10", table);
    assert_eq!(bench.rules(), ["N020", "N020"], "every further free is one");
}

#[test]
fn two_tables_are_two_even_when_they_are_equal() {
    let mut bench = Bench::new();
    let (one, two) = (bench.table_at("a.rs:1"), bench.table_at("a.rs:1"));
    bench.free(Memory::Table(one));
    bench.free(Memory::Table(two));
    assert!(bench.rules().is_empty());
}

#[test]
fn a_freed_table_is_not_read() {
    // N021; CV-20
    let mut bench = Bench::new();
    let table = bench.table_at("a.rs:1");
    let field = Field::parse(RowType::Unicast, "Address").expect("a member");
    let read = bench.machine.table_read(bench.main, table, 0, field);
    assert!(matches!(read, Some(FieldValue::Address(_))), "{read:?}");
    assert!(bench.rules().is_empty());
    bench.free_at("a.rs:5", table);
    assert_eq!(bench.machine.table_read(bench.main, table, 0, field), None);
    assert_eq!(bench.rules(), ["N021"], "CV-20");
    assert_eq!(
        bench.message(),
        "a table of GetUnicastIpAddressTable, handed out at a.rs:1 was read after it was freed, \
         at a.rs:5"
    );
    assert_eq!(bench.machine.table_rows(bench.main, table), None);
    assert_eq!(bench.rules(), ["N021", "N021"]);
}

#[test]
fn beyond_the_last_row_there_is_nothing() {
    let mut bench = Bench::new();
    let table = bench.table(UNICAST, AF_INET);
    let rows = bench.machine.table_rows(bench.main, table).expect("rows").len();
    let address = Field::parse(RowType::Unicast, "Address").expect("a member");
    let of_a_route = Field::parse(RowType::Forward, "Metric").expect("a member");
    let mut read = |row, field| bench.machine.table_read(bench.main, table, row, field);
    assert!(read(rows - 1, address).is_some());
    assert_eq!(read(rows, address), None);
    assert_eq!(read(0, of_a_route), None);
    assert!(bench.rules().is_empty());
}

#[test]
fn a_table_does_not_follow_what_happens_later() {
    let mut bench = Bench::new();
    let table = bench.table_at("a.rs:1");
    let before = bench.machine.table_rows(bench.main, table).expect("rows");
    let change = Change::InterfaceRemove(ETHERNET);
    bench.machine.change(None, &change, &mut First::default()).expect("a change");
    assert_eq!(bench.machine.table_rows(bench.main, table), Some(before.clone()));
    let now = bench.table_at("a.rs:2");
    assert!(
        bench.machine.table_rows(bench.main, now).is_some_and(|rows| rows.len() < before.len())
    );
}

#[test]
fn only_tables_are_freed() {
    // N022; CV-20
    let mut bench = Bench::new();
    bench.free(Memory::Garbage);
    bench.free(Memory::Table(TableId(77)));
    assert_eq!(bench.rules(), ["N022", "N022"], "CV-20");
    assert_eq!(
        bench.machine.findings()[0].message,
        "FreeMibTable was given memory that no function handed out"
    );
}

#[test]
fn null_is_freed_without_effect() {
    // O-18
    let mut bench = Bench::new();
    let state = bench.machine.state().clone();
    bench.free(Memory::Null);
    assert_eq!(bench.machine.state(), &state);
    assert!(bench.rules().is_empty());
}

#[test]
fn a_notification_row_is_not_a_table() {
    // CV-22: N007 while the callback runs and after it.
    let mut bench = Bench::new();
    let request = Request::new("interfaces", 2);
    let handle = bench
        .machine
        .notify_ip_interface_change(bench.main, 0, &request, &mut First::default())
        .handle;
    let change = Change::RowTouch { luid: ETHERNET, family: Family::V4 };
    bench.machine.change(None, &change, &mut First::default()).expect("a change");
    let lane = bench.machine.next_deliverable().expect("a delivery");
    let due = bench.machine.delivery_begin(lane, bench.pool);
    let row = bench.machine.row_of(bench.pool).expect("a row");
    assert_eq!(row, RowRef { handle, number: due.number });
    bench.machine.free_mib_table(bench.pool, Memory::Row(row));
    assert_eq!(bench.rules(), ["N007"], "CV-22");
    bench.machine.delivery_end(bench.pool);
    bench.machine.free_mib_table(bench.pool, Memory::Row(row));
    assert_eq!(bench.rules(), ["N007", "N007"], "CV-22");
}

#[test]
fn the_stable_table_that_comes_at_once_is_the_callers_to_free() {
    // NS-09, CV-20
    for free in [true, false] {
        let mut bench = Bench::new();
        bench.machine.at(bench.main, "src/vpn.rs:12");
        let registered = bench.stable(AF_UNSPEC);
        let table = registered.table.expect("a table at once");
        assert_eq!(bench.machine.tables_held(bench.process), [(table, STABLE)], "NS-09");
        if free {
            bench.free(Memory::Table(table));
        }
        bench.exit();
        let expected: &[&str] = if free { &[] } else { &["N019"] };
        assert_eq!(bench.rules(), expected, "NS-09");
    }
}

#[test]
fn the_stable_table_of_a_callback_is_its_receivers_to_free() {
    // NS-10, CV-21
    for free in [true, false] {
        let mut bench = Bench::with(dormant(), Flavour::User);
        let registered = bench.stable(AF_UNSPEC);
        assert_eq!((registered.code, registered.table), (997, None));
        bench.machine.at(bench.pool, "src/vpn.rs:40");
        let table = bench.callback_table();
        assert_eq!(bench.machine.tables_held(bench.process), [(table, STABLE)], "NS-10");
        let rows = bench.machine.table_rows(bench.pool, table).expect("rows");
        assert!(rows.iter().all(|row| row.row_type() == RowType::Unicast));
        if free {
            bench.machine.free_mib_table(bench.pool, Memory::Table(table)); // CV-21
        }
        bench.machine.delivery_end(bench.pool);
        assert_eq!(bench.held(), usize::from(!free), "CV-21");
        let chooser = &mut First::default();
        let _ = bench.machine.cancel_begin(bench.main, registered.handle, chooser);
        bench.exit();
        if free {
            assert!(bench.rules().is_empty(), "CV-21");
        } else {
            assert_eq!(bench.rules(), ["N019"], "NS-10");
            assert_eq!(
                bench.message(),
                "process \"app\" ended and had not freed the table of \
                 NotifyStableUnicastIpAddressTable, handed out at src/vpn.rs:40"
            );
        }
    }
}

#[test]
fn the_receiver_may_keep_the_table_beyond_its_callback() {
    // The reverse of the rule for rows: C-06, NS-10.
    let mut bench = Bench::with(dormant(), Flavour::User);
    let _ = bench.stable(AF_UNSPEC);
    let table = bench.callback_table();
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.table_rows(bench.main, table).is_some(), "NS-10");
    bench.free(Memory::Table(table));
    assert!(bench.rules().is_empty(), "CV-21");
}

#[test]
fn a_failure_hands_nothing_out() {
    let mut bench = Bench::new();
    for family in [1, 10, 77] {
        let call = Call::table(UNICAST, family);
        let reply = bench.machine.call(bench.main, &call, &mut First::default());
        assert_eq!((reply.code, reply.output), (87, Output::Nothing), "{family}");
    }
    assert_eq!(bench.held(), 0);
}

#[test]
fn drivers_free_below_dispatch_level() {
    for (irql, rules) in [(Irql::Apc, 0), (Irql::Dispatch, 1)] {
        let mut bench = Bench::with(home(), Flavour::Kernel);
        let table = bench.table(UNICAST, AF_UNSPEC);
        bench.machine.set_irql(bench.main, irql);
        bench.free(Memory::Table(table));
        assert_eq!(bench.rules(), vec!["N011"; rules], "CV-20");
        assert_eq!(bench.held(), 0, "the call goes on");
    }
}

#[test]
fn the_number_of_entries_is_the_number_of_rows() {
    let mut bench = Bench::new();
    let table = bench.table(UNICAST, AF_UNSPEC);
    let rows = bench.machine.table_rows(bench.main, table).expect("rows");
    assert_eq!(rows.len(), bench.machine.env().addresses().count());
    let address = Field::parse(RowType::Unicast, "Address").expect("a member");
    let expected = FieldValue::Address(SocketAddress::from(IpAddr::from([192, 168, 1, 10])));
    assert!(rows.iter().any(|row| row.get(address) == expected));
}
