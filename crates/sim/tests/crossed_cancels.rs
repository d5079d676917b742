//! Two callbacks that cancel each other's registrations (CX-16).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{CancelError, HandleCell, Mode, Point, Stack};

fn crossed(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let answers: Arc<Mutex<Vec<Result<(), CancelError>>>> = Arc::default();
    let (first, second) = (HandleCell::new(), HandleCell::new());
    let register = |name: &str, own: &HandleCell, other: &HandleCell| {
        let (stack_in, other, said) = (stack.handle(), other.clone(), answers.clone());
        let registration = stack
            .teredo_port_change()
            .name(name)
            .register(move |_| {
                let answer = stack_in.cancel(other.get());
                said.lock().unwrap().push(answer);
            })
            .unwrap();
        own.set(registration.into_handle());
    };
    register("first", &first, &second);
    register("second", &second, &first);
    let one = stack.barrier(Point::entered("first")).unwrap();
    let two = stack.barrier(Point::entered("second")).unwrap();
    stack.restart_teredo().unwrap();
    one.wait_reached();
    two.wait_reached();
    one.release();
    two.release();
    stack.run_until_idle();

    let answers = answers.lock().unwrap();
    let refused =
        answers.iter().filter(|answer| matches!(answer, Err(CancelError::Deadlock(_)))).count();
    assert_eq!((answers.len(), refused), (2, 1), "the one that closes the circle is refused");
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::CrossedCancels);
}

#[test]
fn in_controlled_mode() {
    crossed(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    crossed(Mode::Threads);
}
