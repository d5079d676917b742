//! The callback asks for the row that it was told of, and the row may be gone by then.

mod real_backend;

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_sim::Stack;
use netiosim_sim::model::net::Family;

fn test(trusts: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let changes = stack
            .on_unicast_address_change(Family::V4, move |change| {
                let entry = change.row.map(|row| row.entry());
                match entry {
                    Some(Err(error)) if trusts => panic!("the row is gone: {error}"),
                    _ => {}
                }
            })
            .unwrap();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.remove_address("Ethernet", "10.0.0.5").unwrap();
        changes.cancel().unwrap();
    }
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(true)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert!(findings[0].message.contains("the row is gone"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

fn the_callback_that_expects_it_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(false));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

real_backend::suite! {
    it_is_found_within_a_handful_of_executions
    the_callback_that_expects_it_is_right
}
