//! The everyday queries and changes, with answers in place of codes.

mod address;
mod convert;
mod interface;
mod route;

use netiosim_model::net::{AF_UNSPEC, Family};

pub use self::route::BestRoute;

/// Family as a Windows number.
fn number(family: Option<Family>) -> u16 {
    family.map_or(AF_UNSPEC, Family::number)
}
