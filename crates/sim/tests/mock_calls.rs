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

#[test]
fn a_report_says_what_a_function_has_and_no_more() {
    let stack = Stack::new();
    let expectation = stack.expect_call(Function::GetBestRoute2);
    let ethernet = stack.luid_of_alias("Ethernet").unwrap();
    stack.get_network_connectivity_hint(None);
    stack.get_network_connectivity_hint_for_interface(7, None);
    stack.convert_interface_luid_to_index(Some(ethernet), None);
    assert_eq!(stack.if_nametoindex(None), 0);
    stack.alias_of(ethernet).unwrap();
    stack.get_if_table2_ex(1, None);
    stack.get_adapters_addresses(2, 0x10, None, None);
    stack.get_adapters_info(None, None);
    let text = catch_unwind(AssertUnwindSafe(|| drop(expectation))).expect_err("it is not met");
    let text = text.downcast_ref::<String>().cloned().expect("a message");
    for line in [
        "GetNetworkConnectivityHint(no place for the hint)",
        "GetNetworkConnectivityHintForInterface(index 7, no place for the hint)",
        ", no place for the result) answered",
        "if_nametoindex(nothing) answered",
        ", length 257) answered NO_ERROR (0)",
        "GetIfTable2Ex(level 1, no place for the table)",
        "GetAdaptersAddresses(family 2, flags 0x10, no size, no place for the list)",
        "GetAdaptersInfo(no size, no place for the list)",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn the_log_answers_for_what_a_call_was_given() {
    let stack = Stack::new();
    let registration = stack.teredo_port_change().name("ports").context(7).register(|_| {});
    let handle = registration.unwrap().into_handle();
    stack.cancel(handle).unwrap();
    stack.get_if_table2(None);
    stack.get_unicast_ip_address_table(AF_INET, None);
    let calls = stack.calls();
    let [register, cancel, whole, table] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((register.args.name(), register.args.handle()), (Some("ports"), None));
    assert_eq!((register.args.context(), register.handle), (Some(7), Some(handle)));
    assert_eq!((cancel.args.name(), cancel.args.handle()), (Some("ports"), Some(handle)));
    assert_eq!((whole.args.name(), whole.args.family()), (None, None));
    assert_eq!(table.args.family(), Some(AF_INET));
}
