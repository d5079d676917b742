//! GetIfEntry2 and GetIfEntry2Ex.

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::Luid;
use netiosim_model::row::{Field, FieldValue, IfRow, Row, RowType};
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::get_if_table2::table;
use super::get_ip_interface_entry::{UNKNOWN, UNKNOWN_LUID, another_interface};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// MibIfEntryNormal.
const NORMAL: i32 = 0;
/// MibIfEntryNormalWithoutStatistics.
const WITHOUT_STATISTICS: i32 = 2;
/// The ways to ask.
const WAYS: [(Function, i32); 3] = [
    (Function::GetIfEntry2, NORMAL),
    (Function::GetIfEntry2Ex, NORMAL),
    (Function::GetIfEntry2Ex, WITHOUT_STATISTICS),
];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("IF-01", |bench| {
        for (function, level) in WAYS {
            let call = Call::Row { function, level, row: None };
            bench.answers(&call, Status::InvalidParameter)?;
        }
        Ok(())
    }),
    Check::of_all("IF-02", |bench| {
        fails(bench, &[(Luid::UNSPECIFIED, 0)], Status::InvalidParameter)
    }),
    Check::of_all("IF-03", |bench| {
        // The page has one code besides STATUS_INVALID_PARAMETER, which stands for NULL alone.
        bench.answers(
            &Call::Row { function: Function::GetIfEntry2, level: NORMAL, row: None },
            Status::InvalidParameter,
        )?;
        fails(bench, &[(Luid::UNSPECIFIED, 0)], Status::NotFound)
    }),
    Check { except: UNKNOWN_LUID, ..Check::of_all("IF-04", unknown) },
    Check::of_all("IF-05", unknown),
    Check::of_all("IF-06", |bench| {
        let (luid, index) = bench.adapter();
        let (other, its_index) = another_interface(bench)?;
        for way in WAYS {
            for (asked, found) in [
                ((luid, its_index), (luid, index)),
                ((other, index), (other, its_index)),
                ((Luid::UNSPECIFIED, index), (luid, index)),
                ((Luid::UNSPECIFIED, its_index), (other, its_index)),
            ] {
                let row = entry(bench, way, asked)?;
                bench.equal("LUID and index", &(row.luid, row.index), &found)?;
            }
            let code = bench.call(&ask(way, (UNKNOWN.0, index)))?.code;
            bench.holds(code != 0, || "the index is used instead of an unknown LUID".to_owned())?;
        }
        Ok(())
    }),
    Check::of_all("IF-07", |bench| {
        for row in table(bench, Function::GetIfTable2, NORMAL)? {
            let keys = (row.luid, 0);
            let [one, other] = [entry(bench, WAYS[0], keys)?, entry(bench, WAYS[1], keys)?];
            bench.equal("the row of GetIfEntry2Ex", &quiet(&other), &quiet(&one))?;
        }
        let keys = added(bench, counted())?;
        let [one, other] = [entry(bench, WAYS[0], keys)?, entry(bench, WAYS[1], keys)?];
        bench.equal("the row with counters", &other, &one)
    }),
    Check::of_all("IF-08", |bench| {
        let keys = added(bench, counted())?;
        let [full, without] = [entry(bench, WAYS[1], keys)?, entry(bench, WAYS[2], keys)?];
        bench.equal("all but the counters", &quiet(&without), &quiet(&full))?;
        let zero = FieldValue::Number(0);
        for ((name, came), (_, live)) in counters(&without).into_iter().zip(counters(&full)) {
            let fine = came == live || came == zero;
            bench.holds(fine, || format!("{name} is {came}, neither {live} nor zero"))?;
        }
        Ok(())
    }),
    Check::of_all("IF-09", |bench| {
        // The page names Server 2016 as well, whose build is older than that of 1703, by which
        // the check goes.
        let (old, new) = (Windows(Windows::V10_1703.0 - 1), Windows::V10_1703);
        for (windows, expected) in [
            (Windows::VISTA, false),
            (Windows::V10_1507, false),
            (old, false),
            (new, true),
            (Windows::V11_24H2, true),
        ] {
            bench.session().install(windows)?;
            let exists = bench.session().has(Function::GetIfEntry2Ex)?;
            bench.equal(&format!("whether {windows} has it"), &exists, &expected)?;
            let exists = bench.session().has(Function::GetIfEntry2)?;
            bench.equal(&format!("whether {windows} has GetIfEntry2"), &exists, &true)?;
        }
        Ok(())
    }),
    Check::of_all("IF-10", |bench| {
        // Counters that are not in the row were not asked of the miniport, which may be busy.
        let keys = added(bench, counted())?;
        let zero = FieldValue::Number(0);
        for (name, live) in counters(&entry(bench, WAYS[0], keys)?) {
            bench.holds(live != zero, || format!("{name} is not told at all"))?;
        }
        for (name, came) in counters(&entry(bench, WAYS[2], keys)?) {
            bench.equal(name, &came, &zero)?;
        }
        Ok(())
    }),
    Check::of_all("IF-11", |bench| {
        let rows = table(bench, Function::GetIfTable2, NORMAL)?;
        let named = |row: &&IfRow| row.description.contains("Teredo");
        let Some(teredo) = rows.iter().find(named) else {
            return Err(Stop::Fails("no interface is described as Teredo's".to_owned()));
        };
        for way in WAYS {
            let row = entry(bench, way, (teredo.luid, 0))?;
            bench.equal("Type and TunnelType", &(row.if_type, row.tunnel_type), &(131, 14))?;
        }
        let tunnels = rows.iter().filter(|row| row.tunnel_type == 14).count();
        bench.equal("how many interfaces have TunnelType 14", &tunnels, &1)
    }),
];

fn ask((function, level): (Function, i32), (luid, index): (Luid, u32)) -> Call {
    let row = IfRow { luid, index, ..IfRow::default() };
    Call::Row { function, level, row: Some(row.into()) }
}

/// The row of an interface, asked for in this way.
pub(super) fn entry(
    bench: &mut Bench,
    way: (Function, i32),
    keys: (Luid, u32),
) -> Result<IfRow, Stop> {
    let answer = bench.call(&ask(way, keys))?;
    bench.code(way.0.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::Row(Row::If(row)) => Ok(*row),
        other => Err(Stop::Fails(format!("{} left {other:?}", way.0))),
    }
}

/// In every way the keys are answered with this status.
fn fails(bench: &mut Bench, keys: &[(Luid, u32)], status: Status) -> Verdict {
    for way in WAYS {
        for keys in keys {
            bench.answers(&ask(way, *keys), status)?;
        }
    }
    Ok(())
}

fn unknown(bench: &mut Bench) -> Verdict {
    let (_, index) = bench.adapter();
    let keys = [(UNKNOWN.0, 0), (Luid::UNSPECIFIED, UNKNOWN.1), (UNKNOWN.0, index)];
    fails(bench, &keys, Status::FileNotFound)
}

/// One more Ethernet adapter than the machine has.
pub(super) fn spare(number: u32) -> Interface {
    Interface::new(format!("Spare {number}"), if_type::ETHERNET, 100 + number, 100 + number)
}

/// One that has seen traffic: no counter is zero.
pub(super) fn counted() -> Interface {
    let mut number = 1000;
    let counters = [(); 18].map(|()| {
        number += 1;
        number
    });
    Interface { counters, ..spare(90) }
}

/// Adds an interface; gives its LUID and index.
pub(super) fn added(bench: &mut Bench, interface: Interface) -> Result<(Luid, u32), Stop> {
    Ok(bench.session().add_interface(interface)?)
}

fn counter_fields() -> impl Iterator<Item = Field> {
    Field::all(RowType::If).skip_while(|field| field.name() != "InOctets")
}

/// The counters of a row, by name.
fn counters(row: &IfRow) -> Vec<(&'static str, FieldValue)> {
    let row = Row::from(row.clone());
    counter_fields().map(|field| (field.name(), row.get(field))).collect()
}

/// A row without its counters, which may go on between two calls.
pub(super) fn quiet(row: &IfRow) -> Row {
    let mut row = Row::from(row.clone());
    for field in counter_fields() {
        let _ = row.set(field, FieldValue::Number(0));
    }
    row
}
