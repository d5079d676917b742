//! FreeMibTable.

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::net::Family;
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;
use netiosim_model::table::{Neighbour, NeighbourState};
use netiosim_model::teredo::PortWish;

use super::routes::second;
use crate::backend::{Act, Did, Register};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("CV-20", every_table),
    Check::new("CV-21", table_of_a_callback),
    Check::new("CV-22", |bench| {
        for (act, mtu, expected) in
            [(None, 1400, vec![]), (Some(Act::FreeRow), 1300, vec![Rule::RowFreed])]
        {
            let mut call = Register::new(Function::NotifyIpInterfaceChange).family(2);
            call.acts.extend(act);
            let handle = bench.registered(&call)?;
            bench.session().set_mtu(Family::V4, mtu)?;
            let rows = bench.rows();
            bench.equal("callbacks with a row", &rows, &vec![(0, true, 0)])?;
            broken(bench, &expected)?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
];

/// These rules were broken since this was last looked at.
fn broken(bench: &mut Bench, rules: &[Rule]) -> Verdict {
    let found = bench.findings()?;
    bench.equal("the rules that were broken", &found.as_slice(), &rules)
}

/// The table that this call hands out is released by FreeMibTable, once.
pub(super) fn released(bench: &mut Bench, call: &Call) -> Verdict {
    let function = call.function().name();
    broken(bench, &[])?;
    let table = handed_out(bench, call)?;
    let free = Call::Free(Memory::Table(table));
    let freed = bench.call(&free)?;
    bench.equal("what FreeMibTable returns", &(freed.code, freed.output), &(0, Output::Nothing))?;
    broken(bench, &[])?;
    bench.call(&free)?;
    let found = bench.findings()?;
    let what = format!("what the second free of the table of {function} broke");
    bench.equal(&what, &found, &vec![Rule::TableFreedTwice])
}

/// The table of a call that succeeds and has rows.
fn handed_out(bench: &mut Bench, call: &Call) -> Result<TableId, Stop> {
    let function = call.function().name();
    let answer = bench.call(call)?;
    bench.code(function, answer.code, Status::Success)?;
    bench.holds(!answer.rows.is_empty(), || format!("the table of {function} has no rows"))?;
    match answer.output {
        Output::Table(table) => Ok(table),
        other => Err(Stop::Fails(format!("{function} left {other:?}"))),
    }
}

fn every_table(bench: &mut Bench) -> Verdict {
    let luid = bench.adapter().0;
    // Something for the tables that are empty at first.
    let lower = second(bench)?.0;
    bench.change(&Change::Above { higher: luid, lower, present: true })?;
    bench.change(&Change::AnycastAdd((luid, [0x2001, 0xDB8, 0, 0, 0, 0, 0, 0].into())))?;
    bench.change(&Change::NeighbourPut(Neighbour {
        luid,
        address: [192, 168, 1, 77].into(),
        physical_address: vec![2, 0, 0, 0, 0, 7],
        state: NeighbourState::Reachable,
        is_router: false,
        is_unreachable: false,
    }))?;
    let tables = [
        (Function::GetIpInterfaceTable, 2),
        (Function::GetIpInterfaceTable, 23),
        (Function::GetIfTable2, 0),
        (Function::GetIfTable2Ex, 0),
        (Function::GetIfStackTable, 0),
        (Function::GetInvertedIfStackTable, 0),
        (Function::GetUnicastIpAddressTable, 0),
        (Function::GetAnycastIpAddressTable, 0),
        (Function::GetMulticastIpAddressTable, 0),
        (Function::GetIpForwardTable2, 0),
        (Function::GetIpNetTable2, 0),
    ];
    for (function, family) in tables {
        released(bench, &Call::table(function, family))?;
    }
    // With its program goes what was released without a word, and what was not with one.
    bench.session().restart_program()?;
    broken(bench, &[])?;
    for (function, family) in tables {
        handed_out(bench, &Call::table(function, family))?;
        bench.session().restart_program()?;
        let found = bench.findings()?;
        let what = format!("what the table of {function} broke that was not freed");
        bench.equal(&what, &found, &vec![Rule::LeakedTable])?;
    }
    Ok(())
}

/// While the Teredo client is on its way there is no table yet; it comes once the client is gone.
fn table_of_a_callback(bench: &mut Bench) -> Verdict {
    for (port, act, left) in
        [(50_001, Some(Act::FreeTable), vec![]), (50_002, None, vec![Rule::LeakedTable])]
    {
        bench.session().stop_teredo()?;
        bench.change(&Change::TeredoStart(PortWish::Exactly(port)))?;
        let mut call = Register::new(Function::NotifyStableUnicastIpAddressTable);
        call.acts.extend(act.clone());
        let registered = bench.session().register(&call);
        bench.code("the registration", registered.code, Status::IoPending)?;
        bench.session().stop_teredo()?;
        let heard = bench.heard().len();
        bench.equal("callbacks", &heard, &1)?;
        let did = bench.did();
        let freed = matches!(&did[..], [Did::Table(Some(rows))] if !rows.is_empty());
        bench.holds(act.is_none() || freed, || format!("the callback did {did:?}"))?;
        let handle = registered.handle.unwrap_or_default();
        bench.session().cancel(handle);
        broken(bench, &[])?;
        bench.session().restart_program()?;
        broken(bench, &left)?;
    }
    Ok(())
}
