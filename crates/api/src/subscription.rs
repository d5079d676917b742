//! A registration, and how it ends.

use std::fmt;

use crate::Error;

/// A live registration. **Dropping it cancels it.**
///
/// # Never cancel in the callback
///
/// Cancelling waits until a callback of the registration that runs has returned, as
/// CancelMibChangeNotify2 does; after that none is called any more (CX-08). From this follow two rules of
/// the pages, and they hold for [`cancel`](Self::cancel) and for dropping alike:
///
/// * Never in its own callback: the thread would wait for itself (TP-24, NI-22, CX-09). Another registration may be
///   cancelled there (CX-16).
/// * Never while holding what the callback waits for: a lock that it takes, a channel that it fills
///   (CX-11).
///
/// On Windows a program that breaks them hangs. A simulated stack answers
/// [`Error::POSSIBLE_DEADLOCK`] with the explanation and keeps the finding, so that a test fails.
///
/// Who cannot know where he is, such as the `Drop` of a type that others put anywhere, takes
/// [`cancel_detached`](Self::cancel_detached): it never waits (CX-17).
#[must_use = "dropping a subscription cancels it"]
pub struct Subscription {
    /// Dropping it cancels.
    registration: Box<dyn Cancel>,
}

/// A registration of an implementation of [`NetIo`](crate::NetIo). **Dropping it has to cancel it**, and to wait
/// as [`cancel`](Self::cancel) does.
pub trait Cancel: Send + Sync {
    /// Cancels it, and waits for a callback that runs.
    ///
    /// # Errors
    ///
    /// An [`Error`]; it is not tried again.
    #[track_caller]
    fn cancel(self: Box<Self>) -> Result<(), Error>;

    /// Cancels it without waiting, wherever it is called; soon after, no callback is called any more.
    #[track_caller]
    fn cancel_detached(self: Box<Self>);
}

impl Subscription {
    /// The registration of an implementation.
    pub fn new(registration: impl Cancel + 'static) -> Self {
        Self { registration: Box::new(registration) }
    }

    /// Cancels it, and waits for a callback that runs. After it, what the callback used may go away.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code of CancelMibChangeNotify2, which [is a deadlock](Error::is_deadlock) where the wait
    /// would never have ended and somebody noticed. Do not free then what the callback uses: it may still be
    /// called. (The callback itself, a closure, is kept for that.)
    #[track_caller]
    pub fn cancel(self) -> Result<(), Error> {
        self.registration.cancel()
    }

    /// Cancels it without waiting: on another thread, if a callback of it runs or may run.
    ///
    /// It may be called anywhere, in the registration's own callback too. In return the callback may still run
    /// when this returns, and even begin once more. Whatever goes wrong is told to nobody.
    #[track_caller]
    pub fn cancel_detached(self) {
        self.registration.cancel_detached();
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
