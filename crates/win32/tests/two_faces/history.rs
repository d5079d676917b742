//! Histories: what a program and its machine do, drawn.

use proptest::prelude::*;

pub(crate) const FAMILIES: [u16; 4] = [0, 2, 23, 7];
pub(crate) const ALIASES: [&str; 3] = ["Ethernet", "Wi-Fi", "Nowhere"];
pub(crate) const ADDRESSES: [&str; 3] = ["192.168.1.10", "10.9.0.1", "fe80::9"];

/// One thing that a program or its machine does.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Register {
        kind: u8,
        family: usize,
        callback: bool,
        initial: u8,
        handle: bool,
        act: u8,
    },
    /// Of the handles so far, or one of two that none is.
    Cancel(usize),
    Query {
        which: u8,
        family: usize,
        luid: usize,
        index: u32,
        address: usize,
        pointer: bool,
    },
    /// Of a table so far.
    Free(usize),
    Overlapped {
        route: bool,
        slot: usize,
        handle: bool,
    },
    CancelOverlapped(usize),
    Change {
        which: u8,
        alias: usize,
        address: usize,
        number: u16,
    },
    Step,
    Run,
    Advance(u16),
}

pub(crate) fn ops() -> impl Strategy<Value = Vec<Op>> {
    let register = (0..6u8, 0..4usize, 0..8u8, any::<u8>(), 0..8u8, 0..12u8).prop_map(
        |(kind, family, callback, initial, handle, act)| Op::Register {
            kind,
            family,
            callback: callback > 0,
            // Any byte is a BOOLEAN.
            initial: if initial < 128 { 0 } else { initial },
            handle: handle > 0,
            act,
        },
    );
    let query = (0..14u8, 0..4usize, 0..5usize, 0..9u32, 0..3usize, 0..8u8).prop_map(
        |(which, family, luid, index, address, pointer)| Op::Query {
            which,
            family,
            luid,
            index,
            address,
            pointer: pointer > 0,
        },
    );
    let change = (0..13u8, 0..3usize, 0..3usize, any::<u16>())
        .prop_map(|(which, alias, address, number)| Op::Change { which, alias, address, number });
    let op = prop_oneof![
        4 => register,
        3 => (0..12usize).prop_map(Op::Cancel),
        5 => query,
        1 => (0..4usize).prop_map(Op::Free),
        1 => (any::<bool>(), 0..3usize, 0..6u8)
            .prop_map(|(route, slot, handle)| Op::Overlapped { route, slot, handle: handle > 0 }),
        1 => (0..4usize).prop_map(Op::CancelOverlapped),
        6 => change,
        2 => Just(Op::Step),
        2 => Just(Op::Run),
        1 => (1..2000u16).prop_map(Op::Advance),
    ];
    prop::collection::vec(op, 1..24)
}
