//! A table that nobody frees is a finding that says where it was handed out (UT-06, CV-20).

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::net::AF_UNSPEC;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Builder, Mode, RawTable, Stack};

fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(payload.downcast_ref::<String>().cloned().unwrap_or_default())
}

fn leak(builder: Builder) -> (Option<String>, u32) {
    let mut line = 0;
    let text = panic_of(|| {
        let stack = builder.build();
        let mut table: RawTable = None;
        line = line!() + 1;
        assert_eq!(stack.get_unicast_ip_address_table(AF_UNSPEC, Some(&mut table)), 0);
    });
    (text, line)
}

#[test]
fn the_stack_says_where_it_was_handed_out() {
    for mode in Mode::ALL {
        let (text, line) = leak(Stack::builder().mode(mode));
        let text = text.expect("a panic");
        assert!(text.contains("N019"), "{text}");
        let place = format!("tests/leaked_table.rs:{line}");
        let found = text.lines().find(|line| line.contains("N019")).expect("a finding");
        assert!(found.contains("GetUnicastIpAddressTable, handed out at "), "{found}");
        assert!(found.contains(&place), "{found}, expected {place}");
    }
}

#[test]
fn unless_nobody_wants_to_know() {
    assert_eq!(leak(Stack::builder().report_leaks(false)).0, None);
    let text = leak(Stack::builder().report_leaks(true)).0.expect("a panic");
    assert!(text.contains("1 finding") && text.contains("N019"), "{text}");
}

#[test]
fn what_is_freed_is_not_left_behind() {
    let stack = Stack::new();
    let mut table: RawTable = None;
    assert_eq!(stack.get_if_table2(Some(&mut table)), 0);
    stack.free_mib_table(Memory::Table(table.unwrap()));
    stack.free_mib_table(Memory::Null);
    assert!(stack.unicast_addresses(None).unwrap().len() > 2, "freed when it is dropped");
    stack.routes(None).unwrap().free();
    let adopted = stack.ip_interfaces(None).unwrap().leak();
    drop(stack.adopt::<netiosim_sim::IpInterfaceRow>(adopted));
    assert!(stack.inspect(|model| model.tables_held(stack.own_process().id()).is_empty()));
}

#[test]
fn the_end_of_a_process_reports_it_and_its_object_is_quiet() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let table = {
        let _inside = vpn.enter();
        stack.interfaces().unwrap()
    };
    vpn.exit();
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::LeakedTable);
    assert!(findings[0].message.starts_with("process \"vpn\" ended"), "{findings:?}");
    vpn.start();
    drop(table);
    assert!(stack.take_findings().is_empty(), "it went with the process's earlier life");
}

#[test]
fn a_callback_may_keep_a_table_as_long_as_it_lives() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let kept = std::sync::Mutex::new(Vec::new());
        let inner = stack.handle();
        let changes = stack.on_teredo_port_change(move |_| {
            kept.lock().unwrap().push(inner.interfaces().unwrap());
        });
        let _handle = changes.unwrap().into_handle();
        stack.restart_teredo().unwrap();
        assert_eq!(stack.run_until_idle(), 1);
        // The stack drops its callbacks, they their tables, and none is left.
    }
}

#[test]
fn a_table_that_outlives_its_stack_is_one_that_was_left_behind() {
    for (report, expected) in [(None, true), (Some(false), false)] {
        let mut kept = None;
        let text = panic_of(|| {
            let builder = Stack::builder();
            let stack = match report {
                Some(report) => builder.report_leaks(report).build(),
                None => builder.build(),
            };
            kept = Some(stack.unicast_addresses(None).unwrap());
        });
        assert_eq!(text.is_some_and(|text| text.contains("N019")), expected);
        assert!(kept.take().is_some_and(|table| table.len() > 2), "its rows are still to be read");
    }
}
