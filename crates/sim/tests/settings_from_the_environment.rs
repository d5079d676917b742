//! A stack may be built as the environment of the test says.
//!
//! The test runs itself once more, in a process with other variables.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use netiosim_sim::Builder;
use netiosim_sim::model::ids::Handle;

/// Set in the process that builds a stack.
const CHILD: &str = "NETIOSIM_TEST_SETTINGS_CHILD";

/// What the process says that has these variables: how its stack ended, or why there is none.
fn said_with(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("a test is a file"));
    command.args(["--exact", "the_other_process", "--nocapture"]).env(CHILD, "1");
    for name in
        ["NETIOSIM_SEED", "NETIOSIM_PROFILE", "NETIOSIM_ON_DEADLOCK", "NETIOSIM_WATCHDOG_MS"]
    {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().expect("it starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_other_process() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let said = match Builder::from_env().try_build() {
        Ok(stack) => {
            assert!(stack.cancel(Handle(0xBAD0)).is_err());
            let end = catch_unwind(AssertUnwindSafe(|| drop(stack))).expect_err("a finding");
            format!("built: {}\n", end.downcast_ref::<String>().expect("a message"))
        }
        Err(error) => format!("refused: {error}\n"),
    };
    std::io::stdout().write_all(said.as_bytes()).expect("the parent listens");
}

#[test]
fn seed_and_profile() {
    let text = said_with(&[]);
    assert!(text.contains("NETIOSIM_SEED=0 NETIOSIM_PROFILE=documented"), "{text}");
    let text = said_with(&[("NETIOSIM_SEED", "42"), ("NETIOSIM_PROFILE", "adversarial")]);
    assert!(text.contains("NETIOSIM_SEED=42 NETIOSIM_PROFILE=adversarial"), "{text}");
}

#[test]
fn every_word_for_a_deadlock_is_read() {
    for word in ["error", "hang", "abort"] {
        let text = said_with(&[("NETIOSIM_ON_DEADLOCK", word)]);
        assert!(text.contains("built: "), "{word}: {text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_what_is_allowed() {
    let text = said_with(&[("NETIOSIM_ON_DEADLOCK", "never")]);
    let wanted = "refused: the environment variable NETIOSIM_ON_DEADLOCK is \"never\"; ";
    assert!(text.contains(&format!("{wanted}it may be error, hang or abort")), "{text}");
    let text = said_with(&[("NETIOSIM_WATCHDOG_MS", "soon")]);
    assert!(text.contains("refused: "), "{text}");
}
