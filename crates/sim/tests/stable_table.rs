//! The table of stable addresses comes at once or through the callback, and is the receiver's (NS-04 to
//! NS-13).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::event::Function;
use netiosim_sim::model::net::{AF_INET, AF_UNSPEC, Family};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::teredo::TeredoState;
use netiosim_sim::{
    HandleCell, MibTable, Mode, StableAddresses, StableTableCallback, Stack, UnicastRow,
};

/// Contexts and tables that callbacks kept.
type Kept = Arc<Mutex<Vec<(u64, MibTable<UnicastRow>)>>>;

/// A machine whose Teredo client runs and sleeps: its address is there on demand.
fn asleep(mode: Mode) -> Stack {
    let stack = Stack::builder().mode(mode).build();
    stack.stop_teredo().unwrap();
    stack.start_teredo().unwrap();
    assert_eq!(stack.env().teredo().state(), TeredoState::Dormant);
    stack
}

#[test]
fn pending_until_the_client_is_qualified_and_then_the_callbacks_own() {
    for mode in Mode::ALL {
        let stack = asleep(mode);
        let kept: Kept = Arc::default();
        let keep = kept.clone();
        let pending = stack
            .stable_addresses(None)
            .context(7)
            .register(move |stable| keep.lock().unwrap().push((stable.context, stable.table)))
            .unwrap();
        // NS-06, NS-07
        let StableAddresses::Later(registration) = pending else { panic!("{pending:?}") };
        assert!(!registration.handle().is_null());
        stack.run_until_idle();
        assert!(kept.lock().unwrap().is_empty());
        // NS-16: the call by itself has made the client qualify.
        stack.advance_ms(60_000);
        let tables = std::mem::take(&mut *kept.lock().unwrap());
        assert_eq!(tables.len(), 1, "NS-08, {mode:?}");
        let (context, table) = &tables[0];
        assert_eq!(*context, 7);
        let teredo = |row: &UnicastRow| row.luid == stack.env().teredo_luid();
        assert!(table.iter().any(teredo), "NS-15: {table:?}");
        // NS-10, CV-21: dropping it frees it; nothing is left behind.
        drop(tables);
        assert!(stack.inspect(|model| model.tables_held(stack.own_process().id()).is_empty()));
        registration.cancel().unwrap();
    }
}

#[test]
fn a_pending_request_can_be_withdrawn() {
    let stack = asleep(Mode::Manual);
    let pending = stack.stable_unicast_addresses(None, |_| panic!("NS-12")).unwrap();
    pending.later().expect("a client that sleeps").cancel().unwrap();
    stack.advance_ms(60_000);
    assert_eq!(stack.env().teredo().state(), TeredoState::Qualified);
}

#[test]
fn at_once_where_all_is_stable() {
    let stack = Stack::new();
    let table = |family: Option<Family>| {
        let answer = stack.stable_unicast_addresses(family, |_| panic!("NS-05: never called back"));
        answer.unwrap().now().expect("the client of this machine is qualified")
    };
    let all = table(None);
    let (v4, v6) = (table(Some(Family::V4)), table(Some(Family::V6)));
    // NS-11
    assert_eq!(v4.len() + v6.len(), all.len());
    assert!(v4.iter().all(|row| row.address.family() == Some(Family::V4)));
    assert!(v6.iter().all(|row| row.address.family() == Some(Family::V6)));
    // The client sleeps from here on; nobody waits for it.
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle(), 0);
}

#[test]
fn the_plain_function() {
    let stack = Stack::new();
    let callback: StableTableCallback = Arc::new(|_, _| {});
    let (mut table, cell) = (None, HandleCell::new());
    let mut call = |family, pointer: bool, handle| {
        let table = pointer.then_some(&mut table);
        stack.notify_stable_unicast_ip_address_table(
            family,
            table,
            Some(callback.clone()),
            0,
            handle,
        )
    };
    assert_eq!(call(AF_UNSPEC, false, Some(&cell)), 87, "NS-01");
    assert_eq!(call(AF_UNSPEC, true, None), 87, "NS-02");
    assert_eq!(call(77, true, Some(&cell)), 87, "NS-03");
    assert_eq!(call(AF_INET, true, Some(&cell)), 0);
    let table = table.expect("NS-05: the table at once");
    assert!(cell.get().is_null());
    assert!(!stack.table_rows(table).unwrap().is_empty());
    stack.free_mib_table(Memory::Table(table)); // NS-09
}

#[test]
fn a_callback_that_does_not_free_its_table_is_found_out() {
    let stack = asleep(Mode::Manual);
    let callback: StableTableCallback = Arc::new(|_, _| {});
    let (mut table, cell) = (None, HandleCell::new());
    let code = stack.notify_stable_unicast_ip_address_table(
        AF_UNSPEC,
        Some(&mut table),
        Some(callback),
        0,
        Some(&cell),
    );
    assert_eq!((code, table), (997, None), "NS-06");
    stack.advance_ms(60_000);
    assert_eq!(stack.cancel_mib_change_notify2(cell.get()), 0);
    let held = stack.inspect(|model| model.tables_held(stack.own_process().id()).len());
    assert_eq!(held, 1);
    stack.own_process().exit();
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::LeakedTable, "NS-10, NS-20: {findings:?}");
}

#[test]
fn a_registration_that_is_refused_says_why() {
    let stack = asleep(Mode::Manual);
    let function = Function::NotifyStableUnicastIpAddressTable;
    let _stub = stack.stub(function).returning(8);
    let refused = stack.stable_addresses(None).register(|_| {}).unwrap_err();
    assert_eq!((refused.function, refused.code), (function, 8));
}
