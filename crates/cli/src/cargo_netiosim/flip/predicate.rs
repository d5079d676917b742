//! Predicates about the target, `all(windows, not(target_env = "msvc"))`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{Edits, Windows};

const TRUE: &str = "all()";
const FALSE: &str = "any()";

/// Flips predicates that stand in a list, separated by commas.
pub(crate) fn list(tokens: &[TokenTree], windows: Windows, edits: &mut Edits) {
    for part in tokens.split(|token| is_punct(token, ',')) {
        one(part, windows, edits);
    }
}

/// Flips one predicate.
pub(super) fn one(part: &[TokenTree], windows: Windows, edits: &mut Edits) {
    match part {
        [TokenTree::Ident(word)] => {
            if let Some(truth) = windows.word(&word.to_string()) {
                edits.replace(word.span().byte_range(), constant(truth));
            }
        }
        [TokenTree::Ident(key), equals, TokenTree::Literal(value)] if is_punct(equals, '=') => {
            let value_text = value.to_string();
            let Some(value_text) =
                value_text.strip_prefix('"').and_then(|text| text.strip_suffix('"'))
            else {
                return;
            };
            if let Some(truth) = windows.pair(&key.to_string(), value_text) {
                let range = key.span().byte_range().start..value.span().byte_range().end;
                edits.replace(range, constant(truth));
            }
        }
        [TokenTree::Ident(word), TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis
                && ["all", "any", "not"].iter().any(|name| word == name) =>
        {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            list(&inner, windows, edits);
        }
        _ => {}
    }
}

/// Flips a predicate that stands alone as text, such as the key of a table in a manifest. `None`: the text is
/// not a predicate.
pub(crate) fn flip_predicate(text: &str, windows: Windows) -> Option<String> {
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
    let mut edits = Edits::default();
    one(&tokens, windows, &mut edits);
    Some(edits.apply(text))
}

fn constant(truth: bool) -> &'static str {
    if truth { TRUE } else { FALSE }
}

pub(super) fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::super::TargetEnv;
    use super::*;

    fn flip(text: &str) -> String {
        flip_predicate(text, Windows::default()).expect("it is a predicate")
    }

    #[test]
    fn atoms_become_constants() {
        assert_eq!(flip("windows"), "all()");
        assert_eq!(flip("unix"), "any()");
        assert_eq!(flip("target_os = \"windows\""), "all()");
        assert_eq!(flip("target_os=\"linux\""), "any()");
        assert_eq!(flip("target_family = \"unix\""), "any()");
        assert_eq!(flip("target_vendor = \"pc\""), "all()");
        assert_eq!(flip("target_env = \"msvc\""), "all()");
    }

    #[test]
    fn what_the_operating_system_does_not_decide_stays() {
        assert_eq!(
            flip("all(windows, feature = \"windows\", not(test), target_arch = \"x86_64\")"),
            "all(all(), feature = \"windows\", not(test), target_arch = \"x86_64\")"
        );
        assert_eq!(flip("any(unix, not(windows),)"), "any(any(), not(all()),)");
        assert_eq!(flip("windows_raw_dylib"), "windows_raw_dylib");
    }

    #[test]
    fn the_c_library_is_chosen() {
        let gnu = Windows { env: TargetEnv::Gnu };
        assert_eq!(flip_predicate("target_env = \"gnu\"", gnu).as_deref(), Some("all()"));
        assert_eq!(flip_predicate("target_env = \"msvc\"", gnu).as_deref(), Some("any()"));
    }
}
