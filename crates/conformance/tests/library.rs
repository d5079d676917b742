//! The checks over shared objects that are loaded: the simulator's own, which makes stacks, and libraries of a few functions that know
//! of none.
#![cfg(all(feature = "abi", unix))]

use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use netiosim_conformance::backends::{Model, Shared};
use netiosim_conformance::{
    Act, Backend as _, Did, Heard, Matrix, Outcome, Register, Selection, Told,
};
use netiosim_model::function::Function;
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;

/// A test that cannot run here says so loudly; where `NETIOSIM_NO_SKIP` is set, as by `.ci/run`, it fails.
fn skip(why: &str) {
    assert!(std::env::var_os("NETIOSIM_NO_SKIP").is_none(), "NETIOSIM_NO_SKIP is set, but {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED, NOT PASSED: {why}");
}

/// The simulator as a shared object.
fn simulator() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let own = std::env::current_exe().expect("a test is a file");
        let folder = own.ancestors().nth(2).expect("target/PROFILE/deps/TEST").to_owned();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "netiosim-iphlpapi"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.arg("--target-dir").arg(folder.parent().expect("a target folder"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(cargo.status().expect("cargo starts").success());
        folder.join(format!("{DLL_PREFIX}iphlpapi{DLL_SUFFIX}"))
    })
}

/// The library of a C file beside this one; `None`, loudly, without a compiler.
fn compiled(name: &str) -> Option<Shared> {
    if Command::new("cc").arg("--version").output().is_err() {
        skip("there is no cc");
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library").join(name);
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).with_extension("so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-pthread", "-Wall", "-Wextra", "-Werror", "-o"]);
    assert!(cc.arg(&library).arg(source).status().expect("cc starts").success());
    let shared = Shared::open(&library).expect("it can be loaded");
    assert!(!shared.makes_stacks());
    Some(shared)
}

fn selection(profile: Profile) -> Selection {
    Selection { profiles: vec![profile], ..Selection::default() }
}

/// Every check over the simulator as a shared object: none fails, none passes that does not on the model, and as many as this pass.
fn over_the_simulator(profile: Profile, at_least: usize) {
    let shared = Shared::open(simulator()).expect("it can be loaded");
    assert!(shared.makes_stacks());
    let matrix = Matrix::run(&[&Model, &shared], &selection(profile));
    let failed: Vec<_> = matrix.failed().collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let mut on_model = BTreeMap::new();
    let mut passed = 0;
    for cell in &matrix.results {
        let key = (cell.id, cell.flavour);
        match cell.backend {
            "model" => {
                on_model.insert(key, cell.result);
            }
            _ if cell.result == Outcome::Pass => {
                assert_eq!(on_model[&key], Outcome::Pass, "{cell:?}");
                passed += 1;
            }
            // What it cannot do it has a reason for.
            _ => {
                assert!(cell.result == Outcome::NotApplicable && cell.reason.is_some(), "{cell:?}");
            }
        }
    }
    assert!(passed >= at_least, "{passed} pass under {profile:?}, and not {at_least}");
}

#[test]
fn the_simulator_is_as_the_documents_say_under_documented() {
    over_the_simulator(Profile::Documented, 425);
}

#[test]
fn the_simulator_is_as_the_documents_say_under_observed() {
    over_the_simulator(Profile::Observed, 415);
}

#[test]
fn the_simulator_is_as_the_documents_say_under_adversarial() {
    over_the_simulator(Profile::Adversarial, 405);
}

#[test]
fn the_simulator_is_as_the_documents_say_under_wine() {
    over_the_simulator(Profile::Wine, 245);
}

#[test]
fn a_wrong_function_of_a_library_fails_its_check_and_what_is_missing_is_not_applicable() {
    let Some(shared) = compiled("few.c") else { return };
    let matrix = Matrix::run(&[&shared], &selection(Profile::Documented));
    let failed: Vec<&str> = matrix.failed().map(|cell| cell.id).collect();
    assert_eq!(failed, ["CV-15"]);
    for cell in matrix.results.iter().filter(|cell| cell.result != Outcome::Fail) {
        // Nothing else is about these two functions, and a library without stacks is no driver's.
        let expected = match cell.flavour {
            "user" => Outcome::NotApplicable,
            _ => Outcome::Unsupported,
        };
        assert_eq!(cell.result, expected, "{cell:?}");
        assert!(cell.reason.is_some(), "{cell:?}");
    }
    let missing = "this library does not export GetTeredoPort";
    assert!(matrix.results.iter().any(|cell| cell.reason.as_deref() == Some(missing)));
    let mut session = shared.session(Profile::Documented, Flavour::User).expect("a session");
    assert_eq!(session.has(Function::ConvertIpv4MaskToLength), Ok(true));
    // Every program has a function of this name from the C library, and this library has none.
    assert_eq!(session.has(Function::IfNametoindex), Ok(false));
}

#[test]
fn a_callback_on_a_thread_of_a_library_calls_the_functions_of_that_library() {
    let Some(shared) = compiled("calls_back.c") else { return };
    let mut session = shared.session(Profile::Documented, Flavour::User).expect("a session");
    let port = Register::new(Function::NotifyTeredoPortChange).context(7).initial();
    let left = session.register(&port.act(Act::Port));
    assert_eq!(left.code, 0);
    // The cancel waits for the thread.
    assert_eq!(session.cancel(left.handle.expect("a handle")), 0);
    assert_eq!(session.heard(), [Heard { context: 7, told: Told::Port { port: 0, kind: 3 } }]);
    assert_eq!(session.did(), [Did::Port(0, Some(4711))]);
}

#[test]
fn what_cannot_be_loaded_is_told_with_the_path_and_the_reason() {
    let error = Shared::open("no/such/libiphlpapi.so").expect_err("there is none").to_string();
    let (path, reason) = error.split_once(" cannot be loaded: ").expect("two parts");
    assert_eq!(path, "no/such/libiphlpapi.so");
    assert!(!reason.is_empty());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let error = Shared::open(&source).expect_err("it is no library").to_string();
    assert!(error.contains("Cargo.toml cannot be loaded: "), "{error}");
}
