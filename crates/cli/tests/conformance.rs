//! `netiosim conformance`: ids and backends, from the command line.

mod support;

use serde_json::Value;
use support::{folder, netiosim, netiosim_in};

#[test]
fn every_backend_is_as_the_documents_say() {
    let done = netiosim(["conformance"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
    let head = done.stdout.lines().next().unwrap_or_default();
    let mut backends = vec!["model", "manual", "controlled", "threads"];
    if cfg!(not(windows)) {
        backends.push("abi");
    }
    assert_eq!(head.split_whitespace().collect::<Vec<_>>(), backends);
    assert!(done.stdout.contains(" 0 fail,"), "{}", done.stdout);
}

#[test]
fn the_report_for_programs_has_what_is_promised() {
    let anywhere = folder("conformance");
    let args = [
        "conformance",
        "--id",
        "TP-07",
        "--backend",
        "model",
        "--backend",
        "threads",
        "--format",
        "json",
    ];
    let done = netiosim_in(&anywhere, args);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    assert_eq!(report["version"], 1);
    assert_eq!(report["backends"], serde_json::json!(["model", "threads"]));
    let checks = report["checks"].as_array().expect("a list");
    // Two backends, two flavours, four profiles.
    assert_eq!(checks.len(), 16);
    for check in checks {
        for member in ["id", "kind", "flavour", "backend", "profile", "result"] {
            assert!(check[member].is_string(), "{member}: {check}");
        }
        assert_eq!(check["reason"].is_string(), check["profile"] == "wine", "{check}");
    }
}

#[test]
fn bad_calls_are_told() {
    for (args, says) in [
        (["--backend", "modle"], "there is no backend \"modle\"; there are model, manual"),
        (["--id", "XX-*"], "no requirement is called XX-*"),
        (["--backend=a.so", "--backend=b/c"], "a.so and b/c: one shared object"),
        (["--backend=no/such.so", "--backend=modle"], "there is no backend \"modle\""),
        (["--backend=no/such.so", "--id=XX-*"], "no requirement is called XX-*"),
    ] {
        let done = netiosim([&["conformance"], &args[..]].concat());
        assert_eq!(done.code, 64, "{args:?}");
        assert!(done.stderr.contains(says), "{}", done.stderr);
    }
}

#[test]
fn a_path_that_cannot_be_loaded_is_told() {
    for path in ["no/such/library", "library.so", "library.dylib", "library.dll"] {
        let done = netiosim(["conformance", "--backend", path, "--backend", "model"]);
        assert_eq!(done.code, 2, "{path}: {}", done.stderr);
        assert!(done.stderr.contains(&format!("{path} cannot be loaded: ")), "{}", done.stderr);
        assert!(done.stdout.is_empty(), "{}", done.stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_shared_object_is_checked_by_its_path() {
    let library = simulator();
    let path = library.to_str().expect("UTF-8");
    let done = netiosim(["conformance", "--id", "NI-0*", "--backend", "model", "--backend", path]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let mut lines = done.stdout.lines();
    let head = lines.next().unwrap_or_default();
    assert_eq!(head.split_whitespace().collect::<Vec<_>>(), ["model", "library"]);
    let first = lines.next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().take(3).collect();
    assert_eq!(words, ["NI-01", "pass", "pass"]);
    // A path may be relative to the folder that the command runs in.
    let (folder, name) = (library.parent().expect("a folder"), library.file_name());
    let name = name.and_then(|name| name.to_str()).expect("a name");
    let done = netiosim_in(folder, ["conformance", "--id", "NI-01", "--backend", name]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// The simulator as a shared object.
#[cfg(unix)]
fn simulator() -> std::path::PathBuf {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_netiosim")).parent().expect("a folder");
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "-p", "netiosim-iphlpapi"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.arg("--target-dir").arg(folder.parent().expect("a target folder"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(cargo.status().expect("cargo starts").success());
    folder.join(format!("{DLL_PREFIX}iphlpapi{DLL_SUFFIX}"))
}
