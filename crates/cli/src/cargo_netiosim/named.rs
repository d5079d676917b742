//! Which packages are turned.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Metadata, TargetKind};

use super::args::Request;
use super::settings::Settings;

/// Which packages are built as their Windows selves.
#[derive(Debug)]
pub(crate) struct Named {
    windows: Vec<String>,
    host: Vec<String>,
    /// Whether members are among the names; then only these of the members.
    members: bool,
}

impl Named {
    /// By the command line and the settings.
    pub(crate) fn new(request: &Request, settings: &Settings, users: &Metadata) -> Self {
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
    pub(crate) fn member(&self, package: &cargo_metadata::Package) -> bool {
        !self.host.iter().any(|name| names(name, package))
            && (!self.members || self.windows.iter().any(|name| names(name, package)))
    }

    /// Whether any other package is one.
    pub(crate) fn dependency(&self, package: &cargo_metadata::Package) -> bool {
        self.windows.iter().any(|name| names(name, package))
    }

    /// The packages that are turned, and those that could be and are not, by the names of their crates.
    pub(crate) fn split(
        &self,
        users: &Metadata,
        graph: &Metadata,
    ) -> (BTreeSet<String>, BTreeMap<String, String>) {
        let members = users.workspace_packages().into_iter().filter(|member| self.member(member));
        let named = graph.packages.iter().filter(|package| self.dependency(package));
        let turned: BTreeSet<String> =
            members.chain(named).map(|package| package.name.to_string()).collect();
        // The project's own know both systems, and Windows' names are the same on both.
        let is_of_both = |name: &str| {
            ["netiosim", "windows", "winapi"].iter().any(|known| name.starts_with(known))
        };
        let library = |package: &cargo_metadata::Package| {
            let target =
                package.targets.iter().find(|target| target.kind.contains(&TargetKind::Lib));
            target.map(|target| (target.name.replace('-', "_"), package.name.to_string()))
        };
        let others = graph
            .packages
            .iter()
            .filter(|package| !turned.contains(package.name.as_str()) && !is_of_both(&package.name))
            .filter_map(library)
            .collect();
        (turned, others)
    }

    /// Whether every name is one of a package.
    ///
    /// # Errors
    ///
    /// The first that is not, with what was probably meant.
    pub(crate) fn check(&self, users: &Metadata, graph: &Metadata) -> Result<(), String> {
        for wanted in self.windows.iter().chain(&self.host) {
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
fn nearest<'a>(name: &str, known: &BTreeSet<&'a str>) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (strsim::osa_distance(name, known), *known))
        .min()
        .filter(|(distance, _)| *distance <= (name.len() / 3).max(1))
        .map(|(_, nearest)| nearest)
}
