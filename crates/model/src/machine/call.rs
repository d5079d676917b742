//! Calls of functions that answer at once.

use std::sync::Arc;

use super::Machine;
use crate::api::{self, Ask, Call, Output, Reply};
use crate::choose::Chooser;
use crate::event::{Function, What};
use crate::ids::{ActorId, ProcessId};
use crate::interface::IpRow;
use crate::net::Family;
use crate::notification::RowKey;
use crate::row::{IpInterfaceRow, Row};
use crate::rule::Rule;
use crate::status::{Flavour, Status};

use super::query::EntryQuery;

impl Machine {
    /// Answers a call of a function that neither registers nor waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_model::api::{Call, Output};
    /// use netiosim_model::build::home;
    /// use netiosim_model::choose::First;
    /// use netiosim_model::function::Function;
    /// use netiosim_model::machine::Machine;
    /// use netiosim_model::net::AF_UNSPEC;
    /// use netiosim_model::profile::Profile;
    ///
    /// let mut machine = Machine::new(Profile::Documented, home());
    /// let process = machine.process("vpn", Default::default());
    /// let main = machine.actor("main", process);
    /// let call = Call::table(Function::GetUnicastIpAddressTable, AF_UNSPEC);
    /// let reply = machine.call(main, &call, &mut First::default());
    /// let Output::Table(table) = reply.output else { panic!("a table") };
    /// assert!(machine.table_rows(main, table).is_some_and(|rows| rows.len() > 3));
    /// machine.free_mib_table(main, netiosim_model::api::Memory::Table(table));
    /// ```
    pub fn call(&mut self, actor: ActorId, call: &Call, chooser: &mut dyn Chooser) -> Reply {
        if let Call::Free(memory) = call {
            self.free_mib_table(actor, *memory);
            return Reply { status: Status::Success, code: 0, output: Output::Nothing };
        }
        let function = call.function();
        self.event(Some(actor), What::Call { function, handle: None });
        let (status, output) = match self.hindered(actor, function) {
            Some(status) => (status, Output::Nothing),
            None => self.answer(actor, call, chooser),
        };
        let code = self.code(actor, status);
        self.event(Some(actor), What::Return { function, code, handle: None, port: None });
        Reply { status, code, output }
    }

    fn answer(
        &mut self,
        actor: ActorId,
        call: &Call,
        chooser: &mut dyn Chooser,
    ) -> (Status, Output) {
        let env = self.env_snapshot();
        let flavour = self.flavour(actor);
        let mut ask = Ask {
            env: &env,
            options: &mut self.state.options,
            chooser,
            flavour,
            elevated: flavour == Flavour::Kernel
                || self.state.processes[self.state.actors[actor.slot()].process.slot()].elevated,
        };
        let answer = api::answer(&mut ask, call);
        drop(env);
        let output = match answer.rows {
            Some(rows) => Output::Table(self.hand_out(actor, call.function(), rows)),
            None => answer.output,
        };
        if let Some(change) = answer.change
            && answer.status == Status::Success
            && let Err(error) = self.change(Some(actor), &change, chooser)
        {
            debug_assert!(false, "{} was looked at before: {error}", call.function().name());
            return (Status::InvalidParameter, Output::Nothing);
        }
        (answer.status, output)
    }

    /// Why a call of this function fails before it begins: it does not exist on this Windows (N023),
    /// or a fault hits it. Flags a call at too high an IRQL.
    pub(crate) fn hindered(&mut self, actor: ActorId, function: Function) -> Option<Status> {
        self.hindered_at(actor, function, None)
    }

    /// The same of a call that makes the registration of this name.
    pub(crate) fn hindered_at(
        &mut self,
        actor: ActorId,
        function: Function,
        name: Option<&Arc<str>>,
    ) -> Option<Status> {
        if !self.exists(actor, function) {
            let message = match self.flavour(actor) {
                Flavour::Kernel if function.exists(self.env().windows(), Flavour::User) => {
                    format!("{} was called by a driver; it is for programs only", function.name())
                }
                _ => format!(
                    "{} was called on {}; it exists from {} on",
                    function.name(),
                    self.env().windows(),
                    function.spec().since
                ),
            };
            self.finding(Rule::AbsentFunction, actor, None, message, Vec::new());
            return Some(Status::Absent);
        }
        self.check_irql(actor, function);
        self.fault(actor, function, None, name)
    }

    /// Whether a function exists for an actor: what GetProcAddress would tell it. To call one that does
    /// not is a finding (N023), and answers with a code that no function of the API has.
    #[must_use]
    pub fn exists(&self, actor: ActorId, function: Function) -> bool {
        function.exists(self.env().windows(), self.flavour(actor))
    }

    /// Says whether a process runs elevated: it may change things (IS-01, UC-01, RT-08). Processes do
    /// unless said otherwise; drivers are never asked.
    pub fn set_elevated(&mut self, process: ProcessId, elevated: bool) {
        self.state.processes[process.slot()].elevated = elevated;
    }

    /// GetIpInterfaceEntry (IE-01 to IE-12); `None` is a NULL Row.
    ///
    /// # Errors
    ///
    /// The status and its number for the caller.
    pub fn get_ip_interface_entry(
        &mut self,
        actor: ActorId,
        query: Option<EntryQuery>,
        chooser: &mut dyn Chooser,
    ) -> Result<(RowKey, IpRow), (Status, u32)> {
        let row = query.map(|query| {
            Row::from(IpInterfaceRow {
                family: query.family,
                luid: query.luid,
                index: query.index,
                ..IpInterfaceRow::default()
            })
        });
        let call = Call::Row { function: Function::GetIpInterfaceEntry, level: 0, row };
        let reply = self.call(actor, &call, chooser);
        match reply.output {
            Output::Row(Row::IpInterface(row)) => {
                let family = Family::from_number(row.family).expect("a row that was filled");
                let key = RowKey { family, luid: row.luid, index: row.index };
                Ok((key, row.members))
            }
            _ => Err((reply.status, reply.code)),
        }
    }
}
