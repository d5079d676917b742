//! Ready-made environments.

use std::net::{IpAddr, Ipv4Addr};

use crate::choose::First;
use crate::env::{Env, UnicastAddress};
use crate::interface::{Interface, IpRow, OperStatus, TUNNEL_TYPE_TEREDO, if_type};
use crate::net::{Family, Guid};
use crate::table::Route;
use crate::teredo::{
    NatKind, PortWish, TeredoClient, TeredoNetwork, TeredoRules, TeredoSettings, TeredoState,
};

/// The usual Teredo pseudo-interface: tunnel type 14, medium 15, MTU 1280, IPv6 only (TI-01 to
/// TI-03, TI-06, TA-26).
#[must_use]
pub fn teredo_interface(luid_index: u32, index: u32) -> Interface {
    let name = "Teredo Tunneling Pseudo-Interface";
    Interface {
        guid: Guid(0x993f_7832_6e40_4b3b_9d2a_3c5d_7fc0_11e0),
        tunnel_type: TUNNEL_TYPE_TEREDO,
        physical_address: vec![0, 0, 0, 0, 0, 0, 0, 0xE0],
        connected: false,
        oper_override: Some(OperStatus::Down),
        mtu: 1280,
        v4: None,
        v6: Some(IpRow::new(Family::V6, false, 1280)),
        ..Interface::new(name, if_type::TUNNEL, luid_index, index)
    }
}

/// A plausible home machine: loopback, Ethernet with IPv4 and IPv6, and a Teredo client that is
/// qualified on port 50000.
#[must_use]
pub fn home() -> Env {
    let mut env = Env::new(
        TeredoClient::new(TeredoSettings::default(), TeredoNetwork::default()),
        teredo_interface(1, 3),
    );
    let mut ethernet = Interface::new("Ethernet", if_type::ETHERNET, 1, 2);
    ethernet.description = "Simulated Ethernet Adapter".to_owned();
    ethernet.physical_address = vec![0x02, 0, 0x5E, 0, 0, 0x02];
    let luid = ethernet.luid;
    env.place_interface(ethernet).expect("an interface with free keys");
    for (address, prefix_length) in [("192.168.1.10", 24), ("fe80::5eff:fe00:2", 64)] {
        let address: IpAddr = address.parse().expect("an address");
        env.place_address(UnicastAddress::new(luid, address, prefix_length));
    }
    let gateway = IpAddr::from([192, 168, 1, 1]);
    env.place_route(Route::new(luid, IpAddr::from([0; 4]), 0, gateway));
    bring_teredo(&mut env, TeredoState::Qualified, Some(50_000));
    env
}

/// Brings the Teredo client of a machine that is being built into a state, by letting it live until
/// it is there; with a port where one is wished.
///
/// Returns whether it got there: a client behind a symmetric NAT never qualifies.
pub fn bring_teredo(env: &mut Env, state: TeredoState, port: Option<u16>) -> bool {
    use crate::teredo::TeredoEvent;
    let rules = TeredoRules::default();
    let chooser = &mut First::default();
    if !matches!(state, TeredoState::Offline | TeredoState::Disabled) {
        let wish = port.map_or(PortWish::Another, PortWish::Exactly);
        env.teredo_handle(&TeredoEvent::Start(wish), rules, chooser);
        if matches!(state, TeredoState::Probe | TeredoState::Qualified) {
            env.teredo_handle(&TeredoEvent::Qualify, rules, chooser);
        }
        let mut timers = 0;
        while state == TeredoState::Qualified
            && env.teredo.state() == TeredoState::Probe
            && timers < 64
        {
            let due_ms = env.teredo.next_timer_ms().unwrap_or(0);
            env.elapse(due_ms);
            env.teredo_handle(&TeredoEvent::Timer, rules, chooser);
            timers += 1;
        }
    }
    env.settle_teredo();
    env.teredo.state() == state
}

/// The network of a home machine: behind a port-restricted NAT with a reachable server.
#[must_use]
pub fn home_network() -> TeredoNetwork {
    TeredoNetwork {
        local_address: Ipv4Addr::new(192, 168, 1, 10),
        nat: NatKind::PortRestricted,
        ..TeredoNetwork::default()
    }
}
