//! A tracked lock is tried without waiting: somebody has it, or nobody does.

use std::sync::Arc;

use netiosim_sim::{Mode, Stack};

#[test]
fn a_mutex_is_free_or_taken() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let lock = Arc::new(stack.mutex("count", 1));
        let mut guard = lock.try_lock().expect("nobody has it");
        *guard += 1;
        assert!(lock.try_lock().is_none(), "this thread has it");
        let other = lock.clone();
        let thread = stack.spawn("other", move || other.try_lock().is_none());
        assert!(thread.join().unwrap(), "another thread has it");
        drop(guard);
        assert_eq!(lock.try_lock().as_deref(), Some(&2));
        assert_eq!(*lock.lock().unwrap(), 2, "it was given back");
    }
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    let stack = Stack::new();
    let lock = stack.rwlock("table", 1);
    let first = lock.try_read().expect("nobody has it");
    let second = lock.try_read().expect("readers share it");
    assert_eq!((*first, *second), (1, 1));
    assert!(lock.try_write().is_none(), "somebody reads");
    drop((first, second));
    let mut writer = lock.try_write().expect("nobody has it");
    *writer = 2;
    assert_eq!(*writer, 2);
    assert!(lock.try_read().is_none() && lock.try_write().is_none(), "somebody writes");
    drop(writer);
    assert_eq!(*lock.read().unwrap(), 2);
    *lock.write().unwrap() += 1;
    assert_eq!(lock.try_read().as_deref(), Some(&3));
}

#[test]
fn a_read_waits_for_the_writer_and_a_write_for_the_readers() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let lock = Arc::new(stack.rwlock("table", 1));
    let mut writer = lock.write().unwrap();
    let reads = lock.clone();
    let reader = stack.spawn("reader", move || *reads.read().unwrap());
    stack.run_until_idle();
    assert!(!reader.is_finished());
    *writer = 2;
    drop(writer);
    assert_eq!(reader.join().unwrap(), 2);
    let first = lock.read().unwrap();
    let writes = lock.clone();
    let writer = stack.spawn("writer", move || *writes.write().unwrap() = 3);
    stack.run_until_idle();
    assert_eq!(*first, 2);
    drop(first);
    writer.join().unwrap();
    assert_eq!(*lock.read().unwrap(), 3);
}

#[test]
fn whoever_owns_the_lock_needs_no_guard() {
    let stack = Stack::new();
    let mut lock = stack.mutex("count", 1);
    *lock.get_mut() += 4;
    assert_eq!(lock.lock().as_deref(), Ok(&5));
}

#[test]
fn a_thread_of_a_process_that_ended_gets_no_lock() {
    let stack = Stack::new();
    let lock = stack.mutex("count", 1);
    let process = stack.process("other", netiosim_sim::model::status::Flavour::User);
    let inside = process.enter();
    process.exit();
    assert!(lock.try_lock().is_none());
    assert!(lock.lock().is_err());
    drop(inside);
    assert!(lock.try_lock().is_some());
    drop(stack.take_findings());
}

#[test]
fn after_the_end_of_the_stack_the_value_alone_decides() {
    let stack = Stack::new();
    let (mutex, table) = (stack.mutex("count", 1), stack.rwlock("table", 1));
    drop(stack);
    let guard = mutex.try_lock().expect("nobody has it");
    assert!(mutex.try_lock().is_none());
    drop(guard);
    let reader = table.try_read().expect("nobody has it");
    assert!(table.try_read().is_some() && table.try_write().is_none());
    assert!(table.read().is_ok() && table.write().is_err());
    drop(reader);
    assert!(table.try_write().is_some());
}
