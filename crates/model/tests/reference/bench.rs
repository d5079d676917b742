//! A small machine to try one behaviour on: a home machine, one program, a few threads.

#![allow(dead_code, reason = "each test program that includes this module uses another part of it")]

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::finding::Finding;
use netiosim_model::ids::{ActorId, Handle, ProcessId};
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Begun, CancelBegin, Due, Machine, Request};
use netiosim_model::net::{Family, Luid};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::status::Flavour;
use netiosim_model::teredo::PortWish;

pub(crate) struct Bench {
    pub(crate) machine: Machine,
    pub(crate) process: ProcessId,
    pub(crate) main: ActorId,
    pub(crate) other: ActorId,
    pub(crate) pool: ActorId,
    pub(crate) pool_2: ActorId,
    pub(crate) chooser: First,
}

impl Bench {
    /// Under the profile `documented`.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Under the profile `documented` but for these options.
    pub(crate) fn with(fixed: &[(&str, &str)]) -> Self {
        Self::make(Flavour::User, fixed)
    }

    pub(crate) fn driver() -> Self {
        Self::make(Flavour::Kernel, &[])
    }

    fn make(flavour: Flavour, fixed: &[(&str, &str)]) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, home()).tagged(9);
        let process = machine.process("app", flavour);
        let mut actor = |name| machine.actor(name, process);
        let (main, other) = (actor("main"), actor("other"));
        let (pool, pool_2) = (actor("pool"), actor("pool 2"));
        Self { machine, process, main, other, pool, pool_2, chooser: First::default() }
    }

    /// Registers for port changes, without an initial notification.
    pub(crate) fn ports(&mut self, name: &str) -> Handle {
        let request = Request::new(name, 1);
        let registered =
            self.machine.notify_teredo_port_change(self.main, &request, &mut self.chooser);
        assert_eq!(registered.code, 0);
        registered.handle
    }

    /// Registers for interface changes of both families, without an initial notification.
    pub(crate) fn interfaces(&mut self, name: &str) -> Handle {
        let request = Request::new(name, 2);
        let registered =
            self.machine.notify_ip_interface_change(self.main, 0, &request, &mut self.chooser);
        assert_eq!(registered.code, 0);
        registered.handle
    }

    /// Restarts the Teredo client on this port.
    pub(crate) fn restart(&mut self, port: u16) {
        let change = Change::TeredoRestart(PortWish::Exactly(port));
        self.machine.change(None, &change, &mut self.chooser).expect("a restart");
    }

    /// A change of the Ethernet's row of this family.
    pub(crate) fn touch(&mut self, family: Family) {
        let change = Change::RowTouch { luid: Luid::new(if_type::ETHERNET, 1), family };
        self.machine.change(None, &change, &mut self.chooser).expect("a row");
    }

    /// Begins the next delivery of a registration.
    pub(crate) fn begin(&mut self, handle: Handle, actor: ActorId) -> Due {
        let lanes = self.machine.deliverable();
        let lane = lanes.into_iter().find(|lane| lane.handle == handle);
        self.machine.delivery_begin(lane.expect("a delivery is due"), actor)
    }

    /// Lets a port change reach the registration; the callback goes on running.
    pub(crate) fn running(&mut self, handle: Handle, actor: ActorId, port: u16) {
        self.restart(port);
        let due = self.begin(handle, actor);
        assert_eq!(port_of(&due.notification), port);
    }

    pub(crate) fn cancel(&mut self, actor: ActorId, handle: Handle) -> CancelBegin {
        self.machine.cancel_begin(actor, handle, &mut self.chooser)
    }

    /// Delivers everything that is due, and answers the ports that the registration was told.
    pub(crate) fn drain(&mut self, handle: Handle) -> Vec<u16> {
        let mut ports = Vec::new();
        while let Some(lane) = self.machine.next_deliverable() {
            let due = self.machine.delivery_begin(lane, self.pool_2);
            if lane.handle == handle {
                ports.push(port_of(&due.notification));
            }
            self.machine.delivery_end(self.pool_2);
        }
        ports
    }

    pub(crate) fn is_live(&self, handle: Handle) -> bool {
        let registration = self.machine.registration(handle);
        registration.is_some_and(netiosim_model::machine::Registration::is_live)
    }

    /// The ids of all findings.
    pub(crate) fn rules(&self) -> Vec<&'static str> {
        self.machine.findings().iter().map(|finding| finding.rule.id()).collect()
    }
}

/// The port of a port notification.
pub(crate) fn port_of(notification: &Notification) -> u16 {
    match notification {
        Notification::TeredoPort { port, .. } => *port,
        _ => panic!("not a port: {notification}"),
    }
}

/// The finding of a cancel that closed a circle.
pub(crate) fn circle_of_cancel(answer: CancelBegin, machine: &Machine) -> Finding {
    match answer {
        CancelBegin::Cycle(at) => machine.findings()[at].clone(),
        _ => panic!("no circle: {answer:?}"),
    }
}

/// The finding of a wait that closed a circle.
pub(crate) fn circle_of_wait(answer: Begun, machine: &Machine) -> Finding {
    match answer {
        Begun::Cycle(at) => machine.findings()[at].clone(),
        _ => panic!("no circle: {answer:?}"),
    }
}

/// The code of a cancel that is over.
pub(crate) fn code_of(answer: CancelBegin) -> u32 {
    match answer {
        CancelBegin::Done { code, .. } => code,
        _ => panic!("the cancel is not over: {answer:?}"),
    }
}
