//! A test may decide the order of steps itself.

use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, NextStep, Scheduler, Stack, StepKind};

/// Begins deliveries as soon as it can, the one that was registered last first.
struct LastFirst;

impl Scheduler for LastFirst {
    fn pick(&mut self, steps: &[NextStep]) -> usize {
        assert!(steps.len() > 1, "asked only where there is a choice");
        steps.iter().rposition(|step| step.kind == StepKind::Begin).unwrap_or(0)
    }
}

fn order(mode: Mode) -> Vec<&'static str> {
    let stack = Stack::builder()
        .mode(mode)
        .option("delivery-order", "any")
        .scheduler(Box::new(LastFirst))
        .build();
    let seen: Arc<Mutex<Vec<&str>>> = Arc::default();
    let mut registrations = Vec::new();
    for name in ["first", "second", "third"] {
        let log = seen.clone();
        let registration =
            stack.teredo_port_change().name(name).register(move |_| log.lock().unwrap().push(name));
        registrations.push(registration.unwrap());
    }
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    seen.lock().unwrap().clone()
}

#[test]
fn of_deliveries_in_manual_mode() {
    let open = order(Mode::Manual);
    assert_eq!(open, ["third", "second", "first"]);
}

#[test]
fn of_every_step_in_controlled_mode() {
    assert_eq!(order(Mode::Controlled), ["third", "second", "first"]);
}
