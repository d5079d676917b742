//! GetUnicastIpAddressTable.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::UnicastRow;
use netiosim_model::status::Status;

use super::get_ip_interface_table::{
    absent_stack, empty, null_table, other_families, out_of_memory, released, same, stack,
};
use crate::bench::Bench;
use crate::check::{Check, Stop};

const FUNCTION: Function = Function::GetUnicastIpAddressTable;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UT-01", |bench| {
        for family in [0, 2, 23] {
            bench.answers(&null_table(FUNCTION, family, 0), Status::InvalidParameter)?;
        }
        other_families(bench, FUNCTION)
    }),
    Check::of_all("UT-02", |bench| {
        let (luid, _) = bench.adapter();
        let mut both = Vec::new();
        for family in [2, 23] {
            let rows = rows(bench, family)?;
            let alike = rows.iter().all(|row| row.address.family_number() == family);
            bench.holds(alike, || format!("family {family} gives {rows:?}"))?;
            let adapter = rows.iter().any(|row| row.luid == luid);
            bench.holds(adapter, || format!("family {family} lacks the adapter: {rows:?}"))?;
            both.extend(rows);
        }
        let all = rows(bench, 0)?;
        bench.holds(same(&all, &both), || format!("AF_UNSPEC gives {all:?}, not {both:?}"))
    }),
    Check::of_all("UT-03", |bench| {
        empty(bench, FUNCTION)?;
        bench.answers(&Call::table(FUNCTION, 0), Status::NotFound)
    }),
    Check::of_all("UT-04", |bench| {
        absent_stack(bench, FUNCTION)?;
        for (absent, left) in [(Family::V4, 23), (Family::V6, 2)] {
            bench.change(&stack(absent, false))?;
            let [all, left] = [rows(bench, 0)?, rows(bench, left)?];
            bench.equal("what AF_UNSPEC gives", &all, &left)?;
            bench.change(&stack(absent, true))?;
        }
        Ok(())
    }),
    Check::of_all("UT-05", |bench| out_of_memory(bench, &Call::table(FUNCTION, 0))),
    Check::of_all("UT-06", |bench| released(bench, &Call::table(FUNCTION, 0))),
];

fn rows(bench: &mut Bench, family: u16) -> Result<Vec<UnicastRow>, Stop> {
    bench.table(FUNCTION, family)
}
