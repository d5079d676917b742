//! Laws of the layouts: what is written is read back, nothing is written beyond the structure, and keys are all that a
//! query reads.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::net::{Ipv4Addr, Ipv6Addr};

use netiosim_win32::layout::Layout;
use netiosim_win32::sim::model::net::Guid;
use netiosim_win32::sim::model::row::{Field, FieldKind, FieldValue, Row, RowType, SocketAddress};
use proptest::prelude::*;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IF_ROW2, MIB_IFSTACK_ROW, MIB_INVERTEDIFSTACK_ROW,
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_ROW,
};

const CANARY: u8 = 0xC3;

fn address() -> impl Strategy<Value = SocketAddress> {
    prop_oneof![
        Just(SocketAddress::Unspecified),
        any::<u32>().prop_map(|bits| SocketAddress::V4(Ipv4Addr::from(bits))),
        (any::<u128>(), any::<u32>()).prop_map(|(bits, scope_id)| SocketAddress::V6 {
            address: Ipv6Addr::from(bits),
            scope_id
        }),
        (24..u16::MAX).prop_map(SocketAddress::Other),
    ]
}

fn value(field: Field) -> BoxedStrategy<FieldValue> {
    match field.spec().kind {
        FieldKind::Number(most) => (0..=most).prop_map(FieldValue::Number).boxed(),
        FieldKind::Address => address().prop_map(FieldValue::Address).boxed(),
        FieldKind::Guid => any::<u128>().prop_map(|bits| FieldValue::Guid(Guid(bits))).boxed(),
        FieldKind::Text => "[a-zA-Z0-9 äß漢🦀]{0,100}".prop_map(FieldValue::Text).boxed(),
        // How many bytes are used is a member of its own.
        FieldKind::Bytes => {
            proptest::collection::vec(any::<u8>(), 6).prop_map(FieldValue::Bytes).boxed()
        }
    }
}

fn row(row_type: RowType) -> impl Strategy<Value = Row> {
    let fields: Vec<Field> = Field::all(row_type).collect();
    let values: Vec<_> = fields.iter().map(|field| value(*field)).collect();
    values.prop_map(move |values| {
        let mut row = Row::empty(row_type);
        for (field, value) in fields.iter().zip(values) {
            let value = match field.name() {
                "PhysicalAddressLength" => FieldValue::Number(6),
                _ => value,
            };
            row.set(*field, value).unwrap();
        }
        row
    })
}

fn check<L: Layout>(row: Row, noise: u8)
where
    L::Row: PartialEq + std::fmt::Debug,
{
    let value = L::Row::try_from(row.clone()).ok().expect("a row of the type");
    let size = size_of::<L>();
    // Off by one, so that nothing is aligned.
    let mut memory = vec![noise; size + 1];
    memory.extend([CANARY; 16]);
    memory[0] = CANARY;
    let at: *mut L = unsafe { memory.as_mut_ptr().add(1) }.cast();
    unsafe { L::write(&value, at) };
    assert_eq!(unsafe { L::read(at) }, value);
    assert_eq!(memory[0], CANARY);
    assert_eq!(memory[size + 1..], [CANARY; 16]);

    // The keys alone, of a row whose rest is something else: they end where they are said to end.
    let mut memory = vec![noise; size];
    let at: *mut L = memory.as_mut_ptr().cast();
    unsafe { L::write_keys(&value, at) };
    assert!(memory[L::KEYS_END..].iter().all(|byte| *byte == noise));
    let keys: Row = unsafe { L::read_keys(at) }.into();
    let mut wanted = Row::empty(row.row_type());
    for field in Field::all(row.row_type()).filter(|field| field.is_key()) {
        wanted.set(field, row.get(field)).unwrap();
    }
    assert_eq!(keys, wanted);
}

macro_rules! laws {
    ($($name:ident $layout:ty, $row:ident;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(200))]
            $(
                #[test]
                fn $name(row in row(RowType::$row), noise: u8) {
                    check::<$layout>(row, noise);
                }
            )*
        }
    };
}

laws! {
    ip_interface MIB_IPINTERFACE_ROW, IpInterface;
    interface MIB_IF_ROW2, If;
    unicast MIB_UNICASTIPADDRESS_ROW, Unicast;
    anycast MIB_ANYCASTIPADDRESS_ROW, Anycast;
    multicast MIB_MULTICASTIPADDRESS_ROW, Multicast;
    route MIB_IPFORWARD_ROW2, Forward;
    neighbour MIB_IPNET_ROW2, Neighbour;
    stacked MIB_IFSTACK_ROW, IfStack;
    inverted MIB_INVERTEDIFSTACK_ROW, InvertedIfStack;
}

/// Any byte but 0 in a BOOLEAN is TRUE: a client's memory is no `bool`.
#[test]
fn a_boolean_may_hold_any_byte() {
    let mut row = MIB_UNICASTIPADDRESS_ROW::default();
    unsafe { (&raw mut row.SkipAsSource).cast::<u8>().write(0xFF) };
    assert!(unsafe { Layout::read(&raw const row) }.skip_as_source);
}
