//! Anycast and multicast addresses: get and table; create and delete of anycast addresses. They have
//! no requirement ids of their own.

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Fault, Machine, Request};
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{AnycastRow, MulticastRow, Row};
use netiosim_model::status::{Flavour, Status};

const GET: Function = Function::GetAnycastIpAddressEntry;
const CREATE: Function = Function::CreateAnycastIpAddressEntry;
const DELETE: Function = Function::DeleteAnycastIpAddressEntry;
const TABLE: Function = Function::GetAnycastIpAddressTable;
const GROUP: Function = Function::GetMulticastIpAddressEntry;
const GROUPS: Function = Function::GetMulticastIpAddressTable;

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const NOWHERE: Luid = Luid::new(if_type::ETHERNET, 77);
const NONE: Luid = Luid::UNSPECIFIED;

const OK: (u32, u32) = (0, 0);
const INVALID: (u32, u32) = (87, 0xC000_000D);
const NO_INTERFACE: (u32, u32) = (2, 0xC000_0225);
const NOT_FOUND: (u32, u32) = (1168, 0xC000_0225);
const NO_STACK: (u32, u32) = (50, 0xC000_00BB);
const EXISTS: (u32, u32) = (5010, 5010);

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

    fn call(&mut self, function: Function, row: Option<Row>) -> Reply {
        let call = Call::Row { function, level: 0, row };
        self.machine.call(self.main, &call, &mut self.chooser)
    }

    fn wanted(&self, codes: (u32, u32)) -> u32 {
        if self.flavour == Flavour::User { codes.0 } else { codes.1 }
    }

    fn expect(
        &mut self,
        what: &str,
        function: Function,
        row: impl Into<Option<Row>>,
        codes: (u32, u32),
    ) {
        let reply = self.call(function, row.into());
        assert_eq!(reply.code, self.wanted(codes), "{what}: {function} for {}", self.flavour);
        if reply.status != Status::Success {
            assert_eq!(reply.output, Output::Nothing, "a failure writes nothing");
        }
    }

    fn filled<R: TryFrom<Row, Error = Row>>(&mut self, function: Function, row: Row) -> Option<R> {
        match self.call(function, Some(row)).output {
            Output::Row(row) => row.try_into().ok(),
            _ => None,
        }
    }

    fn rows(&mut self, function: Function, family: u16) -> Result<Vec<Row>, u32> {
        let reply = self.machine.call(self.main, &Call::table(function, family), &mut self.chooser);
        let Output::Table(table) = reply.output else { return Err(reply.code) };
        let rows = self.machine.table_rows(self.main, table).expect("a table that is not freed");
        self.machine.free_mib_table(self.main, Memory::Table(table));
        Ok(rows.to_vec())
    }

    /// The groups of an interface, by the table.
    fn groups(&mut self, luid: Luid, family: u16) -> Vec<String> {
        let rows = self.rows(GROUPS, family).unwrap_or_default();
        let rows = rows.into_iter().map(|row| MulticastRow::try_from(row).expect("a group"));
        rows.filter(|row| row.luid == luid).map(|row| row.address.to_string()).collect()
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut self.chooser).expect("a change that is possible");
    }
}

fn anycast(address: &str, luid: Luid, index: u32) -> Row {
    let address = address.parse().expect("an address");
    AnycastRow { address, luid, index, scope_id: 0 }.into()
}

fn group(address: &str, luid: Luid, index: u32) -> Row {
    let address = address.parse().expect("an address");
    MulticastRow { address, luid, index, scope_id: 0 }.into()
}

#[test]
fn an_anycast_address_is_made_and_unmade() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("not yet", GET, anycast("2001:db8::", ETHERNET, 0), NOT_FOUND);
        bench.expect("made", CREATE, anycast("2001:db8::", NONE, 2), OK);
        bench.expect("twice", CREATE, anycast("2001:db8::", ETHERNET, 0), EXISTS);
        bench.expect("elsewhere", CREATE, anycast("2001:db8::", LOOPBACK, 0), OK);
        // LUID before index; both filled in.
        let row: AnycastRow =
            bench.filled(GET, anycast("2001:db8::", ETHERNET, 1)).expect("the address");
        assert_eq!((row.luid, row.index, row.scope_id), (ETHERNET, 2, 0));
        let row: AnycastRow =
            bench.filled(GET, anycast("2001:db8::", NONE, 2)).expect("the address");
        assert_eq!((row.luid, row.index), (ETHERNET, 2));
        bench.expect("unmade", DELETE, anycast("2001:db8::", ETHERNET, 0), OK);
        bench.expect("gone", GET, anycast("2001:db8::", ETHERNET, 0), NOT_FOUND);
        bench.expect("O-16", DELETE, anycast("2001:db8::", ETHERNET, 0), NOT_FOUND);
    }
    let mut bench = Bench::new(Flavour::User, &[("missing-row", "file-not-found")]);
    bench.expect("O-16", DELETE, anycast("2001:db8::", ETHERNET, 0), NO_INTERFACE);
}

#[test]
fn the_zone_of_an_anycast_address_is_the_interfaces() {
    let mut bench = Bench::new(Flavour::User, &[]);
    let address = "fe80::".parse().expect("an address");
    let given = AnycastRow { address, luid: ETHERNET, index: 0, scope_id: 99 };
    bench.expect("made", CREATE, Row::from(given), OK);
    let row: AnycastRow = bench.filled(GET, anycast("fe80::", ETHERNET, 0)).expect("the address");
    assert_eq!((row.scope_id, row.address.to_string()), (2, "fe80::%2".to_owned()));
}

#[test]
fn nobody_is_told_of_anycast_addresses() {
    let mut bench = Bench::new(Flavour::User, &[]);
    for function in [Function::NotifyUnicastIpAddressChange, Function::NotifyRouteChange2] {
        let request = Request::new("all", 1);
        let registered =
            bench.machine.notify(bench.main, function, 0, &request, &mut bench.chooser);
        assert!(registered.is_accepted());
    }
    bench.expect("made", CREATE, anycast("2001:db8::", ETHERNET, 0), OK);
    bench.expect("unmade", DELETE, anycast("2001:db8::", ETHERNET, 0), OK);
    assert!(!bench.machine.has_deliverable());
}

#[test]
fn anycast_errors() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        for function in [GET, CREATE, DELETE] {
            bench.expect("NULL", function, None, INVALID);
            let wrong = ["unspecified", "family 77", "0.0.0.0", "224.0.0.1", "::", "ff02::1"];
            for address in wrong {
                bench.expect(address, function, anycast(address, ETHERNET, 0), INVALID);
            }
            bench.expect("no keys", function, anycast("2001:db8::", NONE, 0), INVALID);
            let missing = if function == GET { NO_INTERFACE } else { NOT_FOUND };
            bench.expect("no interface", function, anycast("2001:db8::", NOWHERE, 2), missing);
            bench.expect("no interface", function, anycast("2001:db8::", NONE, 99), missing);
        }
        bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
        bench.expect("not bound", CREATE, anycast("2001:db8::", ETHERNET, 0), NOT_FOUND);
        bench.change(&Change::Ipv6Present(false));
        bench.change(&Change::Ipv4Present(false));
        for function in [GET, CREATE, DELETE] {
            bench.expect("no stack", function, anycast("2001:db8::", ETHERNET, 0), NO_STACK);
            bench.expect("no stack", function, anycast("10.0.0.0", ETHERNET, 0), NO_STACK);
        }
    }
    let mut bench = Bench::new(Flavour::User, &[]);
    let process = bench.machine.actor_info(bench.main).process();
    bench.machine.set_elevated(process, false);
    for function in [CREATE, DELETE] {
        bench.expect("access", function, anycast("2001:db8::", ETHERNET, 0), (5, 0));
    }
    bench.expect("everybody may look", GET, anycast("2001:db8::", ETHERNET, 0), NOT_FOUND);
}

#[test]
fn tables_of_both() {
    for flavour in Flavour::ALL {
        for function in [TABLE, GROUPS] {
            let mut bench = Bench::new(flavour, &[]);
            bench.expect("made", CREATE, anycast("10.0.0.0", ETHERNET, 0), OK);
            bench.expect("made", CREATE, anycast("2001:db8::", LOOPBACK, 0), OK);
            bench.expect("made", CREATE, anycast("2001:db8::", ETHERNET, 0), OK);
            let [v4, v6, all] =
                [2, 23, 0].map(|family| bench.rows(function, family).expect("rows"));
            assert_eq!(v4.len() + v6.len(), all.len());
            if function == TABLE {
                assert_eq!((v4.len(), v6.len()), (1, 2));
            }
            // By interface and address, each once, as the single-row getter has it.
            let keys: Vec<_> = all
                .iter()
                .map(|row| match row {
                    Row::Anycast(row) => (row.luid, row.address.ip()),
                    Row::Multicast(row) => (row.luid, row.address.ip()),
                    _ => panic!("not a row of {function}"),
                })
                .collect();
            assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1]));
            for row in all {
                let getter = if function == TABLE { GET } else { GROUP };
                assert_eq!(bench.call(getter, Some(row.clone())).output, Output::Row(row));
            }

            for family in [1, 22, 0xFFFF] {
                assert_eq!(bench.rows(function, family), Err(bench.wanted(INVALID)));
            }
            let null = Call::Table { function, family: 0, level: 0, pointer: false };
            let reply = bench.machine.call(bench.main, &null, &mut bench.chooser);
            assert_eq!(reply.code, bench.wanted(INVALID));
            bench.change(&Change::Ipv4Present(false));
            assert_eq!(bench.rows(function, 2), Err(bench.wanted(NO_STACK)));
            bench.change(&Change::Ipv6Present(false));
            assert_eq!(bench.rows(function, 23), Err(bench.wanted(NO_STACK)));
            bench.machine.fault_add(Fault::new(function, Status::NotEnoughMemory));
            assert_eq!(bench.rows(function, 0), Err(bench.wanted((8, 0xC000_009A))));
        }
        let mut bench = Bench::new(flavour, &[]);
        assert_eq!(bench.rows(TABLE, 0), Err(bench.wanted(NOT_FOUND)), "no anycast address");
        for family in [Family::V4, Family::V6] {
            for luid in [LOOPBACK, ETHERNET] {
                bench.change(&Change::FamilyUnbind { luid, family });
            }
        }
        bench.change(&Change::TeredoStop);
        assert_eq!(bench.rows(GROUPS, 2), Err(bench.wanted(NOT_FOUND)), "no group");
    }
}

#[test]
fn the_groups_of_a_home_machine() {
    let mut bench = Bench::new(Flavour::User, &[]);
    assert_eq!(bench.groups(LOOPBACK, 2), ["224.0.0.1"]);
    // TA-11: the running Teredo client listens for its discovery address.
    assert_eq!(bench.groups(ETHERNET, 2), ["224.0.0.1", "224.0.0.253"]);
    assert_eq!(bench.groups(LOOPBACK, 23), ["ff01::1", "ff02::1%1", "ff02::1:ff00:1%1"]);
    assert_eq!(bench.groups(ETHERNET, 23), ["ff01::1", "ff02::1%2", "ff02::1:ff00:2%2"]);
    let teredo = bench.machine.env().teredo_luid();
    let own = bench.groups(teredo, 23);
    assert_eq!(own[..2], ["ff01::1", "ff02::1%3"]);
    // The global and the link-local address have one identifier (TI-05), and so one group.
    assert_eq!(own.len(), 3, "{own:?}");
    assert_eq!(bench.groups(teredo, 2), [""; 0]);

    let row: MulticastRow = bench.filled(GROUP, group("ff02::1", NONE, 2)).expect("a group");
    assert_eq!((row.luid, row.index, row.scope_id), (ETHERNET, 2, 2));
    bench.change(&Change::TeredoStop);
    assert_eq!(bench.groups(ETHERNET, 2), ["224.0.0.1"], "TA-11: it does not listen");
}

#[test]
fn groups_follow_addresses_and_rows() {
    let mut bench = Bench::new(Flavour::User, &[]);
    let luid = Luid::new(if_type::WIFI, 1);
    let wifi = Interface::new("Wi-Fi", if_type::WIFI, 1, 9);
    bench.change(&Change::InterfaceAdd(Box::new(wifi)));
    assert_eq!(bench.groups(luid, 0), ["224.0.0.1", "ff01::1", "ff02::1%9"]);
    for (address, prefix_length) in
        [("10.0.0.5", 24), ("2001:db8::12:3456", 64), ("fe80::12:3456", 64)]
    {
        let address = address.parse().expect("an address");
        let address = netiosim_model::table::UnicastAddress::new(luid, address, prefix_length);
        bench.change(&Change::AddressAdd { address, optimistic: false });
    }
    // A tentative IPv4 address is not one to listen on; detection needs the solicited-node group
    // (RFC 4862, 5.4.2). Both addresses have the same one.
    let solicited = "ff02::1:ff12:3456%9";
    assert_eq!(bench.groups(luid, 0), ["224.0.0.1", "ff01::1", "ff02::1%9", solicited]);
    assert_eq!(bench.machine.elapse(3000, &mut bench.chooser), 3000);
    assert_eq!(bench.groups(luid, 2), ["224.0.0.1", "224.0.0.253"], "TA-11");
    // Anycast addresses have a group too (RFC 4291, 2.8).
    bench.expect("made", CREATE, anycast("2001:db8::", luid, 0), OK);
    let wanted = ["ff01::1", "ff02::1%9", "ff02::1:ff00:0%9", solicited];
    assert_eq!(bench.groups(luid, 23), wanted);
    let ethernet = ["ff01::1", "ff02::1%2", "ff02::1:ff00:2%2"];
    assert_eq!(bench.groups(ETHERNET, 23), ethernet, "an interface has its own groups");
    bench.change(&Change::FamilyUnbind { luid, family: Family::V4 });
    assert_eq!(bench.groups(luid, 2), [""; 0]);
    bench.expect("no row", GROUP, group("224.0.0.1", luid, 0), NOT_FOUND);
}

#[test]
fn multicast_errors() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("NULL", GROUP, None, INVALID);
        for address in ["unspecified", "family 77", "10.0.0.1", "0.0.0.0", "::1", "fe80::1"] {
            bench.expect(address, GROUP, group(address, ETHERNET, 0), INVALID);
        }
        bench.expect("no keys", GROUP, group("224.0.0.1", NONE, 0), INVALID);
        bench.expect("no interface", GROUP, group("224.0.0.1", NOWHERE, 2), NO_INTERFACE);
        bench.expect("no interface", GROUP, group("224.0.0.1", NONE, 99), NO_INTERFACE);
        bench.expect("not joined", GROUP, group("224.0.0.2", ETHERNET, 0), NOT_FOUND);
        bench.expect("not joined", GROUP, group("ff02::2", ETHERNET, 0), NOT_FOUND);
        bench.expect("LUID before index", GROUP, group("224.0.0.253", LOOPBACK, 2), NOT_FOUND);
        bench.change(&Change::Ipv4Present(false));
        bench.expect("no stack", GROUP, group("224.0.0.1", ETHERNET, 0), NO_STACK);
        bench.expect("IPv6 is there", GROUP, group("ff02::1", ETHERNET, 0), OK);
        bench.change(&Change::Ipv6Present(false));
        bench.expect("no stack", GROUP, group("ff02::1", ETHERNET, 0), NO_STACK);
    }
}
