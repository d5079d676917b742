//! SetIpForwardEntry2.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::ForwardRow;
use netiosim_model::status::Status;

use super::routes::{
    absent, by_another, created, fails, invalid, no_interface, not_elevated, route, second, shown,
};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::SetIpForwardEntry2;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-18", |bench| not_elevated(bench, FUNCTION)),
    Check::of_all("RT-19", |bench| {
        invalid(bench, FUNCTION)?;
        no_interface(bench, FUNCTION)
    }),
    Check::of_all("RT-20", |bench| {
        let second = second(bench)?;
        for family in Family::ALL {
            let row = route(bench, family);
            fails(bench, &Call::row(FUNCTION, row.clone()))?;
            created(bench, &row)?;
            for other in others(&row, second.0) {
                fails(bench, &Call::row(FUNCTION, other.clone()))?;
                absent(bench, &other)?;
            }
            bench.answers(&Call::row(FUNCTION, row), Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("RT-21", ignored),
];

/// Rows that differ from this in one key each.
pub(super) fn others(row: &ForwardRow, luid: netiosim_model::net::Luid) -> [ForwardRow; 3] {
    [
        by_another(row),
        ForwardRow { prefix_length: row.prefix_length + 1, ..row.clone() },
        ForwardRow { luid, ..row.clone() },
    ]
}

/// Everything else of the row is taken over.
fn ignored(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        let before = shown(bench, &row)?;
        for (metric, origin) in (20..).zip([1, 2, 3, 4, 77]) {
            let set = ForwardRow { metric, age: 777_777, origin, ..row.clone() };
            bench.answers(&Call::row(FUNCTION, set), Status::Success)?;
            let after = shown(bench, &row)?;
            bench.equal("Metric", &after.metric, &metric)?;
            bench.equal("Origin", &after.origin, &before.origin)?;
            bench.holds(after.age < 60, || format!("Age is {} at once", after.age))?;
        }
    }
    Ok(())
}
