//! Every check holds over every backend that is built in, under every profile that it speaks about.

use netiosim_conformance::{Matrix, Outcome, Selection, all, backends};
use netiosim_model::profile::Profile;

#[test]
fn everything_is_as_the_documents_say() {
    let matrix = Matrix::run(&backends::all(), &Selection::default());
    let failed: Vec<String> = matrix.failed().map(|cell| format!("{cell:?}")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // Whoever counts as not applicable has a reason, and is applicable somewhere.
    for check in all() {
        let of = || matrix.results.iter().filter(|cell| cell.id == check.id);
        assert!(of().any(|cell| cell.result == Outcome::Pass), "{} passes nowhere", check.id);
        assert!(of().all(|cell| (cell.result == Outcome::Pass) == cell.reason.is_none()));
    }
    for backend in &matrix.backends {
        let passed = matrix.results.iter().filter(|cell| cell.backend == *backend);
        let passed = passed.filter(|cell| cell.result == Outcome::Pass).count();
        assert!(passed > 100, "{backend}: {passed}");
    }
}

#[test]
fn the_report_names_ids_and_backends() {
    let ids = "TP-0*".to_owned();
    let selection = Selection { ids, profiles: vec![Profile::Documented, Profile::Wine] };
    let matrix = Matrix::run(&[&backends::Model], &selection);
    let text = matrix.text();
    assert!(text.contains("TP-07   pass   Port is 0 with MibInitialNotification"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&matrix.json()).expect("it is JSON");
    assert_eq!((json["version"].as_u64(), &json["backends"][0]), (Some(1), &"model".into()));
    let cells = json["checks"].as_array().expect("a list");
    let of = |id: &str, profile: &str| {
        let found = cells.iter().find(|cell| cell["id"] == id && cell["profile"] == profile);
        found.expect("it is there").clone()
    };
    let initial = of("TP-07", "documented");
    assert_eq!((&initial["result"], &initial["kind"]), (&"pass".into(), &"documented".into()));
    let wine = of("TP-07", "wine");
    assert_eq!(wine["result"], "not_applicable");
    assert!(wine["reason"].as_str().is_some_and(|reason| reason.contains("NULL handle")));
    assert!(!json["without_check"].as_array().expect("a list").is_empty() || cells.len() > 9);
}
