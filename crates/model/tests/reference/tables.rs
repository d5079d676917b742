//! What a change did to the tables, found by comparing them before and after, held against the
//! steps that the machine reports.

use std::collections::BTreeMap;

use netiosim_model::change::Effect;
use netiosim_model::env::Env;
use netiosim_model::interface::IpRow;
use netiosim_model::net::{Family, Luid, NotificationType};

/// What can be seen of the tables.
pub(crate) struct Snapshot {
    port: Option<u16>,
    rows: BTreeMap<(Luid, Family), IpRow>,
    addresses: Vec<String>,
}

impl Snapshot {
    pub(crate) fn of(env: &Env) -> Self {
        let mut rows = BTreeMap::new();
        for interface in env.interfaces() {
            for family in Family::ALL {
                if let Some(row) = interface.row(family) {
                    rows.insert((interface.luid, family), row.clone());
                }
            }
        }
        let addresses =
            env.addresses().map(|address| format!("{} {}", address.luid, address.address));
        Self { port: env.teredo().port(), rows, addresses: addresses.collect() }
    }

    /// Everything that changed was reported, and nothing was reported that did not happen.
    pub(crate) fn agrees(&self, after: &Self, effects: &[Effect]) {
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

        let rows = self.rows.keys().chain(after.rows.keys());
        for key in rows {
            self.row_agrees(after, *key, effects);
        }
        for effect in effects {
            if let Effect::IpInterface { luid, family, .. } = effect {
                let key = (*luid, *family);
                let real = self.rows.contains_key(&key) || after.rows.contains_key(&key);
                assert!(real, "a row that never was: {effect:?}");
            }
        }
        for address in &after.addresses {
            let told = reported(effects, address);
            assert_eq!(told == Some(true), !self.addresses.contains(address) || told.is_some());
        }
        for address in self.addresses.iter().filter(|address| !after.addresses.contains(address)) {
            assert_eq!(reported(effects, address), Some(false), "{address} vanished silently");
        }
    }

    fn row_agrees(&self, after: &Self, key: (Luid, Family), effects: &[Effect]) {
        let kinds: Vec<NotificationType> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::IpInterface { luid, family, kind, .. } if (*luid, *family) == key => {
                    Some(*kind)
                }
                _ => None,
            })
            .collect();
        let mut there = self.rows.contains_key(&key);
        for kind in &kinds {
            match kind {
                NotificationType::Add => assert!(!there, "added twice: {effects:?}"),
                NotificationType::Delete | NotificationType::Parameter => {
                    assert!(there, "not there: {effects:?}");
                }
                NotificationType::Initial => panic!("an initial notification is no change"),
            }
            there = *kind != NotificationType::Delete;
        }
        assert_eq!(there, after.rows.contains_key(&key), "of {key:?}: {effects:?}");
        if self.rows.get(&key) != after.rows.get(&key) {
            assert!(!kinds.is_empty(), "{key:?} changed and nobody is told");
        }
    }
}

/// The last that the steps say of an address: whether it came.
fn reported(effects: &[Effect], text: &str) -> Option<bool> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Address { luid, address, added, .. } if format!("{luid} {address}") == *text => {
            Some(*added)
        }
        _ => None,
    })
}
