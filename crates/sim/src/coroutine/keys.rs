//! Which coroutine runs on the calling thread, and how it suspends itself from wherever it is.
//!
//! A coroutine is handed what it suspends itself with as a reference that lives as long as its own stack. Each coroutine puts
//! that reference under a key of its own, for its whole life; so keys are set and given back in an order that suits
//! them, whatever the order in which coroutines are suspended and go on. It is why their number has a limit.

use std::cell::Cell;

use corosensei::Yielder;
use scoped_tls::{ScopedKey, scoped_thread_local};

type Suspender = Yielder<(), ()>;

macro_rules! keys {
    ($($name:ident)*) => {
        $(scoped_thread_local!(static $name: Suspender);)*
        static KEYS: &[&ScopedKey<Suspender>] = &[$(&$name),*];
    };
}

keys! {
    K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11 K12 K13 K14 K15 K16 K17 K18 K19 K20 K21 K22 K23 K24 K25 K26
    K27 K28 K29 K30 K31 K32 K33 K34 K35 K36 K37 K38 K39 K40 K41 K42 K43 K44 K45 K46 K47 K48 K49 K50 K51
    K52 K53 K54 K55 K56 K57 K58 K59 K60 K61 K62 K63 K64 K65 K66 K67 K68 K69 K70 K71 K72 K73 K74 K75 K76
    K77 K78 K79 K80 K81 K82 K83 K84 K85 K86 K87 K88 K89 K90 K91 K92 K93 K94 K95 K96 K97 K98 K99 K100
    K101 K102 K103 K104 K105 K106 K107 K108 K109 K110 K111 K112 K113 K114 K115 K116 K117 K118 K119 K120
    K121 K122 K123 K124 K125 K126 K127
}

/// As many coroutines there are at most at a time.
pub(super) const MOST: usize = 128;

/// No coroutine.
const NONE: usize = usize::MAX;

thread_local! {
    static CURRENT: Cell<usize> = const { Cell::new(NONE) };
    /// How many coroutines are suspended while they panic.
    static UNWINDING: Cell<usize> = const { Cell::new(0) };
}

/// The number of the coroutine that the calling code runs on.
pub(super) fn current() -> Option<usize> {
    let current = CURRENT.get();
    (current != NONE).then_some(current)
}

/// Whether the calling code runs on a coroutine.
pub(crate) fn is_here() -> bool {
    CURRENT.get() != NONE
}

/// Runs the life of a coroutine: `f` may [`suspend`] it from now on.
pub(super) fn live<R>(number: usize, suspender: &Suspender, f: impl FnOnce() -> R) -> R {
    KEYS[number].set(suspender, f)
}

/// Lets a coroutine run while `resume` does: nobody but the pool has it.
pub(super) fn within<R>(number: usize, resume: impl FnOnce() -> R) -> R {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            CURRENT.set(NONE);
        }
    }
    CURRENT.set(number);
    let _over = Over;
    resume()
}

/// Suspends the coroutine that the calling code runs on, until it is let go on.
pub(crate) fn suspend() {
    let unwinds = panicking();
    if unwinds {
        UNWINDING.set(UNWINDING.get() + 1);
    }
    KEYS[CURRENT.get()].with(|suspender| suspender.suspend(()));
    if unwinds {
        UNWINDING.set(UNWINDING.get() - 1);
    }
}

/// Whether the calling thread panics: the coroutine that runs, not another that is suspended meanwhile. Of two that panic at a time
/// the second is not known to.
pub(crate) fn panicking() -> bool {
    crate::sync::thread::panicking() && UNWINDING.get() == 0
}

#[cfg(test)]
mod tests {
    use super::{KEYS, MOST};

    #[test]
    fn there_is_a_key_for_each() {
        assert_eq!(KEYS.len(), MOST);
    }
}
