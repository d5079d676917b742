//! The end of controlled mode's road: nothing can go on.

use std::sync::Arc;

use netiosim_model::ids::ActorId;
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
    let outside: Vec<ActorId> = core
        .sched
        .tasks
        .iter()
        .filter(|task| matches!(task.state, State::Outside(_)))
        .map(|task| task.actor)
        .collect();
    let fresh: Vec<ActorId> =
        outside.into_iter().filter(|actor| !core.sched.reported.contains(actor)).collect();
    core.sched.reported.extend(&fresh);
    let found = core.machine.report_stuck_with(&fresh);
    match inner.on_deadlock {
        OnDeadlock::Error => {}
        OnDeadlock::Hang => {
            core.sched.hung = true;
            if inner.announce {
                for at in found {
                    watchdog::say(&format!(
                        "netiosim: nothing can go on, and these threads hang now, as they would on Windows:\n{}\n",
                        core.machine.findings()[at]
                    ));
                }
            }
            core.tell_stuck();
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
    released = released || refuse_all(core, |state| matches!(state, State::Reached(_)));
    if !released {
        core.tell_stuck();
    }
    released
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
