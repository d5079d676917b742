//! The wait-for graph: who waits for whom, and the cycle that a wait closes.

use std::fmt::Write as _;

use super::Machine;
use super::actor::{LockMode, Wait};
use crate::event::What;
use crate::finding::Finding;
use crate::ids::{ActorId, Handle, LaneId};
use crate::rule::Rule;

/// One edge of a cycle: an actor, and the actor that it waits for.
#[derive(Clone, Copy, Debug)]
struct Link {
    actor: ActorId,
    wait: Wait,
    on: ActorId,
}

impl Machine {
    /// The actors without whose progress this actor's wait cannot end.
    ///
    /// All of them have to go on, so one cycle through any of them is a deadlock.
    fn successors(&self, actor: ActorId) -> Vec<ActorId> {
        let Some(wait) = self.state.actors[actor.slot()].wait else {
            return Vec::new();
        };
        match wait {
            Wait::Cancel(handle) => self
                .registration(handle)
                .into_iter()
                .flat_map(|registration| registration.running().map(|running| running.actor))
                .collect(),
            Wait::Lock(lock, mode) => self.state.locks[lock.slot()]
                .owners
                .iter()
                .filter(|owner| mode == LockMode::Write || owner.1 == LockMode::Write)
                .map(|owner| owner.0)
                .collect(),
            Wait::Join(target) if self.state.actors[target.slot()].alive => vec![target],
            Wait::Send(channel) => {
                let channel = &self.state.channels[channel.slot()];
                let full = channel.len >= channel.capacity;
                channel.receiver.filter(|_| full).into_iter().collect()
            }
            Wait::Join(_) | Wait::Receive(_) | Wait::Signal(_) => Vec::new(),
        }
    }

    /// The shortest cycle through `start`, as links from `start` back to it.
    fn cycle(&self, start: ActorId) -> Option<Vec<Link>> {
        let link = |actor: ActorId, on: ActorId| {
            let wait = self.state.actors[actor.slot()].wait?;
            Some(Link { actor, wait, on })
        };
        let mut seen = vec![false; self.state.actors.len()];
        let mut paths: Vec<Vec<Link>> = vec![Vec::new()];
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in &paths {
                let at = path.last().map_or(start, |link| link.on);
                for next in self.successors(at) {
                    let mut path = path.clone();
                    path.push(link(at, next)?);
                    if next == start {
                        return Some(path);
                    }
                    if !std::mem::replace(&mut seen[next.slot()], true) {
                        longer.push(path);
                    }
                }
            }
            paths = longer;
        }
        None
    }

    /// Reports the cycle that the actor's new wait closes, if it does.
    pub(crate) fn closes_cycle(&mut self, actor: ActorId) -> Option<usize> {
        let links = self.cycle(actor)?;
        let rule = classify(&links);
        for link in &links {
            self.state.actors[link.actor.slot()].deadlocked = true;
            if let Wait::Cancel(handle) = link.wait
                && let Some(registration) = self.registration_mut(handle)
            {
                registration.blamed = true;
            }
        }
        let handle = links.iter().find_map(|link| match link.wait {
            Wait::Cancel(handle) => Some(handle),
            _ => None,
        });
        let message = self.headline(rule, &links, handle);
        let story = links.iter().enumerate().map(|(n, link)| self.paragraph(link, n, links.len()));
        let story: Vec<String> = story.collect();
        let actors: Vec<ActorId> = links.iter().map(|link| link.actor).collect();
        let found = self.finding(rule, actor, handle, message, story);
        self.findings[found].actors = actors;
        Some(found)
    }

    /// Reports the cycles that a step closed which was not itself a wait, but gave these waits
    /// another one to wait for.
    pub(crate) fn look_for_cycles(&mut self, touched: impl Fn(Wait) -> bool) {
        for n in 0..self.state.actors.len() {
            let actor = &self.state.actors[n];
            if actor.alive && !actor.deadlocked && actor.wait.is_some_and(&touched) {
                let _ = self.closes_cycle(ActorId::at(n));
            }
        }
    }

    /// Who no longer lies on a cycle is no longer deadlocked.
    pub(crate) fn dissolve(&mut self) {
        for n in 0..self.state.actors.len() {
            if self.state.actors[n].deadlocked && self.cycle(ActorId::at(n)).is_none() {
                self.state.actors[n].deadlocked = false;
            }
        }
    }

    fn headline(&self, rule: Rule, links: &[Link], handle: Option<Handle>) -> String {
        let name = |actor: ActorId| self.state.actors[actor.slot()].name.clone();
        let registration = handle.map(|handle| self.registration_name(handle)).unwrap_or_default();
        match rule {
            Rule::SelfCancel => {
                let innermost = self.state.actors[links[0].actor.slot()].frames.last();
                if innermost.map(|lane| lane.handle) == handle {
                    format!("deadlock: the callback of \"{registration}\" cancels its own handle")
                } else {
                    format!(
                        "deadlock: \"{registration}\" is cancelled on the thread that runs its callback"
                    )
                }
            }
            Rule::CrossedCancels => {
                format!("deadlock: {} callbacks cancel each other's handles", links.len())
            }
            Rule::JoinDeadlock if links.len() == 1 => {
                format!("deadlock: \"{}\" joins itself", name(links[0].actor))
            }
            Rule::JoinDeadlock => format!(
                "deadlock: a thread is joined that waits, through {} step{}, for the one that joins it",
                links.len() - 1,
                if links.len() == 2 { "" } else { "s" },
            ),
            Rule::CancelUnderLock => {
                let canceller = links.iter().find(|link| matches!(link.wait, Wait::Cancel(_)));
                let canceller = canceller.map(|link| name(link.actor)).unwrap_or_default();
                format!(
                    "deadlock: \"{canceller}\" cancels \"{registration}\" while the running callback waits for what it holds"
                )
            }
            _ if links.iter().all(|link| matches!(link.wait, Wait::Send(_))) => {
                format!("deadlock: {} threads wait for each other to empty a channel", links.len())
            }
            _ => match links {
                [only] => {
                    format!("deadlock: \"{}\" takes a lock that it holds already", name(only.actor))
                }
                _ => format!("deadlock: {} threads wait for each other's locks", links.len()),
            },
        }
    }

    /// What one actor of a cycle waits for, where, and who has it.
    fn paragraph(&self, link: &Link, n: usize, of: usize) -> String {
        let mut text = self.who(link.actor);
        let _ = write!(text, "\n    waits {}", self.wait_words(link.wait));
        if let Some(place) = self.state.actors[link.actor.slot()].place {
            let _ = write!(text, "\n    at {}", self.place_text(place));
        }
        let holder = &self.state.actors[link.on.slot()].name;
        let own = link.on == link.actor;
        match link.wait {
            Wait::Cancel(handle) => {
                let running = self.registration(handle).and_then(|registration| {
                    registration.running().find(|running| running.actor == link.on)
                });
                let what =
                    running.map(|running| running.notification.to_string()).unwrap_or_default();
                let on = if own { "this very thread".to_owned() } else { format!("\"{holder}\"") };
                let _ = write!(text, "\n    that callback runs on {on} ({what})");
            }
            Wait::Lock(lock, _) => {
                let owners = &self.state.locks[lock.slot()].owners;
                let place =
                    owners.iter().find(|owner| owner.0 == link.on).and_then(|owner| owner.2);
                let by = if own { "this very thread".to_owned() } else { format!("\"{holder}\"") };
                let _ = write!(text, "\n    it is held by {by}");
                if let Some(place) = place {
                    let _ = write!(text, ", taken at {}", self.place_text(place));
                }
            }
            Wait::Join(_) | Wait::Send(_) | Wait::Receive(_) | Wait::Signal(_) => {}
        }
        if n + 1 == of {
            text.push_str("\n    here the circle closes");
        }
        text
    }

    fn who(&self, actor: ActorId) -> String {
        let entry = &self.state.actors[actor.slot()];
        let mut text = format!("thread \"{}\"", entry.name);
        if let Some(lane) = entry.frames.last() {
            let _ =
                write!(text, ", in the callback of \"{}\"", self.registration_name(lane.handle));
        }
        text
    }

    /// What a wait is for, in words.
    #[must_use]
    pub fn wait_words(&self, wait: Wait) -> String {
        match wait {
            Wait::Cancel(handle) => format!(
                "in CancelMibChangeNotify2(\"{}\") for the running callback to return",
                self.registration_name(handle)
            ),
            Wait::Lock(lock, LockMode::Write) => format!("for lock \"{}\"", self.lock_name(lock)),
            Wait::Lock(lock, LockMode::Read) => {
                format!("for lock \"{}\", to read", self.lock_name(lock))
            }
            Wait::Join(target) => {
                format!("for thread \"{}\" to end", self.state.actors[target.slot()].name)
            }
            Wait::Send(channel) => {
                let channel = &self.state.channels[channel.slot()];
                let receiver = channel.receiver.map(|r| &self.state.actors[r.slot()].name);
                let mut text = format!("for room in channel \"{}\"", channel.name);
                if let Some(receiver) = receiver {
                    let _ = write!(text, ", which \"{receiver}\" empties");
                }
                text
            }
            Wait::Receive(channel) => {
                format!(
                    "for a message from channel \"{}\"",
                    self.state.channels[channel.slot()].name
                )
            }
            Wait::Signal(signal) => self.signal_words(signal),
        }
    }

    /// Reports every actor that waits for ever; to be asked when no step is left to take.
    ///
    /// Actors of a reported cycle, and those that wait for one of them, are not reported again.
    /// Returns the positions of the new findings.
    pub fn report_stuck(&mut self) -> Vec<usize> {
        self.report_stuck_with(&[])
    }

    /// The same where a driver has seen that these actors are blocked for good, outside of what the
    /// machine knows: on a lock that is not tracked, for instance. A callback among them never returns,
    /// and whoever waits for it in a cancel most likely holds what it wants; that is a guess, and said
    /// to be one. Actors that run no callback are left to themselves.
    pub fn report_stuck_with(&mut self, blocked: &[ActorId]) -> Vec<usize> {
        let mut found: Vec<usize> =
            blocked.iter().filter_map(|actor| self.blocked_callback(*actor)).collect();
        let told: Vec<ActorId> =
            found.iter().flat_map(|at| self.findings[*at].actors.clone()).collect();
        for n in 0..self.state.actors.len() {
            let actor = ActorId::at(n);
            let entry = &self.state.actors[n];
            let Some(wait) = entry.wait else { continue };
            if !entry.alive || self.can_end(actor) || self.waits_for_deadlock(actor) {
                continue;
            }
            if self.reachable(actor).iter().any(|other| told.contains(other)) {
                continue;
            }
            let lane: Option<LaneId> = entry.frames.last().copied();
            // Who waits for a stuck callback is not stuck by itself: its callback is.
            if lane.is_none() && self.waits_for_another(actor) {
                continue;
            }
            let words = self.wait_words(wait);
            let place = entry.place.map(|place| format!(", at {}", self.place_text(place)));
            let place = place.unwrap_or_default();
            let (rule, message) = match lane {
                Some(lane) => {
                    let name = self.registration_name(lane.handle);
                    let message = format!(
                        "the callback of \"{name}\" never returns: it waits {words}{place}"
                    );
                    (Rule::CallbackBlocked, message)
                }
                None => {
                    let message =
                        format!("thread \"{}\" waits for ever {words}{place}", entry.name);
                    (Rule::ThreadStuck, message)
                }
            };
            found.push(self.finding(
                rule,
                actor,
                lane.map(|lane| lane.handle),
                message,
                Vec::new(),
            ));
        }
        found
    }

    /// Reports a callback that is blocked where the machine cannot see it, with those who wait for it.
    fn blocked_callback(&mut self, actor: ActorId) -> Option<usize> {
        let lane = *self.state.actors[actor.slot()].frames.last()?;
        let name = self.registration_name(lane.handle);
        let waits = |n: &usize| {
            let other = ActorId::at(*n);
            let entry = &self.state.actors[*n];
            entry.alive && other != actor && self.successors(other).contains(&actor)
        };
        let waiters: Vec<ActorId> =
            (0..self.state.actors.len()).filter(waits).map(ActorId::at).collect();
        let mut message = format!(
            "the callback of \"{name}\" never returns: it is blocked outside netiosim's sight while nothing else can go on"
        );
        let mut own = self.who(actor);
        own.push_str("\n    is blocked outside netiosim's sight, as by a lock that is not tracked");
        if let Some(place) = self.state.actors[actor.slot()].place {
            let _ = write!(own, "\n    it last called at {}", self.place_text(place));
        }
        let mut story = vec![own];
        for waiter in &waiters {
            let entry = &self.state.actors[waiter.slot()];
            let Some(wait) = entry.wait else { continue };
            let mut text = self.who(*waiter);
            let _ = write!(text, "\n    waits {}", self.wait_words(wait));
            if let Some(place) = entry.place {
                let _ = write!(text, "\n    at {}", self.place_text(place));
            }
            if matches!(wait, Wait::Cancel(_)) {
                text.push_str("\n    most likely it holds what the callback wants");
                message = format!(
                    "deadlock: \"{}\" cancels \"{name}\" while the running callback is blocked outside netiosim's sight, most likely by a lock that \"{}\" holds (as in N002)",
                    entry.name, entry.name
                );
            }
            story.push(text);
        }
        let handle = Some(lane.handle);
        let found = self.finding(Rule::CallbackBlocked, actor, handle, message, story);
        self.findings[found].actors.extend(waiters);
        Some(found)
    }

    fn waits_for_deadlock(&self, actor: ActorId) -> bool {
        self.reachable(actor).iter().any(|other| self.state.actors[other.slot()].deadlocked)
    }

    fn waits_for_another(&self, actor: ActorId) -> bool {
        self.reachable(actor)
            .iter()
            .any(|other| *other != actor && self.state.actors[other.slot()].wait.is_some())
    }

    fn reachable(&self, actor: ActorId) -> Vec<ActorId> {
        let mut all = vec![actor];
        let mut at = 0;
        while at < all.len() {
            for next in self.successors(all[at]) {
                if !all.contains(&next) {
                    all.push(next);
                }
            }
            at += 1;
        }
        all
    }

    /// Records a finding and returns its position.
    pub(crate) fn finding(
        &mut self,
        rule: Rule,
        actor: ActorId,
        handle: Option<Handle>,
        message: String,
        story: Vec<String>,
    ) -> usize {
        let at = self.findings.len();
        let place = self.state.actors[actor.slot()].place;
        let at_ms = *self.state.now_ms;
        self.findings.push(Finding {
            rule,
            message,
            story,
            at_ms,
            actors: vec![actor],
            handle,
            place,
        });
        self.event(Some(actor), What::Finding(at));
        at
    }

    /// Records a finding that the driver saw, such as a callback that panicked.
    pub fn report(
        &mut self,
        rule: Rule,
        actor: ActorId,
        handle: Option<Handle>,
        message: String,
    ) -> usize {
        self.finding(rule, actor, handle, message, Vec::new())
    }
}

/// Which rule a cycle breaks, by the shape of its links.
fn classify(links: &[Link]) -> Rule {
    let any = |found: fn(&Wait) -> bool| links.iter().any(|link| found(&link.wait));
    let cancel = any(|wait| matches!(wait, Wait::Cancel(_)));
    if any(|wait| matches!(wait, Wait::Join(_))) {
        Rule::JoinDeadlock
    } else if !cancel {
        Rule::LockCycle
    } else if links.len() == 1 {
        Rule::SelfCancel
    } else if links.iter().all(|link| matches!(link.wait, Wait::Cancel(_))) {
        Rule::CrossedCancels
    } else {
        Rule::CancelUnderLock
    }
}
