//! Every execution has a stack of its own, and the Windows names follow it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Exploration, Trouble, Verdict};
use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use netiosim_win32::sim::model::ids::Handle;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE,
};

use crate::abi::{cancel, follow_port, port};
use crate::backend::suite;

/// What the callback learns of the machine by asking it.
unsafe extern "system" fn asks(context: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    unsafe { &*context.cast::<AtomicU16>() }.store(port(), SeqCst);
}

/// Main, a callback and a thread of the stack ask; returns the handle's value.
fn everybody_asks(stack: &Stack, first: u16) -> usize {
    let _bound = bind(stack);
    assert_eq!(port(), first, "a change of an execution before");
    let seen = AtomicU16::new(0);
    let changes = follow_port(asks, &seen);
    stack.restart_teredo_on(first + 1).unwrap();
    stack.run_until_idle();
    assert_eq!(seen.load(SeqCst), first + 1);
    assert_eq!(stack.spawn("asker", port).join().unwrap(), first + 1);
    cancel(changes);
    changes.expose_provenance()
}

fn exhausted(exploration: &Exploration) {
    if let Some(failure) = &exploration.failure {
        panic!("{failure}");
    }
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

/// What all executions had.
#[derive(Default)]
struct Seen {
    stacks: BTreeSet<u64>,
    /// Each value, and how often it was a handle's.
    handles: BTreeMap<usize, u64>,
}

fn each_has_a_fresh_stack_and_equal_handles(explorer: fn() -> Explorer) {
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let own = seen.clone();
    let explorer = explorer().stack(|builder| builder.teredo_port(50_100));
    let exploration = explorer.check(move |stack| {
        let handle = everybody_asks(&stack, 50_100);
        let mut seen = own.lock().unwrap();
        seen.stacks.insert(stack.uid());
        *seen.handles.entry(handle).or_default() += 1;
    });
    exhausted(&exploration);
    let executions = exploration.statistics.executions;
    assert!(executions > 20, "{exploration}");
    let seen = seen.lock().unwrap();
    // Of tags that no stack gets elsewhere: with them a handle is the calling thread's own, or nobody's.
    assert!(
        seen.handles.keys().all(|handle| Handle(*handle as u64).stack() >= 0xFFF0),
        "{:?}",
        seen.handles
    );
    // The first schedule is run twice, the second time with other handles.
    assert_eq!(seen.stacks.len() as u64, executions + 1, "as many stacks");
    let counts: BTreeSet<u64> = seen.handles.values().copied().collect();
    assert_eq!(
        (seen.handles.len(), counts),
        (2, BTreeSet::from([1, executions])),
        "{:?}",
        seen.handles
    );
}

fn explorations_beside_each_other_stay_apart(explorer: fn() -> Explorer) {
    let explore = |first: u16| {
        let explorer = explorer().stack(move |builder| builder.teredo_port(first));
        explorer.check(move |stack| {
            everybody_asks(&stack, first);
        })
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let explore = &explore;
        let begun: Vec<_> = (0..4).map(|n| scope.spawn(move || explore(51_000 + 10 * n))).collect();
        begun.into_iter().map(|exploration| exploration.join().unwrap()).collect()
    });
    for exploration in &all {
        exhausted(exploration);
        assert_eq!(exploration.statistics, all[0].statistics, "{exploration}");
    }
}

/// Nobody need bind what is the stack's own, and nobody else's binding is meant for it.
fn the_threads_of_a_stack_are_its_own(explorer: fn() -> Explorer) {
    let explorer = explorer().stack(|builder| builder.teredo_port(50_200));
    let exploration = explorer.check(|stack| {
        drop(bind(&stack));
        let own = stack.handle();
        let asker = stack.spawn("asker", move || {
            let before = port();
            own.restart_teredo_on(50_201).unwrap();
            (before, port())
        });
        assert_eq!(asker.join().unwrap(), (50_200, 50_201));
    });
    exhausted(&exploration);
}

fn a_handle_that_is_kept_is_told(explorer: fn() -> Explorer) {
    let first: OnceLock<usize> = OnceLock::new();
    let failure = explorer()
        .check(move |stack| {
            let _bound = bind(&stack);
            let seen = AtomicU16::new(0);
            let changes = follow_port(asks, &seen);
            // The first one's value, in every execution.
            let kept = *first.get_or_init(|| changes.expose_provenance());
            let kept: HANDLE = std::ptr::with_exposed_provenance_mut(kept);
            let _ = unsafe { CancelMibChangeNotify2(kept) };
        })
        .unwrap_failure();
    let Trouble::OldHandle(finding) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(finding.rule.id(), "N005", "{failure}");
}

suite! {
    each_has_a_fresh_stack_and_equal_handles
    explorations_beside_each_other_stay_apart
    the_threads_of_a_stack_are_its_own
    a_handle_that_is_kept_is_told
}
