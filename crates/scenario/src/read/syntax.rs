//! The text before its meaning: size, encoding, depth, JSON syntax.

use serde_json::error::Category;

use crate::problem::{Problem, Source};

/// The biggest file that is read, in bytes: 16 MiB.
pub const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// How deep objects and lists may lie in each other.
pub const DEEPEST: usize = 100;

/// Looks at everything that must hold before the text can be parsed without harm.
pub(super) fn check(source: Source<'_>) -> Result<(), Box<Problem>> {
    let text = source.text;
    if text.len() as u64 > LARGEST_FILE {
        return Err(too_big(source.file, text.len() as u64));
    }
    if text.starts_with('\u{FEFF}') {
        let problem = Problem::at(source, 0..3, "", "the file begins with a byte order mark");
        return Err(Box::new(problem.with_help("save it as UTF-8 without a byte order mark")));
    }
    if text.trim_ascii().is_empty() {
        let problem = Problem::at(source, 0..0, "", "the file is empty");
        return Err(Box::new(problem.with_help("`netiosim new` prints a scenario to start from")));
    }
    depth(source)?;
    serde_json::from_str::<serde_json::Value>(text)
        .map(drop)
        .map_err(|error| syntax(source, &error))
}

/// The bytes of a file as text.
///
/// # Errors
///
/// Bytes that are not UTF-8, with the place.
pub fn text_of(file: &str, bytes: Vec<u8>) -> Result<String, Box<Problem>> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let start = error.as_bytes();
        let help = if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
            "it looks like UTF-16: save it as UTF-8"
        } else {
            "save it as UTF-8"
        };
        let byte = start.get(valid).copied().unwrap_or_default();
        let text = String::from_utf8_lossy(&start[..valid]);
        let reason = format!("the file is not UTF-8: byte {byte:#04x} at offset {valid}");
        let source = Source { file, text: &text };
        Box::new(Problem::at(source, valid..valid, "", reason).with_help(help))
    })
}

pub(crate) fn too_big(file: &str, bytes: u64) -> Box<Problem> {
    let mib = LARGEST_FILE / (1024 * 1024);
    let reason = format!("the file has {bytes} bytes; at most {mib} MiB are read");
    Box::new(Problem::of_file(file, reason))
}

/// Refuses deep nesting with one pass over the bytes and no recursion.
fn depth(source: Source<'_>) -> Result<(), Box<Problem>> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in source.text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let reason = format!("objects and lists lie more than {DEEPEST} deep in each other");
            return Err(Box::new(Problem::at(source, at..at + 1, "", reason)));
        }
    }
    Ok(())
}

/// An error of serde_json as a problem with its place.
fn syntax(source: Source<'_>, error: &serde_json::Error) -> Box<Problem> {
    let text = source.text;
    let at = offset(text, error.line(), error.column());
    let whole = error.to_string();
    let bare = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(reason, _)| reason);
    let next = text[at..].chars().next();
    let (reason, help) = match bare {
        "trailing comma" => ("a comma stands before the closing bracket", Some("remove it")),
        "key must be a string" if next == Some('}') => {
            ("a comma stands before the closing bracket", Some("remove it"))
        }
        "key must be a string" | "expected value" if next == Some('/') => {
            ("a comment stands here", Some("JSON has no comments: use `description`"))
        }
        "key must be a string" => {
            ("the name of a member must be a string", Some("write it in double quotes"))
        }
        "expected value" if next == Some('\'') => {
            ("expected a value", Some("strings stand in double quotes"))
        }
        "expected value" => ("expected a value", None),
        "trailing characters" => ("there is more after the end of the value", None),
        "EOF while parsing a value" => ("the file ends where a value should stand", None),
        "EOF while parsing an object" => ("the file ends within an object", None),
        "EOF while parsing a list" => ("the file ends within a list", None),
        "EOF while parsing a string" => ("the file ends within a string", None),
        "unexpected end of hex escape" | "lone leading surrogate in hex escape" => {
            ("half a pair of `\\u` escapes", Some("write the character itself"))
        }
        other if other.starts_with("control character") => (
            "a control character stands within a string",
            Some("write it as `\\n`, `\\t` or `\\u00…`"),
        ),
        other => (other, None),
    };
    let place = match error.classify() {
        Category::Eof => text.trim_end().len()..text.trim_end().len(),
        _ => at..at + next.map_or(0, char::len_utf8),
    };
    let problem = Problem::at(source, place, "", format!("not JSON: {reason}"));
    Box::new(match help {
        Some(help) => problem.with_help(help),
        None => problem,
    })
}

/// The byte of a line and column as serde_json counts them: bytes, the column from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        start += text[start..].find('\n').map_or(0, |at| at + 1);
    }
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
