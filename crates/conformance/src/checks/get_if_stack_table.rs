//! GetIfStackTable and GetInvertedIfStackTable.

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Luid;
use netiosim_model::row::{Field, FieldValue, IfStackRow, InvertedIfStackRow, Row, RowType};
use netiosim_model::status::Status;

use super::get_if_entry2::{added, spare};
use super::get_ip_interface_table::{null_table, out_of_memory, released, same};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const PLAIN: Function = Function::GetIfStackTable;
const INVERTED: Function = Function::GetInvertedIfStackTable;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("SK-01", |bench| {
        stacked(bench)?;
        for function in [PLAIN, INVERTED] {
            bench.answers(&null_table(function, 0, 0), Status::InvalidParameter)?;
        }
        Ok(())
    }),
    Check::of_all("SK-02", |bench| {
        let [top, middle, bottom] = stacked(bench)?;
        for function in [PLAIN, INVERTED] {
            let left = bench.call(&Call::table(function, 0))?;
            bench.code("a table with rows", left.code, Status::Success)?;
            bench.freed(&left.output)?;
        }
        above(bench, top, middle, false)?;
        above(bench, middle, bottom, false)?;
        for function in [PLAIN, INVERTED] {
            bench.answers(&Call::table(function, 0), Status::NotFound)?;
        }
        Ok(())
    }),
    Check::of_all("SK-03", |bench| {
        stacked(bench)?;
        for function in [PLAIN, INVERTED] {
            out_of_memory(bench, &Call::table(function, 0))?;
        }
        Ok(())
    }),
    Check::of_all("SK-04", |bench| {
        let [top, middle, bottom] = stacked(bench)?;
        let pairs = pairs(bench)?;
        let expected = [(top.1, middle.1), (middle.1, bottom.1)];
        bench.holds(same(&pairs, &expected), || {
            format!("{top:?} over {middle:?} over {bottom:?} is {pairs:?}")
        })
    }),
    Check::of_all("SK-05", |bench| {
        stacked(bench)?;
        let plain = pairs(bench)?;
        let turned: Vec<(u32, u32)> = plain.iter().map(|(high, low)| (*low, *high)).collect();
        let rows = bench.table::<Row>(INVERTED, 0)?;
        let inverted: Vec<(u32, u32)> = rows.iter().filter_map(members).collect();
        bench.holds(same(&inverted, &turned), || {
            format!("the inverted rows are {inverted:?}, the others {plain:?}")
        })
    }),
    Check::of_all("SK-06", |bench| {
        let [top, middle, bottom] = stacked(bench)?;
        agree(bench, 2)?;
        above(bench, top, bottom, true)?;
        agree(bench, 3)?;
        above(bench, top, middle, false)?;
        agree(bench, 2)
    }),
    Check::of_all("SK-07", |bench| {
        stacked(bench)?;
        released(bench, &Call::table(PLAIN, 0))?;
        released(bench, &Call::table(INVERTED, 0))
    }),
    Check::of_all("SK-08", |bench| {
        // Wherever the rows lie, NumEntries counts them and each is whole.
        let lower = bench.adapter();
        let mut expected = Vec::new();
        for number in 1..=5 {
            let higher = added(bench, spare(number))?;
            above(bench, higher, lower, true)?;
            expected.push((higher.1, lower.1));
            let (plain, inverted) = (pairs(bench)?, inverted_pairs(bench)?);
            for came in [plain, inverted] {
                bench.holds(same(&came, &expected), || format!("{came:?}, not {expected:?}"))?;
            }
        }
        Ok(())
    }),
];

type Keys = (Luid, u32);

/// Puts an interface above another that lies above the adapter: gives all three, the highest first.
fn stacked(bench: &mut Bench) -> Result<[Keys; 3], Stop> {
    let (middle, bottom) = (added(bench, spare(1))?, bench.adapter());
    let top = added(bench, spare(2))?;
    above(bench, top, middle, true)?;
    above(bench, middle, bottom, true)?;
    Ok([top, middle, bottom])
}

fn above(bench: &mut Bench, higher: Keys, lower: Keys, present: bool) -> Verdict {
    bench.change(&Change::Above { higher: higher.0, lower: lower.0, present })
}

/// The pairs of GetIfStackTable, the higher index first.
fn pairs(bench: &mut Bench) -> Result<Vec<(u32, u32)>, Stop> {
    let rows = bench.table::<IfStackRow>(PLAIN, 0)?;
    Ok(rows.iter().map(|row| (row.higher, row.lower)).collect())
}

/// The pairs of GetInvertedIfStackTable, the higher index first here as well.
fn inverted_pairs(bench: &mut Bench) -> Result<Vec<(u32, u32)>, Stop> {
    let rows = bench.table::<InvertedIfStackRow>(INVERTED, 0)?;
    Ok(rows.iter().map(|row| (row.higher, row.lower)).collect())
}

/// Both members of an inverted row, as they follow each other.
fn members(row: &Row) -> Option<(u32, u32)> {
    if row.row_type() != RowType::InvertedIfStack {
        return None;
    }
    let mut numbers = Field::all(row.row_type()).filter_map(|field| match row.get(field) {
        FieldValue::Number(number) => u32::try_from(number).ok(),
        _ => None,
    });
    Some((numbers.next()?, numbers.next()?))
}

/// Both tables have this many rows, of the same pairs.
fn agree(bench: &mut Bench, count: usize) -> Verdict {
    let (plain, inverted) = (pairs(bench)?, inverted_pairs(bench)?);
    bench.equal("how many rows they have", &[plain.len(), inverted.len()], &[count; 2])?;
    bench
        .holds(same(&plain, &inverted), || format!("{plain:?} from above, {inverted:?} from below"))
}
