//! What was taken out of the trace is gone from it, and nobody is told of it twice.

use std::sync::mpsc;

use netiosim_sim::model::event::Event;
use netiosim_sim::model::machine::Machine;
use netiosim_sim::{Builder, Observer};

/// Passes on how many events it was told of.
struct Counts(mpsc::Sender<usize>);

impl Observer for Counts {
    fn events(&mut self, _: &Machine, events: &[Event]) {
        let _ = self.0.send(events.len());
    }
}

#[test]
fn each_event_is_taken_once_and_told_once() {
    let (send, told) = mpsc::channel();
    let stack = Builder::new().observer(Box::new(Counts(send))).build();
    let mut taken = 0;
    for _ in 0..3 {
        stack.restart_teredo().unwrap();
        let events = stack.events();
        assert!(!events.is_empty());
        assert_eq!(stack.take_events(), events);
        assert!(stack.events().is_empty());
        taken += events.len();
        assert_eq!(told.try_iter().sum::<usize>(), events.len());
    }
    assert!(taken > 3);
}
