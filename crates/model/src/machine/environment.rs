//! Changes of the environment, time, and what registrations are owed for them.

use std::collections::{BTreeMap, BTreeSet};

use super::Machine;
use super::memo::{Step, Steps};
use super::registration::Kind;
use crate::cascade::Rules;
use crate::change::{Change, ChangeError, Effect, Thing};
use crate::choose::Chooser;
use crate::event::What;
use crate::ids::{ActorId, Handle};
use crate::net::Family;
use crate::net::NotificationType;
use crate::notification::{ForwardKey, Notification, RowKey, UnicastKey};
use crate::profile::OptionId;
use crate::teredo::{DormancyRule, TeredoRules};

impl Machine {
    /// Changes the environment and queues what is owed for it.
    ///
    /// `actor` is the program that caused it; `None` is the world outside.
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the change makes no sense on this machine; nothing has changed then.
    pub fn change(
        &mut self,
        actor: Option<ActorId>,
        change: &Change,
        chooser: &mut dyn Chooser,
    ) -> Result<(), ChangeError> {
        let teredo = change.concerns_teredo() || self.env().hears_routers();
        let rules = self.cascade_rules(teredo, chooser);
        self.event(actor, What::Change(change.name()));
        let effects = self.env_step(&Step::Change(change, rules), chooser)?;
        self.owe(&effects, chooser);
        Ok(())
    }

    /// What happens to the environment, in the order of ranks; remembered, where that is asked for.
    fn env_step(
        &mut self,
        step: &Step<'_>,
        chooser: &mut dyn Chooser,
    ) -> Result<Steps, ChangeError> {
        match &mut self.memo.0 {
            Some(memo) => memo.take(step, &mut self.state.env, chooser).map(Steps::Kept),
            None => step.take(self.env_mut(), chooser).map(Steps::Own),
        }
    }

    /// Milliseconds until the next timer of the environment is due; `None` when none runs.
    #[must_use]
    pub fn next_timer_ms(&self) -> Option<u64> {
        self.state.env.next_timer_ms()
    }

    /// Lets time go by and fires every timer on the way, in the order of their deadlines.
    ///
    /// Stops at the first timer whose consequences are owed to somebody, or after `ms`; returns the
    /// milliseconds that went by.
    pub fn elapse(&mut self, ms: u64, chooser: &mut dyn Chooser) -> u64 {
        let mut gone = 0;
        loop {
            match self.next_timer_ms() {
                Some(due) if due <= ms - gone => {
                    self.pass(due, chooser);
                    gone += due;
                    let ready = *self.state.next_order;
                    let rules = self.cascade_rules(true, chooser);
                    let effects = self.env_step(&Step::Timer(rules), chooser);
                    self.owe(effects.as_deref().unwrap_or_default(), chooser);
                    if *self.state.next_order != ready {
                        return gone;
                    }
                }
                _ => {
                    let rest = ms - gone;
                    self.pass(rest, chooser);
                    return ms;
                }
            }
        }
    }

    fn pass(&mut self, ms: u64, chooser: &mut dyn Chooser) {
        if ms > 0 {
            *self.state.now_ms = self.state.now_ms.saturating_add(ms);
            // Nothing is owed for time as such.
            let _ = self.env_step(&Step::Time(ms), chooser);
        }
    }

    /// The rules of a cascade that the options ask for.
    pub(crate) fn cascade_rules(&mut self, teredo: bool, chooser: &mut dyn Chooser) -> Rules {
        Rules {
            teredo: if teredo { self.teredo_rules(chooser) } else { TeredoRules::default() },
            keep_leases: self.pick(OptionId::MediaLoss, chooser) == "keep",
        }
    }

    /// The Teredo rules that the options ask for.
    pub(crate) fn teredo_rules(&mut self, chooser: &mut dyn Chooser) -> TeredoRules {
        TeredoRules {
            dormancy: match self.pick(OptionId::DormancyRule, chooser) {
                "no-edge-listener" => DormancyRule::NoEdgeListener,
                _ => DormancyRule::HourWithoutTraffic,
            },
            dormant_answers: self.pick(OptionId::DormantClient, chooser) == "started",
            rfc5991: self.pick(OptionId::TeredoFlags, chooser) == "rfc5991",
            rfc6081: self.pick(OptionId::SymmetricNat, chooser) == "usable",
            relay_port_3544: self.pick(OptionId::RelayPort, chooser) == "port-3544",
        }
    }

    /// Queues what registrations are owed for the steps of one change, in the order of the option
    /// `cascade-order`.
    fn owe(&mut self, steps: &[Effect], chooser: &mut dyn Chooser) {
        let listened = self.listened();
        if steps.len() > 1 && self.pick(OptionId::CascadeOrder, chooser) == "any" {
            // What nobody hears of has no order: asking for one would only multiply the ways of a search.
            let heard = |step: &&Effect| wanted(step) & listened != 0;
            for step in steps.iter().filter(|step| !heard(step)) {
                self.owe_step(step, listened, chooser);
            }
            let mut steps: Vec<Effect> = steps.iter().filter(heard).cloned().collect();
            while !steps.is_empty() {
                let at = next_rank(&steps, chooser);
                let step = steps.remove(at);
                self.owe_step(&step, listened, chooser);
            }
        } else {
            for step in steps {
                self.owe_step(step, listened, chooser);
            }
        }
        self.owe_stable_tables(chooser);
    }

    /// What anybody listens to at all.
    fn listened(&self) -> u8 {
        let hung = self.state.hung.values().filter_map(|handle| self.registration(*handle));
        let live = self.registrations().map(|(_, registration)| registration);
        live.chain(hung).fold(0, |all, registration| all | listens(registration.kind))
    }

    /// Queues what registrations are owed for one step.
    fn owe_step(&mut self, effect: &Effect, listened: u8, chooser: &mut dyn Chooser) {
        self.event(None, What::Effect(effect.clone()));
        self.owe_overlapped(effect);
        // What a port leads to are open questions, whether anybody listens or not.
        let open = matches!(effect, Effect::TeredoPort { .. });
        if !open && wanted(effect) & listened == 0 {
            return;
        }
        match *effect {
            Effect::TeredoPort { from, to } => self.owe_port(from, to, chooser),
            Effect::IpInterface { luid, index, family, kind } => {
                let row = Some(RowKey { family, luid, index });
                let notification = Notification::IpInterface { row, kind };
                self.enqueue(notification, chooser, |kind| match kind {
                    Kind::IpInterface(_) => kind.lane_for(family),
                    _ => None,
                });
            }
            Effect::Address { luid, index, address, kind } => {
                let row = Some(UnicastKey { address, luid, index });
                let notification = Notification::UnicastAddress { row, kind };
                self.enqueue(notification, chooser, |kind| match kind {
                    Kind::UnicastAddress(_) => kind.lane_for(Family::of(address)),
                    _ => None,
                });
            }
            Effect::Route { key, index, kind } => {
                let row = Some(ForwardKey { route: key, index });
                let notification = Notification::Route { row, kind };
                self.enqueue(notification, chooser, |kind| match kind {
                    Kind::Route(_) => kind.lane_for(key.family()),
                    _ => None,
                });
            }
            Effect::Hint(hint) => {
                let notification = Notification::Hint { hint, initial: false };
                self.enqueue(notification, chooser, |kind| {
                    (kind == Kind::ConnectivityHint).then_some(0)
                });
            }
            Effect::TeredoState { .. } => {}
        }
    }

    fn owe_port(&mut self, from: Option<u16>, to: Option<u16>, chooser: &mut dyn Chooser) {
        let (port, kind) = match (from, to) {
            (_, Some(to)) if from == Some(to) => {
                if self.pick(OptionId::SamePortRestart, chooser) == "silent" {
                    return; // O-09
                }
                (to, NotificationType::Parameter)
            }
            (_, Some(to)) => match self.pick(OptionId::PortChangeType, chooser) {
                "add" => (to, NotificationType::Add),
                _ => (to, NotificationType::Parameter), // O-07
            },
            (Some(_), None) => match self.pick(OptionId::PortOnStop, chooser) {
                "zero-delete" => (0, NotificationType::Delete),
                "zero-parameter" => (0, NotificationType::Parameter),
                _ => return, // O-08, NT-07
            },
            (None, None) => return,
        };
        let port = self.wire_port(port, chooser);
        let notification = Notification::TeredoPort { port, kind };
        self.enqueue(notification, chooser, |kind| (kind == Kind::TeredoPort).then_some(0));
    }

    /// Puts a notification into the queue of every live lane that `lane` names.
    fn enqueue(
        &mut self,
        notification: Notification,
        chooser: &mut dyn Chooser,
        lane: impl Fn(Kind) -> Option<usize>,
    ) {
        let hung = self
            .state
            .hung
            .values()
            .filter_map(|handle| Some((*handle, self.registration(*handle)?)));
        let targets: Vec<(Handle, usize)> = self
            .registrations()
            .chain(hung)
            .filter_map(|(handle, registration)| Some((handle, lane(registration.kind)?)))
            .collect();
        if targets.is_empty() {
            return;
        }
        let merge = self.pick(OptionId::Coalescing, chooser) == "same-key";
        let order = self.take_order();
        for (handle, lane) in targets {
            if let Some(registration) = self.registration_mut(handle) {
                let live = registration.is_live();
                let lane = &mut registration.lanes[lane];
                let queue = if live { &mut lane.queue } else { &mut lane.aside };
                let same =
                    |entry: &&mut (u64, Notification)| entry.1.subject() == notification.subject();
                let pending = if merge { queue.iter_mut().find(same) } else { None };
                match pending {
                    // Observed, 11: an add or delete replaces the pending one, a change merges with it.
                    Some(entry) => {
                        // What a port says is all in its notification: the last one counts. Of hints it
                        // counts, too, which have no kind.
                        let parameter = Some(NotificationType::Parameter);
                        let newer = matches!(
                            (&notification, &entry.1),
                            (
                                Notification::TeredoPort { port, .. },
                                Notification::TeredoPort { port: old, .. },
                            ) if port != old
                        );
                        if newer || notification.kind() != parameter || entry.1.kind() == parameter
                        {
                            entry.1 = notification;
                        }
                    }
                    _ => queue.push_back((order, notification)),
                }
            }
            self.refresh_ready(handle);
        }
    }
}

/// The bit of what a registration listens to.
fn listens(kind: Kind) -> u8 {
    match kind {
        Kind::TeredoPort => 1,
        Kind::IpInterface(_) => 1 << 1,
        Kind::UnicastAddress(_) => 1 << 2,
        Kind::Route(_) => 1 << 3,
        // What a stable table is owed is looked after apart.
        Kind::StableTable(_) => 0,
        Kind::ConnectivityHint => 1 << 4,
    }
}

/// The steps of a change in the chosen order: by rank, within one as they happened; of one thing the
/// last word stays the last.
pub(super) fn ranked(effects: Vec<Effect>) -> Vec<Effect> {
    let mut last: BTreeMap<Thing, u8> = BTreeMap::new();
    let mut steps: Vec<(u8, Effect)> = Vec::with_capacity(effects.len());
    for effect in effects {
        let rank = last.entry(effect.thing()).or_default();
        *rank = effect.rank().max(*rank);
        steps.push((*rank, effect));
    }
    steps.sort_by_key(|step| step.0);
    steps.into_iter().map(|step| step.1).collect()
}

/// Who is told of a step, as [`listens`] has it.
fn wanted(effect: &Effect) -> u8 {
    match effect {
        Effect::TeredoPort { .. } => listens(Kind::TeredoPort),
        Effect::IpInterface { .. } => listens(Kind::IpInterface(None)),
        Effect::Address { .. } => listens(Kind::UnicastAddress(None)),
        Effect::Route { .. } => listens(Kind::Route(None)),
        Effect::Hint(_) => listens(Kind::ConnectivityHint),
        Effect::TeredoState { .. } => 0,
    }
}

/// The driver picks which kind of step comes next; what is told of one thing keeps its order.
fn next_rank(effects: &[Effect], chooser: &mut dyn Chooser) -> usize {
    let mut heads: Vec<(usize, &'static str)> = Vec::new();
    let mut seen: BTreeSet<Thing> = BTreeSet::new();
    for (n, effect) in effects.iter().enumerate() {
        let name = match effect {
            Effect::TeredoState { .. } => return n,
            Effect::TeredoPort { .. } => "port",
            Effect::IpInterface { .. } => "interface",
            Effect::Route { kind: NotificationType::Delete, .. } => "route-removal",
            Effect::Address { kind: NotificationType::Delete, .. } => "address-removal",
            Effect::Address { .. } => "address-addition",
            Effect::Route { .. } => "route-addition",
            Effect::Hint(_) => "connectivity",
        };
        let first = seen.insert(effect.thing());
        if first && heads.iter().all(|head| head.1 != name) {
            heads.push((n, name));
        }
    }
    if heads.len() == 1 {
        return heads[0].0;
    }
    let names: Vec<&'static str> = heads.iter().map(|head| head.1).collect();
    let at = chooser.choose("cascade-next", &names).min(heads.len() - 1);
    heads[at].0
}
