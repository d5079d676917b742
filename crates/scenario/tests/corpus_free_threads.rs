//! The corpus on free-running threads: what happens is a history that the laws allow, and where a
//! scenario forces its order the deliveries are those of the interpreter that steps the model.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use netiosim_model::change::Effect;
use netiosim_model::event::{Function, What};
use netiosim_model::ids::{ActorId, Handle, LaneId, LockId};
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::profile::Profile;
use netiosim_scenario::live::{Turns, run_live};
use netiosim_scenario::load;
use netiosim_scenario::outcome::{Delivered, Outcome};
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::run::find_files;
use netiosim_scenario::world::World;

fn corpus(mut each: impl FnMut(&str, Arc<Program>)) {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let files = find_files(root).expect("the corpus");
    assert!(files.len() >= 40, "the corpus is there");
    for file in files {
        let name = file.strip_prefix(root).expect("below the root").display().to_string();
        let loaded = load::scenario(&file).unwrap_or_else(|problems| panic!("{}", problems[0]));
        for profile in Profile::ALL {
            if !loaded.scenario.profiles.except.contains_key(profile.name()) {
                let program =
                    compile(&loaded.scenario, &loaded.stack, profile).expect("it compiles");
                each(&format!("{name} under {}", profile.name()), Arc::new(program));
            }
        }
    }
}

/// What a delivery is apart from the accidents of its run: the number counts over both lanes of a
/// registration for AF_UNSPEC, and no order is promised between these.
fn essence(delivered: &Delivered) -> Essence {
    (delivered.notification, delivered.context, delivered.during_register)
}

type Essence = (Notification, u64, bool);

/// The deliveries of each lane: registration and family, in the order in which they began.
fn by_lane(outcome: &Outcome) -> BTreeMap<(usize, Option<Family>), Vec<Essence>> {
    let mut all: BTreeMap<(usize, Option<Family>), Vec<Essence>> = BTreeMap::new();
    for delivered in &outcome.deliveries {
        let lane = (delivered.registration, delivered.family);
        all.entry(lane).or_default().push(essence(delivered));
    }
    all
}

#[test]
fn a_forced_order_gives_the_same_deliveries() {
    let mut compared = 0;
    corpus(|name, program| {
        // What only sometimes happens is there because the order is free.
        if !program.expect.sometimes.is_empty() {
            return;
        }
        let stepped = World::new(&program, program.seed).run();
        let free = run_live(&program, program.seed, Turns::Free);
        assert_eq!(by_lane(&stepped), by_lane(&free), "{name}");
        compared += 1;
    });
    assert!(compared >= 100, "{compared} runs");
}

#[test]
fn what_happens_is_allowed() {
    corpus(|name, program| {
        for seed in 1..4 {
            let free = run_live(&program, seed, Turns::Free);
            if let Err(broken) = accept(&free) {
                panic!("{name}: {broken}\n{}", free.lines.join("\n"));
            }
        }
    });
}

/// The laws, read off a trace without the help of the model.
fn accept(outcome: &Outcome) -> Result<(), String> {
    let mut running: BTreeMap<LaneId, u32> = BTreeMap::new();
    let mut begun: BTreeMap<Handle, u32> = BTreeMap::new();
    let mut changed: BTreeSet<LaneId> = BTreeSet::new();
    let mut over: BTreeSet<Handle> = BTreeSet::new();
    let mut owners: BTreeMap<LockId, Vec<ActorId>> = BTreeMap::new();
    let mut ports: Vec<u16> = Vec::new();
    let mut owed: BTreeMap<Handle, usize> = BTreeMap::new();
    let mut ended_with_process = false;
    for (n, event) in outcome.events.iter().enumerate() {
        let at = |text: &str| Err(format!("line {n}: {text}"));
        match &event.what {
            What::Begin { lane, number, notification } => {
                if running.insert(*lane, *number).is_some() {
                    return at("two deliveries of one lane overlap");
                }
                let count = begun.entry(lane.handle).or_insert(0);
                *count += 1;
                if count != number {
                    return at("a delivery is missing or doubled");
                }
                if over.contains(&lane.handle) {
                    return at("a delivery after the cancel returned");
                }
                if notification.kind() == Some(NotificationType::Initial) {
                    if changed.contains(lane) {
                        return at("the initial notification after a change");
                    }
                    if !matches!(
                        notification,
                        Notification::TeredoPort { port: 0, .. }
                            | Notification::IpInterface { row: None, .. }
                            | Notification::UnicastAddress { row: None, .. }
                            | Notification::Route { row: None, .. }
                    ) {
                        return at("an initial notification that carries something");
                    }
                } else if matches!(notification, Notification::Hint { initial: true, .. }) {
                    if changed.contains(lane) {
                        return at("the hint that confirms a registration after a change");
                    }
                } else if matches!(notification, Notification::StableTable { table: None }) {
                    return at("a stable table that was never made");
                } else {
                    changed.insert(*lane);
                    if let Notification::TeredoPort { port, .. } = notification
                        && *port != 0
                    {
                        let next = owed.entry(lane.handle).or_insert(0);
                        let found = ports[*next..]
                            .iter()
                            .position(|p| p == port || p.swap_bytes() == *port);
                        match found {
                            Some(found) => *next += found + 1,
                            None => return at("a port that was not owed, or out of order"),
                        }
                    }
                }
            }
            What::End { lane, .. } if running.remove(lane).is_none() && !ended_with_process => {
                return at("an end without a begin");
            }
            What::Return {
                function: Function::CancelMibChangeNotify2,
                code: 0,
                handle: Some(handle),
                ..
            } if begun.contains_key(handle) => {
                if running.keys().any(|lane| lane.handle == *handle) {
                    return at("a cancel returned while a callback ran");
                }
                over.insert(*handle);
            }
            What::Effect(Effect::TeredoPort { to: Some(port), .. }) => ports.push(*port),
            What::Locked(lock) => {
                if let Some(actor) = event.actor {
                    owners.entry(*lock).or_default().push(actor);
                }
            }
            What::Unlocked(lock) => {
                let all = owners.entry(*lock).or_default();
                match event.actor.and_then(|actor| all.iter().position(|owner| *owner == actor)) {
                    Some(held) => drop(all.remove(held)),
                    None if ended_with_process => {}
                    None => return at("an unlock of what was not held"),
                }
            }
            What::ProcessExit(_) | What::Reboot => {
                ended_with_process = true;
                running.clear();
            }
            _ => {}
        }
    }
    Ok(())
}
