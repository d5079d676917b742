//! The tables of a machine: interfaces, addresses, routes, neighbours, and what is derived of them.
//!
//! A look-up of one row takes the same time whatever the size of its table.

/// Equality, hash and serialized form of a table are those of the list of its entries: what else it
/// holds is found again from them.
macro_rules! listed {
    ($table:ident, $entry:ident) => {
        impl FromIterator<$entry> for $table {
            fn from_iter<I: IntoIterator<Item = $entry>>(entries: I) -> Self {
                let mut table = Self::default();
                for entry in entries {
                    table.insert(entry);
                }
                table
            }
        }

        $crate::table::listed!($table, $entry, iter);
    };
    ($table:ident, $entry:ident, $entries:ident) => {
        impl PartialEq for $table {
            fn eq(&self, other: &Self) -> bool {
                self.len() == other.len() && self.$entries().eq(other.$entries())
            }
        }

        impl Eq for $table {}

        impl std::hash::Hash for $table {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.len().hash(state);
                self.$entries().for_each(|entry| entry.hash(state));
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $table {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.$entries())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $table {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Vec::<$entry>::deserialize(deserializer)?.into_iter().collect())
            }
        }
    };
}

pub(crate) use listed;

mod address;
mod deadlines;
mod hint;
mod interfaces;
mod neighbour;
mod origin;
mod route;

pub use self::address::{AddressKey, Addresses, UnicastAddress, is_unicast};
pub use self::hint::Hints;
pub use self::interfaces::Interfaces;
pub use self::neighbour::{Neighbour, NeighbourState};
pub use self::origin::{DadState, PrefixOrigin, RouteOrigin, SuffixOrigin, protocol};
pub(crate) use self::route::masked;
pub use self::route::{Route, RouteKey, RouteOwner, Routes};

/// A lifetime in seconds as the rows have it; `None` is without end, 0xFFFFFFFF (ST-11).
#[must_use]
pub fn lifetime_s(left_ms: Option<u64>) -> u32 {
    match left_ms {
        None => u32::MAX,
        Some(ms) => u32::try_from(ms.div_ceil(1000)).map_or(u32::MAX - 1, |s| s.min(u32::MAX - 1)),
    }
}

/// The lifetime in milliseconds that a row's seconds mean; `None` is without end.
#[must_use]
pub fn lifetime_ms(seconds: u32) -> Option<u64> {
    (seconds != u32::MAX).then_some(u64::from(seconds) * 1000)
}
