//! Type errors that may come of a dependency that is another on Windows, and was not named.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Mismatched types, and a trait that is not there.
const CODES: [&str; 2] = ["E0308", "E0277"];

/// What the compiler's wrapper notes of a crate.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// The crate's package.
    pub(crate) package: String,
    /// Crates that its type errors speak of.
    pub(crate) named: BTreeSet<String>,
    /// All that it uses.
    pub(crate) used: BTreeSet<String>,
}

impl Note {
    /// A note of a crate without errors so far, from how it is compiled.
    pub(crate) fn new(package: &str, arguments: &[OsString]) -> Self {
        let used = arguments.windows(2).filter(|pair| pair[0] == "--extern").map(|pair| {
            // `options:name=path`.
            let text = pair[1].to_string_lossy().into_owned();
            let name = text.split('=').next().unwrap_or_default();
            name.rsplit(':').next().unwrap_or_default().to_owned()
        });
        Self { package: package.to_owned(), named: BTreeSet::new(), used: used.collect() }
    }

    /// Looks at a line of the compiler's messages; whether it is such an error.
    pub(crate) fn hear(&mut self, line: &[u8]) -> bool {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { return false };
        let code = message["code"]["code"].as_str().unwrap_or_default();
        if !CODES.contains(&code) || message["level"] != "error" {
            return false;
        }
        texts(&message, &mut |key, text| match key {
            "file_name" => self.named.extend(of_registry(text)),
            "message" | "label" | "text" => {
                let spoken = |name: &&String| speaks(text, name);
                self.named.extend(self.used.iter().filter(spoken).cloned());
            }
            _ => {}
        });
        true
    }
}

/// Visits every text of a message that is not said twice.
fn texts(value: &Value, each: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| texts(value, each)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) => each(key, text),
                    // The page about the code.
                    _ if key == "code" => {}
                    _ => texts(value, each),
                }
            }
        }
        _ => {}
    }
}

/// Whether a text says `name::` or names the crate.
fn speaks(text: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let begins =
        |(at, _): (usize, &str)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    text.match_indices(&path).any(begins) || text.contains(&format!("crate `{name}`"))
}

/// The crate of a file among a registry's sources.
fn of_registry(file: &str) -> Option<String> {
    let (_, rest) = file.split_once("/registry/src/")?;
    let package = rest.split('/').nth(1)?;
    // `name-1.2.3`: a name may have a number, but no dot.
    let version = |(at, _): &(usize, &str)| {
        let rest = &package[at + 1..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with('.')
    };
    let (end, _) = package.match_indices('-').find(version)?;
    Some(package[..end].replace('-', "_"))
}

/// Explains them for people: `others` are the packages that stay as this machine's, by the names of their crates.
pub(crate) fn explain(notes: &[Note], others: &BTreeMap<String, String>) -> Vec<String> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for note in notes {
        let packages = |names: &'_ BTreeSet<String>| -> BTreeSet<&str> {
            names.iter().filter_map(|name| others.get(name)).map(String::as_str).collect()
        };
        if !packages(&note.used).is_empty() {
            named.entry(&note.package).or_default().extend(packages(&note.named));
        }
    }
    let told = named.into_iter().map(|(package, names)| {
        let tries: Vec<String> =
            names.iter().map(|name| format!("`--windows-crate {name}`")).collect();
        let tries = if tries.is_empty() {
            "`--windows-crate NAME` with its name".to_owned()
        } else {
            tries.join(", ")
        };
        format!(
            "`{package}` has type errors as its Windows self; a dependency of it may differ by system: try {tries}"
        )
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: &str = r#"{"message":"mismatched types","code":{"code":"E0308","explanation":"not_this::one"},
        "level":"error","spans":[{"file_name":"src/lib.rs","label":"expected `u32`, found `i32`",
        "text":[{"text":"let x: u32 = socket_kind::number();"}]}],
        "children":[{"message":"`Handle` is defined in crate `handles`","spans":[
        {"file_name":"/home/.cargo/registry/src/index-1/raw-fd-2-0.3.1/src/lib.rs","text":[]}]}]}"#;

    fn note(used: &[&str]) -> Note {
        let arguments: Vec<OsString> =
            used.iter().flat_map(|name| ["--extern".into(), name.into()]).collect();
        Note::new("a", &arguments)
    }

    #[test]
    fn the_crates_of_an_error_are_found() {
        let used =
            ["socket_kind=/x.rlib", "noprelude:handles=/y.rlib", "kind=/z.rlib", "not_this=/n"];
        let mut note = note(&used);
        assert!(!note.hear(b"no JSON"));
        assert!(!note.hear(ERROR.replace("E0308", "E0425").as_bytes()));
        assert!(!note.hear(ERROR.replace("\"error\"", "\"warning\"").as_bytes()));
        assert!(note.named.is_empty());
        assert!(note.hear(ERROR.as_bytes()));
        assert_eq!(Vec::from_iter(&note.named), ["handles", "raw_fd_2", "socket_kind"]);
    }

    #[test]
    fn what_can_be_named_is_proposed() {
        let mut note = note(&["socket_kind=/x.rlib", "std_only=/y.rlib"]);
        assert!(note.hear(ERROR.as_bytes()));
        let others = BTreeMap::from([("socket_kind".to_owned(), "socket-kind".to_owned())]);
        let told = explain(&[note], &others);
        assert_eq!(told.len(), 1);
        assert!(told[0].ends_with("may differ by system: try `--windows-crate socket-kind`"));
        let unknown =
            Note { package: "a".into(), used: ["socket_kind".into()].into(), ..Note::default() };
        let told = explain(&[unknown], &others);
        assert!(told[0].ends_with("try `--windows-crate NAME` with its name"), "{told:?}");
        assert!(explain(&[self::note(&["other=/x"])], &others).is_empty());
    }
}
