//! A thread that hangs as on Windows is told of on the standard error, unless a driver says no.
//!
//! The test runs itself once more, and reads what that program says.

use std::process::Command;

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Builder, HandleCell, Mode, OnDeadlock, StackParts};

/// What the program of [`the_program`] wants: whether to be told, and of which mode.
const ROLE: &str = "NETIOSIM_TEST_HANGING_ROLE";

#[test]
fn the_program() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let mode = if role.ends_with("threads") { Mode::Threads } else { Mode::Controlled };
    let builder = || {
        let builder = Builder::new().mode(mode).on_deadlock(OnDeadlock::Hang);
        builder.announce(!role.starts_with("silent"))
    };
    let prototype = builder().prototype().expect("it can be built");
    for stack in [builder().build(), prototype.build(StackParts::seeded(0, 9))] {
        let (cell, inside) = (HandleCell::new(), stack.handle());
        let own = cell.clone();
        let changes = stack.on_teredo_port_change(move |_| {
            assert!(inside.cancel(own.get()).is_err(), "the end of the stack lets it go");
        });
        cell.set(changes.expect("it is registered").into_handle());
        stack.restart_teredo().unwrap();
        assert_eq!(stack.run_until_idle(), 0, "the callback hangs in its cancel");
        assert_eq!(stack.take_findings()[0].rule, Rule::SelfCancel);
    }
}

/// How often the program says that a thread hangs.
fn told(role: &str) -> usize {
    let output = Command::new(std::env::current_exe().expect("a test is a file"))
        .args(["--exact", "the_program", "--nocapture"])
        .env(ROLE, role)
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text.matches("netiosim: this thread hangs now, as it would on Windows").count()
}

#[test]
fn of_a_stack_and_of_one_of_a_prototype() {
    for mode in ["controlled", "threads"] {
        assert_eq!(told(&format!("told, {mode}")), 2);
        assert_eq!(told(&format!("silent, {mode}")), 0);
    }
}
