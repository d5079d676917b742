//! What only a build for Windows has: the way to the system's own `iphlpapi.dll`, and the report when a program ends.
//!
//! The simulator's DLL lies beside a program under the name of the system's, and the loader prefers it. Its other half is
//! therefore the system's: every export that the simulator does not play is passed on (`forward`, only in the DLL), and with
//! `NETIOSIM_FORWARD=1` the played ones are, too, wherever no stack is bound (`system`).
//!
//! All of this is chosen, not documented: Windows has no such DLL.

mod absent;
pub(crate) mod caller;
#[cfg(feature = "dll")]
mod entry;
pub mod exit;
#[cfg(all(feature = "dll", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod forward;
#[cfg(all(feature = "dll", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod names;
pub mod system;
