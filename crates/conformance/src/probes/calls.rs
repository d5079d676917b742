//! The functions that answer at once.

use std::net::Ipv4Addr;

use netiosim_model::api::{Call, Memory, Value};
use netiosim_model::function::{Function, Shape};
use netiosim_model::net::{Guid, Luid};
use netiosim_model::row::{
    AnycastRow, ForwardRow, IfRow, IpInterfaceRow, MulticastRow, NeighbourRow, Row, RowType,
    SocketAddress, UnicastRow,
};

use super::{FAMILIES, Probe, UNKNOWN_INDEX, UNKNOWN_LUID};

/// An address for documentation, which no interface has.
const NOWHERE: SocketAddress = SocketAddress::V4(Ipv4Addr::new(192, 0, 2, 77));
/// As many units as any name has.
const ROOM: usize = 257;

/// The probes of a function.
pub(super) fn of(function: Function) -> Vec<Probe> {
    match function.spec().shape {
        Shape::Row(kind) => rows(function, kind),
        Shape::Table(kind) => tables(function, kind),
        Shape::Free => vec![Probe::answers(function, "NULL", |_| Call::Free(Memory::Null))],
        Shape::BestRoute => best_route(function),
        Shape::BestInterface => best_interface(function),
        Shape::Hint => hints(function),
        Shape::Convert => conversions(function),
        Shape::Adapters => adapters(function),
        Shape::Number => [("number", true), ("NULL", false)]
            .map(|(words, pointer)| {
                Probe::answers(function, words, move |_| Call::Number { function, pointer })
            })
            .into(),
        Shape::Notify | Shape::Overlapped | Shape::Cancel | Shape::Port => Vec::new(),
    }
}

/// A row with the keys of an interface, and of an address or a route that is not there.
fn row(kind: RowType, family: u16, luid: Luid, index: u32) -> Row {
    match kind {
        RowType::IpInterface => IpInterfaceRow { family, luid, index, ..Default::default() }.into(),
        RowType::If => IfRow { luid, index, ..Default::default() }.into(),
        RowType::Unicast => {
            UnicastRow { address: NOWHERE, luid, index, ..Default::default() }.into()
        }
        RowType::Anycast => {
            AnycastRow { address: NOWHERE, luid, index, ..Default::default() }.into()
        }
        RowType::Multicast => {
            MulticastRow { address: NOWHERE, luid, index, ..Default::default() }.into()
        }
        RowType::Forward => {
            let (destination, prefix_length, next_hop) = (NOWHERE, 32, NOWHERE);
            ForwardRow { luid, index, destination, prefix_length, next_hop, ..Default::default() }
                .into()
        }
        RowType::Neighbour => {
            NeighbourRow { address: NOWHERE, luid, index, ..Default::default() }.into()
        }
        other => Row::empty(other),
    }
}

fn rows(function: Function, kind: RowType) -> Vec<Probe> {
    let name = function.name();
    let probe = move |words: &str, level: i32, make: fn(RowType, (Luid, u32)) -> Option<Row>| {
        Probe::answers(function, words, move |adapter| Call::Row {
            function,
            level,
            row: make(kind, adapter),
        })
    };
    if name.starts_with("Initialize") {
        // NULL is left out: these functions have no code to tell of it.
        return vec![probe("row", 0, |kind, _| Some(Row::empty(kind)))];
    }
    let mut all = vec![probe("NULL", 0, |_, _| None)];
    if !name.starts_with("Get") {
        return all;
    }
    all.push(probe("zero keys", 0, |kind, _| Some(Row::empty(kind))));
    all.push(probe("unknown LUID", 0, |kind, _| Some(row(kind, 2, UNKNOWN_LUID, 0))));
    all.push(probe("unknown index", 0, |kind, _| Some(row(kind, 2, Luid(0), UNKNOWN_INDEX))));
    all.push(probe("unknown LUID, known index", 0, |kind, (_, index)| {
        Some(row(kind, 2, UNKNOWN_LUID, index))
    }));
    let known = match kind {
        RowType::IpInterface | RowType::If => "known LUID",
        _ => "known LUID, unknown address",
    };
    all.push(probe(known, 0, |kind, (luid, _)| Some(row(kind, 2, luid, 0))));
    all.push(probe(&known.replace("LUID", "index"), 0, |kind, (_, index)| {
        Some(row(kind, 2, Luid(0), index))
    }));
    if kind != RowType::If {
        all.push(probe("family 2, no interface", 0, |kind, _| Some(row(kind, 2, Luid(0), 0))));
    }
    if kind == RowType::IpInterface {
        all.push(probe("known LUID, family 0", 0, |kind, (luid, _)| Some(row(kind, 0, luid, 0))));
        all.push(probe("known LUID, family 7", 0, |kind, (luid, _)| Some(row(kind, 7, luid, 0))));
    }
    if function == Function::GetIfEntry2Ex {
        all.push(probe("level 1, known LUID", 1, |kind, (luid, _)| Some(row(kind, 0, luid, 0))));
        all.push(probe("level 7, known LUID", 7, |kind, (luid, _)| Some(row(kind, 0, luid, 0))));
    }
    all
}

fn tables(function: Function, kind: RowType) -> Vec<Probe> {
    let probe = |words: String, family: u16, level: i32, pointer: bool| {
        Probe::answers(function, &words, move |_| Call::Table { function, family, level, pointer })
    };
    match kind {
        RowType::If if function == Function::GetIfTable2Ex => {
            let levels =
                [0, 1, 2, 7].map(|level| probe(format!("level {level}, table"), 0, level, true));
            levels.into_iter().chain([probe("level 0, NULL".to_owned(), 0, 0, false)]).collect()
        }
        RowType::If | RowType::IfStack | RowType::InvertedIfStack => {
            vec![probe("table".to_owned(), 0, 0, true), probe("NULL".to_owned(), 0, 0, false)]
        }
        _ => {
            let families =
                FAMILIES.map(|family| probe(format!("{family}, table"), family, 0, true));
            families.into_iter().chain([probe("0, NULL".to_owned(), 0, 0, false)]).collect()
        }
    }
}

fn best_route(function: Function) -> Vec<Probe> {
    let call = |luid, index, destination, route_pointer, source_pointer| Call::BestRoute {
        luid,
        index,
        source: None,
        destination,
        sort_options: 0,
        route_pointer,
        source_pointer,
    };
    vec![
        Probe::answers(function, "NULL destination", move |(luid, _)| {
            call(Some(luid), 0, None, true, true)
        }),
        Probe::answers(function, "NULL route", move |(luid, _)| {
            call(Some(luid), 0, Some(NOWHERE), false, true)
        }),
        Probe::answers(function, "NULL source", move |(luid, _)| {
            call(Some(luid), 0, Some(NOWHERE), true, false)
        }),
        Probe::answers(function, "unknown LUID", move |_| {
            call(Some(UNKNOWN_LUID), 0, Some(NOWHERE), true, true)
        }),
        Probe::answers(function, "unknown index", move |_| {
            call(None, UNKNOWN_INDEX, Some(NOWHERE), true, true)
        }),
        Probe::answers(function, "destination of family 0", move |_| {
            call(None, 0, Some(SocketAddress::Unspecified), true, true)
        }),
    ]
}

fn best_interface(function: Function) -> Vec<Probe> {
    let probe = |words: &str, destination, pointer| {
        Probe::answers(function, words, move |_| Call::BestInterface {
            function,
            destination,
            pointer,
        })
    };
    let mut all = vec![probe("NULL index", Some(NOWHERE), false)];
    if function == Function::GetBestInterfaceEx {
        all.push(probe("NULL destination", None, true));
        all.push(probe("destination of family 0", Some(SocketAddress::Unspecified), true));
        all.push(probe("destination of family 7", Some(SocketAddress::Other(7)), true));
    }
    all
}

fn hints(function: Function) -> Vec<Probe> {
    let probe = |words: &str, index: Option<u32>, pointer| {
        Probe::answers(function, words, move |(_, known)| Call::Hint {
            function,
            index: index.unwrap_or(known),
            pointer,
        })
    };
    let mut all = vec![probe("hint", None, true), probe("NULL", None, false)];
    if function == Function::GetNetworkConnectivityHintForInterface {
        all.push(probe("unknown index, hint", Some(UNKNOWN_INDEX), true));
        all.push(probe("index 0, hint", Some(0), true));
    }
    all
}

/// What is to be converted; it may be the session's adapter.
type Input = fn((Luid, u32)) -> Option<Value>;

fn conversions(function: Function) -> Vec<Probe> {
    let name = function.name();
    let inputs: Vec<(&str, Input)> = match function {
        Function::ConvertInterfaceAliasToLuid => vec![
            ("NULL", |_| None),
            ("unknown", |_| Some(Value::Text("no such interface".to_owned()))),
        ],
        Function::ConvertInterfaceNameToLuidA | Function::ConvertInterfaceNameToLuidW => vec![
            ("NULL", |_| None),
            ("unknown", |_| Some(Value::Text("no such interface".to_owned()))),
            ("empty", |_| Some(Value::Text(String::new()))),
            ("ethernet_60000", |_| Some(Value::Text("ethernet_60000".to_owned()))),
        ],
        Function::IfNametoindex => vec![
            ("NULL", |_| None),
            ("unknown", |_| Some(Value::Text("no such interface".to_owned()))),
        ],
        Function::ConvertInterfaceGuidToLuid => vec![
            ("NULL", |_| None),
            ("zero", |_| Some(Value::Guid(Guid(0)))),
            ("unknown", |_| Some(Value::Guid(Guid(0xEE)))),
        ],
        Function::ConvertInterfaceIndexToLuid | Function::IfIndextoname => vec![
            ("0", |_| Some(Value::Index(0))),
            ("unknown", |_| Some(Value::Index(UNKNOWN_INDEX))),
            ("known", |(_, index)| Some(Value::Index(index))),
        ],
        Function::ConvertIpv4MaskToLength => vec![
            ("255.255.255.0", |_| Some(Value::Mask(Ipv4Addr::new(255, 255, 255, 0)))),
            ("255.0.255.0", |_| Some(Value::Mask(Ipv4Addr::new(255, 0, 255, 0)))),
        ],
        Function::ConvertLengthToIpv4Mask => {
            vec![("24", |_| Some(Value::Length(24))), ("33", |_| Some(Value::Length(33)))]
        }
        _ => vec![
            ("NULL", |_| None),
            ("zero", |_| Some(Value::Luid(Luid(0)))),
            ("unknown", |_| Some(Value::Luid(UNKNOWN_LUID))),
            ("known", |(luid, _)| Some(Value::Luid(luid))),
        ],
    };
    let probe = |words: &str, input: Input, pointer, length| {
        Probe::answers(function, words, move |adapter| Call::Convert {
            function,
            input: input(adapter),
            pointer,
            length,
        })
    };
    let (_, last) = inputs[inputs.len() - 1];
    let mut all: Vec<Probe> =
        inputs.iter().map(|(words, input)| probe(words, *input, true, ROOM)).collect();
    if function != Function::IfNametoindex {
        all.push(probe(&format!("{}, NULL", inputs[inputs.len() - 1].0), last, false, ROOM));
    }
    if ["LuidToAlias", "LuidToNameA", "LuidToNameW"].iter().any(|end| name.ends_with(end)) {
        all.push(probe("known, 1 unit", last, true, 1));
        all.push(probe("known, 0 units", last, true, 0));
    }
    all
}

fn adapters(function: Function) -> Vec<Probe> {
    let probe = |words: &str, family: u32, reserved, size, buffer| {
        Probe::answers(function, words, move |_| Call::Adapters {
            function,
            family,
            flags: 0,
            reserved,
            size,
            buffer,
        })
    };
    let enough = Some(u32::MAX);
    let mut all: Vec<Probe> = if function == Function::GetAdaptersAddresses {
        let of = |family: &u16| {
            probe(&format!("{family}, enough"), (*family).into(), false, enough, true)
        };
        let families = FAMILIES.iter().map(of);
        families.chain([probe("0, reserved", 0, true, enough, true)]).collect()
    } else {
        vec![probe("enough", 0, false, enough, true)]
    };
    all.push(probe("NULL buffer", 0, false, Some(0), false));
    all.push(probe("8 bytes", 0, false, Some(8), true));
    all.push(probe("NULL size", 0, false, None, true));
    all
}
