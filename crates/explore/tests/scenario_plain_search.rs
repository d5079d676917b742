//! The states that the search counts are those that a plain search over whole worlds counts, which knows nothing of steps
//! that are taken once.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use netiosim_explore::scenario::{Limits, Wanted, exhaust};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::load;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::world::{Choice, World, WorldPart, WorldPartName};

/// As many states has a scenario at most that is compared, and as many steps: a debug build compares them within seconds.
const MOST: usize = 100;
const MOST_STEPS: u64 = 400;

type Key = Vec<(WorldPartName, WorldPart)>;

fn key(world: &World) -> Key {
    let mut all: Key =
        world.part_names().filter_map(|name| Some((name, world.part(name)?))).collect();
    all.sort_by_key(|(name, _)| *name);
    all
}

fn is_bad(world: &World, allowed: &[Rule]) -> bool {
    let history = world.part(WorldPartName::History).expect("there is one");
    let (rules, _) = history.history().expect("it is one");
    rules.iter().any(|rule| !allowed.contains(rule))
}

/// Everything that can follow, in all ways.
fn following(world: &World) -> Vec<World> {
    let mut choices: Vec<Choice> =
        (0..world.runners()).filter(|n| world.may_run(*n)).map(Choice::Run).collect();
    choices.extend(world.enabled_lanes().into_iter().map(Choice::Deliver));
    if world.is_due() {
        choices.push(Choice::Timeline);
    }
    if world.time_may_pass() {
        choices.push(Choice::Time);
    }
    let mut all = Vec::new();
    for choice in choices {
        let mut path: Vec<usize> = Vec::new();
        loop {
            let mut next = world.clone();
            next.guide(&path);
            next.step(choice);
            let decisions = next.decisions();
            let open = decisions.iter().rposition(|d| d.picked + 1 < d.among.len());
            path = decisions.iter().map(|decision| decision.picked).collect();
            all.push(next);
            let Some(open) = open else { break };
            path.truncate(open + 1);
            path[open] += 1;
        }
    }
    all
}

/// States, transitions and ends; `None` if there are too many.
fn plain(program: &Arc<Program>, allowed: &[Rule]) -> Option<(usize, u64, u64)> {
    let first = World::new(program, program.seed).searched();
    let mut seen: HashSet<Key> = [key(&first)].into();
    let mut queue = VecDeque::from([first]);
    let (mut transitions, mut ends) = (0, 0);
    while let Some(world) = queue.pop_front() {
        if is_bad(&world, allowed) {
            continue;
        }
        let all = following(&world);
        ends += u64::from(all.is_empty());
        for next in all {
            transitions += 1;
            if seen.insert(key(&next)) {
                queue.push_back(next);
            }
        }
        if seen.len() > MOST {
            return None;
        }
    }
    Some((seen.len(), transitions, ends))
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            all.push(path);
        }
    }
}

#[test]
fn the_corpus_has_the_same_states_either_way() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let mut all = Vec::new();
    files(corpus, &mut all);
    let mut compared = 0;
    for (n, file) in all.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
        let loaded = load::scenario(file).expect("a file of the corpus is good");
        // Every profile is somebody's turn; where most options are open, one file has more ways than all others together.
        let profile = [Profile::Documented, Profile::Observed, Profile::Wine][n / 3 % 3];
        let Ok(program) = compile(&loaded.scenario, &loaded.stack, profile) else { continue };
        let program = Arc::new(program);
        let expect = &program.expect.findings;
        let rules = |texts: &[String]| -> Vec<Rule> {
            texts.iter().filter_map(|text| Rule::parse(text).ok()).collect()
        };
        let mut allowed = [rules(&expect.must), rules(&expect.may)].concat();
        allowed.retain(|rule| !rules(&expect.must_not).contains(rule));
        let limits = Limits { states: MOST, ..Limits::default() };
        let wanted = Wanted { findings_only: true, ..Wanted::default() };
        let seen = exhaust(&program, wanted, &limits, &mut |_| None);
        if seen.stopped.is_some() || seen.transitions > MOST_STEPS {
            continue;
        }
        let file = file.display();
        let plain = plain(&program, &allowed);
        assert_eq!(plain, Some((seen.states, seen.transitions, seen.ends)), "{file}, {profile}");
        compared += 1;
    }
    assert!(compared > 50, "only {compared} of {} files are small enough", all.len());
}
