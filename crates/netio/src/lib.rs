//! The simulated `netioapi.h` as a driver sees it: the same names return NTSTATUS, and each thread has an interrupt
//! request level.

use netiosim_win32::sim::Builder;
use netiosim_win32::sim::model::status::Flavour;

/// Run by the loader, before anything of the program: from here on the default stack's program is a driver.
extern "C" fn load() {
    netiosim_win32::set_default_builder(driver);
    netiosim_win32::drive::stacks::set_flavour(Flavour::Kernel);
}

fn driver() -> Builder {
    netiosim_win32::builder().flavour(Flavour::Kernel)
}

// The only unsafe thing here: the loader calls what lies in this section.
#[allow(unsafe_code, reason = "the section's name is what the loader looks for")]
#[used]
#[cfg_attr(all(unix, not(target_vendor = "apple")), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static LOAD: extern "C" fn() = load;
