//! Expectations of the machine at the end.

use netiosim_model::env::Env;
use netiosim_model::interface::OperStatus;
use netiosim_model::net::Family;
use netiosim_model::status::parse_code;
use netiosim_model::table::{DadState, Route, UnicastAddress};

use super::matching::{cost_word, ip_family, level_word};
use super::{Judge, Unmet};
use crate::format::{self, AddressExpect, HintExpect, InterfaceExpect, RouteExpect, StackExpect};
use crate::values::code_words;

/// What of the machine is not as it must be.
#[derive(Default)]
struct Differences(Vec<Unmet>);

impl Differences {
    #[expect(clippy::needless_pass_by_value, reason = "texts, numbers and words alike")]
    fn check(&mut self, path: &str, what: &str, expected: impl ToString, got: impl ToString) {
        let (expected, got) = (expected.to_string(), got.to_string());
        if expected != got {
            self.0.push(Unmet::new(format!("expect.stack.{path}"), what, expected, got));
        }
    }

    /// Holds something against what it must be if that is said.
    fn check_if<T: ToString>(
        &mut self,
        path: &str,
        what: &str,
        expected: Option<T>,
        got: impl ToString,
    ) {
        if let Some(expected) = expected {
            self.check(path, what, expected, got);
        }
    }
}

impl Judge<'_> {
    pub(super) fn stack(&self, expect: &StackExpect) -> Vec<Unmet> {
        let env = &self.outcome.env;
        let mut found = Differences::default();
        self.teredo(expect, &mut found);
        for (n, interface) in expect.interfaces.iter().enumerate() {
            check_interface(env, interface, &format!("interfaces[{n}]"), &mut found);
        }
        for (n, address) in expect.addresses.iter().enumerate() {
            check_address(env, address, &format!("addresses[{n}]"), &mut found);
        }
        for (n, route) in expect.routes.iter().enumerate() {
            check_route(env, route, &format!("routes[{n}]"), &mut found);
        }
        check_hint(env, &expect.hint, &mut found);
        if let Some(held) = expect.tables_held {
            let names: Vec<&str> =
                self.outcome.tables_held.iter().map(|function| function.name()).collect();
            if names.len() != usize::try_from(held).unwrap_or(usize::MAX) {
                let of = if names.is_empty() { "" } else { ": of " };
                let got = format!("{}{of}{}", names.len(), names.join(", "));
                found.check("tables_held", "tables that are not freed at the end", held, got);
            }
        }
        let what = "registrations that live at the end";
        found.check_if("registrations", what, expect.registrations, self.outcome.registrations);
        let listeners = env.listeners();
        for port in expect.listeners.iter().filter(|port| !listeners.contains_key(port)) {
            let all: Vec<String> = listeners.keys().map(ToString::to_string).collect();
            let expected = format!("{port} among them");
            found.check("listeners", "UDP ports with a listener", expected, all.join(", "));
        }
        found.0
    }

    fn teredo(&self, expect: &StackExpect, found: &mut Differences) {
        let teredo = self.outcome.env.teredo();
        let state = expect.teredo.state.map(format::TeredoState::word);
        found.check_if("teredo.state", "the Teredo client's state", state, teredo.state().word());
        if let Some(port) = &expect.teredo.port {
            let expected =
                self.eval(port).map_or_else(|| port.to_string(), |value| value.to_string());
            let is = teredo.port().unwrap_or(0);
            found.check("teredo.port", "the Teredo client's port", expected, is);
        }
        if let Some(code) = &expect.teredo.get_teredo_port {
            let words = |code: u32| code_words(code, self.program.flavour);
            let expected = parse_code(code).map_or_else(|_| code.clone(), words);
            let is = words(self.outcome.teredo_port.0);
            let what = "what GetTeredoPort answers at the end";
            found.check("teredo.get_teredo_port", what, expected, is);
        }
    }
}

fn present(present: bool) -> &'static str {
    if present { "present" } else { "absent" }
}

/// Whether an interface is as it is said to be.
pub(crate) fn interface_is(env: &Env, expect: &InterfaceExpect) -> bool {
    let mut found = Differences::default();
    check_interface(env, expect, "", &mut found);
    found.0.is_empty()
}

/// Whether a unicast address is as it is said to be.
pub(crate) fn address_is(env: &Env, expect: &AddressExpect) -> bool {
    let mut found = Differences::default();
    check_address(env, expect, "", &mut found);
    found.0.is_empty()
}

/// Whether a route is as it is said to be.
pub(crate) fn route_is(env: &Env, expect: &RouteExpect) -> bool {
    let mut found = Differences::default();
    check_route(env, expect, "", &mut found);
    found.0.is_empty()
}

/// Whether the connectivity hint of the machine is as it is said to be.
pub(crate) fn hint_is(env: &Env, expect: &HintExpect) -> bool {
    let mut found = Differences::default();
    check_hint(env, expect, &mut found);
    found.0.is_empty()
}

fn check_hint(env: &Env, expect: &HintExpect, found: &mut Differences) {
    let HintExpect { level, cost } = *expect;
    let hint = env.hint();
    let level = level.map(|level| level_word(level.number()));
    found.check_if("hint.level", "the connectivity level", level, level_word(hint.level));
    let cost = cost.map(|cost| cost_word(cost.number()));
    found.check_if("hint.cost", "the connectivity cost", cost, cost_word(hint.cost));
}

fn check_interface(env: &Env, expect: &InterfaceExpect, path: &str, found: &mut Differences) {
    let is = env.interface_by_alias(&expect.alias);
    let at = |member: &str| format!("{path}.{member}");
    let name = format!("interface \"{}\"", expect.alias);
    let wanted = present(expect.present.unwrap_or(true));
    found.check(&at("present"), &name, wanted, present(is.is_some()));
    let Some(is) = is else { return };
    found.check_if(&at("mtu"), &format!("the MTU of {name}"), expect.mtu, is.mtu);
    let what = format!("whether {name} is connected");
    found.check_if(&at("connected"), &what, expect.connected, is.connected);
    let what = format!("whether {name} is administratively up");
    found.check_if(&at("admin_up"), &what, expect.admin_up, is.admin_up);
    let status = expect.oper_status.map(|status| oper_word(oper_status(status)));
    let what = format!("the operational status of {name}");
    found.check_if(&at("oper_status"), &what, status, oper_word(is.oper_status()));
    found.check_if(&at("index"), &format!("the index of {name}"), expect.index, is.index);
    if let Some(families) = &expect.families {
        let mut expected: Vec<&str> = families.iter().map(|family| family.word()).collect();
        expected.sort_unstable();
        let bound = Family::ALL.into_iter().filter(|family| is.row(*family).is_some());
        let bound: Vec<&str> = bound.map(|family| ip_family(family).word()).collect();
        let what = format!("the families of {name}");
        found.check(&at("families"), &what, expected.join(", "), bound.join(", "));
    }
}

fn check_address(env: &Env, expect: &AddressExpect, path: &str, found: &mut Differences) {
    let at = |member: &str| format!("{path}.{member}");
    let on = |address: &&UnicastAddress| {
        address.address == expect.address && is_on(env, address.luid, expect.interface.as_deref())
    };
    let is = env.addresses().find(on);
    let name = match &expect.interface {
        Some(alias) => format!("address {} on \"{alias}\"", expect.address),
        None => format!("address {}", expect.address),
    };
    let wanted = present(expect.present.unwrap_or(true));
    found.check(&at("present"), &name, wanted, present(is.is_some()));
    let Some(is) = is else { return };
    let state = expect.state.map(|state| state_word(dad_state(state)));
    found.check_if(&at("state"), &format!("the state of {name}"), state, state_word(is.dad));
    let what = format!("the prefix length of {name}");
    found.check_if(&at("prefix_length"), &what, expect.prefix_length, is.prefix_length);
    let what = format!("SkipAsSource of {name}");
    found.check_if(&at("skip_as_source"), &what, expect.skip_as_source, is.skip_as_source);
}

fn check_route(env: &Env, expect: &RouteExpect, path: &str, found: &mut Differences) {
    let at = |member: &str| format!("{path}.{member}");
    let format::Cidr { address, prefix_length } = expect.destination;
    let on = |route: &&Route| {
        expect.next_hop.is_none_or(|next_hop| next_hop == route.next_hop)
            && is_on(env, route.luid, expect.interface.as_deref())
    };
    let is = env.routes().to_prefix(None, address, prefix_length).find(on);
    let mut name = format!("a route to {}", expect.destination);
    if let Some(next_hop) = expect.next_hop {
        name.push_str(&format!(" by {next_hop}"));
    }
    if let Some(alias) = &expect.interface {
        name.push_str(&format!(" on \"{alias}\""));
    }
    let wanted = present(expect.present.unwrap_or(true));
    found.check(&at("present"), &name, wanted, present(is.is_some()));
    if let Some(is) = is {
        found.check_if(&at("metric"), &format!("the metric of {name}"), expect.metric, is.metric);
    }
}

/// Whether an interface has the alias, if one is said.
fn is_on(env: &Env, luid: netiosim_model::net::Luid, alias: Option<&str>) -> bool {
    let own = || env.interface(luid).map(|interface| interface.alias.as_str());
    alias.is_none_or(|alias| own() == Some(alias))
}

fn oper_status(status: format::OperStatus) -> OperStatus {
    match status {
        format::OperStatus::Up => OperStatus::Up,
        format::OperStatus::Down => OperStatus::Down,
        format::OperStatus::Dormant => OperStatus::Dormant,
        format::OperStatus::NotPresent => OperStatus::NotPresent,
        format::OperStatus::LowerLayerDown => OperStatus::LowerLayerDown,
    }
}

fn oper_word(status: OperStatus) -> &'static str {
    match status {
        OperStatus::Up => "up",
        OperStatus::Down => "down",
        OperStatus::Dormant => "dormant",
        OperStatus::NotPresent => "not_present",
        OperStatus::LowerLayerDown => "lower_layer_down",
    }
}

/// A state of duplicate address detection as scenarios write it.
fn state_word(state: DadState) -> &'static str {
    match state {
        DadState::Invalid => "invalid",
        DadState::Tentative => "tentative",
        DadState::Duplicate => "duplicate",
        DadState::Deprecated => "deprecated",
        DadState::Preferred => "preferred",
    }
}

fn dad_state(state: format::DadState) -> DadState {
    match state {
        format::DadState::Invalid => DadState::Invalid,
        format::DadState::Tentative => DadState::Tentative,
        format::DadState::Duplicate => DadState::Duplicate,
        format::DadState::Deprecated => DadState::Deprecated,
        format::DadState::Preferred => DadState::Preferred,
    }
}
