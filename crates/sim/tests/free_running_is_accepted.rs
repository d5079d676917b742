//! What free-running threads do is a history that the model accepts: deliveries of one registration
//! never overlap, are numbered without a gap, and come in the order of the changes.

use std::collections::BTreeMap;

use netiosim_sim::model::event::What;
use netiosim_sim::model::ids::LaneId;
use netiosim_sim::model::notification::Notification;
use netiosim_sim::{Mode, Stack};

#[test]
fn by_their_trace() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let registrations: Vec<_> = (0..8)
        .map(|_| {
            let inner = stack.handle();
            stack
                .on_teredo_port_change(move |_| {
                    let _ = inner.teredo_port();
                })
                .unwrap()
        })
        .collect();
    let changer = |first: u16| {
        let inner = stack.handle();
        stack.spawn("changer", move || {
            for n in 0..20 {
                inner.restart_teredo_on(first + n).unwrap();
            }
        })
    };
    let threads = [changer(51_000), changer(52_000)];
    for thread in threads {
        thread.join().unwrap();
    }
    stack.run_until_idle();

    let mut running: BTreeMap<LaneId, u32> = BTreeMap::new();
    let mut ports: BTreeMap<LaneId, Vec<u16>> = BTreeMap::new();
    for event in stack.events() {
        match event.what {
            What::Begin { lane, number, notification } => {
                assert!(running.insert(lane, number).is_none(), "deliveries overlap");
                let seen = ports.entry(lane).or_default();
                assert_eq!(number as usize, seen.len() + 1, "numbered without a gap");
                let Notification::TeredoPort { port, .. } = notification else { panic!("a port") };
                seen.push(port);
            }
            What::End { lane, number } => assert_eq!(running.remove(&lane), Some(number)),
            _ => {}
        }
    }
    assert_eq!(ports.len(), 8);
    let mut all = ports.into_values();
    let first = all.next().unwrap();
    assert_eq!(first.len(), 40, "none lost, none doubled");
    assert!(all.all(|other| other == first), "every registration sees the changes in one order");
    drop(registrations);
}
