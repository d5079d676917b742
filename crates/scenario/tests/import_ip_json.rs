//! A machine saved by iproute2 becomes a stack that scenarios run on.

use std::path::Path;

use netiosim_model::env::Env;
use netiosim_model::interface::OperStatus;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::table::{Route, RouteOwner};
use netiosim_scenario::import::Imported;
use netiosim_scenario::import::ip_json::IpJson;
use netiosim_scenario::run::{Run, RunMode, Verdict, run_scenario};
use netiosim_scenario::{load, program, read, template};

const SAVED: [(&str, &str); 4] = [
    ("address.json", include_str!("data/ip-json/address.json")),
    ("link.json", include_str!("data/ip-json/link.json")),
    ("route.json", include_str!("data/ip-json/route.json")),
    ("route6.json", include_str!("data/ip-json/route6.json")),
];

fn imported(files: &[(&str, &str)]) -> Imported {
    let mut machine = IpJson::default();
    for (name, text) in files {
        machine.add(name, text).expect(name);
    }
    machine.into_stack("the sample").expect("interfaces")
}

fn built(imported: &Imported) -> Env {
    let stack = template::resolve(&imported.file.stack, Path::new("")).expect("a stack");
    program::build_env(&stack).expect("a machine")
}

/// Runs a scenario whose `stack.file` is the imported stack.
fn run(imported: &Imported, scenario: &str) -> Run {
    let loaded = load::scenario_text(scenario, "scenario.json", Path::new(""));
    let mut loaded = loaded.unwrap_or_else(|problems| panic!("{problems:?}"));
    loaded.stack = template::resolve(&imported.file.stack, Path::new("")).expect("a stack");
    let run = run_scenario(&loaded, Profile::Documented, RunMode::Manual, None);
    run.expect("it runs")
}

#[test]
fn interfaces_keep_their_names_indexes_types_and_states() {
    let env = built(&imported(&SAVED));
    for (alias, index, if_type, status, mtu) in [
        ("lo", 1, 24, OperStatus::Up, 65536),
        ("enp3s0", 2, 6, OperStatus::Up, 1500),
        ("wlp2s0", 3, 6, OperStatus::Down, 1500),
        ("sit0", 4, 131, OperStatus::Down, 1480),
        ("docker0", 7, 6, OperStatus::Down, 1500),
        ("wg0", 9, 131, OperStatus::Up, 1420),
        ("veth0", 10, 6, OperStatus::Down, 1500),
        ("ppp0", 12, 23, OperStatus::Up, 1492),
    ] {
        let interface = env.interface_by_alias(alias).expect(alias);
        let luid_index = if if_type == 24 { 0 } else { index };
        assert_eq!(
            (interface.index, interface.if_type, interface.mtu),
            (index, if_type, mtu),
            "{alias}"
        );
        assert_eq!(interface.luid, Luid::new(if_type, luid_index), "{alias}");
        assert_eq!(interface.oper_status(), status, "{alias}");
        for family in Family::ALL {
            assert!(interface.row(family).is_some(), "{alias} {family}");
        }
    }
    let docker0 = env.interface_by_alias("docker0").expect("docker0");
    assert!(docker0.admin_up && !docker0.connected);
    let enp3s0 = env.interface_by_alias("enp3s0").expect("enp3s0");
    assert_eq!(enp3s0.physical_address, [0x02, 0x00, 0x5E, 0x10, 0x00, 0x02]);
    assert_eq!(enp3s0.description, "the desk's cable");
}

#[test]
fn addresses_of_both_families_arrive_with_their_prefixes() {
    let env = built(&imported(&SAVED));
    let of = |alias: &str| {
        let luid = env.interface_by_alias(alias).expect(alias).luid;
        let own = env.addresses().filter(|address| address.luid == luid);
        own.map(|address| format!("{}/{}", address.address, address.prefix_length))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("lo"), ["127.0.0.1/8", "::1/128"]);
    assert_eq!(of("enp3s0"), ["192.0.2.10/24", "2001:db8:0:1::10/64", "fe80::5eff:fe10:2/64"]);
    assert_eq!(of("ppp0"), ["192.0.2.200/32"]);
    assert!(of("wlp2s0").is_empty());
}

#[test]
fn routes_of_both_families_are_kept_and_a_blackhole_is_told() {
    let imported = imported(&SAVED);
    let env = built(&imported);
    let written = &imported.file.stack.routes;
    let written: Vec<String> =
        written.iter().map(|route| format!("{} {}", route.interface, route.destination)).collect();
    // Those to the prefixes of the addresses come with the addresses.
    let expected = [
        "enp3s0 0.0.0.0/0",
        "ppp0 192.0.2.201/32",
        "enp3s0 203.0.113.0/24",
        "wg0 203.0.113.0/24",
        "enp3s0 ::/0",
    ];
    assert_eq!(written, expected);
    let (brought, kept): (Vec<&Route>, Vec<&Route>) =
        env.routes().iter().partition(|route| matches!(route.owner, RouteOwner::Address(_)));
    assert_eq!((brought.len(), kept.len()), (13, 5));
    let own = "192.0.2.0".parse().expect("an address");
    assert_eq!(env.routes().to_prefix(None, own, 24).count(), 1);
    let default6 =
        env.routes().iter().find(|route| route.prefix_length == 0 && route.destination.is_ipv6());
    let default6 = default6.expect("an IPv6 default route");
    assert_eq!(
        (default6.next_hop.to_string().as_str(), default6.metric),
        ("fe80::5eff:fe10:1", 100)
    );
    assert_eq!(imported.notes.len(), 1, "{:?}", imported.notes);
    assert!(imported.notes[0].contains("192.0.2.128/26"), "{:?}", imported.notes);
}

#[test]
fn the_order_of_the_files_makes_no_difference_to_the_machine() {
    let mut reversed = SAVED;
    reversed.reverse();
    let (one, other) = (built(&imported(&SAVED)), built(&imported(&reversed)));
    assert!(one.interfaces().eq(other.interfaces()));
    assert!(one.addresses().eq(other.addresses()));
}

#[test]
fn the_written_file_reads_back_as_the_same_stack() {
    let imported = imported(&SAVED);
    let text = template::stack_file_text(&imported.file.description, &imported.file.stack);
    let read = read::read_stack_file(&text, "stack.json").expect("a stack file");
    assert_eq!(read, imported.file);
}

#[test]
fn a_scenario_runs_on_it_and_sees_its_interfaces() {
    let scenario = r#"{"version": 1, "name": "an imported machine",
        "stack": {"interfaces": [{"alias": "enp3s0"}]},
        "timeline": [{"at_ms": 10, "event": {"interface_set": {"interface": "enp3s0", "family": "inet", "mtu": 1400}}}],
        "clients": [{"name": "c", "callbacks": {"on_change": []}, "threads": [{"name": "main", "steps": [
            {"notify_ip_interface_change": {"as": "r", "callback": "on_change", "family": "inet"}},
            {"sleep": {"ms": 100}}, {"cancel": {"handle": "r"}}]}]}],
        "expect": {"deliveries": [{"registration": "r",
            "exactly": [{"type": "parameter", "family": "inet", "interface": "enp3s0"}]}]}}"#;
    let run = run(&imported(&SAVED), scenario);
    assert_eq!(run.verdict, Verdict::Pass, "{:?}", run.unmet);
    assert!(run.trace.iter().any(|line| line.contains("IPv4 of interface 2")), "{:#?}", run.trace);
}

#[test]
fn the_teredo_client_sleeps_until_a_scenario_wakes_it() {
    let scenario = r#"{"version": 1, "name": "Teredo wakes up",
        "timeline": [{"at_ms": 10, "event": {"teredo_qualify": {}}}],
        "clients": [{"name": "c", "callbacks": {"on_port": []}, "threads": [{"name": "main", "steps": [
            {"notify_teredo_port_change": {"as": "r", "callback": "on_port"}},
            {"sleep": {"ms": 60000}},
            {"get_teredo_port": {"returns": "NO_ERROR"}},
            {"cancel": {"handle": "r"}}]}]}],
        "expect": {"stack": {"teredo": {"state": "qualified"}}}}"#;
    let imported = imported(&SAVED);
    assert_eq!(built(&imported).teredo().state(), netiosim_model::teredo::TeredoState::Dormant);
    let run = run(&imported, scenario);
    assert_eq!(run.verdict, Verdict::Pass, "{:?}\n{:#?}", run.unmet, run.trace);
}
