//! The file that `NETIOSIM_TRACE_DIR` asks for.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use netiosim_sim::Observer;
use netiosim_sim::model::event::Event;
use netiosim_sim::model::machine::Machine;

/// A file that takes the trace of the default stack as it comes, a line an event, so that it is complete whatever
/// becomes of the program.
pub(crate) struct TraceFile {
    file: File,
    /// The process that writes; children that were forked off do not.
    process: u32,
}

impl TraceFile {
    /// A new file in the folder of `NETIOSIM_TRACE_DIR`; `None` without such a folder, which is told on stderr.
    pub(crate) fn from_env() -> Option<Self> {
        let folder = std::env::var_os("NETIOSIM_TRACE_DIR").filter(|folder| !folder.is_empty())?;
        let process = std::process::id();
        let path = path(Path::new(&folder), process);
        match std::fs::create_dir_all(&folder).and_then(|()| File::create(&path)) {
            Ok(file) => Some(Self { file, process }),
            Err(error) => {
                let path = path.display();
                // There is nobody else to tell.
                let _ = writeln!(
                    std::io::stderr(),
                    "netiosim: NETIOSIM_TRACE_DIR: {path} cannot be written: {error}"
                );
                None
            }
        }
    }
}

fn path(folder: &Path, process: u32) -> PathBuf {
    let program = std::env::args_os().next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy();
    let program = if program.is_empty() { "program".into() } else { program };
    folder.join(format!("{program}-{process}.trace"))
}

impl Observer for TraceFile {
    fn events(&mut self, machine: &Machine, events: &[Event]) {
        if self.process != std::process::id() {
            return;
        }
        let mut text = String::new();
        for event in events {
            text.push_str(&machine.trace_line(event));
            text.push('\n');
        }
        // A full disk is no reason to stop the program.
        let _ = self.file.write_all(text.as_bytes());
    }
}
