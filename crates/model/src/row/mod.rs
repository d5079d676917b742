//! The rows of netioapi.h: what a caller hands in and gets back, member by member.
//!
//! A row holds raw values, as the structure would: a caller may put in a family 77 or a prefix
//! length 33, and the functions answer as their pages say. Each type has Microsoft's members in
//! declaration order; [`Row`] is any of them, and [`Field`] names a member of one.

#[macro_use]
mod macros;
mod field;
mod iface;
mod ip_interface;
mod net;
mod sockaddr;

pub use self::field::{Field, FieldError, FieldKind, FieldSpec, FieldValue};
pub use self::iface::{IfRow, IfStackRow, InvertedIfStackRow};
pub use self::ip_interface::IpInterfaceRow;
pub use self::net::{
    AnycastRow, ForwardRow, HintRow, MulticastRow, NeighbourRow, UnicastRow, hint_cost, hint_level,
};
pub use self::sockaddr::{SocketAddress, SocketAddressError};

use crate::net::Luid;

rows! {
    /// MIB_IPINTERFACE_ROW.
    IpInterface: IpInterfaceRow = "MIB_IPINTERFACE_ROW",
    /// MIB_IF_ROW2.
    If: IfRow = "MIB_IF_ROW2",
    /// MIB_UNICASTIPADDRESS_ROW.
    Unicast: UnicastRow = "MIB_UNICASTIPADDRESS_ROW",
    /// MIB_ANYCASTIPADDRESS_ROW.
    Anycast: AnycastRow = "MIB_ANYCASTIPADDRESS_ROW",
    /// MIB_MULTICASTIPADDRESS_ROW.
    Multicast: MulticastRow = "MIB_MULTICASTIPADDRESS_ROW",
    /// MIB_IPFORWARD_ROW2.
    Forward: ForwardRow = "MIB_IPFORWARD_ROW2",
    /// MIB_IPNET_ROW2.
    Neighbour: NeighbourRow = "MIB_IPNET_ROW2",
    /// MIB_IFSTACK_ROW.
    IfStack: IfStackRow = "MIB_IFSTACK_ROW",
    /// MIB_INVERTEDIFSTACK_ROW.
    InvertedIfStack: InvertedIfStackRow = "MIB_INVERTEDIFSTACK_ROW",
    /// NL_NETWORK_CONNECTIVITY_HINT.
    Hint: HintRow = "NL_NETWORK_CONNECTIVITY_HINT",
}

impl Row {
    /// InterfaceLuid and InterfaceIndex, of rows that have them.
    #[must_use]
    pub fn interface(&self) -> Option<(Luid, u32)> {
        match self {
            Self::IpInterface(row) => Some((row.luid, row.index)),
            Self::If(row) => Some((row.luid, row.index)),
            Self::Unicast(row) => Some((row.luid, row.index)),
            Self::Anycast(row) => Some((row.luid, row.index)),
            Self::Multicast(row) => Some((row.luid, row.index)),
            Self::Forward(row) => Some((row.luid, row.index)),
            Self::Neighbour(row) => Some((row.luid, row.index)),
            Self::IfStack(_) | Self::InvertedIfStack(_) | Self::Hint(_) => None,
        }
    }

    /// Fills InterfaceLuid and InterfaceIndex; does nothing to a row that has none.
    pub fn set_interface(&mut self, luid: Luid, index: u32) {
        for (name, value) in [("InterfaceLuid", luid.0), ("InterfaceIndex", u64::from(index))] {
            if let Some(field) = Field::parse(self.row_type(), name) {
                self.set(field, FieldValue::Number(value)).expect("a number fits");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, FieldKind, FieldValue, Row, RowType};

    #[test]
    fn every_member_of_every_row_has_a_place_of_its_own() {
        for row_type in RowType::ALL {
            for field in Field::all(row_type) {
                let mut row = Row::empty(row_type);
                let before = row.clone();
                let value = match field.spec().kind {
                    FieldKind::Number(_) => FieldValue::Number(1),
                    kind => kind
                        .parse(match kind {
                            FieldKind::Address => "10.0.0.1",
                            FieldKind::Guid => "01234567-89ab-cdef-0123-456789abcdef",
                            _ => "02-00-5e",
                        })
                        .expect("a value of the kind"),
                };
                row.set(field, value.clone()).expect("the value fits");
                assert_eq!(row.get(field), value, "{} {}", row_type.name(), field.name());
                for other in Field::all(row_type).filter(|other| *other != field) {
                    assert_eq!(row.get(other), before.get(other), "{}", other.name());
                }
                assert_eq!(Field::parse(row_type, field.name()), Some(field));
            }
        }
    }

    #[test]
    fn every_row_of_an_interface_takes_its_numbers() {
        let luid = crate::net::Luid::new(6, 1);
        for row_type in RowType::ALL {
            let mut row = Row::empty(row_type);
            let before = row.clone();
            row.set_interface(luid, 7);
            match row.interface() {
                Some(numbers) => assert_eq!(numbers, (luid, 7), "{}", row_type.name()),
                None => assert_eq!(row, before, "{}", row_type.name()),
            }
        }
    }
}
