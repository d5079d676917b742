//! Stacks of real machines: from what a machine says of its interfaces to a stack file.
//!
//! [`Host`] is what any source can say; [`ip_json`] makes it of saved outputs of iproute2, the
//! command `netiosim import host` of the machine that it runs on. [`Host::into_stack`] then makes a
//! stack that keeps the rules of Windows: one alias, one index and one LUID an interface, exactly
//! one loopback interface, at most one Teredo pseudo-interface.

mod brought;
mod host;
pub mod ip_json;
mod ip_record;

pub use self::host::{Host, HostInterface, HostRoute, Imported};
