//! The best route, the best interface, and connectivity hints.

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use netiosim_model::net::Luid;
use netiosim_model::row::Row;
use netiosim_model::status::Status;

use super::Host;
use super::row::{address, judge, luid_of_alias};
use crate::cell::{address_of, index_of, luid_of, same_address};
use crate::format::Value;
use crate::outcome::Val;
use crate::program::{BestRouteOp, Wanted};

/// Calls GetBestRoute2.
pub(super) fn route<H: Host>(host: &mut H, op: &BestRouteOp) {
    let Some(call) = route_call(host, op) else { return };
    let name = "GetBestRoute2";
    let reply = host.call(&call);
    host.check_code(name, op.wanted.returns, reply.code);
    let (route, source) = match reply.output {
        Output::BestRoute(route, source) if reply.status == Status::Success => {
            (Some(Row::Forward(route)), Some(source))
        }
        _ => (None, None),
    };
    judge(host, &op.wanted, route.as_ref(), "the best route");
    if let Some(wanted) = &op.source_is
        && let Some(wanted) = host.eval(wanted)
    {
        let is = source.zip(address_of(&wanted));
        if !is.is_some_and(|(is, wanted)| same_address(is, wanted)) {
            let got = source.map_or_else(|| "no address".to_owned(), |is| is.to_string());
            host.fail(&format!("the source address of {name}"), wanted.to_string(), got);
        }
    }
    if let (Some(variable), Some(source)) = (op.save_source, source) {
        host.set(variable, Val::Text(source.to_string().into()));
    }
}

fn route_call<H: Host>(host: &mut H, op: &BestRouteOp) -> Option<Call> {
    let name = "GetBestRoute2";
    let env = host.env();
    let mut luid = None;
    if let Some(alias) = &op.interface {
        luid = Some(Luid(luid_of_alias(host, name, alias, &env)?));
    }
    if let Some(value) = &op.luid {
        let value = host.eval(value)?;
        luid = luid_of(&value, &env);
        if luid.is_none() {
            host.fail(&format!("the LUID for {name}"), "a LUID".to_owned(), value.to_string());
            return None;
        }
    }
    let index = match &op.index {
        Some(value) => number(host, name, value)?,
        None => 0,
    };
    let source = match &op.source {
        Some(value) => Some(address(host, &format!("the source for {name}"), value)?),
        None => None,
    };
    let destination = match &op.destination {
        Some(value) => Some(address(host, &format!("the destination for {name}"), value)?),
        None => None,
    };
    Some(Call::BestRoute {
        luid,
        index,
        source,
        destination,
        sort_options: op.sort_options,
        route_pointer: !op.null_route,
        source_pointer: !op.null_source,
    })
}

/// An index that a value must be; another value is noted.
fn number<H: Host>(host: &mut H, name: &str, value: &Value) -> Option<u32> {
    let value = host.eval(value)?;
    let found = index_of(&value, &host.env());
    if found.is_none() {
        host.fail(&format!("the index for {name}"), "an index".to_owned(), value.to_string());
    }
    found
}

/// Calls GetBestInterface or GetBestInterfaceEx.
pub(super) fn interface<H: Host>(
    host: &mut H,
    function: Function,
    destination: Option<&Value>,
    null: bool,
    (returns, alias, save): (Option<u32>, Option<&str>, Option<usize>),
) {
    let name = function.name();
    let destination = match destination {
        Some(value) => {
            let what = format!("the destination for {name}");
            let Some(destination) = address(host, &what, value) else { return };
            Some(destination)
        }
        None => None,
    };
    let reply = host.call(&Call::BestInterface { function, destination, pointer: !null });
    host.check_code(name, returns, reply.code);
    let index = match reply.output {
        Output::Index(index) if reply.status == Status::Success => Some(index),
        _ => None,
    };
    if let Some(alias) = alias {
        let env = host.env();
        let is = index.and_then(|index| env.interface_by_index(index));
        if is.is_none_or(|interface| interface.alias != alias) {
            let got = match (is, index) {
                (Some(interface), _) => format!("\"{}\"", interface.alias),
                (None, Some(index)) => format!("index {index}, which no interface has"),
                (None, None) => "no index".to_owned(),
            };
            host.fail(&format!("the interface of {name}"), format!("\"{alias}\""), got);
        }
    }
    if let (Some(variable), Some(index)) = (save, index) {
        host.set(variable, Val::Number(u64::from(index)));
    }
}

/// Calls a function that gives a connectivity hint.
pub(super) fn hint<H: Host>(
    host: &mut H,
    function: Function,
    (alias, index): (Option<&str>, Option<&Value>),
    null: bool,
    wanted: &Wanted,
) {
    let name = function.name();
    let index = match (alias, index) {
        (Some(alias), _) => {
            let env = host.env();
            let Some(luid) = luid_of_alias(host, name, alias, &env) else { return };
            env.interface(Luid(luid)).map_or(0, |interface| interface.index)
        }
        (None, Some(value)) => {
            let Some(index) = number(host, name, value) else { return };
            index
        }
        (None, None) => 0,
    };
    let reply = host.call(&Call::Hint { function, index, pointer: !null });
    host.check_code(name, wanted.returns, reply.code);
    let row = match reply.output {
        Output::Hint(hint) if reply.status == Status::Success => Some(Row::from(hint)),
        _ => None,
    };
    judge(host, wanted, row.as_ref(), "the hint");
}
