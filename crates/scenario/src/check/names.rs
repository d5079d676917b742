//! What the names of a scenario mean.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::{Faults, offer};
use super::walk;
use crate::format::{Client, Event, Function, Scenario, StackSpec, Step};
use crate::read::JsonPath;
use crate::template::{LOOPBACK_ALIAS, LOOPBACK_TYPE, TEREDO_ALIAS, TEREDO_TUNNEL_TYPE};

/// The names of a scenario.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// The clients by name; of two with one name the last.
    pub(super) clients: BTreeMap<&'a str, ClientNames<'a>>,
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
}

/// The names that are local to a client, as far as steps give them.
#[derive(Debug, Default)]
pub(super) struct ClientNames<'a> {
    /// The process.
    pub(super) process: &'a str,
    /// The threads.
    pub(super) threads: BTreeSet<&'a str>,
    /// The threads that a step spawns.
    pub(super) spawned: BTreeSet<&'a str>,
    /// The registrations, each with the functions that make it.
    pub(super) registrations: BTreeMap<&'a str, BTreeSet<Function>>,
    /// The callbacks that are registered, each with the functions that do it.
    pub(super) registered: BTreeMap<&'a str, BTreeSet<Function>>,
    /// The signals that some step gives.
    pub(super) signals: BTreeSet<&'a str>,
    /// The rows that some step keeps.
    pub(super) rows: BTreeSet<&'a str>,
    /// The variables that some step sets.
    pub(super) variables: BTreeSet<&'a str>,
}

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
        for client in &scenario.clients {
            let modules = names.modules.entry(client.process_name()).or_default();
            modules.extend(client.modules.iter().map(String::as_str));
            names.clients.insert(&client.name, ClientNames::default());
        }
        for client in &scenario.clients {
            names.collect(client);
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
            Event::InterfaceRemove(remove) => {
                names.gone_aliases.insert(&remove.interface);
            }
            Event::ModuleLoad(load) => {
                if let Some(client) = scenario.client(&load.client) {
                    names.modules.entry(client.process_name()).or_default().insert(&load.module);
                }
            }
            _ => {}
        });
        names
    }

    fn collect(&mut self, client: &'a Client) {
        let process = client.process_name();
        let threads = client.threads.iter().map(|thread| thread.name.as_str()).collect();
        let mut own = ClientNames { process, threads, ..ClientNames::default() };
        let mut loaded = Vec::new();
        let mut foreign = Vec::new();
        let mut notify = |own: &mut ClientNames<'a>,
                          name: &'a str,
                          callback: &'a Option<String>,
                          client: &'a Option<String>,
                          function| {
            own.registrations.entry(name).or_default().insert(function);
            let Some(callback) = callback.as_deref() else { return };
            own.registered.entry(callback).or_default().insert(function);
            foreign.extend(client.as_deref().map(|client| (client, callback, function)));
        };
        walk::steps(client, &JsonPath::default(), &mut |step, _, _| match step {
            Step::NotifyTeredoPortChange(call) => {
                let function = Function::NotifyTeredoPortChange;
                notify(&mut own, &call.name, &call.callback, &call.foreign_process, function);
            }
            Step::NotifyIpInterfaceChange(call) => {
                let function = Function::NotifyIpInterfaceChange;
                notify(&mut own, &call.name, &call.callback, &call.foreign_process, function);
            }
            Step::GetTeredoPort(call) => own.variables.extend(call.save.as_deref()),
            Step::GetIpInterfaceEntry(call) => {
                own.variables.extend(call.save.values().map(String::as_str));
            }
            Step::Set(set) => own.variables.extend([set.var.as_str()]),
            Step::KeepRow(keep) => own.rows.extend([keep.name.as_str()]),
            Step::Signal(signal) => own.signals.extend([signal.signal.as_str()]),
            Step::Spawn(spawn) => own.spawned.extend([spawn.thread.as_str()]),
            Step::LoadModule(load) => loaded.push(load.module.as_str()),
            _ => {}
        });
        self.modules.entry(process).or_default().extend(loaded);
        let entry = self.clients.entry(&client.name).or_default();
        let registered = std::mem::take(&mut entry.registered);
        *entry = own;
        let mut add = |owner: &str, callback, functions: BTreeSet<Function>| {
            if let Some(owner) = self.clients.get_mut(owner) {
                owner.registered.entry(callback).or_default().extend(functions);
            }
        };
        for (callback, functions) in registered {
            add(&client.name, callback, functions);
        }
        for (owner, callback, function) in foreign {
            add(owner, callback, BTreeSet::from([function]));
        }
    }

    /// The functions that make the registration of this name: `name`, first of the client `own`,
    /// else the only one of that name; or `client.name`. A name that means nothing is told.
    pub(super) fn registration(
        &self,
        path: &JsonPath,
        name: &str,
        own: Option<&str>,
        faults: &mut Faults,
    ) -> Option<&BTreeSet<Function>> {
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
        let own = own.and_then(|own| self.clients.get(own)?.registrations.get(name));
        if own.is_some() {
            return own;
        }
        let owners: Vec<(&str, &BTreeSet<Function>)> = self
            .clients
            .iter()
            .filter_map(|(client, names)| Some((*client, names.registrations.get(name)?)))
            .collect();
        match owners.as_slice() {
            [(_, found)] => Some(*found),
            [] => {
                let all = self.clients.values().flat_map(|client| client.registrations.keys());
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
        let found = self.clients.get(name);
        if found.is_none() {
            faults.unknown(path, "client", name, self.clients.keys().copied());
        }
        found
    }

    /// Looks whether an interface of this alias exists at some time.
    pub(super) fn interface(&self, path: &JsonPath, alias: &str, faults: &mut Faults) {
        faults.known(path, "interface", alias, self.aliases.iter().copied());
    }

    /// Looks whether a module is ever loaded into the process of a client.
    pub(super) fn module(&self, path: &JsonPath, client: &str, module: &str, faults: &mut Faults) {
        let process = self.clients.get(client).map_or(client, |client| client.process);
        let known = self.modules.get(process).into_iter().flatten().copied();
        faults.known(path, "module", module, known.collect::<Vec<_>>());
    }
}
