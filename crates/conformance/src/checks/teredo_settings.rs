//! The settings of the Teredo client: types, ports, and the refresh interval.

use netiosim_model::change::Change;
use netiosim_model::status::Status;
use netiosim_model::teredo::{PortWish, TeredoSettings, TeredoType};

use super::teredo_client::{MINUTE_MS, client, network, qualify, unqualified};
use super::teredo_interface::{qualified, row};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("TS-06", |bench| {
        for (kind, number) in [
            (TeredoType::Default, 0),
            (TeredoType::Relay, 1),
            (TeredoType::Client, 2),
            (TeredoType::Server, 3),
            (TeredoType::Disabled, 4),
            (TeredoType::Automatic, 5),
            (TeredoType::EnterpriseClient, 6),
        ] {
            set_type(bench, kind)?;
            let now = client(bench)?.settings().kind.number();
            bench.equal(&format!("the number of {}", kind.word()), &now, &Some(number))?;
        }
        Ok(())
    }),
    Check::of_all("TS-07", |bench| {
        shown(bench, "at first", true)?;
        set_type(bench, TeredoType::Disabled)?;
        shown(bench, "disabled", false)?;
        bench.session().elapse(MINUTE_MS)?;
        shown(bench, "disabled for a minute", false)?;
        set_type(bench, TeredoType::Default)?;
        shown(bench, "no longer disabled", true)
    }),
    Check::of_all("TS-08", |bench| hides(bench, TeredoType::Client)),
    Check::of_all("TS-09", |bench| {
        set_type(bench, TeredoType::EnterpriseClient)?;
        for managed in [true, false, true] {
            bench.change(&network(|network| network.managed = managed))?;
            shown(bench, &format!("with managed {managed}"), true)?;
        }
        qualify(bench)?;
        qualified(bench).map(drop)
    }),
    Check::of_all("TS-10", |bench| hides(bench, TeredoType::Default)),
    Check::of_teredo("TS-11", ports),
    Check::of_all("TS-12", refresh),
    Check::of_all("TS-22", |bench| {
        for (kind, word) in [
            (TeredoType::Relay, "relay"),
            (TeredoType::Server, "server"),
            (TeredoType::Automatic, "automatic"),
        ] {
            set_type(bench, kind)?;
            let now = client(bench)?.settings().kind;
            bench.equal("the type", &(now, now.word()), &(kind, word))?;
            shown(bench, word, true)?;
        }
        Ok(())
    }),
];

/// The type is set, and everything else as it is if nobody sets it.
pub(super) fn set_type(bench: &mut Bench, kind: TeredoType) -> Verdict {
    let settings = TeredoSettings { kind, ..TeredoSettings::default() };
    bench.change(&Change::TeredoPolicy(settings))
}

/// Whether the interface is there.
fn shown(bench: &mut Bench, when: &str, expected: bool) -> Verdict {
    let there = row(bench)?.is_some();
    bench.equal(&format!("whether the interface is there {when}"), &there, &expected)
}

/// The type shows the interface in unmanaged networks and hides it in managed ones.
fn hides(bench: &mut Bench, kind: TeredoType) -> Verdict {
    set_type(bench, kind)?;
    for managed in [false, true, false] {
        bench.change(&network(|network| network.managed = managed))?;
        shown(bench, &format!("with managed {managed}"), !managed)?;
    }
    bench.change(&network(|network| network.managed = true))?;
    set_type(bench, TeredoType::EnterpriseClient)?;
    shown(bench, "as an enterprise client", true)?;
    set_type(bench, kind)?;
    shown(bench, "of that type again", false)
}

/// Port 0 lets the system choose, a port that is in use makes the client fail.
fn ports(bench: &mut Bench) -> Verdict {
    let configured = |client_port| {
        Change::TeredoPolicy(TeredoSettings { client_port, ..TeredoSettings::default() })
    };
    bench.session().stop_teredo()?;
    bench.change(&configured(0))?;
    bench.change(&Change::TeredoStart(PortWish::Another))?;
    qualify(bench)?;
    let port = bench.port()?;
    bench.holds(port >= 49_152, || format!("the system chose {port}, no dynamic port"))?;
    bench.session().stop_teredo()?;
    bench.change(&configured(40_000))?;
    bench.change(&Change::TeredoStart(PortWish::Another))?;
    qualify(bench)?;
    let port = bench.port()?;
    bench.equal("the configured port", &port, &40_000)?;
    bench.session().stop_teredo()?;
    bench.change(&Change::PortOpen { port: 40_000, edge_traversal: false })?;
    bench.change(&Change::TeredoStart(PortWish::Another))?;
    qualify(bench)?;
    let (code, _) = bench.session().teredo_port(Some(0));
    bench.code("GetTeredoPort while the port is in use", code, Status::NotReady)?;
    unqualified(bench, "a client whose port is in use")?;
    bench.change(&Change::PortClose { port: 40_000 })?;
    qualify(bench)?;
    let port = bench.port()?;
    bench.equal("the port that is free again", &port, &40_000)
}

/// The refresh interval is 30 s if nothing is set, and 1 s to 86400 s if something is.
fn refresh(bench: &mut Bench) -> Verdict {
    let unset = client(bench)?.settings().refresh_ms;
    bench.equal("the refresh interval if nothing is set, in ms", &unset, &30_000)?;
    for (refresh_ms, accepted) in [
        (0, false),
        (999, false),
        (1_000, true),
        (45_000, true),
        (86_400_000, true),
        (86_400_001, false),
        (86_401_000, false),
    ] {
        let settings =
            TeredoSettings { refresh_ms, default_qualified: true, ..TeredoSettings::default() };
        bench.change(&Change::TeredoPolicy(settings))?;
        bench.session().restart_teredo(50_000)?;
        bench.session().elapse(500)?;
        qualified(bench)?;
        let client = client(bench)?;
        let fits = client.settings().check().is_ok();
        bench.equal(&format!("whether {refresh_ms} ms is accepted"), &fits, &accepted)?;
        // It is drawn around what is set (TA-20); one refresh may be over already.
        let kept_ms = refresh_ms.clamp(1_000, 86_400_000);
        let next_ms = client.next_timer_ms().unwrap_or_default();
        let most_ms = kept_ms + kept_ms / 2;
        let least_ms = (kept_ms / 2).saturating_sub(500);
        bench.holds((least_ms..=most_ms).contains(&next_ms), || {
            format!("with {refresh_ms} ms the next refresh is due in {next_ms} ms")
        })?;
    }
    Ok(())
}
