//! What happens to the simulated machine: changes, faults, restarts.

mod address;
mod services;
mod storm;
mod text;

use std::panic::Location;
use std::sync::Arc;

use netiosim_model::change::{Change, ChangeError};
use netiosim_model::choose::Chooser;
use netiosim_model::env::Env;
use netiosim_model::event::Function;
use netiosim_model::ids::{ActorId, FaultId};
use netiosim_model::interface::Interface;
use netiosim_model::machine::{Fault, Irql, Machine};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::status::Status;
use netiosim_model::teredo::PortWish;

pub use self::text::EnvironmentError;
use crate::StackRef;

/// A fault that is in force until this is dropped.
#[derive(Debug)]
#[must_use = "dropping it takes the fault out"]
pub struct FaultGuard {
    stack: StackRef,
    id: FaultId,
    kept: bool,
}

impl FaultGuard {
    /// Leaves the fault in for good.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if !self.kept {
            self.stack.look(|core| core.machine.fault_remove(self.id));
        }
    }
}

impl StackRef {
    /// Changes the environment; what is owed for it becomes deliverable.
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the change makes no sense on this machine; nothing has changed then.
    #[track_caller]
    pub fn change(&self, change: &Change) -> Result<(), ChangeError> {
        self.change_at(change, Location::caller())
    }

    fn change_at(
        &self,
        change: &Change,
        at: &'static Location<'static>,
    ) -> Result<(), ChangeError> {
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let (machine, chooser) = entry.parts();
        machine.change(Some(actor), change, chooser)
    }

    /// The environment as it is now.
    #[must_use]
    pub fn env(&self) -> Arc<Env> {
        self.look(|core| core.machine.env_snapshot())
    }

    /// Restarts the Teredo client; it comes up on another port (TP-11).
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn restart_teredo(&self) -> Result<(), ChangeError> {
        self.change_at(&Change::TeredoRestart(PortWish::Another), Location::caller())
    }

    /// Restarts the Teredo client on this port.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn restart_teredo_on(&self, port: u16) -> Result<(), ChangeError> {
        self.change_at(&Change::TeredoRestart(PortWish::Exactly(port)), Location::caller())
    }

    /// Stops the Teredo client.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn stop_teredo(&self) -> Result<(), ChangeError> {
        self.change_at(&Change::TeredoStop, Location::caller())
    }

    /// Starts the Teredo client, on a port of its own choice.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn start_teredo(&self) -> Result<(), ChangeError> {
        self.change_at(&Change::TeredoStart(PortWish::Another), Location::caller())
    }

    /// Gives the machine an IPv6 stack, or takes it away.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn set_ipv6(&self, present: bool) -> Result<(), ChangeError> {
        self.change_at(&Change::Ipv6Present(present), Location::caller())
    }

    /// Adds an interface.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Taken`] when its LUID, index or alias belong to another one.
    #[track_caller]
    pub fn add_interface(&self, interface: Interface) -> Result<(), ChangeError> {
        self.change_at(&Change::InterfaceAdd(Box::new(interface)), Location::caller())
    }

    /// Removes an interface.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is none of this alias, and as [`change`](Self::change).
    #[track_caller]
    pub fn remove_interface(&self, alias: &str) -> Result<(), ChangeError> {
        let luid = self.luid(alias)?;
        self.change_at(&Change::InterfaceRemove(luid), Location::caller())
    }

    /// Gives one IP interface row another MTU (NlMtu), in bytes.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is no interface of this alias, and as
    /// [`change`](Self::change).
    #[track_caller]
    pub fn set_mtu(&self, alias: &str, family: Family, mtu: u32) -> Result<(), ChangeError> {
        self.set_member_at(alias, family, Member::NlMtu, u64::from(mtu), Location::caller())
    }

    /// Gives one member of an IP interface row another value.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is no interface of this alias, and as
    /// [`change`](Self::change).
    #[track_caller]
    pub fn set_member(
        &self,
        alias: &str,
        family: Family,
        member: Member,
        value: u64,
    ) -> Result<(), ChangeError> {
        self.set_member_at(alias, family, member, value, Location::caller())
    }

    fn set_member_at(
        &self,
        alias: &str,
        family: Family,
        member: Member,
        value: u64,
        at: &'static Location<'static>,
    ) -> Result<(), ChangeError> {
        let luid = self.luid(alias)?;
        self.change_at(&Change::RowSet { luid, family, values: vec![(member, value)] }, at)
    }

    /// Connects or disconnects the medium of an interface.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is no interface of this alias, and as
    /// [`change`](Self::change).
    #[track_caller]
    pub fn set_connected(&self, alias: &str, connected: bool) -> Result<(), ChangeError> {
        let luid = self.luid(alias)?;
        let change = Change::LinkSet {
            luid,
            connected: Some(connected),
            admin_up: None,
            mtu: None,
            alias: None,
        };
        self.change_at(&change, Location::caller())
    }

    /// The LUID of the interface of this alias.
    ///
    /// # Errors
    ///
    /// [`ChangeError::NoAlias`] when there is none.
    pub fn luid(&self, alias: &str) -> Result<Luid, ChangeError> {
        let luid = self.look(|core| core.machine.env().interface_by_alias(alias).map(|i| i.luid));
        luid.ok_or_else(|| ChangeError::NoAlias(alias.to_owned()))
    }

    /// Restarts the NSI service: every registration dies silently and its handle is stale (observed).
    #[track_caller]
    pub fn nsi_restart(&self) {
        let mut entry = self.enter(Location::caller());
        entry.machine.nsi_restart();
        entry.sweep_all();
    }

    /// Makes the NSI service unreachable or reachable: registering fails with 1753 meanwhile
    /// (observed).
    #[track_caller]
    pub fn set_nsi_down(&self, down: bool) {
        self.enter(Location::caller()).machine.set_nsi_down(down);
    }

    /// Restarts the machine: every process ends, every registration is gone without a word (TP-21,
    /// NI-21). The program of the test itself starts anew at once; others by
    /// [`Process::start`](crate::Process::start).
    #[track_caller]
    pub fn reboot(&self) {
        let mut entry = self.enter(Location::caller());
        let home = entry.inner.home;
        let (machine, chooser) = entry.parts();
        machine.reboot(chooser);
        machine.process_start(home);
        entry.lives.begin(home);
        entry.sweep_all();
    }

    /// Calls of `function` answer `status` until the guard is dropped.
    #[track_caller]
    pub fn fail(&self, function: Function, status: Status) -> FaultGuard {
        self.fault(Fault::new(function, status))
    }

    /// Puts a fault in until the guard is dropped.
    #[track_caller]
    pub fn fault(&self, fault: Fault) -> FaultGuard {
        let id = self.enter(Location::caller()).machine.fault_add(fault);
        FaultGuard { stack: self.clone(), id, kept: false }
    }

    /// Sets the calling thread's interrupt request level; checked in kernel flavour only.
    #[track_caller]
    pub fn set_irql(&self, irql: Irql) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.set_irql(actor, irql);
    }

    /// Says where in its program the calling thread is, for findings and traces, until it says so again.
    ///
    /// Every call of the API says so by itself with a line of Rust, but no longer on a thread that
    /// once used this: it is for programs whose places are something else.
    pub fn at(&self, place: &str) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        if !entry.scripted.contains(&actor) {
            entry.scripted.push(actor);
        }
        entry.machine.at(actor, place);
    }

    /// Puts a line of the test's own into the trace.
    #[track_caller]
    pub fn note(&self, text: impl Into<String>) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.note(Some(actor), text);
    }

    /// Does one thing to the model itself, as the calling thread: for drivers that are built on this
    /// crate.
    ///
    /// Steps that wait are not for here: nobody would end them.
    #[track_caller]
    pub fn with_model<R>(&self, f: impl FnOnce(&mut Machine, ActorId, &mut dyn Chooser) -> R) -> R {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        let (machine, chooser) = entry.parts();
        let answer = f(machine, actor, chooser);
        entry.sweep_all();
        answer
    }

    /// Looks at the model, without a step of the schedule.
    #[must_use]
    pub fn inspect<R>(&self, f: impl FnOnce(&Machine) -> R) -> R {
        self.look(|core| f(&core.machine))
    }
}
