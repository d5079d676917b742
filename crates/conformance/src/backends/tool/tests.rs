//! Which words make which change.

use netiosim_model::change::Change;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{Neighbour, NeighbourState, Route, RouteKey, UnicastAddress};

use super::{Before, Tool};

const LUID: Luid = Luid(0x0006_0000_0100_0000);

fn line(words: &[String]) -> String {
    words.join("_").replace(' ', "~").replace('_', " ")
}

/// What makes a change and what takes it back, of `ip` and of `netsh`; a blank inside of a word is a `~`.
fn all(change: &Change) -> [Option<(String, String)>; 2] {
    // What is switched is the other way before.
    let (connected, admin_up) = match change {
        Change::LinkSet { connected, admin_up, .. } => (*connected, *admin_up),
        Change::InterfaceEnable(_) => (None, Some(true)),
        Change::InterfaceDisable(_) => (None, Some(false)),
        _ => (None, None),
    };
    let before = Before {
        mtu: Some(1500),
        metric: Some(25),
        prefix_length: Some(24),
        connected: connected.map(|on| !on),
        admin_up: admin_up.map(|on| !on),
        ..Before::default()
    };
    let of = |tool: Tool, name: &str| {
        let words = tool.words(change, name, &before).ok()?;
        Some((line(&words.make), line(&words.undo[0])))
    };
    [of(Tool::Ip, "d0"), of(Tool::Netsh, "Ethernet 2")]
}

fn pair(make: &str, undo: &str) -> Option<(String, String)> {
    Some((make.to_owned(), undo.to_owned()))
}

fn key(to: &str, prefix_length: u8, next_hop: &str) -> RouteKey {
    let [destination, next_hop] = [to, next_hop].map(|text| text.parse().unwrap());
    RouteKey { luid: LUID, destination, prefix_length, next_hop }
}

#[test]
fn addresses() {
    let v4 = UnicastAddress::new(LUID, "10.66.0.5".parse().unwrap(), 24);
    let v6 = UnicastAddress::new(LUID, "2001:db8:66::5".parse().unwrap(), 64);
    assert_eq!(
        all(&Change::AddressAdd { address: v4.clone(), optimistic: false }),
        [
            pair("address add 10.66.0.5/24 dev d0", "address del 10.66.0.5/24 dev d0"),
            pair(
                "interface ipv4 add address name=Ethernet~2 address=10.66.0.5/24 store=active",
                "interface ipv4 delete address name=Ethernet~2 address=10.66.0.5 store=active",
            ),
        ]
    );
    assert_eq!(
        all(&Change::AddressAdd { address: v6, optimistic: false }),
        [
            pair(
                "address add 2001:db8:66::5/64 dev d0 nodad",
                "address del 2001:db8:66::5/64 dev d0",
            ),
            pair(
                "interface ipv6 add address interface=Ethernet~2 address=2001:db8:66::5/64 store=active",
                "interface ipv6 delete address interface=Ethernet~2 address=2001:db8:66::5 store=active",
            ),
        ]
    );
    assert_eq!(
        all(&Change::AddressRemove { luid: LUID, address: v4.address })[0],
        pair("address del 10.66.0.5/24 dev d0", "address add 10.66.0.5/24 dev d0")
    );
    // What is special about an address no word says.
    let special = UnicastAddress { skip_as_source: true, ..v4.clone() };
    assert_eq!(all(&Change::AddressAdd { address: special, optimistic: false }), [None, None]);
    assert_eq!(all(&Change::AddressAdd { address: v4, optimistic: true }), [None, None]);
    // An address that is not there cannot be taken away so that it comes back.
    let gone = Change::AddressRemove { luid: LUID, address: [10, 66, 0, 5].into() };
    assert!(Tool::Ip.words(&gone, "d0", &Before::default()).is_err());
}

#[test]
fn routes() {
    let (to, via) = (key("10.99.0.0", 16, "0.0.0.0"), key("2001:db8:99::", 48, "fe80::1"));
    let added = Route::new(LUID, to.destination, 16, to.next_hop);
    assert_eq!(
        all(&Change::RouteAdd(added.clone())),
        [
            pair("-4 route add 10.99.0.0/16 dev d0", "-4 route del 10.99.0.0/16 dev d0"),
            pair(
                "interface ipv4 add route prefix=10.99.0.0/16 interface=Ethernet~2 metric=0 store=active",
                "interface ipv4 delete route prefix=10.99.0.0/16 interface=Ethernet~2 store=active",
            ),
        ]
    );
    assert_eq!(
        all(&Change::RouteAdd(Route { metric: 7, ..added.clone() }))[0],
        pair(
            "-4 route add 10.99.0.0/16 dev d0 metric 7",
            "-4 route del 10.99.0.0/16 dev d0 metric 7",
        )
    );
    assert_eq!(
        all(&Change::RouteRemove(via)),
        [
            pair(
                "-6 route del 2001:db8:99::/48 via fe80::1 dev d0",
                "-6 route add 2001:db8:99::/48 via fe80::1 dev d0",
            ),
            pair(
                "interface ipv6 delete route prefix=2001:db8:99::/48 interface=Ethernet~2 nexthop=fe80::1 store=active",
                "interface ipv6 add route prefix=2001:db8:99::/48 interface=Ethernet~2 nexthop=fe80::1 store=active",
            ),
        ]
    );
    assert_eq!(all(&Change::RouteAdd(Route { publish: true, ..added })), [None, None]);
}

#[test]
fn interfaces() {
    let row = |family, member, value| {
        all(&Change::RowSet { luid: LUID, family, values: vec![(member, value)] })
    };
    assert_eq!(
        row(Family::V4, Member::NlMtu, 1400),
        [
            pair("link set dev d0 mtu 1400", "link set dev d0 mtu 1500"),
            pair(
                "interface ipv4 set subinterface interface=Ethernet~2 mtu=1400 store=active",
                "interface ipv4 set subinterface interface=Ethernet~2 mtu=1500 store=active",
            ),
        ]
    );
    assert_eq!(
        row(Family::V6, Member::Metric, 5),
        [
            None,
            pair(
                "interface ipv6 set interface interface=Ethernet~2 metric=5 store=active",
                "interface ipv6 set interface interface=Ethernet~2 metric=25 store=active",
            ),
        ]
    );
    assert_eq!(row(Family::V4, Member::DadTransmits, 0), [None, None]);
    let link = |connected, admin_up, mtu| {
        all(&Change::LinkSet { luid: LUID, connected, admin_up, mtu, alias: None })
    };
    let words = |make: &str, undo: &str| {
        [pair(&format!("link set dev d0 {make}"), &format!("link set dev d0 {undo}")), None]
    };
    assert_eq!(link(Some(false), None, None), words("carrier off", "carrier on"));
    assert_eq!(link(None, Some(false), None), words("down", "up"));
    assert_eq!(link(None, None, Some(1300)), words("mtu 1300", "mtu 1500"));
    assert_eq!(link(Some(false), None, Some(1300)), [None, None]);
    assert_eq!(
        all(&Change::InterfaceDisable(LUID)),
        [
            None,
            pair(
                "interface set interface name=Ethernet~2 admin=disabled",
                "interface set interface name=Ethernet~2 admin=enabled",
            ),
        ]
    );
}

#[test]
fn neighbours_and_what_has_no_words() {
    let neighbour = Neighbour {
        luid: LUID,
        address: [10, 66, 0, 9].into(),
        physical_address: vec![2, 0, 0, 0, 0, 0x1F],
        state: NeighbourState::Permanent,
        is_router: false,
        is_unreachable: false,
    };
    assert_eq!(
        all(&Change::NeighbourPut(neighbour)),
        [
            pair(
                "neighbour replace 10.66.0.9 lladdr 02:00:00:00:00:1f dev d0 nud permanent",
                "neighbour del 10.66.0.9 dev d0",
            ),
            pair(
                "interface ipv4 add neighbors interface=Ethernet~2 address=10.66.0.9 neighbor=02-00-00-00-00-1f store=active",
                "interface ipv4 delete neighbors interface=Ethernet~2 address=10.66.0.9",
            ),
        ]
    );
    assert_eq!(all(&Change::TeredoStop), [None, None]);
    let error = Tool::Ip.words(&Change::TeredoStop, "d0", &Before::default()).unwrap_err();
    assert_eq!(error.to_string(), "ip has no words for this teredo_stop");
    assert_eq!([Tool::named("ip"), Tool::named("ipconfig")], [Some(Tool::Ip), None]);
}

#[test]
fn an_interface_that_was_down_gets_back_what_it_lost() {
    let via = key("0.0.0.0", 0, "192.0.2.1");
    let before = Before {
        addresses: vec![([192, 0, 2, 2].into(), 24)],
        routes: vec![(via, 5)],
        admin_up: Some(true),
        ..Before::default()
    };
    let (connected, mtu, alias) = (None, None, None);
    let down = Change::LinkSet { luid: LUID, connected, admin_up: Some(false), mtu, alias };
    let words = Tool::Ip.words(&down, "d0", &before).unwrap();
    assert_eq!(line(&words.make), "link set dev d0 down");
    assert_eq!(
        words.undo.iter().map(|words| line(words)).collect::<Vec<_>>(),
        [
            "link set dev d0 up",
            "address replace 192.0.2.2/24 dev d0",
            "-4 route replace 0.0.0.0/0 via 192.0.2.1 dev d0 metric 5",
        ]
    );
}

#[test]
fn what_is_so_already_is_not_taken_back() {
    let before = Before { connected: Some(true), admin_up: Some(true), ..Before::default() };
    let (mtu, alias) = (None, None::<String>);
    for (connected, admin_up) in [(Some(true), None), (None, Some(true))] {
        let on = Change::LinkSet { luid: LUID, connected, admin_up, mtu, alias: alias.clone() };
        assert!(Tool::Ip.words(&on, "d0", &before).unwrap().undo.is_empty(), "{on:?}");
        // Nobody knows how it was: it could not be taken back.
        assert!(Tool::Ip.words(&on, "d0", &Before::default()).is_err(), "{on:?}");
    }
    let on = Change::InterfaceEnable(LUID);
    assert!(Tool::Netsh.words(&on, "Ethernet 2", &before).unwrap().undo.is_empty());
}

#[test]
fn a_network_namespace_has_a_number() {
    assert!(super::is_namespace("net:[4026532211]"));
    for name in ["", "net:[]", "net:[1", "net:[1'; reboot; ']", "mnt:[1]", "4026532211"] {
        assert!(!super::is_namespace(name), "{name}");
    }
}
