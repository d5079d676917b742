//! The profiles: what each allows, and how options are decided in a run.

use std::fs;
use std::path::Path;

use netiosim_model::choose::{Chooser, First};
use netiosim_model::profile::{OPTIONS, OptionId, Options, Profile, Scope, markdown};
use netiosim_model::truth::Truth;

/// Option, documented, observed, adversarial, wine: what was decided, apart from the table.
const DECIDED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "null-callback",
        "invalid-parameter",
        "invalid-parameter",
        "invalid-parameter invalid-handle",
        "invalid-parameter",
    ),
    (
        "null-handle-pointer",
        "invalid-parameter",
        "invalid-parameter",
        "invalid-parameter invalid-handle",
        "invalid-parameter",
    ),
    (
        "stale-cancel",
        "invalid-parameter",
        "invalid-parameter",
        "invalid-parameter invalid-handle success",
        "success",
    ),
    ("initial-thread", "caller", "caller", "caller pool", "caller"),
    ("initial-unspec", "once", "per-family", "once per-family", "once"),
    ("serialization", "handle", "lane", "handle lane", "handle"),
    ("delivery-order", "registration", "registration", "any", "registration"),
    ("port-change-type", "parameter", "parameter", "parameter add", "parameter"),
    ("port-on-stop", "silent", "silent", "silent zero-delete zero-parameter", "silent"),
    ("same-port-restart", "silent", "silent", "silent notify", "silent"),
    (
        "error-priority",
        "pointer-family-keys-stack-interface",
        "pointer-family-keys-stack-interface",
        "pointer-family-keys-stack-interface access-first",
        "pointer-family-keys-stack-interface",
    ),
    (
        "no-memory-status",
        "insufficient-resources",
        "insufficient-resources",
        "insufficient-resources",
        "insufficient-resources",
    ),
    ("kernel-error-names", "literal", "literal", "literal", "literal"),
    ("events-during-cancel", "drop", "drop", "drop deliver", "drop"),
    ("coalescing", "none", "none", "none same-key", "none"),
    ("row-non-key", "poison", "zero", "poison zero", "poison"),
    (
        "dormancy-rule",
        "hour-without-traffic",
        "hour-without-traffic",
        "hour-without-traffic no-edge-listener",
        "hour-without-traffic",
    ),
    ("relay-port", "dynamic", "dynamic", "dynamic port-3544", "dynamic"),
    ("dormant-client", "started", "started", "started not-started", "started"),
    ("port-byte-order", "host", "host", "host", "host"),
    ("failed-cancel", "stays-live", "stays-live", "stays-live gone", "stays-live"),
    ("concurrent-cancel", "wait", "wait", "wait refuse", "wait"),
    (
        "handle-written",
        "before-initial",
        "after-return",
        "before-initial after-return",
        "before-initial",
    ),
    ("registration", "works", "works", "works", "stub"),
    (
        "cascade-order",
        "port-interface-address",
        "port-interface-address",
        "any",
        "port-interface-address",
    ),
    ("teredo-flags", "rfc5991", "rfc5991", "rfc5991 rfc4380", "rfc5991"),
    ("symmetric-nat", "offline", "offline", "offline usable", "offline"),
    ("teredo-query", "works", "works", "works", "not-supported"),
    ("unknown-luid", "file-not-found", "not-found", "file-not-found not-found", "not-found"),
    ("interface-table-unspec", "accepted", "accepted", "accepted refused", "accepted"),
    ("initialize-interface-row", "zero", "unchanged", "zero unchanged", "zero"),
    ("create-preferred", "honoured", "honoured", "honoured ignored", "honoured"),
    ("duplicate-address", "interface", "machine", "interface machine", "interface"),
    (
        "unicast-no-keys",
        "invalid-parameter",
        "file-not-found",
        "invalid-parameter file-not-found",
        "file-not-found",
    ),
    (
        "route-duplicate",
        "prefix-and-next-hop",
        "prefix-and-next-hop",
        "prefix-and-next-hop prefix",
        "prefix-and-next-hop",
    ),
    ("site-prefix-marker", "refused", "accepted", "refused accepted", "refused"),
    (
        "best-route-any-interface",
        "search-all",
        "search-all",
        "search-all invalid-parameter",
        "search-all",
    ),
    (
        "no-route",
        "network-unreachable",
        "network-unreachable",
        "network-unreachable not-found",
        "network-unreachable",
    ),
    ("missing-row", "not-found", "not-found", "not-found file-not-found", "not-found"),
    (
        "unknown-luid-conversion",
        "invalid-parameter",
        "file-not-found",
        "invalid-parameter file-not-found",
        "file-not-found",
    ),
    (
        "null-name-buffer",
        "invalid-parameter",
        "not-enough-memory",
        "invalid-parameter not-enough-memory",
        "not-enough-memory",
    ),
    (
        "null-if-table",
        "invalid-parameter",
        "invalid-parameter",
        "invalid-parameter not-enough-memory",
        "invalid-parameter",
    ),
    (
        "illegal-level",
        "invalid-parameter",
        "invalid-parameter",
        "invalid-parameter not-supported",
        "invalid-parameter",
    ),
    ("free-null", "no-effect", "no-effect", "no-effect", "no-effect"),
    ("stable-wait-for", "teredo", "all-addresses", "teredo all-addresses", "teredo"),
    ("stable-repeat", "once", "each-time", "once each-time", "once"),
    ("stable-overlap", "serialized", "overlap", "overlap", "serialized"),
    ("hint-initial", "current", "current", "current unknown", "current"),
    ("media-loss", "lose-leases", "keep", "lose-leases keep", "lose-leases"),
    ("lease-not-associated", "listed", "listed", "listed refused", "listed"),
    ("number-of-interfaces", "every", "every", "every info-and-loopback", "every"),
];

/// Remembers what it was asked, and answers from a list.
struct Asked {
    answers: Vec<usize>,
    questions: Vec<(&'static str, Vec<&'static str>)>,
}

impl Asked {
    fn answering(answers: &[usize]) -> Self {
        Self { answers: answers.to_vec(), questions: Vec::new() }
    }
}

impl Chooser for Asked {
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
        self.questions.push((what, among.to_vec()));
        self.answers[self.questions.len() - 1]
    }

    fn draw(&mut self, what: &'static str) -> u64 {
        panic!("options draw nothing, but {what} was drawn");
    }
}

#[test]
fn every_option_is_decided_as_written_down() {
    let table: Vec<&str> = DECIDED.iter().map(|row| row.0).collect();
    let names: Vec<&str> = OPTIONS.iter().map(|spec| spec.name).collect();
    assert_eq!(names, table);
    for &(name, documented, observed, adversarial, wine) in DECIDED {
        let id = OptionId::parse(name).expect(name);
        for (profile, values) in
            Profile::ALL.into_iter().zip([documented, observed, adversarial, wine])
        {
            let allowed: Vec<&str> = Options::of(profile).allowed(id).collect();
            assert_eq!(allowed.join(" "), values, "{name} under {profile}");
        }
    }
}

#[test]
fn the_table_is_in_the_order_of_the_ids() {
    assert_eq!(OPTIONS.len(), OptionId::ALL.len());
    for (spec, &id) in OPTIONS.iter().zip(OptionId::ALL) {
        assert_eq!(spec.id, id);
        assert_eq!(id.spec().name, id.name());
        assert_eq!(OptionId::parse(spec.name), Ok(id));
    }
}

#[test]
fn fixed_profiles_have_one_value_and_ask_nobody() {
    for profile in Profile::ALL.into_iter().filter(|profile| profile.is_fixed()) {
        let mut options = Options::of(profile);
        let before = options.clone();
        let mut nobody = Asked::answering(&[]);
        for &id in OptionId::ALL {
            assert_eq!(options.allowed(id).count(), 1, "{id} under {profile}");
            assert!(!options.is_open(id));
            assert_eq!(options.pick(id, &mut nobody), options.fixed(id));
        }
        assert!(nobody.questions.is_empty());
        assert_eq!(options, before);
    }
    let open =
        OptionId::ALL.iter().filter(|id| Options::of(Profile::Adversarial).is_open(**id)).count();
    assert!(!Profile::Adversarial.is_fixed() && open > 0);
}

#[test]
fn adversarial_permits_what_documents_and_observations_do() {
    for spec in OPTIONS {
        let permits = |wanted: &&str| {
            spec.adversarial.allowed.iter().any(|allowed| {
                let value =
                    spec.values.iter().find(|value| value.name == *allowed).expect("a value");
                value.name == *wanted || value.includes.contains(wanted)
            })
        };
        for setting in [spec.documented, spec.observed] {
            assert!(setting.allowed.iter().all(permits), "{}", spec.name);
        }
    }
}

#[test]
fn the_documented_value_comes_first_so_that_seed_0_takes_it() {
    for spec in OPTIONS {
        assert_eq!(spec.documented.allowed, [spec.values[0].name], "{}", spec.name);
        let first = spec.adversarial.allowed[0];
        let first = spec.values.iter().find(|value| value.name == first).expect("a value");
        let documented = spec.values[0].name;
        assert!(first.name == documented || first.includes.contains(&documented), "{}", spec.name);
        let declared = spec.values.iter().map(|value| value.name);
        let in_order: Vec<&str> =
            declared.filter(|name| spec.adversarial.allowed.contains(name)).collect();
        assert_eq!(spec.adversarial.allowed, in_order, "{}", spec.name);
    }
}

#[test]
fn names_are_kebab_case_and_texts_are_there() {
    let kebab = |name: &str| {
        !name.is_empty()
            && name.split('-').all(|part| {
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };
    for spec in OPTIONS {
        assert!(kebab(spec.name), "{}", spec.name);
        assert!(!spec.covers.is_empty() && !spec.question.contains("  "), "{}", spec.name);
        assert!((1..=8).contains(&spec.values.len()), "{}", spec.name);
        for (n, value) in spec.values.iter().enumerate() {
            assert!(kebab(value.name) && !value.meaning.is_empty(), "{} {}", spec.name, value.name);
            assert!(
                spec.values[..n].iter().all(|other| other.name != value.name),
                "{}",
                value.name
            );
        }
        for profile in Profile::ALL {
            let evidence = spec.setting(profile).evidence;
            assert!(
                !evidence.is_empty() && !evidence.contains("  "),
                "{} under {profile}",
                spec.name
            );
        }
    }
}

#[test]
fn nothing_is_called_observed_that_only_documents_know() {
    for spec in OPTIONS {
        assert_ne!(spec.documented.truth, Truth::Observed, "{}", spec.name);
        if spec.observed.truth == Truth::Observed {
            let evidence = spec.observed.evidence;
            // The number of an observation, or the mark of the kind of report that it rests on.
            let shown = ["obs", "X-", "[R]", "[W]", "[P]", "[S]"];
            assert!(shown.iter().any(|mark| evidence.contains(mark)), "{}: {evidence}", spec.name);
        }
        if spec.wine.truth == Truth::Observed {
            assert!(spec.wine.evidence.starts_with("Wine's sources"), "{}", spec.name);
        }
    }
}

#[test]
fn every_silent_spot_of_these_functions_is_covered() {
    let covered: Vec<&str> = OPTIONS.iter().flat_map(|spec| spec.covers).copied().collect();
    for spot in [
        "O-01", "O-02", "O-03", "O-04", "O-05", "O-06", "O-07", "O-08", "O-09", "O-13", "O-14",
        "O-15", "O-19", "O-20", "O-23", "C-28", "C-29", "obs 1", "obs 3", "O-10", "O-12", "O-16",
        "O-17", "O-18", "O-21", "O-22", "O-24", "C-05", "C-09", "C-10", "C-12", "C-13", "C-14",
        "C-16",
    ] {
        assert!(covered.contains(&spot), "{spot}");
    }
    for reference in covered {
        let (kind, number) = reference.split_once(['-', ' ']).expect(reference);
        assert!(number.parse::<u32>().is_ok_and(|n| n > 0), "{reference}");
        let known = [
            "O", "C", "X", "obs", "TP", "GT", "NI", "CX", "NT", "TA", "TS", "TI", "IE", "IT", "IF",
            "FT", "II", "UE", "UC", "BR", "RT", "CV", "NS", "NH", "AD",
        ];
        assert!(known.contains(&kind), "{reference}");
    }
}

#[test]
fn a_choice_per_run_is_asked_once_and_one_per_use_each_time() {
    for spec in OPTIONS {
        let mut options = Options::of(Profile::Adversarial);
        if !options.is_open(spec.id) {
            continue;
        }
        let last = spec.adversarial.allowed.len() - 1;
        let mut chooser = Asked::answering(&[last, 0]);
        let first = options.pick(spec.id, &mut chooser);
        let second = options.pick(spec.id, &mut chooser);
        assert_eq!(first, spec.adversarial.allowed[last], "{}", spec.name);
        let question = (spec.name, spec.adversarial.allowed.to_vec());
        match spec.per {
            Scope::Run => {
                assert_eq!(second, first, "{}", spec.name);
                assert_eq!(chooser.questions, [question]);
                assert_eq!(options.fixed(spec.id), first);
            }
            Scope::Use => {
                assert_eq!(second, spec.adversarial.allowed[0], "{}", spec.name);
                assert_eq!(chooser.questions, [question.clone(), question]);
                assert_eq!(options, Options::of(Profile::Adversarial));
            }
        }
    }
    let scopes: Vec<Scope> = OPTIONS.iter().map(|spec| spec.per).collect();
    assert!(scopes.contains(&Scope::Run) && scopes.contains(&Scope::Use));
}

#[test]
fn an_answer_out_of_range_counts_as_the_last() {
    let mut options = Options::of(Profile::Adversarial);
    assert_eq!(options.pick(OptionId::StaleCancel, &mut Asked::answering(&[99])), "success");
}

#[test]
fn a_fixed_option_leaves_the_others_alone() {
    let mut options = Options::of(Profile::Adversarial);
    options.fix("serialization", "process").expect("a value that no profile allows");
    assert_eq!(options.pick(OptionId::Serialization, &mut Asked::answering(&[])), "process");
    for &id in OptionId::ALL.iter().filter(|id| **id != OptionId::Serialization) {
        let untouched = Options::of(Profile::Adversarial);
        assert!(options.allowed(id).eq(untouched.allowed(id)), "{id}");
    }
    options.fix("serialization", "lane").expect("it can be fixed again");
    assert_eq!(options.fixed(OptionId::Serialization), "lane");
}

#[test]
fn options_are_equal_when_the_same_is_allowed() {
    let mut picked = Options::of(Profile::Adversarial);
    let mut fixed = picked.clone();
    assert_eq!(picked.pick(OptionId::RowNonKey, &mut First::default()), "poison");
    assert_ne!(picked, fixed);
    fixed.fix("row-non-key", "poison").expect("an option");
    assert_eq!(picked, fixed);
    assert!(format!("{picked:?}").contains("\"row-non-key\": \"poison\""));
}

#[test]
fn wrong_names_get_an_error_with_what_may_have_been_meant() {
    let mut options = Options::of(Profile::Documented);
    let before = options.clone();
    for (name, value, shown) in [
        (
            "initial-tread",
            "pool",
            "there is no option `initial-tread`; did you mean `initial-thread`?",
        ),
        ("colour", "red", "there is no option `colour`; `netiosim profiles` lists them"),
        (
            "initial-thread",
            "pol",
            "the option `initial-thread` has no value `pol`; did you mean `pool`?",
        ),
        (
            "initial-thread",
            "moon",
            "the option `initial-thread` has no value `moon`; it has caller, pool",
        ),
        ("", "", "there is no option ``; `netiosim profiles` lists them"),
    ] {
        assert_eq!(options.fix(name, value).expect_err(name).to_string(), shown);
    }
    assert_eq!(options, before);
    for (name, shown) in [
        ("observerd", "there is no profile `observerd`; did you mean `observed`?"),
        ("Wine", "there is no profile `Wine`; did you mean `wine`?"),
        ("xp", "there is no profile `xp`; there are documented, observed, adversarial, wine"),
    ] {
        assert_eq!(Profile::parse(name).expect_err(name).to_string(), shown);
    }
}

#[test]
fn profile_names_read_back() {
    for profile in Profile::ALL {
        assert_eq!(Profile::parse(profile.name()), Ok(profile));
        assert_eq!(profile.to_string().parse(), Ok(profile));
        assert!(!profile.summary().is_empty());
    }
    assert_eq!(Profile::default(), Profile::Documented);
}

#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/profiles.md");
    if std::env::var_os("NETIOSIM_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, markdown()).expect("the page can be written");
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == markdown(), "{}: NETIOSIM_BLESS=1 rewrites it", path.display());
    for spec in OPTIONS {
        assert_eq!(page.matches(&format!("\n## {}\n", spec.name)).count(), 1);
    }
}

#[cfg(feature = "serde")]
#[test]
fn options_survive_json_by_name() {
    for profile in Profile::ALL {
        let options = Options::of(profile);
        let text = serde_json::to_string(&options).expect("options have a form");
        assert!(text.contains("\"initial-thread\":[\"caller\""), "{text}");
        assert_eq!(serde_json::from_str::<Options>(&text).expect(&text), options);
        assert_eq!(serde_json::to_string(&profile).expect("a form"), format!("\"{profile}\""));
    }
    for text in ["{}", r#"{"colour":["red"]}"#, r#"{"initial-thread":["moon"]}"#] {
        assert!(serde_json::from_str::<Options>(text).is_err(), "{text}");
    }
}

/// Under every profile but `adversarial` the driver is never asked what the documents leave open.
#[test]
fn a_fixed_profile_has_one_value_of_every_option() {
    for profile in Profile::ALL {
        let options = OPTIONS.iter().map(|option| option.setting(profile).allowed.len());
        assert_eq!(profile.is_fixed(), options.max() == Some(1), "{}", profile.name());
    }
}
