//! Conversions between LUID, index, GUID, alias, name and mask.

use std::net::Ipv4Addr;

use netiosim_model::api::{Call, Output, Reply, Value, if_name, parse_if_name};
use netiosim_model::build::home;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::{Function, Shape};
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Irql, Machine};
use netiosim_model::net::{Guid, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::status::{Flavour, Status};
use proptest::prelude::*;

const INVALID: u32 = 0xC000_000D;
/// What stands for the pages' STATUS_NOT_ENOUGH_MEMORY.
const NO_ROOM: u32 = 0xC000_009A;
/// What stands for the pages' STATUS_INVALID_NAME.
const BAD_NAME: u32 = 0xC000_0033;
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const UNKNOWN: Luid = Luid::new(if_type::ETHERNET, 77);

struct Bench {
    machine: Machine,
    main: ActorId,
}

impl Bench {
    fn with(env: Env, flavour: Flavour, fixed: &[(&str, &str)]) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, main }
    }

    fn user() -> Self {
        Self::with(home(), Flavour::User, &[])
    }

    fn kernel() -> Self {
        Self::with(home(), Flavour::Kernel, &[])
    }

    /// A call with these parameters; `length` matters for texts alone.
    fn ask(
        &mut self,
        function: Function,
        input: Option<Value>,
        pointer: bool,
        length: usize,
    ) -> Reply {
        let call = Call::Convert { function, input, pointer, length };
        self.machine.call(self.main, &call, &mut First::default())
    }

    /// A call with good pointers and a long buffer.
    fn convert(&mut self, function: Function, input: Value) -> Reply {
        self.ask(function, Some(input), true, 257)
    }

    /// What a call with good pointers gives.
    fn value(&mut self, function: Function, input: Value) -> Value {
        let reply = self.convert(function, input);
        match reply.output {
            Output::Value(value) if reply.code == 0 => value,
            _ => panic!("{function}: {reply:?}"),
        }
    }

    /// A failure with this code that leaves this behind.
    fn fails(
        &mut self,
        what: &str,
        (function, input, pointer): (Function, Option<Value>, bool),
        code: u32,
        left: Option<Value>,
    ) {
        let reply = self.ask(function, input, pointer, 257);
        let left = left.map_or(Output::Nothing, Output::Value);
        assert_eq!((reply.code, reply.output), (code, left), "{what}: {function}");
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// The code of ERROR_INVALID_PARAMETER in both flavours.
fn both() -> [(Bench, u32); 2] {
    [(Bench::user(), 87), (Bench::kernel(), INVALID)]
}

#[test]
fn an_alias_and_a_guid_find_their_interface() {
    use Function::{ConvertInterfaceAliasToLuid as ALIAS, ConvertInterfaceGuidToLuid as GUID};
    let zero = || Some(Value::Luid(Luid::UNSPECIFIED));
    for (mut bench, invalid) in both() {
        // CV-01
        let what = "CV-01";
        assert_eq!(bench.value(ALIAS, text("Ethernet")), Value::Luid(ETHERNET), "{what}");
        bench.fails(what, (ALIAS, None, true), invalid, zero());
        bench.fails(what, (ALIAS, Some(text("ethernet")), true), invalid, zero());
        bench.fails(what, (ALIAS, Some(text("")), true), invalid, zero());
        bench.fails(what, (ALIAS, Some(text("Ethernet")), false), invalid, None);
        // CV-02
        let what = "CV-02";
        let guid = bench.machine.env().interface(ETHERNET).expect("an interface").guid;
        assert_eq!(bench.value(GUID, Value::Guid(guid)), Value::Luid(ETHERNET), "{what}");
        bench.fails(what, (GUID, None, true), invalid, zero());
        bench.fails(what, (GUID, Some(Value::Guid(Guid(1))), true), invalid, zero());
        bench.fails(what, (GUID, Some(Value::Guid(guid)), false), invalid, None);
    }
}

#[test]
fn an_index_finds_its_interface() {
    use Function::ConvertInterfaceIndexToLuid as INDEX;
    let zero = || Some(Value::Luid(Luid::UNSPECIFIED));
    for (mut bench, invalid) in both() {
        assert_eq!(bench.value(INDEX, Value::Index(2)), Value::Luid(ETHERNET));
        // CV-05
        bench.fails("CV-05", (INDEX, Some(Value::Index(2)), false), invalid, None);
        bench.fails("CV-05", (INDEX, Some(Value::Index(99)), false), invalid, None);
    }
    for index in [0, 99, u32::MAX] {
        let call = || (INDEX, Some(Value::Index(index)), true);
        Bench::user().fails("CV-03", call(), 2, zero());
        Bench::kernel().fails("CV-04", call(), INVALID, zero());
    }
}

#[test]
fn a_luid_gives_index_and_guid() {
    use Function::{ConvertInterfaceLuidToGuid as GUID, ConvertInterfaceLuidToIndex as INDEX};
    for (mut bench, invalid) in both() {
        assert_eq!(bench.value(INDEX, Value::Luid(ETHERNET)), Value::Index(2));
        let zeros = [("CV-06", INDEX, Value::Index(0)), ("CV-07", GUID, Value::Guid(Guid(0)))];
        for (what, function, zero) in zeros {
            let zero = || Some(zero.clone());
            // A LUID with a reserved bit is another LUID.
            for luid in [UNKNOWN, Luid::UNSPECIFIED, Luid(ETHERNET.0 | 1)] {
                bench.fails(what, (function, Some(Value::Luid(luid)), true), invalid, zero());
            }
            bench.fails(what, (function, None, true), invalid, zero());
            bench.fails(what, (function, Some(Value::Luid(ETHERNET)), false), invalid, None);
        }
    }
}

#[test]
fn an_unknown_luid_has_another_code_where_that_was_seen() {
    let seen = [("unknown-luid-conversion", "file-not-found")];
    let cases = [
        ("CV-06", Function::ConvertInterfaceLuidToIndex, Some(Value::Index(0))),
        ("CV-07", Function::ConvertInterfaceLuidToGuid, Some(Value::Guid(Guid(0)))),
        ("CV-09", Function::ConvertInterfaceLuidToAlias, None),
    ];
    for (what, function, left) in cases {
        let call = (function, Some(Value::Luid(UNKNOWN)), true);
        let mut user = Bench::with(home(), Flavour::User, &seen);
        user.fails(what, call.clone(), 2, left.clone());
        // NULL is a matter of the pages in either case.
        user.fails(what, (function, None, true), 87, left.clone());
        Bench::with(home(), Flavour::Kernel, &seen).fails(what, call, INVALID, left);
    }
}

#[test]
fn an_alias_needs_room_for_its_utf_16_units_and_the_terminator() {
    use Function::ConvertInterfaceLuidToAlias as ALIAS;
    // Nine characters, ten units of UTF-16, thirteen bytes.
    let alias = "Büro-Net🖧";
    let mut env = home();
    let interface = Interface::new(alias, if_type::ETHERNET, 9, 9);
    let luid = interface.luid;
    env.place_interface(interface).expect("an interface");
    assert_eq!((alias.chars().count(), alias.encode_utf16().count(), alias.len()), (9, 10, 13));
    for (flavour, invalid, no_room) in [(Flavour::User, 87, 8), (Flavour::Kernel, INVALID, NO_ROOM)]
    {
        let mut bench = Bench::with(env.clone(), flavour, &[]);
        // CV-08
        for (length, code) in [(0, no_room), (9, no_room), (10, no_room), (11, 0), (14, 0)] {
            let reply = bench.ask(ALIAS, Some(Value::Luid(luid)), true, length);
            let written = Output::Value(text(alias));
            let output = if code == 0 { written } else { Output::Nothing };
            assert_eq!((reply.code, reply.output), (code, output), "CV-08: {length}");
        }
        // CV-09
        bench.fails("CV-09", (ALIAS, None, true), invalid, None);
        bench.fails("CV-09", (ALIAS, Some(Value::Luid(luid)), false), invalid, None);
        bench.fails("CV-09", (ALIAS, Some(Value::Luid(UNKNOWN)), true), invalid, None);
    }
}

#[test]
fn a_name_needs_room_for_itself_and_the_terminator() {
    use Function::{ConvertInterfaceLuidToNameA as A, ConvertInterfaceLuidToNameW as W};
    for (mut bench, invalid) in both() {
        let no_room = if invalid == 87 { 8 } else { NO_ROOM };
        for function in [A, W] {
            // CV-10: "ethernet_1" has ten characters, of one byte each.
            for (length, code) in [(0, no_room), (10, no_room), (11, 0), (257, 0)] {
                let reply = bench.ask(function, Some(Value::Luid(ETHERNET)), true, length);
                assert_eq!(reply.code, code, "CV-10: {function}, {length}");
                let output = match code {
                    0 => Output::Value(text("ethernet_1")),
                    _ => Output::Nothing,
                };
                assert_eq!(reply.output, output, "CV-10: {function}, {length}");
            }
            bench.fails("CV-10", (function, None, true), invalid, None);
            let zero = Some(Value::Luid(Luid::UNSPECIFIED));
            bench.fails("CV-10", (function, zero, true), invalid, None);
            bench.fails("CV-10", (function, Some(Value::Luid(ETHERNET)), false), invalid, None);
            // An interface that does not exist has a name all the same (chosen).
            assert_eq!(bench.value(function, Value::Luid(UNKNOWN)), text("ethernet_77"));
        }
    }
}

#[test]
fn a_null_buffer_has_another_code_in_the_a_form_where_that_was_seen() {
    use Function::{ConvertInterfaceLuidToNameA as A, ConvertInterfaceLuidToNameW as W};
    let seen = [("null-name-buffer", "not-enough-memory")];
    let luid = Some(Value::Luid(ETHERNET));
    let mut user = Bench::with(home(), Flavour::User, &seen);
    user.fails("X-08", (A, luid.clone(), false), 8, None);
    user.fails("X-08", (A, None, false), 87, None);
    user.fails("X-08", (W, luid.clone(), false), 87, None);
    let mut kernel = Bench::with(home(), Flavour::Kernel, &seen);
    kernel.fails("X-08", (A, luid, false), INVALID, None);
}

#[test]
fn a_name_means_a_luid_whether_there_is_an_interface_or_not() {
    use Function::{ConvertInterfaceNameToLuidA as A, ConvertInterfaceNameToLuidW as W};
    for (mut bench, _) in both() {
        for function in [A, W] {
            assert_eq!(bench.value(function, text("ethernet_1")), Value::Luid(ETHERNET));
            assert_eq!(bench.value(function, text("ethernet_77")), Value::Luid(UNKNOWN));
            let other = Value::Luid(Luid::new(5, 3));
            assert_eq!(bench.value(function, text("iftype5_3")), other);
        }
    }
}

#[test]
fn a_bad_name_is_refused_and_one_that_is_too_long_in_two_ways() {
    use Function::{ConvertInterfaceNameToLuidA as A, ConvertInterfaceNameToLuidW as W};
    let zero = || Some(Value::Luid(Luid::UNSPECIFIED));
    let long = |length: usize| Some(text(format!("ethernet_{}", "0".repeat(length - 9))));
    for (mut bench, invalid) in both() {
        let malformed = if invalid == 87 { 123 } else { BAD_NAME };
        // CV-11: the Win32 name stands on the driver's page too, and means its number there.
        bench.fails("CV-11", (A, long(257), true), 111, zero());
        // CV-12
        bench.fails("CV-12", (W, long(257), true), malformed, zero());
        for function in [A, W] {
            let ethernet_0 = Value::Luid(Luid::new(if_type::ETHERNET, 0));
            assert_eq!(bench.convert(function, long(256).expect("a text")).code, 0);
            assert_eq!(bench.value(function, long(256).expect("a text")), ethernet_0);
            // CV-13
            for name in ["Ethernet", "ethernet_", "cable_1", "ethernet_-1", ""] {
                bench.fails("CV-13", (function, Some(text(name)), true), malformed, zero());
            }
            bench.fails("CV-13", (function, None, true), malformed, zero());
            bench.fails("CV-13", (function, Some(text("ethernet_1")), false), invalid, None);
            bench.fails("CV-13", (function, None, false), invalid, None);
        }
        // A counts bytes, W units of UTF-16: this name has 200 and 400.
        let wide = text("ü".repeat(200));
        bench.fails("CV-11", (A, Some(wide.clone()), true), 111, zero());
        bench.fails("CV-12", (W, Some(wide), true), malformed, zero());
    }
    let mapped = [("kernel-error-names", "as-ntstatus")];
    let mut bench = Bench::with(home(), Flavour::Kernel, &mapped);
    bench.fails("CV-11", (A, long(257), true), 0x8000_0005, zero());
}

#[test]
fn the_two_old_functions_return_null_and_zero_and_no_code() {
    use Function::{IfIndextoname as NAME, IfNametoindex as INDEX};
    for (mut bench, invalid) in both() {
        assert_eq!(bench.value(NAME, Value::Index(2)), text("ethernet_1"));
        assert_eq!(bench.value(INDEX, text("ethernet_1")), Value::Index(2));
        // Its result is no output parameter.
        let reply = bench.ask(INDEX, Some(text("ethernet_1")), false, 0);
        assert_eq!(reply.output, Output::Value(Value::Index(2)));
        // CV-14: what stands in `code` is not for the caller.
        let none = if invalid == 87 { 2 } else { INVALID };
        for index in [0, 99] {
            bench.fails("CV-14", (NAME, Some(Value::Index(index)), true), none, None);
        }
        bench.fails("CV-14", (NAME, Some(Value::Index(2)), false), invalid, None);
        let malformed = if invalid == 87 { 123 } else { BAD_NAME };
        for (name, code) in [("ethernet_77", invalid), ("ethernet", malformed), ("", malformed)] {
            let zero = Some(Value::Index(0));
            bench.fails("CV-14", (INDEX, Some(text(name)), true), code, zero);
        }
        bench.fails("CV-14", (INDEX, None, true), malformed, Some(Value::Index(0)));
    }
}

#[test]
fn a_mask_has_a_length_unless_it_has_a_gap() {
    use Function::{ConvertIpv4MaskToLength as LENGTH, ConvertLengthToIpv4Mask as MASK};
    let mut bench = Bench::user();
    for length in 0..=32_u8 {
        let bits = (0..u32::from(length)).fold(0_u32, |bits, n| bits | 1 << (31 - n));
        let mask = Value::Mask(Ipv4Addr::from_bits(bits));
        assert_eq!(bench.value(MASK, Value::Length(length)), mask);
        assert_eq!(bench.value(LENGTH, mask), Value::Length(length));
    }
    // CV-15
    for bits in [1, 0x7FFF_FFFF, 0xFF00_FF00, 0xFFFF_FFFD] {
        let mask = Some(Value::Mask(Ipv4Addr::from_bits(bits)));
        bench.fails("CV-15", (LENGTH, mask, true), 87, None);
    }
    for length in [33, 255] {
        let none = Some(Value::Mask(Ipv4Addr::new(255, 255, 255, 255)));
        bench.fails("CV-15", (MASK, Some(Value::Length(length)), true), 87, none);
    }
    bench.fails("CV-15", (MASK, Some(Value::Length(24)), false), 87, None);
    let mask = Value::Mask(Ipv4Addr::new(255, 255, 255, 0));
    bench.fails("CV-15", (LENGTH, Some(mask), false), 87, None);
}

#[test]
fn drivers_have_no_use_of_masks() {
    use Function::{ConvertIpv4MaskToLength as LENGTH, ConvertLengthToIpv4Mask as MASK};
    // CV-16: reserved; that the answer is STATUS_NOT_SUPPORTED is chosen.
    let mut bench = Bench::kernel();
    let mask = Value::Mask(Ipv4Addr::new(255, 255, 255, 0));
    bench.fails("CV-16", (LENGTH, Some(mask), true), 0xC000_00BB, None);
    bench.fails("CV-16", (MASK, Some(Value::Length(24)), true), 0xC000_00BB, None);
    bench.fails("CV-16", (MASK, Some(Value::Length(33)), true), 0xC000_00BB, None);
}

/// Every conversion.
fn conversions() -> Vec<Function> {
    let all = Function::ALL.into_iter().filter(|function| function.spec().shape == Shape::Convert);
    let all: Vec<Function> = all.collect();
    assert_eq!(all.len(), 14);
    all
}

#[test]
fn a_value_of_another_kind_is_a_bad_parameter() {
    let values = [
        Value::Luid(ETHERNET),
        Value::Index(2),
        Value::Guid(Guid(2)),
        text("Ethernet"),
        Value::Mask(Ipv4Addr::BROADCAST),
        Value::Length(24),
    ];
    for function in conversions() {
        let mut refused = 0;
        for value in values.clone() {
            let reply = Bench::user().convert(function, value);
            refused += u32::from(reply.status == Status::InvalidParameter);
        }
        // A GUID that is not there is a sixth.
        let unknown = u32::from(function == Function::ConvertInterfaceGuidToLuid);
        assert_eq!(refused, 5 + unknown, "{function}");
    }
}

#[test]
fn drivers_convert_at_passive_level_only() {
    // CV-19
    for function in conversions() {
        for (irql, findings) in [(Irql::Passive, 0), (Irql::Apc, 1), (Irql::Dispatch, 1)] {
            for (mut bench, findings) in [(Bench::kernel(), findings), (Bench::user(), 0)] {
                bench.machine.set_irql(bench.main, irql);
                let _ = bench.ask(function, None, true, 0);
                let rules: Vec<_> =
                    bench.machine.findings().iter().map(|finding| finding.rule.id()).collect();
                assert_eq!(rules, vec!["N011"; findings], "CV-19: {function} at {irql:?}");
            }
        }
    }
}

#[test]
fn the_bits_of_a_luid() {
    // CV-18
    let luid = Luid::new(0xABCD, 0x12_3456);
    assert_eq!(luid.0, 0xABCD_1234_5600_0000, "CV-18");
    assert_eq!((luid.if_type(), luid.index()), (0xABCD, 0x12_3456), "CV-18");
    assert_eq!(Luid::new(6, 0xFF12_3456), Luid::new(6, 0x12_3456), "higher bits are cut");
    for interface in home().interfaces() {
        assert_eq!(interface.luid.if_type(), interface.if_type, "CV-18: {}", interface.alias);
        assert_eq!(interface.luid.0 & 0xFF_FFFF, 0, "CV-18: {}", interface.alias);
    }
}

/// There and back again for every interface of a machine.
fn round_trips(env: &Env, flavour: Flavour) {
    use Function::{
        ConvertInterfaceAliasToLuid, ConvertInterfaceGuidToLuid, ConvertInterfaceIndexToLuid,
        ConvertInterfaceLuidToAlias, ConvertInterfaceLuidToGuid, ConvertInterfaceLuidToIndex,
        ConvertInterfaceLuidToNameA, ConvertInterfaceLuidToNameW, ConvertInterfaceNameToLuidA,
        ConvertInterfaceNameToLuidW, IfIndextoname, IfNametoindex,
    };
    let mut bench = Bench::with(env.clone(), flavour, &[]);
    for interface in env.interfaces() {
        let luid = Value::Luid(interface.luid);
        // CV-17
        for (there, back) in [
            (ConvertInterfaceLuidToIndex, ConvertInterfaceIndexToLuid),
            (ConvertInterfaceLuidToGuid, ConvertInterfaceGuidToLuid),
            (ConvertInterfaceLuidToAlias, ConvertInterfaceAliasToLuid),
            (ConvertInterfaceLuidToNameA, ConvertInterfaceNameToLuidA),
            (ConvertInterfaceLuidToNameW, ConvertInterfaceNameToLuidW),
        ] {
            let middle = bench.value(there, luid.clone());
            assert_eq!(bench.value(back, middle), luid, "CV-17: {there}");
        }
        let index = Value::Index(interface.index);
        let name = bench.value(IfIndextoname, index.clone());
        assert_eq!(bench.value(IfNametoindex, name.clone()), index, "CV-17");
        assert_eq!(name, text(if_name(interface.luid)));
        let Value::Text(name) = name else { unreachable!("compared above") };
        assert_eq!(parse_if_name(&name), Some(interface.luid));
    }
}

#[test]
fn interfaces_may_share_a_guid() {
    // the one with the lowest LUID is found.
    let mut env = home();
    for n in [8, 9] {
        let twin = Interface {
            guid: Guid(5),
            ..Interface::new(format!("Twin {n}"), if_type::ETHERNET, n, n)
        };
        env.place_interface(twin).expect("an interface");
    }
    let mut bench = Bench::with(env, Flavour::User, &[]);
    let found = bench.value(Function::ConvertInterfaceGuidToLuid, Value::Guid(Guid(5)));
    assert_eq!(found, Value::Luid(Luid::new(if_type::ETHERNET, 8)));
}

#[test]
fn a_home_machine_goes_there_and_back_again() {
    for flavour in Flavour::ALL {
        round_trips(&home(), flavour);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Of whatever type, number and alias an interface is.
    #[test]
    fn every_machine_goes_there_and_back_again(
        interfaces in prop::collection::vec(
            (prop_oneof![1..200_u16, any::<u16>()], 0..=0xFF_FFFF_u32, 1..1000_u32, "\\PC{1,256}"),
            1..20,
        ),
    ) {
        let mut env = home();
        let mut placed = 0;
        for (if_type, luid_index, index, alias) in interfaces {
            if alias.encode_utf16().count() > 256 {
                continue;
            }
            let interface = Interface::new(alias, if_type, luid_index, index);
            // What is taken already is left out.
            placed += u32::from(env.place_interface(interface).is_ok());
        }
        prop_assume!(placed > 0);
        for flavour in Flavour::ALL {
            round_trips(&env, flavour);
        }
    }
}
