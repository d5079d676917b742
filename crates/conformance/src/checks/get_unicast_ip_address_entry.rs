//! GetUnicastIpAddressEntry, and what the checks of functions with an address row share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::{SocketAddress, UnicastRow};
use netiosim_model::status::Status;

use super::get_ip_interface_entry::{
    UNKNOWN, UNKNOWN_LUID, another_interface, below_dispatch, null, unknown,
};
use super::get_ip_interface_table::stack;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetUnicastIpAddressEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UE-01", |bench| invalid(bench, FUNCTION)).except_in_user_mode(&[
        (Profile::Observed, "by the option unicast-no-keys a row without keys gives 2"),
        (Profile::Adversarial, "by the option unicast-no-keys a row without keys may give 2"),
        (Profile::Wine, "by the option unicast-no-keys a row without keys gives 2"),
    ]),
    Check { except: UNKNOWN_LUID, ..Check::of_all("UE-02", unknown_interface) },
    Check::of_all("UE-03", unknown_interface),
    Check::of_all("UE-04", |bench| {
        let (luid, index) = bench.adapter();
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        for address in loopback.into_iter().chain(FRESH) {
            for (luid, index) in [(luid, 0), (Luid::UNSPECIFIED, index)] {
                let call = Call::row(FUNCTION, keyed(address, luid, index));
                bench.answers(&call, Status::NotFound)?;
            }
        }
        Family::ALL.into_iter().try_for_each(|family| own(bench, family).map(drop))
    }),
    Check::of_all("UE-05", |bench| {
        let rows = [own(bench, Family::V4)?, own(bench, Family::V6)?];
        absent_stack(bench, FUNCTION, &rows)
    }),
    Check::of_all("UE-06", |bench| {
        let (luid, index) = bench.adapter();
        let (other, its_index) = another_interface(bench)?;
        let address = own(bench, Family::V4)?.address;
        for (luid, given) in [(luid, its_index), (Luid::UNSPECIFIED, index)] {
            let row = bench.filled(FUNCTION, keyed(address, luid, given))?;
            bench.equal("the interface", &(row.luid, row.index), &bench.adapter())?;
        }
        for (luid, given) in [(other, index), (UNKNOWN.0, index), (Luid::UNSPECIFIED, its_index)] {
            let code = bench.call(&Call::row(FUNCTION, keyed(address, luid, given)))?.code;
            bench.holds(code != 0, || format!("{address} is found by {luid} and {given}"))?;
        }
        Ok(())
    }),
    Check::of_all("UE-07", filled_in),
    Check::of_all("UE-08", |bench| {
        let row = own(bench, Family::V4)?;
        below_dispatch(bench, &Call::row(FUNCTION, row))
    }),
];

/// Addresses that the machine does not have, one of each family.
pub(super) const FRESH: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 1)),
];

/// What is no unicast address.
const NOT_UNICAST: [SocketAddress; 8] = [
    SocketAddress::Unspecified,
    SocketAddress::Other(77),
    SocketAddress::V4(Ipv4Addr::UNSPECIFIED),
    SocketAddress::V4(Ipv4Addr::new(224, 0, 0, 1)),
    SocketAddress::V4(Ipv4Addr::new(239, 255, 255, 255)),
    SocketAddress::V4(Ipv4Addr::BROADCAST),
    SocketAddress::V6 { address: Ipv6Addr::UNSPECIFIED, scope_id: 0 },
    SocketAddress::V6 { address: Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1), scope_id: 0 },
];

/// A row with these keys and nothing else.
pub(super) fn keyed(address: impl Into<SocketAddress>, luid: Luid, index: u32) -> UnicastRow {
    UnicastRow { address: address.into(), luid, index, ..UnicastRow::default() }
}

/// An initialized row with an address, on the adapter.
pub(super) fn fresh(bench: &mut Bench, address: IpAddr) -> Result<UnicastRow, Stop> {
    let (luid, _) = bench.adapter();
    let function = Function::InitializeUnicastIpAddressEntry;
    let row = bench.filled(function, UnicastRow::default())?;
    Ok(UnicastRow { address: address.into(), luid, ..row })
}

/// The row of an address of the adapter.
pub(super) fn read(bench: &mut Bench, address: IpAddr) -> Result<UnicastRow, Stop> {
    let (luid, _) = bench.adapter();
    bench.filled(FUNCTION, keyed(address, luid, 0))
}

/// The adapter does not have this address.
pub(super) fn gone(bench: &mut Bench, address: IpAddr) -> Verdict {
    let (luid, _) = bench.adapter();
    let call = Call::row(FUNCTION, keyed(address, luid, 0));
    let code = bench.call(&call)?.code;
    bench.holds(code != 0, || format!("{address} is there"))
}

/// The row of the first address of a family that the adapter has.
pub(super) fn own(bench: &mut Bench, family: Family) -> Result<UnicastRow, Stop> {
    let (luid, _) = bench.adapter();
    let function = Function::GetUnicastIpAddressTable;
    let rows = bench.table::<UnicastRow>(function, family.number())?;
    let row = rows.into_iter().find(|row| row.luid == luid);
    row.ok_or_else(|| Stop::Fails(format!("the adapter has no {family} address")))
}

/// NULL, what is no unicast address, and a row without both keys are invalid parameters.
pub(super) fn invalid(bench: &mut Bench, function: Function) -> Verdict {
    bench.answers(&null(function), Status::InvalidParameter)?;
    for address in FRESH {
        let row = fresh(bench, address)?;
        for address in NOT_UNICAST {
            let call = Call::row(function, UnicastRow { address, ..row.clone() });
            bench.answers(&call, Status::InvalidParameter)?;
        }
        let call = Call::row(function, UnicastRow { luid: Luid::UNSPECIFIED, index: 0, ..row });
        bench.answers(&call, Status::InvalidParameter)?;
    }
    Ok(())
}

/// A row on an interface that there is not is answered with this status.
pub(super) fn missing_interface(bench: &mut Bench, function: Function, status: Status) -> Verdict {
    for address in FRESH {
        let row = fresh(bench, address)?;
        let keyed = |luid, index| UnicastRow { luid, index, ..row.clone() };
        unknown(bench, function, status, keyed)?;
    }
    Ok(())
}

fn unknown_interface(bench: &mut Bench) -> Verdict {
    missing_interface(bench, FUNCTION, Status::FileNotFound)
}

/// Of these rows, one of each family, that without its stack is not supported; the other is, and
/// both are with both stacks, whatever else is said of them.
pub(super) fn absent_stack(
    bench: &mut Bench,
    function: Function,
    [four, six]: &[UnicastRow; 2],
) -> Verdict {
    for (family, absent, other) in [(Family::V4, four, six), (Family::V6, six, four)] {
        bench.change(&stack(family, false))?;
        let [absent, other] = [absent, other].map(|row| Call::row(function, row.clone()));
        bench.answers(&absent, Status::NotSupported)?;
        supported(bench, &other)?;
        bench.change(&stack(family, true))?;
        supported(bench, &absent)?;
    }
    Ok(())
}

fn supported(bench: &mut Bench, call: &Call) -> Verdict {
    let code = bench.call(call)?.code;
    let refused = code == bench.number(Status::NotSupported);
    bench.holds(!refused, || format!("{call:?} is not supported although the stack is there"))
}

/// Every member is filled in, whatever the row held before.
fn filled_in(bench: &mut Bench) -> Verdict {
    let (luid, index) = bench.adapter();
    let local = IpAddr::V6(Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0x77, 1));
    let mut stamp = 0;
    for (address, zone) in [(FRESH[0], 0), (FRESH[1], 0), (local, index)] {
        let made = UnicastRow {
            prefix_origin: 3,
            suffix_origin: 4,
            valid_lifetime: 7200,
            preferred_lifetime: 3600,
            on_link_prefix_length: 20,
            skip_as_source: true,
            ..fresh(bench, address)?
        };
        let create = Call::row(Function::CreateUnicastIpAddressEntry, made);
        bench.answers(&create, Status::Success)?;
        bench.session().elapse(10_000)?;
        let garbage = UnicastRow {
            prefix_origin: u32::MAX,
            suffix_origin: u32::MAX,
            valid_lifetime: 1,
            preferred_lifetime: 1,
            on_link_prefix_length: 99,
            dad_state: 99,
            scope_id: 99,
            ..keyed(address, luid, 0)
        };
        let row = bench.filled(FUNCTION, garbage)?;
        let lifetimes = (7100..=7200).contains(&row.valid_lifetime)
            && (3500..=3600).contains(&row.preferred_lifetime);
        bench.holds(lifetimes, || format!("the lifetimes of {row:?} are wrong"))?;
        bench.holds(row.creation_time_stamp > stamp, || {
            format!("{} is not after {stamp}", row.creation_time_stamp)
        })?;
        stamp = row.creation_time_stamp;
        bench.equal("the address", &row.address.ip(), &Some(address))?;
        let expected = UnicastRow {
            address: row.address,
            luid,
            index,
            prefix_origin: 3,
            suffix_origin: 4,
            valid_lifetime: row.valid_lifetime,
            preferred_lifetime: row.preferred_lifetime,
            on_link_prefix_length: 20,
            skip_as_source: true,
            dad_state: 4,
            scope_id: zone,
            creation_time_stamp: stamp,
        };
        bench.equal("the row", &row, &expected)?;
    }
    Ok(())
}
