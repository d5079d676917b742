//! CancelMibChangeNotify2.

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;

use super::{callbacks, notify_stable_unicast_ip_address_table as stable_table, teredo_client};
use crate::backend::Register;
use crate::bench::Bench;
use crate::check::{Check, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_cancel("CX-01", null),
    Check::of_cancel("CX-02", null),
    Check::new("CX-03", |bench| ends(bench, Function::NotifyTeredoPortChange)),
    Check::new("CX-04", |bench| ends(bench, Function::NotifyIpInterfaceChange)),
    Check::new("CX-05", |bench| {
        ends(bench, Function::NotifyUnicastIpAddressChange)?;
        ends(bench, Function::NotifyRouteChange2)
    }),
    stable_table::check("CX-06", |bench| {
        teredo_client::dormant(bench)?;
        let handle = stable_table::pending(bench, &stable_table::asked())?;
        bench.cancelled(handle)?;
        bench.change(&Change::TeredoQualify)?;
        bench.session().elapse(60_000)?;
        let after = bench.heard();
        bench.equal("what comes of the request after the cancel", &after, &Vec::new())
    }),
    Check::new("CX-07", |bench| ends(bench, Function::NotifyNetworkConnectivityHintChange)),
    Check::new("CX-08", |bench| {
        let handle = bench.port_registered(1)?;
        bench.session().restart_teredo(50_001)?;
        bench.heard();
        bench.cancelled(handle)?;
        bench.session().restart_teredo(50_002)?;
        let after = bench.heard();
        bench.equal("notifications after the cancel", &after, &Vec::new())
    }),
    Check::new("CX-09", |bench| all(bench, callbacks::cancels_itself)),
    Check::new("CX-10", |bench| all(bench, callbacks::independent_cancel)),
    Check::new("CX-11", |bench| all(bench, callbacks::cancel_under_lock)),
    Check::new("CX-12", |bench| {
        let (one, _two) = (bench.port_registered(1)?, bench.port_registered(2)?);
        bench.cancelled(one)?;
        bench.session().restart_teredo(50_001)?;
        let contexts: Vec<u64> = bench.ports().iter().map(|port| port.0).collect();
        bench.equal("who hears of the change", &contexts, &vec![2])
    }),
    Check::new("CX-13", |bench| {
        let handle = bench.port_registered(1)?;
        bench.cancelled(handle)?;
        callbacks::no_findings(bench)?;
        for irql in [Irql::Apc, Irql::Dispatch] {
            bench.session().set_irql(Irql::Passive)?;
            let handle = bench.port_registered(1)?;
            bench.session().set_irql(irql)?;
            bench.session().cancel(handle);
            callbacks::found(bench, Rule::IrqlTooHigh)?;
        }
        Ok(())
    }),
    Check::new("CX-14", |bench| {
        let handle = bench.port_registered(1)?;
        for garbage in [1, 0xDEAD_BEEF, u64::MAX, handle ^ 0xFFFF_0000_0000_0000] {
            bench.session().cancel(garbage);
        }
        bench.session().restart_teredo(50_001)?;
        let ports: Vec<u16> = bench.ports().iter().map(|port| port.1).collect();
        bench.equal("what the registration still hears", &ports, &vec![50_001])?;
        bench.cancelled(handle)
    }),
    Check::new("CX-15", |bench| {
        // Without one nothing stays behind; with one there is nothing to say.
        callbacks::ends_with_program(bench, Function::NotifyTeredoPortChange)?;
        if let Ok(findings) = bench.session().findings() {
            let leaked = findings.contains(&Rule::LeakedRegistration);
            bench.holds(leaked, || format!("{findings:?} of a program without a cancel"))?;
        }
        let handle = bench.port_registered(1)?;
        bench.cancelled(handle)?;
        bench.session().restart_program()?;
        callbacks::no_findings(bench)
    }),
    Check::new("CX-16", |bench| all(bench, callbacks::cancels_another)),
    Check::new("CX-17", |bench| all(bench, callbacks::hands_cancel_over)),
];

/// What every function that has the remark has alike.
fn all(bench: &mut Bench, of: fn(&mut Bench, Function) -> Verdict) -> Verdict {
    for function in [
        Function::NotifyTeredoPortChange,
        Function::NotifyIpInterfaceChange,
        Function::NotifyUnicastIpAddressChange,
        Function::NotifyRouteChange2,
    ] {
        of(bench, function)?;
        // The next one starts without the registrations of this one.
        bench.session().restart_program()?;
        bench.session().settle();
        let _ = (bench.heard(), bench.did(), bench.session().findings());
    }
    Ok(())
}

fn null(bench: &mut Bench) -> Verdict {
    let code = bench.session().cancel(0);
    bench.code("a cancel of NULL", code, Status::InvalidParameter)
}

/// A registration by this function is accepted by the cancel, and gone then.
fn ends(bench: &mut Bench, function: Function) -> Verdict {
    let handle = bench.registered(&Register::new(function).context(9))?;
    bench.cancelled(handle)?;
    bench.heard();
    let code = bench.session().cancel(handle);
    bench.holds(code != 0, || "the handle is accepted once more".to_owned())?;
    // The same change is told to whoever is registered.
    let other = bench.registered(&callbacks::registration(function).context(10))?;
    callbacks::happens(bench, function, 2)?;
    let mut contexts: Vec<u64> = bench.heard().iter().map(|heard| heard.context).collect();
    contexts.dedup();
    bench.equal("who hears of a change after the cancel", &contexts, &vec![10])?;
    bench.cancelled(other)
}
