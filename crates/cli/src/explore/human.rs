//! The report of an exploration for people.

use std::fmt::Write as _;
use std::path::Path;

use netiosim_explore::scenario::Inevitable;
use netiosim_model::rule::Rule;
use netiosim_scenario::problem::Problem;
use netiosim_scenario::run::{Style, Verdict};

use super::one::{Finding, Report};

/// Of so many states their memory is told; where there are fewer, it is that of the empty tables.
const MANY: usize = 10_000;

/// The file's line, and everything that has to be said beyond it.
pub(super) fn text(report: &Report, style: Style) -> String {
    if report.verdict == Verdict::Invalid {
        return String::new();
    }
    let mut text = line(report, style);
    let told = report.findings.iter();
    let told: Vec<&Finding> =
        told.filter(|finding| style.verbose || !finding.counterexample.expected).collect();
    if !told.is_empty() {
        text.push('\n');
    }
    for finding in told {
        tell(report, finding, style, &mut text);
    }
    for finding in &report.findings {
        if let Some((path, steps)) = &finding.shrunk {
            let title = finding.title();
            let _ = writeln!(text, "  {title}: {} has {steps} steps\n", path.display());
        }
    }
    for rule in &report.seen.missing {
        let _ = writeln!(text, "  {} {} is expected, and on no way\n", rule.id(), rule.slug());
    }
    for name in &report.seen.never_seen {
        let _ = writeln!(text, "  \"{name}\" is expected sometimes, and was never seen\n");
    }
    if let Some(reason) = &report.seen.stopped {
        let _ = writeln!(text, "  {reason}; the rest is unknown\n");
    } else if report.seen.cut > 0 {
        let cut = report.seen.cut;
        let _ =
            writeln!(text, "  {cut} schedules were not walked to their end; the rest is unknown\n");
    }
    text
}

/// The word for what came out, the file, and the numbers.
fn line(report: &Report, style: Style) -> String {
    let seen = &report.seen;
    let (word, code) = match report.verdict {
        Verdict::Fail | Verdict::Invalid => ("fail", "31;1"),
        Verdict::Inconclusive => ("inconclusive", "33"),
        Verdict::Pass if seen.sampled => ("sampled", "32"),
        Verdict::Pass => ("proved", "32"),
    };
    let mut numbers = format!("{}: {} states", report.profile.name(), seen.states);
    if seen.schedules > 0 {
        let _ = write!(numbers, ", {} schedules", seen.schedules);
    } else {
        let _ = write!(numbers, ", {} transitions", seen.transitions);
    }
    let _ = write!(numbers, ", {} deep, {:.3} s", seen.depth, report.seconds);
    if seen.states >= MANY {
        let _ = write!(numbers, ", {} bytes a state", seen.bytes / seen.states);
    }
    let rules = report.findings.iter().filter(|finding| finding.counterexample.expected);
    let rules: Vec<&str> =
        rules.filter_map(|found| found.counterexample.rule).map(Rule::id).collect();
    if !rules.is_empty() {
        let _ = write!(numbers, "; {} as expected", rules.join(", "));
    }
    let word = paint(style, code, &format!("{word:<12}"));
    format!("{word}  {}  {}\n", report.file.display(), paint(style, "2", &format!("[{numbers}]")))
}

fn tell(report: &Report, finding: &Finding, style: Style, text: &mut String) {
    let counterexample = &finding.counterexample;
    let _ = writeln!(text, "  {}", paint(style, "1", &finding.title()));
    match &counterexample.unmet {
        Some(unmet) if counterexample.rule.is_none() => {
            let _ = writeln!(text, "        at: {}", unmet.path);
            let _ =
                writeln!(text, "  expected: {}", unmet.expected.replace('\n', "\n            "));
            let _ = writeln!(text, "       got: {}", unmet.got.replace('\n', "\n            "));
        }
        _ => {
            let _ = writeln!(text, "  {}", counterexample.message);
        }
    }
    let steps = counterexample.steps.len();
    let _ = writeln!(text, "\n  the shortest way to it, {steps} steps:\n");
    for line in finding.told.story.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text.push('\n');
    let _ = writeln!(text, "  {}\n", inevitable(finding));
    for explanation in &finding.told.findings {
        for line in explanation.lines() {
            let _ = writeln!(
                text,
                "{}",
                if line.is_empty() { String::new() } else { format!("  {line}") }
            );
        }
        text.push('\n');
    }
    let again = again(&report.file, report.profile.name(), &counterexample.schedule.to_string());
    let _ = writeln!(text, "  again: {again}\n");
}

/// When it became inevitable, in words.
fn inevitable(finding: &Finding) -> String {
    let steps = finding.moves.len();
    match finding.inevitable {
        Inevitable::After(0) => "every way ends like this".to_owned(),
        Inevitable::After(n) => {
            let step = &finding.moves[n - 1];
            format!("from step {n} of {steps} on (\"{step}\"), every continuation ends like this")
        }
        Inevitable::Unknown => {
            "when it became inevitable is not known: there are too many continuations".to_owned()
        }
    }
}

/// The command that tells the way again; the path is quoted where a shell needs it.
pub(super) fn again(file: &Path, profile: &str, schedule: &str) -> String {
    let file = file.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:\\".contains(c);
    let file =
        if file.chars().all(plain) { file } else { format!("'{}'", file.replace('\'', "'\\''")) };
    format!("netiosim explore {file} --profile {profile} --replay {schedule}")
}

/// The last line: how many files and explorations, how they ended.
pub(super) fn summary(reports: &[Report], problems: &[Problem], style: Style) -> String {
    let files: std::collections::BTreeSet<&Path> =
        reports.iter().map(|report| report.file.as_path()).collect();
    let count = |verdict: Verdict, sampled: bool| {
        let of = |report: &&Report| {
            report.verdict == verdict
                && (verdict != Verdict::Pass || report.seen.sampled == sampled)
        };
        reports.iter().filter(of).count()
    };
    let mut parts = vec![format!("{} proved", count(Verdict::Pass, false))];
    for (count, word) in [
        (count(Verdict::Pass, true), "sampled"),
        (count(Verdict::Fail, false), "failed"),
        (count(Verdict::Inconclusive, false), "inconclusive"),
        (problems.len(), "problems"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let good = problems.is_empty() && reports.iter().all(|report| report.verdict == Verdict::Pass);
    let scenarios = if files.len() == 1 { "scenario" } else { "scenarios" };
    let explorations = if reports.len() == 1 { "exploration" } else { "explorations" };
    paint(
        style,
        if good { "32;1" } else { "31;1" },
        &format!(
            "{} {scenarios}, {} {explorations}: {}",
            files.len(),
            reports.len(),
            parts.join(", ")
        ),
    )
}

pub(super) fn paint(style: Style, code: &str, text: &str) -> String {
    if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
