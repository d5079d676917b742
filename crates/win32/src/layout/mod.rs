//! The rows as they lie in memory: from `windows-sys`' structures to the model's rows and back.
//!
//! A pointer that a client hands in need not be aligned, and its BOOLEAN members may hold any byte, so members
//! are moved one by one and no reference to a client's row is ever made.

mod interface;
mod ip_interface;
mod net;
mod socket_address;

use netiosim_sim::model::row::Row;

pub use self::interface::{from_guid, guid};
pub use self::socket_address::{read_address, write_address};

/// A structure of the documents, and the model's row that it holds.
pub trait Layout: Copy + 'static {
    /// The model's row.
    type Row: Clone + Into<Row> + TryFrom<Row>;

    /// How many bytes of it the keys fill, from its start: what a notification row promises.
    const KEYS_END: usize;

    /// Reads every member.
    ///
    /// # Safety
    ///
    /// `row` points to as many readable bytes as the structure has; it need not be aligned.
    unsafe fn read(row: *const Self) -> Self::Row;

    /// Reads the keys alone: all that a query looks at.
    ///
    /// # Safety
    ///
    /// As [`read`](Self::read), for the bytes up to [`KEYS_END`](Self::KEYS_END).
    unsafe fn read_keys(row: *const Self) -> Self::Row;

    /// Writes every member; bytes between members keep what they hold.
    ///
    /// # Safety
    ///
    /// `row` points to as many writable bytes as the structure has; it need not be aligned.
    unsafe fn write(value: &Self::Row, row: *mut Self);

    /// Writes the keys alone.
    ///
    /// # Safety
    ///
    /// As [`write`](Self::write), for the bytes up to [`KEYS_END`](Self::KEYS_END).
    unsafe fn write_keys(value: &Self::Row, row: *mut Self);
}

/// Reads a member of the structure that `$row` points to.
macro_rules! get {
    ($row:ident.$($member:ident).+) => {
        (&raw const (*$row).$($member).+).read_unaligned()
    };
}

/// Reads a BOOLEAN: any byte but 0 is TRUE.
macro_rules! flag {
    ($row:ident.$($member:ident).+) => {
        (&raw const (*$row).$($member).+).cast::<u8>().read() != 0
    };
}

/// Writes a member of the structure that `$row` points to.
macro_rules! put {
    ($row:ident.$($member:ident).+ = $value:expr) => {
        (&raw mut (*$row).$($member).+).write_unaligned($value)
    };
}

pub(crate) use {flag, get, put};
