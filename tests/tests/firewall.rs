//! The unit test of the README: a small firewall that follows the Teredo port.

use std::error::Error;
use std::sync::{Arc, Mutex};

use netiosim::Stack;

/// Keeps one UDP exception open: the Teredo port.
#[derive(Default)]
struct Firewall(Mutex<Option<u16>>);

#[netiosim::test]
fn the_exception_follows_the_port(stack: Stack) -> Result<(), Box<dyn Error>> {
    let firewall = Arc::new(Firewall::default());
    let rule = firewall.clone();
    let changes = stack.on_teredo_port_change(move |change| {
        *rule.0.lock().unwrap() = Some(change.port);
    })?;
    // Register first, then read: a change in between is not missed.
    *firewall.0.lock().unwrap() = stack.teredo_port().ok();

    for _ in 0..10 {
        stack.restart_teredo()?;
        stack.run_until_idle();
        assert_eq!(*firewall.0.lock().unwrap(), stack.teredo_port().ok());
    }
    changes.cancel()?;
    Ok(())
}
