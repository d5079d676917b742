//! The report for programs.

use serde::Serialize;

use super::{FileReport, Verdict};

#[derive(Serialize)]
struct Report {
    version: u32,
    summary: Summary,
    scenarios: Vec<Entry>,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
    inconclusive: usize,
    invalid: usize,
}

#[derive(Serialize)]
struct Entry {
    file: String,
    name: String,
    profile: Option<&'static str>,
    verdict: &'static str,
    deliveries: usize,
    virtual_ms: u64,
    findings: Vec<FindingEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<FailureEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
}

#[derive(Serialize)]
struct FindingEntry {
    rule: &'static str,
    message: String,
    requirements: Vec<&'static str>,
}

#[derive(Serialize)]
struct FailureEntry {
    path: String,
    what: String,
    expected: String,
    got: String,
}

#[derive(Serialize)]
struct ProblemEntry {
    line: usize,
    column: usize,
    path: String,
    reason: String,
    help: Option<String>,
}

/// One JSON object for all files: `version`, `summary`, `scenarios`; see docs/cli.md.
#[must_use]
pub fn json_report(files: &[FileReport]) -> String {
    let scenarios: Vec<Entry> = files.iter().flat_map(entries).collect();
    let count =
        |verdict: Verdict| scenarios.iter().filter(|entry| entry.verdict == verdict.word()).count();
    let summary = Summary {
        passed: count(Verdict::Pass),
        failed: count(Verdict::Fail),
        inconclusive: count(Verdict::Inconclusive),
        invalid: count(Verdict::Invalid),
    };
    let report = Report { version: 1, summary, scenarios };
    serde_json::to_string_pretty(&report).expect("plain data serializes")
}

fn entries(report: &FileReport) -> Vec<Entry> {
    let file = report.file.display().to_string();
    if !report.problems.is_empty() {
        let problems = report.problems.iter().map(|problem| ProblemEntry {
            line: problem.line,
            column: problem.column,
            path: problem.path.clone(),
            reason: problem.reason.clone(),
            help: problem.help.clone(),
        });
        return vec![Entry {
            file,
            name: report.name.clone(),
            profile: None,
            verdict: Verdict::Invalid.word(),
            deliveries: 0,
            virtual_ms: 0,
            findings: Vec::new(),
            failures: Vec::new(),
            problems: problems.collect(),
            limit: None,
        }];
    }
    let entry = |run: &super::Run| Entry {
        file: file.clone(),
        name: report.name.clone(),
        profile: Some(run.profile.name()),
        verdict: run.verdict.word(),
        deliveries: run.deliveries,
        virtual_ms: run.virtual_ms,
        findings: run
            .findings
            .iter()
            .map(|finding| FindingEntry {
                rule: finding.rule.id(),
                message: finding.message.clone(),
                requirements: finding.rule.requirements().to_vec(),
            })
            .collect(),
        failures: run
            .unmet
            .iter()
            .map(|unmet| FailureEntry {
                path: unmet.path.split(" (line ").next().unwrap_or_default().to_owned(),
                what: unmet.what.clone(),
                expected: unmet.expected.clone(),
                got: unmet.got.clone(),
            })
            .collect(),
        problems: Vec::new(),
        limit: run.limit.clone(),
    };
    report.runs.iter().map(entry).collect()
}
