//! The model alone, stepped by one thread: every delivery begins and ends at once.

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::Seeded;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, Handle, LaneId};
use netiosim_model::machine::{CancelBegin, Fault, Machine, Request};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::teredo::PortWish;

use super::told;
use crate::backend::{Backend, Callback, Cannot, Heard, Register, Registered, Session, World};

/// The model alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Model;

struct Alone {
    machine: Machine,
    chooser: Seeded,
    /// The program's thread, and one that callbacks come on.
    main: ActorId,
    pool: ActorId,
    heard: Vec<Heard>,
}

impl Backend for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        let mut machine = Machine::new(profile, home());
        let process = machine.process("program", flavour);
        let (main, pool) = (machine.actor("main", process), machine.actor("pool", process));
        let (chooser, heard) = (Seeded::new(0), Vec::new());
        Ok(Box::new(Alone { machine, chooser, main, pool, heard }))
    }
}

impl Alone {
    fn deliver(&mut self, lane: LaneId, actor: ActorId) {
        let due = self.machine.delivery_begin(lane, actor);
        self.heard.push(Heard { context: due.context, told: told(&due.notification) });
        self.machine.delivery_end(actor);
    }

    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        let done = self.machine.change(None, change, &mut self.chooser);
        done.map_err(|error| Cannot::new(error.to_string()))
    }
}

impl Session for Alone {
    fn register(&mut self, call: &Register) -> Registered {
        let request = Request {
            callback: (call.callback == Callback::Listens).then_some(1),
            context: call.context,
            initial: call.initial,
            handle_pointer: call.variable.is_some(),
            ..Request::new("registration", 1)
        };
        let (main, function) = (self.main, call.function);
        let left = self.machine.notify(main, function, call.family, &request, &mut self.chooser);
        for lane in left.initial {
            self.deliver(lane, main);
        }
        if left.status == Status::Success {
            self.machine.register_return(main, function, left.code, left.handle);
        }
        Registered { code: left.code, handle: call.variable.map(|_| left.handle.0) }
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        match self.machine.cancel_begin(self.main, Handle(handle), &mut self.chooser) {
            CancelBegin::Done { code, .. } => code,
            // What was queued before may still come, by the option events-during-cancel.
            CancelBegin::Wait => {
                while !self.machine.can_end(self.main) {
                    let lanes = self.machine.deliverable();
                    let Some(lane) = lanes.first() else { break };
                    self.deliver(*lane, self.pool);
                }
                self.machine.cancel_end(self.main).1
            }
            CancelBegin::Cycle(_) => self.machine.abandon(self.main, &mut self.chooser).1,
        }
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        let (_, code, port) =
            self.machine.get_teredo_port(self.main, variable.is_some(), &mut self.chooser);
        (code, port.or(variable))
    }

    fn settle(&mut self) {
        while let Some(lane) = self.machine.deliverable().first() {
            self.deliver(*lane, self.pool);
        }
    }

    fn heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.heard)
    }
}

impl World for Alone {
    fn restart_teredo(&mut self, port: u16) -> Result<(), Cannot> {
        self.change(&Change::TeredoRestart(PortWish::Exactly(port)))
    }

    fn stop_teredo(&mut self) -> Result<(), Cannot> {
        self.change(&Change::TeredoStop)
    }

    fn set_ipv6(&mut self, present: bool) -> Result<(), Cannot> {
        self.change(&Change::Ipv6Present(present))
    }

    fn set_mtu(&mut self, family: Family, mtu: u32) -> Result<(), Cannot> {
        let luid = self.machine.env().interfaces().find(|one| one.alias == "Ethernet");
        let luid = luid.map(|one| one.luid).ok_or_else(|| Cannot::new("there is no Ethernet"))?;
        let values = vec![(Member::NlMtu, u64::from(mtu))];
        self.change(&Change::RowSet { luid, family, values })
    }

    fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
        self.machine.fault_add(Fault::new(function, status));
        Ok(())
    }

    fn reboot(&mut self) -> Result<(), Cannot> {
        self.machine.reboot(&mut self.chooser);
        Ok(())
    }
}
