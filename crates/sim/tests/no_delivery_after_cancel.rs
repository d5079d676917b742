//! Nothing is delivered after the cancel has returned, whatever the schedule (CX-08).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use netiosim_sim::model::profile::Profile;
use netiosim_sim::{Mode, Stack};

fn run(mode: Mode, profile: Profile, seed: u64) -> usize {
    let stack = Stack::builder().mode(mode).profile(profile).seed(seed).build();
    let (gone, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (cancelled, seen, inner) = (gone.clone(), count.clone(), stack.handle());
    let registration = stack
        .on_teredo_port_change(move |_| {
            assert!(!cancelled.load(Ordering::SeqCst), "began after the cancel returned");
            let _ = inner.teredo_port();
            assert!(!cancelled.load(Ordering::SeqCst), "ran on after the cancel returned");
            seen.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    let changer = stack.handle();
    let changes = stack.spawn("changer", move || {
        for _ in 0..4 {
            changer.restart_teredo().unwrap();
        }
    });
    let _ = stack.teredo_port();
    registration.cancel().unwrap();
    gone.store(true, Ordering::SeqCst);
    let before = count.load(Ordering::SeqCst);
    changes.join().unwrap();
    stack.run_until_idle();
    assert_eq!(count.load(Ordering::SeqCst), before);
    before
}

#[test]
fn under_many_schedules_in_controlled_mode() {
    let mut counts = std::collections::BTreeSet::new();
    for profile in [Profile::Documented, Profile::Adversarial] {
        for seed in 0..150 {
            counts.insert(run(Mode::Controlled, profile, seed));
        }
    }
    assert!(counts.len() > 2, "the schedules differ: {counts:?}");
}

#[test]
fn running_freely() {
    for seed in 0..50 {
        run(Mode::Threads, Profile::Documented, seed);
    }
}
