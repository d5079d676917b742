//! One model, three modes: the same history gives the same deliveries, none lost, doubled or out of
//! order (laws 1 and 2 of the design).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::{Family, NotificationType};
use netiosim_sim::{Mode, Registration, Stack};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Op {
    RegisterPort { initial: bool },
    RegisterInterface { family: Option<Family>, initial: bool },
    Cancel(usize),
    Restart,
    Mtu(Family, u32),
    Idle,
}

fn op() -> impl Strategy<Value = Op> {
    let family = prop_oneof![Just(Family::V4), Just(Family::V6)];
    prop_oneof![
        any::<bool>().prop_map(|initial| Op::RegisterPort { initial }),
        (proptest::option::of(family.clone()), any::<bool>())
            .prop_map(|(family, initial)| Op::RegisterInterface { family, initial }),
        (0usize..6).prop_map(Op::Cancel),
        Just(Op::Restart),
        (family, 1280u32..1500).prop_map(|(family, mtu)| Op::Mtu(family, mtu)),
        Just(Op::Idle),
    ]
}

type Seen = BTreeMap<usize, Vec<(NotificationType, u64)>>;

/// Plays a history; with `settle`, everything is delivered after every step.
fn play(mode: Mode, seed: u64, ops: &[Op], settle: bool) -> Seen {
    let stack = Stack::builder().mode(mode).seed(seed).build();
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let mut live: Vec<Option<Registration>> = Vec::new();
    for (op, port) in ops.iter().zip(51_000..) {
        let number = live.len();
        let log = seen.clone();
        match *op {
            Op::RegisterPort { initial } => {
                let registration =
                    stack.teredo_port_change().initial(initial).register(move |change| {
                        let mut seen = log.lock().unwrap();
                        seen.entry(number).or_default().push((change.kind, u64::from(change.port)));
                    });
                live.push(Some(registration.unwrap()));
            }
            Op::RegisterInterface { family, initial } => {
                let subscribe = stack.ip_interface_change(family).initial(initial);
                let registration = subscribe.register(move |change| {
                    let what = change.row.map_or(0, |row| {
                        u64::from(row.index()) * 100 + u64::from(row.family().number())
                    });
                    log.lock().unwrap().entry(number).or_default().push((change.kind, what));
                });
                live.push(Some(registration.unwrap()));
            }
            Op::Cancel(n) => {
                if let Some(registration) = live.get_mut(n).and_then(Option::take) {
                    registration.cancel().unwrap();
                }
            }
            Op::Restart => stack.restart_teredo_on(port).unwrap(),
            Op::Mtu(family, mtu) => stack.set_mtu("Ethernet", family, mtu).unwrap(),
            Op::Idle => drop(stack.run_until_idle()),
        }
        if settle {
            stack.run_until_idle();
        }
    }
    stack.run_until_idle();
    drop(live);
    let seen = seen.lock().unwrap();
    seen.clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_deliveries_after_every_step(ops in proptest::collection::vec(op(), 1..25)) {
        let manual = play(Mode::Manual, 0, &ops, true);
        prop_assert_eq!(&manual, &play(Mode::Controlled, 0, &ops, true));
        prop_assert_eq!(&manual, &play(Mode::Threads, 0, &ops, true));
    }

    #[test]
    fn running_on(ops in proptest::collection::vec(op(), 1..25), seed in 1u64..1000) {
        // Without a cancel, when things are delivered decides nothing about what is delivered; only
        // the two families of one registration may overtake each other.
        let ops: Vec<Op> = ops.into_iter().filter(|op| !matches!(op, Op::Cancel(_))).collect();
        let sorted = |seen: Seen| -> Seen {
            let family = |entry: &(NotificationType, u64)| entry.1 % 100;
            let per_family = |mut entries: Vec<(NotificationType, u64)>| {
                if entries.iter().all(|entry| entry.1 < 1000) {
                    entries.sort_by_key(family);
                }
                entries
            };
            seen.into_iter().map(|(n, entries)| (n, per_family(entries))).collect()
        };
        let manual = sorted(play(Mode::Manual, 0, &ops, true));
        prop_assert_eq!(&manual, &sorted(play(Mode::Controlled, seed, &ops, false)));
        prop_assert_eq!(&manual, &sorted(play(Mode::Threads, 0, &ops, false)));
    }
}
