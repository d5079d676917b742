//! The reference half of a state-machine test: the machine as it is, and what a program has been told.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::choose::First;
use netiosim_sim::model::env::Env;
use netiosim_sim::model::function::Function;
use netiosim_sim::model::ids::ActorId;
use netiosim_sim::model::machine::{self, Request};
use netiosim_sim::model::notification::Notification;
use netiosim_sim::model::row::{ForwardRow, Row};
use netiosim_sim::model::status::{Flavour, Status};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use crate::draw::{Draw, Topic};
use crate::machine::Machine;
use crate::step::Step;

/// The machine as the documents have it, without threads: what a program that looks may see, and what one that listens to
/// everything has been told.
///
/// It is the reference of a [`ReferenceStateMachine`]; see [`references`].
///
/// # Examples
///
/// ```
/// use netiosim_proptest::{Machine, Reference, Step};
/// use netiosim_sim::model::change::Change;
/// use netiosim_sim::model::teredo::PortWish;
///
/// let mut machine = Reference::new(&Machine::default());
/// assert_eq!(machine.port(), Ok(50_000));
/// machine.apply(&Step::Change(Change::TeredoRestart(PortWish::Exactly(50_001))));
/// assert_eq!(machine.port(), Ok(50_001));
/// assert!(machine.told().iter().any(|told| told.to_string().contains("50001")));
/// ```
#[derive(Clone)]
pub struct Reference {
    machine: Machine,
    model: machine::Machine,
    chooser: First,
    main: ActorId,
    pool: ActorId,
    told: Vec<Notification>,
    steps: Vec<Step>,
}

/// As many notifications are kept.
const MOST_TOLD: usize = 100_000;

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("machine", &self.machine)
            .field("steps", &self.steps)
            .finish()
    }
}

impl Reference {
    /// This machine, before anything happened.
    #[must_use]
    pub fn new(machine: &Machine) -> Self {
        let mut model = machine::Machine::new(machine.profile, machine.env());
        model.record(false);
        let process = model.process("reference", Flavour::User);
        let (main, pool) = (model.actor("main", process), model.actor("pool", process));
        let mut chooser = First::default();
        for (callback, function) in (0..).zip([
            Function::NotifyTeredoPortChange,
            Function::NotifyIpInterfaceChange,
            Function::NotifyUnicastIpAddressChange,
            Function::NotifyRouteChange2,
            Function::NotifyNetworkConnectivityHintChange,
        ]) {
            let request = Request::new(function.name(), callback);
            let _ = model.notify(main, function, 0, &request, &mut chooser);
        }
        let machine = machine.clone();
        Self { machine, model, chooser, main, pool, told: Vec::new(), steps: Vec::new() }
    }

    /// The machine that it began as.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What happened to it.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether a step makes sense on the machine as it is: a route that is removed is there.
    #[must_use]
    pub fn allows(&self, step: &Step) -> bool {
        match step {
            Step::Elapse(_) => true,
            Step::Change(change) => {
                let mut model = self.model.clone();
                model.change(None, change, &mut self.chooser.clone()).is_ok()
            }
        }
    }

    /// Lets a step happen, and everything that comes of it. One that makes no sense is left out; the answer says so.
    pub fn apply(&mut self, step: &Step) -> bool {
        let done = match step {
            Step::Change(change) => self.model.change(None, change, &mut self.chooser).is_ok(),
            Step::Elapse(ms) => {
                let mut left_ms = *ms;
                while left_ms > 0 {
                    left_ms -= self.model.elapse(left_ms, &mut self.chooser);
                    self.deliver();
                }
                true
            }
        };
        if done {
            self.steps.push(step.clone());
        }
        self.deliver();
        done
    }

    fn deliver(&mut self) {
        while let Some(lane) = self.model.next_deliverable() {
            let due = self.model.delivery_begin(lane, self.pool);
            if self.told.len() < MOST_TOLD {
                self.told.push(due.notification);
            }
            self.model.delivery_end(self.pool);
        }
    }

    /// Everything that one who listens to everything, of both families and without initial notifications, has been told; the
    /// first hundred thousand.
    #[must_use]
    pub fn told(&self) -> &[Notification] {
        &self.told
    }

    /// What GetTeredoPort answers.
    ///
    /// # Errors
    ///
    /// Its code.
    pub fn port(&self) -> Result<u16, u32> {
        let mut model = self.model.clone();
        let (_, code, port) = model.get_teredo_port(self.main, true, &mut self.chooser.clone());
        port.ok_or(code)
    }

    /// What a function that answers at once writes, and the rows of a table. The machine stays as it is, also if the function is
    /// one that changes something: what a program changes itself is told to the reference by [`apply`](Self::apply).
    ///
    /// # Errors
    ///
    /// Its status.
    pub fn call(&self, call: &Call) -> Result<(Output, Vec<Row>), Status> {
        let mut model = self.model.clone();
        let reply = model.call(self.main, call, &mut self.chooser.clone());
        if reply.status != Status::Success {
            return Err(reply.status);
        }
        let rows = match reply.output {
            Output::Table(table) => model.table_rows(self.main, table),
            _ => None,
        };
        Ok((reply.output, rows.map_or_else(Vec::new, |rows| rows.to_vec())))
    }

    /// The rows of a table of both families: none, where the function has none to give.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_proptest::{Machine, Reference};
    /// use netiosim_sim::model::function::Function;
    /// use netiosim_sim::model::row::UnicastRow;
    ///
    /// let machine = Reference::new(&Machine::default());
    /// let addresses: Vec<UnicastRow> = machine.rows(Function::GetUnicastIpAddressTable);
    /// assert!(addresses.iter().any(|row| row.address.to_string() == "192.168.1.10"));
    /// ```
    #[must_use]
    pub fn rows<R: TryFrom<Row>>(&self, table: Function) -> Vec<R> {
        let rows = self.call(&Call::table(table, 0)).map(|answer| answer.1).unwrap_or_default();
        rows.into_iter().filter_map(|row| R::try_from(row).ok()).collect()
    }

    /// The route that GetBestRoute2 gives to a destination.
    #[must_use]
    pub fn best_route(&self, destination: IpAddr) -> Option<ForwardRow> {
        let call = Call::BestRoute {
            luid: None,
            index: 0,
            source: None,
            destination: Some(destination.into()),
            sort_options: 0,
            route_pointer: true,
            source_pointer: true,
        };
        match self.call(&call) {
            Ok((Output::BestRoute(route, _), _)) => Some(*route),
            _ => None,
        }
    }

    /// The environment as it is.
    #[must_use]
    pub fn env(&self) -> Arc<Env> {
        self.model.env_snapshot()
    }
}

/// Any machine, and steps that make sense on it.
impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        references()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        state.transitions_about(&Topic::ALL)
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        Reference::apply(&mut state, step);
        state
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        state.allows(step)
    }
}

impl Reference {
    /// Steps about some topics that make sense on the machine as it is: for a `transitions` of your own.
    ///
    /// # Panics
    ///
    /// Without a topic.
    pub fn transitions_about(&self, topics: &[Topic]) -> BoxedStrategy<Step> {
        let (state, topics) = (self.clone(), topics.to_vec());
        Draw::any().prop_map(move |draw| draw.step(&state, &topics)).boxed()
    }
}

/// The reference of any machine, before anything happened.
pub fn references() -> BoxedStrategy<Reference> {
    crate::strategy::machines().prop_map(|machine| Reference::new(&machine)).boxed()
}
