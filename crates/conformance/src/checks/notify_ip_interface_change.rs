//! NotifyIpInterfaceChange.

use netiosim_model::function::Function;
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::status::Status;

use super::rows;
use crate::backend::Register;
use crate::bench::{Bench, INITIAL};
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::NotifyIpInterfaceChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NI-01", |bench| hears(bench, 2, &[Family::V4])),
    Check::new("NI-02", |bench| hears(bench, 23, &[Family::V6])),
    Check::new("NI-03", |bench| hears(bench, 0, &[Family::V4, Family::V6])),
    Check::new("NI-04", |bench| rows::families(bench, FUNCTION)),
    Check::new("NI-05", |bench| rows::families(bench, FUNCTION)),
    Check::new("NI-06", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NI-07", |bench| rows::initial(bench, FUNCTION)),
    Check::new("NI-08", |bench| rows::silent(bench, FUNCTION)),
    Check::new("NI-09", both_ways),
    Check::new("NI-11", both_ways),
    Check::new("NI-15", |bench| rows::context(bench, FUNCTION)),
    Check::new("NI-21", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NI-25", |bench| rows::failure(bench, FUNCTION, Status::NotEnoughMemory)),
    Check::new("NI-26", |bench| rows::failure(bench, FUNCTION, Status::InvalidHandle)),
    Check::new("NI-28", |bench| {
        rows::initial(bench, FUNCTION)?;
        hears(bench, 2, &[Family::V4])
    }),
    Check::new("NI-30", |bench| {
        let has = |rows: &[(u64, bool, i32)], kind: NotificationType| {
            rows.iter().any(|row| row.2 == kind.number())
        };
        bench.registered(&Register::new(FUNCTION).family(23))?;
        bench.session().set_mtu(Family::V6, 1300)?;
        let changed: Vec<i32> = bench.rows().iter().map(|row| row.2).collect();
        let parameter = vec![NotificationType::Parameter.number()];
        bench.equal("the type of a changed property", &changed, &parameter)?;
        // What goes may be told to change before.
        bench.session().set_ipv6(false)?;
        let gone = bench.rows();
        let deleted = has(&gone, NotificationType::Delete) && !has(&gone, NotificationType::Add);
        bench.holds(deleted, || format!("{gone:?} when IPv6 goes"))?;
        bench.session().set_ipv6(true)?;
        let back = bench.rows();
        let added = has(&back, NotificationType::Add) && !has(&back, NotificationType::Delete);
        bench.holds(added, || format!("{back:?} when it is back"))
    }),
    Check::new("NI-36", |bench| {
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.session().set_mtu(Family::V4, 1400)?;
        bench.session().set_ipv6(false)?;
        let all = bench.rows();
        bench.holds(all.iter().all(|row| (0..4).contains(&row.2)), || format!("{all:?}"))
    }),
];

/// A registration for this family hears of changes on the side of these, and of no others.
fn hears(bench: &mut Bench, family: u16, of: &[Family]) -> Verdict {
    bench.registered(&Register::new(FUNCTION).family(family).context(3))?;
    for side in [Family::V4, Family::V6] {
        bench.session().set_mtu(side, 1300)?;
        let count = bench.rows().len();
        let expected = usize::from(of.contains(&side));
        bench.equal(&format!("the number of calls for a change of {side:?}"), &count, &expected)?;
    }
    Ok(())
}

/// A call has no row if and only if it is the initial one.
fn both_ways(bench: &mut Bench) -> Verdict {
    bench.registered(&Register::new(FUNCTION).initial())?;
    bench.session().set_mtu(Family::V4, 1400)?;
    bench.session().set_ipv6(false)?;
    let all = bench.rows();
    let fits = all.iter().all(|row| row.1 != (row.2 == INITIAL));
    bench.holds(fits && all.len() > 2, || format!("{all:?}"))
}
