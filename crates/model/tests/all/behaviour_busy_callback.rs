//! A callback may register, query, cancel other handles and change the stack.

use crate::bench::{Bench, code_of, port_of};
use netiosim_model::change::Change;
use netiosim_model::machine::{EntryQuery, Request};
use netiosim_model::net::Family;
use netiosim_model::notification::Notification;
use netiosim_model::teredo::PortWish;

#[test]
fn it_registers_and_the_new_one_hears_of_later_changes_only() {
    let mut bench = Bench::new();
    let first = bench.ports("first");
    bench.running(first, bench.pool, 50_001);
    let request = Request { initial: true, ..Request::new("second", 1) };
    let machine = &mut bench.machine;
    let second = machine.notify_teredo_port_change(bench.pool, &request, &mut bench.chooser);
    // Same callback, another handle: the initial call runs on top of the one that runs.
    assert_eq!(second.initial.len(), 1);
    let due = machine.delivery_begin(second.initial[0], bench.pool);
    assert_eq!(due.notification.to_string(), "MibInitialNotification, port 0");
    assert_eq!(machine.actor_info(bench.pool).frames().len(), 2);
    machine.delivery_end(bench.pool);
    machine.delivery_end(bench.pool);
    bench.restart(50_002);
    assert_eq!(bench.drain(second.handle), [50_002]);
}

#[test]
fn it_queries_and_the_answer_is_the_state_of_now() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    let answer = bench.machine.get_teredo_port(bench.pool, true, &mut bench.chooser);
    assert_eq!(answer.2, Some(50_002), "not what the callback was told");
}

#[test]
fn it_reads_the_row_that_changed_by_the_pages_recipe() {
    // NI-13: copy the keys, ask GetIpInterfaceEntry.
    let mut bench = Bench::new();
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V6);
    let due = bench.begin(handle, bench.pool);
    let Notification::IpInterface { row: Some(key), .. } = due.notification else {
        panic!("a row: {}", due.notification);
    };
    let query = Some(EntryQuery::from(key));
    let machine = &mut bench.machine;
    let (found, _) =
        machine.get_ip_interface_entry(bench.pool, query, &mut bench.chooser).expect("a row");
    assert_eq!(found, key);
}

#[test]
fn it_cancels_another_handle_and_leaves_its_own_alone() {
    let mut bench = Bench::new();
    let (own, victim) = (bench.ports("own"), bench.ports("victim"));
    bench.running(own, bench.pool, 50_001);
    assert_eq!(code_of(bench.cancel(bench.pool, victim)), 0);
    bench.restart(50_002);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.drain(own), [50_002]);
    assert!(bench.rules().is_empty());
}

#[test]
fn it_changes_the_stack_and_is_told_afterwards() {
    // TP-13: never on top of itself.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    let change = Change::TeredoRestart(PortWish::Exactly(50_002));
    bench.machine.change(Some(bench.pool), &change, &mut bench.chooser).expect("a restart");
    assert!(bench.machine.deliverable().is_empty(), "its lane is busy");
    bench.machine.delivery_end(bench.pool);
    let due = bench.begin(handle, bench.pool);
    assert_eq!((port_of(&due.notification), due.number), (50_002, 2));
}
