//! Values: a number, a variable or a text.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that steps and expectations compare.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// A whole number; `true` and `false` are read as 1 and 0.
    Number(u64),
    /// The name of a variable, without the `$` with which the file writes it.
    Variable(String),
    /// Literal text.
    Text(String),
}

impl Value {
    /// The value that this string of a file stands for: a variable if it starts with `$`.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        match text.strip_prefix('$') {
            Some(name) => Self::Variable(name.to_owned()),
            None => Self::Text(text.to_owned()),
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Variable(name) => serializer.collect_str(&format_args!("${name}")),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0, a string, true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Number(u64::from(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        u64::try_from(value)
            .map(Value::Number)
            .map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from_text(value))
    }
}

impl JsonSchema for Value {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A whole number; true or false (1 or 0); a variable such as \"$port\"; \
                            or literal text.",
            "type": ["integer", "string", "boolean"],
            "format": "uint64",
            "minimum": 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read() {
        let read = |text: &str| serde_json::from_str::<Value>(text);
        assert_eq!(read("7").expect("a number"), Value::Number(7));
        assert_eq!(read("true").expect("a boolean"), Value::Number(1));
        assert_eq!(read("\"$port\"").expect("a variable"), Value::Variable("port".into()));
        assert_eq!(read("\"null\"").expect("a text"), Value::Text("null".into()));
        for bad in ["-1", "1.5", "null", "[]", "{}", "18446744073709551616"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for value in [Value::Number(9), Value::from_text("$a.b"), Value::from_text("x")] {
            let text = serde_json::to_string(&value).expect("text");
            assert_eq!(serde_json::from_str::<Value>(&text).expect("value"), value);
        }
    }
}
