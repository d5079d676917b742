//! The target `schedule`: schedules, checkpoints, and what else stands on a command line.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use netiosim_explore::scenario::{Checkpoint, Limits, Search, Wanted, follow};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_model::schedule::{Schedule, Subject};
use netiosim_model::windows::Windows;
use netiosim_scenario::load::{Loaded, scenario_text};
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::run::{RunMode, run_scenario};
use netiosim_scenario::world::{Choice, World};

use crate::bytes::Bytes;

/// What schedules are replayed on: small, and without loops.
const SCENARIOS: [&str; 3] = [
    r#"{"version": 1, "name": "one registers", "timeline": [{"at_ms": 5, "event": {"teredo_restart": {"port": 50001}}}],
    "clients": [{"name": "c", "callbacks": {"f": [{"get_teredo_port": {}}]}, "threads": [{"name": "main", "steps": [
        {"notify_teredo_port_change": {"as": "ports", "callback": "f", "initial": true}},
        {"sleep": {"ms": 10}},
        {"cancel": {"handle": "ports"}}]}]}]}"#,
    r#"{"version": 1, "name": "two threads, one lock", "clients": [{"name": "c", "locks": [{"name": "state"}],
    "callbacks": {"f": [{"lock": {"lock": "state"}}, {"unlock": {"lock": "state"}}]}, "threads": [
        {"name": "main", "steps": [
            {"notify_teredo_port_change": {"as": "ports", "callback": "f"}},
            {"change": {"event": {"teredo_restart": {}}}},
            {"lock": {"lock": "state"}}, {"cancel": {"handle": "ports"}}, {"unlock": {"lock": "state"}}]},
        {"name": "other", "steps": [{"lock": {"lock": "state"}}, {"unlock": {"lock": "state"}}]}]}]}"#,
    r#"{"version": 1, "name": "a callback cancels", "timeline": [{"at_ms": 1, "event": {"interface_set": {"interface": "Ethernet", "family": "inet", "members": {"NlMtu": 1400}}}}],
    "clients": [{"name": "c", "callbacks": {"f": [{"cancel": {"handle": "rows"}}]}, "threads": [{"name": "main", "steps": [
        {"notify_ip_interface_change": {"as": "rows", "callback": "f"}}]}]}]}"#,
];

/// The profiles that they are replayed under.
const PROFILES: [Profile; 2] = [Profile::Documented, Profile::Adversarial];

/// The subject of the checkpoints that fit.
const SUBJECT: &str = "fuzz";

struct Known {
    loaded: Loaded,
    programs: [Arc<Program>; 2],
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = SCENARIOS.iter().map(|text| {
        let loaded = match scenario_text(text, "known.json", Path::new("")) {
            Ok(loaded) => loaded,
            Err(problems) => panic!("{}", problems[0].render(false)),
        };
        let program = |profile| {
            let program = compile(&loaded.scenario, &loaded.stack, profile);
            Arc::new(program.expect("a known scenario can be built"))
        };
        let programs = PROFILES.map(program);
        Known { loaded, programs }
    });
    known.collect()
});

/// The bytes as a schedule, as a checkpoint of a search, as a seed, a strategy, a version of Windows or a profile; and as the
/// choices of a run.
///
/// What is read is printed as it was; a schedule that is read can be followed or is refused with a place; choices that were
/// possible once are possible again, and lead to the same.
///
/// # Panics
///
/// If that does not hold.
pub fn schedule(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        words(text.trim());
        written(text);
        checkpoint(text);
    }
    let mut bytes = Bytes::new(data);
    match bytes.below(4) {
        0 => sealed(&mut bytes),
        1 => codes(&mut bytes),
        2 => search(&mut bytes),
        _ => choices(&mut bytes),
    }
}

/// What stands behind an option.
fn words(text: &str) {
    if let Ok(seed) = text.parse::<u64>()
        && let Some(known) = KNOWN.get((seed % 3) as usize)
    {
        let run = || run_scenario(&known.loaded, PROFILES[1], RunMode::Manual, Some(seed));
        let (first, second) = (run().expect("it runs"), run().expect("it runs"));
        assert_eq!((first.seed, first.verdict), (seed, second.verdict));
        assert_eq!(first.trace, second.trace, "seed {seed}");
    }
    if let Ok(kind) = text.parse::<StrategyKind>() {
        assert_eq!(kind.to_string().parse(), Ok(kind), "{text}");
    }
    if let Ok(profile) = text.parse::<Profile>() {
        assert_eq!(profile.name().parse(), Ok(profile), "{text}");
    }
    if let Ok(windows) = text.parse::<Windows>() {
        assert!(windows.to_string().starts_with("Windows "), "{text}");
    }
}

/// A text that may be a schedule.
fn written(text: &str) {
    match text.trim().parse::<Schedule>() {
        Ok(schedule) => {
            assert_eq!(schedule.to_string(), text.trim(), "printed it is something else");
            replay(&schedule);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Symbols of the bytes, with the right length and the right checksum: so that more is read than a checksum.
fn sealed(bytes: &mut Bytes<'_>) {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let symbol = |value: u64| char::from(ALPHABET[(value & 63) as usize]);
    let subject = if bytes.bit() { "n1s" } else { "n1c" };
    let mut body = String::new();
    while !bytes.is_over() && body.len() < 4096 {
        body.push(symbol(u64::from(bytes.byte())));
    }
    let mut text = subject.to_owned();
    let mut length = body.len() as u64;
    while length >= 32 {
        text.push(symbol(length & 31 | 32));
        length >>= 5;
    }
    text.push(symbol(length));
    text.push_str(&body);
    let sum = u64::from(crc(text.as_bytes()));
    text.extend((0..6).rev().map(|at| symbol(sum >> (6 * at))));
    written(&text);
}

/// CRC-32 (ISO-HDLC).
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// Codes of the bytes.
fn codes(bytes: &mut Bytes<'_>) {
    let mut steps = Vec::new();
    while !bytes.is_over() && steps.len() < 256 {
        steps.push(match bytes.byte() {
            0xF0.. => bytes.u32(),
            small => u32::from(small),
        });
    }
    let subject = if steps.len() % 2 == 0 { Subject::Scenario } else { Subject::Code };
    let schedule = Schedule { subject, fingerprint: steps.len() as u64, steps };
    assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
    replay(&schedule);
}

/// Follows it on everything that is known.
fn replay(schedule: &Schedule) {
    for program in KNOWN.iter().flat_map(|known| &known.programs) {
        match follow(program, schedule) {
            Ok(told) => assert!(told.findings.iter().all(|finding| !finding.is_empty())),
            Err(strayed) => {
                assert!(strayed.at < schedule.steps.len(), "{strayed}");
                assert!(!strayed.offered.is_empty(), "{strayed}");
            }
        }
    }
}

/// A text that may be a checkpoint.
fn checkpoint(text: &str) {
    match Checkpoint::parse(text) {
        Ok(kept) => {
            let again = kept.text();
            assert_eq!(Checkpoint::parse(&again), Ok(kept.clone()), "{again}");
            assert!(kept.states() >= 1);
            resume(&kept);
        }
        Err(misfit) => assert!(!misfit.to_string().is_empty()),
    }
}

/// Goes on from it where it fits.
fn resume(kept: &Checkpoint) {
    for known in KNOWN.iter() {
        for orderly in [false, true] {
            let wanted = Wanted { orderly, ..Wanted::default() };
            match Search::resume(&known.programs[0], wanted, kept, SUBJECT) {
                Ok(search) => assert_eq!(search.checkpoint(SUBJECT).states(), kept.states()),
                Err(misfit) => assert!(!misfit.to_string().is_empty()),
            }
        }
    }
}

/// A search that is cut short, kept, read, and goes on, sees as much as one that is not; a kept one that is changed is refused
/// or goes on.
fn search(bytes: &mut Bytes<'_>) {
    let known = &KNOWN[bytes.below(3)];
    let program = &known.programs[0];
    let wanted = Wanted { orderly: bytes.bit(), ..Wanted::default() };
    let limits = |states| Limits { states, ..Limits::default() };
    let first = 1 + bytes.below(40);
    let mut cut = Search::new(program, wanted);
    cut.run(&limits(first), &mut |_| None);
    let text = cut.checkpoint(SUBJECT).text();
    let kept = Checkpoint::parse(&text).expect("what was written is read");
    assert_eq!(kept.text(), text);
    assert!(Search::resume(program, wanted, &kept, SUBJECT).is_ok(), "{text}");
    let mut changed = text.into_bytes();
    for _ in 0..1 + bytes.below(3) {
        let at = usize::from(bytes.u16()) % changed.len();
        changed[at] = bytes.of(b"0123456789[]{},\"");
    }
    if let Ok(text) = String::from_utf8(changed) {
        checkpoint(&text);
    }
}

/// Steps that the bytes choose of what is possible: their codes lead there again.
fn choices(bytes: &mut Bytes<'_>) {
    let known = &KNOWN[bytes.below(3)];
    let program = &known.programs[bytes.below(2)];
    let mut world = World::new(program, program.seed).replayed();
    let mut steps: Vec<(Choice, Vec<usize>)> = Vec::new();
    while steps.len() < 64 && !bytes.is_over() {
        let possible = world.choices();
        if possible.is_empty() {
            break;
        }
        let choice = bytes.of(&possible);
        world.guide(&[]);
        world.step(choice);
        let picks = world.decisions().iter().map(|decision| decision.picked).collect();
        steps.push((choice, picks));
    }
    let taken = steps.iter().map(|(choice, picks)| (*choice, picks.as_slice()));
    let codes = World::codes(program, taken);
    let fingerprint = known.loaded.fingerprint(PROFILES[0]);
    let schedule = Schedule { subject: Subject::Scenario, fingerprint, steps: codes };
    let printed = schedule.to_string();
    assert_eq!(printed.parse(), Ok(schedule.clone()));
    let told = follow(program, &schedule);
    assert!(told.is_ok(), "{printed} strays: {}", told.unwrap_err());
    // One that is changed answers.
    let mut other = schedule;
    if !other.steps.is_empty() {
        let at = bytes.below(other.steps.len());
        other.steps[at] ^= 1 << (bytes.byte() % 32);
    }
    replay(&other);
}
