//! Subscribers that keep a copy of a table: they read it when they register, and after that only what
//! they are told of.

use std::net::IpAddr;

use netiosim_model::env::Env;
use netiosim_model::interface::{IpRow, OperStatus};
use netiosim_model::net::Family;
use netiosim_model::table::{Route, UnicastAddress};

use super::{Listens, Told};

/// A row as a reader remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Row(IpRow, bool, bool, u32, String, OperStatus),
    Address(UnicastAddress),
    Route(Route),
}

/// What names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    Row(u64, u16),
    Address(u64, IpAddr),
    Route(u64, IpAddr, u8, IpAddr),
}

impl Name {
    fn family(&self) -> u16 {
        let address = match self {
            Self::Row(_, family) => return *family,
            Self::Address(_, address) | Self::Route(_, address, _, _) => address,
        };
        if address.is_ipv4() { 2 } else { 23 }
    }
}

/// A copy of a table, or of one family of it.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    listens: Listens,
    copy: Vec<(Name, Known)>,
}

impl Reader {
    /// A reader for whoever listens to a table.
    pub(crate) fn new(listens: Listens, env: &Env) -> Option<Self> {
        let table =
            matches!(listens, Listens::Interfaces(_) | Listens::Addresses(_) | Listens::Routes(_));
        table.then(|| Self { listens, copy: read(listens, env) })
    }

    /// A notification comes: the row that it names is read again. A deletion is believed, unless the
    /// steps of a change may be told in any order.
    pub(crate) fn hears(&mut self, told: Told, env: &Env, trusts: bool) {
        let (name, kind) = match told {
            Told::Row(Some(row), kind) => (Name::Row(row.1, row.0), kind),
            Told::Address(Some(row), kind) => (Name::Address(row.0, row.2), kind),
            Told::Route(Some(row), kind) => (Name::Route(row.0, row.2, row.3, row.4), kind),
            _ => return,
        };
        self.copy.retain(|entry| entry.0 != name);
        if kind == 2 && trusts {
            return;
        }
        let now = read(self.listens, env).into_iter().find(|entry| entry.0 == name);
        self.copy.extend(now);
    }

    /// Everything that was told by now was heard: copy and table are the same.
    pub(crate) fn is_up_to_date(&mut self, env: &Env, name: &str) {
        self.copy.sort_by_key(|entry| entry.0);
        let mut now = read(self.listens, env);
        now.sort_by_key(|entry| entry.0);
        let left = |entry: &&(Name, Known)| !now.contains(entry);
        let right = |entry: &&(Name, Known)| !self.copy.contains(entry);
        let only_copy: Vec<_> = self.copy.iter().filter(left).collect();
        let only_table: Vec<_> = now.iter().filter(right).collect();
        assert!(
            only_copy.is_empty() && only_table.is_empty(),
            "{name}: the copy has {only_copy:?}, the table has {only_table:?}"
        );
    }
}

/// The table that one listens to, without what goes on by itself: lifetimes, and who keeps a route.
fn read(listens: Listens, env: &Env) -> Vec<(Name, Known)> {
    let mut all = Vec::new();
    match listens {
        Listens::Interfaces(_) => {
            for interface in env.interfaces() {
                for family in Family::ALL {
                    let Some(row) = interface.row(family) else { continue };
                    let known = Known::Row(
                        row.clone(),
                        interface.connected,
                        interface.admin_up,
                        interface.mtu,
                        interface.alias.clone(),
                        interface.oper_status(),
                    );
                    all.push((Name::Row(interface.luid.0, family.number()), known));
                }
            }
        }
        Listens::Addresses(_) => {
            for address in env.addresses() {
                let name = Name::Address(address.luid.0, address.address);
                let still = UnicastAddress {
                    valid_ms: None,
                    preferred_ms: None,
                    dad_ms: None,
                    ..address.clone()
                };
                all.push((name, Known::Address(still)));
            }
        }
        Listens::Routes(_) => {
            for route in env.routes().iter() {
                let name = Name::Route(
                    route.luid.0,
                    route.destination,
                    route.prefix_length,
                    route.next_hop,
                );
                let owner = netiosim_model::table::RouteOwner::Teredo;
                let still = Route { valid_ms: None, preferred_ms: None, owner, ..route.clone() };
                all.push((name, Known::Route(still)));
            }
        }
        _ => {}
    }
    let family = listens.family().unwrap_or_default();
    all.retain(|entry| family == 0 || entry.0.family() == family);
    all
}
