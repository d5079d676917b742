//! GetIfTable2 and GetIfTable2Ex.

use std::collections::BTreeSet;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::Interface;
use netiosim_model::net::Luid;
use netiosim_model::row::{IfRow, IpInterfaceRow};
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::get_if_entry2::{added, counted, entry, quiet, spare};
use super::get_ip_interface_table::{out_of_memory, released};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const PLAIN: Function = Function::GetIfTable2;
const EX: Function = Function::GetIfTable2Ex;
/// MibIfTableNormal.
const NORMAL: i32 = 0;
/// MibIfTableRaw.
const RAW: i32 = 1;
/// MibIfTableNormalWithoutStatistics.
const WITHOUT_STATISTICS: i32 = 2;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("FT-01", |bench| {
        let [one, other] = [table(bench, PLAIN, NORMAL)?, table(bench, EX, NORMAL)?];
        let [one, other] = [one, other].map(|rows| rows.iter().map(quiet).collect::<Vec<_>>());
        bench.equal("the rows of GetIfTable2Ex", &other, &one)?;
        let (luid, _) = added(bench, counted())?;
        let [one, other] = [row_of(bench, PLAIN, NORMAL, luid)?, row_of(bench, EX, NORMAL, luid)?];
        bench.equal("the row with counters", &other, &one)
    }),
    Check::of_all("FT-02", |bench| {
        for level in [-1, 3, 4, 100, i32::MIN, i32::MAX] {
            bench.answers(&call(EX, level), Status::InvalidParameter)?;
        }
        for level in [NORMAL, RAW, WITHOUT_STATISTICS] {
            table(bench, EX, level)?;
        }
        Ok(())
    }),
    Check::of_all("FT-03", |bench| {
        out_of_memory(bench, &call(PLAIN, NORMAL))?;
        out_of_memory(bench, &call(EX, NORMAL))?;
        for level in [RAW, WITHOUT_STATISTICS] {
            bench.answers(&call(EX, level), Status::NotEnoughMemory)?;
        }
        Ok(())
    }),
    Check::of_all("FT-04", |bench| {
        let filter = Interface { filter: true, hardware: false, ..spare(1) };
        let (luid, _) = added(bench, filter)?;
        let (lower, _) = bench.adapter();
        bench.change(&Change::Above { higher: luid, lower, present: true })?;
        let mut all: BTreeSet<Luid> = BTreeSet::new();
        for family in [2, 23] {
            let rows = bench.table::<IpInterfaceRow>(Function::GetIpInterfaceTable, family)?;
            all.extend(rows.iter().map(|row| row.luid));
        }
        for (function, level) in
            [(PLAIN, NORMAL), (EX, NORMAL), (EX, RAW), (EX, WITHOUT_STATISTICS)]
        {
            let rows = table(bench, function, level)?;
            let luids: BTreeSet<Luid> = rows.iter().map(|row| row.luid).collect();
            bench.equal("the number of rows", &rows.len(), &luids.len())?;
            bench.equal(&format!("the interfaces of {function} {level}"), &luids, &all)?;
            let filters: Vec<Luid> =
                rows.iter().filter(|row| row.filter_interface).map(|row| row.luid).collect();
            bench.equal("the filters among them", &filters, &vec![luid])?;
        }
        Ok(())
    }),
    Check::of_all("FT-05", |bench| {
        let (luid, _) = bench.adapter();
        let link = |connected| Change::LinkSet {
            luid,
            connected: Some(connected),
            admin_up: None,
            mtu: None,
            alias: None,
        };
        for (own, top) in [(true, Some(false)), (false, Some(true)), (true, None), (false, None)] {
            bench.change(&link(own))?;
            bench.change(&Change::FilterSet { luid, top_connected: top })?;
            let shown = |connected: bool| if connected { 1 } else { 2 };
            for (function, level, expected) in [
                (PLAIN, NORMAL, shown(top.unwrap_or(own))),
                (EX, NORMAL, shown(top.unwrap_or(own))),
                (EX, RAW, shown(own)),
            ] {
                let state = row_of(bench, function, level, luid)?.media_connect_state;
                bench.equal(&format!("MediaConnectState of level {level}"), &state, &expected)?;
            }
        }
        Ok(())
    }),
    Check::of_all("FT-06", |bench| {
        for (windows, status) in [
            (Windows::VISTA, Status::InvalidParameter),
            (Windows(Windows::V10_1703.0 - 1), Status::InvalidParameter),
            (Windows::V10_1703, Status::Success),
            (Windows::V11_24H2, Status::Success),
        ] {
            bench.session().install(windows)?;
            bench.answers(&call(EX, WITHOUT_STATISTICS), status)?;
            for level in [NORMAL, RAW] {
                table(bench, EX, level)?;
            }
        }
        Ok(())
    }),
    Check::of_all("FT-07", |bench| {
        released(bench, &call(PLAIN, NORMAL))?;
        for level in [NORMAL, RAW, WITHOUT_STATISTICS] {
            released(bench, &call(EX, level))?;
        }
        Ok(())
    }),
    Check::of_all("FT-08", |bench| {
        let before = each(bench)?;
        added(bench, counted())?;
        let after = each(bench)?;
        bench.equal("the number of rows with one more", &after, &(before + 1))
    }),
];

fn call(function: Function, level: i32) -> Call {
    Call::Table { function, family: 0, level, pointer: true }
}

/// The rows of a level.
pub(super) fn table(bench: &mut Bench, function: Function, level: i32) -> Result<Vec<IfRow>, Stop> {
    let answer = bench.call(&call(function, level))?;
    bench.code(&format!("{function} at level {level}"), answer.code, Status::Success)?;
    bench.freed(&answer.output)?;
    let rows: Result<Vec<IfRow>, _> = answer.rows.into_iter().map(IfRow::try_from).collect();
    rows.map_err(|row| Stop::Fails(format!("{function} left {row:?}")))
}

/// The row of one interface in a table.
fn row_of(bench: &mut Bench, function: Function, level: i32, luid: Luid) -> Result<IfRow, Stop> {
    let row = table(bench, function, level)?.into_iter().find(|row| row.luid == luid);
    row.ok_or_else(|| Stop::Fails(format!("{luid} is not in the table of {function}")))
}

/// Each row of the table is the one that GetIfEntry2 gives, and no interface has two; says how many
/// there are.
fn each(bench: &mut Bench) -> Result<usize, Stop> {
    let rows = table(bench, PLAIN, NORMAL)?;
    for row in &rows {
        for keys in [(row.luid, 0), (Luid::UNSPECIFIED, row.index)] {
            let own = entry(bench, (Function::GetIfEntry2, NORMAL), keys)?;
            bench.equal("the row of GetIfEntry2", &quiet(&own), &quiet(row))?;
        }
    }
    let different: BTreeSet<Luid> = rows.iter().map(|row| row.luid).collect();
    let verdict: Verdict = bench.equal("the number of interfaces", &different.len(), &rows.len());
    verdict.map(|()| rows.len())
}
