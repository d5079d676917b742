//! The steps of a run that begin and end threads, processes, modules, the service and faults.

use netiosim_model::event::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::{Fault, FaultTarget, Irql};
use netiosim_model::status::Status;

use super::Thread;
use super::action::Action;
use super::faults::{Aim, Planted};
use super::step::among;
use super::world::World;

const STATUSES: [(Status, [u32; 2]); 4] = [
    (Status::NotEnoughMemory, [8, 0xC000_009A]),
    (Status::InvalidHandle, [6, 6]),
    (Status::NotRegistered, [1753, 0xC002_0036]),
    (Status::CanNotComplete, [1003, 0xC000_0001]),
];
const FUNCTIONS: [(Function, &str); 8] = [
    (Function::NotifyTeredoPortChange, "teredo"),
    (Function::NotifyIpInterfaceChange, "interface"),
    (Function::NotifyUnicastIpAddressChange, "address"),
    (Function::NotifyRouteChange2, "route"),
    (Function::NotifyStableUnicastIpAddressTable, "stable"),
    (Function::NotifyNetworkConnectivityHintChange, "hint"),
    (Function::CancelMibChangeNotify2, "cancel"),
    (Function::GetTeredoPort, "port"),
];

impl World {
    pub(super) fn life_step(&mut self, action: &Action, broken: &mut Vec<&'static str>) {
        match *action {
            Action::Exit { who } => {
                let idle = |thread: &Thread| self.reference.threads[*thread].frames.is_empty();
                let idle: Vec<Thread> = self.reference.able().into_iter().filter(idle).collect();
                if let Some(thread) = among(&idle, who) {
                    self.machine.actor_exit(self.actors[thread]);
                    self.reference.thread_exits(thread);
                }
            }
            Action::Return { who } => self.thread_returns(who),
            Action::ProcessExit { process } => {
                let process = usize::from(process % 2);
                let first = (0..self.actors.len())
                    .find(|thread| self.reference.threads[*thread].process == process);
                let actor = self.actors[first.expect("a thread of each process")];
                self.machine.process_exit(actor, self.processes[process]);
                self.reference.process_exits(process, broken);
                self.forget_dead_calls();
            }
            Action::ProcessStart { process } => {
                let process = usize::from(process % 2);
                self.machine.process_start(self.processes[process]);
                self.reference.processes[process] = true;
                for thread in 0..self.actors.len() {
                    let book = &self.reference.threads[thread];
                    if book.process == process && !book.alive {
                        self.machine.actor_reuse(self.actors[thread], self.processes[process]);
                        self.reference.thread_returns(thread);
                    }
                }
            }
            Action::Service => {
                self.machine.nsi_restart();
                self.reference.service_restarts();
            }
            Action::ServiceDown(down) => {
                self.machine.set_nsi_down(down);
                self.reference.nsi_down = down;
            }
            Action::Reboot => {
                self.machine.reboot(&mut self.chooser);
                self.unknown_until_ms = Some(self.machine.now_ms() + 1_000);
                self.reference.reboots();
                self.forget_dead_calls();
            }
            Action::Module(true) => {
                self.machine.module_load(self.processes[0], self.module);
                self.reference.module_loaded = true;
            }
            Action::Module(false) => {
                self.machine.module_unload(self.actors[0], self.processes[0], self.module);
                self.reference.module_unloads(broken);
            }
            Action::Fault { .. } => self.plant_fault(action),
            Action::NoFaults => {
                self.machine.fault_clear(None);
                self.reference.faults.all.clear();
            }
            Action::Irql { who, level } => {
                let level = level % 3;
                let drivers = |thread: &Thread| self.reference.threads[*thread].process == 1;
                let able: Vec<Thread> = self.reference.able().into_iter().filter(drivers).collect();
                if let Some(thread) = among(&able, who) {
                    let irql = [Irql::Passive, Irql::Apc, Irql::Dispatch][usize::from(level)];
                    self.machine.set_irql(self.actors[thread], irql);
                    self.reference.threads[thread].irql = level;
                }
            }
            _ => {}
        }
    }

    fn thread_returns(&mut self, who: u8) {
        let dead: Vec<Thread> = (0..self.actors.len())
            .filter(|thread| !self.reference.threads[*thread].alive)
            .filter(|thread| self.reference.processes[self.reference.threads[*thread].process])
            .collect();
        if let Some(thread) = among(&dead, who) {
            let process = self.processes[self.reference.threads[thread].process];
            self.machine.actor_reuse(self.actors[thread], process);
            self.reference.thread_returns(thread);
        }
    }

    fn forget_dead_calls(&mut self) {
        for thread in 0..self.actors.len() {
            if !self.reference.threads[thread].alive {
                self.registering[thread].clear();
            }
        }
    }

    fn plant_fault(&mut self, action: &Action) {
        let Action::Fault { function, status, aim, nth, for_ms } = *action else {
            return;
        };
        let (function, name) = FUNCTIONS[usize::from(function) % FUNCTIONS.len()];
        let (status, code) = STATUSES[usize::from(status) % STATUSES.len()];
        let (target, aim) = match aim % 3 {
            0 => (FaultTarget::Any, Aim::Any),
            1 => {
                let name = format!("r{}", aim / 3 % 4);
                (FaultTarget::Registration(name.as_str().into()), Aim::Name(name))
            }
            _ => {
                let handle = among(&self.handles, aim / 3).unwrap_or(Handle(1));
                (FaultTarget::Handle(handle), Aim::Handle(handle.0))
            }
        };
        let nth = nth.map(u32::from);
        let until_ms = for_ms.map(|ms| self.machine.now_ms() + u64::from(ms));
        self.machine.fault_add(Fault { target, nth, until_ms, ..Fault::new(function, status) });
        self.reference.faults.all.push(Planted::new(name, aim, nth, until_ms, code));
    }
}
