//! Files of extreme size or depth, and arbitrary ones: an error, never a crash.

use std::fs::File;
use std::path::Path;
use std::sync::LazyLock;

use netiosim_scenario::{load, read, schema, template};
use proptest::prelude::*;
use serde_json::Value;

fn temporary(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_file_of_100_mb_is_refused_without_reading_it() {
    let path = temporary("big.json");
    let file = File::create(&path).expect("a file");
    file.set_len(100 * 1024 * 1024).expect("a sparse file");
    let problems = load::scenario(&path).expect_err("too big");
    std::fs::remove_file(&path).expect("the file is there");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].reason, "the file has 104857600 bytes; at most 16 MiB are read");
}

#[test]
fn a_text_that_is_too_big_is_refused() {
    let size = usize::try_from(read::LARGEST_FILE).expect("a size") + 1;
    let problems = read::read_scenario(&" ".repeat(size), "x").expect_err("too big");
    assert!(problems[0].reason.contains("at most 16 MiB"), "{problems:?}");
}

#[test]
fn ten_thousand_levels_are_refused() {
    let open = ["[", r#"{"a":"#, r#"{"version":1,"name":"x","clients":["#];
    for part in open {
        for closed in [true, false] {
            let mut text = part.repeat(10_000);
            if closed {
                text.push_str(&part.replace("{\"a\":", "}").replace('[', "]").repeat(10_000));
            }
            let problems = read::read_scenario(&text, "x").expect_err("too deep");
            assert_eq!(problems.len(), 1);
            assert!(problems[0].reason.contains("more than 100 deep"), "{problems:?}");
            assert!(problems[0].render(false).len() < 2000);
        }
    }
}

#[test]
fn brackets_in_strings_are_not_levels() {
    let text = format!(r#"{{"version": 1, "name": "\"{}"}}"#, "[{".repeat(10_000));
    let scenario = read::read_scenario(&text, "x").expect("a good scenario");
    assert_eq!(scenario.name.len(), 20_001);
}

/// As deep as the reader goes, serde goes too.
#[test]
fn what_is_not_too_deep_is_read() {
    let nest = |levels: usize| {
        let open = r#"{"repeat": {"times": 1, "steps": ["#.repeat(levels);
        format!(
            r#"{{"version": 1, "name": "x", "clients": [{{"name": "a", "threads": [
                {{"name": "t", "steps": [{open}{{"exit_process": {{}}}}{}]}}]}}]}}"#,
            "]}}".repeat(levels),
        )
    };
    assert!(read::read_scenario(&nest(30), "x").is_ok());
    let problems = read::read_scenario(&nest(40), "x").expect_err("too deep");
    assert!(problems[0].reason.contains("more than 100 deep"), "{problems:?}");
}

#[test]
fn very_many_problems_are_cut_short() {
    let unknown: Vec<String> = (0..20_000).map(|n| format!("\"member_{n}\": {{}}")).collect();
    let text = format!("{{{}}}", unknown.join(","));
    let problems = read::read_scenario(&text, "x").expect_err("bad");
    assert_eq!(problems.len(), read::MOST_PROBLEMS + 1);
    assert_eq!(problems[read::MOST_PROBLEMS].reason, "there are more problems than are shown");
}

#[test]
fn what_is_no_file_is_told() {
    let of = |path: &Path| load::scenario(path).expect_err("no file")[0].reason.clone();
    assert_eq!(of(&temporary("no_such_file.json")), "there is no such file");
    assert_eq!(
        of(Path::new(env!("CARGO_TARGET_TMPDIR"))),
        "cannot read the file: it is a directory"
    );
}

/// Reads and shows whatever comes out.
fn try_text(text: &str) {
    if let Err(problems) = load::scenario_text(text, "x.json", Path::new("/nowhere")) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(!problem.render(false).is_empty());
            assert!(!problem.render(true).is_empty());
            assert!(!problem.reason.is_empty());
        }
    }
    let _ = read::read_stack_file(text, "x.json");
    let _ = read::locate(text, "clients[0].name");
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("version"),
        Just("name"),
        Just("clients"),
        Just("threads"),
        Just("steps"),
        Just("stack"),
        Just("lock"),
        Just("when"),
        Just("then"),
        Just("event"),
        Just("timeline"),
        Just("port"),
        Just("home"),
        Just("$port"),
        Just("é\u{202e}\u{0}"),
        Just(""),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from(1)),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

/// Changes one value somewhere within a good scenario.
fn mutate(value: &mut Value, path: &[prop::sample::Index], with: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = with.clone();
        return;
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            let key = first.get(&members.keys().cloned().collect::<Vec<_>>()).clone();
            mutate(members.get_mut(&key).expect("a key"), rest, with);
        }
        Value::Array(elements) if !elements.is_empty() => {
            let at = first.index(elements.len());
            mutate(&mut elements[at], rest, with);
        }
        other => *other = with.clone(),
    }
}

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::scenario()).expect("a schema"));

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        match read::text_of("x.json", bytes) {
            Ok(text) => try_text(&text),
            Err(problem) => prop_assert!(!problem.render(false).is_empty()),
        }
    }

    #[test]
    fn arbitrary_text_of_json_letters_never_panics(text in r#"[\[\]{}":,0-9a-z \\\n\tü.\-/]{0,120}"#) {
        try_text(&text);
    }

    #[test]
    fn arbitrary_json_never_panics(value in any_json()) {
        try_text(&value.to_string());
    }

    /// What the walk over the schema finds good is good for serde, and means the same; what it alone
    /// finds bad is bad for a validator of JSON Schema, too.
    #[test]
    fn the_walk_and_serde_agree(
        example in prop::sample::select(template::scenario_names().collect::<Vec<_>>()),
        path in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
        with in any_json(),
    ) {
        let text = template::scenario(example).expect("an example");
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        mutate(&mut value, &path, &with);
        let text = value.to_string();
        let serde = serde_json::from_str::<netiosim_scenario::format::Scenario>(&text);
        let read = read::read_scenario(&text, "x.json");
        match (serde, read) {
            (Ok(typed), Ok(read)) => prop_assert_eq!(typed, read),
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => prop_assert!(false, "{}", error),
            // Serde takes a list for a struct and `{"home": null}` for a word: the schema does not.
            (Ok(_), Err(problems)) => prop_assert!(!VALIDATOR.is_valid(&value), "{:?}", problems),
        }
        try_text(&text);
    }

    /// A text that is cut anywhere, or has a letter replaced, never makes the reader panic.
    #[test]
    fn damaged_examples_never_panic(
        example in prop::sample::select(template::scenario_names().collect::<Vec<_>>()),
        at in any::<prop::sample::Index>(),
        letter in any::<char>(),
        cut in any::<bool>(),
    ) {
        let mut letters: Vec<char> = template::scenario(example).expect("an example").chars().collect();
        let at = at.index(letters.len());
        if cut { letters.truncate(at) } else { letters[at] = letter }
        try_text(&letters.into_iter().collect::<String>());
    }
}
