//! GetIpInterfaceTable, and what the checks of functions with a table share.

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::row::IpInterfaceRow;
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;
use netiosim_model::teredo::{TeredoSettings, TeredoType};

use super::get_if_entry2::{added, spare};
use super::get_ip_interface_entry::OTHER_FAMILIES;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetIpInterfaceTable;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("IT-01", |bench| {
        for family in [2, 23, 0] {
            bench.answers(&null_table(FUNCTION, family, 0), Status::InvalidParameter)?;
        }
        Ok(())
    }),
    Check::of_all("IT-02", |bench| other_families(bench, FUNCTION)),
    Check::of_all("IT-03", |bench| {
        let (luid, _) = bench.adapter();
        for family in [2, 23] {
            let rows = rows(bench, family)?;
            let alike = rows.iter().all(|row| row.family == family);
            bench.holds(alike, || format!("family {family} gives {rows:?}"))?;
            let adapter = rows.iter().filter(|row| row.luid == luid).count();
            bench.equal("how often the adapter is among them", &adapter, &1)?;
        }
        Ok(())
    }),
    Check {
        except: &[(Profile::Adversarial, "by the option interface-table-unspec it may be refused")],
        ..Check::of_all("IT-04", |bench| {
            let (mut both, all) = (rows(bench, 2)?, rows(bench, 0)?);
            both.extend(rows(bench, 23)?);
            bench.holds(same(&both, &all), || format!("AF_UNSPEC gives {all:?}, not {both:?}"))
        })
    },
    Check::of_all("IT-05", |bench| empty(bench, FUNCTION)),
    Check::of_all("IT-06", |bench| absent_stack(bench, FUNCTION)),
    Check::of_all("IT-07", |bench| out_of_memory(bench, &Call::table(FUNCTION, 2))),
    Check::of_all("IT-08", |bench| released(bench, &Call::table(FUNCTION, 2))),
    Check::of_all("IT-09", |bench| {
        for family in [2, 23] {
            let before = rows(bench, family)?;
            let (luid, index) = added(bench, spare(u32::from(family)))?;
            let after = rows(bench, family)?;
            bench.equal("NumEntries with one more", &after.len(), &(before.len() + 1))?;
            let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
            let keys: Vec<_> = new.iter().map(|row| (row.family, row.luid, row.index)).collect();
            bench.equal("the keys of what is new", &keys, &vec![(family, luid, index)])?;
            for row in after {
                let full = bench.filled(Function::GetIpInterfaceEntry, row.clone())?;
                bench.equal("a row", &row, &full)?;
            }
        }
        Ok(())
    }),
];

fn rows(bench: &mut Bench, family: u16) -> Result<Vec<IpInterfaceRow>, Stop> {
    bench.table(FUNCTION, family)
}

/// Whether both have the same rows, in whatever order.
pub(super) fn same<R: PartialEq>(one: &[R], other: &[R]) -> bool {
    one.len() == other.len() && one.iter().all(|row| other.contains(row))
}

/// A call of a function with a table for which there is no place.
pub(super) fn null_table(function: Function, family: u16, level: i32) -> Call {
    Call::Table { function, family, level, pointer: false }
}

/// Families that are none of the three are refused, and AF_INET and AF_INET6 are not.
pub(super) fn other_families(bench: &mut Bench, function: Function) -> Verdict {
    for family in OTHER_FAMILIES.into_iter().filter(|family| *family != 0) {
        bench.answers(&Call::table(function, family), Status::InvalidParameter)?;
    }
    for family in [2, 23] {
        let left = bench.call(&Call::table(function, family))?;
        bench.code(function.name(), left.code, Status::Success)?;
        bench.freed(&left.output)?;
    }
    Ok(())
}

/// Takes a family off every interface, with all its addresses; its stack stays.
fn emptied(bench: &mut Bench, family: Family) -> Verdict {
    let kind = TeredoType::Disabled;
    bench.change(&Change::TeredoPolicy(TeredoSettings { kind, ..TeredoSettings::default() }))?;
    for row in rows(bench, family.number())? {
        bench.change(&Change::FamilyUnbind { luid: row.luid, family })?;
    }
    Ok(())
}

/// Of a family without rows nothing is found; the other is as it was.
pub(super) fn empty(bench: &mut Bench, function: Function) -> Verdict {
    emptied(bench, Family::V4)?;
    bench.answers(&Call::table(function, 2), Status::NotFound)?;
    let left = bench.call(&Call::table(function, 23))?;
    bench.code("the table of IPv6", left.code, Status::Success)?;
    bench.freed(&left.output)?;
    emptied(bench, Family::V6)?;
    bench.answers(&Call::table(function, 23), Status::NotFound)
}

/// The stack of a family is there, or is not.
pub(super) fn stack(family: Family, present: bool) -> Change {
    match family {
        Family::V4 => Change::Ipv4Present(present),
        Family::V6 => Change::Ipv6Present(present),
    }
}

/// Of a family whose stack is absent there is no table; that of the other is handed out.
pub(super) fn absent_stack(bench: &mut Bench, function: Function) -> Verdict {
    for (absent, other) in [(Family::V4, 23), (Family::V6, 2)] {
        bench.change(&stack(absent, false))?;
        let call = Call::table(function, absent.number());
        bench.answers(&call, Status::NotSupported)?;
        let left = bench.call(&Call::table(function, other))?;
        bench.code("the table of the other family", left.code, Status::Success)?;
        bench.freed(&left.output)?;
        bench.change(&stack(absent, true))?;
        let left = bench.call(&call)?;
        bench.code("the table with the stack", left.code, Status::Success)?;
        bench.freed(&left.output)?;
    }
    Ok(())
}

/// Where memory is short there is no table, and the code says why.
pub(super) fn out_of_memory(bench: &mut Bench, call: &Call) -> Verdict {
    let left = bench.call(call)?;
    bench.code("a call with memory enough", left.code, Status::Success)?;
    bench.freed(&left.output)?;
    bench.session().fail(call.function(), Status::NotEnoughMemory)?;
    let left = bench.call(call)?;
    bench.code("a call without memory", left.code, Status::NotEnoughMemory)?;
    bench.equal("what is left", &left.output, &Output::Nothing)
}

/// The table is to be freed with FreeMibTable: not twice, and not never.
pub(super) fn released(bench: &mut Bench, call: &Call) -> Verdict {
    bench.findings()?;
    let left = bench.call(call)?;
    bench.code("the call", left.code, Status::Success)?;
    bench.freed(&left.output)?;
    let found = bench.findings()?;
    bench.equal("what is found when it is freed", &found, &vec![])?;
    bench.freed(&left.output)?;
    let found = bench.findings()?;
    bench.equal("what is found when it is freed again", &found, &vec![Rule::TableFreedTwice])?;
    let kept = bench.call(call)?;
    bench.code("the next call", kept.code, Status::Success)?;
    bench.session().restart_program()?;
    let found = bench.findings()?;
    bench.equal("what is found when it is never freed", &found, &vec![Rule::LeakedTable])
}
