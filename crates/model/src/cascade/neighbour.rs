//! Neighbours and anycast addresses: stored entries, about which nobody is notified.

use std::sync::Arc;

use crate::change::{Change, ChangeError};
use crate::env::Env;
use crate::net::{Family, Luid};
use crate::table::{AddressKey, Neighbour};

impl Env {
    pub(super) fn change_neighbour(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::AnycastAdd(key) => {
                self.bound(key.0, Family::of(key.1))?;
                if !self.anycast.insert(*key) {
                    return Err(ChangeError::AddressExists(key.1));
                }
            }
            Change::AnycastRemove(key) => {
                self.some_interface(key.0)?;
                if !self.anycast.remove(key) {
                    return Err(ChangeError::NoEntry(key.1));
                }
            }
            Change::NeighbourPut(neighbour) => {
                self.bound(neighbour.luid, Family::of(neighbour.address))?;
                self.place_neighbour(neighbour.clone());
            }
            Change::NeighbourRemove(key) => {
                self.some_interface(key.0)?;
                if Arc::make_mut(&mut self.neighbours).remove(key).is_none() {
                    return Err(ChangeError::NoEntry(key.1));
                }
            }
            _ => unreachable!("a change of neighbours or anycast addresses"),
        }
        Ok(())
    }

    pub(super) fn forget_neighbours(&mut self, luid: Luid, which: impl Fn(&Neighbour) -> bool) {
        let keys: Vec<AddressKey> = self
            .neighbours
            .iter()
            .filter(|(key, neighbour)| key.0 == luid && which(neighbour))
            .map(|(key, _)| *key)
            .collect();
        if !keys.is_empty() {
            let neighbours = Arc::make_mut(&mut self.neighbours);
            for key in keys {
                neighbours.remove(&key);
            }
        }
    }
}
