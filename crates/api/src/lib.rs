//! A seam between a program and Windows' `netioapi.h`: one trait, [`NetIo`], with the API's operations in
//! plain Rust.
//!
//! A program written on it runs in production on Windows, where `System` calls the real functions, and
//! in tests anywhere, where a `Stack` of `netiosim` stands behind it. It is *not* a portable network
//! library: on Linux and macOS there is nothing behind it but the simulator.
//!
//! **The contract: what comes back is copied and owned. A callback is told keys, and asks for the rest; a
//! subscription ends when it is cancelled or dropped, and that waits for a callback that runs.**
//!
//! # Examples
//!
//! The same source for both:
//!
//! ```
//! use std::sync::{Arc, Mutex};
//!
//! use netiosim_api::{Error, Initial, NetIo, Subscription};
//!
//! /// Keeps the list of the usable addresses of the machine.
//! struct Watch {
//!     usable: Arc<Mutex<Vec<String>>>,
//!     _changes: Subscription,
//! }
//!
//! fn watch(net: &impl NetIo) -> Result<Watch, Error> {
//!     let usable = Arc::new(Mutex::new(Vec::new()));
//!     let list = usable.clone();
//!     // Register first, read then: what happens in between is told.
//!     let changes = net.on_unicast_address_change(
//!         None,
//!         Initial::No,
//!         Box::new(move |change| {
//!             if let Ok(all) = read(change.net()) {
//!                 *list.lock().unwrap() = all;
//!             }
//!         }),
//!     )?;
//!     let all = read(net)?;
//!     *usable.lock().unwrap() = all;
//!     Ok(Watch { usable, _changes: changes })
//! }
//!
//! fn read(net: &(impl NetIo + ?Sized)) -> Result<Vec<String>, Error> {
//!     let rows = net.unicast_addresses(None)?;
//!     Ok(rows.iter().filter(|row| row.dad_state.is_usable()).map(|row| row.key.address.to_string()).collect())
//! }
//!
//! #[cfg(windows)]
//! fn production() -> Result<Watch, Error> {
//!     watch(&netiosim_api::System)
//! }
//!
//! // In a test:
//! let stack = netiosim_sim::Stack::new();
//! let watched = watch(&stack)?;
//! stack.add_address("Ethernet", "10.0.0.5/24")?;
//! stack.advance_ms(3000);
//! assert!(watched.usable.lock().unwrap().contains(&"10.0.0.5".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod change;
mod error;
mod interface;
mod names;
mod net_io;
mod route;
mod subscription;
#[cfg(any(windows, feature = "abi"))]
mod system;

pub use self::address::{Address, DadState, UnicastAddress, UnicastKey};
pub use self::change::{
    Callback, Change, ChangeKind, Initial, IpInterfaceChange, RouteChange, RowCallback,
    TeredoPortChange, UnicastAddressChange,
};
pub use self::error::Error;
pub use self::interface::{
    Family, Guid, Interface, IpInterface, IpInterfaceKey, Luid, MediaState, OperStatus,
};
pub use self::net_io::NetIo;
pub use self::route::{BestRoute, Route, RouteKey};
pub use self::subscription::{Cancel, Subscription};
#[cfg(any(windows, feature = "abi"))]
pub use self::system::System;
