//! What an expectation says when it is not met.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::Location;

use super::log::Log;
use super::sequence::Member;
use super::spec::Spec;

/// How many calls of the log a report shows.
const SHOWN: usize = 20;

/// Where a sequence broke.
pub(super) struct Broken<'a> {
    /// The call that came out of order.
    pub(super) call: usize,
    /// The members that could have taken a call then.
    pub(super) wanted: &'a [usize],
    /// Per member, how many calls it had.
    pub(super) taken: &'a [usize],
}

/// The expectation has too few calls, or too many; `left` says how many its sequence leaves it.
pub(super) fn unmet(log: &Log, spec: &Spec, window: &Range<usize>, left: Option<usize>) -> String {
    let (min, max) = spec.bounds();
    let all = 0..log.calls.len();
    let (fitting, misses): (Vec<usize>, Vec<usize>) =
        all.partition(|at| window.contains(at) && spec.fits(log, *at, window));
    let mut text = format!("expectation not met: {}\n", spec.words(log));
    text += &format!("  expected at:  {}\n", place_text(spec.place));
    text += &format!("  fitted:       {}", calls_text(fitting.len()));
    if let Some(left) = left.filter(|left| *left < fitting.len()) {
        text += &format!(", of which the others of its sequence leave it {left}");
    }
    text.push('\n');
    let mut marks: BTreeMap<usize, char> = fitting.iter().map(|at| (*at, '*')).collect();
    let few = left.unwrap_or(fitting.len()) < min;
    let nearest = few.then(|| nearest(log, spec, window, misses)).flatten();
    let mut legend = Vec::new();
    if !fitting.is_empty() {
        legend.push("* fitted");
    }
    if let Some((at, differences)) = nearest {
        text += &format!("  nearest miss: call {}: {}\n", log.number(at), log.calls[at].text());
        for difference in differences {
            text += &format!("    {difference}\n");
        }
        marks.insert(at, '~');
        legend.push("~ nearest miss");
    } else if few && marks.is_empty() {
        text += "  nearest miss: none, there was no call\n";
    } else if let Some(max) = max.filter(|max| fitting.len() > *max) {
        let first = fitting[max];
        let text_of = log.calls[first].text();
        text += &format!("  too many:     from call {} on: {text_of}\n", log.number(first));
    }
    finish(log, text, window.start, &marks, &legend.join(", "), |at| {
        log.calls[at].call.function == spec.function
    })
}

/// A call of the sequence came where another one had to come.
pub(super) fn out_of_order(
    log: &Log,
    place: &Location<'_>,
    members: &[Member],
    fitting: &[usize],
    broken: &Broken<'_>,
) -> String {
    let name = log.calls[broken.call].call.function.name();
    let wanted: Vec<String> = broken.wanted.iter().map(|n| format!("number {}", n + 1)).collect();
    let wanted = match wanted.is_empty() {
        true => "nothing more".to_owned(),
        false => wanted.join(" or "),
    };
    let mut text = format!("calls out of sequence: {name} came where the sequence had {wanted}\n");
    text += &format!("  sequence at:  {}\n", place_text(place));
    for (n, member) in members.iter().enumerate() {
        let (words, at) = (member.spec.words(log), place_text(member.spec.place));
        text += &format!("    {}. {words}; expected at {at}", n + 1);
        text += &format!("; so far {}\n", calls_text(broken.taken[n]));
    }
    let seen = &log.calls[broken.call];
    text += &format!("  out of order: call {}: {}\n", log.number(broken.call), seen.text());
    let mut marks: BTreeMap<usize, char> = fitting.iter().map(|at| (*at, '*')).collect();
    marks.insert(broken.call, '!');
    let start = members.iter().map(|member| member.window.start).min().unwrap_or(0);
    finish(log, text, start, &marks, "* of the sequence, ! out of order", |_| false)
}

/// The call that differs in the fewest respects; among equals one of the function, then one within
/// the time of the expectation, then the last.
fn nearest(
    log: &Log,
    spec: &Spec,
    window: &Range<usize>,
    misses: Vec<usize>,
) -> Option<(usize, Vec<String>)> {
    let differing = misses.into_iter().rev().map(|at| (at, spec.differences(log, at, window)));
    differing.min_by_key(|(at, differences)| {
        let other = log.calls[*at].call.function != spec.function;
        (differences.len(), other, !window.contains(at))
    })
}

/// Adds the relevant part of the log: what is marked, then calls that are `akin`, then the last ones.
fn finish(
    log: &Log,
    mut text: String,
    start: usize,
    marks: &BTreeMap<usize, char>,
    legend: &str,
    akin: impl Fn(usize) -> bool,
) -> String {
    if !log.recording {
        text += "  the stack does not record calls now\n";
    }
    let end = log.calls.len();
    let from = marks.keys().copied().chain([start]).min().unwrap_or(start).min(end);
    let mut shown: Vec<usize> =
        (from..end).filter(|at| *at >= start || marks.contains_key(at)).collect();
    let rank = |at: &usize| (!marks.contains_key(at), !akin(*at), end - at);
    shown.sort_by_key(rank);
    shown.truncate(SHOWN);
    shown.sort_unstable();
    if shown.is_empty() {
        text += "  calls:        none since it was set up";
        return text;
    }
    text += "  calls";
    if !legend.is_empty() {
        text += &format!(" ({legend})");
    }
    text.push(':');
    let width = |text: fn(&Log, usize) -> String| {
        shown.iter().map(|at| text(log, *at).chars().count()).max().unwrap_or(0)
    };
    let number = width(|log, at| log.number(at).to_string());
    let time = width(|log, at| log.calls[at].call.at_ms.to_string());
    let thread = width(|log, at| log.calls[at].call.thread.clone());
    let mut next = start.min(shown[0]);
    let gap = |count: usize| match count {
        0 => String::new(),
        1 => "\n       1 more call".to_owned(),
        count => format!("\n       {count} more calls"),
    };
    for at in shown {
        text += &gap(at - next);
        next = at + 1;
        let seen = &log.calls[at];
        let call = &seen.call;
        let mark = marks.get(&at).copied().unwrap_or(' ');
        text += &format!(
            "\n    {mark} {:>number$}  {:>time$} ms  {:thread$}  {}",
            log.number(at),
            call.at_ms,
            call.thread,
            seen.text()
        );
        if let Some(place) = &call.place {
            text += &format!("  at {place}");
        }
    }
    text += &gap(end - next);
    text
}

fn calls_text(count: usize) -> String {
    match count {
        0 => "no call".to_owned(),
        1 => "1 call".to_owned(),
        count => format!("{count} calls"),
    }
}

fn place_text(place: &Location<'_>) -> String {
    format!("{}:{}", place.file().replace('\\', "/"), place.line())
}
