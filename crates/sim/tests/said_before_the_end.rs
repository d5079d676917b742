//! What is written to stderr, and who is told, when a thread waits for long, hangs or ends the process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use netiosim_sim::model::event::Event;
use netiosim_sim::model::machine::Machine;
use netiosim_sim::{Builder, Mode, Observer, OnDeadlock, Stack};

const CHILD: &str = "NETIOSIM_TEST_CHILD";

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, "1");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a test in a process of its own; what it wrote to stderr, and whether it went well.
fn run(test: &str) -> (String, bool) {
    let output = child(test).output().unwrap();
    (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.success())
}

/// Says aloud what it is told of.
struct Aloud;

fn say(what: &str, machine: &Machine) {
    let findings = machine.findings().len();
    let _ = writeln!(std::io::stderr(), "told of the {what} after {findings} finding");
}

impl Observer for Aloud {
    fn events(&mut self, _: &Machine, _: &[Event]) {}

    fn aborting(&mut self, machine: &Machine) {
        say("end", machine);
    }

    fn stuck(&mut self, machine: &Machine) {
        say("hang", machine);
    }
}

/// The same lock twice.
fn twice(stack: &Stack) {
    let lock = stack.mutex("lock", ());
    let _guard = lock.lock().unwrap();
    let _ = lock.lock();
}

#[test]
fn a_deadlock_that_ends_the_process() {
    if is_child() {
        let builder = Builder::new().on_deadlock(OnDeadlock::Abort);
        twice(&builder.observer(Box::new(Aloud)).build());
        return;
    }
    let (said, well) = run("a_deadlock_that_ends_the_process");
    assert!(!well, "{said}");
    assert!(said.contains("netiosim: deadlock\n") && said.contains("N016"), "{said}");
    assert!(said.contains("told of the end after 1 finding"), "{said}");
}

#[test]
fn nothing_that_can_go_on_ends_the_process() {
    if is_child() {
        let builder = Builder::new().mode(Mode::Controlled).on_deadlock(OnDeadlock::Abort);
        let _ = builder.observer(Box::new(Aloud)).build().signal("never").wait();
        return;
    }
    let (said, well) = run("nothing_that_can_go_on_ends_the_process");
    assert!(!well, "{said}");
    assert!(said.contains("netiosim: nothing can go on\n"), "{said}");
    assert!(said.contains("told of the end after 1 finding"), "{said}");
}

/// A callback that hangs because it takes its lock twice.
fn hang(announce: bool) {
    let builder = Builder::new().mode(Mode::Controlled).on_deadlock(OnDeadlock::Hang);
    let stack = builder.announce(announce).observer(Box::new(Aloud)).build();
    let lock = Arc::new(stack.mutex("lock", ()));
    let own = lock.clone();
    let changes = stack.on_teredo_port_change(move |_| {
        let _guard = own.lock();
        let _ = own.lock();
    });
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let _ = changes.unwrap().into_handle();
    drop(stack.take_findings());
}

#[test]
fn a_thread_that_hangs() {
    if is_child() {
        return hang(true);
    }
    let (said, well) = run("a_thread_that_hangs");
    assert!(well, "{said}");
    assert!(said.contains("netiosim: this thread hangs now") && said.contains("N016"), "{said}");
    assert!(said.contains("told of the hang after 1 finding"), "{said}");
}

#[test]
fn a_thread_that_hangs_unannounced() {
    if is_child() {
        return hang(false);
    }
    let (said, well) = run("a_thread_that_hangs_unannounced");
    assert!(well, "{said}");
    assert!(!said.contains("hangs now"), "{said}");
    assert!(said.contains("told of the hang after 1 finding"), "{said}");
}

/// Waits until the test has read on stderr that it waits.
fn wait_for_long(mode: Mode) {
    let stack = Stack::builder().mode(mode).watchdog_ms(1).build();
    let go = stack.signal("go");
    let (set, other) = (go.clone(), stack.handle());
    let (tell, called) = mpsc::channel();
    let helper = std::thread::spawn(move || {
        // Now the stack knows this thread, and that it may go on by itself.
        other.teredo_port().unwrap();
        tell.send(()).expect("the other thread waits");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).expect("the test says when");
        set.set();
    });
    called.recv().expect("the thread calls");
    go.wait().unwrap();
    helper.join().unwrap();
}

/// Lets the test go on when it has said so; what it said afterwards.
fn said_after(test: &str) -> Vec<String> {
    let mut child = child(test).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let wanted = "thread \"main\" waits for signal \"go\"";
    assert!(lines.any(|line| line.contains(wanted)), "who waits, and for what");
    child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    let rest = lines.collect();
    assert!(child.wait().unwrap().success());
    rest
}

#[test]
fn a_free_thread_that_waits_for_long() {
    if is_child() {
        return wait_for_long(Mode::Threads);
    }
    let rest = said_after("a_free_thread_that_waits_for_long");
    assert!(!rest.iter().any(|line| line.contains("waiting for long")), "once: {rest:?}");
}

// Elsewhere nobody tells that the other thread may go on by itself: see `procfs.rs`.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_waits_for_its_turn_for_long() {
    if is_child() {
        return wait_for_long(Mode::Controlled);
    }
    said_after("a_thread_that_waits_for_its_turn_for_long");
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_computes_while_another_waits_for_long() {
    if is_child() {
        let stack = Stack::builder().mode(Mode::Controlled).watchdog_ms(1).build();
        let go = stack.signal("go");
        let (set, over) = (go.clone(), Arc::new(AtomicBool::new(false)));
        let told = over.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).expect("the test says when");
            told.store(true, Ordering::SeqCst);
        });
        let busy = stack.spawn("busy", move || {
            while !over.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
            set.set();
        });
        go.wait().unwrap();
        busy.join().unwrap();
        return;
    }
    let rest = said_after("a_thread_that_computes_while_another_waits_for_long");
    assert!(rest.iter().any(|line| line.contains("it is the turn of \"busy\"")), "{rest:?}");
}

/// Passes on where the stack was called after its end.
struct Late(mpsc::Sender<String>);

impl Observer for Late {
    fn events(&mut self, _: &Machine, _: &[Event]) {}

    fn called_after_end(&mut self, place: &str) {
        let _ = self.0.send(place.to_owned());
    }
}

#[test]
fn a_call_after_the_end_of_the_stack() {
    let (send, places) = mpsc::channel();
    let stack = Builder::new().observer(Box::new(Late(send))).build();
    let handle = stack.handle();
    handle.teredo_port().unwrap();
    drop(stack);
    assert!(places.try_recv().is_err(), "no call came too late");
    let _ = handle.teredo_port();
    let place = format!("{}:{}", file!().replace('\\', "/"), line!() - 1);
    assert_eq!(places.try_recv(), Ok(place));
}
