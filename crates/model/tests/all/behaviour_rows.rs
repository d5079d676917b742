//! The row that a callback is lent (NI-12, NI-14), and its context (N015).

use crate::bench::Bench;
use netiosim_model::machine::{Request, RowRead};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::row::FieldValue;

#[test]
fn keys_can_be_read_and_nothing_else() {
    let mut bench = Bench::new();
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V6);
    bench.begin(handle, bench.pool);
    let row = bench.machine.row_of(bench.pool).expect("a row");
    let mut read = |member| bench.machine.row_read(bench.pool, row, member, &mut bench.chooser);
    assert_eq!(read(Member::Family), RowRead::Value(FieldValue::Number(23)));
    assert_eq!(read(Member::InterfaceIndex), RowRead::Value(FieldValue::Number(2)));
    assert!(matches!(read(Member::InterfaceLuid), RowRead::Value(_)));
    assert!(matches!(read(Member::NlMtu), RowRead::NotPromised(_)));
    assert_eq!(bench.rules(), ["N008"]);
}

#[test]
fn after_the_callback_it_is_gone_even_while_the_next_one_runs() {
    let mut bench = Bench::new();
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V4);
    bench.touch(Family::V4);
    bench.begin(handle, bench.pool);
    let row = bench.machine.row_of(bench.pool).expect("a row");
    bench.machine.delivery_end(bench.pool);
    bench.begin(handle, bench.pool);
    let read = bench.machine.row_read(bench.pool, row, Member::Family, &mut bench.chooser);
    assert_eq!((read, bench.rules()), (RowRead::Gone, vec!["N006"]));
}

#[test]
fn it_is_never_freed() {
    let mut bench = Bench::new();
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V4);
    bench.begin(handle, bench.pool);
    let row = bench.machine.row_of(bench.pool).expect("a row");
    bench.machine.row_free(bench.pool, row);
    assert_eq!(bench.rules(), ["N007"]);
}

#[test]
fn the_row_of_the_initial_notification_is_null() {
    let mut bench = Bench::new();
    let request = Request { initial: true, ..Request::new("interfaces", 2) };
    let machine = &mut bench.machine;
    let registered =
        machine.notify_ip_interface_change(bench.main, 2, &request, &mut bench.chooser);
    let _ = machine.delivery_begin(registered.initial[0], bench.main);
    let row = machine.row_of(bench.main).expect("a row");
    let read = machine.row_read(bench.main, row, Member::Family, &mut bench.chooser);
    assert_eq!((read, bench.rules()), (RowRead::Null, vec![]));
}

#[test]
fn a_context_lives_from_its_constructor_to_its_destructor() {
    let mut bench = Bench::new();
    let object = bench.machine.object("vpn");
    assert!(!bench.machine.use_object(bench.main, object), "before the constructor finished");
    bench.machine.construct(bench.main, object);
    assert!(bench.machine.use_object(bench.main, object));
    bench.machine.destroy(bench.main, object);
    assert!(!bench.machine.use_object(bench.main, object));
    assert_eq!(bench.rules(), ["N015", "N015"]);
}
