//! A driver may register for addresses and routes below DISPATCH_LEVEL only (NU-14, NR-11).

use netiosim_sim::Stack;
use netiosim_sim::model::machine::Irql;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;

#[test]
fn at_apc_level_it_is_right_and_at_dispatch_level_a_finding() {
    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    for (irql, findings) in [(Irql::Apc, 0), (Irql::Dispatch, 1)] {
        stack.set_irql(irql);
        let address = stack.on_unicast_address_change(None, |_| {});
        assert_eq!(stack.acknowledge(Rule::IrqlTooHigh), findings, "NU-14");
        let route = stack.on_route_change(None, |_| {});
        assert_eq!(stack.acknowledge(Rule::IrqlTooHigh), findings, "NR-11");
        let hint = stack.on_connectivity_hint_change(|_| {});
        assert_eq!(stack.acknowledge(Rule::IrqlTooHigh), findings);
        stack.set_irql(Irql::Passive);
        for registration in [address, route, hint] {
            registration.unwrap().cancel().unwrap();
        }
    }
}
