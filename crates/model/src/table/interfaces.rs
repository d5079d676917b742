//! The interfaces of a machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::interface::Interface;
use crate::keyed::{Index, Keyed};
use crate::net::{Guid, Luid};

/// Every interface of a machine: found by LUID, index, alias and GUID alike.
#[derive(Clone, Debug, Default)]
pub struct Interfaces {
    all: Keyed<Luid, Interface>,
    by_index: Index<u32, Luid>,
    by_alias: Index<String, Luid>,
    /// Two interfaces may share a GUID (observed: X-09).
    by_guid: Index<Guid, BTreeSet<Luid>>,
    /// No index below it is free; 0 stands for 1.
    full_below: u32,
    /// No NetLuidIndex below it is free, by type.
    luids_full_below: BTreeMap<u16, u32>,
}

impl Interfaces {
    /// The interface with this LUID.
    #[must_use]
    pub fn get(&self, luid: Luid) -> Option<&Interface> {
        self.all.get(&luid)
    }

    /// The interface with this index.
    #[must_use]
    pub fn by_index(&self, index: u32) -> Option<&Interface> {
        self.by_index.get(&index).and_then(|luid| self.all.get(luid))
    }

    /// The interface with this alias.
    #[must_use]
    pub fn by_alias(&self, alias: &str) -> Option<&Interface> {
        self.by_alias.get(alias).and_then(|luid| self.all.get(luid))
    }

    /// The interface with this GUID; of several the one with the lowest LUID.
    #[must_use]
    pub fn by_guid(&self, guid: Guid) -> Option<&Interface> {
        self.by_guid.get(&guid)?.first().and_then(|luid| self.all.get(luid))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, in the order of their LUIDs.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Interface> {
        self.all.values()
    }

    /// The LUIDs, in order.
    pub fn luids(&self) -> impl DoubleEndedIterator<Item = Luid> {
        self.all.keys().copied()
    }

    /// The smallest index that no interface has.
    #[must_use]
    pub fn free_index(&self) -> u32 {
        let mut from = self.full_below.max(1)..;
        from.find(|index| !self.by_index.contains_key(index)).expect("fewer than 2^32 interfaces")
    }

    /// The smallest NetLuidIndex that no interface of this type has, but for `reserved`.
    #[must_use]
    pub fn free_luid_index(&self, if_type: u16, reserved: &[Luid]) -> u32 {
        let from = self.luids_full_below.get(&if_type).copied().unwrap_or(0);
        let free = |n: &u32| {
            let luid = Luid::new(if_type, *n);
            !self.all.contains_key(&luid) && !reserved.contains(&luid)
        };
        (from..=0xFF_FFFF).find(free).expect("fewer than 2^24 interfaces of one type")
    }

    pub(crate) fn insert(&mut self, interface: Interface) {
        let luid = interface.luid;
        self.remove(luid);
        self.enter(&interface);
        self.all.insert(luid, interface);
        // Only a free place right at the mark moves it: whoever fills the lowest one.
        while self.by_index.contains_key(&self.full_below.max(1)) {
            self.full_below = self.full_below.max(1) + 1;
        }
        let mark = self.luids_full_below.entry(luid.if_type()).or_insert(0);
        while self.all.contains_key(&Luid::new(luid.if_type(), *mark)) {
            *mark += 1;
        }
    }

    pub(crate) fn remove(&mut self, luid: Luid) -> Option<Interface> {
        let interface = self.all.remove(&luid)?;
        self.leave(&interface);
        self.full_below = self.full_below.min(interface.index);
        if let Some(mark) = self.luids_full_below.get_mut(&luid.if_type()) {
            *mark = (*mark).min(luid.index());
        }
        Some(interface)
    }

    /// Changes an interface; its LUID and index stay what they are.
    pub(crate) fn edit<R>(
        &mut self,
        luid: Luid,
        edit: impl FnOnce(&mut Interface) -> R,
    ) -> Option<R> {
        let interface = self.all.get_mut(&luid)?;
        let before = (interface.luid, interface.index);
        let (alias, guid) = (interface.alias.clone(), interface.guid);
        let answer = edit(interface);
        debug_assert_eq!((interface.luid, interface.index), before, "it keeps its numbers");
        let (new_alias, new_guid) = (interface.alias.clone(), interface.guid);
        if new_alias != alias {
            self.by_alias.remove(&alias);
            self.by_alias.insert(new_alias, luid);
        }
        if new_guid != guid {
            self.leave_guid(guid, luid);
            self.by_guid.entry(new_guid).or_default().insert(luid);
        }
        Some(answer)
    }

    fn enter(&mut self, interface: &Interface) {
        self.by_index.insert(interface.index, interface.luid);
        self.by_alias.insert(interface.alias.clone(), interface.luid);
        self.by_guid.entry(interface.guid).or_default().insert(interface.luid);
    }

    fn leave(&mut self, interface: &Interface) {
        self.by_index.remove(&interface.index);
        self.by_alias.remove(&interface.alias);
        self.leave_guid(interface.guid, interface.luid);
    }

    fn leave_guid(&mut self, guid: Guid, luid: Luid) {
        if let Some(set) = self.by_guid.get_mut(&guid) {
            set.remove(&luid);
            if set.is_empty() {
                self.by_guid.remove(&guid);
            }
        }
    }
}

crate::table::listed!(Interfaces, Interface);

#[cfg(test)]
mod tests {
    use super::Interfaces;
    use crate::interface::{Interface, if_type};

    #[test]
    fn free_numbers_are_the_lowest_and_are_recycled() {
        let mut all = Interfaces::default();
        for n in 0..100 {
            let (luid_index, index) = (all.free_luid_index(6, &[]), all.free_index());
            assert_eq!((luid_index, index), (n, n + 1));
            all.insert(Interface::new(format!("eth{n}"), if_type::ETHERNET, luid_index, index));
        }
        let gone = all.by_index(40).expect("an interface").luid;
        all.remove(gone);
        assert_eq!((all.free_luid_index(6, &[]), all.free_index()), (39, 40));
        assert_eq!(all.by_alias("eth39"), None);
        assert_eq!(all.free_luid_index(6, &[gone]), 100);
    }

    #[test]
    fn a_new_alias_is_found_and_the_old_one_is_not() {
        let mut all = Interfaces::default();
        let interface = Interface::new("old", if_type::ETHERNET, 1, 2);
        let luid = interface.luid;
        all.insert(interface);
        all.edit(luid, |interface| interface.alias = "new".to_owned());
        assert!(all.by_alias("old").is_none());
        assert_eq!(all.by_alias("new").map(|interface| interface.luid), Some(luid));
    }
}
