//! `netiosim explore --checkpoint` and `--resume`: a search that goes on where it was cut short.

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{Done, folder, netiosim, netiosim_in};

const FILE: &str = "scenarios/exploration/four_events.json";

fn explore(more: &[&str]) -> Done {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    netiosim_in(&root, [&["explore"], more].concat())
}

/// Everything of an exploration but how long it took.
fn told(done: &Done) -> Value {
    let mut report: Value = serde_json::from_str(&done.stdout).expect("a report");
    let one = &mut report["explorations"][0];
    for time in ["seconds", "states_per_second", "bytes"] {
        one.as_object_mut().expect("an object").remove(time);
    }
    one.take()
}

#[test]
fn a_search_that_was_cut_short_goes_on() {
    let kept = folder("explore_kept").join("search.json");
    let kept = kept.to_str().expect("a readable path");
    let _ = fs::remove_file(kept);
    let help = netiosim(["explore", "--help"]);
    assert!(help.stdout.contains("--checkpoint <FILE>") && help.stdout.contains("--resume <FILE>"));
    let cut = explore(&[FILE, "--max-states", "100", "--checkpoint", kept]);
    assert_eq!(cut.code, 2, "{}", cut.stdout);
    assert!(cut.stdout.contains("the limit of 100 states was reached"), "{}", cut.stdout);
    assert!(cut.stderr.contains(" states: go on with --resume"));
    let whole = explore(&[FILE, "--format", "json"]);
    let rest = explore(&[FILE, "--format", "json", "--resume", kept]);
    assert_eq!((whole.code, rest.code), (0, 0), "{}", rest.stderr);
    assert_eq!(told(&rest), told(&whole));
    // What is complete is not kept: there is nothing to go on with.
    let new = folder("explore_kept").join("new.json");
    let _ = fs::remove_file(&new);
    let whole = explore(&[FILE, "--checkpoint", new.to_str().expect("a readable path")]);
    assert!(whole.code == 0 && !new.exists());
}

#[test]
fn what_cannot_go_on_says_why() {
    let kept = folder("explore_not_kept").join("search.json");
    let kept = kept.to_str().expect("a readable path");
    explore(&[FILE, "--max-states", "50", "--checkpoint", kept]);
    let other = "scenarios/deadlocks/self_cancel.json";
    for (args, says) in [
        (vec![other, "--resume", kept], "this checkpoint belongs to another search"),
        (vec![FILE, "--profile", "observed", "--resume", kept], "its subject is documented "),
        (vec![FILE, "--slow-threads", "--resume", kept], "its kind of threads is quick, not slow"),
        (vec![FILE, other, "--resume", kept], "is for one scenario under one profile"),
        (
            vec![FILE, "--strategy", "random", "--checkpoint", kept],
            "is for the strategy exhaustive",
        ),
        (vec![FILE, "--resume", "no/such/file"], "no/such/file"),
        (vec![FILE, "--resume", FILE], "this is no checkpoint of a search"),
    ] {
        let done = explore(&args);
        assert_eq!(done.code, 64, "{args:?}: {}", done.stdout);
        let text = format!("{}{}", done.stdout, done.stderr);
        assert!(text.contains(says), "{args:?}: {text}");
    }
}
