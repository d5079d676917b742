//! Names and the numbers that stand for them.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A list of names of one kind, each local to a client, numbered over all clients.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    all: Vec<(usize, Arc<str>)>,
    at: BTreeMap<(usize, Arc<str>), usize>,
}

impl Names {
    /// The number of a client's name; a new one if it has none yet.
    pub(super) fn number(&mut self, client: usize, name: &str) -> usize {
        if let Some(number) = self.at.get(&(client, Arc::from(name))) {
            return *number;
        }
        let name: Arc<str> = name.into();
        let number = self.all.len();
        self.all.push((client, name.clone()));
        self.at.insert((client, name), number);
        number
    }

    pub(super) fn find(&self, client: usize, name: &str) -> Option<usize> {
        self.at.get(&(client, Arc::from(name))).copied()
    }

    /// The names for reports: short where only one client has it, `client.name` otherwise.
    pub(super) fn labels(&self, clients: &[Arc<str>]) -> Vec<Arc<str>> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in &self.all {
            *counts.entry(&entry.1).or_default() += 1;
        }
        let shared = |name: &str| counts.get(name).is_some_and(|count| *count > 1);
        let label = |entry: &(usize, Arc<str>)| {
            if shared(&entry.1) { full(clients, entry) } else { entry.1.clone() }
        };
        self.all.iter().map(label).collect()
    }

    /// The names as `client.name`.
    pub(super) fn full(&self, clients: &[Arc<str>]) -> Vec<Arc<str>> {
        self.all.iter().map(|entry| full(clients, entry)).collect()
    }
}

fn full(clients: &[Arc<str>], entry: &(usize, Arc<str>)) -> Arc<str> {
    format!("{}.{}", clients[entry.0], entry.1).into()
}
