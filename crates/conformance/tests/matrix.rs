//! Every check holds over every backend that is built in, under every profile that it speaks about.

use std::collections::BTreeMap;

use netiosim_conformance::{Matrix, Outcome, Selection, all, backends};
use netiosim_model::profile::Profile;

/// What no program can observe, with the reason in the check: at most 25 of them.
const NOWHERE: [&str; 12] = [
    "TP-14", "TP-28", "TP-38", "TP-39", "GT-14", "GT-16", "NI-34", "NI-40", "TA-23", "TA-27",
    "TS-16", "ST-12",
];

/// What one backend cannot show and others can.
const KNOWN: &[(&str, &str)] = &[
    // The names of Windows have no callbacks of others.
    ("abi", "NI-17"),
    ("abi", "NI-18"),
    ("abi", "TP-22"),
    ("abi", "TP-23"),
    // They are declared without a result.
    ("abi", "II-05"),
];

/// What one flavour has no functions for.
const PARTLY: [(&str, &str); 1] = [("RT-27", "kernel")];

#[test]
fn everything_is_as_the_documents_say() {
    let matrix = Matrix::run(&backends::all(), &Selection::default());
    let failed: Vec<String> = matrix.failed().map(|cell| format!("{cell:?}")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(matrix.without_check, Vec::<&str>::new(), "every requirement has a check");
    // Whoever counts as not applicable has a reason, and is applicable somewhere.
    for check in all() {
        let of = || matrix.results.iter().filter(|cell| cell.id == check.id);
        let passes = of().any(|cell| cell.result == Outcome::Pass);
        assert_ne!(passes, NOWHERE.contains(&check.id), "{}: {:?}", check.id, of().next());
        assert!(of().all(|cell| (cell.result == Outcome::Pass) == cell.reason.is_none()));
    }
    // Whatever passes on the model passes on every backend, flavour by flavour and profile by profile.
    let on_model: BTreeMap<(&str, &str, &str), Outcome> = matrix
        .results
        .iter()
        .filter(|cell| cell.backend == "model")
        .map(|cell| ((cell.id, cell.flavour, cell.profile), cell.result))
        .collect();
    for cell in &matrix.results {
        let same = on_model[&(cell.id, cell.flavour, cell.profile)] == cell.result;
        assert!(same || KNOWN.contains(&(cell.backend, cell.id)), "{cell:?}");
    }
    // And what is not applicable there is so because its check says it, not because the world refused something.
    for cell in matrix.results.iter().filter(|cell| cell.backend == "model") {
        let said = all().iter().any(|check| {
            check.id == cell.id && check.except.iter().any(|one| one.0.name() == cell.profile)
        });
        let known = said || NOWHERE.contains(&cell.id) || PARTLY.contains(&(cell.id, cell.flavour));
        assert!(known || cell.result == Outcome::Pass, "{cell:?}");
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
    assert_eq!(json["without_check"].as_array().map(Vec::len), Some(0));
}
