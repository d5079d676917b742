//! The implementations that this project has.

#[cfg(feature = "abi")]
#[allow(unsafe_code, reason = "it calls the names of Windows")]
mod abi;
mod model;
mod sim;

#[cfg(feature = "abi")]
pub use self::abi::Abi;
pub use self::model::Model;
pub use self::sim::Sim;

use netiosim_model::notification::Notification;

use crate::backend::{Backend, Told};

/// Every backend that is built in: the model alone, the stack in its three modes, and with the feature `abi` the names of
/// Windows over a stack whose callbacks come on threads.
#[must_use]
pub fn all() -> Vec<&'static dyn Backend> {
    vec![
        &Model,
        &Sim::Manual,
        &Sim::Controlled,
        &Sim::Threads,
        #[cfg(feature = "abi")]
        &Abi,
    ]
}

/// What a callback is told by a notification of the model.
fn told(notification: &Notification) -> Told {
    match notification {
        Notification::TeredoPort { port, kind } => Told::Port { port: *port, kind: kind.number() },
        Notification::IpInterface { row, kind } => {
            Told::Row { row: row.is_some(), kind: kind.number() }
        }
        Notification::UnicastAddress { row, kind } => {
            Told::Row { row: row.is_some(), kind: kind.number() }
        }
        Notification::Route { row, kind } => Told::Row { row: row.is_some(), kind: kind.number() },
        Notification::StableTable { .. } | Notification::Hint { .. } => Told::Other,
    }
}
