//! Says on stderr who waits for what when a thread has been parked for long.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::core::Core;

/// Writes to stderr, whatever becomes of it.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Writes who waits, for what, and where each one entered.
pub(crate) fn report(core: &Core) {
    say(&text(core));
}

fn text(core: &Core) -> String {
    let mut text = String::from("netiosim: a thread has been waiting for long\n");
    let machine = &core.machine;
    for actor in machine.actors().iter().filter(|actor| actor.is_alive()) {
        let Some(wait) = actor.wait() else { continue };
        let _ = write!(text, "  thread \"{}\" waits {}", actor.name(), machine.wait_words(wait));
        if let Some(place) = actor.place() {
            let _ = write!(text, ", at {}", machine.place_text(place));
        }
        text.push('\n');
    }
    for actor in machine.actors().iter().filter(|a| a.is_alive() && a.wait().is_none()) {
        let Some(lane) = actor.frames().last() else { continue };
        let name =
            machine.registration(lane.handle).map_or("?", |registration| registration.name());
        let _ = write!(text, "  thread \"{}\" is in the callback of \"{name}\"", actor.name());
        if let Some(place) = actor.place() {
            let _ = write!(text, ", last seen at {}", machine.place_text(place));
        }
        text.push('\n');
    }
    if let Some(holder) = core.sched.current {
        let _ = writeln!(text, "  it is the turn of \"{}\"", core.task_name(holder));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::{Mode, Point, Stack};

    #[test]
    fn it_says_who_waits_for_what_and_where() {
        let stack = Stack::builder().mode(Mode::Threads).build();
        let ports = stack.teredo_port_change().name("ports").register(|_| {}).unwrap();
        let entered = stack.barrier(Point::entered("ports")).unwrap();
        let waiting = stack.barrier(Point::cancelling("ports")).unwrap();
        stack.restart_teredo().unwrap();
        entered.wait_reached();
        let canceller = stack.spawn("canceller", move || ports.cancel());
        waiting.wait_reached();
        let text = stack.look(|core| text(core));
        let wanted = "thread \"canceller\" waits in CancelMibChangeNotify2(\"ports\") for the running callback to return, at ";
        assert!(text.contains(wanted), "{text}");
        assert!(text.contains("watchdog.rs:"), "{text}");
        assert!(text.contains("thread \"pool-1\" is in the callback of \"ports\""), "{text}");
        drop((entered, waiting));
        canceller.join().unwrap().unwrap();
    }
}
