//! What the README shows is what the tool prints and what the tests compile.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod support;

use std::fs;
use std::path::PathBuf;

use support::netiosim_in;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The first fenced block of a language after a mark: its bytes in the text.
fn block(text: &str, mark: &str, language: &str) -> std::ops::Range<usize> {
    let after = text.find(mark).unwrap_or_else(|| panic!("the README has \"{mark}\""));
    let fence = format!("```{language}\n");
    let start = after + text[after..].find(&fence).expect("a fenced block follows") + fence.len();
    let end = start + text[start..].find("```").expect("the block ends");
    start..end
}

#[test]
fn the_deadlock_is_explained_as_the_tool_explains_it() {
    let file = root().join("README.md");
    let text = fs::read_to_string(&file).expect("the README");
    let scenario = "scenarios/deadlocks/lock_held_over_cancel.json";
    let done = netiosim_in(&root(), ["run", scenario, "--profile", "documented", "--verbose"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
    let at = block(&text, "<!-- deadlock", "text");
    if std::env::var_os("NETIOSIM_BLESS").is_some() {
        let blessed = format!("{}{}{}", &text[..at.start], done.stdout, &text[at.end..]);
        fs::write(&file, blessed).expect("the README can be written");
    } else {
        assert_eq!(text[at], done.stdout, "NETIOSIM_BLESS=1 cargo test rewrites it");
    }
}

#[test]
fn the_self_cancel_is_the_test_that_runs() {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let code = fs::read_to_string(root().join("tests/tests/self_cancel.rs")).expect("the test");
    let shown = &text[block(&text, "By hand is quickest", "rust")];
    assert_eq!(shown, code.split_once("\n\n").expect("a header, then the code").1);
}

#[test]
fn the_firewall_is_the_test_that_runs() {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let code = fs::read_to_string(root().join("tests/tests/firewall.rs")).expect("the test");
    let shown = &text[block(&text, "## In a Rust test", "rust")];
    let code = code.split_once("\n\n").expect("a header, then the code").1;
    assert_eq!(shown, code);
    assert!(shown.lines().count() < 30, "under 30 lines");
}

#[test]
fn the_usable_address_is_the_test_that_runs() {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let code = fs::read_to_string(root().join("tests/tests/usable_address.rs")).expect("the test");
    let shown = &text[block(&text, "<!-- usable address", "rust")];
    assert_eq!(shown, code.split_once("\n\n").expect("a header, then the code").1);
}

/// The steps of the table of what it has, one after the other on the machine at home.
#[test]
fn the_steps_of_the_table_do_what_they_say() {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, section) = text.split_once("## What it has").expect("the section");
    let (table, _) = section.split_once("\n## ").expect("another section follows");
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let step = |row: &str| {
        let step = row.trim_end_matches(" |").rsplit("| ").next().expect("a last cell").to_owned();
        step.trim_matches('`').to_owned()
    };
    let steps: Vec<String> = rows.map(step).collect();
    assert_eq!(steps.len(), 14);
    let steps = steps.join(",\n");
    let scenario = format!(
        r#"{{"version": 1, "name": "what it has", "stack": {{"template": "home", "teredo": {{"port": 50001}}}}, "clients": [{{
          "name": "c", "threads": [{{"name": "t", "steps": [
            {{"get_ip_interface_entry": {{"interface": "Ethernet", "family": "inet", "keep": "as_it_was"}}}},
            {{"get_unicast_ip_address_table": {{"as": "addresses"}}}},
            {steps}
          ]}}]}}]}}"#
    );
    let file = std::env::temp_dir().join(format!("netiosim-readme-{}.json", std::process::id()));
    fs::write(&file, scenario).expect("a file of the test's own");
    let name = file.display().to_string();
    let done = netiosim_in(&root(), ["run", name.as_str(), "--profile", "documented"]);
    fs::remove_file(&file).expect("it is still there");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}
