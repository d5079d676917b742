//! A machine that is used again for the next of many runs.

use std::collections::BTreeMap;

use super::{Machine, State};
use crate::part::Part;

impl Machine {
    /// Makes the machine as `first` is, of which it is a copy that went its way; its tag stays. What it allocated is used again; the numbers of
    /// places that it knows stay, and so does its [memory](super::Memo).
    pub fn renew(&mut self, first: &Self) {
        let Self { state, events, recording, findings, places, freed, labels, memo: _ } = self;
        debug_assert!(places.texts.starts_with(&first.places.texts), "it is a copy of the first");
        state.renew(&first.state);
        events.clone_from(&first.events);
        *recording = first.recording;
        findings.clone_from(&first.findings);
        freed.renew(&first.freed);
        labels.clone_from(&first.labels);
        if cfg!(debug_assertions) {
            let tag = std::mem::replace(&mut state.tag, first.state.tag);
            assert!(*state == first.state, "everything that was changed is marked");
            state.tag = tag;
        }
    }
}

impl State {
    fn renew(&mut self, first: &Self) {
        let Self {
            tag: _,
            now_ms,
            profile,
            options,
            env,
            processes,
            actors,
            slots,
            free_slots,
            live,
            hung,
            ready,
            next_order,
            next_birth,
            locks,
            channels,
            signals,
            objects,
            tables,
            tables_ever,
            overlapped,
            faults,
            nsi_down,
        } = self;
        now_ms.renew(&first.now_ms);
        *profile = first.profile;
        options.renew(&first.options);
        env.renew(&first.env);
        processes.renew(&first.processes);
        actors.renew(&first.actors);
        slots.renew(&first.slots);
        free_slots.renew(&first.free_slots);
        renew_map(live, &first.live);
        renew_map(hung, &first.hung);
        renew_map(ready, &first.ready);
        next_order.renew(&first.next_order);
        next_birth.renew(&first.next_birth);
        locks.renew(&first.locks);
        channels.renew(&first.channels);
        signals.renew(&first.signals);
        objects.renew(&first.objects);
        tables.renew(&first.tables);
        tables_ever.renew(&first.tables_ever);
        overlapped.renew(&first.overlapped);
        faults.renew(&first.faults);
        nsi_down.renew(&first.nsi_down);
    }
}

/// The same; what an empty map has allocated stays.
fn renew_map<K: Clone, V: Clone>(map: &mut Part<BTreeMap<K, V>>, first: &Part<BTreeMap<K, V>>) {
    if map.peek().is_empty() && first.peek().is_empty() {
        map.take_touched();
    } else {
        map.renew(first);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::build::home;
    use crate::change::Change;
    use crate::choose::First;
    use crate::machine::{CancelBegin, Machine, Memo, Request};
    use crate::profile::Profile;
    use crate::status::Flavour;
    use crate::teredo::PortWish;

    fn run(machine: &mut Machine, place: &str) -> String {
        let process = machine.process("program", Flavour::User);
        let main = machine.actor("main", process);
        machine.at(main, place);
        let ports = machine.notify_teredo_port_change(
            main,
            &Request::new("ports", 1),
            &mut First::default(),
        );
        let change = Change::TeredoRestart(PortWish::Exactly(50_001));
        machine.change(Some(main), &change, &mut First::default()).unwrap();
        machine.elapse(5000, &mut First::default());
        let pool = machine.actor("pool", process);
        machine.delivery_begin(machine.deliverable()[0], pool);
        let cancelled = machine.cancel_begin(pool, ports.handle, &mut First::default());
        assert!(matches!(cancelled, CancelBegin::Cycle(0)), "its own callback: {cancelled:?}");
        machine.trace_text(machine.events())
    }

    #[test]
    fn a_machine_that_is_used_again_is_like_a_new_one() {
        let first = Machine::new(Profile::Documented, home());
        let mut again = first.clone();
        again.set_memo(Some(Memo::default()));
        run(&mut again, "elsewhere.rs:1");
        again.renew(&first);
        assert_eq!(again, first);
        assert_eq!((again.events(), again.findings()), (first.events(), first.findings()));
        assert!(Arc::ptr_eq(&again.env_snapshot(), &first.env_snapshot()));
        let mut fresh = first.clone();
        assert_eq!(run(&mut again, "here.rs:2"), run(&mut fresh, "here.rs:2"));
        assert_eq!(again.findings().len(), fresh.findings().len());
    }
}
