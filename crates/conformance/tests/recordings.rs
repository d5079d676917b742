//! What other systems were recorded to do, beside the model under the profile that stands for them. Where they differ, the
//! difference is listed with its reason; one that is not there any more has to go from the list.

mod recordings {
    pub(crate) mod wine_8_0;
}

use std::collections::{BTreeMap, BTreeSet};

use netiosim_conformance::backends::Model;
use netiosim_conformance::{Backend, Came, Probe, Requirement};
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use serde_json::Value;

use crate::recordings::wine_8_0;

const WINE: &str = include_str!("../recordings/wine-8.0.json");

fn wine() -> Value {
    serde_json::from_str(WINE).expect("the recording is JSON")
}

/// What came of a call, in words: `0, handle NULL, not called`.
fn words(came: &Value) -> String {
    if let Some(instead) = came["instead"].as_str() {
        return instead.to_owned();
    }
    let mut words = came["code"].as_u64().map_or("no code".to_owned(), |code| code.to_string());
    match (came["wrote"] == true, came["null"].as_bool()) {
        (true, Some(true)) => words += ", handle NULL",
        (true, Some(false)) => words += ", handle",
        (true, None) => words += ", wrote",
        (false, _) => {}
    }
    match came["called"].as_bool() {
        Some(true) => words += ", called",
        Some(false) => words += ", not called",
        None => {}
    }
    words
}

/// The probes of a recording, in order.
fn recorded(recording: &Value) -> Vec<(String, String)> {
    let probes = recording["probes"].as_array().expect("a list");
    let call = |one: &Value| one["call"].as_str().expect("a call").to_owned();
    probes.iter().map(|one| (call(one), words(one))).collect()
}

/// The same probes over the model.
fn modelled(profile: Profile) -> BTreeMap<String, String> {
    let came = |probe: &Probe| {
        let session = Model.session(profile, Flavour::User);
        let came: Came = probe.come(&mut *session.expect("the model has every profile"));
        words(&serde_json::to_value(&came).expect("codes can be written"))
    };
    Probe::all().iter().map(|probe| (probe.call().to_owned(), came(probe))).collect()
}

#[test]
fn the_profile_wine_differs_from_wine_as_listed_and_in_nothing_else() {
    let (recorded, modelled) = (recorded(&wine()), modelled(Profile::Wine));
    let calls: Vec<&str> = recorded.iter().map(|(call, _)| call.as_str()).collect();
    let probes = Probe::all();
    let now: Vec<&str> = probes.iter().map(Probe::call).collect();
    assert_eq!(calls, now, "the recording has other probes: record it anew");

    let mut listed = BTreeSet::new();
    for (reason, all) in wine_8_0::DIFFERENCES {
        for (call, wine, model) in *all {
            assert!(!reason.is_empty() && listed.insert((*call, *wine, *model)), "{call} twice");
        }
    }
    let mut missing: BTreeSet<&str> = BTreeSet::new();
    let mut differ = BTreeSet::new();
    for (call, wine) in &recorded {
        let (function, _) = call.split_once('(').expect("a call");
        let absent = |function: &str| *wine == format!("this system does not export {function}");
        if absent(function) {
            missing.insert(function);
        } else if !wine_8_0::NOT_EXPORTED.iter().any(|function| absent(function))
            && modelled[call] != *wine
        {
            differ.insert((call.as_str(), wine.as_str(), modelled[call].as_str()));
        }
    }
    let not_exported: BTreeSet<&str> = wine_8_0::NOT_EXPORTED.iter().copied().collect();
    assert_eq!(missing, not_exported, "functions that Wine does not export");
    let new: Vec<_> = differ.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&differ).collect();
    assert!(new.is_empty() && gone.is_empty(), "not listed: {new:#?}\nlisted in vain: {gone:#?}");
}

#[test]
fn a_recording_has_every_check_that_a_program_can_make_and_no_address() {
    let wine = wine();
    assert_eq!((&wine["version"], &wine["system"]), (&1.into(), &"Wine 8.0".into()));
    let checks = wine["checks"].as_array().expect("a list");
    let ids: Vec<&str> = checks.iter().filter_map(|check| check["id"].as_str()).collect();
    let about = netiosim_conformance::requirements().iter();
    let about = about.filter(|one: &&Requirement| one.is_about(Flavour::User));
    assert_eq!(ids, about.map(|one| one.id).collect::<Vec<_>>());
    for check in checks {
        // What a failed check saw is not recorded: there may be addresses in it.
        let reason = check["reason"].as_str().unwrap_or_default();
        let plain = ["the program died", "the call did not return", ""].contains(&reason);
        assert!(plain || check["result"] != "fail", "{check}");
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let numbers = reason.split('.').filter(|part| digit(part.chars().next_back())).count();
        let address = numbers > 1 || reason.contains("::");
        assert!(!address && !reason.contains(['\\', '/']), "{check}");
    }
}

/// The same calls by the names of Windows, so that what is recorded elsewhere was made as it is meant to be.
#[cfg(all(feature = "abi", not(windows)))]
#[test]
fn the_backend_system_makes_the_calls_that_the_model_answers() {
    use netiosim_conformance::backends::System;

    let stack = netiosim_sim::Stack::builder().report_leaks(false).announce(false).build();
    let _bound = netiosim_win32::bind(&stack);
    let modelled = modelled(Profile::Documented);
    for probe in Probe::all() {
        let mut session =
            System::new().reckless().session(Profile::Documented, Flavour::User).expect("one");
        let came = probe.come(&mut *session);
        let came = words(&serde_json::to_value(&came).expect("codes can be written"));
        assert_eq!(came, modelled[probe.call()], "{}", probe.call());
    }
    let _ = stack.take_findings();
}
