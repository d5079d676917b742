//! What comes and goes is told, once, in every mode.

mod support;

use std::sync::Arc;

use netiosim::{Mode, Stack};
use support::{Count, poll};
use watcher_stream::IfWatcher;

const MODES: [Mode; 3] = [Mode::Manual, Mode::Controlled, Mode::Threads];

/// Every test begins with the addresses that are there.
fn watch(stack: &Stack, count: &Arc<Count>) -> IfWatcher<netiosim::StackRef> {
    let mut watcher = IfWatcher::new(stack.handle()).expect("it registers");
    let first = poll(&mut watcher, count);
    assert!(first.contains(&"+192.168.1.10/24".to_owned()), "{first:?}");
    assert!(first.contains(&"+127.0.0.1/8".to_owned()), "{first:?}");
    assert_eq!(first.len(), watcher.addresses().count(), "nothing goes before it came");
    assert!(poll(&mut watcher, count).is_empty(), "nothing is told twice");
    assert_eq!(count.get(), 0, "nothing happened yet");
    watcher
}

#[test]
fn an_address_is_up_when_detection_is_over() {
    for mode in MODES {
        let (stack, count) = (Stack::builder().mode(mode).build(), Arc::default());
        let mut watcher = watch(&stack, &count);
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.run_until_idle();
        assert_eq!(count.get(), 1, "who waits is woken once");
        assert!(poll(&mut watcher, &count).is_empty(), "detection runs: {mode:?}");
        stack.advance_ms(3000);
        assert_eq!(count.get(), 2, "woken again when it is over");
        assert_eq!(poll(&mut watcher, &count), ["+10.0.0.5/24"]);

        stack.remove_address("Ethernet", "10.0.0.5").unwrap();
        stack.run_until_idle();
        assert_eq!(poll(&mut watcher, &count), ["-10.0.0.5/24"]);
        watcher.close().unwrap();
    }
}

#[test]
fn an_address_that_somebody_else_has_is_never_up() {
    let (stack, count) = (Stack::new(), Arc::default());
    let mut watcher = watch(&stack, &count);
    stack.conflict("Ethernet", "10.0.0.5", true).unwrap();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.advance_ms(10_000);
    assert!(count.get() > 0, "it was told of");
    assert!(poll(&mut watcher, &count).is_empty());
}

#[test]
fn a_medium_that_goes_takes_the_addresses_down_and_brings_them_back() {
    for mode in MODES {
        let (stack, count) = (Stack::builder().mode(mode).build(), Arc::default());
        let mut watcher = watch(&stack, &count);
        stack.set_connected("Ethernet", false).unwrap();
        stack.run_until_idle();
        let gone = poll(&mut watcher, &count);
        assert!(gone.contains(&"-192.168.1.10/24".to_owned()), "{gone:?}");
        assert!(gone.iter().all(|event| event.starts_with('-')), "{gone:?}");
        assert!(watcher.addresses().any(|net| net.addr().is_loopback()), "the loopback stays");

        stack.set_connected("Ethernet", true).unwrap();
        stack.advance_ms(10_000);
        let back = poll(&mut watcher, &count);
        assert!(back.contains(&"+192.168.1.10/24".to_owned()), "{back:?}");
        watcher.close().unwrap();
    }
}

#[test]
fn what_comes_and_goes_between_two_polls_is_not_told() {
    let (stack, count) = (Stack::new(), Arc::default());
    let mut watcher = watch(&stack, &count);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.advance_ms(3000);
    stack.remove_address("Ethernet", "10.0.0.5").unwrap();
    stack.run_until_idle();
    assert!(count.get() > 0);
    assert!(poll(&mut watcher, &count).is_empty());
}

#[test]
fn a_list_that_cannot_be_read_is_told_and_read_again() {
    use futures::StreamExt;
    use netiosim::model::event::Function;
    use netiosim::model::status::Status;

    let stack = Stack::new();
    let mut watcher = IfWatcher::new(stack.handle()).unwrap();
    let fault = stack.fail(Function::GetUnicastIpAddressTable, Status::NotEnoughMemory);
    let error = futures::executor::block_on(watcher.next()).unwrap().unwrap_err();
    assert_eq!((error.function(), error.code()), ("GetUnicastIpAddressTable", 8));
    drop(fault);
    assert!(poll(&mut watcher, &Arc::default()).len() > 2);
}

#[test]
fn a_registration_that_is_refused_leaves_none_behind() {
    use netiosim::model::event::Function;
    use netiosim::model::status::Status;

    // A registration that is left behind would be a finding when the stack is dropped.
    let stack = Stack::builder().report_leaks(true).build();
    let fault = stack.fail(Function::NotifyIpInterfaceChange, Status::NotEnoughMemory);
    let error = IfWatcher::new(stack.handle()).unwrap_err();
    assert_eq!(error.function(), "NotifyIpInterfaceChange");
    drop(fault);
}
