//! What a change did to the tables, found by comparing them before and after, held against the
//! steps that the machine reports.

use std::net::IpAddr;

use netiosim_model::change::{Change, Effect};
use netiosim_model::env::Env;
use netiosim_model::interface::{IpRow, OperStatus};
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::table::{PrefixOrigin, Route, RouteKey, RouteOwner, UnicastAddress};

use super::scan;
use super::world::hint_told;

/// The row of a family with what is told of its link.
type Row = (IpRow, bool, bool, u32, String, OperStatus);

/// What can be seen of the tables: flat lists.
pub(crate) struct Snapshot {
    teredo: Luid,
    port: Option<u16>,
    rows: Vec<((Luid, Family), Row)>,
    addresses: Vec<((Luid, IpAddr), UnicastAddress)>,
    routes: Vec<(RouteKey, Route)>,
    hint: super::Hint,
}

/// What somebody put a hand on, so that it is told of even if it is as it was.
#[derive(Default)]
struct Touched {
    rows: Vec<(Luid, Family)>,
    addresses: Vec<(Luid, IpAddr)>,
    routes: Vec<RouteKey>,
    /// Whoever has an address from a router on it.
    advertised: Option<Luid>,
    /// Whether the Teredo client may have started anew.
    teredo: bool,
    /// Whether several timers may have fired, one after the other.
    several: bool,
}

impl Touched {
    fn by(change: Option<&Change>) -> Self {
        let mut touched = Self { several: change.is_none(), ..Self::default() };
        match change {
            Some(Change::RowTouch { luid, family } | Change::RowSet { luid, family, .. }) => {
                touched.rows.push((*luid, *family));
            }
            Some(Change::LinkSet { luid, .. }) => {
                touched.rows.extend(Family::ALL.map(|family| (*luid, family)));
            }
            Some(Change::AddressSet { key, .. }) => touched.addresses.push(*key),
            Some(Change::DhcpLease(lease)) => {
                touched.addresses.push((lease.luid, IpAddr::V4(lease.address)));
            }
            Some(Change::RouterAdvertisement(heard)) => touched.advertised = Some(heard.luid),
            Some(Change::RouteSet(route)) => touched.routes.push(route.key()),
            Some(Change::TeredoRestart(_) | Change::TeredoPolicy(_) | Change::TeredoNetwork(_)) => {
                touched.teredo = true;
            }
            _ => {}
        }
        touched
    }
}

fn of<K: PartialEq + Copy, V>(all: &[(K, V)], key: K) -> Option<&V> {
    all.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
}

fn keys<K: PartialEq + Copy, V>(before: &[(K, V)], after: &[(K, V)]) -> Vec<K> {
    let mut all: Vec<K> = before.iter().map(|entry| entry.0).collect();
    let new = after.iter().map(|entry| entry.0).filter(|key| of(before, *key).is_none());
    all.extend(new);
    all
}

impl Snapshot {
    pub(crate) fn of(env: &Env) -> Self {
        let mut rows = Vec::new();
        for interface in env.interfaces() {
            for family in Family::ALL {
                if let Some(row) = interface.row(family) {
                    let seen = (
                        row.clone(),
                        interface.connected,
                        interface.admin_up,
                        interface.mtu,
                        interface.alias.clone(),
                        interface.oper_status(),
                    );
                    rows.push(((interface.luid, family), seen));
                }
            }
        }
        // When detection ends shows only when it does.
        let still = |address: &UnicastAddress| UnicastAddress { dad_ms: None, ..address.clone() };
        let addresses = env.addresses().map(|address| (address.key(), still(address)));
        // Nobody sees who keeps a route, and nobody is told that a lifetime begins anew.
        let owner = RouteOwner::Teredo;
        let still =
            |route: &Route| Route { valid_ms: None, preferred_ms: None, owner, ..route.clone() };
        Self {
            teredo: env.teredo_luid(),
            port: env.teredo().port(),
            rows,
            addresses: addresses.collect(),
            routes: env.routes().iter().map(|route| (route.key(), still(route))).collect(),
            hint: scan::hint(env),
        }
    }

    /// The same, where time went by: lifetimes run.
    pub(crate) fn later(env: &Env) -> Self {
        let mut all = Self::of(env);
        for (_, address) in &mut all.addresses {
            (address.valid_ms, address.preferred_ms) = (None, None);
        }
        all
    }

    /// Everything that changed was reported, and nothing was reported that did not happen.
    pub(crate) fn agrees(&self, after: &Self, change: Option<&Change>, effects: &[Effect]) {
        let mut port = self.port;
        for effect in effects {
            if let Effect::TeredoPort { from, to } = effect {
                assert_eq!(
                    *from, port,
                    "a port change begins where the last one ended: {effects:?}"
                );
                port = *to;
            }
        }
        assert_eq!(port, after.port, "the port steps lead to the port: {effects:?}");
        self.told_of_each(after, change, effects, true);
    }

    /// The same where the steps come in any order: what came and went is told, whatever the order.
    pub(crate) fn agrees_in_any_order(
        &self,
        after: &Self,
        change: Option<&Change>,
        effects: &[Effect],
    ) {
        self.told_of_each(after, change, effects, false);
    }

    fn told_of_each(
        &self,
        after: &Self,
        change: Option<&Change>,
        effects: &[Effect],
        ordered: bool,
    ) {
        let touched = Touched::by(change);
        let restarted = touched.teredo
            || effects.iter().any(|effect| matches!(effect, Effect::TeredoPort { .. }));
        let rows = keys(&self.rows, &after.rows);
        for effect in effects {
            let known = match effect {
                Effect::IpInterface { luid, family, .. } => rows.contains(&(*luid, *family)),
                _ => true,
            };
            assert!(known, "a row that never was: {effect:?}");
        }
        for key in rows {
            let kinds = kinds(effects, |effect| match effect {
                Effect::IpInterface { luid, family, kind, .. } => {
                    ((*luid, *family) == key).then_some(*kind)
                }
                _ => None,
            });
            let hand = touched.rows.contains(&key) || (restarted && key.0 == self.teredo);
            let hand = hand || touched.several;
            agrees(of(&self.rows, key), of(&after.rows, key), &kinds, hand, ordered, &key);
            assert!(touched.several || once(&kinds), "{key:?} is told of twice: {kinds:?}");
        }
        for key in keys(&self.addresses, &after.addresses) {
            let kinds = kinds(effects, |effect| match effect {
                Effect::Address { luid, address, kind, .. } => {
                    ((*luid, *address) == key).then_some(*kind)
                }
                _ => None,
            });
            let (old, new) = (of(&self.addresses, key), of(&after.addresses, key));
            let advertised = touched.advertised == Some(key.0)
                && old.is_some_and(|a| a.prefix_origin == PrefixOrigin::RouterAdvertisement);
            let hand = touched.addresses.contains(&key) || advertised || touched.several;
            agrees(old, new, &kinds, hand, ordered, &key);
            assert!(touched.several || once(&kinds), "{key:?} is told of twice: {kinds:?}");
        }
        for key in keys(&self.routes, &after.routes) {
            let kinds = kinds(effects, |effect| match effect {
                Effect::Route { key: told, kind, .. } => (*told == key).then_some(*kind),
                _ => None,
            });
            let hand = touched.routes.contains(&key) || touched.several;
            let (old, new) = (of(&self.routes, key), of(&after.routes, key));
            agrees(old, new, &kinds, hand, ordered, &key);
            assert!(touched.several || once(&kinds), "{key:?} is told of twice: {kinds:?}");
        }
    }

    /// The hint is told when it is another one, and then only.
    pub(crate) fn hint_is_told(&self, after: &Self, effects: &[Effect]) {
        let mut hint = self.hint;
        for effect in effects {
            if let Effect::Hint(told) = effect {
                let told = hint_told(told);
                assert_ne!(told, hint, "a hint that is the same: {effects:?}");
                hint = told;
            }
        }
        assert_eq!(hint, after.hint, "the hint that was told last: {effects:?}");
    }
}

fn kinds(
    effects: &[Effect],
    of: impl Fn(&Effect) -> Option<NotificationType>,
) -> Vec<NotificationType> {
    effects.iter().filter_map(of).collect()
}

/// Nothing comes or goes twice in one change.
fn once(kinds: &[NotificationType]) -> bool {
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    count(NotificationType::Add) <= 1 && count(NotificationType::Delete) <= 1
}

/// What the steps say of one thing leads from what it was to what it is.
fn agrees<T: PartialEq + std::fmt::Debug>(
    before: Option<&T>,
    after: Option<&T>,
    kinds: &[NotificationType],
    touched: bool,
    ordered: bool,
    key: &dyn std::fmt::Debug,
) {
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    let (adds, deletes) = (count(NotificationType::Add), count(NotificationType::Delete));
    let story = || format!("{key:?}: {kinds:?}, from {before:?} to {after:?}");
    assert_eq!(
        adds + usize::from(before.is_some()),
        deletes + usize::from(after.is_some()),
        "what comes and what goes is told once: {}",
        story()
    );
    if before != after {
        assert!(!kinds.is_empty(), "nobody is told: {}", story());
    }
    if before == after && adds + deletes == 0 && !touched {
        assert!(kinds.is_empty(), "told of nothing: {}", story());
    }
    if !ordered {
        return;
    }
    let mut there = before.is_some();
    for kind in kinds {
        match kind {
            NotificationType::Add => assert!(!there, "added twice: {}", story()),
            NotificationType::Delete | NotificationType::Parameter => {
                assert!(there, "not there any more: {}", story());
            }
            NotificationType::Initial => panic!("an initial notification is no change"),
        }
        there = *kind != NotificationType::Delete;
    }
    assert_eq!(there, after.is_some(), "{}", story());
}
