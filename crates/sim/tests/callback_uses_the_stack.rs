//! A callback may register, query, cancel others and change the stack.

use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, Registration, Stack};

fn busy_callback(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let victim = stack.teredo_port_change().name("victim").register(|_| {}).unwrap();
    let victim = Mutex::new(Some(victim));
    let late: Arc<Mutex<Option<Registration>>> = Arc::default();

    let (inner, said, slot) = (stack.handle(), log.clone(), late.clone());
    let registration = stack
        .teredo_port_change()
        .name("busy")
        .register(move |change| {
            said.lock().unwrap().push(format!("busy {}", change.port));
            let victim = victim.lock().unwrap().take();
            let Some(victim) = victim else { return };
            assert_eq!(inner.teredo_port().unwrap(), change.port);
            victim.cancel().unwrap();
            let said = said.clone();
            let new = inner
                .teredo_port_change()
                .name("late")
                .register(move |change| said.lock().unwrap().push(format!("late {}", change.port)));
            *slot.lock().unwrap() = Some(new.unwrap());
            inner.restart_teredo_on(50_222).unwrap();
        })
        .unwrap();

    stack.restart_teredo_on(50_111).unwrap();
    stack.run_until_idle();
    let mut seen = log.lock().unwrap().clone();
    seen[1..].sort();
    assert_eq!(seen, ["busy 50111", "busy 50222", "late 50222"]);
    drop(late.lock().unwrap().take());
    registration.cancel().unwrap();
}

#[test]
fn in_manual_mode() {
    busy_callback(Mode::Manual);
}

#[test]
fn in_controlled_mode() {
    busy_callback(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    busy_callback(Mode::Threads);
}
