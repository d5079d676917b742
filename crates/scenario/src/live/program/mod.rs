//! A scenario that a program lives through which knows nothing of it: the program is the client.
//!
//! The command `netiosim exec` starts the program and waits at a socket. The shared object inside the program
//! connects with the first call of the API, is [told](Welcome) the scenario, lets the timeline happen in
//! real time, and [tells](Message) what happens, line by line, so that a crash loses nothing. It judges
//! the expectations where the machine is: in the program.
//!
//! Registrations of a program have the names that the stack gives them, by the order in which they come:
//! `teredo-port-1`, `ip-interface-1`, `unicast-address-1`, `route-1`, `stable-table-1`, `connectivity-hint-1`.

#[cfg(unix)]
mod agent;
#[cfg(unix)]
mod record;
#[cfg(unix)]
mod timeline;
mod wire;

#[cfg(unix)]
pub use self::agent::{Agent, loaded};
pub use self::wire::{
    COMMAND, Found, Judged, LOADED, MEETING, Message, Missed, Moment, SOCKET, Setup, VERSION,
    Welcome,
};
