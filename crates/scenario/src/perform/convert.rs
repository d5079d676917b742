//! Conversions.

use netiosim_model::api::{self, Call, Output, if_name};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::status::Status;

use super::Host;
use crate::cell::{index_of, luid_of};
use crate::format::Value;
use crate::outcome::Val;
use crate::program::{ConvertInput, ConvertOp};
use crate::values::same;

/// What a conversion takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConvertKind {
    Luid,
    Index,
    Guid,
    Alias,
    Name,
    Mask,
    Length,
}

impl ConvertKind {
    /// The member of a step that holds it.
    pub(crate) const fn member(self) -> &'static str {
        match self {
            Self::Luid => "luid",
            Self::Index => "index",
            Self::Guid => "guid",
            Self::Alias => "alias",
            Self::Name => "name",
            Self::Mask => "mask",
            Self::Length => "length_bits",
        }
    }

    /// A value of this kind, as a script writes it.
    pub(crate) fn read(self, value: &Val, env: &Env) -> Option<api::Value> {
        let text = match value {
            Val::Text(text) => Some(&**text),
            Val::Number(_) => None,
        };
        match self {
            Self::Luid => luid_of(value, env).map(api::Value::Luid),
            Self::Index => index_of(value, env).map(api::Value::Index),
            Self::Guid => text?.parse().ok().map(api::Value::Guid),
            Self::Alias | Self::Name => Some(api::Value::Text(match value {
                Val::Text(text) => text.to_string(),
                Val::Number(number) => number.to_string(),
            })),
            Self::Mask => text?.parse().ok().map(api::Value::Mask),
            Self::Length => match value {
                Val::Number(number) => u8::try_from(*number).ok().map(api::Value::Length),
                Val::Text(text) => text.parse().ok().map(api::Value::Length),
            },
        }
    }

    /// What a script has to write.
    pub(crate) const fn wanted(self) -> &'static str {
        match self {
            Self::Luid => "a LUID: a number, or the alias of an interface that is there",
            Self::Index => "an index: a number, or the alias of an interface that is there",
            Self::Guid => "a GUID",
            Self::Alias => "an alias",
            Self::Name => "a name",
            Self::Mask => "a mask such as `255.255.255.0`",
            Self::Length => "a length from 0 to 255",
        }
    }

    /// What names the interface of this alias.
    fn of_interface(self, alias: &str, env: &Env) -> Option<api::Value> {
        let interface = env.interface_by_alias(alias)?;
        Some(match self {
            Self::Luid => api::Value::Luid(interface.luid),
            Self::Index => api::Value::Index(interface.index),
            Self::Guid => api::Value::Guid(interface.guid),
            Self::Alias => api::Value::Text(interface.alias.clone()),
            Self::Name => api::Value::Text(if_name(interface.luid)),
            Self::Mask | Self::Length => return None,
        })
    }
}

/// What a conversion takes.
pub(crate) fn input_kind(function: Function) -> ConvertKind {
    match function {
        Function::ConvertInterfaceAliasToLuid => ConvertKind::Alias,
        Function::ConvertInterfaceGuidToLuid => ConvertKind::Guid,
        Function::ConvertInterfaceIndexToLuid | Function::IfIndextoname => ConvertKind::Index,
        Function::ConvertInterfaceNameToLuidA
        | Function::ConvertInterfaceNameToLuidW
        | Function::IfNametoindex => ConvertKind::Name,
        Function::ConvertIpv4MaskToLength => ConvertKind::Mask,
        Function::ConvertLengthToIpv4Mask => ConvertKind::Length,
        _ => ConvertKind::Luid,
    }
}

/// What a conversion gives.
pub(crate) fn output_kind(function: Function) -> ConvertKind {
    match function {
        Function::ConvertInterfaceLuidToAlias => ConvertKind::Alias,
        Function::ConvertInterfaceLuidToGuid => ConvertKind::Guid,
        Function::ConvertInterfaceLuidToIndex | Function::IfNametoindex => ConvertKind::Index,
        Function::ConvertInterfaceLuidToNameA
        | Function::ConvertInterfaceLuidToNameW
        | Function::IfIndextoname => ConvertKind::Name,
        Function::ConvertIpv4MaskToLength => ConvertKind::Length,
        Function::ConvertLengthToIpv4Mask => ConvertKind::Mask,
        _ => ConvertKind::Luid,
    }
}

/// Calls a conversion.
pub(super) fn call<H: Host>(host: &mut H, op: &ConvertOp) {
    let function = op.function;
    let name = function.name();
    let kind = input_kind(function);
    let input = match &op.input {
        ConvertInput::Null => None,
        ConvertInput::Interface(alias) => {
            let Some(value) = kind.of_interface(alias, &host.env()) else {
                let expected = format!("an interface \"{alias}\"");
                return host.fail(name, expected, "the machine has none now".to_owned());
            };
            Some(value)
        }
        ConvertInput::Value(value) => {
            let Some(value) = host.eval(value) else { return };
            let Some(read) = kind.read(&value, &host.env()) else {
                let what = format!("what {name} converts");
                return host.fail(&what, kind.wanted().to_owned(), value.to_string());
            };
            Some(read)
        }
    };
    let (pointer, length) = (!op.null_output, op.length);
    let reply = host.call(&Call::Convert { function, input, pointer, length });
    host.check_code(name, op.returns, reply.code);
    let got = match reply.output {
        Output::Value(value) => Some(value),
        // if_nametoindex has no other way to fail.
        _ if function == Function::IfNametoindex && reply.status != Status::Success => {
            Some(api::Value::Index(0))
        }
        _ => None,
    };
    check(host, op, got.as_ref());
    if let (Some(variable), Some(got)) = (op.save, &got) {
        host.set(variable, val(got));
    }
}

fn check<H: Host>(host: &mut H, op: &ConvertOp, got: Option<&api::Value>) {
    let Some(wanted) = op.equals.as_ref() else { return };
    let Some(wanted) = host.eval(wanted) else { return };
    let kind = output_kind(op.function);
    let equal = got.is_some_and(|got| {
        kind.read(&wanted, &host.env()).as_ref() == Some(got) || same(&wanted, &val(got))
    });
    if !equal {
        let what = format!("what {} gives", op.function.name());
        let got = got.map_or_else(|| "nothing".to_owned(), |got| val(got).to_string());
        host.fail(&what, wanted.to_string(), got);
    }
}

/// A converted value, for scripts.
fn val(value: &api::Value) -> Val {
    match value {
        api::Value::Luid(luid) => Val::Number(luid.0),
        api::Value::Index(index) => Val::Number(u64::from(*index)),
        api::Value::Length(length) => Val::Number(u64::from(*length)),
        other => Val::Text(other.to_string().into()),
    }
}

/// Why a value as the file writes it can never be one of this kind; variables may be anything, and
/// texts may be aliases of interfaces.
pub(crate) fn check_input(kind: ConvertKind, value: &Value) -> Result<(), &'static str> {
    let fits = match value {
        Value::Variable(_) => true,
        Value::Number(number) => match kind {
            ConvertKind::Index => u32::try_from(*number).is_ok(),
            ConvertKind::Length => u8::try_from(*number).is_ok(),
            ConvertKind::Guid | ConvertKind::Mask => false,
            ConvertKind::Luid | ConvertKind::Alias | ConvertKind::Name => true,
        },
        Value::Text(text) => match kind {
            ConvertKind::Guid => text.parse::<netiosim_model::net::Guid>().is_ok(),
            ConvertKind::Mask => text.parse::<std::net::Ipv4Addr>().is_ok(),
            ConvertKind::Length => text.parse::<u8>().is_ok(),
            _ => true,
        },
    };
    if fits { Ok(()) } else { Err(kind.wanted()) }
}
