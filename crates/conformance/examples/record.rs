//! Records what the system that it runs on does: every check of conformance over its own functions, and what comes of a list
//! of calls with plain parameters. For Windows, and for Wine:
//!
//! ```console
//! > record.exe --out recording.json
//! ```
//!
//! * `--out FILE`: where to write it; else it goes to standard output.
//! * `--id PATTERN`: only these checks, such as `NI-*`.
//! * `--profile NAME`: what the checks expect; default: `documented`.
//! * `--change-this-machine`: functions that create, set and delete are called, too. Not by default.
//! * `--world NAME`: a program changes the world as checks ask for it, and takes it back. `ip`, of Unix, under Wine and meant for a
//!   network namespace; or `netsh`, of Windows, together with `--change-this-machine` only.
//!
//! A call may end the program that makes it. So the calls are made by a second one, which tells of each when it has returned;
//! where it tells no more, that is recorded, and another one goes on behind. What a failed check saw goes to
//! standard error and not into the recording: there may be addresses in it.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use netiosim_conformance::backends::{System, Tool, namespace};
use netiosim_conformance::{
    Backend, Came, Happening, Matrix, Outcome, Probe, Requirement, Seen, Selection, glob,
    requirements,
};
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use serde_json::{Value, json};

/// The version of the format.
const VERSION: u32 = 1;
/// A call that takes longer is taken for one that does not return.
const PATIENCE: Duration = Duration::from_secs(60);
/// The last line of a second program that came to its end.
const END: &str = "end";

/// What was asked for on the command line.
#[derive(Clone)]
struct Arguments {
    out: Option<String>,
    ids: String,
    profile: Profile,
    change_this_machine: bool,
    /// What changes the world.
    world: Option<Tool>,
    /// Of the second program: which calls it makes, and from where on.
    part: Option<(Part, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Checks,
    Probes,
    Happenings,
}

impl Part {
    const ALL: [Self; 3] = [Self::Checks, Self::Probes, Self::Happenings];

    fn option(self) -> &'static str {
        match self {
            Self::Checks => "--checks",
            Self::Probes => "--probes",
            Self::Happenings => "--happenings",
        }
    }
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            out: None,
            ids: "*".to_owned(),
            profile: Profile::Documented,
            change_this_machine: false,
            world: None,
            part: None,
        };
        while let Some(word) = words.next() {
            let mut next = || words.next().ok_or(format!("{word} wants something behind it"));
            match word.as_str() {
                "--change-this-machine" => arguments.change_this_machine = true,
                "--out" => arguments.out = Some(next()?),
                "--id" => arguments.ids = next()?,
                "--profile" => {
                    let name = next()?;
                    let found = Profile::ALL.into_iter().find(|profile| profile.name() == name);
                    arguments.profile = found.ok_or(format!("there is no profile {name}"))?;
                }
                "--world" => {
                    let name = next()?;
                    let tool = Tool::named(&name);
                    arguments.world = Some(tool.ok_or(format!("there is no world {name}"))?);
                }
                _ => {
                    let part = Part::ALL.into_iter().find(|part| part.option() == word);
                    let part = part.ok_or_else(|| format!("there is no {word}"))?;
                    let from = words.next().and_then(|word| word.parse().ok());
                    arguments.part = Some((part, from.ok_or("a number was expected")?));
                }
            }
        }
        if arguments.world == Some(Tool::Netsh) && !arguments.change_this_machine {
            return Err("netsh changes this machine; --change-this-machine allows it".to_owned());
        }
        if arguments.world == Some(Tool::Ip) && namespace().is_none() {
            return Err("ip changes a network namespace that NETIOSIM_NAMESPACE names; ci/windows/record FILE --world ip makes one".to_owned());
        }
        Ok(arguments)
    }

    fn system(&self) -> System {
        let mut system = System::new();
        if self.change_this_machine {
            system = system.change_this_machine();
        }
        self.world.map_or(system, |tool| system.changed_by(tool))
    }

    /// The requirements whose checks are run: a program on the system is no driver.
    fn requirements(&self) -> Vec<&'static Requirement> {
        let about = requirements().iter().filter(|one| one.is_about(Flavour::User));
        about.filter(|one| glob(&self.ids, one.id)).collect()
    }

    /// How many calls a part has.
    fn count(&self, part: Part) -> usize {
        match part {
            Part::Checks => self.requirements().len(),
            Part::Probes => Probe::all().len(),
            Part::Happenings if self.world.is_none() => 0,
            Part::Happenings => Happening::all().len(),
        }
    }

    /// One of them, as it is recorded.
    fn record(&self, part: Part, at: usize) -> Value {
        match part {
            Part::Checks => self.check(self.requirements()[at]),
            Part::Probes => {
                let probe = &Probe::all()[at];
                let came = self.system().reckless().session(self.profile, Flavour::User);
                let came = came.map(|mut session| probe.come(&mut *session));
                probed(probe, &came.unwrap_or_else(|cannot| Came::instead(&cannot.to_string())))
            }
            Part::Happenings => {
                let happening = &Happening::all()[at];
                let seen = self.system().session(self.profile, Flavour::User);
                let seen = seen.map(|mut session| happening.see(&mut *session));
                happened(
                    happening,
                    &seen.unwrap_or_else(|cannot| Seen::instead(&cannot.to_string())),
                )
            }
        }
    }

    fn check(&self, requirement: &Requirement) -> Value {
        let ids = requirement.id.to_owned();
        let selection = Selection { ids, profiles: vec![self.profile] };
        let matrix = Matrix::run(&[&self.system()], &selection);
        let cell = matrix.results.iter().find(|cell| cell.flavour == "user");
        let mut value = serde_json::to_value(cell).expect("names can be written");
        if cell.is_some_and(|cell| cell.result == Outcome::Fail) {
            let reason = value.as_object_mut().and_then(|cell| cell.remove("reason"));
            complain(&format!("fail {}: {}", requirement.id, reason.unwrap_or_default()));
        }
        value
    }

    /// One of them that did not return.
    fn gone(&self, part: Part, at: usize, how: &str) -> Value {
        match part {
            Part::Checks => {
                let requirement = self.requirements()[at];
                let (id, kind, profile) = (requirement.id, requirement.truth, self.profile.name());
                complain(&format!("fail {id}: {how}"));
                json!({
                    "id": id, "kind": kind, "flavour": "user", "backend": "system", "profile": profile,
                    "result": "fail", "reason": how,
                })
            }
            Part::Probes => probed(&Probe::all()[at], &Came::instead(how)),
            Part::Happenings => happened(&Happening::all()[at], &Seen::instead(how)),
        }
    }

    /// The second program: makes the calls from there on, a line for each.
    fn make(&self, part: Part, from: usize) {
        for at in from..self.count(part) {
            tell(&self.record(part, at).to_string());
        }
        tell(END);
    }

    /// Has all calls of a part made.
    fn all(&self, part: Part) -> std::io::Result<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([part.option(), &all.len().to_string()]);
            command.args(["--id", &self.ids, "--profile", self.profile.name()]);
            if self.change_this_machine {
                command.arg("--change-this-machine");
            }
            if let Some(tool) = self.world {
                command.args(["--world", tool.name()]);
            }
            let mut second = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
            let lines = BufReader::new(second.stdout.take().expect("it was asked for")).lines();
            let (sender, receiver) = mpsc::channel();
            let reader = std::thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
            let how = loop {
                match receiver.recv_timeout(PATIENCE) {
                    Ok(line) if line.trim() == END => break None,
                    Ok(line) => all.push(serde_json::from_str(&line)?),
                    Err(mpsc::RecvTimeoutError::Timeout) => break Some("the call did not return"),
                    Err(mpsc::RecvTimeoutError::Disconnected) => break Some("the program died"),
                }
            };
            let _ = second.kill();
            second.wait()?;
            let _ = reader.join();
            let Some(how) = how else { return Ok(all) };
            if all.len() == self.count(part) {
                // It died after its last call.
                return Ok(all);
            }
            all.push(self.gone(part, all.len(), how));
        }
    }
}

fn probed(probe: &Probe, came: &Came) -> Value {
    with(json!({ "call": probe.call() }), serde_json::to_value(came))
}

fn happened(happening: &Happening, seen: &Seen) -> Value {
    with(json!({ "change": happening.name() }), serde_json::to_value(seen))
}

/// An object with what came of it.
fn with(mut value: Value, came: serde_json::Result<Value>) -> Value {
    let came = came.expect("codes and names can be written");
    if let (Some(value), Value::Object(came)) = (value.as_object_mut(), came) {
        value.extend(came);
    }
    value
}

/// An object of lists, a line for each member of a list.
fn text(world: Option<Tool>, parts: [&[Value]; 3]) -> String {
    let [checks, probes, changes] = parts.map(|all| {
        let lines: Vec<String> = all.iter().map(|one| format!("    {one}")).collect();
        lines.join(",\n")
    });
    let system = json!(System::description());
    let of = world.map(|tool| format!("\n  \"world\": \"{}\",", tool.name())).unwrap_or_default();
    let changes = match world {
        Some(_) => format!(",\n  \"changes\": [\n{changes}\n  ]"),
        None => String::new(),
    };
    format!(
        "{{\n  \"version\": {VERSION},\n  \"system\": {system},{of}\n  \"backends\": [\"system\"],\n  \"checks\": [\n{checks}\n  ],\n  \"probes\": [\n{probes}\n  ]{changes}\n}}\n"
    )
}

#[allow(clippy::print_stderr, reason = "it is a program")]
fn complain(line: &str) {
    eprintln!("{line}");
}

fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever does not read any more does not care.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn run() -> Result<(), String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if let Some((part, from)) = arguments.part {
        arguments.make(part, from);
        return Ok(());
    }
    let all = |part| arguments.all(part).map_err(|error| error.to_string());
    let parts = [all(Part::Checks)?, all(Part::Probes)?, all(Part::Happenings)?];
    let text = text(arguments.world, [&parts[0], &parts[1], &parts[2]]);
    match &arguments.out {
        Some(file) => std::fs::write(file, text).map_err(|error| format!("{file}: {error}")),
        None => {
            tell(text.trim_end());
            Ok(())
        }
    }
}

fn main() -> ExitCode {
    if cfg!(not(windows)) {
        complain("record: only for Windows, where the functions are the system's own");
        return ExitCode::from(2);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("record: {error}"));
            ExitCode::from(2)
        }
    }
}
