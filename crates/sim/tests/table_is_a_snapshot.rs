//! A table is as it was when it was handed out: what comes later is in the next one (IT-09, UT-02).

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::net::AF_INET;
use netiosim_sim::{Mode, Stack};

#[test]
fn it_does_not_grow_between_its_count_and_its_rows() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let mut table = None;
        assert_eq!(stack.get_unicast_ip_address_table(AF_INET, Some(&mut table)), 0);
        let table = table.expect("a table");
        // IT-09: NumEntries is the number of rows.
        let entries = stack.table_rows(table).unwrap().len();
        let changer = stack.handle();
        let adding = stack.spawn("changer", move || {
            changer.add_address("Ethernet", "10.0.0.5/24").unwrap();
        });
        adding.join().unwrap();
        assert_eq!(stack.table_rows(table).unwrap().len(), entries);
        stack.free_mib_table(Memory::Table(table));
        let next = stack.unicast_addresses(netiosim_sim::model::net::Family::V4).unwrap();
        assert_eq!(next.len(), entries + 1, "{mode:?}");
    }
}

#[test]
fn a_typed_one_keeps_its_rows_as_well() {
    let stack = Stack::new();
    let before = stack.routes(None).unwrap();
    let count = before.len();
    stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.1")).unwrap();
    assert_eq!(before.len(), count);
    let after = stack.routes(None).unwrap();
    assert_eq!(after.len(), count + 1);
    assert!((&after).into_iter().any(|row| row.destination.to_string() == "10.0.0.0"));
}
