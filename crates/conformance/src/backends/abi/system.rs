//! The functions of the system that the program runs on: those of Windows, or of Wine.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::member::Member;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::row::{ForwardRow, IfRow, IpInterfaceRow, Row, SocketAddress, UnicastRow};
use netiosim_model::status::Flavour;
use netiosim_model::table::RouteKey;

use super::super::tool::{self, Before, Tool};
use super::callbacks::{Callbacks, SYSTEM, cancel};
use super::library::Library;
use super::quiet::Notes;
use super::tables::Tables;
use super::{calls, register, version};
use crate::backend::{
    Act, Answered, Backend, Cannot, Did, Heard, Register, Registered, Session, World,
};

/// IfType of Ethernet, and of the loopback interface.
const ETHERNET: u32 = 6;
const LOOPBACK: u32 = 24;
/// IfOperStatusUp, and NET_IF_ADMIN_STATUS_UP.
const UP: u32 = 1;
/// MediaConnectStateConnected.
const CONNECTED: u32 = 1;

/// There is one system: a session has it for itself.
static ALONE: Mutex<()> = Mutex::new(());

/// The system's own functions, each found by its name when it is called; a missing one makes a check not applicable.
///
/// A check can change nothing here but what a program can by calling these functions, and it can only do that on request; or what
/// a [`Tool`] can that it is told of. What a real system is not known to survive, or may wait for without an end, is not called. One session lives at a time:
/// whoever asks for another one waits. Off Windows the functions are those of netiosim-win32, over the stack that the thread is bound
/// to: so this backend is tested itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct System {
    change_this_machine: bool,
    reckless: bool,
    tool: Option<Tool>,
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

    /// The same, in a world that a program changes: what a check asks of it is made so, and taken back when its session ends.
    #[must_use]
    pub fn changed_by(self, tool: Tool) -> Self {
        Self { tool: Some(tool), ..self }
    }

    /// What it is: `Wine 8.0`, `Windows 10.0.20348`.
    #[must_use]
    pub fn description() -> String {
        version::system()
    }
}

impl Backend for System {
    fn name(&self) -> &'static str {
        "system"
    }

    fn session(&self, _: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        Ok(Box::new(running(*self, Library::of_the_system(), flavour)?))
    }
}

/// Waits until no other session lives, and keeps the next one waiting.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session over the functions of a library, of whose world nothing is known.
pub(super) fn running(of: System, library: Library, flavour: Flavour) -> Result<Running, Cannot> {
    if flavour == Flavour::Kernel {
        return Err(Cannot::new("a program on the system is no driver"));
    }
    let alone = alone();
    let notes = Arc::new(Notes::default());
    let callbacks = Callbacks::of(SYSTEM, library, notes.clone());
    Ok(Running {
        library,
        of,
        notes,
        callbacks,
        tables: Tables::default(),
        listens: false,
        live: Vec::new(),
        adapter: OnceCell::new(),
        undo: Vec::new(),
        _alone: alone,
    })
}

/// A session over the functions that a program finds.
pub(super) struct Running {
    library: Library,
    of: System,
    notes: Arc<Notes>,
    callbacks: Arc<Callbacks>,
    tables: Tables,
    /// Whether anything was registered.
    listens: bool,
    /// The handles that were given and not cancelled.
    live: Vec<u64>,
    adapter: OnceCell<IfRow>,
    /// What takes the changes of the session back, the last one last, each line by line.
    undo: Vec<Vec<Vec<String>>>,
    _alone: MutexGuard<'static, ()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        for words in self.undo.drain(..).rev().flatten() {
            // Whatever is left: the next session begins with it.
            let _ = self.of.tool.map(|tool| tool.run(&words));
        }
        let _entered = self.library.enter();
        if self.library.exports(Function::CancelMibChangeNotify2) {
            for handle in std::mem::take(&mut self.live) {
                cancel(handle);
            }
        }
        self.tables.free_all();
        Callbacks::forget(SYSTEM);
    }
}

/// What a callback does, that nobody can wait for here.
fn no_threads() -> Cannot {
    Cannot::new("a deadlock of a real system ends every check")
}

/// What [`Act::Look`] may call.
pub(super) const LOOKS: [Function; 3] = [
    Function::GetIpInterfaceEntry,
    Function::GetUnicastIpAddressEntry,
    Function::GetIpForwardEntry2,
];

/// Whether a callback can do this here.
fn allowed(library: Library, act: &Act) -> Result<(), Cannot> {
    match act {
        Act::Look => LOOKS.into_iter().try_for_each(|function| library.exported(function)),
        Act::FreeTable => library.exported(Function::FreeMibTable),
        Act::Port => library.exported(Function::GetTeredoPort),
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
        self.library.exported(call.function)?;
        call.acts.iter().try_for_each(|act| allowed(self.library, act))
    }

    fn may_cancel(&self, handle: u64) -> Result<(), Cannot> {
        self.library.exported(Function::CancelMibChangeNotify2)?;
        if handle == 0 || self.of.reckless || self.live.contains(&handle) {
            return Ok(());
        }
        Err(Cannot::new("a real system need not survive a handle that is none"))
    }
}

impl Session for Running {
    fn register(&mut self, call: &Register) -> Registered {
        self.may_register(call).unwrap_or_else(|cannot| cannot.unwind());
        let _entered = self.library.enter();
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
        let _entered = self.library.enter();
        cancel(handle)
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        let may = self.library.exported(Function::GetTeredoPort);
        may.unwrap_or_else(|cannot| cannot.unwind());
        let _entered = self.library.enter();
        register::teredo_port(variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        self.library.exported(call.function())?;
        if changes(call) && !self.of.change_this_machine {
            return Err(Cannot::new(
                "this machine is not to be changed; --change-this-machine allows it",
            ));
        }
        let _entered = self.library.enter();
        calls::call(&mut self.tables, call)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(self.library.exports(function))
    }

    /// Waits on a condition variable, for a bounded time: a real system tells nobody when it is done.
    fn settle(&mut self) {
        if self.listens {
            self.notes.settle();
        }
    }

    fn heard(&mut self) -> Vec<Heard> {
        self.notes.take_heard()
    }

    fn did(&mut self) -> Vec<Did> {
        self.notes.take_did()
    }

    fn threads(&self) -> Result<(), Cannot> {
        Err(no_threads())
    }
}

impl Running {
    /// The rows of a table; none where there is no such function, or it fails.
    fn rows<R: TryFrom<Row>>(&self, function: Function) -> Vec<R> {
        let mut tables = Tables::default();
        let _entered = self.library.enter();
        let exported = self.library.exported(function);
        let rows = exported.and_then(|()| calls::call(&mut tables, &Call::table(function, 0)));
        let rows = rows.map(|answered| answered.rows).unwrap_or_default();
        tables.free_all();
        rows.into_iter().filter_map(|row| R::try_from(row).ok()).collect()
    }

    /// Some interface of the system: one for Ethernet that is up if there is one, and the loopback one if there is no other.
    fn chosen(&self) -> &IfRow {
        self.adapter.get_or_init(|| {
            let interfaces = self.rows::<IfRow>(Function::GetIfTable2);
            let best = interfaces.into_iter().max_by_key(|row| {
                (row.if_type != LOOPBACK, row.oper_status == UP, row.if_type == ETHERNET)
            });
            best.unwrap_or_default()
        })
    }

    /// What is there before a change of the chosen interface.
    fn before(&self, change: &Change) -> Before {
        let mut before = Before { mtu: Some(u64::from(self.chosen().mtu)), ..Before::default() };
        let chosen = self.chosen().luid;
        let link = self.rows::<IfRow>(Function::GetIfTable2).into_iter();
        if let Some(link) = link.into_iter().find(|row| row.luid == chosen) {
            before.connected = Some(link.media_connect_state == CONNECTED);
            before.admin_up = Some(link.admin_status == UP);
        }
        if let Change::AddressRemove { luid, address } = change {
            let addresses = self.rows::<UnicastRow>(Function::GetUnicastIpAddressTable);
            let own = |row: &UnicastRow| row.luid == *luid && ip(row.address) == Some(*address);
            let found = addresses.into_iter().find(own);
            before.prefix_length = found.map(|row| row.on_link_prefix_length);
        }
        if let Change::RowSet { luid, family, .. } = change {
            let rows = self.rows::<IpInterfaceRow>(Function::GetIpInterfaceTable);
            let found =
                rows.into_iter().find(|row| (row.luid, row.family) == (*luid, family.number()));
            before.metric = found.and_then(|row| row.members.get(Member::Metric));
        }
        if let Change::LinkSet { luid, admin_up: Some(false), .. } = change {
            let addresses = self.rows::<UnicastRow>(Function::GetUnicastIpAddressTable);
            let own = addresses.into_iter().filter(|row| row.luid == *luid);
            before.addresses =
                own.filter_map(|row| Some((ip(row.address)?, row.on_link_prefix_length))).collect();
            let routes = self.rows::<ForwardRow>(Function::GetIpForwardTable2);
            let own = routes.into_iter().filter(|row| row.luid == *luid);
            let all = own.filter_map(|row| {
                let (destination, next_hop) = (ip(row.destination)?, ip(row.next_hop)?);
                let key = RouteKey {
                    luid: *luid,
                    destination,
                    prefix_length: row.prefix_length,
                    next_hop,
                };
                // Those on the link come with the addresses.
                (!next_hop.is_unspecified()).then_some((key, row.metric))
            });
            before.routes = all.collect();
        }
        before
    }
}

/// The address in a structure, if it is one of IP.
fn ip(address: SocketAddress) -> Option<IpAddr> {
    match address {
        SocketAddress::V4(address) => Some(address.into()),
        SocketAddress::V6 { address, .. } => Some(address.into()),
        _ => None,
    }
}

impl World for Running {
    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        let Some(tool) = self.of.tool else {
            return Err(Cannot::new(format!("this world has no {}", change.name())));
        };
        if tool == Tool::Netsh && !self.of.change_this_machine {
            return Err(Cannot::new(
                "this machine is not to be changed; --change-this-machine allows it",
            ));
        }
        let about = tool::interface(change);
        let no_words =
            || Cannot::new(format!("{} has no words for this {}", tool.name(), change.name()));
        let luid = about.ok_or_else(no_words)?;
        if luid != self.chosen().luid {
            return Err(Cannot::new("an interface of the system is changed that no check knows"));
        }
        if self.chosen().if_type == LOOPBACK {
            return Err(Cannot::new("the loopback interface is left alone"));
        }
        let words = tool.words(change, &self.chosen().alias, &self.before(change))?;
        tool.run(&words.make)?;
        self.undo.push(words.undo);
        Ok(())
    }

    fn adapter(&self) -> (Luid, u32) {
        (self.chosen().luid, self.chosen().index)
    }
}
