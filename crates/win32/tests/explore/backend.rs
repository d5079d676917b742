//! What the executions of a test run on.

/// Runs each of these functions as a test, with what makes its explorers: on threads and, where that is built, on coroutines.
macro_rules! suite {
    ($($name:ident)*) => {
        mod threads {
            $(#[test] fn $name() {
                super::$name(netiosim_explore::Explorer::new);
            })*
        }

        #[cfg(feature = "coroutines")]
        mod coroutines {
            $(#[test] fn $name() {
                super::$name(|| netiosim_explore::Explorer::new().coroutines());
            })*
        }
    };
}

pub(crate) use suite;
