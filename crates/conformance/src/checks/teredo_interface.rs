//! The Teredo pseudo-interface.

use std::net::Ipv6Addr;

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::if_type;
use netiosim_model::net::{AF_INET6, AF_UNSPEC, NotificationType};
use netiosim_model::row::{IfRow, UnicastRow};
use netiosim_model::status::Status;

use super::teredo_client::{MINUTE_MS, dormant};
use crate::backend::{Register, Told};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// TUNNEL_TYPE_TEREDO.
const TEREDO: u32 = 14;
/// NdisMediumTunnel.
const MEDIUM_TUNNEL: u32 = 15;
/// MediaConnectStateConnected and MediaConnectStateDisconnected.
const CONNECTED: u32 = 1;
const DISCONNECTED: u32 = 2;
/// IfOperStatusUp and IfOperStatusDormant.
const UP: u32 = 1;
const DORMANT: u32 = 5;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("TI-01", |bench| {
        let row = row_of_the_global_address(bench)?;
        let types = (row.if_type, row.tunnel_type);
        bench.equal("Type and TunnelType", &types, &(u32::from(if_type::TUNNEL), TEREDO))?;
        // No other interface is one.
        let all: Vec<IfRow> = bench.table(Function::GetIfTable2, AF_UNSPEC)?;
        let count = all.iter().filter(|row| row.tunnel_type == TEREDO).count();
        bench.equal("how many interfaces are Teredo tunnels", &count, &1)
    }),
    Check::of_all("TI-02", |bench| {
        let row = row_of_the_global_address(bench)?;
        bench.equal("MediaType", &row.media_type, &MEDIUM_TUNNEL)
    }),
    Check::of_all("TI-03", |bench| {
        const NAME: &str = "Teredo Tunneling Pseudo-Interface";
        let row = row_of_the_global_address(bench)?;
        bench.equal("Description", &row.description.as_str(), &NAME)?;
        let older = row.alias.strip_prefix("Local Area Connection* ");
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        bench.holds(row.alias == NAME || older.is_some_and(number), || {
            format!("the alias is {:?}", row.alias)
        })
    }),
    Check::of_all("TI-04", |bench| {
        let media = |bench: &mut Bench| Ok::<u32, Stop>(present(bench)?.media_connect_state);
        let qualified = media(bench)?;
        bench.equal("MediaConnectState while qualified", &qualified, &CONNECTED)?;
        bench.session().stop_teredo()?;
        let offline = media(bench)?;
        bench.equal("MediaConnectState while offline", &offline, &DISCONNECTED)?;
        dormant(bench)?;
        let dormant = media(bench)?;
        bench.equal("MediaConnectState while dormant", &dormant, &DISCONNECTED)
    }),
    Check::of_all("TI-05", |bench| {
        for port in [50_001, 50_002] {
            bench.session().restart_teredo(port)?;
            bench.session().elapse(MINUTE_MS)?;
            let (global, local) = (global(bench)?, local(bench)?);
            let (Some(global), Some(local)) = (global, local) else {
                return Err(Stop::Fails(format!("qualified it has {global:?} and {local:?}")));
            };
            let identifier = |address: Ipv6Addr| address.to_bits() as u64;
            bench.equal("the identifier", &identifier(local), &identifier(global))?;
            let count = addresses(bench)?.len();
            bench.equal("how many addresses it has", &count, &2)?;
        }
        bench.session().stop_teredo()?;
        let left = global(bench)?;
        bench.equal("the global address of a client that is not qualified", &left, &None)
    }),
    Check::of_all("TI-06", |bench| {
        let luid = row_of_the_global_address(bench)?.luid;
        bench.equal("the IfType field of the NET_LUID", &(luid.0 >> 48), &131)
    }),
    Check::new("TI-07", told),
    Check::of_all("TI-08", |bench| {
        let status = present(bench)?.oper_status;
        bench.equal("OperStatus while qualified", &status, &UP)?;
        dormant(bench)?;
        let status = present(bench)?.oper_status;
        bench.equal("OperStatus while dormant", &status, &DORMANT)?;
        bench.session().stop_teredo()?;
        let status = present(bench)?.oper_status;
        bench.holds(status != DORMANT, || "a stopped client is dormant".to_owned())
    }),
];

/// The row of the Teredo interface, if there is one.
pub(super) fn row(bench: &mut Bench) -> Result<Option<IfRow>, Stop> {
    let all: Vec<IfRow> = bench.table(Function::GetIfTable2, AF_UNSPEC)?;
    Ok(all.into_iter().find(|row| row.tunnel_type == TEREDO))
}

/// The same where there has to be one.
pub(super) fn present(bench: &mut Bench) -> Result<IfRow, Stop> {
    row(bench)?.ok_or_else(|| Stop::Fails("there is no Teredo interface".to_owned()))
}

/// The rows of its addresses.
pub(super) fn addresses(bench: &mut Bench) -> Result<Vec<UnicastRow>, Stop> {
    let Some(IfRow { luid, .. }) = row(bench)? else { return Ok(Vec::new()) };
    let all: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, AF_INET6)?;
    Ok(all.into_iter().filter(|row| row.luid == luid).collect())
}

/// Its global address, of 2001:0000::/32.
pub(super) fn global(bench: &mut Bench) -> Result<Option<Ipv6Addr>, Stop> {
    let all = addresses(bench)?;
    Ok(all.iter().filter_map(v6).find(|address| address.segments()[..2] == [0x2001, 0]))
}

/// The same where there has to be one.
pub(super) fn qualified(bench: &mut Bench) -> Result<Ipv6Addr, Stop> {
    let address = global(bench)?;
    address.ok_or_else(|| Stop::Fails("the client has no global Teredo address".to_owned()))
}

/// Its link-local address.
pub(super) fn local(bench: &mut Bench) -> Result<Option<Ipv6Addr>, Stop> {
    let all = addresses(bench)?;
    Ok(all.iter().filter_map(v6).find(Ipv6Addr::is_unicast_link_local))
}

fn v6(row: &UnicastRow) -> Option<Ipv6Addr> {
    match row.address.ip() {
        Some(std::net::IpAddr::V6(address)) => Some(address),
        _ => None,
    }
}

/// The interface that carries the qualified client's address.
pub(super) fn row_of_the_global_address(bench: &mut Bench) -> Result<IfRow, Stop> {
    let all: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, AF_INET6)?;
    let teredo = |row: &&UnicastRow| v6(row).is_some_and(|ip| ip.segments()[..2] == [0x2001, 0]);
    let Some(address) = all.iter().find(teredo) else {
        return Err(Stop::Fails("no interface has an address of 2001:0000::/32".to_owned()));
    };
    bench.filled(Function::GetIfEntry2, IfRow { luid: address.luid, ..IfRow::default() })
}

/// Becoming qualified, and losing it, is told to those who listen to addresses, to interfaces,
/// and to the port if that is another one.
fn told(bench: &mut Bench) -> Verdict {
    const PORT: u64 = 1;
    const INTERFACE: u64 = 2;
    const ADDRESS: u64 = 3;
    for (function, context) in [
        (Function::NotifyTeredoPortChange, PORT),
        (Function::NotifyIpInterfaceChange, INTERFACE),
        (Function::NotifyUnicastIpAddressChange, ADDRESS),
    ] {
        bench.registered(&Register::new(function).context(context))?;
    }
    dormant(bench)?;
    bench.heard();
    let (before, at_first) = bench.session().teredo_port(Some(0));
    bench.change(&Change::TeredoQualify)?;
    bench.session().elapse(MINUTE_MS)?;
    qualified(bench)?;
    let heard = bench.heard();
    let kinds = |context: u64| -> Vec<i32> {
        let own = heard.iter().filter(|heard| heard.context == context);
        own.filter_map(|heard| match heard.told {
            Told::Row { kind, .. } | Told::Port { kind, .. } => Some(kind),
            _ => None,
        })
        .collect()
    };
    let added = kinds(ADDRESS).contains(&NotificationType::Add.number());
    bench.holds(added, || format!("no address is told to be new: {heard:?}"))?;
    bench.holds(!kinds(INTERFACE).is_empty(), || format!("no interface is told: {heard:?}"))?;
    let same = before == bench.number(Status::Success) && at_first == Some(bench.port()?);
    bench.equal("whether the port is told", &kinds(PORT).is_empty(), &same)?;

    bench.session().restart_teredo(50_001)?;
    let heard = bench.heard();
    let has = |context: u64, fits: &dyn Fn(Told) -> bool| {
        heard.iter().any(|heard| heard.context == context && fits(heard.told))
    };
    let gone = NotificationType::Delete.number();
    let deleted = has(ADDRESS, &|told| matches!(told, Told::Row { kind, .. } if kind == gone));
    bench.holds(deleted, || format!("no address is told to be gone: {heard:?}"))?;
    let interface = has(INTERFACE, &|told| matches!(told, Told::Row { .. }));
    bench.holds(interface, || format!("no interface is told at the loss: {heard:?}"))?;
    let port = has(PORT, &|told| matches!(told, Told::Port { port: 50_001, .. }));
    bench.holds(port, || format!("the other port is not told: {heard:?}"))
}
