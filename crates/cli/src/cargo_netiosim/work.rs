//! A run: the copy, what is in it, and cargo on it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, PackageId};
use toml_edit::DocumentMut;

use super::args::Request;
use super::flip::{Remark, Windows};
use super::mirror::{Mirror, Top, at, normal, write};
use super::package::{self, Package};
use super::plan::{Plan, WRAPPER};
use super::runner::{self, RUNNER};
use super::settings::Settings;
use super::simulator::Simulator;
use super::{family, manifest, stand_in, versions};

/// Changes whenever what is written differently would not be noticed by cargo.
const FORMAT: &str = "1";

/// A prepared run.
#[derive(Debug)]
pub(crate) struct Work {
    /// The folder of the copy and what belongs to it.
    pub(crate) folder: PathBuf,
    /// Cargo's target folder for the copy.
    build: PathBuf,
    /// Where to call cargo.
    pub(crate) current_dir: PathBuf,
    /// The manifest to name to it, if the user named one.
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) settings: Settings,
    pub(crate) host: String,
    /// What will not be as on Windows, by file.
    pub(crate) remarks: BTreeMap<PathBuf, Vec<Remark>>,
    /// Folders of the packages that say which function is of which DLL.
    pub(crate) declarations: Vec<PathBuf>,
}

/// Which packages are built as their Windows selves.
#[derive(Debug)]
struct Named {
    windows: Vec<String>,
    host: Vec<String>,
    /// Whether members are among the names; then only these of the members.
    members: bool,
}

impl Named {
    fn new(request: &Request, settings: &Settings, users: &Metadata) -> Self {
        let both = |first: &[String], second: &[String]| [first, second].concat();
        let mut named = Self {
            windows: both(&request.windows_crates, &settings.windows_crates),
            host: both(&request.host_crates, &settings.host_crates),
            members: false,
        };
        named.members = users.workspace_packages().iter().any(|member| named.dependency(member));
        named
    }

    /// Whether a member of the workspace is one.
    fn member(&self, package: &cargo_metadata::Package) -> bool {
        !self.host.iter().any(|name| names(name, package))
            && (!self.members || self.windows.iter().any(|name| names(name, package)))
    }

    /// Whether any other package is one.
    fn dependency(&self, package: &cargo_metadata::Package) -> bool {
        self.windows.iter().any(|name| names(name, package))
    }
}

/// Whether `name` or `name@version` is this package.
fn names(wanted: &str, package: &cargo_metadata::Package) -> bool {
    match wanted.split_once('@') {
        Some((name, version)) => {
            name == package.name.as_str() && version == package.version.to_string()
        }
        None => wanted == package.name.as_str(),
    }
}

impl Work {
    /// Makes the copy.
    ///
    /// # Errors
    ///
    /// What is wrong with the request or the user's tree, for people.
    pub(crate) fn prepare(request: &Request) -> Result<Self, String> {
        let here =
            std::env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
        let here = fs::canonicalize(&here).unwrap_or(here);
        let mut users = MetadataCommand::new();
        users.no_deps().current_dir(&here);
        if let Some(path) = &request.manifest_path {
            users.manifest_path(path);
        }
        let users = metadata(&users)?;
        if request.locked {
            check_lock(request, &here)?;
        }
        let root = users.workspace_root.clone().into_std_path_buf();
        let settings = settings(&users, &root)?;
        let windows =
            Windows { env: request.target_env.or(settings.target_env).unwrap_or_default() };
        let named = Named::new(request, &settings, &users);
        let target = match &request.target_dir {
            Some(path) => std::path::absolute(path).map_err(|error| at(path, &error))?,
            None => users.target_directory.clone().into_std_path_buf(),
        };
        let all = target.join("netiosim");
        // A target folder may be that of several workspaces.
        let folder = all.join(own_name(&root));
        make(&folder)?;
        let stand_in = stand_in::write_to(&folder)?;
        let simulator = Simulator::choose(
            request.simulator.as_deref().or(settings.simulator.as_deref()),
            users.packages.iter().flat_map(|package| &package.dependencies),
            &settings.features,
        )?;
        // A simulator in the user's own tree is used from the copy, where everything else uses it from.
        let copy = folder.join("src");
        let simulator = match simulator
            .folder()
            .map(normal)
            .and_then(|path| path.strip_prefix(&root).ok().map(|rest| copy.join(rest)))
        {
            Some(path) => simulator.in_folder(path),
            None => simulator,
        };
        let mut job = Job {
            windows,
            named,
            folder,
            root,
            copy,
            target,
            stand_in,
            simulator,
            outside: Vec::new(),
        };
        let host = host()?;
        let (graph, remarks) = job.settle(&users, request, &host)?;
        let used: Vec<&cargo_metadata::Package> = graph.packages.iter().collect();
        let needed = job.graph(request, &host, false)?;
        let problems = versions::problems(&active(&needed));
        if !problems.is_empty() {
            return Err(problems.join("\n"));
        }
        let instead = family::instead(&used, &job.folder, windows)?;
        job.write_plan(instead)?;
        let declarations = used
            .iter()
            .filter(|package| ["windows-sys", "windows"].contains(&package.name.as_str()))
            .map(|package| package::folder(package))
            .collect();
        let place = |path: &Path| path.strip_prefix(&job.root).map(|rest| job.copy.join(rest));
        let manifest_path = match &request.manifest_path {
            Some(path) => {
                let path = fs::canonicalize(path).map_err(|error| at(path, &error))?;
                Some(
                    place(&path)
                        .map_err(|_| format!("{} lies outside of its workspace", path.display()))?,
                )
            }
            None => None,
        };
        let current_dir =
            place(&here).ok().filter(|path| path.is_dir()).unwrap_or_else(|| job.copy.clone());
        Ok(Self {
            current_dir,
            manifest_path,
            settings,
            host,
            remarks,
            declarations,
            build: all.join("build"),
            folder: job.folder,
        })
    }

    /// The call of cargo.
    pub(crate) fn cargo(&self, request: &Request) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.current_dir).arg(request.subcommand.name());
        let mut rest: Vec<OsString> = request.rest.clone();
        if request.subcommand == super::args::Subcommand::Nextest
            && rest.first().is_none_or(|first| first.to_string_lossy().starts_with('-'))
        {
            rest.insert(0, "run".into());
        }
        let end = rest.iter().position(|argument| argument == "--").unwrap_or(rest.len());
        let mut ours = Vec::<OsString>::new();
        if let Some(path) = &self.manifest_path {
            ours.extend(["--manifest-path".into(), path.into()]);
        }
        if request.offline {
            ours.push("--offline".into());
        }
        rest.splice(end..end, ours);
        command.args(rest);
        command
            .env("RUSTC_WRAPPER", self.folder.join(WRAPPER))
            .env("CARGO_TARGET_DIR", &self.build)
            .env("CARGO_BUILD_BUILD_DIR", &self.build)
            .env("CARGO_BUILD_TARGET", &self.host);
        let runner = runner::variable(&self.host);
        if std::env::var_os(&runner).is_none() && runner::is_configured(&self.current_dir) {
            command.env(runner, self.folder.join(RUNNER));
        }
        for (name, value) in &self.settings.env {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        command
    }
}

/// What a run is made of, until it is prepared.
#[derive(Debug)]
struct Job {
    windows: Windows,
    named: Named,
    folder: PathBuf,
    root: PathBuf,
    copy: PathBuf,
    target: PathBuf,
    stand_in: PathBuf,
    simulator: Simulator,
    /// Packages that are copied from elsewhere, each with where cargo has it from.
    outside: Vec<(Package, Outside)>,
}

/// How a package outside of the tree comes into the build.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outside {
    /// It is a member.
    Member,
    /// Some manifest names its folder.
    Folder,
    /// It stands for one of a registry or repository, which `[patch]` calls so.
    Patch(String),
}

type Remarks = BTreeMap<PathBuf, Vec<Remark>>;

impl Job {
    /// Copies, asks cargo what is needed, copies what of it was named, and again, until there is no more.
    fn settle(
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
                self.check_names(users, &graph)?;
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
    fn graph(&self, request: &Request, host: &str, all: bool) -> Result<Metadata, String> {
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

    fn check_names(&self, users: &Metadata, graph: &Metadata) -> Result<(), String> {
        for wanted in self.named.windows.iter().chain(&self.named.host) {
            if users.packages.iter().chain(&graph.packages).any(|package| names(wanted, package)) {
                continue;
            }
            let known: BTreeSet<&str> = users
                .packages
                .iter()
                .chain(&graph.packages)
                .map(|package| package.name.as_str())
                .collect();
            let name = wanted.split('@').next().unwrap_or(wanted);
            let hint = match nearest(name, &known) {
                Some(near) if near != name => format!("; did you mean `{near}`?"),
                Some(_) => "; it is there in another version".to_owned(),
                None => "; a dependency under a [target] table of Windows is one only of a package that is built as \
                         its Windows self"
                    .to_owned(),
            };
            return Err(format!(
                "`{wanted}` is neither a member of the workspace nor among what it depends on{hint}"
            ));
        }
        Ok(())
    }

    fn write_plan(&self, instead: Vec<(PathBuf, PathBuf)>) -> Result<(), String> {
        let mut folders = vec![(self.copy.clone(), self.root.clone())];
        folders.extend(
            self.outside.iter().map(|(package, _)| (package.to.clone(), package.from.clone())),
        );
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
        let plan = Plan { instead, folders, foreign, wrapper };
        let text =
            serde_json::to_string_pretty(&plan).map_err(|error| format!("the plan: {error}"))?;
        write(&Plan::file(&self.folder), &text)?;
        let _ = fs::remove_file(Plan::undefined(&self.folder));
        for name in [WRAPPER, RUNNER] {
            link(&self.folder, name)?;
        }
        Ok(())
    }
}

fn nearest<'a>(name: &str, known: &BTreeSet<&'a str>) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (strsim::osa_distance(name, known), *known))
        .min()
        .filter(|(distance, _)| *distance <= (name.len() / 3).max(1))
        .map(|(_, nearest)| nearest)
}

/// The packages that are really built: what a lock file has besides is not among them.
fn active(graph: &Metadata) -> Vec<&cargo_metadata::Package> {
    let nodes: BTreeSet<&PackageId> =
        graph.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| &node.id).collect();
    graph.packages.iter().filter(|package| nodes.contains(&package.id)).collect()
}

/// What a workspace's folder is called among others.
fn own_name(root: &Path) -> String {
    // FNV-1a: the same in every version of this command.
    let hash =
        root.as_os_str().as_encoded_bytes().iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        });
    let name = root.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
    format!("{name}-{hash:016x}")
}

/// Makes the work folder; one that another version of this command made is emptied, since cargo would not notice
/// what is different now.
fn make(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("format");
    if !fs::read_to_string(&stamp).is_ok_and(|old| old == FORMAT) && folder.is_dir() {
        fs::remove_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    write(&stamp, FORMAT)
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

fn settings(users: &Metadata, root: &Path) -> Result<Settings, String> {
    let mut settings = Settings::default();
    settings.add(&users.workspace_metadata, root)?;
    for member in users.workspace_packages() {
        settings.add(&member.metadata, &package::folder(member))?;
    }
    Ok(settings)
}

/// `--locked`: the user's lock file has to be there and good. The copy's own has more in it.
fn check_lock(request: &Request, here: &Path) -> Result<(), String> {
    let mut command = MetadataCommand::new();
    command.current_dir(here).other_options(vec!["--locked".to_owned()]);
    if request.offline {
        command.other_options(vec!["--locked".to_owned(), "--offline".to_owned()]);
    }
    if let Some(path) = &request.manifest_path {
        command.manifest_path(path);
    }
    metadata(&command).map(drop)
}

fn metadata(command: &MetadataCommand) -> Result<Metadata, String> {
    command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            // It is told as an error again.
            stderr.trim().trim_start_matches("error: ").to_owned()
        }
        other => other.to_string(),
    })
}

/// The target of this machine's compiler.
fn host() -> Result<String, String> {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&compiler)
        .arg("-vV")
        .output()
        .map_err(|error| format!("{}: {error}", compiler.to_string_lossy()))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| {
            format!("{} does not say for which machine it compiles", compiler.to_string_lossy())
        })
}

/// The cargo that called this, or the one on the path.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
