//! A table is freed where the program says so, to the very end of the stack, and not after its process.

use std::sync::{Arc, Mutex};

use netiosim_sim::model::event::Function;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Mode, Point, Stack};

#[test]
fn freeing_it_by_name_shows_the_place() {
    let stack = Stack::new();
    let table = stack.unicast_addresses(Family::V4).unwrap();
    table.free();
    let line = line!() - 1;
    let calls = stack.calls();
    let last = calls.last().expect("two calls");
    assert_eq!(last.function, Function::FreeMibTable);
    let place = last.place.as_deref().expect("calls have places");
    assert!(place.ends_with(&format!("freed_where_and_when.rs:{line}")), "{place}");
}

#[test]
fn dropping_it_shows_where_it_was_asked_for() {
    let stack = Stack::new();
    let table = stack.unicast_addresses(Family::V4).unwrap();
    let line = line!() - 1;
    drop(table);
    let calls = stack.calls();
    let place = calls.last().and_then(|call| call.place.as_deref()).expect("calls have places");
    assert!(place.ends_with(&format!("freed_where_and_when.rs:{line}")), "{place}");
}

#[test]
fn a_callback_gives_it_back_while_the_stack_is_dropped() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let (signal, inside) = (stack.signal("never"), stack.handle());
        let answers = Arc::new(Mutex::new(None));
        let said = answers.clone();
        let changes = stack.teredo_port_change().name("ports").register(move |_| {
            let table = inside.unicast_addresses(Family::V4).expect("the home machine has some");
            let waited = signal.wait().is_ok();
            let index = inside.luid_of_index(2).map_err(|error| error.code);
            table.free();
            *said.lock().unwrap() = Some((waited, index));
        });
        let _ = changes.unwrap().into_handle();
        let entered = stack.barrier(Point::entered("ports")).unwrap();
        stack.restart_teredo().unwrap();
        entered.wait_reached();
        entered.release();
        stack.run_until_idle();
        drop(stack);
        let answers = answers.lock().unwrap().take().expect("the end of the stack lets it go on");
        assert_eq!(answers, (false, Err(1115)), "but nothing else is answered any more: {mode:?}");
    }
}

#[test]
fn with_the_process_that_asked_for_it_the_table_is_gone() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let ask = || {
        let _inside = vpn.enter();
        stack.unicast_addresses(Family::V4).expect("the home machine has some")
    };
    let (before, while_dead) = (ask(), ask());
    vpn.exit();
    let leaks = stack.take_findings();
    assert!(leaks.iter().all(|finding| finding.rule == Rule::LeakedTable) && leaks.len() == 2);
    drop(while_dead);
    vpn.start();
    let calls = stack.calls().len();
    drop(before);
    assert_eq!(stack.calls().len(), calls, "it belongs to the life before");
    drop(ask());
    let calls = stack.calls();
    assert_eq!(calls.last().map(|call| call.function), Some(Function::FreeMibTable));
    assert_eq!(stack.take_findings(), []);
}

#[test]
fn a_driver_that_lays_it_into_memory_asks_without_a_call() {
    let stack = Stack::new();
    let mut table = None;
    assert_eq!(stack.get_unicast_ip_address_table(2, Some(&mut table)), 0);
    let table = table.expect("it was written");
    let calls = stack.calls().len();
    assert!(stack.holds_table(table));
    let rows = stack.table_memory(table).expect("it was handed out");
    assert_eq!(Some(&rows), stack.table_rows(table).as_ref());
    assert!(!rows.is_empty());
    assert_eq!(stack.calls().len(), calls);
    stack.free_mib_table(netiosim_sim::model::api::Memory::Table(table));
    assert!(!stack.holds_table(table));
    assert_eq!(stack.table_memory(table), None);
    assert_eq!(stack.findings(), [], "to ask is no use of it");
}
