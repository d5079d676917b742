//! InitializeUnicastIpAddressEntry.

use std::net::{IpAddr, Ipv6Addr};

use netiosim_model::function::Function;
use netiosim_model::net::Luid;
use netiosim_model::row::UnicastRow;

use crate::bench::Bench;
use crate::check::{Check, Stop};

const FUNCTION: Function = Function::InitializeUnicastIpAddressEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UI-01", |bench| {
        let row = initialized(bench)?;
        bench.equal("the origins", &(row.prefix_origin, row.suffix_origin), &(16, 16))
    }),
    Check::of_all("UI-02", |bench| {
        let length = initialized(bench)?.on_link_prefix_length;
        bench.equal("OnLinkPrefixLength", &length, &255)
    }),
    Check::of_all("UI-03", |bench| {
        let row = initialized(bench)?;
        let lifetimes = (row.preferred_lifetime, row.valid_lifetime);
        bench.equal("the lifetimes", &lifetimes, &(0xFFFF_FFFF, 0xFFFF_FFFF))
    }),
    Check::of_all("UI-04", |bench| {
        let row = initialized(bench)?;
        bench.equal("SkipAsSource", &row.skip_as_source, &false)?;
        let rest = UnicastRow {
            prefix_origin: 0,
            suffix_origin: 0,
            on_link_prefix_length: 0,
            preferred_lifetime: 0,
            valid_lifetime: 0,
            ..row
        };
        bench.equal("every other member", &rest, &UnicastRow::default())
    }),
];

/// What becomes of a row full of ones.
fn initialized(bench: &mut Bench) -> Result<UnicastRow, Stop> {
    let row = UnicastRow {
        address: IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)).into(),
        luid: Luid(u64::MAX),
        index: u32::MAX,
        prefix_origin: u32::MAX,
        suffix_origin: u32::MAX,
        valid_lifetime: 1,
        preferred_lifetime: 1,
        on_link_prefix_length: 1,
        skip_as_source: true,
        dad_state: u32::MAX,
        scope_id: u32::MAX,
        creation_time_stamp: u64::MAX >> 1,
    };
    bench.filled(FUNCTION, row)
}
