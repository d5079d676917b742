//! `netiosim cflags`: what makes Windows C code compile and link here.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::CflagsArgs;
use crate::library::{self, Library};
use crate::output::{Output, complain};
use crate::{FAILED, USAGE};

/// Where the headers may be said to be.
const VARIABLE: &str = "NETIOSIM_MINGW_INCLUDE";

/// Where distributions put the headers of mingw-w64 for 64-bit Windows.
const HEADERS: [&str; 6] = [
    // Debian, Ubuntu: mingw-w64-common.
    "/usr/share/mingw-w64/include",
    // Fedora: mingw64-headers.
    "/usr/x86_64-w64-mingw32/sys-root/mingw/include",
    // Arch: mingw-w64-headers.
    "/usr/x86_64-w64-mingw32/include",
    // Homebrew on Apple silicon and on Intel: mingw-w64.
    "/opt/homebrew/opt/mingw-w64/toolchain-x86_64/x86_64-w64-mingw32/include",
    "/usr/local/opt/mingw-w64/toolchain-x86_64/x86_64-w64-mingw32/include",
    "/home/linuxbrew/.linuxbrew/opt/mingw-w64/toolchain-x86_64/x86_64-w64-mingw32/include",
];

/// What is compiled to check the headers.
const CHECK: &str = "#include <winsock2.h>\n#include <ws2ipdef.h>\n#include <iphlpapi.h>\n\
    #include <netioapi.h>\n#include <netiosim-layouts.h>\n";

/// Prints the flags.
pub(crate) fn cflags(args: &CflagsArgs, output: &mut Output) -> u8 {
    match flags(args) {
        Ok(_) if args.check => check(args),
        Ok(flags) if args.pkg_config => {
            output.print(&pkg_config(args.kernel, &flags));
            0
        }
        Ok(flags) => {
            let all = flags.all(args.libs);
            if let Some(flag) = all.iter().find(|flag| flag.contains(char::is_whitespace)) {
                complain(&format!(
                    "`{flag}` contains a space, which a shell would split; use --pkg-config, and `eval` (docs/c.md)"
                ));
                return USAGE;
            }
            output.line(&all.join(" "));
            0
        }
        Err(message) => {
            complain(&message);
            USAGE
        }
    }
}

/// Flags, each as the compiler gets it.
struct Flags {
    compile: Vec<String>,
    link: Vec<String>,
}

impl Flags {
    fn all(&self, link: bool) -> Vec<String> {
        let mut all = self.compile.clone();
        if link {
            all.extend(self.link.iter().cloned());
        }
        all
    }
}

fn flags(args: &CflagsArgs) -> Result<Flags, String> {
    if cfg!(windows) {
        return Err(
            "on Windows the system's own headers and compilers do: nothing is needed".to_owned()
        );
    }
    let mingw = mingw_headers(|name| std::env::var_os(name).map(PathBuf::from))?;
    let library = library::find(if args.kernel { "netio" } else { "iphlpapi" })?;
    let own = own_headers(&library)?;
    let text = |path: &Path| path.display().to_string();
    let compile = vec![
        "-fshort-wchar".to_owned(),
        "-fms-extensions".to_owned(),
        format!("-I{}", text(&own)),
        "-include".to_owned(),
        "netiosim-native.h".to_owned(),
        "-idirafter".to_owned(),
        text(&mingw),
    ];
    let folder = text(&library.folder);
    let link =
        vec![format!("-L{folder}"), format!("-l{}", library.name), format!("-Wl,-rpath,{folder}")];
    Ok(Flags { compile, link })
}

fn is_mingw(path: &Path) -> bool {
    path.join("netioapi.h").is_file() && path.join("windows.h").is_file()
}

fn mingw_headers(read: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, String> {
    if let Some(path) = read(VARIABLE) {
        return match is_mingw(&path) {
            true => Ok(path),
            false => Err(format!("{VARIABLE} is {}, where no netioapi.h is", path.display())),
        };
    }
    let found = HEADERS.iter().map(PathBuf::from).find(|path| is_mingw(path));
    found.ok_or_else(|| {
        let remedy = if cfg!(target_os = "macos") {
            "brew install mingw-w64"
        } else {
            "apt-get install mingw-w64-common, or what your distribution calls the headers of mingw-w64"
        };
        format!(
            "no Windows headers are found; {remedy}; or say in {VARIABLE} which folder has netioapi.h"
        )
    })
}

/// The folder of our own headers: `include` in one of the folders above the library, else that of the checkout in
/// which this command was built: cargo's target folder may lie elsewhere.
fn own_headers(library: &Library) -> Result<PathBuf, String> {
    let above = library.folder.ancestors().take(5).map(|folder| folder.join("include"));
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include");
    let mut folders = above.chain(std::fs::canonicalize(built));
    folders.find(|folder| folder.join("netiosim-native.h").is_file()).ok_or_else(|| {
        format!(
            "netiosim-native.h is not found: it lies in the folder `include` of a checkout; copy that folder beside {} or above it",
            library.folder.display()
        )
    })
}

/// Compiles the check of layouts.
fn check(args: &CflagsArgs) -> u8 {
    let words = compiler(std::env::var_os("CC"));
    let compiler = &words[0];
    let outcome = flags(args).and_then(|flags| {
        let mut command = Command::new(compiler);
        command.args(&words[1..]).args(flags.compile).args(["-fsyntax-only", "-x", "c", "-"]);
        library::feed(&mut command, CHECK).map_err(|error| {
            format!("the C compiler {} cannot be run: {error}", compiler.to_string_lossy())
        })
    });
    match outcome {
        Ok(success) if success => 0,
        Ok(_) => {
            complain(
                "these headers do not lay everything out as 64-bit Windows does, or do not compile",
            );
            FAILED
        }
        Err(message) => {
            complain(&message);
            USAGE
        }
    }
}

/// The compiler and its options, from what `CC` says: `make` has words there.
fn compiler(said: Option<OsString>) -> Vec<OsString> {
    let said = said.unwrap_or_default();
    let words: Vec<OsString> = match said.to_str() {
        Some(text) => text.split_ascii_whitespace().map(OsString::from).collect(),
        None => vec![said],
    };
    if words.is_empty() { vec!["cc".into()] } else { words }
}

/// A file for pkg-config.
fn pkg_config(kernel: bool, flags: &Flags) -> String {
    let (name, what) = if kernel {
        ("netiosim-netio", "for drivers")
    } else {
        ("netiosim-iphlpapi", "for programs")
    };
    let join = |flags: &[String]| {
        let quoted: Vec<String> = flags.iter().map(|flag| quote(flag)).collect();
        quoted.join(" ")
    };
    format!(
        "Name: {name}\nDescription: The simulated netioapi.h, {what}\nVersion: {}\nCflags: {}\nLibs: {}\n",
        env!("CARGO_PKG_VERSION"),
        join(&flags.compile),
        join(&flags.link),
    )
}

/// As pkg-config's files have it.
fn quote(flag: &str) -> String {
    let mut text = String::new();
    for letter in flag.chars() {
        if letter.is_whitespace() || "\\\"'#$".contains(letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Flags, compiler, mingw_headers, pkg_config, quote};

    #[test]
    fn a_folder_without_headers_is_named() {
        let error = mingw_headers(|_| Some("/nowhere".into())).expect_err("there is nothing");
        assert_eq!(error, "NETIOSIM_MINGW_INCLUDE is /nowhere, where no netioapi.h is");
    }

    #[test]
    fn the_compiler_may_have_options() {
        assert_eq!(compiler(Some("gcc -m32  -std=c11".into())), ["gcc", "-m32", "-std=c11"]);
        assert_eq!(compiler(Some(" ".into())), ["cc"]);
        assert_eq!(compiler(None), ["cc"]);
    }

    #[test]
    fn spaces_survive_pkg_config() {
        assert_eq!(quote("-I/a b"), "-I/a\\ b");
        let flags = Flags { compile: vec!["-I/a b".into()], link: vec!["-lnetio".into()] };
        let text = pkg_config(true, &flags);
        assert!(text.starts_with("Name: netiosim-netio\n"), "{text}");
        assert!(text.ends_with("Cflags: -I/a\\ b\nLibs: -lnetio\n"), "{text}");
    }
}
