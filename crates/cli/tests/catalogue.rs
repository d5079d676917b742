//! `netiosim schema`, `rules`, `explain`, `profiles` and `new`.

mod support;

use std::fs;

use netiosim_model::profile::{OPTIONS, Profile};
use netiosim_model::rule::Rule;
use netiosim_scenario::{schema, template};
use serde_json::Value;
use support::{folder, netiosim, netiosim_in};

#[test]
fn the_schemas_are_those_of_the_library() {
    for (args, expected) in [
        (&["schema"][..], schema::scenario()),
        (&["schema", "scenario"], schema::scenario()),
        (&["schema", "stack"], schema::stack()),
    ] {
        let done = netiosim(args);
        assert_eq!(done.code, 0);
        let printed: Value = serde_json::from_str(&done.stdout).expect("JSON");
        assert_eq!(printed, expected, "{args:?}");
    }
}

#[test]
fn every_rule_has_a_line_and_a_page() {
    let done = netiosim(["rules"]);
    assert_eq!(done.stdout.lines().count(), Rule::ALL.len());
    for (rule, line) in Rule::ALL.iter().zip(done.stdout.lines()) {
        let words: Vec<&str> = line.split_whitespace().take(3).collect();
        assert_eq!(words, [rule.id(), rule.slug(), rule.severity().word()]);
        assert!(line.ends_with(rule.title()), "{line}");
        let by_id = netiosim(["explain", rule.id()]);
        let by_name = netiosim(["explain", rule.slug()]);
        assert_eq!((by_id.code, by_id.stdout.trim_end()), (0, rule.page().trim_end()));
        assert_eq!(by_id.stdout, by_name.stdout);
    }
}

#[test]
fn an_unknown_rule_is_corrected() {
    let done = netiosim(["explain", "self-cancle"]);
    assert_eq!((done.code, done.stdout.as_str()), (64, ""));
    assert!(done.stderr.contains("did you mean `self-cancel`?"), "{done:?}");
    let done = netiosim(["explain", "N999"]);
    assert_eq!(done.code, 64);
    assert!(done.stderr.contains("N001"), "{done:?}");
}

#[test]
fn profiles_tell_value_truth_and_evidence_of_every_option() {
    let done = netiosim(["profiles", "--format", "json"]);
    assert_eq!(done.code, 0);
    let printed: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(printed["version"], 1);
    let options = printed["options"].as_array().expect("a list");
    assert_eq!(options.len(), OPTIONS.len());
    for (option, spec) in options.iter().zip(OPTIONS) {
        assert_eq!(option["name"], spec.name);
        for profile in Profile::ALL {
            let under = &option["under"][profile.name()];
            let setting = spec.setting(profile);
            assert_eq!(under["allowed"], Value::from(setting.allowed.to_vec()));
            assert_eq!(under["truth"], setting.truth.word());
            assert_eq!(under["evidence"], setting.evidence);
        }
    }
    let human = netiosim(["profiles"]);
    for spec in OPTIONS {
        assert!(human.stdout.contains(&format!("\n{}  (", spec.name)), "{}", spec.name);
    }
}

#[test]
fn every_template_is_listed_and_its_scenarios_pass() {
    let folder = folder("templates");
    let list = netiosim(["new"]);
    assert_eq!(list.code, 0);
    for name in template::scenario_names().chain(template::names()) {
        assert!(list.stdout.lines().any(|line| line.trim_start().starts_with(name)), "{name}");
        let done = netiosim(["new", name]);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{name}");
        fs::write(folder.join(format!("{name}.json")), done.stdout).expect("a file");
    }
    for name in template::scenario_names() {
        let done = netiosim_in(&folder, ["run", &format!("{name}.json")]);
        assert_eq!(done.code, 0, "{name}: {}", done.stdout);
    }
}

#[test]
fn a_misspelt_template_is_corrected() {
    assert_eq!(netiosim(["new", "no-ipv6"]).code, 0);
    let done = netiosim(["new", "hoem"]);
    assert_eq!((done.code, done.stdout.as_str()), (64, ""));
    assert!(done.stderr.contains("did you mean `home`?"), "{done:?}");
}

#[test]
fn as_many_adapters_as_one_says() {
    let adapters = |args: &[&str]| {
        let done = netiosim(args);
        assert_eq!(done.code, 0, "{done:?}");
        let file: Value = serde_json::from_str(&done.stdout).expect("JSON");
        file["stack"]["interfaces"].as_array().expect("interfaces").len() - 1
    };
    assert_eq!(adapters(&["new", "many"]), 100);
    assert_eq!(adapters(&["new", "many", "--count", "7"]), 7);
    assert_eq!(adapters(&["new", "many", "--count", "0"]), 0);
    for args in [&["new", "home", "--count", "7"][..], &["new", "--count", "7"]] {
        let done = netiosim(args);
        assert_eq!((done.code, done.stdout.as_str()), (64, ""), "{args:?}");
        assert!(done.stderr.contains("`many`"), "{done:?}");
    }
    assert_eq!(netiosim(["new", "many", "--count", "65536"]).code, 64);
}

#[test]
fn the_stack_of_many_adapters_runs() {
    let folder = folder("many");
    let stack = netiosim(["new", "many", "--count", "300"]).stdout;
    fs::write(folder.join("many.stack.json"), stack).expect("a file");
    let scenario = r#"{"version": 1, "name": "one of many changes", "stack": {"file": "many.stack.json"},
        "timeline": [{"event": {"interface_set": {"interface": "Ethernet 256", "family": "inet", "mtu": 1400}}}],
        "expect": {"stack": {"interfaces": [{"alias": "Ethernet 300"}]}}}"#;
    fs::create_dir(folder.join("s")).expect("a folder");
    fs::write(folder.join("s/s.json"), scenario.replace("many.stack.json", "../many.stack.json"))
        .expect("a file");
    let done = netiosim_in(&folder, ["run", "s"]);
    assert_eq!(done.code, 0, "{done:?}");
}
