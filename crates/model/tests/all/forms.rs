//! How values are written for other programs (serde), and that what was written can be read.
#![cfg(feature = "serde")]

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::machine::{Machine, State};
use netiosim_model::net::{Family, Guid};
use netiosim_model::part::{Part, Parts};
use netiosim_model::row::SocketAddress;
use netiosim_model::rule::Rule;
use serde_json::{Value, from_value, json, to_value};

use crate::bench::Bench;
use crate::net::{ETHERNET, Net, ip};

fn written<T: serde::Serialize>(value: &T) -> Value {
    to_value(value).expect("it can be written")
}

#[test]
fn guids_addresses_and_rules_are_texts() {
    let guid = Guid(0x993F_7832_6E40_4B3B_9D2A_3C5D_7FC0_11E0);
    assert_eq!(written(&guid), json!("{993f7832-6e40-4b3b-9d2a-3c5d7fc011e0}"));
    assert_eq!(from_value::<Guid>(written(&guid)).expect("it can be read"), guid);
    assert!(from_value::<Guid>(json!("{}")).is_err());
    let address: SocketAddress = "fe80::1%7".parse().expect("an address");
    assert_eq!(written(&address), json!("fe80::1%7"));
    assert_eq!(from_value::<SocketAddress>(json!("fe80::1%7")).expect("it can be read"), address);
    assert!(from_value::<SocketAddress>(json!("fe80")).is_err());
    for rule in Rule::ALL {
        assert_eq!(written(rule), json!(rule.id()));
        assert_eq!(from_value::<Rule>(json!(rule.id())).expect("it can be read"), *rule);
    }
    assert!(from_value::<Rule>(json!("NS000")).is_err());
}

#[test]
fn a_part_is_written_as_its_value() {
    let part = Part::new(5);
    assert_eq!(written(&part), json!(5));
    assert_eq!(from_value::<Part<u32>>(json!(5)).expect("it can be read"), part);
    let parts: Parts<u32> = [1, 2, 3].into_iter().collect();
    assert_eq!(written(&parts), json!([1, 2, 3]));
    assert_eq!(from_value::<Parts<u32>>(json!([1, 2, 3])).expect("it can be read"), parts);
}

/// Rows, addresses and routes of an absent stack, disabled adapters, conflicts: everything that is put aside.
#[test]
fn an_environment_is_read_as_it_was_written() {
    let mut env = home();
    env.place_conflict(ETHERNET, ip("192.168.1.77"));
    env.place_listener(5_060, true);
    env.place_family(Family::V6, false);
    let mut net = Net::of(env, &[]);
    net.apply(&Change::InterfaceDisable(ETHERNET));
    let read: Env = from_value(written(net.env())).expect("it can be read");
    assert_eq!(&read, net.env());
    // And it goes on equally.
    let mut other = Net::of(read, &[]);
    let mut first = Net::of(net.env().clone(), &[]);
    for change in [Change::InterfaceEnable(ETHERNET), Change::Ipv6Present(true)] {
        assert_eq!(first.apply(&change), other.apply(&change));
        assert_eq!(first.env(), other.env());
    }
}

/// What waits to be delivered is part of what is written.
#[test]
fn a_state_with_deliveries_that_wait_is_read_as_it_was_written() {
    let mut bench = Bench::new();
    let (first, second) = (bench.ports("first"), bench.ports("second"));
    bench.restart(40_000);
    let read: State = from_value(written(bench.machine.state())).expect("it can be read");
    assert_eq!(&read, bench.machine.state());
    assert_eq!(bench.machine.next_deliverable().map(|lane| lane.handle), Some(first));
    let mut other = Machine::resume(read);
    let lane = other.next_deliverable().expect("something waits");
    assert_eq!(lane.handle, first);
    other.delivery_begin(lane, bench.pool);
    assert_eq!(other.next_deliverable().map(|lane| lane.handle), Some(second));
}
