//! Changes of the world, and what a program sees of them: no expectation, but a list to hold one system against another.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::Row;
use netiosim_model::table::{Neighbour, NeighbourState, Route, RouteKey, UnicastAddress};
use serde::Serialize;

use crate::backend::{Cannot, Register, Session};

/// The tables that are looked at before and after, with the family: neighbours are those of IPv4, because Wine has no other ones.
const TABLES: [(Function, u16); 5] = [
    (Function::GetIfTable2, 0),
    (Function::GetIpInterfaceTable, 0),
    (Function::GetUnicastIpAddressTable, 0),
    (Function::GetIpForwardTable2, 0),
    (Function::GetIpNetTable2, 2),
];
/// The registrations that listen.
const LISTEN: [Function; 3] = [
    Function::NotifyIpInterfaceChange,
    Function::NotifyUnicastIpAddressChange,
    Function::NotifyRouteChange2,
];

/// The changes that lead there, the last of which is looked at.
type Steps = Box<dyn Fn(Luid) -> Vec<Change>>;

/// A change of the world, and what leads there.
pub struct Happening {
    name: &'static str,
    steps: Steps,
}

impl std::fmt::Debug for Happening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Happening({})", self.name)
    }
}

/// What a program sees of a [`Happening`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Seen {
    /// The functions whose tables are others than before, as far as this is looked at: which rows there are; of an interface MTU and
    /// states, of an IP interface MTU, metric and whether it is connected, of an address the length of its prefix, of a route its metric, of
    /// a neighbour its hardware address.
    pub shown: Vec<&'static str>,
    /// The registrations whose callbacks were called.
    pub called: Vec<&'static str>,
    /// Why it did not happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

impl Seen {
    /// Why it did not happen.
    #[must_use]
    pub fn instead(reason: &str) -> Self {
        Self { instead: Some(reason.to_owned()), ..Self::default() }
    }
}

impl Happening {
    /// All of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let address = |luid, ip: [u8; 4]| UnicastAddress::new(luid, IpAddr::from(ip), 24);
        let address6 = |luid| {
            UnicastAddress::new(luid, IpAddr::from([0x2001, 0xDB8, 0x66, 0, 0, 0, 0, 5]), 64)
        };
        let add = |address| Change::AddressAdd { address, optimistic: false };
        let remove = |address: UnicastAddress| Change::AddressRemove {
            luid: address.luid,
            address: address.address,
        };
        let route = |luid| {
            let key = RouteKey {
                luid,
                destination: [10, 99, 0, 0].into(),
                prefix_length: 16,
                next_hop: [0, 0, 0, 0].into(),
            };
            Route::new(key.luid, key.destination, key.prefix_length, key.next_hop)
        };
        let link = |luid, up| Change::LinkSet {
            luid,
            connected: None,
            admin_up: Some(up),
            mtu: None,
            alias: None,
        };
        let set = |luid, member, value| Change::RowSet {
            luid,
            family: Family::V4,
            values: vec![(member, value)],
        };
        let of = |name, steps: Steps| Self { name, steps };
        vec![
            of("an IPv4 address appears", Box::new(move |luid| vec![add(address(luid, V4))])),
            of(
                "an IPv4 address goes away",
                Box::new(move |luid| vec![add(address(luid, V4)), remove(address(luid, V4))]),
            ),
            of("an IPv6 address appears", Box::new(move |luid| vec![add(address6(luid))])),
            of(
                "an IPv6 address goes away",
                Box::new(move |luid| vec![add(address6(luid)), remove(address6(luid))]),
            ),
            of("a route appears", Box::new(move |luid| vec![Change::RouteAdd(route(luid))])),
            of(
                "a route goes away",
                Box::new(move |luid| {
                    let route = route(luid);
                    let key = route.key();
                    vec![Change::RouteAdd(route), Change::RouteRemove(key)]
                }),
            ),
            of("the MTU changes", Box::new(move |luid| vec![set(luid, Member::NlMtu, 1400)])),
            of("the metric changes", Box::new(move |luid| vec![set(luid, Member::Metric, 7)])),
            of("the interface is set down", Box::new(move |luid| vec![link(luid, false)])),
            of(
                "the interface is set up",
                Box::new(move |luid| vec![link(luid, false), link(luid, true)]),
            ),
            of(
                "a neighbour appears",
                Box::new(|luid| {
                    vec![Change::NeighbourPut(Neighbour {
                        luid,
                        address: [192, 0, 2, 9].into(),
                        physical_address: vec![2, 0, 0, 0, 0, 9],
                        state: NeighbourState::Permanent,
                        is_router: false,
                        is_unreachable: false,
                    })]
                }),
            ),
        ]
    }

    /// What happens, in words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Lets it happen in a session that made no call.
    #[must_use]
    pub fn see(&self, session: &mut dyn Session) -> Seen {
        let said = |cannot: &Cannot| Seen::instead(&cannot.to_string());
        match catch_unwind(AssertUnwindSafe(|| self.seen(session))) {
            Ok(Ok(seen)) => seen,
            Ok(Err(cannot)) => said(&cannot),
            Err(payload) => match payload.downcast::<Cannot>() {
                Ok(cannot) => said(&cannot),
                Err(payload) => resume_unwind(payload),
            },
        }
    }

    fn seen(&self, session: &mut dyn Session) -> Result<Seen, Cannot> {
        for (context, function) in (1..).zip(LISTEN) {
            if session.has(function)? {
                session.register(&Register::new(function).context(context));
            }
        }
        let mut steps = (self.steps)(session.adapter().0);
        let last = steps.pop();
        for change in &steps {
            session.change(change)?;
        }
        pass(session);
        session.heard();
        let before = tables(session)?;
        if let Some(change) = last {
            session.change(&change)?;
        }
        pass(session);
        let after = tables(session)?;
        let differ = TABLES.iter().zip(before.iter().zip(&after));
        let heard: BTreeSet<u64> = session.heard().iter().map(|heard| heard.context).collect();
        let called = (1..).zip(LISTEN).filter(|(context, _)| heard.contains(context));
        Ok(Seen {
            shown: differ
                .filter(|(_, (a, b))| a != b)
                .map(|((table, _), _)| table.name())
                .collect(),
            called: called.map(|(_, function)| function.name()).collect(),
            instead: None,
        })
    }
}

/// Lets everything come to its end: in a simulated world that takes time, which goes by as it likes in a real one.
fn pass(session: &mut dyn Session) {
    let _ = session.elapse(10_000);
    session.settle();
}

/// The address that comes and goes.
const V4: [u8; 4] = [10, 66, 0, 5];

/// What the tables say, row by row; nothing where there is no table.
fn tables(session: &mut dyn Session) -> Result<Vec<BTreeSet<String>>, Cannot> {
    let mut all = Vec::new();
    for (function, family) in TABLES {
        if !session.has(function)? {
            all.push(BTreeSet::new());
            continue;
        }
        let answered = session.call(&Call::table(function, family))?;
        if let Output::Table(table) = answered.output {
            // What a call left that failed is not freed, and a session says so.
            let _ = session.call(&Call::Free(Memory::Table(table)));
        }
        all.push(answered.rows.iter().map(essence).collect());
    }
    Ok(all)
}

/// What does not change by itself of a row.
fn essence(row: &Row) -> String {
    match row {
        Row::If(row) => {
            format!("{:?}", (row.luid, row.mtu, row.oper_status, row.admin_status))
        }
        Row::IpInterface(row) => {
            let of = |member| row.members.get(member);
            let members = [Member::NlMtu, Member::Metric, Member::Connected].map(of);
            format!("{:?}", (row.luid, row.family, members))
        }
        Row::Unicast(row) => {
            format!("{:?}", (row.luid, &row.address, row.on_link_prefix_length))
        }
        Row::Forward(row) => {
            let key = (row.luid, &row.destination, row.prefix_length, &row.next_hop);
            format!("{:?}", (key, row.metric))
        }
        Row::Neighbour(row) => {
            format!("{:?}", (row.luid, &row.address, &row.physical_address))
        }
        other => format!("{other:?}"),
    }
}
