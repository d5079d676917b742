//! Callbacks as the driver holds them, and what one delivery hands to them.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use netiosim_model::machine::{Due, RowRef};

use crate::StackRef;

/// What one call of a callback is handed, in the model's own terms.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The delivery: registration, number, context and notification.
    pub due: Due,
    /// The row that the callback is lent; `None` where the pointer is NULL or there is none.
    pub row: Option<RowRef>,
    /// The stack that calls.
    pub stack: StackRef,
}

/// A callback of any kind of registration.
///
/// Two registrations made with clones of one `RawCallback` have *the same callback*; the option
/// `serialization` may keep their deliveries apart (O-05).
#[derive(Clone)]
pub struct RawCallback {
    call: Arc<dyn Fn(&Delivery) + Send + Sync>,
    identity: usize,
}

impl RawCallback {
    /// Wraps a function.
    #[must_use]
    pub fn new(call: impl Fn(&Delivery) + Send + Sync + 'static) -> Self {
        let call: Arc<dyn Fn(&Delivery) + Send + Sync> = Arc::new(call);
        let identity = Arc::as_ptr(&call).cast::<()>() as usize;
        Self { call, identity }
    }

    /// A callback that counts as the same as others with this identity: the address of what it stands
    /// for, such as a function, or an object that it keeps alive.
    #[must_use]
    pub fn shared(identity: usize, call: impl Fn(&Delivery) + Send + Sync + 'static) -> Self {
        Self { call: Arc::new(call), identity }
    }

    pub(crate) fn identity(&self) -> usize {
        self.identity
    }

    /// Calls it; a panic comes back as its message.
    pub(crate) fn call(&self, delivery: &Delivery) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| (self.call)(delivery))).map_err(message_of)
    }
}

impl fmt::Debug for RawCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawCallback(..)")
    }
}

/// The text of a panic.
pub(crate) fn message_of(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(payload) => {
                // Its destructor is user code and may panic as well.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
                "a panic without a text".to_owned()
            }
        },
    }
}
