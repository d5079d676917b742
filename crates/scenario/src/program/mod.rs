//! A scenario, compiled: names are numbers, branches and loops are jumps.
//!
//! Both interpreters, the one that steps the model and the one that runs real threads over
//! `netiosim-sim`, execute the same program.

mod call;
mod compile;
mod compile_call;
mod compile_register;
mod compile_step;
mod event;
mod interface;
mod names;
mod property;
mod stack;
mod storm;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::call::{
    AdapterPattern, AdaptersOp, ApiOp, BestRouteOp, ConvertInput, ConvertOp, RowOp, RowStart,
    TableOp, TableTarget, Wanted, WhichRow,
};
pub use self::compile::compile;
pub(crate) use self::event::function;
pub use self::event::{EnvEvent, resolve_event};
pub(crate) use self::interface::COUNTERS;
pub(crate) use self::property::{Condition, Counted};
pub use self::property::{Property, PropertyKind};
pub use self::stack::{BuildError, build_env};

use netiosim_model::env::Env;
use netiosim_model::event::Function;
use netiosim_model::machine::{Fault, Irql, LockMode, Machine};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::status::Flavour;

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
    /// Processes: the name, and whether it runs elevated.
    pub processes: Vec<(Arc<str>, bool)>,
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
    /// Row variables: `client.name`.
    pub kept_rows: Vec<Arc<str>>,
    /// Table variables: `client.name`.
    pub tables: Vec<Arc<str>>,
    /// OVERLAPPED structures, by the name that reports use.
    pub overlapped: Vec<Arc<str>>,
    /// Clients: the name, and the process.
    pub clients: Vec<(Arc<str>, usize)>,
    /// Threads.
    pub threads: Vec<ThreadDecl>,
    /// Scripts of threads and callbacks.
    pub scripts: Vec<Script>,
    /// The timeline: when, what.
    pub timeline: Vec<(u64, Event)>,
    /// For each entry of the timeline the position in the file of what it comes from: the changes of a
    /// storm all come from one.
    pub timeline_places: Vec<usize>,
    /// Faults that are in from the start.
    pub faults: Vec<Fault>,
    /// What must come out.
    pub expect: Expect,
    /// Of these the properties: what must be true at every moment, at none, at one.
    pub properties: Vec<Property>,
    /// The deliveries that properties count.
    pub(crate) counted: Vec<Counted>,
    /// The schedule to follow, as codes.
    pub schedule: Option<Vec<u32>>,
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
    /// The family as a Windows number, of functions that have one.
    pub family: u16,
    /// The callback's script; the empty script where none is named.
    pub script: usize,
    /// Whether the callback is NULL.
    pub null_callback: bool,
    /// Whether the handle pointer is NULL.
    pub null_handle: bool,
    /// Whether the table pointer is NULL.
    pub null_table: bool,
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
    /// The table variable that receives a table which comes at once.
    pub table: Option<usize>,
    /// How many rows such a table must have.
    pub count: Option<u32>,
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

/// Milliseconds until something happens by itself; `None` when nothing ever does.
///
/// `planned_ms` is the next moment that the timeline or a sleeper waits for. Lifetimes and the Teredo
/// client's refresh go on for hours or for ever, so all timers of the machine count only while there is
/// such a moment; without one those count that come to an end by themselves: duplicate address
/// detection, a probing Teredo client, a machine that starts.
pub(crate) fn next_moment_ms(machine: &Machine, planned_ms: Option<u64>) -> Option<u64> {
    let planned = planned_ms.map(|at_ms| at_ms.saturating_sub(machine.now_ms()));
    let timer = match planned {
        Some(_) => machine.next_timer_ms(),
        None => machine.env().settling_ms(),
    };
    planned.into_iter().chain(timer).min()
}

/// One operation.
#[derive(Clone, Debug)]
pub enum Op {
    /// A function that registers a callback.
    Register(Box<RegisterOp>),
    /// CancelMibChangeNotify2.
    Cancel {
        /// The handle.
        target: CancelTarget,
        /// The code that must come out.
        returns: Option<u32>,
    },
    /// A call of the API that neither registers nor waits.
    Api(Box<ApiOp>),
    /// NotifyAddrChange or NotifyRouteChange.
    NotifyOverlapped {
        /// The function.
        function: Function,
        /// The OVERLAPPED; `None` is NULL.
        overlapped: Option<usize>,
        /// Whether the address of the handle is NULL.
        null_handle: bool,
        /// The code that must come out.
        returns: Option<u32>,
    },
    /// Wait for the event of an OVERLAPPED.
    WaitOverlapped(usize),
    /// Take a lock.
    Lock(usize, LockMode),
    /// Give a lock back.
    Unlock(usize),
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
