//! What the callback uses is taken apart before the registration is cancelled.

mod real_backend;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_sim::Stack;

fn test(cancel_first: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let usable = Arc::new(AtomicBool::new(true));
        let used = usable.clone();
        let changes = stack
            .teredo_port_change()
            .name("ports")
            .register(move |_| assert!(used.load(SeqCst), "the state is gone"))
            .unwrap();
        stack.restart_teredo().unwrap();
        if cancel_first {
            changes.cancel().unwrap();
            usable.store(false, SeqCst);
        } else {
            usable.store(false, SeqCst);
            changes.cancel().unwrap();
        }
    }
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert!(findings[0].message.contains("the state is gone"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

fn the_cancel_that_comes_first_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

real_backend::suite! {
    it_is_found_within_a_handful_of_executions
    the_cancel_that_comes_first_is_right
}
