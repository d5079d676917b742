//! A watcher may be dropped anywhere.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use futures_core::Stream;
use netiosim::model::rule::Rule;
use netiosim::{Mode, Point, Stack, StackRef};
use support::{Count, poll};
use watcher_stream::IfWatcher;

const MODES: [Mode; 3] = [Mode::Manual, Mode::Controlled, Mode::Threads];

type Place = Arc<Mutex<Option<IfWatcher<StackRef>>>>;

/// A waker that drops the task that it wakes: as an executor does that is told to stop.
struct Dropper(Place);

impl Wake for Dropper {
    fn wake(self: Arc<Self>) {
        let watcher = self.0.lock().unwrap().take();
        drop(watcher);
    }
}

#[test]
fn in_the_callback_that_wakes_it() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).build();
        let place = Place::default();
        let mut watcher = IfWatcher::new(stack.handle()).unwrap();
        let waker = Waker::from(Arc::new(Dropper(place.clone())));
        while std::pin::Pin::new(&mut watcher)
            .poll_next(&mut Context::from_waker(&waker))
            .is_ready()
        {}
        *place.lock().unwrap() = Some(watcher);

        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.run_until_idle();
        assert!(place.lock().unwrap().is_none(), "{mode:?}: the callback came");
        assert_eq!(stack.findings(), [], "{mode:?}: no deadlock");
    }
}

#[test]
fn without_hearing_of_anything_afterwards() {
    for mode in MODES {
        let (stack, count) = (Stack::builder().mode(mode).build(), Arc::<Count>::default());
        let mut watcher = IfWatcher::new(stack.handle()).unwrap();
        poll(&mut watcher, &count);
        drop(watcher);
        stack.run_until_idle();
        if mode != Mode::Threads {
            // There the cancel may be a moment late.
            let live =
                stack.inspect(|model| model.registrations().filter(|r| r.1.is_live()).count());
            assert_eq!(live, 0, "{mode:?}");
        }
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        stack.run_until_idle();
        assert!(count.get() <= usize::from(mode == Mode::Threads), "{mode:?}");
    }
}

/// The lock is held by the thread that drops the watcher, and the callback wants it in the waker: a
/// cancel that waits would never end (CX-11).
#[test]
fn under_a_lock_that_the_waker_wants() {
    struct Locker {
        lock: netiosim::Mutex<usize>,
        refused: AtomicBool,
    }
    impl Wake for Locker {
        fn wake(self: Arc<Self>) {
            match self.lock.lock() {
                Ok(mut woken) => *woken += 1,
                Err(_) => self.refused.store(true, Ordering::SeqCst),
            }
        }
    }

    for waits in [false, true] {
        let stack = Stack::builder().mode(Mode::Controlled).build();
        let (lock, refused) = (stack.mutex("executor", 0), AtomicBool::new(false));
        let locker = Arc::new(Locker { lock, refused });
        let mut watcher = IfWatcher::new(stack.handle()).unwrap();
        let waker = Waker::from(locker.clone());
        while std::pin::Pin::new(&mut watcher)
            .poll_next(&mut Context::from_waker(&waker))
            .is_ready()
        {}
        let barrier = stack.barrier(Point::entered("unicast-address-1")).unwrap();
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        barrier.wait_reached();

        let guard = locker.lock.lock().unwrap();
        barrier.release();
        if waits {
            // What dropping would be if it waited. Whoever closes the circle is refused.
            let closed = watcher.close();
            let refused = locker.refused.load(Ordering::SeqCst);
            assert!(refused || closed.is_err_and(|error| error.is_deadlock()));
        } else {
            drop(watcher);
        }
        drop(guard);
        stack.run_until_idle();
        assert_eq!(*locker.lock.lock().unwrap(), usize::from(!waits));
        let rules: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, if waits { vec![Rule::CancelUnderLock] } else { vec![] });
    }
}
