//! `netiosim import`.

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use netiosim_scenario::format::StackFile;
use netiosim_scenario::{program, read, template};
use support::{command, folder, netiosim, netiosim_in};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenario/tests/data/ip-json");

/// A scenario on `stack.json` beside it, whose registration hears a change of this interface.
fn scenario(alias: &str) -> String {
    let scenario = serde_json::json!({
        "version": 1,
        "name": "a change on a real interface",
        "profiles": { "except": { "wine": "its registrations never call back" } },
        "stack": { "file": "stack.json" },
        "timeline": [{ "at_ms": 10, "event": { "interface_touch": { "interface": alias, "family": "inet" } } }],
        "clients": [{
            "name": "c",
            "callbacks": { "on_change": [] },
            "threads": [{ "name": "main", "steps": [
                { "notify_ip_interface_change": { "as": "r", "callback": "on_change", "family": "inet" } },
                { "sleep": { "ms": 100 } },
                { "get_ip_interface_entry": { "interface": alias, "family": "inet", "returns": "NO_ERROR" } },
                { "cancel": { "handle": "r" } },
            ] }],
        }],
        "expect": { "deliveries": [
            { "registration": "r", "exactly": [{ "type": "parameter", "interface": alias }] },
        ] },
    });
    scenario.to_string()
}

fn stack_file(text: &str) -> StackFile {
    let file = read::read_stack_file(text, "stack.json").expect("a stack file");
    let stack = template::resolve(&file.stack, Path::new("")).expect("a stack");
    program::build_env(&stack).expect("a machine");
    file
}

#[test]
fn this_machine_becomes_a_stack_on_which_a_scenario_runs() {
    let folder = folder("import_host");
    let done = netiosim_in(&folder, ["import", "host", "--output", "stack.json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let text = fs::read_to_string(folder.join("stack.json")).expect("the stack");
    let file = stack_file(&text);
    let alias = file.stack.interfaces[0].alias.clone();
    let row = done.stdout.lines().find(|line| line.contains(&alias)).expect("a row of the table");
    let index = file.stack.interfaces[0].index.expect("an index").to_string();
    assert!(row.trim_start().starts_with(&index) && row.contains("0x00"), "{row}");
    for real in netdev::get_interfaces() {
        let name = real.friendly_name.unwrap_or(real.name);
        let Some(spec) = file.stack.interfaces.iter().find(|spec| spec.alias == name) else {
            continue;
        };
        if spec.tunnel_type != Some(14) {
            assert_eq!((spec.index, spec.mtu), (Some(real.index), real.mtu), "{name}");
        }
    }
    assert_eq!(netiosim(["import", "host"]).stdout, text, "two imports of one machine are equal");

    fs::write(folder.join("scenario.json"), scenario(&alias)).expect("a file");
    let done = netiosim_in(&folder, ["run", "scenario.json"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
}

#[test]
fn saved_outputs_become_a_stack_on_which_a_scenario_runs() {
    let folder = folder("import_ip_json");
    let files = ["address.json", "link.json", "route.json", "route6.json"]
        .map(|name| format!("{SAMPLE}/{name}"));
    let args = ["import", "ip-json", "--output", "stack.json"].map(str::to_owned);
    let done = netiosim_in(&folder, args.iter().chain(&files));
    assert_eq!(done.code, 0, "{done:?}");
    let row = done.stdout.lines().find(|line| line.contains("enp3s0")).expect("a row of the table");
    let words: Vec<&str> = row.split_whitespace().collect();
    let addresses = ["192.0.2.10/24", "2001:db8:0:1::10/64", "fe80::5eff:fe10:2/64"];
    assert_eq!(words[..5], ["2", "0x0006000002000000", "6", "up", "enp3s0"]);
    assert_eq!(words[5..], addresses);
    assert!(done.stderr.contains("192.0.2.128/26"), "{done:?}");
    fs::write(folder.join("scenario.json"), scenario("enp3s0")).expect("a file");
    let done = netiosim_in(&folder, ["run", "scenario.json"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
}

#[test]
fn standard_input_can_be_imported() {
    let file = fs::File::open(format!("{SAMPLE}/address.json")).expect("the sample");
    let done = command()
        .args(["import", "ip-json", "-"])
        .stdin(Stdio::from(file))
        .output()
        .expect("it starts");
    assert_eq!(done.status.code(), Some(0));
    let file = stack_file(&String::from_utf8(done.stdout).expect("UTF-8"));
    assert_eq!(file.stack.interfaces.len(), 7);
}

#[test]
fn what_cannot_be_imported_is_told_and_nothing_is_written() {
    let folder = folder("import_bad");
    fs::write(folder.join("text.txt"), "1: lo: <LOOPBACK,UP>\n").expect("a file");
    fs::write(folder.join("other.json"), "[{\"name\": \"eth0\"}]").expect("a file");
    fs::write(folder.join("routes.json"), "[{\"dst\": \"default\", \"dev\": \"eth0\"}]")
        .expect("a file");
    fs::write(folder.join("bytes.json"), [0xFF, 0xFE, 0x00]).expect("a file");
    for (file, told) in [
        ("text.txt", "this is not JSON"),
        ("other.json", "ip -j address"),
        ("routes.json", "no interface"),
        ("bytes.json", "UTF-8"),
        ("missing.json", "missing.json"),
    ] {
        let done = netiosim_in(&folder, ["import", "ip-json", file, "--output", "stack.json"]);
        assert_eq!((done.code, done.stdout.as_str()), (64, ""), "{file}");
        assert!(done.stderr.contains(told), "{file}: {}", done.stderr);
        assert!(!folder.join("stack.json").exists(), "{file}");
    }
}

#[test]
fn an_unwritable_output_is_64() {
    let done = netiosim(["import", "host", "--output", "no/such/folder/stack.json"]);
    assert_eq!((done.code, done.stdout.as_str()), (64, ""));
    assert!(done.stderr.contains("cannot be written"), "{done:?}");
}
