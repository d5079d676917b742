//! The simulated `netioapi.h` as a driver sees it: the same names return NTSTATUS, and each thread has an interrupt
//! request level.

use netiosim_win32::sim::Builder;
use netiosim_win32::sim::model::status::Flavour;

/// The default stack's program is a driver. The linker runs this when the shared object is loaded.
#[doc(hidden)]
pub extern "C" fn load() {
    netiosim_win32::set_default_builder(driver);
}

fn driver() -> Builder {
    netiosim_win32::builder().flavour(Flavour::Kernel)
}
