//! Reading scenario and stack files, and saying of a bad one everything that is wrong with it.
//!
//! Four passes, each only if the one before found nothing: size, encoding, depth and JSON syntax;
//! then the shape of every value against the schema of [`schema`], which finds all
//! errors that do not hide each other; then serde. References within the file are looked at by
//! [`check`](crate::check).

mod path;
mod shape;
mod syntax;
mod tree;

use std::collections::BTreeMap;
use std::ops::Range;

use jsonc_parser::ast::Value as Node;
use serde::de::DeserializeOwned;

pub(crate) use path::JsonPath;
pub(crate) use syntax::too_big;
pub use syntax::{DEEPEST, LARGEST_FILE, text_of};

use crate::format::{Scenario, StackFile};
use crate::problem::{Problem, Source};
use crate::schema;

/// How many problems of one file are told at most.
pub const MOST_PROBLEMS: usize = 100;

/// Makes a scenario of the text of a scenario file.
///
/// # Errors
///
/// Every problem of size, syntax and shape that does not hide another, in the order of the text.
///
/// # Examples
///
/// ```
/// let text = r#"{"version": 1, "nam": "x", "seed": "7"}"#;
/// let problems = netiosim_scenario::read::read_scenario(text, "x.json").unwrap_err();
/// assert_eq!(problems.len(), 2);
/// assert_eq!(problems[0].help.as_deref(), Some("did you mean `name`?"));
/// assert_eq!((problems[1].path.as_str(), problems[1].column), ("seed", 36));
/// ```
pub fn read_scenario(text: &str, file_name: &str) -> Result<Scenario, Vec<Problem>> {
    read(Source { file: file_name, text }, schema::scenario_ref())
}

/// Makes a stack of the text of a stack file.
///
/// # Errors
///
/// As [`read_scenario`].
pub fn read_stack_file(text: &str, file_name: &str) -> Result<StackFile, Vec<Problem>> {
    read(Source { file: file_name, text }, schema::stack_ref())
}

/// The bytes of what a path such as `clients[1].name` leads to in a JSON text.
///
/// A path that leads nowhere gives the bytes of the last value on the way; a text that is not JSON
/// gives nothing.
#[must_use]
pub fn locate(text: &str, path: &str) -> Option<Range<usize>> {
    let source = Source { file: "", text };
    syntax::check(source).ok()?;
    let tree = tree::parse(text)?;
    let (_, value) = tree::find(&tree, &path::parse(path)?);
    Some(tree::span(value))
}

/// The line of every element of a list and every member, from 1, by its path.
///
/// A text that is not JSON has none.
#[must_use]
pub fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    let source = Source { file: "", text };
    if syntax::check(source).is_ok()
        && let Some(tree) = tree::parse(text)
    {
        let mut starts = Vec::new();
        tree::elements(&tree, "", &mut |path, start| starts.push((start, path.to_owned())));
        starts.sort_unstable();
        let (mut line, mut at) = (1, 0);
        for (start, path) in starts {
            line += text[at..start].bytes().filter(|byte| *byte == b'\n').count();
            at = start;
            lines.insert(path, line);
        }
    }
    lines
}

/// A reason at a place in the structure, before the place in the text is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where.
    pub(crate) path: JsonPath,
    /// Whether the name of the member is meant, not its value.
    pub(crate) at_name: bool,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

/// Puts faults that were found in the typed value into the text, in its order.
pub(crate) fn place(source: Source<'_>, faults: Vec<Fault>) -> Vec<Problem> {
    if faults.is_empty() {
        return Vec::new();
    }
    let tree = tree::parse(source.text);
    let problem = |fault: Fault| {
        let span = tree.as_ref().map_or(0..0, |tree| match tree::find(tree, &fault.path) {
            (Some(member), _) if fault.at_name => tree::name_span(member),
            (_, value) => tree::span(value),
        });
        let problem = Problem::at(source, span, fault.path.to_string(), fault.reason);
        match fault.help {
            Some(help) => problem.with_help(help),
            None => problem,
        }
    };
    in_order(faults.into_iter().map(problem).collect())
}

fn read<T: DeserializeOwned>(
    source: Source<'_>,
    schema: &serde_json::Value,
) -> Result<T, Vec<Problem>> {
    syntax::check(source).map_err(|problem| vec![*problem])?;
    if let Some(tree) = tree::parse(source.text) {
        let problems = shape::check(source, &tree, schema);
        if !problems.is_empty() {
            return Err(in_order(problems));
        }
    }
    deserialize(source).map_err(|problem| vec![*problem])
}

/// The last pass. What the schema cannot say (and it says nearly all) comes out here.
fn deserialize<T: DeserializeOwned>(source: Source<'_>) -> Result<T, Box<Problem>> {
    let mut deserializer = serde_json::Deserializer::from_str(source.text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = path::of_serde(error.path());
        let whole = error.inner().to_string();
        let reason = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(reason, _)| reason);
        let tree: Option<Node<'_>> = tree::parse(source.text);
        let span = tree.map_or(0..0, |tree| tree::span(tree::find(&tree, &path).1));
        Box::new(Problem::at(source, span, path.to_string(), reason))
    })
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.span.start, &a.path).cmp(&(b.span.start, &b.path)));
    if problems.len() > MOST_PROBLEMS {
        problems.truncate(MOST_PROBLEMS);
        let file = problems[0].file.clone();
        problems.push(Problem::of_file(file, "there are more problems than are shown"));
    }
    problems
}
