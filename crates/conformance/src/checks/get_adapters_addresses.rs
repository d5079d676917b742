//! GetAdaptersAddresses: how it is called, what it answers, and which adapters it tells of.

use std::collections::BTreeSet;
use std::sync::Arc;

use netiosim_model::api::adapters::{Adapter, Adapters, gaa};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::{Change, DhcpLease};
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::{IpInterfaceRow, UnicastRow};
use netiosim_model::status::Status;
use netiosim_model::table::UnicastAddress;

use super::conversions::interfaces;
use super::routes::{second, set_metric, set_stack};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetAdaptersAddresses;
const UNSPEC: u32 = 0;
const FAMILIES: [u32; 3] = [UNSPEC, 2, 23];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("AD-01", |bench| {
        for family in [1, 3, 10, 22, 24, 0x1_0000, 0x1_0002, u32::MAX] {
            let call = Call::adapters_addresses(family, 0);
            bench.answers(&call, Status::InvalidParameter)?;
        }
        for family in FAMILIES {
            bench.answers(&Call::adapters_addresses(family, 0), Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("AD-02", |bench| no_size(bench, FUNCTION)),
    Check::of_all("AD-03", |bench| small_buffer(bench, FUNCTION)),
    Check::of_all("AD-04", |bench| no_buffer(bench, FUNCTION)),
    Check::of_all("AD-05", |bench| {
        for (family, number) in Family::ALL.into_iter().zip([2, 23]) {
            let call = Call::adapters_addresses(number, 0);
            bench.answers(&call, Status::Success)?;
            set_stack(bench, family, false)?;
            bench.answers(&call, Status::NoData)?;
            // Of the other family there is something.
            bench.answers(&Call::adapters_addresses(UNSPEC, 0), Status::Success)?;
            set_stack(bench, family, true)?;
            bench.answers(&call, Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("AD-06", addresses_of_the_family),
    Check::of_all("AD-13", adapters_of_the_family),
    Check::of_all("AD-14", |bench| {
        let (first, second) = (bench.adapter().0, second(bench)?.0);
        for (own, other) in [(11, 12), (14, 13), (400, 13)] {
            for (family, number) in Family::ALL.into_iter().zip([2, 23]) {
                set_metric(bench, first, family, own)?;
                set_metric(bench, second, family, other)?;
                // The other family has it the other way round.
                let opposite = if family == Family::V4 { Family::V6 } else { Family::V4 };
                set_metric(bench, first, opposite, other)?;
                set_metric(bench, second, opposite, own)?;
                let all = list(bench, number, 0)?;
                let metrics: Vec<u32> = all.list.iter().map(|one| metric(one, family)).collect();
                bench.holds(metrics.is_sorted(), || format!("{family} has {metrics:?}"))?;
                let at = |luid| all.list.iter().position(|one| one.luid == luid);
                bench.equal("which is first", &(at(first) < at(second)), &(own < other))?;
            }
        }
        Ok(())
    }),
    Check::of_all("AD-21", |bench| {
        let luid = bench.adapter().0;
        let before = needed(bench, FUNCTION)?;
        let address = UnicastAddress::new(luid, [10, 66, 0, 1].into(), 24);
        let (address, key) = (address.clone(), address.key());
        bench.change(&Change::AddressAdd { address, optimistic: false })?;
        let after = needed(bench, FUNCTION)?;
        bench.holds(after > before, || format!("{before} bytes, and with one more {after}"))?;
        bench.answers(&sized(FUNCTION, Some(before), true), Status::BufferOverflow)?;
        bench.change(&Change::AddressRemove { luid: key.0, address: key.1 })?;
        let last = needed(bench, FUNCTION)?;
        bench.equal("the size without it", &last, &before)
    }),
    Check::of_all("AD-23", not_associated),
    Check::of_all("AD-33", |bench| {
        second(bench)?;
        for family in FAMILIES {
            let plain = list(bench, family, 0)?;
            let all = list(bench, family, 0x200)?;
            bench.equal("the adapters of all compartments", &all, &plain)?;
        }
        Ok(())
    }),
];

/// A call with this size and this buffer; of GetAdaptersAddresses for both families.
pub(super) fn sized(function: Function, size: Option<u32>, buffer: bool) -> Call {
    Call::Adapters { function, family: UNSPEC, flags: 0, reserved: false, size, buffer }
}

/// The size that is needed, which a call without a buffer tells.
pub(super) fn needed(bench: &mut Bench, function: Function) -> Result<u32, Stop> {
    told_size(bench, &sized(function, Some(0), false))
}

/// The size that a call tells which fails with ERROR_BUFFER_OVERFLOW.
fn told_size(bench: &mut Bench, call: &Call) -> Result<u32, Stop> {
    let answer = bench.call(call)?;
    bench.code(&format!("{call:?}"), answer.code, Status::BufferOverflow)?;
    match answer.output {
        Output::Size(size) => Ok(size),
        other => Err(Stop::Fails(format!("there is no size but {other:?}"))),
    }
}

/// Without a size the call is refused.
pub(super) fn no_size(bench: &mut Bench, function: Function) -> Verdict {
    for buffer in [false, true] {
        bench.answers(&sized(function, None, buffer), Status::InvalidParameter)?;
    }
    bench.answers(&sized(function, Some(u32::MAX), true), Status::Success)
}

/// Of a buffer that is too small the size is told; one byte less is too small, and the size itself
/// is not.
pub(super) fn small_buffer(bench: &mut Bench, function: Function) -> Verdict {
    let size = needed(bench, function)?;
    bench.holds(size > 1, || format!("{size} bytes are needed"))?;
    for small in [0, 1, size / 2, size.saturating_sub(1)] {
        let told = told_size(bench, &sized(function, Some(small), true))?;
        bench.equal(&format!("the size that is told of {small}"), &told, &size)?;
    }
    bench.answers(&sized(function, Some(size), true), Status::Success)
}

/// Without a buffer the size is told, whatever size the buffer is said to have.
pub(super) fn no_buffer(bench: &mut Bench, function: Function) -> Verdict {
    let size = needed(bench, function)?;
    for said in [1, size, u32::MAX] {
        let told = told_size(bench, &sized(function, Some(said), false))?;
        bench.equal(&format!("the size that is told of {said}"), &told, &size)?;
    }
    bench.answers(&sized(function, Some(size), true), Status::Success)?;
    bench.answers(&sized(function, Some(size.saturating_sub(1)), true), Status::BufferOverflow)
}

/// The adapters; anything but a success fails the check.
pub(super) fn list(bench: &mut Bench, family: u32, flags: u32) -> Result<Arc<Adapters>, Stop> {
    let answer = bench.call(&Call::adapters_addresses(family, flags))?;
    bench.code(FUNCTION.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::Adapters(adapters) => Ok(adapters),
        other => Err(Stop::Fails(format!("{FUNCTION} left {other:?}"))),
    }
}

/// One of them.
pub(super) fn one(bench: &mut Bench, luid: Luid, family: u32, flags: u32) -> Result<Adapter, Stop> {
    let all = list(bench, family, flags)?;
    let one = all.list.iter().find(|adapter| adapter.luid == luid).cloned();
    one.ok_or_else(|| Stop::Fails(format!("{luid} is not among the adapters")))
}

/// The metric that an adapter is told to have.
pub(super) fn metric(adapter: &Adapter, family: Family) -> u32 {
    match family {
        Family::V4 => adapter.ipv4_metric,
        Family::V6 => adapter.ipv6_metric,
    }
}

/// The interfaces that have a family, by the table of their rows.
pub(super) fn with_family(bench: &mut Bench, family: Family) -> Result<BTreeSet<Luid>, Stop> {
    let rows: Vec<IpInterfaceRow> = bench.table(Function::GetIpInterfaceTable, family.number())?;
    Ok(rows.iter().map(|row| row.luid).collect())
}

/// An adapter without IPv4, one without IPv6, and one without either.
fn without_families(bench: &mut Bench) -> Verdict {
    for (n, v4, v6) in [(81, false, true), (82, true, false), (83, false, false)] {
        let new = Interface::new(format!("Adapter {n}"), if_type::ETHERNET, n, n);
        let luid = new.luid;
        let [with_v4, with_v6] = [new.v4.clone().filter(|_| v4), new.v6.clone().filter(|_| v6)];
        let new = Interface { v4: with_v4, v6: with_v6, ..new };
        bench.change(&Change::InterfaceAdd(Box::new(new)))?;
        let number = u16::try_from(n).unwrap_or_default();
        for (there, address) in
            [(v4, [10, n as u8, 0, 1].into()), (v6, [0x2001, 0xDB8, number, 0, 0, 0, 0, 1].into())]
        {
            if there {
                let address = UnicastAddress::new(luid, address, 24);
                bench.change(&Change::AddressAdd { address, optimistic: false })?;
            }
        }
    }
    bench.session().elapse(10_000)?;
    Ok(())
}

fn addresses_of_the_family(bench: &mut Bench) -> Verdict {
    without_families(bench)?;
    let [v4, v6] = [with_family(bench, Family::V4)?, with_family(bench, Family::V6)?];
    let both = v4.union(&v6).copied().collect();
    for (family, expected) in [(UNSPEC, both), (2, v4), (23, v6)] {
        let table: Vec<UnicastRow> =
            bench.table(Function::GetUnicastIpAddressTable, family as u16)?;
        let all = list(bench, family, 0)?;
        let told: BTreeSet<Luid> = all.list.iter().map(|one| one.luid).collect();
        bench.equal(&format!("the adapters of family {family}"), &told, &expected)?;
        for adapter in &all.list {
            let own = table.iter().filter(|row| row.luid == adapter.luid);
            let own: BTreeSet<_> = own.map(|row| row.address.ip()).collect();
            let told: BTreeSet<_> = adapter.unicast.iter().map(|one| one.address.ip()).collect();
            let what = format!("the addresses of {} for family {family}", adapter.luid);
            bench.equal(&what, &told, &own)?;
        }
    }
    Ok(())
}

fn adapters_of_the_family(bench: &mut Bench) -> Verdict {
    without_families(bench)?;
    let every: BTreeSet<Luid> = interfaces(bench)?.iter().map(|row| row.luid).collect();
    let [v4, v6] = [with_family(bench, Family::V4)?, with_family(bench, Family::V6)?];
    let both = v4.union(&v6).copied().collect();
    for (family, some) in [(UNSPEC, both), (2, v4), (23, v6)] {
        bench.holds(some != every, || format!("every interface has family {family}"))?;
        for (flags, expected) in [(0, &some), (gaa::INCLUDE_ALL_INTERFACES, &every)] {
            let all = list(bench, family, flags)?;
            let told: BTreeSet<Luid> = all.list.iter().map(|one| one.luid).collect();
            bench.equal(&format!("the adapters of family {family}"), &told, expected)?;
        }
    }
    Ok(())
}

/// While the address of a lease is tentative the code may come, by the option lease-not-associated;
/// never otherwise.
fn not_associated(bench: &mut Bench) -> Verdict {
    let new = Interface::new("Leased", if_type::ETHERNET, 84, 84);
    let luid = new.luid;
    bench.change(&Change::InterfaceAdd(Box::new(new)))?;
    bench.answers(&Call::adapters_addresses(2, 0), Status::Success)?;
    bench.change(&Change::DhcpLease(DhcpLease {
        luid,
        address: [10, 84, 0, 9].into(),
        prefix_length: 24,
        gateway: Some([10, 84, 0, 1].into()),
        lease_s: 3600,
    }))?;
    for family in [UNSPEC, 2] {
        let code = bench.call(&Call::adapters_addresses(family, 0))?.code;
        if code != bench.number(Status::AddressNotAssociated) {
            let states = states(bench, luid, family)?;
            bench.equal("the states of the addresses", &states, &vec![1])?;
        }
    }
    bench.answers(&Call::adapters_addresses(23, 0), Status::Success)?;
    bench.session().elapse(10_000)?;
    let states = states(bench, luid, 2)?;
    bench.equal("the states of the addresses", &states, &vec![4])?;
    bench.session().fail(FUNCTION, Status::AddressNotAssociated)?;
    let code = bench.call(&Call::adapters_addresses(UNSPEC, 0))?.code;
    bench.equal("the code", &code, &1228)
}

fn states(bench: &mut Bench, luid: Luid, family: u32) -> Result<Vec<u32>, Stop> {
    let adapter = one(bench, luid, family, 0)?;
    Ok(adapter.unicast.iter().map(|address| address.dad_state).collect())
}
