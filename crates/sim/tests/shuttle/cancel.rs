//! Cancels: they return, and after them nothing comes (CX-08).

use netiosim_sim::{HandleCell, Stack};
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use shuttle::thread;

use crate::{Seen, threads, under_shuttle};

/// What a callback saw.
#[derive(Default)]
struct Watched {
    gone: AtomicBool,
    inside: AtomicUsize,
    late: AtomicUsize,
    count: AtomicUsize,
}

impl Watched {
    fn callback(&self) {
        self.inside.fetch_add(1, Ordering::SeqCst);
        if self.gone.load(Ordering::SeqCst) {
            self.late.fetch_add(1, Ordering::SeqCst);
        }
        thread::yield_now();
        self.count.fetch_add(1, Ordering::SeqCst);
        if self.gone.load(Ordering::SeqCst) {
            self.late.fetch_add(1, Ordering::SeqCst);
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

fn change(stack: &Stack, times: usize) -> thread::JoinHandle<()> {
    let stack = stack.handle();
    thread::spawn(move || {
        for _ in 0..times {
            stack.restart_teredo().unwrap();
        }
    })
}

#[test]
fn nothing_is_delivered_after_a_cancel_has_returned() {
    let (all, some, none) = (Seen::default(), Seen::default(), Seen::default());
    let (every, few, nothing) = (all.clone(), some.clone(), none.clone());
    under_shuttle(move || {
        let stack = threads().build();
        let watched = Arc::new(Watched::default());
        let own = watched.clone();
        let ports = stack.on_teredo_port_change(move |_| own.callback()).unwrap();
        let changes = change(&stack, 2);
        ports.cancel().expect("a cancel from outside always returns with success");
        watched.gone.store(true, Ordering::SeqCst);
        assert_eq!(
            watched.inside.load(Ordering::SeqCst),
            0,
            "it returned under a running callback"
        );
        let before = watched.count.load(Ordering::SeqCst);
        changes.join().unwrap();
        stack.run_until_idle();
        assert_eq!(watched.late.load(Ordering::SeqCst), 0, "a callback after the cancel returned");
        assert_eq!(watched.count.load(Ordering::SeqCst), before, "delivered after the cancel");
        match before {
            0 => nothing.add(),
            1 => few.add(),
            _ => every.add(),
        }
    });
    all.sometimes("all changes were delivered before the cancel");
    some.sometimes("the cancel came between the changes");
    none.sometimes("the cancel came first");
}

#[test]
fn two_cancels_of_one_registration_both_return_and_one_succeeds() {
    under_shuttle(|| {
        let stack = threads().build();
        let watched = Arc::new(Watched::default());
        let own = watched.clone();
        let handle = stack.on_teredo_port_change(move |_| own.callback()).unwrap().into_handle();
        let changes = change(&stack, 2);
        let other = stack.handle();
        let second = thread::spawn(move || other.cancel(handle).is_ok());
        let first = stack.cancel(handle).is_ok();
        let second = second.join().unwrap();
        assert!(first || second, "nobody cancelled it");
        watched.gone.store(true, Ordering::SeqCst);
        changes.join().unwrap();
        stack.run_until_idle();
        assert_eq!(watched.late.load(Ordering::SeqCst), 0);
        // Whoever came second may have had a handle that was not live any more (N005).
        let _ = stack.take_findings();
    });
}

#[test]
fn a_callback_cancels_another_registration_while_that_is_called() {
    let waited = Seen::default();
    let met = waited.clone();
    under_shuttle(move || {
        let stack = threads().build();
        let (watched, victim, met) = (Arc::new(Watched::default()), HandleCell::new(), met.clone());
        let own = watched.clone();
        let handle = stack.on_teredo_port_change(move |_| own.callback()).unwrap().into_handle();
        victim.set(handle);
        let (reference, seen, target) = (stack.handle(), watched.clone(), victim.clone());
        let killer = stack
            .on_teredo_port_change(move |_| {
                if seen.inside.load(Ordering::SeqCst) > 0 {
                    met.add();
                }
                reference.cancel(target.get()).unwrap();
                seen.gone.store(true, Ordering::SeqCst);
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(watched.late.load(Ordering::SeqCst), 0);
        assert_eq!(watched.inside.load(Ordering::SeqCst), 0);
        killer.cancel().unwrap();
    });
    waited.sometimes("the cancel met a running callback");
}

#[test]
fn a_stack_that_is_dropped_waits_for_its_callbacks() {
    let ran = Seen::default();
    let during = ran.clone();
    under_shuttle(move || {
        let stack = threads().report_leaks(false).build();
        let watched = Arc::new(Watched::default());
        let own = watched.clone();
        let _ = stack.on_teredo_port_change(move |_| own.callback()).unwrap().into_handle();
        stack.restart_teredo().unwrap();
        if watched.inside.load(Ordering::SeqCst) > 0 {
            during.add();
        }
        drop(stack);
        watched.gone.store(true, Ordering::SeqCst);
        assert_eq!(watched.inside.load(Ordering::SeqCst), 0, "its threads have ended");
        assert_eq!(watched.late.load(Ordering::SeqCst), 0);
    });
    ran.sometimes("the stack was dropped under a running callback");
}
