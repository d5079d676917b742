//! Calls fail because the test says so (TP-17, TP-18).

use netiosim_sim::model::event::Function;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::machine::{Fault, FaultTarget};
use netiosim_sim::model::status::{Flavour, Status};
use netiosim_sim::{CancelError, HandleCell, Stack};

#[test]
fn until_the_guard_is_dropped() {
    let stack = Stack::new();
    let fault = stack.fail(Function::NotifyTeredoPortChange, Status::NotEnoughMemory);
    let error = stack.on_teredo_port_change(|_| {}).unwrap_err();
    assert_eq!(
        error.to_string().split(':').next(),
        Some("NotifyTeredoPortChange answered ERROR_NOT_ENOUGH_MEMORY (8)")
    );
    drop(fault);
    assert!(stack.on_teredo_port_change(|_| {}).is_ok());
}

#[test]
fn a_failure_leaves_null_in_the_handle() {
    let stack = Stack::new();
    let cell = HandleCell::holding(Handle(0x123));
    assert_eq!(stack.notify_teredo_port_change(None, 0, false, Some(&cell)), 87, "TP-04");
    assert_eq!(cell.get(), Handle::NULL);
    let cell = HandleCell::holding(Handle(0x123));
    let _fault = stack.fail(Function::NotifyIpInterfaceChange, Status::InvalidHandle);
    let callback: netiosim_sim::IpInterfaceCallback = std::sync::Arc::new(|_, _, _| {});
    // NI-26, NI-39: family, callback, context, InitialNotification, handle.
    assert_eq!(stack.notify_ip_interface_change(2, Some(callback), 0, false, Some(&cell)), 6);
    assert_eq!(cell.get(), Handle::NULL);
}

#[test]
fn only_the_first_cancel_of_one_registration() {
    let stack = Stack::new();
    let mut fault = Fault::new(Function::CancelMibChangeNotify2, Status::InvalidHandle);
    fault.target = FaultTarget::Registration("a".into());
    fault.nth = Some(1);
    stack.fault(fault).keep();
    let a = stack.teredo_port_change().name("a").register(|_| {}).unwrap();
    let b = stack.teredo_port_change().name("b").register(|_| {}).unwrap();
    b.cancel().unwrap();
    let handle = a.handle();
    let Err(CancelError::Failed(error)) = a.cancel() else { panic!("the fault hits") };
    assert_eq!(error.code, 6);
    assert!(stack.cancel(handle).is_ok(), "it lives on, and the second cancel works");
}

#[test]
fn in_the_numbers_of_the_flavour() {
    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    let cell = HandleCell::holding(Handle(0x123));
    let code = stack.notify_teredo_port_change(None, 0, false, Some(&cell));
    assert_eq!((code, cell.get()), (0xC000_000D, Handle::NULL), "TP-05");
    assert_eq!(Stack::builder().teredo_off().build().teredo_port().unwrap_err().code, 21);
    assert_eq!(Stack::builder().no_ipv6().build().teredo_port().unwrap_err().code, 50);
}
