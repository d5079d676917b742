//! From an interface specification to an interface.

use netiosim_model::env::Env;
use netiosim_model::interface::{
    Connectivity, Interface, Internet, OperStatus, ServicesEdit, if_type,
};
use netiosim_model::member::Member;

use super::stack::BuildError;
use crate::format::{self, ConnectivitySpec, FamilyBinding, InterfaceSpec};

/// The counters of MIB_IF_ROW2, in declaration order.
pub(crate) const COUNTERS: [&str; 18] = [
    "InOctets",
    "InUcastPkts",
    "InNUcastPkts",
    "InDiscards",
    "InErrors",
    "InUnknownProtos",
    "InUcastOctets",
    "InMulticastOctets",
    "InBroadcastOctets",
    "OutOctets",
    "OutUcastPkts",
    "OutNUcastPkts",
    "OutDiscards",
    "OutErrors",
    "OutUcastOctets",
    "OutMulticastOctets",
    "OutBroadcastOctets",
    "OutQLen",
];

/// The interface of a specification; what is left out is the first free number.
pub(super) fn interface(spec: &InterfaceSpec, env: &Env) -> Result<Interface, BuildError> {
    let kind = spec.if_type.unwrap_or(if_type::ETHERNET);
    let luid_index = spec.luid_index.unwrap_or_else(|| env.free_luid_index(kind));
    let index = spec.index.unwrap_or_else(|| env.free_index());
    interface_with(spec, luid_index, index)
}

/// The interface of a specification with these numbers.
pub(super) fn interface_with(
    spec: &InterfaceSpec,
    luid_index: u32,
    index: u32,
) -> Result<Interface, BuildError> {
    let kind = spec.if_type.unwrap_or(if_type::ETHERNET);
    let mut interface = Interface::new(spec.alias.as_str(), kind, luid_index, index);
    if let Some(guid) = &spec.guid {
        interface.guid =
            guid.parse().map_err(|error| BuildError::new("guid", format!("{error}")))?;
    }
    if let Some(description) = &spec.description {
        interface.description.clone_from(description);
    }
    if let Some(address) = &spec.physical_address {
        interface.physical_address.clone_from(&address.0);
    }
    interface.tunnel_type = spec.tunnel_type.unwrap_or(0);
    interface.connected = spec.connected.unwrap_or(true);
    interface.admin_up = spec.admin_up.unwrap_or(true);
    interface.mtu = spec.mtu.unwrap_or(interface.mtu);
    interface.speed_bps = spec.speed_bps.unwrap_or(interface.speed_bps);
    interface.hardware = spec.hardware.unwrap_or(interface.hardware);
    interface.filter = spec.filter.unwrap_or(false);
    interface.top_connected = spec.top_connected;
    interface.takes_routes = spec.takes_routes.unwrap_or(true);
    interface.oper_override = spec.oper_status.map(oper_status);
    if let Some(connectivity) = &spec.connectivity {
        interface.connectivity = overlaid(interface.connectivity, connectivity);
    }
    interface.services.apply(&services(spec));
    for (name, value) in &spec.counters {
        let at = COUNTERS.iter().position(|known| known == name).ok_or_else(|| {
            BuildError::new("counters", format!("no counter is called \"{name}\""))
        })?;
        interface.counters[at] = *value;
    }
    rows(spec, &mut interface)?;
    Ok(interface)
}

fn rows(spec: &InterfaceSpec, interface: &mut Interface) -> Result<(), BuildError> {
    let (mtu, usable) = (interface.mtu, interface.connected && interface.admin_up);
    let bindings = [(&spec.ipv4, &mut interface.v4), (&spec.ipv6, &mut interface.v6)];
    for (binding, slot) in bindings {
        if matches!(binding, FamilyBinding::Unbound) {
            *slot = None;
        }
        let Some(row) = slot else { continue };
        row.set(Member::NlMtu, u64::from(mtu));
        row.set(Member::Connected, u64::from(usable));
        let Some(family) = binding.spec() else { continue };
        for (member, value) in [
            (Member::Metric, family.metric),
            (Member::NlMtu, family.mtu),
            (Member::DadTransmits, family.dad_transmits),
            (Member::ForwardingEnabled, family.forwarding.map(u32::from)),
        ] {
            if let Some(value) = value {
                row.set(member, u64::from(value));
            }
        }
        if family.metric.is_some() {
            row.set(Member::UseAutomaticMetric, 0);
        }
        for (name, value) in &family.members {
            let member = Member::parse(name).ok_or_else(|| {
                BuildError::new("members", format!("no member is called \"{name}\""))
            })?;
            row.set(member, *value);
        }
    }
    Ok(())
}

/// What is said of the servers of an interface, and of its DNS names.
fn services(spec: &InterfaceSpec) -> ServicesEdit {
    ServicesEdit {
        dns_servers: spec.dns_servers.clone(),
        dns_suffix: spec.dns_suffix.clone(),
        dns_search: spec.dns_search.clone(),
        wins_servers: spec.wins_servers.clone(),
        dhcp_enabled: spec.dhcp,
        dhcp_server: spec.dhcp_server,
    }
}

/// A connectivity with what is said laid over it.
pub(super) fn overlaid(base: Connectivity, over: &ConnectivitySpec) -> Connectivity {
    Connectivity {
        internet: over.internet.map_or(base.internet, internet),
        cost: over.cost.map_or(base.cost, format::HintCost::number),
        approaching_data_limit: over.approaching_data_limit.unwrap_or(base.approaching_data_limit),
        over_data_limit: over.over_data_limit.unwrap_or(base.over_data_limit),
        roaming: over.roaming.unwrap_or(base.roaming),
    }
}

fn internet(word: format::Internet) -> Internet {
    match word {
        format::Internet::Reachable => Internet::Reachable,
        format::Internet::Constrained => Internet::Constrained,
        format::Internet::Nowhere => Internet::Nowhere,
        format::Internet::Hidden => Internet::Hidden,
    }
}

fn oper_status(word: format::OperStatus) -> OperStatus {
    match word {
        format::OperStatus::Up => OperStatus::Up,
        format::OperStatus::Down => OperStatus::Down,
        format::OperStatus::Dormant => OperStatus::Dormant,
        format::OperStatus::NotPresent => OperStatus::NotPresent,
        format::OperStatus::LowerLayerDown => OperStatus::LowerLayerDown,
    }
}

#[cfg(test)]
mod tests {
    use netiosim_model::api::{Call, Output};
    use netiosim_model::build::home;
    use netiosim_model::choose::First;
    use netiosim_model::function::Function;
    use netiosim_model::machine::Machine;
    use netiosim_model::profile::Profile;
    use netiosim_model::row::{Field, FieldValue, IfRow, RowType};
    use netiosim_model::status::Flavour;

    use super::{COUNTERS, interface};
    use crate::format::InterfaceSpec;

    #[test]
    fn every_counter_is_the_one_of_its_name() {
        let mut env = home();
        let numbered = COUNTERS.iter().zip(1..).map(|(name, n)| ((*name).to_owned(), n));
        let spec = InterfaceSpec { counters: numbered.collect(), ..InterfaceSpec::new("E") };
        let interface = interface(&spec, &env).expect("an interface");
        let luid = interface.luid;
        env.place_interface(interface).expect("free keys");
        let mut machine = Machine::new(Profile::Documented, env);
        let process = machine.process("app", Flavour::User);
        let actor = machine.actor("main", process);
        let asked = Some(IfRow { luid, ..IfRow::default() }.into());
        let call = Call::Row { function: Function::GetIfEntry2, level: 0, row: asked };
        let Output::Row(row) = machine.call(actor, &call, &mut First::default()).output else {
            panic!("a row")
        };
        for (name, n) in COUNTERS.iter().zip(1..) {
            let field = Field::parse(RowType::If, name).expect("a member");
            assert_eq!(row.get(field), FieldValue::Number(n), "{name}");
        }
    }
}
