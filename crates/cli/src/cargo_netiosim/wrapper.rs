//! The compiler's wrapper: cargo calls this program with the compiler and its arguments.

use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use super::flip::is_windows_library;
use super::link_errors;
use super::plan::Plan;
use super::type_errors::Note;

/// Crates that are empty or cut down off Windows, and complete once they are told that this is Windows.
/// `windows-sys`, `windows-link` and `windows-targets` are good as they are: told so, they would ask for DLLs.
pub(crate) const FAMILY: &[&str] = &[
    "winapi",
    "windows",
    "windows-collections",
    "windows-core",
    "windows-future",
    "windows-numerics",
    "windows-registry",
    "windows-result",
    "windows-services",
    "windows-strings",
    "windows-threading",
    "windows-version",
];

/// Runs the compiler. `own` is the path under which this program was called.
pub(crate) fn run(own: &Path, arguments: Vec<OsString>) -> ExitCode {
    match compile(own, arguments) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}: {error}", super::plan::WRAPPER);
            ExitCode::FAILURE
        }
    }
}

fn compile(own: &Path, arguments: Vec<OsString>) -> io::Result<ExitCode> {
    let work = own.parent().unwrap_or(Path::new("."));
    let plan: Plan = serde_json::from_slice(&fs::read(Plan::file(work))?)?;
    let mut arguments = arguments.into_iter();
    let compiler =
        arguments.next().ok_or_else(|| io::Error::other("cargo calls this, not people"))?;
    let arguments: Vec<OsString> = arguments.collect();
    let name = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let links = links(&arguments);
    let copied = plan.folders.iter().any(|(copy, _)| folder.starts_with(copy));
    let mut note = Note::new(&name, &arguments);
    let arguments = rewritten(&plan, &name, &folder, arguments);
    let mut command = match &plan.wrapper {
        Some(wrapper) => {
            let mut command = Command::new(wrapper);
            command.arg(&compiler);
            command
        }
        None => Command::new(&compiler),
    };
    command.args(arguments);
    if !links && !copied {
        return finish(command.status()?.code());
    }
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut undefined = Vec::new();
    let mut mistyped = false;
    if let Some(messages) = child.stderr.take() {
        let mut messages = BufReader::new(messages);
        let mut line = Vec::new();
        while messages.read_until(b'\n', &mut line)? > 0 {
            io::stderr().write_all(&line)?;
            undefined.extend(link_errors::undefined(&String::from_utf8_lossy(&line)));
            mistyped |= copied && note.hear(&line);
            line.clear();
        }
    }
    if !undefined.is_empty() {
        undefined.sort();
        undefined.dedup();
        append(&Plan::undefined(work), undefined.join("\n"))?;
    }
    if mistyped {
        append(&Plan::type_errors(work), serde_json::to_string(&note)?)?;
    }
    finish(child.wait()?.code())
}

/// Adds lines to a file to which others may add as well.
fn append(file: &Path, lines: String) -> io::Result<()> {
    let mut notes = OpenOptions::new().create(true).append(true).open(file)?;
    notes.write_all((lines + "\n").as_bytes())
}

fn finish(code: Option<i32>) -> io::Result<ExitCode> {
    Ok(code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Whether this call of the compiler ends in the linker: a program, a test, a shared object.
fn links(arguments: &[OsString]) -> bool {
    let is = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    let kind = arguments
        .windows(2)
        .filter(|pair| pair[0] == "--crate-type")
        .any(|pair| pair[1] != "lib" && pair[1] != "rlib" && pair[1] != "proc-macro");
    is("--crate-name") && (is("--test") || kind)
}

/// The arguments as this crate needs them.
fn rewritten(plan: &Plan, name: &str, folder: &Path, arguments: Vec<OsString>) -> Vec<OsString> {
    let copied = plan.folders.iter().any(|(copy, _)| folder.starts_with(copy));
    let mut out: Vec<OsString> = Vec::with_capacity(arguments.len() + 8);
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next() {
        if argument == "-l" && rest.peek().is_some_and(is_of_windows) {
            rest.next();
            continue;
        }
        if argument == "-C" && copied && rest.peek().is_some_and(is_for_link_exe) {
            rest.next();
            continue;
        }
        match plan.instead.iter().find(|(root, _)| root.as_os_str() == argument) {
            Some((_, instead)) => out.push(instead.into()),
            None => out.push(argument),
        }
    }
    if out.iter().any(|argument| argument == "--crate-name") {
        let mut add = |text: &str| out.push(text.into());
        if FAMILY.contains(&name) && !copied {
            for text in
                ["--cfg", "windows", "-A", "unknown_lints", "-A", "explicit_builtin_cfgs_in_flags"]
            {
                add(text);
            }
        }
        if plan.foreign.iter().any(|foreign| folder.starts_with(foreign)) {
            for text in ["--cap-lints", "allow"] {
                add(text);
            }
        }
        for (copy, user) in &plan.folders {
            let mut remap = OsString::from("--remap-path-prefix=");
            remap.push(copy);
            remap.push("=");
            remap.push(user);
            out.push(remap);
        }
    }
    out
}

/// Whether `-l`'s argument, `kind:modifiers=name:rename`, names a library of Windows'.
fn is_of_windows(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    let name = text.rsplit_once('=').map_or(&*text, |(_, name)| name);
    is_windows_library(name.split(':').next().unwrap_or(name))
}

/// Whether it is an option for Microsoft's linker, such as `/DELAYLOAD:x.dll`.
fn is_for_link_exe(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    text.strip_prefix("link-arg=").is_some_and(|option| {
        option.starts_with('/') && option.contains(':') && !Path::new(option).exists()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    fn plan() -> Plan {
        Plan {
            instead: vec![("/reg/windows-strings/src/lib.rs".into(), "/build/w/src/lib.rs".into())],
            folders: vec![("/build/src".into(), "/user".into())],
            foreign: vec!["/build/crates".into()],
            wrapper: None,
        }
    }

    #[test]
    fn libraries_of_windows_are_not_linked() {
        let out = rewritten(
            &plan(),
            "a",
            Path::new("/build/src/a"),
            words(
                "-l dylib=iphlpapi -l static=z -l WS2_32 -C link-arg=/DELAYLOAD:x.dll -C link-arg=-s",
            ),
        );
        assert_eq!(out, words("-l static=z -C link-arg=-s"));
    }

    #[test]
    fn the_family_is_told_that_this_is_windows() {
        let out = rewritten(
            &plan(),
            "windows-strings",
            Path::new("/reg/windows-strings"),
            words("--crate-name windows_strings /reg/windows-strings/src/lib.rs"),
        );
        let text = out.join(" ".as_ref()).into_string().expect("text");
        assert!(
            text.starts_with("--crate-name windows_strings /build/w/src/lib.rs --cfg windows"),
            "{text}"
        );
        let out = rewritten(
            &plan(),
            "windows-sys",
            Path::new("/reg/s"),
            words("--crate-name windows_sys"),
        );
        assert!(!out.contains(&"--cfg".into()), "{out:?}");
    }

    #[test]
    fn paths_are_the_users() {
        let out = rewritten(&plan(), "a", Path::new("/build/src/a"), words("--crate-name a"));
        assert_eq!(out, words("--crate-name a --remap-path-prefix=/build/src=/user"));
        let out = rewritten(&plan(), "b", Path::new("/build/crates/b"), words("--crate-name b"));
        assert!(out.contains(&"--cap-lints".into()), "{out:?}");
        assert_eq!(rewritten(&plan(), "", Path::new(""), words("-vV")), words("-vV"));
    }

    #[test]
    fn what_ends_in_the_linker_is_known() {
        assert!(links(&words("--crate-name a --test")));
        assert!(links(&words("--crate-name a --crate-type bin")));
        assert!(!links(&words("--crate-name a --crate-type lib")));
        assert!(!links(&words("- --crate-name ___ --crate-type")));
    }
}
