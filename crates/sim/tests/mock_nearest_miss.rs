//! An expectation that is not met shows the call that differs in the fewest respects, and in which.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use netiosim_sim::model::event::Function;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::status::{Flavour, Status};
use netiosim_sim::{Args, Expectation, Stack};

fn text_of(expectation: Expectation) -> String {
    let payload = catch_unwind(AssertUnwindSafe(|| drop(expectation))).expect_err("it is not met");
    payload.downcast_ref::<String>().cloned().expect("a message")
}

/// The lines about the nearest miss: the call, and one a respect.
fn miss(text: &str) -> Vec<&str> {
    let after = text.split("  nearest miss: ").nth(1).unwrap_or_else(|| panic!("{text}"));
    after.lines().take_while(|line| !line.starts_with("  calls")).map(str::trim).collect()
}

#[test]
fn the_call_that_differs_least_is_shown_with_the_respect() {
    let stack = Stack::new();
    let expectation = stack
        .expect_call(Function::NotifyTeredoPortChange)
        .on("ports")
        .context(7)
        .initial(true)
        .from_thread("main");
    let near = stack.teredo_port_change().name("ports").context(8).initial(true).register(|_| {});
    let handle = near.as_ref().unwrap().handle();
    let _far = stack.teredo_port_change().name("others").context(7).register(|_| {}).unwrap();
    let _farther = stack.ip_interface_change(Family::V4).name("ports").register(|_| {}).unwrap();
    let text = text_of(expectation);
    let words = "expectation not met: NotifyTeredoPortChange exactly once, on \"ports\", \
                 with context 7, with initial notification, from thread \"main\"\n";
    assert!(text.starts_with(words), "{text}");
    assert_eq!(
        miss(&text),
        [
            format!(
                "call 1: NotifyTeredoPortChange(\"ports\", context 8, initial notification) \
                 answered NO_ERROR (0), handle {handle}"
            )
            .as_str(),
            "the context is 8, expected 7",
        ]
    );
    assert!(text.contains("\n    ~ 1  0 ms  main  NotifyTeredoPortChange(\"ports\""), "{text}");
    assert!(text.contains("\n      2  0 ms  main  NotifyTeredoPortChange(\"others\""), "{text}");
}

#[test]
fn among_equals_a_call_of_the_function_and_then_the_last() {
    let stack = Stack::new();
    stack.teredo_port().unwrap();
    let expectation = stack.expect_call(Function::GetTeredoPort).returning(21);
    stack.teredo_port().unwrap();
    stack.teredo_port().unwrap();
    let _other = stack.stub(Function::GetIpInterfaceEntry).returning(21);
    assert_eq!(stack.get_ip_interface_entry(None), 21, "another function that answers as expected");
    assert!(miss(&text_of(expectation))[0].starts_with("call 3: "));

    let function = Function::GetIpInterfaceEntry;
    let expectation = stack.expect_call(function).family(Family::V4);
    stack.get_ip_interface_entry(None);
    stack.teredo_port().unwrap();
    let text = text_of(expectation);
    assert!(miss(&text)[0].starts_with("call 5: GetIpInterfaceEntry(no row) answered "), "{text}");
    assert_eq!(miss(&text)[1..], ["the family is absent, expected IPv4"]);
}

#[test]
fn the_registration() {
    let stack = Stack::new();
    let by_name = stack.expect_call(Function::CancelMibChangeNotify2).on("ports");
    let registration = stack.teredo_port_change().name("others").register(|_| {}).unwrap();
    let handle = registration.handle();
    let by_handle = stack.expect_call(Function::CancelMibChangeNotify2).on(Handle(0x30));
    drop(registration);
    assert_eq!(miss(&text_of(by_name))[1..], ["it is about \"others\", expected \"ports\""]);
    let wanted = format!("it is about \"others\" {handle}, expected 0x30");
    assert_eq!(miss(&text_of(by_handle))[1..], [wanted.as_str()]);
}

#[test]
fn a_registration_that_is_no_more_keeps_its_name() {
    let stack = Stack::new();
    let second = stack
        .expect_call(Function::CancelMibChangeNotify2)
        .on("ports")
        .returning(Status::InvalidParameter);
    let handle = stack.teredo_port_change().name("ports").register(|_| {}).unwrap().into_handle();
    assert!(stack.cancel(handle).is_ok());
    assert!(stack.cancel(handle).is_err());
    assert_eq!(stack.take_findings().len(), 1, "a stale handle");
    second.verify();
}

#[test]
fn the_code_in_words() {
    let stack = Stack::builder().teredo_off().build();
    let expectation = stack.expect_call(Function::GetTeredoPort).returning(0);
    assert!(stack.teredo_port().is_err());
    let text = text_of(expectation);
    assert!(text.contains("exactly once, answering NO_ERROR (0)\n"), "{text}");
    let wanted = ["it answered ERROR_NOT_READY (21), expected NO_ERROR (0)"];
    assert_eq!(miss(&text)[1..], wanted);
}

#[test]
fn a_status_has_the_number_of_the_flavour() {
    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    let ok = stack.expect_call(Function::GetTeredoPort).returning(Status::InvalidParameter);
    let not = stack.expect_call(Function::GetTeredoPort).returning(87);
    assert_eq!(stack.get_teredo_port(None), 0xC000_000D);
    ok.verify();
    let text = text_of(not);
    let found = "it answered STATUS_INVALID_PARAMETER (0xC000000D), expected ";
    assert!(miss(&text)[1].starts_with(found), "{text}");
}

#[test]
fn the_thread() {
    let stack = Stack::new();
    let worker = stack.expect_call(Function::GetTeredoPort).from_thread("worker");
    let other = stack.expect_call(Function::GetTeredoPort).from_thread("other");
    let inside = stack.handle();
    stack.spawn("worker", move || inside.teredo_port().unwrap()).join().unwrap();
    worker.verify();
    assert_eq!(miss(&text_of(other))[1..], ["the thread is \"worker\", expected \"other\""]);
}

#[test]
fn the_family_and_the_initial_notification() {
    let stack = Stack::new();
    let function = Function::NotifyIpInterfaceChange;
    let both = stack.expect_call(function).family(None).initial(false);
    let wrong = stack.expect_call(function).family(Family::V6).initial(true);
    let _changes = stack.ip_interface_change(None).register(|_| {}).unwrap();
    both.verify();
    let text = text_of(wrong);
    assert!(text.contains("exactly once, with initial notification, for IPv6\n"), "{text}");
    let wanted = [
        "InitialNotification is false, expected true",
        "the family is both families, expected IPv6",
    ];
    assert_eq!(miss(&text)[1..], wanted);
}

#[test]
fn a_question_of_ones_own() {
    let stack = Stack::new();
    let asks = |wanted: bool| {
        let no_callback = move |args: &Args| matches!(args, Args::Register { callback, .. } if *callback != wanted);
        stack.expect_call(Function::NotifyTeredoPortChange).with(
            move |call| no_callback(&call.args),
            if wanted { "no callback" } else { "a callback" },
        )
    };
    let (right, wrong) = (asks(true), asks(false));
    assert_eq!(stack.notify_teredo_port_change(None, 0, false, None), 87);
    right.verify();
    let text = text_of(wrong);
    assert!(text.contains("exactly once, with a callback\n"), "{text}");
    assert_eq!(miss(&text)[1..], ["not so: a callback"]);
}

#[test]
fn a_question_is_not_asked_of_another_function_and_may_use_the_stack() {
    let stack = Stack::new();
    let inside = stack.handle();
    let question = move |call: &netiosim_sim::Call| {
        assert_eq!(call.function, Function::CancelMibChangeNotify2);
        inside.calls().len() == 17
    };
    let expectation = stack.expect_call(Function::CancelMibChangeNotify2).with(question, "luck");
    stack.teredo_port().unwrap();
    let text = text_of(expectation);
    let wanted =
        ["the function is GetTeredoPort, expected CancelMibChangeNotify2", "not asked: luck"];
    assert_eq!(miss(&text)[1..], wanted);
}

#[test]
fn a_call_that_has_not_returned() {
    let stack = Stack::new();
    let inside = stack.handle();
    let text = Arc::new(std::sync::Mutex::new(String::new()));
    let seen = text.clone();
    let expectation = stack.expect_call(Function::NotifyTeredoPortChange).returning(0);
    let expectation = std::sync::Mutex::new(Some(expectation));
    let _changes = stack
        .teredo_port_change()
        .initial(true)
        .register(move |_| {
            // The initial notification comes before the call returns.
            assert_eq!(inside.calls().len(), 1);
            *seen.lock().unwrap() = text_of(expectation.lock().unwrap().take().unwrap());
        })
        .unwrap();
    let text = text.lock().unwrap();
    assert_eq!(miss(&text)[1..], ["it has not returned, expected to answer NO_ERROR (0)"]);
}

#[test]
fn among_equals_a_call_within_its_time() {
    let stack = Stack::new();
    let _stub = stack.stub(Function::GetTeredoPort).nth(2).returning(21);
    stack.teredo_port().unwrap();
    let expectation = stack.expect_call(Function::GetTeredoPort).returning(0);
    assert!(stack.teredo_port().is_err());
    let text = text_of(expectation);
    assert!(miss(&text)[0].starts_with("call 2: "), "{text}");
    let wanted = ["it answered ERROR_NOT_READY (21), expected NO_ERROR (0)"];
    assert_eq!(miss(&text)[1..], wanted);
}

#[test]
fn a_cancel_of_null_is_about_null() {
    let stack = Stack::new();
    let null = stack.expect_call(Function::CancelMibChangeNotify2).on(Handle::NULL);
    assert_ne!(stack.cancel_mib_change_notify2(Handle::NULL), 0);
    drop(stack.take_findings());
    null.verify();
}

#[test]
fn a_registration_has_the_handle_that_it_was_given() {
    let stack = Stack::new();
    let function = Function::NotifyTeredoPortChange;
    let (right, wrong) = (stack.expect_call(function), stack.expect_call(function));
    let changes = stack.teredo_port_change().name("ports").register(|_| {}).unwrap();
    right.on(changes.handle()).verify();
    let text = text_of(wrong.on(Handle(0x30)));
    let wanted = format!("it is about \"ports\" {}, expected 0x30", changes.handle());
    assert_eq!(miss(&text)[1..], [wanted.as_str()]);
}

#[test]
fn a_driver_s_code_is_that_of_the_profile() {
    let builder = Stack::builder().flavour(Flavour::Kernel).teredo_off();
    let stack = builder.option("kernel-error-names", "as-ntstatus").build();
    let expectation = stack.expect_call(Function::GetTeredoPort).returning(Status::NotReady);
    assert_eq!(stack.teredo_port().unwrap_err().code, 0xC000_00A3);
    expectation.verify();
}

#[test]
fn a_code_with_the_highest_bit_is_written_as_an_ntstatus() {
    let stack = Stack::new();
    for (code, text) in [(0x7FFF_FFFF, "2147483647"), (0x8000_0000, "0x80000000")] {
        let _stub = stack.stub(Function::GetTeredoPort).returning(code);
        let expectation = stack.expect_call(Function::GetTeredoPort).returning(0);
        assert!(stack.teredo_port().is_err());
        let told = text_of(expectation);
        let wanted = format!("it answered {text}, expected NO_ERROR (0)");
        assert_eq!(miss(&told)[1..], [wanted.as_str()]);
    }
}
