//! What the fault handler saw, until ordinary code reports it: fixed memory, no lock, no allocation.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::context::Doing;

/// As many faults can wait to be reported.
const MOST: usize = 512;
/// As much of the instruction is kept; none is longer.
pub(super) const CODE: usize = 15;

/// So many words of the stack are kept, from the stack pointer: callers are found among them.
pub(super) const STACK: usize = 48;

/// One access to memory that is not the client's to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// The order of the records.
    pub(super) sequence: u64,
    /// The thread, as [`thread`] has it.
    pub(super) thread: usize,
    pub(super) place: usize,
    pub(super) generation: u32,
    /// Whether the row or table was gone; else it is a member beyond the keys.
    pub(super) gone: bool,
    /// The first byte that could not be read.
    pub(super) address: usize,
    pub(super) doing: Doing,
    pub(super) code: [u8; CODE],
    pub(super) code_length: u8,
    /// The words on the stack; 0 where they are not known.
    pub(super) stack: [usize; STACK],
}

impl Record {
    pub(super) const NEW: Self = Self {
        sequence: 0,
        thread: 0,
        place: 0,
        generation: 0,
        gone: false,
        address: 0,
        doing: Doing { instruction: 0, stack: 0, writes: false, registers: [0; 16] },
        code: [0; CODE],
        code_length: 0,
        stack: [0; STACK],
    };

    /// The bytes of the instruction, as far as they were readable.
    pub(super) fn code(&self) -> &[u8] {
        &self.code[..usize::from(self.code_length)]
    }
}

const FREE: u8 = 0;
const BUSY: u8 = 1;
const READY: u8 = 2;

struct Cell {
    state: AtomicU8,
    record: UnsafeCell<Record>,
}

// SAFETY: the record is touched only by whoever moved the state to BUSY.
unsafe impl Sync for Cell {}

static CELLS: [Cell; MOST] =
    [const { Cell { state: AtomicU8::new(FREE), record: UnsafeCell::new(Record::NEW) } }; MOST];
static NEXT: AtomicU64 = AtomicU64::new(0);
static WAITING: AtomicUsize = AtomicUsize::new(0);
static LOST: AtomicUsize = AtomicUsize::new(0);

/// Keeps a record, or counts it as lost. For signal handlers.
pub(super) fn push(record: &Record) {
    let sequence = NEXT.fetch_add(1, Ordering::Relaxed);
    let first = sequence as usize % MOST;
    for n in 0..MOST {
        let cell = &CELLS[(first + n) % MOST];
        let taken =
            cell.state.compare_exchange(FREE, BUSY, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if taken {
            // SAFETY: the cell is ours while it is BUSY.
            unsafe { *cell.record.get() = Record { sequence, ..*record } };
            cell.state.store(READY, Ordering::Release);
            WAITING.fetch_add(1, Ordering::Release);
            return;
        }
    }
    LOST.fetch_add(1, Ordering::Relaxed);
}

/// Whether any record waits.
pub(super) fn any() -> bool {
    WAITING.load(Ordering::Acquire) > 0
}

/// Takes the records that `which` picks, in their order.
pub(super) fn take(which: impl Fn(&Record) -> bool) -> Vec<Record> {
    // One reader at a time: what one looks at, another would not see.
    static READER: Mutex<()> = Mutex::new(());
    let _reader = READER.lock();
    let mut taken = Vec::new();
    for cell in &CELLS {
        let ready =
            cell.state.compare_exchange(READY, BUSY, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if !ready {
            continue;
        }
        // SAFETY: the cell is ours while it is BUSY.
        let record = unsafe { *cell.record.get() };
        if which(&record) {
            taken.push(record);
            cell.state.store(FREE, Ordering::Release);
            WAITING.fetch_sub(1, Ordering::AcqRel);
        } else {
            cell.state.store(READY, Ordering::Release);
        }
    }
    taken.sort_unstable_by_key(|record| record.sequence);
    taken
}

/// How many records found no room since this was last asked.
pub(super) fn take_lost() -> usize {
    LOST.swap(0, Ordering::Relaxed)
}

/// What tells the calling thread from others. For signal handlers as well.
pub(super) fn thread() -> usize {
    thread_local! {
        static HERE: u8 = const { 0 };
    }
    HERE.try_with(|here| (&raw const *here).addr()).unwrap_or_default()
}
