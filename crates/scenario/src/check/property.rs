//! Properties: their names, and what their conditions speak of.

use std::collections::{BTreeMap, BTreeSet};

use super::expect;
use super::faults::{Faults, offer};
use super::names::{ClientNames, Names};
use super::value::Scope;
use crate::format::{Condition, DeliveredCondition, Expect, Property};
use crate::read::JsonPath;

pub(super) fn check(expect: &Expect, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let lists = [
        ("always", &expect.always),
        ("never", &expect.never),
        ("eventually", &expect.eventually),
        ("sometimes", &expect.sometimes),
    ];
    let mut known: BTreeMap<&str, JsonPath> = BTreeMap::new();
    for (list, all) in lists {
        for (index, property) in all.iter().enumerate() {
            let path = path.then(list).then(index);
            let at = path.then("name");
            if property.name.trim().is_empty() {
                faults.tell(&at, "the name of a property must not be empty", None);
            } else if let Some(first) = known.get(property.name.as_str()) {
                let help = format!("the first one is {first}");
                let reason = format!("two properties are named `{}`", property.name);
                faults.tell(&at, reason, Some(&help));
            } else {
                known.insert(&property.name, at);
            }
            one(property, &path, names, faults);
        }
    }
}

fn one(property: &Property, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    if property.all.is_empty() && property.any.is_empty() {
        let help = "list conditions in `all`, or in `any`";
        faults.tell(path, "this property says nothing", Some(help));
    }
    conditions(&property.all, &path.then("all"), names, faults);
    conditions(&property.any, &path.then("any"), names, faults);
}

fn conditions(all: &[Condition], path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    for (index, one) in all.iter().enumerate() {
        condition(one, &path.then(index), names, faults);
    }
}

fn condition(condition: &Condition, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    match condition {
        Condition::All(all) => several(all, &path.then("all"), names, faults),
        Condition::Any(any) => several(any, &path.then("any"), names, faults),
        Condition::Not(not) => self::condition(not, &path.then("not"), names, faults),
        Condition::Delivering(name) => {
            names.registration(&path.then("delivering"), name, None, faults);
        }
        Condition::Cancelling(name) => {
            names.registration(&path.then("cancelling"), name, None, faults);
        }
        Condition::Registered(name) => {
            names.registration(&path.then("registered"), name, None, faults);
        }
        Condition::Delivered(one) => delivered(one, &path.then("delivered"), names, faults),
        Condition::Holds(holds) => {
            let path = path.then("holds");
            named("lock", &holds.lock, &path.then("lock"), (names, locks_of), faults);
            if let Some(thread) = &holds.thread {
                named("thread", thread, &path.then("thread"), (names, threads_of), faults);
            }
        }
        Condition::Interface(one) => {
            expect::interface(one, &path.then("interface"), names, faults);
        }
        Condition::Address(one) => expect::address(one, &path.then("address"), names, faults),
        Condition::Route(one) => expect::route(one, &path.then("route"), names, faults),
        Condition::Hint(hint) => {
            if hint.level.is_none() && hint.cost.is_none() {
                let help = "say its `level` or its `cost`";
                faults.tell(&path.then("hint"), "this is every hint", Some(help));
            }
        }
        Condition::Port(_) | Condition::Teredo(_) | Condition::Listener(_) => {}
    }
}

/// A list of conditions within one.
fn several(all: &[Condition], path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    if all.is_empty() {
        faults.tell(path, "there must be at least one condition", None);
    }
    conditions(all, path, names, faults);
}

fn delivered(
    delivered: &DeliveredCondition,
    path: &JsonPath,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    let at = path.then("registration");
    let made = names.registration(&at, &delivered.registration, None, faults);
    if delivered.at_least == 0 {
        let help = "for no delivery at all, put 1 into a `not`";
        faults.tell(&path.then("at_least"), "at least 0 is always true", Some(help));
    }
    let scope = (Scope::Property, names);
    expect::pattern(&delivered.matching, &path.then("matching"), made, scope, faults);
}

/// The names of a kind that a client has.
type Own<'a> = fn(&ClientNames<'a>) -> Vec<&'a str>;

fn locks_of<'a>(own: &ClientNames<'a>) -> Vec<&'a str> {
    own.locks.keys().copied().collect()
}

fn threads_of<'a>(own: &ClientNames<'a>) -> Vec<&'a str> {
    own.threads.keys().copied().collect()
}

/// Looks whether there is something of the name: `client.name`, or `name` where only one client has it.
fn named<'a>(
    what: &str,
    name: &str,
    path: &JsonPath,
    (names, own): (&Names<'a>, Own<'a>),
    faults: &mut Faults,
) {
    if let Some((client, bare)) = name.split_once('.') {
        let Some(client) = names.client(path, client, faults) else { return };
        let known = own(client);
        if !known.contains(&bare) {
            let reason = format!("there is no {what} `{name}`");
            faults.tell(path, reason, Some(&offer(bare, known)));
        }
        return;
    }
    let has = |client: &&&str| own(&names.own[names.clients[**client]]).contains(&name);
    let owners: Vec<&&str> = names.clients.keys().filter(has).collect();
    match owners.as_slice() {
        [_] => {}
        [] => {
            let known: BTreeSet<&str> = names.own.iter().flat_map(own).collect();
            faults.unknown(path, what, name, known);
        }
        several => {
            let full: Vec<String> =
                several.iter().map(|client| format!("`{client}.{name}`")).collect();
            let reason = format!("several clients have a {what} `{name}`");
            faults.tell(path, reason, Some(&format!("write {}", full.join(" or "))));
        }
    }
}
