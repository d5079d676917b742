//! `docs/functions.md` is what the table of functions says.

use std::fs;
use std::path::Path;

use netiosim_model::function::markdown;

#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/functions.md");
    let wanted = markdown();
    if std::env::var_os("NETIOSIM_BLESS").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/functions.md is stale: NETIOSIM_BLESS=1 cargo test -p netiosim-model --test all functions_page"
    );
}
