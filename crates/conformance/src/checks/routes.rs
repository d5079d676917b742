//! Routes, whatever function shows them.

use std::net::IpAddr;

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::{ForwardRow, SocketAddress};
use netiosim_model::status::{Flavour, Status, success};
use netiosim_model::table::UnicastAddress;

use super::get_best_route2::{Asked, best};
use crate::backend::Cannot;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const GET: Function = Function::GetIpForwardEntry2;
const CREATE: Function = Function::CreateIpForwardEntry2;
const SET: Function = Function::SetIpForwardEntry2;
const DELETE: Function = Function::DeleteIpForwardEntry2;

/// A LUID that names no interface.
pub(super) const UNKNOWN_LUID: Luid = Luid::new(if_type::ETHERNET, 0xAB_CDEF);
/// An index that names no interface.
pub(super) const UNKNOWN_INDEX: u32 = 9_999;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-27", effective_metric),
    Check::of_all("RT-28", default_routes),
    Check::of_all("RT-29", luid_first),
];

/// The sum decides: neither the metric of the route alone nor that of the interface alone.
fn effective_metric(bench: &mut Bench) -> Verdict {
    if bench.flavour() == Flavour::Kernel {
        let reason = "no function for drivers compares routes of several interfaces";
        return Err(Stop::NotApplicable(Cannot::new(reason)));
    }
    let (first, second) = (bench.adapter(), second(bench)?);
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &ForwardRow { metric: 0, ..row.clone() })?;
        created(bench, &ForwardRow { metric: 0, luid: second.0, ..row.clone() })?;
        // Interface metrics, route metrics, whether the first is the better one.
        for (interfaces, routes, is_first) in [
            ([10, 20], [5, 5], true),
            ([10, 20], [15, 4], false),
            ([10, 20], [15, 6], true),
            ([40, 20], [1, 20], false),
            ([40, 20], [1, 22], true),
        ] {
            for (luid, at) in [(first.0, 0), (second.0, 1)] {
                set_metric(bench, luid, family, interfaces[at])?;
                let row = ForwardRow { luid, metric: routes[at], ..row.clone() };
                bench.answers(&Call::row(SET, row), Status::Success)?;
            }
            let best = Call::BestInterface {
                function: Function::GetBestInterfaceEx,
                destination: Some(row.destination),
                pointer: true,
            };
            let best = bench.call(&best)?.output;
            let expected = if is_first { first.1 } else { second.1 };
            let what = format!("the best of {interfaces:?} and {routes:?}");
            bench.equal(&what, &best, &Output::Index(expected))?;
        }
    }
    Ok(())
}

fn default_routes(bench: &mut Bench) -> Verdict {
    let second = second(bench)?;
    for family in Family::ALL {
        no_defaults(bench, family)?;
        let zero = SocketAddress::zero(family);
        let row = ForwardRow { destination: zero, prefix_length: 0, ..route(bench, family) };
        for luid in [bench.adapter().0, second.0] {
            created(bench, &ForwardRow { luid, ..row.clone() })?;
        }
        let rows: Vec<ForwardRow> = bench.table(Function::GetIpForwardTable2, family.number())?;
        let defaults = rows.iter().filter(|row| row.prefix_length == 0);
        let zeros = defaults.clone().all(|row| row.destination.ip() == zero.ip());
        bench
            .holds(zeros, || format!("a default route has a prefix that is not zero: {rows:?}"))?;
        bench.equal(&format!("default routes of {family}"), &defaults.count(), &2)?;
        let far: [IpAddr; 2] = match family {
            Family::V4 => [[8, 8, 8, 8].into(), [203, 0, 113, 7].into()],
            Family::V6 => [
                [0x2001, 0x4860, 0, 0, 0, 0, 0, 0x8888].into(),
                [0x2620, 0xFE, 0, 0, 0, 0, 0, 9].into(),
            ],
        };
        for destination in far {
            let (found, _) = best(bench, &Asked::on(second.0, destination))?;
            let found = (found.prefix_length, found.destination.ip());
            bench.equal("the route to everywhere", &found, &(0, zero.ip()))?;
        }
    }
    Ok(())
}

fn luid_first(bench: &mut Bench) -> Verdict {
    let (first, second) = (bench.adapter(), second(bench)?);
    for family in Family::ALL {
        let row = route(bench, family);
        // Of a LUID and the index of another interface the LUID counts.
        let both = ForwardRow { luid: first.0, index: second.1, ..row.clone() };
        created(bench, &both)?;
        absent(bench, &ForwardRow { luid: second.0, ..row.clone() })?;
        let found = shown(bench, &both)?.luid;
        bench.equal("the interface", &found, &first.0)?;
        let set = ForwardRow { metric: 77, ..both.clone() };
        bench.answers(&Call::row(SET, set), Status::Success)?;
        let found = shown(bench, &row)?.metric;
        bench.equal("the metric", &found, &77)?;
        let destination = row.destination;
        let asked = Asked { luid: Some(first.0), index: second.1, ..Asked::to(destination) };
        let found = best(bench, &asked)?.0.luid;
        bench.equal("the best route", &found, &first.0)?;
        // One that names nothing is not passed over.
        let garbage = ForwardRow { luid: UNKNOWN_LUID, index: first.1, ..row.clone() };
        for function in [GET, SET, DELETE, CREATE] {
            fails(bench, &Call::row(function, garbage.clone()))?;
        }
        let asked = Asked { luid: Some(UNKNOWN_LUID), index: first.1, ..Asked::to(destination) };
        fails(bench, &asked.call())?;
        bench.answers(&Call::row(DELETE, both), Status::Success)?;
        absent(bench, &row)?;
        // Without one the index does.
        let index = ForwardRow { luid: Luid::UNSPECIFIED, index: first.1, ..row.clone() };
        created(bench, &index)?;
        let found = shown(bench, &index)?.luid;
        bench.equal("the interface", &found, &first.0)?;
        bench.answers(&Call::row(SET, index.clone()), Status::Success)?;
        let asked = Asked { index: first.1, ..Asked::to(destination) };
        let found = best(bench, &asked)?.0.luid;
        bench.equal("the best route", &found, &first.0)?;
        bench.answers(&Call::row(DELETE, index), Status::Success)?;
        absent(bench, &row)?;
    }
    Ok(())
}

/// 10.20.0.0/16 or 2001:db8:20::/48 on the Ethernet adapter, which is not there at first.
pub(super) fn route(bench: &Bench, family: Family) -> ForwardRow {
    let (destination, prefix_length, next_hop): (IpAddr, u8, IpAddr) = match family {
        Family::V4 => ([10, 20, 0, 0].into(), 16, [192, 168, 1, 254].into()),
        Family::V6 => (
            [0x2001, 0xDB8, 0x20, 0, 0, 0, 0, 0].into(),
            48,
            [0xFE80, 0, 0, 0, 0, 0, 0, 0x20].into(),
        ),
    };
    ForwardRow {
        luid: bench.adapter().0,
        destination: destination.into(),
        prefix_length,
        next_hop: next_hop.into(),
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        metric: 10,
        protocol: 3,
        ..ForwardRow::default()
    }
}

/// The same route by another next hop.
pub(super) fn by_another(row: &ForwardRow) -> ForwardRow {
    let next_hop: IpAddr = match row.next_hop {
        SocketAddress::V4(_) => [192, 168, 1, 253].into(),
        _ => [0xFE80, 0, 0, 0, 0, 0, 0, 0x21].into(),
    };
    ForwardRow { next_hop: next_hop.into(), ..row.clone() }
}

/// A row with the keys of this one and nothing else.
pub(super) fn keys(row: &ForwardRow) -> ForwardRow {
    ForwardRow {
        luid: row.luid,
        index: row.index,
        destination: row.destination,
        prefix_length: row.prefix_length,
        next_hop: row.next_hop,
        ..ForwardRow::default()
    }
}

/// CreateIpForwardEntry2 succeeds.
pub(super) fn created(bench: &mut Bench, row: &ForwardRow) -> Verdict {
    bench.answers(&Call::row(CREATE, row.clone()), Status::Success)
}

/// The route of these keys, every member filled in.
pub(super) fn shown(bench: &mut Bench, row: &ForwardRow) -> Result<ForwardRow, Stop> {
    bench.filled(GET, keys(row))
}

/// There is no route of these keys.
pub(super) fn absent(bench: &mut Bench, row: &ForwardRow) -> Verdict {
    bench.answers(&Call::row(GET, keys(row)), Status::NotFound)
}

/// The call fails, whatever its code.
pub(super) fn fails(bench: &mut Bench, call: &Call) -> Verdict {
    let code = bench.call(call)?.code;
    bench.holds(!success(code, bench.flavour()), || format!("{call:?} answers {code}"))
}

/// A row with which the function succeeds: the route is there, unless it is to be created.
pub(super) fn ready(
    bench: &mut Bench,
    function: Function,
    family: Family,
) -> Result<ForwardRow, Stop> {
    let row = route(bench, family);
    if function != CREATE {
        let code = bench.call(&Call::row(CREATE, row.clone()))?.code;
        if code != bench.number(Status::ObjectAlreadyExists) {
            bench.code("the route to try it with", code, Status::Success)?;
        }
    }
    Ok(row)
}

/// The invalid cases that all functions share (RT-01).
pub(super) fn invalid(bench: &mut Bench, function: Function) -> Verdict {
    bench.answers(&Call::Row { function, level: 0, row: None }, Status::InvalidParameter)?;
    for family in Family::ALL {
        let row = ready(bench, function, family)?;
        for case in [
            ForwardRow { destination: SocketAddress::Unspecified, ..row.clone() },
            ForwardRow { next_hop: SocketAddress::Unspecified, ..row.clone() },
            ForwardRow { luid: Luid::UNSPECIFIED, index: 0, ..row.clone() },
        ] {
            bench.answers(&Call::row(function, case), Status::InvalidParameter)?;
        }
        // There is nothing else wrong with them.
        bench.answers(&Call::row(function, row), Status::Success)?;
    }
    Ok(())
}

/// PreferredLifetime above ValidLifetime is refused, and an equal one is not.
pub(super) fn lifetimes(bench: &mut Bench, function: Function) -> Verdict {
    for family in Family::ALL {
        let row = ready(bench, function, family)?;
        let living = |valid_lifetime, preferred_lifetime| {
            Call::row(function, ForwardRow { valid_lifetime, preferred_lifetime, ..row.clone() })
        };
        for (valid, preferred) in [(0, 1), (100, 101), (100, u32::MAX), (u32::MAX - 1, u32::MAX)] {
            bench.answers(&living(valid, preferred), Status::InvalidParameter)?;
        }
        bench.answers(&living(100, 100), Status::Success)?;
    }
    Ok(())
}

/// SitePrefixLength above the prefix length is refused, and an equal one is not. (255, which may
/// stand for none by the option site-prefix-marker, is left out.)
pub(super) fn site_prefix(bench: &mut Bench, function: Function) -> Verdict {
    for family in Family::ALL {
        let row = ready(bench, function, family)?;
        let site = |site_prefix_length| {
            Call::row(function, ForwardRow { site_prefix_length, ..row.clone() })
        };
        for length in [row.prefix_length + 1, family.bits(), family.bits() + 1, 254] {
            bench.answers(&site(length), Status::InvalidParameter)?;
        }
        bench.answers(&site(row.prefix_length), Status::Success)?;
    }
    Ok(())
}

/// Of an interface that is not there nothing is found.
pub(super) fn no_interface(bench: &mut Bench, function: Function) -> Verdict {
    for family in Family::ALL {
        let row = ready(bench, function, family)?;
        for (luid, index) in [(UNKNOWN_LUID, 0), (Luid::UNSPECIFIED, UNKNOWN_INDEX)] {
            let row = ForwardRow { luid, index, ..row.clone() };
            bench.answers(&Call::row(function, row), Status::NotFound)?;
        }
        bench.answers(&Call::row(function, row), Status::Success)?;
    }
    Ok(())
}

/// Without the stack of a family its routes are not supported, and those of the other are.
pub(super) fn no_stack(bench: &mut Bench, function: Function) -> Verdict {
    for (family, other) in [(Family::V4, Family::V6), (Family::V6, Family::V4)] {
        let (row, other) = (ready(bench, function, family)?, ready(bench, function, other)?);
        set_stack(bench, family, false)?;
        bench.answers(&Call::row(function, row), Status::NotSupported)?;
        bench.answers(&Call::row(function, other), Status::Success)?;
        set_stack(bench, family, true)?;
    }
    Ok(())
}

/// Who is not elevated is refused, and nothing is done.
pub(super) fn not_elevated(bench: &mut Bench, function: Function) -> Verdict {
    for family in Family::ALL {
        let row = ForwardRow { metric: 66, ..ready(bench, function, family)? };
        let call = Call::row(function, row.clone());
        bench.session().set_elevated(false)?;
        bench.answers(&call, Status::AccessDenied)?;
        match function {
            CREATE => absent(bench, &row)?,
            _ => {
                let metric = shown(bench, &row)?.metric;
                bench.equal("the metric", &metric, &10)?;
            }
        }
        bench.session().set_elevated(true)?;
        bench.answers(&call, Status::Success)?;
    }
    Ok(())
}

/// The stack of a family goes, or comes back.
pub(super) fn set_stack(bench: &mut Bench, family: Family, present: bool) -> Verdict {
    bench.change(&match family {
        Family::V4 => Change::Ipv4Present(present),
        Family::V6 => Change::Ipv6Present(present),
    })
}

/// The metric of an interface is this from now on.
pub(super) fn set_metric(bench: &mut Bench, luid: Luid, family: Family, metric: u64) -> Verdict {
    let values = vec![(Member::UseAutomaticMetric, 0), (Member::Metric, metric)];
    bench.change(&Change::RowSet { luid, family, values })
}

/// Deletes every default route of a family.
pub(super) fn no_defaults(bench: &mut Bench, family: Family) -> Verdict {
    let rows: Vec<ForwardRow> = bench.table(Function::GetIpForwardTable2, family.number())?;
    for row in rows.into_iter().filter(|row| row.prefix_length == 0) {
        bench.answers(&Call::row(DELETE, row), Status::Success)?;
    }
    Ok(())
}

/// LUID and index of a second Ethernet adapter with 10.77.0.1/24 and 2001:db8:77::1/64, a while
/// after they came.
pub(super) fn second(bench: &mut Bench) -> Result<(Luid, u32), Stop> {
    second_as(bench, Interface::new("Second", if_type::ETHERNET, 77, 77))
}

/// The same with more to it.
pub(super) fn second_as(bench: &mut Bench, interface: Interface) -> Result<(Luid, u32), Stop> {
    let known = bench.session().add_interface(interface)?;
    for (address, length) in [(SECOND_V4, 24), (SECOND_V6, 64)] {
        let address = UnicastAddress::new(known.0, address, length);
        bench.change(&Change::AddressAdd { address, optimistic: false })?;
    }
    bench.session().elapse(10_000)?;
    Ok(known)
}

/// The addresses of the second adapter.
pub(super) const SECOND_V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 77, 0, 1));
pub(super) const SECOND_V6: IpAddr =
    IpAddr::V6(std::net::Ipv6Addr::new(0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 1));
