//! A stack of a library that has the functions of `include/netiosim.h`: the Windows names are those of the library, and so is the
//! hand that changes the world.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::ptr;
use std::sync::{Arc, MutexGuard};

use netiosim_model::api::Call;
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::Interface;
use netiosim_model::machine::Irql;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::Flavour;
use netiosim_model::windows::Windows;

use super::callbacks::{Callbacks, SYSTEM, cancel};
use super::drive::{self, Options, Stack, done, text};
use super::library::Library;
use super::quiet::Notes;
use super::tables::Tables;
use super::{calls, register, system};
use crate::backend::{Act, Answered, Cannot, Did, Heard, Register, Registered, Session, World};

/// What a stack is made for.
#[derive(Clone, Copy)]
struct Wishes {
    profile: Profile,
    flavour: Flavour,
    windows: Windows,
    elevated: bool,
    ipv6: bool,
}

/// A session over a stack of a library.
pub(super) struct Driven {
    pub(super) library: Library,
    wishes: Wishes,
    pub(super) stack: *mut Stack,
    notes: Arc<Notes>,
    callbacks: Arc<Callbacks>,
    tables: Tables,
    /// What interfaces are called by whom the functions of the library know them.
    pub(super) aliases: BTreeMap<Luid, String>,
    /// How many findings were taken.
    taken: usize,
    /// Whether anything was called or changed since the stack was made.
    pub(super) used: bool,
    _alone: MutexGuard<'static, ()>,
}

impl Driven {
    pub(super) fn new(
        library: Library,
        profile: Profile,
        flavour: Flavour,
    ) -> Result<Self, Cannot> {
        let alone = system::alone();
        let wishes =
            Wishes { profile, flavour, windows: Windows::default(), elevated: true, ipv6: true };
        let stack = make(library, wishes)?;
        let notes = Arc::new(Notes::default());
        let callbacks = Callbacks::of(SYSTEM, library, notes.clone());
        Ok(Self {
            library,
            wishes,
            stack,
            notes,
            callbacks,
            tables: Tables::default(),
            aliases: home().interfaces().map(|one| (one.luid, one.alias.clone())).collect(),
            taken: 0,
            used: false,
            _alone: alone,
        })
    }

    /// Has another stack from now on; everything from before is gone.
    fn renew(&mut self, wishes: Wishes) -> Result<(), Cannot> {
        let stack = make(self.library, wishes)?;
        end(self.library, std::mem::replace(&mut self.stack, stack));
        self.wishes = wishes;
        self.callbacks = Callbacks::of(SYSTEM, self.library, self.notes.clone());
        let _ = (self.notes.take_heard(), self.notes.take_did());
        self.tables = Tables::default();
        self.aliases = home().interfaces().map(|one| (one.luid, one.alias.clone())).collect();
        (self.taken, self.used) = (0, false);
        Ok(())
    }

    fn may(&self, act: &Act) -> Result<(), Cannot> {
        let exported = |functions: &[Function]| {
            functions.iter().try_for_each(|function| self.library.exported(*function))
        };
        match act {
            Act::Lock | Act::HandCancel => Err(no_threads()),
            Act::CancelOwn | Act::Cancel(_) => exported(&[Function::CancelMibChangeNotify2]),
            Act::Look => exported(&system::LOOKS),
            Act::FreeRow | Act::FreeTable => exported(&[Function::FreeMibTable]),
            Act::Port => exported(&[Function::GetTeredoPort]),
        }
    }
}

/// Makes a stack, to which the calling thread is bound.
fn make(library: Library, wishes: Wishes) -> Result<*mut Stack, Cannot> {
    let profile = text(wishes.profile.name())?;
    let windows = text(&wishes.windows.0.to_string())?;
    let flavour = match wishes.flavour {
        Flavour::User => c"user",
        Flavour::Kernel => c"kernel",
    };
    let options = Options {
        profile: profile.as_ptr(),
        mode: c"threads".as_ptr(),
        flavour: flavour.as_ptr(),
        // What a deadlock is shows in the findings, and the check goes on.
        on_deadlock: c"error".as_ptr(),
        windows: windows.as_ptr(),
        leaks: c"none".as_ptr(),
        no_ipv6: u8::from(!wishes.ipv6),
        not_elevated: u8::from(!wishes.elevated),
        ..Options::default()
    };
    let mut stack = ptr::null_mut();
    // SAFETY: the texts of the options live, and the place is a variable.
    done(library, unsafe { drive::netiosim_create(library, &raw const options, &raw mut stack) }?)?;
    // SAFETY: the stack was made just now.
    let bound = unsafe { drive::netiosim_bind(library, stack) };
    bound.and_then(|status| done(library, status)).inspect_err(|_| end(library, stack))?;
    Ok(stack)
}

/// Ends a stack; some checks misuse the API on purpose, of which nobody is to be told.
fn end(library: Library, stack: *mut Stack) {
    // SAFETY: the stack is one that was made, or is none any more, which the functions say.
    unsafe {
        let _ = drive::netiosim_acknowledge(library, stack, ptr::null(), ptr::null_mut());
        let _ = drive::netiosim_destroy(library, stack);
    }
}

/// Why no callback can wait for a lock here.
fn no_threads() -> Cannot {
    Cannot::new("a lock that the stack knows of is none of the library's functions")
}

impl Drop for Driven {
    fn drop(&mut self) {
        let _entered = self.library.enter();
        end(self.library, self.stack);
        Callbacks::forget(SYSTEM);
    }
}

impl Session for Driven {
    fn register(&mut self, call: &Register) -> Registered {
        let may = self.library.exported(call.function);
        may.and_then(|()| call.acts.iter().try_for_each(|act| self.may(act)))
            .unwrap_or_else(|cannot| cannot.unwind());
        self.used = true;
        let _entered = self.library.enter();
        register::register(&self.callbacks, &mut self.tables, call)
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        let may = self.library.exported(Function::CancelMibChangeNotify2);
        may.unwrap_or_else(|cannot| cannot.unwind());
        self.used = true;
        let _entered = self.library.enter();
        cancel(handle)
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        let may = self.library.exported(Function::GetTeredoPort);
        may.unwrap_or_else(|cannot| cannot.unwind());
        self.used = true;
        let _entered = self.library.enter();
        register::teredo_port(variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        self.library.exported(call.function())?;
        self.used = true;
        let _entered = self.library.enter();
        calls::of_flavour(&mut self.tables, call, self.wishes.flavour)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        if self.wishes.windows == Windows::default() {
            return Ok(self.library.exports(function));
        }
        Err(Cannot::new("this library exports the same functions whatever the Windows is"))
    }

    fn settle(&mut self) {
        // SAFETY: the stack lives, and NULL is nowhere.
        let status =
            unsafe { drive::netiosim_run_until_idle(self.library, self.stack, ptr::null_mut()) };
        let done = status.and_then(|status| done(self.library, status));
        done.unwrap_or_else(|cannot| cannot.unwind());
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

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        let mut count = 0;
        // SAFETY: the stack lives, NULL is every rule, and the place is a variable.
        let status = unsafe {
            drive::netiosim_count_findings(self.library, self.stack, ptr::null(), &raw mut count)
        };
        done(self.library, status?)?;
        let new = self.taken..count;
        self.taken = count;
        new.map(|number| self.finding(number)).collect()
    }
}

impl Driven {
    fn finding(&self, number: usize) -> Result<Rule, Cannot> {
        // SAFETY: the stack lives.
        let rule = unsafe { drive::netiosim_finding_rule(self.library, self.stack, number) }?;
        if rule.is_null() {
            return Err(Cannot::new("a finding has no rule"));
        }
        // SAFETY: it is a text that is ours until it is freed.
        let name = unsafe { CStr::from_ptr(rule) }.to_string_lossy().into_owned();
        // SAFETY: it is not used any more.
        let _ = unsafe { drive::netiosim_free_text(self.library, rule) };
        Rule::parse(&name).map_err(|error| Cannot::new(error.to_string()))
    }
}

impl World for Driven {
    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        match (change, self.used) {
            // A stack can be made without IPv6, and no function takes it away later.
            (Change::Ipv6Present(ipv6), false) => self.renew(Wishes { ipv6: *ipv6, ..self.wishes }),
            _ => {
                self.used = true;
                self.drive(change)
            }
        }
    }

    fn add_interface(&mut self, interface: Interface) -> Result<(Luid, u32), Cannot> {
        self.used = true;
        self.drive_interface(&interface)
    }

    fn elapse(&mut self, ms: u64) -> Result<(), Cannot> {
        self.used = true;
        // SAFETY: the stack lives, and NULL is nowhere.
        let status =
            unsafe { drive::netiosim_advance_ms(self.library, self.stack, ms, ptr::null_mut()) };
        done(self.library, status?)
    }

    /// The functions of the library only make a stack so.
    fn set_elevated(&mut self, elevated: bool) -> Result<(), Cannot> {
        match (self.wishes.elevated == elevated, self.used) {
            (true, _) => Ok(()),
            (false, false) => self.renew(Wishes { elevated, ..self.wishes }),
            (false, true) => {
                Err(Cannot::new("what a program may do is told the library with the stack alone"))
            }
        }
    }

    fn set_irql(&mut self, irql: Irql) -> Result<(), Cannot> {
        let level = match irql {
            Irql::Passive => 0,
            Irql::Apc => 1,
            Irql::Dispatch => 2,
        };
        self.used = true;
        // SAFETY: the stack lives.
        done(self.library, unsafe { drive::netiosim_set_irql(self.library, self.stack, level) }?)
    }

    fn install(&mut self, windows: Windows) -> Result<(), Cannot> {
        self.renew(Wishes { windows, ..self.wishes })
    }
}
