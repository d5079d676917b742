//! Notification types, and rules across functions.

use netiosim_model::api::{Call, Value};
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::status::{Flavour, Status, message};

use crate::backend::{Register, Told};
use crate::bench::{Bench, INITIAL};
use crate::check::{Check, Verdict};

const BOTH: [Function; 2] = [Function::NotifyTeredoPortChange, Function::NotifyIpInterfaceChange];

pub(super) const CHECKS: &[Check] = &[
    Check::new("NT-01", |bench| {
        bench.registered(&Register::new(Function::NotifyIpInterfaceChange).family(2))?;
        bench.session().set_mtu(Family::V4, 1400)?;
        kinds(bench, "a property changes", |kinds| kinds == [0])
    }),
    Check::new("NT-02", |bench| {
        bench.registered(&Register::new(Function::NotifyIpInterfaceChange).family(23))?;
        bench.session().set_ipv6(false)?;
        bench.heard();
        bench.session().set_ipv6(true)?;
        kinds(bench, "interfaces appear", |kinds| kinds.contains(&1) && !kinds.contains(&2))
    }),
    Check::new("NT-03", |bench| {
        bench.registered(&Register::new(Function::NotifyIpInterfaceChange).family(23))?;
        bench.session().set_ipv6(false)?;
        kinds(bench, "interfaces go away", |kinds| kinds.contains(&2) && !kinds.contains(&1))
    }),
    Check::new("NT-04", |bench| {
        bench.registered(&Register::new(Function::NotifyTeredoPortChange).initial())?;
        let kinds: Vec<i32> = bench.ports().iter().map(|port| port.2).collect();
        bench.equal("the number of MibInitialNotification", &kinds, &vec![3])
    }),
    Check::new("NT-05", |bench| {
        for function in BOTH {
            bench.registered(&Register::new(function))?;
        }
        bench.session().restart_teredo(50_001)?;
        bench.session().set_mtu(Family::V4, 1400)?;
        let heard = bench.heard();
        let none = heard.iter().all(|heard| match heard.told {
            Told::Port { kind, .. } | Told::Row { kind, .. } => kind != INITIAL,
            Told::Table | Told::Hint(_) => true,
        });
        bench.holds(none && heard.len() > 1, || format!("{heard:?}"))
    }),
    Check::new("NT-06", |bench| {
        for function in BOTH {
            bench.registered(&Register::new(function).initial())?;
        }
        let heard = bench.heard();
        let empty = heard.iter().all(|heard| {
            matches!(heard.told, Told::Port { port: 0, .. } | Told::Row { row: false, .. })
        });
        bench.holds(empty && heard.len() > 1, || format!("{heard:?}"))
    }),
    Check::new("NT-07", |bench| {
        bench.registered(&Register::new(Function::NotifyTeredoPortChange).initial())?;
        bench.heard();
        bench.session().restart_teredo(50_001)?;
        bench.session().stop_teredo()?;
        bench.session().restart_teredo(50_002)?;
        bench.session().set_ipv6(false)?;
        bench.session().set_ipv6(true)?;
        bench.session().elapse(60_000)?;
        let ports = bench.ports();
        bench.holds(ports.len() > 1 && ports.iter().all(|port| port.1 != 0), || {
            format!("{ports:?} after the initial notification")
        })
    }),
    Check::of_teredo("NT-08", |bench| {
        let success = bench.session().teredo_port(Some(0)).0;
        let failure = bench.session().teredo_port(None).0;
        let passes = |code: u32, flavour| match flavour {
            Flavour::User => code == 0,
            Flavour::Kernel => code.cast_signed() >= 0,
        };
        let flavour = bench.flavour();
        bench.holds(passes(success, flavour), || format!("{success:#x} is no success"))?;
        bench.holds(!passes(failure, flavour), || format!("{failure:#x} is a success"))
    }),
    Check::of_teredo("NT-09", |bench| {
        bench.session().stop_teredo()?;
        let code = bench.session().teredo_port(Some(0)).0;
        bench.equal("the code while the client is stopped", &code, &21)?;
        if bench.flavour() == Flavour::Kernel {
            bench.holds(code.cast_signed() >= 0, || format!("NT_SUCCESS refuses {code:#x}"))?;
            let function = Function::NotifyTeredoPortChange;
            for (status, number) in [
                (Status::InvalidHandle, 6),
                (Status::IoPending, 997),
                (Status::ObjectAlreadyExists, 5010),
            ] {
                bench.session().fail(function, status)?;
                let code = bench.session().register(&Register::new(function)).code;
                bench.equal(&format!("the number of {status:?}"), &code, &number)?;
                bench.session().unfail(function)?;
            }
        }
        Ok(())
    }),
    Check::new("NT-10", |bench| {
        let function = Function::NotifyTeredoPortChange;
        bench.session().fail(function, Status::NotEnoughMemory)?;
        let code = bench.session().register(&Register::new(function)).code;
        substitute(bench, code)?;
        let malformed = Call::Convert {
            function: Function::ConvertInterfaceNameToLuidW,
            input: Some(Value::Text("no name".to_owned())),
            pointer: true,
            length: 0,
        };
        let code = bench.call(&malformed)?.code;
        substitute(bench, code)
    }),
    Check::new("NT-11", |bench| {
        // Two registrations with one callback and one context.
        let (one, _two) = (bench.port_registered(4)?, bench.port_registered(4)?);
        bench.cancelled(one)?;
        bench.session().restart_teredo(50_001)?;
        let count = bench.ports().len();
        bench.equal("how many registrations are left", &count, &1)
    }),
];

/// The types of what came are as expected.
fn kinds(bench: &mut Bench, when: &str, fit: impl Fn(&[i32]) -> bool) -> Verdict {
    let kinds: Vec<i32> = bench.rows().iter().map(|row| row.2).collect();
    bench.holds(fit(&kinds), || format!("types {kinds:?} when {when}"))
}

/// A status that a driver takes for a failure, and that has a text.
fn substitute(bench: &Bench, code: u32) -> Verdict {
    let text = message(code, Flavour::Kernel);
    bench.holds(code.cast_signed() < 0 && text.is_some(), || {
        format!("{code:#x} stands for the failure, with the text {text:?}")
    })
}
