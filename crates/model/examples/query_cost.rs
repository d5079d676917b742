//! Asks every single-row query of a stack of so many adapters a thousand times.
//!
//! `benchmarks/query-cost.sh` counts the instructions of each under callgrind; run by itself it prints
//! how long the stack took to build, and how long one call of each takes.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement prints what a clock says; the model itself has neither"
)]

use std::hint::black_box;
use std::net::IpAddr;
use std::time::Instant;

use netiosim_model::api::{Call, Output, Value};
use netiosim_model::build::many;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::machine::Machine;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::row::{ForwardRow, IfRow, IpInterfaceRow, SocketAddress, UnicastRow};
use netiosim_model::status::Status;

const REPEATS: u32 = 1000;

/// The functions are apart so that a profiler tells them apart.
macro_rules! measured {
    ($($name:ident)*) => {$(
        #[inline(never)]
        fn $name(machine: &mut Machine, actor: ActorId, call: &Call) {
            // Equal functions would become one.
            black_box(stringify!($name));
            ask(machine, actor, call);
        }
    )*};
}

measured! {
    measure_get_ip_interface_entry
    measure_get_if_entry2
    measure_get_unicast_ip_address_entry
    measure_get_ip_forward_entry2
    measure_get_best_route2
    measure_get_best_route2_of_interface
    measure_get_best_interface
    measure_get_network_connectivity_hint
    measure_hint_for_interface
    measure_index_to_luid
    measure_luid_to_index
    measure_alias_to_luid
    measure_guid_to_luid
}

#[inline(always)]
fn ask(machine: &mut Machine, actor: ActorId, call: &Call) {
    for _ in 0..REPEATS {
        let reply = machine.call(actor, black_box(call), &mut First::default());
        assert_eq!(reply.status, Status::Success, "{call:?}");
        assert_ne!(reply.output, Output::Nothing);
        drop(black_box(reply));
    }
}

fn main() {
    let adapters = std::env::args().nth(1).map_or(100, |text| text.parse().expect("a number"));
    let start = Instant::now();
    let env = many(adapters);
    let built = start.elapsed();
    println!(
        "{} interfaces, {} addresses, {} routes: built in {built:.3?}",
        env.interface_table().len(),
        env.address_table().len(),
        env.routes().len()
    );
    let mut machine = Machine::new(Profile::Documented, env.clone());
    machine.record(false);
    let process = machine.process("client", Default::default());
    let actor = machine.actor("main", process);
    for (name, run, call) in calls(&env) {
        let start = Instant::now();
        run(&mut machine, actor, &call);
        println!("{name:<45} {:>6} ns", start.elapsed().as_nanos() / u128::from(REPEATS));
    }
}

type Measured = fn(&mut Machine, ActorId, &Call);

fn calls(env: &Env) -> Vec<(&'static str, Measured, Call)> {
    // An adapter in the middle of the table, with an IPv4 address and a route of its own.
    let luids: Vec<Luid> = env.interface_table().luids().collect();
    let luid = luids[luids.len() / 2];
    let interface = env.interface(luid).expect("an interface");
    let index = interface.index;
    let address = env.address_table().of(luid).find(|address| address.address.is_ipv4());
    let address = address.expect("an IPv4 address").address;
    let route = env.routes().of(luid).find(|route| route.destination.is_ipv4());
    let route = route.expect("an IPv4 route").clone();
    let socket = |address: IpAddr| SocketAddress::from(address);
    let best = |luid| Call::BestRoute {
        luid,
        index: 0,
        source: None,
        destination: Some(socket(address)),
        sort_options: 0,
        route_pointer: true,
        source_pointer: true,
    };
    let convert = |function, input| Call::Convert {
        function,
        input: Some(input),
        pointer: true,
        length: 257,
    };
    let hint = |function| Call::Hint { function, index, pointer: true };
    vec![
        (
            "GetIpInterfaceEntry",
            measure_get_ip_interface_entry,
            Call::row(
                Function::GetIpInterfaceEntry,
                IpInterfaceRow { family: 2, luid, ..IpInterfaceRow::default() },
            ),
        ),
        (
            "GetIfEntry2",
            measure_get_if_entry2,
            Call::row(Function::GetIfEntry2, IfRow { luid, ..IfRow::default() }),
        ),
        (
            "GetUnicastIpAddressEntry",
            measure_get_unicast_ip_address_entry,
            Call::row(
                Function::GetUnicastIpAddressEntry,
                UnicastRow { address: socket(address), luid, ..UnicastRow::default() },
            ),
        ),
        (
            "GetIpForwardEntry2",
            measure_get_ip_forward_entry2,
            Call::row(
                Function::GetIpForwardEntry2,
                ForwardRow {
                    luid,
                    destination: socket(route.destination),
                    prefix_length: route.prefix_length,
                    next_hop: socket(route.next_hop),
                    ..ForwardRow::default()
                },
            ),
        ),
        ("GetBestRoute2", measure_get_best_route2, best(None)),
        ("GetBestRoute2 of an interface", measure_get_best_route2_of_interface, best(Some(luid))),
        (
            "GetBestInterface",
            measure_get_best_interface,
            Call::BestInterface {
                function: Function::GetBestInterface,
                destination: Some(socket(address)),
                pointer: true,
            },
        ),
        (
            "GetNetworkConnectivityHint",
            measure_get_network_connectivity_hint,
            hint(Function::GetNetworkConnectivityHint),
        ),
        (
            "GetNetworkConnectivityHintForInterface",
            measure_hint_for_interface,
            hint(Function::GetNetworkConnectivityHintForInterface),
        ),
        (
            "ConvertInterfaceIndexToLuid",
            measure_index_to_luid,
            convert(Function::ConvertInterfaceIndexToLuid, Value::Index(index)),
        ),
        (
            "ConvertInterfaceLuidToIndex",
            measure_luid_to_index,
            convert(Function::ConvertInterfaceLuidToIndex, Value::Luid(luid)),
        ),
        (
            "ConvertInterfaceAliasToLuid",
            measure_alias_to_luid,
            convert(Function::ConvertInterfaceAliasToLuid, Value::Text(interface.alias.clone())),
        ),
        (
            "ConvertInterfaceGuidToLuid",
            measure_guid_to_luid,
            convert(Function::ConvertInterfaceGuidToLuid, Value::Guid(interface.guid)),
        ),
    ]
}
