//! Waiting for a state of the model.

use std::panic::Location;

use netiosim_model::machine::Machine;

use crate::StackRef;
use crate::builder::Mode;

impl StackRef {
    /// Waits, in threads mode, until the model is in a state that others bring about; for drivers that
    /// are built on this crate. In the other modes the question is asked once, because there nothing
    /// happens that the caller does not let happen.
    ///
    /// Returns whether the state came; `false` when the stack ended before.
    #[track_caller]
    pub fn wait_until(&self, reached: impl Fn(&Machine) -> bool) -> bool {
        let mut entry = self.enter(Location::caller());
        if self.inner.mode == Mode::Threads {
            entry.park(|core| core.closing || reached(&core.machine));
        }
        reached(&entry.machine)
    }
}
