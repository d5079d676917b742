//! The row that a callback is lent, and what may be done with it.

use super::Machine;
use crate::choose::Chooser;
use crate::ids::{ActorId, Handle};
use crate::member::Member;
use crate::notification::{Notification, RowKey};
use crate::profile::OptionId;
use crate::row::{Field, FieldKind, FieldValue, Row, RowType, SocketAddress};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowRead {
    /// The value of a key member.
    Value(FieldValue),
    /// The pointer is NULL: this is an initial notification.
    Null,
    /// The member is not promised (N008); what stands there by the option `row-non-key` (O-23).
    NotPromised(FieldValue),
    /// The row is no longer the callback's (N006).
    Gone,
}

/// What the members of a lent row that are not keys hold, where the row lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowFill {
    /// Zero (observed 8).
    Zero,
    /// A pattern that is no value of anything.
    Poison,
}

impl From<Member> for Field {
    fn from(member: Member) -> Self {
        Self::parse(RowType::IpInterface, member.name()).expect("every member is a field")
    }
}

impl Machine {
    /// Reads a member of a notification row (NI-12, NU-06, NR-05).
    ///
    /// A member of another row type reads as if the pointer were NULL; see [`Machine::row_type`].
    pub fn row_read(
        &mut self,
        actor: ActorId,
        row: RowRef,
        field: impl Into<Field>,
        chooser: &mut dyn Chooser,
    ) -> RowRead {
        let field = field.into();
        let Some(lent) = self.lent_row(row) else {
            let message = format!(
                "{} of a row of \"{}\" was read after the callback that it was lent to had returned",
                field.name(),
                self.row_owner(row)
            );
            self.finding(Rule::RowAfterCallback, actor, Some(row.handle), message, Vec::new());
            return RowRead::Gone;
        };
        let Some(lent) = lent.filter(|lent| lent.row_type() == field.row()) else {
            return RowRead::Null;
        };
        if field.is_key() {
            return RowRead::Value(lent.get(field));
        }
        let keys: Vec<&str> =
            Field::all(field.row()).filter(|field| field.is_key()).map(Field::name).collect();
        let (last, first) = keys.split_last().expect("every row has keys");
        let message = format!(
            "{} was read from a notification row of \"{}\", which promises only {} and {last}",
            field.name(),
            self.registration_name(row.handle),
            first.join(", ")
        );
        self.finding(Rule::RowNonKeyMember, actor, Some(row.handle), message, Vec::new());
        RowRead::NotPromised(match self.row_fill(chooser) {
            RowFill::Zero => lent.get(field),
            RowFill::Poison => poison(field),
        })
    }

    /// What a row in memory holds where nothing is promised (option `row-non-key`, O-23).
    pub fn row_fill(&mut self, chooser: &mut dyn Chooser) -> RowFill {
        match self.pick(OptionId::RowNonKey, chooser) {
            "zero" => RowFill::Zero,
            _ => RowFill::Poison,
        }
    }

    /// Frees a notification row, as with FreeMibTable: never allowed (NI-14, NU-07, NR-06, CV-22).
    pub fn row_free(&mut self, actor: ActorId, row: RowRef) {
        if self.lent_row(row) == Some(None) {
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

    /// The notification of a delivery while its callback runs.
    #[must_use]
    pub fn running_notification(&self, row: RowRef) -> Option<Notification> {
        let registration = self.registration(row.handle)?;
        let running = registration.running().find(|running| running.number == row.number)?;
        Some(running.notification)
    }

    /// A lent row while its callback runs, its keys filled in: `Some(None)` is the NULL row, or a
    /// callback without a row.
    #[must_use]
    pub fn lent_row(&self, row: RowRef) -> Option<Option<Row>> {
        Some(self.running_notification(row)?.row().flatten())
    }

    /// Of which type the row of a delivery is, NULL or not, while its callback runs.
    #[must_use]
    pub fn row_type(&self, row: RowRef) -> Option<RowType> {
        match self.running_notification(row)? {
            Notification::IpInterface { .. } => Some(RowType::IpInterface),
            Notification::UnicastAddress { .. } => Some(RowType::Unicast),
            Notification::Route { .. } => Some(RowType::Forward),
            _ => None,
        }
    }

    /// The keys of an interface row while its callback runs: `Some(None)` is the NULL row.
    #[must_use]
    pub fn row_key(&self, row: RowRef) -> Option<Option<RowKey>> {
        match self.running_notification(row)? {
            Notification::IpInterface { row, .. } => Some(row),
            _ => Some(None),
        }
    }

    fn row_owner(&self, row: RowRef) -> String {
        match self.death(row.handle) {
            Some((name, _)) => name.to_owned(),
            None => self.registration_name(row.handle),
        }
    }
}

/// What a poisoned member holds.
fn poison(field: Field) -> FieldValue {
    match field.spec().kind {
        FieldKind::Number(most) => FieldValue::Number(0xA5A5_A5A5_A5A5_A5A5 & most),
        FieldKind::Address => FieldValue::Address(SocketAddress::Other(0xA5A5)),
        FieldKind::Guid => FieldValue::Guid(crate::net::Guid(u128::MAX / 0xFF * 0xA5)),
        FieldKind::Text => FieldValue::Text("\u{A5A5}".repeat(4)),
        FieldKind::Bytes => FieldValue::Bytes(vec![0xA5; 4]),
    }
}
