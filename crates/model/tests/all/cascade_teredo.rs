//! The states of the Teredo client show in its interface, addresses, routes, in the stable table and in
//! hints alike.

use std::net::{IpAddr, Ipv4Addr};

use crate::net::{Net, ip};
use netiosim_model::build::{bring_teredo, home, teredo_interface};
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::event::Function;
use netiosim_model::interface::OperStatus;
use netiosim_model::machine::Request;
use netiosim_model::member::Member;
use netiosim_model::net::{AF_UNSPEC, Family};
use netiosim_model::row::hint_level;
use netiosim_model::status::Status;
use netiosim_model::table::{PrefixOrigin, Route, RouteOrigin, SuffixOrigin, protocol};
use netiosim_model::teredo::{
    NatKind, PortWish, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState,
};

/// A machine whose client is in this state.
fn machine(state: TeredoState) -> Env {
    machine_in(TeredoNetwork::default(), state)
}

fn machine_in(network: TeredoNetwork, state: TeredoState) -> Env {
    let client = TeredoClient::new(TeredoSettings::default(), network);
    let mut env = Env::new(client, teredo_interface(1, 3));
    assert!(bring_teredo(&mut env, state, Some(50_000)));
    env
}

fn addresses(env: &Env) -> Vec<IpAddr> {
    let own = env.addresses().filter(|address| address.luid == env.teredo_luid());
    own.map(|address| address.address).collect()
}

fn routes(env: &Env) -> Vec<String> {
    env.routes().of(env.teredo_luid()).map(|route| route.key().to_string()).collect()
}

#[test]
fn each_state_at_once() {
    for (state, status, connected, held) in [
        (TeredoState::Offline, OperStatus::Down, false, 0),
        (TeredoState::Dormant, OperStatus::Dormant, false, 0),
        (TeredoState::Probe, OperStatus::Down, true, 1),
        (TeredoState::Qualified, OperStatus::Up, true, 2),
    ] {
        let env = machine(state);
        let interface = env.interface(env.teredo_luid()).expect("the pseudo-interface");
        assert_eq!(interface.oper_status(), status, "{state}");
        // TI-04: while offline or dormant the media state is disconnected.
        assert_eq!(interface.connected, connected, "TI-04: {state}");
        let row = env.row(interface.luid, Family::V6).expect("a row");
        assert_eq!(row.get(Member::Connected), Some(u64::from(connected)), "TI-04: {state}");
        assert_eq!(addresses(&env).len(), held, "{state}");
        let hint = env.hint_of(interface.luid).expect("a hint");
        let usable = state == TeredoState::Qualified;
        let level = if usable { hint_level::INTERNET_ACCESS } else { hint_level::NONE };
        assert_eq!(hint.level, level, "{state}");
        let default = routes(&env).contains(&"::/0".to_owned());
        assert_eq!(default, usable, "{state}");
    }
}

#[test]
fn qualified_it_has_two_addresses_with_one_identifier() {
    // TI-05: a 2001::/32 address and a link-local one with the same identifier.
    let env = machine(TeredoState::Qualified);
    let [IpAddr::V6(global), IpAddr::V6(local)] = addresses(&env)[..] else {
        panic!("{:?}", addresses(&env));
    };
    assert_eq!(global.segments()[..2], [0x2001, 0], "TI-05");
    assert!(local.is_unicast_link_local(), "TI-05");
    assert_eq!(global.segments()[4..], local.segments()[4..], "TI-05");
    for route in ["2001::/32", "::/0", "fe80::/64"] {
        assert!(routes(&env).contains(&route.to_owned()), "{route}: {:?}", routes(&env));
    }
    assert!(routes(&env).contains(&format!("{global}/128")));
}

#[test]
fn becoming_qualified_is_told_of_everywhere() {
    let mut net = Net::of(machine(TeredoState::Dormant), &[]);
    // TI-07: address and interface notifications; the port is the same.
    let told = net.apply(&Change::TeredoQualify);
    let local = addresses(net.env())[0];
    let expected = [
        "~ IPv6 @3".to_owned(),
        format!("+ {local} @3"),
        format!("+ route {local}/128 @3"),
        "+ route fe80::/64 @3".to_owned(),
    ];
    assert_eq!(told, expected, "TI-07");
    let told = net.pass(10_000);
    let bare: Vec<&str> =
        told.iter().map(|text| text.split_once(": ").expect("a time").1).collect();
    let global = net.env().teredo().global_address().expect("qualified");
    for text in [
        "~ IPv6 @3".to_owned(),
        format!("+ {global} @3"),
        "+ route 2001::/32 @3".to_owned(),
        "+ route ::/0 @3".to_owned(),
    ] {
        assert!(bare.contains(&text.as_str()), "TI-07: {text}: {told:?}");
    }
    // Its own hint is another one; that of the machine leaves it out.
    let quiet = |text: &&str| !text.contains("port") && !text.contains("connectivity");
    assert!(bare.iter().all(quiet), "{told:?}");
    let hint = net.env().hint_of(net.env().teredo_luid()).expect("a hint");
    assert_eq!(
        (hint.level, net.env().hint().level),
        (hint_level::INTERNET_ACCESS, hint_level::NONE)
    );
}

#[test]
fn losing_it_is_told_of_everywhere() {
    let mut net = Net::of(machine(TeredoState::Qualified), &[]);
    let global = net.env().teredo().global_address().expect("qualified");
    let told = net.apply(&Change::TeredoStop);
    for text in [
        "~ IPv6 @3".to_owned(),
        "- route 2001::/32 @3".to_owned(),
        "- route ::/0 @3".to_owned(),
        format!("- {global} @3"),
    ] {
        assert!(told.contains(&text), "TI-07: {text}: {told:?}");
    }
    assert_eq!((addresses(net.env()), routes(net.env())), (vec![], vec![]));
}

#[test]
fn a_restart_on_another_port_is_told_with_the_port() {
    let mut net = Net::new();
    let before = net.env().teredo().global_address().expect("qualified");
    let told = net.apply(&Change::TeredoRestart(PortWish::Exactly(50_001)));
    // TI-07: in addition to the port notification, which comes first.
    assert_eq!(told[0], "~ port 50001", "TI-07");
    assert_eq!(told[1], "~ IPv6 @3", "TI-07");
    assert!(told.contains(&format!("- {before} @3")), "TI-07: {told:?}");
}

#[test]
fn another_mapping_is_another_address() {
    let mut net = Net::new();
    let before = net.env().teredo().global_address().expect("qualified");
    let address = Ipv4Addr::new(198, 51, 100, 77);
    let told = net.apply(&Change::TeredoMapping { address, port: Some(40_000) });
    let after = net.env().teredo().global_address().expect("qualified");
    assert_ne!(before, after, "TA-22");
    assert!(told.contains(&format!("- {before} @3")), "TA-22: {told:?}");
    assert!(told.contains(&format!("+ {after} @3")), "TA-22: {told:?}");
    // The client leads to the same places as before.
    assert!(!told.contains(&"- route ::/0 @3".to_owned()), "{told:?}");
}

#[test]
fn disabled_by_policy_it_has_no_interface() {
    let mut net = Net::new();
    let settings = TeredoSettings {
        kind: netiosim_model::teredo::TeredoType::Disabled,
        ..net.env().teredo().settings().clone()
    };
    let told = net.apply(&Change::TeredoPolicy(settings));
    assert!(told.contains(&"- IPv6 @3".to_owned()), "TS-07: {told:?}");
    assert_eq!(net.env().interface(net.env().teredo_luid()), None, "TS-07");
    assert_eq!((addresses(net.env()), routes(net.env())), (vec![], vec![]));
}

#[test]
fn the_stable_table_has_its_addresses_when_it_is_qualified() {
    let mut net = Net::of(machine(TeredoState::Dormant), &[]);
    let function = Function::NotifyStableUnicastIpAddressTable;
    let machine = &mut net.machine;
    let request = Request::new("stable", 9);
    let registered = machine.notify(net.main, function, AF_UNSPEC, &request, &mut net.chooser);
    assert_eq!(registered.status, Status::IoPending);
    assert_eq!(net.env().teredo().state(), TeredoState::Probe, "TS-04");
    let mut tables = 0;
    for _ in 0..40 {
        net.machine.elapse(500, &mut net.chooser);
        while let Some(lane) = net.machine.next_deliverable() {
            let due = net.machine.delivery_begin(lane, net.pool);
            if let Some(table) = due.notification.table() {
                tables += 1;
                let rows = net.machine.table_rows(net.pool, table).expect("rows");
                let own = rows.iter().filter(|row| {
                    row.interface().is_some_and(|own| own.0 == net.machine.env().teredo_luid())
                });
                assert_eq!(own.count(), 2, "TI-05");
            }
            net.machine.delivery_end(net.pool);
        }
    }
    assert_eq!(tables, 1);
}

#[test]
fn after_a_restart_of_the_machine_its_addresses_have_their_routes() {
    // An edge listener that is there from the start keeps the client awake.
    let mut net = Net::new();
    net.apply(&Change::PortOpen { port: 6_000, edge_traversal: true });
    net.machine.reboot(&mut net.chooser);
    let env = net.env();
    for address in addresses(env) {
        let route = Route::new(env.teredo_luid(), address, 128, ip("::"));
        assert!(env.routes().get(route.key()).is_some(), "{address}");
    }
}

#[test]
fn its_interface_and_addresses_are_the_clients_own() {
    let mut net = Net::of(home(), &[]);
    let luid = net.env().teredo_luid();
    let global = net.env().teredo().global_address().map(IpAddr::V6).expect("qualified");
    for change in [
        Change::AddressRemove { luid, address: global },
        Change::InterfaceRemove(luid),
        Change::FamilyUnbind { luid, family: Family::V6 },
        Change::LinkSet { luid, connected: Some(false), admin_up: None, mtu: None, alias: None },
    ] {
        net.refuses(&change);
    }
}

#[test]
fn traffic_wakes_it() {
    let mut net = Net::of(machine(TeredoState::Dormant), &[]);
    net.apply(&Change::TeredoTraffic);
    assert_eq!(net.env().teredo().state(), TeredoState::Probe, "TS-05");
}

#[test]
fn what_the_client_writes_into_its_addresses_and_routes() {
    let mut net = Net::of(machine(TeredoState::Dormant), &[]);
    net.pass(5_000);
    net.apply(&Change::TeredoQualify);
    net.pass(1_000);
    let luid = net.env().teredo_luid();
    let own: Vec<_> = net.env().address_table().of(luid).collect();
    assert_eq!(own.len(), 2, "TI-05");
    for address in &own {
        let origins = (address.prefix_origin, address.suffix_origin);
        assert_eq!(origins, (PrefixOrigin::WellKnown, SuffixOrigin::LinkLayerAddress));
        assert!(!address.persistent, "the client makes it anew");
    }
    let made_ms = own[0].created_ms.0;
    assert!(made_ms > 5_000, "{made_ms}");
    assert_eq!(own[1].created_ms.0, made_ms);
    for (destination, length) in [("2001::", 32), ("::", 0)] {
        let key = Route::new(luid, ip(destination), length, ip("::")).key();
        let route = net.env().routes().get(key).expect(destination);
        assert_eq!(route.metric, 8, "observed on Windows 7: {destination}");
        let from = (route.protocol, route.origin);
        assert_eq!(from, (protocol::LOCAL, RouteOrigin::WellKnown), "{destination}");
        assert_eq!(route.modified_ms.0, made_ms, "{destination}: with the address");
    }
}

#[test]
fn without_a_translation_only_the_global_address_is_new() {
    // The link-local address of a probing client has the host's own address in it, which is the
    // external one here.
    let address = Ipv4Addr::new(192, 0, 2, 45);
    let network = TeredoNetwork {
        local_address: address,
        external_address: address,
        nat: NatKind::None,
        ..TeredoNetwork::default()
    };
    let mut net = Net::of(machine_in(network, TeredoState::Probe), &[]);
    let local = net.env().teredo().link_local();
    let told = net.pass(1_000);
    let global = net.env().teredo().global_address().expect("qualified");
    assert_eq!(net.env().teredo().link_local(), local);
    let ends = ["~ IPv6 @3".to_owned(), format!("+ {global} @3"), "+ route ::/0 @3".to_owned()];
    for end in ends {
        assert!(told.iter().any(|told| told.ends_with(&end)), "TI-07: {end}: {told:?}");
    }
}

#[test]
fn a_machine_that_is_in_line_with_its_client_stays_as_it_is() {
    for state in
        [TeredoState::Offline, TeredoState::Dormant, TeredoState::Probe, TeredoState::Qualified]
    {
        let mut env = machine(state);
        let before = env.clone();
        env.settle_teredo();
        assert_eq!(env, before, "{state}");
    }
}

#[test]
fn the_media_state_is_the_clients_whatever_somebody_writes_into_the_row() {
    fn connected(net: &Net) -> (bool, Option<u64>) {
        let luid = net.env().teredo_luid();
        let interface = net.env().interface(luid).expect("the pseudo-interface");
        (interface.connected, net.member(luid, Family::V6, Member::Connected))
    }
    fn write(net: &mut Net, value: u64) {
        let (luid, family) = (net.env().teredo_luid(), Family::V6);
        net.apply(&Change::RowSet { luid, family, values: vec![(Member::Connected, value)] });
    }
    // The next event of the client puts it right, even one that changes nothing else.
    let mut net = Net::of(machine(TeredoState::Qualified), &[]);
    write(&mut net, 0);
    net.apply(&Change::TeredoTraffic);
    assert_eq!(connected(&net), (true, Some(1)), "TI-04");
    // And one that makes it true.
    let mut net = Net::of(machine(TeredoState::Offline), &[]);
    net.apply(&Change::PortOpen { port: 6_000, edge_traversal: true });
    write(&mut net, 1);
    net.apply(&Change::TeredoStart(PortWish::Another));
    assert_eq!(net.env().teredo().state(), TeredoState::Probe);
    assert_eq!(connected(&net), (true, Some(1)), "TI-04");
}
