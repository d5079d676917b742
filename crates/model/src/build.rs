//! Ready-made environments.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::choose::First;
use crate::env::{Env, UnicastAddress};
use crate::interface::{Interface, IpRow, OperStatus, TUNNEL_TYPE_TEREDO, if_type};
use crate::net::{Family, Guid, Luid};
use crate::table::Route;
use crate::teredo::{
    PortWish, TeredoClient, TeredoNetwork, TeredoRules, TeredoSettings, TeredoState, TeredoType,
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

/// A plausible home machine: loopback, Ethernet with IPv4, a default gateway that is the DNS server as
/// well, and IPv6 on the link, and a Teredo client that is qualified on port 50000.
#[must_use]
pub fn home() -> Env {
    let mut env = Env::new(
        TeredoClient::new(TeredoSettings::default(), TeredoNetwork::default()),
        teredo_interface(1, 3),
    );
    let mut ethernet = Interface::new("Ethernet", if_type::ETHERNET, 1, 2);
    ethernet.description = "Simulated Ethernet Adapter".to_owned();
    ethernet.physical_address = vec![0x02, 0, 0x5E, 0, 0, 0x02];
    ethernet.services.dns_servers = vec![IpAddr::from([192, 168, 1, 1])];
    "home.arpa".clone_into(&mut ethernet.services.dns_suffix);
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

/// A machine with many Ethernet adapters, each with an IPv4 and an IPv6 address and the five routes that
/// these bring: 10,000 adapters have 20,000 addresses and 50,000 routes. Its Teredo client is disabled.
///
/// The adapter with the number n, from 1, has the alias `Ethernet n`, the index n + 1 and the
/// addresses `10.x.y.1/24` and `2001:db8:n::1/64`, where x and y are the two bytes of n.
///
/// # Examples
///
/// ```
/// let env = netiosim_model::build::many(3);
/// let adapter = env.interface_by_alias("Ethernet 2").expect("an adapter");
/// assert_eq!(env.address_table().of(adapter.luid).count(), 2);
/// assert_eq!(env.routes().of(adapter.luid).count(), 5);
/// ```
#[must_use]
pub fn many(adapters: u16) -> Env {
    let settings = TeredoSettings { kind: TeredoType::Disabled, ..TeredoSettings::default() };
    let mut env = Env::new(
        TeredoClient::new(settings, TeredoNetwork::default()),
        teredo_interface(1, u32::from(adapters) + 2),
    );
    for n in 1..=adapters {
        let (number, [high, low]) = (u32::from(n), n.to_be_bytes());
        let alias = format!("Ethernet {n}");
        let mut adapter = Interface::new(alias, if_type::ETHERNET, number, number + 1);
        "Simulated Ethernet Adapter".clone_into(&mut adapter.description);
        adapter.physical_address = vec![0x02, 0, 0x5E, 0x01, high, low];
        let luid = adapter.luid;
        env.place_interface(adapter).expect("an interface with free keys");
        let v4 = Ipv4Addr::new(10, high, low, 1);
        let v6 = Ipv6Addr::new(0x2001, 0x0DB8, n, 0, 0, 0, 0, 1);
        env.place_address(UnicastAddress::new(luid, IpAddr::V4(v4), 24));
        env.place_address(UnicastAddress::new(luid, IpAddr::V6(v6), 64));
    }
    env.settle_teredo();
    env
}

impl Env {
    /// Says that another host on the link of an interface has an address: for building a machine. One
    /// that the interface has as well is not looked at; it is found to be a duplicate when detection
    /// ends (UC-18).
    pub fn place_conflict(&mut self, luid: Luid, address: IpAddr) {
        self.conflicts.insert((luid, address));
    }

    /// The adapters that are disabled, in the order of their LUIDs, as they were.
    pub fn disabled(&self) -> impl Iterator<Item = &Interface> {
        self.disabled.values()
    }
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
