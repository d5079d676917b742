//! Standard output and standard error, which may be closed at any time.

use std::io::{self, ErrorKind, Write as _};

use anstream::{AutoStream, ColorChoice};

/// Standard output. When its reader has gone away, the rest is dropped silently.
pub(crate) struct Output {
    stream: AutoStream<io::StdoutLock<'static>>,
    color: bool,
    state: State,
}

enum State {
    Open,
    /// The reader has gone away.
    Closed,
    Failed(io::Error),
}

impl Output {
    /// Standard output with colours as asked for.
    pub(crate) fn stdout(choice: ColorChoice) -> Self {
        let stdout = io::stdout();
        let choice = match choice {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            other => other,
        };
        let color = choice != ColorChoice::Never;
        Self { stream: AutoStream::new(stdout.lock(), choice), color, state: State::Open }
    }

    /// Whether colours are wanted.
    pub(crate) fn color(&self) -> bool {
        self.color
    }

    /// Prints text as it is.
    pub(crate) fn print(&mut self, text: &str) {
        if matches!(self.state, State::Open) {
            let written = self.stream.write_all(text.as_bytes());
            self.note(written);
        }
    }

    /// Prints text and a line end.
    pub(crate) fn line(&mut self, text: &str) {
        self.print(text);
        self.print("\n");
    }

    /// Writes what is left, and says whether everything went out or nobody wanted it.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if matches!(self.state, State::Open) {
            let flushed = self.stream.flush();
            self.note(flushed);
        }
        match self.state {
            State::Open | State::Closed => Ok(()),
            State::Failed(error) => Err(error),
        }
    }

    fn note(&mut self, written: io::Result<()>) {
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.state = State::Closed,
            Err(error) => self.state = State::Failed(error),
        }
    }
}

/// Says on standard error what is wrong with the call.
pub(crate) fn complain(message: &str) {
    message_line("error", message);
}

/// Says on standard error what is good to know.
pub(crate) fn remark(message: &str) {
    message_line("note", message);
}

fn message_line(kind: &str, message: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(anstream::stderr(), "netiosim: {kind}: {message}");
}
