//! CreateUnicastIpAddressEntry, and what becomes of the address (facts 6.3).

use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Machine, Request};
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{Row, UnicastRow};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;

const GET: Function = Function::GetUnicastIpAddressEntry;
const CREATE: Function = Function::CreateUnicastIpAddressEntry;
const INITIALIZE: Function = Function::InitializeUnicastIpAddressEntry;

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const WIFI: Luid = Luid::new(if_type::WIFI, 1);
const NOWHERE: Luid = Luid::new(if_type::ETHERNET, 77);

const INVALID: (u32, u32) = (87, 0xC000_000D);
const NOT_FOUND: (u32, u32) = (1168, 0xC000_0225);
const NO_STACK: (u32, u32) = (50, 0xC000_00BB);
const OK: (u32, u32) = (0, 0);

const TENTATIVE: u32 = 1;
const DUPLICATE: u32 = 2;
const PREFERRED: u32 = 4;

struct Bench {
    machine: Machine,
    main: ActorId,
    flavour: Flavour,
    chooser: First,
}

impl Bench {
    fn new(flavour: Flavour, fixed: &[(&str, &str)]) -> Self {
        let mut env = home();
        env.place_interface(Interface::new("Wi-Fi", if_type::WIFI, 1, 4)).expect("free keys");
        Self::with(flavour, fixed, env)
    }

    fn with(flavour: Flavour, fixed: &[(&str, &str)], env: Env) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let process = machine.process("vpn", flavour);
        let main = machine.actor("main", process);
        Self { machine, main, flavour, chooser: First::default() }
    }

    fn user() -> Self {
        Self::new(Flavour::User, &[])
    }

    fn create(&mut self, row: Option<UnicastRow>) -> (Status, u32) {
        let call = Call::Row { function: CREATE, level: 0, row: row.map(Row::from) };
        let reply = self.machine.call(self.main, &call, &mut self.chooser);
        assert_eq!(reply.output, Output::Nothing, "the row is const");
        (reply.status, reply.code)
    }

    fn expect(&mut self, what: &str, row: Option<UnicastRow>, codes: (u32, u32)) {
        let wanted = if self.flavour == Flavour::User { codes.0 } else { codes.1 };
        let shown = format!("{row:?}");
        let (_, code) = self.create(row);
        assert_eq!(code, wanted, "{what} for {}: {shown}", self.flavour);
    }

    fn get(&mut self, address: &str, luid: Luid) -> Result<UnicastRow, u32> {
        let address = address.parse().expect("an address");
        let row = UnicastRow { address, luid, ..UnicastRow::default() };
        let reply = self.machine.call(self.main, &Call::row(GET, row), &mut self.chooser);
        match reply.output {
            Output::Row(Row::Unicast(row)) => Ok(*row),
            _ => Err(reply.code),
        }
    }

    fn state(&mut self, address: &str, luid: Luid) -> Result<u32, u32> {
        self.get(address, luid).map(|row| row.dad_state)
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut self.chooser).expect("a change that is possible");
    }

    fn elapse(&mut self, ms: u64) {
        assert_eq!(self.machine.elapse(ms, &mut self.chooser), ms);
    }

    fn media(&mut self, connected: bool) {
        let connected = Some(connected);
        let change =
            Change::LinkSet { luid: ETHERNET, connected, admin_up: None, mtu: None, alias: None };
        self.change(&change);
    }

    /// Whether the stack routes to the address itself, and so may use it.
    fn is_routed(&self, address: &str, luid: Luid) -> bool {
        self.machine.env().routes().of(luid).any(|route| route.destination.to_string() == address)
    }

    /// What registrations are told of addresses, and when.
    fn told(&mut self, for_ms: u64) -> Vec<(u64, String, NotificationType)> {
        let mut told = Vec::new();
        let mut gone = 0;
        loop {
            while let Some(lane) = self.machine.next_deliverable() {
                let due = self.machine.delivery_begin(lane, self.main);
                if let Notification::UnicastAddress { row: Some(row), kind } = due.notification {
                    assert_eq!((row.luid, row.index), (ETHERNET, 2));
                    told.push((gone, row.address.to_string(), kind));
                }
                self.machine.delivery_end(self.main);
            }
            if gone == for_ms {
                return told;
            }
            gone += self.machine.elapse(for_ms - gone, &mut self.chooser);
        }
    }
}

/// An initialized row with address and interface.
fn row(address: &str, luid: Luid, index: u32) -> UnicastRow {
    UnicastRow {
        address: address.parse().expect("an address"),
        luid,
        index,
        prefix_origin: 16,
        suffix_origin: 16,
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        on_link_prefix_length: 255,
        ..UnicastRow::default()
    }
}

#[test]
fn an_initialized_row_with_address_and_interface_is_enough() {
    for flavour in Flavour::ALL {
        for (address, length) in [("10.0.0.5", 32), ("2001:db8::5", 128)] {
            let mut bench = Bench::new(flavour, &[]);
            let call = Call::row(INITIALIZE, UnicastRow::default());
            let reply = bench.machine.call(bench.main, &call, &mut bench.chooser);
            let Output::Row(Row::Unicast(fresh)) = reply.output else { panic!("a row") };
            let fresh = UnicastRow {
                address: address.parse().expect("an address"),
                luid: ETHERNET,
                ..*fresh
            };
            bench.expect("UC-23", Some(fresh), OK);
            let made = bench.get(address, ETHERNET).expect("the address");
            assert_eq!(made.on_link_prefix_length, length, "UC-08, C-11");
            assert_eq!((made.prefix_origin, made.suffix_origin), (1, 1), "UC-23: Manual, chosen");
            let lifetimes = (made.valid_lifetime, made.preferred_lifetime);
            assert_eq!(lifetimes, (u32::MAX, u32::MAX), "UC-23, ST-11");
            assert_eq!((made.luid, made.index), (ETHERNET, 2));
        }
    }
}

#[test]
fn every_value_of_the_row_is_kept() {
    let mut bench = Bench::user();
    let given = UnicastRow {
        prefix_origin: 4,
        suffix_origin: 5,
        valid_lifetime: 600,
        preferred_lifetime: 300,
        on_link_prefix_length: 64,
        skip_as_source: true,
        ..row("2001:db8::5", Luid::UNSPECIFIED, 2)
    };
    bench.expect("by the index", Some(given.clone()), OK);
    let made = bench.get("2001:db8::5", ETHERNET).expect("the address");
    let stack = UnicastRow {
        luid: ETHERNET,
        dad_state: made.dad_state,
        creation_time_stamp: made.creation_time_stamp,
        ..given
    };
    assert_eq!(made, stack);
    // The LUID goes before the index.
    bench.expect("by the LUID", Some(row("10.0.0.5", WIFI, 2)), OK);
    assert!(bench.get("10.0.0.5", WIFI).is_ok());
}

#[test]
fn three_members_are_the_stacks() {
    for flavour in Flavour::ALL {
        for dad_state in [0, 1, 2, 3, 99] {
            let mut bench = Bench::new(flavour, &[]);
            let stamped = UnicastRow {
                dad_state,
                scope_id: 7,
                creation_time_stamp: 1,
                ..row("fe80::5", ETHERNET, 0)
            };
            bench.expect("UC-13", Some(stamped), OK);
            let made = bench.get("fe80::5", ETHERNET).expect("the address");
            assert_eq!(made.dad_state, TENTATIVE, "UC-13: not {dad_state}");
            assert_eq!(made.scope_id, 2, "UC-13: the zone is the interface's");
            assert!(made.creation_time_stamp > 1, "UC-13");
        }
    }
}

#[test]
fn preferred_counts_for_programs_from_windows_10_on() {
    let honoured = [("create-preferred", "honoured")];
    let ignored = [("create-preferred", "ignored")];
    let cases = [
        (Flavour::User, &[][..], Windows::V11_24H2, PREFERRED), // UC-14
        (Flavour::User, &honoured[..], Windows::V10_1507, PREFERRED), // UC-14
        (Flavour::User, &honoured[..], Windows::V7, TENTATIVE), // UC-13
        (Flavour::User, &honoured[..], Windows(9600), TENTATIVE), // UC-13
        (Flavour::User, &ignored[..], Windows::V11_24H2, TENTATIVE), // UC-13, C-12
        (Flavour::Kernel, &honoured[..], Windows::V11_24H2, TENTATIVE), // UC-13
    ];
    for (flavour, fixed, windows, wanted) in cases {
        let mut env = home();
        env.place_windows(windows);
        let mut bench = Bench::with(flavour, fixed, env);
        let wish = UnicastRow { dad_state: PREFERRED, ..row("10.0.0.5", ETHERNET, 0) };
        bench.expect("UC-14", Some(wish), OK);
        let state = bench.state("10.0.0.5", ETHERNET);
        assert_eq!(state, Ok(wanted), "UC-14: {flavour}, {windows}, {fixed:?}");
        assert_eq!(bench.is_routed("10.0.0.5", ETHERNET), wanted == PREFERRED);
        bench.elapse(3000);
        assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(PREFERRED), "UC-17");
    }
}

#[test]
fn detection_of_a_preferred_address_runs_all_the_same() {
    let mut bench = Bench::user();
    let address = "10.0.0.5".parse().expect("an address");
    bench.change(&Change::AddressConflict { luid: ETHERNET, address, present: true });
    let wish = UnicastRow { dad_state: PREFERRED, ..row("10.0.0.5", ETHERNET, 0) };
    bench.expect("UC-14", Some(wish), OK);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(PREFERRED), "UC-14: optimistic");
    bench.elapse(3000);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(DUPLICATE), "UC-18");
}

#[test]
fn keys_that_are_refused() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("UC-03: NULL", None, INVALID);
        for address in [
            "unspecified",
            "family 77",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.1.1.1",
            "255.255.255.255",
            "::",
            "ff02::1",
        ] {
            bench.expect("UC-03: address", Some(row(address, ETHERNET, 0)), INVALID);
        }
        bench.expect("UC-03: no keys", Some(row("10.0.0.5", Luid::UNSPECIFIED, 0)), INVALID);
        // The initialized row of a caller who forgot all else.
        bench.expect("UC-03", Some(row("unspecified", Luid::UNSPECIFIED, 0)), INVALID);
    }
}

#[test]
fn values_that_are_refused() {
    let v4 = || row("10.0.0.5", ETHERNET, 0);
    let v6 = || row("2001:db8::5", ETHERNET, 0);
    let lifetimes = |valid_lifetime, preferred_lifetime| UnicastRow {
        valid_lifetime,
        preferred_lifetime,
        ..v4()
    };
    let origins =
        |prefix_origin, suffix_origin| UnicastRow { prefix_origin, suffix_origin, ..v4() };
    let length = |row, on_link_prefix_length| UnicastRow { on_link_prefix_length, ..row };
    let cases = [
        ("UC-04", lifetimes(10, 11), INVALID),
        ("UC-04", lifetimes(u32::MAX - 1, u32::MAX), INVALID),
        ("UC-04", lifetimes(10, 10), OK),
        ("UC-04", lifetimes(u32::MAX, 10), OK),
        ("UC-05", origins(16, 1), INVALID),
        ("UC-05", origins(1, 16), INVALID),
        ("UC-05", origins(16, 16), OK),
        ("UC-06", origins(5, 1), INVALID),
        ("UC-06", origins(1, 6), INVALID),
        ("UC-06", origins(15, 15), INVALID),
        ("UC-06", origins(17, 16), INVALID),
        ("UC-06", origins(u32::MAX, u32::MAX), INVALID),
        ("UC-06", origins(4, 5), OK),
        ("UC-06", origins(0, 0), OK),
        ("UC-07", length(v4(), 33), INVALID),
        ("UC-07", length(v4(), 128), INVALID),
        ("UC-07", length(v4(), 254), INVALID),
        ("UC-07", length(v6(), 129), INVALID),
        ("UC-07", length(v6(), 254), INVALID),
        ("UC-08", length(v4(), 32), OK),
        ("UC-08", length(v4(), 255), OK),
        ("UC-08", length(v6(), 128), OK),
        ("UC-08", length(v6(), 255), OK),
        ("UC-15", row("127.0.0.2", ETHERNET, 0), INVALID),
        ("UC-15", row("::1", ETHERNET, 0), INVALID),
        ("UC-15", row("127.0.0.2", LOOPBACK, 0), OK),
        // A bad value is the worse mistake than a missing interface (O-13).
        ("UC-04", UnicastRow { luid: NOWHERE, ..lifetimes(10, 11) }, INVALID),
    ];
    for flavour in Flavour::ALL {
        for (id, row, codes) in &cases {
            Bench::new(flavour, &[]).expect(id, Some(row.clone()), *codes);
        }
    }
}

#[test]
fn places_that_are_refused() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("UC-09, UC-10", Some(row("10.0.0.5", NOWHERE, 0)), NOT_FOUND);
        bench.expect("UC-09, UC-10", Some(row("10.0.0.5", NOWHERE, 2)), NOT_FOUND);
        let unknown = row("10.0.0.5", Luid::UNSPECIFIED, 99);
        bench.expect("UC-09, UC-10", Some(unknown), NOT_FOUND);

        bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
        bench.expect("observed: not bound", Some(row("2001:db8::5", ETHERNET, 0)), NOT_FOUND);
        bench.expect("IPv4 is", Some(row("10.0.0.5", ETHERNET, 0)), OK);

        let teredo = bench.machine.env().teredo_luid();
        bench.expect("chosen", Some(row("2001:db8::5", teredo, 0)), NO_STACK);

        bench.change(&Change::Ipv4Present(false));
        bench.expect("UC-11", Some(row("10.0.0.6", ETHERNET, 0)), NO_STACK);
        bench.expect("UC-11: IPv6 is there", Some(row("2001:db8::5", WIFI, 0)), OK);
        bench.change(&Change::Ipv6Present(false));
        bench.expect("UC-11", Some(row("2001:db8::6", WIFI, 0)), NO_STACK);
    }
}

#[test]
fn an_address_is_made_once() {
    let exists = (5010, 5010);
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        bench.expect("UC-12", Some(row("192.168.1.10", ETHERNET, 0)), exists);
        bench.expect("UC-12", Some(row("10.0.0.5", ETHERNET, 0)), OK);
        let other = UnicastRow { on_link_prefix_length: 8, ..row("10.0.0.5", ETHERNET, 0) };
        bench.expect("UC-12: whatever the rest", Some(other), exists);
        bench.expect("UC-12: that interface", Some(row("10.0.0.5", WIFI, 0)), OK);

        // Observed: an address kept on another adapter blocks it.
        let mut bench = Bench::new(flavour, &[("duplicate-address", "machine")]);
        bench.media(false);
        bench.expect("UC-12", Some(row("192.168.1.10", WIFI, 0)), exists);
        // A link-local address of another zone is another address.
        bench.expect("UC-12", Some(row("fe80::5eff:fe00:2", WIFI, 0)), OK);
        bench.expect("UC-12", Some(row("fe80::5eff:fe00:2", ETHERNET, 0)), exists);
        let address = "192.168.1.10".parse().expect("an address");
        bench.change(&Change::AddressRemove { luid: ETHERNET, address });
        bench.expect("UC-12", Some(row("192.168.1.10", WIFI, 0)), OK);
    }
    // 5010 in both texts, and so a success for NT_SUCCESS; its analogue by an option (O-15).
    let mut bench = Bench::new(Flavour::Kernel, &[("kernel-error-names", "as-ntstatus")]);
    let (status, code) = bench.create(Some(row("192.168.1.10", ETHERNET, 0)));
    assert_eq!((status, code), (Status::ObjectAlreadyExists, 0xC000_0035), "UC-12");
}

#[test]
fn only_an_elevated_program_may_create() {
    for (flavour, wanted) in [(Flavour::User, 5), (Flavour::Kernel, 0)] {
        let mut bench = Bench::new(flavour, &[]);
        let process = bench.machine.actor_info(bench.main).process();
        bench.machine.set_elevated(process, false);
        let (_, code) = bench.create(Some(row("10.0.0.5", ETHERNET, 0)));
        assert_eq!(code, wanted, "UC-01, UC-02");
        assert_eq!(bench.get("10.0.0.5", ETHERNET).is_ok(), wanted == 0, "UC-01, UC-02");
        bench.machine.set_elevated(process, true);
        let (_, code) = bench.create(Some(row("10.0.0.6", ETHERNET, 0)));
        assert_eq!(code, 0, "UC-01: elevated");
    }
}

#[test]
fn it_is_tentative_and_then_preferred() {
    for flavour in Flavour::ALL {
        for (address, lasts_ms) in [("10.0.0.5", 3000), ("2001:db8::5", 1000)] {
            let mut bench = Bench::new(flavour, &[]);
            bench.expect("UC-16", Some(row(address, ETHERNET, 0)), OK);
            assert_eq!(bench.state(address, ETHERNET), Ok(TENTATIVE), "UC-16");
            assert!(!bench.is_routed(address, ETHERNET), "UC-16: it is not usable");
            bench.elapse(lasts_ms - 1);
            assert_eq!(bench.state(address, ETHERNET), Ok(TENTATIVE), "UC-16");
            bench.elapse(1);
            assert_eq!(bench.state(address, ETHERNET), Ok(PREFERRED), "UC-17");
            assert!(bench.is_routed(address, ETHERNET), "UC-17: it is usable");
        }
    }
}

#[test]
fn polling_twice_a_second_shows_it() {
    for (address, wanted) in
        [("10.0.0.5", vec![1, 1, 1, 1, 1, 1, 4, 4]), ("2001:db8::5", vec![1, 1, 4])]
    {
        let mut bench = Bench::user();
        bench.expect("UC-22", Some(row(address, ETHERNET, 0)), OK);
        let mut seen = Vec::new();
        for _ in &wanted {
            seen.push(bench.state(address, ETHERNET).expect("the address"));
            bench.elapse(500);
        }
        assert_eq!(seen, wanted, "UC-22");
    }
}

#[test]
fn a_conflict_makes_it_a_duplicate() {
    let address = "10.0.0.5".parse().expect("an address");
    // The other host is there before, or comes while detection runs (UC-18).
    for late_ms in [0, 1000] {
        for flavour in Flavour::ALL {
            let conflict = Change::AddressConflict { luid: ETHERNET, address, present: true };
            let mut bench = Bench::new(flavour, &[]);
            if late_ms == 0 {
                bench.change(&conflict);
            }
            bench.expect("UC-18", Some(row("10.0.0.5", ETHERNET, 0)), OK);
            assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(TENTATIVE), "UC-16");
            if late_ms > 0 {
                bench.elapse(late_ms);
                bench.change(&conflict);
            }
            bench.elapse(3000 - late_ms);
            let state = bench.state("10.0.0.5", ETHERNET).expect("the address");
            assert!(state != TENTATIVE && state != PREFERRED, "UC-18: {state}");
            assert_eq!(state, DUPLICATE, "UC-18");
            assert!(!bench.is_routed("10.0.0.5", ETHERNET), "UC-18: it is not usable");
        }
    }
}

#[test]
fn a_lost_medium_starts_detection_again() {
    let mut bench = Bench::user();
    bench.expect("UC-19", Some(row("10.0.0.5", ETHERNET, 0)), OK);
    bench.elapse(2000);
    bench.media(false);
    bench.elapse(10_000);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(TENTATIVE), "UC-19: it waits");
    bench.media(true);
    bench.elapse(2999);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(TENTATIVE), "UC-19: from the start");
    bench.elapse(1);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(PREFERRED), "UC-19");
    // And again for an address that was preferred already.
    bench.media(false);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(TENTATIVE), "UC-19");
    bench.media(true);
    bench.elapse(3000);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(PREFERRED), "UC-19");
    // Made while there is no medium, it waits for one, whatever its row says.
    bench.media(false);
    let wish = UnicastRow { dad_state: PREFERRED, ..row("10.0.0.6", ETHERNET, 0) };
    bench.expect("UC-14", Some(wish), OK);
    assert_eq!(bench.state("10.0.0.6", ETHERNET), Ok(TENTATIVE), "UC-19");
}

#[test]
fn it_ends_with_its_adapter() {
    let mut bench = Bench::user();
    bench.expect("UC-20", Some(row("10.0.0.5", ETHERNET, 0)), OK);
    bench.elapse(3000);
    bench.change(&Change::InterfaceDisable(ETHERNET));
    assert_eq!(bench.get("10.0.0.5", ETHERNET), Err(2), "the interface is gone");
    bench.expect("UC-09", Some(row("10.0.0.5", ETHERNET, 0)), NOT_FOUND);
    bench.change(&Change::InterfaceEnable(ETHERNET));
    assert_eq!(bench.get("10.0.0.5", ETHERNET), Err(1168), "UC-20: an adapter reset");
    assert!(bench.get("192.168.1.10", ETHERNET).is_ok(), "what is configured is back");
    bench.expect("UC-20", Some(row("10.0.0.5", ETHERNET, 0)), OK);
}

#[test]
fn it_ends_with_a_restart() {
    let mut bench = Bench::user();
    let process = bench.machine.actor_info(bench.main).process();
    for address in ["10.0.0.5", "2001:db8::5"] {
        bench.expect("UC-20", Some(row(address, ETHERNET, 0)), OK);
    }
    bench.elapse(3000);
    bench.machine.reboot(&mut bench.chooser);
    bench.machine.process_start(process);
    bench.machine.actor_reuse(bench.main, process);
    for address in ["10.0.0.5", "2001:db8::5"] {
        assert_eq!(bench.get(address, ETHERNET), Err(1168), "UC-20: a restart");
        assert!(!bench.is_routed(address, ETHERNET), "UC-20");
    }
    assert_eq!(bench.state("192.168.1.10", ETHERNET), Ok(TENTATIVE), "what is configured stays");
}

#[test]
fn its_making_and_its_becoming_usable_are_told() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, &[]);
        let function = Function::NotifyUnicastIpAddressChange;
        let request = Request::new("addresses", 1);
        let registered =
            bench.machine.notify(bench.main, function, 2, &request, &mut bench.chooser);
        assert!(registered.is_accepted());
        bench.expect("UC-21", Some(row("10.0.0.5", ETHERNET, 0)), OK);
        let told = bench.told(5000);
        let address = "10.0.0.5".to_owned();
        let wanted = [
            (0, address.clone(), NotificationType::Add),
            (3000, address, NotificationType::Parameter),
        ];
        assert_eq!(told, wanted, "UC-21");
        // What was refused is not told.
        let (status, _) = bench.create(Some(row("10.0.0.5", ETHERNET, 0)));
        assert_eq!(status, Status::ObjectAlreadyExists, "UC-12");
        assert_eq!(bench.told(5000), []);
    }
}

#[test]
fn an_address_without_a_life_expires_at_once() {
    let mut bench = Bench::user();
    let dead =
        UnicastRow { valid_lifetime: 0, preferred_lifetime: 0, ..row("10.0.0.5", ETHERNET, 0) };
    bench.expect("chosen", Some(dead), OK);
    bench.elapse(0);
    assert_eq!(bench.get("10.0.0.5", ETHERNET), Err(1168));
    let short =
        UnicastRow { valid_lifetime: 10, preferred_lifetime: 0, ..row("10.0.0.5", ETHERNET, 0) };
    bench.expect("a deprecated address", Some(short), OK);
    bench.elapse(3000);
    assert_eq!(bench.state("10.0.0.5", ETHERNET), Ok(3), "Deprecated");
    bench.elapse(7000);
    assert_eq!(bench.get("10.0.0.5", ETHERNET), Err(1168), "its valid lifetime is over");
}
