//! The Notify functions: registrations with a callback.

use std::collections::VecDeque;

use super::registration::{Initial, Lane, Life, Scope};
use super::{Kind, Machine, Registration, Request, Slot};
use crate::change::Change;
use crate::choose::Chooser;
use crate::event::{Function, What};
use crate::ids::{ActorId, Handle, LaneId, TableId};
use crate::net::{AF_UNSPEC, Family};
use crate::profile::OptionId;
use crate::rule::Rule;
use crate::status::Status;

/// As many deliveries may run on top of each other on one thread; the initial delivery of a
/// registration made in the innermost comes from the pool. Chosen: a callback that registers itself
/// again would run out of stack.
const MOST_NESTED: usize = 16;

/// What a registration answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Registered {
    /// What happened.
    pub status: Status,
    /// The number that the caller sees.
    pub code: u32,
    /// What the NotificationHandle pointer receives: NULL on any error (TP-03, NI-06).
    pub handle: Handle,
    /// The lanes whose initial notification the caller's own thread has to deliver before the call
    /// returns, in order; begin each with [`Machine::delivery_begin`] on this actor.
    pub initial: Vec<LaneId>,
    /// Whether the caller's handle variable is written before those deliveries (option
    /// `handle-written`) or only when the call returns.
    pub written_first: bool,
    /// The table that NotifyStableUnicastIpAddressTable hands out at once (NS-04, NS-05).
    pub table: Option<TableId>,
}

impl Registered {
    /// Whether the caller asked for something and got it: a success, or a request that is pending
    /// (NS-06), which the test for success does not always call one.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.status, Status::Success | Status::IoPending)
    }
}

impl Machine {
    /// NotifyTeredoPortChange (TP-01 to TP-40).
    ///
    /// The call's return is a step of its own: [`Machine::register_return`], after the
    /// initial deliveries.
    pub fn notify_teredo_port_change(
        &mut self,
        actor: ActorId,
        request: &Request,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        let function = Function::NotifyTeredoPortChange;
        self.register(actor, function, request, Ok(Kind::TeredoPort), chooser)
    }

    /// NotifyIpInterfaceChange (NI-01 to NI-40); `family` is the Windows number.
    pub fn notify_ip_interface_change(
        &mut self,
        actor: ActorId,
        family: u16,
        request: &Request,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        self.notify(actor, Function::NotifyIpInterfaceChange, family, request, chooser)
    }

    /// Any function that registers a callback; `family` is the Windows number, of those that have it.
    ///
    /// NotifyUnicastIpAddressChange (NU-01 to NU-15), NotifyRouteChange2 (NR-01 to NR-12),
    /// NotifyStableUnicastIpAddressTable (NS-01 to NS-20; a pending request is answered with
    /// [`Status::IoPending`] and a handle), NotifyNetworkConnectivityHintChange (NH-01 to NH-08) and
    /// the two functions that have methods of their own.
    ///
    /// # Panics
    ///
    /// If the function registers no callback.
    pub fn notify(
        &mut self,
        actor: ActorId,
        function: Function,
        family: u16,
        request: &Request,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        let families = match (family, Family::from_number(family)) {
            (AF_UNSPEC, _) => Ok(None),
            (_, Some(family)) => Ok(Some(family)),
            // NI-04, NI-05, NU-01, NR-01, NS-03
            _ => Err(Status::InvalidParameter),
        };
        let kind = match function {
            Function::NotifyTeredoPortChange => Ok(Kind::TeredoPort),
            Function::NotifyNetworkConnectivityHintChange => Ok(Kind::ConnectivityHint),
            Function::NotifyIpInterfaceChange => families.map(Kind::IpInterface),
            Function::NotifyUnicastIpAddressChange => families.map(Kind::UnicastAddress),
            Function::NotifyRouteChange2 => families.map(Kind::Route),
            Function::NotifyStableUnicastIpAddressTable => families.map(Kind::StableTable),
            _ => panic!("{function} registers no callback"),
        };
        self.register(actor, function, request, kind, chooser)
    }

    /// The registering call returns to its caller, after the initial deliveries that
    /// [`Registered::initial`] asked for. A call without any has returned already.
    pub fn register_return(
        &mut self,
        actor: ActorId,
        function: Function,
        code: u32,
        handle: Handle,
    ) {
        self.returned(actor, function, code, Some(handle));
    }

    fn register(
        &mut self,
        actor: ActorId,
        function: Function,
        request: &Request,
        kind: Result<Kind, Status>,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        self.event(Some(actor), What::Call { function, handle: None });
        let refused = self.refuse(actor, function, request, kind, chooser);
        let outcome = match (refused, kind) {
            (Some(status), _) | (None, Err(status)) => Err(status),
            // Where registrations are stubs this one has no answer at all (chosen: Wine does not
            // export it).
            (None, Ok(Kind::StableTable(_))) if !self.registers() => Err(Status::NotSupported),
            (None, Ok(kind)) => Ok(kind),
        };
        let registered = match outcome {
            Err(status) => Registered {
                status,
                code: self.code(actor, status),
                handle: Handle::NULL,
                initial: Vec::new(),
                written_first: false,
                table: None,
            },
            Ok(Kind::StableTable(family)) => {
                self.request_stable_table(actor, family, request, chooser)
            }
            Ok(kind) => self.admit(actor, kind, request, chooser),
        };
        if registered.initial.is_empty() {
            self.returned(actor, function, registered.code, Some(registered.handle));
        }
        registered
    }

    /// Why the call fails, if it does: in the order of the option `error-priority` (O-13).
    fn refuse(
        &mut self,
        actor: ActorId,
        function: Function,
        request: &Request,
        kind: Result<Kind, Status>,
        chooser: &mut dyn Chooser,
    ) -> Option<Status> {
        if let Some(status) = self.hindered_at(actor, function, Some(&request.name)) {
            return Some(status);
        }
        let stable = function == Function::NotifyStableUnicastIpAddressTable;
        if stable && !request.table_pointer {
            return Some(Status::InvalidParameter); // NS-01
        }
        if request.callback.is_none() {
            // TP-04 and TP-05 document it for the Teredo function; elsewhere it is O-01 and O-11.
            return Some(match kind {
                Ok(Kind::TeredoPort) => Status::InvalidParameter,
                _ => option_status(self.pick(OptionId::NullCallback, chooser)),
            });
        }
        if !request.handle_pointer {
            // NS-02 documents it for the stable table; elsewhere it is O-02.
            return Some(match stable {
                true => Status::InvalidParameter,
                false => option_status(self.pick(OptionId::NullHandlePointer, chooser)),
            });
        }
        if let Err(status) = kind {
            return Some(status);
        }
        let own = self.state.actors[actor.slot()].process;
        if request.callback_process.is_some_and(|process| process != own) {
            let message =
                format!("\"{}\" was registered with a callback of another process", request.name);
            self.finding(Rule::ForeignCallback, actor, None, message, Vec::new());
            return Some(Status::InvalidParameter);
        }
        if *self.state.nsi_down {
            return Some(Status::NotRegistered);
        }
        None
    }

    fn admit(
        &mut self,
        actor: ActorId,
        kind: Kind,
        request: &Request,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        let success = self.code(actor, Status::Success);
        if self.pick(OptionId::Registration, chooser) == "stub" {
            return Registered {
                status: Status::Success,
                code: success,
                handle: Handle::NULL,
                initial: Vec::new(),
                written_first: false,
                table: None,
            };
        }
        self.check_module(actor, request);
        let scope = match self.pick(OptionId::Serialization, chooser) {
            "lane" => Scope::Lane,
            "callback" => Scope::Callback,
            "process" => Scope::Process,
            _ => Scope::Handle,
        };
        let on_caller = request.initial && self.pick(OptionId::InitialThread, chooser) == "caller";
        if kind == Kind::ConnectivityHint && request.initial {
            self.pick(OptionId::HintInitial, chooser);
        }
        // No InitialNotification is among the parameters of the stable table (NS-13).
        let asked = request.initial && !matches!(kind, Kind::StableTable(_));
        let mut families = kind.lane_families().to_vec();
        let both = families.len() > 1;
        let overlap = matches!(kind, Kind::StableTable(_))
            && self.pick(OptionId::StableOverlap, chooser) == "overlap";
        if overlap {
            families.push(None);
        }
        let each = both && asked && self.pick(OptionId::InitialUnspec, chooser) == "per-family";
        let written_first =
            on_caller && self.pick(OptionId::HandleWritten, chooser) == "before-initial";

        let process = self.state.actors[actor.slot()].process;
        let order = self.take_order();
        let born = *self.state.next_birth;
        *self.state.next_birth += 1;
        let lanes = families.iter().enumerate().map(|(n, family)| Lane {
            family: *family,
            initial: if asked && (n == 0 || each) { Initial::OnPool } else { Initial::None },
            own_initial: asked && (n == 0 || each),
            initial_order: order,
            queue: VecDeque::new(),
            running: None,
            aside: VecDeque::new(),
            aside_initial: false,
            listed: None,
        });
        let registration = Registration {
            name: request.name.clone(),
            kind,
            process,
            module: request.module,
            object: request.object,
            callback: request.callback.unwrap_or_default(),
            context: request.context,
            scope: if overlap { Scope::Lane } else { scope },
            born,
            life: Life::Live,
            lanes: lanes.collect(),
            begun: 0,
            locks_ever: Vec::new(),
            blamed: false,
            doomed: None,
            awaits: matches!(kind, Kind::StableTable(_)),
            next_lane: 0,
        };
        let label = (registration.name.clone(), both);
        let handle = self.place_registration(registration);
        if self.recording {
            self.labels.insert(handle, label);
        }
        self.state.live.insert(born, handle);

        // A caller inside a callback of the same serialization scope cannot run the initial
        // delivery on top of it: then the pool does.
        let nested = self.state.actors[actor.slot()].frames.len();
        let on_caller = on_caller && nested < MOST_NESTED && self.scope_is_free(handle, None);
        let mut initial = Vec::new();
        if on_caller && let Some(registration) = self.registration_mut(handle) {
            for (n, lane) in registration.lanes.iter_mut().enumerate() {
                if lane.initial == Initial::OnPool {
                    lane.initial = Initial::OnCaller(actor);
                    let lane = u8::try_from(n).unwrap_or_default();
                    initial.push(LaneId { handle, lane });
                }
            }
        }
        self.refresh_ready(handle);
        let status = Status::Success;
        Registered { status, code: success, handle, initial, written_first, table: None }
    }

    /// Whether registrations are real (option `registration`).
    fn registers(&self) -> bool {
        self.state.options.fixed(OptionId::Registration) != "stub"
    }

    /// NotifyStableUnicastIpAddressTable with good parameters: the table at once, a NULL handle and
    /// never a callback (NS-04, NS-05; the NULL is observed, 21), or a pending request (NS-06, NS-07).
    /// Either way a sleeping Teredo client begins to qualify (NS-16, TS-04).
    fn request_stable_table(
        &mut self,
        actor: ActorId,
        family: Option<Family>,
        request: &Request,
        chooser: &mut dyn Chooser,
    ) -> Registered {
        if self.is_stable(chooser) {
            let rows = self.stable_rows(family);
            let function = Function::NotifyStableUnicastIpAddressTable;
            let table = Some(self.hand_out(actor, function, rows));
            let status = Status::Success;
            let code = self.code(actor, status);
            let (handle, initial) = (Handle::NULL, Vec::new());
            return Registered { status, code, handle, initial, written_first: false, table };
        }
        let mut registered = self.admit(actor, Kind::StableTable(family), request, chooser);
        registered.status = Status::IoPending;
        registered.code = self.code(actor, Status::IoPending);
        let woken = self.change(Some(actor), &Change::TeredoQualify, chooser);
        debug_assert!(woken.is_ok(), "the client can always be woken");
        registered
    }

    fn place_registration(&mut self, registration: Registration) -> Handle {
        let slot = self.state.free_slots.pop().unwrap_or_else(|| {
            self.state.slots.push(Slot::default());
            u32::try_from(self.state.slots.len() - 1).expect("fewer than 2^24 registrations")
        });
        let entry = &mut self.state.slots[slot as usize];
        entry.registration = Some(Box::new(registration));
        Handle::new(self.state.tag, slot, entry.generation)
    }

    fn check_module(&mut self, actor: ActorId, request: &Request) {
        let Some(module) = request.module else { return };
        let process = self.state.actors[actor.slot()].process;
        let (name, loaded) = self.module(process, module);
        if !loaded {
            let message = format!(
                "\"{}\" was registered with a callback in module \"{name}\", which is not loaded",
                request.name
            );
            self.finding(Rule::UnloadedModule, actor, None, message, Vec::new());
        }
    }

    pub(crate) fn returned(
        &mut self,
        actor: ActorId,
        function: Function,
        code: u32,
        handle: Option<Handle>,
    ) {
        self.event(Some(actor), What::Return { function, code, handle, port: None });
    }

    pub(crate) fn take_order(&mut self) -> u64 {
        let order = *self.state.next_order;
        *self.state.next_order += 1;
        order
    }
}

fn option_status(value: &str) -> Status {
    match value {
        "invalid-handle" => Status::InvalidHandle,
        "success" => Status::Success,
        _ => Status::InvalidParameter,
    }
}

pub(super) fn stale_status(value: &str) -> Status {
    option_status(value)
}
