//! The examples of the reference, `docs/scenarios.md`, do what it says, in every mode.
//!
//! Of its JSON blocks a whole scenario is run as it stands; a list of steps is what the only thread of
//! a program on a home machine does; an object with `steps` says besides what must come out (`expect`),
//! or that they are those of a callback that the function `callback` registers.

use std::fs;
use std::path::Path;

use netiosim_scenario::load;
use netiosim_scenario::run::{RunMode, Verdict, run_scenario};
use serde_json::{Value, json};

fn blocks() -> Vec<(usize, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = fs::read_to_string(path).expect("the reference");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (n, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```json") => open = Some((n + 1, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

/// The scenario that a block stands for, if it is one of the kinds that are run.
fn scenario(block: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(block).ok()?;
    if value.get("version").is_some() {
        return Some(value);
    }
    let (steps, rest) = match &value {
        Value::Array(_) => (value.clone(), json!({})),
        Value::Object(members) => (members.get("steps")?.clone(), value.clone()),
        _ => return None,
    };
    let client = match rest.get("callback").and_then(Value::as_str) {
        Some(function) => json!({
            "name": "program",
            "callbacks": {"on_change": steps},
            "threads": [{"name": "main", "steps": [
                {function: {"as": "changes", "callback": "on_change", "initial": true}},
                {"change": {"event": {"address_add": {"interface": "Ethernet", "address": "10.7.7.7/24"}}}},
                {"sleep": {"ms": 10_000}},
                {"cancel": {"handle": "changes"}}
            ]}]
        }),
        None => json!({"name": "program", "threads": [{"name": "main", "steps": steps}]}),
    };
    let mut scenario = json!({
        "version": 1,
        "name": "an example",
        "profiles": {"except": {"wine": "most of it is not there"}},
        "clients": [client]
    });
    if let Some(expect) = rest.get("expect") {
        scenario["expect"] = expect.clone();
    }
    Some(scenario)
}

#[test]
fn every_example_does_what_it_says() {
    let mut run = 0;
    for (line, block) in blocks() {
        let Some(value) = scenario(&block) else { continue };
        let name = format!("docs/scenarios.md:{line}");
        let loaded = match load::scenario_text(&value.to_string(), &name, Path::new("")) {
            Ok(loaded) => loaded,
            Err(problems) => panic!("{name}: {}", problems[0]),
        };
        for profile in netiosim_model::profile::Profile::ALL {
            if loaded.scenario.profiles.except.contains_key(profile.name()) {
                continue;
            }
            for mode in RunMode::ALL {
                let outcome = run_scenario(&loaded, profile, mode, None).expect("it can be built");
                let unmet = &outcome.unmet;
                let text = format!("{name} {profile} {}: {unmet:#?}", mode.name());
                assert_eq!(outcome.verdict, Verdict::Pass, "{text}");
            }
        }
        run += 1;
    }
    assert!(run >= 11, "only {run} examples were found");
}

/// Every step is on the page, by its own name or as one of a family that the page describes.
#[test]
fn every_step_is_on_the_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = fs::read_to_string(path).expect("the reference");
    let schema = netiosim_scenario::schema::scenario();
    let steps = schema["$defs"]["Step"]["oneOf"].as_array().expect("the steps");
    let names = steps.iter().filter_map(|step| step["properties"].as_object()?.keys().next());
    let families =
        ["ip_interface", "if", "unicast", "anycast", "multicast", "ip_forward", "ip_net"];
    let verbs = ["get", "set", "create", "delete", "initialize"];
    let row = |name: &str| {
        let of =
            |family: &str| verbs.iter().any(|verb| name.starts_with(&format!("{verb}_{family}")));
        name.contains("_entry") && families.iter().any(|family| of(family))
    };
    let table = |name: &str| name.starts_with("get_") && name.contains("_table");
    let mut count = 0;
    for name in names {
        let named = ["`", "\""].iter().any(|mark| text.contains(&format!("{mark}{name}{mark}")));
        let family = row(name) || table(name) || name.starts_with("convert_");
        assert!(named || family, "{name} is not on the page");
        count += 1;
    }
    assert!(count > 80, "{count}");
}
