//! Files that read well and still describe no machine: the problem is told at its place.

use std::fs;

use netiosim_model::profile::Profile;
use netiosim_scenario::program::compile;
use netiosim_scenario::read;
use netiosim_scenario::run::build_problem;

/// The problem of a scenario with this stack and timeline, at its line and column.
fn problem(name: &str, rest: &str) -> String {
    let text = format!("{{\"version\": 1, \"name\": \"x\",\n{rest}\n}}");
    let scenario = read::read_scenario(&text, "x.json").expect("a good file");
    let stack = netiosim_scenario::template::resolve(&scenario.stack, std::path::Path::new("."));
    let stack = stack.expect("a stack");
    let error = compile(&scenario, &stack, Profile::Documented).expect_err("it cannot be built");
    let file = std::env::temp_dir().join(format!("netiosim-{}-{name}.json", std::process::id()));
    fs::write(&file, &text).expect("a file of the test's own");
    let problem = build_problem(&file.display().to_string(), &error);
    fs::remove_file(&file).expect("it is still there");
    format!("{}:{} {}: {}", problem.line, problem.column, problem.path, problem.reason)
}

#[test]
fn a_storm_that_makes_no_sense_has_its_line() {
    let timeline = r#""stack": {"template": "home"},
"timeline": [
  {"at_ms": 1, "event": {"interface_remove": {"interface": "Ethernet"}}},
  {"at_ms": 2, "event": {"storm": {"wifi_roam": {"interface": "Ethernet"}}}}
]"#;
    let told = problem("storm", timeline);
    assert!(told.starts_with("5:"), "{told}");
    assert!(told.contains("timeline[1]") && told.contains("Ethernet"), "{told}");
}
