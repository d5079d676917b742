//! Locks, channels and joins: who gets what, and how a circle of waits is told.

use crate::bench::{Bench, circle_of_cancel, circle_of_wait};
use netiosim_model::finding::Finding;
use netiosim_model::ids::{ActorId, ChannelId, LockId};
use netiosim_model::machine::{Begun, CancelBegin, LockMode, Machine, Wait};

use LockMode::{Read, Write};

fn locked(machine: &mut Machine, actor: ActorId, lock: LockId, mode: LockMode) {
    assert_eq!(machine.acquire(actor, lock, mode), Begun::Done);
}

/// A channel that has room for one message and holds one.
fn full(machine: &mut Machine, by: ActorId, receiver: Option<ActorId>) -> ChannelId {
    let channel = machine.channel("queue", 1, receiver);
    assert_eq!(machine.send(by, channel), Begun::Done);
    channel
}

#[test]
fn a_lock_is_taken_at_once_or_not_at_all() {
    let mut bench = Bench::new();
    let (plain, shared) = (bench.machine.lock("plain", false), bench.machine.lock("shared", true));
    let machine = &mut bench.machine;
    assert!(machine.try_acquire(bench.main, plain, Read));
    assert_eq!(machine.lock_info(plain).owners, [bench.main]);
    assert!(!machine.try_acquire(bench.other, plain, Read), "it knows no readers");
    assert!(machine.try_acquire(bench.main, shared, Read));
    assert!(machine.try_acquire(bench.other, shared, Read));
    assert!(!machine.try_acquire(bench.pool, shared, Write));
    assert_eq!(machine.lock_info(shared).owners, [bench.main, bench.other]);
    assert!(machine.release(bench.main, plain) && !machine.release(bench.main, plain));
}

#[test]
fn a_guard_that_moved_is_owned_where_it_is_now() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("state", true);
    for actor in [bench.main, bench.other] {
        locked(&mut bench.machine, actor, lock, Read);
    }
    bench.machine.hand_over(lock, bench.main, bench.pool);
    assert_eq!(bench.machine.lock_info(lock).owners, [bench.pool, bench.other]);
    assert!(!bench.machine.release(bench.main, lock), "it has none any more");
    assert!(bench.machine.release(bench.pool, lock));
}

#[test]
fn a_guard_that_moves_may_close_a_circle() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("state", false);
    locked(&mut bench.machine, bench.pool, lock, Write);
    assert_eq!(bench.machine.acquire(bench.main, lock, Write), Begun::Wait);
    assert_eq!(bench.machine.join(bench.other, bench.main), Begun::Wait);
    bench.machine.hand_over(lock, bench.pool, bench.other);
    assert_eq!(bench.rules(), ["N013"], "main waits for other, which joins main");
    assert_eq!(bench.machine.findings()[0].actors, [bench.main, bench.other]);
}

#[test]
fn a_channel_gives_out_what_is_in_it() {
    let mut bench = Bench::new();
    let channel = bench.machine.channel("queue", 1, None);
    assert_eq!(bench.machine.receive(bench.main, channel), Begun::Wait, "nothing is in it");
    assert!(!bench.machine.can_end(bench.main));
    assert_eq!(bench.machine.send(bench.other, channel), Begun::Done);
    assert!(bench.machine.can_end(bench.main));
    bench.machine.wait_end(bench.main);
    assert_eq!(bench.machine.channel_info(channel).len, 0);
}

#[test]
fn to_name_the_receiver_may_close_a_circle() {
    let mut bench = Bench::new();
    let channel = full(&mut bench.machine, bench.pool_2, None);
    assert_eq!(bench.machine.send(bench.pool, channel), Begun::Wait);
    assert_eq!(bench.machine.join(bench.main, bench.pool), Begun::Wait);
    assert!(bench.rules().is_empty(), "anybody might empty it");
    bench.machine.set_receiver(channel, bench.main);
    assert_eq!(bench.rules(), ["N013"]);
    let actors = &bench.machine.findings()[0].actors;
    assert_eq!(actors, &[bench.pool, bench.main], "told of who was given another to wait for");
    bench.machine.set_receiver(channel, bench.main);
    assert_eq!(bench.rules(), ["N013"], "it is told once");
}

#[test]
fn a_message_that_takes_the_last_room_closes_the_circle_there_and_then() {
    let mut bench = Bench::new();
    let channel = full(&mut bench.machine, bench.pool_2, Some(bench.main));
    assert_eq!(bench.machine.send(bench.pool, channel), Begun::Wait);
    assert_eq!(bench.machine.receive(bench.main, channel), Begun::Done);
    assert_eq!(bench.machine.join(bench.main, bench.pool), Begun::Wait);
    assert!(bench.rules().is_empty());
    assert_eq!(bench.machine.send(bench.pool_2, channel), Begun::Done);
    assert_eq!(bench.rules(), ["N013"]);
    assert_eq!(bench.machine.findings()[0].actors, [bench.pool, bench.main]);
}

#[test]
fn a_reader_waits_for_the_writer_and_not_for_other_readers() {
    let mut bench = Bench::new();
    let (one, two) = (bench.machine.lock("one", true), bench.machine.lock("two", false));
    locked(&mut bench.machine, bench.main, one, Write);
    locked(&mut bench.machine, bench.other, two, Write);
    assert_eq!(bench.machine.acquire(bench.other, one, Read), Begun::Wait);
    let answer = bench.machine.acquire(bench.main, two, Write);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!((finding.rule.id(), finding.actors.len()), ("N016", 2));
}

#[test]
fn who_is_out_of_a_circle_leaves_the_others_in_theirs() {
    let mut bench = Bench::new();
    for name in ["a", "b"] {
        let lock = bench.machine.lock(name, false);
        let actor = if name == "a" { bench.main } else { bench.other };
        locked(&mut bench.machine, actor, lock, Write);
        assert!(matches!(bench.machine.acquire(actor, lock, Write), Begun::Cycle(_)));
    }
    let deadlocked = |bench: &Bench| {
        [bench.main, bench.other].map(|actor| bench.machine.actor_info(actor).is_deadlocked())
    };
    assert_eq!(deadlocked(&bench), [true, true]);
    let _ = bench.machine.abandon(bench.main, &mut bench.chooser);
    assert_eq!(deadlocked(&bench), [false, true]);
}

/// A circle, by name, for its headline.
type Circle = (fn(&mut Bench) -> Finding, &'static str);

#[test]
fn the_headline_says_which_circle_it_is() {
    let circles: [Circle; 6] = [
        (joins_itself, "\"main\" joins itself"),
        (
            join_each_other,
            "a thread is joined that waits, through 1 step, for the one that joins it",
        ),
        (locks_twice, "\"main\" takes a lock that it holds already"),
        (locks_crosswise, "2 threads wait for each other's locks"),
        (send_to_each_other, "2 threads wait for each other to empty a channel"),
        (
            cancels_under_lock,
            "\"main\" cancels \"ports\" while the running callback waits for what it holds",
        ),
    ];
    for (circle, headline) in circles {
        let finding = circle(&mut Bench::new());
        assert_eq!(finding.message, format!("deadlock: {headline}"));
    }
}

fn joins_itself(bench: &mut Bench) -> Finding {
    let answer = bench.machine.join(bench.main, bench.main);
    circle_of_wait(answer, &bench.machine)
}

fn join_each_other(bench: &mut Bench) -> Finding {
    assert_eq!(bench.machine.join(bench.main, bench.other), Begun::Wait);
    let answer = bench.machine.join(bench.other, bench.main);
    circle_of_wait(answer, &bench.machine)
}

fn locks_twice(bench: &mut Bench) -> Finding {
    let lock = bench.machine.lock("state", false);
    locked(&mut bench.machine, bench.main, lock, Write);
    let answer = bench.machine.acquire(bench.main, lock, Write);
    circle_of_wait(answer, &bench.machine)
}

fn locks_crosswise(bench: &mut Bench) -> Finding {
    let [one, two] = ["one", "two"].map(|name| bench.machine.lock(name, false));
    locked(&mut bench.machine, bench.main, one, Write);
    locked(&mut bench.machine, bench.other, two, Write);
    assert_eq!(bench.machine.acquire(bench.main, two, Write), Begun::Wait);
    let answer = bench.machine.acquire(bench.other, one, Write);
    circle_of_wait(answer, &bench.machine)
}

fn send_to_each_other(bench: &mut Bench) -> Finding {
    let [to_main, to_other] = [bench.main, bench.other]
        .map(|receiver| full(&mut bench.machine, bench.pool_2, Some(receiver)));
    assert_eq!(bench.machine.send(bench.main, to_other), Begun::Wait);
    assert_eq!(
        bench.machine.wait_words(Wait::Send(to_main)),
        "for room in channel \"queue\", which \"main\" empties"
    );
    let answer = bench.machine.send(bench.other, to_main);
    circle_of_wait(answer, &bench.machine)
}

fn cancels_under_lock(bench: &mut Bench) -> Finding {
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    locked(&mut bench.machine, bench.main, lock, Write);
    assert_eq!(bench.machine.acquire(bench.pool, lock, Write), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    circle_of_cancel(answer, &bench.machine)
}

#[test]
fn a_circle_of_a_lock_and_a_channel_speaks_of_locks() {
    // Not all of them wait for room in a channel.
    let mut bench = Bench::new();
    let lock = bench.machine.lock("state", false);
    let channel = full(&mut bench.machine, bench.pool_2, Some(bench.main));
    locked(&mut bench.machine, bench.other, lock, Write);
    assert_eq!(bench.machine.send(bench.other, channel), Begun::Wait);
    let answer = bench.machine.acquire(bench.main, lock, Write);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!(finding.message, "deadlock: 2 threads wait for each other's locks");
}

/// What is told of a callback on the pool that is blocked where the machine sees nothing.
fn blocked(bench: &mut Bench) -> Finding {
    let found = bench.machine.report_stuck_with(&[bench.pool]);
    assert_eq!((found.as_slice(), bench.rules()), ([0].as_slice(), vec!["N012"]), "and no other");
    bench.machine.findings()[0].clone()
}

#[test]
fn a_callback_that_is_blocked_out_of_sight_is_told_with_those_who_wait_for_it() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let (soon, mine) = (bench.machine.signal("soon"), bench.machine.lock("mine", false));
    bench.running(handle, bench.pool, 50_001);
    bench.machine.at(bench.pool, "vpn.rs:5");
    locked(&mut bench.machine, bench.pool, mine, Write);
    bench.machine.at(bench.main, "vpn.rs:9");
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(bench.machine.acquire(bench.other, mine, Write), Begun::Wait);
    // Whoever can go on, has ended, or waits for something else has no part in it.
    let process = bench.process;
    let [asleep, gone] = ["asleep", "gone"].map(|name| bench.machine.actor(name, process));
    assert_eq!(bench.machine.wait_signal(asleep, soon), Begun::Wait);
    bench.machine.set_signal(bench.pool_2, soon);
    bench.machine.actor_exit(gone);
    let finding = blocked(&mut bench);
    assert_eq!(finding.actors, [bench.pool, bench.main, bench.other]);
    assert_eq!(finding.handle, Some(handle));
    assert_eq!(
        finding.message,
        "deadlock: \"main\" cancels \"ports\" while the running callback is blocked outside \
         netiosim's sight, most likely by a lock that \"main\" holds (as in N002)"
    );
    assert_eq!(
        finding.story,
        [
            "thread \"pool\", in the callback of \"ports\"\n    is blocked outside netiosim's \
             sight, as by a lock that is not tracked\n    it last called at vpn.rs:5",
            "thread \"main\"\n    waits in CancelMibChangeNotify2(\"ports\") for the running \
             callback to return\n    at vpn.rs:9\n    most likely it holds what the callback wants",
            "thread \"other\"\n    waits for lock \"mine\"",
        ]
    );
}

#[test]
fn a_blocked_callback_that_nobody_waits_for_never_returns() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    let finding = blocked(&mut bench);
    assert_eq!((finding.actors.as_slice(), finding.story.len()), ([bench.pool].as_slice(), 1));
    assert_eq!(
        finding.message,
        "the callback of \"ports\" never returns: it is blocked outside netiosim's sight while \
         nothing else can go on"
    );
    assert!(bench.machine.report_stuck_with(&[bench.main]).is_empty(), "it runs no callback");
}

#[test]
fn who_joins_a_thread_that_has_ended_does_not_wait_for_its_callback() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(bench.machine.join(bench.other, bench.pool), Begun::Wait);
    // It ends in the middle of its callback, which so never returns.
    bench.machine.actor_exit(bench.pool);
    assert!(bench.machine.can_end(bench.other));
    assert_eq!(blocked(&mut bench).actors, [bench.pool, bench.main]);
}

#[test]
fn a_blocked_callback_is_not_among_those_who_wait_for_it() {
    // The driver says so of one that the machine has seen close a circle with itself.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert!(matches!(bench.machine.join(bench.pool, bench.pool), Begun::Cycle(_)));
    bench.machine.forget_findings();
    assert_eq!(blocked(&mut bench).actors, [bench.pool]);
}
