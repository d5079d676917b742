//! NotifyNetworkConnectivityHintChange.

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Connectivity, Internet};
use netiosim_model::row::{HintRow, hint_cost};
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::callbacks;
use crate::backend::{Heard, Register, Told};
use crate::bench::Bench;
use crate::check::{Check, Stop};

const FUNCTION: Function = Function::NotifyNetworkConnectivityHintChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NH-01", |bench| {
        let handle = bench.registered(&Register::new(FUNCTION))?;
        bench.cancelled(handle)
    }),
    Check::new("NH-02", |bench| {
        bench.registered(&Register::new(FUNCTION).context(0x0123_4567_89AB_CDEF))?;
        callbacks::happens(bench, FUNCTION, 1)?;
        let heard = bench.heard();
        let hint = hint(bench)?;
        let expected = vec![Heard { context: 0x0123_4567_89AB_CDEF, told: Told::Hint(hint) }];
        bench.equal("context and hint", &heard, &expected)
    }),
    Check::new("NH-03", |bench| {
        bench.registered(&Register::new(FUNCTION).context(8).initial())?;
        let heard = bench.heard();
        let once = matches!(heard[..], [Heard { context: 8, told: Told::Hint(_) }]);
        bench.holds(once, || format!("{heard:?} is told at first"))
    }),
    Check::new("NH-04", |bench| {
        bench.registered(&Register::new(FUNCTION))?;
        bench.session().restart_teredo(50_001)?;
        let heard = bench.heard();
        bench.equal("what is told without a change of the hint", &heard, &Vec::new())
    }),
    Check::new("NH-05", |bench| {
        bench.registered(&Register::new(FUNCTION))?;
        let (luid, _) = bench.adapter();
        let start = Connectivity::default();
        let level = Connectivity { internet: Internet::Nowhere, ..start };
        let cost = Connectivity { cost: hint_cost::VARIABLE, ..start };
        let mut before = hint(bench)?;
        for connectivity in [level, start, cost] {
            bench.change(&Change::ConnectivitySet { luid, connectivity })?;
            let told = bench.heard().last().map(|heard| heard.told);
            let now = hint(bench)?;
            bench.holds(now != before, || format!("{connectivity:?} is no other hint"))?;
            bench.equal("the hint that is told", &told, &Some(Told::Hint(now)))?;
            before = now;
        }
        Ok(())
    }),
    Check::of_all("NH-06", |bench| callbacks::since(bench, FUNCTION, Windows::V10_2004)),
    Check::of_all("NH-07", |bench| {
        for status in [Status::NotEnoughMemory, Status::ServerUnavailable] {
            bench.session().fail(FUNCTION, status)?;
            let left = bench.session().register(&Register::new(FUNCTION));
            bench.code("the registration", left.code, status)?;
            bench.holds(left.code != 0, || "a failure is told by zero".to_owned())?;
            bench.session().unfail(FUNCTION)?;
        }
        Ok(())
    }),
    Check::new("NH-08", |bench| {
        let handle = bench.registered(&Register::new(FUNCTION).initial())?;
        bench.heard();
        bench.cancelled(handle)
    }),
];

fn hint(bench: &mut Bench) -> Result<HintRow, Stop> {
    let function = Function::GetNetworkConnectivityHint;
    let answer = bench.call(&Call::Hint { function, index: 0, pointer: true })?;
    bench.code(function.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::Hint(hint) => Ok(hint),
        other => Err(Stop::Fails(format!("{function} left {other:?}"))),
    }
}
