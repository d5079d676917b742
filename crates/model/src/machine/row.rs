//! The row that a callback is lent, and what may be done with it.

use super::Machine;
use crate::choose::Chooser;
use crate::ids::{ActorId, Handle};
use crate::member::Member;
use crate::notification::{Notification, RowKey};
use crate::profile::OptionId;
use crate::rule::Rule;

/// The row pointer of one delivery: valid until its callback returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowRef {
    /// The registration.
    pub handle: Handle,
    /// The number of the delivery.
    pub number: u32,
}

/// What a look at a member of a row showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowRead {
    /// The value of a key member.
    Value(u64),
    /// The pointer is NULL: this is an initial notification.
    Null,
    /// The member is not promised (N008); what stands there by the option `row-non-key` (O-23).
    NotPromised(u64),
    /// The row is no longer the callback's (N006).
    Gone,
}

impl Machine {
    /// Reads a member of a notification row (NI-12).
    pub fn row_read(
        &mut self,
        actor: ActorId,
        row: RowRef,
        member: Member,
        chooser: &mut dyn Chooser,
    ) -> RowRead {
        let Some(key) = self.row_key(row) else {
            let message = format!(
                "{} of a row of \"{}\" was read after the callback that it was lent to had returned",
                member.name(),
                self.row_owner(row)
            );
            self.finding(Rule::RowAfterCallback, actor, Some(row.handle), message, Vec::new());
            return RowRead::Gone;
        };
        let Some(key) = key else { return RowRead::Null };
        match member {
            Member::Family => RowRead::Value(u64::from(key.family.number())),
            Member::InterfaceLuid => RowRead::Value(key.luid.0),
            Member::InterfaceIndex => RowRead::Value(u64::from(key.index)),
            _ => {
                let message = format!(
                    "{} was read from a notification row of \"{}\", which promises only Family, InterfaceLuid and InterfaceIndex",
                    member.name(),
                    self.registration_name(row.handle)
                );
                self.finding(Rule::RowNonKeyMember, actor, Some(row.handle), message, Vec::new());
                let value = match self.pick(OptionId::RowNonKey, chooser) {
                    "zero" => 0,
                    _ => 0xA5A5_A5A5,
                };
                RowRead::NotPromised(value)
            }
        }
    }

    /// Frees a notification row, as with FreeMibTable: never allowed (NI-14, CV-22).
    pub fn row_free(&mut self, actor: ActorId, row: RowRef) {
        if self.row_key(row) == Some(None) {
            return; // NULL: there is nothing to free.
        }
        let message = format!(
            "a notification row of \"{}\" was freed; its memory is the system's",
            self.row_owner(row)
        );
        self.finding(Rule::RowFreed, actor, Some(row.handle), message, Vec::new());
    }

    /// The row that the innermost delivery of an actor was handed.
    #[must_use]
    pub fn row_of(&self, actor: ActorId) -> Option<RowRef> {
        let lane = self.state.actors[actor.slot()].frames.last()?;
        let registration = self.registration(lane.handle)?;
        let number = registration.lanes[usize::from(lane.lane)].running?.number;
        Some(RowRef { handle: lane.handle, number })
    }

    /// The keys of a row while its callback runs: `Some(None)` is the NULL row.
    #[must_use]
    pub fn row_key(&self, row: RowRef) -> Option<Option<RowKey>> {
        let registration = self.registration(row.handle)?;
        let running = registration.running().find(|running| running.number == row.number)?;
        match running.notification {
            Notification::IpInterface { row, .. } => Some(row),
            Notification::TeredoPort { .. } => Some(None),
        }
    }

    fn row_owner(&self, row: RowRef) -> String {
        match self.death(row.handle) {
            Some((name, _)) => name.to_owned(),
            None => self.registration_name(row.handle),
        }
    }
}
