//! A limit ends an exploration as inconclusive, never as passed.

mod real_backend;

use std::time::Duration;

use netiosim_explore::Explorer;
use netiosim_explore::real::Verdict;
use netiosim_explore::walk::{Limit, StrategyKind};
use netiosim_sim::Stack;

fn test(stack: &Stack) {
    let other = stack.handle();
    let changes =
        stack.on_teredo_port_change(move |_| assert!(other.teredo_port().is_ok())).unwrap();
    stack.restart_teredo().unwrap();
    changes.cancel().unwrap();
}

fn executions(explorer: fn() -> Explorer) {
    let exploration = explorer().max_executions(3).check(|stack| test(&stack));
    assert_eq!(exploration.verdict(), Verdict::Inconclusive(Limit::Executions), "{exploration}");
    assert_eq!(exploration.statistics.executions, 3);
    let text = exploration.to_string();
    assert!(text.starts_with("inconclusive: no violation in 3 executions, then"), "{text}");
}

fn where_everything_was_to_be_tried_a_test_fails(explorer: fn() -> Explorer) {
    let _ = explorer().max_executions(3).run(|stack| test(&stack));
}

fn a_sample_is_a_sample(explorer: fn() -> Explorer) {
    let sample = explorer().strategy(StrategyKind::Random).max_executions(3);
    assert_eq!(sample.run(|stack| test(&stack)).verdict(), Verdict::Sampled);
    let accepted = explorer().max_executions(3).accept_limit().run(|stack| test(&stack));
    assert_eq!(accepted.verdict(), Verdict::Inconclusive(Limit::Executions));
}

fn time(explorer: fn() -> Explorer) {
    let exploration = explorer().time_limit(Duration::ZERO).check(|stack| test(&stack));
    assert_eq!(exploration.verdict(), Verdict::Inconclusive(Limit::Time), "{exploration}");
}

fn memory(explorer: fn() -> Explorer) {
    let exploration = explorer().max_memory_bytes(1).check(|stack| test(&stack));
    assert_eq!(exploration.verdict(), Verdict::Inconclusive(Limit::Memory), "{exploration}");
}

fn one_that_polls_is_cut_and_ends_all_the_same(explorer: fn() -> Explorer) {
    let exploration = explorer().max_steps(8).max_executions(500).check(|stack| {
        let changer = stack.handle();
        let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
        // It waits for the other one, where with the first choice it always goes on itself.
        while stack.teredo_port().unwrap() != 50_001 {}
        change.join().unwrap();
    });
    assert_eq!(exploration.failure, None, "{exploration}");
    assert!(exploration.statistics.cut > 0, "{exploration}");
    assert!(matches!(exploration.verdict(), Verdict::Inconclusive(_)), "{exploration}");
}

fn one_that_never_ends_is_given_up(explorer: fn() -> Explorer) {
    let exploration = explorer().max_steps(8).check(|stack| {
        let other = stack.handle();
        let thread = stack.spawn("other", move || while other.teredo_port().is_ok() {});
        thread.join().unwrap();
    });
    assert_eq!(exploration.failure, None, "{exploration}");
    assert_eq!(exploration.verdict(), Verdict::Inconclusive(Limit::Depth), "{exploration}");
}

real_backend::suite! {
    executions
    #[should_panic(expected = "not everything was tried")]
    where_everything_was_to_be_tried_a_test_fails
    a_sample_is_a_sample
    time
    memory
    one_that_polls_is_cut_and_ends_all_the_same
    one_that_never_ends_is_given_up
}

#[cfg(feature = "coroutines")]
#[test]
#[should_panic(expected = "more than 128 threads at a time")]
fn more_coroutines_than_there_can_be_are_told() {
    let _ = Explorer::new().coroutines().max_executions(3).check(|stack| {
        let all: Vec<_> = (0..140).map(|n| stack.spawn(&format!("t{n}"), || {})).collect();
        all.into_iter().for_each(|one| one.join().unwrap());
    });
}
