//! How many deliveries were made: at most as many as allowed, in all of the time that went by, and since the last question.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};

use netiosim_sim::{Mode, Stack};

#[test]
fn no_more_are_made_than_allowed() {
    let stack = Stack::new();
    let _changes = stack.on_teredo_port_change(|_| {}).unwrap();
    for limit in [1, 3] {
        for _ in 0..4 {
            stack.restart_teredo().unwrap();
        }
        let error = stack.run_until_idle_within(limit).unwrap_err();
        assert_eq!(error.deliveries, limit);
        assert_eq!(stack.run_until_idle(), 4 - limit);
    }
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle_within(1), Ok(1), "nothing is left");
}

#[test]
fn those_since_the_last_question_count_where_they_go_on_by_themselves() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let (send, ports) = mpsc::channel();
        let changes = stack
            .on_teredo_port_change(move |change| send.send(change.port).expect("the test waits"))
            .unwrap();
        let mut port = 50_000;
        for count in [1, 3] {
            for _ in 0..count {
                port += 1;
                stack.restart_teredo_on(port).unwrap();
                assert_eq!(ports.recv(), Ok(port), "nobody asked for it");
            }
            assert_eq!(stack.run_until_idle(), count, "{mode:?}");
        }
        assert_eq!(stack.run_until_idle(), 0);
        changes.cancel().unwrap();
    }
}

#[test]
fn those_on_the_way_through_time_count_together() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let calls = Arc::new(AtomicUsize::new(0));
        let (one, two) = (calls.clone(), calls.clone());
        let _ports = stack
            .on_teredo_port_change(move |_| {
                let _ = one.fetch_add(1, SeqCst);
            })
            .unwrap();
        let _addresses = stack
            .on_unicast_address_change(None, move |_| {
                let _ = two.fetch_add(1, SeqCst);
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        let luid = stack.luid_of_alias("Ethernet").unwrap();
        let address = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
        stack.create_unicast_address(&address).unwrap();
        let made = stack.advance_ms(3000);
        assert!(made > 3, "{mode:?}: the port, the address, and that it is usable: {made}");
        assert_eq!(made, calls.load(SeqCst), "{mode:?}");
        assert_eq!(stack.advance_ms(1), 0);
    }
}

#[test]
fn the_next_timer_comes_nearer() {
    let stack = Stack::new();
    let timer_ms = stack.next_timer_ms().expect("the Teredo client refreshes its mapping");
    assert!(timer_ms > 1000, "{timer_ms}");
    stack.advance_ms(1000);
    assert_eq!(stack.next_timer_ms(), Some(timer_ms - 1000));
}

#[test]
fn who_waits_for_some_time_goes_on_at_its_end() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    stack.advance_ms(100);
    let own = stack.handle();
    let signal = stack.signal("never");
    // Something else waits, so that time goes by only when it is told to.
    let thread = stack.spawn("waits", move || {
        own.wait_signals(&[signal], false, Some(200)).map(|_| own.now_ms())
    });
    assert_eq!(stack.run_until_idle(), 0);
    stack.advance_ms(1000);
    assert_eq!(thread.join().unwrap(), Ok(300));
    assert_eq!(stack.now_ms(), 1100);
}

#[test]
fn a_callback_that_blocks_out_of_sight_is_no_reason_to_give_up() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let lock = Arc::new(Mutex::new(()));
    let wanted = lock.clone();
    let changes = stack.on_teredo_port_change(move |_| drop(wanted.lock())).unwrap();
    for _ in 0..5 {
        stack.restart_teredo().unwrap();
    }
    assert_eq!(stack.run_until_idle(), 5);
    let guard = lock.lock().unwrap();
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle_within(6), Ok(0), "far from six");
    drop(guard);
    assert_eq!(stack.run_until_idle_within(6), Ok(1));
    changes.cancel().unwrap();
}
