//! What a notification says was true when it was sent: the re-query may find nothing (NU-06, UE-04).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::{Family, NotificationType};
use netiosim_sim::{Mode, Point, Stack};

type Answers = Arc<Mutex<Vec<(NotificationType, Option<u32>)>>>;

/// Notification types, with the code of the re-query unless it succeeded.
fn watch(stack: &Stack) -> (netiosim_sim::Registration, Answers) {
    let answers = Answers::default();
    let log = answers.clone();
    let changes = stack.unicast_address_change(Family::V4).name("addresses");
    let changes = changes.register(move |change| {
        let code = change.row.unwrap().entry().err().map(|error| error.code);
        log.lock().unwrap().push((change.kind, code));
    });
    (changes.unwrap(), answers)
}

#[test]
fn the_address_is_gone_before_the_callback_begins() {
    let stack = Stack::new();
    let (_changes, answers) = watch(&stack);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.remove_address("Ethernet", "10.0.0.5").unwrap();
    stack.run_until_idle();
    let answers = answers.lock().unwrap();
    assert_eq!(answers[0], (NotificationType::Add, Some(1168)));
    assert_eq!(answers[1], (NotificationType::Delete, Some(1168)));
}

#[test]
fn the_address_goes_while_the_callback_runs() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let (_changes, answers) = watch(&stack);
        let entered = stack.barrier(Point::entered("addresses")).unwrap();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        entered.wait_reached();
        stack.remove_address("Ethernet", "10.0.0.5").unwrap();
        entered.release();
        stack.run_until_idle();
        assert_eq!(answers.lock().unwrap()[0], (NotificationType::Add, Some(1168)), "{mode:?}");
    }
}

#[test]
fn so_may_its_interface() {
    let stack = Stack::new();
    let (_changes, answers) = watch(&stack);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    let _luid = stack.disable("Ethernet").unwrap();
    stack.run_until_idle();
    assert_eq!(answers.lock().unwrap()[0], (NotificationType::Add, Some(2)), "UE-02");
}
