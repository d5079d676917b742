//! GetBestRoute2.

use std::net::IpAddr;

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::{ForwardRow, SocketAddress, UnicastRow};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::Route;

use super::routes::{
    SECOND_V4, SECOND_V6, UNKNOWN_INDEX, UNKNOWN_LUID, created, fails, no_defaults, ready, route,
    second, set_stack,
};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// What the option unknown-luid decides otherwise for a LUID; an index is the same everywhere.
const UNKNOWN: &[(Profile, &str)] = &[
    (Profile::Observed, "by the option unknown-luid an unknown LUID gives 1168, as was observed"),
    (Profile::Adversarial, "by the option unknown-luid an unknown LUID may give 1168"),
    (Profile::Wine, "by the option unknown-luid an unknown LUID gives 1168, as Wine has it"),
];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("BR-01", pointers),
    Check::of_all("BR-02", families),
    Check::of_all("BR-03", |bench| {
        for family in Family::ALL {
            let (luid, index) = bench.adapter();
            let row = route(bench, family);
            created(bench, &row)?;
            let nowhere = Asked::to(row.destination);
            bench.answers(&nowhere.call(), Status::InvalidParameter)?;
            for asked in [Asked { luid: Some(luid), ..nowhere }, Asked { index, ..nowhere }] {
                bench.answers(&asked.call(), Status::Success)?;
            }
            let zero = Asked { luid: Some(Luid::UNSPECIFIED), ..nowhere };
            bench.answers(&zero.call(), Status::InvalidParameter)?;
        }
        Ok(())
    }),
    Check { except: UNKNOWN, ..Check::of_all("BR-04", |b| unknown(b, Status::FileNotFound)) },
    Check::of_all("BR-05", |bench| unknown(bench, Status::NotFound)),
    Check::of_all("BR-06", |bench| {
        for (family, other) in [(Family::V4, Family::V6), (Family::V6, Family::V4)] {
            let [call, other] = [family, other].map(|family| {
                Asked::on(bench.adapter().0, route(bench, family).destination).call()
            });
            for family in Family::ALL {
                ready(bench, Function::GetIpForwardEntry2, family)?;
            }
            bench.answers(&call, Status::Success)?;
            set_stack(bench, family, false)?;
            bench.answers(&call, Status::NotSupported)?;
            bench.answers(&other, Status::Success)?;
            set_stack(bench, family, true)?;
        }
        Ok(())
    }),
    Check::of_all("BR-07", strong_host),
    Check::of_all("BR-08", longest_then_lowest),
    Check::of_all("BR-09", |bench| {
        for family in Family::ALL {
            let row = route(bench, family);
            created(bench, &row)?;
            let asked = Asked::on(bench.adapter().0, row.destination);
            let plain = best(bench, &asked)?;
            for sort_options in [1, 2, 0x8000_0000, u32::MAX] {
                let sorted = best(bench, &Asked { sort_options, ..asked })?;
                bench.equal(&format!("the answer with {sort_options:#x}"), &sorted, &plain)?;
            }
        }
        Ok(())
    }),
];

/// The parameters of a call, with places for both results.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) luid: Option<Luid>,
    pub(super) index: u32,
    pub(super) source: Option<SocketAddress>,
    pub(super) destination: SocketAddress,
    pub(super) sort_options: u32,
}

impl Asked {
    /// On any interface.
    pub(super) fn to(destination: impl Into<SocketAddress>) -> Self {
        let destination = destination.into();
        Self { luid: None, index: 0, source: None, destination, sort_options: 0 }
    }

    /// On this interface.
    pub(super) fn on(luid: Luid, destination: impl Into<SocketAddress>) -> Self {
        Self { luid: Some(luid), ..Self::to(destination) }
    }

    pub(super) fn call(self) -> Call {
        Call::BestRoute {
            luid: self.luid,
            index: self.index,
            source: self.source,
            destination: Some(self.destination),
            sort_options: self.sort_options,
            route_pointer: true,
            source_pointer: true,
        }
    }
}

/// The best route and the source address; anything but a success fails the check.
pub(super) fn best(bench: &mut Bench, asked: &Asked) -> Result<(ForwardRow, SocketAddress), Stop> {
    let answer = bench.call(&asked.call())?;
    bench.code("GetBestRoute2", answer.code, Status::Success)?;
    match answer.output {
        Output::BestRoute(route, source) => Ok((*route, source)),
        other => Err(Stop::Fails(format!("GetBestRoute2 left {other:?}"))),
    }
}

fn pointers(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        let luid = Some(bench.adapter().0);
        for (to, route_pointer, source_pointer) in [
            (None, true, true),
            (Some(row.destination), false, true),
            (Some(row.destination), true, false),
            (None, false, false),
        ] {
            let call = Call::BestRoute {
                luid,
                index: 0,
                source: None,
                destination: to,
                sort_options: 0,
                route_pointer,
                source_pointer,
            };
            bench.answers(&call, Status::InvalidParameter)?;
        }
        bench.answers(&Asked::on(bench.adapter().0, row.destination).call(), Status::Success)?;
    }
    Ok(())
}

fn families(bench: &mut Bench) -> Verdict {
    let luid = bench.adapter().0;
    for family in [1, 3, 22, 24, 77, u16::MAX] {
        let asked = Asked::on(luid, SocketAddress::Other(family));
        bench.answers(&asked.call(), Status::InvalidParameter)?;
    }
    let asked = Asked::on(luid, SocketAddress::Unspecified);
    bench.answers(&asked.call(), Status::InvalidParameter)?;
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        bench.answers(&Asked::on(luid, row.destination).call(), Status::Success)?;
    }
    Ok(())
}

fn unknown(bench: &mut Bench, status: Status) -> Verdict {
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        let asked = Asked::to(row.destination);
        for asked in [
            Asked { luid: Some(UNKNOWN_LUID), ..asked },
            Asked { index: UNKNOWN_INDEX, ..asked },
            Asked { luid: Some(Luid::UNSPECIFIED), index: UNKNOWN_INDEX, ..asked },
        ] {
            bench.answers(&asked.call(), status)?;
        }
        let known = Asked { index: bench.adapter().1, ..asked };
        bench.answers(&known.call(), Status::Success)?;
    }
    Ok(())
}

/// The second adapter has the better route by far, and the first a source address.
fn strong_host(bench: &mut Bench) -> Verdict {
    let (first, second) = (bench.adapter().0, second(bench)?.0);
    for (family, far) in [(Family::V4, SECOND_V4), (Family::V6, SECOND_V6)] {
        let (row, own) = (route(bench, family), own_address(bench, first, family)?);
        let to = row.destination;
        let better =
            ForwardRow { luid: second, prefix_length: row.prefix_length + 8, ..row.clone() };
        created(bench, &better)?;
        // Without a route of its interface there is none.
        no_defaults(bench, family)?;
        let source =
            |source: SocketAddress, luid| Asked { source: Some(source), luid, ..Asked::to(to) };
        let found = best(bench, &Asked::on(second, to))?.0.luid;
        bench.equal("the interface", &found, &second)?;
        fails(bench, &source(own, Some(second)).call())?;
        created(bench, &row)?;
        fails(bench, &source(own, Some(second)).call())?;
        let found = best(bench, &source(own, Some(first)))?;
        bench.equal("interface and source", &(found.0.luid, found.1.ip()), &(first, own.ip()))?;
        let far = SocketAddress::from(far);
        let found = best(bench, &source(far, Some(second)))?;
        bench.equal("interface and source", &(found.0.luid, found.1.ip()), &(second, far.ip()))?;
        // Drivers always name an interface; by the option best-route-any-interface programs may
        // have to as well.
        if bench.flavour() == Flavour::User && bench.profile() != Profile::Adversarial {
            let found = best(bench, &Asked::to(to))?.0.luid;
            bench.equal("the best of all", &found, &second)?;
            for (address, luid) in [(own, first), (far, second)] {
                let found = best(bench, &source(address, None))?.0.luid;
                bench.equal("the interface with the source address", &found, &luid)?;
            }
        }
    }
    Ok(())
}

/// A unicast address of an interface.
fn own_address(bench: &mut Bench, luid: Luid, family: Family) -> Result<SocketAddress, Stop> {
    let function = Function::GetUnicastIpAddressTable;
    let rows: Vec<UnicastRow> = bench.table(function, family.number())?;
    let own = rows.into_iter().find(|row| row.luid == luid).map(|row| row.address);
    own.ok_or_else(|| Stop::Fails(format!("the adapter has no {family} address")))
}

fn longest_then_lowest(bench: &mut Bench) -> Verdict {
    let luid = bench.adapter().0;
    for (family, near, far) in [
        (Family::V4, IpAddr::from([10, 20, 30, 40]), IpAddr::from([10, 20, 99, 1])),
        (
            Family::V6,
            IpAddr::from([0x2001, 0xDB8, 0x20, 0x3000, 0, 0, 0, 1]),
            IpAddr::from([0x2001, 0xDB8, 0x20, 0x9900, 0, 0, 0, 1]),
        ),
    ] {
        let row = route(bench, family);
        // The longer prefix is the dearer one.
        let longer = ForwardRow {
            destination: near.into(),
            prefix_length: row.prefix_length + 8,
            metric: 500,
            ..row.clone()
        };
        created(bench, &longer)?;
        created(bench, &row)?;
        for (to, length) in [(near, longer.prefix_length), (far, row.prefix_length)] {
            let found = best(bench, &Asked::on(luid, to))?.0.prefix_length;
            bench.equal(&format!("the prefix length to {to}"), &found, &length)?;
        }
        // Of equal prefixes the cheaper one, whichever came first. The world is asked for them: by
        // the option route-duplicate a program may not be able to create two.
        let Some(destination) = row.destination.ip() else { continue };
        for (n, metric) in [(1, 9), (2, 300), (3, 3), (4, 4)] {
            let next_hop: IpAddr = match family {
                Family::V4 => [192, 168, 1, 100 + n].into(),
                Family::V6 => [0xFE80, 0, 0, 0, 0, 0, 0, u16::from(100 + n)].into(),
            };
            let other = Route::new(luid, destination, row.prefix_length, next_hop);
            bench.change(&Change::RouteAdd(Route { metric, ..other }))?;
            let found = best(bench, &Asked::on(luid, far))?.0.metric;
            let lowest = if n < 3 { 9 } else { 3 };
            bench.equal("the metric of the best route", &found, &lowest)?;
        }
    }
    Ok(())
}
