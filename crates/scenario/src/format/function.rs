//! Functions of the API by the words of the language.

use std::borrow::Cow;

use netiosim_model::function::Function as ApiFunction;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A function of the API: `get_teredo_port`, `cancel_mib_change_notify2`, `get_if_table2_ex`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Function(pub ApiFunction);

impl Function {
    /// The name of the function in its header.
    #[must_use]
    pub const fn abi_name(self) -> &'static str {
        self.0.name()
    }

    /// The word for it, which is the name of its step, too.
    #[must_use]
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => self.abi_name().to_owned(),
        }
    }
}

impl From<Function> for ApiFunction {
    fn from(function: Function) -> Self {
        function.0
    }
}

impl JsonSchema for Function {
    fn schema_name() -> Cow<'static, str> {
        "Function".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let all = ApiFunction::ALL.into_iter().map(Function).map(|function| {
            serde_json::json!({
                "description": format!("{}.", function.abi_name()),
                "type": "string",
                "const": function.word()
            })
        });
        json_schema!({
            "description": "A function of the API.",
            "oneOf": all.collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiFunction, Function};
    use crate::format::Step;

    #[test]
    fn every_function_has_a_word_of_its_own_that_reads_back() {
        for function in ApiFunction::ALL.map(Function) {
            let word = serde_json::to_string(&function.word()).expect("a word");
            assert_eq!(serde_json::from_str::<Function>(&word).expect("a function"), function);
            assert_eq!(ApiFunction::parse(&function.word()), Some(function.0));
        }
    }

    /// A step that calls a function has the name of the function.
    #[test]
    fn steps_are_named_as_their_functions() {
        for function in ApiFunction::ALL.map(Function) {
            let word = function.word();
            if word == "cancel_mib_change_notify2" {
                continue;
            }
            let payload = match word.as_str() {
                "free_mib_table" => r#"{"table": "null"}"#,
                "cancel_ip_change_notify" => r#"{"overlapped": "null"}"#,
                "notify_addr_change" | "notify_route_change" => "{}",
                word if word.starts_with("notify_") => r#"{"as": "r"}"#,
                _ => "{}",
            };
            let text = format!(r#"{{"{word}": {payload}}}"#);
            let step: Result<Step, _> = serde_json::from_str(&text);
            assert!(step.is_ok(), "{text}: {step:?}");
        }
    }
}
