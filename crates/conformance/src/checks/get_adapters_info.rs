//! GetAdaptersInfo.

use std::collections::BTreeSet;
use std::sync::Arc;

use netiosim_model::api::adapters::{AdapterInfo, AdaptersInfo};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::Family;
use netiosim_model::row::UnicastRow;
use netiosim_model::status::Status;

use super::adapter_members::{edit, loopback, server};
use super::get_adapters_addresses::{no_buffer, no_size, small_buffer, with_family};
use super::routes::second;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetAdaptersInfo;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("AD-24", |bench| no_size(bench, FUNCTION)),
    Check::of_all("AD-25", |bench| {
        small_buffer(bench, FUNCTION)?;
        no_buffer(bench, FUNCTION)?;
        second(bench)?;
        small_buffer(bench, FUNCTION)
    }),
    Check::of_all("AD-26", |bench| {
        let luid = bench.adapter().0;
        bench.answers(&Call::adapters_info(), Status::Success)?;
        bench.change(&Change::InterfaceDisable(luid))?;
        bench.answers(&Call::adapters_info(), Status::NoData)?;
        bench.change(&Change::InterfaceEnable(luid))?;
        bench.answers(&Call::adapters_info(), Status::Success)
    }),
    Check::of_all("AD-27", only_v4),
    Check::of_all("AD-28", |bench| {
        let loopback = loopback(bench)?;
        let has_v4 = with_family(bench, Family::V4)?.contains(&loopback.luid);
        bench.holds(has_v4, || "the loopback interface has no IPv4".to_owned())?;
        second(bench)?;
        let all = infos(bench)?;
        let own = bench.adapter().1;
        bench.holds(all.list.iter().any(|one| one.index == own), || format!("{all:?}"))?;
        let told = |one: &AdapterInfo| one.index == loopback.index || one.if_type == 24;
        bench.holds(!all.list.iter().any(told), || format!("it is among {all:?}"))
    }),
    Check::of_all("AD-29", |bench| {
        let (luid, index) = second(bench)?;
        for (edit, expected) in [
            (edit(true), Some([255; 4])),
            (server([10, 77, 0, 9]), Some([10, 77, 0, 9])),
            (edit(false), None),
            (edit(true), Some([255; 4])),
        ] {
            bench.change(&Change::ServicesSet { luid, edit })?;
            let all = infos(bench)?;
            let told = all.list.iter().find(|one| one.index == index);
            let server = told.map(|one| one.dhcp_server.map(|ip| ip.octets()));
            bench.equal("DhcpServer", &server, &Some(expected))?;
        }
        Ok(())
    }),
];

/// The adapters; anything but a success fails the check.
pub(super) fn infos(bench: &mut Bench) -> Result<Arc<AdaptersInfo>, Stop> {
    let answer = bench.call(&Call::adapters_info())?;
    bench.code(FUNCTION.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::AdaptersInfo(all) => Ok(all),
        other => Err(Stop::Fails(format!("{FUNCTION} left {other:?}"))),
    }
}

/// An adapter without IPv4 is not told of, and of one with both families the IPv4 addresses are.
fn only_v4(bench: &mut Bench) -> Verdict {
    let (both, index) = second(bench)?;
    let new = Interface { v4: None, ..Interface::new("Only IPv6", if_type::ETHERNET, 85, 85) };
    bench.change(&Change::InterfaceAdd(Box::new(new)))?;
    let all = infos(bench)?;
    let told: BTreeSet<u32> = all.list.iter().map(|one| one.index).collect();
    let expected = [bench.adapter().1, index].into_iter().collect();
    bench.equal("the indices of the adapters", &told, &expected)?;
    let rows: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, 0)?;
    let v4 = |row: &&UnicastRow| row.luid == both && row.address.family() == Some(Family::V4);
    let own: BTreeSet<_> = rows.iter().filter(v4).filter_map(|row| row.address.ip()).collect();
    bench.holds(!own.is_empty(), || "the second adapter has no IPv4 address".to_owned())?;
    let of = all.list.iter().filter(|one| one.index == index).flat_map(|one| &one.addresses);
    let told: BTreeSet<_> = of.map(|(address, _)| (*address).into()).collect();
    bench.equal("the addresses", &told, &own)
}
