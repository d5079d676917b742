//! GetAdaptersAddresses and GetAdaptersInfo write into a buffer of the caller's, or say how big it has to
//! be.

use crate::adapters;
use crate::adapters::{Bench, INET, INET6, UNSPEC};
use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::table::UnicastAddress;

fn info(bench: &mut Bench, size: Option<u32>, buffer: bool) -> (u32, Output) {
    let function = Function::GetAdaptersInfo;
    let reply = bench.call(&Call::Adapters {
        function,
        family: 0,
        flags: 0,
        reserved: false,
        size,
        buffer,
    });
    (reply.code, reply.output)
}

fn needed(output: &Output) -> u32 {
    match output {
        Output::Size(size) => *size,
        other => panic!("no size: {other:?}"),
    }
}

#[test]
fn ad_01_other_families_are_invalid() {
    let mut bench = Bench::new();
    // The number has 32 bits: one whose lower half is a family is none.
    for family in [1, 10, 24, 0x1_0000, 0x1_0002, u32::MAX] {
        let reply = bench.call(&Call::adapters_addresses(family, 0));
        assert_eq!((reply.code, reply.output), (87, Output::Nothing), "{family}");
    }
    for family in [UNSPEC, INET, INET6] {
        assert_eq!(bench.code(family), 0, "{family}");
    }
}

#[test]
fn ad_02_ad_24_a_null_size_is_invalid() {
    let mut bench = Bench::new();
    for buffer in [false, true] {
        assert_eq!(bench.sized(None, buffer), (87, Output::Nothing));
        assert_eq!(info(&mut bench, None, buffer), (87, Output::Nothing));
    }
}

#[test]
fn ad_03_a_buffer_of_the_size_that_was_said_is_enough_and_one_byte_less_is_not() {
    let mut bench = Bench::new();
    let (code, output) = bench.sized(Some(0), true);
    assert_eq!(code, 111);
    let size = needed(&output);
    assert_eq!(bench.sized(Some(size - 1), true), (111, Output::Size(size)));
    let (code, output) = bench.sized(Some(size), true);
    assert!(matches!(&output, Output::Adapters(all) if all.size == size), "{output:?}");
    assert_eq!(code, 0);
}

#[test]
fn ad_04_a_null_buffer_overflows_whatever_the_size() {
    let mut bench = Bench::new();
    let size = needed(&bench.sized(Some(0), false).1);
    for given in [0, size, u32::MAX] {
        assert_eq!(bench.sized(Some(given), false), (111, Output::Size(size)), "{given}");
    }
}

#[test]
fn ad_25_the_same_of_the_older_function() {
    let mut bench = Bench::new();
    // One adapter with one address: the structure and nothing else.
    assert_eq!(info(&mut bench, Some(703), true), (111, Output::Size(704)));
    assert_eq!(info(&mut bench, Some(u32::MAX), false), (111, Output::Size(704)));
    let (code, output) = info(&mut bench, Some(704), true);
    assert!(matches!(&output, Output::AdaptersInfo(all) if all.size == 704), "{output:?}");
    assert_eq!(code, 0);
}

#[test]
fn ad_05_ad_26_nothing_to_list_is_no_data() {
    let mut env = home();
    env.place_family(Family::V4, false);
    env.place_family(Family::V6, false);
    let mut bench = Bench::with(env);
    for family in [UNSPEC, INET, INET6] {
        let reply = bench.call(&Call::adapters_addresses(family, 0));
        assert_eq!((reply.code, reply.output), (232, Output::Nothing), "{family}");
    }
    assert_eq!(info(&mut bench, Some(0), false), (232, Output::Nothing));
    // The loopback alone is an adapter of the newer function, and none of the older one.
    let mut env = home();
    let ethernet = env.interface_by_alias("Ethernet").expect("it").luid;
    env.place_ipv6(false);
    let mut bench = Bench::with(env);
    bench.change(&Change::InterfaceRemove(ethernet));
    assert_eq!(bench.code(INET), 0);
    assert_eq!(bench.code(INET6), 232);
    assert_eq!(info(&mut bench, Some(0), true), (232, Output::Nothing));
}

#[test]
fn ad_21_the_size_grows_with_an_address_between_two_calls() {
    let mut bench = Bench::new();
    let before = needed(&bench.sized(Some(0), true).1);
    let mut address = UnicastAddress::new(adapters::ETHERNET, adapters::ip("10.0.0.9"), 24);
    address.persistent = false;
    bench.change(&Change::AddressAdd { address, optimistic: false });
    let (code, output) = bench.sized(Some(before), true);
    // A node of 64 bytes and a SOCKADDR_IN of 16; its group 224.0.0.1 was joined before.
    assert_eq!((code, needed(&output)), (111, before + 80));
}

#[test]
fn what_stands_in_reserved_makes_no_difference() {
    // Chosen: the page says that NULL should be passed, and names no error.
    let mut bench = Bench::new();
    let plain = Call::adapters_addresses(UNSPEC, 0);
    let Call::Adapters { function, family, flags, size, buffer, .. } = plain.clone() else {
        unreachable!("it is one")
    };
    let other = Call::Adapters { function, family, flags, reserved: true, size, buffer };
    assert_eq!(bench.call(&other), bench.call(&plain));
}
