//! The Teredo client of Windows.

use std::net::Ipv6Addr;

use netiosim_model::change::{Change, RouterAdvertisement};
use netiosim_model::function::Function;
use netiosim_model::profile::Profile;
use netiosim_model::status::Status;
use netiosim_model::teredo::{
    DormancyRule, PortWish, TeredoClient, TeredoError, TeredoNetwork, TeredoRole, TeredoSettings,
    TeredoState, TeredoType,
};

use super::teredo_interface::{addresses, global, local, qualified};
use super::teredo_protocol::Apart;
use super::teredo_settings::set_type;
use crate::backend::{Act, Cannot, Register};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

/// Longer than the client needs to qualify or to give up.
pub(super) const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("TS-01", |bench| {
        qualified(bench)?;
        state(bench, TeredoState::Qualified, "qualified")?;
        dormant(bench)?;
        state(bench, TeredoState::Dormant, "dormant")?;
        unqualified(bench, "a dormant client")
    }),
    Check::of_all("TS-02", |bench| {
        dormant(bench)?;
        bench.session().elapse(2 * HOUR_MS)?;
        state(bench, TeredoState::Dormant, "dormant")?;
        unqualified(bench, "a client that nobody uses")?;
        qualify(bench)?;
        qualified(bench)?;
        bench.session().elapse(2 * HOUR_MS)?;
        unqualified(bench, "a client that nobody used for two hours")?;
        state(bench, TeredoState::Dormant, "dormant")
    }),
    Check::of_all("TS-03", |bench| {
        bench.session().stop_teredo()?;
        let settings = TeredoSettings { default_qualified: true, ..TeredoSettings::default() };
        bench.change(&Change::TeredoPolicy(settings))?;
        bench.change(&Change::TeredoStart(PortWish::Another))?;
        let begun = local(bench)?;
        bench.holds(begun.is_some(), || "qualification does not begin at once".to_owned())?;
        bench.session().elapse(MINUTE_MS)?;
        qualified(bench)?;
        bench.session().elapse(3 * HOUR_MS)?;
        qualified(bench).map(drop)
    }),
    Check::new("TS-04", stable_table_qualifies),
    Check::of_all("TS-05", |bench| {
        dormant(bench)?;
        bench.change(&Change::TeredoTraffic)?;
        let (begun, usable) = (local(bench)?, global(bench)?);
        bench.holds(begun.is_some() && usable.is_none(), || {
            format!("the connection finds {begun:?} and {usable:?} and not a client that qualifies")
        })?;
        bench.session().elapse(MINUTE_MS)?;
        qualified(bench).map(drop)
    }),
    Check::of_all("TS-13", |bench| {
        set_type(bench, TeredoType::Client)?;
        let error = client(bench)?.error();
        bench.equal("the error in an unmanaged network", &error, &None)?;
        bench.change(&network(|network| network.managed = true))?;
        state(bench, TeredoState::Offline, "offline")?;
        let text = client(bench)?.error().map(TeredoError::text);
        bench.equal("the error", &text, &Some("client is in a managed network"))
    }),
    Check::of_all("TS-14", |bench| {
        let role = client(bench)?.role();
        bench.equal("the role at first", &role, &TeredoRole::Client)?;
        advertised(bench)?;
        let role = client(bench)?.role();
        bench.equal("the role with an address", &role, &TeredoRole::HostSpecificRelay)?;
        bench.session().elapse(2 * HOUR_MS)?;
        let role = client(bench)?.role();
        bench.equal("the role when the address is gone", &role, &TeredoRole::Client)
    }),
    Check::of_teredo("TS-15", |bench| {
        bench.change(&network(|network| network.firewall = false))?;
        qualify(bench)?;
        bench.session().restart_teredo(50_001)?;
        bench.session().elapse(MINUTE_MS)?;
        unqualified(bench, "a client without a firewall")?;
        let (code, _) = bench.session().teredo_port(Some(0));
        bench.code("GetTeredoPort without a firewall", code, Status::NotReady)?;
        bench.change(&network(|_| ()))?;
        qualify(bench)?;
        qualified(bench)?;
        bench.port().map(drop)
    }),
    Check::of_all("TS-16", |_| {
        Err(Stop::NotApplicable(Cannot::new(
            "Get-NetTeredoState is a command of PowerShell and no function of this API",
        )))
    }),
    Check::new("TS-17", |bench| {
        bench.port_registered(1)?;
        let mut all = vec![bench.port()?];
        for _ in 0..4 {
            bench.change(&Change::TeredoRestart(PortWish::Another))?;
            let told: Vec<u16> = bench.ports().iter().map(|port| port.1).collect();
            let now = bench.port()?;
            bench.equal("the port that is told of", &told, &vec![now])?;
            bench.holds(now >= 49_152, || format!("{now} is no dynamic port"))?;
            all.push(now);
        }
        let moved = all.windows(2).all(|two| two.first() != two.last());
        bench.holds(moved, || format!("the ports around the restarts are {all:?}"))
    }),
    Check { except: FIREWALL_FILTER_PAGE, ..Check::of_all("TS-18", hour) },
    Check::of_all("TS-19", |bench| {
        let mut apart = Apart::of(bench, |rules| {
            rules.dormancy = DormancyRule::NoEdgeListener;
        })?;
        apart.restart();
        apart.listen(7_000, true);
        apart.listen(7_001, true);
        apart.run();
        bench.equal("with two listeners", &apart.client.state(), &TeredoState::Qualified)?;
        apart.close(7_000);
        apart.listen(7_002, false);
        bench.equal("with one of them", &apart.client.state(), &TeredoState::Qualified)?;
        apart.close(7_001);
        bench.equal("with none of them", &apart.client.state(), &TeredoState::Dormant)
    }),
    Check::of_all("TS-20", |bench| {
        bench.session().reboot()?;
        bench.session().elapse(MINUTE_MS)?;
        unqualified(bench, "a client that nobody needs after the reboot")?;
        qualify(bench)?;
        qualified(bench)?;
        bench.change(&Change::TeredoServer { reachable: false })?;
        bench.session().elapse(2 * MINUTE_MS)?;
        unqualified(bench, "a client whose server is silent")?;
        bench.change(&Change::TeredoQualify)?;
        let begun = local(bench)?;
        bench.holds(begun.is_some(), || "it does not begin again when it is needed".to_owned())?;
        bench.change(&Change::TeredoServer { reachable: true })?;
        bench.session().elapse(MINUTE_MS)?;
        qualified(bench).map(drop)
    }),
    Check::of_all("TS-21", |bench| {
        bench.session().stop_teredo()?;
        state(bench, TeredoState::Offline, "offline")?;
        let left = addresses(bench)?.len();
        bench.equal("how many addresses an offline client has", &left, &0)?;
        dormant(bench)?;
        bench.change(&Change::TeredoServer { reachable: false })?;
        bench.change(&Change::TeredoQualify)?;
        state(bench, TeredoState::Probe, "probe")?;
        bench.session().elapse(2 * MINUTE_MS)?;
        state(bench, TeredoState::Offline, "offline")
    }),
];

/// The profile may follow the other page.
const FIREWALL_FILTER_PAGE: &[(Profile, &str)] = &[(
    Profile::Adversarial,
    "by the option dormancy-rule it may follow the firewall-filter page (TS-19)",
)];

/// The client of the world.
pub(super) fn client(bench: &mut Bench) -> Result<TeredoClient, Stop> {
    Ok(bench.session().env()?.teredo().clone())
}

/// The client is in this state, which has this name.
pub(super) fn state(bench: &mut Bench, state: TeredoState, word: &str) -> Verdict {
    let now = client(bench)?.state();
    bench.equal("the state and its word", &(now, now.word()), &(state, word))
}

/// The client starts anew, and nobody needs it.
pub(super) fn dormant(bench: &mut Bench) -> Verdict {
    bench.session().stop_teredo()?;
    bench.change(&Change::TeredoStart(PortWish::Exactly(50_000)))
}

/// An application needs the client, for a minute.
pub(super) fn qualify(bench: &mut Bench) -> Verdict {
    bench.change(&Change::TeredoQualify)?;
    Ok(bench.session().elapse(MINUTE_MS)?)
}

/// It has no global address.
pub(super) fn unqualified(bench: &mut Bench, what: &str) -> Verdict {
    let address = global(bench)?;
    bench.equal(&format!("the global address of {what}"), &address, &None)
}

/// The network of a home machine, but for this.
pub(super) fn network(edit: impl FnOnce(&mut TeredoNetwork)) -> Change {
    let mut network = TeredoNetwork::default();
    edit(&mut network);
    Change::TeredoNetwork(network)
}

/// A router gives the Ethernet adapter a global address for an hour.
pub(super) fn advertised(bench: &mut Bench) -> Verdict {
    let (luid, _) = bench.adapter();
    bench.change(&Change::RouterAdvertisement(RouterAdvertisement {
        luid,
        router: Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 1),
        router_lifetime_s: 1800,
        prefix: Some((Ipv6Addr::new(0x2001, 0x0DB8, 0, 1, 0, 0, 0, 0), 64)),
        valid_s: 3600,
        preferred_s: 3600,
        managed: false,
        other: false,
        mtu: None,
    }))?;
    Ok(bench.session().elapse(MINUTE_MS)?)
}

/// A dormant client qualifies by NotifyStableUnicastIpAddressTable, and not without.
pub(super) fn stable_table_qualifies(bench: &mut Bench) -> Verdict {
    dormant(bench)?;
    bench.session().elapse(MINUTE_MS)?;
    unqualified(bench, "a client that nobody needs")?;
    let call = Register::new(Function::NotifyStableUnicastIpAddressTable).act(Act::FreeTable);
    let left = bench.session().register(&call);
    bench.code("the call", left.code, Status::IoPending)?;
    bench.session().elapse(MINUTE_MS)?;
    qualified(bench).map(drop)
}

/// A client falls asleep after an hour without traffic and not before, and not while somebody
/// listens with edge traversal.
fn hour(bench: &mut Bench) -> Verdict {
    dormant(bench)?;
    bench.change(&Change::TeredoQualify)?;
    bench.session().elapse(HOUR_MS - MINUTE_MS)?;
    qualified(bench)?;
    bench.change(&Change::TeredoTraffic)?;
    bench.session().elapse(HOUR_MS - 1)?;
    qualified(bench)?;
    bench.session().elapse(1)?;
    unqualified(bench, "a client after an hour without traffic")?;
    state(bench, TeredoState::Dormant, "dormant")?;

    bench.change(&Change::PortOpen { port: 7_000, edge_traversal: true })?;
    bench.session().elapse(2 * HOUR_MS)?;
    qualified(bench)?;
    bench.change(&Change::PortClose { port: 7_000 })?;
    unqualified(bench, "a client whose listener ended after the hour")?;

    bench.change(&Change::PortOpen { port: 7_000, edge_traversal: true })?;
    bench.session().elapse(MINUTE_MS)?;
    bench.change(&Change::PortClose { port: 7_000 })?;
    qualified(bench)?;
    bench.session().elapse(HOUR_MS)?;
    unqualified(bench, "a client whose hour is over, too")?;
    // One without edge traversal does not keep it awake.
    bench.change(&Change::PortOpen { port: 7_001, edge_traversal: false })?;
    qualify(bench)?;
    bench.session().elapse(HOUR_MS)?;
    unqualified(bench, "a client with a listener without edge traversal")
}
