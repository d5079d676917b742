//! The implementations that this project has.

#[cfg(feature = "abi")]
#[allow(unsafe_code, reason = "it calls the names of Windows")]
mod abi;
mod model;
mod notes;
mod sim;
#[cfg(feature = "abi")]
mod tool;

#[cfg(all(feature = "abi", not(windows)))]
pub use self::abi::Abi;
#[cfg(feature = "abi")]
pub use self::abi::{NotLoaded, Shared, System};
pub use self::model::Model;
pub use self::sim::Sim;
#[cfg(feature = "abi")]
pub use self::tool::{Tool, namespace};

use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::function::Function;
use netiosim_model::notification::Notification;
use netiosim_model::row::{Field, Row, RowType};

use crate::backend::{Backend, Did, Told};

/// Every backend that is built in: the model alone, the stack in its three modes, and with the feature `abi` the names of
/// Windows over a stack whose callbacks come on threads. `System`, which is no simulation, and `Shared`, which wants a path, are not
/// among them.
#[must_use]
pub fn all() -> Vec<&'static dyn Backend> {
    vec![
        &Model,
        &Sim::Manual,
        &Sim::Controlled,
        &Sim::Threads,
        #[cfg(all(feature = "abi", not(windows)))]
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
        Notification::StableTable { .. } => Told::Table,
        Notification::Hint { hint, .. } => Told::Hint(*hint),
    }
}

/// The call that gives the rest of a row that a callback is lent, with the keys copied out of it; and these.
fn query(lent: &Row) -> (Call, Row) {
    let kind = lent.row_type();
    let mut keys = Row::empty(kind);
    for field in Field::all(kind).filter(|field| field.is_key()) {
        keys.set(field, lent.get(field)).expect("a member of the same row");
    }
    let function = match kind {
        RowType::IpInterface => Function::GetIpInterfaceEntry,
        RowType::Unicast => Function::GetUnicastIpAddressEntry,
        RowType::Forward => Function::GetIpForwardEntry2,
        _ => unreachable!("no callback is lent a {}", kind.name()),
    };
    (Call::Row { function, level: 0, row: Some(keys.clone()) }, keys)
}

/// What came of it.
fn looked(keys: Row, reply: Reply) -> Did {
    let full = if let Output::Row(full) = reply.output { Some(full) } else { None };
    Did::Looked { keys, code: reply.code, full }
}
