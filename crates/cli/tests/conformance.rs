//! `netiosim conformance`: ids and backends, from the command line.

mod support;

use serde_json::Value;
use support::{folder, netiosim, netiosim_in};

#[test]
fn every_backend_is_as_the_documents_say() {
    let done = netiosim(["conformance"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
    let head = done.stdout.lines().next().unwrap_or_default();
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["model", "manual", "controlled", "threads"]
    );
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
    ] {
        let done = netiosim([&["conformance"], &args[..]].concat());
        assert_eq!(done.code, 64, "{args:?}");
        assert!(done.stderr.contains(says), "{}", done.stderr);
    }
}
