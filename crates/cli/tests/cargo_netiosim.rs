//! `cargo netiosim` on a workspace: a Windows-only crate with everything around it, a member that stays, a
//! procedural macro, a package outside. Nothing here needs the network: the lock file is that of this workspace.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};

/// One target folder for all, so that the simulator is compiled once; one user of it at a time.
static TARGET: Mutex<()> = Mutex::new(());

/// A copy of the fixture, a user's tree.
struct Tree {
    folder: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Tree {
    fn new(name: &str) -> Self {
        let alone = TARGET.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-netiosim").join(name);
        let _ = fs::remove_dir_all(&folder);
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&manifest.join("tests/fixtures/cargo_netiosim"), &folder);
        fs::copy(manifest.join("../../Cargo.lock"), folder.join("tree/Cargo.lock"))
            .expect("the lock file");
        Self { folder, _alone: alone }
    }

    fn root(&self) -> PathBuf {
        self.folder.join("tree")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_cargo-netiosim"))
            .arg("netiosim")
            .args(arguments)
            .current_dir(self.root())
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-netiosim/target"),
            )
            .env("CARGO_TERM_COLOR", "never")
            .env("RUST_BACKTRACE", "0")
            .env_remove("NETIOSIM_PROFILE")
            .env_remove("RUSTFLAGS")
            .output()
            .expect("the command starts")
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.root().join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert!(text.contains(from), "{file} has {from}");
        fs::write(&path, text.replacen(from, to, 1)).expect("it is written");
    }

    /// Every file and what is in it.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        visit(&self.folder, &mut |path| {
            files.insert(path.to_owned(), fs::read(path).expect("a file"));
        });
        files
    }
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { visit(&path, each) } else { each(&path) }
    }
}

fn copy(from: &Path, to: &Path) {
    visit(from, &mut |path| {
        let new = to.join(path.strip_prefix(from).expect("below it"));
        fs::create_dir_all(new.parent().expect("a folder")).expect("made");
        fs::copy(path, new).expect("copied");
    });
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

#[test]
fn a_workspace_is_tested_as_its_windows_self_and_stays_as_it_was() {
    let tree = Tree::new("whole");
    let before = tree.files();
    let output = tree.run(&["test", "--offline"]);
    let all = text(&output);
    assert_eq!(code(&output), 0, "{all}");
    for test in [
        "tests::lines_and_files_are_the_users_own",
        "tests::every_predicate_is_that_of_windows",
        "tests::settings_arrive",
        "the_callback_comes_at_the_begin",
        "the_answer_is_one_of_the_page",
        "there_are_interfaces",
        "strings_go_there_and_back",
        "a_host_crate_stays",
        "watcher/src/lib.rs - (line 3)",
    ] {
        assert!(all.contains(&format!("test {test} ... ok")), "{test}: {all}");
    }
    assert!(before == tree.files(), "a file of the user's tree has changed");

    // From a member's folder, with its own arguments, again: nothing is compiled twice.
    let output = tree.run(&["run", "--offline", "-q", "-p", "watcher", "--example", "port"]);
    let all = text(&output);
    assert_eq!(code(&output), 0, "{all}");
    assert!(all.starts_with("windows says "), "{all}");

    // A test that fails: the code is cargo's, and the place is the user's.
    tree.edit("watcher/tests/port.rs", "[0, 21].contains", "[4711].contains");
    let output = tree.run(&["test", "--offline", "-p", "watcher", "--test", "port"]);
    let all = text(&output);
    assert_eq!(code(&output), 101, "{all}");
    assert!(all.contains("panicked at watcher/tests/port.rs:10:5"), "{all}");
    assert!(all.contains("test the_callback_comes_at_the_begin ... ok"), "{all}");

    // A mistake: the compiler names the user's line.
    tree.edit("watcher/src/os/windows.rs", "    count\n}", "    count + \"\"\n}");
    let output = tree.run(&["build", "--offline"]);
    let all = text(&output);
    assert_eq!(code(&output), 101, "{all}");
    assert!(all.contains("--> watcher/src/os/windows.rs:51:"), "{all}");
}

#[test]
fn a_function_that_is_not_there_is_explained() {
    let tree = Tree::new("missing");
    tree.edit(
        "watcher/src/os/windows.rs",
        "MIB_NOTIFICATION_TYPE,\n};",
        "MIB_NOTIFICATION_TYPE, IcmpCloseHandle,\n};",
    );
    tree.edit(
        "watcher/src/os/windows.rs",
        "let mut port = 0;",
        "let mut port = 0; unsafe { IcmpCloseHandle(ptr::null_mut()) };",
    );
    let output = tree.run(&["test", "--offline", "-p", "watcher", "--test", "port"]);
    let all = text(&output);
    assert_eq!(code(&output), 101, "{all}");
    assert!(all.contains("iphlpapi.dll: IcmpCloseHandle"), "{all}");
}

#[test]
fn names_are_checked() {
    let tree = Tree::new("names");
    let output = tree.run(&["build", "--offline", "--windows-crate", "windows-sis"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    assert!(text(&output).contains("did you mean `windows-sys`?"), "{}", text(&output));
    let output = tree.run(&["build", "--offline", "--windows-crate", "outside@9.9.9"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    assert!(text(&output).contains("in another version"), "{}", text(&output));
    let output = tree.run(&["build", "--offline", "--simulator", "watcher"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    assert!(text(&output).contains("is not the package netiosim-win32"), "{}", text(&output));
    let output = tree.run(&["frobnicate"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    tree.edit("Cargo.toml", "profile = \"documented\"", "profile = \"documentd\"");
    let output = tree.run(&["build", "--offline"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    assert!(text(&output).contains("did you mean `documented`?"), "{}", text(&output));
}

#[test]
fn a_named_package_outside_of_the_tree_is_turned_too() {
    let tree = Tree::new("outside");
    tree.edit(
        "watcher/src/lib.rs",
        "outside::system(), \"host\"",
        "outside::system(), \"windows\"",
    );
    let before = tree.files();
    let output =
        tree.run(&["test", "--offline", "--windows-crate", "outside", "-p", "watcher", "--lib"]);
    let all = text(&output);
    assert_eq!(code(&output), 0, "{all}");
    assert!(all.contains("test tests::every_predicate_is_that_of_windows ... ok"), "{all}");
    assert!(before == tree.files(), "a file of the user's tree has changed");
}

#[test]
fn a_type_error_names_the_package_that_may_differ() {
    let tree = Tree::new("mistyped");
    fs::write(
        tree.folder.join("outside/src/lib.rs"),
        "/// The system.\n#[cfg(unix)]\npub fn system() -> u8 { 0 }\n/// The system.\n\
         #[cfg(not(unix))]\npub fn system() -> &'static str { \"windows\" }\n",
    )
    .expect("it is written");
    tree.edit("watcher/src/lib.rs", "        \"windows\"", "        outside::system()");
    let output = tree.run(&["build", "--offline", "-p", "watcher"]);
    let all = text(&output);
    assert_eq!(code(&output), 101, "{all}");
    let note = "cargo netiosim: note: `watcher` has type errors as its Windows self; a dependency of it may differ \
                by system: try `--windows-crate outside`\n";
    assert!(all.contains(note), "{all}");
    let output = tree.run(&["build", "--offline", "-p", "watcher", "--windows-crate", "outside"]);
    assert_eq!(code(&output), 0, "{}", text(&output));
}

#[test]
fn a_target_folder_that_cannot_be_is_told_of() {
    let tree = Tree::new("target");
    fs::write(tree.root().join("file"), "").expect("it is written");
    let output = tree.run(&["build", "--offline", "--target-dir", "file"]);
    let all = text(&output);
    assert_eq!(code(&output), 64, "{all}");
    let told = "error: the copy of your tree cannot be made in the target folder ";
    assert!(all.contains(told) && all.contains("tree/file: "), "{all}");
}

#[test]
fn a_test_binds_a_stack_of_its_own() {
    let tree = Tree::new("bound");
    let simulator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../win32");
    let manifest = tree.root().join("watcher/Cargo.toml");
    let mut text_of = fs::read_to_string(&manifest).expect("the manifest");
    text_of
        .push_str(&format!("\n[dev-dependencies]\nnetiosim-win32 = {{ path = {simulator:?} }}\n"));
    fs::write(&manifest, text_of).expect("it is written");
    let bound = "#[test]\nfn the_port_is_that_of_the_bound_stack() {\n    \
        let stack = netiosim_win32::builder().teredo_port(50_123).build();\n    \
        let _bound = netiosim_win32::bind(&stack);\n    \
        assert_eq!(watcher::os::number(), 50_123);\n}\n";
    fs::write(tree.root().join("watcher/tests/bound.rs"), bound).expect("it is written");
    tree.edit(
        "watcher/src/os/windows.rs",
        "/// The port's answer.",
        "/// The port.\npub fn number() -> u16 {\n    let mut port = 0;\n    \
         assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);\n    port\n}\n\n/// The port's answer.",
    );
    let output = tree.run(&["test", "--offline", "-p", "watcher", "--test", "bound"]);
    let all = text(&output);
    assert_eq!(code(&output), 0, "{all}");
    assert!(all.contains("test the_port_is_that_of_the_bound_stack ... ok"), "{all}");
}

#[test]
fn what_is_not_as_on_windows_is_noted_by_line() {
    let tree = Tree::new("noted");
    tree.edit(
        "watcher/src/os/windows.rs",
        "use windows_sys::Win32::Foundation::NO_ERROR;",
        "use windows_sys::Win32::Foundation::NO_ERROR;\npub use windows_sys::Win32::Networking::WinSock::bind;",
    );
    let output = tree.run(&["check", "--offline", "-p", "watcher"]);
    let all = text(&output);
    assert_eq!(code(&output), 0, "{all}");
    assert!(all.contains("note: watcher/src/os/windows.rs:13: `bind` of WinSock"), "{all}");
}

#[test]
fn without_a_lock_file_none_is_made() {
    let tree = Tree::new("lockless");
    fs::remove_file(tree.root().join("Cargo.lock")).expect("it was there");
    let output = tree.run(&["build", "--locked", "--offline"]);
    assert_eq!(code(&output), 64, "{}", text(&output));
    assert!(!tree.root().join("Cargo.lock").exists());
}
