//! NotifyNetworkConnectivityHintChange.

use netiosim_model::function::Function;

use crate::backend::{Heard, Register, Told};
use crate::check::Check;

const FUNCTION: Function = Function::NotifyNetworkConnectivityHintChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NH-01", |bench| {
        let handle = bench.registered(&Register::new(FUNCTION))?;
        bench.cancelled(handle)
    }),
    Check::new("NH-03", |bench| {
        bench.registered(&Register::new(FUNCTION).context(8).initial())?;
        let heard = bench.heard();
        let once = vec![Heard { context: 8, told: Told::Other }];
        bench.equal("what is told at first", &heard, &once)
    }),
    Check::new("NH-04", |bench| {
        bench.registered(&Register::new(FUNCTION))?;
        bench.session().restart_teredo(50_001)?;
        let heard = bench.heard();
        bench.equal("what is told without a change of the hint", &heard, &Vec::new())
    }),
    Check::new("NH-08", |bench| {
        let handle = bench.registered(&Register::new(FUNCTION).initial())?;
        bench.heard();
        bench.cancelled(handle)
    }),
];
