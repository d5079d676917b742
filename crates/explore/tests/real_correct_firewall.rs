//! A correct firewall: every schedule is tried, and none of them breaks it.

mod real_backend;

use std::sync::Arc;

use netiosim_explore::Explorer;
use netiosim_explore::real::{Exploration, Verdict};
use netiosim_explore::walk::StrategyKind;
use netiosim_sim::{Registration, Stack, StackRef};

/// Keeps an exception on the port of the Teredo client. Whatever it is told, it asks; and it asks under its lock, so that a
/// slower answer does not overwrite a newer one.
struct Firewall {
    exception: Arc<netiosim_sim::Mutex<u16>>,
    changes: Registration,
}

impl Firewall {
    fn new(stack: &StackRef) -> Self {
        let exception = Arc::new(stack.mutex("exception", 0));
        let (own, asked) = (exception.clone(), stack.clone());
        let changes = stack
            .teredo_port_change()
            .name("ports")
            .register(move |_| Self::refresh(&own, &asked))
            .unwrap();
        Self::refresh(&exception, stack);
        Self { exception, changes }
    }

    fn refresh(exception: &netiosim_sim::Mutex<u16>, stack: &StackRef) {
        let mut port = exception.lock().unwrap();
        *port = stack.teredo_port().unwrap();
    }

    fn close(self) {
        // Not under the lock.
        self.changes.cancel().unwrap();
        *self.exception.lock().unwrap() = 0;
    }
}

fn test(stack: &Stack) {
    let firewall = Firewall::new(stack);
    stack.restart_teredo_on(50_001).unwrap();
    stack.run_until_idle();
    assert_eq!(*firewall.exception.lock().unwrap(), 50_001);
    let exception = firewall.exception.clone();
    firewall.close();
    assert_eq!(*exception.lock().unwrap(), 0);
}

fn explore(explorer: Explorer, strategy: StrategyKind) -> Exploration {
    explorer.strategy(strategy).check(|stack| test(&stack))
}

fn every_schedule_is_tried_and_their_number_is_stable(explorer: fn() -> Explorer) {
    let exploration = explore(explorer(), StrategyKind::Exhaustive);
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
    assert_eq!(exploration.statistics.executions, SCHEDULES, "{exploration}");
}

fn depth_first_tries_as_many(explorer: fn() -> Explorer) {
    let exploration = explore(explorer(), StrategyKind::DepthFirst);
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
    assert_eq!(exploration.statistics.executions, SCHEDULES, "{exploration}");
}

const SCHEDULES: u64 = 36;

real_backend::suite! {
    every_schedule_is_tried_and_their_number_is_stable
    depth_first_tries_as_many
}
