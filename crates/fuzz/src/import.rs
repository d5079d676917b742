//! The target `import`: texts of iproute2, and machines as any source may tell of them.

use std::net::IpAddr;
use std::path::Path;

use netiosim_model::machine::Machine;
use netiosim_model::profile::Profile;
use netiosim_scenario::check;
use netiosim_scenario::format::{Cidr, PhysicalAddress, Scenario};
use netiosim_scenario::import::ip_json::IpJson;
use netiosim_scenario::import::{Host, HostInterface, HostRoute, Imported};
use netiosim_scenario::program::{build_env, compile};
use netiosim_scenario::read::read_stack_file;
use netiosim_scenario::template::{self, stack_file_text};

use crate::bytes::Bytes;
use crate::problems;

const FILE: &str = "ip.json";
const STACK: &str = "stack.json";

/// The bytes as texts of `ip -j`, with zeros between them; if they do not look like that, as what a machine says of itself.
///
/// What is imported is a stack file that reads again, in which nothing is wrong, and of which a machine can be built.
///
/// # Panics
///
/// If that does not hold.
pub fn import(data: &[u8]) {
    let mut machine = IpJson::default();
    let mut taken = 0;
    for part in data.split(|byte| *byte == 0).take(8) {
        let Ok(text) = str::from_utf8(part) else { continue };
        let before = machine.clone();
        match machine.add(FILE, text) {
            Ok(()) => taken += 1,
            Err(problem) => {
                problems::hold_one(&problem, FILE, text);
                machine = before;
            }
        }
    }
    if taken == 0 && data.first() == Some(&b'[') {
        return;
    }
    if taken == 0 {
        return holds(&host(&mut Bytes::new(data)).into_stack("a machine"));
    }
    match machine.into_stack("some texts") {
        Ok(imported) => holds(&imported),
        Err(problem) => assert!(!problem.reason.is_empty() && !problem.render(false).is_empty()),
    }
}

fn holds(imported: &Imported) {
    assert!(imported.notes.iter().all(|note| !note.is_empty()));
    let text = stack_file_text(&imported.file.description, &imported.file.stack);
    let file = match read_stack_file(&text, STACK) {
        Ok(file) => file,
        Err(problems) => panic!("what is imported does not read again: {}", problems[0]),
    };
    assert_eq!(file, imported.file, "read again it is something else");
    let problems = check::check_stack_file(&file, STACK, &text);
    if let Some(problem) = problems.first() {
        panic!("something is wrong with what is imported: {problem}\n{text}");
    }
    let whole = template::resolve(&file.stack, Path::new("")).expect("it names no file");
    let env = match build_env(&whole) {
        Ok(env) => env,
        Err(error) => panic!("no machine can be built of what is imported: {error}\n{text}"),
    };
    // The Teredo pseudo-interface is the client's affair.
    for spec in file.stack.interfaces.iter().filter(|spec| spec.tunnel_type != Some(14)) {
        let built = env.interface_by_alias(&spec.alias);
        let index = built.map(|interface| interface.index);
        assert_eq!(index, spec.index, "\"{}\" is not what was imported:\n{text}", spec.alias);
    }
    let machine = Machine::new(Profile::Documented, env);
    assert_eq!(machine.findings().len(), 0);
    let scenario = Scenario { stack: file.stack, ..Scenario::new("nobody on it") };
    let program = compile(&scenario, &whole, Profile::Documented);
    assert!(program.is_ok(), "a scenario on it: {:?}", program.err());
}

/// What a machine may say of itself: names that are empty or equal, numbers that collide, many kinds of interfaces.
fn host(bytes: &mut Bytes<'_>) -> Host {
    let mut host = Host::default();
    while !bytes.is_over() && host.interfaces.len() < 24 && host.routes.len() < 24 {
        if bytes.below(3) > 0 {
            host.interfaces.push(interface(bytes));
        } else {
            let destination = cidr(bytes);
            let next_hop = match bytes.bit() {
                true => address(bytes, destination.address.is_ipv4()),
                false if destination.address.is_ipv4() => IpAddr::from([0; 4]),
                false => IpAddr::from([0_u16; 8]),
            };
            let interface = name(bytes);
            let metric = bytes.bit().then(|| bytes.u32());
            host.routes.push(HostRoute { destination, next_hop, interface, metric });
        }
    }
    host
}

fn interface(bytes: &mut Bytes<'_>) -> HostInterface {
    let length = bytes.below(9);
    let physical = PhysicalAddress(bytes.take(length).to_vec());
    HostInterface {
        name: name(bytes),
        description: bytes.bit().then(|| name(bytes)),
        guid: None,
        index: bytes.bit().then(|| match bytes.bit() {
            true => bytes.u32(),
            false => u32::from(bytes.byte() % 4),
        }),
        if_type: match bytes.below(4) {
            0 => bytes.u16(),
            n => [24, 131, 6][n - 1],
        },
        mtu: bytes.bit().then(|| bytes.u32()),
        physical_address: Some(physical).filter(|physical| !physical.0.is_empty()),
        admin_up: bytes.bit(),
        connected: bytes.bit(),
        addresses: (0..bytes.below(4)).map(|_| cidr(bytes)).collect(),
    }
}

fn name(bytes: &mut Bytes<'_>) -> String {
    const KNOWN: [&str; 8] = [
        "eth0",
        "lo",
        "",
        "Teredo Tunneling Pseudo-Interface",
        "eth0 2",
        "Loopback Pseudo-Interface 1",
        "teredo",
        "\u{e9}\u{1f980}",
    ];
    match bytes.byte() {
        0xC0.. => {
            let length = bytes.below(20);
            String::from_utf8_lossy(bytes.take(length)).into_owned()
        }
        known => KNOWN[usize::from(known) % KNOWN.len()].to_owned(),
    }
}

fn address(bytes: &mut Bytes<'_>, v4: bool) -> IpAddr {
    let near = bytes.bit();
    match (v4, near) {
        (true, true) => IpAddr::from([192, 168, bytes.byte() % 2, bytes.byte() % 4]),
        (true, false) => IpAddr::from(bytes.u32().to_be_bytes()),
        (false, true) => IpAddr::from([0xFE80, 0, 0, 0, 0, 0, 0, u16::from(bytes.byte() % 4)]),
        (false, false) => {
            IpAddr::from((u128::from(bytes.u64()) << 64 | u128::from(bytes.u64())).to_be_bytes())
        }
    }
}

fn cidr(bytes: &mut Bytes<'_>) -> Cidr {
    let v4 = bytes.bit();
    let longest = if v4 { 33 } else { 129 };
    let prefix_length = bytes.byte() % longest;
    Cidr { address: address(bytes, v4), prefix_length }
}
