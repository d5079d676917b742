//! Unicast addresses: get, table, set, delete, initialize (facts 6.1, 6.2, 6.4 to 6.6).

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::{Change, DhcpLease};
use netiosim_model::choose::First;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Fault, Irql, Machine, Request};
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{Row, SocketAddress, UnicastRow};
use netiosim_model::status::{Flavour, Status};

const GET: Function = Function::GetUnicastIpAddressEntry;
const TABLE: Function = Function::GetUnicastIpAddressTable;
const SET: Function = Function::SetUnicastIpAddressEntry;
const DELETE: Function = Function::DeleteUnicastIpAddressEntry;
const INITIALIZE: Function = Function::InitializeUnicastIpAddressEntry;

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const NOWHERE: Luid = Luid::new(if_type::ETHERNET, 77);

/// The number of a status of this API for programs and for drivers.
const INVALID: (u32, u32) = (87, 0xC000_000D);
const NO_INTERFACE: (u32, u32) = (2, 0xC000_0225);
const NOT_FOUND: (u32, u32) = (1168, 0xC000_0225);
const NO_STACK: (u32, u32) = (50, 0xC000_00BB);

struct Bench {
    machine: Machine,
    main: ActorId,
    flavour: Flavour,
    chooser: First,
}

impl Bench {
    fn new(flavour: Flavour, fixed: &[(&str, &str)]) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, home());
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, main, flavour, chooser: First::default() }
    }

    fn user() -> Self {
        Self::new(Flavour::User, &[])
    }

    fn call(&mut self, function: Function, row: Option<UnicastRow>) -> Reply {
        let call = Call::Row { function, level: 0, row: row.map(Row::from) };
        self.machine.call(self.main, &call, &mut self.chooser)
    }

    fn code(&mut self, function: Function, row: Option<UnicastRow>) -> u32 {
        let reply = self.call(function, row);
        if reply.status != Status::Success {
            assert_eq!(reply.output, Output::Nothing, "a failure writes nothing");
        }
        reply.code
    }

    fn get(&mut self, address: &str) -> Result<UnicastRow, u32> {
        self.filled(key(address, ETHERNET, 0))
    }

    fn filled(&mut self, row: UnicastRow) -> Result<UnicastRow, u32> {
        let reply = self.call(GET, Some(row));
        match reply.output {
            Output::Row(Row::Unicast(row)) => Ok(*row),
            _ => Err(reply.code),
        }
    }

    fn table(&mut self, family: u16) -> Result<Vec<UnicastRow>, u32> {
        let reply = self.machine.call(self.main, &Call::table(TABLE, family), &mut self.chooser);
        let Output::Table(table) = reply.output else { return Err(reply.code) };
        let rows = self.machine.table_rows(self.main, table).expect("a table that is not freed");
        self.machine.free_mib_table(self.main, Memory::Table(table));
        Ok(rows.iter().map(|row| row.clone().try_into().expect("a unicast row")).collect())
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut self.chooser).expect("a change that is possible");
    }

    fn elapse(&mut self, ms: u64) {
        assert_eq!(self.machine.elapse(ms, &mut self.chooser), ms);
    }

    /// Registers for address changes of both families; what it is told is then in [`Bench::told`].
    fn listen(&mut self) {
        let function = Function::NotifyUnicastIpAddressChange;
        let request = Request::new("addresses", 1);
        let registered = self.machine.notify(self.main, function, 0, &request, &mut self.chooser);
        assert!(registered.is_accepted());
    }

    fn told(&mut self) -> Vec<(String, NotificationType)> {
        let mut told = Vec::new();
        while let Some(lane) = self.machine.next_deliverable() {
            let due = self.machine.delivery_begin(lane, self.main);
            if let Notification::UnicastAddress { row: Some(row), kind } = due.notification {
                told.push((row.address.to_string(), kind));
            }
            self.machine.delivery_end(self.main);
        }
        told
    }

    fn expect(
        &mut self,
        what: &str,
        function: Function,
        row: Option<UnicastRow>,
        codes: (u32, u32),
    ) {
        let wanted = if self.flavour == Flavour::User { codes.0 } else { codes.1 };
        let code = self.code(function, row);
        assert_eq!(code, wanted, "{what}: {function} for {}", self.flavour);
    }
}

fn key(address: &str, luid: Luid, index: u32) -> UnicastRow {
    let address = address.parse().expect("an address");
    UnicastRow { address, luid, index, ..UnicastRow::default() }
}

/// A row with values that pass every check.
fn good(address: &str, luid: Luid, index: u32) -> UnicastRow {
    UnicastRow {
        prefix_origin: 16,
        suffix_origin: 16,
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        on_link_prefix_length: 255,
        ..key(address, luid, index)
    }
}

/// What is wrong with a row before its values are looked at: the requirement of Get, Set and Delete,
/// the row, and the codes for a getter and for the others.
fn bad_keys() -> Vec<([&'static str; 3], Option<UnicastRow>)> {
    let base = ["UE-01", "US-02", "UD-02"]; // one by one: UE-01, US-02, UD-02
    let mut cases = vec![(base, None)];
    for address in [
        "unspecified",
        "family 77",
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "ff02::1",
    ] {
        cases.push((base, Some(good(address, ETHERNET, 0))));
    }
    cases.push((base, Some(good("192.168.1.10", Luid::UNSPECIFIED, 0))));
    cases
}

#[test]
fn get_fills_every_member() {
    let mut bench = Bench::user();
    let lease = DhcpLease {
        luid: ETHERNET,
        address: [10, 0, 0, 5].into(),
        prefix_length: 24,
        gateway: None,
        lease_s: 7200,
    };
    bench.change(&Change::DhcpLease(lease));
    bench.elapse(3000);
    let row = bench.get("10.0.0.5").expect("a lease");
    // UE-07: every member, of which the caller gave none
    assert_eq!((row.luid, row.index), (ETHERNET, 2), "UE-07, ST-02");
    assert_eq!((row.prefix_origin, row.suffix_origin), (3, 3), "UE-07: Dhcp");
    assert_eq!(row.valid_lifetime, 7197, "UE-07: the seconds that are left");
    assert_eq!(row.on_link_prefix_length, 24, "UE-07");
    assert!(!row.skip_as_source, "UE-07");
    assert_eq!(row.dad_state, 4, "UE-07, ST-05: Preferred");
    assert_eq!(row.scope_id, 0, "UE-07: no zone");

    let link_local = bench.get("fe80::5eff:fe00:2").expect("the link-local address");
    assert_eq!(link_local.scope_id, 2, "UE-07: the zone of the interface");
    assert_eq!(link_local.address.to_string(), "fe80::5eff:fe00:2%2");
    assert_eq!((link_local.prefix_origin, link_local.suffix_origin), (2, 4));
    assert_eq!(
        (link_local.valid_lifetime, link_local.preferred_lifetime),
        (u32::MAX, u32::MAX),
        "ST-11"
    );
    assert_ne!(link_local.creation_time_stamp, 0, "observed, 24 (X-06)");
    let made = good("10.0.0.6", ETHERNET, 0);
    assert_eq!(bench.code(Function::CreateUnicastIpAddressEntry, Some(made)), 0);
    let made = bench.get("10.0.0.6").expect("an address");
    let later = made.creation_time_stamp - row.creation_time_stamp;
    assert_eq!(later, 3000 * 10_000, "UE-07: in units of 100 ns");
}

#[test]
fn the_luid_goes_before_the_index() {
    let mut bench = Bench::user();
    // UE-06: index 1 is the loopback interface, which does not have the address.
    let row = bench.filled(key("192.168.1.10", ETHERNET, 1)).expect("by the LUID");
    assert_eq!((row.luid, row.index), (ETHERNET, 2), "UE-06");
    let row = bench.filled(key("192.168.1.10", Luid::UNSPECIFIED, 2)).expect("by the index");
    assert_eq!((row.luid, row.index), (ETHERNET, 2), "UE-06");
    // Observed, 23: even a LUID that names nothing.
    assert_eq!(bench.filled(key("192.168.1.10", NOWHERE, 2)), Err(2), "UE-06");
}

#[test]
fn get_refuses_what_the_page_says() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        for ([id, ..], row) in bad_keys() {
            bench.expect(id, GET, row, INVALID); // UE-01
        }
        let unknown = good("192.168.1.10", Luid::UNSPECIFIED, 99);
        bench.expect("UE-02, UE-03", GET, Some(unknown), NO_INTERFACE);
        let unknown = good("192.168.1.10", NOWHERE, 0);
        bench.expect("UE-02, UE-03", GET, Some(unknown), NO_INTERFACE);
        let elsewhere = good("192.168.1.10", LOOPBACK, 0);
        bench.expect("UE-04", GET, Some(elsewhere), NOT_FOUND);
        bench.expect("UE-04", GET, Some(good("192.168.1.11", ETHERNET, 0)), NOT_FOUND);

        // An interface without the family (observed, 15).
        bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
        let unbound = good("fe80::5eff:fe00:2", ETHERNET, 0);
        bench.expect("UE-04", GET, Some(unbound), NOT_FOUND);

        // UE-05, and an invalid address is the worse mistake (O-13).
        bench.change(&Change::Ipv4Present(false));
        bench.expect("UE-05", GET, Some(good("192.168.1.10", NOWHERE, 0)), NO_STACK);
        bench.expect("UE-01", GET, Some(good("224.0.0.1", ETHERNET, 0)), INVALID);
        assert!(bench.filled(key("::1", LOOPBACK, 0)).is_ok(), "UE-05: IPv6 is there");
        bench.change(&Change::Ipv6Present(false));
        bench.expect("UE-05", GET, Some(good("::1", LOOPBACK, 0)), NO_STACK);
    }
}

#[test]
fn what_was_observed_is_an_option() {
    for (flavour, unknown_luid, no_keys) in
        [(Flavour::User, 1168, 2), (Flavour::Kernel, 0xC000_0225, 0xC000_000D)]
    {
        let fixed = [("unknown-luid", "not-found"), ("unicast-no-keys", "file-not-found")];
        let mut bench = Bench::new(flavour, &fixed);
        let unspecified = Luid::UNSPECIFIED;
        // Observed, 23: 1168 for a LUID, 2 for an index.
        bench.expect("UE-02", GET, Some(good("10.1.1.1", unspecified, 99)), NO_INTERFACE);
        assert_eq!(bench.code(GET, Some(good("10.1.1.1", NOWHERE, 2))), unknown_luid, "UE-02");
        // Observed, 24: 2 without both keys; without a family 87 all the same.
        assert_eq!(bench.code(GET, Some(good("10.1.1.1", unspecified, 0))), no_keys, "UE-01");
        bench.expect("UE-01", GET, Some(good("unspecified", ETHERNET, 2)), INVALID);
        bench.expect("UE-01", GET, Some(good("unspecified", unspecified, 0)), INVALID);
        // The option is Get's alone.
        bench.expect("UD-02", DELETE, Some(good("10.1.1.1", unspecified, 0)), INVALID);
    }
}

#[test]
fn a_driver_calls_below_dispatch_level() {
    let mut bench = Bench::new(Flavour::Kernel, &[]);
    bench.machine.set_irql(bench.main, Irql::Apc);
    assert!(bench.get("192.168.1.10").is_ok());
    assert_eq!(bench.machine.findings().len(), 0, "UE-08: APC_LEVEL is below");
    bench.machine.set_irql(bench.main, Irql::Dispatch);
    assert!(bench.get("192.168.1.10").is_ok());
    assert_eq!(bench.machine.findings().len(), 1, "UE-08");
}

#[test]
fn the_table_has_the_rows_of_the_family() {
    let mut bench = Bench::user();
    let texts = |rows: &[UnicastRow]| -> Vec<String> {
        rows.iter().map(|row| row.address.to_string()).collect()
    };
    let v4 = bench.table(2).expect("rows");
    assert_eq!(texts(&v4), ["192.168.1.10", "127.0.0.1"], "UT-02");
    let v6 = bench.table(23).expect("rows");
    assert!(v6.iter().all(|row| matches!(row.address, SocketAddress::V6 { .. })), "UT-02");
    let all = bench.table(0).expect("rows");
    assert_eq!(all.len(), v4.len() + v6.len(), "UT-02: AF_UNSPEC returns both");
    for row in all {
        let again = bench.filled(key(&row.address.to_string(), row.luid, 0));
        assert_eq!(again, Ok(row), "a row of the table is the row that Get fills in");
    }
}

#[test]
fn the_table_is_handed_out_or_not() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        let user = flavour == Flavour::User;
        let pick = |codes: (u32, u32)| if user { codes.0 } else { codes.1 };
        for family in [1, 10, 22, 24, 0xFFFF] {
            assert_eq!(bench.table(family), Err(pick(INVALID)), "UT-01: family {family}");
        }
        let null = Call::Table { function: TABLE, family: 0, level: 0, pointer: false };
        let reply = bench.machine.call(bench.main, &null, &mut bench.chooser);
        assert_eq!(reply.code, pick(INVALID), "UT-01: a NULL Table");

        for address in ["127.0.0.1", "192.168.1.10"] {
            let luid = if address.starts_with("127") { LOOPBACK } else { ETHERNET };
            let address = address.parse().expect("an address");
            bench.change(&Change::AddressRemove { luid, address });
        }
        assert_eq!(bench.table(2), Err(pick(NOT_FOUND)), "UT-03");
        bench.change(&Change::Ipv4Present(false));
        assert_eq!(bench.table(2), Err(pick(NO_STACK)), "UT-04");
        assert!(bench.table(0).is_ok(), "UT-04: AF_UNSPEC is not refused");
        bench.change(&Change::Ipv6Present(false));
        assert_eq!(bench.table(23), Err(pick(NO_STACK)), "UT-04");
        assert_eq!(bench.table(0), Err(pick(NOT_FOUND)), "UT-03: and nothing is left");

        let id = bench.machine.fault_add(Fault::new(TABLE, Status::NotEnoughMemory));
        assert_eq!(bench.table(0), Err(pick((8, 0xC000_009A))), "UT-05");
        bench.machine.fault_remove(id);
    }
}

#[test]
fn the_table_is_the_callers_to_free() {
    let mut bench = Bench::user();
    let process = bench.machine.actor_info(bench.main).process();
    let reply = bench.machine.call(bench.main, &Call::table(TABLE, 0), &mut bench.chooser);
    let Output::Table(table) = reply.output else { panic!("a table") };
    assert_eq!(bench.machine.tables_held(process), [(table, TABLE)], "UT-06");
    bench.machine.free_mib_table(bench.main, Memory::Table(table));
    assert_eq!(bench.machine.tables_held(process), [], "UT-06");
    assert_eq!(bench.machine.findings().len(), 0);
}

#[test]
fn initialize_makes_a_row_that_changes_nothing() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        let dirty = UnicastRow {
            prefix_origin: 1,
            skip_as_source: true,
            dad_state: 4,
            scope_id: 3,
            creation_time_stamp: 5,
            ..key("10.0.0.1", ETHERNET, 2)
        };
        let reply = bench.call(INITIALIZE, Some(dirty));
        let Output::Row(Row::Unicast(row)) = reply.output else { panic!("a row") };
        assert_eq!((row.prefix_origin, row.suffix_origin), (16, 16), "UI-01, ST-06");
        assert_eq!(row.on_link_prefix_length, 255, "UI-02, ST-10");
        assert_eq!((row.preferred_lifetime, row.valid_lifetime), (u32::MAX, u32::MAX), "UI-03");
        let rest = UnicastRow {
            prefix_origin: 0,
            suffix_origin: 0,
            on_link_prefix_length: 0,
            preferred_lifetime: 0,
            valid_lifetime: 0,
            ..*row
        };
        assert_eq!(rest, UnicastRow::default(), "UI-04: the interface keys included");
        let null = bench.call(INITIALIZE, None);
        assert_eq!((null.code, null.output), (0, Output::Nothing), "a NULL Row is left alone");
    }
}

#[test]
fn set_changes_what_the_row_says() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        let before = bench.get("192.168.1.10").expect("an address");
        let row = UnicastRow {
            prefix_origin: 3,
            suffix_origin: 5,
            valid_lifetime: 600,
            preferred_lifetime: 300,
            on_link_prefix_length: 16,
            skip_as_source: true,
            // US-06: these three do not count.
            dad_state: 2,
            scope_id: 9,
            creation_time_stamp: 1,
            ..key("192.168.1.10", Luid::UNSPECIFIED, 2)
        };
        bench.listen();
        assert_eq!(bench.code(SET, Some(row.clone())), 0);
        let told = ("192.168.1.10".to_owned(), NotificationType::Parameter);
        assert_eq!(bench.told(), [told]);
        let after = bench.get("192.168.1.10").expect("an address");
        let stack = (before.dad_state, before.scope_id, before.creation_time_stamp);
        let kept = (after.dad_state, after.scope_id, after.creation_time_stamp);
        assert_eq!(kept, stack, "US-06");
        let keys = UnicastRow { luid: ETHERNET, index: 2, ..row };
        let (dad_state, scope_id, creation_time_stamp) = stack;
        assert_eq!(after, UnicastRow { dad_state, scope_id, creation_time_stamp, ..keys });

        // Unchanged origins stay; 255 is the full length, and so repairs what Create got wrong.
        assert_eq!(bench.code(SET, Some(good("192.168.1.10", ETHERNET, 0))), 0);
        let after = bench.get("192.168.1.10").expect("an address");
        assert_eq!((after.prefix_origin, after.suffix_origin), (3, 5), "US-03");
        assert_eq!(after.on_link_prefix_length, 32, "US-07");
        assert_eq!(after.valid_lifetime, u32::MAX);
        let repair = UnicastRow { on_link_prefix_length: 24, ..good("192.168.1.10", ETHERNET, 0) };
        assert_eq!(bench.code(SET, Some(repair)), 0);
        let after = bench.get("192.168.1.10").expect("an address");
        assert_eq!(after.on_link_prefix_length, 24, "US-07");
        assert_eq!(bench.code(SET, Some(good("fe80::5eff:fe00:2", ETHERNET, 0))), 0);
        let after = bench.get("fe80::5eff:fe00:2").expect("an address");
        assert_eq!(after.on_link_prefix_length, 128, "US-07");
    }
}

#[test]
fn a_preferred_lifetime_that_ends_deprecates_the_address() {
    let mut bench = Bench::user();
    let row = UnicastRow {
        valid_lifetime: 60,
        preferred_lifetime: 30,
        ..good("192.168.1.10", ETHERNET, 0)
    };
    assert_eq!(bench.code(SET, Some(row)), 0);
    bench.elapse(30_000);
    assert_eq!(bench.get("192.168.1.10").map(|row| row.dad_state), Ok(3), "Deprecated");
    assert_eq!(bench.code(SET, Some(good("192.168.1.10", ETHERNET, 0))), 0);
    assert_eq!(bench.get("192.168.1.10").map(|row| row.dad_state), Ok(4), "Preferred again");
    let over = UnicastRow {
        valid_lifetime: 0,
        preferred_lifetime: 0,
        ..good("192.168.1.10", ETHERNET, 0)
    };
    assert_eq!(bench.code(SET, Some(over)), 0);
    assert_eq!(bench.get("192.168.1.10"), Err(1168));
}

/// Rows whose values Set checks in the user flavour (US-03).
fn bad_values() -> Vec<(&'static str, UnicastRow)> {
    let row = good("192.168.1.10", ETHERNET, 0);
    let v6 = good("fe80::5eff:fe00:2", ETHERNET, 0);
    let lifetimes = UnicastRow { valid_lifetime: 10, preferred_lifetime: 11, ..row.clone() };
    let mut cases = vec![("lifetimes", lifetimes)];
    for (prefix_origin, suffix_origin) in [(16, 1), (1, 16), (5, 1), (1, 6), (17, 17), (16, 99)] {
        cases.push(("origins", UnicastRow { prefix_origin, suffix_origin, ..row.clone() }));
    }
    for on_link_prefix_length in [33, 64, 128, 254] {
        cases.push(("prefix length", UnicastRow { on_link_prefix_length, ..row.clone() }));
    }
    for on_link_prefix_length in [129, 254] {
        cases.push(("prefix length", UnicastRow { on_link_prefix_length, ..v6.clone() }));
    }
    cases
}

#[test]
fn set_checks_values_for_programs_and_keeps_nonsense_of_drivers_out() {
    let mut bench = Bench::user();
    for (what, row) in bad_values() {
        bench.expect(&format!("US-03: {what}"), SET, Some(row), (87, 0));
    }
    // The driver page names the keys alone (C-15 is such another difference).
    for (what, row) in bad_values() {
        let mut bench = Bench::new(Flavour::Kernel, &[]);
        let address = row.address.to_string();
        let before = bench.get(&address).expect("an address");
        bench.expect(&format!("US-03: {what}"), SET, Some(row), (87, 0));
        let after = bench.get(&address).expect("an address");
        let plausible = |row: &UnicastRow| {
            row.valid_lifetime >= row.preferred_lifetime
                && (0..=4).contains(&row.prefix_origin)
                && (0..=5).contains(&row.suffix_origin)
                && row.on_link_prefix_length <= if address.contains(':') { 128 } else { 32 }
        };
        assert!(plausible(&after), "{what}: {after:?}");
        if what == "lifetimes" {
            assert_eq!(after.valid_lifetime, before.valid_lifetime, "both stay");
            assert_eq!(after.preferred_lifetime, before.preferred_lifetime, "both stay");
        }
        if what == "prefix length" {
            assert_ne!(after.on_link_prefix_length, 0);
            assert_eq!(after.on_link_prefix_length, before.on_link_prefix_length, "it stays");
        }
    }
}

#[test]
fn set_and_delete_refuse_what_their_pages_say() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        for ([_, set, delete], row) in bad_keys() {
            bench.expect(set, SET, row.clone(), INVALID); // US-02
            bench.expect(delete, DELETE, row, INVALID); // UD-02
        }
        for (function, ids) in [(SET, ["US-04", "US-05"]), (DELETE, ["UD-03", "UD-04"])] {
            // US-04, UD-03: 1168 where Get has 2
            let unknown = good("192.168.1.10", Luid::UNSPECIFIED, 99);
            bench.expect(ids[0], function, Some(unknown), NOT_FOUND);
            bench.expect(ids[0], function, Some(good("192.168.1.10", NOWHERE, 2)), NOT_FOUND);
            // O-16
            let missing = good("192.168.1.11", ETHERNET, 0);
            bench.expect("O-16", function, Some(missing), NOT_FOUND);
            // US-05, UD-04
            bench.change(&Change::Ipv4Present(false));
            bench.expect(ids[1], function, Some(good("192.168.1.10", ETHERNET, 0)), NO_STACK);
            bench.change(&Change::Ipv4Present(true));
            bench.change(&Change::Ipv6Present(false));
            bench.expect(ids[1], function, Some(good("fe80::1", ETHERNET, 0)), NO_STACK);
            bench.change(&Change::Ipv6Present(true));
        }
    }
    let mut bench = Bench::new(Flavour::User, &[("missing-row", "file-not-found")]);
    for function in [SET, DELETE] {
        bench.expect("O-16", function, Some(good("192.168.1.11", ETHERNET, 0)), NO_INTERFACE);
    }
}

#[test]
fn only_an_elevated_program_may_set_and_delete() {
    let mut bench = Bench::user();
    let process = bench.machine.actor_info(bench.main).process();
    bench.machine.set_elevated(process, false);
    let own = good("192.168.1.10", ETHERNET, 0);
    assert_eq!(bench.code(SET, Some(own.clone())), 5, "US-01");
    assert_eq!(bench.code(DELETE, Some(own.clone())), 5, "UD-01");
    assert_eq!(bench.code(GET, Some(own.clone())), 0, "everybody may look");
    // O-13: a bad row is found before the missing right, and that before a missing interface.
    assert_eq!(bench.code(SET, None), 87);
    assert_eq!(bench.code(DELETE, Some(good("10.0.0.9", NOWHERE, 0))), 5);

    let mut bench = Bench::new(Flavour::User, &[("error-priority", "access-first")]);
    let process = bench.machine.actor_info(bench.main).process();
    bench.machine.set_elevated(process, false);
    assert_eq!(bench.code(SET, None), 5);
    assert_eq!(bench.code(DELETE, None), 5);

    let mut driver = Bench::new(Flavour::Kernel, &[]);
    let process = driver.machine.actor_info(driver.main).process();
    driver.machine.set_elevated(process, false);
    assert_eq!(driver.code(SET, Some(own.clone())), 0, "no access check for drivers");
    assert_eq!(driver.code(DELETE, Some(own)), 0, "no access check for drivers");
}

#[test]
fn a_deleted_address_is_gone_and_told() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.listen();
        // Published clients leave OnLinkPrefixLength and the rest unset.
        let row = UnicastRow { on_link_prefix_length: 77, ..key("192.168.1.10", ETHERNET, 0) };
        bench.expect("UD-05", DELETE, Some(row.clone()), (0, 0));
        bench.expect("UD-05", GET, Some(row.clone()), NOT_FOUND);
        let told = ("192.168.1.10".to_owned(), NotificationType::Delete);
        assert_eq!(bench.told(), [told], "UD-05");
        let routes = bench.machine.env().routes();
        let host =
            routes.of(ETHERNET).find(|route| route.destination.to_string() == "192.168.1.10");
        assert!(host.is_none(), "its host route is gone with it");
        bench.expect("O-16", DELETE, Some(row), NOT_FOUND);
        assert_eq!(bench.told(), []);
    }
}

#[test]
fn the_addresses_of_the_teredo_client_are_its_own() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        let luid = bench.machine.env().teredo_luid();
        let all = bench.table(23).expect("rows");
        let own: Vec<_> = all.into_iter().filter(|row| row.luid == luid).collect();
        assert_eq!(own.len(), 2, "TI-05: a global and a link-local address");
        for row in own {
            bench.expect("chosen", SET, Some(row.clone()), NO_STACK);
            bench.expect("chosen", DELETE, Some(row.clone()), NO_STACK);
            assert!(bench.filled(row).is_ok(), "it is still there");
        }
    }
}
