//! Structures and the values of enumerations.

use std::net::IpAddr;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::IpRow;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::{ForwardRow, IpInterfaceRow, SocketAddress, UnicastRow};
use netiosim_model::status::Status;

use super::routes::{absent, by_another, created, keys, route, second, shown};
use crate::backend::Cannot;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const GET: Function = Function::GetIpInterfaceEntry;
const SET: Function = Function::SetIpInterfaceEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("ST-01", interface_keys),
    Check::of_all("ST-02", address_keys),
    Check::of_all("ST-03", route_keys),
    Check::of_all("ST-04", families),
    Check::of_all("ST-05", states),
    Check::of_all("ST-06", unchanged_origins),
    Check::of_all("ST-07", unchanged_behaviours),
    Check::of_all("ST-08", |bench| {
        for family in Family::ALL {
            let row = route(bench, family);
            created(bench, &ForwardRow { protocol: 3, ..row.clone() })?;
            let made = shown(bench, &row)?;
            bench.equal("Protocol and Origin", &(made.protocol, made.origin), &(3, 0))?;
        }
        Ok(())
    }),
    Check::of_all("ST-09", |bench| {
        let second = second(bench)?.0;
        for luid in [bench.adapter().0, second] {
            for (family, expected) in [(Family::V4, 3), (Family::V6, 1)] {
                let row = entry(bench, luid, family)?;
                let transmits = row.members.get(Member::DadTransmits);
                bench.equal(&format!("DadTransmits of {family}"), &transmits, &Some(expected))?;
            }
        }
        Ok(())
    }),
    Check::of_all("ST-10", prefix_lengths),
    Check::of_all("ST-11", infinite),
    Check::of_all("ST-12", |_| {
        let reason = "the declaration of ZoneIndices says it: no function tells how many there are";
        Err(Stop::NotApplicable(Cannot::new(reason)))
    }),
];

fn entry(bench: &mut Bench, luid: Luid, family: Family) -> Result<IpInterfaceRow, Stop> {
    bench.filled(GET, IpInterfaceRow { family: family.number(), luid, ..IpInterfaceRow::default() })
}

/// No two rows have the same keys, and the keys alone give the row, by LUID and by index.
fn interface_keys(bench: &mut Bench) -> Verdict {
    second(bench)?;
    let mut all = Vec::new();
    for family in Family::ALL {
        let rows: Vec<IpInterfaceRow> =
            bench.table(Function::GetIpInterfaceTable, family.number())?;
        all.extend(rows);
    }
    let mut other = IpRow::default();
    for member in Member::ALL {
        other.set(member, 1);
    }
    for row in &all {
        for (luid, index) in [(row.luid, 0), (Luid::UNSPECIFIED, row.index)] {
            for members in [IpRow::default(), other.clone()] {
                let asked = IpInterfaceRow { family: row.family, luid, index, members };
                let found = bench.filled(GET, asked)?;
                bench.equal("the row of the keys", &found, row)?;
            }
        }
        let alike = |other: &&IpInterfaceRow| {
            other.family == row.family && (other.luid == row.luid || other.index == row.index)
        };
        bench.equal("rows of these keys", &all.iter().filter(alike).count(), &1)?;
    }
    Ok(())
}

/// The same; an address may be on two interfaces.
fn address_keys(bench: &mut Bench) -> Verdict {
    let (first, second) = (bench.adapter().0, second(bench)?.0);
    for luid in [first, second] {
        let address = [10, 66, 0, 1].into();
        let address = netiosim_model::table::UnicastAddress::new(luid, address, 24);
        bench.change(&Change::AddressAdd { address, optimistic: false })?;
    }
    let function = Function::GetUnicastIpAddressTable;
    let all: Vec<UnicastRow> = bench.table(function, 0)?;
    for row in &all {
        for (luid, index) in [(row.luid, 0), (Luid::UNSPECIFIED, row.index)] {
            let keys = UnicastRow { address: row.address, luid, index, ..UnicastRow::default() };
            let other = UnicastRow {
                prefix_origin: 3,
                valid_lifetime: 7,
                on_link_prefix_length: 9,
                dad_state: 2,
                creation_time_stamp: 5,
                ..keys.clone()
            };
            for asked in [keys, other] {
                let found = bench.filled(Function::GetUnicastIpAddressEntry, asked)?;
                bench.equal("the row of the keys", &found, row)?;
            }
        }
        let alike = |other: &&UnicastRow| other.address == row.address && other.luid == row.luid;
        bench.equal("rows of these keys", &all.iter().filter(alike).count(), &1)?;
    }
    let twice = all.iter().filter(|row| row.address.ip() == Some([10, 66, 0, 1].into())).count();
    bench.equal("rows of an address of two interfaces", &twice, &2)
}

/// The same; routes that differ in one key are two.
fn route_keys(bench: &mut Bench) -> Verdict {
    let second = second(bench)?.0;
    for family in Family::ALL {
        let row = route(bench, family);
        let prefix_length = row.prefix_length + 1;
        let Some(destination) = row.destination.ip() else { continue };
        let next = match destination {
            IpAddr::V4(ip) => IpAddr::V4((ip.to_bits() | 1 << 16).into()),
            IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() | 1 << 90).into()),
        };
        let all = [
            row.clone(),
            ForwardRow { luid: second, ..row.clone() },
            ForwardRow { prefix_length, ..row.clone() },
            ForwardRow { destination: next.into(), ..row.clone() },
        ];
        for (row, metric) in all.iter().zip(20..) {
            absent(bench, row)?;
            created(bench, &ForwardRow { metric, ..row.clone() })?;
        }
        for (row, metric) in all.iter().zip(20..) {
            let found = shown(bench, row)?;
            bench.equal("the metric of the route", &found.metric, &metric)?;
            let index = ForwardRow { luid: Luid::UNSPECIFIED, index: found.index, ..keys(row) };
            let other = ForwardRow { metric: 9, protocol: 2, age: 7, origin: 2, ..keys(row) };
            for asked in [index, other] {
                let again = bench.filled(Function::GetIpForwardEntry2, asked)?;
                bench.equal("the row of the keys", &again, &found)?;
            }
            absent(bench, &by_another(row))?;
        }
    }
    Ok(())
}

/// 0 is both, 2 IPv4, 23 IPv6, and nothing else is one.
fn families(bench: &mut Bench) -> Verdict {
    let function = Function::GetUnicastIpAddressTable;
    let all: Vec<UnicastRow> = bench.table(function, 0)?;
    for (number, is_v4) in [(2, true), (23, false)] {
        let rows: Vec<UnicastRow> = bench.table(function, number)?;
        let own = |row: &&UnicastRow| row.address.ip().is_some_and(|ip| ip.is_ipv4() == is_v4);
        let expected: Vec<UnicastRow> = all.iter().filter(own).cloned().collect();
        bench.holds(!rows.is_empty(), || format!("family {number} has no addresses"))?;
        bench.equal(&format!("the addresses of family {number}"), &rows, &expected)?;
        let luid = bench.adapter().0;
        let row = IpInterfaceRow { family: number, luid, ..IpInterfaceRow::default() };
        let row = bench.filled(GET, row)?;
        bench.equal("Family", &row.family, &number)?;
    }
    for number in [1, 3, 10, 22, 24] {
        bench.answers(&Call::table(function, number), Status::InvalidParameter)?;
    }
    Ok(())
}

/// The row of 10.66.0.x on the Ethernet adapter as CreateUnicastIpAddressEntry takes it.
fn fresh(bench: &Bench, last: u8) -> UnicastRow {
    UnicastRow {
        address: SocketAddress::V4([10, 66, 0, last].into()),
        luid: bench.adapter().0,
        prefix_origin: 1,
        suffix_origin: 1,
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        on_link_prefix_length: 24,
        ..UnicastRow::default()
    }
}

fn create(bench: &mut Bench, row: &UnicastRow) -> Verdict {
    let call = Call::row(Function::CreateUnicastIpAddressEntry, row.clone());
    bench.answers(&call, Status::Success)
}

fn address(bench: &mut Bench, row: &UnicastRow) -> Result<UnicastRow, Stop> {
    bench.filled(Function::GetUnicastIpAddressEntry, row.clone())
}

/// Each state by what brings it about; a row of which nothing is known says Invalid.
fn states(bench: &mut Bench) -> Verdict {
    let empty = bench.filled(Function::InitializeUnicastIpAddressEntry, fresh(bench, 9))?;
    bench.equal("IpDadStateInvalid", &empty.dad_state, &0)?;
    let luid = bench.adapter().0;
    let taken = [10, 66, 0, 2].into();
    bench.change(&Change::AddressConflict { luid, address: taken, present: true })?;
    let rows = [1, 2, 3].map(|last| fresh(bench, last));
    let [usable, duplicate, deprecated] = rows;
    let deprecated = UnicastRow { preferred_lifetime: 5, ..deprecated };
    for row in [&usable, &duplicate, &deprecated] {
        create(bench, row)?;
        let state = address(bench, row)?.dad_state;
        bench.equal("IpDadStateTentative", &state, &1)?;
    }
    bench.session().elapse(20_000)?;
    for (row, what, expected) in [
        (usable, "IpDadStatePreferred", 4),
        (duplicate, "IpDadStateDuplicate", 2),
        (deprecated, "IpDadStateDeprecated", 3),
    ] {
        let state = address(bench, &row)?.dad_state;
        bench.equal(what, &state, &expected)?;
    }
    Ok(())
}

/// An initialized row has 16 twice; a set with 16 leaves both origins as they are, and one with
/// others does not.
fn unchanged_origins(bench: &mut Bench) -> Verdict {
    let empty = bench.filled(Function::InitializeUnicastIpAddressEntry, fresh(bench, 9))?;
    bench.equal("both origins", &(empty.prefix_origin, empty.suffix_origin), &(16, 16))?;
    let row = UnicastRow { prefix_origin: 3, suffix_origin: 4, ..fresh(bench, 1) };
    create(bench, &row)?;
    for (given, expected) in [((16, 16), (3, 4)), ((1, 5), (1, 5)), ((16, 16), (1, 5))] {
        let (prefix_origin, suffix_origin) = given;
        let set = UnicastRow { prefix_origin, suffix_origin, ..row.clone() };
        let call = Call::row(Function::SetUnicastIpAddressEntry, set);
        bench.answers(&call, Status::Success)?;
        let after = address(bench, &row)?;
        let after = (after.prefix_origin, after.suffix_origin);
        bench.equal(&format!("the origins after {given:?}"), &after, &expected)?;
    }
    Ok(())
}

/// A set with -1 leaves the behaviour as it is, and one with another value does not.
fn unchanged_behaviours(bench: &mut Bench) -> Verdict {
    let luid = bench.adapter().0;
    let minus_one = u64::from(u32::MAX);
    for member in [Member::RouterDiscoveryBehavior, Member::LinkLocalAddressBehavior] {
        for family in Family::ALL {
            for value in [1, 0, 2] {
                for (given, expected) in [(value, value), (minus_one, value)] {
                    let mut row = entry(bench, luid, family)?;
                    row.members.set(member, given);
                    if family == Family::V4 {
                        row.members.set(Member::SitePrefixLength, 0);
                    }
                    bench.answers(&Call::row(SET, row), Status::Success)?;
                    let after = entry(bench, luid, family)?.members.get(member);
                    let what = format!("{} of {family} after {given}", member.name());
                    bench.equal(&what, &after, &Some(expected))?;
                }
            }
        }
    }
    Ok(())
}

/// 32 and 128 are legal, one more is not; initialized rows carry 255.
fn prefix_lengths(bench: &mut Bench) -> Verdict {
    let invalid = Status::InvalidParameter;
    for family in Family::ALL {
        let row = route(bench, family);
        let most = family.bits();
        for prefix_length in [most + 1, 200, 255] {
            let row = ForwardRow { prefix_length, ..row.clone() };
            bench.answers(&Call::row(Function::CreateIpForwardEntry2, row), invalid)?;
        }
        created(bench, &ForwardRow { prefix_length: most, ..row.clone() })?;
        let address = match family {
            Family::V4 => IpAddr::from([10, 66, 0, 1]),
            Family::V6 => IpAddr::from([0x2001, 0xDB8, 0x66, 0, 0, 0, 0, 1]),
        };
        let row = UnicastRow { address: address.into(), ..fresh(bench, 1) };
        for length in [most + 1, 200, 254] {
            let row = UnicastRow { on_link_prefix_length: length, ..row.clone() };
            bench.answers(&Call::row(Function::CreateUnicastIpAddressEntry, row), invalid)?;
        }
        create(bench, &UnicastRow { on_link_prefix_length: most, ..row })?;
        let route = bench.filled(Function::InitializeIpForwardEntry, route(bench, family))?;
        bench.equal("SitePrefixLength", &route.site_prefix_length, &255)?;
    }
    let row = bench.filled(Function::InitializeUnicastIpAddressEntry, fresh(bench, 2))?;
    bench.equal("OnLinkPrefixLength", &row.on_link_prefix_length, &255)
}

/// A lifetime of 0xFFFFFFFF neither ends nor runs down; the one below it does, a short one ends.
fn infinite(bench: &mut Bench) -> Verdict {
    let week_s = 7 * 24 * 3600;
    let lives = [u32::MAX, u32::MAX - 1, 100];
    let addresses = [1, 2, 3].map(|last| fresh(bench, last));
    let routes = Family::ALL.map(|family| route(bench, family));
    for (n, life) in (0..).zip(lives) {
        let row = UnicastRow {
            valid_lifetime: life,
            preferred_lifetime: life,
            ..addresses[usize::from(n)].clone()
        };
        create(bench, &row)?;
        for row in &routes {
            let row = ForwardRow {
                prefix_length: row.prefix_length + n,
                valid_lifetime: life,
                preferred_lifetime: life,
                ..row.clone()
            };
            created(bench, &row)?;
        }
    }
    bench.session().elapse(u64::from(week_s) * 1000)?;
    for (n, left) in (0..).zip([Some(u32::MAX), Some(u32::MAX - 1 - week_s), None]) {
        let asked = addresses[usize::from(n)].clone();
        match left {
            Some(left) => {
                let row = address(bench, &asked)?;
                let lives = (row.valid_lifetime, row.preferred_lifetime);
                bench.equal("the lifetimes of the address", &lives, &(left, left))?;
            }
            None => bench
                .answers(&Call::row(Function::GetUnicastIpAddressEntry, asked), Status::NotFound)?,
        }
        for row in &routes {
            let row = ForwardRow { prefix_length: row.prefix_length + n, ..row.clone() };
            match left {
                Some(left) => {
                    let row = shown(bench, &row)?;
                    let lives = (row.valid_lifetime, row.preferred_lifetime);
                    bench.equal("the lifetimes of the route", &lives, &(left, left))?;
                }
                None => absent(bench, &row)?,
            }
        }
    }
    Ok(())
}
