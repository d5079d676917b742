//! When the variable that receives the handle is written (option `handle-written`).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::ids::Handle;
use netiosim_sim::{HandleCell, RawCallback, RawKind, RawRequest, Stack};

fn seen_in_the_initial_callback(value: &str) -> (Handle, Handle) {
    let stack = Stack::builder().option("handle-written", value).build();
    let cell = HandleCell::holding(Handle(0x77));
    let seen = Arc::new(Mutex::new(Handle::NULL));
    let (own, log) = (cell.clone(), seen.clone());
    // TP-28: no family is among the parameters; TP-34: callback, context, InitialNotification, handle.
    let callback = Arc::new(move |_, _, _| *log.lock().unwrap() = own.get());
    assert_eq!(stack.notify_teredo_port_change(Some(callback), 0, true, Some(&cell)), 0);
    let handle = cell.get();
    assert_eq!(stack.cancel_mib_change_notify2(handle), 0);
    let seen = *seen.lock().unwrap();
    (seen, handle)
}

#[test]
fn before_the_initial_callback() {
    let (seen, handle) = seen_in_the_initial_callback("before-initial");
    assert_eq!(seen, handle);
}

#[test]
fn when_the_call_returns() {
    let (seen, _) = seen_in_the_initial_callback("after-return");
    assert_eq!(seen, Handle(0x77), "what was in it before");
}

#[test]
fn the_raw_form_says_when() {
    let stack = Stack::builder().option("handle-written", "before-initial").build();
    let order: Arc<Mutex<Vec<&str>>> = Arc::default();
    let log = order.clone();
    let callback = RawCallback::new(move |_| log.lock().unwrap().push("callback"));
    let request =
        RawRequest { initial: true, ..RawRequest::new(RawKind::IpInterface(23), "r", callback) };
    let registered = stack.register(request, &mut |handle| {
        assert!(!handle.is_null());
        order.lock().unwrap().push("visible");
    });
    assert_eq!(*order.lock().unwrap(), ["visible", "callback"]);
    assert_eq!(stack.cancel(registered.handle), Ok(()));

    let callback = RawCallback::new(|_| {});
    let mut shown = None;
    let refused = stack.register(
        RawRequest::new(RawKind::IpInterface(10), "linux", callback),
        &mut |handle| {
            shown = Some(handle);
        },
    );
    assert_eq!((refused.code, shown), (87, Some(Handle::NULL)), "10 is AF_INET6 elsewhere");
}
