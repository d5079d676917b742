//! Conversions between LUID, index, GUID, alias and name of an interface, and of IPv4 masks.
//!
//! A failure resets what was to be written: a LUID or GUID to zero, an index to
//! NET_IFINDEX_UNSPECIFIED (0), a mask to INADDR_NONE. The pages say so without an exception; where
//! the input was NULL, Windows was seen to leave some of them alone (X-07, X-08), which is not
//! followed. Of texts and of the mask length the pages say nothing: those are left alone (chosen).
//!
//! Names are arithmetic: the type as a word and the NetLuidIndex (observed, 25). So a name is
//! converted into a LUID, and back, whether such an interface exists or not (observed for the way
//! in, chosen for the way out).

use std::net::Ipv4Addr;

use super::{Answer, Ask, Output, Value};
use crate::function::Function;
use crate::interface::Interface;
use crate::net::Luid;
use crate::profile::OptionId;
use crate::status::Status;

/// NDIS_IF_MAX_STRING_SIZE and IF_NAMESIZE: how long a name or alias may be, in characters and
/// without its terminator.
const MAX_NAME: usize = 256;

/// The words that stand for interface types in names, in the order of the types.
const PREFIXES: [(u16, &str); 9] = [
    (1, "other"),
    (6, "ethernet"),
    (9, "tokenring"),
    (23, "ppp"),
    (24, "loopback"),
    (37, "atm"),
    (71, "wireless"),
    (131, "tunnel"),
    (144, "ieee1394"),
];

/// What stands for every other type, with its number.
const OTHER_TYPE: &str = "iftype";

/// INADDR_NONE, which stands where no mask could be made.
const NO_MASK: Ipv4Addr = Ipv4Addr::BROADCAST;

/// The name of an interface: its type and its NetLuidIndex, such as `ethernet_7`, or `iftype5_7` for a
/// type that has no word (observed, 25).
///
/// The reserved bits of the LUID (CV-18) are not part of it.
///
/// # Examples
///
/// ```
/// use netiosim_model::api::{if_name, parse_if_name};
/// use netiosim_model::net::Luid;
///
/// assert_eq!(if_name(Luid::new(6, 7)), "ethernet_7");
/// assert_eq!(parse_if_name("ethernet_7"), Some(Luid::new(6, 7)));
/// assert_eq!(parse_if_name("Ethernet 7"), None);
/// ```
#[must_use]
pub fn if_name(luid: Luid) -> String {
    let if_type = luid.if_type();
    match PREFIXES.iter().find(|known| known.0 == if_type) {
        Some((_, word)) => format!("{word}_{}", luid.index()),
        None => format!("{OTHER_TYPE}{if_type}_{}", luid.index()),
    }
}

/// The LUID that such a name means, whether there is an interface or not; `None` when it is malformed.
///
/// The numbers are decimal, 16 bits for a type and 24 for a NetLuidIndex (CV-18).
#[must_use]
pub fn parse_if_name(text: &str) -> Option<Luid> {
    let (word, index) = text.split_once('_')?;
    let index = number(index).filter(|index| *index <= 0xFF_FFFF)?;
    let known = PREFIXES.iter().find(|known| known.1 == word).map(|known| known.0);
    let if_type = match known {
        Some(if_type) => if_type,
        None => u16::try_from(number(word.strip_prefix(OTHER_TYPE)?)?).ok()?,
    };
    Some(Luid::new(if_type, index))
}

/// Digits alone, where `parse` would take a sign as well.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Answers a conversion (CV-01 to CV-17).
pub(super) fn convert(
    ask: &mut Ask<'_>,
    function: Function,
    input: Option<&Value>,
    pointer: bool,
    length: usize,
) -> Answer {
    // It has no output parameter: what it returns is its result.
    let pointer = pointer || function == Function::IfNametoindex;
    match result(ask, function, input, pointer, length) {
        Ok(value) => Answer::output(Output::Value(value)),
        Err(status) => {
            let reset = reset(ask, function).filter(|_| pointer);
            let output = reset.map_or(Output::Nothing, Output::Value);
            Answer { output, ..Answer::fail(status) }
        }
    }
}

fn result(
    ask: &mut Ask<'_>,
    function: Function,
    input: Option<&Value>,
    pointer: bool,
    length: usize,
) -> Result<Value, Status> {
    match function {
        Function::ConvertInterfaceAliasToLuid => {
            needs(pointer)?;
            let interface = ask.env.interface_by_alias(text(input)?);
            interface.map(|interface| Value::Luid(interface.luid)).ok_or(Status::InvalidParameter)
        }
        Function::ConvertInterfaceGuidToLuid => {
            needs(pointer)?;
            let Some(Value::Guid(guid)) = input else { return Err(Status::InvalidParameter) };
            let interface = ask.env.interface_table().by_guid(*guid);
            interface.map(|interface| Value::Luid(interface.luid)).ok_or(Status::InvalidParameter)
        }
        Function::ConvertInterfaceIndexToLuid => {
            needs(pointer)?;
            index_to_luid(ask, input).map(Value::Luid)
        }
        Function::ConvertInterfaceLuidToAlias => {
            let luid = luid(input)?;
            needs(pointer)?;
            let alias = known(ask, luid)?.alias.clone();
            fits(alias.encode_utf16().count(), length)?;
            Ok(Value::Text(alias))
        }
        Function::ConvertInterfaceLuidToGuid => {
            let luid = luid(input)?;
            needs(pointer)?;
            Ok(Value::Guid(known(ask, luid)?.guid))
        }
        Function::ConvertInterfaceLuidToIndex => {
            let luid = luid(input)?;
            needs(pointer)?;
            Ok(Value::Index(known(ask, luid)?.index))
        }
        Function::ConvertInterfaceLuidToNameA => {
            luid_to_name_a(ask, luid(input)?, pointer, length).map(Value::Text)
        }
        Function::ConvertInterfaceLuidToNameW => {
            let luid = luid(input)?;
            needs(pointer)?;
            luid_to_name(luid, length).map(Value::Text)
        }
        Function::ConvertInterfaceNameToLuidA => {
            needs(pointer)?;
            name_to_luid_a(input).map(Value::Luid)
        }
        Function::ConvertInterfaceNameToLuidW => {
            needs(pointer)?;
            let name = name(input)?;
            let short = name.encode_utf16().count() <= MAX_NAME;
            let luid = parse_if_name(name).filter(|_| short); // CV-12
            luid.map(Value::Luid).ok_or(Status::InvalidName)
        }
        Function::IfIndextoname => {
            // The page wants a buffer of IF_NAMESIZE, of which the function is not told.
            let luid = index_to_luid(ask, input)?;
            luid_to_name_a(ask, luid, pointer, MAX_NAME).map(Value::Text)
        }
        Function::IfNametoindex => {
            let luid = name_to_luid_a(input)?;
            Ok(Value::Index(known(ask, luid)?.index))
        }
        Function::ConvertIpv4MaskToLength | Function::ConvertLengthToIpv4Mask if ask.kernel() => {
            // Reserved there (CV-16); what they answer nevertheless is chosen.
            Err(Status::NotSupported)
        }
        Function::ConvertIpv4MaskToLength => {
            needs(pointer)?;
            let Some(Value::Mask(mask)) = input else { return Err(Status::InvalidParameter) };
            let length = mask.to_bits().leading_ones();
            if mask.to_bits().count_ones() != length {
                return Err(Status::InvalidParameter);
            }
            Ok(Value::Length(u8::try_from(length).expect("at most 32 bits")))
        }
        Function::ConvertLengthToIpv4Mask => {
            needs(pointer)?;
            match input {
                Some(Value::Length(length @ 0..=32)) => {
                    let bits = u32::MAX.checked_shl(32 - u32::from(*length)).unwrap_or(0);
                    Ok(Value::Mask(Ipv4Addr::from_bits(bits)))
                }
                _ => Err(Status::InvalidParameter),
            }
        }
        _ => Err(Status::InvalidParameter),
    }
}

/// What a failure leaves in the output, where it is reset.
fn reset(ask: &Ask<'_>, function: Function) -> Option<Value> {
    match function {
        Function::ConvertInterfaceAliasToLuid
        | Function::ConvertInterfaceGuidToLuid
        | Function::ConvertInterfaceIndexToLuid
        | Function::ConvertInterfaceNameToLuidA
        | Function::ConvertInterfaceNameToLuidW => Some(Value::Luid(Luid::UNSPECIFIED)),
        Function::ConvertInterfaceLuidToGuid => Some(Value::Guid(crate::net::Guid::default())),
        Function::ConvertInterfaceLuidToIndex | Function::IfNametoindex => Some(Value::Index(0)),
        Function::ConvertLengthToIpv4Mask if !ask.kernel() => Some(Value::Mask(NO_MASK)),
        _ => None,
    }
}

/// A place for the result.
fn needs(pointer: bool) -> Result<(), Status> {
    if pointer { Ok(()) } else { Err(Status::InvalidParameter) }
}

/// Room for so many characters and the terminator.
fn fits(characters: usize, length: usize) -> Result<(), Status> {
    if characters < length { Ok(()) } else { Err(Status::NotEnoughMemory) }
}

fn luid(input: Option<&Value>) -> Result<Luid, Status> {
    match input {
        Some(Value::Luid(luid)) => Ok(*luid),
        _ => Err(Status::InvalidParameter),
    }
}

fn text(input: Option<&Value>) -> Result<&str, Status> {
    match input {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(Status::InvalidParameter),
    }
}

/// A name; NULL counts as a malformed one (observed, X-08).
fn name(input: Option<&Value>) -> Result<&str, Status> {
    if input.is_none() { Err(Status::InvalidName) } else { text(input) }
}

/// The interface of a LUID; without one the option `unknown-luid-conversion` decides in user mode
/// (CV-06, CV-07, CV-09).
fn known<'a>(ask: &mut Ask<'a>, luid: Luid) -> Result<&'a Interface, Status> {
    let env = ask.env;
    match env.interface(luid) {
        Some(interface) => Ok(interface),
        None if ask.kernel() => Err(Status::InvalidParameter),
        None => Err(match ask.pick(OptionId::UnknownLuidConversion) {
            "file-not-found" => Status::FileNotFound,
            _ => Status::InvalidParameter,
        }),
    }
}

/// The pages of the two flavours differ in what they say of an unknown index (CV-03, CV-04).
fn index_to_luid(ask: &Ask<'_>, input: Option<&Value>) -> Result<Luid, Status> {
    let Some(Value::Index(index)) = input else { return Err(Status::InvalidParameter) };
    match ask.env.interface_by_index(*index) {
        Some(interface) => Ok(interface.luid),
        None if ask.kernel() => Err(Status::InvalidParameter),
        None => Err(Status::FileNotFound),
    }
}

/// Of LUIDs the page calls none invalid by name; here it is the one that is zero (chosen).
fn luid_to_name(luid: Luid, length: usize) -> Result<String, Status> {
    if luid == Luid::UNSPECIFIED {
        return Err(Status::InvalidParameter);
    }
    let name = if_name(luid);
    fits(name.len(), length)?; // A name has one byte, and one unit of UTF-16, a character.
    Ok(name)
}

fn luid_to_name_a(
    ask: &mut Ask<'_>,
    luid: Luid,
    pointer: bool,
    length: usize,
) -> Result<String, Status> {
    let lenient = |ask: &mut Ask<'_>| ask.pick(OptionId::NullNameBuffer) == "not-enough-memory";
    if !pointer && !ask.kernel() && lenient(ask) {
        return Err(Status::NotEnoughMemory);
    }
    needs(pointer)?;
    luid_to_name(luid, length)
}

/// Here a name that is too long has a code of its own (CV-11).
fn name_to_luid_a(input: Option<&Value>) -> Result<Luid, Status> {
    let name = name(input)?;
    if name.len() > MAX_NAME {
        return Err(Status::BufferOverflow);
    }
    parse_if_name(name).ok_or(Status::InvalidName)
}

#[cfg(test)]
mod tests {
    use super::{PREFIXES, if_name, parse_if_name};
    use crate::net::Luid;

    #[test]
    fn every_type_has_one_name_and_every_name_reads_back() {
        for if_type in 0..=u16::MAX {
            for index in [0, 1, 32_768, 0xFF_FFFF] {
                let luid = Luid::new(if_type, index);
                assert_eq!(parse_if_name(&if_name(luid)), Some(luid));
            }
        }
        assert_eq!(if_name(Luid::new(5, 3)), "iftype5_3");
        for (if_type, word) in PREFIXES {
            assert_eq!(if_name(Luid::new(if_type, 32_768)), format!("{word}_32768"));
        }
    }

    #[test]
    fn malformed_names_mean_nothing() {
        let malformed = [
            "",
            "_",
            "ethernet",
            "ethernet_",
            "_7",
            "ethernet_7_8",
            "ethernet_+7",
            "ethernet_ 7",
            "ethernet_0x7",
            "ethernet_16777216",
            "ethernet_4294967296",
            "Ethernet_7",
            "cable_7",
            "iftype_7",
            "iftype65536_7",
            "iftype+5_7",
        ];
        for text in malformed {
            assert_eq!(parse_if_name(text), None, "{text:?}");
        }
    }
}
