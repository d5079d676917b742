//! Packages of a registry that are compiled from changed sources although no manifest of theirs changes.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Edition, Package, TargetKind};

use super::flip::{self, Windows};
use super::mirror::{at, write};
use super::package::folder;
use super::{build_script, stand_in};

/// What stands for sources of a registry.
#[derive(Debug, Default)]
pub(crate) struct Instead {
    /// Roots, each with the one that stands for it.
    pub(crate) roots: Vec<(PathBuf, PathBuf)>,
    /// Folders in which such roots are, each with the one that it stands for.
    pub(crate) folders: Vec<(PathBuf, PathBuf)>,
}

/// The sources for which others stand, written into the work folder: those of strings, which need
/// `std::os::windows` and are in `windows-strings` or, before, in `windows-core`, and the build script of `winapi`, which asks for the target.
///
/// # Errors
///
/// A file that cannot be read or written.
pub(crate) fn instead(
    packages: &[&Package],
    work: &Path,
    windows: Windows,
) -> Result<Instead, String> {
    let mut instead = Instead::default();
    for package in packages {
        let to = work.join("instead").join(format!("{}-{}", package.name, package.version));
        match package.name.as_str() {
            "windows-core" | "windows-strings" => {
                let from = folder(package);
                if !needs_stand_in(&from.join("src"))? {
                    continue;
                }
                let std = package.features.contains_key("std");
                sources(&from, &to, work, windows, std)?;
                instead.roots.push((from.join("src/lib.rs"), to.join("src/lib.rs")));
                instead.folders.push((to, from));
            }
            "winapi" => {
                for target in &package.targets {
                    if target.kind.contains(&TargetKind::CustomBuild) {
                        let from = target.src_path.as_std_path();
                        let text = read(from)?;
                        let new = to.join("build.rs");
                        if let Some(text) =
                            build_script::for_windows(&text, Edition::E2015, windows)
                        {
                            write(&new, &text)?;
                            instead.roots.push((from.to_owned(), new));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(instead)
}

/// Whether a file says `std::os::windows`.
fn needs_stand_in(folder: &Path) -> Result<bool, String> {
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        let needs = if path.is_dir() {
            needs_stand_in(&path)?
        } else {
            fs::read_to_string(&path).is_ok_and(|text| text.contains("std::os::windows"))
        };
        if needs {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The sources of a package, with the stand-in as a module: it cannot depend on a package of ours. `std`: using
/// std is a feature of it.
fn sources(from: &Path, to: &Path, work: &Path, windows: Windows, std: bool) -> Result<(), String> {
    for entry in fs::read_dir(from).map_err(|error| at(from, &error))? {
        let path = entry.map_err(|error| at(from, &error))?.path();
        let new = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            sources(&path, &new, work, windows, std)?;
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.extension().is_none_or(|extension| extension != "rs") {
            write(&new, &text)?;
            continue;
        }
        let flipped = flip::source(&text, windows).text.unwrap_or(text);
        let mut flipped = flipped
            .replace(&format!("::{}", flip::STAND_IN), &format!("crate::{}", flip::STAND_IN));
        if path.ends_with("src/lib.rs") {
            let module = stand_in::folder(work).join("src/ffi.rs");
            let condition = if std { "#[cfg(feature = \"std\")] " } else { "" };
            flipped.push_str(&format!(
                "mod {} {{ {condition}#[path = {module:?}] pub mod ffi; }}\n",
                flip::STAND_IN
            ));
        }
        write(&new, &flipped)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| at(path, &error))
}
