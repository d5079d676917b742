//! A package and its place in the copy.

use std::path::{Path, PathBuf};

use cargo_metadata::{Edition, TargetKind};

/// A package whose sources are copied.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The user's folder, or the registry's.
    pub(crate) from: PathBuf,
    /// Where the copy is.
    pub(crate) to: PathBuf,
    /// Whether the copy is the Windows self.
    pub(crate) flip: bool,
    /// The roots of its crates, and its build script.
    pub(crate) roots: Vec<(PathBuf, Root)>,
}

/// What a file is the root of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// A library, program, test, example or benchmark.
    Crate(Edition),
    /// The build script, a program of the host.
    BuildScript(Edition),
}

impl Package {
    /// As cargo describes it. A procedural macro is the host's and never flipped, and neither are the project's
    /// own packages, which know both systems.
    pub(crate) fn new(package: &cargo_metadata::Package, to: PathBuf, flip: bool) -> Self {
        let mut roots = Vec::new();
        let mut macros = false;
        for target in &package.targets {
            let path = target.src_path.clone().into_std_path_buf();
            if target.kind.contains(&TargetKind::CustomBuild) {
                roots.push((path, Root::BuildScript(target.edition)));
            } else if target.kind.contains(&TargetKind::ProcMacro) {
                macros = true;
            } else {
                roots.push((path, Root::Crate(target.edition)));
            }
        }
        let ours = package.name.starts_with("netiosim");
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
            from: folder(package),
            to,
            flip: flip && !macros && !ours,
            roots,
        }
    }

    /// What a file is the root of, if it is one.
    pub(crate) fn root(&self, path: &Path) -> Option<Root> {
        self.roots.iter().find(|(root, _)| root == path).map(|(_, kind)| *kind)
    }
}

/// The folder of a package.
pub(crate) fn folder(package: &cargo_metadata::Package) -> PathBuf {
    let mut path = package.manifest_path.clone().into_std_path_buf();
    path.pop();
    path
}
