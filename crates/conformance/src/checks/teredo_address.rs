//! Teredo addresses and ports, as far as a program sees them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::change::Change;
use netiosim_model::env::Listener;
use netiosim_model::function::Function;
use netiosim_model::member::Member;
use netiosim_model::net::{AF_INET, AF_INET6};
use netiosim_model::profile::Profile;
use netiosim_model::row::{ForwardRow, IpInterfaceRow, MulticastRow};
use netiosim_model::teredo::{
    NatKind, PortWish, TeredoAddress, TeredoPrefix, TeredoSettings, origin_indication,
    rfc4380_received,
};

use super::teredo_client::{MINUTE_MS, dormant, network, unqualified};
use super::teredo_interface::{global, local, present, qualified, row_of_the_global_address};
use super::teredo_protocol::{Apart, simulated};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// The server of a home machine, and the address that it sees.
const SERVER: Ipv4Addr = Ipv4Addr::new(65, 54, 227, 120);
const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 45);
/// The bits that RFC 5991 fills at random.
const RANDOM: u16 = 0x3CFF;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("TA-01", round_trip),
    Check::of_all("TA-02", |bench| {
        vector(bench, NatKind::Cone, 0x8000, "2001:0:4136:e378:8000:63bf:3fff:fdd2")
    }),
    Check::of_all("TA-03", |bench| {
        vector(bench, NatKind::PortRestricted, 0, "2001:0:4136:e378:0:63bf:3fff:fdd2")
    }),
    Check::of_all("TA-04", |bench| {
        mapped(bench, Ipv4Addr::new(131, 107, 0, 1), 5_000)?;
        let stored = qualified(bench)?.segments();
        bench.equal("the stored port and client", &&stored[5..], &&[0xEC77, 0x7C94, 0xFFFE][..])
    }),
    Check::of_all("TA-05", |bench| {
        const ORIGIN: [u8; 8] = [0x00, 0x00, 0xFE, 0xAE, 0xFE, 0xFD, 0xFC, 0xFB];
        simulated(bench)?;
        let client = Ipv4Addr::new(1, 2, 3, 4);
        mapped(bench, client, 337)?;
        // An address is made of what the origin indication says, obfuscated as it is.
        let octets = qualified(bench)?.octets();
        bench.equal("what the address has of it", &&octets[10..], &&ORIGIN[2..])?;
        bench.equal("the origin indication", &origin_indication(337, client), &ORIGIN)
    }),
    Check::of_all("TA-06", |bench| {
        let luid = row_of_the_global_address(bench)?.luid;
        let own = present(bench)?.luid;
        bench.equal("the interface with an address of 2001:0000::/32", &luid, &own)?;
        let routes: Vec<ForwardRow> = bench.table(Function::GetIpForwardTable2, AF_INET6)?;
        let prefix = IpAddr::V6(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0));
        let leads = |route: &ForwardRow| {
            route.luid == luid
                && (route.destination.ip(), route.prefix_length) == (Some(prefix), 32)
        };
        bench.holds(routes.iter().any(leads), || "no route leads to 2001:0000::/32".to_owned())
    }),
    Check::of_all("TA-07", rfc4380_flags),
    Check { except: RFC_4380, ..Check::of_all("TA-08", rfc5991_flags) },
    Check::of_all("TA-09", private_addresses),
    Check::of_all("TA-10", |bench| {
        let groups = discovery_groups(bench)?;
        bench.holds(groups > 0, || "no interface is in the group 224.0.0.253".to_owned())?;
        let open = Change::PortOpen { port: 3544, edge_traversal: false };
        let taken = bench.session().change(&open).is_err();
        bench.holds(taken, || "another program opens port 3544 beside the client".to_owned())?;
        bench.session().stop_teredo()?;
        bench.change(&open)
    }),
    Check::of_all("TA-11", |bench| {
        for running in [true, false, true] {
            if running {
                dormant(bench)?;
                bench.change(&Change::TeredoQualify)?;
            } else {
                bench.session().stop_teredo()?;
            }
            let joined = discovery_groups(bench)? > 0;
            bench.equal("whether 224.0.0.253 is joined", &joined, &running)?;
            let listener = bench.session().env()?.listeners().get(&3544).copied();
            let expected = running.then_some(Listener::TeredoMulticast);
            bench.equal("who listens on port 3544", &listener, &expected)?;
        }
        Ok(())
    }),
    Check::of_all("TA-26", |bench| {
        let row = present(bench)?;
        bench.equal("Mtu of the interface", &row.mtu, &1280)?;
        let keys = IpInterfaceRow { family: AF_INET6, luid: row.luid, ..IpInterfaceRow::default() };
        let row = bench.filled(Function::GetIpInterfaceEntry, keys)?;
        bench.equal("NlMtu of the IPv6 row", &row.members.get(Member::NlMtu), &Some(1280))
    }),
];

/// The profile may follow the older document.
pub(super) const RFC_4380: &[(Profile, &str)] =
    &[(Profile::Adversarial, "by the option teredo-flags it may follow RFC 4380 alone")];

/// The client runs on this port, and its NAT maps it to this address and the same port.
fn mapped(bench: &mut Bench, address: Ipv4Addr, port: u16) -> Verdict {
    bench.session().restart_teredo(port)?;
    bench.change(&Change::TeredoMapping { address, port: None })?;
    Ok(bench.session().elapse(MINUTE_MS)?)
}

/// Server, mapped port and mapped address are in the address, and nothing is lost on the way.
fn round_trip(bench: &mut Bench) -> Verdict {
    for (server, client, port) in [
        (SERVER, CLIENT, 40_000),
        ([192, 0, 2, 1].into(), [198, 51, 100, 7].into(), 1),
        ([1, 0, 0, 1].into(), [203, 0, 113, 255].into(), 0xFFFF),
    ] {
        let settings = TeredoSettings { server_address: server, ..TeredoSettings::default() };
        bench.change(&Change::TeredoPolicy(settings))?;
        bench.change(&Change::TeredoMapping { address: client, port: Some(port) })?;
        bench.session().elapse(MINUTE_MS)?;
        let address = qualified(bench)?;
        let parts = TeredoAddress::try_from(address)
            .map_err(|error| Stop::Fails(format!("{address} is {error}")))?;
        let flags = address.segments()[4];
        let expected =
            TeredoAddress { prefix: TeredoPrefix::Standard, server, flags, port, client };
        bench.equal(&format!("what {address} is made of"), &parts, &expected)?;
        bench.equal("the same parts encoded again", &parts.to_ipv6(), &address)?;
    }
    Ok(())
}

/// The address of the documents' example: of a client of RFC 4380 every bit, of this world's every
/// bit but the flags, which its client may have drawn.
fn vector(bench: &mut Bench, nat: NatKind, flags: u16, text: &str) -> Verdict {
    bench.change(&network(|network| network.nat = nat))?;
    bench.session().restart_teredo(40_000)?;
    bench.session().elapse(MINUTE_MS)?;
    let mut segments = qualified(bench)?.segments();
    let drawn = std::mem::replace(&mut segments[4], flags);
    bench.equal(
        "the address with those flags",
        &Ipv6Addr::from(segments).to_string(),
        &text.into(),
    )?;
    let allowed = drawn == flags || drawn & !RANDOM == 0;
    bench.holds(allowed, || format!("the flags of its own are {drawn:#06x}"))?;
    let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
    apart.wish(PortWish::Exactly(40_000));
    apart.run();
    let address = apart.client.global_address().map(|address| address.to_string());
    bench.equal("the address of a client of RFC 4380", &address, &Some(text.into()))
}

/// A client of RFC 4380 has the flags 0x8000 behind a cone NAT and 0 elsewhere, and reads no other
/// bit.
fn rfc4380_flags(bench: &mut Bench) -> Verdict {
    for (nat, flags) in [
        (NatKind::None, 0x8000),
        (NatKind::Cone, 0x8000),
        (NatKind::Restricted, 0),
        (NatKind::PortRestricted, 0),
    ] {
        bench.change(&network(|network| network.nat = nat))?;
        let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
        apart.restart();
        let probed = apart.client.link_local().map(|address| address.segments()[4]);
        bench.equal("the flags of the first solicitation", &probed, &Some(0x8000))?;
        apart.run();
        let found = apart.client.global_address().map(|address| address.segments()[4]);
        bench.equal(&format!("the flags behind {nat:?}"), &found, &Some(flags))?;
    }
    for flags in [0, 0x7FFF, 0x8000, 0xBCFF, 0xFFFF] {
        let read = rfc4380_received(flags);
        bench.equal(&format!("what is read of {flags:#06x}"), &read, &(flags & 0x8000))?;
    }
    Ok(())
}

/// Twelve bits are drawn, the four others are clear.
fn rfc5991_flags(bench: &mut Bench) -> Verdict {
    let (mut ones, mut zeros) = (0, 0);
    for port in 50_001..50_041 {
        bench.session().restart_teredo(port)?;
        bench.session().elapse(1_000)?;
        let flags = qualified(bench)?.segments()[4];
        bench.holds(flags & !RANDOM == 0, || format!("the flags {flags:#06x} are not random"))?;
        ones |= flags;
        zeros |= !flags & RANDOM;
    }
    bench.equal("the bits that were seen as 1 and as 0", &(ones, zeros), &(RANDOM, RANDOM))
}

/// The link-local address may embed a private address, the global one does not.
fn private_addresses(bench: &mut Bench) -> Verdict {
    let private = Ipv4Addr::new(10, 1, 2, 3);
    bench.change(&network(|network| network.local_address = private))?;
    bench.session().restart_teredo(40_000)?;
    let Some(local) = local(bench)? else {
        return Err(Stop::Fails("a client that qualifies has no link-local address".to_owned()));
    };
    let identifier = (local.to_bits() as u64) & 0x0000_FFFF_FFFF_FFFF;
    let expected = (u64::from(!40_000_u16) << 32) | u64::from(!private.to_bits());
    bench.equal("its identifier but for the flags", &identifier, &expected)?;
    for address in NOT_GLOBAL {
        bench.change(&Change::TeredoMapping { address: Ipv4Addr::from(address), port: None })?;
        bench.change(&Change::TeredoQualify)?;
        bench.session().elapse(MINUTE_MS)?;
        unqualified(bench, &format!("a client whose mapping is {address:?}"))?;
    }
    bench.change(&Change::TeredoMapping { address: CLIENT, port: None })?;
    bench.change(&Change::TeredoQualify)?;
    bench.session().elapse(MINUTE_MS)?;
    let global = global(bench)?;
    let embedded = global.map(|address| !(address.to_bits() as u32));
    bench.equal("what the global address embeds", &embedded, &Some(CLIENT.to_bits()))
}

/// IPv4 addresses that are no global unicast ones.
pub(super) const NOT_GLOBAL: [[u8; 4]; 12] = [
    [0, 0, 0, 1],
    [10, 0, 0, 1],
    [127, 0, 0, 1],
    [169, 254, 7, 7],
    [172, 16, 0, 1],
    [172, 31, 255, 1],
    [192, 88, 99, 1],
    [192, 168, 1, 1],
    [224, 0, 0, 253],
    [239, 1, 1, 1],
    [255, 255, 255, 255],
    [10, 255, 255, 254],
];

/// How many interfaces are in the group of Teredo discovery.
fn discovery_groups(bench: &mut Bench) -> Result<usize, Stop> {
    let all: Vec<MulticastRow> = bench.table(Function::GetMulticastIpAddressTable, AF_INET)?;
    let group = Some(IpAddr::V4(Ipv4Addr::new(224, 0, 0, 253)));
    Ok(all.iter().filter(|row| row.address.ip() == group).count())
}
