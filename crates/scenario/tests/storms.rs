//! Storms of a timeline: what they become, and what comes of them in a run.

use std::path::Path;

use netiosim_model::profile::Profile;
use netiosim_scenario::format::Event;
use netiosim_scenario::load;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::run::{RunMode, Verdict, run_scenario};

fn text(template: &str, timeline: &str, rest: &str) -> String {
    format!(
        r#"{{"version": 1, "name": "x", "stack": {{"template": "{template}"}}, "timeline": [{timeline}]{rest}}}"#
    )
}

fn compiled(template: &str, timeline: &str) -> Result<Program, String> {
    let text = text(template, timeline, "");
    let loaded = load::scenario_text(&text, "x.json", Path::new(""));
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
    compile(&loaded.scenario, &loaded.stack, Profile::Documented).map_err(|error| error.to_string())
}

/// When what happens, and from which entry of the file it comes.
fn table(template: &str, timeline: &str) -> Vec<String> {
    let program = compiled(template, timeline).expect("a program");
    let entries = program.timeline.iter().zip(&program.timeline_places);
    entries
        .map(|((at_ms, event), place)| match event {
            Event::Planned(change) => format!("{at_ms} {} of {place}", change.name()),
            other => {
                let value = serde_json::to_value(other).expect("an event");
                let name = value.as_object().and_then(|object| object.keys().next().cloned());
                format!("{at_ms} {} of {place}", name.expect("one member"))
            }
        })
        .collect()
}

#[test]
fn storms_and_other_events_are_put_in_order() {
    let timeline = r#"
        {"at_ms": 100, "event": {"storm": {"tunnel_flap": {"interface": "WireGuard Tunnel", "times": 2, "period_ms": 100}}}},
        {"at_ms": 150, "event": {"teredo_qualify": {}}},
        {"at_ms": 160, "event": {"storm": {"dock_unplug": {"interfaces": ["Ethernet"]}}}},
        {"at_ms": 400, "event": {"teredo_stop": {}}}"#;
    let expected = [
        "100 interface_set of 0",
        "150 interface_set of 0",
        "150 teredo_qualify of 1",
        "160 interface_set of 2",
        "200 interface_set of 0",
        "210 interface_disable of 2",
        "250 interface_set of 0",
        "400 teredo_stop of 3",
    ];
    assert_eq!(table("vpn_client", timeline), expected);
}

#[test]
fn a_storm_is_planned_from_what_is_there_when_it_begins() {
    let up = r#"{"at_ms": 1000, "event": {"storm": {"vpn_up": {"alias": "wg0", "addresses": ["10.8.0.2/32"], "endpoint": "203.0.113.5"}}}}"#;
    let down = r#"{"at_ms": 2000, "event": {"storm": {"vpn_down": {"interface": "wg0", "endpoint": "203.0.113.5"}}}}"#;
    let expected = [
        "1000 route_add of 0",
        "1000 interface_add of 0",
        "1020 address_add of 0",
        "1040 interface_set of 0",
        "1060 route_add of 0",
        "1060 route_add of 0",
        "2000 route_remove of 1",
        "2000 route_remove of 1",
        "2020 address_remove of 1",
        "2040 interface_remove of 1",
        "2040 route_remove of 1",
    ];
    assert_eq!(table("home", &format!("{up}, {down}")), expected);
    // The lease that the roam renews is the one of the timeline, not the one of the template.
    let lease = r#"{"at_ms": 10, "event": {"dhcp_lease": {"interface": "Wi-Fi", "address": "10.0.0.7/8"}}}"#;
    let roam = r#"{"at_ms": 20, "event": {"storm": {"wifi_roam": {"interface": "Wi-Fi"}}}}"#;
    let program = compiled("laptop", &format!("{lease}, {roam}")).expect("a program");
    let (_, last) = program.timeline.last().expect("entries");
    let Event::Planned(change) = last else { panic!("{last:?}") };
    assert!(format!("{change:?}").contains("10.0.0.7"), "{change:?}");
}

#[test]
fn a_late_adapter_takes_the_numbers_that_are_free_when_it_comes() {
    let late =
        r#"{"at_ms": 5, "event": {"storm": {"late_adapter": {"interface": {"alias": "USB"}}}}}"#;
    let other = r#"{"at_ms": 6, "event": {"interface_add": {"alias": "Dock"}}}"#;
    assert_eq!(
        table("home", &format!("{late}, {other}")),
        ["6 interface_add of 1", "30005 interface_add of 0"]
    );
}

#[test]
fn a_storm_that_makes_no_sense_says_where_and_why() {
    let remove = r#"{"at_ms": 1, "event": {"interface_remove": {"interface": "Wi-Fi"}}}"#;
    let roam = r#"{"at_ms": 2, "event": {"storm": {"wifi_roam": {"interface": "Wi-Fi"}}}}"#;
    let told = compiled("laptop", &format!("{remove}, {roam}")).expect_err("no Wi-Fi");
    assert_eq!(told, "timeline[1].event: no interface has the alias \"Wi-Fi\"");
    let netsh = r#"{"event": {"storm": {"netsh_set_address": {"interface": "Ethernet", "from": "10.0.0.1", "to": "10.0.0.2/8"}}}}"#;
    let told = compiled("home", netsh).expect_err("no such address");
    assert_eq!(told, "timeline[0].event: 10.0.0.1 is not on the interface");
}

/// The callbacks of a client during each storm, in every mode of delivery.
#[test]
fn clients_live_through_every_storm() {
    let storms = [
        ("laptop", r#"{"wifi_roam": {"interface": "Wi-Fi"}}"#, 6, 10),
        ("laptop", r#"{"dock_unplug": {"interfaces": ["Ethernet", "Wi-Fi"]}}"#, 8, 8),
        ("laptop", r#"{"sleep_resume": {"asleep_ms": 1000}}"#, 8, 8),
        ("home", r#"{"vpn_up": {"alias": "wg0", "addresses": ["10.8.0.2/32"]}}"#, 3, 3),
        ("vpn_client", r#"{"vpn_down": {"interface": "WireGuard Tunnel"}}"#, 2, 2),
        (
            "home",
            r#"{"netsh_set_address": {"interface": "Ethernet", "from": "192.168.1.10", "to": "192.168.1.77/24"}}"#,
            0,
            0,
        ),
        ("home", r#"{"late_adapter": {"interface": {"alias": "USB"}, "after_ms": 1000}}"#, 2, 2),
        (
            "vpn_client",
            r#"{"tunnel_flap": {"interface": "WireGuard Tunnel", "times": 3, "period_ms": 10}}"#,
            12,
            12,
        ),
    ];
    for (template, storm, least, most) in storms {
        let rest = format!(
            r#", "clients": [{{"name": "c", "threads": [{{"name": "main", "steps": [
                {{"notify_ip_interface_change": {{"as": "rows"}}}}, {{"sleep": {{"ms": 60000}}}}, {{"cancel": {{"handle": "rows"}}}}]}}]}}],
            "expect": {{"deliveries": [{{"registration": "rows", "at_least": {least}, "at_most": {most}}}]}}"#
        );
        let timeline = format!(r#"{{"at_ms": 100, "event": {{"storm": {storm}}}}}"#);
        let loaded =
            load::scenario_text(&text(template, &timeline, &rest), "x.json", Path::new(""));
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
        for mode in [RunMode::Manual, RunMode::Controlled] {
            let run = run_scenario(&loaded, Profile::Documented, mode, None).expect("it runs");
            assert_eq!(run.verdict, Verdict::Pass, "{storm}: {:?}\n{:#?}", run.unmet, run.trace);
        }
    }
}
