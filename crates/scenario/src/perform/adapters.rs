//! The adapters of the machine, and how many interfaces it has.

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;

use super::Host;
use crate::adapter::AdapterMember;
use crate::format::Value;
use crate::outcome::Val;
use crate::program::AdaptersOp;
use crate::values::same;

/// How many adapters a failure shows.
const MOST_LISTED: usize = 8;

/// Calls GetAdaptersAddresses or GetAdaptersInfo.
pub(super) fn call<H: Host>(host: &mut H, op: &AdaptersOp) {
    let name = op.function.name();
    let size = match &op.size {
        Some(value) => {
            let Some(value) = host.eval(value) else { return };
            let Val::Number(size) = value else {
                let what = format!("the size for {name}");
                return host.fail(&what, "a number of bytes".to_owned(), value.to_string());
            };
            u32::try_from(size).unwrap_or(u32::MAX)
        }
        None => u32::MAX,
    };
    let given = (!op.null_size).then_some(size);
    let reply = host.call(&Call::Adapters {
        function: op.function,
        family: op.family,
        flags: op.flags,
        reserved: op.reserved,
        size: given,
        buffer: !op.null_buffer,
    });
    host.check_code(name, op.returns, reply.code);
    if let (Some(variable), Some(given)) = (op.save_size, given) {
        let size = if let Output::Size(needed) = reply.output { needed } else { given };
        host.set(variable, Val::Number(u64::from(size)));
    }
    match &reply.output {
        Output::Adapters(adapters) => {
            look(host, op, &adapters.list, AdapterMember::of_addresses);
        }
        Output::AdaptersInfo(adapters) => {
            look(host, op, &adapters.list, AdapterMember::of_info);
        }
        _ if op.expects_list() => {
            let got = "no list".to_owned();
            host.fail(&format!("the adapters of {name}"), "a list".to_owned(), got);
        }
        _ => {}
    }
}

/// Looks at the list.
fn look<H: Host, A>(
    host: &mut H,
    op: &AdaptersOp,
    list: &[A],
    read: impl Fn(AdapterMember, &A) -> Val,
) {
    let what = format!("the number of adapters of {}", op.function.name());
    let is = u32::try_from(list.len()).unwrap_or(u32::MAX);
    if let Some(exactly) = op.count.filter(|exactly| *exactly != is) {
        host.fail(&what, exactly.to_string(), is.to_string());
    }
    if let Some(least) = op.at_least.filter(|least| *least > is) {
        host.fail(&what, format!("at least {least}"), is.to_string());
    }
    if let Some(first) = list.first() {
        for (member, wanted) in &op.first {
            let Some(wanted) = host.eval(wanted) else { return };
            let got = read(*member, first);
            if !same(&wanted, &got) {
                let name = member.name(op.function);
                let what = format!("{name} of the first adapter of {}", op.function.name());
                host.fail(&what, wanted.to_string(), got.to_string());
            }
        }
    }
    for (patterns, wanted) in [(&op.contains, true), (&op.lacks, false)] {
        for pattern in patterns {
            look_for(host, op.function, pattern, list, &read, wanted);
        }
    }
}

fn look_for<H: Host, A>(
    host: &mut H,
    function: Function,
    pattern: &[(AdapterMember, Value)],
    list: &[A],
    read: &impl Fn(AdapterMember, &A) -> Val,
    wanted: bool,
) {
    let mut values = Vec::new();
    for (member, value) in pattern {
        let Some(value) = host.eval(value) else { return };
        values.push((*member, value));
    }
    let fits =
        |adapter: &A| values.iter().all(|(member, value)| same(value, &read(*member, adapter)));
    if list.iter().any(fits) == wanted {
        return;
    }
    let words = |show: &dyn Fn(AdapterMember, &Val) -> String| {
        let parts: Vec<String> = values
            .iter()
            .map(|(member, value)| format!("{} {}", member.name(function), show(*member, value)))
            .collect();
        parts.join(", ")
    };
    let pattern = words(&|_, value| value.to_string());
    let what = format!("the adapters of {}", function.name());
    if !wanted {
        return host.fail(&what, format!("none with {pattern}"), "there is one".to_owned());
    }
    let shown: String = list
        .iter()
        .take(MOST_LISTED)
        .map(|adapter| format!("\n  {}", words(&|member, _| read(member, adapter).to_string())))
        .collect();
    let more = match list.len().saturating_sub(MOST_LISTED) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    host.fail(&what, format!("one with {pattern}"), format!("none of {}{shown}{more}", list.len()));
}

/// Calls GetNumberOfInterfaces.
pub(super) fn number<H: Host>(
    host: &mut H,
    null: bool,
    returns: Option<u32>,
    equals: Option<&Value>,
    save: Option<usize>,
) {
    let function = Function::GetNumberOfInterfaces;
    let reply = host.call(&Call::Number { function, pointer: !null });
    host.check_code(function.name(), returns, reply.code);
    let what = "the number of GetNumberOfInterfaces";
    match reply.output {
        Output::Number(number) => {
            host.check_value(what, equals, save, Val::Number(u64::from(number)));
        }
        _ => {
            if let Some(wanted) = equals.and_then(|wanted| host.eval(wanted)) {
                host.fail(what, wanted.to_string(), "no number".to_owned());
            }
        }
    }
}
