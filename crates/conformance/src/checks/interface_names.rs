//! The functions that convert names of interfaces, and IPv4 masks.

use std::net::Ipv4Addr;

use netiosim_model::api::{Call, Output, Value};
use netiosim_model::function::Function;
use netiosim_model::net::Luid;
use netiosim_model::status::{Status, success};

use super::conversions::{ROOM, convert, interfaces, null_place, refused, value};
use super::routes::UNKNOWN_INDEX;
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const TO_NAME: [Function; 2] =
    [Function::ConvertInterfaceLuidToNameA, Function::ConvertInterfaceLuidToNameW];
const TO_LUID: [Function; 2] =
    [Function::ConvertInterfaceNameToLuidA, Function::ConvertInterfaceNameToLuidW];
const TO_LENGTH: Function = Function::ConvertIpv4MaskToLength;
const TO_MASK: Function = Function::ConvertLengthToIpv4Mask;

/// Texts that are no names of interfaces.
const MALFORMED: [&str; 6] = ["", "_", "ethernet", "ethernet_", "ethernet_x", "?*"];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("CV-10", lengths),
    Check::of_all("CV-11", |bench| too_long(bench, TO_LUID[0], Status::BufferOverflow)),
    Check::of_all("CV-12", |bench| too_long(bench, TO_LUID[1], Status::InvalidName)),
    Check::of_all("CV-13", |bench| {
        let luid = Value::Luid(bench.adapter().0);
        let name = value(bench, TO_NAME[1], luid.clone())?;
        for function in TO_LUID {
            let zero = Value::Luid(Luid::UNSPECIFIED);
            for text in MALFORMED {
                let text = Some(Value::Text(text.to_owned()));
                refused(bench, function, text, Status::InvalidName, Some(&zero))?;
            }
            null_place(bench, function, &name)?;
            let found = value(bench, function, name.clone())?;
            bench.equal("the LUID", &found, &luid)?;
        }
        Ok(())
    }),
    Check::of_all("CV-14", without_codes),
    Check::of_all("CV-15", masks),
    Check::of_all("CV-16", |bench| {
        // Reserved: a driver gets nothing from them.
        let mask = Value::Mask(Ipv4Addr::new(255, 255, 255, 0));
        for (function, input) in [(TO_LENGTH, mask), (TO_MASK, Value::Length(24))] {
            let answer = convert(bench, function, Some(input))?;
            let refused = !success(answer.code, bench.flavour());
            bench.holds(refused, || format!("{function} answers {}", answer.code))?;
            bench.equal(&format!("what {function} leaves"), &answer.output, &Output::Nothing)?;
        }
        Ok(())
    }),
];

/// The name with its terminator has to fit: so many bytes, or so many characters.
fn lengths(bench: &mut Bench) -> Verdict {
    for row in interfaces(bench)? {
        for function in TO_NAME {
            let input = Some(Value::Luid(row.luid));
            let name = value(bench, function, Value::Luid(row.luid))?;
            let length = name.to_string().chars().count();
            let into =
                |length| Call::Convert { function, input: input.clone(), pointer: true, length };
            for length in [0, 1, length.saturating_sub(1), length] {
                bench.answers(&into(length), Status::NotEnoughMemory)?;
            }
            let answer = bench.call(&into(length + 1))?;
            bench.code("a name in its length", answer.code, Status::Success)?;
            bench.equal("the name", &answer.output, &Output::Value(name))?;
        }
    }
    Ok(())
}

/// Nothing is wrong with these names but their length.
fn too_long(bench: &mut Bench, function: Function, status: Status) -> Verdict {
    let luid = Value::Luid(bench.adapter().0);
    let name = value(bench, TO_NAME[1], luid.clone())?.to_string();
    let Some((word, number)) = name.split_once('_') else {
        return bench.holds(false, || format!("{name} has no number"));
    };
    let of_length = |length: usize| {
        let zeros = "0".repeat(length.saturating_sub(name.len()));
        Value::Text(format!("{word}_{zeros}{number}"))
    };
    let zero = Value::Luid(Luid::UNSPECIFIED);
    for length in [ROOM, 300, 1000] {
        refused(bench, function, Some(of_length(length)), status, Some(&zero))?;
    }
    let found = value(bench, function, of_length(name.len()))?;
    bench.equal("the LUID of the name as it is", &found, &luid)
}

/// A program sees the result alone; the code of the answer is what lies behind it.
fn without_codes(bench: &mut Bench) -> Verdict {
    let (to_name, to_index) = (Function::IfIndextoname, Function::IfNametoindex);
    for index in [0, UNKNOWN_INDEX, u32::MAX] {
        let output = convert(bench, to_name, Some(Value::Index(index)))?.output;
        bench.equal(&format!("the name of {index}"), &output, &Output::Nothing)?;
    }
    let absent = ["ethernet_12345", "other_7"];
    for text in MALFORMED.into_iter().chain(absent) {
        let output = convert(bench, to_index, Some(Value::Text(text.to_owned())))?.output;
        let none = Output::Value(Value::Index(0));
        bench.equal(&format!("the index of {text:?}"), &output, &none)?;
    }
    for row in interfaces(bench)? {
        let name = value(bench, to_name, Value::Index(row.index))?;
        let index = value(bench, to_index, name)?;
        bench.equal("the index of the name", &index, &Value::Index(row.index))?;
    }
    Ok(())
}

fn masks(bench: &mut Bench) -> Verdict {
    let invalid = Status::InvalidParameter;
    for mask in [[255, 0, 255, 0], [0, 0, 0, 1], [255, 255, 254, 1], [127, 255, 255, 255]] {
        refused(bench, TO_LENGTH, Some(Value::Mask(mask.into())), invalid, None)?;
    }
    let none = Value::Mask(Ipv4Addr::BROADCAST);
    for length in [33, 64, 128, u8::MAX] {
        refused(bench, TO_MASK, Some(Value::Length(length)), invalid, Some(&none))?;
    }
    for (length, mask) in [
        (0, [0, 0, 0, 0]),
        (1, [128, 0, 0, 0]),
        (8, [255, 0, 0, 0]),
        (23, [255, 255, 254, 0]),
        (31, [255, 255, 255, 254]),
        (32, [255, 255, 255, 255]),
    ] {
        let (length, mask) = (Value::Length(length), Value::Mask(mask.into()));
        let found = value(bench, TO_MASK, length.clone())?;
        bench.equal("the mask", &found, &mask)?;
        let found = value(bench, TO_LENGTH, mask)?;
        bench.equal("the length", &found, &length)?;
    }
    Ok(())
}
