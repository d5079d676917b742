//! The rows that address and route callbacks are lent promise their keys, and nobody frees or keeps
//! them (NU-06, NU-07, NR-05, NR-06).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::machine::{RowRead, RowRef};
use netiosim_sim::model::row::{Field, FieldValue, RowType};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Stack};

fn field(row: RowType, name: &str) -> Field {
    Field::parse(row, name).expect("a member")
}

#[test]
fn of_an_address() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let kept: Arc<Mutex<Option<RowRef>>> = Arc::default();
        let keep = kept.clone();
        let _changes = stack.on_unicast_address_change(None, move |change| {
            let row = change.row.unwrap();
            let address = row.read(field(RowType::Unicast, "Address"));
            assert_eq!(address, FieldValue::Address(row.address().into()));
            let index = row.read(field(RowType::Unicast, "InterfaceIndex"));
            assert_eq!(index, FieldValue::Number(row.index().into()));
            assert_eq!(row.key().luid, row.luid());
            // Not promised: whatever stands there.
            assert_ne!(row.read(field(RowType::Unicast, "DadState")), FieldValue::Number(1));
            row.free();
            *keep.lock().unwrap() = Some(row.leak());
        });
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.run_until_idle();
        let row = kept.lock().unwrap().take().unwrap();
        let address = field(RowType::Unicast, "Address");
        assert_eq!(stack.row_read(row, address), RowRead::Gone);
        let rules: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [Rule::RowNonKeyMember, Rule::RowFreed, Rule::RowAfterCallback]);
    }
}

#[test]
fn of_a_route() {
    let stack = Stack::new();
    let _changes = stack.on_route_change(None, |change| {
        let row = change.row.unwrap();
        let length = row.read(field(RowType::Forward, "DestinationPrefix.PrefixLength"));
        assert_eq!(length, FieldValue::Number(row.route().prefix_length.into()));
        let other = row.read(field(RowType::Unicast, "DadState"));
        assert_eq!(other, FieldValue::Number(0), "a member of another structure");
        assert_ne!(row.read(field(RowType::Forward, "Metric")), FieldValue::Number(0));
        row.free();
    });
    stack.add_route("Ethernet", "10.0.0.0/8", None).unwrap();
    stack.run_until_idle();
    let rules: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::RowNonKeyMember, Rule::RowFreed]);
}
