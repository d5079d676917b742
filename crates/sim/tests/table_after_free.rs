//! A table must not be read or freed once it was freed, and nothing else is to be freed (CV-20, CV-22).

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::row::{Field, FieldValue, RowType};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Stack};

fn index() -> Field {
    Field::parse(RowType::If, "InterfaceIndex").unwrap()
}

#[test]
fn reading_shows_nothing_and_is_reported_with_both_places() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let table = stack.interfaces().unwrap().leak();
        let rows = stack.table_rows(table).expect("it is not freed yet");
        assert_eq!(stack.table_read(table, 0, index()), Some(rows[0].get(index())));
        assert!(matches!(stack.table_read(table, 0, index()), Some(FieldValue::Number(1..))));
        assert_eq!(stack.table_read(table, 99, index()), None, "no such row");
        stack.free_mib_table(Memory::Table(table));
        assert_eq!(stack.table_rows(table), None);
        assert_eq!(stack.table_read(table, 0, index()), None);
        let findings = stack.take_findings();
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].rule, Rule::TableAfterFree);
        let message = &findings[0].message;
        assert_eq!(message.matches("table_after_free.rs:").count(), 2, "{message}");
    }
}

#[test]
fn freeing_twice() {
    let stack = Stack::new();
    let table = stack.unicast_addresses(None).unwrap();
    stack.free_mib_table(Memory::Table(table.id()));
    drop(table);
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::TableFreedTwice);
}

#[test]
fn freeing_what_is_no_table() {
    let stack = Stack::new();
    stack.free_mib_table(Memory::Garbage);
    assert_eq!(stack.acknowledge(Rule::NotATable), 1);
    let inner = stack.handle();
    let _changes = stack.on_unicast_address_change(Family::V4, move |change| {
        // CV-22, NU-07: the row is the system's.
        inner.free_mib_table(Memory::Row(change.row.unwrap().leak()));
    });
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.run_until_idle();
    assert_eq!(stack.acknowledge(Rule::RowFreed), 1);
}
