//! The templates, and how stacks are laid over each other.

use std::fs;
use std::path::Path;

use netiosim_scenario::format::{
    FamilyBinding, Scenario, StackSpec, Template, TeredoSpec, TeredoState, TeredoType,
};
use netiosim_scenario::program::build_env;
use netiosim_scenario::template::{self, StackError};
use netiosim_scenario::{load, read};

fn parse(text: &str) -> StackSpec {
    serde_json::from_str(text).expect("a stack")
}

fn resolve(text: &str) -> StackSpec {
    template::resolve(&parse(text), Path::new("")).expect("no file")
}

#[test]
fn every_template_is_whole_and_has_loopback() {
    let names: Vec<&str> = template::names().collect();
    let expected = [
        "home",
        "laptop",
        "server",
        "vpn_client",
        "empty",
        "no_ipv6",
        "ipv6_only",
        "teredo_disabled",
        "teredo_disabled_by_policy",
        "managed",
        "symmetric_nat",
        "many",
    ];
    assert_eq!(names, expected);
    for name in names {
        let stack = template::stack(name).expect("a template");
        assert_eq!((stack.template, &stack.file), (None, &None), "{name}");
        let loopback = stack.interfaces.iter().find(|one| one.if_type == Some(24));
        assert_eq!(loopback.expect("loopback").alias, template::LOOPBACK_ALIAS, "{name}");
        assert!(stack.teredo.is_some(), "{name}");
    }
    assert_eq!(template::stack("hoem"), None);
    assert_eq!(template::scenario("hoem"), None);
}

#[test]
fn templates_differ_as_their_names_say() {
    let teredo = |name: &str| template::stack(name).and_then(|stack| stack.teredo).expect("teredo");
    assert_eq!(teredo("home").state, Some(TeredoState::Qualified));
    assert_eq!(teredo("teredo_disabled").kind, Some(TeredoType::Disabled));
    assert_eq!(teredo("managed").managed_network, Some(true));
    assert_eq!(template::stack("no_ipv6").expect("a template").ipv6, Some(false));
    assert_eq!(template::stack("empty").expect("a template").interfaces.len(), 1);
    assert_eq!(template::stack("server").expect("a template").interfaces.len(), 3);
    assert_eq!(teredo("laptop").state, Some(TeredoState::Dormant));
    assert_eq!(teredo("teredo_disabled_by_policy").managed_network, Some(true));
    assert_eq!(teredo("teredo_disabled_by_policy").state, Some(TeredoState::Disabled));
    assert_eq!(template::stack("ipv6_only").expect("a template").ipv4, Some(false));
    assert_eq!(template::stack("many").expect("a template").interfaces.len(), 101);
}

/// Which interface leads to the Internet, and through which gateway.
#[test]
fn the_best_way_is_the_one_that_the_template_is_about() {
    let cases = [
        ("home", "198.51.100.9", "Ethernet", "192.168.1.1"),
        ("laptop", "198.51.100.9", "Ethernet", "192.168.1.1"),
        ("vpn_client", "198.51.100.9", "WireGuard Tunnel", "0.0.0.0"),
        ("vpn_client", "203.0.113.5", "Ethernet", "192.168.1.1"),
        ("server", "2001:db8:9::1", "Ethernet", "fe80::1"),
        ("ipv6_only", "2001:db8:9::1", "Ethernet", "fe80::1"),
    ];
    for (name, to, alias, gateway) in cases {
        let env = build_env(&template::stack(name).expect("a template")).expect(name);
        let best = env.routes().matching(None, to.parse().expect("an address")).next();
        let best = best.unwrap_or_else(|| panic!("{name} leads nowhere"));
        let interface = env.interface(best.luid).expect("an interface");
        let found = (interface.alias.as_str(), best.next_hop.to_string());
        assert_eq!(found, (alias, gateway.to_owned()), "{name} to {to}");
    }
}

#[test]
fn a_list_is_laid_over_entry_by_entry() {
    let stack = resolve(
        r#"{"template": "home",
            "routes": [{"destination": "0.0.0.0/0", "next_hop": "192.168.1.1", "interface": "Ethernet", "metric": 9},
                       {"destination": "0.0.0.0/0", "next_hop": "192.168.1.2", "interface": "Ethernet"}],
            "neighbours": [{"interface": "Ethernet", "address": "192.168.1.1"}]}"#,
    );
    let metrics: Vec<_> = stack.routes.iter().map(|route| route.metric).collect();
    assert_eq!(metrics, [Some(9), None]);
    assert_eq!(stack.neighbours.len(), 1);
}

#[test]
fn many_is_as_many_as_one_says() {
    let count = |text: &str| resolve(text).interfaces.len() - 1;
    assert_eq!(count(r#"{"template": "many"}"#), 100);
    assert_eq!(count(r#"{"template": "many", "interfaces_count": 5}"#), 5);
    assert_eq!(resolve(r#"{"template": "many", "interfaces_count": 5}"#).interfaces_count, None);
}

#[test]
fn interfaces_are_laid_over_by_alias() {
    let stack = resolve(
        r#"{"template": "home", "interfaces": [
            {"alias": "Ethernet", "mtu": 1400, "ipv4": {"metric": 5}, "ipv6": null},
            {"alias": "VPN", "type": 131}
        ]}"#,
    );
    assert_eq!(stack.interfaces.len(), 3);
    let ethernet = stack.interfaces.iter().find(|one| one.alias == "Ethernet").expect("Ethernet");
    assert_eq!((ethernet.mtu, ethernet.index), (Some(1400), Some(2)));
    assert_eq!(ethernet.ipv6, FamilyBinding::Unbound);
    let ipv4 = ethernet.ipv4.spec().expect("an IPv4 row");
    assert_eq!((ipv4.metric, ipv4.addresses.len()), (Some(5), 1));
}

#[test]
fn there_is_one_loopback_whatever_its_alias() {
    let stack = resolve(r#"{"interfaces": [{"alias": "lo", "type": 24, "mtu": 65536}]}"#);
    assert_eq!(stack.interfaces.len(), 1);
    assert_eq!(stack.interfaces[0].alias, "lo");
    assert_eq!(stack.interfaces[0].index, Some(1));
}

#[test]
fn the_state_of_the_teredo_client_goes_with_what_it_comes_from() {
    let state = |text: &str| resolve(text).teredo.expect("teredo").state;
    let disabled = r#"{"template": "home", "teredo": {"type": "disabled"}}"#;
    assert_eq!(state(disabled), Some(TeredoState::Disabled));
    assert_eq!(state(r#"{"template": "home", "teredo": {"nat": "symmetric"}}"#), None);
    let port = r#"{"template": "home", "teredo": {"port": 50001}}"#;
    assert_eq!(state(port), Some(TeredoState::Qualified));
    let own = r#"{"template": "home", "teredo": {"nat": "cone", "state": "dormant"}}"#;
    assert_eq!(state(own), Some(TeredoState::Dormant));
}

#[test]
fn a_teredo_client_without_a_template_is_not_disabled() {
    assert_eq!(resolve("{}").teredo.expect("teredo").kind, Some(TeredoType::Disabled));
    let own = resolve(r#"{"teredo": {"port": 50001}}"#).teredo.expect("teredo");
    assert_eq!(own, TeredoSpec { port: Some(50_001), ..TeredoSpec::default() });
}

#[test]
fn a_stack_file_is_found_beside_the_scenario() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stack_file_is_found");
    fs::create_dir_all(&directory).expect("a directory");
    let stack = template::stack("server").expect("a template");
    fs::write(directory.join("a.stack.json"), template::stack_file_text("a server", &stack))
        .expect("a file");
    let text = r#"{"version": 1, "name": "x", "stack": {"file": "a.stack.json", "ipv6": false}}"#;
    fs::write(directory.join("x.json"), text).expect("a file");
    let loaded = load::scenario(&directory.join("x.json")).expect("a good scenario");
    assert_eq!(loaded.stack.interfaces.len(), 3);
    assert_eq!(loaded.stack.ipv6, Some(false));
}

#[test]
fn a_bad_stack_file_is_told_with_its_own_places() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad_stack_file");
    fs::create_dir_all(&directory).expect("a directory");
    let bad = [
        ("shape", r#"{"version": 1, "stack": {"ipv6": "yes"}}"#, "stack.ipv6"),
        ("chain", r#"{"version": 1, "stack": {"file": "other.json"}}"#, "stack.file"),
        (
            "reference",
            r#"{"version": 1, "stack": {"interfaces": [{"alias": "a"}, {"alias": "a"}]}}"#,
            "stack.interfaces[1].alias",
        ),
    ];
    for (name, text, path) in bad {
        fs::write(directory.join(name), text).expect("a file");
        let spec = StackSpec { file: Some(name.to_owned()), ..StackSpec::default() };
        match template::resolve(&spec, &directory) {
            Err(StackError::Bad(problems)) => {
                assert_eq!(problems.len(), 1, "{problems:?}");
                assert_eq!(problems[0].path, path);
                assert!(problems[0].file.ends_with(name), "{problems:?}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Every template makes a machine, and its Teredo client is in the state that it says.
#[test]
fn every_template_can_be_built() {
    for name in template::names() {
        let stack = template::stack(name).expect("a template");
        let env = build_env(&stack).expect(name);
        let state = stack.teredo.and_then(|teredo| teredo.state).map(TeredoState::word);
        assert_eq!(Some(env.teredo().state().word()), state.or(Some("disabled")), "{name}");
        assert_eq!(env.ipv6_present(), stack.ipv6 != Some(false), "{name}");
        assert_eq!(env.ipv4_present(), stack.ipv4 != Some(false), "{name}");
    }
    let home = build_env(&template::stack("home").expect("a template")).expect("home");
    assert_eq!(home.teredo().port(), Some(50_000));
}

/// What is written is read again as the same value, for stacks and scenarios.
#[test]
fn templates_survive_a_round_trip() {
    for name in template::names() {
        let stack = template::stack(name).expect("a template");
        let text = template::stack_file_text("round trip", &stack);
        assert_eq!(read::read_stack_file(&text, name).expect("a good file").stack, stack);
    }
    for name in template::scenario_names() {
        let text = template::scenario(name).expect("an example");
        let scenario = read::read_scenario(text, name).expect("a good file");
        let again = serde_json::to_string_pretty(&scenario).expect("text");
        assert_eq!(read::read_scenario(&again, name).expect("a good file"), scenario);
    }
}

#[test]
fn a_scenario_without_a_stack_is_at_home() {
    let scenario = read::read_scenario(r#"{"version": 1, "name": "x"}"#, "x").expect("good");
    assert_eq!(scenario, Scenario::new("x"));
    assert_eq!(scenario.stack, StackSpec::of(Template::Home));
}
