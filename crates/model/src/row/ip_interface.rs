//! MIB_IPINTERFACE_ROW.

use super::{FieldError, FieldKind, FieldSpec, FieldValue};
use crate::interface::IpRow;
use crate::member::Member;
use crate::net::Luid;

/// MIB_IPINTERFACE_ROW: its three keys and its other members (facts 8.1, ST-01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IpInterfaceRow {
    /// Family, as a Windows number.
    pub family: u16,
    /// InterfaceLuid; 0 is unspecified.
    pub luid: Luid,
    /// InterfaceIndex; 0 is unspecified.
    pub index: u32,
    /// The other members.
    pub members: IpRow,
}

impl IpInterfaceRow {
    /// The members, in declaration order; each at the position of its [`Member`].
    pub const FIELDS: &'static [FieldSpec] = &{
        let first = FieldSpec { name: "", key: false, kind: FieldKind::Address };
        let mut all = [first; Member::ALL.len()];
        let mut n = 0;
        while n < all.len() {
            let member = Member::ALL[n];
            all[n] = FieldSpec {
                name: member.name(),
                key: member.is_key(),
                kind: FieldKind::Number(member.most()),
            };
            n += 1;
        }
        all
    };

    pub(super) fn get_at(&self, at: usize) -> FieldValue {
        FieldValue::Number(match Member::ALL[at] {
            Member::Family => u64::from(self.family),
            Member::InterfaceLuid => self.luid.0,
            Member::InterfaceIndex => u64::from(self.index),
            member => self.members.get(member).unwrap_or_default(),
        })
    }

    #[allow(clippy::needless_pass_by_value, reason = "as the rows that the macro makes have it")]
    pub(super) fn set_at(&mut self, at: usize, value: FieldValue) -> Result<(), FieldError> {
        let member = Member::ALL[at];
        let wanted = || FieldError(FieldKind::Number(member.most()).wanted());
        let FieldValue::Number(number) = value else { return Err(wanted()) };
        if number > member.most() {
            return Err(wanted());
        }
        match member {
            Member::Family => self.family = u16::try_from(number).map_err(|_| wanted())?,
            Member::InterfaceLuid => self.luid = Luid(number),
            Member::InterfaceIndex => self.index = u32::try_from(number).map_err(|_| wanted())?,
            member => self.members.set(member, number),
        }
        Ok(())
    }
}
