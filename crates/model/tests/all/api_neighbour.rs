//! Neighbours: get, table, create, set, delete. They have no requirement ids of their own.

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Fault, Machine, Request};
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{NeighbourRow, Row};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{Neighbour, NeighbourState};

const GET: Function = Function::GetIpNetEntry2;
const TABLE: Function = Function::GetIpNetTable2;
const CREATE: Function = Function::CreateIpNetEntry2;
const SET: Function = Function::SetIpNetEntry2;
const DELETE: Function = Function::DeleteIpNetEntry2;

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
/// An interface whose own hardware address is not known.
const TUNNEL: Luid = Luid::new(if_type::TUNNEL, 9);
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
        let mut env: Env = home();
        env.place_interface(Interface::new("VPN", if_type::TUNNEL, 9, 9)).expect("free keys");
        env.place_neighbour(Neighbour {
            luid: ETHERNET,
            address: "192.168.1.1".parse().expect("an address"),
            physical_address: vec![2, 0, 0x5E, 0, 0, 1],
            state: NeighbourState::Stale,
            is_router: true,
            is_unreachable: false,
        });
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, main, flavour, chooser: First::default() }
    }

    fn call(&mut self, function: Function, row: Option<NeighbourRow>) -> Reply {
        let call = Call::Row { function, level: 0, row: row.map(Row::from) };
        self.machine.call(self.main, &call, &mut self.chooser)
    }

    fn wanted(&self, codes: (u32, u32)) -> u32 {
        if self.flavour == Flavour::User { codes.0 } else { codes.1 }
    }

    fn expect(
        &mut self,
        what: &str,
        function: Function,
        row: impl Into<Option<NeighbourRow>>,
        codes: (u32, u32),
    ) {
        let reply = self.call(function, row.into());
        assert_eq!(reply.code, self.wanted(codes), "{what}: {function} for {}", self.flavour);
        if reply.status != Status::Success {
            assert_eq!(reply.output, Output::Nothing, "a failure writes nothing");
        }
    }

    fn get(&mut self, address: &str, luid: Luid, index: u32) -> Option<NeighbourRow> {
        match self.call(GET, Some(key(address, luid, index))).output {
            Output::Row(Row::Neighbour(row)) => Some(*row),
            _ => None,
        }
    }

    fn rows(&mut self, family: u16) -> Result<Vec<NeighbourRow>, u32> {
        let reply = self.machine.call(self.main, &Call::table(TABLE, family), &mut self.chooser);
        let Output::Table(table) = reply.output else { return Err(reply.code) };
        let rows = self.machine.table_rows(self.main, table).expect("a table that is not freed");
        self.machine.free_mib_table(self.main, Memory::Table(table));
        Ok(rows.iter().map(|row| row.clone().try_into().expect("a neighbour")).collect())
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut self.chooser).expect("a change that is possible");
    }
}

fn key(address: &str, luid: Luid, index: u32) -> NeighbourRow {
    let address = address.parse().expect("an address");
    NeighbourRow { address, luid, index, ..NeighbourRow::default() }
}

fn row(address: &str, luid: Luid) -> NeighbourRow {
    with(&[2, 0, 0x5E, 0, 0, 7], 6, key(address, luid, 0))
}

fn with(physical: &[u8], physical_address_length: u32, mut row: NeighbourRow) -> NeighbourRow {
    row.physical_address = physical.to_vec();
    row.physical_address_length = physical_address_length;
    row
}

#[test]
fn an_entry_is_made_changed_and_unmade() {
    for flavour in Flavour::ALL {
        for address in ["192.168.1.7", "fe80::7", "224.0.0.22", "ff02::fb"] {
            let mut bench = Bench::new(flavour, &[]);
            bench.expect("not yet", GET, row(address, ETHERNET), NOT_FOUND);
            bench.expect("not yet", SET, row(address, ETHERNET), NOT_FOUND);
            bench.expect("not yet", DELETE, row(address, ETHERNET), NOT_FOUND);
            // What is not input does not count.
            let noise = NeighbourRow {
                state: 77,
                is_router: true,
                is_unreachable: true,
                reachability_time: 5,
                ..row(address, ETHERNET)
            };
            bench.expect("made", CREATE, noise.clone(), OK);
            bench.expect("twice", CREATE, noise.clone(), EXISTS);
            let made = bench.get(address, ETHERNET, 0).expect("the entry");
            assert_eq!((made.luid, made.index), (ETHERNET, 2));
            assert_eq!(made.physical_address, [2, 0, 0x5E, 0, 0, 7]);
            assert_eq!(made.physical_address_length, 6);
            assert_eq!(made.state, 6, "Permanent");
            assert!(!made.is_router && !made.is_unreachable);
            bench.expect("changed", SET, with(&[2, 1, 1, 1, 1, 1], 6, noise), OK);
            let changed = bench.get(address, ETHERNET, 0).expect("the entry");
            assert_eq!(changed, with(&[2, 1, 1, 1, 1, 1], 6, made), "nothing else");
            // Delete looks at the keys alone.
            bench.expect("unmade", DELETE, key(address, NONE, 2), OK);
            bench.expect("gone", GET, row(address, ETHERNET), NOT_FOUND);
        }
    }
    let mut bench = Bench::new(Flavour::User, &[("missing-row", "file-not-found")]);
    bench.expect("O-16", SET, row("192.168.1.7", ETHERNET), NO_INTERFACE);
    bench.expect("O-16", DELETE, row("192.168.1.7", ETHERNET), NO_INTERFACE);
}

#[test]
fn stored_entries_are_shown_as_they_are() {
    let mut bench = Bench::new(Flavour::User, &[]);
    // LUID before index: index 1 is the loopback interface.
    let gateway = bench.get("192.168.1.1", ETHERNET, 1).expect("the entry");
    assert_eq!((gateway.luid, gateway.index, gateway.state), (ETHERNET, 2, 4));
    assert!(gateway.is_router && !gateway.is_unreachable);
    assert_eq!(bench.get("192.168.1.1", NONE, 2), Some(gateway.clone()));
    bench.expect("not there", GET, key("192.168.1.1", LOOPBACK, 2), NOT_FOUND);
    bench.expect("changed", SET, row("192.168.1.1", ETHERNET), OK);
    let changed = bench.get("192.168.1.1", ETHERNET, 0).expect("the entry");
    assert_eq!(changed, with(&[2, 0, 0x5E, 0, 0, 7], 6, gateway), "its state stays");
    bench.expect("made", CREATE, row("fe80::7", ETHERNET), OK);
    let zoned = bench.get("fe80::7", ETHERNET, 0).expect("the entry");
    assert_eq!(zoned.address.to_string(), "fe80::7%2");
}

#[test]
fn physical_addresses() {
    let long: Vec<u8> = (1..=32).collect();
    for flavour in Flavour::ALL {
        for (luid, physical, length, codes) in [
            (TUNNEL, &long[..], 32, OK),
            (TUNNEL, &long[..1], 1, OK),
            (TUNNEL, &long[..], 0, INVALID),
            (TUNNEL, &long[..], 33, INVALID),
            (TUNNEL, &long[..], u32::MAX, INVALID),
            (TUNNEL, &[0; 33][..], 32, INVALID),
            (TUNNEL, &[], 0, INVALID),
            // As many bytes as the interface's own address, where it has one.
            (ETHERNET, &long[..6], 6, OK),
            (ETHERNET, &long[..8], 8, INVALID),
            (ETHERNET, &long[..5], 5, INVALID),
        ] {
            let mut bench = Bench::new(flavour, &[]);
            let made = with(physical, length, key("10.0.0.7", luid, 0));
            bench.expect("made", CREATE, made.clone(), codes);
            bench.expect("gone or not made", SET, made, if codes == OK { OK } else { INVALID });
            if codes == OK {
                let made = bench.get("10.0.0.7", luid, 0).expect("the entry");
                assert_eq!(
                    (&made.physical_address[..], made.physical_address_length),
                    (physical, length)
                );
            } else {
                assert_eq!(bench.get("10.0.0.7", luid, 0), None);
            }
        }
        // The array is 32 bytes long whatever the caller filled in; the length says what counts.
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("made", CREATE, with(&[1, 2], 4, key("10.0.0.7", TUNNEL, 0)), OK);
        let made = bench.get("10.0.0.7", TUNNEL, 0).expect("the entry");
        assert_eq!(made.physical_address, [1, 2, 0, 0]);
        bench.expect("changed", SET, with(&long, 2, key("10.0.0.7", TUNNEL, 0)), OK);
        let made = bench.get("10.0.0.7", TUNNEL, 0).expect("the entry");
        assert_eq!((made.physical_address, made.physical_address_length), (vec![1, 2], 2));
    }
}

#[test]
fn errors() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        for function in [GET, CREATE, SET, DELETE] {
            bench.expect("NULL", function, None, INVALID);
            for address in [
                "unspecified",
                "family 77",
                "0.0.0.0",
                "255.255.255.255",
                "127.0.0.1",
                "127.9.9.9",
                "::",
                "::1",
            ] {
                for luid in [ETHERNET, LOOPBACK] {
                    bench.expect(address, function, row(address, luid), INVALID);
                }
            }
            bench.expect("no keys", function, row("192.168.1.1", NONE), INVALID);
            let missing = if function == GET { NO_INTERFACE } else { NOT_FOUND };
            let other = NeighbourRow { index: 2, ..row("192.168.1.1", NOWHERE) };
            bench.expect("a LUID that names nothing", function, other, missing);
            let unknown = NeighbourRow { index: 99, ..row("192.168.1.1", NONE) };
            bench.expect("an index that names nothing", function, unknown, missing);
        }
        bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
        bench.expect("not bound", CREATE, row("fe80::7", ETHERNET), NOT_FOUND);
        bench.expect("not bound", GET, row("fe80::7", ETHERNET), NOT_FOUND);
        bench.change(&Change::Ipv4Present(false));
        bench.change(&Change::Ipv6Present(false));
        for function in [GET, CREATE, SET, DELETE] {
            bench.expect("no IPv4", function, row("192.168.1.1", ETHERNET), NO_STACK);
            bench.expect("no IPv6", function, row("fe80::7", ETHERNET), NO_STACK);
        }
    }
}

#[test]
fn only_an_elevated_program_may_change_them() {
    for (flavour, denied) in [(Flavour::User, 5), (Flavour::Kernel, 0)] {
        let mut bench = Bench::new(flavour, &[]);
        let process = bench.machine.actor_info(bench.main).process();
        bench.machine.set_elevated(process, false);
        for (function, address) in
            [(CREATE, "192.168.1.7"), (SET, "192.168.1.1"), (DELETE, "192.168.1.1")]
        {
            bench.expect("access", function, row(address, ETHERNET), (denied, 0));
        }
        // Everybody may look; a refused Delete has left the entry there.
        let there = bench.get("192.168.1.1", ETHERNET, 0).is_some();
        assert_eq!(there, flavour == Flavour::User);
    }
}

#[test]
fn the_table() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        assert_eq!(bench.rows(23), Err(bench.wanted(NOT_FOUND)), "none of that family");
        for address in ["fe80::7", "192.168.1.7"] {
            bench.expect("made", CREATE, row(address, ETHERNET), OK);
        }
        let texts = |rows: Result<Vec<NeighbourRow>, u32>| -> Vec<String> {
            rows.expect("rows").iter().map(|row| row.address.to_string()).collect()
        };
        assert_eq!(texts(bench.rows(2)), ["192.168.1.1", "192.168.1.7"]);
        assert_eq!(texts(bench.rows(23)), ["fe80::7%2"]);
        assert_eq!(texts(bench.rows(0)), ["192.168.1.1", "192.168.1.7", "fe80::7%2"]);
        for row in bench.rows(0).expect("rows") {
            let again = bench.call(GET, Some(row.clone())).output;
            assert_eq!(again, Output::Row(row.into()), "as the single-row getter has it");
        }
        for family in [1, 22, 0xFFFF] {
            assert_eq!(bench.rows(family), Err(bench.wanted(INVALID)));
        }
        let null = Call::Table { function: TABLE, family: 0, level: 0, pointer: false };
        let reply = bench.machine.call(bench.main, &null, &mut bench.chooser);
        assert_eq!(reply.code, bench.wanted(INVALID));
        bench.change(&Change::Ipv4Present(false));
        assert_eq!(bench.rows(2), Err(bench.wanted(NO_STACK)));
        bench.change(&Change::Ipv6Present(false));
        assert_eq!(bench.rows(23), Err(bench.wanted(NO_STACK)));
        bench.machine.fault_add(Fault::new(TABLE, Status::NotEnoughMemory));
        assert_eq!(bench.rows(0), Err(bench.wanted((8, 0xC000_009A))));
    }
}

#[test]
fn nobody_is_told_of_neighbours() {
    let mut bench = Bench::new(Flavour::User, &[]);
    for function in [
        Function::NotifyUnicastIpAddressChange,
        Function::NotifyRouteChange2,
        Function::NotifyIpInterfaceChange,
    ] {
        let request = Request::new("all", 1);
        let registered =
            bench.machine.notify(bench.main, function, 0, &request, &mut bench.chooser);
        assert!(registered.is_accepted());
    }
    bench.expect("made", CREATE, row("192.168.1.7", ETHERNET), OK);
    bench.expect("changed", SET, row("192.168.1.7", ETHERNET), OK);
    bench.expect("unmade", DELETE, row("192.168.1.7", ETHERNET), OK);
    assert!(!bench.machine.has_deliverable());
}
