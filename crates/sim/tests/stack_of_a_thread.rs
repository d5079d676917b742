//! A thread knows for which stack it was made: for a delivery, or by `spawn`.

use std::sync::mpsc;

use netiosim_sim::{Mode, Stack, StackRef};

fn of_this_thread() -> Option<u64> {
    StackRef::of_this_thread().map(|stack| stack.uid())
}

#[test]
fn a_thread_of_the_tests_own_belongs_to_none() {
    let stack = Stack::new();
    stack.teredo_port().unwrap();
    assert_eq!(of_this_thread(), None);
    let other = stack.handle();
    let thread = std::thread::spawn(move || {
        other.teredo_port().unwrap();
        of_this_thread()
    });
    assert_eq!(thread.join().unwrap(), None);
}

#[test]
fn callbacks_and_spawned_threads_belong_to_theirs() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let (send, seen) = mpsc::channel();
        let changes = stack
            .on_teredo_port_change(move |_| send.send(of_this_thread()).expect("the test waits"))
            .unwrap();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(seen.recv(), Ok(Some(stack.uid())), "{mode:?}");
        assert_eq!(stack.spawn("own", of_this_thread).join().unwrap(), Some(stack.uid()));
        changes.cancel().unwrap();
    }
}
