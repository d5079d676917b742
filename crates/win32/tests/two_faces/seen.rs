//! What was seen, through either door, in the same words.

use std::cell::RefCell;
use std::fmt::Debug;

use netiosim_win32::layout::Layout;
use netiosim_win32::sim::StackRef;
use netiosim_win32::sim::model::ids::TableId;
use netiosim_win32::sim::model::row::HintRow;
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

/// How callbacks call back, and what they saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Whether the calls are those of the ABI; else of this stack.
    pub(crate) plain: Option<StackRef>,
    pub(crate) lines: Vec<String>,
    pub(crate) handles: Vec<u64>,
    pub(crate) tables: Vec<(usize, Option<TableId>)>,
}

thread_local! {
    pub(crate) static SEEN: RefCell<Seen> = RefCell::default();
}

pub(crate) fn say(line: String) {
    SEEN.with_borrow_mut(|seen| seen.lines.push(line));
}

pub(crate) fn plain() -> Option<StackRef> {
    SEEN.with_borrow(|seen| seen.plain.clone())
}

/// The rows of a table in memory, in the model's terms.
pub(crate) unsafe fn rows<L: Layout<Row: Debug>>(table: *const u8) -> String {
    let first = align_of::<L>().max(4);
    let count = unsafe { table.cast::<u32>().read() } as usize;
    let row = |n| unsafe { L::read(table.add(first).cast::<L>().add(n)) };
    format!("{:?}", (0..count).map(row).collect::<Vec<_>>())
}

/// The rows of a table of the plain functions, the way through memory and back included.
pub(crate) fn plain_rows<L: Layout<Row: Debug> + Default>(
    stack: &StackRef,
    table: TableId,
) -> String {
    let rows = stack.table_memory(table).expect("it was just handed out");
    let rows = rows.iter().filter_map(|row| L::Row::try_from(row.clone()).ok());
    format!("{:?}", rows.map(|row| through_memory::<L>(&row)).collect::<Vec<_>>())
}

pub(crate) fn through_memory<L: Layout + Default>(row: &L::Row) -> L::Row {
    let mut memory = L::default();
    unsafe {
        L::write(row, &mut memory);
        L::read(&memory)
    }
}

pub(crate) fn hint_text(hint: NL_NETWORK_CONNECTIVITY_HINT) -> String {
    format!(
        "{} {} {} {} {}",
        hint.ConnectivityLevel,
        hint.ConnectivityCost,
        hint.ApproachingDataLimit,
        hint.OverDataLimit,
        hint.Roaming
    )
}

pub(crate) fn hint_row_text(hint: HintRow) -> String {
    format!(
        "{} {} {} {} {}",
        hint.level as i32,
        hint.cost as i32,
        hint.approaching_data_limit,
        hint.over_data_limit,
        hint.roaming
    )
}
