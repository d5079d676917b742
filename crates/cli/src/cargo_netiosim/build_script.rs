//! Build scripts, programs of the host that ask the environment for the target.

use std::str::FromStr as _;

use cargo_metadata::Edition;
use proc_macro2::{Delimiter, TokenStream, TokenTree, extra};

use super::flip::{Edits, Windows};

/// A build script that sees Windows as the target: `CARGO_CFG_…` and `TARGET` are set at the begin of `main`. Its
/// own `cfg`s are the host's, as when cross-compiling. `None`: there is no `main` to be found.
pub(crate) fn for_windows(text: &str, edition: Edition, windows: Windows) -> Option<String> {
    let tokens: Vec<TokenTree> = TokenStream::from_str(text).ok()?.into_iter().collect();
    let main = tokens.windows(2).position(|pair| {
        matches!(pair, [TokenTree::Ident(function), TokenTree::Ident(name)]
            if function == "fn" && name == "main")
    })?;
    let body = tokens[main..].iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    })?;
    let mut edits = Edits::default();
    edits.insert(body.span_open().byte_range().end, prologue(edition, windows));
    extra::invalidate_current_thread_spans();
    Some(edits.apply(text))
}

fn prologue(edition: Edition, windows: Windows) -> String {
    let set = [
        ("CARGO_CFG_WINDOWS", ""),
        ("CARGO_CFG_TARGET_OS", "windows"),
        ("CARGO_CFG_TARGET_FAMILY", "windows"),
        ("CARGO_CFG_TARGET_ENV", windows.env.name()),
        ("CARGO_CFG_TARGET_VENDOR", "pc"),
        ("TARGET", &windows.triple()),
    ];
    let calls: String = set
        .iter()
        .map(|(name, value)| format!("::std::env::set_var({name:?}, {value:?}); "))
        .chain(["::std::env::remove_var(\"CARGO_CFG_UNIX\");".to_owned()])
        .collect();
    // From edition 2024 on, they are unsafe; a build script has one thread when main begins.
    match edition {
        Edition::E2015 | Edition::E2018 | Edition::E2021 => format!(" {calls} "),
        _ => format!(" #[allow(unsafe_code)] unsafe {{ {calls} }} "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_begins_with_the_environment_of_windows() {
        let text = "mod x { fn main() {} }\n\nfn main() -> Result<(), E> {\n    work()\n}\n";
        let flipped =
            for_windows(text, Edition::E2021, Windows::default()).expect("there is a main");
        let lines: Vec<&str> = flipped.lines().collect();
        assert_eq!(lines.len(), text.lines().count());
        assert_eq!(lines[0], "mod x { fn main() {} }");
        assert!(
            lines[2].starts_with("fn main() -> Result<(), E> { ::std::env::set_var("),
            "{flipped}"
        );
        assert!(!lines[2].contains("unsafe"));
        let flipped =
            for_windows(text, Edition::E2024, Windows::default()).expect("there is a main");
        assert!(
            flipped.contains("unsafe { ::std::env::set_var(\"CARGO_CFG_WINDOWS\", \"\")"),
            "{flipped}"
        );
    }

    #[test]
    fn a_script_without_a_main_is_left_alone() {
        assert_eq!(for_windows("generate_main!();", Edition::E2021, Windows::default()), None);
    }
}
