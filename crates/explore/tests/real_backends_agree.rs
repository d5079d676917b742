//! Threads and coroutines: the same schedules in the same order, the same events in each, and the same verdicts.

#![cfg(feature = "coroutines")]

use std::sync::{Arc, Mutex};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Exploration, Verdict};
use netiosim_explore::walk::StrategyKind;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::profile::Profile;
use netiosim_sim::{OnDeadlock, Stack};

/// What came out, and the events of every execution that came to its end.
fn explored(
    explorer: Explorer,
    test: impl Fn(&Stack) + Send + Sync + 'static,
) -> (Exploration, Vec<String>) {
    let traces: Arc<Mutex<Vec<String>>> = Arc::default();
    let own = traces.clone();
    let exploration = explorer.check(move |stack| {
        test(&stack);
        let trace = stack.trace();
        own.lock().unwrap().push(trace);
    });
    let traces = std::mem::take(&mut *traces.lock().unwrap());
    (exploration, traces)
}

/// Explores on both, and returns what came out and how many executions there were.
fn agree(
    explorer: &Explorer,
    test: impl Fn(&Stack) + Clone + Send + Sync + 'static,
) -> (Verdict, u64) {
    let (mut one, traces) = explored(explorer.clone(), test.clone());
    let (mut two, others) = explored(explorer.clone().coroutines(), test);
    assert_eq!(traces.len(), others.len());
    for (n, (trace, other)) in traces.iter().zip(&others).enumerate() {
        assert_eq!(trace, other, "execution {n}");
    }
    // Except for the time that it took.
    (one.elapsed, two.elapsed) = Default::default();
    assert_eq!(one, two);
    (one.verdict(), one.statistics.executions)
}

/// Two threads, a lock, and callbacks that call.
fn busy(stack: &Stack) {
    let count = Arc::new(stack.mutex("count", 0));
    let (own, asked) = (count.clone(), stack.handle());
    let changes = stack
        .on_teredo_port_change(move |_| {
            let mut count = own.lock().unwrap();
            let _ = asked.teredo_port();
            *count += 1;
        })
        .unwrap();
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    *count.lock().unwrap() += 1;
    change.join().unwrap();
    changes.cancel().unwrap();
}

/// A change is missed by who asks first.
fn missed(stack: &Stack) {
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    let port = Arc::new(Mutex::new(stack.teredo_port().unwrap()));
    let seen = port.clone();
    let changes =
        stack.on_teredo_port_change(move |change| *seen.lock().unwrap() = change.port).unwrap();
    change.join().unwrap();
    stack.run_until_idle();
    assert_eq!(*port.lock().unwrap(), stack.teredo_port().unwrap());
    changes.cancel().unwrap();
}

/// A lock over the cancel.
fn locked(stack: &Stack) {
    let lock = Arc::new(stack.mutex("lock", ()));
    let own = lock.clone();
    let changes = stack.on_teredo_port_change(move |_| drop(own.lock())).unwrap();
    stack.restart_teredo().unwrap();
    let _guard = lock.lock().unwrap();
    let _ = changes.cancel();
}

/// Signals, a channel, time, another process, and a thread that panics.
fn mixed(stack: &Stack) {
    let (signal, channel) = (stack.signal("ready"), stack.channel::<u16>("ports", 1));
    let (set, sent) = (signal.clone(), channel.clone());
    let changes = stack
        .on_teredo_port_change(move |change| {
            set.set();
            let _ = sent.send(change.port);
        })
        .unwrap();
    let other = stack.handle();
    let worker = stack.spawn("worker", move || {
        let vpn = other.process("vpn", netiosim_sim::model::status::Flavour::User);
        let _inside = vpn.enter();
        let rows = other.on_unicast_address_change(Family::V4, |_| {}).unwrap();
        other.restart_teredo_on(50_007).unwrap();
        rows.cancel().unwrap();
        std::panic::resume_unwind(Box::new("the worker's end"));
    });
    assert!(stack.wait_signals(&[signal], false, Some(5_000)).unwrap().is_some());
    assert_eq!(channel.receive().unwrap(), 50_007);
    assert!(worker.join().is_err());
    changes.cancel().unwrap();
}

#[test]
fn on_every_schedule_of_small_tests() {
    let explorer = Explorer::new().max_executions(3_000).accept_limit();
    let (verdict, executions) = agree(&explorer, busy);
    assert!(matches!(verdict, Verdict::Exhausted | Verdict::Inconclusive(_)), "{verdict:?}");
    assert!(executions > 100, "{executions}");
    assert_eq!(agree(&explorer, missed).0, Verdict::Failed);
    assert_eq!(agree(&explorer, locked).0, Verdict::Failed);
}

#[test]
fn where_a_deadlock_is_an_error() {
    let explorer = Explorer::new().stack(|builder| builder.on_deadlock(OnDeadlock::Error));
    assert_eq!(agree(&explorer, locked).0, Verdict::Failed);
}

#[test]
fn in_samples_of_every_strategy_and_profile() {
    for strategy in [StrategyKind::Random, StrategyKind::Pct { depth: 3 }, StrategyKind::Portfolio]
    {
        for profile in [Profile::Documented, Profile::Adversarial] {
            let explorer =
                Explorer::new().strategy(strategy).profile(profile).seed(7).max_executions(60);
            agree(&explorer, busy);
            agree(&explorer, missed);
            agree(&explorer, locked);
            agree(&explorer, mixed);
        }
    }
}

#[test]
fn a_schedule_of_the_one_repeats_on_the_other() {
    let failure = Explorer::new().coroutines().check(|stack| missed(&stack)).unwrap_failure();
    let again = Explorer::new().replay(failure.schedule.to_string());
    let again = again.check(|stack| missed(&stack)).unwrap_failure();
    assert_eq!((again.trouble, again.story), (failure.trouble, failure.story));
}
