//! Tables in pages of their own.

use parking_lot::Mutex;

use super::place::{self, ROWS, State, TABLES};
use crate::lent::DEAD;

/// Which places hold a table.
static USED: Mutex<[bool; TABLES]> = Mutex::new([false; TABLES]);

/// The pages of one table.
#[derive(Debug)]
pub(crate) struct Pages {
    number: usize,
}

impl Pages {
    /// Zeroed pages for so many bytes; `None` if there are as many tables as are watched at a time.
    pub(super) fn new(bytes: usize) -> Option<Self> {
        let mut used = USED.lock();
        let free = used.iter().position(|used| !used)?;
        let number = ROWS + free;
        let place = place::get(number);
        if !place.map(bytes) {
            return None;
        }
        place.begin();
        used[free] = true;
        Some(Self { number })
    }

    /// The address of the first byte.
    pub(crate) fn start(&self) -> usize {
        place::get(self.number).start()
    }

    /// Takes the pages away: the table was freed. A program that reads it all the same, and is let, finds no
    /// rows.
    pub(crate) fn close(&self) {
        let place = place::get(self.number);
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(place.start());
        // SAFETY: mapped so long, and open until now.
        unsafe {
            memory.write_bytes(DEAD, place.length());
            memory.cast::<u32>().write(0);
        }
        place.set(State::Gone);
    }

    /// Whether it is this table that lies in a place.
    pub(super) fn is(&self, number: usize) -> bool {
        self.number == number
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        place::get(self.number).unmap();
        USED.lock()[self.number - ROWS] = false;
    }
}
