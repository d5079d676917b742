//! From the file's types to a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::schedule::Schedule;
use netiosim_model::status::parse_code;
use netiosim_model::windows::{Windows, WindowsError};

use super::event::fault;
use super::names::Names;
use super::stack::{BuildError, build_env};
use super::{ChannelDecl, Program, Script, ThreadDecl};
use crate::format::{Client, Family, Flavour, LockKind, Scenario, StackSpec, Start, Value};

/// As many threads as a scenario may have: the runner looks at each of them at every step.
const MOST_THREADS: usize = 4096;

/// Compiles a scenario for a profile.
///
/// `stack` is the scenario's stack with its file, if it names one, already read.
///
/// # Errors
///
/// A [`BuildError`] for what the checks of a file cannot see, such as two interfaces with one
/// index. A scenario that [`check`](crate::check) finds fault with may fail here as well.
pub fn compile(
    scenario: &Scenario,
    stack: &StackSpec,
    profile: Profile,
) -> Result<Program, BuildError> {
    let mut options = Options::of(profile);
    let mut fixed = Vec::new();
    for (name, value) in &scenario.options {
        let value = match value {
            Value::Text(text) => text.clone(),
            other => other.to_string(),
        };
        options.fix(name, &value).map_err(|error| BuildError::new("options", error.to_string()))?;
        fixed.push((name.clone(), value));
    }
    let threads: usize = scenario.clients.iter().map(|client| client.threads.len()).sum();
    if threads > MOST_THREADS {
        let reason =
            format!("the clients have {threads} threads; at most {MOST_THREADS} are possible");
        return Err(BuildError::new("clients", reason));
    }
    let mut compiler = Compiler::new(scenario);
    compiler.number_callbacks();
    for n in 0..scenario.clients.len() {
        compiler.client(n)?;
    }
    let clients: Vec<Arc<str>> = compiler.clients.iter().map(|client| client.0.clone()).collect();
    let registrations = compiler.registrations.labels(&clients);
    let locks = compiler.locks.full(&clients);
    let faults = scenario.faults.iter().enumerate();
    let faults = faults.map(|(n, spec)| fault(spec, &format!("faults[{n}]")));
    let mut at_ms = 0;
    let timeline = scenario.timeline.iter().map(|entry| {
        at_ms = entry.at_ms.unwrap_or(at_ms);
        (at_ms, entry.event.clone())
    });
    let mut env = build_env(stack)?;
    if let Some(windows) = &scenario.windows {
        let version: Windows = windows
            .parse()
            .map_err(|error: WindowsError| BuildError::new("windows", error.to_string()))?;
        env.place_windows(version);
    }
    let mut program = Program {
        profile,
        options,
        fixed,
        seed: scenario.seed,
        flavour: match scenario.flavour {
            Flavour::User => netiosim_model::status::Flavour::User,
            Flavour::Kernel => netiosim_model::status::Flavour::Kernel,
        },
        env,
        processes: compiler.processes,
        modules: compiler.modules,
        locks: compiler
            .lock_kinds
            .iter()
            .zip(compiler.locks.labels(&clients))
            .map(|(k, n)| (n, *k))
            .collect(),
        channels: compiler
            .channel_decls
            .into_iter()
            .zip(compiler.channels.labels(&clients))
            .map(|((capacity, receiver), name)| ChannelDecl { name, capacity, receiver })
            .collect(),
        signals: compiler.signals.labels(&clients),
        objects: compiler.objects.labels(&clients),
        registrations,
        registration_names: compiler.registrations.full(&clients),
        variables: compiler.variables.full(&clients),
        rows: compiler.rows.full(&clients),
        kept_rows: compiler.kept_rows.full(&clients),
        tables: compiler.tables.full(&clients),
        overlapped: compiler.overlapped.labels(&clients),
        clients: compiler.clients,
        threads: compiler.threads,
        scripts: compiler.scripts,
        timeline: timeline.collect(),
        timeline_places: (0..scenario.timeline.len()).collect(),
        faults: faults.collect::<Result<_, _>>()?,
        expect: scenario.expect_for(profile.name()).clone(),
        properties: Vec::new(),
        counted: Vec::new(),
        schedule: match scenario.schedules.get(profile.name()) {
            None => None,
            Some(text) => Some(schedule(text, profile)?),
        },
        limits: scenario.limits.clone(),
    };
    let mut faults = std::mem::take(&mut program.faults);
    for fault in &mut faults {
        program.resolve_fault(fault);
    }
    program.faults = faults;
    super::property::compile(&mut program, &locks);
    super::storm::expand(&mut program)?;
    Ok(program)
}

fn schedule(text: &str, profile: Profile) -> Result<Vec<u32>, BuildError> {
    let schedule: Result<Schedule, _> = text.parse();
    let path = format!("schedules.{}", profile.name());
    schedule
        .map(|schedule| schedule.steps)
        .map_err(|error| BuildError::new(&path, error.to_string()))
}

pub(super) struct Compiler<'a> {
    scenario: &'a Scenario,
    pub(super) clients: Vec<(Arc<str>, usize)>,
    processes: Vec<(Arc<str>, bool)>,
    modules: Vec<(usize, Arc<str>)>,
    pub(super) locks: Names,
    lock_kinds: Vec<bool>,
    pub(super) channels: Names,
    channel_decls: Vec<(u32, Option<usize>)>,
    pub(super) signals: Names,
    pub(super) objects: Names,
    pub(super) registrations: Names,
    pub(super) variables: Names,
    pub(super) rows: Names,
    pub(super) kept_rows: Names,
    pub(super) tables: Names,
    pub(super) overlapped: Names,
    thread_names: Names,
    threads: Vec<ThreadDecl>,
    scripts: Vec<Script>,
    pub(super) callbacks: BTreeMap<(usize, &'a str), usize>,
}

impl<'a> Compiler<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let mut processes: Vec<(Arc<str>, bool)> = Vec::new();
        let clients = scenario.clients.iter().map(|client| {
            let name = client.process_name();
            let process =
                processes.iter().position(|other| &*other.0 == name).unwrap_or_else(|| {
                    processes.push((name.into(), true));
                    processes.len() - 1
                });
            // The checks see to it that the clients of a process agree.
            processes[process].1 &= client.elevated;
            (Arc::from(client.name.as_str()), process)
        });
        Self {
            scenario,
            clients: clients.collect(),
            processes,
            modules: Vec::new(),
            locks: Names::default(),
            lock_kinds: Vec::new(),
            channels: Names::default(),
            channel_decls: Vec::new(),
            signals: Names::default(),
            objects: Names::default(),
            registrations: Names::default(),
            variables: Names::default(),
            rows: Names::default(),
            kept_rows: Names::default(),
            tables: Names::default(),
            overlapped: Names::default(),
            thread_names: Names::default(),
            threads: Vec::new(),
            // Script 0 is the callback that does nothing.
            scripts: vec![Script::default()],
            callbacks: BTreeMap::new(),
        }
    }

    /// Gives every callback its script before any step names one: it may be another client's.
    fn number_callbacks(&mut self) {
        let scenario: &'a Scenario = self.scenario;
        for (n, client) in scenario.clients.iter().enumerate() {
            for name in client.callbacks.keys() {
                self.callbacks.insert((n, name), self.scripts.len());
                self.scripts.push(Script { client: n, ops: Vec::new() });
            }
        }
    }

    fn client(&mut self, n: usize) -> Result<(), BuildError> {
        let client: &'a Client = &self.scenario.clients[n];
        let process = self.clients[n].1;
        for module in &client.modules {
            self.modules.push((process, module.as_str().into()));
        }
        for lock in &client.locks {
            self.locks.number(n, &lock.name);
            self.lock_kinds.push(lock.kind == LockKind::RwLock);
        }
        for context in &client.contexts {
            self.objects.number(n, context);
        }
        let shared = |name: &str| {
            let all = self.scenario.clients.iter().flat_map(|client| &client.threads);
            all.filter(|thread| thread.name == name).count() > 1
        };
        let decls = client.threads.iter().map(|thread| {
            let name: Arc<str> = format!("{}.{}", client.name, thread.name).into();
            let label =
                if shared(&thread.name) { name.clone() } else { thread.name.as_str().into() };
            (name, label, thread.start == Start::Spawned)
        });
        let first = self.threads.len();
        for (name, label, spawned) in decls.collect::<Vec<_>>() {
            let script = self.scripts.len();
            self.scripts.push(Script { client: n, ops: Vec::new() });
            self.threads.push(ThreadDecl { name, label, client: n, script, spawned });
        }
        for thread in &client.threads {
            self.thread_names.number(n, &thread.name);
        }
        for channel in &client.channels {
            self.channels.number(n, &channel.name);
            let receiver = match &channel.receiver {
                None => None,
                Some(name) => Some(self.thread(n, name, &format!("clients[{n}].channels"))?),
            };
            self.channel_decls.push((channel.capacity, receiver));
        }
        for (name, steps) in &client.callbacks {
            let script = self.callbacks[&(n, name.as_str())];
            let ops = self.steps(n, steps, &format!("clients[{n}].callbacks.{name}"))?;
            self.scripts[script].ops = ops;
        }
        for (k, thread) in client.threads.iter().enumerate() {
            let ops = self.steps(n, &thread.steps, &format!("clients[{n}].threads[{k}].steps"))?;
            let script = self.threads[first + k].script;
            self.scripts[script].ops = ops;
        }
        Ok(())
    }

    /// The number of a registration: the client's own, or another one's by `client.registration`.
    pub(super) fn registration(&mut self, client: usize, name: &str) -> usize {
        let other = name.split_once('.').and_then(|(other, rest)| {
            let other = self.clients.iter().position(|client| &*client.0 == other)?;
            Some((other, rest))
        });
        match other {
            Some((other, rest)) => self.registrations.number(other, rest),
            None => self.registrations.number(client, name),
        }
    }

    pub(super) fn object(
        &self,
        client: usize,
        name: &str,
        path: &Arc<str>,
    ) -> Result<usize, BuildError> {
        find(&self.objects, client, name, "context", path)
    }

    pub(super) fn thread(
        &self,
        client: usize,
        name: &str,
        path: &str,
    ) -> Result<usize, BuildError> {
        find(&self.thread_names, client, name, "thread", path)
    }

    pub(super) fn module(
        &self,
        client: usize,
        name: &str,
        path: &Arc<str>,
    ) -> Result<usize, BuildError> {
        let process = self.clients[client].1;
        let found =
            self.modules.iter().position(|module| module.0 == process && &*module.1 == name);
        found.ok_or_else(|| BuildError::new(path, format!("no module is called \"{name}\"")))
    }
}

pub(super) fn find(
    names: &Names,
    client: usize,
    name: &str,
    what: &str,
    path: &str,
) -> Result<usize, BuildError> {
    names
        .find(client, name)
        .ok_or_else(|| BuildError::new(path, format!("no {what} is called \"{name}\"")))
}

/// The Windows number of a family that is given by name, or by number for illegal values.
pub(super) fn family_number(family: Family, number: Option<u16>) -> u16 {
    number.unwrap_or(match family {
        Family::Unspec => AF_UNSPEC,
        Family::Inet => AF_INET,
        Family::Inet6 => AF_INET6,
    })
}

pub(super) fn code(text: Option<&str>, path: &str) -> Result<Option<u32>, BuildError> {
    let parse =
        |text: &str| parse_code(text).map_err(|error| BuildError::new(path, error.to_string()));
    text.map(parse).transpose()
}
