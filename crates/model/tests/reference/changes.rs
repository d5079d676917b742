//! The steps of a run that change the environment or ask for the port.

use netiosim_model::change::Effect;
use netiosim_model::profile::OptionId;

use super::action::Turn;
use super::tables::Snapshot;
use super::world::World;
use super::{Thread, Told, turn};

impl World {
    pub(super) fn change(&mut self, wanted: Turn) {
        let before = self.machine.env().clone();
        let change = turn::change(wanted, &before);
        let answer = self.machine.change(None, &change, &mut self.chooser);
        self.read_rules();
        let effects = self.new_effects();
        if answer.is_err() {
            assert_eq!(*self.machine.env(), before, "a change that is refused changes nothing");
            assert!(effects.is_empty());
            return;
        }
        let (before, after) = (Snapshot::of(&before), Snapshot::of(self.machine.env()));
        if !self.machine.options().allowed(OptionId::CascadeOrder).any(|value| value == "any") {
            before.agrees(&after, &effects);
            turn::in_order(&effects);
        }
        self.owe(&effects);
    }

    pub(super) fn elapse(&mut self, ms: u64) {
        let (now, before) = (self.machine.now_ms(), Snapshot::of(self.machine.env()));
        let gone = self.machine.elapse(ms, &mut self.chooser);
        self.read_rules();
        assert!(gone <= ms);
        assert_eq!(self.machine.now_ms(), now + gone);
        self.reference.faults.now_ms = now + gone;
        let effects = self.new_effects();
        if !self.machine.options().allowed(OptionId::CascadeOrder).any(|value| value == "any") {
            before.agrees(&Snapshot::of(self.machine.env()), &effects);
        }
        self.owe(&effects);
    }

    /// Tells the reference what the steps of a change mean for registrations.
    fn owe(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::TeredoPort { from, to } => {
                    let rules = &self.reference.rules;
                    let kind = rules.port_change_type;
                    let due = match (from, to) {
                        (Some(from), Some(to)) if from == to => {
                            rules.same_port_notifies.then_some(Told::Port(*to, 0))
                        }
                        (_, Some(to)) => Some(Told::Port(*to, kind)),
                        (Some(_), None) => rules.port_on_stop.map(|kind| Told::Port(0, kind)),
                        (None, None) => None,
                    };
                    if let Some(told) = due {
                        self.reference.owe(told);
                    }
                }
                Effect::IpInterface { luid, index, family, kind } => {
                    let row = Some((family.number(), luid.0, *index));
                    self.reference.owe(Told::Row(row, kind.number()));
                }
                _ => {}
            }
        }
    }

    pub(super) fn get_port(
        &mut self,
        thread: Thread,
        pointer: bool,
        broken: &mut Vec<&'static str>,
    ) {
        let flavour = self.reference.flavour(thread);
        if flavour == 1 && self.reference.threads[thread].irql >= 2 {
            broken.push("N011");
        }
        let actor = self.actors[thread];
        let (_, code, port) = self.machine.get_teredo_port(actor, pointer, &mut self.chooser);
        let fault = self.reference.faults.hits("port", None, None);
        let options = self.machine.options();
        let expected = if let Some(status) = fault {
            status[flavour]
        } else if options.fixed(OptionId::TeredoQuery) == "not-supported" {
            [50, 0xC000_00BB][flavour]
        } else if !pointer {
            [87, 0xC000_000D][flavour]
        } else if !self.machine.env().ipv6_present() {
            [50, 0xC000_00BB][flavour]
        } else {
            assert!([0, 21].contains(&code));
            code
        };
        assert_eq!(code, expected, "of GetTeredoPort");
        assert_eq!(port.is_some(), code == 0, "a port exactly on success");
        if code == 0 {
            assert_eq!(port, self.machine.env().teredo().port());
        }
    }
}
