//! The report for people.

use std::fmt::Write as _;

use super::{FileReport, Run, RunMode, Verdict};

/// How a text for people is dressed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether ANSI colours are used.
    pub color: bool,
    /// Whether findings that a scenario expects are explained as well.
    pub verbose: bool,
}

/// Lines of the trace that are shown before and after the place of a failure.
const AROUND: usize = 4;

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn verdict(self, verdict: Verdict) -> String {
        let code = match verdict {
            Verdict::Pass => "32",
            Verdict::Inconclusive => "33",
            Verdict::Fail | Verdict::Invalid => "31;1",
        };
        self.paint(code, &format!("{:<12}", verdict.word()))
    }
}

impl FileReport {
    /// The file in one line: verdict, file, the profiles it ran under, how much happened.
    #[must_use]
    pub fn line(&self, style: Style) -> String {
        let mut line = format!("{}  {}", style.verdict(self.verdict()), self.file.display());
        let deliveries: usize = self.runs.iter().map(|run| run.deliveries).sum();
        let profiles: Vec<&str> = self.runs.iter().map(|run| run.profile.name()).collect();
        if !profiles.is_empty() {
            let word = if deliveries == 1 { "delivery" } else { "deliveries" };
            let rest = format!("  [{}: {deliveries} {word}]", profiles.join(" "));
            line.push_str(&style.paint("2", &rest));
        } else if self.problems.is_empty() {
            let reasons: Vec<String> = self
                .excluded
                .iter()
                .map(|(p, reason)| format!("not for {}: {reason}", p.name()))
                .collect();
            line.push_str(&style.paint("2", &format!("  [{}]", reasons.join("; "))));
        }
        line
    }
}

/// Everything that has to be said of a file beyond its line; empty for a plain pass.
#[must_use]
pub fn failure_text(report: &FileReport, style: Style) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        let _ = writeln!(text, "{}\n", problem.render(style.color));
    }
    for run in &report.runs {
        match run.verdict {
            Verdict::Pass if style.verbose => explain_findings(run, style, &mut text),
            Verdict::Pass | Verdict::Invalid => {}
            Verdict::Inconclusive => {
                let limit = run.limit.as_deref().unwrap_or("a limit was reached");
                let _ = writeln!(
                    text,
                    "  under {}: {limit}; the rest is unknown\n",
                    run.profile.name()
                );
            }
            Verdict::Fail => {
                let same =
                    |other: &&Run| other.verdict == Verdict::Fail && other.unmet == run.unmet;
                let alike: Vec<&Run> = report.runs.iter().filter(same).collect();
                // Profiles that fail in the same way are told of once.
                if alike.first().is_some_and(|first| first.profile == run.profile) {
                    failed_run(report, run, &alike, style, &mut text);
                }
            }
        }
    }
    text
}

fn failed_run(report: &FileReport, run: &Run, alike: &[&Run], style: Style, text: &mut String) {
    let profiles: Vec<&str> = alike.iter().map(|run| run.profile.name()).collect();
    let word = if alike.len() == 1 { "profile" } else { "profiles" };
    let title = format!("{} under {word} {}, seed {}", report.name, profiles.join(", "), run.seed);
    let _ = writeln!(text, "  {}\n", style.paint("1", &title));
    for unmet in &run.unmet {
        let _ = writeln!(text, "  {} {}", style.paint("31;1", "not met:"), unmet.what);
        let line =
            report.lines.get(&unmet.path).map(|line| format!(" (line {line})")).unwrap_or_default();
        let _ = writeln!(text, "       at: {}{line}", unmet.path);
        let _ = writeln!(text, "  expected: {}", indent(&unmet.expected));
        let _ = writeln!(text, "       got: {}", indent(&unmet.got));
        if let Some(nearest) = &unmet.nearest {
            let _ = writeln!(text, "   nearest: {}", indent(nearest));
        }
        text.push('\n');
        if let Some(line) = unmet.line {
            around(run, line, style, text);
        }
    }
    explain_findings(run, style, text);
    let again = again(report, run);
    let _ = writeln!(text, "  again: {again}\n");
}

/// The command that repeats a run; the path is quoted where a shell needs it.
fn again(report: &FileReport, run: &Run) -> String {
    let file = report.file.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:\\".contains(c);
    let file =
        if file.chars().all(plain) { file } else { format!("'{}'", file.replace('\'', "'\\''")) };
    let mode = match run.mode {
        RunMode::Manual => String::new(),
        other => format!(" --mode {}", other.name()),
    };
    let free =
        if run.mode == RunMode::Threads { "  (free threads need not do it again)" } else { "" };
    format!("netiosim run {file} --profile {} --seed {}{mode}{free}", run.profile.name(), run.seed)
}

fn explain_findings(run: &Run, style: Style, text: &mut String) {
    for finding in &run.findings {
        let finding = finding.to_string();
        let (first, rest) = finding.split_once('\n').unwrap_or((&finding, ""));
        let _ = writeln!(text, "  {}", style.paint("1", first));
        for line in rest.lines() {
            if line.is_empty() {
                text.push('\n');
            } else {
                let _ = writeln!(text, "  {line}");
            }
        }
        text.push('\n');
    }
}

fn around(run: &Run, line: usize, style: Style, text: &mut String) {
    let first = line.saturating_sub(AROUND);
    let last = (line + AROUND + 1).min(run.trace.len());
    for (n, event) in run.trace.iter().enumerate().take(last).skip(first) {
        let mark = if n == line { ">" } else { " " };
        let event = format!("  {mark} {event}");
        let _ = writeln!(text, "{}", if n == line { event } else { style.paint("2", &event) });
    }
    text.push('\n');
}

fn indent(text: &str) -> String {
    text.replace('\n', "\n            ")
}

/// The last line: how many files, how many runs, how they ended.
#[must_use]
pub fn summary_line(reports: &[FileReport], style: Style) -> String {
    let runs: usize = reports.iter().map(|report| report.runs.len()).sum();
    let count = |verdict: Verdict| {
        let of_runs =
            reports.iter().flat_map(|r| &r.runs).filter(|run| run.verdict == verdict).count();
        let invalid = reports.iter().filter(|report| !report.problems.is_empty()).count();
        if verdict == Verdict::Invalid { invalid } else { of_runs }
    };
    let mut parts = vec![format!("{} passed", count(Verdict::Pass))];
    for (verdict, word) in [
        (Verdict::Fail, "failed"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Invalid, "invalid"),
    ] {
        if count(verdict) > 0 {
            parts.push(format!("{} {word}", count(verdict)));
        }
    }
    let worst = reports.iter().map(FileReport::verdict).max().unwrap_or(Verdict::Pass);
    let scenarios = if reports.len() == 1 { "scenario" } else { "scenarios" };
    let runs_word = if runs == 1 { "run" } else { "runs" };
    let code = if worst == Verdict::Pass { "32;1" } else { "31;1" };
    style.paint(
        code,
        &format!("{} {scenarios}, {runs} {runs_word}: {}", reports.len(), parts.join(", ")),
    )
}
