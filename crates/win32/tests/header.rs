//! `include/netiosim.h` is what the sources say.

use std::path::Path;

/// In the order of the header.
const FILES: [&str; 8] =
    ["problem", "options", "stacks", "time", "teredo", "machine", "findings", "texts"];

#[test]
fn the_header_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("a configuration");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in FILES {
        builder = builder.with_src(root.join(format!("crates/win32/src/drive/{file}.rs")));
    }
    let mut made = Vec::new();
    builder.generate().expect("the sources are read").write(&mut made);
    let made = String::from_utf8(made).expect("a header is text");

    // Everything that is exported is in it.
    let mut exported = 0;
    for file in std::fs::read_dir(root.join("crates/win32/src/drive")).expect("a folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        for line in text.lines().filter(|line| line.contains("extern \"C\" fn netiosim_")) {
            let name = line.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
            let name = name.expect("a function has a name");
            assert!(made.contains(&format!("{name}(")), "{name} is not in the header");
            exported += 1;
        }
    }
    assert!(exported > 30, "only {exported} functions were looked at");

    let path = root.join("include/netiosim.h");
    if std::env::var_os("NETIOSIM_BLESS").is_some() {
        std::fs::write(&path, &made).expect("the header can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        kept == made,
        "include/netiosim.h is not what crates/win32/src/drive says; NETIOSIM_BLESS=1 rewrites it"
    );
}
