//! Names that the linker did not find, explained.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The names that a line of the compiler's messages says are missing: those of GNU ld, lld and Apple's ld.
pub(crate) fn undefined(line: &str) -> Vec<String> {
    const MARKS: [&str; 2] = ["undefined reference to ", "undefined symbol: "];
    let mut names = Vec::new();
    for mark in MARKS {
        for (at, _) in line.match_indices(mark) {
            names.extend(first_name(&line[at + mark.len()..]));
        }
    }
    // Apple: a list of `"_Name", referenced from:`.
    for (at, _) in line.match_indices(", referenced from:") {
        let before = line[..at].trim_end_matches(['"', '\\']);
        let start = before.rfind(['"', ' ']).map_or(0, |quote| quote + 1);
        names.extend(first_name(before[start..].trim_start_matches('_')));
    }
    names.sort();
    names.dedup();
    names
}

fn first_name(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['`', '\'', '"', '\\', ' ']);
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Explains missing names for people; `packages` are folders of windows-sys and its like, which say what is of which
/// DLL.
pub(crate) fn explain(names: &[String], packages: &[&Path]) -> String {
    let libraries = libraries(names, packages);
    let mut text = String::from("functions of Windows that nothing here has:\n");
    let mut by_library: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        let library = libraries.get(name.as_str()).map_or("", String::as_str);
        by_library.entry(library).or_default().push(name);
    }
    for (library, names) in by_library {
        let of = if library.is_empty() { "(not found in windows-sys)" } else { library };
        text.push_str(&format!("  {of}: {}\n    {}\n", names.join(", "), advice(library)));
    }
    text.push_str(
        "What a test needs of them it can define itself, as \
         `#[unsafe(no_mangle)] extern \"system\" fn Name(…)`; docs/cargo-netiosim.md lists what is there.\n",
    );
    text
}

fn advice(library: &str) -> &'static str {
    match library.trim_end_matches(".dll") {
        "iphlpapi" => {
            "of the IP Helper, which is what is simulated, but this version does not have it"
        }
        "ws2_32" | "mswsock" | "wsock32" => "sockets are not simulated",
        "combase" | "ole32" | "oleaut32" | "api-ms-win-core-winrt-l1-1-0" => {
            "COM and the Windows Runtime are not simulated; only stubs that fail could be there"
        }
        "kernel32" | "ntdll" | "advapi32" | "user32" => {
            "not of the network; the feature `compat` has what clients of the IP Helper commonly meet"
        }
        "" => "perhaps a function of a C library that a build script should have built",
        _ => "outside of what is simulated",
    }
}

/// Which DLL has which of the names.
fn libraries<'a>(names: &'a [String], packages: &[&Path]) -> BTreeMap<&'a str, String> {
    let wanted: Vec<(&str, String)> =
        names.iter().map(|name| (name.as_str(), format!(" fn {name}("))).collect();
    let mut found = BTreeMap::new();
    for package in packages {
        visit(&package.join("src"), &mut |text| {
            for (name, pattern) in &wanted {
                if found.contains_key(name) {
                    continue;
                }
                if let Some(library) =
                    text.find(pattern.as_str()).and_then(|at| library_before(&text[..at]))
                {
                    found.insert(*name, library);
                }
            }
        });
    }
    found
}

/// The DLL in `link!("x.dll" "system" fn …`, of which this is what stands before `fn`.
fn library_before(text: &str) -> Option<String> {
    let line = text.rsplit('\n').next()?;
    let start = line.find("link!(\"")? + "link!(\"".len();
    let end = start + line[start..].find('"')?;
    Some(line[start..end].to_ascii_lowercase())
}

fn visit(folder: &Path, each: &mut dyn FnMut(&str)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, each);
        } else if let Ok(text) = fs::read_to_string(&path) {
            each(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_linkers_words_are_understood() {
        let bfd = r#"{"message":"a.rs:3: undefined reference to `WSAStartup'\nb: undefined reference to `Foo'"}"#;
        assert_eq!(undefined(bfd), ["Foo", "WSAStartup"]);
        let lld = "rust-lld: error: undefined symbol: GetTcpTable\\n>>> referenced by x.rs:1";
        assert_eq!(undefined(lld), ["GetTcpTable"]);
        let apple =
            r#"Undefined symbols for architecture arm64:\n  \"_GetTcpTable\", referenced from:\n"#;
        assert_eq!(undefined(apple), ["GetTcpTable"]);
        assert!(undefined("warning: unused").is_empty());
    }

    #[test]
    fn the_dll_is_read_from_the_declaration() {
        let text = "x\nwindows_link::link!(\"iphlpapi.dll\" \"system\"";
        assert_eq!(library_before(text).as_deref(), Some("iphlpapi.dll"));
        assert_eq!(library_before("pub unsafe"), None);
    }

    #[test]
    fn the_explanation_names_dll_and_reason() {
        let text = explain(&["Foo".to_owned()], &[]);
        assert!(text.contains("Foo") && text.contains("not found in windows-sys"), "{text}");
    }
}
