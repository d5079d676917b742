//! The unicast addresses of a machine.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Bound;

use super::deadlines::Deadlines;
use super::{DadState, PrefixOrigin, SuffixOrigin};
use crate::aside::Aside;
use crate::keyed::{Index, Keyed};
use crate::net::{Family, Luid};

/// What names a unicast address on a machine: its interface and itself.
pub type AddressKey = (Luid, IpAddr);

/// Whether a text-book unicast address: neither unspecified nor multicast, of IPv4 neither broadcast
/// nor of network 0 (UE-01; that network 0 is none is chosen).
#[must_use]
pub fn is_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] != 0 && !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_multicast(),
    }
}

/// A unicast address of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UnicastAddress {
    /// The interface.
    pub luid: Luid,
    /// The address.
    pub address: IpAddr,
    /// The length of the on-link prefix, in bits.
    pub prefix_length: u8,
    /// Where the prefix comes from.
    pub prefix_origin: PrefixOrigin,
    /// Where the rest comes from.
    pub suffix_origin: SuffixOrigin,
    /// For how long it is valid, in milliseconds from now; `None`: without end.
    pub valid_ms: Option<u64>,
    /// For how long it is preferred, in milliseconds from now; `None`: without end.
    pub preferred_ms: Option<u64>,
    /// Whether it is not to be used as a source.
    pub skip_as_source: bool,
    /// How far duplicate address detection is.
    pub dad: DadState,
    /// Milliseconds until detection ends without a conflict; `None` while none runs.
    pub dad_ms: Option<u64>,
    /// Whether it comes back after a restart of the machine or of its adapter: configured, and not
    /// made by a program (UC-20).
    pub persistent: bool,
    /// Whether a DHCP server or a router gave it, so that it ends with what they say; the origins alone
    /// do not tell, because a program may write there what it likes.
    pub learnt: bool,
    /// When it was made, in milliseconds of virtual time.
    pub created_ms: Aside<u64>,
}

impl UnicastAddress {
    /// A configured address that is usable: set by hand, for ever, preferred.
    #[must_use]
    pub fn new(luid: Luid, address: IpAddr, prefix_length: u8) -> Self {
        let link_local = match address {
            IpAddr::V4(address) => address.is_link_local() || address.is_loopback(),
            IpAddr::V6(address) => address.is_unicast_link_local() || address.is_loopback(),
        };
        Self {
            luid,
            address,
            prefix_length,
            prefix_origin: if link_local { PrefixOrigin::WellKnown } else { PrefixOrigin::Manual },
            suffix_origin: match address {
                IpAddr::V6(address) if address.is_unicast_link_local() => {
                    SuffixOrigin::LinkLayerAddress
                }
                _ if link_local => SuffixOrigin::WellKnown,
                _ => SuffixOrigin::Manual,
            },
            valid_ms: None,
            preferred_ms: None,
            skip_as_source: false,
            dad: DadState::Preferred,
            dad_ms: None,
            persistent: true,
            learnt: false,
            created_ms: Aside(0),
        }
    }

    /// What names it.
    #[must_use]
    pub fn key(&self) -> AddressKey {
        (self.luid, self.address)
    }

    /// Its family.
    #[must_use]
    pub fn family(&self) -> Family {
        Family::of(self.address)
    }

    /// Milliseconds until something happens to it by itself.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        let preferred = self.preferred_ms.filter(|_| self.dad == DadState::Preferred);
        [self.dad_ms, self.valid_ms, preferred].into_iter().flatten().min()
    }

    /// Whether it is a global address from a router advertisement, and nobody else's (TS-14): of the
    /// global unicast addresses 2000::/3, so no unique local one.
    fn is_advertised(&self) -> bool {
        let global = match self.address {
            IpAddr::V4(_) => false,
            IpAddr::V6(address) => address.segments()[0] & 0xE000 == 0x2000,
        };
        global
            && self.learnt
            && self.prefix_origin == PrefixOrigin::RouterAdvertisement
            && self.dad != DadState::Duplicate
    }

    /// Whether a time runs down, even if nothing happens at its end now.
    fn is_ticking(&self) -> bool {
        self.dad_ms.is_some() || self.valid_ms.is_some() || self.preferred_ms.is_some()
    }

    pub(crate) fn elapse(&mut self, ms: u64) {
        let timers = [&mut self.dad_ms, &mut self.valid_ms, &mut self.preferred_ms];
        for left_ms in timers.into_iter().flatten() {
            *left_ms = left_ms.saturating_sub(ms);
        }
    }
}

/// Every unicast address of a machine.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    all: Keyed<AddressKey, UnicastAddress>,
    by_address: Index<IpAddr, BTreeSet<Luid>>,
    /// Those with a time that runs down.
    ticking: BTreeSet<AddressKey>,
    /// When something happens to them by itself.
    deadlines: Deadlines<AddressKey>,
    /// When the detection of the tentative ones ends.
    detections: Deadlines<AddressKey>,
    /// How many are global, come from router advertisements and are not duplicates.
    advertised: usize,
}

impl Addresses {
    /// The address of this key.
    #[must_use]
    pub fn get(&self, key: AddressKey) -> Option<&UnicastAddress> {
        self.all.get(&key)
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

    /// All of them, by interface and address.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &UnicastAddress> {
        self.all.values()
    }

    /// Those of an interface, IPv4 first.
    pub fn of(&self, luid: Luid) -> impl DoubleEndedIterator<Item = &UnicastAddress> {
        let first = (luid, IpAddr::from([0; 4]));
        let last = (luid, IpAddr::from([0xFF; 16]));
        self.all.range((Bound::Included(first), Bound::Included(last))).map(|(_, address)| address)
    }

    /// Whether some global address comes from a router advertisement and is nobody else's (TS-14).
    #[must_use]
    pub fn has_advertised(&self) -> bool {
        self.advertised > 0
    }

    /// The interfaces that have this address, in the order of their LUIDs.
    pub fn holders(&self, address: IpAddr) -> impl Iterator<Item = Luid> {
        self.by_address.get(&address).into_iter().flatten().copied()
    }

    /// Puts an address in; returns the one that was there.
    pub(crate) fn insert(&mut self, address: UnicastAddress) -> Option<UnicastAddress> {
        let key = address.key();
        self.by_address.entry(key.1).or_default().insert(key.0);
        self.advertised += usize::from(address.is_advertised());
        let times = Times::of(&address);
        let old = self.all.insert(key, address);
        self.follow(key, old.as_ref().map(Times::of), Some(times));
        self.advertised -= usize::from(old.as_ref().is_some_and(UnicastAddress::is_advertised));
        old
    }

    pub(crate) fn remove(&mut self, key: AddressKey) -> Option<UnicastAddress> {
        let gone = self.all.remove(&key)?;
        self.follow(key, Some(Times::of(&gone)), None);
        self.advertised -= usize::from(gone.is_advertised());
        if let Some(holders) = self.by_address.get_mut(&key.1) {
            holders.remove(&key.0);
            if holders.is_empty() {
                self.by_address.remove(&key.1);
            }
        }
        Some(gone)
    }

    /// Changes an address in place; its interface and address stay what they are.
    pub(crate) fn edit<R>(
        &mut self,
        key: AddressKey,
        edit: impl FnOnce(&mut UnicastAddress) -> R,
    ) -> Option<R> {
        let address = self.all.get_mut(&key)?;
        let before = usize::from(address.is_advertised());
        let old = Times::of(address);
        let answer = edit(address);
        debug_assert_eq!(address.key(), key, "an address keeps its key");
        self.advertised = self.advertised + usize::from(address.is_advertised()) - before;
        let new = Times::of(address);
        self.follow(key, Some(old), Some(new));
        Some(answer)
    }

    /// Milliseconds until something happens to one of them by itself.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.deadlines.next_ms()
    }

    /// Whether a time of one of them runs down.
    pub(crate) fn is_ticking(&self) -> bool {
        !self.ticking.is_empty()
    }

    /// Milliseconds until the detection of a tentative address ends.
    #[must_use]
    pub fn next_detection_ms(&self) -> Option<u64> {
        self.detections.next_ms()
    }

    /// The first address to which something happens now.
    pub(crate) fn due(&self) -> Option<AddressKey> {
        self.deadlines.due()
    }

    pub(crate) fn elapse(&mut self, ms: u64) {
        self.deadlines.elapse(ms);
        self.detections.elapse(ms);
        for key in &self.ticking {
            if let Some(address) = self.all.get_mut(key) {
                address.elapse(ms);
            }
        }
    }

    fn follow(&mut self, key: AddressKey, old: Option<Times>, new: Option<Times>) {
        let next = |times: Option<Times>| times.and_then(|times| times.next_ms);
        let dad = |times: Option<Times>| times.and_then(|times| times.dad_ms);
        self.deadlines.replace(key, next(old), next(new));
        self.detections.replace(key, dad(old), dad(new));
        if new.is_some_and(|times| times.ticks) {
            self.ticking.insert(key);
        } else {
            self.ticking.remove(&key);
        }
    }
}

/// What the table follows of an address.
#[derive(Clone, Copy)]
struct Times {
    next_ms: Option<u64>,
    dad_ms: Option<u64>,
    ticks: bool,
}

impl Times {
    fn of(address: &UnicastAddress) -> Self {
        Self {
            next_ms: address.next_ms(),
            dad_ms: address.dad_ms.filter(|_| address.dad == DadState::Tentative),
            ticks: address.is_ticking(),
        }
    }
}

crate::table::listed!(Addresses, UnicastAddress);
