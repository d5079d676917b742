//! GetAdaptersAddresses: the members of an adapter.

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, ServicesEdit, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::{IfRow, IpInterfaceRow, SocketAddress};

use super::conversions::interfaces;
use super::get_adapters_addresses::{list, metric, one, with_family};
use super::routes::{second, set_metric};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// GAA_FLAG_INCLUDE_ALL_INTERFACES.
const EVERY: u32 = 0x100;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("AD-15", indices),
    Check::of_all("AD-16", |bench| {
        let hardware: Vec<u8> = (1..=20).collect();
        for (n, length) in [(91, 20), (92, 8), (93, 6), (94, 0)] {
            let physical_address: Vec<u8> = hardware.iter().copied().take(length).collect();
            let alias = format!("Adapter {n}");
            let new = Interface {
                physical_address: physical_address.clone(),
                ..Interface::new(alias, if_type::ETHERNET, n, n)
            };
            let luid = new.luid;
            bench.change(&Change::InterfaceAdd(Box::new(new)))?;
            let told = one(bench, luid, 0, 0)?.physical_address;
            let expected = physical_address[..length.min(8)].to_vec();
            bench.equal(&format!("PhysicalAddress of {length} bytes"), &told, &expected)?;
        }
        let loopback = loopback(bench)?.luid;
        let told = one(bench, loopback, 0, 0)?.physical_address;
        bench.equal("PhysicalAddress of the loopback interface", &told, &vec![])?;
        let all = list(bench, 0, EVERY)?;
        let short = all.list.iter().all(|adapter| adapter.physical_address.len() <= 8);
        bench.holds(short, || format!("a PhysicalAddress is longer: {all:?}"))
    }),
    Check::of_all("AD-17", |bench| {
        let luid = second(bench)?.0;
        let name = one(bench, luid, 0, 0)?.name;
        bench.holds(!name.is_empty(), || "AdapterName is empty".to_owned())?;
        for alias in ["Second", "Office", "Büro"] {
            let (connected, admin_up, mtu) = (None, None, None);
            let new = Some(alias.to_owned());
            bench.change(&Change::LinkSet { luid, connected, admin_up, mtu, alias: new })?;
            // Another index changes nothing either.
            bench.change(&Change::InterfaceDisable(luid))?;
            bench.change(&Change::InterfaceEnable(luid))?;
            let told = one(bench, luid, 0, 0)?;
            bench.equal("AdapterName", &told.name, &name)?;
            bench.equal("FriendlyName", &told.friendly_name.as_deref(), &Some(alias))?;
        }
        let names: Vec<String> =
            list(bench, 0, EVERY)?.list.iter().map(|a| a.name.clone()).collect();
        let alike = names.iter().filter(|other| **other == name).count();
        bench.equal("adapters of this name", &alike, &1)
    }),
    Check::of_all("AD-18", |bench| {
        let (first, second) = (bench.adapter().0, second(bench)?.0);
        for (luid, family, value) in
            [(first, Family::V4, 17), (first, Family::V6, 18), (second, Family::V6, 19)]
        {
            set_metric(bench, luid, family, value)?;
        }
        for adapter in &list(bench, 0, 0)?.list {
            for family in Family::ALL {
                if with_family(bench, family)?.contains(&adapter.luid) {
                    let (luid, number) = (adapter.luid, family.number());
                    let row = IpInterfaceRow { family: number, luid, ..IpInterfaceRow::default() };
                    let row = bench.filled(Function::GetIpInterfaceEntry, row)?;
                    let expected = row.members.get(Member::Metric);
                    let told = Some(u64::from(metric(adapter, family)));
                    bench.equal(&format!("the {family} metric of {luid}"), &told, &expected)?;
                }
            }
        }
        let told = one(bench, first, 0, 0)?;
        bench.equal("the metrics", &(told.ipv4_metric, told.ipv6_metric), &(17, 18))
    }),
    Check::of_all("AD-22", |bench| {
        let luid = second(bench)?.0;
        for (edit, expected) in [
            (ServicesEdit::default(), None),
            (edit(true), None),
            (server([10, 77, 0, 9]), Some([10, 77, 0, 9])),
            (server([10, 77, 0, 8]), Some([10, 77, 0, 8])),
            (edit(false), None),
        ] {
            bench.change(&Change::ServicesSet { luid, edit })?;
            let told = one(bench, luid, 0, 0)?.dhcpv4_server;
            let expected = expected.map(|ip| SocketAddress::V4(ip.into()));
            bench.equal("Dhcpv4Server", &told, &expected)?;
        }
        Ok(())
    }),
    Check::of_all("AD-32", flags),
    Check::of_all("AD-34", |bench| {
        let luid = second(bench)?.0;
        bench.change(&Change::ServicesSet { luid, edit: server([10, 77, 0, 9]) })?;
        let values = vec![(Member::ManagedAddressConfigurationSupported, 1)];
        bench.change(&Change::RowSet { luid, family: Family::V6, values })?;
        for adapter in &list(bench, 0, EVERY)?.list {
            bench.equal("Dhcpv6Server", &adapter.dhcpv6_server, &None)?;
        }
        Ok(())
    }),
];

/// Whether DHCP configures an adapter.
pub(super) fn edit(dhcp_enabled: bool) -> ServicesEdit {
    ServicesEdit { dhcp_enabled: Some(dhcp_enabled), ..ServicesEdit::default() }
}

/// The DHCP server of an adapter.
pub(super) fn server(address: [u8; 4]) -> ServicesEdit {
    ServicesEdit { dhcp_server: Some(address.into()), ..ServicesEdit::default() }
}

/// The loopback interface.
pub(super) fn loopback(bench: &mut Bench) -> Result<IfRow, Stop> {
    let rows = interfaces(bench)?;
    let loopback = rows.into_iter().find(|row| row.if_type == 24);
    loopback.ok_or_else(|| Stop::Fails("there is no loopback interface".to_owned()))
}

fn indices(bench: &mut Bench) -> Verdict {
    let (luid, index) = second(bench)?;
    let both = [(Family::V4, (0, index)), (Family::V6, (index, 0))];
    for (family, expected) in both {
        let told = one(bench, luid, 0, 0)?;
        bench.equal("IfIndex and Ipv6IfIndex", &(told.index, told.ipv6_index), &(index, index))?;
        bench.change(&Change::FamilyUnbind { luid, family })?;
        let told = one(bench, luid, 0, 0)?;
        let told = (told.index, told.ipv6_index);
        bench.equal(&format!("IfIndex and Ipv6IfIndex without {family}"), &told, &expected)?;
        bench.change(&Change::FamilyBind { luid, family })?;
    }
    for (family, _) in both {
        bench.change(&Change::FamilyUnbind { luid, family })?;
    }
    let told = one(bench, luid, 0, EVERY)?;
    bench.equal("IfIndex and Ipv6IfIndex without both", &(told.index, told.ipv6_index), &(0, 0))
}

/// Each flag that a world can turn is turned by itself; an adapter that sends and takes multicast
/// has neither of the flags that say otherwise, and there are no others than the ten.
fn flags(bench: &mut Bench) -> Verdict {
    let luid = second(bench)?.0;
    let members = [
        (Member::OtherStatefulConfigurationSupported, 0x20),
        (Member::ManagedAddressConfigurationSupported, 0x200),
    ];
    for (member, flag) in members {
        for (value, expected) in [(1, flag), (0, 0)] {
            let before = of(bench, luid)? & !flag;
            let values = vec![(member, value)];
            bench.change(&Change::RowSet { luid, family: Family::V6, values })?;
            let after = of(bench, luid)?;
            bench.equal(
                &format!("Flags with {value} of {member:?}"),
                &after,
                &(before | expected),
            )?;
        }
    }
    for (enabled, expected) in [(true, 4), (false, 0)] {
        let before = of(bench, luid)? & !4;
        bench.change(&Change::ServicesSet { luid, edit: edit(enabled) })?;
        let after = of(bench, luid)?;
        bench.equal("Flags with DHCP, and without", &after, &(before | expected))?;
    }
    let both = of(bench, luid)?;
    bench.equal("the flags of the two families", &(both & 0x180), &0x180)?;
    bench.equal("receive only, and no multicast", &(both & 0x18), &0)?;
    for (family, left) in [(Family::V4, 0x100), (Family::V6, 0x80)] {
        bench.change(&Change::FamilyUnbind { luid, family })?;
        let one = of(bench, luid)?;
        bench.equal(&format!("the flags without {family}"), &(one & 0x180), &left)?;
        bench.change(&Change::FamilyBind { luid, family })?;
    }
    for adapter in &list(bench, 0, EVERY)?.list {
        bench.equal("the bits beyond the ten", &(adapter.flags & !0x3FF), &0)?;
    }
    Ok(())
}

fn of(bench: &mut Bench, luid: Luid) -> Result<u32, Stop> {
    Ok(one(bench, luid, 0, EVERY)?.flags)
}
