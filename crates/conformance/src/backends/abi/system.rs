//! The functions of the system that the program runs on: those of Windows, or of Wine.

use std::cell::OnceCell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::status::Flavour;

use super::callbacks::{Callbacks, Listener, SYSTEM, cancel};
use super::tables::Tables;
use super::{calls, library, register};
use crate::backend::{
    Act, Answered, Backend, Cannot, Did, Heard, Register, Registered, Session, World,
};
use crate::check::Verdict;

/// When nothing is heard for as long as this, everything is taken to have been delivered.
const QUIET: Duration = Duration::from_millis(200);
/// However much is heard, nobody waits longer than this.
const PATIENCE: Duration = Duration::from_secs(5);
/// IfType of Ethernet, and of the loopback interface.
const ETHERNET: u32 = 6;
const LOOPBACK: u32 = 24;
/// IfOperStatusUp.
const UP: u32 = 1;

/// There is one system: a session has it for itself.
static ALONE: Mutex<()> = Mutex::new(());

/// The system's own functions, each found by its name when it is called; a missing one makes a check not applicable.
///
/// A check can change nothing here but what a program can by calling these functions, and it can only do that on request. What
/// a real system is not known to survive, or may wait for without an end, is not called. One session lives at a time:
/// whoever asks for another one waits. Off Windows the functions are those of netiosim-win32, over the stack that the thread is bound
/// to: so this backend is tested itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct System {
    change_this_machine: bool,
    reckless: bool,
}

impl System {
    /// The system as it is, which stays as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same; functions that create, set and delete are called as well.
    #[must_use]
    pub fn change_this_machine(self) -> Self {
        Self { change_this_machine: true, ..self }
    }

    /// The same; handles that are none are cancelled as well, which may end the program.
    #[must_use]
    pub fn reckless(self) -> Self {
        Self { reckless: true, ..self }
    }

    /// What it is: `Wine 8.0`, `Windows 10.0.20348`.
    #[must_use]
    pub fn description() -> String {
        library::system()
    }
}

impl Backend for System {
    fn name(&self) -> &'static str {
        "system"
    }

    fn session(&self, _: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        if flavour == Flavour::Kernel {
            return Err(Cannot::new("a program on the system is no driver"));
        }
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = Arc::new(Notes::default());
        let callbacks = Callbacks::of(SYSTEM, notes.clone());
        Ok(Box::new(Running {
            of: *self,
            notes,
            callbacks,
            tables: Tables::default(),
            listens: false,
            live: Vec::new(),
            adapter: OnceCell::new(),
            _alone: alone,
        }))
    }
}

/// What callbacks wrote down.
#[derive(Default)]
struct Notes {
    written: Mutex<Written>,
    more: Condvar,
}

#[derive(Default)]
struct Written {
    /// How often anything was written.
    count: u64,
    heard: Vec<Heard>,
    did: Vec<Did>,
}

impl Notes {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, write: impl FnOnce(&mut Written)) {
        let mut written = self.written();
        written.count += 1;
        write(&mut written);
        self.more.notify_all();
    }

    /// Waits until nothing more comes: no function of the API tells when that is.
    fn settle(&self) {
        let begun = Instant::now();
        let mut written = self.written();
        loop {
            let seen = written.count;
            let waited = self.more.wait_timeout_while(written, QUIET, |now| now.count == seen);
            written = waited.unwrap_or_else(PoisonError::into_inner).0;
            if written.count == seen || begun.elapsed() > PATIENCE {
                return;
            }
        }
    }
}

impl Listener for Notes {
    fn hear(&self, heard: Heard) {
        self.write(|written| written.heard.push(heard));
    }

    fn did(&self, did: Did) {
        self.write(|written| written.did.push(did));
    }

    // No callback that does one of these is ever registered.
    fn pass_lock(&self) {}

    fn cancel_aside(&self, _: u64) {}
}

struct Running {
    of: System,
    notes: Arc<Notes>,
    callbacks: Arc<Callbacks>,
    tables: Tables,
    /// Whether anything was registered.
    listens: bool,
    /// The handles that were given and not cancelled.
    live: Vec<u64>,
    adapter: OnceCell<(Luid, u32)>,
    _alone: MutexGuard<'static, ()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        for handle in std::mem::take(&mut self.live) {
            cancel(handle);
        }
        self.tables.free_all();
        Callbacks::forget(SYSTEM);
    }
}

/// What a callback does, that nobody can wait for here.
fn no_threads() -> Cannot {
    Cannot::new("a deadlock of a real system ends every check")
}

fn exported(function: Function) -> Result<(), Cannot> {
    if library::exports(function.name()) {
        return Ok(());
    }
    Err(Cannot::new(format!("this system does not export {function}")))
}

/// Whether a callback can do this here.
fn allowed(act: &Act) -> Result<(), Cannot> {
    match act {
        Act::Look => {
            exported(Function::GetIpInterfaceEntry)?;
            exported(Function::GetUnicastIpAddressEntry)?;
            exported(Function::GetIpForwardEntry2)
        }
        Act::FreeTable => exported(Function::FreeMibTable),
        Act::Port => exported(Function::GetTeredoPort),
        Act::FreeRow => Err(Cannot::new("a real system does not survive that")),
        Act::Lock | Act::CancelOwn | Act::Cancel(_) | Act::HandCancel => Err(no_threads()),
    }
}

/// Whether a call changes the machine if it succeeds.
fn changes(call: &Call) -> bool {
    let Call::Row { function, row: Some(_), .. } = call else { return false };
    ["Create", "Set", "Delete"].iter().any(|word| function.name().starts_with(word))
}

impl Running {
    fn may_register(&self, call: &Register) -> Result<(), Cannot> {
        exported(call.function)?;
        call.acts.iter().try_for_each(allowed)
    }

    fn may_cancel(&self, handle: u64) -> Result<(), Cannot> {
        exported(Function::CancelMibChangeNotify2)?;
        if handle == 0 || self.of.reckless || self.live.contains(&handle) {
            return Ok(());
        }
        Err(Cannot::new("a real system need not survive a handle that is none"))
    }
}

impl Session for Running {
    fn register(&mut self, call: &Register) -> Registered {
        self.may_register(call).unwrap_or_else(|cannot| cannot.unwind());
        let left = register::register(&self.callbacks, &mut self.tables, call);
        self.listens |= left.code == 0;
        let given = left.handle.filter(|handle| *handle != 0 && call.variable != Some(*handle));
        self.live.extend(given);
        left
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        self.may_cancel(handle).unwrap_or_else(|cannot| cannot.unwind());
        // Whatever the code: a handle that was cancelled is not cancelled again at the end.
        self.live.retain(|live| *live != handle);
        cancel(handle)
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        exported(Function::GetTeredoPort).unwrap_or_else(|cannot| cannot.unwind());
        register::teredo_port(variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        exported(call.function())?;
        if changes(call) && !self.of.change_this_machine {
            return Err(Cannot::new(
                "this machine is not to be changed; --change-this-machine allows it",
            ));
        }
        calls::call(&mut self.tables, call)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(library::exports(function.name()))
    }

    /// Waits on a condition variable, for a bounded time: a real system tells nobody when it is done.
    fn settle(&mut self) {
        if self.listens {
            self.notes.settle();
        }
    }

    fn heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.notes.written().heard)
    }

    fn did(&mut self) -> Vec<Did> {
        std::mem::take(&mut self.notes.written().did)
    }

    fn threads(&self) -> Result<(), Cannot> {
        Err(no_threads())
    }

    fn locked(&mut self, _: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        Err(no_threads().into())
    }

    fn cancel_aside(&mut self, _: u64) {
        no_threads().unwind();
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        Vec::new()
    }
}

impl World for Running {
    /// Some interface of the system: one for Ethernet that is up if there is one, and the loopback one if there is no other.
    fn adapter(&self) -> (Luid, u32) {
        *self.adapter.get_or_init(|| {
            let mut tables = Tables::default();
            let call = Call::table(Function::GetIfTable2, 0);
            let rows =
                exported(Function::GetIfTable2).and_then(|()| calls::call(&mut tables, &call));
            let rows = rows.map(|answered| answered.rows).unwrap_or_default();
            tables.free_all();
            let interfaces = rows.into_iter().filter_map(|row| match row {
                Row::If(row) => Some(row),
                _ => None,
            });
            let best = interfaces.max_by_key(|row| {
                (row.if_type != LOOPBACK, row.oper_status == UP, row.if_type == ETHERNET)
            });
            best.map(|row| (row.luid, row.index)).unwrap_or_default()
        })
    }
}
