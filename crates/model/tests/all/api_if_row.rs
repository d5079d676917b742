//! GetIfEntry2, GetIfEntry2Ex, GetIfTable2 and GetIfTable2Ex.

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::{bring_teredo, home, teredo_interface};
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::interface::{Interface, OperStatus, if_type};
use netiosim_model::machine::{Fault, Machine};
use netiosim_model::net::{Guid, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{Field, FieldValue, IfRow, Row, RowType};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::teredo::{TeredoClient, TeredoNetwork, TeredoSettings, TeredoState};
use netiosim_model::windows::Windows;
use proptest::prelude::*;

const ENTRY: Function = Function::GetIfEntry2;
const ENTRY_EX: Function = Function::GetIfEntry2Ex;
const TABLE: Function = Function::GetIfTable2;
const TABLE_EX: Function = Function::GetIfTable2Ex;

const NORMAL: i32 = 0;
const RAW: i32 = 1;
const WITHOUT_STATISTICS: i32 = 2;

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const TUNNEL: Luid = Luid::new(if_type::TUNNEL, 1);
const GARBAGE: Luid = Luid(0xDEAD_BEEF);

const STATUS_INVALID_PARAMETER: u32 = 0xC000_000D;
const STATUS_NOT_FOUND: u32 = 0xC000_0225;
const STATUS_NOT_SUPPORTED: u32 = 0xC000_00BB;

struct Bench {
    machine: Machine,
    process: ProcessId,
    main: ActorId,
    chooser: First,
}

impl Bench {
    fn new(flavour: Flavour, env: Env) -> Self {
        Self::with(flavour, &[], env)
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
    fn entry(&mut self, function: Function, level: i32, luid: Luid, index: u32) -> IfRow {
        let reply = self.call(&entry(function, level, luid, index));
        assert_eq!((reply.status, reply.code), (Status::Success, 0), "{function}");
        let Output::Row(row) = reply.output else { panic!("{function} answers a row") };
        row.try_into().expect("an interface row")
    }

    /// The rows of a table, which is freed.
    fn rows(&mut self, function: Function, level: i32) -> Vec<IfRow> {
        let Output::Table(table) = self.call(&table(function, level)).output else {
            panic!("a table")
        };
        let rows = self.machine.table_rows(self.main, table).expect("a live table");
        self.machine.free_mib_table(self.main, Memory::Table(table));
        rows.iter().map(|row| row.clone().try_into().expect("an interface row")).collect()
    }
}

fn entry(function: Function, level: i32, luid: Luid, index: u32) -> Call {
    let row = IfRow { luid, index, ..IfRow::default() };
    Call::Row { function, level, row: Some(row.into()) }
}

fn table(function: Function, level: i32) -> Call {
    Call::Table { function, family: 0, level, pointer: true }
}

fn null_table(function: Function, level: i32) -> Call {
    Call::Table { function, family: 0, level, pointer: false }
}

fn null(function: Function, level: i32) -> Call {
    Call::Row { function, level, row: None }
}

/// The home machine with a filter above the Ethernet, counters that are not zero, and a filter stack
/// that shows the medium as disconnected while the Ethernet is connected (FT-05).
fn filtered() -> Env {
    let mut env = home();
    let mut wifi = Interface::new("Wi-Fi", if_type::WIFI, 1, 9);
    wifi.top_connected = Some(false);
    wifi.counters = std::array::from_fn(|n| n as u64 + 1);
    wifi.physical_address = vec![2, 0, 0, 0, 0, 9];
    let mut filter = Interface::new("Wi-Fi-Packet Filter-0000", if_type::WIFI, 2, 10);
    (filter.filter, filter.hardware) = (true, false);
    let (higher, lower) = (filter.luid, wifi.luid);
    env.place_interface(wifi).expect("free keys");
    env.place_interface(filter).expect("free keys");
    env.place_above(higher, lower).expect("both are there");
    env
}

const WIFI: Luid = Luid::new(if_type::WIFI, 1);

#[test]
fn every_error_of_the_entries_in_both_flavours() {
    let no_keys = Luid::UNSPECIFIED;
    let mut cases = Vec::new();
    for function in [ENTRY, ENTRY_EX] {
        for level in [NORMAL, WITHOUT_STATISTICS] {
            let at = |luid, index| entry(function, level, luid, index);
            cases.extend([
                ("IF-01: NULL", null(function, level), 87, STATUS_INVALID_PARAMETER),
                ("IF-02, IF-03: no keys", at(no_keys, 0), 87, STATUS_NOT_FOUND),
                ("IF-04, IF-05: LUID", at(GARBAGE, 0), 2, STATUS_NOT_FOUND),
                ("IF-04, IF-05: index", at(no_keys, 99), 2, STATUS_NOT_FOUND),
                ("IF-06: a garbage LUID wins", at(GARBAGE, 2), 2, STATUS_NOT_FOUND),
                ("IF-06: the index without a LUID", at(no_keys, 2), 0, 0),
                ("IF-06: a LUID wins over a garbage index", at(ETHERNET, 99), 0, 0),
            ]);
        }
    }
    for level in [1, 3, -1, i32::MAX] {
        let call = entry(ENTRY_EX, level, ETHERNET, 0);
        cases.push(("an illegal level", call, 87, STATUS_INVALID_PARAMETER)); // O-22
        cases.push(("GetIfEntry2 has no level", entry(ENTRY, level, ETHERNET, 0), 0, 0));
    }
    let other = Call::row(ENTRY, Row::empty(RowType::Unicast));
    cases.push(("a row of another type is no row", other, 87, STATUS_INVALID_PARAMETER));
    for (flavour, which) in [(Flavour::User, 0), (Flavour::Kernel, 1)] {
        let mut bench = Bench::new(flavour, home());
        for (what, call, user, kernel) in &cases {
            let reply = bench.call(call);
            assert_eq!(reply.code, [*user, *kernel][which], "{flavour}: {what}: {call:?}");
            let answered = matches!(reply.output, Output::Row(_));
            assert_eq!(answered, reply.status == Status::Success, "{flavour}: {what}");
        }
    }
}

#[test]
fn options_of_the_entries() {
    for (flavour, garbage, level) in
        [(Flavour::User, 1168, 50), (Flavour::Kernel, STATUS_NOT_FOUND, STATUS_NOT_SUPPORTED)]
    {
        let fixed = [("unknown-luid", "not-found"), ("illegal-level", "not-supported")];
        let mut bench = Bench::with(flavour, &fixed, home());
        // Observed, 23.
        assert_eq!(bench.code(&entry(ENTRY, NORMAL, GARBAGE, 2)), garbage);
        assert_eq!(bench.code(&entry(ENTRY_EX, 1, ETHERNET, 0)), level);
    }
}

#[test]
fn every_error_of_the_tables_in_both_flavours() {
    let bad = STATUS_INVALID_PARAMETER;
    let mut cases = vec![
        ("a NULL pointer", null_table(TABLE, NORMAL), 87, bad), // O-21
        ("a NULL pointer", null_table(TABLE_EX, RAW), 87, bad), // O-21
        ("GetIfTable2 has no level", table(TABLE, 3), 0, 0),
    ];
    for level in [3, -1, i32::MIN] {
        // Observed, X-10: level 3 gives 87 and leaves the output untouched.
        cases.push(("FT-02: an undefined level", table(TABLE_EX, level), 87, bad));
    }
    for (flavour, which) in [(Flavour::User, 0), (Flavour::Kernel, 1)] {
        let mut bench = Bench::new(flavour, home());
        for (what, call, user, kernel) in &cases {
            let reply = bench.call(call);
            assert_eq!(reply.code, [*user, *kernel][which], "{flavour}: {what}");
            let answered = matches!(reply.output, Output::Table(_));
            assert_eq!(answered, reply.status == Status::Success, "{flavour}: {what}");
        }
        for function in [TABLE, TABLE_EX] {
            bench.machine.fault_add(Fault::new(function, Status::NotEnoughMemory));
            let code = bench.code(&table(function, NORMAL));
            assert_eq!(code, [8, 0xC000_009A][which], "FT-03: {function}");
        }
        let fixed = [("null-if-table", "not-enough-memory")];
        let mut bench = Bench::with(flavour, &fixed, home());
        assert_eq!(bench.code(&null_table(TABLE, NORMAL)), [8, 0xC000_009A][which]);
        assert_eq!(bench.code(&null_table(TABLE_EX, 3)), [8, 0xC000_009A][which]);
    }
}

#[test]
fn what_exists_since_when() {
    for (windows, exists) in [
        (Windows::VISTA, false),
        (Windows::SERVER_2016, false),
        (Windows::V10_1703, true),
        (Windows::V11_24H2, true),
    ] {
        let mut env = home();
        env.place_windows(windows);
        let mut bench = Bench::new(Flavour::User, env);
        assert_eq!(bench.machine.exists(bench.main, ENTRY_EX), exists, "IF-09: {windows}");
        let ex = bench.call(&entry(ENTRY_EX, NORMAL, ETHERNET, 0)).status;
        assert_eq!(ex == Status::Success, exists, "IF-09: {windows}");
        assert_eq!(bench.machine.findings().is_empty(), exists, "IF-09: {windows}");
        let level_2 = bench.code(&table(TABLE_EX, WITHOUT_STATISTICS));
        assert_eq!(level_2, if exists { 0 } else { 87 }, "FT-06: {windows}");
        for level in [NORMAL, RAW] {
            assert_eq!(bench.code(&table(TABLE_EX, level)), 0, "{windows}");
        }
        assert_eq!(bench.code(&entry(ENTRY, NORMAL, ETHERNET, 0)), 0, "{windows}");
    }
}

#[test]
fn the_levels_of_an_entry() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, filtered());
        let plain = bench.entry(ENTRY, NORMAL, WIFI, 0);
        assert_eq!(bench.entry(ENTRY_EX, NORMAL, WIFI, 0), plain, "IF-07");
        let counters: Vec<FieldValue> = (1..=18u64).map(FieldValue::Number).collect();
        assert_eq!(counters_of(&plain), counters, "in declaration order");
        // Nobody is asked for counters, a miniport that serves a request of its own among them.
        let without = bench.entry(ENTRY_EX, WITHOUT_STATISTICS, WIFI, 0);
        assert_eq!(counters_of(&without), vec![FieldValue::Number(0); 18], "IF-08, IF-10");
        assert_eq!((without.alias, without.oper_status), (plain.alias, plain.oper_status));
    }
}

/// InOctets to OutQLen.
fn counters_of(row: &IfRow) -> Vec<FieldValue> {
    let row = Row::from(row.clone());
    let fields: Vec<Field> = Field::all(RowType::If).collect();
    let first = fields.iter().position(|field| field.name() == "InOctets").expect("a counter");
    fields[first..].iter().map(|field| row.get(*field)).collect()
}

#[test]
fn every_level_lists_every_interface() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, filtered());
        let all: Vec<Luid> = bench.machine.env().interfaces().map(|i| i.luid).collect();
        assert_eq!(all.len(), 5);
        for level in [NORMAL, RAW, WITHOUT_STATISTICS] {
            let rows = bench.rows(TABLE_EX, level);
            let luids: Vec<Luid> = rows.iter().map(|row| row.luid).collect();
            assert_eq!(luids, all, "FT-04: level {level}");
            let filters = rows.iter().filter(|row| row.filter_interface).count();
            assert_eq!(filters, 1, "FT-04: level {level}");
        }
        assert_eq!(bench.rows(TABLE, NORMAL), bench.rows(TABLE_EX, NORMAL), "FT-01");
        assert!(bench.machine.findings().is_empty(), "FT-07: every table was freed");
    }
}

#[test]
fn a_table_that_is_not_freed_is_held() {
    let mut bench = Bench::new(Flavour::User, home());
    for function in [TABLE, TABLE_EX] {
        let Output::Table(table) = bench.call(&table(function, NORMAL)).output else {
            panic!("a table")
        };
        assert_eq!(bench.machine.tables_held(bench.process), [(table, function)], "FT-07");
        let _ = bench.call(&Call::Free(Memory::Table(table)));
        assert!(bench.machine.tables_held(bench.process).is_empty(), "FT-07");
    }
}

#[test]
fn normal_looks_from_the_top_and_raw_at_the_interface_itself() {
    // FT-05, the page's example: the miniport says connected, a filter says disconnected.
    let state = |row: &IfRow| (row.media_connect_state, row.not_media_connected, row.oper_status);
    for flavour in Flavour::ALL {
        let mut bench = Bench::new(flavour, filtered());
        let mut of_level = |level| {
            let rows = bench.rows(TABLE_EX, level);
            state(rows.iter().find(|row| row.luid == WIFI).expect("the Wi-Fi"))
        };
        assert_eq!(of_level(NORMAL), (2, true, 2), "FT-05: Disconnected");
        assert_eq!(of_level(WITHOUT_STATISTICS), (2, true, 2), "FT-05: Disconnected");
        assert_eq!(of_level(RAW), (1, false, 1), "FT-05: Connected");
        assert_eq!(state(&bench.entry(ENTRY, NORMAL, WIFI, 0)), (2, true, 2), "FT-08");
        // The other way round, and without a filter that differs.
        for (top, expected) in [(Some(true), (1, false, 1)), (None, (2, true, 2))] {
            let disconnect = Change::LinkSet {
                luid: WIFI,
                connected: Some(false),
                admin_up: None,
                mtu: None,
                alias: None,
            };
            let filter = Change::FilterSet { luid: WIFI, top_connected: top };
            for change in [disconnect, filter] {
                bench.machine.change(None, &change, &mut bench.chooser).expect("a change");
            }
            assert_eq!(state(&bench.entry(ENTRY, NORMAL, WIFI, 0)), expected, "{top:?}");
            let raw = bench.rows(TABLE_EX, RAW);
            let raw = raw.iter().find(|row| row.luid == WIFI).expect("the Wi-Fi");
            assert_eq!(state(raw), (2, true, 2), "{top:?}");
        }
    }
}

#[test]
fn every_member_of_an_ethernet_row() {
    let mut env = home();
    let mut adapter = Interface::new("Ethernet 2", if_type::ETHERNET, 7, 12);
    adapter.guid = Guid(0xABCD);
    adapter.description = "Adapter".to_owned();
    adapter.physical_address = vec![2, 0, 0x5E, 0, 0, 7];
    adapter.mtu = 9000;
    adapter.speed_bps = 10_000_000_000;
    adapter.admin_up = false;
    let luid = adapter.luid;
    env.place_interface(adapter).expect("free keys");
    let mut bench = Bench::new(Flavour::User, env);
    let expected = IfRow {
        luid,
        index: 12,
        guid: Guid(0xABCD),
        alias: "Ethernet 2".to_owned(),
        description: "Adapter".to_owned(),
        physical_address_length: 6,
        physical_address: vec![2, 0, 0x5E, 0, 0, 7],
        permanent_physical_address: vec![2, 0, 0x5E, 0, 0, 7],
        mtu: 9000,
        if_type: 6,
        physical_medium_type: 14,
        access_type: 2,
        hardware_interface: true,
        connector_present: true,
        oper_status: 2,  // IfOperStatusDown
        admin_status: 2, // NET_IF_ADMIN_STATUS_DOWN
        media_connect_state: 1,
        connection_type: 1,
        transmit_link_speed: 10_000_000_000,
        receive_link_speed: 10_000_000_000,
        ..IfRow::default()
    };
    assert_eq!(bench.entry(ENTRY, NORMAL, Luid::UNSPECIFIED, 12), expected, "IF-06");
    assert_eq!(bench.entry(ENTRY, NORMAL, ETHERNET, 12).admin_status, 1);
}

#[test]
fn what_each_type_of_interface_is() {
    let mut env = home();
    for (if_type, index) in
        [(if_type::WIFI, 5), (23, 6), (9, 7), (244, 8), (53, 9), (237, 10), (144, 11), (243, 12)]
    {
        let interface = Interface::new(format!("type {if_type}"), if_type, 3, index);
        env.place_interface(interface).expect("free keys");
    }
    let mut bench = Bench::new(Flavour::User, env);
    // Index: Type, MediaType, PhysicalMediumType, AccessType, ConnectionType, end point, hardware.
    let expected = [
        (1, (24, 17, 0, 1, 1, false, false)),
        (2, (6, 0, 14, 2, 1, false, true)),
        (3, (131, 15, 0, 3, 3, true, false)),
        (5, (71, 0, 9, 2, 1, false, true)),
        (6, (23, 0, 0, 3, 2, false, true)),
        (7, (9, 0, 15, 2, 1, false, true)),
        (8, (244, 0, 8, 2, 1, false, true)),
        (9, (53, 0, 0, 2, 1, false, true)),
        (10, (237, 0, 12, 2, 1, false, true)),
        (11, (144, 0, 7, 2, 1, false, true)),
        (12, (243, 0, 8, 2, 1, false, true)),
    ];
    for (index, expected) in expected {
        let row = bench.entry(ENTRY, NORMAL, Luid::UNSPECIFIED, index);
        let kinds = (row.if_type, row.media_type, row.physical_medium_type, row.access_type);
        let (if_type, medium, physical, access) = kinds;
        let rest = (row.connection_type, row.end_point_interface, row.hardware_interface);
        let (connection, end_point, hardware) = rest;
        let shown = (if_type, medium, physical, access, connection, end_point, hardware);
        assert_eq!(shown, expected, "index {index}");
        assert_eq!(row.if_type, u32::from(row.luid.if_type()), "index {index}");
    }
}

#[test]
fn texts_and_hardware_addresses_fit_their_members() {
    let mut env = home();
    let mut odd = Interface::new("\u{1F310}".repeat(200), if_type::ETHERNET, 7, 12);
    odd.description = "d".repeat(300);
    odd.physical_address = vec![7; 40];
    env.place_interface(odd).expect("free keys");
    let row = Bench::new(Flavour::User, env).entry(ENTRY, NORMAL, Luid::UNSPECIFIED, 12);
    assert_eq!(row.alias.encode_utf16().count(), 256);
    assert_eq!(row.description.chars().count(), 256);
    assert_eq!((row.physical_address_length, row.physical_address.len()), (32, 32));
}

fn teredo_machine(state: TeredoState) -> Env {
    let client = TeredoClient::new(TeredoSettings::default(), TeredoNetwork::default());
    let mut env = Env::new(client, teredo_interface(1, 3));
    assert!(bring_teredo(&mut env, state, None), "{state}");
    env
}

#[test]
fn the_teredo_interface() {
    for flavour in Flavour::ALL {
        // State: OperStatus, MediaConnectState.
        let states = [
            (TeredoState::Offline, 2, 2),   // TI-04
            (TeredoState::Dormant, 5, 2),   // TI-04, TI-08
            (TeredoState::Probe, 2, 1),     // derived
            (TeredoState::Qualified, 1, 1), // derived
        ];
        for (state, oper, media) in states {
            let mut bench = Bench::new(flavour, teredo_machine(state));
            let row = bench.entry(ENTRY, NORMAL, TUNNEL, 0);
            assert_eq!((row.if_type, row.tunnel_type), (131, 14), "TI-01, IF-11");
            assert_eq!(row.media_type, 15, "TI-02");
            assert_eq!(row.description, "Teredo Tunneling Pseudo-Interface", "TI-03");
            assert_eq!(row.alias, row.description, "TI-03");
            assert_eq!(row.luid.if_type(), 131, "TI-06");
            assert_eq!(row.physical_address, [0, 0, 0, 0, 0, 0, 0, 0xE0]);
            assert_eq!((row.media_connect_state, row.mtu), (media, 1280), "TI-04: {state}");
            assert_eq!(row.not_media_connected, media == 2, "TI-04: {state}");
            assert_eq!(row.oper_status, oper, "TI-08: {state}");
            assert_eq!(row.access_type, 3);
        }
    }
}

#[test]
fn a_pseudo_interface_that_is_not_present_has_no_mtu() {
    // Observed, 29.
    let mut env = home();
    let mut tunnel = Interface::new("6TO4 Adapter", if_type::TUNNEL, 9, 12);
    (tunnel.tunnel_type, tunnel.connected) = (11, false);
    tunnel.oper_override = Some(OperStatus::NotPresent);
    env.place_interface(tunnel).expect("free keys");
    let mut bench = Bench::new(Flavour::User, env);
    for level in [NORMAL, RAW] {
        let rows = bench.rows(TABLE_EX, level);
        let row = rows.iter().find(|row| row.index == 12).expect("it is listed");
        assert_eq!((row.mtu, row.oper_status, row.if_type), (0, 6, 131), "level {level}");
    }
}

/// Any machine: interfaces of several types in every state.
fn any_machine() -> impl Strategy<Value = Env> {
    let kind = prop_oneof![Just(6u16), Just(71), Just(131), Just(23), any::<u16>()];
    let states = (any::<bool>(), any::<bool>(), any::<Option<bool>>(), any::<bool>(), 0..3u8);
    let interface = (kind, states, any::<[u64; 18]>());
    proptest::collection::vec(interface, 0..12).prop_map(|interfaces| {
        let mut env = home();
        for (n, (if_type, states, counters)) in (0u32..).zip(interfaces) {
            let (connected, admin_up, top_connected, filter, status) = states;
            let oper = [None, Some(OperStatus::Dormant), Some(OperStatus::NotPresent)];
            let if_type = if if_type == if_type::LOOPBACK { 6 } else { if_type };
            let interface = Interface {
                connected,
                admin_up,
                top_connected,
                filter,
                oper_override: oper[usize::from(status)],
                counters,
                ..Interface::new(format!("interface {n}"), if_type, 100 + n, 100 - n)
            };
            env.place_interface(interface).expect("free keys");
        }
        env
    })
}

proptest! {
    /// FT-08: order and count of the table agree with GetIfEntry2, row by row, by LUID and by index.
    #[test]
    fn the_rows_of_a_table_are_the_entries(env in any_machine(), kernel in any::<bool>()) {
        let flavour = if kernel { Flavour::Kernel } else { Flavour::User };
        let mut bench = Bench::new(flavour, env);
        let luids: Vec<Luid> = bench.machine.env().interfaces().map(|i| i.luid).collect();
        for level in [NORMAL, WITHOUT_STATISTICS] {
            let rows = bench.rows(TABLE_EX, level);
            prop_assert_eq!(rows.iter().map(|row| row.luid).collect::<Vec<_>>(), luids.clone());
            for row in &rows {
                let by_luid = bench.entry(ENTRY_EX, level, row.luid, 0);
                let by_index = bench.entry(ENTRY_EX, level, Luid::UNSPECIFIED, row.index);
                prop_assert_eq!((&by_luid, &by_index), (row, row), "FT-08");
            }
        }
        // Raw differs only where a filter stack shows something else.
        let raw = bench.rows(TABLE_EX, RAW);
        for (raw, normal) in raw.iter().zip(bench.rows(TABLE, NORMAL)) {
            let interface = bench.machine.env().interface(raw.luid).expect("it is listed");
            if interface.top_connected.is_none_or(|top| top == interface.connected) {
                prop_assert_eq!(raw, &normal);
            } else {
                prop_assert_ne!(raw.media_connect_state, normal.media_connect_state, "FT-05");
            }
            prop_assert_eq!(raw.not_media_connected, raw.media_connect_state == 2);
        }
    }
}
