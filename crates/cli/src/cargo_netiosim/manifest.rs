//! A manifest's Windows side.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TableLike, Value, value};

use super::flip::{Windows, flip_predicate};
use super::simulator::Simulator;

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Turns the tables of a package for the target's systems: `[target.'cfg(windows)'.dependencies]` applies,
/// `[target.'cfg(unix)'.dependencies]` does not. Build-dependencies are the host's and stay.
pub(crate) fn flip_targets(manifest: &mut DocumentMut, windows: Windows) {
    let Some(targets) = manifest.get_mut("target").and_then(Item::as_table_like_mut) else {
        return;
    };
    let keys: Vec<String> = targets.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        let Some(flipped) = flip_key(&key, windows) else {
            continue;
        };
        let Some(mut item) = targets.remove(&key) else {
            continue;
        };
        let of_host = item.as_table_like_mut().and_then(|table| table.remove("build-dependencies"));
        if let Some(of_host) = of_host {
            let mut table = Table::new();
            table.insert("build-dependencies", of_host);
            targets.insert(&key, Item::Table(table));
        }
        let mut name = flipped;
        while targets.contains_key(&format!("cfg({name})")) {
            name = format!("all({name})");
        }
        targets.insert(&format!("cfg({name})"), item);
    }
}

/// The predicate for a key of `[target]`, without `cfg(…)`; `None`: it says nothing about the system.
fn flip_key(key: &str, windows: Windows) -> Option<String> {
    let key = key.trim();
    if let Some(predicate) = key.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) {
        let flipped = flip_predicate(predicate, windows)?;
        return (flipped != predicate).then_some(flipped);
    }
    // The name of one target.
    Some(if key == windows.triple() { "all()" } else { "any()" }.to_owned())
}

/// Makes relative paths of dependencies good from elsewhere: `place` says what a path stands for now, `None`
/// where it may stay.
pub(crate) fn move_paths(
    manifest: &mut DocumentMut,
    place: &mut dyn FnMut(&Path) -> Option<PathBuf>,
) {
    each_dependency_table(manifest, &mut |table| {
        for (_, dependency) in table.iter_mut() {
            let Some(dependency) = dependency.as_table_like_mut() else {
                continue;
            };
            let Some(path) = dependency.get("path").and_then(Item::as_str) else {
                continue;
            };
            if let Some(new) = place(Path::new(path)) {
                dependency.insert("path", value(text(&new)));
            }
        }
    });
}

fn each_dependency_table(manifest: &mut DocumentMut, visit: &mut dyn FnMut(&mut dyn TableLike)) {
    let root = manifest.as_table_mut();
    for kind in KINDS.into_iter().chain(["replace"]) {
        if let Some(table) = root.get_mut(kind).and_then(Item::as_table_like_mut) {
            visit(table);
        }
    }
    if let Some(table) = root
        .get_mut("workspace")
        .and_then(|workspace| workspace.get_mut("dependencies"))
        .and_then(Item::as_table_like_mut)
    {
        visit(table);
    }
    if let Some(patches) = root.get_mut("patch").and_then(Item::as_table_like_mut) {
        for (_, patch) in patches.iter_mut() {
            if let Some(table) = patch.as_table_like_mut() {
                visit(table);
            }
        }
    }
    if let Some(targets) = root.get_mut("target").and_then(Item::as_table_like_mut) {
        for (_, target) in targets.iter_mut() {
            for kind in KINDS {
                if let Some(table) = target.get_mut(kind).and_then(Item::as_table_like_mut) {
                    visit(table);
                }
            }
        }
    }
}

/// Adds the simulator and the stand-in for the Windows part of std.
pub(crate) fn add_simulator(manifest: &mut DocumentMut, simulator: &Simulator, stand_in: &Path) {
    let dependencies = table(manifest.as_table_mut(), "dependencies");
    let mut entry = Table::new().into_inline_table();
    entry.insert("path", text(stand_in).into());
    dependencies.insert(STAND_IN_PACKAGE, value(entry));
    // The user's own entry wins; it gets the features.
    let own = dependencies
        .iter()
        .find(|(key, item)| names_simulator(key, item))
        .map(|(key, _)| key.to_owned());
    if let Some(own) = own {
        let item = dependencies.get_mut(&own).expect("it was just found");
        if let Some(version) = item.as_str().map(str::to_owned) {
            let mut entry = Table::new().into_inline_table();
            entry.insert("version", version.into());
            *item = value(entry);
        }
        if let Some(entry) = item.as_table_like_mut() {
            simulator.add_features(entry);
        }
        return;
    }
    dependencies.insert(Simulator::PACKAGE, value(simulator.dependency()));
}

/// Whether a dependency is the simulator, under its own or another name.
fn names_simulator(key: &str, item: &Item) -> bool {
    match item.get("package").and_then(Item::as_str) {
        Some(package) => package == Simulator::PACKAGE,
        None => key == Simulator::PACKAGE,
    }
}

/// The name under which the sources of a package know the simulator, and whether it is a dependency already.
pub(crate) fn simulator_name(manifest: &DocumentMut) -> Option<String> {
    let dependencies = manifest.get("dependencies")?.as_table_like()?;
    let (key, _) = dependencies.iter().find(|(key, item)| names_simulator(key, item))?;
    Some(key.replace('-', "_"))
}

/// The package of the stand-in for the Windows part of std.
pub(crate) const STAND_IN_PACKAGE: &str = "netiosim-std-windows";

/// Makes a manifest the root of a workspace of its own, if it is not one.
pub(crate) fn own_workspace(manifest: &mut DocumentMut) {
    if !manifest.contains_key("workspace") {
        manifest.insert("workspace", Item::Table(Table::new()));
    }
}

/// Says in which folder the root of a package's workspace is.
pub(crate) fn belongs_to(manifest: &mut DocumentMut, root: &Path) {
    if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_like_mut) {
        package.insert("workspace", value(text(root)));
    }
}

/// Members that lie outside of the workspace's folder, at their new places.
pub(crate) fn outside_members(manifest: &mut DocumentMut, places: &[PathBuf]) {
    let Some(members) = manifest
        .get_mut("workspace")
        .and_then(|workspace| workspace.get_mut("members"))
        .and_then(Item::as_array_mut)
    else {
        return;
    };
    members.retain(|member| {
        member.as_str().is_none_or(|path| !path.starts_with("..") && !Path::new(path).is_absolute())
    });
    for place in places {
        members.push(text(place));
    }
}

/// Puts a folder for a package of a registry or a repository.
pub(crate) fn patch(
    manifest: &mut DocumentMut,
    source: &str,
    name: &str,
    version: &str,
    folder: &Path,
) {
    let patches = table(manifest.as_table_mut(), "patch");
    let of_source = patches.entry(source).or_insert(Item::Table(Table::new()));
    let Some(of_source) = of_source.as_table_like_mut() else {
        return;
    };
    let mut entry = Table::new().into_inline_table();
    entry.insert("package", name.into());
    entry.insert("path", text(folder).into());
    let key = format!("{name}-{}", version.replace(['.', '+'], "-"));
    of_source.insert(&key, value(entry));
}

/// Forgets in a lock file where these packages come from, so that a folder can stand for them.
pub(crate) fn unlock(lock: &mut DocumentMut, packages: &[(String, String)]) {
    let Some(locked) = lock.get_mut("package").and_then(Item::as_array_of_tables_mut) else {
        return;
    };
    for table in locked.iter_mut() {
        let is = |key: &str, wanted: &str| table.get(key).and_then(Item::as_str) == Some(wanted);
        if packages.iter().any(|(name, version)| is("name", name) && is("version", version)) {
            table.remove("source");
            table.remove("checksum");
        }
    }
}

fn table<'a>(root: &'a mut Table, key: &str) -> &'a mut dyn TableLike {
    let item = root.entry(key).or_insert(Item::Table(Table::new()));
    if item.as_table_like().is_none() {
        *item = Item::Table(Table::new());
    }
    item.as_table_like_mut().expect("it was just made one")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Features into an entry of a dependency.
pub(super) fn union_features<'a>(
    entry: &mut dyn TableLike,
    features: impl Iterator<Item = &'a str>,
) {
    let list = entry.entry("features").or_insert(value(toml_edit::Array::new()));
    if let Some(list) = list.as_array_mut() {
        for feature in features {
            if !list.iter().any(|old| old.as_str() == Some(feature)) {
                list.push(Value::from(feature));
            }
        }
    }
}

#[cfg(test)]
mod tests;
