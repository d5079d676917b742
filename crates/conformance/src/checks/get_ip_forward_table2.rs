//! GetIpForwardTable2.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::ForwardRow;
use netiosim_model::status::Status;

use super::free_mib_table::released;
use super::routes::set_stack;
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::GetIpForwardTable2;

pub(super) const CHECKS: &[Check] =
    &[Check::of_all("RT-06", arguments), Check::of_all("RT-07", no_rows)];

fn arguments(bench: &mut Bench) -> Verdict {
    for family in [0, 2, 23] {
        let null = Call::Table { function: FUNCTION, family, level: 0, pointer: false };
        bench.answers(&null, Status::InvalidParameter)?;
        let rows: Vec<ForwardRow> = bench.table(FUNCTION, family)?;
        let own = |row: &ForwardRow| family == 0 || row.destination.family_number() == family;
        bench.holds(rows.iter().all(own), || format!("family {family} has {rows:?}"))?;
    }
    for family in [1, 3, 22, 24, 255, u16::MAX] {
        bench.answers(&Call::table(FUNCTION, family), Status::InvalidParameter)?;
    }
    Ok(())
}

fn no_rows(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let call = Call::table(FUNCTION, family.number());
        set_stack(bench, family, false)?;
        bench.answers(&call, Status::NotSupported)?;
        set_stack(bench, family, true)?;
        // A route may give its place back to another one.
        for _ in 0..4 {
            let answer = bench.call(&call)?;
            if answer.code == bench.number(Status::NotFound) {
                break;
            }
            bench.freed(&answer.output)?;
            for row in answer.rows {
                let delete = Call::Row {
                    function: Function::DeleteIpForwardEntry2,
                    level: 0,
                    row: Some(row),
                };
                bench.answers(&delete, Status::Success)?;
            }
        }
        bench.answers(&call, Status::NotFound)?;
    }
    bench.session().reboot()?;
    bench.session().elapse(10_000)?;
    released(bench, &Call::table(FUNCTION, 0))
}
