//! The simulated `netioapi.h` as the shared object that a program links instead of `iphlpapi`, or that is preloaded into it.
//!
//! Beside the functions it holds what `netiosim exec` talks to inside the program: its [life] is that of every program's
//! default stack, unless that command started it.
//!
//! [life]: netiosim_win32::Life

use netiosim_win32::Life;

/// Run by the loader, before anything of the program.
extern "C" fn load() {
    netiosim_win32::set_default_life(life());
}

#[cfg(unix)]
fn life() -> Life {
    use netiosim_scenario::live::program::{Agent, loaded};
    use netiosim_win32::sim::model::status::Flavour;

    loaded("iphlpapi");
    Life {
        make: || {
            let builder = netiosim_win32::builder();
            match Agent::of_this_process() {
                Some(agent) => agent.builder(builder, Flavour::User),
                None => builder,
            }
        },
        begun: |stack| match Agent::of_this_process() {
            Some(agent) => agent.begin(stack),
            None => netiosim_win32::begun(stack),
        },
        ended: |stack| match Agent::of_this_process() {
            Some(agent) => {
                agent.end(stack);
                false
            }
            None => netiosim_win32::ended(stack),
        },
    }
}

#[cfg(not(unix))]
fn life() -> Life {
    let (make, begun, ended) =
        (netiosim_win32::builder, netiosim_win32::begun, netiosim_win32::ended);
    Life { make, begun, ended }
}

// The only unsafe thing here: the loader calls what lies in this section.
#[allow(unsafe_code, reason = "the section's name is what the loader looks for")]
#[used]
#[cfg_attr(all(unix, not(target_vendor = "apple")), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static LOAD: extern "C" fn() = load;
