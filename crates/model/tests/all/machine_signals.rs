//! Signals: manual and auto-reset ones, waits for several, and who passes whatever becomes of the signal later.

use crate::bench::Bench;
use std::collections::BTreeSet;

use netiosim_model::ids::{ActorId, SignalId};
use netiosim_model::machine::{Begun, Machine, Wait};

/// Begins to wait, which must not be over at once.
fn wait(machine: &mut Machine, actor: ActorId, signal: SignalId) {
    assert_eq!(machine.wait_signal(actor, signal), Begun::Wait);
}

/// Sets a signal and unsets it again.
fn pulse(bench: &mut Bench, signal: SignalId) {
    bench.machine.set_signal(bench.pool_2, signal);
    bench.machine.reset_signal(signal);
}

/// Who of these may pass now.
fn may_pass<const N: usize>(bench: &Bench, actors: [ActorId; N]) -> [bool; N] {
    actors.map(|actor| bench.machine.can_end(actor))
}

#[test]
fn a_signal_stays_set_for_everybody_and_an_auto_reset_one_for_the_first() {
    for (auto, left) in [(false, true), (true, false)] {
        let mut bench = Bench::new();
        let machine = &mut bench.machine;
        let signal = if auto { machine.auto_reset_signal("s") } else { machine.signal("s") };
        assert!(!machine.is_signalled(signal), "it is made unset");
        machine.set_signal(bench.pool_2, signal);
        assert_eq!(machine.wait_signal(bench.main, signal), Begun::Done);
        assert_eq!(machine.is_signalled(signal), left, "after a wait that was over at once");
        machine.set_signal(bench.pool_2, signal);
        assert_eq!(machine.try_signal(bench.main, signal), Some(0));
        assert_eq!(machine.is_signalled(signal), left, "after an attempt");
        machine.reset_signal(signal);
        assert_eq!(machine.try_signal(bench.main, signal), None);
        wait(&mut bench.machine, bench.main, signal);
        wait(&mut bench.machine, bench.other, signal);
        bench.machine.set_signal(bench.pool_2, signal);
        assert_eq!(may_pass(&bench, [bench.main, bench.other]), [true, true], "which is left open");
        bench.machine.wait_end(bench.main);
        assert_eq!(bench.machine.is_signalled(signal), left, "after a wait");
        assert_eq!(may_pass(&bench, [bench.other]), [left]);
    }
}

#[test]
fn a_reset_takes_nothing_away_from_those_who_waited() {
    let mut bench = Bench::new();
    let signal = bench.machine.signal("s");
    wait(&mut bench.machine, bench.main, signal);
    wait(&mut bench.machine, bench.other, signal);
    pulse(&mut bench, signal);
    wait(&mut bench.machine, bench.pool, signal);
    let all = [bench.main, bench.other, bench.pool];
    assert_eq!(may_pass(&bench, all), [true, true, false], "who came later waits");
    pulse(&mut bench, signal);
    assert_eq!(may_pass(&bench, all), [true, true, true]);
}

#[test]
fn one_pulse_of_an_auto_reset_signal_lets_one_waiter_pass() {
    let mut bench = Bench::new();
    let signal = bench.machine.auto_reset_signal("s");
    wait(&mut bench.machine, bench.main, signal);
    wait(&mut bench.machine, bench.other, signal);
    pulse(&mut bench, signal);
    let both = [bench.main, bench.other];
    assert_eq!(may_pass(&bench, both), [true, false]);
    pulse(&mut bench, signal);
    assert_eq!(may_pass(&bench, both), [true, true], "the second one is the other one's");
}

#[test]
fn who_was_let_pass_takes_no_later_set_away() {
    let mut bench = Bench::new();
    let signal = bench.machine.auto_reset_signal("s");
    wait(&mut bench.machine, bench.main, signal);
    bench.machine.set_signal(bench.pool_2, signal);
    // The second set is told apart from the first: that one was for the thread that waited.
    bench.machine.set_signal(bench.pool_2, signal);
    bench.machine.wait_end(bench.main);
    assert!(bench.machine.is_signalled(signal));
    assert_eq!(bench.machine.try_signal(bench.other, signal), Some(0));
    assert!(!bench.machine.is_signalled(signal));
}

#[test]
fn the_question_of_another_thread_takes_nothing_away_either() {
    let mut bench = Bench::new();
    let signal = bench.machine.auto_reset_signal("s");
    wait(&mut bench.machine, bench.main, signal);
    bench.machine.set_signal(bench.pool_2, signal);
    assert_eq!(bench.machine.try_signal(bench.other, signal), None, "it is the waiter's");
    assert_eq!(may_pass(&bench, [bench.main]), [true]);
}

#[test]
fn a_wait_that_was_given_up_is_over() {
    let mut bench = Bench::new();
    let signal = bench.machine.auto_reset_signal("s");
    wait(&mut bench.machine, bench.main, signal);
    bench.machine.stop_waiting(bench.main);
    assert_eq!(bench.machine.actor_info(bench.main).wait(), None);
    bench.machine.set_signal(bench.pool_2, signal);
    bench.machine.set_signal(bench.pool_2, signal);
    assert!(bench.machine.is_signalled(signal), "nobody waited for it");
    // Only waits for signals are given up like that.
    assert_eq!(bench.machine.join(bench.main, bench.other), Begun::Wait);
    bench.machine.stop_waiting(bench.main);
    assert_eq!(bench.machine.actor_info(bench.main).wait(), Some(Wait::Join(bench.other)));
}

#[test]
fn what_let_a_wait_pass_that_was_given_up_does_not_let_the_next_one_pass() {
    let mut bench = Bench::new();
    let signal = bench.machine.signal("s");
    wait(&mut bench.machine, bench.main, signal);
    wait(&mut bench.machine, bench.other, signal);
    pulse(&mut bench, signal);
    bench.machine.stop_waiting(bench.main);
    wait(&mut bench.machine, bench.main, signal);
    assert_eq!(may_pass(&bench, [bench.main, bench.other]), [false, true]);
}

#[test]
fn a_wait_for_several_is_one_thing_with_a_name() {
    let mut bench = Bench::new();
    let machine = &mut bench.machine;
    let [a, b] = ["a", "b"].map(|name| machine.signal(name));
    let (any, all) = (machine.group_signal(&[a, b], false), machine.group_signal(&[a, b], true));
    assert_eq!(machine.group_signal(&[a, b], false), any, "asking again gives the same");
    assert_eq!(machine.group_signal(&[a, b], true), all);
    let one = machine.group_signal(&[b], true);
    let different = BTreeSet::from([a, b, any, all, one, machine.group_signal(&[b, a], false)]);
    assert_eq!(different.len(), 6);
    let names = [a, any, all, one].map(|signal| machine.signal_name(signal).to_owned());
    assert_eq!(names, ["a", "one of \"a\", \"b\"", "all of \"a\", \"b\"", "all of \"b\""]);
    let words = [a, any].map(|signal| machine.wait_words(Wait::Signal(signal)));
    assert_eq!(words, ["for signal \"a\"", "for one of \"a\", \"b\""]);
}

#[test]
fn of_several_the_first_that_is_set_lets_pass() {
    let mut bench = Bench::new();
    let parts = ["a", "b", "c"].map(|name| bench.machine.auto_reset_signal(name));
    let any = bench.machine.group_signal(&parts, false);
    for (at, part) in parts.into_iter().enumerate() {
        assert_eq!(bench.machine.try_signal(bench.main, any), None);
        wait(&mut bench.machine, bench.main, any);
        bench.machine.set_signal(bench.pool_2, part);
        assert_eq!(bench.machine.signal_position(bench.main), at);
        bench.machine.wait_end(bench.main);
        assert!(!bench.machine.is_signalled(part), "it was for this wait");
        bench.machine.set_signal(bench.pool_2, part);
        assert_eq!(bench.machine.try_signal(bench.main, any), Some(at));
    }
    for signal in [parts[2], parts[1]] {
        bench.machine.set_signal(bench.pool_2, signal);
    }
    assert_eq!(bench.machine.try_signal(bench.main, any), Some(1), "the first one");
    let set = parts.map(|signal| bench.machine.is_signalled(signal));
    assert_eq!(set, [false, false, true], "and no other is used up");
}

#[test]
fn which_of_several_let_a_thread_pass_is_remembered_for_each() {
    let mut bench = Bench::new();
    let parts = ["a", "b", "c"].map(|name| bench.machine.signal(name));
    let any = bench.machine.group_signal(&parts, false);
    wait(&mut bench.machine, bench.other, any);
    pulse(&mut bench, parts[2]);
    wait(&mut bench.machine, bench.main, any);
    pulse(&mut bench, parts[1]);
    let positions = [bench.main, bench.other].map(|actor| bench.machine.signal_position(actor));
    assert_eq!(positions, [1, 2]);
    bench.machine.set_signal(bench.pool_2, parts[0]);
    assert_eq!(bench.machine.signal_position(bench.main), 1, "what came later does not count");
}

#[test]
fn all_of_several_are_needed_at_once() {
    let mut bench = Bench::new();
    let machine = &mut bench.machine;
    let (a, b) = (machine.signal("a"), machine.auto_reset_signal("b"));
    let all = machine.group_signal(&[a, b], true);
    wait(&mut bench.machine, bench.main, all);
    pulse(&mut bench, a);
    assert_eq!(may_pass(&bench, [bench.main]), [false], "one is not enough, and was unset again");
    bench.machine.set_signal(bench.pool_2, b);
    assert_eq!(may_pass(&bench, [bench.main]), [false]);
    bench.machine.set_signal(bench.pool_2, a);
    assert_eq!(may_pass(&bench, [bench.main]), [true]);
    assert_eq!(bench.machine.signal_position(bench.main), 0, "of a wait for all");
    bench.machine.wait_end(bench.main);
    let set = [a, b].map(|signal| bench.machine.is_signalled(signal));
    assert_eq!(set, [true, false], "an auto-reset one among them is used up");
    assert_eq!(bench.machine.try_signal(bench.main, all), None);
    bench.machine.set_signal(bench.pool_2, b);
    assert_eq!(bench.machine.try_signal(bench.main, all), Some(0));
}

#[test]
fn a_reset_of_one_signal_settles_nothing_of_another() {
    let mut bench = Bench::new();
    let machine = &mut bench.machine;
    let (theirs, own) = (machine.signal("theirs"), machine.auto_reset_signal("own"));
    wait(&mut bench.machine, bench.main, own);
    bench.machine.set_signal(bench.pool_2, own);
    pulse(&mut bench, theirs);
    assert!(bench.machine.is_signalled(own), "whoever waits may still take it");
    assert_eq!(bench.machine.signal_position(bench.other), 0, "who waits for nothing");
}
