//! A run: the copy, and cargo on it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

use super::args::{Request, Subcommand};
use super::ask::{active, cargo, check_lock, host, metadata};
use super::flip::Windows;
use super::job::{Job, Remarks};
use super::mirror::{at, normal, write};
use super::named::Named;
use super::package;
use super::plan::WRAPPER;
use super::runner::{self, RUNNER};
use super::settings::Settings;
use super::simulator::Simulator;
use super::{family, stand_in, versions};

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
    pub(crate) remarks: Remarks,
    /// Folders of the packages that say which function is of which DLL.
    pub(crate) declarations: Vec<PathBuf>,
    /// The packages that are built as their Windows selves.
    pub(crate) turned: BTreeSet<String>,
    /// The packages that are built as they are here and could be named, by the names of their crates.
    pub(crate) others: BTreeMap<String, String>,
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
        make(&folder).map_err(|error| {
            format!(
                "the copy of your tree cannot be made in the target folder {}: {error}",
                target.display()
            )
        })?;
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
        let (turned, others) = job.named.split(&users, &graph);
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
            turned,
            others,
            build: all.join("build"),
            folder: job.folder,
        })
    }

    /// The call of cargo.
    pub(crate) fn cargo(&self, request: &Request) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.current_dir).arg(request.subcommand.name());
        let mut rest: Vec<OsString> = request.rest.clone();
        if request.subcommand == Subcommand::Nextest
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
fn settings(users: &Metadata, root: &Path) -> Result<Settings, String> {
    let mut settings = Settings::default();
    settings.add(&users.workspace_metadata, root)?;
    for member in users.workspace_packages() {
        settings.add(&member.metadata, &package::folder(member))?;
    }
    Ok(settings)
}
