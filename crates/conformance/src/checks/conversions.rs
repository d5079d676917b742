//! The functions that convert between LUIDs, indices, GUIDs and aliases.

use netiosim_model::api::{Call, Output, Value};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::Irql;
use netiosim_model::net::{Guid, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::IfRow;
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;

use super::routes::{UNKNOWN_INDEX, UNKNOWN_LUID};
use crate::backend::Answered;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// What the option unknown-luid-conversion decides otherwise in user mode.
const UNKNOWN: &[(Profile, &str)] = &[
    (
        Profile::Observed,
        "by the option unknown-luid-conversion an unknown LUID gives 2, as was observed",
    ),
    (Profile::Adversarial, "by the option unknown-luid-conversion an unknown LUID may give 2"),
    (
        Profile::Wine,
        "by the option unknown-luid-conversion an unknown LUID gives 2, as Wine has it",
    ),
];

/// A GUID that names no interface.
const UNKNOWN_GUID: Guid = Guid(0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF);

/// Room for every name and alias.
pub(super) const ROOM: usize = 257;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("CV-01", |bench| {
        let alias = adapter(bench)?.alias;
        let unknown = Value::Text(format!("No {alias}"));
        to_luid(bench, Function::ConvertInterfaceAliasToLuid, Value::Text(alias), unknown)
    }),
    Check::of_all("CV-02", |bench| {
        let (guid, unknown) = (Value::Guid(adapter(bench)?.guid), Value::Guid(UNKNOWN_GUID));
        to_luid(bench, Function::ConvertInterfaceGuidToLuid, guid, unknown)
    }),
    Check::of_all("CV-03", |bench| {
        unknown_index(bench, &[UNKNOWN_INDEX, u32::MAX], Status::FileNotFound)
    }),
    Check::of_all("CV-04", |bench| {
        unknown_index(bench, &[0, UNKNOWN_INDEX, u32::MAX], Status::InvalidParameter)
    }),
    Check::of_all("CV-05", |bench| {
        let index = Value::Index(bench.adapter().1);
        let function = Function::ConvertInterfaceIndexToLuid;
        null_place(bench, function, &index)?;
        null_place(bench, function, &Value::Index(UNKNOWN_INDEX))
    }),
    Check::of_all("CV-06", |bench| {
        from_luid(bench, Function::ConvertInterfaceLuidToIndex, &Value::Index(0))
    })
    .except_in_user_mode(UNKNOWN),
    Check::of_all("CV-07", |bench| {
        from_luid(bench, Function::ConvertInterfaceLuidToGuid, &Value::Guid(Guid::default()))
    })
    .except_in_user_mode(UNKNOWN),
    Check::of_all("CV-08", alias_lengths),
    Check::of_all("CV-09", |bench| {
        let function = Function::ConvertInterfaceLuidToAlias;
        for luid in [None, Some(UNKNOWN_LUID), Some(Luid::UNSPECIFIED)] {
            let answer = convert(bench, function, luid.map(Value::Luid))?;
            let what = format!("the alias of {luid:?}");
            bench.code(&what, answer.code, Status::InvalidParameter)?;
            let text = matches!(answer.output, Output::Value(Value::Text(_)));
            bench.holds(!text, || format!("{what} is {:?}", answer.output))?;
        }
        let row = adapter(bench)?;
        let alias = value(bench, function, Value::Luid(row.luid))?;
        bench.equal("the alias", &alias, &Value::Text(row.alias))
    })
    .except_in_user_mode(UNKNOWN),
    Check::of_all("CV-17", round_trips),
    Check::of_all("CV-18", layout),
    Check::of_all("CV-19", passive_only),
];

/// Calls a conversion with room for its result.
pub(super) fn convert(
    bench: &mut Bench,
    function: Function,
    input: Option<Value>,
) -> Result<Answered, Stop> {
    bench.call(&Call::Convert { function, input, pointer: true, length: ROOM })
}

/// What a conversion gives; anything but a success fails the check.
pub(super) fn value(bench: &mut Bench, function: Function, input: Value) -> Result<Value, Stop> {
    let what = format!("{function} of {input}");
    let answer = convert(bench, function, Some(input))?;
    bench.code(&what, answer.code, Status::Success)?;
    match answer.output {
        Output::Value(value) => Ok(value),
        other => Err(Stop::Fails(format!("{what} left {other:?}"))),
    }
}

/// A conversion that fails with this status, and leaves this.
pub(super) fn refused(
    bench: &mut Bench,
    function: Function,
    input: Option<Value>,
    status: Status,
    left: Option<&Value>,
) -> Verdict {
    let what = format!("{function} of {input:?}");
    let answer = convert(bench, function, input)?;
    bench.code(&what, answer.code, status)?;
    match left {
        Some(left) => {
            let left = Output::Value(left.clone());
            bench.equal(&format!("what {what} leaves"), &answer.output, &left)
        }
        None => Ok(()),
    }
}

/// Without a place for the result a conversion is refused.
pub(super) fn null_place(bench: &mut Bench, function: Function, input: &Value) -> Verdict {
    let input = Some(input.clone());
    let call = Call::Convert { function, input, pointer: false, length: ROOM };
    bench.answers(&call, Status::InvalidParameter)
}

/// The rows of the interfaces.
pub(super) fn interfaces(bench: &mut Bench) -> Result<Vec<IfRow>, Stop> {
    bench.table(Function::GetIfTable2, 0)
}

/// The row of the Ethernet adapter.
fn adapter(bench: &mut Bench) -> Result<IfRow, Stop> {
    let luid = bench.adapter().0;
    bench.filled(Function::GetIfEntry2, IfRow { luid, ..IfRow::default() })
}

/// NULL for either argument and an unknown name are refused; the LUID is zero then.
fn to_luid(bench: &mut Bench, function: Function, known: Value, unknown: Value) -> Verdict {
    let zero = Value::Luid(Luid::UNSPECIFIED);
    for input in [None, Some(unknown)] {
        refused(bench, function, input, Status::InvalidParameter, Some(&zero))?;
    }
    null_place(bench, function, &known)?;
    let luid = value(bench, function, known)?;
    bench.equal("the LUID", &luid, &Value::Luid(bench.adapter().0))
}

fn unknown_index(bench: &mut Bench, indices: &[u32], status: Status) -> Verdict {
    let function = Function::ConvertInterfaceIndexToLuid;
    for index in indices {
        refused(bench, function, Some(Value::Index(*index)), status, None)?;
    }
    let (luid, index) = bench.adapter();
    let found = value(bench, function, Value::Index(index))?;
    bench.equal("the LUID", &found, &Value::Luid(luid))
}

/// NULL for either argument and an unknown LUID are refused; the result is zero then.
fn from_luid(bench: &mut Bench, function: Function, zero: &Value) -> Verdict {
    for luid in [None, Some(UNKNOWN_LUID), Some(Luid::UNSPECIFIED)] {
        let luid = luid.map(Value::Luid);
        refused(bench, function, luid, Status::InvalidParameter, Some(zero))?;
    }
    let row = adapter(bench)?;
    null_place(bench, function, &Value::Luid(row.luid))?;
    let found = value(bench, function, Value::Luid(row.luid))?;
    let expected = match zero {
        Value::Guid(_) => Value::Guid(row.guid),
        _ => Value::Index(row.index),
    };
    bench.equal(&format!("what {function} gives"), &found, &expected)
}

/// The alias with its terminator has to fit, counted in UTF-16, whatever its bytes.
fn alias_lengths(bench: &mut Bench) -> Verdict {
    let function = Function::ConvertInterfaceLuidToAlias;
    let luid = bench.adapter().0;
    for alias in ["Ethernet", "Büro λ", "網路 7", "x"] {
        let new = Some(alias.to_owned());
        let (connected, admin_up, mtu) = (None, None, None);
        bench.change(&Change::LinkSet { luid, connected, admin_up, mtu, alias: new })?;
        let characters = alias.encode_utf16().count();
        let input = Some(Value::Luid(luid));
        for length in [0, 1, characters] {
            let call = Call::Convert { function, input: input.clone(), pointer: true, length };
            let answer = bench.call(&call)?;
            let what = format!("{alias} in {length} characters");
            bench.code(&what, answer.code, Status::NotEnoughMemory)?;
        }
        let call = Call::Convert { function, input, pointer: true, length: characters + 1 };
        let answer = bench.call(&call)?;
        bench.code(&format!("{alias} in its length"), answer.code, Status::Success)?;
        let text = Output::Value(Value::Text(alias.to_owned()));
        bench.equal("the alias", &answer.output, &text)?;
    }
    Ok(())
}

fn round_trips(bench: &mut Bench) -> Verdict {
    use Function::{
        ConvertInterfaceGuidToLuid, ConvertInterfaceIndexToLuid, ConvertInterfaceLuidToGuid,
        ConvertInterfaceLuidToIndex,
    };
    let more = [Interface::new("Ring", 9, 3, 40), Interface::new("WLAN", if_type::WIFI, 5, 41)];
    for interface in more {
        bench.change(&Change::InterfaceAdd(Box::new(interface)))?;
    }
    let rows = interfaces(bench)?;
    bench.holds(rows.len() > 3, || format!("there are too few interfaces: {rows:?}"))?;
    for row in &rows {
        let luid = Value::Luid(row.luid);
        let index = value(bench, ConvertInterfaceLuidToIndex, luid.clone())?;
        bench.equal("the index", &index, &Value::Index(row.index))?;
        let back = value(bench, ConvertInterfaceIndexToLuid, index)?;
        bench.equal("the LUID of the index", &back, &luid)?;
        let guid = value(bench, ConvertInterfaceLuidToGuid, luid.clone())?;
        bench.equal("the GUID", &guid, &Value::Guid(row.guid))?;
        // Some interfaces may share one.
        if rows.iter().filter(|other| other.guid == row.guid).count() == 1 {
            let back = value(bench, ConvertInterfaceGuidToLuid, guid)?;
            bench.equal("the LUID of the GUID", &back, &luid)?;
        }
    }
    Ok(())
}

/// Bits 0 to 23, 24 to 47 and 48 to 63: of the interfaces there are, and of one that is made of
/// these parts.
fn layout(bench: &mut Bench) -> Verdict {
    let luid = Luid(71 << 48 | 0x00AB_CDEF << 24);
    let new = Interface { luid, ..Interface::new("WLAN", if_type::WIFI, 5, 41) };
    bench.change(&Change::InterfaceAdd(Box::new(new)))?;
    let rows = interfaces(bench)?;
    for row in &rows {
        bench.equal("the reserved bits", &(row.luid.0 & 0xFF_FFFF), &0)?;
        bench.equal("IfType", &(row.luid.0 >> 48), &u64::from(row.if_type))?;
        // The name has the NetLuidIndex at its end.
        let name = value(bench, Function::ConvertInterfaceLuidToNameW, Value::Luid(row.luid))?;
        let number = (row.luid.0 >> 24) & 0xFF_FFFF;
        let ends = name.to_string().ends_with(&format!("_{number}"));
        bench.holds(ends, || format!("{name} is the name of {}", row.luid))?;
    }
    let wireless: Vec<u64> =
        rows.iter().filter(|row| row.if_type == 71).map(|row| row.luid.0).collect();
    bench.equal("the wireless one", &wireless, &vec![0x0047_ABCD_EF00_0000])
}

/// At APC_LEVEL already every conversion breaks the rule, at PASSIVE_LEVEL none does.
fn passive_only(bench: &mut Bench) -> Verdict {
    use Function as F;
    let row = adapter(bench)?;
    let luid = Value::Luid(row.luid);
    let name = value(bench, F::ConvertInterfaceLuidToNameA, luid.clone())?;
    let all = [
        (F::ConvertInterfaceAliasToLuid, Value::Text(row.alias)),
        (F::ConvertInterfaceGuidToLuid, Value::Guid(row.guid)),
        (F::ConvertInterfaceIndexToLuid, Value::Index(row.index)),
        (F::ConvertInterfaceLuidToAlias, luid.clone()),
        (F::ConvertInterfaceLuidToGuid, luid.clone()),
        (F::ConvertInterfaceLuidToIndex, luid.clone()),
        (F::ConvertInterfaceLuidToNameA, luid.clone()),
        (F::ConvertInterfaceLuidToNameW, luid),
        (F::ConvertInterfaceNameToLuidA, name.clone()),
        (F::ConvertInterfaceNameToLuidW, name.clone()),
        (F::IfIndextoname, Value::Index(row.index)),
        (F::IfNametoindex, name),
    ];
    for (irql, expected) in [
        (Irql::Passive, vec![]),
        (Irql::Apc, vec![Rule::IrqlTooHigh]),
        (Irql::Dispatch, vec![Rule::IrqlTooHigh]),
    ] {
        bench.session().set_irql(irql)?;
        for (function, input) in &all {
            bench.findings()?;
            let answer = convert(bench, *function, Some(input.clone()))?;
            let found = bench.findings()?;
            let what = format!("what {function} broke at {irql:?}");
            bench.equal(&what, &found, &expected)?;
            if irql == Irql::Passive {
                bench.code(function.name(), answer.code, Status::Success)?;
            }
        }
    }
    bench.session().set_irql(Irql::Passive)?;
    Ok(())
}
