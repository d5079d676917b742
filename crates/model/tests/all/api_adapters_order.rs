//! In which order GetAdaptersAddresses tells of the adapters.

use crate::adapters::{Bench, INET, INET6, UNSPEC};
use netiosim_model::build::home;
use netiosim_model::env::Env;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::windows::Windows;

/// Home with an adapter that IPv4 prefers and IPv6 does not.
fn with_usb() -> Env {
    let mut env = home();
    let mut usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    for (row, metric) in [(&mut usb.v4, 10), (&mut usb.v6, 90)] {
        row.as_mut().expect("bound").set(Member::Metric, metric);
    }
    env.place_interface(usb).expect("free keys");
    env
}

#[test]
fn ad_14_from_windows_10_on_by_the_metric_of_the_families_asked_for() {
    let mut bench = Bench::with(with_usb());
    let (loopback, teredo) = ("Loopback Pseudo-Interface 1", "Teredo Tunneling Pseudo-Interface");
    assert_eq!(bench.names(INET, 0), ["USB", "Ethernet", loopback]);
    assert_eq!(bench.names(INET6, 0), ["Ethernet", teredo, loopback, "USB"]);
    assert_eq!(bench.names(UNSPEC, 0), ["USB", "Ethernet", teredo, loopback]);
}

#[test]
fn before_windows_10_by_the_order_of_the_connections() {
    let mut env = with_usb();
    env.place_windows(Windows::V8_1);
    // Chosen: the order of the LUIDs is that of the network connections.
    let names = Bench::with(env).names(INET, 0);
    assert_eq!(names, ["Ethernet", "USB", "Loopback Pseudo-Interface 1"]);
    // The first Windows 10 is one.
    let mut env = with_usb();
    env.place_windows(Windows::V10_1507);
    let names = Bench::with(env).names(INET, 0);
    assert_eq!(names, ["USB", "Ethernet", "Loopback Pseudo-Interface 1"], "AD-14");
}
