//! GetTeredoPort.

use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::{callbacks, catalogue, declaration, notify_teredo_port_change};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::GetTeredoPort;

pub(super) const CHECKS: &[Check] = &[
    Check::of_teredo("GT-01", running),
    Check::of_teredo("GT-02", running),
    Check::of_teredo("GT-03", null),
    Check::of_teredo("GT-04", null),
    Check::of_teredo("GT-05", not_started),
    Check::of_teredo("GT-06", not_started),
    Check::of_teredo("GT-07", without_ipv6),
    Check::of_teredo("GT-08", without_ipv6),
    Check::of_teredo("GT-09", |bench| {
        let before = bench.port()?;
        bench.session().restart_teredo(50_321)?;
        bench.session().settle();
        let after = bench.port()?;
        bench.equal("the ports around a restart", &(before, after), &(50_000, 50_321))
    }),
    Check::of_teredo("GT-10", |bench| {
        let port = bench.port()?;
        bench.holds(port != 3544, || "the static port is answered".to_owned())
    }),
    Check::of_teredo("GT-11", |bench| {
        for irql in [Irql::Passive, Irql::Apc] {
            bench.session().set_irql(irql)?;
            bench.port()?;
            callbacks::no_findings(bench)?;
        }
        bench.session().set_irql(Irql::Dispatch)?;
        bench.session().teredo_port(Some(0));
        callbacks::found(bench, Rule::IrqlTooHigh)
    }),
    Check::of_all("GT-12", |bench| callbacks::since(bench, FUNCTION, Windows::VISTA)),
    Check::of_teredo("GT-13", |bench| {
        bench.session().stop_teredo()?;
        let (code, left) = bench.session().teredo_port(Some(4711));
        bench.code("GetTeredoPort", code, Status::NotReady)?;
        bench.equal("the variable after the failure", &left, &Some(4711))
    }),
    Check::of_all("GT-14", |_| declaration()),
    Check::of_teredo("GT-15", |bench| callbacks::other_codes(bench, FUNCTION)),
    Check::of_all("GT-16", |_| catalogue()),
    Check::new("GT-17", notify_teredo_port_change::follows),
];

fn running(bench: &mut Bench) -> Verdict {
    let (code, port) = bench.session().teredo_port(Some(0));
    bench.code("GetTeredoPort", code, Status::Success)?;
    bench.equal("the port", &port, &Some(50_000))
}

fn null(bench: &mut Bench) -> Verdict {
    let (code, _) = bench.session().teredo_port(None);
    bench.code("GetTeredoPort with NULL", code, Status::InvalidParameter)
}

fn not_started(bench: &mut Bench) -> Verdict {
    bench.session().stop_teredo()?;
    let (code, _) = bench.session().teredo_port(Some(0));
    bench.code("GetTeredoPort while the client is stopped", code, Status::NotReady)
}

fn without_ipv6(bench: &mut Bench) -> Verdict {
    bench.session().set_ipv6(false)?;
    let (code, _) = bench.session().teredo_port(Some(0));
    bench.code("GetTeredoPort without IPv6", code, Status::NotSupported)
}
