//! The end of controlled mode's road: nothing can go on.

use std::sync::Arc;

use netiosim_model::ids::ActorId;
use netiosim_model::machine::{Machine, Wait};
use netiosim_model::rule::Rule;

use crate::builder::OnDeadlock;
use crate::core::{Core, Inner};
use crate::schedule::State;
use crate::watchdog;

/// Nothing can go on: says so, and refuses the waits that are to blame. Returns whether somebody can
/// go on now.
pub(crate) fn stuck(inner: &Arc<Inner>, core: &mut Core) -> bool {
    core.sched.suspect = false;
    if core.sched.hung {
        return false;
    }
    let mut found = core.machine.report_stuck();
    let outside: Vec<ActorId> = core
        .sched
        .tasks
        .iter()
        .filter(|task| matches!(task.state, State::Outside(_)))
        .map(|task| task.actor)
        .collect();
    for actor in outside {
        if !core.sched.reported.contains(&actor) {
            core.sched.reported.push(actor);
            found.extend(blocked_outside(&mut core.machine, actor));
        }
    }
    match inner.on_deadlock {
        OnDeadlock::Error => {}
        OnDeadlock::Hang => {
            core.sched.hung = true;
            return false;
        }
        OnDeadlock::Abort => {
            for at in found {
                watchdog::say(&format!(
                    "netiosim: nothing can go on\n{}\n",
                    core.machine.findings()[at]
                ));
            }
            core.abort();
        }
    }
    let mut released = false;
    for at in found {
        let actors = core.machine.findings()[at].actors.clone();
        for task in &mut core.sched.tasks {
            if matches!(task.state, State::Waiting(actor) if actors.contains(&actor)) {
                task.verdict = Some(at);
                released = true;
            }
        }
    }
    if !released {
        released = refuse_all(core, |state| matches!(state, State::Waiting(_)));
    }
    released || refuse_all(core, |state| matches!(state, State::Reached(_)))
}

/// A callback that is blocked where we cannot see it, for good.
fn blocked_outside(machine: &mut Machine, actor: ActorId) -> Option<usize> {
    let lane = *machine.actor_info(actor).frames().last()?;
    let name = machine.registration(lane.handle)?.name().to_owned();
    let mut message = format!(
        "the callback of \"{name}\" never returns: it is blocked outside netiosim's sight while nothing else can go on"
    );
    for canceller in machine.actors().iter().filter(|canceller| canceller.is_alive()) {
        let Some(wait) = canceller.wait().filter(|wait| *wait == Wait::Cancel(lane.handle)) else {
            continue;
        };
        let place = canceller.place().map(|place| machine.place_text(place));
        let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
        let (thread, words) = (canceller.name(), machine.wait_words(wait));
        message.push_str(&format!(
            "; thread \"{thread}\"{place} waits {words}, and a lock that it holds and the callback wants makes this deadlock (N002)"
        ));
    }
    Some(machine.report(Rule::CallbackBlocked, actor, Some(lane.handle), message))
}

fn refuse_all(core: &mut Core, which: fn(State) -> bool) -> bool {
    let mut released = false;
    for n in 0..core.sched.tasks.len() {
        let task = &core.sched.tasks[n];
        if which(task.state) {
            let at = match core.machine.findings().len() {
                0 => {
                    let message = "nothing can go on".to_owned();
                    core.machine.report(Rule::ThreadStuck, task.actor, None, message)
                }
                len => len - 1,
            };
            core.sched.tasks[n].verdict = Some(at);
            released = true;
        }
    }
    released
}
