//! An expectation says how many calls of a function there have to be.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::model::event::Function;
use netiosim_sim::{Expectation, Stack};

fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(payload.downcast_ref::<String>().cloned().expect("a message"))
}

/// Whether the expectation is met by so many calls of GetTeredoPort.
fn met_by(calls: usize, refine: impl FnOnce(Expectation) -> Expectation) -> bool {
    let stack = Stack::new();
    let expectation = refine(stack.expect_call(Function::GetTeredoPort));
    for _ in 0..calls {
        stack.teredo_port().unwrap();
    }
    panic_of(|| expectation.verify()).is_none()
}

fn met(refine: impl Fn(Expectation) -> Expectation) -> Vec<usize> {
    (0..5).filter(|calls| met_by(*calls, &refine)).collect()
}

#[test]
fn each_way_to_say_how_many() {
    assert_eq!(met(|e| e), [1], "exactly once unless something else is said");
    assert_eq!(met(|e| e.times(3)), [3]);
    assert_eq!(met(|e| e.at_least(3)), [3, 4]);
    assert_eq!(met(|e| e.at_most(1)), [0, 1]);
    assert_eq!(met(|e| e.at_least(1).at_most(2)), [1, 2]);
    assert_eq!(met(Expectation::never), [0]);
    assert_eq!(met(|e| e.at_least(0)), [0, 1, 2, 3, 4]);
}

#[test]
fn too_few_calls() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort).at_least(2);
    let line = line!() - 1;
    let port = stack.teredo_port().unwrap();
    let text = panic_of(|| drop(expectation)).expect("one call is too few");
    let place = file!().replace('\\', "/");
    let wanted = format!(
        "expectation not met: GetTeredoPort at least twice\n  \
           expected at:  {place}:{line}\n  \
           fitted:       1 call\n  \
           calls (* fitted):\n    \
             * 1  0 ms  main  GetTeredoPort() answered NO_ERROR (0), port {port}  at {place}:{}",
        line + 2
    );
    assert_eq!(text, wanted);
}

#[test]
fn too_many_calls_name_the_first_that_is_too_many() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort);
    for _ in 0..3 {
        stack.teredo_port().unwrap();
    }
    let text = panic_of(|| drop(expectation)).expect("three calls are too many");
    assert!(text.starts_with("expectation not met: GetTeredoPort exactly once\n"), "{text}");
    assert!(text.contains("\n  fitted:       3 calls\n"), "{text}");
    assert!(text.contains("\n  too many:     from call 2 on: GetTeredoPort()"), "{text}");
    assert!(!text.contains("nearest miss"), "{text}");
}

#[test]
fn calls_before_it_was_set_up_do_not_count() {
    let stack = Stack::new();
    stack.teredo_port().unwrap();
    let expectation = stack.expect_call(Function::GetTeredoPort);
    let text = panic_of(|| drop(expectation)).expect("no call since");
    assert!(text.contains("\n  fitted:       no call\n"), "{text}");
    let miss = "\n    it was made before the expectation was set up\n";
    assert!(text.contains(miss), "it is the nearest miss: {text}");
}

#[test]
fn calls_after_it_was_verified_do_not_count() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort);
    stack.teredo_port().unwrap();
    expectation.verify();
    stack.teredo_port().unwrap();
}

#[test]
fn without_any_call_there_is_no_nearest_miss() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort);
    let text = panic_of(|| drop(expectation)).expect("no call");
    assert!(text.contains("\n  nearest miss: none, there was no call\n"), "{text}");
    assert!(text.ends_with("\n  calls:        none since it was set up"), "{text}");
}

#[test]
fn a_stack_that_does_not_record_says_so() {
    let stack = Stack::new();
    stack.record(false);
    let expectation = stack.expect_call(Function::GetTeredoPort);
    stack.teredo_port().unwrap();
    let text = panic_of(|| drop(expectation)).expect("nothing was recorded");
    assert!(text.contains("the stack does not record calls now"), "{text}");
}

#[test]
fn a_long_log_is_cut_to_what_matters() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort).never();
    for call in 0..100 {
        if call == 50 {
            stack.teredo_port().unwrap();
        }
        stack.get_ip_interface_entry(None);
    }
    let text = panic_of(|| drop(expectation)).expect("one call");
    assert!(
        text.contains("\n       50 more calls\n    *  51  0 ms  main  GetTeredoPort()"),
        "{text}"
    );
    assert_eq!(text.matches("GetIpInterfaceEntry(no row)").count(), 19, "{text}");
    assert!(text.contains("\n       31 more calls\n"), "{text}");
}

#[test]
fn a_range_in_words() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort).at_least(1).at_most(2);
    let text = panic_of(|| drop(expectation)).expect("no call");
    let words = "expectation not met: GetTeredoPort at least once and at most twice\n";
    assert!(text.starts_with(words), "{text}");
}

#[test]
fn the_calls_of_the_function_matter_more_than_the_last_ones() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort).returning(21);
    for _ in 0..5 {
        stack.teredo_port().unwrap();
    }
    for _ in 0..100 {
        stack.get_ip_interface_entry(None);
    }
    let text = panic_of(|| drop(expectation)).expect("every call succeeded");
    let shown = text.lines().filter(|line| line.contains(" ms  main  GetTeredoPort()")).count();
    assert_eq!(shown, 5, "{text}");
    assert_eq!(text.matches("GetIpInterfaceEntry(no row)").count(), 15, "{text}");
}

#[test]
fn the_numbers_of_the_calls_stand_below_each_other() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetTeredoPort).never();
    for _ in 0..10 {
        stack.teredo_port().unwrap();
    }
    let text = panic_of(|| drop(expectation)).expect("ten calls");
    assert!(text.contains("\n    *  9  0 ms  main  GetTeredoPort()"), "{text}");
    assert!(text.contains("\n    * 10  0 ms  main  GetTeredoPort()"), "{text}");
}
