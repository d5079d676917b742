//! The report of an exploration for programs.

use netiosim_explore::scenario::Inevitable;
use netiosim_model::rule::Rule;
use netiosim_scenario::problem::Problem;
use netiosim_scenario::run::Verdict;
use serde::Serialize;

use super::one::{Finding, Report};

#[derive(Serialize)]
struct All {
    version: u32,
    explorations: Vec<Exploration>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemEntry>,
}

#[derive(Serialize)]
struct Exploration {
    file: String,
    name: String,
    profile: &'static str,
    strategy: String,
    seed: u64,
    verdict: &'static str,
    complete: bool,
    states: usize,
    transitions: u64,
    deduplicated: u64,
    depth: u32,
    ends: u64,
    schedules: u64,
    seconds: f64,
    states_per_second: f64,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    /// Rules that are expected and were found on no way.
    missing: Vec<&'static str>,
    /// What is expected sometimes, and was never seen.
    never_seen: Vec<String>,
    findings: Vec<FindingEntry>,
}

#[derive(Serialize)]
struct FindingEntry {
    /// Absent: an expectation was not met.
    rule: Option<&'static str>,
    message: String,
    expected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    schedule: String,
    /// After how many schedules it was found, where schedules are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedules: Option<u64>,
    steps: Vec<String>,
    /// Behind how many steps every continuation fails; absent: not known.
    inevitable_after: Option<usize>,
    story: String,
    /// The file of the smaller scenario.
    scenario: Option<String>,
    /// How many steps that one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario_steps: Option<usize>,
}

#[derive(Serialize)]
struct ProblemEntry {
    file: String,
    line: usize,
    column: usize,
    path: String,
    reason: String,
    help: Option<String>,
}

/// One JSON object: `version`, `explorations`; see docs/explore.md.
pub(super) fn report(reports: &[Report], problems: &[Problem]) -> String {
    let explored = reports.iter().filter(|report| report.verdict != Verdict::Invalid);
    let problems = problems.iter().map(|problem| ProblemEntry {
        file: problem.file.clone(),
        line: problem.line,
        column: problem.column,
        path: problem.path.clone(),
        reason: problem.reason.clone(),
        help: problem.help.clone(),
    });
    let all = All {
        version: 1,
        explorations: explored.map(exploration).collect(),
        problems: problems.collect(),
    };
    serde_json::to_string_pretty(&all).expect("plain data serializes")
}

fn exploration(report: &Report) -> Exploration {
    let seen = &report.seen;
    let verdict = match report.verdict {
        Verdict::Pass if seen.sampled => "sampled",
        Verdict::Pass => "proved",
        other => other.word(),
    };
    Exploration {
        file: report.file.display().to_string(),
        name: report.name.clone(),
        profile: report.profile.name(),
        strategy: report.strategy.clone(),
        seed: report.seed,
        verdict,
        complete: seen.complete(),
        states: seen.states,
        transitions: seen.transitions,
        deduplicated: seen.deduplicated,
        depth: seen.depth,
        ends: seen.ends,
        schedules: seen.schedules,
        seconds: report.seconds,
        states_per_second: seen.states as f64 / report.seconds.max(f64::MIN_POSITIVE),
        bytes: seen.bytes,
        limit: seen.stopped.clone(),
        missing: seen.missing.iter().map(|rule| rule.id()).collect(),
        never_seen: seen.never_seen.clone(),
        findings: report.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &Finding) -> FindingEntry {
    let found = &finding.counterexample;
    FindingEntry {
        rule: found.rule.map(Rule::id),
        message: found.message.clone(),
        expected: found.expected,
        path: found.unmet.as_ref().map(|unmet| unmet.path.clone()),
        schedule: found.schedule.to_string(),
        schedules: (found.schedules > 0).then_some(found.schedules),
        steps: finding.moves.clone(),
        inevitable_after: match finding.inevitable {
            Inevitable::After(steps) => Some(steps),
            Inevitable::Unknown => None,
        },
        story: finding.told.story.clone(),
        scenario: finding.shrunk.as_ref().map(|(path, _)| path.display().to_string()),
        scenario_steps: finding.shrunk.as_ref().map(|(_, steps)| *steps),
    }
}
