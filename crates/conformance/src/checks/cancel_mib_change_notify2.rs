//! CancelMibChangeNotify2.

use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::status::Status;

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
    Check::new("CX-12", |bench| {
        let (one, _two) = (bench.port_registered(1)?, bench.port_registered(2)?);
        bench.cancelled(one)?;
        bench.session().restart_teredo(50_001)?;
        let contexts: Vec<u64> = bench.ports().iter().map(|port| port.0).collect();
        bench.equal("who hears of the change", &contexts, &vec![2])
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
];

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
    bench.session().set_mtu(Family::V4, 1400)?;
    bench.session().restart_teredo(50_001)?;
    let after = bench.heard();
    bench.equal("notifications after the cancel", &after, &Vec::new())
}
