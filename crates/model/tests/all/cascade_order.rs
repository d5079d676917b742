//! In which order the steps of one change are told (option `cascade-order`).

use crate::net;
use crate::net::{ETHERNET, ip};
use netiosim_model::change::{AddressEdit, Change, Effect};
use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::event::What;
use netiosim_model::function::Function;
use netiosim_model::machine::{Machine, Request};
use netiosim_model::net::{AF_UNSPEC, NotificationType};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::status::Flavour;
use netiosim_model::teredo::PortWish;

const NAMES: [&str; 8] = [
    "state",
    "port",
    "interface",
    "route-removal",
    "address-removal",
    "address-addition",
    "route-addition",
    "connectivity",
];

fn rank(effect: &Effect) -> usize {
    match effect {
        Effect::TeredoState { .. } => 0,
        Effect::TeredoPort { .. } => 1,
        Effect::IpInterface { .. } => 2,
        Effect::Route { kind: NotificationType::Delete, .. } => 3,
        Effect::Address { kind: NotificationType::Delete, .. } => 4,
        Effect::Address { .. } => 5,
        Effect::Route { .. } => 6,
        Effect::Hint(_) => 7,
    }
}

fn effects(machine: &Machine) -> Vec<Effect> {
    let effects = machine.events().iter().filter_map(|event| match &event.what {
        What::Effect(effect) => Some(effect.clone()),
        _ => None,
    });
    effects.collect()
}

/// The functions whose callbacks are told of changes as they come.
const ALL: [Function; 5] = [
    Function::NotifyTeredoPortChange,
    Function::NotifyIpInterfaceChange,
    Function::NotifyUnicastIpAddressChange,
    Function::NotifyRouteChange2,
    Function::NotifyNetworkConnectivityHintChange,
];

/// A machine after these changes, with somebody who listens to everything.
fn machine(order: &str, changes: &[Change], chooser: &mut dyn Chooser) -> Machine {
    listened(order, &ALL, changes, chooser)
}

/// A machine after these changes, with somebody who listens to some things.
fn listened(
    order: &str,
    functions: &[Function],
    changes: &[Change],
    chooser: &mut dyn Chooser,
) -> Machine {
    let mut options = Options::of(Profile::Documented);
    options.fix("cascade-order", order).expect("a value");
    let env = netiosim_model::build::home();
    let mut machine = Machine::with_options(Profile::Documented, options, env);
    let process = machine.process("p", Flavour::User);
    let actor = machine.actor("main", process);
    for function in functions {
        let registered =
            machine.notify(actor, *function, AF_UNSPEC, &Request::new("all", 1), chooser);
        assert_eq!(registered.code, 0);
    }
    for change in changes {
        machine.take_events();
        machine.change(None, change, chooser).expect("a change");
    }
    machine
}

fn changes() -> Vec<Vec<Change>> {
    let edit = AddressEdit { prefix_length: Some(16), ..AddressEdit::default() };
    vec![
        vec![Change::TeredoRestart(PortWish::Exactly(50_001))],
        vec![Change::TeredoStop, Change::InterfaceDisable(ETHERNET)],
        vec![Change::InterfaceDisable(ETHERNET), Change::InterfaceEnable(ETHERNET)],
        vec![Change::AddressSet { key: (ETHERNET, ip("192.168.1.10")), edit }],
        vec![net::medium(false), net::medium(true)],
        vec![Change::Ipv6Present(false)],
    ]
}

#[test]
fn the_chosen_order() {
    let mut seen = [false; 8];
    for changes in changes() {
        let machine = machine("port-interface-address", &changes, &mut Seeded::new(1));
        let ranks: Vec<usize> = effects(&machine).iter().map(rank).collect();
        assert!(ranks.is_sorted(), "{changes:?}: {ranks:?}");
        for rank in ranks {
            seen[rank] = true;
        }
    }
    let unseen: Vec<&str> =
        NAMES.iter().zip(seen).filter(|entry| !entry.1).map(|entry| *entry.0).collect();
    assert_eq!(unseen, [""; 0]);
}

#[test]
fn any_order() {
    let change = vec![Change::TeredoStop, Change::InterfaceDisable(ETHERNET)];
    let mut orders = Vec::new();
    let mut sorted = Vec::new();
    for seed in 0..40 {
        let machine = machine("any", &change, &mut Seeded::new(seed));
        let mut effects = effects(&machine);
        let ranks: Vec<usize> = effects.iter().map(rank).collect();
        if !orders.contains(&ranks) {
            orders.push(ranks);
        }
        // The same steps, whatever the order; those of a kind keep theirs.
        effects.sort_by_key(rank);
        sorted.push(effects);
    }
    assert!(orders.len() > 5, "{orders:?}");
    assert!(sorted.windows(2).all(|pair| pair[0] == pair[1]));
}

/// Counts how often it is asked for an order, or which step comes next.
#[derive(Default)]
struct Asked(usize);

impl Chooser for Asked {
    fn choose(&mut self, what: &'static str, _: &[&'static str]) -> usize {
        self.0 += usize::from(["cascade-order", "cascade-next"].contains(&what));
        0
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        0
    }
}

#[test]
fn what_nobody_hears_of_has_no_order() {
    let change = [Change::TeredoStop, Change::InterfaceDisable(ETHERNET)];
    let asked = |functions: &[Function]| {
        let mut asked = Asked::default();
        let machine = listened("any", functions, &change, &mut asked);
        (asked.0, effects(&machine).len())
    };
    let (none, steps) = asked(&[]);
    assert_eq!(none, 0);
    // Steps of one kind keep their order among themselves.
    assert_eq!(asked(&ALL[..1]), (0, steps));
    assert_eq!(asked(&ALL[1..2]), (0, steps));
    let (two, of_two) = asked(&[ALL[1], ALL[3]]);
    let (all, of_all) = asked(&ALL);
    assert!(two > 0 && all > two, "{two} of two kinds, {all} of all");
    assert_eq!((of_two, of_all), (steps, steps), "every step is taken all the same");
}

/// The address or route that a step is about, and whether it is there in the end.
fn thing(effect: &Effect, machine: &Machine) -> Option<(String, bool)> {
    let env = machine.env();
    match effect {
        Effect::Route { key, .. } => {
            Some((format!("{} {key}", key.luid), env.routes().get(*key).is_some()))
        }
        Effect::Address { luid, address, .. } => {
            let there = env.address_table().get((*luid, *address)).is_some();
            Some((format!("{luid} {address}"), there))
        }
        _ => None,
    }
}

#[test]
fn of_one_thing_the_order_stays() {
    // A prefix that grows takes the host route away and brings it again: whoever believes the last
    // word must end with the table.
    for changes in changes() {
        for seed in 0..40 {
            let machine = machine("any", &changes, &mut Seeded::new(seed));
            let all = effects(&machine);
            for effect in &all {
                let Some((name, there)) = thing(effect, &machine) else { continue };
                let same =
                    |other: &&Effect| thing(other, &machine).is_some_and(|thing| thing.0 == name);
                let last = all.iter().rfind(same).expect("at least this one");
                let gone = matches!(
                    last,
                    Effect::Route { kind: NotificationType::Delete, .. }
                        | Effect::Address { kind: NotificationType::Delete, .. }
                );
                assert_eq!(gone, !there, "seed {seed}: {last:?} of {changes:?}");
            }
        }
    }
}

/// Answers every question with a position so far behind the last one.
struct Beyond(usize);

impl Chooser for Beyond {
    fn choose(&mut self, _: &'static str, among: &[&'static str]) -> usize {
        among.len() - 1 + self.0
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        0
    }
}

#[test]
fn a_choice_out_of_range_is_the_last_one() {
    let change = [Change::InterfaceDisable(ETHERNET)];
    let [last, beyond] = [0, 7].map(|far| effects(&machine("any", &change, &mut Beyond(far))));
    assert!(last.len() > 2);
    assert_eq!(last, beyond);
}

/// No profile leaves this option open, but options that were written down may.
#[test]
#[cfg(feature = "serde")]
fn one_step_alone_has_no_order_to_be_asked_for() {
    let mut written = serde_json::to_value(Options::of(Profile::Documented)).expect("a map");
    written["cascade-order"] = serde_json::json!(["port-interface-address", "any"]);
    let options: Options = serde_json::from_value(written).expect("options");
    let touch = Change::RowTouch { luid: ETHERNET, family: netiosim_model::net::Family::V4 };
    for (change, asks) in [(touch, 0), (Change::InterfaceDisable(ETHERNET), 1)] {
        let env = netiosim_model::build::home();
        let mut machine = Machine::with_options(Profile::Documented, options.clone(), env);
        let mut asked = Asked::default();
        machine.change(None, &change, &mut asked).expect("a change");
        assert_eq!(asked.0, asks, "{}", change.name());
    }
}
