//! Three numbers, and the step that they mean on a machine: so that every draw is a step that makes sense, and smaller
//! numbers are simpler steps.

use std::net::IpAddr;

use netiosim_sim::model::change::{Change, DhcpLease};
use netiosim_sim::model::env::Env;
use netiosim_sim::model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::table::{Route, UnicastAddress};
use netiosim_sim::model::teredo::PortWish;
use proptest::prelude::*;

use crate::machine::adapter;
use crate::reference::Reference;
use crate::step::Step;

/// What steps are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Topic {
    /// Routes come, change and go.
    Routes,
    /// Addresses come, are detected to be duplicates, and go; a DHCP server gives and ends leases.
    Addresses,
    /// Properties of interfaces change; adapters come, go, lose their medium, are disabled.
    Interfaces,
    /// The Teredo client starts, stops, restarts, qualifies; its server and its NAT change.
    Teredo,
    /// What lies behind an interface changes.
    Connectivity,
    /// The IP stacks go and come back.
    Stacks,
    /// Time goes by.
    Time,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 7] = [
        Self::Routes,
        Self::Addresses,
        Self::Interfaces,
        Self::Teredo,
        Self::Connectivity,
        Self::Stacks,
        Self::Time,
    ];
}

/// Three numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    kind: u8,
    pick: u8,
    value: u16,
}

/// As many meanings of a draw are tried; if none of them makes sense a millisecond goes by.
const MEANINGS: u8 = 32;

impl Draw {
    pub(crate) fn any() -> impl Strategy<Value = Self> + Clone {
        let small = 0u16..512;
        (0u8..64, 0u8..16, small).prop_map(|(kind, pick, value)| Self { kind, pick, value })
    }

    /// What it means on this machine: the first of its meanings that makes sense there.
    pub(crate) fn step(self, machine: &Reference, topics: &[Topic]) -> Step {
        let env = machine.env();
        (0..MEANINGS)
            .filter_map(|more| {
                let draw = Self { kind: self.kind.wrapping_add(more), ..self };
                let kind = usize::from(draw.kind);
                let topic = topics[kind % topics.len()];
                if topic == Topic::Time {
                    return Some(Step::Elapse(draw.ms()));
                }
                draw.change(&env, topic, kind / topics.len()).map(Step::Change)
            })
            .find(|step| machine.allows(step))
            .unwrap_or(Step::Elapse(1))
    }

    /// How long: a moment, the time of duplicate address detection, of a refresh, of a lease, of the Teredo client's sleep.
    fn ms(self) -> u64 {
        const MOST_MS: [u64; 5] = [10, 500, 5_000, 60_000, 3_700_000];
        let most_ms = MOST_MS[usize::from(self.pick) % MOST_MS.len()];
        1 + most_ms * u64::from(self.value) / 512
    }

    /// The change of this number about a topic, if there is one.
    fn change(self, env: &Env, topic: Topic, number: usize) -> Option<Change> {
        match topic {
            Topic::Routes => self.route(env, number),
            Topic::Addresses => self.address(env, number),
            Topic::Interfaces => self.interface(env, number),
            Topic::Teredo => Some(self.teredo(number)),
            Topic::Connectivity => {
                let luid = self.adapter(env)?.luid;
                let all = [Internet::Reachable, Internet::Nowhere, Internet::Constrained];
                let internet = *self.of(&all)?;
                let roaming = self.pick % 2 == 1;
                let connectivity = Connectivity { internet, roaming, ..Connectivity::default() };
                Some(Change::ConnectivitySet { luid, connectivity })
            }
            Topic::Stacks => Some(match number % 4 {
                0 | 1 => Change::Ipv6Present(!env.family_present(Family::V6)),
                2 => Change::Ipv4Present(true),
                _ => Change::Ipv4Present(!env.family_present(Family::V4)),
            }),
            Topic::Time => None,
        }
    }

    /// One of these, by the value.
    fn of<T>(self, all: &[T]) -> Option<&T> {
        all.get(usize::from(self.value).checked_rem(all.len())?)
    }

    /// One of the adapters, which are Ethernet.
    fn adapter(self, env: &Env) -> Option<&Interface> {
        let all: Vec<&Interface> =
            env.interfaces().filter(|one| one.luid.if_type() == if_type::ETHERNET).collect();
        all.get(usize::from(self.pick).checked_rem(all.len())?).copied()
    }

    fn route(self, env: &Env, number: usize) -> Option<Change> {
        let low = u8::try_from(self.value % 4).ok()?;
        match number % 4 {
            0 | 1 => {
                let luid = self.adapter(env)?.luid;
                let hop = 1 + self.pick % 3;
                let v4 = self.value % 8 < 6;
                let (destination, length, hop) = if v4 {
                    (IpAddr::from([10, 50 + low, 0, 0]), 16, IpAddr::from([192, 168, 1, hop]))
                } else {
                    let destination = [0xFD50, 0, u16::from(low), 0, 0, 0, 0, 0];
                    let hop = [0xFE80, 0, 0, 0, 0, 0, 0, u16::from(hop)];
                    (IpAddr::from(destination), 48, IpAddr::from(hop))
                };
                let metric = u32::from(self.value / 8);
                Some(Change::RouteAdd(Route {
                    metric,
                    ..Route::new(luid, destination, length, hop)
                }))
            }
            2 => {
                let route = self.own_route(env)?;
                let metric = u32::from(self.value);
                Some(Change::RouteSet(Route { metric, ..route }))
            }
            _ => Some(Change::RouteRemove(self.own_route(env)?.key())),
        }
    }

    /// A route that was not brought by an address.
    fn own_route(self, env: &Env) -> Option<Route> {
        let all: Vec<&Route> =
            env.routes().iter().filter(|route| !route.next_hop.is_unspecified()).collect();
        self.of(&all).map(|route| (*route).clone())
    }

    fn address(self, env: &Env, number: usize) -> Option<Change> {
        let luid = self.adapter(env)?.luid;
        let low = u8::try_from(self.value % 4).ok()?;
        let address = match self.value % 8 < 6 {
            true => IpAddr::from([10, 60, low, 1]),
            false => IpAddr::from([0xFD60, 0, 0, 0, 0, 0, 0, 1 + u16::from(low)]),
        };
        match number % 6 {
            0 | 1 => {
                let length = if address.is_ipv4() { 24 } else { 64 };
                let address = UnicastAddress::new(luid, address, length);
                Some(Change::AddressAdd { address, optimistic: false })
            }
            2 => {
                let all: Vec<_> = env.address_table().of(luid).collect();
                let address = self.of(&all)?.address;
                Some(Change::AddressRemove { luid, address })
            }
            3 => Some(Change::AddressConflict { luid, address, present: self.pick < 8 }),
            4 => Some(Change::DhcpLease(DhcpLease {
                luid,
                address: [10, 70, low, 9].into(),
                prefix_length: 24,
                gateway: None,
                lease_s: 60 + u32::from(self.value),
            })),
            _ => {
                let leased = env.interfaces().map(|one| one.luid).find(|luid| {
                    env.address_table().of(*luid).any(|one| one.learnt && one.address.is_ipv4())
                });
                Some(Change::DhcpRelease(leased?))
            }
        }
    }

    fn interface(self, env: &Env, number: usize) -> Option<Change> {
        let family = if self.value.is_multiple_of(2) { Family::V4 } else { Family::V6 };
        if number % 8 == 4 {
            let number = 100 + u32::from(self.value % 4);
            return Some(Change::InterfaceAdd(Box::new(adapter(number))));
        }
        if number % 8 == 7 {
            return env.disabled().next().map(|one| Change::InterfaceEnable(one.luid));
        }
        let luid = self.adapter(env)?.luid;
        Some(match number % 8 {
            0 | 1 => {
                let values = vec![(Member::NlMtu, 1280 + u64::from(self.value % 221))];
                Change::RowSet { luid, family, values }
            }
            2 => Change::RowTouch { luid, family },
            3 => {
                let connected = Some(self.value % 2 == 1);
                Change::LinkSet { luid, connected, admin_up: None, mtu: None, alias: None }
            }
            5 => Change::InterfaceRemove(luid),
            _ => Change::InterfaceDisable(luid),
        })
    }

    fn teredo(self, number: usize) -> Change {
        let wish = PortWish::Exactly(50_001 + self.value % 100);
        match number % 8 {
            0 | 1 => Change::TeredoRestart(wish),
            2 => Change::TeredoStop,
            3 => Change::TeredoStart(wish),
            4 => Change::TeredoQualify,
            5 => Change::TeredoServer { reachable: self.value % 2 == 1 },
            6 => {
                let address = [203, 0, 113, 1 + self.pick].into();
                Change::TeredoMapping { address, port: Some(40_000 + self.value) }
            }
            _ => Change::TeredoTraffic,
        }
    }
}
