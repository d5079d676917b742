//! Addresses, routes and hints: the same history gives the same deliveries in every mode (laws 1 and 2
//! of the design).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::Family;
use netiosim_sim::{Mode, Registration, Stack};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Op {
    RegisterAddress { family: Option<Family>, initial: bool },
    RegisterRoute { family: Option<Family>, initial: bool },
    RegisterHint { initial: bool },
    RequestStable,
    Cancel(usize),
    Address { number: u8, present: bool },
    Route { number: u8, present: bool },
    Medium(bool),
    TeredoStop,
    TeredoStart,
    Advance(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let family = || {
        let one = prop_oneof![Just(Family::V4), Just(Family::V6)];
        (proptest::option::of(one), any::<bool>())
    };
    prop_oneof![
        family().prop_map(|(family, initial)| Op::RegisterAddress { family, initial }),
        family().prop_map(|(family, initial)| Op::RegisterRoute { family, initial }),
        any::<bool>().prop_map(|initial| Op::RegisterHint { initial }),
        Just(Op::RequestStable),
        (0usize..6).prop_map(Op::Cancel),
        (1u8..4, any::<bool>()).prop_map(|(number, present)| Op::Address { number, present }),
        (1u8..4, any::<bool>()).prop_map(|(number, present)| Op::Route { number, present }),
        any::<bool>().prop_map(Op::Medium),
        Just(Op::TeredoStop),
        Just(Op::TeredoStart),
        (1u64..4000).prop_map(Op::Advance),
    ]
}

/// Per registration, what its callback was told.
type Seen = BTreeMap<usize, Vec<String>>;

fn play(mode: Mode, ops: &[Op]) -> (Seen, String) {
    let stack = Stack::builder().mode(mode).build();
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let mut live: Vec<Option<Registration>> = Vec::new();
    for op in ops {
        let (log, number) = (seen.clone(), live.len());
        let say = move |text: String| log.lock().unwrap().entry(number).or_default().push(text);
        match *op {
            Op::RegisterAddress { family, initial } => {
                let subscribe = stack.unicast_address_change(family).initial(initial);
                let registration = subscribe.register(move |change| {
                    let entry = change.row.map(|row| row.entry().map(|entry| entry.dad_state));
                    let address = change.row.map(|row| row.address());
                    say(format!("{:?} {address:?} {entry:?}", change.kind));
                });
                live.push(Some(registration.unwrap()));
            }
            Op::RegisterRoute { family, initial } => {
                let subscribe = stack.route_change(family).initial(initial);
                let registration = subscribe.register(move |change| {
                    let route = change.row.map(|row| row.route());
                    say(format!("{:?} {route:?}", change.kind));
                });
                live.push(Some(registration.unwrap()));
            }
            Op::RegisterHint { initial } => {
                let subscribe = stack.connectivity_hint_change().initial(initial);
                let registration = subscribe.register(move |change| say(change.hint.to_string()));
                live.push(Some(registration.unwrap()));
            }
            Op::RequestStable => {
                let answer = stack.stable_unicast_addresses(None, move |stable| {
                    say(format!("{} rows", stable.table.len()));
                });
                live.push(answer.unwrap().later());
            }
            Op::Cancel(n) => {
                if let Some(registration) = live.get_mut(n).and_then(Option::take) {
                    registration.cancel().unwrap();
                }
            }
            // What cannot happen does not: the same in every mode.
            Op::Address { number, present: true } => {
                let _ = stack.add_address("Ethernet", &format!("10.0.0.{number}/24"));
            }
            Op::Address { number, present: false } => {
                let _ = stack.remove_address("Ethernet", &format!("10.0.0.{number}"));
            }
            Op::Route { number, present: true } => {
                let _ = stack.add_route("Ethernet", &format!("172.16.{number}.0/24"), None);
            }
            Op::Route { number, present: false } => {
                let _ = stack.remove_route("Ethernet", &format!("172.16.{number}.0/24"), None);
            }
            Op::Medium(connected) => stack.set_connected("Ethernet", connected).unwrap(),
            Op::TeredoStop => stack.stop_teredo().unwrap(),
            Op::TeredoStart => stack.start_teredo().unwrap(),
            Op::Advance(ms) => drop(stack.advance_ms(ms)),
        }
        stack.run_until_idle();
    }
    drop(live);
    let state =
        format!("{:?} {:?}", stack.env().addresses().collect::<Vec<_>>(), stack.env().hint());
    let seen = seen.lock().unwrap();
    (seen.clone(), state)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn same_history_same_deliveries(ops in proptest::collection::vec(op(), 1..25)) {
        let manual = play(Mode::Manual, &ops);
        prop_assert_eq!(&manual, &play(Mode::Controlled, &ops));
        prop_assert_eq!(&manual, &play(Mode::Threads, &ops));
    }
}
