use super::*;

fn parse(text: &str) -> DocumentMut {
    text.parse().expect("the test's manifest is TOML")
}

fn flipped(text: &str) -> DocumentMut {
    let mut manifest = parse(text);
    flip_targets(&mut manifest, Windows::default());
    parse(&manifest.to_string())
}

#[test]
fn tables_of_windows_apply_and_others_do_not() {
    let manifest = flipped(
        "[target.'cfg(windows)'.dependencies]\na = \"1\"\n[target.\"cfg(unix)\".dependencies.b]\nversion = \"1\"\n\
         [target.'cfg(all(windows, target_arch = \"x86_64\"))'.dev-dependencies]\nc = \"1\"\n\
         [target.'cfg(target_arch = \"wasm32\")'.dependencies]\nd = \"1\"\n",
    );
    assert_eq!(manifest["target"]["cfg(all())"]["dependencies"]["a"].as_str(), Some("1"));
    assert_eq!(
        manifest["target"]["cfg(any())"]["dependencies"]["b"]["version"].as_str(),
        Some("1")
    );
    let with_arch = &manifest["target"]["cfg(all(all(), target_arch = \"x86_64\"))"];
    assert_eq!(with_arch["dev-dependencies"]["c"].as_str(), Some("1"));
    assert_eq!(
        manifest["target"]["cfg(target_arch = \"wasm32\")"]["dependencies"]["d"].as_str(),
        Some("1")
    );
}

#[test]
fn tables_that_become_the_same_stay_apart() {
    let manifest = flipped(
        "[target.'cfg(windows)'.dependencies]\na = \"1\"\n[target.'cfg(target_os = \"windows\")'.dependencies]\n\
         a = \"2\"\n[target.'cfg(not(unix))'.dependencies]\nc = \"1\"\n",
    );
    assert_eq!(manifest["target"]["cfg(all())"]["dependencies"]["a"].as_str(), Some("1"));
    assert_eq!(manifest["target"]["cfg(all(all()))"]["dependencies"]["a"].as_str(), Some("2"));
    assert_eq!(manifest["target"]["cfg(not(any()))"]["dependencies"]["c"].as_str(), Some("1"));
}

#[test]
fn the_tables_of_one_target_go_by_its_name() {
    let here = Windows::default().triple();
    let manifest = flipped(&format!(
        "[target.{here}.dependencies]\na = \"1\"\n[target.x86_64-unknown-linux-gnu.dependencies]\nb = \"1\"\n"
    ));
    assert_eq!(manifest["target"]["cfg(all())"]["dependencies"]["a"].as_str(), Some("1"));
    assert_eq!(manifest["target"]["cfg(any())"]["dependencies"]["b"].as_str(), Some("1"));
}

#[test]
fn build_dependencies_are_the_hosts() {
    let manifest = flipped(
        "[target.'cfg(windows)'.dependencies]\na = \"1\"\n[target.'cfg(windows)'.build-dependencies]\nb = \"1\"\n",
    );
    assert_eq!(manifest["target"]["cfg(windows)"]["build-dependencies"]["b"].as_str(), Some("1"));
    assert!(manifest["target"]["cfg(windows)"].get("dependencies").is_none());
    assert_eq!(manifest["target"]["cfg(all())"]["dependencies"]["a"].as_str(), Some("1"));
}

#[test]
fn paths_are_moved_in_every_table() {
    let mut manifest = parse(
        "[dependencies]\na = { path = \"../a\" }\nb = { path = \"in\" }\n[workspace.dependencies.c]\npath = \"../c\"\n\
         [target.'cfg(windows)'.dev-dependencies]\nd = { path = \"../d\" }\n[patch.crates-io]\ne = { path = \"../e\" }\n",
    );
    move_paths(&mut manifest, &mut |path| {
        path.strip_prefix("..").ok().map(|rest| Path::new("/new").join(rest))
    });
    let manifest = parse(&manifest.to_string());
    assert_eq!(manifest["dependencies"]["a"]["path"].as_str(), Some("/new/a"));
    assert_eq!(manifest["dependencies"]["b"]["path"].as_str(), Some("in"));
    assert_eq!(manifest["workspace"]["dependencies"]["c"]["path"].as_str(), Some("/new/c"));
    let target = &manifest["target"]["cfg(windows)"];
    assert_eq!(target["dev-dependencies"]["d"]["path"].as_str(), Some("/new/d"));
    assert_eq!(manifest["patch"]["crates-io"]["e"]["path"].as_str(), Some("/new/e"));
}

#[test]
fn the_simulator_is_added_once() {
    let simulator = Simulator::choose(None, [].into_iter(), &[]).expect("there is a default");
    let mut manifest = parse("[package]\nname = \"a\"\n");
    add_simulator(&mut manifest, &simulator, Path::new("/std"));
    let once = manifest.to_string();
    assert_eq!(simulator_name(&manifest).as_deref(), Some("netiosim_win32"));
    add_simulator(&mut manifest, &simulator, Path::new("/std"));
    assert_eq!(manifest.to_string(), once);

    let mut manifest =
        parse("[dependencies]\nsim = { package = \"netiosim-win32\", version = \"1\" }\n");
    add_simulator(&mut manifest, &simulator, Path::new("/std"));
    let manifest = parse(&manifest.to_string());
    assert!(manifest["dependencies"].get("netiosim-win32").is_none());
    assert_eq!(
        manifest["dependencies"]["sim"]["features"].as_array().map(toml_edit::Array::len),
        Some(1)
    );
    assert_eq!(simulator_name(&manifest).as_deref(), Some("sim"));
}

#[test]
fn a_lock_file_forgets_origins() {
    let mut lock = parse(
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"00\"\n\
         [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \"registry+x\"\n",
    );
    unlock(&mut lock, &[("a".to_owned(), "1.0.0".to_owned())]);
    let lock = parse(&lock.to_string());
    let packages = lock["package"].as_array_of_tables().expect("an array");
    assert!(!packages.get(0).expect("the first").contains_key("source"));
    assert!(packages.get(1).expect("the second").contains_key("source"));
}
