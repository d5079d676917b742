//! The second unit test of the README: the documented deadlock, as a finding.

use std::sync::Arc;

use netiosim::model::event::Function;
use netiosim::model::rule::Rule;
use netiosim::{HandleCell, Stack};

#[netiosim::test]
fn a_callback_must_not_cancel_its_own_handle(stack: Stack) {
    let net = stack.handle();
    let handle = Arc::new(HandleCell::new());
    let own = handle.clone();
    let callback = Arc::new(move |_context, _port, _type| {
        assert_eq!(net.cancel_mib_change_notify2(own.get()), 1131); // ERROR_POSSIBLE_DEADLOCK
    });
    let cancels = stack.expect_call(Function::CancelMibChangeNotify2).times(2);
    assert_eq!(stack.notify_teredo_port_change(Some(callback), 0, false, Some(&handle)), 0);

    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert_eq!(stack.take_findings()[0].rule, Rule::SelfCancel);
    assert_eq!(stack.cancel_mib_change_notify2(handle.get()), 0); // from outside it is fine
    cancels.verify();
}
