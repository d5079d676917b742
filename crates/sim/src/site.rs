//! Where a call comes from, when no `Location` can say it: callers that are not Rust.

use std::cell::Cell;

/// A place in a program, known by the address that a call returns to.
#[derive(Clone, Copy, Debug)]
pub struct CallSite {
    /// The address; equal addresses are the same place.
    pub address: usize,
    /// What reports call that place; asked once per address and stack. It is called while the stack
    /// is locked and must not use it.
    pub resolve: fn(usize) -> String,
}

thread_local! {
    static NEXT: Cell<Option<CallSite>> = const { Cell::new(None) };
}

impl CallSite {
    /// The next call of the API on the calling thread comes from here, whatever its own location.
    pub fn announce(self) {
        NEXT.set(Some(self));
    }
}

/// Takes what was announced, if anything was.
pub(crate) fn take() -> Option<CallSite> {
    NEXT.take()
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
