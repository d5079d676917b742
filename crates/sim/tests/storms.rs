//! Changes that come together come at their times, and what is due for each is delivered at its time.

use std::sync::{Arc, Mutex};

use netiosim_sim::Stack;
use netiosim_sim::model::build::many;
use netiosim_sim::model::change::{Change, ChangeError};
use netiosim_sim::model::storm::Storm;

#[test]
fn each_change_at_its_time() {
    let storm = Storm::WifiRoam { interface: "Ethernet".into() };
    let stack = Stack::new();
    let plan = storm.plan(&stack.env()).unwrap();
    let last_ms = plan.last().expect("a plan has steps").0;
    assert!(last_ms > 0);

    let times = Arc::new(Mutex::new(Vec::new()));
    let (log, inside) = (times.clone(), stack.handle());
    let changes = stack.on_ip_interface_change(None, move |_| {
        log.lock().unwrap().push(inside.now_ms());
    });
    let changes = changes.unwrap();
    let heard = stack.storm(&storm).unwrap();
    let times = times.lock().unwrap();
    assert_eq!(heard, times.len());
    assert!(heard > 2);
    assert_eq!(stack.now_ms(), last_ms);

    // The same, by hand.
    let other = Stack::new();
    let by_hand = Arc::new(Mutex::new(Vec::new()));
    let (log, inside) = (by_hand.clone(), other.handle());
    let others = other.on_ip_interface_change(None, move |_| {
        log.lock().unwrap().push(inside.now_ms());
    });
    for (at_ms, change) in plan {
        other.advance_ms(at_ms - other.now_ms());
        other.change(&change).unwrap();
    }
    other.run_until_idle();
    assert_eq!(*times, *by_hand.lock().unwrap());
    changes.cancel().unwrap();
    others.unwrap().cancel().unwrap();
}

#[test]
fn what_comes_together_is_heard_of_when_all_of_it_has_come() {
    let stack = Stack::builder().env(many(3)).build();
    let connected = Arc::new(Mutex::new(Vec::new()));
    let (log, inside) = (connected.clone(), stack.handle());
    let changes = stack.on_ip_interface_change(None, move |_| {
        let interfaces = inside.interfaces().expect("a machine has some");
        let ethernet = interfaces.iter().filter(|row| row.alias.starts_with("Ethernet"));
        log.lock().unwrap().push(ethernet.filter(|row| row.media_connect_state == 1).count());
    });
    stack.storm(&Storm::SleepResume { asleep_ms: 1000 }).unwrap();
    let connected = connected.lock().unwrap();
    assert_eq!(connected.first(), Some(&0), "every medium is lost at once");
    assert_eq!(connected.last(), Some(&3));
    assert!(connected.contains(&1) && connected.contains(&2), "and comes back one by one");
    changes.unwrap().cancel().unwrap();
}

#[test]
fn one_that_makes_no_sense_here_is_refused() {
    let stack = Stack::new();
    let storm = Storm::WifiRoam { interface: "WLAN".into() };
    assert_eq!(stack.storm(&storm), Err(ChangeError::NoAlias("WLAN".into())));
    assert_eq!(stack.change(&Change::TeredoStop), Ok(()));
    assert_eq!(stack.teredo_port().unwrap_err().code, 21);
}
