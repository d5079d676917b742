//! Questions to cargo and the compiler.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, PackageId};

use super::args::Request;

/// The packages that are really built: what a lock file has besides is not among them.
pub(crate) fn active(graph: &Metadata) -> Vec<&cargo_metadata::Package> {
    let nodes: BTreeSet<&PackageId> =
        graph.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| &node.id).collect();
    graph.packages.iter().filter(|package| nodes.contains(&package.id)).collect()
}
/// `--locked`: the user's lock file has to be there and good. The copy's own has more in it.
pub(crate) fn check_lock(request: &Request, here: &Path) -> Result<(), String> {
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
/// What cargo says of a workspace.
///
/// # Errors
///
/// What cargo says is wrong.
pub(crate) fn metadata(command: &MetadataCommand) -> Result<Metadata, String> {
    command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            // It is told as an error again.
            stderr.trim().trim_start_matches("error: ").to_owned()
        }
        other => other.to_string(),
    })
}
/// The target of this machine's compiler.
pub(crate) fn host() -> Result<String, String> {
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
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
