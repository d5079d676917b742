//! NotifyTeredoPortChange.

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::status::Status;
use netiosim_model::teredo::PortWish;
use netiosim_model::windows::Windows;

use super::{callbacks, catalogue, declaration, rows};
use crate::backend::{Callback, Register, Whose};
use crate::bench::{Bench, INITIAL};
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::NotifyTeredoPortChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("TP-01", |bench| bench.port_registered(1).map(drop)),
    Check::new("TP-02", |bench| {
        let handle = bench.port_registered(1)?;
        bench.cancelled(handle)
    }),
    Check::of_all("TP-03", |bench| {
        let call = Register::new(FUNCTION).callback(Callback::Null).variable(0xDEAD_BEEF);
        let left = bench.session().register(&call);
        bench.holds(left.code != 0, || "NULL for a callback is accepted".to_owned())?;
        bench.equal("the variable after the failure", &left.handle, &Some(0))
    }),
    Check::of_all("TP-04", without_callback),
    Check::of_all("TP-05", without_callback),
    Check::new("TP-06", |bench| {
        bench.registered(&Register::new(FUNCTION).context(7).initial())?;
        let ports = bench.ports();
        let kinds: Vec<(u64, i32)> = ports.iter().map(|port| (port.0, port.2)).collect();
        bench.equal("contexts and types", &kinds, &vec![(7, INITIAL)])
    }),
    Check::new("TP-07", |bench| {
        let port = bench.port()?;
        bench.holds(port != 0, || "the client has no port".to_owned())?;
        bench.registered(&Register::new(FUNCTION).initial())?;
        let ports: Vec<u16> = bench.ports().iter().map(|port| port.1).collect();
        bench.equal("the port of the initial notification", &ports, &vec![0])
    }),
    Check::new("TP-08", |bench| {
        bench.port_registered(1)?;
        let before = bench.ports();
        bench.equal("notifications before any change", &before, &Vec::new())?;
        bench.session().restart_teredo(50_001)?;
        let after = bench.ports();
        bench.holds(!after.is_empty(), || "nothing is told of the restart".to_owned())?;
        bench.holds(after.iter().all(|port| port.2 != INITIAL), || format!("{after:?}"))
    }),
    Check::new("TP-09", |bench| {
        bench.registered(&Register::new(FUNCTION).initial())?;
        let mut all = bench.ports();
        for port in [50_001, 50_002] {
            bench.session().restart_teredo(port)?;
            all.extend(bench.ports());
        }
        let at: Vec<usize> =
            all.iter().enumerate().filter(|port| port.1.2 == INITIAL).map(|port| port.0).collect();
        bench.equal("positions of initial notifications", &at, &vec![0])
    }),
    Check::new("TP-10", |bench| {
        for context in [0, 1, 0xFFFF_FFFF_FFFF_FFF7, 0x8000_0000_0000_0000] {
            let handle = bench.registered(&Register::new(FUNCTION).context(context).initial())?;
            let contexts: Vec<u64> = bench.ports().iter().map(|port| port.0).collect();
            bench.equal("the context", &contexts, &vec![context])?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
    Check::new("TP-11", |bench| {
        bench.port_registered(1)?;
        bench.session().restart_teredo(50_123)?;
        let ports = bench.ports();
        let told = ports.iter().any(|port| port.1 == 50_123 && port.2 != INITIAL);
        bench.holds(told, || format!("port 50123 is not among {ports:?}"))
    }),
    Check::new("TP-12", |bench| {
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.session().restart_teredo(50_001)?;
        let mut ports = bench.ports();
        bench.session().stop_teredo()?;
        ports.extend(bench.ports());
        let types = ports.len() > 1 && ports.iter().all(|port| (0..4).contains(&port.2));
        bench.holds(types, || format!("{ports:?}"))
    }),
    Check::new("TP-13", |bench| callbacks::serialized(bench, FUNCTION)),
    Check::of_all("TP-14", |_| declaration()),
    Check::new("TP-15", |bench| {
        let first = bench.port()?;
        bench.port_registered(1)?;
        bench.session().restart_teredo(50_007)?;
        let last = bench.ports().last().map_or(first, |port| port.1);
        let now = bench.port()?;
        bench.equal("what GetTeredoPort answers", &now, &last)
    }),
    Check::new("TP-16", |bench| {
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.change(&Change::PortOpen { port: 3545, edge_traversal: true })?;
        bench.session().restart_teredo(50_001)?;
        bench.session().stop_teredo()?;
        bench.change(&Change::TeredoStart(PortWish::Another))?;
        bench.session().elapse(120_000)?;
        let ports = bench.ports();
        let dynamic = ports.iter().filter(|port| port.1 != 0);
        bench.holds(ports.len() > 2 && dynamic.clone().count() > 0, || format!("{ports:?}"))?;
        bench.holds(dynamic.clone().all(|port| port.1 != 3544), || format!("{ports:?}"))
    }),
    Check::new("TP-17", |bench| rows::failure(bench, FUNCTION, Status::NotEnoughMemory)),
    Check::new("TP-18", |bench| {
        bench.session().fail(FUNCTION, Status::InvalidHandle)?;
        let left = bench.session().register(&Register::new(FUNCTION));
        bench.code("the registration", left.code, Status::InvalidHandle)
    }),
    Check::new("TP-19", |bench| callbacks::goes_on(bench, FUNCTION)),
    Check::new("TP-20", |bench| callbacks::ends_with_program(bench, FUNCTION)),
    Check::new("TP-21", |bench| {
        bench.port_registered(1)?;
        bench.session().restart_teredo(50_002)?;
        let before = bench.ports();
        bench.holds(!before.is_empty(), || "nothing is told before the reboot".to_owned())?;
        bench.session().reboot()?;
        bench.heard();
        bench.session().restart_teredo(50_001)?;
        let after = bench.ports();
        bench.equal("notifications after the reboot", &after, &Vec::new())
    }),
    Check::new("TP-22", |bench| callbacks::foreign(bench, FUNCTION, Whose::AnotherProcess)),
    Check::new("TP-23", |bench| callbacks::foreign(bench, FUNCTION, Whose::AbsentModule)),
    Check::new("TP-24", |bench| callbacks::cancels_itself(bench, FUNCTION)),
    Check::new("TP-25", |bench| callbacks::cancel_under_lock(bench, FUNCTION)),
    Check::new("TP-26", |bench| callbacks::independent_cancel(bench, FUNCTION)),
    Check::new("TP-27", |bench| {
        let (one, two) = (bench.port_registered(5)?, bench.port_registered(5)?);
        bench.holds(one != two, || "two registrations have one handle".to_owned())?;
        bench.session().restart_teredo(50_001)?;
        let ports: Vec<(u64, u16)> = bench.ports().iter().map(|port| (port.0, port.1)).collect();
        bench.equal("who hears of the change", &ports, &vec![(5, 50_001); 2])
    }),
    Check::of_all("TP-28", |_| declaration()),
    Check::new("TP-29", |bench| callbacks::below_dispatch(bench, FUNCTION)),
    Check::of_all("TP-30", |bench| callbacks::since(bench, FUNCTION, Windows::VISTA)),
    Check::new("TP-31", |bench| {
        bench.session().install(Windows::V11_24H2)?;
        let has = bench.session().has(FUNCTION)?;
        bench.equal("whether the newest Windows has it", &has, &true)?;
        bench.port_registered(1).map(drop)
    }),
    Check::new("TP-32", |bench| {
        let before = bench.port()?;
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.heard();
        let after = bench.port()?;
        bench.equal("the port after the initial call", &after, &before)
    }),
    Check::new("TP-33", |bench| {
        bench.port_registered(0x0123_4567_89AB_CDEF)?;
        bench.session().restart_teredo(0xC351)?;
        let ports = bench.ports();
        let fits = matches!(ports[..], [(0x0123_4567_89AB_CDEF, 0xC351, 0..=2)]);
        bench.holds(fits, || format!("context, port and type arrive as {ports:X?}"))
    }),
    Check::new("TP-34", |bench| {
        // Each of the four shows in something else.
        let (first, second) = (Register::new(FUNCTION).context(11), Register::new(FUNCTION));
        let (one, two) = (bench.registered(&first.initial())?, bench.registered(&second)?);
        let contexts: Vec<u64> = bench.ports().iter().map(|port| port.0).collect();
        bench.equal("who has an initial notification", &contexts, &vec![11])?;
        bench.holds(one != two, || "two registrations have one handle".to_owned())
    }),
    Check::new("TP-35", |bench| {
        let call = Register { variable: None, ..Register::new(FUNCTION).initial() };
        let left = bench.session().register(&call);
        bench.holds(left.code != 0, || "NULL for the handle is accepted".to_owned())?;
        bench.session().restart_teredo(50_001)?;
        let ports = bench.ports();
        bench.equal("what is told to nobody's handle", &ports, &Vec::new())
    }),
    Check::new("TP-36", |bench| {
        bench.port_registered(1)?;
        bench.session().set_mtu(Family::V4, 1400)?;
        for function in [
            Function::NotifyIpInterfaceChange,
            Function::NotifyUnicastIpAddressChange,
            Function::NotifyRouteChange2,
        ] {
            callbacks::happens(bench, function, 9)?;
        }
        let ports = bench.ports();
        bench.equal("notifications of an MTU, an address and a route", &ports, &Vec::new())?;
        bench.session().restart_teredo(50_001)?;
        let ports = bench.ports().len();
        bench.equal("the number of notifications of a port", &ports, &1)
    }),
    Check::new("TP-37", |bench| callbacks::other_codes(bench, FUNCTION)),
    Check::of_all("TP-38", |_| catalogue()),
    Check::of_all("TP-39", |_| catalogue()),
    Check::new("TP-40", follows),
];

fn without_callback(bench: &mut Bench) -> Verdict {
    let left = bench.session().register(&Register::new(FUNCTION).callback(Callback::Null));
    bench.code("a registration without a callback", left.code, Status::InvalidParameter)
}

/// What a firewall does: it reads the port once, follows the notifications, and its exception is on the right port.
pub(super) fn follows(bench: &mut Bench) -> Verdict {
    bench.port_registered(1)?;
    let mut exception = bench.port()?;
    for port in [50_001, 50_777, 49_152] {
        bench.session().restart_teredo(port)?;
        exception = bench.ports().last().map_or(exception, |port| port.1);
        let now = bench.port()?;
        bench.equal("the exception", &exception, &now)?;
    }
    Ok(())
}
