//! A scenario without clients is one that a program lives through: its expectations name the registrations as the stack
//! does.

use std::path::Path;

use netiosim_scenario::load::scenario_text;

fn problems(registration: &str, pattern: &str) -> Vec<String> {
    let text = format!(
        r#"{{"version": 1, "name": "x", "expect": {{"deliveries": [
            {{"registration": "{registration}", "contains": [{pattern}]}}]}}}}"#
    );
    match scenario_text(&text, "x.json", Path::new("")) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{} {}", problem.reason, problem.help.as_deref().unwrap_or("")))
            .collect(),
    }
}

#[test]
fn the_names_of_the_stack_are_known() {
    for name in ["teredo-port-1", "teredo-port-12", "ip-interface-1", "unicast-address-2"] {
        assert_eq!(problems(name, "{}"), [""; 0], "{name}");
    }
    for name in ["route-1", "stable-table-1", "connectivity-hint-3"] {
        assert_eq!(problems(name, "{}"), [""; 0], "{name}");
    }
}

#[test]
fn other_names_are_told_with_those_that_there_are() {
    for name in ["teredo-port", "teredo-port-0", "teredo-port-01", "teredo-port-x", "ports"] {
        let problems = problems(name, "{}");
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        assert!(
            problems[0].contains(&format!("there is no registration `{name}`")),
            "{problems:?}"
        );
        assert!(problems[0].contains("`teredo-port-1`"), "{problems:?}");
    }
}

#[test]
fn a_pattern_that_no_delivery_of_theirs_can_fit_is_told() {
    let problems = problems("ip-interface-1", r#"{"port": 1}"#);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("has no port"), "{problems:?}");
}
