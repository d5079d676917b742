//! DeleteIpForwardEntry2.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::status::Status;

use super::routes::{
    absent, created, fails, invalid, no_interface, no_stack, not_elevated, route, second, shown,
};
use super::set_ip_forward_entry2::others;
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::DeleteIpForwardEntry2;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-22", |bench| not_elevated(bench, FUNCTION)),
    Check::of_all("RT-23", |bench| {
        invalid(bench, FUNCTION)?;
        no_interface(bench, FUNCTION)?;
        no_stack(bench, FUNCTION)
    }),
    Check::of_all("RT-24", no_match),
];

fn no_match(bench: &mut Bench) -> Verdict {
    let second = second(bench)?;
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        for other in others(&row, second.0) {
            fails(bench, &Call::row(FUNCTION, other))?;
            shown(bench, &row)?;
        }
        bench.answers(&Call::row(FUNCTION, row.clone()), Status::Success)?;
        absent(bench, &row)?;
        fails(bench, &Call::row(FUNCTION, row))?;
    }
    Ok(())
}
