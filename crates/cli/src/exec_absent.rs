//! `netiosim exec` where there is no way to preload a library.

use crate::USAGE;
use crate::args::ExecArgs;
use crate::output::{Output, complain};

/// Says what to do instead.
pub(crate) fn exec(_: &ExecArgs, _: &mut Output) -> u8 {
    complain(
        "`netiosim exec` works on Linux and macOS; here, put the library (iphlpapi.dll) beside the program",
    );
    USAGE
}

/// Reads the value of `--time-scale`.
pub(crate) fn time_scale(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "a number above 0".to_owned())
}
