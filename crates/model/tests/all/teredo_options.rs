//! Which changes ask how the Teredo client is to be understood.

use std::collections::BTreeSet;

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::machine::Machine;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::table::{PrefixOrigin, Route, UnicastAddress};
use netiosim_model::teredo::PortWish;

use crate::asked::Asked;

fn asked(change: &Change) -> BTreeSet<&'static str> {
    asked_of(home(), change)
}

fn asked_of(env: Env, change: &Change) -> BTreeSet<&'static str> {
    let (mut machine, mut asked) = (Machine::new(Profile::Adversarial, env), Asked::default());
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
fn and_every_one_on_a_machine_with_an_advertised_address() {
    // TS-14: with the first such address native IPv6 comes, with the last one it goes, by whatever
    // change.
    let ethernet = Luid::new(6, 1);
    let mut env = home();
    env.place_address(UnicastAddress {
        prefix_origin: PrefixOrigin::RouterAdvertisement,
        ..UnicastAddress::new(ethernet, "2001:db8:1::5".parse().expect("an address"), 64)
    });
    let route = Route::new(ethernet, [10, 0, 0, 0].into(), 8, [192, 168, 1, 1].into());
    let asked = asked_of(env, &Change::RouteAdd(route));
    for option in ["dormancy-rule", "teredo-flags", "symmetric-nat"] {
        assert!(asked.contains(option), "{option} is not among {asked:?}");
    }
}
