//! A scheduler that needs no names is asked by numbers; what is out of range counts as the last.

use std::sync::{Arc, Mutex};

use netiosim_sim::model::machine::Machine;
use netiosim_sim::{Mode, NextStep, Scheduler, Stack, StepKey};

/// Takes the last one, far out of range.
struct Last {
    by_name: bool,
}

impl Scheduler for Last {
    fn pick(&mut self, steps: &[NextStep]) -> usize {
        assert!(self.by_name && steps.len() > 1);
        usize::MAX
    }

    fn pick_key(&mut self, _: &Machine, steps: &[StepKey]) -> Option<usize> {
        let lanes = steps.iter().filter(|step| matches!(step, StepKey::Begin(_))).count();
        assert_eq!(lanes, steps.len(), "nothing but deliveries in manual mode");
        assert!(steps.windows(2).all(|two| two[0] != two[1]), "{steps:?}");
        (!self.by_name).then_some(usize::MAX)
    }
}

#[test]
fn few_steps_and_many() {
    for by_name in [false, true] {
        for count in [3, 12] {
            let stack = Stack::builder()
                .mode(Mode::Manual)
                .option("delivery-order", "any")
                .scheduler(Box::new(Last { by_name }))
                .build();
            let seen: Arc<Mutex<Vec<usize>>> = Arc::default();
            let register = |number| {
                let log = seen.clone();
                stack.on_teredo_port_change(move |_| log.lock().unwrap().push(number)).unwrap()
            };
            let _registrations: Vec<_> = (0..count).map(register).collect();
            stack.restart_teredo().unwrap();
            assert_eq!(stack.run_until_idle(), count);
            let wanted: Vec<usize> = (0..count).rev().collect();
            assert_eq!(*seen.lock().unwrap(), wanted, "{by_name}");
        }
    }
}
