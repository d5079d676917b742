//! A firewall keeps its exception on the Teredo client's port, through ten restarts (TP-40).

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use netiosim_sim::{ApiError, Registration, Stack, StackRef};

/// The program under test: it opens the port that Teredo listens on.
struct Firewall {
    open: Arc<AtomicU16>,
    _changes: Registration,
}

impl Firewall {
    fn new(stack: &StackRef) -> Result<Self, ApiError> {
        let open = Arc::new(AtomicU16::new(0));
        let rule = open.clone();
        // First the registration, then the query: no change falls between them.
        let changes =
            stack.on_teredo_port_change(move |change| rule.store(change.port, Ordering::SeqCst))?;
        open.store(stack.teredo_port()?, Ordering::SeqCst);
        Ok(Self { open, _changes: changes })
    }
}

#[test]
fn the_exception_follows_the_port_through_ten_restarts() {
    let stack = Stack::new();
    let firewall = Firewall::new(&stack).unwrap();
    for _ in 0..10 {
        let before = stack.teredo_port().unwrap();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        let port = stack.teredo_port().unwrap();
        assert_ne!(port, before, "a restart takes another port");
        assert_eq!(firewall.open.load(Ordering::SeqCst), port);
    }
}
