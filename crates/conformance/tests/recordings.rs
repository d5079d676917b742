//! What other systems were recorded to do, beside the model under the profile that stands for them. Where they differ, the
//! difference is listed with its reason; one that is not there any more has to go from the list.

mod recordings {
    pub(crate) mod wine_8_0;
    pub(crate) mod wine_8_0_ip;
}

use std::collections::{BTreeMap, BTreeSet};

use netiosim_conformance::backends::Model;
use netiosim_conformance::{Backend, Came, Happening, Probe, Requirement, Seen};
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use serde_json::Value;

use crate::recordings::{wine_8_0, wine_8_0_ip};

const WINE: &str = include_str!("../recordings/wine-8.0.json");

/// The same in a network namespace that `ip` changes.
const WINE_IP: &str = include_str!("../recordings/wine-8.0-ip.json");

fn wine() -> Value {
    serde_json::from_str(WINE).expect("the recording is JSON")
}

fn wine_ip() -> Value {
    serde_json::from_str(WINE_IP).expect("the recording is JSON")
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
    for recording in [wine(), wine_ip()] {
        is_whole_and_without_addresses(&recording);
    }
}

fn is_whole_and_without_addresses(wine: &Value) {
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
    }
    let all = ["checks", "changes", "probes"].into_iter().filter_map(|list| wine[list].as_array());
    for check in all.flatten() {
        let reason = ["reason", "instead"].into_iter().find_map(|member| check[member].as_str());
        let reason = reason.unwrap_or_default();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let numbers = reason.split('.').filter(|part| digit(part.chars().next_back())).count();
        let address = numbers > 1 || reason.contains("::");
        assert!(!address && !reason.contains(['\\', '/']), "{check}");
    }
}

/// What came of the checks, by their ids.
fn outcomes(recording: &Value) -> BTreeMap<&str, &str> {
    let checks = recording["checks"].as_array().expect("a list");
    checks.iter().map(|check| (text(&check["id"]), text(&check["result"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn in_a_world_that_changes_wine_does_what_it_did_but_for_the_checks_that_are_listed() {
    let (still, moved) = (wine(), wine_ip());
    assert_eq!((&moved["world"], &still["world"]), (&"ip".into(), &Value::Null));
    assert_eq!(still["probes"], moved["probes"], "the calls that change nothing");
    let (still, moved) = (outcomes(&still), outcomes(&moved));
    let differ: Vec<(&str, &str, &str)> = still
        .iter()
        .filter(|(id, outcome)| moved[**id] != **outcome)
        .map(|(id, outcome)| (*id, *outcome, moved[id]))
        .collect();
    assert_eq!(differ, wine_8_0_ip::CHECKS);
}

/// What is seen of a change, in words: `shown: GetIfTable2; called: nothing`.
fn seen(seen: &Value) -> String {
    if let Some(instead) = seen["instead"].as_str() {
        return instead.to_owned();
    }
    let list = |member: &str| {
        let all: Vec<&str> = seen[member].as_array().expect("a list").iter().map(text).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    };
    format!("shown: {}; called: {}", list("shown"), list("called"))
}

/// Under Wine no callback comes, whatever happens; where the documents hold one does of more than half of it.
#[test]
fn nobody_is_called_under_wine_of_what_calls_where_the_documents_hold() {
    let recording = wine_ip();
    for change in recording["changes"].as_array().expect("a list") {
        assert!(change["called"].as_array().is_none_or(Vec::is_empty), "{change}");
    }
    let mut calls = 0;
    for happening in Happening::all() {
        let session = Model.session(Profile::Documented, Flavour::User);
        let came: Seen = happening.see(&mut *session.expect("the model has every profile"));
        calls += usize::from(!came.called.is_empty());
    }
    assert!(calls * 2 > Happening::all().len(), "{calls} of {}", Happening::all().len());
}

#[test]
fn of_changes_the_profile_wine_shows_what_wine_shows_but_for_what_is_listed() {
    let recording = wine_ip();
    let changes = recording["changes"].as_array().expect("a list");
    let now: Vec<&str> = Happening::all().iter().map(Happening::name).collect();
    let names: Vec<&str> = changes.iter().map(|one| text(&one["change"])).collect();
    assert_eq!(names, now, "the recording has other changes: record it anew");
    let modelled = |happening: &Happening| {
        let session = Model.session(Profile::Wine, Flavour::User);
        let came: Seen = happening.see(&mut *session.expect("the model has every profile"));
        seen(&serde_json::to_value(&came).expect("names can be written"))
    };
    let happenings = Happening::all();
    let both: Vec<(&str, String, String)> = changes
        .iter()
        .zip(&happenings)
        .map(|(recorded, happening)| (happening.name(), seen(recorded), modelled(happening)))
        .filter(|(_, wine, model)| wine != model)
        .collect();
    let both: Vec<_> =
        both.iter().map(|(name, wine, model)| (*name, wine.as_str(), model.as_str())).collect();
    let mut listed = Vec::new();
    for (reason, all) in wine_8_0_ip::CHANGES {
        assert!(!reason.is_empty());
        listed.extend_from_slice(all);
    }
    let (both, listed): (BTreeSet<_>, BTreeSet<_>) =
        (both.into_iter().collect(), listed.into_iter().collect());
    let new: Vec<_> = both.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&both).collect();
    assert!(new.is_empty() && gone.is_empty(), "not listed: {new:#?}\nlisted in vain: {gone:#?}");
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
