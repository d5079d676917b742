//! The threads of the test's own: by which name the stack knows them, and that it sees when they end.

use std::cell::RefCell;
use std::sync::mpsc;

use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Mode, Stack, StackRef, aside};

/// The names of the threads that the stack knows, with whether they live.
fn threads(stack: &StackRef) -> Vec<(String, bool)> {
    let list = RefCell::new(Vec::new());
    stack.wait_until(|machine| {
        let threads = machine.actors().iter().map(|one| (one.name().to_owned(), one.is_alive()));
        *list.borrow_mut() = threads.collect();
        true
    });
    list.into_inner()
}

fn on_thread<T: Send + 'static>(
    name: Option<&str>,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    let mut thread = std::thread::Builder::new();
    if let Some(name) = name {
        thread = thread.name(name.to_owned());
    }
    thread.spawn(work).expect("a thread").join().expect("no panic")
}

#[test]
fn threads_have_their_own_name_or_a_number_and_end() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        for name in [None, Some("helper"), None] {
            let other = stack.handle();
            on_thread(name, move || other.teredo_port().unwrap());
        }
        let wanted = [("main", true), ("thread-1", false), ("helper", false), ("thread-2", false)];
        let wanted = wanted.map(|(name, alive)| (name.to_owned(), alive));
        assert_eq!(threads(&stack), wanted, "{mode:?}");
    }
}

#[test]
fn a_thread_that_acts_for_another_process_ends_there_as_well() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let other = stack.handle();
    on_thread(Some("helper"), move || {
        other.teredo_port().unwrap();
        let _inside = vpn.enter();
        other.teredo_port().unwrap();
    });
    let seen = threads(&stack);
    assert_eq!(seen[1..], [("helper".to_owned(), false), ("vpn/helper".to_owned(), false)]);
}

#[test]
fn a_thread_that_goes_on_after_its_process_was_started_again_lives() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let inside = vpn.enter();
    vpn.exit();
    assert_eq!(threads(&stack)[1], ("vpn/main".to_owned(), false));
    vpn.start();
    stack.teredo_port().unwrap();
    assert_eq!(threads(&stack)[1], ("vpn/main".to_owned(), true));
    drop(inside);
}

#[test]
fn a_thread_of_two_stacks_is_the_same_on_each() {
    let first = Stack::new();
    let second = Stack::new();
    first.teredo_port().unwrap();
    second.teredo_port().unwrap();
    for stack in [&first, &second] {
        assert_eq!(threads(stack), [("main".to_owned(), true)]);
    }
}

/// Calls the stack when its thread has lost everything else.
struct Late(StackRef);

impl Drop for Late {
    fn drop(&mut self) {
        let _ = self.0.teredo_port();
    }
}

thread_local! {
    static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
}

#[test]
fn a_call_at_the_very_end_of_a_thread_is_one_of_a_thread_that_ends() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let other = stack.handle();
        on_thread(Some("helper"), move || {
            LATE.set(Some(Late(other.handle())));
            other.teredo_port().unwrap();
        });
        stack.run_until_idle();
        let living: Vec<String> =
            threads(&stack).into_iter().filter(|one| one.1).map(|one| one.0).collect();
        assert_eq!(living, ["main"], "{mode:?}");
        assert_eq!(stack.calls().len(), 2);
    }
}

#[test]
fn work_between_two_calls_leaves_the_thread_as_it_was() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let (send, receive) = mpsc::channel();
    let changes =
        stack.on_teredo_port_change(move |change| send.send(change.port).unwrap()).unwrap();
    stack.restart_teredo_on(50_007).unwrap();
    assert_eq!(aside(|| 5), 5);
    // The thread blocks where the stack cannot see it, and is passed over.
    assert_eq!(receive.recv(), Ok(50_007));
    changes.cancel().unwrap();
}
