//! Which `netiosim-win32` is linked.

use std::path::{Path, PathBuf};

use cargo_metadata::Dependency;
use toml_edit::{InlineTable, Table, TableLike};

use super::manifest::union_features;

/// Where the package comes from, and with which features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Simulator {
    origin: Origin,
    features: Vec<String>,
}

/// Where the package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// A folder.
    Folder(PathBuf),
    /// The registry, with a version requirement.
    Registry(String),
    /// A repository, and what of it: `branch`, `tag` or `rev`.
    Repository { url: String, at: Option<(String, String)> },
}

/// Packages of the project that a client may use; they have to be of one origin, or the stack that a test
/// binds is not the stack that the functions know.
const FAMILY: &[&str] = &["netiosim-win32", "netiosim", "netiosim-sim", "netiosim-api"];

impl Simulator {
    /// The package's name.
    pub(crate) const PACKAGE: &'static str = "netiosim-win32";

    /// Chooses: what the user named; else the origin from which his packages have a crate of the project;
    /// else the checkout that this command was built in; else the registry, at this command's version.
    ///
    /// # Errors
    ///
    /// What the user named is not the package's folder.
    pub(crate) fn choose<'a>(
        named: Option<&Path>,
        dependencies: impl Iterator<Item = &'a Dependency>,
        features: &[String],
    ) -> Result<Self, String> {
        let origin = match named {
            Some(path) => Origin::Folder(checked(path)?),
            None => dependencies.filter_map(of_dependency).next().unwrap_or_else(own),
        };
        let mut all = vec!["compat".to_owned()];
        all.extend(features.iter().filter(|feature| *feature != "compat").cloned());
        Ok(Self { origin, features: all })
    }

    /// Its folder, if it is one of the user's own disk.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Folder(path) => Some(path),
            _ => None,
        }
    }

    /// The same, in another folder.
    pub(crate) fn in_folder(&self, path: PathBuf) -> Self {
        Self { origin: Origin::Folder(path), features: self.features.clone() }
    }

    /// An entry for a table of dependencies.
    pub(crate) fn dependency(&self) -> InlineTable {
        let mut entry = Table::new();
        let mut add = |key: &str, text: &str| entry.insert(key, toml_edit::value(text));
        match &self.origin {
            Origin::Folder(path) => drop(add("path", &path.to_string_lossy())),
            Origin::Registry(version) => drop(add("version", version)),
            Origin::Repository { url, at } => {
                add("git", url);
                if let Some((kind, name)) = at {
                    add(kind, name);
                }
            }
        }
        self.add_features(&mut entry);
        entry.into_inline_table()
    }

    /// Adds the features to the user's own entry.
    pub(crate) fn add_features(&self, entry: &mut dyn TableLike) {
        union_features(entry, self.features.iter().map(String::as_str));
    }
}

fn checked(path: &Path) -> Result<PathBuf, String> {
    let manifest = path.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| {
        format!("the simulator's manifest {} cannot be read: {error}", manifest.display())
    })?;
    if !text.lines().any(|line| line.trim() == "name = \"netiosim-win32\"") {
        return Err(format!("{} is not the package netiosim-win32", manifest.display()));
    }
    std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The origin from which a user has a crate of the project.
fn of_dependency(dependency: &Dependency) -> Option<Origin> {
    if !FAMILY.contains(&dependency.name.as_str()) {
        return None;
    }
    if let Some(path) = &dependency.path {
        let path = path.as_std_path();
        let sibling = if dependency.name == Simulator::PACKAGE {
            path.to_owned()
        } else {
            path.parent()?.join("win32")
        };
        return checked(&sibling).ok().map(Origin::Folder);
    }
    let source = dependency.source.as_ref()?.to_string();
    match source.strip_prefix("git+") {
        Some(url) => {
            let url = url.split('#').next().unwrap_or(url);
            let (url, query) = url.split_once('?').unwrap_or((url, ""));
            let at = query.split('&').find_map(|pair| pair.split_once('='));
            let at = at.map(|(kind, name)| (kind.to_owned(), name.to_owned()));
            Some(Origin::Repository { url: url.to_owned(), at })
        }
        None => Some(Origin::Registry(dependency.req.to_string())),
    }
}

/// What goes with this command: the checkout in which it was built, if it is still there, or its own version.
fn own() -> Origin {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../win32");
    match std::fs::canonicalize(beside).map(|path| checked(&path)) {
        Ok(Ok(path)) => Origin::Folder(path),
        _ => Origin::Registry(concat!("=", env!("CARGO_PKG_VERSION")).to_owned()),
    }
}
