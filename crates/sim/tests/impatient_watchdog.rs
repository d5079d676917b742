//! Of two threads that wait, the one whose stack is less patient is told of first.
//!
//! The test runs itself once more, and lets that program go on when it has said something.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use netiosim_sim::model::machine::Machine;
use netiosim_sim::{Builder, Mode, Stack, StackParts};

/// How the program of [`the_program`] makes its impatient stack.
const ROLE: &str = "NETIOSIM_TEST_WATCHDOG_ROLE";

fn somebody_waits(machine: &Machine) -> bool {
    machine.actors().iter().any(|actor| actor.wait().is_some())
}

#[test]
fn the_program() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let patient = Stack::builder().mode(Mode::Threads).build();
    let impatient = Builder::new().mode(Mode::Threads).watchdog_ms(1);
    let impatient = match role.as_str() {
        "built" => impatient.build(),
        _ => impatient.prototype().expect("it can be built").build(StackParts::seeded(0, 9)),
    };
    let signals = [patient.signal("patience"), impatient.signal("impatience")];
    let [long, short] = signals.clone();
    let waiting = patient.spawn("waiting", move || long.wait());
    while !patient.inspect(somebody_waits) {
        thread::yield_now();
    }
    let parent = thread::spawn(move || {
        let read = std::io::stdin().read(&mut [0]);
        for signal in signals {
            signal.set();
        }
        read
    });
    short.wait().expect("the parent lets it go on");
    waiting.join().expect("it ends").expect("the parent lets it go on");
    assert!(parent.join().expect("it ends").is_ok());
}

/// What the program says first, on the standard error.
fn first_words(role: &str) -> Vec<String> {
    let mut program = Command::new(std::env::current_exe().expect("a test is a file"))
        .args(["--exact", "the_program", "--nocapture"])
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stderr = BufReader::new(program.stderr.take().expect("it is piped"));
    let mut lines = stderr.lines().map(|line| line.expect("it is text"));
    let words: Vec<String> = lines.by_ref().take(2).collect();
    program.stdin.take().expect("it is piped").write_all(b"\n").expect("it reads");
    assert!(
        program.wait().expect("it ends").success(),
        "{words:?} {:?}",
        lines.collect::<Vec<_>>()
    );
    words
}

#[test]
fn of_a_stack_and_of_one_of_a_prototype() {
    for role in ["built", "of a prototype"] {
        let words = first_words(role);
        assert_eq!(words[0], "netiosim: a thread has been waiting for long");
        assert!(words[1].contains("impatience"), "{role}: {words:?}");
    }
}
