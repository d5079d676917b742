//! A watcher of a machine's addresses as an async stream.
//!
//! It tells which addresses are there when it begins, and then what comes and goes; an address is *up* while it
//! is usable (duplicate address detection is over) and its interface is connected. It is *not* bound to a
//! runtime: the system's callback wakes whoever polls.
//!
//! **The contract: between two polls nothing gets lost but what came and went again, and dropping the watcher
//! never waits.**
//!
//! # Examples
//!
//! ```
//! use futures::executor::block_on_stream;
//! use netiosim::Stack;
//! use watcher_stream::{IfEvent, IfWatcher};
//!
//! let stack = Stack::new();
//! let mut events = block_on_stream(IfWatcher::new(stack.handle())?);
//! let first = events.next().expect("a watcher never ends")?;
//! assert_eq!(first, IfEvent::Up("127.0.0.1/8".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use ipnet::IpNet;
use netiosim_api::{Error, Initial, NetIo, Subscription};

/// What happened to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IfEvent {
    /// It can be used now.
    Up(IpNet),
    /// It cannot be used any more.
    Down(IpNet),
}

/// A stream of what happens to the addresses of a machine; it never ends.
///
/// `N` is `System` on Windows and a handle of a simulated stack in tests.
pub struct IfWatcher<N> {
    net: N,
    up: BTreeSet<IpNet>,
    queue: VecDeque<IfEvent>,
    shared: Arc<Shared>,
    subscriptions: Vec<Subscription>,
}

/// What the callbacks have to do with the watcher. They hold nothing else of it.
struct Shared {
    /// Something changed since the list was last read.
    changed: AtomicBool,
    /// Who waits for that.
    waker: Mutex<Option<Waker>>,
}

impl<N: NetIo> IfWatcher<N> {
    /// Watches a machine, from now on.
    ///
    /// # Errors
    ///
    /// An [`Error`] when the machine does not let it register.
    pub fn new(net: N) -> Result<Self, Error> {
        // The list has never been read, which is as good as a change. It is read when it is polled for the first
        // time, which is after the registrations: a change in between is told.
        let shared = Arc::new(Shared { changed: AtomicBool::new(true), waker: Mutex::new(None) });
        let (for_addresses, for_interfaces) = (shared.clone(), shared.clone());
        let subscriptions = vec![
            net.on_unicast_address_change(
                None,
                Initial::No,
                Box::new(move |_| for_addresses.notify()),
            )?,
            // A medium that goes away may leave the addresses where they are.
            net.on_ip_interface_change(
                None,
                Initial::No,
                Box::new(move |_| for_interfaces.notify()),
            )?,
        ];
        Ok(Self { net, up: BTreeSet::new(), queue: VecDeque::new(), shared, subscriptions })
    }

    /// The addresses that were up when the list was last read.
    pub fn addresses(&self) -> impl Iterator<Item = IpNet> {
        self.up.iter().copied()
    }

    /// Ends it, and waits until no callback runs any more. Not for callbacks, nor under a lock that one wants.
    ///
    /// # Errors
    ///
    /// An [`Error`] when a registration could not be cancelled.
    #[track_caller]
    pub fn close(mut self) -> Result<(), Error> {
        // After a failure the rest is dropped.
        while let Some(subscription) = self.subscriptions.pop() {
            subscription.cancel()?;
        }
        Ok(())
    }

    /// Reads the list, and queues what is different.
    fn read(&mut self) -> Result<(), Error> {
        let connected: HashSet<_> = (self.net.ip_interfaces(None)?.iter())
            .filter(|row| row.connected)
            .map(|row| (row.key.luid, row.key.family))
            .collect();
        let up: BTreeSet<IpNet> = (self.net.unicast_addresses(None)?.iter())
            .filter(|row| row.dad_state.is_usable())
            .filter(|row| connected.contains(&(row.key.luid, row.key.address.family())))
            // A prefix length that is longer than the address tells of none.
            .filter_map(|row| IpNet::new(row.key.address.ip, row.prefix_length).ok())
            .collect();
        self.queue.extend(self.up.difference(&up).copied().map(IfEvent::Down));
        self.queue.extend(up.difference(&self.up).copied().map(IfEvent::Up));
        self.up = up;
        Ok(())
    }
}

impl Shared {
    /// Tells whoever polls; no lock is held while he is woken, since a waker may do anything.
    fn notify(&self) {
        self.changed.store(true, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Has this one be told of the next change.
    fn wake_later(&self, waker: &Waker) {
        let waker = Some(waker.clone());
        let before = std::mem::replace(
            &mut *self.waker.lock().unwrap_or_else(PoisonError::into_inner),
            waker,
        );
        // What it does when it is dropped is its own business: not under the lock.
        drop(before);
    }
}

impl<N: NetIo> Stream for IfWatcher<N> {
    type Item = Result<IfEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(event) = this.queue.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            this.shared.wake_later(cx.waker());
            // Cleared before the list is read: what happens meanwhile sets it again.
            if !this.shared.changed.swap(false, Ordering::SeqCst) {
                return Poll::Pending;
            }
            if let Err(error) = this.read() {
                // The next poll tries again.
                this.shared.changed.store(true, Ordering::SeqCst);
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

/// Nothing in it is pinned.
impl<N> Unpin for IfWatcher<N> {}

impl<N> Drop for IfWatcher<N> {
    fn drop(&mut self) {
        // A stream is dropped wherever its task is: in a callback that runs it, under a lock of the executor.
        // A cancel that waits there may wait for ever.
        for subscription in self.subscriptions.drain(..) {
            subscription.cancel_detached();
        }
    }
}

impl<N> fmt::Debug for IfWatcher<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IfWatcher").field("up", &self.up).finish_non_exhaustive()
    }
}

/// The page about the seam: what it shows is compiled with the examples.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/seam.md")]
struct SeamPage;
