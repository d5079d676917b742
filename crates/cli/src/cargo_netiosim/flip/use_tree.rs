//! `use` declarations, whose groups may bring in a name that has to come from elsewhere.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::predicate::is_punct;
use super::source::{Walk, is_double_colon};
use super::{Edits, attribute, paths};

/// One branch of a `use` declaration.
#[derive(Debug)]
struct Branch<'a> {
    tokens: &'a [TokenTree],
    /// The names before what ends it, each with the place of its text.
    segments: Vec<(String, Range<usize>)>,
    /// How many tokens come up to and with each segment.
    after: Vec<usize>,
    end: End,
}

/// What a branch ends in.
#[derive(Debug)]
enum End {
    /// A name.
    Name,
    /// A name and `as` another.
    Renamed,
    /// `*`
    Glob,
    /// `{…}`
    Group(Vec<TokenTree>),
}

/// Flips a declaration, `tokens` being `use …;` and `before` what stands in front of it. `false`: this is not one.
pub(super) fn import(walk: &mut Walk<'_>, before: &[TokenTree], tokens: &[TokenTree]) -> bool {
    let Some(tree) = parse(&tokens[1..tokens.len() - 1]) else {
        return false;
    };
    let mut moved = Vec::new();
    if !branch(walk, &tree, &[], None, &mut moved) {
        return false;
    }
    if !moved.is_empty() {
        let front = front(walk, before);
        let end = tokens[tokens.len() - 1].span().byte_range().end;
        let more: String = moved.iter().map(|path| format!(" {front}use {path};")).collect();
        walk.edits.insert(end, more);
    }
    true
}

fn parse(tokens: &[TokenTree]) -> Option<Branch<'_>> {
    let mut at = if is_double_colon(tokens, 0) { 2 } else { 0 };
    let mut segments = Vec::new();
    let mut after = Vec::new();
    loop {
        match tokens.get(at)? {
            TokenTree::Ident(name) => {
                segments.push((name.to_string(), name.span().byte_range()));
                at += 1;
                after.push(at);
                if is_double_colon(tokens, at) {
                    at += 2;
                    continue;
                }
                let end = match tokens.get(at) {
                    None => End::Name,
                    Some(TokenTree::Ident(word)) if word == "as" && tokens.len() == at + 2 => {
                        End::Renamed
                    }
                    Some(_) => return None,
                };
                return Some(Branch { tokens, segments, after, end });
            }
            TokenTree::Punct(star) if star.as_char() == '*' && tokens.len() == at + 1 => {
                return Some(Branch { tokens, segments, after, end: End::Glob });
            }
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && tokens.len() == at + 1 =>
            {
                let inner = group.stream().into_iter().collect();
                return Some(Branch { tokens, segments, after, end: End::Group(inner) });
            }
            _ => return None,
        }
    }
}

/// Flips a branch below `prefix`. In a group, `place` is what to cut out when the branch has to be moved to a
/// declaration of its own.
fn branch(
    walk: &mut Walk<'_>,
    tree: &Branch<'_>,
    prefix: &[String],
    place: Option<Range<usize>>,
    moved: &mut Vec<String>,
) -> bool {
    let mut full = prefix.to_vec();
    for (index, (name, range)) in tree.segments.iter().enumerate() {
        full.push(name.clone());
        let Some((_, text)) = paths::replacement(&full).filter(|(count, _)| *count == full.len())
        else {
            continue;
        };
        let ends_here = index + 1 == tree.segments.len();
        let named = text.rsplit("::").next() == Some(name.as_str());
        let rename = if ends_here && !named && matches!(tree.end, End::Name) {
            format!(" as {name}")
        } else {
            String::new()
        };
        let self_name = (ends_here && !named).then_some(name.as_str());
        if let Some(place) = place {
            let rest = rendered(&tree.tokens[tree.after[index]..], self_name);
            moved.push(format!("{text}{rest}{rename}"));
            walk.edits.replace(place, "");
        } else {
            let start = tree.tokens[0].span().byte_range().start;
            walk.edits.replace(start..range.end, format!("{text}{rename}"));
            if let (End::Group(inner), Some(name)) = (&tree.end, self_name) {
                rename_self(inner, name, &mut walk.edits);
            }
        }
        return true;
    }
    match &tree.end {
        End::Group(inner) => {
            for (part, comma) in parts(inner) {
                let Some(inner_tree) = parse(part) else {
                    return false;
                };
                let end = comma.unwrap_or(part[part.len() - 1].span().byte_range().end);
                let place = part[0].span().byte_range().start..end;
                if !branch(walk, &inner_tree, &full, Some(place), moved) {
                    return false;
                }
            }
        }
        End::Glob => {
            full.push("*".to_owned());
            walk.note(tree.tokens[0].span().start().line, &full);
        }
        End::Name | End::Renamed => walk.note(tree.tokens[0].span().start().line, &full),
    }
    true
}

/// The branches in a group, each with the end of the comma after it.
fn parts(tokens: &[TokenTree]) -> Vec<(&[TokenTree], Option<usize>)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        if is_punct(token, ',') {
            parts.push((&tokens[start..at], Some(token.span().byte_range().end)));
            start = at + 1;
        }
    }
    parts.push((&tokens[start..], None));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Tokens as one line of text.
fn rendered(tokens: &[TokenTree], self_name: Option<&str>) -> String {
    let text = tokens.iter().cloned().collect::<TokenStream>().to_string();
    let text = text.replace(" :: ", "::").replace(":: ", "::");
    match (self_name, tokens.last()) {
        (Some(name), Some(TokenTree::Group(group))) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let inner: Vec<String> = parts(&inner)
                .into_iter()
                .map(|(part, _)| match part {
                    [TokenTree::Ident(word)] if word == "self" => format!("self as {name}"),
                    _ => part.iter().cloned().collect::<TokenStream>().to_string(),
                })
                .collect();
            format!("::{{{}}}", inner.join(", "))
        }
        _ => text,
    }
}

/// `{self}` of a module that has another name now.
fn rename_self(group: &[TokenTree], name: &str, edits: &mut Edits) {
    for (part, _) in parts(group) {
        if let [TokenTree::Ident(word)] = part
            && word == "self"
        {
            edits.insert(word.span().byte_range().end, format!(" as {name}"));
        }
    }
}

/// The attributes and the visibility of a declaration, for one beside it.
fn front(walk: &Walk<'_>, before: &[TokenTree]) -> String {
    let mut at = before.len();
    let mut visibility = String::new();
    match before {
        [.., TokenTree::Ident(word)] if word == "pub" => {
            at -= 1;
            "pub ".clone_into(&mut visibility);
        }
        [.., TokenTree::Ident(word), TokenTree::Group(scope)]
            if word == "pub" && scope.delimiter() == Delimiter::Parenthesis =>
        {
            at -= 2;
            visibility = format!("pub{scope} ");
        }
        _ => {}
    }
    let mut attributes = String::new();
    while at >= 2
        && is_punct(&before[at - 2], '#')
        && let TokenTree::Group(group) = &before[at - 1]
        && group.delimiter() == Delimiter::Bracket
    {
        at -= 2;
        let content: Vec<TokenTree> = group.stream().into_iter().collect();
        if matches!(content.first(), Some(TokenTree::Ident(name)) if name == "doc") {
            continue;
        }
        let mut edits = Edits::default();
        attribute::content(&content, walk.windows, &mut edits);
        let range = group.span().byte_range();
        // The edits are those of the whole file; of the part, they are moved to its beginning.
        let part = edits.apply_within(walk.text, range).replace('\n', " ");
        attributes = format!("#{part} {attributes}");
    }
    format!("{attributes}{visibility}")
}
