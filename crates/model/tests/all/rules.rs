//! The rules: the table, the pages, and the index that is generated from them.

use std::fs;
use std::path::{Path, PathBuf};

use netiosim_model::rule::{Rule, Severity, markdown_index};
use netiosim_model::truth::Truth;

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn docs() -> PathBuf {
    crate_dir().join("../../docs/rules")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bless() -> bool {
    std::env::var_os("NETIOSIM_BLESS").is_some_and(|value| value == "1")
}

/// How many requirements each group of the fact sheet has.
const GROUPS: &[(&str, u32)] = &[
    ("TP", 40),
    ("GT", 17),
    ("NI", 40),
    ("NU", 15),
    ("NR", 12),
    ("NS", 20),
    ("NH", 8),
    ("CX", 17),
    ("NT", 11),
    ("IE", 12),
    ("IT", 9),
    ("IS", 13),
    ("II", 6),
    ("IF", 11),
    ("FT", 8),
    ("SK", 8),
    ("UE", 8),
    ("UT", 6),
    ("UC", 23),
    ("US", 7),
    ("UD", 5),
    ("UI", 4),
    ("RT", 29),
    ("BR", 11),
    ("CH", 7),
    ("CV", 22),
    ("TA", 27),
    ("TS", 22),
    ("TI", 8),
    ("ST", 14),
];

#[test]
fn ids_follow_the_order_of_the_rules() {
    assert_eq!(Rule::ALL.len(), 24);
    for (n, rule) in Rule::ALL.iter().enumerate() {
        assert_eq!(rule.id(), format!("N{:03}", n + 1), "{rule:?}");
    }
}

#[test]
fn slugs_are_the_variants_in_kebab_case() {
    for rule in Rule::ALL {
        let mut slug = String::new();
        for letter in format!("{rule:?}").chars() {
            if letter.is_ascii_uppercase() && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(letter.to_ascii_lowercase());
        }
        assert_eq!(rule.slug(), slug);
    }
}

#[test]
fn warnings_are_the_three_that_do_no_harm_by_themselves() {
    let warnings: Vec<&Rule> =
        Rule::ALL.iter().filter(|rule| rule.severity() == Severity::Warning).collect();
    assert_eq!(warnings, [&Rule::LockOrder, &Rule::LeakedRegistration, &Rule::LeakedTable]);
}

#[test]
fn requirement_ids_are_real_and_their_lack_is_said() {
    for rule in Rule::ALL {
        for id in rule.requirements() {
            let (group, number) = id.split_once('-').expect(id);
            let (_, count) = GROUPS.iter().find(|(name, _)| *name == group).expect(id);
            assert_eq!(number.len(), 2, "{id}");
            assert!((1..=*count).contains(&number.parse().expect(id)), "{id}");
        }
        let none = rule.requirements().is_empty();
        assert_eq!(none, rule.truth() == Truth::Chosen, "{rule}");
        assert_eq!(none, rule.source().starts_with("no page"), "{rule}");
        assert_eq!(
            rule.truth() == Truth::Derived,
            rule.source().starts_with("follows from"),
            "{rule}"
        );
    }
}

#[test]
fn texts_are_one_line_and_sentences_end() {
    for rule in Rule::ALL {
        for text in [rule.title(), rule.summary(), rule.source()] {
            assert!(
                !text.is_empty() && !text.contains('\n') && !text.contains("  "),
                "{rule}: {text}"
            );
        }
        assert!(rule.summary().ends_with('.'), "{rule}");
        assert!(!rule.title().ends_with('.'), "{rule}");
    }
}

#[test]
fn ids_and_slugs_read_back() {
    for &rule in Rule::ALL {
        assert_eq!(Rule::parse(rule.id()), Ok(rule));
        assert_eq!(Rule::parse(rule.slug()), Ok(rule));
        assert_eq!(rule.id().to_lowercase().parse(), Ok(rule));
        assert_eq!(rule.to_string(), format!("{} {}", rule.id(), rule.slug()));
    }
}

#[test]
fn a_wrong_name_gets_the_nearest_slug_or_the_range() {
    for (text, suggestion) in [
        ("selfcancel", Some("self-cancel")),
        ("Self_Cancel", Some("self-cancel")),
        ("cancel-under-locks", Some("cancel-under-lock")),
        ("N025", None),
        ("N1", None),
        ("", None),
    ] {
        let error = Rule::parse(text).expect_err(text);
        assert_eq!(error.suggestion, suggestion, "{text}");
        let end =
            suggestion.map_or("N001 to N024".to_owned(), |slug| format!("did you mean `{slug}`?"));
        assert!(error.to_string().ends_with(&end), "{error}");
    }
}

#[test]
fn every_page_says_what_the_table_says() {
    for rule in Rule::ALL {
        let page = rule.page();
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[0], format!("# {} {}: {}", rule.id(), rule.slug(), rule.title()));
        let ids = if rule.requirements().is_empty() {
            "none".to_owned()
        } else {
            rule.requirements().join(", ")
        };
        let facts = format!(
            "Severity: {}. Truth: {}. Requirements: {ids}.",
            rule.severity(),
            rule.truth().word()
        );
        assert_eq!(lines[2], facts, "{rule}");
        let headings: Vec<&str> =
            lines.iter().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What", "Why", "Wrong", "Right", "How the tool sees it"], "{rule}");
        assert!((30..=65).contains(&lines.len()), "{rule}: {} lines", lines.len());
        let (wrong, right) = page.split_once("\n## Right\n").expect("checked above");
        for (part, name) in [(wrong, "Wrong"), (right, "Right")] {
            let fences = part.lines().filter(|line| line.starts_with("```")).count();
            assert!(
                fences == 2 && (part.contains("```c\n") || part.contains("```rust\n")),
                "{rule} {name}"
            );
        }
    }
}

#[test]
fn pages_name_only_rules_and_requirements_that_exist() {
    for rule in Rule::ALL {
        for word in rule.page().split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let id = word.len() == 4
                && word.starts_with('N')
                && word[1..].bytes().all(|b| b.is_ascii_digit());
            assert!(!id || Rule::parse(word).is_ok(), "{rule}: {word}");
            if let Some((group, number)) = word.split_once('-')
                && let Some((_, count)) = GROUPS.iter().find(|(name, _)| *name == group)
            {
                assert!((1..=*count).contains(&number.parse().expect(word)), "{rule}: {word}");
            }
        }
    }
}

#[test]
fn the_copies_in_the_crate_equal_the_pages() {
    for rule in Rule::ALL {
        let name = format!("{}.md", rule.id());
        let master = docs().join(&name);
        let copy = crate_dir().join("rules").join(&name);
        if bless() {
            fs::copy(&master, &copy).expect("the copy can be written");
        }
        assert!(
            read(&master) == read(&copy),
            "{name}: NETIOSIM_BLESS=1 copies docs/rules to the crate"
        );
    }
    for (dir, others) in [(docs(), 1), (crate_dir().join("rules"), 0)] {
        let files = fs::read_dir(&dir).expect("the folder is there").count();
        assert_eq!(files, Rule::ALL.len() + others, "{}: a page without a rule", dir.display());
    }
}

#[test]
fn the_index_is_fresh() {
    let path = docs().join("README.md");
    if bless() {
        fs::write(&path, markdown_index()).expect("the index can be written");
    }
    assert!(read(&path) == markdown_index(), "{}: NETIOSIM_BLESS=1 rewrites it", path.display());
    for rule in Rule::ALL {
        assert_eq!(markdown_index().matches(&format!("({}.md)", rule.id())).count(), 1);
    }
}

#[cfg(feature = "serde")]
#[test]
fn rules_are_ids_in_json() {
    for &rule in Rule::ALL {
        let text = serde_json::to_string(&rule).expect("a rule has a form");
        assert_eq!(text, format!("\"{}\"", rule.id()));
        assert_eq!(serde_json::from_str::<Rule>(&text).expect(&text), rule);
    }
    assert!(serde_json::from_str::<Rule>("\"N999\"").is_err());
}
