//! What a build with the feature does not have is refused in so many words.

use netiosim_sim::{BuildError, Mode, RwLock, Stack};
use shuttle::sync::Arc;

use crate::{threads, under_shuttle};

fn refused(mode: Mode) -> String {
    match Stack::builder().mode(mode).try_build() {
        Err(error @ BuildError::Unavailable(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn outside_of_a_test_of_shuttles_there_is_no_stack() {
    for mode in Mode::ALL {
        assert!(refused(mode).contains("outside"), "{}", refused(mode));
    }
}

#[test]
fn controlled_mode_needs_the_threads_of_the_system() {
    shuttle::check_random(
        || assert!(refused(Mode::Controlled).contains("use threads mode"), "it says what to do"),
        1,
    );
}

#[test]
#[should_panic(expected = "use `advance_ms`")]
fn there_is_no_real_time() {
    shuttle::check_random(|| threads().build().follow_real_time(1.0), 1);
}

#[test]
fn manual_mode_is_there() {
    under_shuttle(|| {
        let stack = Stack::builder().tag(1).build();
        let ports = stack.on_teredo_port_change(|_| {}).unwrap();
        let other = stack.handle();
        let changes = shuttle::thread::spawn(move || other.restart_teredo().unwrap());
        let early = stack.run_until_idle();
        changes.join().unwrap();
        assert_eq!(early + stack.run_until_idle(), 1, "on this thread, when it says so");
        ports.cancel().unwrap();
    });
}

#[test]
#[should_panic(expected = "a claim of the test's own")]
fn a_claim_that_fails_while_callbacks_run_ends_the_test_with_its_message() {
    shuttle::check_random_with_seed(
        || {
            let stack = threads().build();
            let _ports = stack.on_teredo_port_change(|_| shuttle::thread::yield_now()).unwrap();
            stack.restart_teredo().unwrap();
            panic!("a claim of the test's own");
        },
        0,
        1,
    );
}

#[test]
#[should_panic(expected = "the callback of \"ports\" panicked: a claim of the callback's")]
fn a_claim_that_fails_in_a_callback_ends_the_test_with_a_finding() {
    shuttle::check_random_with_seed(
        || {
            let stack = threads().build();
            let ports = stack.teredo_port_change().name("ports");
            let ports = ports.register(|_| panic!("a claim of the callback's")).unwrap();
            stack.restart_teredo().unwrap();
            stack.run_until_idle();
            ports.cancel().unwrap();
        },
        0,
        1,
    );
}

#[test]
fn one_thread_reads_twice() {
    under_shuttle(|| {
        let stack = threads().build();
        let lock: Arc<RwLock<u32>> = Arc::new(stack.rwlock("table", 1));
        let own = lock.clone();
        let other = stack.spawn("writer", move || *own.write().unwrap() += 1);
        {
            let first = lock.read().unwrap();
            if let Some(second) = lock.try_read() {
                assert_eq!(*first, *second);
            }
        }
        other.join().unwrap();
        assert_eq!(*lock.read().unwrap(), 2);
    });
}
