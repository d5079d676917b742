//! The netiosim model with callbacks, threads and a clock: the crate that a test adds.
//!
//! A [`Stack`] is the IP stack of one simulated Windows machine, with the functions of `netioapi.h`
//! that tell programs about changes: registrations with real callbacks, queries, and changes of the
//! environment that real Windows makes hard to provoke. It is *not* a network: no packet is sent.
//! What the functions mean is decided in `netiosim-model` alone; this crate calls, waits and wakes.
//!
//! **The contract: no lock of this crate is ever held while user code runs, destructors of callbacks
//! included; and a wait that would never end is answered with the explanation, not with a hang.**
//!
//! Three [modes](Mode), one API: *manual*, where callbacks run on the test's own thread when it says
//! so; *controlled*, where each delivery has a thread of its own and one thread runs at a time, in an
//! order that the seed decides; and *threads*, where workers run freely.
//!
//! Each function of the API can be called in three ways: by its name in snake case, with the parameters
//! and codes of its page and `None` for NULL, as in [`StackRef::get_unicast_ip_address_entry`]; in a
//! friendly form with a `Result`, as in [`StackRef::unicast_address`], where tables free themselves and
//! registrations cancel themselves; and, where it answers at once, as a [`model::api::Call`] with
//! [`StackRef::call`]. What happens to the machine from outside has methods too, such as
//! [`StackRef::add_address`], and [`StackRef::change`] for everything.
//!
//! With the feature `shuttle` a stack in threads mode runs on the primitives of
//! [shuttle](https://docs.rs/shuttle), inside its tests and nowhere else.
//!
//! # Examples
//!
//! A firewall keeps an exception on the Teredo client's port:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU16, Ordering};
//!
//! use netiosim_sim::Stack;
//!
//! let stack = Stack::new();
//! let exception = Arc::new(AtomicU16::new(0));
//!
//! let open = exception.clone();
//! let changes = stack.on_teredo_port_change(move |change| open.store(change.port, Ordering::SeqCst))?;
//! exception.store(stack.teredo_port()?, Ordering::SeqCst);
//!
//! for _ in 0..10 {
//!     stack.restart_teredo()?;
//!     stack.run_until_idle();
//!     assert_eq!(exception.load(Ordering::SeqCst), stack.teredo_port()?);
//! }
//! changes.cancel()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program creates an address and uses it when the system says that it may:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicBool, Ordering};
//!
//! use netiosim_sim::Stack;
//! use netiosim_sim::model::net::Family;
//!
//! let stack = Stack::new();
//! let usable = Arc::new(AtomicBool::new(false));
//! let seen = usable.clone();
//! let changes = stack.on_unicast_address_change(Family::V4, move |change| {
//!     // The row promises its keys alone: what it is like has to be asked for, and may be gone.
//!     let entry = change.row.and_then(|row| row.entry().ok());
//!     seen.store(entry.is_some_and(|entry| entry.dad_state == 4), Ordering::SeqCst);
//! })?;
//! let luid = stack.luid_of_alias("Ethernet")?;
//! stack.create_unicast_address(&stack.new_unicast_address(luid, [10, 0, 0, 5], 24)?)?;
//!
//! stack.run_until_idle();
//! assert!(!usable.load(Ordering::SeqCst), "duplicate address detection runs");
//! stack.advance_ms(3000);
//! assert!(usable.load(Ordering::SeqCst));
//! changes.cancel()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adapters;
mod answer;
mod api;
mod barrier;
mod bind;
mod builder;
mod call;
mod callback;
mod cancel;
mod channel;
mod clock;
mod convert;
mod core;
mod coroutine;
mod crew;
mod deliver;
mod dispatch;
mod entry;
mod environment;
mod error;
mod friendly;
mod gate;
mod hash;
mod latch;
mod lock;
mod mock;
mod monitor;
mod notification;
mod notify;
mod observer;
mod overlapped;
mod picker;
mod plain;
mod pool;
mod process;
mod procfs;
mod prototype;
mod register;
mod registration;
mod row;
mod schedule;
mod settle;
mod site;
mod stack;
mod start;
mod stuck;
mod subscribe;
mod sync;
mod table;
mod teredo_port;
mod thread;
mod turns;
mod wait;
mod watchdog;

pub use netiosim_model as model;
pub use netiosim_model::row::{
    AnycastRow, ForwardRow, HintRow, IfRow, IfStackRow, InvertedIfStackRow, IpInterfaceRow,
    MulticastRow, NeighbourRow, SocketAddress, UnicastRow,
};

pub use self::barrier::{Barrier, NeverReached, Point};
pub use self::bind::aside;
pub use self::builder::{BuildError, Builder, Mode, OnDeadlock, SwitchAt};
pub use self::call::{Args, Call};
pub use self::callback::{Delivery, RawCallback};
pub use self::channel::{Channel, Signal};
pub use self::clock::{Agenda, Happening};
#[cfg(feature = "coroutines")]
pub use self::coroutine::Coroutines;
pub use self::crew::Crew;
pub use self::environment::{EnvironmentError, FaultGuard};
pub use self::error::{ApiError, CancelError, Deadlock, JoinError, NotIdle, SendError, WrongMode};
pub use self::friendly::BestRoute;
pub use self::lock::{Mutex, MutexGuard, ReadGuard, RwLock, WriteGuard};
pub use self::mock::{Answer, CallTarget, Expectation, Sequence, Stub, StubGuard};
pub use self::notification::{
    ConnectivityHintChange, IpInterfaceChange, RouteChange, RowChange, StableTable,
    TeredoPortChange, UnicastAddressChange,
};
pub use self::notify::{
    ConnectivityHintCallback, IpInterfaceCallback, RouteCallback, RowCallback, StableTableCallback,
    TeredoPortCallback, UnicastAddressCallback,
};
pub use self::observer::Observer;
pub use self::overlapped::Overlapped;
pub use self::picker::{NextStep, Scheduler, StepKey, StepKind};
pub use self::process::{Inside, Module, Object, Process};
pub use self::prototype::{Prototype, StackParts};
pub use self::register::{HandleCell, RawKind, RawRegistered, RawRequest};
pub use self::registration::Registration;
pub use self::row::{LentKey, Row};
pub use self::site::CallSite;
pub use self::stack::{Stack, StackRef, WeakStack};
pub use self::subscribe::{
    ForConnectivityHint, ForIpInterface, ForRoute, ForStableTable, ForTeredoPort,
    ForUnicastAddress, HasInitial, StableAddresses, Subscribe,
};
pub use self::table::{MibTable, RawTable};
pub use self::thread::JoinHandle;
