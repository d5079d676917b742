//! Which changes ask how the Teredo client is to be understood.

use std::collections::BTreeSet;

use netiosim_model::build::home;
use netiosim_model::change::{Change, RouterAdvertisement};
use netiosim_model::choose::Chooser;
use netiosim_model::machine::Machine;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::table::Route;
use netiosim_model::teredo::{PortWish, TeredoRole};

/// Remembers what it is asked.
#[derive(Default)]
struct Asked(BTreeSet<&'static str>);

impl Chooser for Asked {
    fn choose(&mut self, what: &'static str, _: &[&'static str]) -> usize {
        self.0.insert(what);
        0
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        0
    }
}

fn asked(change: &Change) -> BTreeSet<&'static str> {
    let (mut machine, mut asked) = (Machine::new(Profile::Adversarial, home()), Asked::default());
    machine.change(None, change, &mut asked).expect("a change that makes sense at home");
    asked.0
}

#[test]
fn those_that_it_hears_of() {
    let teredo = asked(&Change::TeredoRestart(PortWish::Exactly(50_001)));
    for option in ["dormancy-rule", "teredo-flags", "symmetric-nat"] {
        assert!(teredo.contains(option), "{option} is not among {teredo:?}");
    }
}

#[test]
fn and_no_others() {
    let ethernet = Luid::new(6, 1);
    let route = Route::new(ethernet, [10, 0, 0, 0].into(), 8, [192, 168, 1, 1].into());
    for change in [
        Change::RouteAdd(route),
        Change::AddressRemove { luid: ethernet, address: [192, 168, 1, 10].into() },
        Change::InterfaceDisable(ethernet),
    ] {
        let asked = asked(&change);
        for option in ["dormancy-rule", "teredo-flags", "symmetric-nat"] {
            assert!(!asked.contains(option), "{} asks for {option}", change.name());
        }
    }
}

#[test]
fn any_of_addresses_once_a_router_was_heard() {
    let router = Change::RouterAdvertisement(RouterAdvertisement {
        luid: Luid::new(6, 1),
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s: 1_800,
        prefix: Some(("2001:db8:1::".parse().expect("a prefix"), 64)),
        valid_s: 86_400,
        preferred_s: 14_400,
        managed: false,
        other: false,
        mtu: None,
    });
    let mut machine = Machine::new(Profile::Adversarial, home());
    machine.change(None, &router, &mut Asked::default()).expect("a router at home");
    let address = "2001:db8:1::5eff:fe00:2".parse().expect("an address");
    let gone = Change::AddressRemove { luid: Luid::new(6, 1), address };
    // What is chosen once a run is chosen by then: what was chosen shows in what the client does.
    machine.change(None, &gone, &mut Asked::default()).expect("the address of the prefix");
    assert_ne!(machine.env().teredo().role(), TeredoRole::HostSpecificRelay);
}
