//! A client: the names that it declares, and its steps.

use super::faults::Faults;
use super::names::Names;
use super::step::{self, Place};
use super::walk::{self, client_path};
use crate::format::{Client, Scenario, Start};
use crate::read::JsonPath;

pub(super) fn check(
    scenario: &Scenario,
    index: usize,
    client: &Client,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    let path = client_path(index);
    faults.good_name(&path.then("name"), "client", &client.name);
    if let Some(first) = names.clients.get(client.name.as_str()).filter(|first| **first < index) {
        let help = format!("the first one is {}", client_path(*first));
        let reason = format!("two clients are named `{}`", client.name);
        faults.tell(&path.then("name"), reason, Some(&help));
    }
    if client.process.as_deref() == Some("") {
        faults.tell(&path.then("process"), "the name of a process must not be empty", None);
    }
    let same = |other: &&Client| other.process_name() == client.process_name();
    if let Some(first) = scenario.clients.iter().take(index).find(same)
        && first.elevated != client.elevated
    {
        let reason = format!("`{}` of the same process says otherwise", first.name);
        faults.tell_name(&path.then("elevated"), reason, Some("a process is elevated or is not"));
    }
    let own = &names.own[index];
    declarations(client, &path, faults);
    for (position, thread) in client.threads.iter().enumerate() {
        let spawned = own.spawned.contains(thread.name.as_str());
        if thread.start == Start::Spawned && !spawned {
            let at = path.then("threads").then(position).then("name");
            let help = "add a `spawn` step, or leave `start` out";
            faults.tell(&at, format!("no step spawns the thread `{}`", thread.name), Some(help));
        }
    }
    for (position, channel) in client.channels.iter().enumerate() {
        if let Some(receiver) = &channel.receiver {
            let at = path.then("channels").then(position).then("receiver");
            faults.known(&at, "thread", receiver, &own.threads);
        }
    }
    walk::steps(client, &path, &mut |step, at, runner| {
        step::check(step, at, Place { scenario, own, runner, names }, faults);
    });
}

fn declarations(client: &Client, path: &JsonPath, faults: &mut Faults) {
    let place = |list: &str, at: usize| path.then(list).then(at).then("name");
    let locks = client.locks.iter().enumerate();
    faults.distinct("lock", locks.map(|(at, lock)| (place("locks", at), lock.name.as_str())));
    let channels = client.channels.iter().enumerate();
    let named = channels.map(|(at, channel)| (place("channels", at), channel.name.as_str()));
    faults.distinct("channel", named);
    let threads = client.threads.iter().enumerate();
    faults.distinct("thread", threads.map(|(at, one)| (place("threads", at), one.name.as_str())));
    let contexts = client.contexts.iter().enumerate();
    let named = contexts.map(|(at, name)| (path.then("contexts").then(at), name.as_str()));
    faults.distinct("context", named);
    for (at, name) in client.contexts.iter().enumerate() {
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            let reason = "the name of a context must not be a number";
            faults.tell(&path.then("contexts").then(at), reason, None);
        }
    }
    for name in client.callbacks.keys() {
        if name.is_empty() {
            let at = path.then("callbacks").then(name.as_str());
            faults.tell_name(&at, "the name of a callback must not be empty", None);
        }
    }
    for (at, name) in client.modules.iter().enumerate() {
        if name.is_empty() {
            let at = path.then("modules").then(at);
            faults.tell(&at, "the name of a module must not be empty", None);
        }
    }
}
