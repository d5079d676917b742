//! Every requirement has a check of conformance; scenarios and tests that name it show it as well.
//!
//! A scenario names ids in its field `requirements`, a test anywhere in its source or at the start
//! of a function's name: `ta_02_ta_03_…`. Only an id that is written out counts: a range such as
//! "IE-01 to IE-12" names its two ends and nothing between.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const TRUTHS: [&str; 4] = ["documented", "derived", "chosen", "observed"];
const FLAVOURS: [&str; 4] = ["user", "kernel", "both", "protocol"];

/// How many requirements may have a check that is applicable nowhere.
const NOWHERE_LIMIT: usize = 25;

/// How many places a row of the page names.
const PLACES_LIMIT: usize = 4;

/// Where the checks of conformance are.
const CHECKS: &str = "crates/conformance/src/checks/";

const BLESS: &str = "NETIOSIM_BLESS=1 cargo test -p netiosim-tests --test requirements";

/// One line of `requirements.tsv`.
struct Requirement {
    id: String,
    truth: String,
    flavour: String,
    function: String,
    source: String,
    statement: String,
}

/// What came of the check of a requirement.
struct Check {
    /// The backends over which it passes.
    passes: Vec<String>,
    /// The backends over which it does not.
    others: Vec<String>,
    /// Why it is applicable nowhere.
    reason: Option<String>,
}

/// A scenario or a test source: the length of its name, its name, its path in the repository. So the
/// one with the shorter name comes first.
type Place = (usize, String, String);

/// The requirements and what is known of them.
struct Ledger {
    requirements: Vec<Requirement>,
    checks: BTreeMap<String, Check>,
    shown: BTreeMap<String, BTreeSet<Place>>,
    /// Ids that are written somewhere, and that no requirement has, with the files.
    unknown: BTreeSet<(String, String)>,
}

impl Requirement {
    /// The letters before the dash.
    fn prefix(&self) -> &str {
        &self.id[..2]
    }
}

impl Ledger {
    fn read() -> Self {
        let mut ledger = Self {
            requirements: requirements(),
            checks: checks(),
            shown: BTreeMap::new(),
            unknown: BTreeSet::new(),
        };
        for (path, text) in files("scenarios", "json") {
            let scenario: serde_json::Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let named = scenario["requirements"].as_array();
            for id in named.into_iter().flatten() {
                let id = id.as_str().unwrap_or_else(|| panic!("{path}: {id} is no id"));
                ledger.show(id, &path);
            }
            ledger.mention(&text, &path);
        }
        for (path, text) in files("tests/tests", "rs").into_iter().chain(files("crates", "rs")) {
            // This file speaks of ids without showing them.
            if path != "tests/tests/requirements.rs" {
                let part = test_part(&path, &text);
                for id in ids(part).into_iter().map(str::to_owned).chain(ids_of_names(part)) {
                    if ledger.has_prefix(&id) {
                        ledger.show(&id, &path);
                    }
                }
                ledger.mention(&text, &path);
            }
        }
        // A check that is applicable nowhere shows nothing.
        for (id, places) in &mut ledger.shown {
            if ledger.checks.get(id).is_some_and(|check| check.reason.is_some()) {
                places.retain(|place| !place.2.starts_with(CHECKS));
            }
        }
        ledger.shown.retain(|_, places| !places.is_empty());
        for (path, text) in files("docs", "md").into_iter().chain(files("scenarios", "md")) {
            ledger.mention(&text, &path);
        }
        ledger
    }

    fn has(&self, id: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.id == id)
    }

    fn has_prefix(&self, id: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.prefix() == &id[..2])
    }

    /// The file shows the requirement.
    fn show(&mut self, id: &str, path: &str) {
        if self.has(id) {
            let file = Path::new(path);
            let is_scenario = file.extension().is_some_and(|end| end == "json");
            let name = if is_scenario { file.file_stem() } else { file.file_name() };
            let name = name.expect("a file").to_string_lossy().into_owned();
            let places = self.shown.entry(id.to_owned()).or_default();
            places.insert((name.chars().count(), name, path.to_owned()));
        } else {
            self.unknown.insert((id.to_owned(), path.to_owned()));
        }
    }

    /// The file names ids without showing them; they have to exist all the same.
    fn mention(&mut self, text: &str, path: &str) {
        for id in ids(text) {
            if self.has_prefix(id) && !self.has(id) {
                self.unknown.insert((id.to_owned(), path.to_owned()));
            }
        }
    }

    fn is_open(&self, requirement: &Requirement) -> bool {
        !self.checks.contains_key(&requirement.id)
    }

    /// The requirements of each function, in the order of the file.
    fn functions(&self) -> impl Iterator<Item = &[Requirement]> {
        self.requirements.chunk_by(|one, next| one.function == next.function)
    }
}

/// The text of a file of the repository.
fn file(path: &str) -> String {
    let text = fs::read_to_string(Path::new(ROOT).join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

/// Every file below a folder of the repository with this ending, with its text; sorted.
fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("an entry").path());
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(ROOT).join(folder), &mut found);
    let found = found.iter().filter(|path| path.extension().is_some_and(|end| end == ending));
    let named = found.map(|path| {
        let below = path.strip_prefix(ROOT).expect("below the root");
        let name = below.display().to_string().replace('\\', "/");
        let text = file(&name);
        (name, text)
    });
    named.collect()
}

/// The part of a source that is a test: all of a file in a `tests` folder, or of one with checks of
/// conformance, and in others what follows `#[cfg(test)]` with a module, which stands last in a file.
fn test_part<'a>(path: &str, text: &'a str) -> &'a str {
    // What is wrong on purpose shows nothing.
    if path.starts_with("crates/conformance/tests/wrong") {
        return "";
    }
    if path.starts_with(CHECKS) {
        return text;
    }
    if path.split('/').any(|part| part == "tests" || part == "tests.rs") {
        return text;
    }
    text.find("\n#[cfg(test)]\nmod ").map_or("", |at| &text[at..])
}

/// What has the shape of an id: two capital letters, a dash, two digits.
fn ids(text: &str) -> BTreeSet<&str> {
    let bytes = text.as_bytes();
    let in_word = |at: usize| {
        bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let is_id = |at: usize| {
        bytes[at..at + 2].iter().all(u8::is_ascii_uppercase)
            && bytes[at + 2] == b'-'
            && bytes[at + 3..at + 5].iter().all(u8::is_ascii_digit)
            && !at.checked_sub(1).is_some_and(in_word)
            && !bytes.get(at + 5).is_some_and(u8::is_ascii_alphanumeric)
    };
    let places = 0..bytes.len().saturating_sub(4);
    places.filter(|at| is_id(*at)).map(|at| &text[at..at + 5]).collect()
}

/// The ids that the names of functions begin with.
fn ids_of_names(text: &str) -> BTreeSet<String> {
    let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
    let ids = names.flat_map(|name| {
        let words: Vec<&str> = name.split(['_', '(', '<']).collect();
        let pairs = words.chunks_exact(2).map(|pair| format!("{}-{}", pair[0], pair[1]));
        let pairs: Vec<String> = pairs.map(|id| id.to_uppercase()).collect();
        pairs.into_iter().take_while(|id| id.len() == 5 && ids(id).len() == 1)
    });
    ids.collect()
}

/// The lines of a list below its header, each as its `N` cells.
fn cells<const N: usize>(path: &str, header: [&str; N]) -> Vec<[String; N]> {
    let text = file(path);
    let mut lines = text.lines().enumerate().map(|(at, line)| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let filled = cells.iter().all(|cell| !cell.is_empty() && cell.trim() == cell);
        assert!(filled, "{path}:{}: a cell is empty or has spaces around it", at + 1);
        cells.try_into().unwrap_or_else(|_| panic!("{path}:{}: not {N} cells", at + 1))
    });
    assert!(lines.next().is_some_and(|line: [String; N]| line == header), "{path}: the header");
    lines.collect()
}

/// `requirements.tsv`.
fn requirements() -> Vec<Requirement> {
    let header = ["id", "truth", "flavour", "function", "source", "statement"];
    let lines = cells("crates/conformance/requirements.tsv", header).into_iter();
    lines
        .map(|[id, truth, flavour, function, source, statement]| {
            assert!(ids(&id).contains(id.as_str()), "{id}: no id");
            Requirement { id, truth, flavour, function, source, statement }
        })
        .collect()
}

/// `results.tsv`.
fn checks() -> BTreeMap<String, Check> {
    let path = "crates/conformance/results.tsv";
    let header = ["id", "model", "manual", "controlled", "threads", "abi", "reason"];
    let mut checks = BTreeMap::new();
    for [id, words @ .., reason] in cells(path, header) {
        let words: [String; 5] = words;
        let named = header[1..6].iter().map(|name| (*name).to_owned()).zip(words);
        let (passes, others): (Vec<_>, Vec<_>) = named.partition(|backend| backend.1 == "pass");
        for (backend, word) in &others {
            assert!(["n/a", "-"].contains(&word.as_str()), "{id} over {backend}: {word}");
        }
        let names = |all: Vec<(String, String)>| all.into_iter().map(|one| one.0).collect();
        let reason = passes.is_empty().then_some(reason);
        assert!(reason.as_deref() != Some("-"), "{id} is applicable nowhere, without a reason");
        let check = Check { passes: names(passes), others: names(others), reason };
        assert!(checks.insert(id.clone(), check).is_none(), "{id} is there twice");
    }
    checks
}

/// Text that Markdown shows as it is, in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*").replace('<', "\\<")
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|one| one.is_alphanumeric() || " _-".contains(*one));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// `docs/requirements.md`.
fn page(ledger: &Ledger) -> String {
    let mut page = String::from("# Requirements\n\n");
    let count = |truth| ledger.requirements.iter().filter(|one| one.truth == truth).count();
    let [documented, derived, chosen, observed] = TRUTHS.map(count);
    let _ = write!(
        page,
        "What the documents say about the functions that netiosim simulates: {} numbered statements in \
         our own words, each with a check that runs over every backend, and with the scenarios and tests \
         that show it besides. Their source pages are in \
         [requirements.tsv](../crates/conformance/requirements.tsv).\n\n\
         Generated from that list, from what came of the checks \
         ([results.tsv](../crates/conformance/results.tsv): `netiosim conformance` runs them, \
         [conformance.md](conformance.md) explains them) and from the ids that scenarios (in \
         `requirements`) and tests name. The test `requirements` compares it with them; `{BLESS}` writes \
         it anew.\n\n\
         - Check: the backends over which it passes; **all** are `model`, `manual`, `controlled`, `threads` \
         and `abi`. Not applicable there is what the names of Windows cannot express. A few are applicable \
         nowhere, with the reason.\n\
         - Truth: **documented** (a page, a header or an RFC says it, {documented} of them), **derived** \
         (it follows from what one says, {derived}), **chosen** (the documents are silent or contradict \
         each other, and this project decided, {chosen}), **observed** (real Windows was seen to do it, \
         {observed}).\n\
         - Flavour: **user** (Windows SDK pages), **kernel** (WDK pages), **both**, or **protocol** (the \
         RFCs). Where a code differs, the one of user mode comes first.\n\
         - \"The page's STATUS_NOT_ENOUGH_MEMORY\" and \"the page's STATUS_INVALID_NAME\" are names \
         without a numeric value (NT-10).\n\n\
         | Function | Ids | Checked | Not applicable | Open |\n|---|--:|--:|--:|--:|\n",
        ledger.requirements.len()
    );
    let tally = |all: &[Requirement]| {
        let of = all.iter().filter_map(|one| ledger.checks.get(&one.id));
        let (checked, nowhere): (Vec<_>, Vec<_>) = of.partition(|check| check.reason.is_none());
        let open = all.iter().filter(|one| ledger.is_open(one)).count();
        format!("{} | {} | {} | {open}", all.len(), checked.len(), nowhere.len())
    };
    for all in ledger.functions() {
        let function = &all[0].function;
        let (name, to) = (cell(function), anchor(function));
        let _ = writeln!(page, "| [{name}](#{to}) | {} |", tally(all));
    }
    let _ = writeln!(page, "| all | {} |", tally(&ledger.requirements));
    for all in ledger.functions() {
        let _ = write!(
            page,
            "\n## {}\n\n| Id | Truth | Flavour | Statement | Check | Shown by |\n|---|---|---|---|---|---|\n",
            cell(&all[0].function)
        );
        for one in all {
            let Requirement { id, truth, flavour, statement, .. } = one;
            let (statement, by) = (cell(statement), shown_by(ledger, id));
            let check = ledger.checks.get(id).map_or("**open**".to_owned(), checked);
            let _ = writeln!(page, "| {id} | {truth} | {flavour} | {statement} | {check} | {by} |");
        }
    }
    page
}

/// The cell of a row of the page that says what came of the check.
fn checked(check: &Check) -> String {
    match &check.reason {
        Some(reason) => format!("*not applicable:* {}", cell(reason)),
        None if check.others.is_empty() => "all".to_owned(),
        None => format!("{}; not applicable: {}", check.passes.join(", "), check.others.join(", ")),
    }
}

/// The last cell of a row of the page: the check itself first.
fn shown_by(ledger: &Ledger, id: &str) -> String {
    let Some(places) = ledger.shown.get(id) else { return String::new() };
    let (checks, others): (Vec<&Place>, Vec<&Place>) =
        places.iter().partition(|place| place.2.starts_with(CHECKS));
    let links = checks.iter().chain(&others).take(PLACES_LIMIT);
    let links: Vec<String> = links.map(|(_, name, path)| format!("[{name}](../{path})")).collect();
    let more = match places.len() - links.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    links.join(", ") + &more
}

#[test]
fn the_list_is_well_formed() {
    let requirements = requirements();
    let mut numbers: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
    for one in &requirements {
        assert!(TRUTHS.contains(&one.truth.as_str()), "{}: truth {}", one.id, one.truth);
        assert!(FLAVOURS.contains(&one.flavour.as_str()), "{}: flavour {}", one.id, one.flavour);
        assert!(one.statement.ends_with(['.', ')']), "{}: a statement is a sentence", one.id);
        assert!(!one.source.contains(['/', '\\']), "{}: a source is no path", one.id);
        let number = one.id[3..].parse().expect("two digits");
        let is_new = numbers.entry(one.prefix()).or_default().insert(number);
        assert!(is_new, "{} is there twice", one.id);
    }
    for (prefix, numbers) in &numbers {
        let all: BTreeSet<u8> = (1..).take(numbers.len()).collect();
        assert_eq!(*numbers, all, "{prefix}: numbers without a gap");
    }
    let functions: Vec<&str> = requirements
        .chunk_by(|one, next| one.function == next.function)
        .map(|all| all[0].function.as_str())
        .collect();
    let distinct: BTreeSet<&str> = functions.iter().copied().collect();
    assert_eq!(functions.len(), distinct.len(), "a function's requirements stand together");
}

#[test]
fn only_what_is_written_out_is_named() {
    let comment = "/// IE-01 to IE-03, IE-040, XIE-05, ie-06, IE-7.";
    assert_eq!(ids(comment), BTreeSet::from(["IE-01", "IE-03"]));
    let names = ids_of_names("fn ie_01_ie_02_both() {\n    fn ie_03() {\nfn after_ie_04() {");
    assert_eq!(names, ["IE-01", "IE-02", "IE-03"].map(str::to_owned).into());
    let source = format!("{comment}\nfn one() {{}}\n\n#[cfg(test)]\nmod tests {{ // IE-05 }}");
    assert_eq!(ids(test_part("crates/model/src/one.rs", &source)), BTreeSet::from(["IE-05"]));
    assert_eq!(test_part("crates/model/tests/one.rs", &source), source);
}

#[test]
fn every_id_that_is_named_exists() {
    let unknown = Ledger::read().unknown;
    assert!(
        unknown.is_empty(),
        "not in crates/conformance/requirements.tsv (id, file): {unknown:#?}"
    );
}

#[test]
fn every_requirement_has_a_check() {
    let ledger = Ledger::read();
    let mut open = String::new();
    for all in ledger.functions() {
        let ids: Vec<&str> =
            all.iter().filter(|one| ledger.is_open(one)).map(|one| one.id.as_str()).collect();
        if !ids.is_empty() {
            let _ = writeln!(open, "{} ({}): {}", all[0].function, ids.len(), ids.join(" "));
        }
    }
    assert!(open.is_empty(), "without a check:\n{open}");
    for id in ledger.checks.keys() {
        assert!(ledger.has(id), "{id} has a check and does not exist");
    }
}

#[test]
fn few_checks_are_applicable_nowhere() {
    let nowhere = checks().values().filter(|check| check.reason.is_some()).count();
    assert!(nowhere <= NOWHERE_LIMIT, "{nowhere} are too many");
}

#[test]
fn the_page_is_fresh() {
    let page = page(&Ledger::read());
    let path = Path::new(ROOT).join("docs/requirements.md");
    if std::env::var_os("NETIOSIM_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, &page).expect("a writable page");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == page, "docs/requirements.md is stale: {BLESS}");
}
