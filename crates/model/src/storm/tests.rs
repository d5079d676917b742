//! Each storm's plan as a table, and what comes of it on a machine.

use std::net::IpAddr;

use super::{LateAdapter, Storm, Tunnel};
use crate::build::home;
use crate::cascade::Rules;
use crate::change::{Change, ChangeError, DhcpLease, Effect};
use crate::choose::First;
use crate::env::Env;
use crate::interface::{Interface, if_type};
use crate::net::{Family, NotificationType};
use crate::table::{Route, RouteOwner, UnicastAddress};
use crate::teredo::TeredoState;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// A machine with a leased Wi-Fi beside its Ethernet.
fn laptop() -> Env {
    let mut env = home();
    let wifi = Interface::new("Wi-Fi", if_type::WIFI, 0, 7);
    let luid = wifi.luid;
    env.place_interface(wifi).expect("free keys");
    let lease = DhcpLease {
        luid,
        address: [192, 168, 1, 20].into(),
        prefix_length: 24,
        gateway: Some([192, 168, 1, 1].into()),
        lease_s: 3600,
    };
    apply(&mut env, &Change::DhcpLease(lease));
    env
}

fn apply(env: &mut Env, change: &Change) -> Vec<Effect> {
    env.apply(change, Rules::default(), &mut First::default()).expect("a change that makes sense")
}

/// When what happens to whom.
fn table(storm: &Storm, env: &Env) -> Vec<String> {
    let name = |luid| {
        let known = env.interface(luid).map(|interface| interface.alias.clone());
        known.unwrap_or_else(|| "new".to_owned())
    };
    let words = |change: &Change| match change {
        Change::LinkSet { luid, connected, .. } => {
            format!("{} connected {}", name(*luid), connected.expect("a medium"))
        }
        Change::RowTouch { luid, family } | Change::RowSet { luid, family, .. } => {
            format!("{} {family}", name(*luid))
        }
        Change::InterfaceAdd(interface) => interface.alias.clone(),
        Change::InterfaceRemove(luid)
        | Change::InterfaceDisable(luid)
        | Change::DhcpRelease(luid) => name(*luid),
        Change::DhcpLease(lease) => format!("{} {}", name(lease.luid), lease.address),
        Change::AddressAdd { address, .. } => {
            format!("{} {}/{}", name(address.luid), address.address, address.prefix_length)
        }
        Change::AddressRemove { luid, address } => format!("{} {address}", name(*luid)),
        Change::RouteAdd(route) => format!("{} {}", name(route.luid), route.key()),
        Change::RouteRemove(key) => format!("{} {key}", name(key.luid)),
        Change::TeredoServer { reachable } => reachable.to_string(),
        _ => String::new(),
    };
    let plan = storm.plan(env).expect("a plan");
    assert!(plan.is_sorted_by_key(|step| step.0), "{plan:?}");
    plan.iter()
        .map(|(at_ms, change)| format!("{at_ms} {} {}", change.name(), words(change)))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Plays a plan to its end; tells the effects with their times.
fn play(storm: &Storm, env: &mut Env) -> Vec<(u64, Effect)> {
    let mut effects = Vec::new();
    let mut now_ms = 0;
    for (at_ms, change) in storm.plan(env).expect("a plan") {
        env.elapse(at_ms - now_ms);
        now_ms = at_ms;
        effects.extend(apply(env, &change).into_iter().map(|effect| (at_ms, effect)));
    }
    effects
}

#[test]
fn a_roam_is_a_burst_of_interface_notifications_and_a_new_lease() {
    let mut env = laptop();
    let storm = Storm::WifiRoam { interface: "Wi-Fi".into() };
    let expected = [
        "0 interface_set Wi-Fi connected false",
        "30 interface_set Wi-Fi connected true",
        "50 interface_touch Wi-Fi IPv4",
        "50 interface_touch Wi-Fi IPv6",
        "80 interface_touch Wi-Fi IPv4",
        "80 interface_touch Wi-Fi IPv6",
        "120 dhcp_lease Wi-Fi 192.168.1.20",
    ];
    assert_eq!(table(&storm, &env), expected);
    let effects = play(&storm, &mut env);
    let told = effects.iter().filter(|(at_ms, effect)| {
        *at_ms <= 100
            && matches!(effect, Effect::IpInterface { kind: NotificationType::Parameter, .. })
    });
    assert!((6..=10).contains(&told.count()), "{effects:?}");
    let luid = env.interface_by_alias("Wi-Fi").expect("Wi-Fi").luid;
    assert!(env.address_table().get((luid, ip("192.168.1.20"))).is_some());
    assert!(env.routes().of(luid).any(|route| route.owner == RouteOwner::Dhcp));
}

#[test]
fn a_roam_of_one_family_is_as_loud() {
    let mut env = laptop();
    let luid = env.interface_by_alias("Wi-Fi").expect("Wi-Fi").luid;
    apply(&mut env, &Change::FamilyUnbind { luid, family: Family::V6 });
    let effects = play(&Storm::WifiRoam { interface: "Wi-Fi".into() }, &mut env);
    let rows = effects.iter().filter(|(_, effect)| matches!(effect, Effect::IpInterface { .. }));
    assert_eq!(rows.count(), 6);
}

#[test]
fn a_dock_takes_its_adapters_along_and_they_come_back_configured() {
    let mut env = laptop();
    let storm = Storm::DockUnplug { interfaces: vec!["Ethernet".into(), "Wi-Fi".into()] };
    let expected = [
        "0 interface_set Ethernet connected false",
        "0 interface_set Wi-Fi connected false",
        "50 interface_disable Ethernet",
        "60 interface_disable Wi-Fi",
    ];
    assert_eq!(table(&storm, &env), expected);
    play(&storm, &mut env);
    assert_eq!(env.interface_by_alias("Ethernet"), None);
    let ethernet = env.disabled().find(|interface| interface.alias == "Ethernet");
    let luid = ethernet.expect("it is known").luid;
    apply(&mut env, &Change::InterfaceEnable(luid));
    assert!(env.address_table().get((luid, ip("192.168.1.10"))).is_some());
}

#[test]
fn a_tunnel_goes_up_around_its_own_server_and_down_without_a_trace() {
    let mut env = laptop();
    // A disabled adapter would be a trace; the machine's clock and what was modified are none.
    let before: (Vec<Interface>, Vec<Route>) =
        (env.interfaces().cloned().collect(), env.routes().iter().cloned().collect());
    let endpoint = Some(ip("203.0.113.5"));
    let tunnel = Tunnel { endpoint, ..Tunnel::new("wg0", ip("10.8.0.2")) };
    let up = Storm::VpnUp(Box::new(tunnel.clone()));
    let expected = [
        "0 route_add Ethernet 203.0.113.5/32 by 192.168.1.1",
        "0 interface_add wg0",
        "20 address_add new 10.8.0.2/32",
        "40 interface_set new IPv4",
        "60 route_add new 0.0.0.0/1",
        "60 route_add new 128.0.0.0/1",
    ];
    assert_eq!(table(&up, &env), expected);
    play(&up, &mut env);
    let luid = env.interface_by_alias("wg0").expect("the tunnel").luid;
    let to = |text: &str| env.routes().matching(None, ip(text)).next().map(|route| route.luid);
    assert_eq!(to("198.51.100.1"), Some(luid));
    assert_ne!(to("203.0.113.5"), Some(luid));
    assert_eq!(up.plan(&env), Err(ChangeError::Taken("the alias \"wg0\"".into())));

    let down = Storm::VpnDown { interface: "wg0".into(), endpoint };
    let expected = [
        "0 route_remove wg0 0.0.0.0/1",
        "0 route_remove wg0 128.0.0.0/1",
        "20 address_remove wg0 10.8.0.2",
        "40 interface_remove wg0",
        "40 route_remove Ethernet 203.0.113.5/32 by 192.168.1.1",
    ];
    assert_eq!(table(&down, &env), expected);
    play(&down, &mut env);
    let after = (
        env.interfaces().cloned().collect::<Vec<_>>(),
        env.routes().iter().cloned().collect::<Vec<_>>(),
    );
    assert_eq!(after.0, before.0);
    let keys = |routes: &[Route]| routes.iter().map(Route::key).collect::<Vec<_>>();
    assert_eq!(keys(&after.1), keys(&before.1));
}

#[test]
fn a_tunnel_may_have_routes_of_its_own() {
    let tunnel = Tunnel {
        addresses: vec![(ip("fd00::2"), 64)],
        destinations: vec![(ip("fd00:1::"), 32)],
        endpoint: Some(ip("192.168.1.7")),
        ..Tunnel::new("vpn", ip("10.8.0.2"))
    };
    // The server is on the link: no route leads around the tunnel.
    let expected = [
        "0 interface_add vpn",
        "20 address_add new fd00::2/64",
        "40 interface_set new IPv6",
        "60 route_add new fd00:1::/32",
    ];
    assert_eq!(table(&Storm::VpnUp(Box::new(tunnel)), &home()), expected);
}

#[test]
fn all_media_go_at_once_and_come_back_one_by_one() {
    let mut env = laptop();
    let storm = Storm::SleepResume { asleep_ms: 60_000 };
    let expected = [
        "0 interface_set Ethernet connected false",
        "0 interface_set Wi-Fi connected false",
        "0 teredo_server false",
        "60000 interface_set Ethernet connected true",
        "60100 interface_set Wi-Fi connected true",
        "60220 dhcp_lease Wi-Fi 192.168.1.20",
        "60220 teredo_server true",
    ];
    assert_eq!(table(&storm, &env), expected);
    let addresses = |env: &Env| -> Vec<_> {
        let teredo = env.teredo_luid();
        env.addresses().filter(|a| a.luid != teredo).map(UnicastAddress::key).collect()
    };
    let before = addresses(&env);
    play(&storm, &mut env);
    assert_eq!(addresses(&env), before);
    assert!(env.interfaces().filter(|i| !i.is_teredo()).all(|i| i.connected));
}

#[test]
fn netsh_deletes_and_then_adds() {
    let mut env = laptop();
    let storm = |interface: &str, from: &str, gateway: Option<&str>| Storm::NetshSetAddress {
        interface: interface.into(),
        from: ip(from),
        to: ip("192.168.1.77"),
        prefix_length: 24,
        gateway: gateway.map(ip),
    };
    let plain = storm("Ethernet", "192.168.1.10", None);
    let expected =
        ["0 address_remove Ethernet 192.168.1.10", "20 address_add Ethernet 192.168.1.77/24"];
    assert_eq!(table(&plain, &env), expected);
    let with_gateway = storm("Ethernet", "192.168.1.10", Some("192.168.1.254"));
    let expected = [
        "0 address_remove Ethernet 192.168.1.10",
        "0 route_remove Ethernet 0.0.0.0/0 by 192.168.1.1",
        "20 address_add Ethernet 192.168.1.77/24",
        "20 route_add Ethernet 0.0.0.0/0 by 192.168.1.254",
    ];
    assert_eq!(table(&with_gateway, &env), expected);
    let leased = storm("Wi-Fi", "192.168.1.20", None);
    let expected = ["0 dhcp_release Wi-Fi", "20 address_add Wi-Fi 192.168.1.77/24"];
    assert_eq!(table(&leased, &env), expected);
    let kinds: Vec<NotificationType> = play(&plain, &mut env)
        .into_iter()
        .filter_map(|(_, effect)| match effect {
            Effect::Address { kind, .. } => Some(kind),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [NotificationType::Delete, NotificationType::Add]);
    assert_eq!(plain.plan(&env), Err(ChangeError::NoAddress(ip("192.168.1.10"))));
}

#[test]
fn an_adapter_comes_half_a_minute_late() {
    let mut env = home();
    let adapter = Interface::new("USB", if_type::ETHERNET, 9, 9);
    let address = UnicastAddress::new(adapter.luid, ip("172.16.0.2"), 16);
    let late = LateAdapter { addresses: vec![address], ..LateAdapter::new(adapter) };
    let storm = Storm::LateAdapter(Box::new(late));
    let expected = ["30000 interface_add USB", "30000 address_add new 172.16.0.2/16"];
    assert_eq!(table(&storm, &env), expected);
    play(&storm, &mut env);
    assert!(matches!(storm.plan(&env), Err(ChangeError::Taken(_))));
}

#[test]
fn a_tunnel_flaps_and_so_does_the_teredo_client() {
    let mut env = home();
    apply(&mut env, &Change::InterfaceAdd(Box::new(Interface::new("wg0", 53, 0, 9))));
    let flap = |interface: &str| Storm::TunnelFlap {
        interface: interface.into(),
        times: 2,
        period_ms: 10,
    };
    let expected = [
        "0 interface_set wg0 connected false",
        "5 interface_set wg0 connected true",
        "10 interface_set wg0 connected false",
        "15 interface_set wg0 connected true",
    ];
    assert_eq!(table(&flap("wg0"), &env), expected);
    let teredo = flap("Teredo Tunneling Pseudo-Interface");
    let expected = ["0 teredo_stop", "5 teredo_start", "10 teredo_stop", "15 teredo_start"];
    assert_eq!(table(&teredo, &env), expected);
    play(&teredo, &mut env);
    assert_ne!(env.teredo().state(), TeredoState::Offline);
}

#[test]
fn storms_over_nothing_are_refused() {
    let env = home();
    let roam = |alias: &str| Storm::WifiRoam { interface: alias.into() };
    assert_eq!(roam("Wi-Fi").plan(&env), Err(ChangeError::NoAlias("Wi-Fi".into())));
    for alias in ["Loopback Pseudo-Interface 1", "Teredo Tunneling Pseudo-Interface"] {
        assert!(matches!(roam(alias).plan(&env), Err(ChangeError::Reserved(_))), "{alias}");
    }
}

#[test]
fn two_storms_at_once_do_not_get_into_each_others_way() {
    let mut env = laptop();
    let storms = [
        Storm::WifiRoam { interface: "Wi-Fi".into() },
        Storm::VpnUp(Box::new(Tunnel::new("wg0", ip("10.8.0.2")))),
    ];
    let mut both: Vec<_> =
        storms.iter().flat_map(|storm| storm.plan(&env).expect("a plan")).collect();
    both.sort_by_key(|step| step.0);
    for (_, change) in both {
        apply(&mut env, &change);
    }
    assert!(env.interface_by_alias("wg0").is_some());
}
