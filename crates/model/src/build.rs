//! Ready-made environments.

use std::net::{IpAddr, Ipv4Addr};

use crate::apply::teredo_interface;
use crate::choose::First;
use crate::env::{Env, UnicastAddress};
use crate::interface::{Interface, if_type};
use crate::teredo::{
    NatKind, PortWish, TeredoClient, TeredoNetwork, TeredoRules, TeredoSettings, TeredoState,
};

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
        env.addresses.insert((luid, address), UnicastAddress { luid, address, prefix_length });
    }
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
