//! AF_UNSPEC: how many initial notifications come is decided by the profile (C-05).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::Stack;
use netiosim_sim::model::profile::Profile;

fn initial_notifications(profile: Profile) -> usize {
    let stack = Stack::builder().profile(profile).build();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    let registration = stack
        .ip_interface_change(None)
        .initial(true)
        .register(move |change| {
            assert!(change.row.is_none(), "the row is NULL");
            seen.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    stack.run_until_idle();
    registration.cancel().unwrap();
    count.load(Ordering::SeqCst)
}

#[test]
fn once_as_the_page_says() {
    assert_eq!(initial_notifications(Profile::Documented), 1);
}

#[test]
fn once_per_family_as_observed() {
    assert_eq!(initial_notifications(Profile::Observed), 2);
}

#[test]
fn never_under_wine() {
    assert_eq!(initial_notifications(Profile::Wine), 0);
}
