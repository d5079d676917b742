//! InitializeIpForwardEntry.

use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::ForwardRow;

use super::routes::route;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-25", |bench| {
        for row in initialized(bench)? {
            let lifetimes = (row.valid_lifetime, row.preferred_lifetime);
            bench.equal("both lifetimes", &lifetimes, &(u32::MAX, u32::MAX))?;
            let flags = [row.loopback, row.autoconfigure_address, row.publish, row.immortal];
            bench.equal("the four flags", &flags, &[true; 4])?;
        }
        Ok(())
    }),
    Check::of_all("RT-26", illegal_values),
];

/// What becomes of rows that held something.
fn initialized(bench: &mut Bench) -> Result<[ForwardRow; 3], Stop> {
    let (v4, v6) = (route(bench, Family::V4), route(bench, Family::V6));
    let mut filled = |row| bench.filled(Function::InitializeIpForwardEntry, row);
    let full = |row: ForwardRow| ForwardRow {
        index: 7,
        site_prefix_length: 8,
        valid_lifetime: 20,
        preferred_lifetime: 10,
        age: 5,
        origin: 3,
        ..row
    };
    Ok([filled(ForwardRow::default())?, filled(full(v4))?, filled(full(v6))?])
}

fn illegal_values(bench: &mut Bench) -> Verdict {
    for row in initialized(bench)? {
        let site = row.site_prefix_length;
        bench.holds(site > Family::V6.bits(), || format!("SitePrefixLength is {site}"))?;
        bench.equal("Metric", &row.metric, &u32::MAX)?;
        let known = matches!(row.protocol, 1..=19 | 10_002 | 10_006 | 10_007);
        bench.holds(!known, || format!("Protocol is {}", row.protocol))?;
        // What RT-25 names, and these three; everything else is zero.
        let rest = ForwardRow {
            site_prefix_length: 0,
            valid_lifetime: 0,
            preferred_lifetime: 0,
            metric: 0,
            protocol: 0,
            loopback: false,
            autoconfigure_address: false,
            publish: false,
            immortal: false,
            ..row
        };
        bench.equal("the rest", &rest, &ForwardRow::default())?;
    }
    Ok(())
}
