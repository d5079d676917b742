//! Notification types, and rules across functions.

use netiosim_model::function::Function;
use netiosim_model::net::Family;

use crate::backend::{Register, Told};
use crate::bench::INITIAL;
use crate::check::Check;

const BOTH: [Function; 2] = [Function::NotifyTeredoPortChange, Function::NotifyIpInterfaceChange];

pub(super) const CHECKS: &[Check] = &[
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
            Told::Other => true,
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
    Check::new("NT-11", |bench| {
        // Two registrations with one callback and one context.
        let (one, _two) = (bench.port_registered(4)?, bench.port_registered(4)?);
        bench.cancelled(one)?;
        bench.session().restart_teredo(50_001)?;
        let count = bench.ports().len();
        bench.equal("how many registrations are left", &count, &1)
    }),
];
