//! Qualification and maintenance of a Teredo client, and what the world knows of its packets.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::change::Change;
use netiosim_model::choose::Seeded;
use netiosim_model::function::Function;
use netiosim_model::net::AF_INET;
use netiosim_model::profile::Profile;
use netiosim_model::row::UnicastRow;
use netiosim_model::status::Status;
use netiosim_model::table::UnicastAddress;
use netiosim_model::teredo::{
    NatKind, PortWish, SolicitationTarget, Surroundings, TeredoClient, TeredoError, TeredoEvent,
    TeredoRules, TeredoSettings, TeredoState, accepts_prefixes, may_be_sent_to,
};

use super::teredo_address::{NOT_GLOBAL, RFC_4380};
use super::teredo_client::{
    MINUTE_MS, advertised, client, dormant, network, qualify, state, unqualified,
};
use super::teredo_interface::{addresses, global, local, present, qualified};
use crate::backend::Cannot;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// The time that an answer is waited for.
const TIMEOUT_MS: u64 = 4_000;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("TA-12", |bench| {
        dormant(bench)?;
        let initial = client(bench)?.solicitation().copied();
        bench.equal("the solicitation before somebody needs the client", &initial, &None)?;
        let none = local(bench)?;
        bench.equal("the address that solicitations would come from", &none, &None)?;
        bench.change(&Change::TeredoQualify)?;
        state(bench, TeredoState::Probe, "probe")?;
        let attempt = client(bench)?.solicitation().map(|sent| sent.attempt);
        bench.equal("the attempt", &attempt, &Some(1))?;
        let from = local(bench)?;
        bench.holds(from.is_some(), || "solicitations come from no address".to_owned())
    }),
    Check::of_all("TA-13", attempts),
    Check::of_all("TA-14", |bench| {
        for nat in NatKind::ALL {
            bench.change(&network(|network| {
                (network.nat, network.server_reachable) = (nat, false);
            }))?;
            bench.session().restart_teredo(50_000)?;
            bench.session().elapse(MINUTE_MS)?;
            state(bench, TeredoState::Offline, "offline")?;
            let left = addresses(bench)?.len();
            bench.equal(&format!("how many addresses are left behind {nat:?}"), &left, &0)?;
            let media = present(bench)?.media_connect_state;
            bench.equal("MediaConnectState", &media, &2)?;
            // Both values of the cone bit are without an answer here.
            let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
            apart.restart();
            apart.run();
            bench.equal("with RFC 4380", &apart.client.state(), &TeredoState::Offline)?;
        }
        Ok(())
    }),
    Check::of_all("TA-15", |bench| {
        for nat in [NatKind::None, NatKind::Cone] {
            bench.change(&network(|network| network.nat = nat))?;
            let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
            apart.restart();
            let sent = apart.run();
            bench.equal("what was asked", &targets(&sent), &vec![SolicitationTarget::Cone])?;
            bench.equal("the state", &apart.client.state(), &TeredoState::Qualified)?;
        }
        Ok(())
    }),
    Check { except: RFC_6081, ..Check::of_all("TA-16", secondary_server) },
    Check::of_all("TA-17", |bench| {
        simulated(bench)?;
        let mut prefixes = Vec::new();
        for server in [Ipv4Addr::new(65, 54, 227, 120), Ipv4Addr::new(192, 0, 2, 1)] {
            let settings = TeredoSettings { server_address: server, ..TeredoSettings::default() };
            bench.change(&Change::TeredoPolicy(settings))?;
            bench.session().restart_teredo(50_000)?;
            bench.session().elapse(MINUTE_MS)?;
            let own = Ipv6Addr::from_bits(qualified(bench)?.to_bits() >> 64 << 64);
            let bits = (0x2001_0000_u64 << 32) | u64::from(server.to_bits());
            bench.equal("the prefix of its address", &(own.to_bits() >> 64), &u128::from(bits))?;
            bench.equal("whether it is taken", &accepts_prefixes(&[own], server), &true)?;
            prefixes.push(own);
            for dropped in
                [vec![], vec![own, own], vec![Ipv6Addr::from_bits(own.to_bits() ^ 1 << 64)]]
            {
                let taken = accepts_prefixes(&dropped, server);
                bench.equal(&format!("whether {dropped:?} is taken"), &taken, &false)?;
            }
            let others = prefixes.iter().filter(|prefix| **prefix != own);
            let taken = others.filter(|other| accepts_prefixes(&[**other], server)).count();
            bench.equal("how many prefixes of another server are taken", &taken, &0)?;
        }
        Ok(())
    }),
    Check {
        except: RFC_4380,
        ..Check::of_all("TA-18", |bench| {
            bench.change(&network(|network| network.nat = NatKind::Cone))?;
            bench.session().restart_teredo(50_000)?;
            let sent = targets(&solicitations(bench)?);
            bench.equal(
                "what was asked first",
                &sent.first(),
                &Some(&SolicitationTarget::Primary),
            )?;
            let cone = sent.contains(&SolicitationTarget::Cone);
            bench.holds(!cone, || format!("the cone bit is tried: {sent:?}"))?;
            qualified(bench)?;
            let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
            apart.restart();
            let sent = targets(&apart.run());
            bench.equal("what RFC 4380 asks first", &sent.first(), &Some(&SolicitationTarget::Cone))
        })
    },
    Check::of_all("TA-19", |bench| {
        bench.change(&network(|network| network.nat = NatKind::Symmetric))?;
        for (rfc6081, expected) in [(true, TeredoState::Qualified), (false, TeredoState::Offline)] {
            let mut apart = Apart::of(bench, |rules| rules.rfc6081 = rfc6081)?;
            apart.restart();
            apart.run();
            let found = apart.client.state();
            bench.equal(&format!("the state with RFC 6081 {rfc6081}"), &found, &expected)?;
        }
        Ok(())
    }),
    Check { except: RFC_6081, ..Check::of_all("TA-20", refresh) },
    Check::of_all("TA-21", |bench| {
        bench.session().restart_teredo(50_000)?;
        bench.session().elapse(MINUTE_MS)?;
        for reachable in [true, false] {
            bench.change(&Change::TeredoServer { reachable })?;
            let due_ms = client(bench)?.next_timer_ms().unwrap_or(u64::MAX);
            bench.holds(due_ms <= 45_000, || format!("nothing is due for {due_ms} ms"))?;
            bench.session().elapse(due_ms)?;
            let sent = client(bench)?.solicitation().map(|sent| (sent.target, sent.attempt));
            let expected = (!reachable).then_some((SolicitationTarget::Maintenance, 1));
            bench.equal(&format!("with a server {reachable}"), &sent, &expected)?;
            qualified(bench)?;
        }
        Ok(())
    }),
    Check::of_all("TA-22", |bench| {
        let luid = present(bench)?.luid;
        let mut old = qualified(bench)?;
        for (address, port) in [([198, 51, 100, 77], None), ([198, 51, 100, 77], Some(40_000))] {
            bench.change(&Change::TeredoMapping { address: address.into(), port })?;
            let new = qualified(bench)?;
            bench.holds(new != old, || format!("the address is still {old}"))?;
            let address = IpAddr::V6(old).into();
            let call = netiosim_model::api::Call::row(
                Function::GetUnicastIpAddressEntry,
                UnicastRow { address, luid, ..UnicastRow::default() },
            );
            bench.answers(&call, Status::NotFound)?;
            let count = addresses(bench)?.len();
            bench.equal("how many addresses there are", &count, &2)?;
            old = new;
        }
        Ok(())
    }),
    Check::of_all("TA-23", |_| no_packets("bubble")),
    Check::of_all("TA-24", |bench| {
        simulated(bench)?;
        let (luid, _) = bench.adapter();
        let own = IpAddr::from([198, 51, 100, 7]);
        let address = UnicastAddress::new(luid, own, 24);
        bench.change(&Change::AddressAdd { address, optimistic: false })?;
        bench.session().elapse(MINUTE_MS)?;
        let rows: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, AF_INET)?;
        let subnet = |row: &UnicastRow| match row.address.ip() {
            Some(IpAddr::V4(address)) => Some((address, row.on_link_prefix_length)),
            _ => None,
        };
        let attached: Vec<(Ipv4Addr, u8)> = rows.iter().filter_map(subnet).collect();
        for address in NOT_GLOBAL.into_iter().chain([[198, 51, 100, 255]]) {
            let sent = may_be_sent_to(address.into(), &attached);
            bench.equal(&format!("whether {address:?} is sent to"), &sent, &false)?;
        }
        for address in [[198, 51, 100, 254], [1, 2, 3, 4], [172, 32, 0, 1], [192, 88, 98, 1]] {
            let sent = may_be_sent_to(address.into(), &attached);
            bench.equal(&format!("whether {address:?} is sent to"), &sent, &true)?;
        }
        Ok(())
    }),
    Check::of_all("TA-25", |bench| {
        qualified(bench)?;
        advertised(bench)?;
        unqualified(bench, "a node with other IPv6 connectivity")?;
        bench.change(&Change::TeredoTraffic)?;
        qualify(bench)?;
        unqualified(bench, "such a node when a client is needed")?;
        bench.session().elapse(120 * MINUTE_MS)?;
        qualify(bench)?;
        qualified(bench).map(drop)
    }),
    Check::of_all("TA-27", |_| no_packets("discovery bubble")),
];

/// The profile may follow the extension.
const RFC_6081: &[(Profile, &str)] =
    &[(Profile::Adversarial, "by the option symmetric-nat it may follow RFC 6081")];

fn no_packets(what: &str) -> Verdict {
    Err(Stop::NotApplicable(Cannot::new(format!(
        "a {what} is a packet between hosts, and no function of this API tells of one"
    ))))
}

/// In a simulated world no packet is sent. What it knows of packets are functions, which some
/// checks call beside what the API shows; a real system shows no more than that.
pub(super) fn simulated(bench: &mut Bench) -> Verdict {
    Ok(bench.session().env().map(drop)?)
}

/// A solicitation as it was sent: for what, which attempt, and for how long its answer was waited
/// for.
type Sent = (SolicitationTarget, u8, u64);

/// What was asked, without repetitions.
fn targets(sent: &[Sent]) -> Vec<SolicitationTarget> {
    let mut targets: Vec<SolicitationTarget> = sent.iter().map(|sent| sent.0).collect();
    targets.dedup();
    targets
}

/// Lets the client of the world qualify or give up.
fn solicitations(bench: &mut Bench) -> Result<Vec<Sent>, Stop> {
    let mut all = Vec::new();
    while all.len() < 64 {
        let client = client(bench)?;
        let (Some(sent), Some(due_ms)) = (client.solicitation(), client.next_timer_ms()) else {
            break;
        };
        all.push((sent.target, sent.attempt, due_ms));
        bench.session().elapse(due_ms)?;
    }
    Ok(all)
}

/// Four seconds each, three times for each value of the cone bit.
fn attempts(bench: &mut Bench) -> Verdict {
    dormant(bench)?;
    bench.change(&Change::TeredoServer { reachable: false })?;
    let mut apart = Apart::of(bench, |rules| rules.rfc5991 = false)?;
    bench.change(&Change::TeredoQualify)?;
    let cone =
        client(bench)?.solicitation().map(|sent| sent.target) == Some(SolicitationTarget::Cone);
    let values = if cone { 2 } else { 1 };
    for (n, expected) in [1_u8, 2, 3].into_iter().cycle().take(3 * values).enumerate() {
        for passed_ms in [TIMEOUT_MS - 1, 1] {
            let attempt = client(bench)?.solicitation().map(|sent| sent.attempt);
            bench.equal(&format!("attempt {n}"), &attempt, &Some(expected))?;
            bench.session().elapse(passed_ms)?;
        }
    }
    let left = addresses(bench)?.len();
    bench.equal("how many addresses are left after the last attempt", &left, &0)?;
    apart.send(&TeredoEvent::Qualify);
    let expected: Vec<Sent> = [SolicitationTarget::Cone, SolicitationTarget::Primary]
        .into_iter()
        .flat_map(|target| [1, 2, 3].map(|attempt| (target, attempt, TIMEOUT_MS)))
        .collect();
    bench.equal("what a client of RFC 4380 sends", &apart.run(), &expected)
}

/// Without the cone bit the secondary server is asked as well.
fn secondary_server(bench: &mut Bench) -> Verdict {
    let asked = vec![SolicitationTarget::Primary, SolicitationTarget::Secondary];
    for nat in [NatKind::Restricted, NatKind::PortRestricted] {
        bench.change(&network(|network| network.nat = nat))?;
        bench.session().restart_teredo(50_000)?;
        let sent = targets(&solicitations(bench)?);
        bench.equal(&format!("what is asked behind {nat:?}"), &sent, &asked)?;
        let flags = qualified(bench)?.segments()[4];
        bench.equal("the cone bit", &(flags & 0x8000), &0)?;
    }
    bench.change(&network(|network| network.nat = NatKind::Symmetric))?;
    bench.session().restart_teredo(50_000)?;
    let sent = targets(&solicitations(bench)?);
    bench.equal("what is asked behind a symmetric NAT", &sent, &asked)?;
    let (found, client) = (global(bench)?, client(bench)?);
    bench.equal("the global address behind a symmetric NAT", &found, &None)?;
    bench.equal("the error", &client.error(), &Some(TeredoError::SymmetricNat))
}

/// The interval is 30 s, drawn between 75 and 100 % of it, with RFC 6081 between 50 and 150 %.
fn refresh(bench: &mut Bench) -> Verdict {
    const WIDE: std::ops::RangeInclusive<u64> = 15_000..=45_000;
    const NARROW: std::ops::RangeInclusive<u64> = 22_500..=30_000;
    bench.session().restart_teredo(50_000)?;
    bench.session().elapse(1_000)?;
    let mut seen = Vec::new();
    for _ in 0..24 {
        let due_ms = client(bench)?.next_timer_ms().unwrap_or_default();
        bench.session().elapse(due_ms)?;
        seen.push(client(bench)?.next_timer_ms().unwrap_or_default());
    }
    drawn(bench, &seen, &NARROW)?;
    for (rfc6081, range) in [(false, NARROW), (true, WIDE)] {
        let mut apart = Apart::of(bench, |rules| rules.rfc6081 = rfc6081)?;
        let seen: Vec<u64> = (0..64).map(|_| apart.refresh_ms()).collect();
        drawn(bench, &seen, &range)?;
        let narrow = seen.iter().all(|ms| NARROW.contains(ms));
        bench.equal("whether all are between 75 and 100 %", &narrow, &!rfc6081)?;
    }
    Ok(())
}

/// All lie in the range, and they differ.
fn drawn(bench: &Bench, seen: &[u64], range: &std::ops::RangeInclusive<u64>) -> Verdict {
    let inside = seen.iter().all(|ms| range.contains(ms));
    let differ = seen.iter().any(|ms| Some(ms) != seen.first());
    bench.holds(inside && differ, || format!("the refresh intervals are {seen:?}"))
}

/// The client of the world as it is, which goes on by itself with rules that the world does not
/// follow: a world follows one document, and each of them is to be shown.
pub(super) struct Apart {
    pub(super) client: TeredoClient,
    rules: TeredoRules,
    ports_in_use: BTreeMap<u16, bool>,
    numbers: Seeded,
}

impl Apart {
    pub(super) fn of(bench: &mut Bench, edit: impl FnOnce(&mut TeredoRules)) -> Result<Self, Stop> {
        let mut rules = TeredoRules::default();
        edit(&mut rules);
        let (client, ports_in_use) = (client(bench)?, BTreeMap::new());
        Ok(Self { client, rules, ports_in_use, numbers: Seeded::new(1) })
    }

    fn send(&mut self, event: &TeredoEvent) {
        let Self { ports_in_use, rules, .. } = self;
        let around = Surroundings { ports_in_use, ipv6_present: true, rules: *rules };
        self.client.handle(event, &around, &mut self.numbers);
    }

    /// It starts anew, and qualifies if it can.
    pub(super) fn restart(&mut self) {
        self.wish(PortWish::Another);
    }

    /// The same with a wish for a port.
    pub(super) fn wish(&mut self, wish: PortWish) {
        self.send(&TeredoEvent::Restart(wish));
        self.send(&TeredoEvent::Qualify);
    }

    pub(super) fn listen(&mut self, port: u16, edge_traversal: bool) {
        self.ports_in_use.insert(port, edge_traversal);
        self.send(&TeredoEvent::ListenersChanged);
    }

    pub(super) fn close(&mut self, port: u16) {
        self.ports_in_use.remove(&port);
        self.send(&TeredoEvent::ListenersChanged);
    }

    /// Lets it qualify or give up.
    pub(super) fn run(&mut self) -> Vec<Sent> {
        let mut all = Vec::new();
        while all.len() < 64 {
            let (Some(sent), Some(due_ms)) =
                (self.client.solicitation(), self.client.next_timer_ms())
            else {
                break;
            };
            all.push((sent.target, sent.attempt, due_ms));
            self.fire(due_ms);
        }
        all
    }

    /// Lets one refresh happen, and tells when the next one is due.
    fn refresh_ms(&mut self) -> u64 {
        self.fire(self.client.next_timer_ms().unwrap_or_default());
        self.client.next_timer_ms().unwrap_or_default()
    }

    fn fire(&mut self, due_ms: u64) {
        self.client.elapse(due_ms);
        self.send(&TeredoEvent::Timer);
    }
}
