//! What the callback uses is taken apart before the registration is cancelled.

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

#[test]
fn it_is_found_within_a_handful_of_executions() {
    let failure = Explorer::new().check(test(false)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert!(findings[0].message.contains("the state is gone"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

#[test]
fn the_cancel_that_comes_first_is_right() {
    let exploration = Explorer::new().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}
