//! Where a call comes from, when no `Location` can say it: callers that are not Rust.

use std::cell::Cell;
use std::sync::Arc;

use crate::hash::NumberMap;
use crate::sync;
use crate::sync::plain::Mutex;

/// A place in a program, known by the address that a call returns to.
#[derive(Clone, Copy, Debug)]
pub struct CallSite {
    /// The address; equal addresses are the same place.
    pub address: usize,
    /// What reports call that place; asked once per address, whatever the stack, and while no stack is locked.
    pub resolve: fn(usize) -> String,
}

/// As many places are remembered; programs that make code as they run may have more.
const MOST: usize = 1 << 16;

/// What places are called. To find that out takes milliseconds, and tests make a stack each.
static NAMES: Mutex<Option<NumberMap<usize, Arc<str>>>> = Mutex::new(None);

sync::thread_local! {
    static NEXT: Cell<Option<CallSite>> = const { Cell::new(None) };
}

impl CallSite {
    /// The next call of the API on the calling thread comes from here, whatever its own location.
    pub fn announce(self) {
        NEXT.with(|next| next.set(Some(self)));
    }

    /// What reports call the place.
    pub(crate) fn name(self) -> Arc<str> {
        // Who resolves is part of the key; there is one, outside of tests.
        let key = self.address ^ (self.resolve as usize).rotate_left(32);
        let known = NAMES.lock().as_ref().and_then(|names| names.get(&key).cloned());
        known.unwrap_or_else(|| {
            let name: Arc<str> = (self.resolve)(self.address).into();
            let mut names = NAMES.lock();
            let names = names.get_or_insert_default();
            if names.len() < MOST {
                names.insert(key, name.clone());
            }
            name
        })
    }
}

/// Takes what was announced, if anything was.
pub(crate) fn take() -> Option<CallSite> {
    NEXT.with(Cell::take)
}

#[cfg(test)]
mod tests {
    use super::CallSite;
    use crate::Stack;

    #[test]
    fn one_call_is_placed_and_the_next_is_not() {
        let stack = Stack::new();
        CallSite { address: 0x1234, resolve: |address| format!("client.c:{address}") }.announce();
        let _ = stack.teredo_port();
        let _ = stack.teredo_port();
        let places: Vec<_> = stack.calls().into_iter().map(|call| call.place.unwrap()).collect();
        assert_eq!(places[0], "client.c:4660");
        assert!(places[1].contains("site.rs:"), "{places:?}");
    }
}
