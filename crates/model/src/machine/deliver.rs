//! Deliveries: which may begin, and their two steps, begin and end.

use super::registration::{Initial, Lane, Life, Scope};
use super::{Kind, Machine, Registration, Running};
use crate::event::{Function, What};
use crate::ids::{ActorId, Handle, LaneId, ObjectId};
use crate::net::{Family, NotificationType};
use crate::notification::Notification;
use crate::profile::OptionId;
use crate::row::HintRow;
use crate::rule::Rule;

/// A delivery that has just begun: what the driver has to call, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The lane.
    pub lane: LaneId,
    /// The number of the delivery within its registration, from 1.
    pub number: u32,
    /// The callback's number, as it was registered.
    pub callback: u64,
    /// The family that the lane serves; `None` for a Teredo port.
    pub family: Option<Family>,
    /// CallerContext.
    pub context: u64,
    /// The object behind the context.
    pub object: Option<ObjectId>,
    /// What the callback is handed.
    pub notification: Notification,
}

impl Machine {
    /// The lanes whose next delivery may begin on a thread of the pool, oldest notification first
    /// and, for one event, in the order of registration.
    ///
    /// Which of them begins is the driver's choice (O-06); with the option `delivery-order` fixed
    /// to `registration` only the first is offered. Deliveries that are due on a registering
    /// thread are not among them.
    #[must_use]
    pub fn deliverable(&self) -> Vec<LaneId> {
        self.deliverable_lanes().collect()
    }

    /// The same, one after the other.
    pub fn deliverable_lanes(&self) -> impl Iterator<Item = LaneId> {
        let startable = |lane: &&LaneId| self.scope_is_free(lane.handle, Some(lane.lane));
        let one = self.state.options.fixed(OptionId::DeliveryOrder) == "registration";
        let most = if one { 1 } else { usize::MAX };
        self.state.ready.values().filter(startable).take(most).copied()
    }

    /// Whether some delivery may begin on a thread of the pool.
    #[must_use]
    pub fn has_deliverable(&self) -> bool {
        self.state.ready.values().any(|lane| self.scope_is_free(lane.handle, Some(lane.lane)))
    }

    /// The first of [`Machine::deliverable`].
    #[must_use]
    pub fn next_deliverable(&self) -> Option<LaneId> {
        self.state.ready.values().find(|l| self.scope_is_free(l.handle, Some(l.lane))).copied()
    }

    /// Whether a lane that [`Registered::initial`](super::Registered::initial) named is still due on
    /// its registering thread: a cancel or the death of the registration may have come between.
    #[must_use]
    pub fn is_initial_due(&self, lane: LaneId) -> bool {
        let registration = self.registration(lane.handle);
        let lane =
            registration.and_then(|registration| registration.lanes.get(usize::from(lane.lane)));
        lane.is_some_and(|lane| matches!(lane.initial, Initial::OnCaller(_)))
    }

    /// Begins the next delivery of a lane on an actor.
    ///
    /// # Panics
    ///
    /// If the delivery may not begin: the lane is neither among [`Machine::deliverable`] nor due on
    /// this actor after a registration.
    pub fn delivery_begin(&mut self, lane: LaneId, actor: ActorId) -> Due {
        let free = self.scope_is_free(lane.handle, Some(lane.lane));
        let registration = self.registration_mut(lane.handle).expect("a lane of a registration");
        let kind = registration.kind;
        let entry = &mut registration.lanes[usize::from(lane.lane)];
        assert!(entry.running.is_none(), "one delivery at a time in a lane");
        assert!(free || matches!(entry.initial, Initial::OnCaller(_)), "the lane's turn");
        let queued = match entry.initial {
            Initial::OnPool => None,
            Initial::OnCaller(caller) => {
                assert_eq!(caller, actor, "the initial delivery belongs to the registering thread");
                None
            }
            Initial::None => Some(entry.queue.pop_front().expect("a notification in the queue").1),
        };
        if queued.is_none() {
            entry.initial = Initial::None;
        }
        let notification = queued.unwrap_or_else(|| self.initial_of(kind));
        let notification = self.with_table(notification, kind, actor);
        let registration = self.registration_mut(lane.handle).expect("a lane of a registration");
        registration.begun += 1;
        let number = registration.begun;
        registration.lanes[usize::from(lane.lane)].running =
            Some(Running { actor, number, notification });
        let due = Due {
            lane,
            number,
            callback: registration.callback,
            family: registration.lanes[usize::from(lane.lane)].family,
            context: registration.context,
            object: registration.object,
            notification,
        };
        let (process, module) = (registration.process, registration.module);
        self.state.actors[actor.slot()].frames.push(lane);
        self.refresh_ready(lane.handle);
        self.event(Some(actor), What::Begin { lane, number, notification });
        if let Some(module) = module {
            let (name, loaded) = self.module(process, module);
            if !loaded {
                let message = format!(
                    "a callback of \"{}\" was called in module \"{name}\", which is not loaded",
                    self.registration_name(lane.handle)
                );
                self.finding(Rule::UnloadedModule, actor, Some(lane.handle), message, Vec::new());
            }
        }
        due
    }

    /// Ends the innermost delivery that runs on an actor: the callback returned.
    ///
    /// # Panics
    ///
    /// If no delivery runs on the actor.
    pub fn delivery_end(&mut self, actor: ActorId) {
        let lane =
            self.state.actors[actor.slot()].frames.pop().expect("a delivery runs on the actor");
        let Some(registration) = self.registration_mut(lane.handle) else {
            return;
        };
        let entry = &mut registration.lanes[usize::from(lane.lane)];
        let number = entry.running.take().map_or(0, |running| running.number);
        let dying = match &registration.life {
            Life::Dying(death) if registration.running().next().is_none() => Some(*death),
            _ => None,
        };
        self.event(Some(actor), What::End { lane, number });
        match dying {
            Some(death) => self.bury(lane.handle, death),
            None => self.refresh_ready(lane.handle),
        }
    }

    /// Whether nothing that must not overlap with a delivery of this lane runs now.
    pub(crate) fn scope_is_free(&self, handle: Handle, lane: Option<u8>) -> bool {
        let Some(registration) = self.registration(handle) else {
            return false;
        };
        if let Some(lane) = lane
            && registration.lanes[usize::from(lane)].running.is_some()
        {
            return false;
        }
        // An initial delivery that is due on a registering thread has its turn already.
        let busy = |other: &Registration| {
            other
                .lanes
                .iter()
                .any(|lane| lane.running.is_some() || matches!(lane.initial, Initial::OnCaller(_)))
        };
        match registration.scope {
            Scope::Lane => true,
            Scope::Handle => !busy(registration),
            Scope::Callback => !self.others(|other| {
                other.callback == registration.callback
                    && other.process == registration.process
                    && busy(other)
            }),
            Scope::Process => {
                !self.others(|other| other.process == registration.process && busy(other))
            }
        }
    }

    fn others(&self, found: impl Fn(&Registration) -> bool) -> bool {
        self.state.slots.iter().filter_map(|slot| slot.registration.as_deref()).any(found)
    }

    /// Brings the index of lanes with something to deliver in line with a registration.
    pub(crate) fn refresh_ready(&mut self, handle: Handle) {
        let lanes = self.registration(handle).map_or(0, |registration| registration.lanes.len());
        for n in 0..lanes {
            let Some(registration) = self.registration_mut(handle) else {
                return;
            };
            let open = !matches!(registration.life, Life::Dying(_));
            let born = registration.born;
            // With one initial notification for both families no lane tells of a change before it.
            let initial = |lane: &Lane| lane.initial != Initial::None;
            let later =
                !registration.lanes[n].own_initial && registration.lanes.iter().any(initial);
            let lane = &mut registration.lanes[n];
            let head = lane.head().filter(|_| open && !later && lane.running.is_none());
            let old = std::mem::replace(&mut lane.listed, head);
            let lane = u8::try_from(n).unwrap_or_default();
            if old != head {
                if let Some(order) = old {
                    self.state.ready.remove(&(order, born, lane));
                }
                if let Some(order) = head {
                    self.state.ready.insert((order, born, lane), LaneId { handle, lane });
                }
            }
        }
    }

    /// What confirms a registration: port 0, a NULL row, or the hint (TP-07, NI-07, NU-04, NR-04,
    /// O-24).
    fn initial_of(&self, kind: Kind) -> Notification {
        let initial = NotificationType::Initial;
        match kind {
            Kind::TeredoPort => Notification::TeredoPort { port: 0, kind: initial },
            Kind::IpInterface(_) => Notification::IpInterface { row: None, kind: initial },
            Kind::UnicastAddress(_) => Notification::UnicastAddress { row: None, kind: initial },
            Kind::Route(_) => Notification::Route { row: None, kind: initial },
            Kind::StableTable(_) => Notification::StableTable { table: None },
            Kind::ConnectivityHint => {
                let unknown = self.state.options.fixed(OptionId::HintInitial) == "unknown";
                let hint = if unknown { HintRow::default() } else { self.env().hint() };
                Notification::Hint { hint, initial: true }
            }
        }
    }

    /// A stable table is made when its callback is called, of what is stable then (NS-08, NS-11).
    fn with_table(&mut self, due: Notification, kind: Kind, actor: ActorId) -> Notification {
        match (due, kind) {
            (Notification::StableTable { .. }, Kind::StableTable(family)) => {
                let function = Function::NotifyStableUnicastIpAddressTable;
                let rows = self.stable_rows(family);
                Notification::StableTable { table: Some(self.hand_out(actor, function, rows)) }
            }
            (due, _) => due,
        }
    }

    pub(crate) fn registration_name(&self, handle: Handle) -> String {
        self.registration(handle).map_or_else(|| handle.to_string(), |r| r.name.to_string())
    }
}
