//! The syntax tree of a file, with the bytes of every node.

use std::ops::Range;

use jsonc_parser::ast::{ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::path::{JsonPath, Segment};

/// The tree of a text that is known to be strict JSON of bounded depth.
pub(super) fn parse(text: &str) -> Option<Value<'_>> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    parse_to_ast(text, &CollectOptions::default(), &strict).ok()?.value
}

/// The bytes to point at for a value: all of a plain one, the opening bracket of others.
pub(super) fn span(value: &Value<'_>) -> Range<usize> {
    let range = value.range();
    match value {
        Value::Object(_) | Value::Array(_) => range.start..range.start + 1,
        _ => range.start..range.end,
    }
}

/// The bytes of a member's name, its quotes included.
pub(super) fn name_span(member: &ObjectProp<'_>) -> Range<usize> {
    let range = match &member.name {
        ObjectPropName::String(name) => name.range,
        ObjectPropName::Word(name) => name.range,
    };
    range.start..range.end
}

/// What a path leads to: the member that holds it, if the last step is a name, and the value.
///
/// A path that leads nowhere gives the last value on the way.
pub(super) fn find<'t, 'a>(
    root: &'t Value<'a>,
    path: &JsonPath,
) -> (Option<&'t ObjectProp<'a>>, &'t Value<'a>) {
    let mut member = None;
    let mut value = root;
    for segment in &path.0 {
        let next = match (segment, value) {
            (Segment::Key(key), Value::Object(object)) => {
                let found = object.properties.iter().find(|p| p.name.as_str() == key);
                found.map(|found| (Some(found), &found.value))
            }
            (Segment::Index(index), Value::Array(array)) => {
                array.elements.get(*index).map(|element| (None, element))
            }
            _ => None,
        };
        let Some((found, inner)) = next else { break };
        (member, value) = (found, inner);
    }
    (member, value)
}

/// Every element of every array and every member, with its path and the byte at which it starts.
pub(super) fn elements(value: &Value<'_>, path: &str, found: &mut impl FnMut(&str, usize)) {
    match value {
        Value::Object(object) => {
            for member in &object.properties {
                let name = member.name.as_str();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                found(&path, member.range().start);
                elements(&member.value, &path, found);
            }
        }
        Value::Array(array) => {
            for (n, element) in array.elements.iter().enumerate() {
                let path = format!("{path}[{n}]");
                found(&path, element.range().start);
                elements(element, &path, found);
            }
        }
        _ => {}
    }
}
