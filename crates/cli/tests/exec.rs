//! `netiosim exec`: a compiled program lives through a scenario.
#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use rustix::process::{Pid, Signal, kill_process};
use support::{Done, command, folder, netiosim, netiosim_in};

/// Two changes of the port, an hour apart: a test that ends has seen time scaled.
const TWO_PORTS: &str = r#"{"version": 1, "name": "two ports", "timeline": [
    {"at_ms": 1000, "event": {"teredo_restart": {"port": 50001}}},
    {"at_ms": 3601000, "event": {"teredo_restart": {"port": 50002}}}],
    "limits": {"virtual_ms": 864000000}, EXPECT}"#;
const PORTS: &str = r#""expect": {"stack": {"teredo": {"port": 50002}}, "deliveries": [
    {"registration": "teredo-port-1", "none_after_cancel": true,
     "contains": [{"type": "initial"}, {"port": 50001}, {"port": 50002}]}]}"#;

/// The folder of the shared objects, which the tests of this package do not build by themselves.
fn library() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_netiosim")).parent().expect("a folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "netiosim-iphlpapi", "-p", "netiosim-netio"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.arg("--target-dir").arg(folder.parent().expect("a target folder"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(cargo.status().expect("cargo starts").success(), "the shared objects are built");
        folder.to_owned()
    })
}

/// Compiles a program, linked with a shared object of ours, or with none; `None`, loudly, without a compiler.
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn compiled(test: &Path, source: &str, link: Option<&str>) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exec").join(source);
    let program = test.join(source.file_stem().expect("a name"));
    let mut cc = Command::new("cc");
    cc.arg("-g").arg("-pthread").arg("-o").arg(&program).arg(&source).arg("-L").arg(library());
    cc.args(link.map(|name| format!("-l{name}"))).arg("-ldl");
    match cc.status() {
        Ok(status) => {
            assert!(status.success(), "{} compiles", source.display());
            Some(program)
        }
        Err(error) => {
            eprintln!("SKIPPED, NOT PASSED: there is no C compiler `cc` ({error})");
            None
        }
    }
}

/// A folder with the scenario, and the client compiled.
struct Stage {
    folder: PathBuf,
    options: Vec<String>,
    env: Vec<(String, String)>,
}

impl Stage {
    fn new(test: &str, expect: &str) -> Self {
        let folder = folder(&format!("exec_{test}"));
        fs::write(folder.join("s.json"), TWO_PORTS.replace("EXPECT", expect)).expect("a scenario");
        let options = ["--time-scale", "100000"].map(str::to_owned).to_vec();
        Self { folder, options, env: Vec::new() }
    }

    fn option(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(|option| (*option).to_owned()));
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    fn program(&self, source: &str, link: Option<&str>) -> Option<PathBuf> {
        compiled(&self.folder, source, link)
    }

    /// Runs a program.
    fn run<S: AsRef<OsStr>>(&self, program: impl IntoIterator<Item = S>) -> Done {
        let output = self.command().arg("--").args(program).output().expect("the command starts");
        Done {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The command, up to the program.
    fn command(&self) -> Command {
        library();
        let mut command = command();
        command.current_dir(&self.folder).arg("exec").arg("s.json").args(&self.options);
        for name in
            ["NETIOSIM_LIBRARY", "NETIOSIM_ON_DEADLOCK", "NETIOSIM_TRACE_DIR", "LD_LIBRARY_PATH"]
        {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the client with this argument.
    fn client(&self, how: &str) -> Option<Done> {
        Some(self.run([self.program("client.c", Some("iphlpapi"))?.as_os_str(), how.as_ref()]))
    }
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn a_program_without_fault_passes_however_it_waits() {
    for how in ["", "poll", "compute", "ask", "ask_all", "join", "fork"] {
        let Some(done) = Stage::new(&format!("pass_{how}"), PORTS).client(how) else { return };
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{how}: {done:?}");
        has(&done.stdout, &["port 50001\nport 50002\n", "pass ", "1 scenario, 1 run: 1 passed"]);
    }
}

#[test]
fn an_expectation_that_is_not_met_fails() {
    let expect = r#""expect": {"stack": {"teredo": {"port": 50003}},
        "deliveries": [{"registration": "teredo-port-1", "count": 7}]}"#;
    let Some(done) = Stage::new("unmet", expect).client("") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    let wanted = [
        "the number of deliveries to \"teredo-port-1\"\n       at: expect.deliveries[0].count",
        "expected: 7\n       got: 3:",
        "expected: 50003\n       got: 50002",
        "again: netiosim exec s.json --profile documented --seed 0 --time-scale 100000 -- ",
    ];
    has(&done.stdout, &wanted);
}

#[test]
fn what_a_program_leaves_behind_is_a_finding() {
    let Some(done) = Stage::new("leak", PORTS).client("leak") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    has(
        &done.stdout,
        &["finding N010 leaked-registration", "the program ended with exit status 0"],
    );
    let expect = r#""expect": {"findings": {"must": ["N010"]}}"#;
    let Some(done) = Stage::new("leak_expected", expect).client("leak") else { return };
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
fn a_deadlock_aborts_the_program_and_is_explained() {
    let Some(done) = Stage::new("self_cancel", PORTS).client("self_cancel") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    let wanted = [
        "finding N001 self-cancel",
        "client.c:",
        "signal 6 (SIGABRT): the stack ended the program, because of the deadlock below",
        "here the circle closes",
    ];
    has(&done.stdout, &wanted);
    has(&done.stderr, &["netiosim: deadlock\nN001 self-cancel"]);
}

#[test]
fn a_deadlock_that_is_answered_with_an_error_can_be_expected() {
    let expect = r#""expect": {"findings": {"must": ["N001"]}}"#;
    let stage = Stage::new("answered", expect).env("NETIOSIM_ON_DEADLOCK", "error");
    let Some(done) = stage.client("self_cancel") else { return };
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_lock_that_the_stack_cannot_see_is_explained() {
    let Some(done) = Stage::new("lock", PORTS).client("lock") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    has(&done.stdout, &["finding N012 callback-blocked", "N002", "SIGABRT", "client.c:"]);
}

#[test]
fn the_programs_own_failure_fails() {
    let Some(done) = Stage::new("three", PORTS).client("three") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    has(&done.stdout, &["expected: exit status 0\n       got: exit status 3"]);
}

#[test]
fn a_crash_loses_nothing() {
    let stage = Stage::new("crash", PORTS).option(&["--trace", "t.txt", "--junit", "j.xml"]);
    let Some(done) = stage.client("crash") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    has(&done.stdout, &["the program ended with signal 11 (SIGSEGV)", "2 deliveries"]);
    let trace = fs::read_to_string(stage.folder.join("t.txt")).expect("a trace");
    assert!(trace.starts_with("== s.json  profile documented  seed 0  fail\n"), "{trace}");
    has(&trace, &["client.c:", "begin   teredo-port-1 #2: MibParameterNotification, port 50001"]);
    let report = fs::read_to_string(stage.folder.join("j.xml")).expect("a report");
    let report = Report::deserialize_from_str(&report).expect("JUnit");
    let case = &report.test_suites[0].test_cases[0];
    let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message, .. } = &case.status
    else {
        panic!("{case:?}")
    };
    assert_eq!(message.as_deref(), Some("the end of the program"));
    let words = case.properties.iter().find(|property| property.name.as_str() == "program");
    assert_eq!(words.map(|property| property.value.as_str()), Some("signal 11 (SIGSEGV)"));
}

#[test]
fn an_end_without_exit_handlers_is_no_pass() {
    let Some(done) = Stage::new("quick", PORTS).client("_exit") else { return };
    assert_eq!(done.code, 1, "{done:?}");
    has(&done.stdout, &["it ended without its exit handlers"]);
}

#[test]
fn junit_tells_of_every_profile() {
    let expect = r#""profiles": {"except": {"wine": "no callbacks"}}, "expect": {}"#;
    let stage = Stage::new("junit", expect).option(&["--profile", "all", "--junit", "j.xml"]);
    let Some(done) = stage.client("") else { return };
    assert_eq!(done.code, 0, "{done:?}");
    has(&done.stdout, &["[documented observed adversarial: ", "1 scenario, 3 runs: 3 passed"]);
    let report = fs::read_to_string(stage.folder.join("j.xml")).expect("a report");
    let report = Report::deserialize_from_str(&report).expect("JUnit");
    let cases: Vec<(&str, bool)> = report.test_suites[0]
        .test_cases
        .iter()
        .map(|case| (case.name.as_str(), matches!(case.status, TestCaseStatus::Success { .. })))
        .collect();
    let wanted = [("documented", true), ("observed", true), ("adversarial", true), ("wine", false)];
    assert_eq!(cases, wanted);
}

#[test]
fn time_goes_by_for_duplicate_address_detection() {
    let expect =
        r#""expect": {"stack": {"addresses": [{"address": "10.0.0.5", "state": "preferred"}]}}"#;
    let Some(done) = Stage::new("address", expect).client("address") else { return };
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
fn a_program_that_does_not_end_is_asked_to() {
    let stage = Stage::new("linger", PORTS).option(&["--linger", "1000"]);
    let Some(done) = stage.client("pause") else { return };
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
fn a_limit_is_inconclusive() {
    let expect = r#""expect": {"findings": {"must": ["N001"]}}, "limits": {"virtual_ms": 500}"#;
    let stage = Stage::new("limit", "\"expect\": {}");
    let text = TWO_PORTS.replace(r#""limits": {"virtual_ms": 864000000}, EXPECT"#, expect);
    fs::write(stage.folder.join("s.json"), text).expect("a scenario");
    let Some(done) = stage.client("pause") else { return };
    assert_eq!(done.code, 2, "{done:?}");
    has(&done.stdout, &["the limit of 500 virtual milliseconds was reached"]);
}

#[test]
fn a_program_that_is_linked_with_nothing_is_preloaded() {
    let stage = Stage::new("preload", "\"expect\": {}");
    let Some(program) = stage.program("preloaded.c", None) else { return };
    let done = stage.run([&program]);
    assert_eq!(done.code, 0, "{done:?}");
    has(&done.stdout, &["port "]);
}

#[test]
fn the_program_is_whoever_uses_the_stack_first() {
    let stage = Stage::new("shell", "\"expect\": {}");
    let Some(program) = stage.program("preloaded.c", None) else { return };
    let script = format!("{0} && {0}", program.display());
    let done = stage.run(["sh", "-c", &script]);
    assert_eq!(done.code, 0, "{done:?}");
    has(&done.stderr, &["has a stack of its own: the program of `netiosim exec` is process "]);
    assert_eq!(done.stdout.matches("port ").count(), 2, "{done:?}");
}

#[test]
fn a_program_without_the_library_is_told_the_remedy() {
    let stage = Stage::new("absent", "\"expect\": {}").option(&["--no-preload"]);
    let done = stage.run(["true"]);
    assert_eq!(done.code, 64, "{done:?}");
    has(&done.stderr, &["true never loaded ", "not linked with it", "netiosim cflags --libs"]);
}

#[test]
fn a_program_that_calls_nothing_is_no_pass() {
    let stage = Stage::new("idle", "\"expect\": {}");
    let Some(_) = stage.program("preloaded.c", None) else { return };
    let done = stage.run(["true"]);
    assert_eq!(done.code, 1, "{done:?}");
    has(
        &done.stdout,
        &[
            "calls of the API",
            "called no function of it; perhaps it calls none in such a run, or it has",
        ],
    );
}

#[test]
fn a_driver_gets_the_drivers_functions() {
    let stage = Stage::new("driver", "\"expect\": {}");
    let Some(program) = stage.program("driver.c", Some("netio")) else { return };
    let done = stage.run([&program]);
    assert_eq!(done.code, 64, "{done:?}");
    has(&done.stderr, &["loads libnetio", "--flavour kernel"]);
    let stage = stage.option(&["--no-preload"]);
    let done = stage.run([&program]);
    assert_eq!(done.code, 64, "{done:?}");
    has(&done.stderr, &["--flavour kernel"]);
    let stage = stage.option(&["--flavour", "kernel"]);
    let done = stage.run([&program]);
    assert_eq!(done.code, 0, "{done:?}");
    let stage = Stage::new("driver", "\"expect\": {}").option(&["--flavour", "kernel"]);
    let program = stage.program("driver.c", Some("netio")).expect("a compiler, as before");
    let done = stage.run([&program]);
    assert_eq!(done.code, 0, "{done:?}");
}

/// Starts the client, lets it come to `stay`, sends the command a signal, and hears both to their ends: the line
/// closes when the last one is gone. With the folders that are left.
fn signalled(test: &str, how: &str, signal: Signal) -> Option<(ExitStatus, String, Vec<PathBuf>)> {
    let stage = Stage::new(test, "\"expect\": {}");
    let program = stage.program("client.c", Some("iphlpapi"))?;
    let mut command = stage.command();
    let mut child = command
        .arg("--")
        .args([program.as_os_str(), how.as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut said = String::new();
    while !said.ends_with("here\n") {
        assert!(stdout.read_line(&mut said).expect("UTF-8") > 0, "{said}");
    }
    let number = child.id();
    let own = Pid::from_raw(i32::try_from(number).expect("a number")).expect("not 0");
    kill_process(own, signal).expect("it is there");
    stdout.read_to_string(&mut said).expect("UTF-8");
    let status = child.wait().expect("it ends");
    assert!(!said.contains("too late"), "{signal:?}: {said}");
    let left = fs::read_dir(std::env::temp_dir()).expect("a folder").flatten();
    let own = format!("netiosim-exec-{number}-");
    let left = left.filter(|entry| entry.file_name().to_string_lossy().starts_with(&own));
    Some((status, said, left.map(|entry| entry.path()).collect()))
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn a_signal_ends_the_program_too() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    for (signal, name) in
        [(Signal::TERM, "15 (SIGTERM)"), (Signal::INT, "2 (SIGINT)"), (Signal::HUP, "1 (SIGHUP)")]
    {
        if ignored & (1 << (signal.as_raw() - 1)) != 0 {
            eprintln!("SKIPPED, NOT PASSED: this test was started to ignore signal {name}");
            continue;
        }
        let Some((status, said, left)) = signalled("signal", "stay", signal) else { return };
        assert_eq!(status.signal(), Some(signal.as_raw()), "{said}");
        has(&said, &[&format!("the program ended with signal {name}")]);
        assert_eq!(left, Vec::<PathBuf>::new(), "{name}");
    }
}

#[test]
fn a_program_that_ends_by_itself_when_it_is_told_to_is_judged() {
    let Some((status, said, left)) = signalled("graceful", "stay_until_term", Signal::TERM) else {
        return;
    };
    assert_eq!(status.code(), Some(0), "{said}");
    has(&said, &["1 scenario, 1 run: 1 passed"]);
    assert_eq!(left, Vec::<PathBuf>::new());
}

#[test]
fn a_program_that_does_not_listen_is_killed_however_much_it_says() {
    let Some((status, said, left)) = signalled("deaf", "stay_deaf", Signal::TERM) else { return };
    assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{said}");
    has(&said, &["the program ended with signal 9 (SIGKILL)"]);
    assert_eq!(left, Vec::<PathBuf>::new());
}

#[test]
#[cfg(target_os = "linux")]
fn a_command_that_is_killed_takes_the_program_with_it() {
    let Some((status, said, left)) = signalled("killed", "stay", Signal::KILL) else { return };
    assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "{said}");
    // Nobody is left who could have.
    for folder in left {
        fs::remove_dir_all(folder).expect("the folder can go");
    }
}

#[test]
fn bad_usage_is_64() {
    let stage = Stage::new("usage", "\"expect\": {}");
    let clients = r#"{"version": 1, "name": "c", "clients": [{"name": "c", "threads": []}]}"#;
    fs::write(stage.folder.join("clients.json"), clients).expect("a scenario");
    for (args, said) in [
        (&["exec"][..], "SCENARIO"),
        (&["exec", "s.json"], "PROGRAM"),
        (&["exec", "s.json", "true"], "unexpected argument"),
        (&["exec", "s.json", "--time-scale", "0", "--", "true"], "a number above 0"),
        (&["exec", "s.json", "--time-scale", "nan", "--", "true"], "a number above 0"),
        (&["exec", "s.json", "--profile", "observd", "--", "true"], "did you mean `observed`?"),
        (&["exec", "missing.json", "--", "true"], "there is no such file"),
        (&["exec", "clients.json", "--", "true"], "the program is the client"),
        (&["exec", "s.json", "--", "./missing"], "./missing cannot be started"),
        (&["exec", "s.json", "--trace", "s.json", "--", "true"], "would overwrite it"),
        (&["exec", "s.json", "--trace", "x", "--junit", "x", "--", "true"], "both name x"),
        (
            &["exec", "s.json", "--junit", "no/x", "--trace", "no/y", "--", "true"],
            "cannot be written",
        ),
    ] {
        library();
        let done = netiosim_in(&stage.folder, args);
        assert_eq!(done.code, 64, "{args:?}: {done:?}");
        has(&done.stderr, &[said]);
    }
    let done = netiosim(["exec", "--help"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done:?}");
}

#[test]
fn a_program_of_its_own_reports_at_its_end() {
    let stage = Stage::new("alone", "\"expect\": {}");
    let Some(program) = stage.program("preloaded.c", None) else { return };
    let run = |program: &Path, how: &str| {
        let mut command = Command::new(program);
        command.arg(how).env_remove("NETIOSIM_EXEC").env("NETIOSIM_TRACE_DIR", &stage.folder);
        let name =
            if cfg!(target_vendor = "apple") { "DYLD_INSERT_LIBRARIES" } else { "LD_PRELOAD" };
        let file =
            format!("{}iphlpapi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        command.env(name, library().join(file)).output().expect("it starts")
    };
    let done = run(&program, "");
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let trace = fs::read_dir(&stage.folder).expect("a folder").filter_map(|entry| {
        let path = entry.expect("an entry").path();
        path.extension().is_some_and(|extension| extension == "trace").then_some(path)
    });
    let trace: Vec<PathBuf> = trace.collect();
    assert_eq!(trace.len(), 1, "{trace:?}");
    let name = trace[0].file_name().expect("a name").to_string_lossy();
    assert!(name.starts_with("preloaded-"), "{name}");
    let text = fs::read_to_string(&trace[0]).expect("a trace");
    has(&text, &["GetTeredoPort", "preloaded.c:"]);
}
