//! The steps of a run that change the environment or ask for the port.

use netiosim_model::change::{Change, Effect};
use netiosim_model::env::Env;
use netiosim_model::profile::OptionId;

use super::action::Turn;
use super::tables::Snapshot;
use super::world::{World, hint_told, route_told};
use super::{Hint, Thread, Told, scan, turn};

impl World {
    pub(super) fn change(&mut self, wanted: Turn) {
        let before = self.machine.env().clone();
        let change = turn::change(wanted, &before);
        let answer = self.machine.change(None, &change, &mut self.chooser);
        self.read_rules();
        self.network_said |= matches!(wanted, Turn::NativeIpv6(_));
        if answer.is_err() {
            assert_eq!(*self.machine.env(), before, "a change that is refused changes nothing");
            assert!(self.new_effects().is_empty());
            return;
        }
        if let Some(key) = turn::meddles(&change) {
            self.meddled.push((key.luid, key.destination, key.prefix_length));
        }
        let effects = self.new_effects();
        self.happened(&before, Some(&change), &effects);
    }

    pub(super) fn elapse(&mut self, ms: u64) {
        let (now, before) = (self.machine.now_ms(), self.machine.env().clone());
        let gone = self.machine.elapse(ms, &mut self.chooser);
        self.read_rules();
        assert!(gone <= ms);
        assert_eq!(self.machine.now_ms(), now + gone);
        self.reference.faults.now_ms = now + gone;
        let effects = self.new_effects();
        let (before, after) = (Snapshot::later(&before), Snapshot::later(self.machine.env()));
        if self.any_order() {
            before.agrees_in_any_order(&after, None, &effects);
        } else {
            before.agrees(&after, None, &effects);
        }
        self.came_about(&before, &after, &effects);
    }

    /// A change happened: what its steps say is what it did.
    pub(super) fn happened(&mut self, before: &Env, change: Option<&Change>, effects: &[Effect]) {
        let (before, after) = (Snapshot::of(before), Snapshot::of(self.machine.env()));
        if self.any_order() {
            before.agrees_in_any_order(&after, change, effects);
        } else {
            before.agrees(&after, change, effects);
            turn::in_order(effects);
        }
        self.came_about(&before, &after, effects);
    }

    fn came_about(&mut self, before: &Snapshot, after: &Snapshot, effects: &[Effect]) {
        let was_unknown = self.unknown_until_ms.is_some();
        if self.hint_is_known() && !was_unknown {
            before.hint_is_told(after, effects);
        }
        if self.machine.env().hint().level != 0 {
            scan::hints_agree(self.machine.env());
        }
        self.counts.changes += 1;
        if self.counts.changes.is_multiple_of(4) {
            // The scans are slow, and what is wrong once stays wrong.
            scan::look_ups_agree(self.machine.env());
        }
        scan::tables_are_sound(self.machine.env());
        if !self.network_said {
            // Nobody but routers can have said that there is native IPv6.
            let native = self.machine.env().teredo().network().native_ipv6;
            assert_eq!(native, scan::has_native_ipv6(self.machine.env()), "native IPv6");
        }
        self.addresses_have_their_routes();
        self.owe(effects);
        let all = self.reference.rules.stable_waits_for_all;
        self.reference.owe_tables(scan::is_stable(self.machine.env(), all));
    }

    /// Every usable address has the routes that it brings, but for those that somebody meddled with.
    fn addresses_have_their_routes(&self) {
        let env = self.machine.env();
        for (luid, destination, length) in scan::routes_of_addresses(env) {
            let there = env.routes().iter().any(|route| {
                (route.luid, route.destination, route.prefix_length) == (luid, destination, length)
            });
            let meddled = self.meddled.contains(&(luid, destination, length));
            assert!(there || meddled, "no route to {destination}/{length} on {luid}");
        }
    }

    /// Whether the steps of a change may be told in any order.
    pub(super) fn any_order(&self) -> bool {
        self.machine.options().allowed(OptionId::CascadeOrder).any(|value| value == "any")
    }

    /// Whether the machine has been up for long enough to know its connectivity.
    fn hint_is_known(&mut self) -> bool {
        let known = self.machine.env().hint().level != 0;
        if let Some(until_ms) = self.unknown_until_ms {
            let now_ms = self.machine.now_ms();
            assert!(known || now_ms <= until_ms, "connectivity is not known for ever");
            assert!(!known || now_ms >= until_ms, "connectivity is not known at once");
            if known {
                self.unknown_until_ms = None;
            }
        } else {
            assert!(known);
        }
        known
    }

    /// The hint of the machine.
    pub(super) fn hint_now(&mut self) -> Hint {
        if self.hint_is_known() { scan::hint(self.machine.env()) } else { Hint::default() }
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
                Effect::Address { luid, index, address, kind } => {
                    self.reference
                        .owe(Told::Address(Some((luid.0, *index, *address)), kind.number()));
                }
                Effect::Route { key, index, kind } => {
                    let row = Some(route_told(*key, *index));
                    self.reference.owe(Told::Route(row, kind.number()));
                }
                Effect::Hint(hint) => self.reference.owe(Told::Hint(hint_told(hint))),
                Effect::TeredoState { .. } => {}
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
