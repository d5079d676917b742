//! NotifyRouteChange2.

use netiosim_model::function::Function;

use super::rows;
use crate::check::Check;

const FUNCTION: Function = Function::NotifyRouteChange2;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NR-01", |bench| rows::families(bench, FUNCTION)),
    Check::new("NR-03", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NR-04", |bench| {
        rows::initial(bench, FUNCTION)?;
        rows::silent(bench, FUNCTION)
    }),
    Check::new("NR-09", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NR-12", |bench| rows::context(bench, FUNCTION)),
];
