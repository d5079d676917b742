//! The pieces of memory whose protection is ours, known without a lock: the fault handler asks here.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};

/// As many rows are lent or rest at a time.
pub(super) const ROWS: usize = 512;
/// As many tables are held or rest at a time.
pub(super) const TABLES: usize = 1024;
/// One more, on which it is tried at the start whether single steps are possible.
pub(super) const PROBE: usize = ROWS + TABLES;

static PLACES: [Place; PROBE + 1] = [const { Place::new() }; PROBE + 1];

/// One mapping: a row and the guard page behind it, or a table.
pub(super) struct Place {
    start: AtomicUsize,
    /// In bytes, whole pages.
    length: AtomicUsize,
    state: AtomicU8,
    /// Whether a fault made it readable and nobody has taken that back.
    open: AtomicBool,
    /// How often it was put to use.
    generation: AtomicU32,
}

/// What may be read of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    /// Nothing is here.
    Unused,
    /// A row that a callback is lent: the first page, which ends behind the keys.
    Lent,
    /// All of it: a table.
    Whole,
    /// Nothing: its callback has returned, or it was freed.
    Gone,
}

/// What a fault in a place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A member of a lent row that is no key.
    BeyondKeys,
    /// A row or table that is gone.
    Gone,
    /// It is readable by now: another thread was just protecting it.
    Nothing,
}

impl Place {
    const fn new() -> Self {
        Self {
            start: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            state: AtomicU8::new(State::Unused as u8),
            open: AtomicBool::new(false),
            generation: AtomicU32::new(0),
        }
    }

    pub(super) fn start(&self) -> usize {
        self.start.load(Ordering::Acquire)
    }

    pub(super) fn length(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn state(&self) -> State {
        match self.state.load(Ordering::Acquire) {
            1 => State::Lent,
            2 => State::Whole,
            3 => State::Gone,
            _ => State::Unused,
        }
    }

    /// Gives the place memory of so many bytes, rounded up to pages; false if there is none to be had.
    pub(super) fn map(&self, bytes: usize) -> bool {
        let length = bytes.next_multiple_of(page());
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: new memory, wherever the system likes.
        let memory = unsafe { libc::mmap(std::ptr::null_mut(), length, access, flags, -1, 0) };
        if memory == libc::MAP_FAILED {
            return false;
        }
        self.length.store(length, Ordering::Release);
        self.start.store(memory.expose_provenance(), Ordering::Release);
        true
    }

    /// Gives the memory back.
    pub(super) fn unmap(&self) {
        let start = self.start.swap(0, Ordering::AcqRel);
        self.state.store(State::Unused as u8, Ordering::Release);
        self.open.store(false, Ordering::Release);
        if start != 0 {
            // SAFETY: mapped by `map` with this length, and found by nobody any more.
            unsafe { libc::munmap(std::ptr::with_exposed_provenance_mut(start), self.length()) };
        }
    }

    /// A new use of the place begins, and all of it is open to us.
    pub(super) fn begin(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.state.store(State::Whole as u8, Ordering::Release);
        self.protect();
    }

    /// From now on so much of it may be read.
    pub(super) fn set(&self, state: State) {
        self.state.store(state as u8, Ordering::Release);
        self.protect();
    }

    /// What a fault at an address in this place means.
    pub(super) fn meaning(&self, address: usize) -> Meaning {
        match self.state() {
            State::Lent if address >= self.start() + page() => Meaning::BeyondKeys,
            State::Gone => Meaning::Gone,
            State::Unused | State::Whole | State::Lent => Meaning::Nothing,
        }
    }

    /// Makes all of it readable for the access that faulted; false if the system refuses. For signal handlers
    /// as well.
    pub(super) fn open(&self) -> bool {
        self.open.store(true, Ordering::Release);
        protect(self.start(), self.length(), true)
    }

    /// Takes back what [`open`](Self::open) did, if it did. For signal handlers as well.
    pub(super) fn close(&self) {
        if self.open.swap(false, Ordering::AcqRel) {
            self.protect();
        }
    }

    /// Lets no more be read than the state says; false if the system refuses. For signal handlers as well.
    pub(super) fn protect(&self) -> bool {
        let (start, length) = (self.start(), self.length());
        match self.state() {
            State::Unused => false,
            State::Lent => {
                protect(start, page(), true) && protect(start + page(), length - page(), false)
            }
            State::Whole => protect(start, length, true),
            State::Gone => protect(start, length, false),
        }
    }
}

/// The place with this number.
pub(super) fn get(number: usize) -> &'static Place {
    &PLACES[number]
}

/// The place that an address lies in. For signal handlers as well.
pub(super) fn find(address: usize) -> Option<usize> {
    PLACES.iter().position(|place| {
        let start = place.start();
        start != 0 && address >= start && address - start < place.length()
    })
}

/// Whether a place stays open behind the access that opened it.
static LEFT_OPEN: AtomicBool = AtomicBool::new(false);

/// A place stays open for now: a single step was not possible. For signal handlers.
pub(super) fn leave_open() {
    LEFT_OPEN.store(true, Ordering::Release);
}

/// Closes the places that were left open.
pub(super) fn close_left() {
    if LEFT_OPEN.load(Ordering::Relaxed) && LEFT_OPEN.swap(false, Ordering::AcqRel) {
        for place in &PLACES {
            place.close();
        }
    }
}

/// The size of a page, in bytes.
pub(super) fn page() -> usize {
    static PAGE: AtomicUsize = AtomicUsize::new(0);
    match PAGE.load(Ordering::Relaxed) {
        0 => {
            // SAFETY: asks for a number.
            let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
            let size = usize::try_from(size).unwrap_or(4096);
            PAGE.store(size, Ordering::Relaxed);
            size
        }
        size => size,
    }
}

fn protect(start: usize, length: usize, readable: bool) -> bool {
    let access = if readable { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_NONE };
    // SAFETY: the memory is a mapping of ours, and whoever reads it without leave is what we wait for.
    unsafe { libc::mprotect(std::ptr::with_exposed_provenance_mut(start), length, access) == 0 }
}
