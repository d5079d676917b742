//! NotifyUnicastIpAddressChange.

use netiosim_model::function::Function;

use super::rows;
use crate::check::Check;

const FUNCTION: Function = Function::NotifyUnicastIpAddressChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NU-01", |bench| rows::families(bench, FUNCTION)),
    Check::new("NU-03", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NU-04", |bench| rows::initial(bench, FUNCTION)),
    Check::new("NU-05", |bench| rows::silent(bench, FUNCTION)),
    Check::new("NU-10", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NU-15", |bench| rows::context(bench, FUNCTION)),
];
