//! The file of `--trace`.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use netiosim_scenario::run::FileReport;

/// A file that takes the traces of all runs as text: a header line a run, then a line an event.
pub(crate) struct TraceFile {
    path: PathBuf,
    writer: BufWriter<File>,
    failure: Option<io::Error>,
}

impl TraceFile {
    /// Creates the file, or says why not.
    pub(crate) fn create(path: &Path) -> Result<Self, String> {
        match File::create(path) {
            Ok(file) => {
                Ok(Self { path: path.to_owned(), writer: BufWriter::new(file), failure: None })
            }
            Err(error) => Err(unwritable(path, &error)),
        }
    }

    /// Adds the traces of a file's runs.
    pub(crate) fn add(&mut self, report: &FileReport) {
        if self.failure.is_none() {
            self.failure = self.write(report).err();
        }
    }

    /// Writes what is left; says what went wrong at any time.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let error = match self.failure.take() {
            Some(error) => error,
            None => match self.writer.flush() {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
        };
        Err(unwritable(&self.path, &error))
    }

    fn write(&mut self, report: &FileReport) -> io::Result<()> {
        for run in &report.runs {
            let (file, profile) = (report.file.display(), run.profile);
            writeln!(
                self.writer,
                "== {file}  profile {profile}  seed {}  {}",
                run.seed, run.verdict
            )?;
            for line in &run.trace {
                writeln!(self.writer, "{line}")?;
            }
        }
        Ok(())
    }
}

/// The message about a report that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}
