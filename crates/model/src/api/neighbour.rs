//! Neighbours: MIB_IPNET_ROW2, as far as entries are stored. Nothing is resolved, nobody notified.
//!
//! The page of Create admits unicast, anycast and multicast addresses and refuses loopback addresses
//! (documented); that the other three functions do the same is derived.
//!
//! Chosen, as the pages say no more than "valid":
//!
//! * A physical address has 1 to 32 bytes, and as many as the interface's own where that is known;
//!   members beyond the length do not count.
//! * A created entry is permanent. State, the flags and ReachabilityTime are ignored on input; Set
//!   replaces the physical address alone.
//! * Set and Delete of an entry that is not there: option `missing-row`. An interface without the
//!   family of the address answers Create with ERROR_NOT_FOUND.

use super::address::{self, Keys, Written, is_bound, is_unicast};
use super::{Answer, Ask, Checks, Class, Output};
use crate::change::Change;
use crate::env::Env;
use crate::function::Function;
use crate::row::{NeighbourRow, Row};
use crate::status::Status;
use crate::table::{AddressKey, Neighbour, NeighbourState};

/// The size of PhysicalAddress, in bytes.
const PHYSICAL_SIZE: usize = 32;

/// Get, Create, Set and Delete.
pub(super) fn row(ask: &mut Ask<'_>, function: Function, row: Option<&Row>) -> Answer {
    let row = match row {
        Some(Row::Neighbour(row)) => Some(&**row),
        _ => None,
    };
    answer(ask, function, row).unwrap_or_else(Answer::fail)
}

/// GetIpNetTable2: by interface and address.
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    address::table(ask, family, pointer, |env, families| {
        let of_family =
            |neighbour: &&Neighbour| families.contains(&crate::net::Family::of(neighbour.address));
        let wanted = env.neighbours().values().filter(of_family);
        wanted.map(|neighbour| neighbour_row(env, neighbour).into()).collect()
    })
}

fn answer(
    ask: &mut Ask<'_>,
    function: Function,
    row: Option<&NeighbourRow>,
) -> Result<Answer, Status> {
    let (mut checks, env) = (Checks::default(), ask.env);
    let keys = row.map(|row| Keys { address: row.address, luid: row.luid, index: row.index });
    let key = address::look(ask, &mut checks, function, keys, |address| {
        (is_unicast(address) || address.is_multicast()) && !address.is_loopback()
    });
    let found = key.and_then(|key| env.neighbours().get(&key));
    let physical = row.and_then(|row| physical_address(env, row, key));
    match function {
        Function::CreateIpNetEntry2 => {
            checks.require(Class::Values, physical.is_some(), Status::InvalidParameter);
            let bound = key.is_none_or(|key| is_bound(env, key));
            checks.require(Class::Interface, bound, Status::NotFound);
            checks.require(Class::Row, found.is_none(), Status::ObjectAlreadyExists);
        }
        Function::SetIpNetEntry2 | Function::DeleteIpNetEntry2 => {
            let complete = function == Function::DeleteIpNetEntry2 || physical.is_some();
            checks.require(Class::Values, complete, Status::InvalidParameter);
            if key.is_some() && found.is_none() {
                let missing = ask.missing_row();
                checks.require(Class::Row, false, missing);
            }
        }
        _ => checks.require(Class::Row, found.is_some(), Status::NotFound),
    }
    ask.verdict(checks)?;

    let key = key.ok_or(Status::InvalidParameter)?;
    let fresh = Neighbour {
        luid: key.0,
        address: key.1,
        physical_address: Vec::new(),
        state: NeighbourState::Permanent,
        is_router: false,
        is_unreachable: false,
    };
    let found = found.cloned().unwrap_or(fresh);
    Ok(match (function, physical) {
        (Function::CreateIpNetEntry2 | Function::SetIpNetEntry2, Some(physical_address)) => {
            Answer::change(Change::NeighbourPut(Neighbour { physical_address, ..found }))
        }
        (Function::DeleteIpNetEntry2, _) => Answer::change(Change::NeighbourRemove(key)),
        _ => Answer::output(Output::Row(neighbour_row(env, &found).into())),
    })
}

/// PhysicalAddress of a row, if it is a valid one: filled up with zeros as the structure's array is,
/// and cut to PhysicalAddressLength.
fn physical_address(env: &Env, row: &NeighbourRow, key: Option<AddressKey>) -> Option<Vec<u8>> {
    let length = usize::try_from(row.physical_address_length).ok()?;
    let own = key.and_then(|key| env.interface(key.0)).map_or(0, |i| i.physical_address.len());
    let fits = (1..=PHYSICAL_SIZE).contains(&length) && (own == 0 || length == own);
    if !fits || row.physical_address.len() > PHYSICAL_SIZE {
        return None;
    }
    let mut bytes = row.physical_address.clone();
    bytes.resize(length, 0);
    Some(bytes)
}

fn neighbour_row(env: &Env, neighbour: &Neighbour) -> NeighbourRow {
    let written = Written::of(env, (neighbour.luid, neighbour.address));
    NeighbourRow {
        address: written.address,
        index: written.index,
        luid: written.luid,
        physical_address: neighbour.physical_address.clone(),
        physical_address_length: u32::try_from(neighbour.physical_address.len())
            .unwrap_or(u32::MAX),
        state: neighbour.state.number(),
        is_router: neighbour.is_router,
        is_unreachable: neighbour.is_unreachable,
        reachability_time: 0,
    }
}
