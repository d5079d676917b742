//! Waits: none is forgotten, and one with a limit comes to both of its ends.

use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::thread;

use crate::{Seen, threads, under_shuttle};

#[test]
fn whoever_waits_for_what_a_callback_does_is_woken() {
    under_shuttle(|| {
        let stack = threads().build();
        let (told, queue) = (stack.signal("told"), Arc::new(stack.channel::<u16>("ports", 1)));
        let (set, sender) = (told.clone(), queue.clone());
        let ports = stack
            .on_teredo_port_change(move |change| {
                sender.send(change.port).unwrap();
                set.set();
            })
            .unwrap();
        let other = stack.handle();
        let changes = stack.spawn("changer", move || {
            for port in [50_001, 50_002, 50_003] {
                other.restart_teredo_on(port).unwrap();
            }
        });
        let got = [0; 3].map(|_| queue.receive().unwrap());
        assert_eq!(got, [50_001, 50_002, 50_003]);
        told.wait().unwrap();
        changes.join().unwrap();
        ports.cancel().unwrap();
    });
}

#[test]
fn the_end_of_a_thread_wakes_everybody_who_joins_it() {
    under_shuttle(|| {
        let stack = threads().build();
        let work = stack.spawn("work", thread::yield_now);
        let actor = work.actor();
        let joins = [0, 1].map(|n| {
            let other = stack.handle();
            stack.spawn(&format!("join-{n}"), move || other.join_actor(actor).is_ok())
        });
        work.join().unwrap();
        for join in joins {
            assert!(join.join().unwrap());
        }
    });
}

#[test]
fn a_wait_with_a_limit_comes_to_both_of_its_ends() {
    let (early, late) = (Seen::default(), Seen::default());
    let (passed, over) = (early.clone(), late.clone());
    under_shuttle(move || {
        let stack = threads().build();
        let told = stack.signal("told");
        let set = told.clone();
        let other = stack.spawn("other", move || set.set());
        match stack.wait_signals(&[told], false, Some(60_000)).unwrap() {
            Some(0) => passed.add(),
            Some(_) => unreachable!("there is one signal"),
            None => over.add(),
        }
        other.join().unwrap();
    });
    early.sometimes("the signal ended the wait");
    late.sometimes("time ended the wait");
}

#[test]
fn it_needs_no_random_number_so_that_orders_can_be_searched_depth_first() {
    let test = || {
        let stack = threads().build();
        let told = stack.signal("told");
        let set = told.clone();
        let other = stack.spawn("other", move || set.set());
        let _ = stack.wait_signals(&[told], false, Some(60_000)).unwrap();
        other.join().unwrap();
    };
    shuttle::check_dfs(test, Some(500));
}

#[test]
fn a_wait_that_only_time_ends_is_no_deadlock() {
    under_shuttle(|| {
        let stack = threads().build();
        let never = stack.signal("never");
        let other = stack.handle();
        let waits = stack.spawn("other", move || other.wait_signals(&[], false, Some(1)).unwrap());
        assert_eq!(stack.wait_signals(&[never], false, Some(60_000)).unwrap(), None);
        assert_eq!(waits.join().unwrap(), None);
    });
}

#[test]
fn virtual_time_goes_by_when_the_test_says_so() {
    under_shuttle(|| {
        let stack = threads().build();
        let usable = Arc::new(AtomicBool::new(false));
        let seen = usable.clone();
        let addresses = stack
            .on_unicast_address_change(netiosim_sim::model::net::Family::V4, move |change| {
                let entry = change.row.and_then(|row| row.entry().ok());
                if entry.is_some_and(|entry| entry.dad_state == 4) {
                    seen.store(true, Ordering::SeqCst);
                }
            })
            .unwrap();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.advance_ms(3000);
        stack.run_until_idle();
        assert!(usable.load(Ordering::SeqCst));
        addresses.cancel().unwrap();
    });
}
