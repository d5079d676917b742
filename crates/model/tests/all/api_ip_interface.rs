//! GetIpInterfaceEntry, GetIpInterfaceTable, SetIpInterfaceEntry and InitializeIpInterfaceEntry.

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Fault, Irql, Machine, Request};
use netiosim_model::member::Member;
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Family, Luid};
use netiosim_model::notification::{Notification, RowKey};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{IpInterfaceRow, Row, RowType};
use netiosim_model::status::{Flavour, Status};
use proptest::prelude::*;

const GET: Function = Function::GetIpInterfaceEntry;
const SET: Function = Function::SetIpInterfaceEntry;
const TABLE: Function = Function::GetIpInterfaceTable;
const INITIALIZE: Function = Function::InitializeIpInterfaceEntry;

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const TUNNEL: Luid = Luid::new(if_type::TUNNEL, 1);
const GARBAGE: Luid = Luid(0xDEAD_BEEF);

const STATUS_INVALID_PARAMETER: u32 = 0xC000_000D;
const STATUS_NOT_FOUND: u32 = 0xC000_0225;

/// A home machine: Ethernet (index 2), Teredo (index 3, IPv6 only), loopback (index 1).
struct Bench {
    machine: Machine,
    process: ProcessId,
    main: ActorId,
    chooser: First,
}

impl Bench {
    fn new(flavour: Flavour) -> Self {
        Self::with(flavour, &[], home())
    }

    fn with(flavour: Flavour, fixed: &[(&str, &str)], env: Env) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, process, main, chooser: First::default() }
    }

    fn call(&mut self, call: &Call) -> Reply {
        self.machine.call(self.main, call, &mut self.chooser)
    }

    fn code(&mut self, call: &Call) -> u32 {
        self.call(call).code
    }

    /// The row that a successful call answers.
    fn row(&mut self, function: Function, row: IpInterfaceRow) -> IpInterfaceRow {
        let reply = self.call(&Call::row(function, row));
        assert_eq!((reply.status, reply.code), (Status::Success, 0), "{function}");
        let Output::Row(row) = reply.output else { panic!("{function} answers a row") };
        row.try_into().expect("an IP interface row")
    }

    fn get(&mut self, luid: Luid, family: Family) -> IpInterfaceRow {
        self.row(GET, keys(family.number(), luid, 0))
    }

    /// The row after Initialize, with its keys filled in.
    fn fresh(&mut self, luid: Luid, family: Family) -> IpInterfaceRow {
        let row = self.row(INITIALIZE, IpInterfaceRow::default());
        IpInterfaceRow { family: family.number(), luid, ..row }
    }

    /// The rows of a table, which is freed.
    fn rows(&mut self, family: u16) -> Vec<IpInterfaceRow> {
        let Output::Table(table) = self.call(&Call::table(TABLE, family)).output else {
            panic!("a table")
        };
        let rows = self.machine.table_rows(self.main, table).expect("a live table");
        self.machine.free_mib_table(self.main, Memory::Table(table));
        rows.iter().map(|row| row.clone().try_into().expect("an IP interface row")).collect()
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut self.chooser).expect("a change");
    }

    /// Registers for interface changes of both families.
    fn listen(&mut self) {
        let request = Request::new("interfaces", 1);
        let registered = self.machine.notify_ip_interface_change(
            self.main,
            AF_UNSPEC,
            &request,
            &mut self.chooser,
        );
        assert_eq!(registered.code, 0);
    }

    /// Delivers everything and answers it.
    fn told(&mut self) -> Vec<Notification> {
        let mut told = Vec::new();
        while let Some(lane) = self.machine.next_deliverable() {
            told.push(self.machine.delivery_begin(lane, self.main).notification);
            self.machine.delivery_end(self.main);
        }
        told
    }
}

fn keys(family: u16, luid: Luid, index: u32) -> IpInterfaceRow {
    IpInterfaceRow { family, luid, index, ..IpInterfaceRow::default() }
}

fn with(mut row: IpInterfaceRow, values: &[(Member, u64)]) -> IpInterfaceRow {
    for (member, value) in values {
        row.members.set(*member, *value);
    }
    row
}

fn value(row: &IpInterfaceRow, member: Member) -> u64 {
    row.members.get(member).expect("a member of the row")
}

fn null(function: Function) -> Call {
    Call::Row { function, level: 0, row: None }
}

fn null_table(family: u16) -> Call {
    Call::Table { function: TABLE, family, level: 0, pointer: false }
}

/// Asserts the codes of calls: what was tried, the call, the code in user mode and for a driver.
fn assert_codes(cases: &[(&str, Call, u32, u32)], prepare: impl Fn(&mut Bench)) {
    for (flavour, which) in [(Flavour::User, 0), (Flavour::Kernel, 1)] {
        let mut bench = Bench::new(flavour);
        prepare(&mut bench);
        for (what, call, user, kernel) in cases {
            let reply = bench.call(call);
            assert_eq!(reply.code, [*user, *kernel][which], "{flavour}: {what}");
            if reply.status != Status::Success {
                assert_eq!(reply.output, Output::Nothing, "{flavour}: {what}");
            }
        }
    }
}

#[test]
fn every_error_of_get_in_both_flavours() {
    let cases = [
        ("IE-01, IE-02: NULL", null(GET), 87, STATUS_INVALID_PARAMETER),
        (
            "IE-03: AF_UNSPEC",
            Call::row(GET, keys(AF_UNSPEC, ETHERNET, 2)),
            87,
            STATUS_INVALID_PARAMETER,
        ),
        ("IE-03: family 10", Call::row(GET, keys(10, ETHERNET, 2)), 87, STATUS_INVALID_PARAMETER),
        (
            "IE-04: no keys",
            Call::row(GET, keys(AF_INET, Luid::UNSPECIFIED, 0)),
            87,
            STATUS_INVALID_PARAMETER,
        ),
        ("IE-05, IE-06: LUID", Call::row(GET, keys(AF_INET, GARBAGE, 0)), 2, STATUS_NOT_FOUND),
        (
            "IE-05, IE-06: index",
            Call::row(GET, keys(AF_INET, Luid::UNSPECIFIED, 99)),
            2,
            STATUS_NOT_FOUND,
        ),
        (
            "IE-08: a garbage LUID wins over an index that is good",
            Call::row(GET, keys(AF_INET, GARBAGE, 2)),
            2,
            STATUS_NOT_FOUND,
        ),
        (
            "IE-07: Teredo has no IPv4",
            Call::row(GET, keys(AF_INET, TUNNEL, 0)),
            1168,
            STATUS_NOT_FOUND,
        ),
        (
            "a row of another type is no row at all",
            Call::row(GET, Row::empty(RowType::Unicast)),
            87,
            STATUS_INVALID_PARAMETER,
        ),
    ];
    assert_codes(&cases, |_| {});
}

#[test]
fn a_garbage_luid_was_seen_to_give_another_code() {
    // Observed, 23: 1168 for a LUID and still 2 for an index; a driver's code is one and the same.
    for (flavour, codes) in
        [(Flavour::User, [1168, 2]), (Flavour::Kernel, [STATUS_NOT_FOUND, STATUS_NOT_FOUND])]
    {
        let mut bench = Bench::with(flavour, &[("unknown-luid", "not-found")], home());
        let by_luid = bench.code(&Call::row(GET, keys(AF_INET, GARBAGE, 2)));
        let by_index = bench.code(&Call::row(GET, keys(AF_INET, Luid::UNSPECIFIED, 99)));
        assert_eq!([by_luid, by_index], codes);
        // IS-04: the option is about getters.
        let set = bench.code(&Call::row(SET, keys(AF_INET, GARBAGE, 2)));
        assert_eq!(set, codes[1]);
    }
}

#[test]
fn get_fills_in_keys_and_live_values() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        for family in Family::ALL {
            let live = bench.machine.env().row(ETHERNET, family).expect("a row").clone();
            let full = IpInterfaceRow { members: live, ..keys(family.number(), ETHERNET, 2) };
            let number = family.number();
            let asked = [
                ("IE-09", keys(number, Luid::UNSPECIFIED, 2)),
                ("IE-08", keys(number, ETHERNET, 3)),
                ("IE-11", RowKey { family, luid: ETHERNET, index: 2 }.into()),
                (
                    "IE-10",
                    with(
                        keys(number, ETHERNET, 2),
                        &[(Member::NlMtu, 7), (Member::DadTransmits, 9)],
                    ),
                ),
            ];
            for (id, row) in asked {
                assert_eq!(bench.row(GET, row), full, "{id}");
            }
        }
        // IE-10: live, not remembered.
        let values = vec![(Member::NlMtu, 1400)];
        bench.change(&Change::RowSet { luid: ETHERNET, family: Family::V6, values });
        assert_eq!(value(&bench.get(ETHERNET, Family::V6), Member::NlMtu), 1400);
    }
}

#[test]
fn a_driver_may_call_below_dispatch_level() {
    // IE-12: a call above it is a finding and goes on.
    for (irql, findings) in [(Irql::Passive, 0), (Irql::Apc, 0), (Irql::Dispatch, 1)] {
        for function in [GET, SET] {
            let mut bench = Bench::new(Flavour::Kernel);
            bench.machine.set_irql(bench.main, irql);
            assert_eq!(bench.code(&Call::row(function, keys(AF_INET, ETHERNET, 0))), 0);
            assert_eq!(bench.machine.findings().len(), findings, "IE-12: {function}, {irql:?}");
        }
    }
}

#[test]
fn an_unbound_family_and_an_absent_stack_have_no_row() {
    let mut bench = Bench::new(Flavour::User);
    let ethernet = Call::row(GET, keys(AF_INET6, ETHERNET, 0));
    bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
    assert_eq!(bench.code(&ethernet), 1168, "IE-07, observed 15");
    let mut bench = Bench::new(Flavour::User);
    bench.change(&Change::Ipv6Present(false));
    assert_eq!(bench.code(&ethernet), 1168, "IE-07: the page has no 50");
}

#[test]
fn loopback_reads_as_it_was_seen_to() {
    // Observed, 26.
    let mut bench = Bench::new(Flavour::User);
    for family in Family::ALL {
        let row = bench.get(Interface::loopback().luid, family);
        let seen = [
            (Member::DadTransmits, 0),
            (Member::NlMtu, 0xFFFF_FFFF),
            (Member::MinRouterAdvertisementInterval, 200),
            (Member::MaxRouterAdvertisementInterval, 600),
            (Member::SitePrefixLength, 64),
        ];
        for (member, expected) in seen {
            assert_eq!(value(&row, member), expected, "{family} {}", member.name());
        }
    }
}

#[test]
fn every_error_of_the_table_in_both_flavours() {
    let cases = [
        ("IT-01: NULL", null_table(AF_INET), 87, STATUS_INVALID_PARAMETER),
        ("IT-02: family 17", Call::table(TABLE, 17), 87, STATUS_INVALID_PARAMETER),
        ("IT-06: no IPv6 stack", Call::table(TABLE, AF_INET6), 50, 0xC000_00BB),
        ("IT-05: IPv4 is bound nowhere", Call::table(TABLE, AF_INET), 1168, STATUS_NOT_FOUND),
        ("IT-05: no row of any family", Call::table(TABLE, AF_UNSPEC), 1168, STATUS_NOT_FOUND),
    ];
    assert_codes(&cases, |bench| {
        bench.change(&Change::Ipv6Present(false));
        for luid in [ETHERNET, Interface::loopback().luid] {
            bench.change(&Change::FamilyUnbind { luid, family: Family::V4 });
        }
        // IT-07
        let fault = bench.machine.fault_add(Fault::new(TABLE, Status::NotEnoughMemory));
        let kernel = bench.machine.flavour(bench.main) == Flavour::Kernel;
        let expected = if kernel { 0xC000_009A } else { 8 };
        assert_eq!(bench.code(&Call::table(TABLE, AF_INET)), expected, "IT-07");
        bench.machine.fault_remove(fault);
    });
}

#[test]
fn the_table_shows_every_row_of_its_family() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        let v4 = bench.rows(AF_INET);
        let v6 = bench.rows(AF_INET6);
        assert_eq!(v4.len(), 2, "IT-09: loopback and Ethernet");
        assert_eq!(v6.len(), 3, "IT-09: Teredo too");
        for (rows, family) in [(&v4, AF_INET), (&v6, AF_INET6)] {
            for row in rows {
                assert_eq!(row.family, family, "IT-03");
                let entry = bench.row(GET, keys(family, row.luid, 0));
                assert_eq!(*row, entry, "a row of the table is the entry");
            }
        }
        let both: Vec<IpInterfaceRow> = v4.into_iter().chain(v6).collect();
        assert_eq!(bench.rows(AF_UNSPEC), both, "IT-04");
        bench.change(&Change::Ipv4Present(false));
        assert!(bench.rows(AF_UNSPEC).iter().all(|row| row.family == AF_INET6), "IT-04");
        assert!(bench.machine.findings().is_empty(), "IT-08: every table was freed");
    }
}

#[test]
fn a_table_that_is_not_freed_is_held() {
    let mut bench = Bench::new(Flavour::User);
    let Output::Table(table) = bench.call(&Call::table(TABLE, AF_INET)).output else {
        panic!("a table")
    };
    assert_eq!(bench.machine.tables_held(bench.process), [(table, TABLE)], "IT-08");
    let _ = bench.call(&Call::Free(Memory::Table(table)));
    assert!(bench.machine.tables_held(bench.process).is_empty(), "IT-08");
}

#[test]
fn af_unspec_may_be_refused() {
    // IT-04, the remarks of the page.
    let fixed = [("interface-table-unspec", "refused")];
    for (flavour, code) in [(Flavour::User, 87), (Flavour::Kernel, STATUS_INVALID_PARAMETER)] {
        let mut bench = Bench::with(flavour, &fixed, home());
        assert_eq!(bench.code(&Call::table(TABLE, AF_UNSPEC)), code);
        assert_eq!(bench.code(&Call::table(TABLE, AF_INET)), 0);
    }
}

#[test]
fn every_error_of_set_in_both_flavours() {
    let site = |family, length| {
        Call::row(SET, with(keys(family, ETHERNET, 0), &[(Member::SitePrefixLength, length)]))
    };
    let behavior =
        |member, number| Call::row(SET, with(keys(AF_INET6, ETHERNET, 0), &[(member, number)]));
    let bad = STATUS_INVALID_PARAMETER;
    let cases = [
        ("IS-03: NULL", null(SET), 87, bad),
        ("IS-03: AF_UNSPEC", Call::row(SET, keys(AF_UNSPEC, ETHERNET, 0)), 87, bad),
        ("IS-03: family 1", Call::row(SET, keys(1, ETHERNET, 0)), 87, bad),
        ("IS-03: no keys", Call::row(SET, keys(AF_INET, Luid::UNSPECIFIED, 0)), 87, bad),
        ("IS-04, IS-05: LUID", Call::row(SET, keys(AF_INET, GARBAGE, 2)), 2, STATUS_NOT_FOUND),
        (
            "IS-04, IS-05: index",
            Call::row(SET, keys(AF_INET, Luid::UNSPECIFIED, 99)),
            2,
            STATUS_NOT_FOUND,
        ),
        ("IS-06: no IPv4", Call::row(SET, keys(AF_INET, TUNNEL, 0)), 1168, STATUS_NOT_FOUND),
        ("IS-08: IPv4, 1 bit; a driver may", site(AF_INET, 1), 87, 0),
        ("ST-10: IPv4, 33 bits", site(AF_INET, 33), 87, bad),
        ("ST-10: IPv4, the illegal marker", site(AF_INET, 255), 87, bad),
        ("IPv6, 128 bits", site(AF_INET6, 128), 0, 0),
        ("ST-10: IPv6, 129 bits", site(AF_INET6, 129), 87, bad),
        ("ST-10: IPv6, the illegal marker", site(AF_INET6, 255), 87, bad),
        ("ST-10: all ones", site(AF_INET6, 0xFFFF_FFFF), 87, bad),
        (
            "a router discovery behavior that there is not",
            behavior(Member::RouterDiscoveryBehavior, 3),
            87,
            bad,
        ),
        (
            "a link-local behavior that there is not",
            behavior(Member::LinkLocalAddressBehavior, 3),
            87,
            bad,
        ),
        ("a link-local behavior", behavior(Member::LinkLocalAddressBehavior, 2), 0, 0),
    ];
    assert_codes(&cases, |_| {});
}

#[test]
fn only_the_elevated_may_set_and_drivers_always_may() {
    let good = Call::row(SET, keys(AF_INET6, ETHERNET, 0));
    let wrong = Call::row(SET, keys(AF_INET6, GARBAGE, 0));
    let mut bench = Bench::new(Flavour::User);
    bench.machine.set_elevated(bench.process, false);
    bench.listen();
    assert_eq!(bench.code(&good), 5, "IS-01");
    assert_eq!(bench.code(&wrong), 5, "access comes before the interface");
    assert_eq!(bench.code(&null(SET)), 87, "the pointer comes before access");
    assert_eq!(bench.code(&Call::row(GET, keys(AF_INET6, ETHERNET, 0))), 0, "anybody may look");
    assert!(bench.told().is_empty(), "what was refused changes nothing");
    bench.machine.set_elevated(bench.process, true);
    assert_eq!(bench.code(&good), 0, "IS-01");

    let mut bench = Bench::new(Flavour::Kernel);
    bench.machine.set_elevated(bench.process, false);
    assert_eq!(bench.code(&good), 0, "IS-02");

    let mut bench = Bench::with(Flavour::User, &[("error-priority", "access-first")], home());
    bench.machine.set_elevated(bench.process, false);
    assert_eq!(bench.code(&null(SET)), 5);
}

#[test]
fn set_ignores_what_the_page_says_it_ignores() {
    let ignored = [
        Member::MaxReassemblySize,
        Member::MinRouterAdvertisementInterval,
        Member::MaxRouterAdvertisementInterval,
        Member::Connected,
        Member::SupportsWakeUpPatterns,
        Member::SupportsNeighborDiscovery,
        Member::SupportsRouterDiscovery,
        Member::ReachableTime,
        Member::TransmitOffload,
        Member::ReceiveOffload,
    ];
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        let before = bench.get(ETHERNET, Family::V6);
        for member in ignored {
            let other = value(&before, member) ^ 1;
            let set = bench.row(SET, with(before.clone(), &[(member, other)]));
            assert_eq!(set, before, "IS-07: {}", member.name());
            assert_eq!(bench.get(ETHERNET, Family::V6), before, "IS-07: {}", member.name());
        }
    }
}

#[test]
fn set_changes_what_it_does_not_ignore() {
    let settable = [
        (Member::AdvertisingEnabled, 1),
        (Member::ForwardingEnabled, 1),
        (Member::WeakHostSend, 1),    // IS-12
        (Member::WeakHostReceive, 1), // IS-12
        (Member::UseNeighborUnreachabilityDetection, 0),
        (Member::ManagedAddressConfigurationSupported, 1),
        (Member::OtherStatefulConfigurationSupported, 1),
        (Member::AdvertiseDefaultRoute, 1),
        (Member::RouterDiscoveryBehavior, 0),
        (Member::DadTransmits, 0),
        (Member::BaseReachableTime, 15_000),
        (Member::RetransmitTime, 500),
        (Member::PathMtuDiscoveryTimeout, 1),
        (Member::LinkLocalAddressBehavior, 0),
        (Member::LinkLocalAddressTimeout, 77),
        (Member::ZoneIndices, 3),
        (Member::SitePrefixLength, 48),
        (Member::NlMtu, 1280),
        (Member::DisableDefaultRoutes, 1), // IS-10
    ];
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        for (member, new) in settable {
            let before = bench.get(ETHERNET, Family::V6);
            assert_ne!(value(&before, member), new, "{} differs", member.name());
            let wanted = with(before, &[(member, new)]);
            let by_index = IpInterfaceRow { luid: Luid::UNSPECIFIED, ..wanted.clone() };
            // IS-09: the LUID is filled in, and the rest is what GetIpInterfaceEntry answers.
            assert_eq!(bench.row(SET, by_index), wanted, "IS-09: {}", member.name());
            assert_eq!(bench.get(ETHERNET, Family::V6), wanted, "IS-10: {}", member.name());
        }
    }
}

#[test]
fn the_documented_defaults() {
    let mut bench = Bench::new(Flavour::User);
    for family in Family::ALL {
        let row = bench.get(ETHERNET, family);
        let v6 = family == Family::V6;
        let defaults = [
            ("IS-12", Member::WeakHostSend, 0),
            ("IS-12", Member::WeakHostReceive, 0),
            ("IS-13", Member::UseAutomaticMetric, 1),
            ("ST-09", Member::DadTransmits, if v6 { 1 } else { 3 }),
        ];
        for (id, member, expected) in defaults {
            assert_eq!(value(&row, member), expected, "{id} {family} {}", member.name());
        }
    }
}

#[test]
fn a_metric_counts_only_when_it_is_not_automatic() {
    // IS-13
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        let before = bench.get(ETHERNET, Family::V6);
        let automatic = value(&before, Member::Metric);
        let set = |bench: &mut Bench, values: &[(Member, u64)]| {
            let row = bench.get(ETHERNET, Family::V6);
            value(&bench.row(SET, with(row, values)), Member::Metric)
        };
        assert_eq!(set(&mut bench, &[(Member::Metric, 5)]), automatic, "IS-13: not yet");
        let fixed = [(Member::UseAutomaticMetric, 0), (Member::Metric, 0)];
        assert_eq!(set(&mut bench, &fixed), 0, "IS-13: 0 is a metric");
        assert_eq!(set(&mut bench, &[(Member::Metric, 5)]), 5, "IS-13");
        assert_eq!(bench.machine.env().interface_metric(ETHERNET, Family::V6), 5);
        assert_eq!(set(&mut bench, &[(Member::UseAutomaticMetric, 1)]), automatic);
    }
}

#[test]
fn a_boolean_is_true_or_false() {
    let mut bench = Bench::new(Flavour::User);
    let row = bench.get(ETHERNET, Family::V6);
    for (written, read) in [(255, 1), (2, 1), (0, 0)] {
        let set = bench.row(SET, with(row.clone(), &[(Member::ForwardingEnabled, written)]));
        assert_eq!(value(&set, Member::ForwardingEnabled), read, "{written}");
    }
}

#[test]
fn a_set_raises_one_parameter_notification() {
    let row = RowKey { family: Family::V6, luid: ETHERNET, index: 2 };
    let once = [Notification::IpInterface {
        row: Some(row),
        kind: netiosim_model::net::NotificationType::Parameter,
    }];
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        bench.listen();
        let before = bench.get(ETHERNET, Family::V6);
        let values = [(Member::NlMtu, 1300), (Member::ForwardingEnabled, 1)];
        bench.row(SET, with(before, &values));
        assert_eq!(bench.told(), once, "IS-11: one for all members of one call");
        let same = bench.get(ETHERNET, Family::V6);
        bench.row(SET, same);
        assert_eq!(bench.told(), once, "chosen: one that changes nothing is told too");
        let _ = bench.call(&Call::row(SET, keys(AF_INET6, GARBAGE, 0)));
        let _ = bench.call(&Call::row(GET, keys(AF_INET6, ETHERNET, 0)));
        assert!(bench.told().is_empty());
    }
}

#[test]
fn reading_and_writing_back_fails_for_ipv4_until_the_site_prefix_is_reset() {
    // IS-08: 64 reads back in both families (observed, 26).
    for (flavour, code) in [(Flavour::User, 87), (Flavour::Kernel, STATUS_INVALID_PARAMETER)] {
        let mut bench = Bench::new(flavour);
        let v4 = bench.get(ETHERNET, Family::V4);
        assert_eq!(bench.code(&Call::row(SET, v4.clone())), code, "IS-08: longer than 32 for all");
        let v4 = with(v4, &[(Member::SitePrefixLength, 0)]);
        assert_eq!(bench.row(SET, v4.clone()), v4, "IS-08");
        let v6 = bench.get(ETHERNET, Family::V6);
        assert_eq!(bench.row(SET, v6.clone()), v6, "IPv6 has no such trap");
    }
}

#[test]
fn initialize_by_the_page_gives_zeros_that_switch_things_off() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour);
        let garbage = with(keys(77, GARBAGE, 9), &[(Member::NlMtu, 9), (Member::Metric, 9)]);
        let row = bench.row(INITIALIZE, garbage);
        assert_eq!(row.family, AF_UNSPEC, "II-01");
        assert_eq!(row.luid, Luid::UNSPECIFIED, "II-02");
        assert_eq!(row, IpInterfaceRow::default(), "II-03");
        let code = bench.code(&Call::row(GET, row));
        let kernel = flavour == Flavour::Kernel;
        assert_eq!(code, if kernel { STATUS_INVALID_PARAMETER } else { 87 }, "II-06");
        // Read literally, Initialize and Set turn both features off (C-09).
        let fresh = bench.fresh(ETHERNET, Family::V6);
        let set = bench.row(SET, fresh);
        for member in [Member::RouterDiscoveryBehavior, Member::LinkLocalAddressBehavior] {
            assert_eq!(value(&set, member), 0, "{}", member.name());
        }
    }
}

#[test]
fn initialize_with_markers_and_set_change_nothing_but_what_was_filled_in() {
    // Observed, 28.
    let fixed = [("initialize-interface-row", "unchanged")];
    for flavour in Flavour::ALL {
        let mut bench = Bench::with(flavour, &fixed, home());
        let row = bench.row(INITIALIZE, keys(77, GARBAGE, 9));
        assert_eq!((row.family, row.luid, row.index), (AF_UNSPEC, Luid::UNSPECIFIED, 0), "II-06");
        for (member, marker) in [
            (Member::RouterDiscoveryBehavior, 0xFFFF_FFFF), // ST-07
            (Member::LinkLocalAddressBehavior, 0xFFFF_FFFF), // ST-07
            (Member::NlMtu, 0xFFFF_FFFF),
            (Member::ForwardingEnabled, 255),
            (Member::SitePrefixLength, 255), // ST-10
        ] {
            assert_eq!(value(&row, member), marker, "{}", member.name());
        }
        for family in Family::ALL {
            let before = bench.get(ETHERNET, family);
            let fresh = bench.fresh(ETHERNET, family);
            assert_eq!(bench.row(SET, fresh.clone()), before, "{family}");
            let fixed = [(Member::UseAutomaticMetric, 0), (Member::Metric, 7)];
            let set = bench.row(SET, with(fresh, &fixed));
            assert_eq!(set, with(before, &fixed), "{family}");
            // A marker of UseAutomaticMetric leaves it off, so that a metric still counts (IS-13).
            let metric = with(bench.fresh(ETHERNET, family), &[(Member::Metric, 8)]);
            assert_eq!(value(&bench.row(SET, metric), Member::Metric), 8, "{family}");
        }
        let v4 = bench.fresh(ETHERNET, Family::V4);
        let code = bench.code(&Call::row(SET, with(v4, &[(Member::SitePrefixLength, 33)])));
        assert_ne!(code, 0, "a length that is no marker is looked at as ever");
    }
}

#[test]
fn the_enumerations_can_always_be_left_alone() {
    // ST-07: the documented values "unchanged", whatever Initialize fills in.
    for value in ["zero", "unchanged"] {
        let fixed = [("initialize-interface-row", value)];
        let mut bench = Bench::with(Flavour::User, &fixed, home());
        let before = bench.get(ETHERNET, Family::V6);
        let unchanged = [
            (Member::RouterDiscoveryBehavior, 0xFFFF_FFFF),
            (Member::LinkLocalAddressBehavior, 0xFFFF_FFFF),
        ];
        assert_eq!(bench.row(SET, with(before.clone(), &unchanged)), before, "{value}");
    }
}

#[test]
fn initialize_of_null_is_told_to_drivers_only() {
    let mut bench = Bench::new(Flavour::User);
    let reply = bench.call(&null(INITIALIZE));
    assert_eq!((reply.code, reply.output), (0, Output::Nothing), "II-04");
    let mut bench = Bench::new(Flavour::Kernel);
    assert_eq!(bench.code(&null(INITIALIZE)), STATUS_INVALID_PARAMETER, "II-05");
    let reply = bench.call(&Call::row(INITIALIZE, IpInterfaceRow::default()));
    assert_eq!(reply.code, 0, "II-05: STATUS_SUCCESS");
}

/// A row of the Ethernet with any values, small and extreme ones more often than chance has it.
fn any_row() -> impl Strategy<Value = IpInterfaceRow> {
    let number = prop_oneof![0..4u64, Just(64), Just(255), Just(u64::MAX), any::<u64>()];
    let numbers = proptest::collection::vec(number, Member::ALL.len());
    (prop_oneof![Just(AF_INET), Just(AF_INET6)], numbers).prop_map(|(family, numbers)| {
        let mut row = keys(family, ETHERNET, 0);
        for (member, number) in Member::ALL.into_iter().zip(numbers) {
            row.members.set(member, number & member.most());
        }
        // Most rows are to be legal.
        for member in [Member::RouterDiscoveryBehavior, Member::LinkLocalAddressBehavior] {
            if !value(&row, member).is_multiple_of(3) {
                row.members.set(member, 1);
            }
        }
        if !value(&row, Member::SitePrefixLength).is_multiple_of(8) {
            row.members.set(Member::SitePrefixLength, 0);
        }
        row
    })
}

proptest! {
    /// Whatever is written: a success answers what is read from then on and is told once, a failure
    /// leaves everything as it was; a second call with the answer changes nothing.
    #[test]
    fn what_was_set_is_what_is_read(
        row in any_row(),
        kernel in any::<bool>(),
        markers in any::<bool>(),
    ) {
        let flavour = if kernel { Flavour::Kernel } else { Flavour::User };
        let option = if markers { "unchanged" } else { "zero" };
        let mut bench = Bench::with(flavour, &[("initialize-interface-row", option)], home());
        bench.listen();
        let family = Family::from_number(row.family).expect("a family");
        let before = bench.machine.env().clone();
        let reply = bench.call(&Call::row(SET, row.clone()));
        let told = bench.told().len();
        if reply.status == Status::Success {
            let Output::Row(answer) = reply.output else { panic!("a row") };
            let answer: IpInterfaceRow = answer.try_into().expect("an IP interface row");
            prop_assert_eq!(told, 1, "IS-11");
            prop_assert_eq!(&bench.get(ETHERNET, family), &answer);
            if family == Family::V6 {
                prop_assert_eq!(&bench.row(SET, answer.clone()), &answer);
            }
            let other = if family == Family::V4 { Family::V6 } else { Family::V4 };
            prop_assert_eq!(bench.machine.env().row(ETHERNET, other), before.row(ETHERNET, other));
        } else {
            prop_assert_eq!(reply.status, Status::InvalidParameter);
            prop_assert_eq!((told, reply.output), (0, Output::Nothing));
            prop_assert_eq!(bench.machine.env(), &before);
        }
    }
}
