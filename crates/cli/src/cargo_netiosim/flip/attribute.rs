//! Attributes: `cfg`, `cfg_attr`, and `link`, which asks for a library that is not there.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::predicate::{self, is_punct};
use super::{Edits, Windows};

/// The DLLs that `#[link(name = "…")]` and a build script's `rustc-link-lib` commonly name. Their functions
/// are the simulator's to give or nobody's.
const LIBRARIES: &[&str] = &[
    "advapi32",
    "bcrypt",
    "cfgmgr32",
    "combase",
    "crypt32",
    "dhcpcsvc",
    "dhcpcsvc6",
    "dnsapi",
    "fwpuclnt",
    "gdi32",
    "iphlpapi",
    "kernel32",
    "kernelbase",
    "legacy_stdio_definitions",
    "mpr",
    "mswsock",
    "ncrypt",
    "ndfapi",
    "netapi32",
    "netio",
    "ntdll",
    "ole32",
    "oleaut32",
    "onecore",
    "onecoreuap",
    "powrprof",
    "psapi",
    "rasapi32",
    "rpcrt4",
    "runtimeobject",
    "secur32",
    "setupapi",
    "shell32",
    "shlwapi",
    "synchronization",
    "user32",
    "userenv",
    "uuid",
    "version",
    "wbemuuid",
    "windowsapp",
    "winhttp",
    "wininet",
    "winmm",
    "wlanapi",
    "ws2_32",
    "wsock32",
    "wtsapi32",
];

/// Whether a library of this name is one of Windows' own.
pub(crate) fn is_windows_library(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".dll").or_else(|| name.strip_suffix(".lib")).unwrap_or(&name);
    let name = name.strip_prefix("winapi_").unwrap_or(name);
    LIBRARIES.contains(&name)
        || name.starts_with("api-ms-win-")
        || name.starts_with("ext-ms-win-")
        || name.strip_prefix("windows").is_some_and(|rest| rest.starts_with('.'))
}

/// Flips the content of an attribute, what stands in `#[…]`.
pub(super) fn content(tokens: &[TokenTree], windows: Windows, edits: &mut Edits) {
    let [TokenTree::Ident(name), TokenTree::Group(group)] = tokens else {
        return;
    };
    if group.delimiter() != Delimiter::Parenthesis {
        return;
    }
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    if name == "cfg" {
        predicate::list(&inner, windows, edits);
    } else if name == "cfg_attr" {
        let mut parts = inner.split(|token| is_punct(token, ','));
        if let Some(first) = parts.next() {
            predicate::one(first, windows, edits);
        }
        for attribute in parts {
            content(attribute, windows, edits);
        }
    } else if name == "link" && is_of_windows(&inner) {
        let range = name.span().byte_range().start..closing(group);
        edits.replace(range, "cfg(all())");
    } else if name == "unsafe" {
        content(&inner, windows, edits);
    }
}

/// Whether `#[link(…)]` with these arguments asks for a library of Windows'.
fn is_of_windows(arguments: &[TokenTree]) -> bool {
    arguments.split(|token| is_punct(token, ',')).any(|part| {
        let [TokenTree::Ident(key), _, TokenTree::Literal(value)] = part else {
            return false;
        };
        let value = value.to_string();
        let value = value.trim_matches('"');
        (key == "kind" && value == "raw-dylib") || (key == "name" && is_windows_library(value))
    })
}

pub(super) fn closing(group: &Group) -> usize {
    group.span_close().byte_range().end
}
