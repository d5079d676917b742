//! The Teredo client.

use netiosim_sim::StackRef;
use netiosim_sim::model::change::Change;
use netiosim_sim::model::teredo::PortWish;

use super::problem::{Problem, Status};
use super::stacks::StackHandle;
use super::{entry, on};

/// Starts the Teredo client on this port, in host byte order; 0: on a port of its own choice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_start_teredo(stack: *mut StackHandle, port: u16) -> Status {
    let entry = entry!(netiosim_start_teredo);
    on(stack, entry, |stack| change(stack, &Change::TeredoStart(wish(port))))
}

/// Stops the Teredo client and starts it on this port, in host byte order; 0: on another port than it has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_restart_teredo(stack: *mut StackHandle, port: u16) -> Status {
    let entry = entry!(netiosim_restart_teredo);
    on(stack, entry, |stack| change(stack, &Change::TeredoRestart(wish(port))))
}

/// Stops the Teredo client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_stop_teredo(stack: *mut StackHandle) -> Status {
    on(stack, entry!(netiosim_stop_teredo), |stack| change(stack, &Change::TeredoStop))
}

/// Lets an application make the Teredo client qualify; it may ask its server first, which takes virtual time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_qualify_teredo(stack: *mut StackHandle) -> Status {
    on(stack, entry!(netiosim_qualify_teredo), |stack| change(stack, &Change::TeredoQualify))
}

fn change(stack: &StackRef, change: &Change) -> Result<(), Problem> {
    Ok(stack.change(change)?)
}

fn wish(port: u16) -> PortWish {
    if port == 0 { PortWish::Another } else { PortWish::Exactly(port) }
}
