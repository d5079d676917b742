//! `docs/teredo.md` is what the machine does.

use std::path::Path;

use netiosim_model::teredo::table;
use netiosim_model::truth::Truth;

#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/teredo.md");
    let page = table::markdown();
    if std::env::var_os("NETIOSIM_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).expect("docs/teredo.md can be written");
        return;
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if let Some((number, (in_file, now))) =
        (1..).zip(file.lines().zip(page.lines())).find(|(_, (in_file, now))| in_file != now)
    {
        panic!(
            "docs/teredo.md line {number} is stale\n  file:    {in_file}\n  machine: {now}\nrun \
             NETIOSIM_BLESS=1 cargo test -p netiosim-model --test all teredo_table"
        );
    }
    assert_eq!(file.lines().count(), page.lines().count(), "docs/teredo.md has another length");
}

#[test]
fn every_state_meets_every_event() {
    let page = table::markdown();
    let row = |line: &&str| line.starts_with("| ") && line.split(" | ").count() == 10;
    let heads = page.lines().filter(|line| line.starts_with("| Event | Next state ")).count();
    assert_eq!(heads, 7, "one table per situation");
    assert_eq!(page.lines().filter(row).count() - heads, table::rows());
}

#[test]
fn every_declared_cell_stands_in_some_row() {
    let page = table::markdown();
    let body = page.split("## Every state and every event").nth(1).expect("the section");
    for cell in table::Cell::ALL {
        let (words, truth, _) = table::declared(cell);
        let letter = match truth {
            Truth::Documented => 'D',
            Truth::Derived => 'R',
            Truth::Chosen => 'C',
            Truth::Observed => 'O',
        };
        assert!(body.contains(&format!("{words} **{letter}**")), "{cell:?} stands in no row");
    }
}

/// TA-10: the port is that of server and discovery, and never the client's own; the group is what a
/// running client joins.
#[test]
fn discovery_has_its_port_and_its_group() {
    use netiosim_model::env::Listener;
    use netiosim_model::teredo::{DISCOVERY_GROUP, TEREDO_PORT};

    let env = netiosim_model::build::home();
    let listener = env.listeners().get(&TEREDO_PORT).copied();
    assert_eq!((TEREDO_PORT, listener), (3544, Some(Listener::TeredoMulticast)));
    assert_ne!(env.teredo().port(), Some(TEREDO_PORT));
    assert_eq!(DISCOVERY_GROUP.to_string(), "224.0.0.253");
}
