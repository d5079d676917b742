//! A crew: its threads work for one stack after the other, and end with it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, mpsc};

use netiosim_sim::{Builder, Crew, Mode, Prototype, Stack, StackParts};

fn prototype() -> Prototype {
    Builder::new().mode(Mode::Controlled).prototype().unwrap()
}

fn build(prototype: &Prototype, crew: &Crew) -> Stack {
    prototype.build(StackParts { crew: Some(crew.clone()), ..StackParts::seeded(0, 7) })
}

fn thread_name() -> String {
    std::thread::current().name().expect("threads of a crew have names").to_owned()
}

#[test]
fn its_threads_are_the_stacks_threads() {
    let (prototype, crew) = (prototype(), Crew::new());
    assert!(!crew.has_coroutines());
    assert!(crew.hanging().is_none(), "threads may sleep");
    for round in 0..3 {
        let stack = build(&prototype, &crew);
        let go = stack.signal("go");
        let (send, names) = mpsc::channel();
        let (own, tell) = (go.clone(), send.clone());
        let changes = stack
            .on_teredo_port_change(move |_| {
                tell.send(thread_name()).expect("the test waits");
                own.wait().unwrap();
            })
            .unwrap();
        let own = go.clone();
        let thread = stack.spawn("own", move || {
            send.send(thread_name()).expect("the test waits");
            own.wait().unwrap();
        });
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        let mut seen: Vec<String> = names.try_iter().collect();
        seen.sort_unstable();
        assert_eq!(seen.len(), 2);
        assert_ne!(seen[0], seen[1], "both are there at a time");
        if round == 0 {
            assert_eq!(seen, ["netiosim-1", "netiosim-2"]);
        }
        assert!(seen.iter().all(|name| name.starts_with("netiosim-")), "{seen:?}");
        go.set();
        thread.join().unwrap();
        changes.cancel().unwrap();
    }
}

/// Says so when its thread ends.
struct Tells(mpsc::Sender<()>);

impl Drop for Tells {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

thread_local! {
    static LAST: RefCell<Option<Tells>> = const { RefCell::new(None) };
}

#[test]
fn its_threads_end_with_the_last_clone() {
    let (send, ended) = mpsc::channel();
    let crew = Crew::new();
    let stack = build(&prototype(), &crew);
    let thread = stack.spawn("own", move || LAST.set(Some(Tells(send))));
    thread.join().unwrap();
    drop(stack);
    drop(crew.clone());
    assert_eq!(ended.try_recv(), Err(mpsc::TryRecvError::Empty), "it waits for work");
    drop(crew);
    assert_eq!(ended.recv(), Ok(()));
}

#[test]
fn its_watch_passes_over_who_blocks_out_of_sight() {
    let (prototype, crew) = (prototype(), Crew::new());
    for _ in 0..2 {
        let stack = build(&prototype, &crew);
        let lock = Arc::new(Mutex::new(Vec::new()));
        let log = lock.clone();
        let changes = stack
            .on_teredo_port_change(move |change| log.lock().unwrap().push(change.port))
            .unwrap();
        let guard = lock.lock().unwrap();
        stack.restart_teredo_on(50_007).unwrap();
        stack.run_until_idle();
        assert!(guard.is_empty());
        drop(guard);
        stack.run_until_idle();
        changes.cancel().unwrap();
        assert_eq!(*lock.lock().unwrap(), [50_007]);
    }
}

#[test]
fn the_end_of_a_stack_waits_for_its_threads() {
    let (prototype, crew) = (prototype(), Crew::new());
    let stack = build(&prototype, &crew);
    let never = stack.signal("never");
    let (send, ended) = mpsc::channel();
    let _thread = stack.spawn("own", move || {
        assert!(never.wait().is_err(), "the stack is dropped");
        send.send(()).expect("the test waits");
    });
    stack.run_until_idle();
    drop(stack);
    assert_eq!(ended.try_recv(), Ok(()));
}
