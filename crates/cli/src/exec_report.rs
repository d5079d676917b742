//! What `netiosim exec` tells, to people and as JUnit.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitStatus;

use netiosim_model::profile::Profile;
use netiosim_scenario::live::program::Found;
use netiosim_scenario::load::Loaded;
use netiosim_scenario::run::{FileReport, Run, Style, Verdict, summary_line};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::args::{ExecArgs, ExecFlavour};
use crate::exec_meeting::words;
use crate::trace_file::unwritable;

/// Lines of the trace that are shown before and after the place of a failure.
const AROUND: usize = 4;

/// What a program lived through under a profile.
pub(crate) struct Lived {
    /// Without the findings.
    pub(crate) run: Run,
    pub(crate) found: Vec<Found>,
    pub(crate) status: ExitStatus,
}

/// What it lived through under all of them.
pub(crate) struct Report {
    file: FileReport,
    lives: Vec<(Vec<Found>, ExitStatus)>,
    again: String,
    verbose: bool,
}

impl Report {
    /// A report without runs.
    pub(crate) fn new(file: &Path, loaded: &Loaded, args: &ExecArgs) -> Self {
        let file = FileReport {
            file: file.to_owned(),
            name: loaded.scenario.name.clone(),
            runs: Vec::new(),
            problems: Vec::new(),
            lines: loaded.lines.clone(),
            excluded: Vec::new(),
        };
        Self { file, lives: Vec::new(), again: options(args), verbose: args.verbose }
    }

    /// The same, as of any scenario file; the findings are not in it.
    pub(crate) fn file(&self) -> &FileReport {
        &self.file
    }

    /// A profile under which the scenario does not hold.
    pub(crate) fn exclude(&mut self, profile: Profile, reason: &str) {
        self.file.excluded.push((profile, reason.to_owned()));
    }

    /// One more run.
    pub(crate) fn add(&mut self, lived: Lived) {
        self.file.runs.push(lived.run);
        self.lives.push((lived.found, lived.status));
    }

    /// The report for people.
    pub(crate) fn text(&self, color: bool) -> String {
        let style = Style { color, verbose: self.verbose };
        let mut text = format!("{}\n", self.file.line(style));
        for (run, (found, status)) in self.file.runs.iter().zip(&self.lives) {
            let details = self.details(run, found, *status, color);
            if !details.is_empty() {
                let _ = write!(text, "\n{details}");
            }
        }
        let _ = writeln!(text, "\n{}", summary_line(std::slice::from_ref(&self.file), style));
        text
    }

    /// What has to be said of a run beyond its verdict; empty for a plain pass.
    fn details(&self, run: &Run, found: &[Found], status: ExitStatus, color: bool) -> String {
        let paint = |code: &str, text: &str| {
            if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
        };
        let mut text = String::new();
        if run.verdict == Verdict::Pass && !self.verbose {
            return text;
        }
        let (name, profile, seed) = (&self.file.name, run.profile.name(), run.seed);
        let title = format!("{name} under profile {profile}, seed {seed}");
        let _ = writeln!(text, "  {}", paint("1", &title));
        let _ = writeln!(text, "  the program ended with {}\n", words(status));
        if let Some(limit) = &run.limit {
            let _ = writeln!(text, "  {limit}; the rest is unknown\n");
        }
        if run.verdict == Verdict::Fail {
            for unmet in &run.unmet {
                let _ = writeln!(text, "  {} {}", paint("31;1", "not met:"), unmet.what);
                let line = self.file.lines.get(&unmet.path);
                let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
                let _ = writeln!(text, "       at: {}{line}", unmet.path);
                let _ = writeln!(text, "  expected: {}", indent(&unmet.expected));
                let _ = writeln!(text, "       got: {}", indent(&unmet.got));
                if let Some(nearest) = &unmet.nearest {
                    let _ = writeln!(text, "   nearest: {}", indent(nearest));
                }
                text.push('\n');
                for (n, event) in around(run, unmet.line) {
                    let here = Some(n) == unmet.line;
                    let event = format!("  {} {event}", if here { ">" } else { " " });
                    let _ = writeln!(text, "{}", if here { event } else { paint("2", &event) });
                }
                if unmet.line.is_some() {
                    text.push('\n');
                }
            }
        }
        for one in found {
            let (first, rest) = one.text.split_once('\n').unwrap_or((&one.text, ""));
            let _ = writeln!(text, "  {}", paint("1", first));
            for line in rest.lines() {
                let line = if line.is_empty() { String::new() } else { format!("  {line}") };
                let _ = writeln!(text, "{line}");
            }
            text.push('\n');
        }
        if run.verdict == Verdict::Fail {
            let _ = writeln!(text, "  again: {}\n", self.again(run));
        }
        text
    }

    /// The command that repeats a run.
    fn again(&self, run: &Run) -> String {
        let file = quoted(&self.file.file.to_string_lossy());
        let (profile, seed) = (run.profile.name(), run.seed);
        format!("netiosim exec {file} --profile {profile} --seed {seed}{}", self.again)
    }

    /// Writes the JUnit report, or says why not.
    pub(crate) fn write_junit(&self, path: &Path) -> Result<(), String> {
        let mut suite = TestSuite::new(self.file.file.display().to_string());
        let named = |profile: Profile, status| {
            let mut case = TestCase::new(profile.name(), status);
            case.set_classname(self.file.name.as_str());
            case
        };
        for (run, (found, status)) in self.file.runs.iter().zip(&self.lives) {
            let mut case = named(run.profile, self.junit_status(run, found, *status));
            case.add_property(("seed", run.seed.to_string().as_str()));
            case.add_property(("program", words(*status).as_str()));
            case.add_property(("deliveries", run.deliveries.to_string().as_str()));
            case.add_property(("virtual_ms", run.virtual_ms.to_string().as_str()));
            suite.add_test_case(case);
        }
        for (profile, reason) in &self.file.excluded {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            suite.add_test_case(named(*profile, status));
        }
        let mut report = quick_junit::Report::new("netiosim");
        report.add_test_suite(suite);
        let text = report.to_string().map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(path, text).map_err(|error| unwritable(path, &error))
    }

    fn junit_status(&self, run: &Run, found: &[Found], status: ExitStatus) -> TestCaseStatus {
        let (kind, message) = match run.verdict {
            Verdict::Pass => return TestCaseStatus::success(),
            // Neither passed nor failed: JUnit's nearest word is an error, and it must not look passed.
            Verdict::Inconclusive | Verdict::Invalid => {
                (NonSuccessKind::Error, run.limit.clone().unwrap_or_default())
            }
            Verdict::Fail => {
                let first = run.unmet.first().map(|unmet| unmet.what.clone());
                (NonSuccessKind::Failure, first.unwrap_or_default())
            }
        };
        let mut case = TestCaseStatus::non_success(kind);
        case.set_type(run.verdict.word());
        case.set_message(message);
        case.set_description(self.details(run, found, status, false));
        case
    }
}

/// Options and program of a call, as they are typed again.
fn options(args: &ExecArgs) -> String {
    let mut text = String::new();
    if args.time_scale.to_bits() != 1f64.to_bits() {
        let _ = write!(text, " --time-scale {}", args.time_scale);
    }
    if let Some(linger_ms) = args.linger {
        let _ = write!(text, " --linger {linger_ms}");
    }
    match args.flavour {
        Some(ExecFlavour::User) => text.push_str(" --flavour user"),
        Some(ExecFlavour::Kernel) => text.push_str(" --flavour kernel"),
        None => {}
    }
    if args.no_preload {
        text.push_str(" --no-preload");
    }
    text.push_str(" --");
    for word in &args.program {
        let _ = write!(text, " {}", quoted(&word.to_string_lossy()));
    }
    text
}

/// A word, quoted where a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:=,@%\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The lines of the trace around one, with their positions.
fn around(run: &Run, line: Option<usize>) -> impl Iterator<Item = (usize, &String)> {
    let (first, count) = match line {
        Some(line) => (line.saturating_sub(AROUND), line.min(AROUND) + AROUND + 1),
        None => (0, 0),
    };
    run.trace.iter().enumerate().skip(first).take(count)
}

fn indent(text: &str) -> String {
    text.replace('\n', "\n            ")
}
