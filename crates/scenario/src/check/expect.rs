//! Expectations.

use std::collections::BTreeSet;

use netiosim_model::function::Function;

use super::faults::Faults;
use super::names::{Made, Names};
use super::property;
use super::value::{self, Scope};
use crate::format::{
    AddressExpect, DeliveryExpect, Expect, FindingsExpect, InterfaceExpect, Match, RouteExpect,
    Scenario, StackExpect,
};
use crate::read::JsonPath;

pub(super) fn check(
    expect: &Expect,
    path: &JsonPath,
    scenario: &Scenario,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    for (index, one) in expect.deliveries.iter().enumerate() {
        deliveries(one, &path.then("deliveries").then(index), names, faults);
    }
    for (index, one) in expect.order.iter().enumerate() {
        let path = path.then("order").then(index);
        let at = path.then("registration");
        let made = names.registration(&at, &one.registration, None, faults);
        pattern(&one.pattern(), &path, made, (Scope::Expectation, names), faults);
    }
    findings(&expect.findings, &path.then("findings"), faults);
    for name in expect.threads.keys() {
        let at = path.then("threads").then(name.as_str());
        thread(name, &at, scenario, names, faults);
    }
    for (name, expected) in &expect.variables {
        let at = path.then("variables").then(name.as_str());
        let before = faults.list.len();
        value::variable_of(name, &at, names, faults);
        for fault in &mut faults.list[before..] {
            fault.at_name = true;
        }
        value::check(expected, &at, Scope::Expectation, names, faults);
    }
    stack(&expect.stack, &path.then("stack"), names, faults);
    property::check(expect, path, names, faults);
}

fn deliveries(one: &DeliveryExpect, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let at = path.then("registration");
    let made = names.registration(&at, &one.registration, None, faults);
    if let (Some(least), Some(most)) = (one.at_least, one.at_most)
        && least > most
    {
        let reason = format!("at least {least} and at most {most} cannot both hold");
        faults.tell(&path.then("at_most"), reason, None);
    }
    if let (Some(count), Some(exactly)) = (one.count, &one.exactly)
        && u32::try_from(exactly.len()) != Ok(count)
    {
        let reason = format!("the count is {count}, but `exactly` lists {}", exactly.len());
        faults.tell(&path.then("count"), reason, None);
    }
    let lists = [("exactly", &one.exactly), ("contains", &one.contains)];
    for (name, list) in lists {
        for (index, one) in list.iter().flatten().enumerate() {
            let path = path.then(name).then(index);
            pattern(one, &path, made, (Scope::Expectation, names), faults);
        }
    }
}

/// A pattern, and whether a delivery of the registration can match it at all.
pub(super) fn pattern(
    pattern: &Match,
    path: &JsonPath,
    made: Option<&Made>,
    (scope, names): (Scope<'_, '_>, &Names<'_>),
    faults: &mut Faults,
) {
    if let Some(port) = &pattern.port {
        value::check(port, &path.then("port"), scope, names, faults);
    }
    if let Some(context) = &pattern.context {
        value::check(context, &path.then("context"), scope, names, faults);
    }
    if let Some(alias) = &pattern.interface {
        names.interface(&path.then("interface"), alias, faults);
    }
    let Some(made) = made else { return };
    use Function::{
        NotifyIpInterfaceChange as Interface, NotifyNetworkConnectivityHintChange as Hint,
        NotifyRouteChange2 as Route, NotifyStableUnicastIpAddressTable as Stable,
        NotifyTeredoPortChange as Teredo, NotifyUnicastIpAddressChange as Address,
    };
    let rows: &[Function] = &[Interface, Address, Route];
    let members: [(&str, bool, &[Function]); 11] = [
        ("port", pattern.port.is_some(), &[Teredo]),
        ("type", pattern.kind.is_some(), &[Teredo, Interface, Address, Route]),
        ("family", pattern.family.is_some(), rows),
        ("interface", pattern.interface.is_some(), rows),
        ("row", pattern.row.is_some(), rows),
        ("address", pattern.address.is_some(), &[Address]),
        ("destination", pattern.destination.is_some(), &[Route]),
        ("next_hop", pattern.next_hop.is_some(), &[Route]),
        ("level", pattern.level.is_some(), &[Hint]),
        ("cost", pattern.cost.is_some(), &[Hint]),
        ("rows", pattern.rows.is_some(), &[Stable]),
    ];
    for (name, there, of) in members {
        let function = made.functions().first();
        if let Some(function) = function.filter(|_| there)
            && !of.iter().any(|function| made.contains(function))
        {
            let reason = format!("a delivery of {} has no {name}", function.name());
            faults.tell_name(&path.then(name), reason, None);
        }
    }
}

fn findings(findings: &FindingsExpect, path: &JsonPath, faults: &mut Faults) {
    let mut wanted = BTreeSet::new();
    for (name, list) in [("must", &findings.must), ("may", &findings.may)] {
        for (index, text) in list.iter().enumerate() {
            wanted.extend(faults.rule(&path.then(name).then(index), text));
        }
    }
    for (index, text) in findings.must_not.iter().enumerate() {
        let at = path.then("must_not").then(index);
        if faults.rule(&at, text).is_some_and(|rule| wanted.contains(&rule)) {
            let reason = format!("`{text}` is among the findings that must or may be, too");
            faults.tell(&at, reason, None);
        }
    }
}

/// `client.thread`.
fn thread(
    name: &str,
    path: &JsonPath,
    scenario: &Scenario,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    let full = || {
        let threads = scenario.clients.iter().flat_map(|client| {
            client.threads.iter().map(|thread| format!("{}.{}", client.name, thread.name))
        });
        threads.collect::<Vec<_>>()
    };
    let there = name.split_once('.').is_some_and(|(client, thread)| {
        names.named(client).is_some_and(|own| own.threads.contains_key(thread))
    });
    if !there {
        let known = full();
        let help = super::faults::offer(name, known.iter().map(String::as_str));
        faults.tell_name(path, format!("there is no thread `{name}`"), Some(&help));
    }
}

fn stack(stack: &StackExpect, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let teredo = path.then("teredo");
    if let Some(port) = &stack.teredo.port {
        value::check(port, &teredo.then("port"), Scope::Expectation, names, faults);
    }
    if let Some(code) = &stack.teredo.get_teredo_port {
        faults.code(&teredo.then("get_teredo_port"), code);
    }
    for (index, one) in stack.interfaces.iter().enumerate() {
        interface(one, &path.then("interfaces").then(index), names, faults);
    }
    for (index, one) in stack.addresses.iter().enumerate() {
        address(one, &path.then("addresses").then(index), names, faults);
    }
    for (index, one) in stack.routes.iter().enumerate() {
        route(one, &path.then("routes").then(index), names, faults);
    }
}

pub(super) fn interface(
    interface: &InterfaceExpect,
    path: &JsonPath,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    if interface.present != Some(false) {
        names.interface(&path.then("alias"), &interface.alias, faults);
    } else if interface.mtu.is_some()
        || interface.connected.is_some()
        || interface.families.is_some()
        || interface.admin_up.is_some()
        || interface.oper_status.is_some()
        || interface.index.is_some()
    {
        let reason = "an interface that is not present has no members";
        faults.tell(&path.then("present"), reason, None);
    }
}

pub(super) fn address(
    address: &AddressExpect,
    path: &JsonPath,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    if let Some(alias) = &address.interface {
        names.interface(&path.then("interface"), alias, faults);
    }
    let said = address.state.is_some()
        || address.prefix_length.is_some()
        || address.skip_as_source.is_some();
    if address.present == Some(false) && said {
        let reason = "an address that is not present has no members";
        faults.tell(&path.then("present"), reason, None);
    }
}

pub(super) fn route(route: &RouteExpect, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    if let Some(alias) = &route.interface {
        names.interface(&path.then("interface"), alias, faults);
    }
    if route.next_hop.is_some_and(|hop| hop.is_ipv4() != route.destination.address.is_ipv4()) {
        faults.tell(&path.then("next_hop"), "destination and next hop differ in family", None);
    }
    if route.present == Some(false) && route.metric.is_some() {
        faults.tell(&path.then("present"), "a route that is not present has no metric", None);
    }
}
