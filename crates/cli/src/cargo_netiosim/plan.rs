//! What the compiler's wrapper has to know; it lies beside it in the work folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The name under which this program is the compiler's wrapper.
pub(crate) const WRAPPER: &str = "netiosim-rustc";

/// What the wrapper does to calls of the compiler.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Roots of crates for which another file stands.
    pub(crate) instead: Vec<(PathBuf, PathBuf)>,
    /// Folders of the copy, and the user's folders that they stand for.
    pub(crate) folders: Vec<(PathBuf, PathBuf)>,
    /// Folders of packages that are not the user's: their warnings are not shown.
    pub(crate) foreign: Vec<PathBuf>,
    /// The wrapper that the user has set, such as a cache.
    pub(crate) wrapper: Option<PathBuf>,
}

impl Plan {
    /// The plan's file.
    pub(crate) fn file(work: &Path) -> PathBuf {
        work.join("plan.json")
    }

    /// Where the wrapper notes the names that the linker did not find, one a line.
    pub(crate) fn undefined(work: &Path) -> PathBuf {
        work.join("undefined")
    }

    /// Where the wrapper notes the crates with type errors, as JSON, one a line.
    pub(crate) fn type_errors(work: &Path) -> PathBuf {
        work.join("type-errors")
    }
}
