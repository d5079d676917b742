//! What the names of a scenario mean.

use std::collections::{BTreeMap, BTreeSet};

use netiosim_model::function::{Function, Shape};
use netiosim_model::row::RowType;

use super::faults::{Faults, offer};
use super::walk;
use crate::format::{Client, Event, LockKind, Scenario, StackSpec, Start, Step, StormEvent};
use crate::read::JsonPath;
use crate::template::{LOOPBACK_ALIAS, LOOPBACK_TYPE, TEREDO_ALIAS, TEREDO_TUNNEL_TYPE};

/// The names of a scenario.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// What belongs to each client, in their order.
    pub(super) own: Vec<ClientNames<'a>>,
    /// The positions of the clients by name; of two with one name the first.
    pub(super) clients: BTreeMap<&'a str, usize>,
    /// The modules that are ever loaded, by process.
    pub(super) modules: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The aliases of interfaces that exist at some time.
    pub(super) aliases: BTreeSet<&'a str>,
    /// The aliases of interfaces that exist at time 0.
    pub(super) first_aliases: BTreeSet<&'a str>,
    /// The aliases of interfaces that are removed or renamed at some time.
    pub(super) gone_aliases: BTreeSet<&'a str>,
    /// The alias of the loopback interface.
    pub(super) loopback: &'a str,
    /// The alias of the Teredo pseudo-interface.
    pub(super) teredo: &'a str,
    /// Of a scenario without clients, which a program lives through: the names that the stack gives to registrations, each
    /// followed by `-` and a number from 1, with the function.
    program: BTreeMap<&'static str, Made>,
}

/// The names that are local to a client.
#[derive(Debug, Default)]
pub(super) struct ClientNames<'a> {
    /// The process.
    pub(super) process: &'a str,
    /// The locks.
    pub(super) locks: BTreeMap<&'a str, LockKind>,
    /// The channels.
    pub(super) channels: BTreeSet<&'a str>,
    /// The context objects.
    pub(super) contexts: BTreeSet<&'a str>,
    /// The callbacks.
    pub(super) callbacks: BTreeSet<&'a str>,
    /// The threads.
    pub(super) threads: BTreeMap<&'a str, Start>,
    /// The threads that a step spawns.
    pub(super) spawned: BTreeSet<&'a str>,
    /// The registrations, each with the functions that make it.
    pub(super) registrations: BTreeMap<&'a str, Made>,
    /// The callbacks that are registered, each with the functions that do it.
    pub(super) registered: BTreeMap<&'a str, Made>,
    /// The signals that some step gives.
    pub(super) signals: BTreeSet<&'a str>,
    /// The rows that some step keeps.
    pub(super) rows: BTreeSet<&'a str>,
    /// The row variables that some step fills, with the types of their rows.
    pub(super) kept_rows: BTreeMap<&'a str, BTreeSet<RowType>>,
    /// The table variables that some step fills, with the types of their rows.
    pub(super) tables: BTreeMap<&'a str, BTreeSet<RowType>>,
    /// The OVERLAPPED structures that some step makes a request with.
    pub(super) overlapped: BTreeSet<&'a str>,
    /// The variables that some step sets.
    pub(super) variables: BTreeSet<&'a str>,
}

/// The names that the stack gives to a program's registrations.
const PROGRAM: [(&str, Function); 6] = [
    ("teredo-port", Function::NotifyTeredoPortChange),
    ("ip-interface", Function::NotifyIpInterfaceChange),
    ("unicast-address", Function::NotifyUnicastIpAddressChange),
    ("route", Function::NotifyRouteChange2),
    ("stable-table", Function::NotifyStableUnicastIpAddressTable),
    ("connectivity-hint", Function::NotifyNetworkConnectivityHintChange),
];

/// The functions that make a registration, or register a callback.
#[derive(Clone, Debug, Default)]
pub(super) struct Made(BTreeSet<Function>);

impl Made {
    /// Whether this function is among them.
    pub(super) fn contains<F: Copy + Into<Function>>(&self, function: &F) -> bool {
        self.0.contains(&(*function).into())
    }

    /// All of them.
    pub(super) fn functions(&self) -> &BTreeSet<Function> {
        &self.0
    }

    /// The types of the rows that their callbacks are lent.
    pub(super) fn rows(&self) -> Vec<RowType> {
        self.0.iter().filter_map(|function| lent_type(*function)).collect()
    }
}

/// The type of the row that the callbacks of a function are lent.
fn lent_type(function: Function) -> Option<RowType> {
    match function {
        Function::NotifyIpInterfaceChange => Some(RowType::IpInterface),
        Function::NotifyUnicastIpAddressChange => Some(RowType::Unicast),
        Function::NotifyRouteChange2 => Some(RowType::Forward),
        _ => None,
    }
}

/// The types of rows that some callback is lent.
pub(super) const LENT: [RowType; 3] = [RowType::IpInterface, RowType::Unicast, RowType::Forward];

impl<'a> Names<'a> {
    /// Collects the names of a scenario and its resolved stack.
    pub(super) fn of(scenario: &'a Scenario, stack: &'a StackSpec) -> Self {
        let mut names = Self { loopback: LOOPBACK_ALIAS, teredo: TEREDO_ALIAS, ..Self::default() };
        for interface in &stack.interfaces {
            names.first_aliases.insert(&interface.alias);
            if interface.if_type == Some(LOOPBACK_TYPE) {
                names.loopback = &interface.alias;
            }
            if interface.tunnel_type == Some(TEREDO_TUNNEL_TYPE) {
                names.teredo = &interface.alias;
            }
        }
        names.first_aliases.extend([names.loopback, names.teredo]);
        names.aliases = names.first_aliases.clone();
        if scenario.clients.is_empty() {
            let made = |(word, function)| (word, Made(BTreeSet::from([function])));
            names.program = PROGRAM.into_iter().map(made).collect();
        }
        for (index, client) in scenario.clients.iter().enumerate() {
            names.own.push(ClientNames::declared(client));
            names.clients.entry(&client.name).or_insert(index);
            let modules = names.modules.entry(client.process_name()).or_default();
            modules.extend(client.modules.iter().map(String::as_str));
        }
        for (index, client) in scenario.clients.iter().enumerate() {
            names.collect(index, client);
        }
        walk::events(scenario, &mut |event, _| match event {
            Event::InterfaceAdd(interface) => {
                names.aliases.insert(&interface.alias);
            }
            Event::InterfaceSet(set) => {
                if let Some(alias) = &set.alias {
                    names.aliases.insert(alias);
                    names.gone_aliases.insert(&set.interface);
                }
            }
            Event::InterfaceRemove(one) | Event::InterfaceDisable(one) => {
                names.gone_aliases.insert(&one.interface);
            }
            Event::Storm(storm) => names.storm(storm),
            Event::ModuleLoad(load) => {
                if let Some(process) = names.named(&load.client).map(|own| own.process) {
                    names.modules.entry(process).or_default().insert(&load.module);
                }
            }
            _ => {}
        });
        names
    }

    /// Adds the aliases that a storm brings and takes.
    fn storm(&mut self, storm: &'a StormEvent) {
        match storm {
            StormEvent::VpnUp(vpn) if !vpn.alias.is_empty() => {
                self.aliases.insert(&vpn.alias);
            }
            StormEvent::LateAdapter(late) => {
                self.aliases.insert(&late.interface.alias);
            }
            StormEvent::VpnDown(vpn) => {
                self.gone_aliases.insert(&vpn.interface);
            }
            StormEvent::DockUnplug(dock) => {
                self.gone_aliases.extend(dock.interfaces.iter().map(String::as_str));
            }
            _ => {}
        }
    }

    /// Adds the names that the steps of a client give.
    fn collect(&mut self, index: usize, client: &'a Client) {
        let mut own = std::mem::take(&mut self.own[index]);
        let mut foreign = Vec::new();
        let mut loaded = Vec::new();
        walk::steps(client, &JsonPath::default(), &mut |step, _, _| {
            if let Some(call) = step.registering() {
                own.registrations.entry(call.name).or_default().0.insert(call.function);
                if let Some(table) = call.table {
                    own.tables.entry(table).or_default().insert(RowType::Unicast);
                }
                let Some(callback) = call.callback else { return };
                own.registered.entry(callback).or_default().0.insert(call.function);
                let other = call.foreign_process;
                foreign.extend(other.map(|other| (other, callback, call.function)));
                return;
            }
            own.fill(step);
            match step {
                Step::Set(set) => own.variables.extend([set.var.as_str()]),
                Step::KeepRow(keep) => own.rows.extend([keep.name.as_str()]),
                Step::Signal(signal) => own.signals.extend([signal.signal.as_str()]),
                Step::Spawn(spawn) => own.spawned.extend([spawn.thread.as_str()]),
                Step::LoadModule(load) => loaded.push(load.module.as_str()),
                _ => {}
            }
        });
        self.modules.entry(own.process).or_default().extend(loaded);
        self.own[index] = own;
        for (other, callback, function) in foreign {
            if let Some(other) = self.clients.get(other) {
                self.own[*other].registered.entry(callback).or_default().0.insert(function);
            }
        }
    }

    /// What belongs to the client of this name.
    pub(super) fn named(&self, client: &str) -> Option<&ClientNames<'a>> {
        self.clients.get(client).map(|index| &self.own[*index])
    }

    /// The functions that make the registration of this name: `name`, first of the client `own`,
    /// else the only one of that name; or `client.name`. A name that means nothing is told.
    pub(super) fn registration<'n>(
        &'n self,
        path: &JsonPath,
        name: &str,
        own: Option<&'n ClientNames<'a>>,
        faults: &mut Faults,
    ) -> Option<&'n Made> {
        if let Some((client, bare)) = name.split_once('.') {
            let client = self.client(path, client, faults)?;
            let found = client.registrations.get(bare);
            if found.is_none() {
                let known = client.registrations.keys().copied();
                faults.tell(
                    path,
                    format!("there is no registration `{name}`"),
                    Some(&offer(bare, known)),
                );
            }
            return found;
        }
        let own = own.and_then(|own| own.registrations.get(name));
        if own.is_some() {
            return own;
        }
        let owners: Vec<(&str, &Made)> = self
            .clients
            .iter()
            .filter_map(|(client, index)| {
                Some((*client, self.own[*index].registrations.get(name)?))
            })
            .collect();
        match owners.as_slice() {
            [(_, found)] => Some(*found),
            [] if !self.program.is_empty() => {
                let found = name.rsplit_once('-').and_then(|(word, number)| {
                    let from_1 = number.parse::<u32>().is_ok_and(|parsed| parsed > 0);
                    self.program.get(word).filter(|_| from_1 && !number.starts_with(['0', '+']))
                });
                if found.is_none() {
                    let words: Vec<String> =
                        self.program.keys().map(|word| format!("`{word}-1`")).collect();
                    let help = format!(
                        "without clients, those of the program are meant: {} and so on, in the order in which it makes them",
                        words.join(", ")
                    );
                    faults.tell(path, format!("there is no registration `{name}`"), Some(&help));
                }
                found
            }
            [] => {
                let all = self.own.iter().flat_map(|own| own.registrations.keys());
                let known: BTreeSet<&str> = all.copied().collect();
                faults.unknown(path, "registration", name, known);
                None
            }
            several => {
                let full: Vec<String> =
                    several.iter().map(|(client, _)| format!("`{client}.{name}`")).collect();
                let help = format!("write {}", full.join(" or "));
                faults.tell(
                    path,
                    format!("several clients have a registration `{name}`"),
                    Some(&help),
                );
                None
            }
        }
    }

    /// The client of this name; a name that means nothing is told.
    pub(super) fn client(
        &self,
        path: &JsonPath,
        name: &str,
        faults: &mut Faults,
    ) -> Option<&ClientNames<'a>> {
        let found = self.named(name);
        if found.is_none() {
            faults.unknown(path, "client", name, self.clients.keys().copied());
        }
        found
    }

    /// Looks whether an interface of this alias exists at some time.
    pub(super) fn interface(&self, path: &JsonPath, alias: &str, faults: &mut Faults) {
        faults.known(path, "interface", alias, &self.aliases);
    }

    /// Looks whether a module is ever loaded into a process.
    pub(super) fn module(&self, path: &JsonPath, process: &str, module: &str, faults: &mut Faults) {
        let none = BTreeSet::new();
        faults.known(path, "module", module, self.modules.get(process).unwrap_or(&none));
    }
}

impl<'a> ClientNames<'a> {
    /// The names that a client declares.
    fn declared(client: &'a Client) -> Self {
        Self {
            process: client.process_name(),
            locks: client.locks.iter().map(|lock| (lock.name.as_str(), lock.kind)).collect(),
            channels: client.channels.iter().map(|channel| channel.name.as_str()).collect(),
            contexts: client.contexts.iter().map(String::as_str).collect(),
            callbacks: client.callbacks.keys().map(String::as_str).collect(),
            threads: client.threads.iter().map(|one| (one.name.as_str(), one.start)).collect(),
            ..Self::default()
        }
    }

    /// Adds the variables, rows, tables and OVERLAPPED structures that a call fills.
    fn fill(&mut self, step: &'a Step) {
        if let Some((function, call)) = step.row_call() {
            self.variables.extend(call.save.values().map(String::as_str));
            if let Some(keep) = &call.keep {
                self.kept_rows.entry(keep).or_default().extend(row_of(function));
            }
        }
        if let Some((function, call)) = step.table_call()
            && let Some(name) = &call.name
        {
            self.tables.entry(name).or_default().extend(row_of(function));
        }
        if let Some((_, call)) = step.overlapped_call() {
            self.overlapped.extend(call.overlapped.as_deref());
        }
        if let Some((_, call)) = step.hint_call() {
            self.variables.extend(call.save.values().map(String::as_str));
        }
        let converted = step.convert_call().and_then(|(_, call)| call.save.as_deref());
        let best = step.best_interface_call().and_then(|(_, call)| call.save.as_deref());
        let adapters = step.adapters_call().and_then(|(_, call)| call.save_size.as_deref());
        self.variables.extend(converted.into_iter().chain(best).chain(adapters));
        match step {
            Step::GetTeredoPort(call) => self.variables.extend(call.save.as_deref()),
            Step::GetNumberOfInterfaces(call) => self.variables.extend(call.save.as_deref()),
            Step::HasFunction(has) => self.variables.extend(has.save.as_deref()),
            Step::ReadTable(read) => self.variables.extend(read.save.as_deref()),
            Step::GetBestRoute2(call) => {
                self.variables.extend(call.save.values().map(String::as_str));
                self.variables.extend(call.save_source.as_deref());
            }
            Step::KeepTable(keep) => {
                self.tables.entry(&keep.name).or_default().insert(RowType::Unicast);
            }
            _ => {}
        }
    }
}

/// The type of the rows that a function takes or hands out.
pub(super) fn row_of(function: Function) -> Option<RowType> {
    match function.spec().shape {
        Shape::Row(row) | Shape::Table(row) => Some(row),
        _ => None,
    }
}
