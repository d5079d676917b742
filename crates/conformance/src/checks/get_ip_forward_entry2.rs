//! GetIpForwardEntry2.

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::ForwardRow;
use netiosim_model::status::Status;

use super::routes::{
    created, invalid, lifetimes, no_interface, no_stack, route, second, site_prefix,
};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::GetIpForwardEntry2;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-01", |bench| invalid(bench, FUNCTION)),
    Check::of_all("RT-02", no_match),
    Check::of_all("RT-03", |bench| no_interface(bench, FUNCTION)),
    Check::of_all("RT-04", |bench| {
        lifetimes(bench, FUNCTION)?;
        site_prefix(bench, FUNCTION)
    }),
    Check::of_all("RT-05", |bench| no_stack(bench, FUNCTION)),
];

fn no_match(bench: &mut Bench) -> Verdict {
    let second = second(bench)?;
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        // The interface has no such prefix, and the other one has.
        let elsewhere = ForwardRow { luid: second.0, ..row.clone() };
        bench.answers(&Call::row(FUNCTION, elsewhere.clone()), Status::NotFound)?;
        bench.answers(&Call::row(FUNCTION, row.clone()), Status::Success)?;
        // It has not even the family.
        bench.change(&Change::FamilyUnbind { luid: second.0, family })?;
        bench.answers(&Call::row(FUNCTION, elsewhere), Status::NotFound)?;
    }
    Ok(())
}
