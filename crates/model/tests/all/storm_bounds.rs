//! A storm that no machine could make sense of is refused before it begins.

use netiosim_model::build::home;
use netiosim_model::change::ChangeError;
use netiosim_model::storm::{LONGEST_MS, MOST_FLAPS, Storm};

fn refused(storm: &Storm) -> bool {
    matches!(storm.plan(&home()), Err(ChangeError::Storm(reason)) if !reason.is_empty())
}

#[test]
fn a_tunnel_flaps_a_bounded_number_of_times() {
    let flap =
        |times, period_ms| Storm::TunnelFlap { interface: "Ethernet".to_owned(), times, period_ms };
    assert!(refused(&flap(0, 10)) && refused(&flap(MOST_FLAPS + 1, 10)));
    assert!(refused(&flap(u32::MAX, 1)) && refused(&flap(1, u64::MAX)) && refused(&flap(1, 0)));
    let plan = flap(MOST_FLAPS, 10).plan(&home()).expect("a plan");
    assert_eq!(plan.len(), 2 * MOST_FLAPS as usize);
}

#[test]
fn a_dock_has_adapters_each_named_once() {
    let dock = |aliases: &[&str]| Storm::DockUnplug {
        interfaces: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    };
    assert!(refused(&dock(&[])) && refused(&dock(&["Ethernet", "Ethernet"])));
    assert!(dock(&["Ethernet"]).plan(&home()).is_ok());
}

#[test]
fn nobody_sleeps_for_ever() {
    assert!(refused(&Storm::SleepResume { asleep_ms: u64::MAX }));
    assert!(Storm::SleepResume { asleep_ms: LONGEST_MS }.plan(&home()).is_ok());
}
