//! `netiosim exec`: a program lives through a scenario.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use netiosim_model::profile::Profile;
use netiosim_scenario::format::{Flavour, Scenario};
use netiosim_scenario::live::program::{Judged, Missed, Setup, VERSION};
use netiosim_scenario::load::{self, Loaded};
use netiosim_scenario::problem::Problem;
use netiosim_scenario::program::{BuildError, compile};
use netiosim_scenario::run::{FileReport, Run, RunMode, Verdict, build_problem};

use crate::USAGE;
use crate::args::{ExecArgs, ExecFlavour};
use crate::exec_meeting::{Heard, Meeting};
use crate::exec_report::{Lived, Report};
use crate::exec_signals::Caught;
use crate::library;
use crate::output::{Output, complain};
use crate::trace_file::TraceFile;

/// The fastest clock: beyond it virtual days are over before a program has started.
const FASTEST: f64 = 1_000_000.0;

/// Runs the program, once for each profile; gives the exit code.
pub(crate) fn exec(args: &ExecArgs, output: &mut Output) -> u8 {
    let reports = args.trace.iter().chain(&args.junit);
    if let Some(message) = overwrites(&args.scenario, &reports.collect::<Vec<_>>()) {
        complain(&message);
        return USAGE;
    }
    let loaded = match load::scenario(&args.scenario) {
        Ok(loaded) => loaded,
        Err(problems) => {
            complain_of(&problems, output);
            return USAGE;
        }
    };
    if !loaded.scenario.clients.is_empty() {
        complain(&format!(
            "{}: the scenario has scripted clients, and here the program is the client: give a scenario without `clients`, or run this one with `netiosim run`",
            args.scenario.display()
        ));
        return USAGE;
    }
    match lives(args, loaded, output) {
        Ok(code) => code,
        Err(message) => {
            complain(&message);
            USAGE
        }
    }
}

fn lives(args: &ExecArgs, mut loaded: Loaded, output: &mut Output) -> Result<u8, String> {
    if let Some(flavour) = args.flavour {
        loaded.scenario.flavour = flavour.into();
    }
    let name = match loaded.scenario.flavour {
        Flavour::User => "iphlpapi",
        Flavour::Kernel => "netio",
    };
    let library = library::find(name)?;
    let profiles = match args.profile.0 {
        Some(profile) => vec![profile],
        None => Profile::ALL.to_vec(),
    };
    let mut trace = args.trace.as_deref().map(TraceFile::create).transpose()?;
    let mut report = Report::new(&args.scenario, &loaded, args);
    let caught = Caught::new()?;
    let mut killed = false;
    for profile in profiles {
        if caught.any() {
            killed = true;
            break;
        }
        if let Some(reason) = loaded.scenario.profiles.except.get(profile.name()) {
            report.exclude(profile, reason);
            continue;
        }
        if let Err(error) = compile(&loaded.scenario, &loaded.stack, profile) {
            complain_of(&[build_problem(&args.scenario.display().to_string(), &error)], output);
            return Ok(USAGE);
        }
        let seed = args.seed.unwrap_or(loaded.scenario.seed);
        let setup = Setup {
            version: VERSION,
            scenario: without_schema(&loaded.scenario),
            stack: loaded.stack.clone(),
            lines: loaded.lines.clone(),
            profile: profile.name().to_owned(),
            seed: Some(seed),
            time_scale: args.time_scale,
            linger_ms: args.linger,
        };
        let meeting = Meeting::new()?;
        let heard = meeting.run(&setup, &args.program, &library.file, !args.no_preload, &caught)?;
        if let Some((path, reason)) = &heard.refused {
            let error = BuildError { path: path.clone(), reason: reason.clone() };
            complain_of(&[build_problem(&args.scenario.display().to_string(), &error)], output);
            return Ok(USAGE);
        }
        if heard.loaded.is_empty() {
            return Err(never_loaded(&args.program[0], &library.file, args.no_preload));
        }
        if let Some(other) = heard.loaded.iter().find(|other| **other != library.name) {
            return Err(other_library(&args.program[0], other, &library.name));
        }
        killed = heard.status.signal().is_some();
        report.add(lived((profile, seed), heard));
    }
    output.print(&report.text(output.color()));
    if let Some(trace) = &mut trace {
        trace.add(report.file());
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    if let Some(path) = &args.junit {
        report.write_junit(path)?;
    }
    if killed {
        // Whoever waits for this command learns why it ended.
        caught.die();
    }
    if report.file().runs.is_empty() {
        return Err("nothing was run: the scenario excludes this profile".to_owned());
    }
    Ok(FileReport::verdict(report.file()).exit_code())
}

/// What is told to the program needs no address for editors.
fn without_schema(scenario: &Scenario) -> Scenario {
    Scenario { schema: None, ..scenario.clone() }
}

/// What the run of a program came to.
fn lived((profile, seed): (Profile, u64), heard: Heard) -> Lived {
    let mut unmet = Vec::new();
    let mut limit = None;
    let mut certain = false;
    match &heard.verdict {
        Some(judged) => {
            let Judged { unmet: missed, limit: hit, certain: sure, .. } = judged;
            unmet.extend(missed.iter().cloned());
            limit.clone_from(hit);
            certain = *sure;
        }
        None if heard.connected => unmet.push(Missed::new(
            "program",
            "the end of the program",
            "that it ends by itself, so that the expectations can be judged",
            if heard.ended_well() {
                "it ended without its exit handlers (_exit, or another program took its place), or it closed all its descriptors"
                    .to_owned()
            } else {
                heard.status_words()
            },
            heard.trace.len().checked_sub(1),
        )),
        None => unmet.push(Missed::new(
            "program",
            "calls of the API",
            "at least one",
            "none: the program loaded the library and called no function of it; perhaps it calls none in such a run, or it has functions of these names of its own",
            None,
        )),
    }
    let failed = !heard.ended_well();
    if failed && (heard.verdict.is_some() || !heard.connected) {
        let got = heard.status_words();
        unmet.push(Missed::new("program", "the end of the program", "exit status 0", got, None));
    }
    let verdict = match (unmet.is_empty(), &limit) {
        (true, None) => Verdict::Pass,
        (true, Some(_)) => Verdict::Inconclusive,
        // An expectation that a cut-short run did not come to is no failure yet.
        (false, Some(_)) if !certain && !failed => Verdict::Inconclusive,
        (false, _) => Verdict::Fail,
    };
    Lived {
        run: Run {
            profile,
            mode: RunMode::Controlled,
            seed,
            verdict,
            deliveries: heard.deliveries,
            virtual_ms: heard.now_ms,
            findings: Vec::new(),
            unmet: unmet.into_iter().map(Into::into).collect(),
            limit,
            trace: heard.trace,
        },
        found: heard.found,
        status: heard.status,
    }
}

fn never_loaded(program: &OsStr, library: &Path, linked: bool) -> String {
    let (program, library) = (program.display(), library.display());
    let how = if linked {
        "it is not linked with it, and --no-preload was given"
    } else {
        "preloading does nothing for a program that is statically linked, that runs with other rights than its caller (setuid, file capabilities), or that is built for another processor or C library"
    };
    format!(
        "{program} never loaded {library}: {how}; link it with the library (`netiosim cflags --libs` prints the flags)"
    )
}

/// The program has the functions of the other flavour, or those of both.
fn other_library(program: &OsStr, other: &str, own: &str) -> String {
    let (flavour, whose) =
        if other == "netio" { ("kernel", "a driver's") } else { ("user", "a program's") };
    format!(
        "{} loads lib{other}, {whose} functions, and the run is about those of lib{own}: give `--flavour {flavour}`",
        program.display()
    )
}

fn complain_of(problems: &[Problem], output: &Output) {
    for problem in problems {
        // It says itself that it is an error. There is nobody left to tell when this fails.
        let _ = writeln!(anstream::stderr(), "{}", problem.render(output.color()));
    }
}

/// Why the reports may not be written: one would overwrite the scenario, or the other one.
fn overwrites(scenario: &Path, reports: &[&PathBuf]) -> Option<String> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(report) = reports.iter().find(|report| real(report) == real(scenario)) {
        return Some(format!(
            "{} is the scenario: the report would overwrite it",
            report.display()
        ));
    }
    match reports {
        [one, two] if real(one) == real(two) => {
            Some(format!("--junit and --trace both name {}", one.display()))
        }
        _ => None,
    }
}

/// Reads the value of `--time-scale`.
pub(crate) fn time_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale > 0.0 && scale <= FASTEST => Ok(scale),
        _ => Err(format!("a number above 0 and up to {FASTEST}, such as 0.5 or 100")),
    }
}

impl From<ExecFlavour> for Flavour {
    fn from(flavour: ExecFlavour) -> Self {
        match flavour {
            ExecFlavour::User => Self::User,
            ExecFlavour::Kernel => Self::Kernel,
        }
    }
}
