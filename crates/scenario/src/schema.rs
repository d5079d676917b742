//! The JSON schemas of scenario and stack files, generated from the types in [`format`](crate::format).

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::format::{Scenario, StackFile};

static SCENARIO: LazyLock<Value> = LazyLock::new(|| generate::<Scenario>("netiosim scenario"));
static STACK: LazyLock<Value> = LazyLock::new(|| generate::<StackFile>("netiosim stack"));

/// The schema of a scenario file, JSON Schema 2020-12.
#[must_use]
pub fn scenario() -> Value {
    SCENARIO.clone()
}

/// The schema of a stack file, JSON Schema 2020-12.
#[must_use]
pub fn stack() -> Value {
    STACK.clone()
}

/// A schema as the text that is committed under `docs/`: indented, with a line end.
#[must_use]
pub fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}

pub(crate) fn scenario_ref() -> &'static Value {
    &SCENARIO
}

pub(crate) fn stack_ref() -> &'static Value {
    &STACK
}

fn generate<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    let mut schema = schema.to_value();
    tidy(&mut schema);
    schema
}

/// Makes one line of every paragraph of the descriptions, which are broken as the source is, and says
/// where 32-bit numbers end.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("format").is_some_and(|format| format == "uint32") {
                members.entry("maximum").or_insert_with(|| u32::MAX.into());
            }
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => {
                        let paragraphs: Vec<String> = text
                            .split("\n\n")
                            .map(|paragraph| paragraph.replace('\n', " "))
                            .collect();
                        *text = paragraphs.join("\n\n");
                    }
                    _ => tidy(member),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(tidy),
        _ => {}
    }
}
