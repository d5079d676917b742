//! The copy of the user's tree.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use cargo_metadata::Edition;
use toml_edit::DocumentMut;

use super::build_script;
use super::flip::{self, Remark, Windows};
use super::manifest;
use super::package::{Package, Root};
use super::simulator::Simulator;

/// What is copied, and how.
#[derive(Debug)]
pub(crate) struct Mirror {
    /// The user's folder and that of the copy.
    pub(crate) from: PathBuf,
    pub(crate) to: PathBuf,
    /// Packages in it.
    pub(crate) packages: Vec<Package>,
    /// Folders of the user's that stand elsewhere in the copy.
    pub(crate) moved: Vec<(PathBuf, PathBuf)>,
    /// Folders that are left out.
    pub(crate) without: Vec<PathBuf>,
    pub(crate) windows: Windows,
    pub(crate) simulator: Simulator,
    /// The folder of the crate that stands for `std::os::windows`.
    pub(crate) stand_in: PathBuf,
    /// What is done to the manifest at the top besides.
    pub(crate) top: Top,
}

/// What becomes of the manifest at the top of the tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct Top {
    /// Members that stand outside of the tree, at their new places.
    pub(crate) outside: Vec<PathBuf>,
    /// Packages for which a folder stands: source, name, version, folder.
    pub(crate) patches: Vec<(String, String, String, PathBuf)>,
    /// Where the root of the workspace is, for a member that stands outside.
    pub(crate) workspace: Option<PathBuf>,
}

/// What the copying learned.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// Remarks by the user's file.
    pub(crate) remarks: BTreeMap<PathBuf, Vec<Remark>>,
}

/// Something that went wrong with a file.
type Problem = String;

impl Mirror {
    /// Brings the copy up to date: what is new or different is written, what is gone is removed.
    pub(crate) fn update(&self) -> Result<Learned, Problem> {
        let mut learned = Learned::default();
        self.folder(&self.from, &self.to, None, &mut learned)?;
        Ok(learned)
    }

    fn folder(
        &self,
        from: &Path,
        to: &Path,
        package: Option<&Package>,
        learned: &mut Learned,
    ) -> Result<(), Problem> {
        let package = self.packages.iter().find(|package| package.from == from).or(package);
        fs::create_dir_all(to).map_err(|error| at(to, &error))?;
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(from).map_err(|error| at(from, &error))? {
            let entry = entry.map_err(|error| at(from, &error))?;
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().map_err(|error| at(&path, &error))?;
            if self.left_out(&path, &name, kind) {
                continue;
            }
            let target = to.join(&name);
            if kind.is_dir() {
                clear_unless(&target, FileType::is_dir)?;
                self.folder(&path, &target, package, learned)?;
            } else if kind.is_symlink() {
                self.link(&path, &target, package, learned)?;
            } else if kind.is_file() {
                clear_unless(&target, FileType::is_file)?;
                self.file(&path, &target, package, learned)?;
            } else {
                continue;
            }
            names.insert(name);
        }
        if from == self.from {
            // The copy's own: it grows by what the simulator needs.
            names.insert("Cargo.lock".into());
        }
        remove_others(to, &names)
    }

    fn left_out(&self, path: &Path, name: &OsString, kind: FileType) -> bool {
        const NEVER: [&str; 5] = [".git", ".hg", ".svn", ".jj", "node_modules"];
        NEVER.iter().any(|never| name == never)
            || (path.parent() == Some(&self.from) && name == "Cargo.lock")
            || self.without.iter().any(|without| without == path)
            || (kind.is_dir() && path.join("CACHEDIR.TAG").is_file())
    }

    /// A symbolic link: to a file, its content; to a folder of the tree, the same relative link; elsewhere, the
    /// folder itself.
    fn link(
        &self,
        path: &Path,
        target: &Path,
        package: Option<&Package>,
        learned: &mut Learned,
    ) -> Result<(), Problem> {
        if path.is_file() {
            clear_unless(target, FileType::is_file)?;
            return self.file(path, target, package, learned);
        }
        let wanted = fs::read_link(path).map_err(|error| at(path, &error))?;
        let real = fs::canonicalize(path).ok();
        let wanted = match real {
            Some(real) if wanted.is_absolute() || !real.starts_with(&self.from) => real,
            _ => wanted,
        };
        if fs::read_link(target).is_ok_and(|old| old == wanted) {
            return Ok(());
        }
        clear_unless(target, |_| false)?;
        symlink(&wanted, target).map_err(|error| at(target, &error))
    }

    fn file(
        &self,
        path: &Path,
        target: &Path,
        package: Option<&Package>,
        learned: &mut Learned,
    ) -> Result<(), Problem> {
        let name = path.file_name().unwrap_or_default();
        let changed = if name == "Cargo.toml" {
            Some(self.manifest(path)?)
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            match (package, fs::read_to_string(path)) {
                (Some(package), Ok(text)) if package.flip => {
                    self.source(path, package, &text, learned)
                }
                // A file that no package has to itself is included by some.
                (None, Ok(text)) if self.packages.iter().any(|package| package.flip) => {
                    self.module(path, &text, learned)
                }
                _ => None,
            }
        } else {
            None
        };
        match changed {
            Some(text) => write(target, &text),
            None => copy(path, target),
        }
    }

    fn source(
        &self,
        path: &Path,
        package: &Package,
        text: &str,
        learned: &mut Learned,
    ) -> Option<String> {
        match package.root(path) {
            Some(Root::BuildScript(edition)) => {
                let flipped = build_script::for_windows(text, edition, self.windows);
                if flipped.is_none() {
                    let text = "there is no `fn main` to be found in this build script: it sees the host as the \
                                target";
                    let remark = Remark { line: 1, text: text.to_owned() };
                    learned.remarks.entry(path.to_owned()).or_default().push(remark);
                }
                flipped
            }
            Some(Root::Crate(edition)) => {
                let flipped = self.module(path, text, learned);
                Some(with_simulator(
                    flipped.as_deref().unwrap_or(text),
                    edition,
                    &self.name_in(package),
                ))
            }
            None => self.module(path, text, learned),
        }
    }

    fn module(&self, path: &Path, text: &str, learned: &mut Learned) -> Option<String> {
        let flipped = flip::source(text, self.windows);
        if !flipped.remarks.is_empty() {
            learned.remarks.insert(path.to_owned(), flipped.remarks);
        }
        flipped.text
    }

    /// How the sources of a package call the simulator.
    fn name_in(&self, package: &Package) -> String {
        fs::read_to_string(package.from.join("Cargo.toml"))
            .ok()
            .and_then(|text| text.parse().ok())
            .and_then(|own| manifest::simulator_name(&own))
            .unwrap_or_else(|| Simulator::PACKAGE.replace('-', "_"))
    }

    fn manifest(&self, path: &Path) -> Result<String, Problem> {
        let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
        let folder = path.parent().unwrap_or(path);
        let package = self.packages.iter().find(|package| package.from == folder);
        let top = folder == self.from;
        let Ok(mut document) = text.parse::<DocumentMut>() else {
            // A template, or a mistake that cargo tells better.
            return Ok(text);
        };
        manifest::move_paths(&mut document, &mut |old| self.place(&folder.join(old)));
        if package.is_some_and(|package| package.flip) {
            manifest::flip_targets(&mut document, self.windows);
            manifest::add_simulator(&mut document, &self.simulator, &self.stand_in);
        }
        if top {
            if let Some(root) = &self.top.workspace {
                manifest::belongs_to(&mut document, root);
            } else {
                manifest::own_workspace(&mut document);
            }
            manifest::outside_members(&mut document, &self.top.outside);
            for (source, name, version, folder) in &self.top.patches {
                manifest::patch(&mut document, source, name, version, folder);
            }
        }
        Ok(document.to_string())
    }

    /// Where a folder that a manifest names is from the copy; `None`: where it was, relative to it.
    fn place(&self, path: &Path) -> Option<PathBuf> {
        let path = normal(path);
        if let Some((_, to)) = self.moved.iter().find(|(from, _)| *from == path) {
            return Some(to.clone());
        }
        (!path.starts_with(&self.from)).then_some(path)
    }
}

/// A crate root that links the simulator and knows the stand-in; the lines stay, one follows the last.
fn with_simulator(text: &str, edition: Edition, simulator: &str) -> String {
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let stand_in = flip::STAND_IN;
    let lines = match edition {
        // Before 2018, a path finds only what the root has declared.
        Edition::E2015 => {
            format!(
                "#[allow(unused_extern_crates)] extern crate {stand_in}; extern crate {simulator} as _;"
            )
        }
        _ => format!("extern crate {stand_in} as _; extern crate {simulator} as _;"),
    };
    format!("{text}{end}{lines}\n")
}

/// A path without `.` and `..`, and without asking the disk.
pub(crate) fn normal(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Writes a file, unless it is as it shall be: what is not touched is not compiled again.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Problem> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| at(parent, &error))?;
    }
    fs::write(path, text).map_err(|error| at(path, &error))
}

/// Copies a file, unless one of the same length and time is there.
fn copy(from: &Path, to: &Path) -> Result<(), Problem> {
    let new = fs::metadata(from).map_err(|error| at(from, &error))?;
    let modified = new.modified().map_err(|error| at(from, &error))?;
    if let Ok(old) = fs::metadata(to)
        && old.len() == new.len()
        && old.modified().is_ok_and(|old| old == modified)
    {
        return Ok(());
    }
    // A read-only file of an earlier copy cannot be written over.
    let _ = fs::remove_file(to);
    fs::copy(from, to).map_err(|error| at(from, &error))?;
    if new.permissions().readonly() {
        return Ok(());
    }
    let file = File::options().write(true).open(to).map_err(|error| at(to, &error))?;
    file.set_modified(modified).map_err(|error| at(to, &error))
}

/// Removes what is not of the right kind.
fn clear_unless(path: &Path, right: impl Fn(&FileType) -> bool) -> Result<(), Problem> {
    match fs::symlink_metadata(path) {
        Ok(old) if right(&old.file_type()) => Ok(()),
        Ok(old) => remove(path, old.file_type()),
        Err(_) => Ok(()),
    }
}

fn remove_others(folder: &Path, names: &BTreeSet<OsString>) -> Result<(), Problem> {
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let entry = entry.map_err(|error| at(folder, &error))?;
        if !names.contains(&entry.file_name()) {
            let kind = entry.file_type().map_err(|error| at(&entry.path(), &error))?;
            remove(&entry.path(), kind)?;
        }
    }
    Ok(())
}

fn remove(path: &Path, kind: FileType) -> Result<(), Problem> {
    let removed = if kind.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| at(path, &error))
}

#[cfg(unix)]
fn symlink(to: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, path)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

pub(crate) fn at(path: &Path, error: &io::Error) -> Problem {
    format!("{}: {error}", path.display())
}
