//! One source file.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, extra};

use super::predicate::is_punct;
use super::{Edits, Remark, Windows, attribute, paths, predicate, use_tree};

/// A source file's Windows side.
#[derive(Debug, Default)]
pub(crate) struct Flipped {
    /// The text; `None`: there is nothing to flip, the original serves.
    pub(crate) text: Option<String>,
    /// What will not be as on Windows.
    pub(crate) remarks: Vec<Remark>,
}

/// Words without which a file has nothing to flip, so that most files are not even parsed.
const WORDS: &[&str] = &[
    "cfg", "windows", "c_long", "c_ulong", "wchar_t", "wcslen", "winsock2", "link", "stdcall",
    "cdecl", "win64",
];

/// Flips a source file. What is not Rust, such as a template, comes back as it is.
pub(crate) fn source(text: &str, windows: Windows) -> Flipped {
    if !WORDS.iter().any(|word| text.contains(word)) {
        return Flipped::default();
    }
    // A byte-order mark and a first line `#!…` are not tokens.
    let start = usize::from(text.starts_with('\u{feff}')) * '\u{feff}'.len_utf8();
    let rest = &text[start..];
    let start = match rest.find('\n') {
        Some(end) if rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[') => {
            start + end
        }
        _ => start,
    };
    let (head, body) = text.split_at(start);
    let Ok(tokens) = TokenStream::from_str(body) else {
        return Flipped::default();
    };
    let mut walk = Walk { text: body, windows, edits: Edits::default(), remarks: Vec::new() };
    walk.tokens(&tokens.into_iter().collect::<Vec<_>>());
    let Walk { edits, mut remarks, .. } = walk;
    // Every parsed file takes a part of a 32-bit space of positions until it is given back.
    extra::invalidate_current_thread_spans();
    let lines_before = head.matches('\n').count();
    for remark in &mut remarks {
        remark.line += lines_before;
    }
    remarks.sort();
    remarks.dedup();
    let text = (!edits.is_empty()).then(|| format!("{head}{}", edits.apply(body)));
    Flipped { text, remarks }
}

/// The way through the tokens of a file.
pub(super) struct Walk<'a> {
    pub(super) text: &'a str,
    pub(super) windows: Windows,
    pub(super) edits: Edits,
    pub(super) remarks: Vec<Remark>,
}

impl Walk<'_> {
    fn tokens(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.attribute(tokens, at),
                TokenTree::Ident(word) if word == "use" => self.import(tokens, at),
                TokenTree::Ident(word) if word == "extern" => self.abi(tokens, at),
                TokenTree::Ident(_) => self.path(tokens, at),
                TokenTree::Group(group) => {
                    self.tokens(&group.stream().into_iter().collect::<Vec<_>>());
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// `#[…]` and `#![…]`, wherever they stand, in a macro's arguments too.
    fn attribute(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let inner = usize::from(tokens.get(at + 1).is_some_and(|token| is_punct(token, '!')));
        let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner) else {
            return at + 1;
        };
        if group.delimiter() != Delimiter::Bracket {
            return at + 1;
        }
        let content: Vec<TokenTree> = group.stream().into_iter().collect();
        attribute::content(&content, self.windows, &mut self.edits);
        at + 2 + inner
    }

    fn import(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let Some(length) = tokens[at..].iter().position(|token| is_punct(token, ';')) else {
            return at + 1;
        };
        let end = at + length;
        if use_tree::import(self, &tokens[..at], &tokens[at..=end]) { end + 1 } else { at + 1 }
    }

    /// `extern "stdcall"` and its like, which exist for 32-bit Windows and are `system` everywhere else.
    fn abi(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let Some(TokenTree::Literal(abi)) = tokens.get(at + 1) else {
            return at + 1;
        };
        let new = match abi.to_string().as_str() {
            "\"stdcall\"" | "\"win64\"" => "\"system\"",
            "\"stdcall-unwind\"" | "\"win64-unwind\"" => "\"system-unwind\"",
            "\"cdecl\"" => "\"C\"",
            _ => return at + 2,
        };
        self.edits.replace(abi.span().byte_range(), new);
        at + 2
    }

    fn path(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let path = Path::at(tokens, at);
        if let Some((count, text)) = paths::replacement(&path.segments) {
            let last = tokens[at + 3 * (count - 1)].span().byte_range();
            self.edits.replace(path.start..last.end, text);
        } else {
            self.note(tokens[at].span().start().line, &path.segments);
        }
        let is_macro = tokens.get(path.next).is_some_and(|token| is_punct(token, '!'));
        match (tokens.get(path.next + 1), path.segments.last().map(String::as_str)) {
            (Some(TokenTree::Group(group)), Some("cfg")) if is_macro => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                predicate::list(&inner, self.windows, &mut self.edits);
                path.next + 2
            }
            (Some(TokenTree::Group(group)), Some("cfg_select" | "cfg_match")) if is_macro => {
                self.arms(&group.stream().into_iter().collect::<Vec<_>>());
                path.next + 2
            }
            _ => path.next,
        }
    }

    /// `predicate => { … }` after each other, in `cfg_select!`.
    fn arms(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let Some(arrow) = rest.windows(2).position(is_arrow) {
            predicate::one(&rest[..arrow], self.windows, &mut self.edits);
            rest = &rest[arrow + 2..];
            // What the arm gives: a block, or an expression up to a comma.
            let end = match rest.first() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => 1,
                _ => rest.iter().position(|token| is_punct(token, ',')).unwrap_or(rest.len()),
            };
            self.tokens(&rest[..end]);
            rest = &rest[end..];
            while rest.first().is_some_and(|token| is_punct(token, ',')) {
                rest = &rest[1..];
            }
        }
        self.tokens(rest);
    }

    /// Remarks on a path at a line.
    pub(super) fn note(&mut self, line: usize, segments: &[String]) {
        if let Some(text) = paths::remark(segments) {
            // The glob matters only where one of the two names is used.
            if segments.last().is_some_and(|last| last == "*")
                && !["c_long", "c_ulong"].iter().any(|name| self.text.contains(name))
            {
                return;
            }
            self.remarks.push(Remark { line, text });
        }
    }
}

fn is_arrow(pair: &[TokenTree]) -> bool {
    is_punct(&pair[0], '=') && is_punct(&pair[1], '>')
}

/// A path `a::b::c`.
struct Path {
    segments: Vec<String>,
    /// Where its text begins, a leading `::` included.
    start: usize,
    /// The token after it.
    next: usize,
}

impl Path {
    fn at(tokens: &[TokenTree], at: usize) -> Self {
        let mut segments = vec![tokens[at].to_string()];
        let mut next = at + 1;
        while is_double_colon(tokens, next)
            && let Some(TokenTree::Ident(segment)) = tokens.get(next + 2)
        {
            segments.push(segment.to_string());
            next += 3;
        }
        let start = if at >= 2 && is_double_colon(tokens, at - 2) {
            let after_something = at >= 3
                && (matches!(tokens[at - 3], TokenTree::Ident(_) | TokenTree::Group(_))
                    || is_punct(&tokens[at - 3], '>'));
            if after_something {
                // `<T>::std::os` or `$crate::std::os`: not the crate std.
                segments[0] = format!("…::{}", segments[0]);
            }
            tokens[at - 2].span().byte_range().start
        } else {
            tokens[at].span().byte_range().start
        };
        Self { segments, start, next }
    }
}

pub(super) fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Punct(first)), Some(second)) => {
            first.as_char() == ':' && first.spacing() == Spacing::Joint && is_punct(second, ':')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
