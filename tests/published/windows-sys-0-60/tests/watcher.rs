#![cfg(windows)]

use client_of_windows_sys_0_60::watcher::{adapters, metric, teredo_port, Event, Watcher};

#[test]
fn the_registration_begins_with_its_initial_notification() {
    let (watcher, events) = Watcher::new().expect("it is registered");
    assert_eq!(events.recv(), Ok(Event::Begin));
    drop(watcher);
    assert!(events.recv().is_err(), "nothing comes after the cancel");
}

#[test]
fn the_port_is_there_or_not_ready() {
    let port = teredo_port().expect("a documented answer");
    assert_ne!(port, Some(0));
}

#[test]
fn the_loopback_interface_has_a_metric_and_an_unknown_one_has_none() {
    assert!(metric(1).is_ok());
    assert_eq!(metric(0xFFFF_FFF0), Err(2), "ERROR_FILE_NOT_FOUND");
}

#[test]
fn adapters_have_names() {
    let names = adapters().expect("the list");
    assert!(names.iter().any(|name| name == "Loopback Pseudo-Interface 1"), "{names:?}");
}
