//! The callback comes before the constructor that registered it has finished.

mod real_backend;

use std::sync::{Arc, OnceLock};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_sim::{Registration, Stack, SwitchAt};

/// Follows the port, and logs each change to what it is given.
struct Follower {
    _changes: Registration,
}

impl Follower {
    /// `log` is what the constructor fills in, before or after it registers.
    fn new(stack: &Stack, log_first: bool) -> Self {
        let log: Arc<OnceLock<&str>> = Arc::default();
        if log_first {
            log.set("the log").unwrap();
        }
        let own = log.clone();
        let callback = move |_: &netiosim_sim::TeredoPortChange| {
            assert!(own.get().is_some(), "the callback runs in a half-constructed object");
        };
        let changes = stack.teredo_port_change().name("ports").register(callback).unwrap();
        if !log_first {
            log.set("the log").unwrap();
        }
        Self { _changes: changes }
    }
}

fn test(log_first: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let changer = stack.handle();
        let change = stack.spawn("changer", move || changer.restart_teredo().unwrap());
        let follower = Follower::new(&stack, log_first);
        change.join().unwrap();
        drop(follower);
    }
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(findings[0].rule.id(), "N017");
    assert!(findings[0].message.contains("half-constructed"), "{failure}");
    assert!(failure.execution <= 6, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
}

fn the_constructor_that_registers_last_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

fn it_is_missed_where_only_the_beginnings_of_calls_count(explorer: fn() -> Explorer) {
    let exploration = explorer().switch_at(SwitchAt::Calls).check(test(false));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

real_backend::suite! {
    it_is_found_within_a_handful_of_executions
    the_constructor_that_registers_last_is_right
    it_is_missed_where_only_the_beginnings_of_calls_count
}
