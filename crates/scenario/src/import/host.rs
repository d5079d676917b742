//! What a machine says of itself, and the stack that it becomes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use netiosim_model::table::is_unicast;

use super::brought::brings;
use crate::format::{
    AddressSpec, Cidr, FamilyBinding, FamilySpec, InterfaceSpec, PhysicalAddress, RouteSpec,
    StackFile, StackSpec, TeredoSpec, TeredoState, TeredoType, VERSION,
};
use crate::template::{LOOPBACK_ALIAS, LOOPBACK_TYPE, TEREDO_ALIAS};

/// IF_TYPE_PROP_VIRTUAL: what a second loopback interface becomes.
const PROPRIETARY_VIRTUAL: u16 = 53;
/// IF_TYPE_TUNNEL.
const TUNNEL: u16 = 131;
/// TUNNEL_TYPE_OTHER.
const TUNNEL_TYPE_OTHER: u16 = 1;
/// TUNNEL_TYPE_TEREDO.
const TUNNEL_TYPE_TEREDO: u16 = 14;
/// The NetLuidIndex of the Teredo pseudo-interface.
const TEREDO_LUID_INDEX: u32 = 1;
/// The largest NetLuidIndex: it has 24 bits.
const LARGEST_LUID_INDEX: u32 = 0xFF_FFFF;

/// What a machine says of its interfaces and routes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The interfaces, in the machine's order.
    pub interfaces: Vec<HostInterface>,
    /// The routes.
    pub routes: Vec<HostRoute>,
}

/// An interface of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostInterface {
    /// The name, which becomes the alias.
    pub name: String,
    /// The model or a comment.
    pub description: Option<String>,
    /// The GUID with braces, where the machine is a Windows machine.
    pub guid: Option<String>,
    /// The interface index.
    pub index: Option<u32>,
    /// The IF_TYPE.
    pub if_type: u16,
    /// The link MTU, in bytes.
    pub mtu: Option<u32>,
    /// The hardware address.
    pub physical_address: Option<PhysicalAddress>,
    /// Whether it is administratively up.
    pub admin_up: bool,
    /// Whether the medium is connected.
    pub connected: bool,
    /// The addresses of both families.
    pub addresses: Vec<Cidr>,
}

/// A route of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRoute {
    /// The destination.
    pub destination: Cidr,
    /// The next hop; all zeros for a destination on the link.
    pub next_hop: IpAddr,
    /// The name of the interface.
    pub interface: String,
    /// The metric.
    pub metric: Option<u32>,
}

/// A stack that was made of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The stack file.
    pub file: StackFile,
    /// What could not be taken over as it was, a sentence each.
    pub notes: Vec<String>,
}

impl Host {
    /// Makes a stack file of the machine.
    ///
    /// Names become aliases and indexes stay; NetLuidIndexes are the indexes. What Windows does not
    /// permit is changed and told in [`Imported::notes`]: a second interface of one name or index
    /// gets another, a second loopback interface becomes a virtual one, a Teredo interface
    /// becomes the simulated pseudo-interface without its addresses. The Teredo client is of type
    /// `default` and dormant, so that a scenario can wake it (chosen: no source tells its state).
    #[must_use]
    pub fn into_stack(self, description: &str) -> Imported {
        let mut build = Build::default();
        for interface in self.interfaces {
            build.add(interface);
        }
        build.number();
        let routes = self.routes.into_iter().filter_map(|route| build.route(route)).collect();
        let stack = StackSpec {
            interfaces: build.interfaces,
            teredo: Some(TeredoSpec {
                kind: Some(TeredoType::Default),
                state: Some(TeredoState::Dormant),
                ..TeredoSpec::default()
            }),
            routes,
            ..StackSpec::default()
        };
        let file = StackFile {
            schema: None,
            version: VERSION,
            description: description.to_owned(),
            stack,
        };
        Imported { file, notes: build.notes }
    }
}

/// The stack, as it grows.
#[derive(Default)]
struct Build {
    interfaces: Vec<InterfaceSpec>,
    /// The alias of each interface that routes may name, by its name on the machine.
    aliases: BTreeMap<String, String>,
    notes: Vec<String>,
}

impl Build {
    fn add(&mut self, host: HostInterface) {
        let teredo = is_teredo(&host);
        if teredo
            && self.interfaces.iter().any(|known| known.tunnel_type == Some(TUNNEL_TYPE_TEREDO))
        {
            self.notes
                .push(format!("\"{}\" is left out: a machine has one Teredo interface", host.name));
            return;
        }
        let loopback = host.if_type == LOOPBACK_TYPE && self.loopback().is_none();
        let alias = self.free_alias(&host.name, teredo, loopback);
        let mut spec = InterfaceSpec::new(&alias);
        spec.index = host.index.filter(|index| *index != 0);
        spec.guid = host.guid;
        spec.description = host.description;
        spec.if_type = Some(host.if_type);
        if teredo {
            // The simulated client decides over its state and addresses.
            self.notes.push(format!(
                "\"{alias}\" becomes the simulated Teredo interface, without the addresses that it has now"
            ));
            spec.if_type = Some(TUNNEL);
            spec.tunnel_type = Some(TUNNEL_TYPE_TEREDO);
            spec.luid_index = Some(TEREDO_LUID_INDEX);
            self.interfaces.push(spec);
            return;
        }
        if host.if_type == LOOPBACK_TYPE && self.loopback().is_some() {
            self.notes.push(format!(
                "\"{alias}\" becomes a virtual interface: a machine has one loopback interface"
            ));
            spec.if_type = Some(PROPRIETARY_VIRTUAL);
        }
        if host.if_type == TUNNEL {
            spec.tunnel_type = Some(TUNNEL_TYPE_OTHER);
        }
        spec.mtu = host.mtu;
        spec.connected = Some(host.connected);
        spec.admin_up = Some(host.admin_up);
        spec.physical_address = host.physical_address;
        let is_loopback = spec.if_type == Some(LOOPBACK_TYPE);
        let fits = |address: IpAddr| is_unicast(address) && (is_loopback || !address.is_loopback());
        let (kept, left_out): (Vec<Cidr>, Vec<Cidr>) =
            host.addresses.into_iter().partition(|cidr| fits(cidr.address));
        for cidr in left_out {
            self.notes.push(format!(
                "{} of \"{alias}\" is left out: no interface of its kind can have it",
                cidr.address
            ));
        }
        let (v4, v6): (Vec<Cidr>, Vec<Cidr>) =
            kept.into_iter().partition(|cidr| cidr.address.is_ipv4());
        spec.ipv4 = binding(v4);
        spec.ipv6 = binding(v6);
        self.aliases.insert(host.name, alias);
        self.interfaces.push(spec);
    }

    fn loopback(&self) -> Option<&InterfaceSpec> {
        self.interfaces.iter().find(|known| known.if_type == Some(LOOPBACK_TYPE))
    }

    /// The name, or the name with a number behind it if another interface has it already.
    ///
    /// The aliases of the Teredo pseudo-interface and of the loopback interface are theirs alone.
    fn free_alias(&mut self, name: &str, teredo: bool, loopback: bool) -> String {
        let taken = |alias: &str| {
            (alias == TEREDO_ALIAS && !teredo)
                || (alias == LOOPBACK_ALIAS && !loopback)
                || self.interfaces.iter().any(|known| known.alias == alias)
        };
        let name = if name.is_empty() { "Interface" } else { name };
        if !taken(name) {
            return name.to_owned();
        }
        let numbered = (2_u32..).map(|n| format!("{name} {n}"));
        let alias =
            numbered.into_iter().find(|alias| !taken(alias)).expect("fewer than 2^32 interfaces");
        self.notes
            .push(format!("there are several interfaces \"{name}\"; one becomes \"{alias}\""));
        alias
    }

    /// Gives every interface its own index and LUID, and the machine a loopback interface.
    fn number(&mut self) {
        let mut used = BTreeSet::new();
        let mut without = Vec::new();
        for (n, spec) in self.interfaces.iter().enumerate() {
            match spec.index {
                Some(index) if used.insert(index) => {}
                _ => without.push(n),
            }
        }
        for n in without {
            let free = free_number(&used);
            used.insert(free);
            let spec = &mut self.interfaces[n];
            if let Some(index) = spec.index.replace(free) {
                let alias = &spec.alias;
                self.notes
                    .push(format!("the index {index} is taken; \"{alias}\" gets the index {free}"));
            }
        }
        if self.loopback().is_none() {
            let alias = self.free_alias(LOOPBACK_ALIAS, false, true);
            let mut loopback = InterfaceSpec::new(alias);
            loopback.if_type = Some(LOOPBACK_TYPE);
            loopback.index = Some(free_number(&used));
            self.notes
                .push("no loopback interface was found; the simulated one is added".to_owned());
            self.interfaces.push(loopback);
        }
        self.number_luids();
    }

    /// NetLuidIndexes are indexes where these fit; loopback's is 0, as on Windows.
    fn number_luids(&mut self) {
        let mut used = BTreeSet::from([(TUNNEL, TEREDO_LUID_INDEX)]);
        for spec in &mut self.interfaces {
            if spec.tunnel_type == Some(TUNNEL_TYPE_TEREDO) {
                continue;
            }
            let kind = spec.if_type.unwrap_or_default();
            let wanted = if kind == LOOPBACK_TYPE { Some(0) } else { spec.index };
            let fits = |luid_index: &u32| {
                *luid_index <= LARGEST_LUID_INDEX && !used.contains(&(kind, *luid_index))
            };
            // From the top, so that it takes no number that a later interface wants.
            let luid_index =
                wanted.filter(fits).or_else(|| (0..=LARGEST_LUID_INDEX).rev().find(fits));
            if let Some(luid_index) = luid_index {
                used.insert((kind, luid_index));
            }
            spec.luid_index = luid_index;
        }
    }

    /// A route of the stack; not one that an address of the interface brings by itself.
    fn route(&mut self, route: HostRoute) -> Option<RouteSpec> {
        let HostRoute { destination, next_hop, interface, metric } = route;
        let Some(alias) = self.aliases.get(&interface) else {
            self.notes.push(format!(
                "the route to {destination} is left out: no interface \"{interface}\" was imported for it"
            ));
            return None;
        };
        let spec = self.interfaces.iter().find(|known| known.alias == *alias);
        if next_hop.is_unspecified() && spec.is_some_and(|spec| brings(spec, destination)) {
            return None;
        }
        let next_hop = Some(next_hop).filter(|hop| !hop.is_unspecified());
        Some(RouteSpec { metric, ..RouteSpec::new(destination, next_hop, alias) })
    }
}

/// The smallest interface index that is free.
fn free_number(used: &BTreeSet<u32>) -> u32 {
    (1..).find(|index| !used.contains(index)).expect("fewer than 2^32 interfaces")
}

fn is_teredo(host: &HostInterface) -> bool {
    host.if_type == TUNNEL
        && (host.name == TEREDO_ALIAS
            || [Some(&host.name), host.description.as_ref()]
                .into_iter()
                .flatten()
                .any(|text| text.to_ascii_lowercase().contains("teredo")))
}

/// A family without addresses stays bound, with the documented defaults.
fn binding(mut addresses: Vec<Cidr>) -> FamilyBinding {
    let mut known = BTreeSet::new();
    addresses.retain(|cidr| known.insert(cidr.address));
    if addresses.is_empty() {
        return FamilyBinding::Unsaid;
    }
    let addresses = addresses.into_iter().map(AddressSpec::Plain).collect();
    FamilyBinding::Bound(FamilySpec { addresses, ..FamilySpec::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, index: u32, if_type: u16) -> HostInterface {
        HostInterface {
            name: name.to_owned(),
            description: None,
            guid: None,
            index: Some(index),
            if_type,
            mtu: Some(1500),
            physical_address: None,
            admin_up: true,
            connected: true,
            addresses: Vec::new(),
        }
    }

    fn stack(interfaces: Vec<HostInterface>) -> Imported {
        Host { interfaces, routes: Vec::new() }.into_stack("a test")
    }

    fn rows(imported: &Imported) -> Vec<(&str, u32, u32)> {
        let row = |spec: &InterfaceSpec| {
            (
                spec.if_type.unwrap_or(0),
                spec.index.unwrap_or(0),
                spec.luid_index.unwrap_or(u32::MAX),
            )
        };
        let specs = imported.file.stack.interfaces.iter();
        specs.map(|spec| (spec.alias.as_str(), row(spec).1, row(spec).2)).collect()
    }

    #[test]
    fn indexes_stay_and_become_luid_indexes() {
        let imported = stack(vec![host("lo", 1, 24), host("eth0", 2, 6), host("wg0", 7, 131)]);
        assert_eq!(rows(&imported), [("lo", 1, 0), ("eth0", 2, 2), ("wg0", 7, 7)]);
        assert_eq!(imported.file.stack.interfaces[2].tunnel_type, Some(1));
        assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    }

    #[test]
    fn what_collides_is_renamed_renumbered_and_told() {
        let imported =
            stack(vec![host("lo", 1, 24), host("a", 2, 6), host("b", 2, 6), host("a", 3, 6)]);
        assert_eq!(rows(&imported), [("lo", 1, 0), ("a", 2, 2), ("b", 4, 4), ("a 2", 3, 3)]);
        assert_eq!(imported.notes.len(), 2, "{:?}", imported.notes);
        assert!(
            imported.notes[1].contains("the index 2 is taken; \"b\" gets the index 4"),
            "{:?}",
            imported.notes
        );
    }

    #[test]
    fn a_machine_without_loopback_gets_one_that_collides_with_nothing() {
        let imported = stack(vec![host("eth0", 1, 6)]);
        assert_eq!(rows(&imported), [("eth0", 1, 1), (LOOPBACK_ALIAS, 2, 0)]);
        assert_eq!(imported.notes.len(), 1);
    }

    #[test]
    fn a_second_loopback_becomes_virtual() {
        let imported = stack(vec![host("lo0", 1, 24), host("lo1", 2, 24)]);
        let kinds: Vec<_> =
            imported.file.stack.interfaces.iter().map(|spec| spec.if_type).collect();
        assert_eq!(kinds, [Some(24), Some(53)]);
    }

    #[test]
    fn one_teredo_interface_becomes_the_simulated_one() {
        let mut first = host("Teredo Tunneling Pseudo-Interface", 9, 131);
        first.addresses = vec!["2001::1/32".parse().expect("an address")];
        let imported =
            stack(vec![host("lo", 1, 24), first, host("teredo", 10, 131), host("tun", 11, 131)]);
        let teredo = &imported.file.stack.interfaces[1];
        assert_eq!(
            (teredo.tunnel_type, teredo.index, teredo.ipv6.spec()),
            (Some(14), Some(9), None)
        );
        assert_eq!(imported.file.stack.interfaces.len(), 3);
        assert_eq!(imported.notes.len(), 2, "{:?}", imported.notes);
    }

    #[test]
    fn a_tunnel_never_takes_the_luid_of_the_teredo_interface() {
        let imported = stack(vec![host("tun0", 1, 131), host("big", u32::MAX, 131)]);
        let luids: Vec<u32> = rows(&imported).iter().map(|row| row.2).collect();
        assert_eq!(luids, [0xFF_FFFF, 0xFF_FFFE, 0]);
    }

    #[test]
    fn routes_follow_the_alias_or_are_told() {
        let route = |interface: &str| HostRoute {
            destination: "0.0.0.0/0".parse().expect("a prefix"),
            next_hop: "192.0.2.1".parse().expect("an address"),
            interface: interface.to_owned(),
            metric: None,
        };
        let host = Host {
            interfaces: vec![host("lo", 1, 24), host("eth0", 2, 6)],
            routes: vec![route("eth0"), route("gone")],
        };
        let imported = host.into_stack("a test");
        assert_eq!(imported.file.stack.routes.len(), 1);
        assert!(imported.notes[0].contains("\"gone\""), "{:?}", imported.notes);
    }
}
