//! The servers that an interface uses: how they change, and that nobody is notified.

use crate::adapters;
use crate::adapters::{Bench, ETHERNET, INET, UNSPEC, ip, words};
use netiosim_model::build::home;
use netiosim_model::change::{Change, ChangeError, DhcpLease};
use netiosim_model::choose::First;
use netiosim_model::interface::ServicesEdit;
use netiosim_model::net::Luid;

fn lease(last: u8, gateway: Option<u8>) -> Change {
    Change::DhcpLease(DhcpLease {
        luid: ETHERNET,
        address: [10, 0, 0, last].into(),
        prefix_length: 24,
        gateway: gateway.map(|last| [10, 0, 0, last].into()),
        lease_s: 3_600,
    })
}

fn services(edit: ServicesEdit) -> Change {
    Change::ServicesSet { luid: ETHERNET, edit }
}

#[test]
fn they_change_and_nobody_is_told() {
    let mut env = home();
    let dns_servers = Some(vec![ip("1.1.1.1"), ip("2606:4700:4700::1111")]);
    let edit = ServicesEdit { dns_servers, ..ServicesEdit::default() };
    let rules = netiosim_model::cascade::Rules::default();
    let told = env.apply(&services(edit), rules, &mut First::default());
    assert_eq!(told, Ok(Vec::new()));
    let adapter = Bench::with(env).ethernet(0);
    assert_eq!(words(&adapter.dns_servers), ["1.1.1.1", "2606:4700:4700::1111"]);
    assert_eq!(adapter.dns_suffix, "home.arpa", "the rest stays");
}

#[test]
fn an_interface_that_is_not_there_has_none() {
    let change = Change::ServicesSet { luid: Luid(77), edit: ServicesEdit::default() };
    let rules = netiosim_model::cascade::Rules::default();
    let failed = home().apply(&change, rules, &mut First::default());
    assert_eq!(failed, Err(ChangeError::NoInterface(Luid(77))));
}

#[test]
fn they_outlive_a_disabled_adapter() {
    let mut bench = Bench::new();
    let before = bench.ethernet(0).dns_servers;
    bench.change(&Change::InterfaceDisable(ETHERNET));
    assert!(!bench.names(UNSPEC, 0).iter().any(|name| name == "Ethernet"));
    bench.change(&Change::InterfaceEnable(ETHERNET));
    assert_eq!(bench.ethernet(0).dns_servers, before);
}

#[test]
fn ad_22_a_lease_names_its_server() {
    let mut bench = Bench::new();
    assert_eq!(bench.ethernet(0).dhcpv4_server, None);
    bench.change(&lease(50, Some(1)));
    let adapter = bench.ethernet(0);
    assert_eq!(adapter.dhcpv4_server.map(|server| server.to_string()).as_deref(), Some("10.0.0.1"));
    assert_eq!(adapter.flags & 4, 4, "DHCP is on");
    // A server that was said stays the one.
    let dhcp_server = Some([10, 0, 0, 2].into());
    bench.change(&services(ServicesEdit { dhcp_server, ..ServicesEdit::default() }));
    bench.change(&lease(51, Some(1)));
    let server = bench.ethernet(0).dhcpv4_server.map(|server| server.to_string());
    assert_eq!(server.as_deref(), Some("10.0.0.2"));
}

#[test]
fn ad_23_a_lease_that_is_not_usable_yet_may_be_an_error() {
    // What the page leaves open is an option; its documented value lists the address (AD-19).
    let mut refused = Bench::fixed(home(), "lease-not-associated", "refused");
    let mut listed = Bench::new();
    for bench in [&mut listed, &mut refused] {
        bench.change(&Change::AddressRemove { luid: ETHERNET, address: ip("192.168.1.10") });
        assert_eq!(bench.code(UNSPEC), 0, "no lease, no error");
        bench.change(&lease(50, None));
    }
    assert_eq!(listed.code(INET), 0);
    assert_eq!((refused.code(INET), refused.code(UNSPEC)), (1228, 1228));
    assert_eq!(refused.code(adapters::INET6), 0, "IPv6 knows of no lease");
    refused.pass(3_000);
    assert_eq!(refused.code(INET), 0, "detection is over");
}
