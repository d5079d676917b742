//! Tables that were handed out, and lists of adapters.

use std::ffi::c_void;
use std::fmt::Debug;

use netiosim_win32::export as abi;
use netiosim_win32::layout::Layout;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_INFO, IP_ADDR_STRING,
};

/// A table that the program has to free.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handed {
    at: *const u8,
    row_size: usize,
    first: usize,
    count: usize,
}

impl Handed {
    /// The table at this address: all of its rows are looked at.
    pub(super) fn new<L: Layout<Row: Debug>>(function: &str, at: *const u8) -> Self {
        assert!(!at.is_null(), "{function} succeeds, and hands out no table");
        let first = align_of::<L>().max(4);
        // SAFETY: a table begins with the number of its rows.
        let count = unsafe { at.cast::<u32>().read_unaligned() } as usize;
        let this = Self { at, row_size: size_of::<L>(), first, count };
        for n in 0..count {
            // SAFETY: the table has as many rows, behind each other.
            let row = unsafe { L::read(this.row(n).cast()) };
            assert!(!format!("{row:?}").is_empty());
        }
        this
    }

    fn row(&self, n: usize) -> *const u8 {
        self.at.wrapping_add(self.first + n * self.row_size)
    }

    /// A copy of one of its rows, if there are any of that size.
    pub(super) fn copy(&self, n: usize, to: &mut [u8]) {
        let Some(n) = n.checked_rem(self.count).filter(|_| to.len() == self.row_size) else {
            return;
        };
        // SAFETY: a row of a table that was not freed.
        to.copy_from_slice(unsafe { std::slice::from_raw_parts(self.row(n), self.row_size) });
    }

    pub(super) fn address(&self) -> *const c_void {
        self.at.cast()
    }

    pub(super) fn free(self) {
        // SAFETY: it was handed out, and is freed once.
        unsafe { abi::FreeMibTable(self.address()) };
    }
}

/// Everything that a list of adapters points to lies in its buffer.
pub(super) fn adapters(buffer: &[u8]) {
    let mut at: *const IP_ADAPTER_ADDRESSES_LH = buffer.as_ptr().cast();
    let mut count = 0;
    while !at.is_null() {
        inside(buffer, at.cast(), size_of::<IP_ADAPTER_ADDRESSES_LH>());
        // SAFETY: it lies in the buffer.
        let adapter = unsafe { at.read_unaligned() };
        text(buffer, adapter.AdapterName, 1);
        text(buffer, adapter.DnsSuffix.cast(), 2);
        text(buffer, adapter.Description.cast(), 2);
        text(buffer, adapter.FriendlyName.cast(), 2);
        chain(buffer, adapter.FirstUnicastAddress.cast());
        chain(buffer, adapter.FirstAnycastAddress.cast());
        chain(buffer, adapter.FirstMulticastAddress.cast());
        chain(buffer, adapter.FirstDnsServerAddress.cast());
        chain(buffer, adapter.FirstPrefix.cast());
        chain(buffer, adapter.FirstGatewayAddress.cast());
        at = adapter.Next;
        count += 1;
        assert!(count < 1000, "the list goes in a circle");
    }
}

/// The beginning that the structures of all lists of addresses have in common.
#[repr(C)]
struct Node {
    length_and_flags: u64,
    next: *const Node,
    address: *const u8,
    address_length: i32,
}

fn chain(buffer: &[u8], mut at: *const Node) {
    while !at.is_null() {
        inside(buffer, at.cast(), size_of::<Node>());
        // SAFETY: it lies in the buffer.
        let node = unsafe { at.read_unaligned() };
        inside(buffer, node.address, node.address_length as usize);
        at = node.next;
    }
}

/// A text of units of this size lies in the buffer with its terminator.
fn text(buffer: &[u8], at: *const u8, unit: usize) {
    if at.is_null() {
        return;
    }
    let start = at.addr() - buffer.as_ptr().addr();
    let units = buffer[start..].chunks_exact(unit);
    assert!(units.into_iter().any(|unit| unit.iter().all(|byte| *byte == 0)), "a text without end");
}

/// Everything that a list of the older kind points to lies in its buffer.
pub(super) fn infos(buffer: &[u8]) {
    let mut at: *const IP_ADAPTER_INFO = buffer.as_ptr().cast();
    while !at.is_null() {
        inside(buffer, at.cast(), size_of::<IP_ADAPTER_INFO>());
        // SAFETY: it lies in the buffer.
        let info = unsafe { at.read_unaligned() };
        for first in [&info.IpAddressList, &info.GatewayList, &info.DhcpServer] {
            let mut next: *const IP_ADDR_STRING = first.Next;
            while !next.is_null() {
                inside(buffer, next.cast(), size_of::<IP_ADDR_STRING>());
                // SAFETY: it lies in the buffer.
                next = unsafe { (&raw const (*next).Next).read_unaligned() };
            }
        }
        at = info.Next;
    }
}

fn inside(buffer: &[u8], at: *const u8, size: usize) {
    let range = buffer.as_ptr_range();
    let whole = at >= range.start && at.wrapping_add(size) <= range.end;
    assert!(whole, "{size} bytes at {at:?} do not lie in {range:?}");
}
