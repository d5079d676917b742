//! The shorter tables of the page: states, columns, types, qualification, dormancy, numbers.

use std::fmt::Write as _;

use super::super::event::{PortWish, TeredoEvent};
use super::super::port::{FIRST_DYNAMIC_PORT, LAST_DYNAMIC_PORT};
use super::super::rules::{DormancyRule, TeredoRules};
use super::super::settings::{
    DEFAULT_REFRESH_MS, MAX_REFRESH_MS, MIN_REFRESH_MS, NatKind, TeredoNetwork, TeredoSettings,
    TeredoType,
};
use super::super::state::{TeredoError, TeredoState};
use super::super::timers::{
    DORMANCY_MS, ROUND_TRIP_MS, SOLICITATION_ATTEMPTS, SOLICITATION_TIMEOUT_MS,
};
use super::super::wire::{DISCOVERY_GROUP, TEREDO_MTU, TEREDO_PORT};
use super::scene::{Scene, Situation};
use super::truths::{Cell, declared, letter, mark};
use super::{address_cell, media_cell, query_cell, status_cell};
use crate::truth::Truth;

/// What each state shows, read from a client that is in it.
pub(super) fn states() -> String {
    let mut text = String::from(
        "\n## The states\n\n\
         | State | Meaning | GetTeredoPort | Status | Media | Addresses | Ids |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let rows = [
        (Situation::Disabled, "switched off by its type", Truth::Documented, "TS-07"),
        (Situation::Stopped, "not running", Truth::Observed, "TS-21"),
        (Situation::Dormant, "running, idle, wakes on demand", Truth::Documented, "TS-01 TS-02"),
        (Situation::Probe, "trying to reach the server", Truth::Observed, "TS-21 TA-12"),
        (Situation::Qualified, "usable", Truth::Documented, "TS-01"),
    ];
    for (situation, meaning, truth, ids) in rows {
        let scene = Scene::set(situation);
        let cells = [query_cell(&scene), status_cell(&scene), media_cell(&scene)];
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {ids} |",
            scene.client.state(),
            mark(meaning, truth),
            cells.join(" | "),
            address_cell(&scene, &[]),
        );
    }
    text.push_str("\nWhy a client is offline, if nobody stopped it:\n\n");
    for error in TeredoError::ALL {
        let (truth, ids) = error_truth(error);
        let _ = writeln!(text, "- {} ({ids})", mark(error.text(), truth));
    }
    text
}

const fn error_truth(error: TeredoError) -> (Truth, &'static str) {
    match error {
        TeredoError::ManagedNetwork => (Truth::Observed, "TS-08 TS-13"),
        TeredoError::NoFirewall => (Truth::Derived, "TS-15"),
        TeredoError::NoIpv6 => (Truth::Derived, "GT-07 GT-08"),
        TeredoError::NoSuchService => (Truth::Chosen, "TS-22, C-30"),
        TeredoError::PortInUse => (Truth::Documented, "TS-11"),
        TeredoError::NoFreePort => (Truth::Chosen, "TS-11"),
        TeredoError::ServerUnreachable => (Truth::Documented, "TA-14"),
        TeredoError::SymmetricNat => (Truth::Documented, "TA-16"),
        TeredoError::MappingNotGlobal => (Truth::Derived, "TA-09"),
    }
}

/// Every value of every column, with its truth and its ids.
pub(super) fn columns() -> String {
    let mut text = String::from(
        "\n## What stands in the columns\n\n| Column | Cell | Meaning | Ids |\n|---|---|---|---|\n",
    );
    for cell in Cell::ALL {
        let (words, truth, ids) = declared(cell);
        let (column, meaning) = (cell.column(), cell.meaning());
        let _ = writeln!(text, "| {column} | {} | {meaning} | {ids} |", mark(words, truth));
    }
    text
}

/// Every configured type, in an unmanaged and in a managed network.
pub(super) fn types() -> String {
    let mut text = String::from(
        "\n## Configured types\n\n\
         A client of each type that was told to start (TS-06 to TS-10, TS-13, TS-14, TS-22).\n\n\
         | Type | Number | Unmanaged network | Managed network | Truth |\n|---|---|---|---|---|\n",
    );
    for kind in TeredoType::ALL {
        let number = kind.number().map_or_else(|| "not documented".to_owned(), |n| n.to_string());
        let started = |managed| {
            let settings = TeredoSettings { kind, ..TeredoSettings::default() };
            let network = TeredoNetwork { managed, ..TeredoNetwork::default() };
            let mut scene = Scene::new(settings, network, TeredoRules::default());
            scene.handle(&TeredoEvent::Start(PortWish::Another));
            let error = scene.client.error().map(|error| format!(": {error}")).unwrap_or_default();
            let shown = if scene.client.interface_present() { "shown" } else { "absent" };
            format!("{}{error}; interface {shown}", scene.client.state())
        };
        let truth = match kind {
            TeredoType::Default
            | TeredoType::Client
            | TeredoType::Disabled
            | TeredoType::EnterpriseClient => Truth::Documented,
            TeredoType::Relay
            | TeredoType::Server
            | TeredoType::Automatic
            | TeredoType::NatAwareClient => Truth::Chosen,
        };
        let _ = writeln!(
            text,
            "| {} | {number} | {} | {} | {} |",
            kind.word(),
            started(false),
            started(true),
            letter(truth),
        );
    }
    text.push_str(
        "\nDocumented is whether the interface shows; the error of a managed network is observed \
         (TS-13).\n",
    );
    text
}

/// Every kind of NAT under the three protocols, with and without a server.
pub(super) fn qualification() -> String {
    let rfc4380 = TeredoRules { rfc5991: false, ..TeredoRules::default() };
    let rfc6081 = TeredoRules { rfc6081: true, ..TeredoRules::default() };
    let protocols =
        [("RFC 4380", rfc4380), ("RFC 5991", TeredoRules::default()), ("RFC 6081", rfc6081)];
    let mut text = String::from(
        "\n## Qualification\n\n\
         From the start of the probe to its end, by the kind of NAT (TA-12 to TA-19). The phases \
         and their\ntime-outs are documented; that an answer takes 100 ms is chosen. RFC 5991 here \
         stands for the\ndefault rules; RFC 6081 adds to them that a symmetric NAT is usable.\n\n\
         | NAT | Server | RFC 4380 | RFC 5991 | RFC 6081 |\n|---|---|---|---|---|\n",
    );
    for nat in NatKind::ALL {
        for server_reachable in [true, false] {
            let results = protocols.map(|(_, rules)| {
                let network = TeredoNetwork { nat, server_reachable, ..TeredoNetwork::default() };
                let mut scene = Scene::new(TeredoSettings::default(), network, rules);
                scene.handle(&TeredoEvent::Start(PortWish::Another));
                scene.handle(&TeredoEvent::Qualify);
                let took_ms = scene.run_probe();
                let error = scene.client.error().map(|e| format!(", {e}")).unwrap_or_default();
                format!("{} after {took_ms} ms{error}", scene.client.state())
            });
            let server = if server_reachable { "answers" } else { "silent" };
            let _ = writeln!(text, "| {} | {server} | {} |", nat_word(nat), results.join(" | "));
        }
    }
    text.push_str(LOST_SERVER);
    let mut scene = Scene::set(Situation::Qualified);
    scene.handle(&TeredoEvent::ServerReachable(false));
    let mut attempts = Vec::new();
    while scene.client.state() == TeredoState::Qualified {
        let (waited_ms, _) = scene.fire();
        attempts.push(waited_ms);
    }
    let (refresh_ms, timeouts) = attempts.split_first().unwrap_or((&0, &[]));
    let _ = writeln!(
        text,
        "here after a refresh interval of {refresh_ms} ms, {} solicitations without an answer, {} \
         ms in all; the client is then {} with the error \"{}\".",
        timeouts.len(),
        timeouts.iter().sum::<u64>(),
        scene.client.state(),
        scene.client.error().map_or("none", TeredoError::text),
    );
    text
}

const LOST_SERVER: &str = "
A qualified client notices a lost server at the refresh (TA-21, documented) and stays qualified until
the last time-out (chosen): ";

const fn nat_word(nat: NatKind) -> &'static str {
    match nat {
        NatKind::None => "none",
        NatKind::Cone => "cone",
        NatKind::Restricted => "restricted",
        NatKind::PortRestricted => "port restricted",
        NatKind::Symmetric => "symmetric",
    }
}

/// What sends a qualified client to sleep under each rule.
pub(super) fn dormancy() -> String {
    let mut text = String::from(
        "\n## Falling asleep\n\n\
         The two documented rules contradict each other (C-28): TS-18 wants an hour without traffic \
         and no listener with edge traversal, TS-19 no such listener. The machine offers both.\n\n\
         | What happens to a qualified client | Rule TS-18 | Rule TS-19 |\n|---|---|---|\n",
    );
    let rules = [DormancyRule::HourWithoutTraffic, DormancyRule::NoEdgeListener];
    for (title, story) in STORIES {
        let ends = rules.map(|dormancy| {
            let rules = TeredoRules { dormancy, ..TeredoRules::default() };
            story(rules).word().to_owned()
        });
        let _ = writeln!(text, "| {title} | {} |", ends.join(" | "));
    }
    text.push_str(
        "\nThat a client woken without any such listener sleeps after an hour under TS-19 too is \
         chosen: the page, taken literally, would never let it wake.\n",
    );
    text
}

type Story = fn(TeredoRules) -> TeredoState;

const STORIES: [(&str, Story); 5] = [
    ("an hour passes, no listener", |rules| {
        let mut scene = awake(rules, false, false);
        pass(&mut scene, DORMANCY_MS);
        scene.client.state()
    }),
    ("an hour passes, a listener with edge traversal runs", |rules| {
        let mut scene = awake(rules, true, false);
        pass(&mut scene, DORMANCY_MS);
        scene.client.state()
    }),
    ("that listener closes within the hour", |rules| {
        let mut scene = awake(rules, true, false);
        close_listener(&mut scene);
        scene.client.state()
    }),
    ("that listener closes after the hour", |rules| {
        let mut scene = awake(rules, true, false);
        pass(&mut scene, DORMANCY_MS);
        close_listener(&mut scene);
        scene.client.state()
    }),
    ("the same with DefaultQualified on (TS-03)", |rules| {
        let mut scene = awake(rules, true, true);
        pass(&mut scene, DORMANCY_MS);
        close_listener(&mut scene);
        scene.client.state()
    }),
];

const LISTENER: u16 = 7_000;

fn awake(rules: TeredoRules, listener: bool, default_qualified: bool) -> Scene {
    let settings = TeredoSettings { default_qualified, ..TeredoSettings::default() };
    let mut scene = Scene::new(settings, TeredoNetwork::default(), rules);
    if listener {
        scene.ports_in_use.insert(LISTENER, true);
    }
    scene.handle(&TeredoEvent::Start(PortWish::Another));
    scene.handle(&TeredoEvent::Qualify);
    scene.run_probe();
    scene
}

/// Lets time pass, firing what comes due.
fn pass(scene: &mut Scene, ms: u64) {
    let mut left_ms = ms;
    while let Some(due_ms) = scene.client.next_timer_ms().filter(|due_ms| *due_ms <= left_ms) {
        left_ms -= due_ms;
        scene.fire();
    }
    scene.client.elapse(left_ms);
}

fn close_listener(scene: &mut Scene) {
    scene.ports_in_use.remove(&LISTENER);
    scene.handle(&TeredoEvent::ListenersChanged);
}

/// The constants.
pub(super) fn numbers() -> String {
    let rows = [
        (
            "solicitation time-out T",
            format!("{SOLICITATION_TIMEOUT_MS} ms"),
            Truth::Documented,
            "TA-13",
        ),
        (
            "solicitations per phase N",
            SOLICITATION_ATTEMPTS.to_string(),
            Truth::Documented,
            "TA-13",
        ),
        ("answer of a reachable server", format!("{ROUND_TRIP_MS} ms"), Truth::Chosen, "-"),
        ("refresh interval", format!("{DEFAULT_REFRESH_MS} ms"), Truth::Documented, "TA-20 TS-12"),
        (
            "refresh interval, least and most",
            format!("{MIN_REFRESH_MS} ms, {MAX_REFRESH_MS} ms"),
            Truth::Documented,
            "TS-12",
        ),
        ("refresh interval, drawn from", "75 to 100 %".to_owned(), Truth::Documented, "TA-20"),
        ("the same under RFC 6081", "50 to 150 %".to_owned(), Truth::Documented, "TA-20"),
        ("time without traffic", format!("{DORMANCY_MS} ms"), Truth::Documented, "TS-18"),
        (
            "dynamic ports",
            format!("{FIRST_DYNAMIC_PORT} to {LAST_DYNAMIC_PORT}"),
            Truth::Chosen,
            "TS-11 TS-17",
        ),
        (
            "static port and group",
            format!("{TEREDO_PORT}, {DISCOVERY_GROUP}"),
            Truth::Documented,
            "TA-10 TA-11",
        ),
        ("interface MTU", format!("{TEREDO_MTU} octets"), Truth::Documented, "TA-26"),
    ];
    let mut text = String::from("\n## Numbers\n\n| What | Value | Ids |\n|---|---|---|\n");
    for (what, value, truth, ids) in rows {
        let _ = writeln!(text, "| {what} | {} | {ids} |", mark(&value, truth));
    }
    text
}
