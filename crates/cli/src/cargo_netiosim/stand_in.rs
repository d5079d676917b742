//! The crate that stands for `std::os::windows`, written into the work folder.

use std::path::{Path, PathBuf};

use super::mirror::write;

const FILES: [(&str, &str); 8] = [
    ("src/lib.rs", include_str!("std_windows/lib.rs")),
    ("src/c.rs", include_str!("std_windows/c.rs")),
    ("src/ffi.rs", include_str!("std_windows/ffi.rs")),
    ("src/fs.rs", include_str!("std_windows/fs.rs")),
    ("src/io.rs", include_str!("std_windows/io.rs")),
    ("src/process.rs", include_str!("std_windows/process.rs")),
    ("src/raw.rs", include_str!("std_windows/raw.rs")),
    (
        "Cargo.toml",
        "[package]\nname = \"netiosim-std-windows\"\nversion = \"0.1.0\"\nedition = \"2021\"\npublish = false\n\n\
         [workspace]\n",
    ),
];

/// Where the crate is in the work folder.
pub(crate) fn folder(work: &Path) -> PathBuf {
    work.join("std-windows")
}

/// Writes the crate.
///
/// # Errors
///
/// A file that cannot be written.
pub(crate) fn write_to(work: &Path) -> Result<PathBuf, String> {
    let folder = folder(work);
    for (name, text) in FILES {
        write(&folder.join(name), text)?;
    }
    Ok(folder)
}
