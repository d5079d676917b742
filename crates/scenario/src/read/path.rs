//! Where in the structure of a file something is.

use std::fmt;

/// One step from a value into a value within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Into the member of this name.
    Key(String),
    /// Into the element at this position.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A place in the structure of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonPath(pub(crate) Vec<Segment>);

impl JsonPath {
    /// The place one step further.
    pub(crate) fn then(&self, segment: impl Into<Segment>) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment.into());
        Self(segments)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if is_word(key) => {
                    let dot = if position == 0 { "" } else { "." };
                    write!(f, "{dot}{key}")?;
                }
                Segment::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))
}

/// The path that this text means, as [`JsonPath`] is displayed.
pub(crate) fn parse(text: &str) -> Option<JsonPath> {
    let mut path = JsonPath::default();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("[\"") {
            let (key, after) = inner.split_once("\"]")?;
            path = path.then(key);
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            path = path.then(index.parse::<usize>().ok()?);
            rest = after;
        } else {
            let word = rest.strip_prefix('.').unwrap_or(rest);
            let end = word.find(['.', '[']).unwrap_or(word.len());
            if end == 0 {
                return None;
            }
            path = path.then(&word[..end]);
            rest = &word[end..];
        }
    }
    Some(path)
}

/// The path that serde_path_to_error followed.
pub(crate) fn of_serde(path: &serde_path_to_error::Path) -> JsonPath {
    use serde_path_to_error::Segment as Serde;
    let segments = path.iter().filter_map(|segment| match segment {
        Serde::Seq { index } => Some(Segment::Index(*index)),
        Serde::Map { key } => Some(Segment::Key(key.clone())),
        Serde::Enum { variant } => Some(Segment::Key(variant.clone())),
        Serde::Unknown => None,
    });
    JsonPath(segments.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_written() {
        for text in
            ["", "version", "clients[1].callbacks.on_port[0].lock", "expect.threads[\"a.b\"]"]
        {
            assert_eq!(parse(text).expect("a path").to_string(), text);
        }
        for text in ["a..b", "[x]", "[\"a", "."] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
