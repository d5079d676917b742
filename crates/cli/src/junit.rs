//! The file of `--junit`: a test suite a file, a test case a profile.

use std::fs;
use std::path::Path;

use netiosim_scenario::run::{FileReport, Run, Style, Verdict, failure_text};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::trace_file::unwritable;

/// The report, as it grows.
pub(crate) struct Junit {
    report: Report,
}

impl Junit {
    /// A report without test suites.
    pub(crate) fn new() -> Self {
        Self { report: Report::new("netiosim") }
    }

    /// Adds a file as a test suite.
    pub(crate) fn add(&mut self, report: &FileReport) {
        let mut suite = TestSuite::new(report.file.display().to_string());
        if !report.problems.is_empty() {
            suite.add_test_case(invalid(report));
        }
        for run in &report.runs {
            suite.add_test_case(case(report, run));
        }
        for (profile, reason) in &report.excluded {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            suite.add_test_case(named(report, profile.name(), status));
        }
        self.report.add_test_suite(suite);
    }

    /// Writes the file, or says why not.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        let text =
            self.report.to_string().map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(path, text).map_err(|error| unwritable(path, &error))
    }
}

fn named(report: &FileReport, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    let class = if report.name.is_empty() {
        report.file.display().to_string()
    } else {
        report.name.clone()
    };
    case.set_classname(class);
    case
}

fn invalid(report: &FileReport) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(Verdict::Invalid.word());
    status.set_message(
        report.problems.first().map(|problem| problem.reason.clone()).unwrap_or_default(),
    );
    let pages: Vec<String> = report.problems.iter().map(|problem| problem.render(false)).collect();
    status.set_description(pages.join("\n\n"));
    named(report, "file", status)
}

fn case(report: &FileReport, run: &Run) -> TestCase {
    let status = match run.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        // Neither passed nor failed: JUnit's nearest word is an error, and it must not look passed.
        Verdict::Inconclusive | Verdict::Invalid => {
            let message = run.limit.clone().unwrap_or_else(|| run.verdict.word().to_owned());
            non_success(NonSuccessKind::Error, report, run, message)
        }
        Verdict::Fail => {
            let first = run.unmet.first().map(|unmet| unmet.what.clone()).unwrap_or_default();
            non_success(NonSuccessKind::Failure, report, run, first)
        }
    };
    let mut case = named(report, run.profile.name(), status);
    case.add_property(("seed", run.seed.to_string().as_str()));
    case.add_property(("deliveries", run.deliveries.to_string().as_str()));
    case.add_property(("virtual_ms", run.virtual_ms.to_string().as_str()));
    case
}

fn non_success(
    kind: NonSuccessKind,
    report: &FileReport,
    run: &Run,
    message: String,
) -> TestCaseStatus {
    let alone = FileReport {
        file: report.file.clone(),
        name: report.name.clone(),
        runs: vec![run.clone()],
        lines: report.lines.clone(),
        problems: Vec::new(),
        excluded: Vec::new(),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(run.verdict.word());
    status.set_message(message);
    status.set_description(failure_text(&alone, Style::default()));
    status
}
