//! Calls that do not come out as a scenario says are told, in every mode: no expectation is idle.

use std::path::Path;

use netiosim_scenario::load;
use netiosim_scenario::run::{Run, RunMode, Verdict, run_scenario};
use serde_json::{Value, json};

/// Runs steps on a home machine, under the documented profile.
fn run(steps: &Value, expect: &Value, mode: RunMode) -> Run {
    let scenario = json!({
        "version": 1,
        "name": "calls",
        "clients": [{
            "name": "app",
            "threads": [{"name": "main", "steps": steps}],
            "callbacks": {"on_change": [
                {"read_row": {"member": "InterfaceLuid", "equals": "Loopback Pseudo-Interface 1"}},
                {"read_row": {"member": "Address", "equals": "10.7.7.8"}}
            ]}
        }],
        "expect": expect
    });
    let loaded = load::scenario_text(&scenario.to_string(), "calls", Path::new(""));
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{}", problems[0]),
    };
    let profile = netiosim_model::profile::Profile::Documented;
    run_scenario(&loaded, profile, mode, None).expect("it can be built")
}

/// The step, or the steps, fail with just this: what, expected, got.
fn tells(steps: &Value, what: &str, expected: &str, got: &str) {
    tells_all(steps, &json!({}), &[(what, expected, got)]);
}

fn tells_all(steps: &Value, expect: &Value, told: &[(&str, &str, &str)]) {
    for mode in RunMode::ALL {
        let run = run(steps, expect, mode);
        let unmet: Vec<(&str, &str, &str)> = run
            .unmet
            .iter()
            .map(|unmet| (unmet.what.as_str(), unmet.expected.as_str(), unmet.got.as_str()))
            .collect();
        assert_eq!(unmet, told, "{} {steps}", mode.name());
        assert_eq!(run.verdict, Verdict::Fail);
    }
}

#[test]
fn rows() {
    let get = |more: Value| {
        let mut call = json!({"interface": "Ethernet", "row": {"Address": "192.168.1.10"}});
        let members = call.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        json!([{"get_unicast_ip_address_entry": call}])
    };
    tells(
        &get(json!({"returns": "ERROR_NOT_FOUND"})),
        "the result of GetUnicastIpAddressEntry",
        "ERROR_NOT_FOUND (1168)",
        "NO_ERROR (0)",
    );
    tells(
        &get(json!({"expect": {"DadState": "tentative"}})),
        "DadState of the row",
        "\"tentative\"",
        "4",
    );
    tells(
        &get(json!({"expect": {"Address": "192.168.1.11"}})),
        "Address of the row",
        "\"192.168.1.11\"",
        "\"192.168.1.10\"",
    );
    let loopback = "Loopback Pseudo-Interface 1";
    tells(
        &get(json!({"expect": {"InterfaceIndex": loopback}})),
        "InterfaceIndex of the row",
        "\"Loopback Pseudo-Interface 1\"",
        "2",
    );
    tells(
        &json!([{"get_if_entry2": {"index": 99, "expect": {"Mtu": 1500}}}]),
        "Mtu of the row",
        "1500",
        "no row",
    );
    tells(
        &json!([
            {"when": {"value": 1, "equals": 2, "then": [{"get_if_entry2": {"index": 2, "keep": "link"}}]}},
            {"get_if_entry2": {"from": "link"}}
        ]),
        "GetIfEntry2",
        "a row that was kept before",
        "no row was kept",
    );
    tells(
        &json!([
            {"change": {"event": {"interface_remove": {"interface": "Ethernet"}}}},
            {"get_if_entry2": {"interface": "Ethernet"}}
        ]),
        "GetIfEntry2",
        "an interface \"Ethernet\"",
        "the machine has none now",
    );
    tells(
        &json!([
            {"set": {"var": "length", "to": 400}},
            {"get_unicast_ip_address_entry": {"interface": "Ethernet", "row": {"OnLinkPrefixLength": "$length"}}}
        ]),
        "OnLinkPrefixLength of the row",
        "a number from 0 to 255",
        "400",
    );
}

#[test]
fn lent_rows() {
    tells_all(
        &json!([
            {"notify_unicast_ip_address_change": {"as": "r", "callback": "on_change", "family": "inet"}},
            {"change": {"event": {"address_add": {"interface": "Ethernet", "address": "10.7.7.7/24", "optimistic": true}}}}
        ]),
        &json!({"deliveries": [{"registration": "r", "contains": [{"address": "10.7.7.9"}]}]}),
        &[
            ("InterfaceLuid of the row", "\"Loopback Pseudo-Interface 1\"", "1688849877041152"),
            ("Address of the row", "\"10.7.7.8\"", "\"10.7.7.7\""),
            (
                "a delivery to \"r\"",
                "address 10.7.7.9",
                "none of 1:\n  MibAddInstance, 10.7.7.7 of interface 2 (\"Ethernet\"), at 0 ms",
            ),
        ],
    );
}

#[test]
fn tables() {
    tells(
        &json!([{"get_unicast_ip_address_table": {"family": "inet", "count": 3}}]),
        "the number of rows of GetUnicastIpAddressTable",
        "3",
        "2",
    );
    tells(
        &json!([{"get_unicast_ip_address_table": {"family": "inet", "at_least": 3}}]),
        "the number of rows of GetUnicastIpAddressTable",
        "at least 3",
        "2",
    );
    tells(
        &json!([{"get_unicast_ip_address_table": {"family": "inet", "contains": [{"Address": "192.168.1.11"}]}}]),
        "the rows of GetUnicastIpAddressTable",
        "one with Address \"192.168.1.11\"",
        "none of 2\n  Address \"192.168.1.10\"\n  Address \"127.0.0.1\"",
    );
    tells(
        &json!([{"get_unicast_ip_address_table": {"lacks": [{"Address": "192.168.1.10", "OnLinkPrefixLength": 24}]}}]),
        "the rows of GetUnicastIpAddressTable",
        "none with Address \"192.168.1.10\", OnLinkPrefixLength 24",
        "there is one",
    );
    tells(
        &json!([{"get_unicast_ip_address_table": {"null_pointer": true, "at_least": 1}}]),
        "the table of GetUnicastIpAddressTable",
        "a table",
        "no table",
    );
    tells(
        &json!([
            {"get_if_table2": {"as": "links"}},
            {"read_table": {"table": "links", "where": {"Alias": "Ethernet"}, "member": "Mtu", "equals": 1400}},
            {"free_mib_table": {"table": "links"}}
        ]),
        "Mtu of the table",
        "1400",
        "1500",
    );
    tells(
        &json!([
            {"get_if_table2": {"as": "links", "free": false}},
            {"read_table": {"table": "links", "row": 9, "member": "Mtu"}}
        ]),
        "Mtu of the table",
        "a row to read",
        "no such row among 3",
    );
    tells(
        &json!([{"notify_stable_unicast_ip_address_table": {"as": "r", "count": 1}}]),
        "the number of rows of NotifyStableUnicastIpAddressTable",
        "1",
        "6",
    );
}

#[test]
fn best_routes_hints_and_conversions() {
    tells(
        &json!([{"get_best_route2": {"destination": "8.8.8.8", "source_is": "10.0.0.1"}}]),
        "the source address of GetBestRoute2",
        "\"10.0.0.1\"",
        "192.168.1.10",
    );
    tells(
        &json!([{"get_best_route2": {"destination": "8.8.8.8", "expect": {"NextHop": "0.0.0.0"}}}]),
        "NextHop of the best route",
        "\"0.0.0.0\"",
        "\"192.168.1.1\"",
    );
    tells(
        &json!([{"get_best_interface": {"destination": "127.0.0.1", "interface": "Ethernet"}}]),
        "the interface of GetBestInterface",
        "\"Ethernet\"",
        "\"Loopback Pseudo-Interface 1\"",
    );
    tells(
        &json!([{"get_network_connectivity_hint": {"expect": {"ConnectivityLevel": "none"}}}]),
        "ConnectivityLevel of the hint",
        "\"none\"",
        "3",
    );
    tells(
        &json!([{"convert_interface_alias_to_luid": {"alias": "Ethernet", "equals": 7}}]),
        "what ConvertInterfaceAliasToLuid gives",
        "7",
        "1688849877041152",
    );
    tells(
        &json!([{"convert_length_to_ipv4_mask": {"length_bits": 9, "equals": "255.0.0.0"}}]),
        "what ConvertLengthToIpv4Mask gives",
        "\"255.0.0.0\"",
        "\"255.128.0.0\"",
    );
    tells(
        &json!([{"if_nametoindex": {"name": "none_7", "equals": 1}}]),
        "what if_nametoindex gives",
        "1",
        "0",
    );
}

#[test]
fn overlapped_requests_and_functions() {
    tells(
        &json!([{"notify_addr_change": {"overlapped": "o", "returns": "NO_ERROR"}}]),
        "the result of NotifyAddrChange",
        "NO_ERROR (0)",
        "ERROR_IO_PENDING (997)",
    );
    tells(
        &json!([
            {"notify_addr_change": {"overlapped": "o"}},
            {"overlapped_result": {"overlapped": "o", "returns": "0"}}
        ]),
        "the result of GetOverlappedResult",
        "NO_ERROR (0)",
        "ERROR_IO_INCOMPLETE (996)",
    );
    tells(
        &json!([
            {"notify_addr_change": {"overlapped": "o"}},
            {"cancel_ip_change_notify": {"overlapped": "o", "returns": false}}
        ]),
        "the result of CancelIPChangeNotify",
        "FALSE",
        "TRUE",
    );
    tells(
        &json!([{"has_function": {"function": "get_if_entry2_ex", "present": false}}]),
        "the function GetIfEntry2Ex",
        "absent",
        "there",
    );
}

#[test]
fn the_machine_at_the_end() {
    let expect = json!({"stack": {
        "addresses": [
            {"address": "192.168.1.10", "interface": "Ethernet", "state": "tentative", "prefix_length": 16},
            {"address": "192.168.1.10", "interface": "Loopback Pseudo-Interface 1"},
            {"address": "192.168.1.10", "present": false}
        ],
        "routes": [
            {"destination": "0.0.0.0/0", "metric": 7},
            {"destination": "0.0.0.0/0", "next_hop": "192.168.1.2", "interface": "Ethernet"}
        ],
        "hint": {"level": "none", "cost": "fixed"},
        "tables_held": 0,
        "interfaces": [{"alias": "Ethernet", "oper_status": "down", "index": 9, "admin_up": false}]
    }});
    tells_all(
        &json!([{"get_if_table2": {"as": "links"}}]),
        &expect,
        &[
            ("whether interface \"Ethernet\" is administratively up", "false", "true"),
            ("the operational status of interface \"Ethernet\"", "down", "up"),
            ("the index of interface \"Ethernet\"", "9", "2"),
            ("the state of address 192.168.1.10 on \"Ethernet\"", "tentative", "preferred"),
            ("the prefix length of address 192.168.1.10 on \"Ethernet\"", "16", "24"),
            ("address 192.168.1.10 on \"Loopback Pseudo-Interface 1\"", "present", "absent"),
            ("address 192.168.1.10", "absent", "present"),
            ("the metric of a route to 0.0.0.0/0", "7", "0"),
            ("a route to 0.0.0.0/0 by 192.168.1.2 on \"Ethernet\"", "present", "absent"),
            ("the connectivity level", "none", "internet_access"),
            ("the connectivity cost", "fixed", "unrestricted"),
            ("tables that are not freed at the end", "0", "1: of GetIfTable2"),
        ],
    );
}
