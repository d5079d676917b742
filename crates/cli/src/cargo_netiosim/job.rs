//! The copies of a run, until everything that was named is among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, PackageId};
use toml_edit::DocumentMut;

use super::args::Request;
use super::ask::metadata;
use super::flip::{Remark, Windows};
use super::mirror::{Mirror, Top, at, write};
use super::named::Named;
use super::package::{self, Package};
use super::plan::{Plan, WRAPPER};
use super::runner::RUNNER;
use super::simulator::Simulator;
use super::{family, manifest};

/// What a run is made of, until it is prepared.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) windows: Windows,
    pub(crate) named: Named,
    /// The work folder.
    pub(crate) folder: PathBuf,
    /// The user's workspace.
    pub(crate) root: PathBuf,
    /// Its copy.
    pub(crate) copy: PathBuf,
    /// The user's target folder.
    pub(crate) target: PathBuf,
    pub(crate) stand_in: PathBuf,
    pub(crate) simulator: Simulator,
    /// Packages that are copied from elsewhere, each with where cargo has it from.
    pub(crate) outside: Vec<(Package, Outside)>,
}

/// How a package outside of the tree comes into the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// It is a member.
    Member,
    /// Some manifest names its folder.
    Folder,
    /// It stands for one of a registry or repository, which `[patch]` calls so.
    Patch(String),
}

pub(crate) type Remarks = BTreeMap<PathBuf, Vec<Remark>>;

impl Job {
    /// Copies, asks cargo what is needed, copies what of it was named, and again, until there is no more.
    pub(crate) fn settle(
        &mut self,
        users: &Metadata,
        request: &Request,
        host: &str,
    ) -> Result<(Metadata, Remarks), String> {
        let mut members = Vec::new();
        for member in users.workspace_packages() {
            let from = package::folder(member);
            let flip = self.named.member(member);
            match from.strip_prefix(&self.root) {
                Ok(rest) => {
                    let to = self.copy.join(rest);
                    members.push(Package::new(member, to, flip));
                }
                Err(_) => {
                    let to = self.folder.join("outside").join(member.name.as_str());
                    self.outside.push((Package::new(member, to, flip), Outside::Member));
                }
            }
        }
        let mut seen: BTreeSet<PackageId> = users.workspace_members.iter().cloned().collect();
        // A package can only bring packages, and each is taken once.
        loop {
            let remarks = self.update(&members)?;
            let graph = self.graph(request, host, true)?;
            let more: Vec<&cargo_metadata::Package> = graph
                .packages
                .iter()
                .filter(|package| {
                    self.named.dependency(package)
                        && !package.manifest_path.starts_with(&self.folder)
                        && !seen.contains(&package.id)
                })
                .collect();
            let mut inside = Vec::new();
            for package in &more {
                seen.insert(package.id.clone());
                self.take(package)?;
            }
            // A package of the tree that is no member is in the copy already, as it was.
            for package in &graph.packages {
                if self.named.dependency(package)
                    && let Ok(rest) = package::folder(package).strip_prefix(&self.copy)
                    && members.iter().all(|member| member.to != self.copy.join(rest))
                {
                    let mut taken = Package::new(package, self.copy.join(rest), true);
                    taken.from = self.root.join(rest);
                    for (root, _) in &mut taken.roots {
                        if let Ok(rest) = root.strip_prefix(&self.copy) {
                            *root = self.root.join(rest);
                        }
                    }
                    inside.push(taken);
                }
            }
            if more.is_empty() && inside.is_empty() {
                self.named.check(users, &graph)?;
                return Ok((graph, remarks));
            }
            members.extend(inside);
        }
    }

    fn take(&mut self, package: &cargo_metadata::Package) -> Result<(), String> {
        let to = self.folder.join("crates").join(format!("{}-{}", package.name, package.version));
        let outside = match &package.source {
            None => Outside::Folder,
            Some(source) if source.is_crates_io() => Outside::Patch("crates-io".to_owned()),
            Some(source) => {
                let url = source.repr.split_once('+').map_or(&*source.repr, |(_, url)| url);
                let url = url.split(['?', '#']).next().unwrap_or(url);
                Outside::Patch(url.to_owned())
            }
        };
        let manifest = package.manifest_path.as_std_path();
        let text = fs::read_to_string(manifest).map_err(|error| at(manifest, &error))?;
        if text.contains("workspace = true") {
            return Err(format!(
                "`{}` inherits from the workspace of {}, which a copy cannot: name a published version of it, or \
                 make it a member of your workspace",
                package.name,
                manifest.display()
            ));
        }
        self.outside.push((Package::new(package, to, true), outside));
        Ok(())
    }

    /// Brings every copy up to date.
    fn update(&self, members: &[Package]) -> Result<Remarks, String> {
        let moved: Vec<(PathBuf, PathBuf)> = self
            .outside
            .iter()
            .filter(|(_, kind)| !matches!(kind, Outside::Patch(_)))
            .map(|(package, _)| (package.from.clone(), package.to.clone()))
            .collect();
        let mut top = Top::default();
        for (package, kind) in &self.outside {
            match kind {
                Outside::Member => top.outside.push(package.to.clone()),
                Outside::Folder => {}
                Outside::Patch(source) => top.patches.push((
                    source.clone(),
                    package.name.clone(),
                    package.version.clone(),
                    package.to.clone(),
                )),
            }
        }
        let mirror = |from: &Path, to: &Path, packages: Vec<Package>, top: Top| Mirror {
            from: from.to_owned(),
            to: to.to_owned(),
            packages,
            moved: moved.clone(),
            without: self.without(),
            windows: self.windows,
            simulator: self.simulator.clone(),
            stand_in: self.stand_in.clone(),
            top,
        };
        self.lock(&top)?;
        let mut remarks = mirror(&self.root, &self.copy, members.to_vec(), top).update()?.remarks;
        for (package, kind) in &self.outside {
            let workspace = (*kind == Outside::Member).then(|| self.copy.clone());
            let top = Top { workspace, ..Top::default() };
            let learned =
                mirror(&package.from, &package.to, vec![package.clone()], top).update()?;
            remarks.extend(learned.remarks);
        }
        Ok(remarks)
    }

    /// What is not copied. Cargo finds the configuration of the user's folder from below it by itself, and would
    /// join the lists of both.
    fn without(&self) -> Vec<PathBuf> {
        let mut without = vec![self.target.clone(), self.folder.clone()];
        if self.folder.starts_with(&self.root) {
            without.push(self.root.join(".cargo"));
        }
        without
    }

    /// The copy's lock file: the user's as long as that does not change, and what the simulator adds.
    fn lock(&self, top: &Top) -> Result<(), String> {
        let users = fs::read_to_string(self.root.join("Cargo.lock")).unwrap_or_default();
        let mut begun_from = users.clone();
        let patched: Vec<(String, String)> = top
            .patches
            .iter()
            .map(|(_, name, version, _)| (name.clone(), version.clone()))
            .collect();
        for (name, version) in &patched {
            begun_from.push_str(&format!("\n# {name} {version}"));
        }
        let note = self.folder.join("Cargo.lock.from");
        if fs::read_to_string(&note).is_ok_and(|old| old == begun_from)
            && self.copy.join("Cargo.lock").is_file()
        {
            return Ok(());
        }
        if !users.is_empty() {
            let text = match users.parse::<DocumentMut>() {
                Ok(mut lock) => {
                    manifest::unlock(&mut lock, &patched);
                    lock.to_string()
                }
                Err(_) => users,
            };
            write(&self.copy.join("Cargo.lock"), &text)?;
        }
        write(&note, &begun_from)
    }

    /// What cargo needs for the copy on this machine; with every optional package, or by the features that are
    /// asked for.
    pub(crate) fn graph(
        &self,
        request: &Request,
        host: &str,
        all: bool,
    ) -> Result<Metadata, String> {
        let mut command = MetadataCommand::new();
        command.current_dir(&self.copy);
        let mut options = vec!["--filter-platform".to_owned(), host.to_owned()];
        if request.offline {
            options.push("--offline".to_owned());
        }
        command.other_options(options);
        let asked = |name: &str| {
            request
                .rest
                .iter()
                .take_while(|argument| *argument != "--")
                .any(|argument| argument == name)
        };
        if all || asked("--all-features") {
            command.features(CargoOpt::AllFeatures);
        } else if asked("--no-default-features") {
            command.features(CargoOpt::NoDefaultFeatures);
        }
        metadata(&command)
    }

    /// Writes what the compiler's wrapper has to know, and the wrapper.
    pub(crate) fn write_plan(&self, instead: family::Instead) -> Result<(), String> {
        let mut folders = vec![(self.copy.clone(), self.root.clone())];
        folders.extend(
            self.outside.iter().map(|(package, _)| (package.to.clone(), package.from.clone())),
        );
        folders.extend(instead.folders);
        let foreign = self
            .outside
            .iter()
            .filter(|(_, kind)| matches!(kind, Outside::Patch(_)))
            .map(|(package, _)| package.to.clone())
            .chain([self.stand_in.clone()])
            .collect();
        let wrapper = std::env::var_os("RUSTC_WRAPPER")
            .filter(|wrapper| !wrapper.is_empty())
            .map(PathBuf::from);
        let plan = Plan { instead: instead.roots, folders, foreign, wrapper };
        let text =
            serde_json::to_string_pretty(&plan).map_err(|error| format!("the plan: {error}"))?;
        write(&Plan::file(&self.folder), &text)?;
        for note in [Plan::undefined(&self.folder), Plan::type_errors(&self.folder)] {
            let _ = fs::remove_file(note);
        }
        for name in [WRAPPER, RUNNER] {
            link(&self.folder, name)?;
        }
        Ok(())
    }
}
/// This program under the name that makes it something else.
fn link(folder: &Path, name: &str) -> Result<(), String> {
    let own =
        std::env::current_exe().map_err(|error| format!("this program's own path: {error}"))?;
    let link = folder.join(name);
    if fs::read_link(&link).is_ok_and(|old| old == own) {
        return Ok(());
    }
    let _ = fs::remove_file(&link);
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(&own, &link);
    #[cfg(not(unix))]
    let made = fs::copy(&own, &link).map(drop);
    made.map_err(|error| at(&link, &error))
}
