//! A scenario, compiled: names are numbers, branches and loops are jumps.
//!
//! Both interpreters, the one that steps the model and the one that runs real threads over
//! `netiosim-sim`, execute the same program.

mod compile;
mod event;
mod names;
mod stack;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::compile::compile;
pub use self::event::{EnvEvent, resolve_event};
pub use self::stack::{BuildError, build_env};

use netiosim_model::env::Env;
use netiosim_model::event::Function;
use netiosim_model::machine::{EntryQuery, Fault, Irql, LockMode, Machine};
use netiosim_model::member::Member;
use netiosim_model::net::Luid;
use netiosim_model::notification::RowKey;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::status::Flavour;
use netiosim_model::teredo::TeredoState;

use crate::format::{Event, Expect, Limits, Value};

/// A scenario for one profile, ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The profile.
    pub profile: Profile,
    /// Its options, with those that the scenario fixes.
    pub options: Options,
    /// The options that the scenario fixes: name and value.
    pub fixed: Vec<(String, String)>,
    /// The seed of every choice.
    pub seed: u64,
    /// The flavour that the clients speak.
    pub flavour: Flavour,
    /// The machine at time 0.
    pub env: Env,
    /// Names of processes.
    pub processes: Vec<Arc<str>>,
    /// Modules: the process, the name; all are loaded at the start.
    pub modules: Vec<(usize, Arc<str>)>,
    /// Locks: the name, and whether it can be shared.
    pub locks: Vec<(Arc<str>, bool)>,
    /// Channels.
    pub channels: Vec<ChannelDecl>,
    /// Names of signals.
    pub signals: Vec<Arc<str>>,
    /// Names of context objects.
    pub objects: Vec<Arc<str>>,
    /// Registration variables, by the name that reports use.
    pub registrations: Vec<Arc<str>>,
    /// The same as `client.registration`.
    pub registration_names: Vec<Arc<str>>,
    /// User variables: `client.name`.
    pub variables: Vec<Arc<str>>,
    /// Kept rows: `client.name`.
    pub rows: Vec<Arc<str>>,
    /// Clients: the name, and the process.
    pub clients: Vec<(Arc<str>, usize)>,
    /// Threads.
    pub threads: Vec<ThreadDecl>,
    /// Scripts of threads and callbacks.
    pub scripts: Vec<Script>,
    /// The timeline: when, what.
    pub timeline: Vec<(u64, Event)>,
    /// Faults that are in from the start.
    pub faults: Vec<Fault>,
    /// What must come out.
    pub expect: Expect,
    /// When to give up.
    pub limits: Limits,
}

impl Program {
    /// Lets every place name the line of the file that it is on, where that is known.
    pub fn say_lines(&mut self, lines: &BTreeMap<String, usize>) {
        for script in &mut self.scripts {
            for (_, place) in &mut script.ops {
                if let Some(line) = lines.get(&**place) {
                    *place = format!("{place} (line {line})").into();
                }
            }
        }
    }
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelDecl {
    /// The name that reports use.
    pub name: Arc<str>,
    /// How many messages fit.
    pub capacity: u32,
    /// The thread that empties it.
    pub receiver: Option<usize>,
}

/// A thread.
#[derive(Clone, Debug)]
pub struct ThreadDecl {
    /// `client.thread`.
    pub name: Arc<str>,
    /// The short name, if no other client has such a thread.
    pub label: Arc<str>,
    /// The client.
    pub client: usize,
    /// What it does.
    pub script: usize,
    /// Whether it waits for a `spawn`.
    pub spawned: bool,
}

/// The steps of a thread or callback.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Whose names it uses.
    pub client: usize,
    /// The operations, with the place of each in the scenario file.
    pub ops: Vec<(Op, Arc<str>)>,
}

/// What a NotifyXxx step asks for.
#[derive(Clone, Debug)]
pub struct RegisterOp {
    /// The function.
    pub function: Function,
    /// The registration variable that receives the handle.
    pub registration: usize,
    /// The family as a Windows number, of NotifyIpInterfaceChange.
    pub family: u16,
    /// The callback's script; the empty script where none is named.
    pub script: usize,
    /// Whether the callback is NULL.
    pub null_callback: bool,
    /// Whether the handle pointer is NULL.
    pub null_handle: bool,
    /// CallerContext.
    pub context: u64,
    /// The object behind the context.
    pub object: Option<usize>,
    /// InitialNotification.
    pub initial: bool,
    /// The module that holds the callback.
    pub module: Option<usize>,
    /// The process that the callback belongs to, if not the caller's.
    pub foreign: Option<usize>,
    /// The code that must come out.
    pub returns: Option<u32>,
}

/// Which handle a cancel is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelTarget {
    /// The registration variable.
    Registration(usize),
    /// NULL.
    Null,
    /// A number that is no handle.
    Garbage,
}

/// The row that GetIpInterfaceEntry is given.
#[derive(Clone, Debug)]
pub enum EntrySource {
    /// NULL.
    Null,
    /// The keys of the notification row at hand.
    Row,
    /// Keys as the scenario gives them.
    Keys {
        /// The alias whose keys are used, where no numbers are given.
        alias: Option<Arc<str>>,
        /// InterfaceLuid.
        luid: u64,
        /// InterfaceIndex.
        index: u32,
        /// Family.
        family: u16,
    },
}

/// Milliseconds until something happens by itself; `None` when nothing ever does.
///
/// `planned_ms` is the next moment that the timeline or a sleeper waits for. The Teredo client's
/// refresh goes on for ever, so timers of the machine count only while there is such a moment, or
/// while the client is probing.
pub(crate) fn next_moment_ms(machine: &Machine, planned_ms: Option<u64>) -> Option<u64> {
    let planned = planned_ms.map(|at_ms| at_ms.saturating_sub(machine.now_ms()));
    let probing = machine.env().teredo().state() == TeredoState::Probe;
    let timer = machine.next_timer_ms().filter(|_| planned.is_some() || probing);
    planned.into_iter().chain(timer).min()
}

impl EntrySource {
    /// The row that the call is given: `None` is NULL. `row` is the notification row at hand.
    ///
    /// # Errors
    ///
    /// What was expected and what is there instead: no row at hand, no interface of that alias now.
    pub fn query(
        &self,
        row: Option<RowKey>,
        env: &Env,
    ) -> Result<Option<EntryQuery>, (String, String)> {
        match self {
            Self::Null => Ok(None),
            Self::Row => match row {
                Some(key) => Ok(Some(EntryQuery::from(key))),
                None => Err(("a row that is not NULL".to_owned(), "a NULL row".to_owned())),
            },
            Self::Keys { alias, luid, index, family } => {
                let mut query = EntryQuery { family: *family, luid: Luid(*luid), index: *index };
                if let Some(alias) = alias {
                    let Some(found) = env.interface_by_alias(alias) else {
                        let expected = format!("an interface \"{alias}\"");
                        return Err((expected, "the machine has none now".to_owned()));
                    };
                    if *luid == 0 && *index == 0 {
                        query.luid = found.luid;
                    }
                }
                Ok(Some(query))
            }
        }
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub enum Op {
    /// NotifyTeredoPortChange or NotifyIpInterfaceChange.
    Register(Box<RegisterOp>),
    /// CancelMibChangeNotify2.
    Cancel {
        /// The handle.
        target: CancelTarget,
        /// The code that must come out.
        returns: Option<u32>,
    },
    /// GetTeredoPort.
    GetTeredoPort {
        /// Whether Port is NULL.
        null: bool,
        /// The code that must come out.
        returns: Option<u32>,
        /// The port that must come out.
        port: Option<Value>,
        /// The variable that receives the port.
        save: Option<usize>,
    },
    /// GetIpInterfaceEntry.
    GetIpInterfaceEntry {
        /// The row.
        source: EntrySource,
        /// The code that must come out.
        returns: Option<u32>,
        /// Members and the values they must have.
        expect: Vec<(Member, Value)>,
        /// Members and the variables that receive them.
        save: Vec<(Member, usize)>,
    },
    /// Take a lock.
    Lock(usize, LockMode),
    /// Give a lock back.
    Unlock(usize),
    /// Read a member of the row at hand.
    ReadRow {
        /// The member.
        member: Member,
        /// The value it must have.
        equals: Option<Value>,
    },
    /// Keep the pointer to the row at hand.
    KeepRow(usize),
    /// Read a member through a kept pointer.
    ReadKeptRow(usize, Member),
    /// Free the row at hand.
    FreeRow,
    /// A context object is constructed.
    Construct(usize),
    /// A context object is destroyed.
    Destroy(usize),
    /// A context object is used; `None`: the one of the registration at hand.
    Use(Option<usize>),
    /// Let virtual time go by, in milliseconds.
    Sleep(u64),
    /// Start a thread.
    Spawn(usize),
    /// Wait for a thread's end.
    Join(usize),
    /// Wait for a signal.
    Wait(usize),
    /// Set a signal.
    Signal(usize),
    /// Put a message into a channel.
    Send(usize),
    /// Take a message out of a channel.
    Receive(usize),
    /// Change the environment.
    Change(Box<Event>),
    /// Set a variable.
    Set(usize, Value),
    /// Two values must be equal.
    Assert(Value, Value),
    /// Go on at another operation unless two values are equal.
    JumpUnless(Value, Value, usize),
    /// Go on at another operation.
    Jump(usize),
    /// Begin a loop of so many rounds, whose end is at that operation.
    LoopBegin(u32, usize),
    /// End a round: go back to that operation while rounds are left.
    LoopEnd(usize),
    /// Set the thread's IRQL.
    Irql(Irql),
    /// Load a module.
    LoadModule(usize),
    /// Unload a module.
    UnloadModule(usize),
    /// End the thread's own process.
    ExitProcess,
    /// A named point for the trace.
    Checkpoint(Arc<str>),
}
