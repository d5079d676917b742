//! Expectations and stubs work for every function that answers at once.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::model::event::Function;
use netiosim_sim::model::net::{AF_INET, Family};
use netiosim_sim::model::status::Status;
use netiosim_sim::{Args, Stack};

#[test]
fn a_stub_answers_for_any_of_them() {
    let stack = Stack::new();
    for function in [Function::GetUnicastIpAddressTable, Function::GetIpForwardTable2] {
        let _stub = stack.stub(function).nth(2).returning(Status::NotEnoughMemory);
        let query = || match function {
            Function::GetIpForwardTable2 => stack.routes(Family::V4).map(drop),
            _ => stack.unicast_addresses(Family::V4).map(drop),
        };
        assert_eq!(query(), Ok(()));
        assert_eq!(query().unwrap_err().code, 8, "UT-05");
        assert_eq!(query(), Ok(()));
    }
}

#[test]
fn a_stubbed_success_hands_out_nothing() {
    let stack = Stack::new();
    let _stub = stack.stub(Function::GetUnicastIpAddressTable).returning(0);
    let mut table = None;
    assert_eq!(stack.get_unicast_ip_address_table(AF_INET, Some(&mut table)), 0);
    assert_eq!(table, None);
    assert_eq!(stack.unicast_addresses(None).unwrap_err().code, 0);
}

#[test]
fn an_expectation_is_met_by_name_family_and_code() {
    let stack = Stack::new();
    let table = stack.expect_call(Function::GetUnicastIpAddressTable).family(Family::V4);
    let luid = stack.expect_call(Function::ConvertInterfaceAliasToLuid).returning(87);
    let create = stack
        .expect_call(Function::CreateUnicastIpAddressEntry)
        .with(|call| call.args.call().is_some(), "its parameters")
        .returning(0);
    let free = stack.expect_call(Function::FreeMibTable).times(1);
    drop(stack.unicast_addresses(Family::V4).unwrap());
    assert!(stack.luid_of_alias("No such thing").is_err());
    let row = stack.new_unicast_address(stack.luid("Ethernet").unwrap(), [10, 0, 0, 5], 24);
    stack.create_unicast_address(&row.unwrap()).unwrap();
    for expectation in [table, luid, create, free] {
        expectation.verify();
    }
}

#[test]
fn a_report_says_what_was_asked_for_and_what_was_written() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetBestRoute2).returning(1231);
    stack.best_route([10, 0, 0, 5]).unwrap();
    let ethernet = stack.luid_of_alias("Ethernet").unwrap();
    stack.index_of(ethernet).unwrap();
    drop(stack.unicast_addresses(Family::V4).unwrap());
    let _ = stack.unicast_address(ethernet, [10, 0, 0, 5]);
    assert_eq!(stack.get_if_entry2_ex(1, None), 87);
    let verified = catch_unwind(AssertUnwindSafe(|| expectation.verify())).expect_err("not met");
    let text = verified.downcast_ref::<String>().cloned().expect("a message");
    for line in [
        "GetBestRoute2(to 10.0.0.5) answered NO_ERROR (0), route 0.0.0.0/0 by 192.168.1.1 of \
         interface 2, source 192.168.1.10",
        "ConvertInterfaceAliasToLuid(\"Ethernet\") answered NO_ERROR (0)",
        "ConvertInterfaceLuidToIndex(",
        ", index 2",
        "GetUnicastIpAddressTable(family 2) answered NO_ERROR (0), table 0",
        "FreeMibTable(table 0) returned",
        "GetUnicastIpAddressEntry(Address 10.0.0.5, InterfaceLuid ",
        "answered ERROR_NOT_FOUND (1168)",
        "GetIfEntry2Ex(level 1, no row) answered ERROR_INVALID_PARAMETER (87)",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn registrations_of_the_newer_kinds_are_in_it_too() {
    let stack = Stack::new();
    let address = stack
        .expect_call(Function::NotifyUnicastIpAddressChange)
        .on("addresses")
        .family(Family::V6)
        .context(4);
    let hint = stack.expect_call(Function::NotifyNetworkConnectivityHintChange).initial(true);
    let _stub = stack.stub(Function::NotifyRouteChange2).on("routes").returning(8);
    let changes = stack.unicast_address_change(Family::V6).name("addresses").context(4);
    let _changes = changes.register(|_| {}).unwrap();
    let _hints = stack.connectivity_hint_change().initial(true).register(|_| {}).unwrap();
    assert_eq!(stack.route_change(None).name("routes").register(|_| {}).unwrap_err().code, 8);
    assert!(stack.on_route_change(None, |_| {}).is_ok());
    address.verify();
    hint.verify();
    let table = stack.stable_unicast_addresses(None, |_| {}).unwrap().now().unwrap();
    let calls = stack.calls();
    let stable = &calls[calls.len() - 1];
    assert_eq!(stable.function, Function::NotifyStableUnicastIpAddressTable);
    assert!(matches!(stable.args, Args::Register { table_pointer: true, .. }));
    let output = netiosim_sim::model::api::Output::Table(table.id());
    assert_eq!(stable.output, output);
}
