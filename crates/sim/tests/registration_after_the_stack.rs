//! A registration, a lock and a handle outlive their stack without harm.

use netiosim_sim::{Mode, Stack};

#[test]
fn they_answer_and_nobody_waits() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let registration = stack.on_teredo_port_change(|_| {}).unwrap();
        let handle = stack.handle();
        let lock = stack.mutex("m", 1);
        drop(stack);
        assert_eq!(handle.on_teredo_port_change(|_| {}).unwrap_err().code, 1115);
        assert_eq!(handle.run_until_idle(), 0);
        let guard = lock.lock().unwrap();
        assert!(lock.lock().is_err(), "never a second guard");
        drop(guard);
        drop(registration);
    }
}
