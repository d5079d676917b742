//! The command's side of the meeting with the program: a socket in a folder of its own.

use std::env::consts;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use netiosim_scenario::live::program::{
    COMMAND, Found, Judged, LOADED, MEETING, Message, Moment, SOCKET, Setup, Welcome,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::exec_signals::{Caught, is_the_terminals};

/// How long a program that was asked to end may take for it, in real time.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the last words of a process may take that ended, in real time: a child of it may hold the line.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[cfg(target_vendor = "apple")]
const PRELOAD: (&str, &str) = ("DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH");
#[cfg(not(target_vendor = "apple"))]
const PRELOAD: (&str, &str) = ("LD_PRELOAD", "LD_LIBRARY_PATH");

/// A folder that is removed with this.
pub(crate) struct Meeting {
    folder: PathBuf,
}

/// What was heard of a program.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Which of our shared objects some process loaded: `iphlpapi`, `netio`.
    pub(crate) loaded: Vec<String>,
    /// Whether some process used it.
    pub(crate) connected: bool,
    /// Where in the scenario, and why it cannot be run.
    pub(crate) refused: Option<(String, String)>,
    pub(crate) trace: Vec<String>,
    /// Deliveries that began.
    pub(crate) deliveries: usize,
    /// The virtual time, in milliseconds.
    pub(crate) now_ms: u64,
    pub(crate) found: Vec<Found>,
    pub(crate) verdict: Option<Judged>,
    /// How the program ended.
    pub(crate) status: ExitStatus,
    /// Whether it was asked to end, because nothing more was to come.
    asked: bool,
}

/// What can be heard.
pub(crate) enum Sound {
    /// Of the program.
    Said(Message),
    /// The program hung up.
    Closed,
    /// This command was asked to end.
    Signal(Signal),
    /// The process that was started ended.
    Ended(io::Result<ExitStatus>),
}

impl Meeting {
    /// A new folder.
    pub(crate) fn new() -> Result<Self, String> {
        let own = std::process::id();
        // A name with a separator of the loader's lists would be two.
        let plain =
            |folder: &PathBuf| !folder.as_os_str().as_bytes().iter().any(|b| b" :\n".contains(b));
        let base = Some(std::env::temp_dir()).filter(plain).unwrap_or_else(|| "/tmp".into());
        for number in 0..100u32 {
            let folder = base.join(format!("netiosim-exec-{own}-{number}"));
            match fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => {
                    let meeting = Self { folder };
                    let number = meeting.folder.join(COMMAND);
                    fs::write(&number, own.to_string()).map_err(|error| {
                        format!("{} cannot be written: {error}", number.display())
                    })?;
                    return Ok(meeting);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("{} cannot be made: {error}", folder.display())),
            }
        }
        Err(format!("no folder can be made in {}", base.display()))
    }

    /// Starts the program, and hears it to its end.
    pub(crate) fn run(
        &self,
        setup: &Setup,
        program: &[OsString],
        library: &Path,
        preload: bool,
        caught: &Caught,
    ) -> Result<Heard, String> {
        let trouble = |error: io::Error| format!("the meeting with the program failed: {error}");
        let (send, sounds) = mpsc::channel();
        let welcome = Welcome::Program(Box::new(setup.clone()));
        let welcome = serde_json::to_string(&welcome).expect("plain data serializes");
        let listener = UnixListener::bind(self.folder.join(SOCKET)).map_err(trouble)?;
        let said = send.clone();
        std::thread::spawn(move || receive(&listener, &welcome, &said));

        let mut command = self.command(setup, program, library, preload).map_err(trouble)?;
        let mut child = command
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program[0].display()))?;
        let own = child.id();
        caught.tell(send.clone());
        std::thread::spawn(move || send.send(Sound::Ended(child.wait())));

        let mut heard = Heard::default();
        let mut process = None;
        let mut closed = false;
        let mut ended = false;
        let mut urged = false;
        let mut deadline = None;
        while !(ended && (closed || process.is_none())) {
            let sound = if urged || heard.asked && !ended {
                // However much it says meanwhile.
                let until = *deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
                sounds.recv_timeout(until.saturating_duration_since(Instant::now()))
            } else if ended {
                sounds.recv_timeout(LAST_WORDS)
            } else {
                sounds.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match sound {
                Ok(Sound::Said(Message::Hello { process: own })) => {
                    heard.connected = true;
                    process = Some(own);
                }
                Ok(Sound::Said(Message::Over)) => {
                    heard.asked = true;
                    ask_to_end(process, Signal::TERM);
                }
                Ok(Sound::Said(message)) => heard.hear(message),
                Ok(Sound::Signal(signal)) => {
                    if !is_the_terminals(signal) {
                        ask_to_end(process, signal);
                        if !ended && process != Some(own) {
                            ask_to_end(Some(own), signal);
                        }
                    }
                    // A program may have other uses for an interruption.
                    urged |= signal != Signal::INT;
                }
                Ok(Sound::Closed) => closed = true,
                Ok(Sound::Ended(status)) => {
                    ended = true;
                    heard.status = status.map_err(trouble)?;
                }
                Err(_) if ended => break,
                Err(_) => {
                    // It does not want to.
                    deadline = None;
                    ask_to_end(process, Signal::KILL);
                    ask_to_end(Some(own), Signal::KILL);
                }
            }
        }
        if urged && !closed && process != Some(own) {
            // A shell started it, and is gone.
            ask_to_end(process, Signal::KILL);
        }
        heard.loaded = self.loaded();
        Ok(heard)
    }

    fn loaded(&self) -> Vec<String> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            names.extend(
                entry.file_name().to_string_lossy().strip_prefix(LOADED).map(str::to_owned),
            );
        }
        names
    }

    fn command(
        &self,
        setup: &Setup,
        program: &[OsString],
        library: &Path,
        preload: bool,
    ) -> io::Result<Command> {
        // By a link: the path of the library itself may have characters that the loader's lists cannot.
        let folder = self.folder.join("lib");
        let link = folder.join(library.file_name().unwrap_or_default());
        fs::create_dir(&folder)?;
        symlink(fs::canonicalize(library)?, &link)?;
        // A program that wants the other one shall start, and be told of its mistake.
        for name in ["iphlpapi", "netio"] {
            let name = format!("{}{name}{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
            let other = fs::canonicalize(library.with_file_name(&name));
            if let Some(other) = other.ok().filter(|_| !folder.join(&name).exists()) {
                symlink(other, folder.join(&name))?;
            }
        }
        let mut command = Command::new(&program[0]);
        command.args(&program[1..]);
        command.env(MEETING, &self.folder);
        command.env("NETIOSIM_LIBRARY", library);
        command.env("NETIOSIM_PROFILE", &setup.profile);
        command.env("NETIOSIM_SEED", setup.seed.unwrap_or_default().to_string());
        if preload {
            command.env(PRELOAD.0, before(link.as_os_str(), PRELOAD.0));
        }
        command.env(PRELOAD.1, before(folder.as_os_str(), PRELOAD.1));
        Ok(command)
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        // What is left behind lies among the temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A list of the loader's, with one more at its front.
fn before(first: &OsStr, variable: &str) -> OsString {
    let mut list = first.to_owned();
    if let Some(rest) = std::env::var_os(variable).filter(|rest| !rest.is_empty()) {
        list.push(":");
        list.push(rest);
    }
    list
}

fn ask_to_end(process: Option<u32>, signal: Signal) {
    let process = process.and_then(|process| i32::try_from(process).ok()).and_then(Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself.
        let _ = kill_process(process, signal);
    }
}

/// Hears the first process that calls, and tells the others that they are not the program.
fn receive(listener: &UnixListener, welcome: &str, sounds: &Sender<Sound>) {
    let mut program = None;
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        let Ok(reading) = stream.try_clone() else { continue };
        let mut lines = BufReader::new(reading);
        let mut hello = String::new();
        let read = lines.read_line(&mut hello);
        let Ok(Message::Hello { process }) = serde_json::from_str(&hello) else { continue };
        if read.is_err() {
            continue;
        }
        if let Some(process) = program {
            let taken = serde_json::to_string(&Welcome::Taken { process });
            // It goes on without an answer as well.
            let _ = writeln!(stream, "{}", taken.expect("plain data serializes"));
            continue;
        }
        program = Some(process);
        if sounds.send(Sound::Said(Message::Hello { process })).is_err() {
            return;
        }
        let sounds = sounds.clone();
        std::thread::spawn(move || hear(lines, &sounds));
        // A program that died meanwhile is heard to hang up.
        let _ = writeln!(stream, "{welcome}");
    }
}

/// Hears the program until it hangs up. A line that was cut off by the program's end is dropped.
fn hear(lines: BufReader<UnixStream>, sounds: &Sender<Sound>) {
    for line in lines.lines() {
        let Ok(line) = line else { break };
        let Ok(message) = serde_json::from_str(&line) else { continue };
        if sounds.send(Sound::Said(message)).is_err() {
            return;
        }
    }
    let _ = sounds.send(Sound::Closed);
}

impl Heard {
    fn hear(&mut self, message: Message) {
        match message {
            Message::Trace { lines, deliveries, now_ms } => {
                self.trace.extend(lines);
                (self.deliveries, self.now_ms) = (deliveries, now_ms);
            }
            Message::Finding(found) => self.found.push(found),
            Message::Verdict(judged) => self.verdict = Some(judged),
            Message::Refused { path, reason } => self.refused = Some((path, reason)),
            Message::Hello { .. } | Message::Over => {}
        }
    }

    /// Whether the program ended as it should: with 0, or as it was asked to.
    pub(crate) fn ended_well(&self) -> bool {
        self.status.success() || self.asked
    }

    /// How the program ended, in words.
    pub(crate) fn status_words(&self) -> String {
        let words = words(self.status);
        match &self.verdict {
            Some(judged) if judged.at == Moment::Abort => {
                format!("{words}: the stack ended the program, because of the deadlock below")
            }
            _ => words,
        }
    }
}

/// The status of a process, in words.
pub(crate) fn words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => {
            let name = match Signal::from_named_raw(signal) {
                Some(Signal::ABORT) => " (SIGABRT)",
                Some(Signal::BUS) => " (SIGBUS)",
                Some(Signal::FPE) => " (SIGFPE)",
                Some(Signal::HUP) => " (SIGHUP)",
                Some(Signal::ILL) => " (SIGILL)",
                Some(Signal::INT) => " (SIGINT)",
                Some(Signal::KILL) => " (SIGKILL)",
                Some(Signal::PIPE) => " (SIGPIPE)",
                Some(Signal::SEGV) => " (SIGSEGV)",
                Some(Signal::TERM) => " (SIGTERM)",
                Some(Signal::TRAP) => " (SIGTRAP)",
                _ => "",
            };
            format!("signal {signal}{name}")
        }
        (None, None) => "an unknown end".to_owned(),
    }
}
