//! `System` on the machine that the test runs on: what a program can rely on everywhere, and nothing else.
#![cfg(windows)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_api::{ChangeKind, Error, Initial, NetIo, System, TeredoPortChange};

#[test]
fn the_tables_agree_with_one_another() {
    let interfaces = System.interfaces().unwrap();
    assert!(!interfaces.is_empty());
    for interface in &interfaces {
        assert_eq!(System.luid_of_index(interface.index), Ok(interface.luid));
        assert_eq!(System.index_of(interface.luid), Ok(interface.index));
        assert_eq!(System.interface(interface.luid).unwrap().index, interface.index);
    }
    let addresses = System.unicast_addresses(None).unwrap();
    assert!(addresses.iter().any(|row| row.key.address.ip.is_loopback()));
    for row in &addresses {
        assert!(interfaces.iter().any(|interface| interface.luid == row.key.luid), "{row:?}");
        // It may go away meanwhile.
        match System.unicast_address(row.key) {
            Ok(again) => assert_eq!(again.key, row.key),
            Err(error) => assert!(error.is_gone(), "{error}"),
        }
    }
    for route in System.routes(None).unwrap() {
        assert!(interfaces.iter().any(|interface| interface.luid == route.key.luid), "{route:?}");
    }
    assert_eq!(System.luid_of_alias("no such").unwrap_err().code(), Error::INVALID_PARAMETER);
}

/// Apart, since Wine has neither of the two functions.
#[test]
fn the_teredo_port_is_one_or_an_error() {
    let on_change = |change: &TeredoPortChange| {
        assert_eq!(change.kind == ChangeKind::Initial, change.port == 0);
    };
    let changes = System.on_teredo_port_change(Initial::Yes, Box::new(on_change)).unwrap();
    match System.teredo_port() {
        Ok(port) => assert_ne!(port, 0),
        Err(error) => assert_eq!(error.function(), "GetTeredoPort"),
    }
    changes.cancel().unwrap();
}

#[test]
fn a_registration_is_made_and_cancelled() {
    let (calls, held) = (Arc::new(AtomicUsize::new(0)), Arc::new(()));
    for _ in 0..3 {
        let (counter, inside) = (calls.clone(), held.clone());
        let changes = System.on_unicast_address_change(
            None,
            Initial::Yes,
            Box::new(move |change| {
                assert!(Arc::strong_count(&inside) > 0);
                assert_eq!(change.kind == ChangeKind::Initial, change.key.is_none());
                counter.fetch_add(1, Ordering::SeqCst);
            }),
        );
        changes.unwrap().cancel().unwrap();
        let after = calls.load(Ordering::SeqCst);
        let changes = System.on_ip_interface_change(None, Initial::No, Box::new(|_| {})).unwrap();
        drop(changes);
        assert_eq!(calls.load(Ordering::SeqCst), after, "nothing comes after a cancel (CX-08)");
    }
    let changes = System.on_route_change(None, Initial::No, Box::new(|_| {})).unwrap();
    changes.cancel_detached();
}
