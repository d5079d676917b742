//! Where the shared objects are that programs are linked to.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where they may be said to be: a shared object, or the folder of both.
const VARIABLE: &str = "NETIOSIM_LIBRARY";

/// A shared object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Library {
    /// As the linker calls it, such as `iphlpapi`.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: PathBuf,
    /// Its folder.
    pub(crate) folder: PathBuf,
}

/// Finds the shared object of this name: where `NETIOSIM_LIBRARY` says, else beside this executable, or in
/// `../lib` of it.
///
/// # Errors
///
/// It is not there; the text says what to do.
pub(crate) fn find(name: &str) -> Result<Library, String> {
    let executable = std::env::current_exe().map_err(|error| {
        format!("where this command lies is not known ({error}); say in {VARIABLE} where the shared object is")
    })?;
    search(name, std::env::var_os(VARIABLE).map(PathBuf::from), &executable)
}

fn search(name: &str, said: Option<PathBuf>, executable: &Path) -> Result<Library, String> {
    let file = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let found = |path: PathBuf| {
        let path = std::path::absolute(&path).unwrap_or(path);
        let folder = path.parent()?.to_owned();
        path.is_file().then(|| Library { name: name.to_owned(), file: path, folder })
    };
    if let Some(said) = said {
        let named = said.file_name().is_some_and(|last| last == file.as_str());
        // The other one of the two lies beside it.
        let folder = if said.is_dir() { Some(said.as_path()) } else { said.parent() };
        let path = if named { Some(said.clone()) } else { folder.map(|folder| folder.join(&file)) };
        return path
            .and_then(found)
            .ok_or_else(|| format!("{VARIABLE} is {}, where no {file} is", said.display()));
    }
    let beside = executable.parent().unwrap_or(Path::new("."));
    // Tests of cargo lie one folder below.
    let folders = [beside.to_owned(), beside.join("../lib"), beside.join("..")];
    folders.into_iter().find_map(|folder| found(folder.join(&file))).ok_or_else(|| {
        let package = if name == "netio" { "netiosim-netio" } else { "netiosim-iphlpapi" };
        format!(
            "{file} is not beside this command ({}): build it with `cargo build --release -p {package}` in the checkout, and name it: {VARIABLE}=CHECKOUT/target/release",
            beside.display()
        )
    })
}

/// Runs a command with a text as its input; whether it succeeded.
pub(crate) fn feed(command: &mut Command, text: &str) -> io::Result<bool> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let status = child.wait()?;
    // A compiler that has seen enough stops reading; its status says so.
    let _ = written;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::search;
    use std::path::Path;

    #[test]
    fn what_is_missing_is_named_with_the_remedy() {
        let error = search("netio", None, Path::new("/nowhere/netiosim")).expect_err("nothing");
        assert!(
            error.contains("`cargo build --release -p netiosim-netio` in the checkout"),
            "{error}"
        );
        assert!(error.contains("NETIOSIM_LIBRARY=CHECKOUT/target/release"), "{error}");
        let said = Some("/nowhere/else".into());
        let error = search("netio", said, Path::new("/nowhere/netiosim")).expect_err("nothing");
        assert!(error.starts_with("NETIOSIM_LIBRARY is /nowhere/else, where no "), "{error}");
    }
}
