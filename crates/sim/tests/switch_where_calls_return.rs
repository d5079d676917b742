//! With `SwitchAt::Returns` others may go first where a call returns too, and deliveries where another one has begun.

use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, NextStep, Scheduler, Stack, StackRef, StepKind, SwitchAt};

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, text: &str) {
    log.lock().unwrap().push(text.to_owned());
}

fn take(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

/// Prefers one kind of step, and writes down what it is asked.
struct Prefers(StepKind, Log);

impl Scheduler for Prefers {
    fn pick(&mut self, steps: &[NextStep]) -> usize {
        let mut text = String::new();
        for step in steps {
            text += match step.kind {
                StepKind::Continue => "go on as ",
                StepKind::Resume => "let go on ",
                StepKind::Begin => "begin ",
            };
            text += &step.name;
            text += "? ";
        }
        note(&self.1, text.trim_end());
        steps.iter().position(|step| step.kind == self.0).unwrap_or(0)
    }

    fn forced(&mut self) {
        note(&self.1, "no choice");
    }
}

fn stack(switch_at: SwitchAt, kind: StepKind, log: &Log) -> Stack {
    let scheduler = Box::new(Prefers(kind, log.clone()));
    let builder = Stack::builder().mode(Mode::Controlled).switch_at(switch_at);
    builder.option("delivery-order", "any").scheduler(scheduler).build()
}

#[test]
fn a_call_is_a_choice_where_it_begins_and_where_it_returns() {
    let question = "go on as main? let go on other?";
    for (switch_at, questions) in [(SwitchAt::Calls, 1), (SwitchAt::Returns, 2)] {
        let log = Log::default();
        let stack = stack(switch_at, StepKind::Continue, &log);
        stack.teredo_port().unwrap();
        assert_eq!(take(&log), ["no choice"], "nobody else is there");
        let thread = stack.spawn("other", || 7);
        drop(take(&log));
        stack.teredo_port().unwrap();
        assert_eq!(take(&log), vec![question; questions], "{switch_at:?}");
        assert_eq!(thread.join().unwrap(), 7);
        drop(take(&log));
        stack.teredo_port().unwrap();
        assert_eq!(take(&log), ["no choice"], "{switch_at:?}: the other one is gone");
    }
}

#[test]
fn what_comes_after_a_call_may_be_overtaken() {
    for (switch_at, seen) in [(SwitchAt::Calls, vec![]), (SwitchAt::Returns, vec!["other ran"])] {
        let (asked, log) = (Log::default(), Log::default());
        let stack = stack(switch_at, StepKind::Resume, &asked);
        let own = log.clone();
        let thread = stack.spawn("other", move || note(&own, "other ran"));
        assert_eq!(take(&log), seen, "{switch_at:?}");
        thread.join().unwrap();
    }
}

#[test]
fn a_thread_that_panics_goes_through_to_its_end() {
    struct Calls(StackRef, Log);
    impl Drop for Calls {
        fn drop(&mut self) {
            drop(take(&self.1));
            self.0.teredo_port().unwrap();
            let questions = take(&self.1);
            assert_eq!(questions, ["go on as panics? let go on other?"], "where it begins alone");
        }
    }
    let log = Log::default();
    let stack = stack(SwitchAt::Returns, StepKind::Continue, &log);
    let calls = Calls(stack.handle(), log);
    let thread = stack.spawn("panics", move || {
        let _calls = calls;
        std::panic::resume_unwind(Box::new("the end"));
    });
    let other = stack.spawn("other", || ());
    assert_eq!(thread.join().unwrap_err().into_message(), "the end");
    other.join().unwrap();
}

/// In which order two callbacks run their first lines, and what was asked.
fn order(switch_at: SwitchAt, workers: usize) -> (Vec<String>, Vec<String>) {
    let (asked, ran) = (Log::default(), Log::default());
    let scheduler = Box::new(Prefers(StepKind::Begin, asked.clone()));
    let stack = Stack::builder()
        .mode(Mode::Controlled)
        .switch_at(switch_at)
        .workers(workers)
        .option("delivery-order", "any")
        .scheduler(scheduler)
        .build();
    let register = |name: &'static str| {
        let log = ran.clone();
        let changes = stack.teredo_port_change().name(name);
        changes.register(move |_| note(&log, name)).unwrap()
    };
    let registrations = ["first", "second"].map(register);
    let thread = stack.spawn("other", || ());
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    thread.join().unwrap();
    let (asked, ran) = (take(&asked), take(&ran));
    for registration in registrations {
        registration.cancel().unwrap();
    }
    (asked, ran)
}

#[test]
fn deliveries_that_begin_in_one_order_may_run_in_another() {
    let of_deliveries = |asked: Vec<String>| {
        let own = |text: &String| text.contains("go on as pool-");
        asked.into_iter().filter(own).collect::<Vec<String>>()
    };
    let (asked, ran) = order(SwitchAt::Returns, 2);
    assert_eq!(ran, ["second", "first"]);
    assert_eq!(of_deliveries(asked), ["go on as pool-1? begin second?"], "no thread has a turn");
    for (switch_at, workers) in [(SwitchAt::Calls, 2), (SwitchAt::Returns, 1)] {
        let (asked, ran) = order(switch_at, workers);
        assert_eq!(ran, ["first", "second"], "{switch_at:?} {workers}");
        assert!(of_deliveries(asked).is_empty(), "{switch_at:?} {workers}");
    }
}

#[test]
fn a_delivery_alone_begins_without_a_choice() {
    let log = Log::default();
    let stack = stack(SwitchAt::Returns, StepKind::Begin, &log);
    let own = log.clone();
    let changes = stack.on_teredo_port_change(move |_| note(&own, "the callback")).unwrap();
    stack.restart_teredo().unwrap();
    let asked = take(&log);
    let begins = asked.iter().position(|text| text == "go on as main? begin teredo-port-1?");
    let begins = begins.unwrap_or_else(|| panic!("{asked:?}"));
    assert_eq!(asked.get(begins + 1).map(String::as_str), Some("the callback"), "{asked:?}");
    changes.cancel().unwrap();
}
