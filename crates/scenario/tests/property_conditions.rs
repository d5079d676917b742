//! Every condition of a property is true from the moment on that it speaks of, in every mode.

use std::path::Path;
use std::sync::Arc;

use netiosim_model::profile::Profile;
use netiosim_scenario::live::{Turns, run_live};
use netiosim_scenario::load;
use netiosim_scenario::outcome::Outcome;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::world::World;

/// Something happens every few milliseconds.
const WORLD: &str = r#"
  "timeline": [
    {"at_ms": 50, "event": {"teredo_restart": {"port": 50001}}},
    {"at_ms": 80, "event": {"teredo_stop": {}}},
    {"at_ms": 90, "event": {"interface_set": {"interface": "Ethernet", "connected": false}}},
    {"at_ms": 100, "event": {"port_open": {"port": 3389}}},
    {"at_ms": 110, "event": {"address_remove": {"interface": "Ethernet", "address": "192.168.1.10"}}}
  ],
  "clients": [{
    "name": "firewall",
    "locks": [{"name": "table"}, {"name": "other"}],
    "callbacks": {"on_port": [{"lock": {"lock": "other"}}, {"sleep": {"ms": 20}}, {"unlock": {"lock": "other"}}]},
    "threads": [{"name": "main", "steps": [
      {"sleep": {"ms": 10}},
      {"notify_teredo_port_change": {"as": "ports", "callback": "on_port"}},
      {"sleep": {"ms": 10}}, {"lock": {"lock": "table"}},
      {"sleep": {"ms": 10}}, {"unlock": {"lock": "table"}},
      {"sleep": {"ms": 30}}, {"cancel": {"handle": "ports"}},
      {"sleep": {"ms": 80}},
      {"notify_teredo_port_change": {"as": "again", "initial": true}}]}]
  }]"#;

fn program(condition: &str) -> Arc<Program> {
    let expect = format!(r#"{{"eventually": [{{"name": "it", "all": [{condition}]}}]}}"#);
    let text = format!(r#"{{"version": 1, "name": "x", "expect": {expect}, {}}}"#, WORLD.trim());
    let loaded = load::scenario_text(&text, "x.json", Path::new(""));
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}", problems[0].render(false)));
    Arc::new(compile(&loaded.scenario, &loaded.stack, Profile::Documented).expect("a program"))
}

/// When it was true for the first time, in milliseconds; -1: before anything happened.
fn since(outcome: &Outcome) -> Option<i64> {
    let moment = outcome.moments[0]?;
    let last = moment.checked_sub(1).map(|last| &outcome.events[last]);
    Some(last.map_or(-1, |event| i64::try_from(event.at_ms).expect("a short run")))
}

#[test]
fn conditions_come_true_in_their_moment() {
    let ethernet = r#""alias": "Ethernet""#;
    let home = r#""address": "192.168.1.10""#;
    let cases: Vec<(String, Option<i64>)> = [
        (r#"{"registered": "ports"}"#, Some(10)),
        (r#"{"registered": "firewall.again"}"#, Some(150)),
        (r#"{"not": {"registered": "ports"}}"#, Some(-1)),
        (r#"{"delivering": "ports"}"#, Some(50)),
        (r#"{"delivering": "again"}"#, Some(150)),
        (r#"{"cancelling": "ports"}"#, Some(60)),
        (r#"{"cancelling": "again"}"#, None),
        (r#"{"delivered": {"registration": "ports"}}"#, Some(50)),
        (r#"{"delivered": {"registration": "ports", "at_least": 2}}"#, None),
        (r#"{"delivered": {"registration": "again", "matching": {"during": "register", "port": 0}}}"#, Some(150)),
        (r#"{"delivered": {"registration": "ports", "matching": {"during": "register"}}}"#, None),
        (r#"{"delivered": {"registration": "ports", "matching": {"port": 50001}}}"#, Some(50)),
        (r#"{"delivered": {"registration": "ports", "matching": {"type": "initial"}}}"#, None),
        (r#"{"holds": {"lock": "table"}}"#, Some(20)),
        (r#"{"holds": {"lock": "firewall.table", "thread": "main"}}"#, Some(20)),
        (r#"{"holds": {"lock": "other"}}"#, Some(50)),
        (r#"{"holds": {"lock": "other", "thread": "firewall.main"}}"#, None),
        (r#"{"port": 50000}"#, Some(-1)),
        (r#"{"port": 50001}"#, Some(50)),
        (r#"{"port": null}"#, Some(80)),
        (r#"{"teredo": {"state": "qualified"}}"#, Some(-1)),
        (r#"{"teredo": {"state": "offline"}}"#, Some(80)),
        (r#"{"hint": {"level": "internet_access"}}"#, Some(-1)),
        (r#"{"hint": {"level": "none", "cost": "unrestricted"}}"#, None),
        (r#"{"listener": 3389}"#, Some(100)),
        (r#"{"listener": 3390}"#, None),
        (r#"{"all": [{"registered": "ports"}, {"holds": {"lock": "table"}}]}"#, Some(20)),
        (r#"{"any": [{"cancelling": "ports"}, {"delivering": "ports"}]}"#, Some(50)),
        (r#"{"all": [{"cancelling": "ports"}, {"not": {"delivering": "ports"}}, {"port": 50002}]}"#, None),
    ]
    .into_iter()
    .map(|(text, since)| (text.to_owned(), since))
    .chain([
        (format!(r#"{{"interface": {{{ethernet}}}}}"#), Some(-1)),
        (format!(r#"{{"interface": {{{ethernet}, "connected": false}}}}"#), Some(90)),
        (format!(r#"{{"interface": {{{ethernet}, "present": false}}}}"#), None),
        (format!(r#"{{"address": {{{home}, "present": false}}}}"#), Some(110)),
        (format!(r#"{{"address": {{{home}, "prefix_length": 24}}}}"#), Some(-1)),
        (r#"{"route": {"destination": "192.168.1.10/32", "present": false}}"#.to_owned(), Some(90)),
        (r#"{"route": {"destination": "0.0.0.0/0", "metric": 77}}"#.to_owned(), None),
    ])
    .collect();
    let mut wrong = Vec::new();
    for (condition, expected) in &cases {
        let program = program(condition);
        let outcomes = [
            ("manual", World::new(&program, 0).run()),
            ("controlled", run_live(&program, 0, Turns::Controlled)),
            ("threads", run_live(&program, 0, Turns::Free)),
        ];
        for (mode, outcome) in outcomes {
            assert_eq!(outcome.limit, None);
            if since(&outcome) != *expected {
                wrong.push(format!("{condition} {mode}: {:?}, not {expected:?}", since(&outcome)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
