//! An address that a program creates is tentative until detection is over (UC-16, UC-17, UC-22).

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::NotificationType;
use netiosim_sim::{Mode, Stack};

/// The DadState at every half second from creation on, up to 4 seconds.
fn polled(mode: Mode, address: IpAddr, prefix_length: u8, conflict: bool) -> Vec<u32> {
    let stack = Stack::builder().mode(mode).build();
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    if conflict {
        stack.conflict("Ethernet", &address.to_string(), true).unwrap();
    }
    let row = stack.new_unicast_address(luid, address, prefix_length).unwrap();
    stack.create_unicast_address(&row).unwrap();
    let mut states = Vec::new();
    for _ in 0..=8 {
        // UC-22: the page's example polls like this.
        states.push(stack.unicast_address(luid, address).unwrap().dad_state);
        stack.advance_ms(500);
    }
    states
}

#[test]
fn after_three_seconds_with_ipv4_and_one_with_ipv6() {
    for mode in Mode::ALL {
        let v4 = polled(mode, [10, 0, 0, 5].into(), 24, false);
        assert_eq!(v4, [1, 1, 1, 1, 1, 1, 4, 4, 4], "{mode:?}");
        let v6 = polled(mode, "2001:db8::5".parse().unwrap(), 64, false);
        assert_eq!(v6, [1, 1, 4, 4, 4, 4, 4, 4, 4], "{mode:?}");
    }
}

#[test]
fn never_when_another_host_has_it() {
    let states = polled(Mode::Manual, [10, 0, 0, 5].into(), 24, true);
    assert_eq!(*states.last().unwrap(), 2, "UC-18: IpDadStateDuplicate");
}

#[test]
fn both_moments_are_told() {
    let stack = Stack::new();
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, clock) = (seen.clone(), stack.handle());
    let _changes = stack
        .on_unicast_address_change(None, move |change| {
            log.lock().unwrap().push((clock.now_ms(), change.kind));
        })
        .unwrap();
    let row = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    stack.create_unicast_address(&row).unwrap();
    stack.advance_ms(5000);
    // UC-21
    let expected = [(0, NotificationType::Add), (3000, NotificationType::Parameter)];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn an_initialized_row_needs_only_its_keys() {
    let stack = Stack::new();
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    let mut row = netiosim_sim::UnicastRow::default();
    stack.initialize_unicast_ip_address_entry(Some(&mut row));
    (row.luid, row.address) = (luid, "10.0.0.5".parse().unwrap());
    assert_eq!(stack.create_unicast_ip_address_entry(Some(&row)), 0, "UC-23");
    assert_eq!(stack.get_unicast_ip_address_entry(Some(&mut row)), 0);
    assert_eq!(row.on_link_prefix_length, 32, "UC-08");
    assert_eq!(stack.create_unicast_ip_address_entry(Some(&row)), 5010, "UC-12");
    assert_eq!(stack.create_unicast_ip_address_entry(None), 87, "UC-03");
}
