//! The row that a callback is lent (NI-12, NI-14), and its context (N015).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{Request, RowRead, RowRef};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::row::{Field, FieldKind, FieldValue};

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

/// The members of a row that are not its keys, with the largest number that each holds, and what each shows.
fn non_keys(bench: &mut Bench) -> Vec<(&'static str, u64, FieldValue)> {
    let row = bench.machine.row_of(bench.pool).expect("a row");
    let row_type = bench.machine.row_type(row).expect("a running callback");
    let mut shown = Vec::new();
    for field in Field::all(row_type).filter(|field| !field.is_key()) {
        let FieldKind::Number(most) = field.spec().kind else { panic!("{}", field.name()) };
        match bench.machine.row_read(bench.pool, row, field, &mut bench.chooser) {
            RowRead::NotPromised(value) => shown.push((field.name(), most, value)),
            other => panic!("{}: {other:?}", field.name()),
        }
    }
    shown
}

#[test]
fn what_is_not_promised_is_zero_or_a_pattern_by_an_option() {
    // O-23; the pattern is cut to what the member holds.
    for poison in [false, true] {
        let mut bench = Bench::with(&[("row-non-key", if poison { "poison" } else { "zero" })]);
        bench.interfaces("interfaces");
        bench.touch(Family::V4);
        let lane = bench.machine.next_deliverable().expect("a notification");
        let _ = bench.machine.delivery_begin(lane, bench.pool);
        let shown = non_keys(&mut bench);
        assert!(shown.len() > 20, "{shown:?}");
        let mut seen = [false; 2];
        for (name, most, value) in shown {
            let pattern = match most {
                0xFF => 0xA5,
                0xFFFF_FFFF => 0xA5A5_A5A5,
                _ => continue,
            };
            seen[usize::from(most == 0xFF)] = true;
            let expected = if poison { pattern } else { 0 };
            assert_eq!(value, FieldValue::Number(expected), "{name}");
        }
        assert_eq!(seen, [true, true]);
    }
}

#[test]
fn the_keys_of_an_interface_row_are_known_while_its_callback_runs() {
    let mut bench = Bench::new();
    let (handle, ports) = (bench.interfaces("interfaces"), bench.ports("ports"));
    bench.touch(Family::V6);
    let due = bench.begin(handle, bench.pool);
    let row = RowRef { handle, number: due.number };
    assert_eq!(bench.machine.row_of(bench.pool), Some(row));
    let key = bench.machine.row_key(row).expect("it runs").expect("a row");
    let ethernet = netiosim_model::net::Luid::new(6, 1);
    assert_eq!((key.family, key.luid, key.index), (Family::V6, ethernet, 2));
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.row_key(row), None, "it was lent");
    bench.restart(50_001);
    let due = bench.begin(ports, bench.pool);
    let row = RowRef { handle: ports, number: due.number };
    assert_eq!(bench.machine.row_key(row), Some(None), "this callback is lent no row");
}

#[test]
fn whose_row_it_was_is_told_by_name_also_when_the_registration_is_gone() {
    let mut bench = Bench::new();
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V4);
    bench.begin(handle, bench.pool);
    let row = bench.machine.row_of(bench.pool).expect("a row");
    bench.machine.delivery_end(bench.pool);
    for gone in [false, true] {
        if gone {
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
        }
        bench.machine.forget_findings();
        let read = bench.machine.row_read(bench.main, row, Member::Family, &mut bench.chooser);
        assert_eq!(read, RowRead::Gone);
        bench.machine.row_free(bench.main, row);
        let messages = bench.machine.findings().iter().map(|finding| finding.message.as_str());
        assert_eq!(
            messages.collect::<Vec<_>>(),
            [
                "Family of a row of \"interfaces\" was read after the callback that it was lent \
                 to had returned",
                "a notification row of \"interfaces\" was freed; its memory is the system's",
            ]
        );
    }
}
