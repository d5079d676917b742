//! The machines that are ready-made, and the hands that build others.

use std::net::IpAddr;

use netiosim_model::build::{bring_teredo, home, many, teredo_interface};
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::env::Env;
use netiosim_model::interface::{Interface, OperStatus, TUNNEL_TYPE_TEREDO, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Guid, Luid};
use netiosim_model::table::DadState;
use netiosim_model::teredo::{
    NatKind, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState, TeredoType,
};

use crate::net::{ETHERNET, Net, add, address, ip};

/// TI-01 to TI-03, TI-06, TA-26.
#[test]
fn the_teredo_interface_is_a_tunnel_without_ipv4_and_without_a_medium_at_first() {
    let teredo = teredo_interface(5, 9);
    assert_eq!((teredo.luid, teredo.index), (Luid::new(if_type::TUNNEL, 5), 9));
    assert_eq!(teredo.guid, Guid(0x993f_7832_6e40_4b3b_9d2a_3c5d_7fc0_11e0));
    assert_eq!((teredo.tunnel_type, teredo.mtu), (TUNNEL_TYPE_TEREDO, 1280));
    assert_eq!(teredo.physical_address, [0, 0, 0, 0, 0, 0, 0, 0xE0]);
    assert!(!teredo.connected);
    assert_eq!(teredo.oper_override, Some(OperStatus::Down));
    assert!(teredo.v4.is_none());
    let row = teredo.v6.expect("IPv6 is bound");
    assert_eq!(row.get(Member::NlMtu), Some(1280));
}

#[test]
fn the_adapters_of_a_machine_with_many_are_numbered_from_one() {
    let env = many(300);
    let last = env.interface_by_alias("Ethernet 300").expect("the last adapter");
    assert_eq!((last.luid, last.index), (Luid::new(if_type::ETHERNET, 300), 301));
    let addresses: Vec<String> =
        env.address_table().of(last.luid).map(|address| address.address.to_string()).collect();
    assert_eq!(addresses, ["10.1.44.1", "2001:db8:12c::1"]);
    assert_eq!(env.teredo().state(), TeredoState::Disabled);
    // The pseudo-interface of a disabled client is away; its index is behind those of the adapters.
    assert_eq!(env.interface_by_index(302), None);
    let mut net = Net::of(env, &[]);
    net.apply(&Change::TeredoPolicy(TeredoSettings::default()));
    let teredo = net.env().interface_by_index(302).expect("the pseudo-interface");
    assert_eq!(teredo.luid, net.env().teredo_luid());
}

fn client(nat: NatKind) -> Env {
    let network = TeredoNetwork { nat, ..TeredoNetwork::default() };
    Env::new(TeredoClient::new(TeredoSettings::default(), network), teredo_interface(1, 3))
}

#[test]
fn a_client_is_brought_where_it_can_get() {
    for (state, port) in [
        (TeredoState::Offline, None),
        (TeredoState::Dormant, Some(40_000)),
        (TeredoState::Probe, Some(40_000)),
        (TeredoState::Qualified, Some(40_000)),
    ] {
        let mut env = client(NatKind::PortRestricted);
        assert!(bring_teredo(&mut env, state, port), "{state:?}");
        assert_eq!((env.teredo().state(), env.teredo().port()), (state, port));
        assert!(env.interface(env.teredo_luid()).is_some(), "{state:?}");
    }
}

/// Behind a symmetric NAT no client qualifies (TA-10): building gives up and says so, with the timers that it waited for gone by.
#[test]
fn a_client_that_never_qualifies_is_not_waited_for_without_an_end() {
    let mut env = client(NatKind::Symmetric);
    assert!(!bring_teredo(&mut env, TeredoState::Qualified, None));
    assert_ne!(env.teredo().state(), TeredoState::Qualified);
}

#[test]
fn a_disabled_client_stays_disabled() {
    let settings = TeredoSettings { kind: TeredoType::Disabled, ..TeredoSettings::default() };
    let client = TeredoClient::new(settings, TeredoNetwork::default());
    let mut env = Env::new(client, teredo_interface(1, 3));
    assert!(!bring_teredo(&mut env, TeredoState::Qualified, Some(40_000)));
    assert!(bring_teredo(&mut env, TeredoState::Disabled, None));
}

/// UC-18.
#[test]
fn an_address_that_another_host_has_is_found_to_be_a_duplicate() {
    for taken in [false, true] {
        let mut env = home();
        if taken {
            env.place_conflict(ETHERNET, ip("192.168.1.77"));
        }
        let mut net = Net::of(env, &[]);
        net.apply(&add(address("192.168.1.77", 24)));
        net.pass(10_000);
        let state = if taken { DadState::Duplicate } else { DadState::Preferred };
        assert_eq!(net.dad("192.168.1.77"), Some(state));
    }
}

#[test]
fn a_port_that_a_program_has_open_from_the_start_is_listened_on_and_is_taken() {
    let mut env = home();
    env.place_listener(5_060, true);
    assert!(env.listeners().contains_key(&5_060));
    let mut net = Net::of(env, &[]);
    let again = Change::PortOpen { port: 5_060, edge_traversal: false };
    assert_eq!(net.refuses(&again), ChangeError::PortInUse(5_060));
}

#[test]
fn another_loopback_takes_the_place_of_the_first_with_its_addresses() {
    let mut env = home();
    let own = |env: &Env, luid: Luid| -> Vec<IpAddr> {
        env.address_table().of(luid).map(|address| address.address).collect()
    };
    let old = Interface::loopback();
    let addresses = own(&env, old.luid);
    let routes = env.routes().of(old.luid).count();
    assert!(addresses.len() >= 2 && routes > 0);
    let mut other = Interface::new("lo", if_type::LOOPBACK, 4, 77);
    other.description = "another".to_owned();
    let luid = other.luid;
    env.replace_loopback(other).expect("free keys");
    assert_eq!(env.interface(old.luid), None);
    assert_eq!(env.interface_by_index(77).map(|interface| interface.luid), Some(luid));
    assert_eq!(own(&env, luid), addresses);
    assert!(own(&env, old.luid).is_empty());
    assert_eq!(env.routes().of(luid).count(), routes);
    assert_eq!(env.routes().of(old.luid).count(), 0);
    // Now there is none at the old place.
    let again = Interface::new("lo2", if_type::LOOPBACK, 5, 78);
    assert_eq!(env.replace_loopback(again), Err(ChangeError::NoInterface(old.luid)));
}

#[test]
fn a_loopback_with_a_number_of_another_interface_is_refused() {
    let mut env = home();
    let other = Interface::new("lo", if_type::LOOPBACK, 0, 2);
    assert_eq!(
        env.replace_loopback(other),
        Err(ChangeError::Taken("the index 2".to_owned())),
        "Ethernet has it"
    );
}
