//! The numbers that schedules are written in: of what was chosen, not of where it stood in a list.

use crate::ids::LaneId;

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A thread goes on.
    Run,
    /// A delivery begins.
    Deliver,
    /// An option takes a value.
    Value,
    /// The environment moves: the timeline, or time.
    Environment,
}

/// The code of the n-th of a kind.
#[must_use]
pub const fn code(kind: Kind, number: u32) -> u32 {
    number << 2 | kind as u32
}

/// The number of a lane: the place of its handle in the table of handles, and its own within.
#[must_use]
pub fn lane_number(lane: LaneId) -> u32 {
    let slot = ((lane.handle.0 >> 4) & 0xFF_FFFF) as u32;
    slot << 1 | u32::from(lane.lane & 1)
}

/// The code of a value: of its name, not of its position.
#[must_use]
pub fn value_code(what: &str, value: &str) -> u32 {
    let hash = fingerprint([what, value]);
    code(Kind::Value, ((hash ^ hash >> 18 ^ hash >> 36) & 0x3_FFFF) as u32)
}

/// FNV-1a over texts, each with its end.
#[must_use]
pub fn fingerprint<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for text in texts {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::profile::OptionId;

    use super::{fingerprint, value_code};

    #[test]
    fn the_hash_is_the_published_one() {
        // FNV-1a of "foobar" is 0x85944171f73967e8; here its end counts as well.
        let end = 0x8594_4171_F739_67E8u64.wrapping_mul(0x0100_0000_01B3);
        assert_eq!(fingerprint(["foobar"]), end);
    }

    #[test]
    fn the_values_of_every_option_have_codes_of_their_own() {
        for option in OptionId::ALL {
            let names: Vec<&str> = option.spec().values.iter().map(|value| value.name).collect();
            let codes: BTreeSet<u32> =
                names.iter().map(|name| value_code(option.name(), name)).collect();
            assert_eq!(codes.len(), names.len(), "{}", option.name());
        }
    }
}
