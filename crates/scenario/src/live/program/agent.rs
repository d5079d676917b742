//! The side of the program: what the shared object does when `netiosim exec` started its process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use netiosim_model::choose::Seeded;
use netiosim_model::machine::Machine;
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use netiosim_sim::{Builder, StackRef};
use parking_lot::Mutex;

use super::record::{Record, Watch};
use super::timeline::Timeline;
use super::wire::{COMMAND, LOADED, MEETING, Message, Moment, SOCKET, Setup, VERSION, Welcome};
use crate::load::Loaded;
use crate::program::{Program, compile};

/// The program's side of `netiosim exec`: one for each process that is the program.
#[derive(Clone)]
pub struct Agent {
    line: Arc<Line>,
    program: Arc<Program>,
    record: Arc<Mutex<Record>>,
    seed: u64,
    time_scale: f64,
    linger_ms: Option<u64>,
}

/// The connection to the command.
pub(super) struct Line {
    stream: Mutex<UnixStream>,
    /// The process that may speak; children that were forked off may not.
    process: u32,
}

/// The folder in which the command waits, if there is one.
fn meeting() -> Option<PathBuf> {
    std::env::var_os(MEETING).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Says that a shared object, `iphlpapi` or `netio`, is loaded into a process, to a command that waits for that. The
/// process that the command started does not outlive it, where the system can see to that.
pub fn loaded(name: &str) {
    if let Some(folder) = meeting() {
        end_with_the_command(&folder);
        // A command that has gone away needs no answer.
        let _ = std::fs::File::create(folder.join(format!("{LOADED}{name}")));
    }
}

/// Another process than the one that the command started has a parent that may well end before it.
#[cfg(target_os = "linux")]
fn end_with_the_command(folder: &Path) {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    let parent = || getppid().map(|parent| parent.to_string());
    let command = std::fs::read_to_string(folder.join(COMMAND)).ok();
    if command.is_some() && command == parent() {
        // It is there since the first Linux that this crate can be built for.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        if command != parent() {
            say("`netiosim exec`, which started this program, is gone");
            std::process::exit(1);
        }
    }
}

/// Only the signals that the command passes on end the program.
#[cfg(not(target_os = "linux"))]
fn end_with_the_command(_: &Path) {}

fn say(text: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(std::io::stderr(), "netiosim: {text}");
}

impl Agent {
    /// Asks the command that started this process for the scenario; `None` where none did, and where the program
    /// is another process, which is told on stderr.
    fn connect() -> Option<Self> {
        let folder = meeting()?;
        let process = std::process::id();
        let answer = UnixStream::connect(folder.join(SOCKET)).and_then(|mut stream| {
            writeln!(stream, "{}", text(&Message::Hello { process }))?;
            let mut answer = String::new();
            BufReader::new(&stream).read_line(&mut answer)?;
            Ok((stream, answer))
        });
        let (stream, answer) = match answer {
            Ok(answer) => answer,
            Err(error) => {
                say(&format!("`netiosim exec`, which started this program, is gone ({error})"));
                return None;
            }
        };
        let line = Line { stream: Mutex::new(stream), process };
        match serde_json::from_str(&answer) {
            Ok(Welcome::Program(setup)) if setup.version == VERSION => {
                Some(Self::new(line, *setup))
            }
            Ok(Welcome::Taken { process: program }) => {
                say(&format!(
                    "process {process} has a stack of its own: the program of `netiosim exec` is process {program}"
                ));
                None
            }
            Ok(Welcome::Program(_)) | Err(_) => {
                line.refuse("", "the shared object is of another version than the command")
            }
        }
    }

    fn new(line: Line, setup: Setup) -> Self {
        let Setup { scenario, stack, lines, profile, seed, time_scale, linger_ms, .. } = setup;
        let loaded = Loaded { scenario, stack, lines };
        let profile = match Profile::parse(&profile) {
            Ok(profile) => profile,
            Err(error) => line.refuse("profile", &error.to_string()),
        };
        let mut program = match compile(&loaded.scenario, &loaded.stack, profile) {
            Ok(program) => program,
            Err(error) => line.refuse(&error.path, &error.reason),
        };
        program.say_lines(&loaded.lines);
        let seed = seed.unwrap_or(program.seed);
        let program = Arc::new(program);
        let record = Arc::new(Mutex::new(Record::watched(&program)));
        Self { line: Arc::new(line), program, record, seed, time_scale, linger_ms }
    }

    /// The agent of this process, if it has one; the first call connects.
    pub fn of_this_process() -> Option<&'static Self> {
        static AGENT: OnceLock<Option<Agent>> = OnceLock::new();
        AGENT.get_or_init(Self::connect).as_ref()
    }

    /// The program's default stack, from the one that it would have otherwise: the scenario's machine. `flavour` is
    /// that of the shared object.
    pub fn builder(&self, builder: Builder, flavour: Flavour) -> Builder {
        let program = &self.program;
        if program.flavour != flavour {
            let (is, wanted) = match flavour {
                Flavour::User => ("a program's (iphlpapi)", "user"),
                Flavour::Kernel => ("a driver's (netio)", "kernel"),
            };
            self.line.refuse(
                "flavour",
                &format!(
                    "the functions that the program calls are {is}: give `--flavour {wanted}`"
                ),
            );
        }
        let mut builder = builder
            .profile(program.profile)
            .env(program.env.clone())
            .seed(self.seed)
            .chooser(Box::new(Seeded::new(self.seed)))
            .flavour(flavour)
            .observer(Box::new(Watch::new(self.clone())));
        for (name, value) in &program.fixed {
            builder = builder.option(name.as_str(), value.as_str());
        }
        builder
    }

    /// The stack was made: the timeline begins.
    pub fn begin(&self, stack: &StackRef) {
        for fault in &self.program.faults {
            stack.fault(fault.clone()).keep();
        }
        let timeline = Timeline::new(self.clone(), self.linger_ms);
        stack.follow_real_time_with(self.time_scale, Box::new(timeline));
    }

    /// The program is at its end: judges the expectations.
    pub fn end(&self, stack: &StackRef) {
        let () = stack.inspect(|machine| self.judge(machine, Moment::Exit, None));
        // They are told of; nobody else has to.
        let _told = stack.take_findings();
    }

    /// Holds what there is against the expectations, and says how it stands.
    pub(super) fn judge(&self, machine: &Machine, at: Moment, limit: Option<String>) {
        let judged = self.record.lock().judge(&self.program, machine, at, limit);
        self.line.say(&Message::Verdict(judged));
    }

    pub(super) fn line(&self) -> &Line {
        &self.line
    }

    pub(super) fn program(&self) -> &Arc<Program> {
        &self.program
    }

    pub(super) fn record(&self) -> &Mutex<Record> {
        &self.record
    }
}

impl Line {
    /// Tells the command; when it has gone away, nobody.
    pub(super) fn say(&self, message: &Message) {
        if self.process == std::process::id() {
            let _ = self.stream.lock().write_all(format!("{}\n", text(message)).as_bytes());
        }
    }

    /// Ends a program that cannot live through the scenario.
    fn refuse(&self, path: &str, reason: &str) -> ! {
        self.say(&Message::Refused { path: path.to_owned(), reason: reason.to_owned() });
        say(&format!("the scenario cannot be run: {reason}"));
        std::process::exit(1)
    }
}

fn text(message: &Message) -> String {
    serde_json::to_string(message).expect("plain data serializes")
}
