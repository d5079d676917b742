//! What a user of shuttle writes: the example of docs/shuttle.md, word for word.

// In a crate of one's own it is the crate `netiosim` with the feature `shuttle`.
use netiosim_sim as netiosim;

// The example begins here.
use netiosim::{Mode, Stack, StackRef};
use shuttle::sync::atomic::{AtomicU16, Ordering};
use shuttle::sync::{Arc, Mutex};
use shuttle::thread;

/// A firewall that keeps a hole open for the Teredo client's port.
struct Firewall {
    hole: AtomicU16,
    /// Who asks and opens at the moment.
    turn: Mutex<()>,
}

impl Firewall {
    fn new() -> Arc<Self> {
        Arc::new(Self { hole: AtomicU16::new(0), turn: Mutex::new(()) })
    }

    /// Asks which port it is and opens it: one at a time, so that an older answer never replaces a newer one.
    fn follow(&self, stack: &StackRef) {
        let _turn = self.turn.lock().unwrap();
        let port = stack.teredo_port().unwrap();
        self.hole.store(port, Ordering::SeqCst);
    }
}

/// The client restarts, and gets another port, while the firewall starts.
fn start_during_a_restart(register_first: bool) {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let firewall = Firewall::new();

    let windows = stack.handle();
    let restart = thread::spawn(move || windows.restart_teredo().unwrap());

    if !register_first {
        firewall.follow(&stack);
    }
    let (own, asked) = (firewall.clone(), stack.handle());
    let changes = stack.on_teredo_port_change(move |_| own.follow(&asked)).unwrap();
    if register_first {
        firewall.follow(&stack);
    }

    restart.join().unwrap();
    stack.run_until_idle();
    assert_eq!(
        firewall.hole.load(Ordering::SeqCst),
        stack.teredo_port().unwrap(),
        "the wrong hole"
    );
    changes.cancel().unwrap();
}

#[test]
fn who_registers_before_he_asks_misses_nothing() {
    shuttle::check_random(|| start_during_a_restart(true), 500);
    shuttle::check_pct(|| start_during_a_restart(true), 500, 3);
}

/// The restart between the question and the registration is told to nobody.
#[test]
#[should_panic(expected = "the wrong hole")]
fn who_asks_before_he_registers_misses_a_change() {
    shuttle::check_random(|| start_during_a_restart(false), 500);
}
