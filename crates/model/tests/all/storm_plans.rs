//! What a storm consists of, step by step.

use std::net::IpAddr;

use netiosim_model::build::home;
use netiosim_model::change::{Change, ChangeError, DhcpLease, RouterAdvertisement};
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::Luid;
use netiosim_model::storm::{LONGEST_MS, LateAdapter, Storm, Tunnel};
use netiosim_model::table::{Route, RouteOwner};

use crate::net::{ETHERNET, Net, add, address, ip, medium};

fn plan(env: &Env, storm: &Storm) -> Vec<(u64, Change)> {
    storm.plan(env).unwrap_or_else(|error| panic!("{}: {error}", storm.name()))
}

/// The names of the steps, with the time of each.
fn names(plan: &[(u64, Change)]) -> Vec<(u64, &'static str)> {
    plan.iter().map(|(at_ms, change)| (*at_ms, change.name())).collect()
}

fn link(luid: Luid, connected: Option<bool>, admin_up: Option<bool>) -> Change {
    Change::LinkSet { luid, connected, admin_up, mtu: None, alias: None }
}

#[test]
fn a_dock_loses_the_media_that_it_has() {
    let storm = Storm::DockUnplug { interfaces: vec!["Ethernet".to_owned()] };
    let gone = [(50, Change::InterfaceDisable(ETHERNET))];
    let first = plan(&home(), &storm);
    assert_eq!(first[0], (0, medium(false)));
    assert_eq!(first[1..], gone);
    // Without a medium, or switched off, there is none to be lost.
    for change in [medium(false), link(ETHERNET, None, Some(false))] {
        let mut net = Net::new();
        net.apply(&change);
        assert_eq!(plan(net.env(), &storm), gone, "{change:?}");
    }
}

#[test]
fn what_sleeps_is_what_was_awake() {
    let storm = Storm::SleepResume { asleep_ms: 1_000 };
    let slept = |env: &Env| -> Vec<Luid> {
        let plan = plan(env, &storm);
        let lost = plan.into_iter().filter(|step| step.0 == 0);
        lost.filter_map(|(_, change)| match change {
            Change::LinkSet { luid, connected: Some(false), .. } => Some(luid),
            _ => None,
        })
        .collect()
    };
    assert_eq!(slept(&home()), [ETHERNET], "neither the loopback nor Teredo");
    for change in [medium(false), link(ETHERNET, None, Some(false))] {
        let mut net = Net::new();
        net.apply(&change);
        assert_eq!(slept(net.env()), [], "{change:?}");
    }
}

fn tunnel(address: &str, endpoint: Option<&str>) -> Storm {
    Storm::VpnUp(Box::new(Tunnel { endpoint: endpoint.map(ip), ..Tunnel::new("wg0", ip(address)) }))
}

/// Neither its addresses nor its routes come back after a restart: a program made them (UC-20).
#[test]
fn what_a_vpn_client_makes_does_not_outlive_a_restart() {
    let plan = plan(&home(), &tunnel("10.8.0.2", Some("203.0.113.7")));
    let (mut addresses, mut routes) = (0, 0);
    for (_, change) in &plan {
        match change {
            Change::AddressAdd { address, .. } => {
                assert!(!address.persistent);
                addresses += 1;
            }
            Change::RouteAdd(route) => {
                assert_eq!(route.owner, RouteOwner::Configured { persistent: false }, "{route:?}");
                routes += 1;
            }
            _ => {}
        }
    }
    assert_eq!((addresses, routes), (1, 3), "the way around, and two halves");
}

fn routes(plan: &[(u64, Change)]) -> Vec<String> {
    let added = plan.iter().filter_map(|(_, change)| match change {
        Change::RouteAdd(route) => Some(route.key().to_string()),
        _ => None,
    });
    added.collect()
}

#[test]
fn a_tunnel_takes_both_halves_of_its_family() {
    assert_eq!(routes(&plan(&home(), &tunnel("10.8.0.2", None))), ["0.0.0.0/1", "128.0.0.0/1"]);
    assert_eq!(routes(&plan(&home(), &tunnel("2001:db8::2", None))), ["::/1", "8000::/1"]);
}

/// Only where a gateway leads there, and no route to that very address yet.
#[test]
fn the_way_to_the_server_leads_around_the_tunnel() {
    let around = |env: &Env, endpoint: &str| {
        let mut routes = routes(&plan(env, &tunnel("10.8.0.2", Some(endpoint))));
        routes.truncate(routes.len() - 2);
        routes
    };
    let mut env = home();
    assert_eq!(around(&env, "203.0.113.7"), ["203.0.113.7/32 by 192.168.1.1"]);
    assert!(around(&env, "192.168.1.20").is_empty(), "it is on the link");
    let own = Route::new(ETHERNET, ip("203.0.113.7"), 32, ip("192.168.1.1"));
    env.place_route(own);
    assert!(around(&env, "203.0.113.7").is_empty(), "it has a route of its own");
}

fn leased(net: &mut Net) {
    let (address, gateway) = ([192, 168, 1, 60].into(), Some([192, 168, 1, 1].into()));
    let lease = DhcpLease { luid: ETHERNET, address, prefix_length: 24, gateway, lease_s: 3_600 };
    net.apply(&Change::DhcpLease(lease));
}

fn advertised(net: &mut Net, managed: bool, other: bool, router_lifetime_s: u32) {
    net.apply(&Change::RouterAdvertisement(RouterAdvertisement {
        luid: ETHERNET,
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s,
        prefix: Some(("2001:db8:5::".parse().expect("a prefix"), 64)),
        valid_s: 7_200,
        preferred_s: 1_800,
        managed,
        other,
        mtu: None,
    }));
}

/// With the flags that the router set, and with what is left of its lifetimes.
#[test]
fn a_router_says_again_what_it_said() {
    for (managed, other) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut net = Net::new();
        advertised(&mut net, managed, other, 1_200);
        net.pass(100_000);
        let roam = Storm::WifiRoam { interface: "Ethernet".to_owned() };
        let plan = plan(net.env(), &roam);
        let said: Vec<&RouterAdvertisement> = plan
            .iter()
            .filter_map(|(at_ms, change)| match change {
                Change::RouterAdvertisement(said) => {
                    assert_eq!(*at_ms, 120);
                    Some(said)
                }
                _ => None,
            })
            .collect();
        let [said] = said[..] else { panic!("{said:?}") };
        assert_eq!((said.managed, said.other), (managed, other));
        assert_eq!((said.router.to_string().as_str(), said.router_lifetime_s), ("fe80::1", 1_100));
        assert_eq!((said.valid_s, said.preferred_s), (7_100, 1_700));
        let (prefix, length) = said.prefix.expect("a prefix");
        assert_eq!((&prefix.segments()[..4], length), (&[0x2001, 0xDB8, 5, 0][..], 64));
    }
}

/// A router that is none for others (lifetime 0) gave a prefix all the same.
#[test]
fn a_router_that_leads_nowhere_gives_its_prefix_again() {
    let mut net = Net::new();
    advertised(&mut net, false, false, 0);
    let plan = plan(net.env(), &Storm::WifiRoam { interface: "Ethernet".to_owned() });
    let said = plan.iter().find_map(|(_, change)| match change {
        Change::RouterAdvertisement(said) => Some((said.router, said.router_lifetime_s)),
        _ => None,
    });
    assert_eq!(said, Some((std::net::Ipv6Addr::UNSPECIFIED, 0)));
}

fn netsh(from: &str, to: &str) -> Storm {
    let (from, to) = (ip(from), ip(to));
    let interface = "Ethernet".to_owned();
    Storm::NetshSetAddress { interface, from, to, prefix_length: 24, gateway: None }
}

#[test]
fn a_leased_address_goes_with_its_lease_and_another_by_itself() {
    let mut net = Net::new();
    leased(&mut net);
    assert_eq!(
        names(&plan(net.env(), &netsh("192.168.1.60", "192.168.1.90"))),
        [(0, "dhcp_release"), (20, "address_add")]
    );
    assert_eq!(
        names(&plan(net.env(), &netsh("192.168.1.10", "192.168.1.90"))),
        [(0, "address_remove"), (20, "address_add")]
    );
    // One that only says that it comes from DHCP, because a program wrote that, has no lease.
    let mut written = address("192.168.1.61", 24);
    written.prefix_origin = netiosim_model::table::PrefixOrigin::Dhcp;
    net.apply(&add(written));
    assert_eq!(
        names(&plan(net.env(), &netsh("192.168.1.61", "192.168.1.90"))),
        [(0, "address_remove"), (20, "address_add")]
    );
}

#[test]
fn an_address_can_be_set_to_itself_and_not_to_another_that_is_there() {
    let mut net = Net::new();
    net.apply(&add(address("192.168.1.90", 24)));
    let refused = netsh("192.168.1.10", "192.168.1.90").plan(net.env());
    assert_eq!(refused, Err(ChangeError::AddressExists(ip("192.168.1.90"))));
    assert_eq!(
        names(&plan(net.env(), &netsh("192.168.1.10", "192.168.1.10"))),
        [(0, "address_remove"), (20, "address_add")]
    );
}

/// Whatever interface the addresses name: they are the adapter's.
#[test]
fn the_addresses_of_a_late_adapter_are_its_own() {
    let interface = Interface::new("late", if_type::ETHERNET, 9, 40);
    let luid = interface.luid;
    let mut late = LateAdapter::new(interface);
    late.addresses = vec![UnicastAddress::new(ETHERNET, ip("10.1.1.1"), 24)];
    let plan = plan(&home(), &Storm::LateAdapter(Box::new(late)));
    assert_eq!(names(&plan), [(30_000, "interface_add"), (30_000, "address_add")]);
    let Change::AddressAdd { address, .. } = &plan[1].1 else { panic!("{plan:?}") };
    assert_eq!((address.luid, address.address), (luid, IpAddr::from([10, 1, 1, 1])));
}

#[test]
fn a_flap_takes_at_least_two_milliseconds() {
    let flap =
        |period_ms| Storm::TunnelFlap { interface: "Ethernet".to_owned(), times: 1, period_ms };
    assert!(flap(1).plan(&home()).is_err() && flap(LONGEST_MS + 1).plan(&home()).is_err());
    assert_eq!(plan(&home(), &flap(2)), [(0, medium(false)), (1, medium(true))]);
}
