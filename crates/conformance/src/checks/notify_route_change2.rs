//! NotifyRouteChange2.

use std::net::{IpAddr, Ipv4Addr};

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::row::{ForwardRow, Row};
use netiosim_model::status::Status;
use netiosim_model::table::Route;

use super::{callbacks, rows};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::NotifyRouteChange2;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NR-01", |bench| rows::families(bench, FUNCTION)),
    Check::new("NR-02", |bench| {
        let (luid, _) = bench.adapter();
        let (destination, gateway) = (
            IpAddr::from([0xFD07, 0, 0, 0, 0, 0, 0, 0]),
            IpAddr::from([0xFE80, 0, 0, 0, 0, 0, 0, 9]),
        );
        let six = Change::RouteAdd(Route::new(luid, destination, 64, gateway));
        let four = callbacks::change(bench.session(), FUNCTION, 0);
        rows::filters(bench, FUNCTION, &[(Family::V4, four), (Family::V6, six)])
    }),
    Check::new("NR-03", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NR-04", |bench| {
        rows::initial(bench, FUNCTION)?;
        rows::silent(bench, FUNCTION)
    }),
    Check::new("NR-05", |bench| {
        let change = callbacks::change(bench.session(), FUNCTION, 5);
        let (keys, full) = callbacks::looked(bench, callbacks::registration(FUNCTION), &change)?;
        let expected = key(bench, Ipv4Addr::new(10, 8, 5, 0));
        bench.equal("the keys of the row", &keys, &Row::from(expected))?;
        let rest = match full {
            Row::Forward(row) => (row.protocol != 0, row.valid_lifetime),
            other => return Err(Stop::Fails(format!("the Get function left {other:?}"))),
        };
        bench.equal("whether there is a protocol, and the lifetime", &rest, &(true, u32::MAX))
    }),
    Check::new("NR-06", |bench| callbacks::row_freed(bench, FUNCTION)),
    Check::new("NR-07", |bench| callbacks::serialized(bench, FUNCTION)),
    Check::new("NR-08", |bench| {
        callbacks::cancels_itself(bench, FUNCTION)?;
        bench.heard();
        callbacks::cancel_under_lock(bench, FUNCTION)
    }),
    Check::new("NR-09", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NR-10", |bench| {
        bench.registered(&callbacks::registration(FUNCTION))?;
        // SitePrefixLength is an illegal value in a row that is only initialized (RT-26, RT-11).
        let row = bench.filled(Function::InitializeIpForwardEntry, ForwardRow::default())?;
        let key = key(bench, Ipv4Addr::new(10, 9, 0, 0));
        let (luid, index, destination) = (key.luid, key.index, key.destination);
        let (prefix_length, next_hop) = (24, key.next_hop);
        let row = ForwardRow {
            luid,
            index,
            destination,
            prefix_length,
            next_hop,
            metric: 5,
            site_prefix_length: 0,
            ..row
        };
        told(bench, Function::CreateIpForwardEntry2, &row, NotificationType::Add)?;
        let other = ForwardRow { metric: 6, ..row };
        told(bench, Function::SetIpForwardEntry2, &other, NotificationType::Parameter)?;
        told(bench, Function::DeleteIpForwardEntry2, &other, NotificationType::Delete)
    }),
    Check::new("NR-11", |bench| callbacks::below_dispatch(bench, FUNCTION)),
    Check::new("NR-12", |bench| rows::context(bench, FUNCTION)),
];

/// The keys of a route of the adapter by its gateway, 24 bits long.
fn key(bench: &Bench, destination: Ipv4Addr) -> ForwardRow {
    let (luid, index) = bench.adapter();
    ForwardRow {
        luid,
        index,
        destination: IpAddr::V4(destination).into(),
        prefix_length: 24,
        next_hop: IpAddr::from([192, 168, 1, 1]).into(),
        ..ForwardRow::default()
    }
}

/// The function succeeds with the row, and one notification of this type comes.
fn told(
    bench: &mut Bench,
    function: Function,
    row: &ForwardRow,
    kind: NotificationType,
) -> Verdict {
    bench.answers(&Call::row(function, row.clone()), Status::Success)?;
    let kinds: Vec<i32> = bench.rows().iter().map(|row| row.2).collect();
    bench.equal(&format!("types after {function}"), &kinds, &vec![kind.number()])
}
