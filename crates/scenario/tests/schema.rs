//! The committed schemas are fresh, and say of every template and example that it is good.
//!
//! `NETIOSIM_BLESS=1 cargo test -p netiosim-scenario --test schema` writes the schemas anew.

use std::fs;
use std::path::{Path, PathBuf};

use netiosim_scenario::{load, schema, template};
use serde_json::Value;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

#[test]
fn the_committed_schemas_are_fresh() {
    let files = [
        ("scenario.schema.json", schema::text(&schema::scenario())),
        ("stack.schema.json", schema::text(&schema::stack())),
    ];
    for (name, fresh) in files {
        let path = docs().join(name);
        if std::env::var_os("NETIOSIM_BLESS").is_some() {
            fs::write(&path, &fresh).expect("a writable directory");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(committed == fresh, "docs/{name} is stale: run the tests with NETIOSIM_BLESS=1");
    }
}

fn errors(schema: &Value, text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let value: Value = serde_json::from_str(text).expect("JSON");
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn stack_templates_validate() {
    for name in template::names() {
        let text = template::stack_text(name).expect("a template");
        assert_eq!(errors(&schema::stack(), text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn example_scenarios_validate_and_load() {
    for name in template::scenario_names() {
        let text = template::scenario(name).expect("an example");
        assert_eq!(errors(&schema::scenario(), text), Vec::<String>::new(), "{name}");
        let loaded = load::scenario_text(text, name, Path::new(""));
        assert!(loaded.is_ok(), "{loaded:?}");
    }
}

/// The schema and the reader agree on the bad files whose shape is wrong: the schema of the editor
/// must not call good what the command refuses for its shape.
#[test]
fn what_the_reader_refuses_for_its_shape_the_schema_refuses_too() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_files");
    let mut refused = 0;
    for entry in fs::read_dir(directory).expect("the directory") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ext| ext != "json") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
        let read = netiosim_scenario::read::read_scenario(&text, "x.json");
        let Err(problems) = read else { continue };
        // JSON Schema sees neither a member that comes twice nor formats of our own.
        let beyond = |reason: &str| reason.contains("comes twice") || reason.contains("`: ");
        if problems.iter().all(|problem| beyond(&problem.reason)) {
            continue;
        }
        let validator = jsonschema::validator_for(&schema::scenario()).expect("a schema");
        assert!(!validator.is_valid(&value), "{}: {problems:?}", path.display());
        refused += 1;
    }
    assert!(refused >= 10, "{refused}");
}

/// Every member and every variant has a description, for the editor to show.
#[test]
fn everything_is_described() {
    fn walk(value: &Value, path: &str, missing: &mut Vec<String>) {
        let Some(members) = value.as_object() else { return };
        for (name, schema) in
            members.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let own = schema.get("description").is_some();
            // The only member of a variant is described by the variant.
            if !own && value.get("description").is_none() {
                missing.push(format!("{path}.{name}"));
            }
        }
        for (name, inner) in members {
            match inner {
                Value::Array(list) => {
                    for (index, one) in list.iter().enumerate() {
                        walk(one, &format!("{path}.{name}[{index}]"), missing);
                    }
                }
                other => walk(other, &format!("{path}.{name}"), missing),
            }
        }
    }
    for schema in [schema::scenario(), schema::stack()] {
        let mut missing = Vec::new();
        walk(&schema, "", &mut missing);
        for (name, definition) in schema["$defs"].as_object().expect("definitions") {
            if definition.get("description").is_none() {
                missing.push(name.clone());
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
