//! Storms: changes that come together in real life.

use std::panic::Location;

use netiosim_model::change::ChangeError;
use netiosim_model::storm::Storm;

use crate::StackRef;

impl StackRef {
    /// Lets a storm happen: its changes at their times, virtual time going by between them, and the
    /// deliveries that become due, each at its time. Returns the number of deliveries.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_model::storm::Storm;
    /// use netiosim_sim::Stack;
    ///
    /// let stack = Stack::new();
    /// let changes = stack.on_ip_interface_change(None, |_| {})?;
    /// let heard = stack.storm(&Storm::WifiRoam { interface: "Ethernet".into() })?;
    /// assert!((6..=10).contains(&heard), "as seen at a real hand-over");
    /// changes.cancel()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the storm makes no sense on this machine, or when something that happened
    /// meanwhile took the ground from one of its changes; what came before it has happened.
    ///
    /// # Panics
    ///
    /// As [`run_until_idle`](Self::run_until_idle).
    #[track_caller]
    pub fn storm(&self, storm: &Storm) -> Result<usize, ChangeError> {
        let at = Location::caller();
        let plan = storm.plan(&self.env())?;
        let (mut deliveries, mut gone_ms) = (0, 0);
        for (offset_ms, change) in plan {
            if offset_ms > gone_ms {
                deliveries += self.advance_ms(offset_ms - gone_ms);
                gone_ms = offset_ms;
            }
            self.change_at(&change, at)?;
        }
        Ok(deliveries + self.run_until_idle())
    }
}
