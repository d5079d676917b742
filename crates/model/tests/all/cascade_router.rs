//! A router advertises itself, a prefix, an MTU and its flags (RFC 4861, RFC 4862); an advertised
//! address makes the Teredo client a relay.

use crate::net;
use crate::net::{ETHERNET, Net, add, address, conflict, medium, remove, row};
use netiosim_model::change::{Change, RouterAdvertisement};
use netiosim_model::choose::First;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::table::{
    DadState, PrefixOrigin, RouteOrigin, RouteOwner, SuffixOrigin, UnicastAddress,
};
use netiosim_model::teredo::{TeredoRole, TeredoState};

const OWN: &str = "2001:db8:1::5eff:fe00:2";
const TWO_HOURS_S: u32 = 7_200;

fn heard() -> RouterAdvertisement {
    RouterAdvertisement {
        luid: ETHERNET,
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s: 1_800,
        prefix: Some(("2001:db8:1::".parse().expect("a prefix"), 64)),
        valid_s: 86_400,
        preferred_s: 14_400,
        managed: false,
        other: false,
        mtu: None,
    }
}

fn advertise(change: impl FnOnce(&mut RouterAdvertisement)) -> Change {
    let mut advertisement = heard();
    change(&mut advertisement);
    Change::RouterAdvertisement(advertisement)
}

/// A machine whose Teredo client is stopped, so that only the router is heard.
fn quiet() -> Net {
    let mut net = Net::new();
    net.apply(&Change::TeredoStop);
    net
}

#[test]
fn a_router_and_its_prefix() {
    let mut net = quiet();
    let told = net.apply(&advertise(|_| {}));
    assert_eq!(told, [format!("+ {OWN} @2"), "+ route ::/0 by fe80::1 @2".to_owned()]);
    let own = net.address(OWN).expect("an address of the prefix");
    assert_eq!(own.prefix_origin, PrefixOrigin::RouterAdvertisement);
    assert_eq!(own.suffix_origin, SuffixOrigin::LinkLayerAddress);
    assert_eq!((own.valid_ms, own.preferred_ms), (Some(86_400_000), Some(14_400_000)));
    assert!(own.learnt && !own.persistent, "UC-20");
    let route = net.env().routes().get(net::key("::", 0, "fe80::1")).expect("a route");
    assert_eq!((route.metric, route.owner), (256, RouteOwner::RouterAdvertisement));
    assert_eq!(route.origin, RouteOrigin::RouterAdvertisement);
    assert_eq!((route.valid_ms, route.preferred_ms), (Some(1_800_000), Some(1_800_000)));
    net.pass(1_000);
    assert_eq!(net.dad(OWN), Some(DadState::Preferred), "UC-17");
}

#[test]
fn the_same_again_refreshes_lifetimes() {
    let mut net = quiet();
    let made_ms = |net: &Net| {
        let route = net.env().routes().get(net::key("::", 0, "fe80::1")).expect("a route");
        route.modified_ms.0
    };
    net.pass(1_000);
    net.apply(&advertise(|_| {}));
    let first_ms = made_ms(&net);
    net.pass(100_000);
    assert_eq!(net.apply(&advertise(|_| {})), [format!("~ {OWN} @2")]);
    assert_eq!(made_ms(&net), first_ms, "the route is the old one");
    net.apply(&advertise(|heard| heard.router_lifetime_s = 0));
    net.apply(&advertise(|_| {}));
    assert_eq!(made_ms(&net), first_ms + 100_000, "another one is younger");
    assert_eq!(net.address(OWN).and_then(|own| own.valid_ms), Some(86_400_000));
    let route = net.env().routes().get(net::key("::", 0, "fe80::1")).expect("a route");
    assert_eq!(route.valid_ms, Some(1_800_000), "of the route nobody is told");
}

#[test]
fn a_router_that_is_none_any_more() {
    let mut net = quiet();
    net.apply(&advertise(|_| {}));
    net.pass(1_000);
    let told = net.apply(&advertise(|heard| {
        heard.router_lifetime_s = 0;
        heard.prefix = None;
    }));
    assert_eq!(told[0], "- route ::/0 by fe80::1 @2");
    assert!(net.address(OWN).is_some(), "the prefix is another matter");
    // And one that falls silent.
    net.apply(&advertise(|heard| heard.router_lifetime_s = 5));
    let told = net.pass(5_000);
    assert!(told.contains(&"5000: - route ::/0 by fe80::1 @2".to_owned()), "{told:?}");
}

#[test]
fn two_hours() {
    // RFC 4862, 5.5.3 e: (left, heard, then), in seconds.
    for (left, heard_s, then) in [
        (86_400, 172_800, 172_800),
        (86_400, 7_201, 7_201),
        (86_400, TWO_HOURS_S, TWO_HOURS_S),
        (86_400, 60, TWO_HOURS_S),
        (86_400, 0, TWO_HOURS_S),
        (7_000, 7_100, 7_100),
        (7_000, 60, 7_000),
        (7_000, 0, 7_000),
        (60, 61, 61),
    ] {
        let mut net = quiet();
        net.apply(&advertise(|heard| (heard.valid_s, heard.preferred_s) = (left, left)));
        net.apply(&advertise(|heard| (heard.valid_s, heard.preferred_s) = (heard_s, 0)));
        let own = net.address(OWN).expect("it stays");
        let then_ms = Some(u64::from(then) * 1_000);
        assert_eq!(own.valid_ms, then_ms, "left {left}, heard {heard_s}");
        assert_eq!(own.preferred_ms, Some(0), "the preferred one is always taken");
    }
}

#[test]
fn a_preferred_lifetime_of_zero_deprecates() {
    let mut net = quiet();
    net.apply(&advertise(|_| {}));
    net.pass(1_000);
    let told = net.apply(&advertise(|heard| heard.preferred_s = 0));
    assert_eq!(told, [format!("~ {OWN} @2")]);
    assert_eq!(net.dad(OWN), Some(DadState::Deprecated));
}

#[test]
fn prefixes_that_make_no_address() {
    type Edit = fn(&mut RouterAdvertisement);
    let cases: [(&str, Edit); 5] = [
        ("link-local", |heard| {
            heard.prefix = Some(("fe80::".parse().expect("a prefix"), 64));
        }),
        ("preferred for longer than valid", |heard| heard.preferred_s = heard.valid_s + 1),
        ("no 64 bits", |heard| heard.prefix = heard.prefix.map(|prefix| (prefix.0, 56))),
        ("a whole address", |heard| heard.prefix = heard.prefix.map(|prefix| (prefix.0, 128))),
        ("new, and valid for no time", |heard| (heard.valid_s, heard.preferred_s) = (0, 0)),
    ];
    for (what, edit) in cases {
        let mut net = quiet();
        // What it would make of fe80::/64 is not to be there already.
        net.apply(&remove("fe80::5eff:fe00:2"));
        let before = net.env().addresses().count();
        net.apply(&advertise(edit));
        assert_eq!(net.env().addresses().count(), before, "{what}");
        assert!(net.has_route("::/0 by fe80::1"), "{what}: the router is heard all the same");
    }
    let mut net = quiet();
    net.refuses(&advertise(|heard| heard.prefix = heard.prefix.map(|prefix| (prefix.0, 129))));
}

#[test]
fn an_address_that_somebody_configured_is_left_alone() {
    // Whatever origin a program gave it.
    for prefix_origin in [PrefixOrigin::Manual, PrefixOrigin::RouterAdvertisement] {
        let mut net = quiet();
        net.apply(&add(UnicastAddress { prefix_origin, ..address(OWN, 64) }));
        net.pass(1_000);
        let told = net.apply(&advertise(|_| {}));
        assert_eq!(told, ["+ route ::/0 by fe80::1 @2"], "{prefix_origin:?}");
        assert_eq!(net.address(OWN).and_then(|own| own.valid_ms), None, "{prefix_origin:?}");
    }
}

#[test]
fn a_route_that_somebody_configured_is_left_alone() {
    let mut net = quiet();
    let configured = net::route("::", 0, "fe80::1");
    net.apply(&Change::RouteAdd(configured.clone()));
    for router_lifetime_s in [1_800, 0] {
        net.apply(&advertise(|heard| heard.router_lifetime_s = router_lifetime_s));
        assert_eq!(net.env().routes().get(configured.key()), Some(&configured));
    }
}

#[test]
fn without_a_hardware_address_the_address_is_made_of_the_luid() {
    // Chosen: the interface type and the NetLuidIndex.
    let mut net = quiet();
    let other = Interface::new("virtual", if_type::ETHERNET, 5, 9);
    let luid = other.luid;
    net.apply(&Change::InterfaceAdd(Box::new(other)));
    net.apply(&advertise(|heard| heard.luid = luid));
    let own: Vec<String> =
        net.env().address_table().of(luid).map(|own| own.address.to_string()).collect();
    assert_eq!(own, ["2001:db8:1::600:5"]);
}

/// Neighbours in the numbers, too.
#[test]
fn no_two_interfaces_make_the_same_address_of_a_prefix() {
    let mut env = netiosim_model::build::home();
    let luids = [6, 7].map(|number| {
        let adapter =
            Interface::new(format!("tap{number}"), if_type::ETHERNET, number, 20 + number);
        let luid = adapter.luid;
        env.place_interface(adapter).expect("free keys");
        luid
    });
    let mut net = Net::of(env, &[]);
    let made = luids.map(|luid| {
        net.apply(&advertise(|heard| heard.luid = luid));
        let own: Vec<_> = net.env().address_table().of(luid).map(|own| own.address).collect();
        assert_eq!(own.len(), 1, "{own:?}");
        own[0]
    });
    assert_ne!(made[0], made[1]);
}

#[test]
fn the_mtu_and_the_flags_of_the_row() {
    let mut net = quiet();
    let told = net.apply(&advertise(|heard| {
        heard.mtu = Some(1_400);
        (heard.managed, heard.other) = (true, true);
    }));
    assert_eq!(told[0], "~ IPv6 @2", "NI-30");
    assert_eq!(told.iter().filter(|told| told.contains("IPv")).count(), 1, "{told:?}");
    let member = |member| net.member(ETHERNET, Family::V6, member);
    assert_eq!(member(Member::NlMtu), Some(1_400));
    assert_eq!(member(Member::ManagedAddressConfigurationSupported), Some(1));
    assert_eq!(member(Member::OtherStatefulConfigurationSupported), Some(1));
    assert_eq!(net.member(ETHERNET, Family::V4, Member::NlMtu), Some(1_500));
    // Without news nobody is told of the row.
    let told = net.apply(&advertise(|heard| {
        heard.mtu = Some(1_400);
        (heard.managed, heard.other) = (true, true);
    }));
    assert!(!told.iter().any(|told| told.contains("IPv")), "{told:?}");
}

#[test]
fn where_nobody_listens_nothing_is_heard() {
    let mut net = quiet();
    net.apply(&row(Family::V6, &[(Member::RouterDiscoveryBehavior, 0)]));
    assert_eq!(net.apply(&advertise(|_| {})), [""; 0]);
    let mut net = quiet();
    net.apply(&medium(false));
    assert_eq!(net.apply(&advertise(|_| {})), [""; 0]);
}

fn role(net: &Net) -> (TeredoRole, TeredoState) {
    (net.env().teredo().role(), net.env().teredo().state())
}

#[test]
fn native_ipv6_makes_the_teredo_client_a_relay() {
    // TS-14: with a global address from a router advertisement the node is a host-specific relay.
    let mut net = Net::new();
    assert_eq!(role(&net), (TeredoRole::Client, TeredoState::Qualified));
    let teredo = net.env().teredo().global_address().expect("a Teredo address");
    let told = net.apply(&advertise(|_| {}));
    // TA-25: it does not act as a client any more.
    assert_eq!(role(&net), (TeredoRole::HostSpecificRelay, TeredoState::Dormant));
    for text in ["~ IPv6 @3".to_owned(), format!("- {teredo} @3"), format!("+ {OWN} @2")] {
        assert!(told.contains(&text), "{text}: {told:?}");
    }
}

/// Also if the address is there from the start: nothing is left over for the first change.
#[test]
fn a_machine_that_is_built_with_an_advertised_address_has_a_relay() {
    let mut env = netiosim_model::build::home();
    env.place_address(UnicastAddress {
        prefix_origin: PrefixOrigin::RouterAdvertisement,
        ..address(OWN, 64)
    });
    env.settle_teredo();
    let mut net = Net::of(env, &[]);
    assert_eq!(role(&net).0, TeredoRole::HostSpecificRelay);
    assert_eq!(net.apply(&Change::RowTouch { luid: ETHERNET, family: Family::V4 }), ["~ IPv4 @2"]);
    net.apply(&remove(OWN));
    assert_eq!(role(&net).0, TeredoRole::Client);
}

#[test]
fn the_last_advertised_address_that_goes_makes_it_a_client_again() {
    type Go = fn(&mut Net);
    let cases: [(&str, Go); 7] = [
        ("removed", |net| drop(net.apply(&remove(OWN)))),
        ("a duplicate", |net| drop(net.apply(&conflict(OWN, true)))),
        ("the medium", |net| drop(net.apply(&medium(false)))),
        ("the adapter", |net| drop(net.apply(&Change::InterfaceDisable(ETHERNET)))),
        ("the interface", |net| drop(net.apply(&Change::InterfaceRemove(ETHERNET)))),
        ("the family", |net| {
            net.apply(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
        }),
        ("the restart", |net| net.machine.reboot(&mut First::default())),
    ];
    for (what, go) in cases {
        let mut net = Net::new();
        net.apply(&advertise(|_| {}));
        net.pass(1_000);
        assert!(net.env().teredo().network().native_ipv6, "TS-14");
        go(&mut net);
        assert!(!net.env().teredo().network().native_ipv6, "TS-14 TA-25: {what}");
        assert_eq!(net.env().teredo().role(), TeredoRole::Client, "{what}");
    }
    // By its lifetime, to the millisecond.
    let mut net = Net::new();
    net.apply(&advertise(|heard| (heard.valid_s, heard.preferred_s) = (5, 5)));
    net.pass(4_999);
    assert_eq!(net.env().teredo().role(), TeredoRole::HostSpecificRelay);
    net.pass(1);
    assert_eq!(net.env().teredo().role(), TeredoRole::Client);
    assert_eq!(net.address(OWN).map(|own| own.address), None);
}

#[test]
fn what_the_network_was_said_to_have_stays() {
    let mut net = Net::new();
    let network = netiosim_model::teredo::TeredoNetwork {
        native_ipv6: true,
        ..net.env().teredo().network().clone()
    };
    net.apply(&Change::TeredoNetwork(network));
    net.apply(&advertise(|_| {}));
    net.apply(&remove(OWN));
    assert!(net.env().teredo().network().native_ipv6);
}

#[test]
fn what_a_router_gave_is_gone_after_a_restart() {
    use netiosim_model::build::home;
    use netiosim_model::machine::Machine;
    use netiosim_model::profile::Profile;
    let mut machine = Machine::new(Profile::Documented, home());
    machine.change(None, &advertise(|_| {}), &mut First::default()).expect("a router");
    let own = (ETHERNET, OWN.parse().expect("an address"));
    assert!(machine.env().address_table().get(own).is_some());
    machine.reboot(&mut First::default());
    assert!(machine.env().address_table().get(own).is_none(), "UC-20");
}
