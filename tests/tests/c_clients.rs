//! The examples in C, C++ and Python: built as their pages say, tested, and run under `netiosim exec`.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The command `netiosim`, with the shared objects beside it.
fn netiosim() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let own = std::env::current_exe().expect("a test is a file");
        let folder = own.ancestors().nth(2).expect("target/PROFILE/deps/TEST").to_owned();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "netiosim-cli"]);
        cargo.args(["-p", "netiosim-iphlpapi", "-p", "netiosim-netio"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.arg("--target-dir").arg(folder.parent().expect("a target folder"));
        assert!(cargo.current_dir(root()).status().expect("cargo starts").success());
        folder.join("netiosim")
    })
}

/// What a program said, standard error last, and how it ended.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    text: String,
}

fn done(output: &Output) -> Done {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Done { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
}

fn run(command: &mut Command) -> Done {
    for name in
        ["NETIOSIM_LIBRARY", "NETIOSIM_ON_DEADLOCK", "NETIOSIM_TRACE_DIR", "NETIOSIM_STRICT"]
    {
        if !command.get_envs().any(|(key, _)| key == name) {
            command.env_remove(name);
        }
    }
    done(&command.output().unwrap_or_else(|error| panic!("{command:?} starts: {error}")))
}

impl Done {
    #[track_caller]
    fn ended(&self, code: Option<i32>, parts: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        for part in parts {
            assert!(self.text.contains(part), "`{part}` is not in\n{}", self.text);
        }
    }
}

/// A test that cannot run here says so loudly; where `NETIOSIM_NO_SKIP` is set, as by `.ci/run`, it fails.
fn skip(why: &str) {
    assert!(std::env::var_os("NETIOSIM_NO_SKIP").is_none(), "NETIOSIM_NO_SKIP is set, but {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED, NOT PASSED: {why}");
}

fn there_is(program: &str) -> bool {
    let there =
        Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    if !there {
        skip(&format!("there is no {program}"));
    }
    there
}

/// The folder of an example's programs, which are built once. `None`, loudly, without compilers or headers.
fn built(example: &str) -> Option<PathBuf> {
    static BUILT: Mutex<BTreeMap<String, Option<PathBuf>>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(example.to_owned()).or_insert_with(|| build(example)).clone()
}

fn build(example: &str) -> Option<PathBuf> {
    if !["cc", "c++", "make"].into_iter().all(there_is) {
        return None;
    }
    let headers = run(Command::new(netiosim()).arg("cflags"));
    if headers.code == Some(64) && headers.text.contains("no Windows headers are found") {
        skip(&headers.text);
        return None;
    }
    headers.ended(Some(0), &["-include netiosim-native.h"]);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(example);
    let mut make = Command::new("make");
    make.arg("-s").arg("-C").arg(root().join("examples").join(example));
    make.arg(format!("NETIOSIM={}", netiosim().display()));
    make.arg(format!("BUILD={}", folder.display()));
    // Nothing of these may be unclear.
    make.env("CFLAGS", "-g -Wall -Wextra -Werror");
    make.env("CXXFLAGS", "-g -std=c++17 -Wall -Wextra -Werror");
    run(&mut make).ended(Some(0), &[]);
    Some(folder)
}

/// A program of an example in a scenario of an example.
fn exec(scenario: &str, program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(netiosim());
    command.current_dir(root()).arg("exec").arg(Path::new("examples").join(scenario)).arg("--");
    command.arg(program).args(words);
    command
}

/// A test of an example, under other profiles and in other orders.
fn in_all_ways(test: &Path, parts: &[&str]) {
    for profile in ["documented", "observed", "adversarial"] {
        for seed in 0..4 {
            let mut command = Command::new(test);
            command.env("NETIOSIM_PROFILE", profile).env("NETIOSIM_SEED", seed.to_string());
            run(&mut command).ended(Some(0), parts);
        }
    }
}

#[test]
fn the_headers_lay_everything_out_as_windows_does() {
    if built("driver-c").is_some() {
        run(Command::new(netiosim()).args(["cflags", "--check"])).ended(Some(0), &[]);
        run(Command::new(netiosim()).args(["cflags", "--check"]).env("CC", "false"))
            .ended(Some(1), &["do not lay everything out"]);
    }
    let text =
        run(Command::new(netiosim()).arg("cflags").env("NETIOSIM_MINGW_INCLUDE", "/nowhere"));
    text.ended(Some(64), &["NETIOSIM_MINGW_INCLUDE is /nowhere"]);
}

#[test]
fn the_header_stands_by_itself() {
    for (compiler, language) in [("cc", "-std=c99"), ("c++", "-std=c++11")] {
        if !there_is(compiler) {
            continue;
        }
        let file = root().join("include/netiosim.h");
        let mut command = Command::new(compiler);
        command.args(["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-pedantic", language]);
        command.args(["-x", if compiler == "cc" { "c" } else { "c++" }, "-include"]).arg(file);
        run(command.arg("/dev/null")).ended(Some(0), &[]);
    }
}

#[test]
fn the_firewall_in_c_follows_the_port() {
    let Some(folder) = built("firewall-c") else { return };
    in_all_ways(&folder.join("test"), &["the firewall follows the port"]);
    let firewall = folder.join("firewall");
    let mut command = exec("firewall-c/moves_at_start.json", &firewall, &["200"]);
    run(&mut command).ended(Some(0), &["UDP port 50001 is open, 5 interfaces", "1 passed"]);
    let mut command = exec("firewall-c/never_at_rest.json", &firewall, &["200"]);
    run(&mut command).ended(Some(0), &["1 passed"]);
}

#[test]
fn the_four_bugs_in_c_are_explained() {
    let Some(folder) = built("firewall-c") else { return };
    let test = |bug: &str| {
        run(Command::new(folder.join(format!("test_{bug}"))).env("NETIOSIM_STRICT", "1"))
    };
    let line = |file: &str, wrong: &str| {
        let path = root().join("examples/firewall-c/bugs").join(file);
        let text = std::fs::read_to_string(path).expect("an example");
        let line = text.lines().position(|line| line.contains(wrong)).expect("the line") + 1;
        format!("bugs/{file}:{line}")
    };
    let lock = line("lock_over_cancel.c", "wrong:");
    let explained = [
        "N012 callback-blocked",
        "is blocked outside netiosim's sight",
        "waits in CancelMibChangeNotify2",
        "most likely it holds what the callback wants",
        &lock,
    ];
    test("lock_over_cancel").ended(None, &explained);
    let own = line("cancel_in_callback.c", "wrong:");
    test("cancel_in_callback").ended(None, &["N001 self-cancel", "here the circle closes", &own]);
    test("row_freed").ended(Some(3), &["N007 row-freed", "its memory is the system's"]);
    let after = ["N006 row-after-callback", "InterfaceLuid", "\"ip-interface-1\""];
    test("row_kept").ended(Some(3), if cfg!(target_os = "linux") { &after } else { &[] });
    let late = "UDP port 50000 is open, but the Teredo client is on port 50001";
    test("registered_late").ended(Some(3), &[late]);
}

#[test]
fn the_four_bugs_in_c_are_explained_under_exec() {
    let Some(folder) = built("firewall-c") else { return };
    let restless = |bug: &str| {
        let mut command = exec("firewall-c/never_at_rest.json", &folder.join(bug), &["200"]);
        run(command.env("NETIOSIM_STRICT", "1"))
    };
    let deadlock = ["N012 callback-blocked", "lock_over_cancel.c:", "signal 6", "1 failed"];
    restless("lock_over_cancel").ended(Some(1), &deadlock);
    restless("cancel_in_callback").ended(Some(1), &["N001 self-cancel", "cancel_in_callback.c:"]);
    restless("row_freed").ended(Some(1), &["N007 row-freed", "row_freed.c:"]);
    restless("row_kept").ended(Some(1), &["N006 row-after-callback", "row_kept.c:"]);
    // Of the fourth no rule speaks: the expectation does, and the program itself.
    let late = folder.join("registered_late");
    let mut command = exec("firewall-c/moves_at_start.json", &late, &["200", "2000"]);
    let parts = ["a delivery to \"teredo-port-1\"", "got: none of 0", "exit status 3"];
    run(&mut command).ended(Some(1), &parts);
}

#[test]
fn the_firewall_in_cpp_follows_the_port() {
    let Some(folder) = built("firewall-cpp") else { return };
    in_all_ways(&folder.join("test"), &["the firewall follows the port"]);
    let mut command = exec("firewall-c/never_at_rest.json", &folder.join("main"), &["200"]);
    run(&mut command).ended(Some(0), &["1 passed"]);
}

#[test]
fn an_exception_that_comes_out_of_a_callback_is_named() {
    let Some(folder) = built("firewall-cpp") else { return };
    let program = folder.join("exception");
    let parts = ["an exception came out of the callback of \"teredo-port-1\"", "catch it inside"];
    run(&mut Command::new(&program)).ended(None, &parts);
    let mut command = exec("firewall-c/never_at_rest.json", &program, &["200"]);
    run(&mut command).ended(Some(1), &[parts[0], "signal 6"]);
}

#[test]
fn the_driver_keeps_to_its_levels() {
    let Some(folder) = built("driver-c") else { return };
    in_all_ways(&folder.join("test"), &["the driver follows the port"]);
    run(&mut Command::new(folder.join("test_bug"))).ended(
        Some(1),
        &["N011 irql-too-high", "CancelMibChangeNotify2 was called at DISPATCH_LEVEL"],
    );
    let mut command = exec("driver-c/scenario.json", &folder.join("driver"), &["500"]);
    run(&mut command).ended(Some(0), &["the driver filters UDP port 50002", "1 passed"]);
    let mut command = exec("driver-c/scenario.json", &folder.join("bug"), &["500"]);
    run(&mut command).ended(Some(1), &["N011 irql-too-high", "bug_cancel_at_dispatch.c:"]);
}

#[test]
fn the_watcher_in_python_hears_of_changes() {
    if !there_is("python3") {
        return;
    }
    let watcher = root().join("examples/watcher-python/watcher.py");
    let python = |command: &mut Command| run(command.env("PYTHONPATH", root().join("python")));
    let mut command = Command::new("python3");
    let alone = command
        .arg(&watcher)
        .arg("0.05")
        .env("NETIOSIM_LIBRARY", netiosim().parent().expect("a folder"));
    python(alone).ended(Some(0), &["Teredo port 50000\n", "Teredo port 50000 at the end"]);

    let mut command = exec("watcher-python/scenario.json", Path::new("python3"), &[]);
    let heard = [
        "Teredo port 50001 changed",
        "IPv4 of USB added",
        "Teredo port 50001 at the end",
        "1 passed",
    ];
    python(command.arg(&watcher).arg("5")).ended(Some(0), &heard);
}

#[test]
fn the_windll_shim_says_what_is_missing() {
    if !there_is("python3") {
        return;
    }
    let say = |code: &str, library: &str| {
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", root().join("python")).env("NETIOSIM_LIBRARY", library);
        // Cargo adds its own folders to what the linker searches.
        command.env_remove("LD_LIBRARY_PATH").env_remove("DYLD_FALLBACK_LIBRARY_PATH");
        run(command.arg("-c").arg(format!("from netiosim_windll import *\n{code}")))
    };
    let nowhere = ["LibraryMissing", "NETIOSIM_LIBRARY is /nowhere/at/all, where no libiphlpapi."];
    say("windll.iphlpapi", "/nowhere/at/all").ended(Some(1), &nowhere);
    let build = ["netiosim exec", "cargo build --release -p netiosim-iphlpapi"];
    say("windll.iphlpapi", "").ended(Some(1), &build);
    say("windll.kernel32", "").ended(Some(1), &["kernel32 is not simulated"]);
    say("assert from_wide(wide('naïve \\U0001F600', 9)) == 'naïve \\U0001F600'", "")
        .ended(Some(0), &[]);
    say("wide('four', 4)", "").ended(Some(1), &["do not fit into 4"]);
    say("from ctypes import sizeof\nassert [sizeof(DWORD), sizeof(WCHAR)] == [4, 2]", "")
        .ended(Some(0), &[]);
}
