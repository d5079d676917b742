//! Coroutines in place of threads: waiting, panicking, leaving behind, and threads that are none.

#![cfg(all(feature = "coroutines", not(feature = "shuttle")))]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::thread::ThreadId;

use netiosim_sim::model::choose::Chooser;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{
    Builder, Coroutines, Crew, Mode, Observer, OnDeadlock, Prototype, Stack, StackParts, StackRef,
};

fn prototype() -> Arc<Prototype> {
    Arc::new(Builder::new().mode(Mode::Controlled).prototype().unwrap())
}

fn parts(crew: Crew) -> StackParts {
    StackParts { crew: Some(crew), ..StackParts::seeded(0, 7) }
}

/// Runs a test on a fresh pool of coroutines.
fn run<R: 'static>(test: impl FnOnce(Stack) -> R + 'static) -> Option<R> {
    let mut coroutines = Coroutines::new();
    let (prototype, crew) = (prototype(), coroutines.crew());
    coroutines.run(move || test(prototype.build(parts(crew))))
}

#[test]
fn callbacks_and_spawned_threads_are_on_the_one_thread() {
    let own = std::thread::current().id();
    let ids = run(|stack| {
        let ids: Arc<std::sync::Mutex<Vec<ThreadId>>> = Arc::default();
        let (one, two) = (ids.clone(), ids.clone());
        let note = |ids: &std::sync::Mutex<Vec<ThreadId>>| {
            ids.lock().unwrap().push(std::thread::current().id());
        };
        let changes = stack.on_teredo_port_change(move |_| note(&one)).unwrap();
        let thread = stack.spawn("other", move || note(&two));
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        thread.join().unwrap();
        changes.cancel().unwrap();
        note(&ids);
        std::mem::take(&mut *ids.lock().unwrap())
    });
    assert_eq!(ids.unwrap(), [own; 3]);
}

#[test]
fn each_knows_who_it_is_after_others_ran() {
    let trace = run(|stack| {
        let (lock, turn) = (Arc::new(stack.mutex("lock", 0)), stack.signal("turn"));
        let mut threads = Vec::new();
        for name in ["one", "two"] {
            let (own, turn, other) = (lock.clone(), turn.clone(), stack.handle());
            threads.push(stack.spawn(name, move || {
                let process = other.process(&format!("process-{name}"), Flavour::User);
                let _inside = process.enter();
                // The other one comes in between.
                turn.wait().unwrap();
                *own.lock().unwrap() += 1;
            }));
        }
        stack.run_until_idle();
        turn.set();
        for thread in threads {
            thread.join().unwrap();
        }
        stack.trace()
    });
    let trace = trace.unwrap();
    for name in ["process-one/one", "process-two/two"] {
        let locked = trace.lines().filter(|line| line.contains(name) && line.contains("lock"));
        assert!(locked.count() >= 2, "{name}: {trace}");
    }
}

#[test]
fn a_panic_of_one_is_not_a_panic_of_the_others() {
    struct Waits(StackRef, netiosim_sim::Signal);
    impl Drop for Waits {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            // In the middle of unwinding.
            self.1.wait().unwrap();
            let _ = self.0.teredo_port();
        }
    }
    let panics = run(|stack| {
        let signal = stack.signal("go");
        let waits = Waits(stack.handle(), signal.clone());
        let first = stack.spawn("first", move || {
            let _waits = waits;
            std::panic::resume_unwind(Box::new("one"));
        });
        stack.run_until_idle();
        let lock = Arc::new(stack.mutex("lock", 1));
        let own = lock.clone();
        // One more that panics while the first one is in the middle of it.
        let second = stack.spawn("second", move || {
            let _guard = own.lock().unwrap();
            std::panic::resume_unwind(Box::new("two"));
        });
        let second = second.join().is_err();
        assert_eq!(*lock.lock().unwrap(), 1);
        signal.set();
        (first.join().is_err(), second)
    });
    assert_eq!(panics, Some((true, true)));
    assert!(!std::thread::panicking());
}

#[test]
fn the_panic_of_the_first_comes_out_and_others_end_with_the_stack() {
    let ended = Arc::new(AtomicBool::new(false));
    let own = ended.clone();
    let mut coroutines = Coroutines::new();
    let (prototype, crew) = (prototype(), coroutines.crew());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        coroutines.run(move || {
            let stack = prototype.build(parts(crew));
            let never = stack.signal("never");
            let _thread = stack.spawn("waits", move || {
                assert!(never.wait().is_err());
                own.store(true, SeqCst);
            });
            stack.run_until_idle();
            std::panic::resume_unwind(Box::new("the end"));
        })
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"the end"));
    assert!(ended.load(SeqCst), "it was let go when the stack was dropped");
    // The pool goes on.
    assert_eq!(coroutines.run(|| 5), Some(5));
}

/// What cannot go on is never dropped: that would run its program.
struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

struct Abandons;

impl Observer for Abandons {
    fn events(
        &mut self,
        _: &netiosim_sim::model::machine::Machine,
        _: &[netiosim_sim::model::event::Event],
    ) {
    }

    fn stuck(&mut self, _: &netiosim_sim::model::machine::Machine) {
        Coroutines::abandon();
    }
}

#[test]
fn an_abandoned_run_leaves_everybody_where_he_is() {
    let dropped = Arc::new(AtomicU32::new(0));
    let builder = Builder::new().mode(Mode::Controlled).on_deadlock(OnDeadlock::Hang);
    let prototype = Arc::new(builder.announce(false).prototype().unwrap());
    let own = dropped.clone();
    let mut coroutines = Coroutines::new();
    let crew = coroutines.crew();
    let outcome = coroutines.run(move || {
        let observers: Vec<Box<dyn Observer>> = vec![Box::new(Abandons)];
        let stack = prototype.build(StackParts { observers, ..parts(crew) });
        let _kept = Dropped(own.clone());
        let lock = Arc::new(stack.mutex("lock", ()));
        let taken = lock.clone();
        let changes = stack.on_teredo_port_change(move |_| drop(taken.lock())).unwrap();
        stack.restart_teredo().unwrap();
        let _guard = lock.lock().unwrap();
        // The callback waits for the lock.
        stack.run_until_idle();
        let never_begun = Dropped(own);
        let _thread = stack.spawn("never begins", move || drop(never_begun));
        let _ = changes.cancel();
        unreachable!("it hangs");
    });
    assert!(outcome.is_none());
    assert_eq!(coroutines.run(|| 5), Some(5), "the pool goes on");
    drop(coroutines);
    assert_eq!(dropped.load(SeqCst), 0);
}

#[test]
fn a_thread_of_the_programs_own_may_call_too() {
    let ports = run(|stack| {
        let other = stack.handle();
        let thread = std::thread::spawn(move || {
            (0..20).map(|_| other.teredo_port().unwrap()).collect::<Vec<u16>>()
        });
        let mut own = Vec::new();
        while !thread.is_finished() {
            own.push(stack.teredo_port().unwrap());
            stack.run_until_idle();
        }
        own.extend(thread.join().unwrap());
        own
    });
    assert!(ports.unwrap().iter().all(|port| *port == 50_000));
}

/// Answers alike for ever.
struct Same;

impl Chooser for Same {
    fn choose(&mut self, _: &'static str, _: &[&'static str]) -> usize {
        0
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        7
    }
}

#[test]
fn what_is_left_of_a_stack_is_used_again() {
    let mut coroutines = Coroutines::new();
    let crew = coroutines.crew();
    let prototype = prototype();
    let mut traces = Vec::new();
    let mut left = None;
    for _ in 0..3 {
        let (prototype, crew, before) = (prototype.clone(), crew.clone(), left.take());
        let (stack, trace) = coroutines
            .run(move || {
                let stack = match before {
                    Some(before) => prototype.build_again(before).unwrap(),
                    None => prototype.build(StackParts { chooser: Box::new(Same), ..parts(crew) }),
                };
                let own = stack.handle();
                let seen = Arc::new(AtomicU32::new(0));
                let count = seen.clone();
                let changes = stack
                    .on_teredo_port_change(move |_| {
                        count.fetch_add(1, SeqCst);
                    })
                    .unwrap();
                stack.restart_teredo_on(50_123).unwrap();
                stack.run_until_idle();
                assert_eq!(seen.load(SeqCst), 1);
                changes.cancel().unwrap();
                let trace = stack.trace();
                drop(stack);
                (own, trace)
            })
            .unwrap();
        traces.push(trace);
        left = Some(stack);
    }
    assert_eq!(traces[0], traces[1]);
    assert_eq!(traces[0], traces[2]);
    let left = left.unwrap();
    let other = left.clone();
    assert!(prototype.build_again(left).is_err(), "somebody has it");
    drop(other);
}

#[test]
fn there_is_one_pool_a_thread() {
    let first = Coroutines::new();
    assert!(catch_unwind(Coroutines::new).is_err());
    drop(first);
    assert_eq!(Coroutines::new().run(|| Rc::new(3)).as_deref(), Some(&3));
}
