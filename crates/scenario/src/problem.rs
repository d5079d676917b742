//! What is wrong with a file, and where.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// The longest line that an excerpt shows whole, in bytes; of a longer one the part around the place.
const LONGEST_LINE: usize = 400;

/// The text of a file and its name, to speak about places in it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name of the file as messages give it.
    pub file: &'a str,
    /// The whole text.
    pub text: &'a str,
}

/// One thing that is wrong with a file: self-contained, the excerpt included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The line of the first character, from 1; 0: the file as a whole.
    pub line: usize,
    /// The column of the first character, from 1, in characters; 0: the file as a whole.
    pub column: usize,
    /// The line of the character after the last.
    pub end_line: usize,
    /// The column of the character after the last.
    pub end_column: usize,
    /// The bytes of the text that are meant.
    pub span: Range<usize>,
    /// The place in the structure: `clients[1].callbacks.on_port[0].lock`; empty: the whole file.
    pub path: String,
    /// What is wrong, in one sentence without a full stop.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
    excerpt: Option<Excerpt>,
}

/// The lines around a place, kept with the problem so that it can be shown without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Excerpt {
    text: String,
    first_line: usize,
    span: Range<usize>,
    /// Whether place and excerpt differ in column: the line was cut, or is empty.
    cut: bool,
}

impl Problem {
    /// A problem of the file as a whole, such as one that cannot be opened.
    #[must_use]
    pub fn of_file(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            span: 0..0,
            path: String::new(),
            reason: reason.into(),
            help: None,
            excerpt: None,
        }
    }

    /// A problem at these bytes of the text; bytes outside the text mean its end.
    #[must_use]
    pub fn at(
        source: Source<'_>,
        span: Range<usize>,
        path: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let start = boundary(source.text, span.start);
        let end = boundary(source.text, span.end).max(start);
        let (line, column) = position(source.text, start);
        let (end_line, end_column) = position(source.text, end);
        Self {
            file: source.file.to_owned(),
            line,
            column,
            end_line,
            end_column,
            span: start..end,
            path: path.into(),
            reason: reason.into(),
            help: None,
            excerpt: (!source.text.is_empty())
                .then(|| Excerpt::around(source.text, start..end, line)),
        }
    }

    /// The same problem with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem for people: what, where with a caret excerpt, the path, the advice. Without a
    /// line end; `color` puts ANSI escape codes in.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let reason = clean(&self.reason);
        let file = clean(&self.file);
        let mut group = Group::with_title(Level::ERROR.primary_title(reason));
        match &self.excerpt {
            Some(excerpt) => {
                let annotation = AnnotationKind::Primary.span(excerpt.span.clone());
                let snippet = Snippet::source(excerpt.text.as_str())
                    .line_start(excerpt.first_line)
                    .fold(false)
                    .annotation(annotation);
                if excerpt.cut {
                    // The snippet would count columns from where the line was cut.
                    let origin = Origin::path(file).line(self.line).char_column(self.column);
                    group = group.element(origin).element(snippet);
                } else {
                    group = group.element(snippet.path(file));
                }
            }
            None if self.line > 0 => {
                let origin = Origin::path(file).line(self.line).char_column(self.column);
                group = group.element(origin);
            }
            None => group = group.element(Origin::path(file)),
        }
        if !self.path.is_empty() {
            group = group.element(Level::NOTE.message(format!("in {}", clean(&self.path))));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(clean(help)));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, ": {}", self.path)?;
        }
        write!(f, ": {}", self.reason)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl Excerpt {
    /// The line of the place and the one above it, cut where they are very long.
    fn around(text: &str, span: Range<usize>, line: usize) -> Self {
        let own_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let own_end = text[span.start..].find('\n').map_or(text.len(), |at| span.start + at);
        let end = span.end.min(own_end);
        if own_end - own_start > LONGEST_LINE {
            let start = boundary(text, span.start.saturating_sub(60)).max(own_start);
            let stop = boundary(text, span.start + 100).min(own_end).max(span.start);
            return Self {
                text: text[start..stop].to_owned(),
                first_line: line,
                span: span.start - start..end.min(stop) - start,
                cut: true,
            };
        }
        let above =
            own_start.checked_sub(1).map(|end| text[..end].rfind('\n').map_or(0, |at| at + 1));
        let (start, first_line) = match above {
            Some(above) if own_start - above <= LONGEST_LINE => (above, line - 1),
            _ => (own_start, line),
        };
        Self {
            text: text[start..own_end].to_owned(),
            first_line,
            span: span.start - start..end - start,
            cut: own_start == own_end,
        }
    }
}

/// The last character boundary that is not after `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Line and column, from 1, of a byte of the text.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Text of a file inside a message: control characters must not reach a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source { file: "f.json", text: "{\n  \"é\": x}" };
        let at = source.text.find('x').expect("an x");
        let problem = Problem::at(source, at..at + 1, "é", "what is x");
        assert_eq!((problem.line, problem.column, problem.end_column), (2, 8, 9));
        assert_eq!(problem.to_string(), "f.json:2:8: é: what is x");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let text = format!("[{} 7]", "1, ".repeat(10_000));
        let source = Source { file: "f.json", text: &text };
        let at = text.find('7').expect("a seven");
        let shown = Problem::at(source, at..at + 1, "[10000]", "seven").render(false);
        assert!(shown.len() < 600, "{shown}");
        assert!(shown.contains("f.json:1:30003"), "{shown}");
        assert!(shown.contains('^'), "{shown}");
    }

    #[test]
    fn places_outside_the_text_mean_its_end() {
        let source = Source { file: "f.json", text: "{\n" };
        let problem = Problem::at(source, 90..95, "", "the text ends");
        assert_eq!((problem.line, problem.column), (2, 1));
        assert!(problem.render(false).contains("f.json:2:1"));
    }
}
