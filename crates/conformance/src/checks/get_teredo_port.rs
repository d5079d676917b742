//! GetTeredoPort.

use netiosim_model::status::Status;

use crate::bench::Bench;
use crate::check::{Check, Verdict};

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
    Check::of_teredo("GT-13", |bench| {
        bench.session().stop_teredo()?;
        let (code, left) = bench.session().teredo_port(Some(4711));
        bench.code("GetTeredoPort", code, Status::NotReady)?;
        bench.equal("the variable after the failure", &left, &Some(4711))
    }),
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
