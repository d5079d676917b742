//! What the executions of a suite run on: the same tests over each of them.

/// Runs each of these functions as a test, with what makes its explorers: on threads and, where that is built, on coroutines.
macro_rules! suite {
    ($($(#[$attribute:meta])* $name:ident)*) => {
        mod threads {
            $(#[test] $(#[$attribute])* fn $name() {
                super::$name(netiosim_explore::Explorer::new);
            })*
        }

        #[cfg(feature = "coroutines")]
        mod coroutines {
            $(#[test] $(#[$attribute])* fn $name() {
                super::$name(|| netiosim_explore::Explorer::new().coroutines());
            })*
        }
    };
}

pub(crate) use suite;
