//! A request may set an event that others share, and tell a driver when it is over.

use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, Stack};

#[test]
fn the_shared_event_is_set_instead_of_its_own() {
    let stack = Stack::new();
    let (first, second) = (stack.overlapped("first"), stack.overlapped("second"));
    let (own, shared) = (first.event(), stack.signal("shared"));
    first.set_event(Some(&shared));
    second.set_event(Some(&shared));
    assert_eq!(stack.notify_addr_change(true, Some(&first)), 997);
    assert_eq!(stack.notify_route_change(true, Some(&second)), 997);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    assert!(shared.is_set() && !own.is_set());
    assert_eq!(first.result(), 0);

    first.set_event(None);
    shared.reset();
    assert_eq!(stack.notify_addr_change(true, Some(&first)), 997);
    assert!(stack.cancel_ip_change_notify(Some(&first)));
    assert!(own.is_set() && !shared.is_set());
}

type Told = Arc<Mutex<Vec<u32>>>;

fn tell(change: &netiosim_sim::Overlapped) -> Told {
    let told = Told::default();
    let log = told.clone();
    change.on_complete(move |result| log.lock().unwrap().push(result));
    told
}

#[test]
fn the_end_of_a_request_is_told_once() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let change = stack.overlapped("change");
        assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
        let told = tell(&change);
        stack.add_route("Ethernet", "10.0.0.0/8", None).unwrap();
        assert!(told.lock().unwrap().is_empty(), "it is for addresses");
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        assert_eq!(*told.lock().unwrap(), [0], "before anybody sees the event set");
        change.event().wait().unwrap();
        stack.add_address("Ethernet", "10.0.0.6/24").unwrap();
        assert_eq!(*told.lock().unwrap(), [0], "{mode:?}");
        assert_eq!(*tell(&change).lock().unwrap(), [0], "at once where none is pending");
    }
}

#[test]
fn the_end_of_the_stack_is_told_to_nobody() {
    let stack = Stack::new();
    let change = stack.overlapped("change");
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    let told = tell(&change);
    let inside = stack.handle();
    drop(stack);
    let never = inside.overlapped("never");
    assert!(tell(&never).lock().unwrap().is_empty());
    assert!(told.lock().unwrap().is_empty());
}
