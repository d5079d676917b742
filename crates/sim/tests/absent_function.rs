//! A function that this Windows does not have cannot be called: a program has to look first (NH-06,
//! CH-03).

use netiosim_sim::Stack;
use netiosim_sim::model::event::Function;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::model::windows::Windows;

#[test]
fn the_hint_functions_came_with_2004() {
    let old = Stack::builder().windows(Windows::V10_1809).build();
    let new = Stack::builder().windows(Windows::V10_2004).build();
    for function in [
        Function::NotifyNetworkConnectivityHintChange,
        Function::GetNetworkConnectivityHint,
        Function::GetNetworkConnectivityHintForInterface,
    ] {
        assert!(!old.has_function(function) && new.has_function(function), "{function}");
    }
    assert!(old.has_function(Function::NotifyUnicastIpAddressChange));
    assert!(new.connectivity_hint().is_ok() && new.on_connectivity_hint_change(|_| {}).is_ok());

    assert_eq!(old.connectivity_hint().unwrap_err().code, 127);
    assert_eq!(old.on_connectivity_hint_change(|_| {}).unwrap_err().code, 127);
    let findings = old.take_findings();
    assert_eq!(findings.len(), 2);
    for finding in findings {
        assert_eq!(finding.rule, Rule::AbsentFunction);
        assert!(finding.message.contains("10 2004"), "{finding}");
    }
}

#[test]
fn some_are_for_programs_alone() {
    let stack = Stack::new();
    let driver = stack.process("driver", Flavour::Kernel);
    assert!(stack.has_function(Function::NotifyAddrChange));
    let _inside = driver.enter();
    assert!(!stack.has_function(Function::NotifyAddrChange));
    assert!(stack.has_function(Function::NotifyRouteChange2));
}
