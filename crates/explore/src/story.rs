//! What happened, told in columns: one for each thread, one line for each event.

use std::borrow::Cow;
use std::fmt::Write as _;

use netiosim_sim::StackRef;
use netiosim_sim::model::event::{Event, What};
use netiosim_sim::model::machine::Machine;

/// How far the columns are apart.
const WIDTH: usize = 20;
/// As many effects of one change are told one by one.
const MOST_EFFECTS: usize = 4;
/// What `Machine::trace_line` puts before the description, with the actor's name in the middle.
const TIME_WIDTH: usize = 9 + 2;
const NAME_WIDTH: usize = 16;

pub(crate) fn of_machine(machine: &Machine) -> String {
    tell(machine.trace_text(machine.events()).lines(), machine.events())
}

pub(crate) fn of_stack(stack: &StackRef) -> String {
    tell(stack.trace().lines(), &stack.events())
}

/// The lines are those of the events.
pub(crate) fn tell<'a>(trace: impl IntoIterator<Item = &'a str>, events: &[Event]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut lines: Vec<(usize, Cow<'_, str>)> = Vec::new();
    let mut effects = 0;
    for (line, event) in trace.into_iter().zip(events) {
        effects = if matches!(event.what, What::Effect(_)) { effects + 1 } else { 0 };
        if effects > MOST_EFFECTS {
            more(&mut lines, effects - MOST_EFFECTS);
            continue;
        }
        let rest = line.get(TIME_WIDTH..).unwrap_or_default();
        let (name, what) = match event.actor {
            Some(_) => split(rest),
            None => ("the machine", split(rest).1),
        };
        let column = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        lines.push((column, what.into()));
    }
    let mut text = String::new();
    let mut header = String::from("     ");
    for name in &names {
        let _ = write!(header, "{name:<WIDTH$}");
    }
    let _ = writeln!(text, "{}", header.trim_end());
    for (n, (column, what)) in lines.iter().enumerate() {
        let _ = writeln!(text, "{:>3}  {:indent$}{what}", n + 1, "", indent = column * WIDTH);
    }
    text
}

/// Says in one line, behind the last one, how many effects more there were.
fn more(lines: &mut Vec<(usize, Cow<'_, str>)>, count: usize) {
    if count > 1 {
        lines.pop();
    }
    let column = lines.last().map_or(0, |last| last.0);
    lines.push((column, format!("effect  … and {count} more").into()));
}

/// The actor's name, which may be longer than its column and hold spaces, and what happened.
fn split(rest: &str) -> (&str, &str) {
    let start = rest.char_indices().nth(NAME_WIDTH).map_or(rest.len(), |(at, _)| at);
    match rest[start..].find("  ") {
        Some(at) => (rest[..start + at].trim_end(), rest[start + at..].trim_start()),
        None => (rest, ""),
    }
}

#[cfg(test)]
mod tests {
    use netiosim_sim::Stack;

    use super::of_stack;

    #[test]
    fn each_thread_has_a_column() {
        let stack = Stack::new();
        let ports = stack.teredo_port_change().name("ports").register(|_| {}).unwrap();
        let other = stack.handle();
        let thread = stack.spawn("a thread with a long name", move || other.teredo_port());
        thread.join().unwrap().unwrap();
        drop(ports);
        let story = of_stack(&stack);
        let lines: Vec<&str> = story.lines().collect();
        assert_eq!(lines[0], "     main                a thread with a long name");
        assert!(lines[1].starts_with("  1  call    NotifyTeredoPortChange"), "{story}");
        let other = "                         call    GetTeredoPort";
        assert!(lines.iter().any(|line| line[3..].starts_with(&other[3..])), "{story}");
    }
}
