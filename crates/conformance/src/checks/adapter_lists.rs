//! GetAdaptersAddresses: the lists of an adapter.

use std::collections::BTreeSet;
use std::net::IpAddr;

use netiosim_model::api::Call;
use netiosim_model::api::adapters::{Adapter, gaa};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, Services, if_type};
use netiosim_model::net::{Family, Luid};
use netiosim_model::row::{AnycastRow, ForwardRow, MulticastRow, SocketAddress, UnicastRow};
use netiosim_model::status::Status;
use netiosim_model::table::UnicastAddress;

use super::get_adapters_addresses::one;
use super::routes::{SECOND_V4, SECOND_V6, created, route, second_as};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("AD-07", three_kinds),
    Check::of_all("AD-08", |bench| {
        let luid = rich(bench)?;
        let with = one(bench, luid, 0, 0)?;
        let servers = ips(&with.dns_servers);
        bench.equal("the DNS servers", &servers, &dns_servers().into_iter().collect())?;
        left_out(bench, &with, gaa::SKIP_DNS_SERVER, |adapter| adapter.dns_servers.clear())
    }),
    Check::of_all("AD-09", prefixes),
    Check::of_all("AD-10", |bench| {
        let luid = rich(bench)?;
        let with = one(bench, luid, 0, 0)?;
        bench.equal("the friendly name", &with.friendly_name.as_deref(), &Some("Second"))?;
        left_out(bench, &with, gaa::SKIP_FRIENDLY_NAME, |adapter| adapter.friendly_name = None)
    }),
    Check::of_all("AD-11", |bench| {
        let luid = rich(bench)?;
        let without = one(bench, luid, 0, 0)?;
        bench.equal("WINS servers without the flag", &without.wins_servers, &vec![])?;
        let with = one(bench, luid, 0, gaa::INCLUDE_WINS_INFO)?;
        let servers = with.wins_servers.clone();
        bench.equal("the WINS servers", &servers, &vec![SocketAddress::V4(WINS_SERVER.into())])?;
        let rest = Adapter { wins_servers: vec![], ..with };
        bench.equal("the rest", &rest, &without)
    }),
    Check::of_all("AD-12", gateways),
    Check::of_all("AD-19", every_state),
    Check::of_all("AD-20", lifetimes),
];

const WINS_SERVER: [u8; 4] = [10, 77, 0, 3];
const ANYCAST: IpAddr = IpAddr::V6(std::net::Ipv6Addr::new(0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 0));

fn dns_servers() -> [IpAddr; 2] {
    [[10, 77, 0, 2].into(), [0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 0x53].into()]
}

/// A second adapter that has something of every kind.
fn rich(bench: &mut Bench) -> Result<Luid, Stop> {
    let services = Services {
        dns_servers: dns_servers().to_vec(),
        wins_servers: vec![WINS_SERVER.into()],
        ..Services::default()
    };
    let new = Interface { services, ..Interface::new("Second", if_type::ETHERNET, 77, 77) };
    let luid = second_as(bench, new)?.0;
    bench.change(&Change::AnycastAdd((luid, ANYCAST)))?;
    Ok(luid)
}

fn ips<'a>(addresses: impl IntoIterator<Item = &'a SocketAddress>) -> BTreeSet<IpAddr> {
    addresses.into_iter().filter_map(|address| address.ip()).collect()
}

/// With this flag the adapter is told without something, and nothing else differs.
fn left_out(bench: &mut Bench, with: &Adapter, flag: u32, leave: fn(&mut Adapter)) -> Verdict {
    let mut expected = with.clone();
    leave(&mut expected);
    bench.holds(expected != *with, || format!("there is nothing that {flag:#x} leaves out"))?;
    let told = one(bench, with.luid, 0, flag)?;
    bench.equal(&format!("the adapter with {flag:#x}"), &told, &expected)
}

fn three_kinds(bench: &mut Bench) -> Verdict {
    let luid = rich(bench)?;
    let with = one(bench, luid, 0, 0)?;
    let rows: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, 0)?;
    let unicast: BTreeSet<SocketAddress> =
        rows.iter().filter(|row| row.luid == luid).map(|row| row.address).collect();
    let rows: Vec<AnycastRow> = bench.table(Function::GetAnycastIpAddressTable, 0)?;
    let anycast: BTreeSet<SocketAddress> =
        rows.iter().filter(|row| row.luid == luid).map(|row| row.address).collect();
    let rows: Vec<MulticastRow> = bench.table(Function::GetMulticastIpAddressTable, 0)?;
    let multicast: BTreeSet<SocketAddress> =
        rows.iter().filter(|row| row.luid == luid).map(|row| row.address).collect();
    let own = with.unicast.iter().map(|one| &one.address);
    bench.equal("the unicast addresses", &ips(own), &ips(&unicast))?;
    bench.equal("the anycast addresses", &ips(&with.anycast), &ips(&anycast))?;
    bench.equal("the multicast addresses", &ips(&with.multicast), &ips(&multicast))?;
    left_out(bench, &with, gaa::SKIP_UNICAST, |adapter| adapter.unicast.clear())?;
    left_out(bench, &with, gaa::SKIP_ANYCAST, |adapter| adapter.anycast.clear())?;
    left_out(bench, &with, gaa::SKIP_MULTICAST, |adapter| adapter.multicast.clear())
}

/// Of 10.77.0.1/24 and 2001:db8:77::1/64.
fn prefixes(bench: &mut Bench) -> Verdict {
    let luid = rich(bench)?;
    let without = one(bench, luid, 0, 0)?;
    bench.equal("prefixes without the flag", &without.prefixes, &vec![])?;
    let with = one(bench, luid, 0, gaa::INCLUDE_PREFIX)?;
    let told: BTreeSet<(Option<IpAddr>, u32)> =
        with.prefixes.iter().map(|prefix| (prefix.address.ip(), prefix.length)).collect();
    let expected: [(IpAddr, u32); 8] = [
        // Host, subnet, subnet broadcast; multicast and broadcast of the adapter.
        (SECOND_V4, 32),
        ([10, 77, 0, 0].into(), 24),
        ([10, 77, 0, 255].into(), 32),
        ([224, 0, 0, 0].into(), 4),
        ([255; 4].into(), 32),
        // Host, subnet; multicast.
        (SECOND_V6, 128),
        ([0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 0].into(), 64),
        ([0xFF00, 0, 0, 0, 0, 0, 0, 0].into(), 8),
    ];
    let expected = expected.into_iter().map(|(ip, length)| (Some(ip), length)).collect();
    bench.equal("the prefixes", &told, &expected)?;
    bench.equal("the rest", &Adapter { prefixes: vec![], ..with }, &without)
}

fn gateways(bench: &mut Bench) -> Verdict {
    let luid = rich(bench)?;
    let mut hops = BTreeSet::new();
    for family in Family::ALL {
        let zero = SocketAddress::zero(family);
        let row = ForwardRow { luid, ..route(bench, family) };
        let default = ForwardRow { destination: zero, prefix_length: 0, ..row.clone() };
        created(bench, &default)?;
        hops.extend(default.next_hop.ip());
        // The next hop of a route to somewhere is no gateway.
        let next_hop: IpAddr = match family {
            Family::V4 => [10, 77, 0, 99].into(),
            Family::V6 => [0xFE80, 0, 0, 0, 0, 0, 0, 0x99].into(),
        };
        created(bench, &ForwardRow { next_hop: next_hop.into(), ..row })?;
    }
    let without = one(bench, luid, 0, 0)?;
    bench.equal("gateways without the flag", &without.gateways, &vec![])?;
    let with = one(bench, luid, 0, gaa::INCLUDE_GATEWAYS)?;
    bench.equal("the gateways", &ips(&with.gateways), &hops)?;
    bench.equal("the rest", &Adapter { gateways: vec![], ..with }, &without)
}

/// The addresses 10.66.0.x of the Ethernet adapter: x, DadState, ValidLifetime, PreferredLifetime.
fn own(bench: &mut Bench) -> Result<Vec<(u8, u32, u32, u32)>, Stop> {
    let luid = bench.adapter().0;
    let adapter = one(bench, luid, 2, 0)?;
    let own = adapter.unicast.iter().filter_map(|one| match one.address.ip() {
        Some(IpAddr::V4(ip)) if ip.octets()[..3] == [10, 66, 0] => {
            Some((ip.octets()[3], one.dad_state, one.valid_lifetime, one.preferred_lifetime))
        }
        _ => None,
    });
    Ok(own.collect())
}

/// CreateUnicastIpAddressEntry of 10.66.0.x with these lifetimes.
fn create(bench: &mut Bench, last: u8, valid: u32, preferred: u32) -> Verdict {
    let row = UnicastRow {
        address: SocketAddress::V4([10, 66, 0, last].into()),
        luid: bench.adapter().0,
        prefix_origin: 1,
        suffix_origin: 1,
        valid_lifetime: valid,
        preferred_lifetime: preferred,
        on_link_prefix_length: 24,
        ..UnicastRow::default()
    };
    let call = Call::row(Function::CreateUnicastIpAddressEntry, row);
    bench.answers(&call, Status::Success)
}

/// Tentative 1, Duplicate 2, Deprecated 3, Preferred 4.
fn every_state(bench: &mut Bench) -> Verdict {
    let luid = bench.adapter().0;
    let address = [10, 66, 0, 2].into();
    bench.change(&Change::AddressConflict { luid, address, present: true })?;
    create(bench, 2, u32::MAX, u32::MAX)?;
    create(bench, 3, u32::MAX, 5)?;
    create(bench, 4, u32::MAX, u32::MAX)?;
    bench.session().elapse(20_000)?;
    create(bench, 1, u32::MAX, u32::MAX)?;
    let states: BTreeSet<(u8, u32)> = own(bench)?.iter().map(|one| (one.0, one.1)).collect();
    let expected = [(1, 1), (2, 2), (3, 3), (4, 4)].into_iter().collect();
    bench.equal("addresses and their states", &states, &expected)
}

fn lifetimes(bench: &mut Bench) -> Verdict {
    create(bench, 1, 600, 300)?;
    create(bench, 2, u32::MAX, 300)?;
    create(bench, 3, u32::MAX, u32::MAX)?;
    let luid = bench.adapter().0;
    let leased = UnicastAddress {
        valid_ms: Some(5_000_000),
        preferred_ms: Some(4_000_000),
        ..UnicastAddress::new(luid, [10, 66, 0, 4].into(), 24)
    };
    bench.change(&Change::AddressAdd { address: leased, optimistic: false })?;
    let forever = u32::MAX;
    for (ms, gone) in [(0, 0), (100_000, 100)] {
        bench.session().elapse(ms)?;
        let told: BTreeSet<_> = own(bench)?.iter().map(|one| (one.0, one.2, one.3)).collect();
        let expected = [
            (1, 600 - gone, 300 - gone),
            (2, forever, 300 - gone),
            (3, forever, forever),
            (4, 5_000 - gone, 4_000 - gone),
        ];
        bench.equal("the lifetimes", &told, &expected.into_iter().collect())?;
    }
    Ok(())
}
