//! The protocol of registration, delivery and cancel in real code, for tools that run real code.
//!
//! One thread registers and cancels, one changes the port, one delivers; the callback takes the client's lock. Nothing of
//! the rules, the tables or the profile is in it: it is the least that has the same orders.

/// The protocol on the primitives of one tool.
macro_rules! protocol {
    ($tool:ident) => {
        use std::collections::VecDeque;
        use std::sync::atomic::{AtomicBool, Ordering};

        use $tool::sync::{Arc, Condvar, Mutex};
        use $tool::thread;

        #[derive(Default)]
        struct State {
            registered: bool,
            /// The cancel has begun: nothing is delivered any more.
            cancelled: bool,
            running: bool,
            changes_left: usize,
            due: VecDeque<u16>,
        }

        struct Stack {
            state: Mutex<State>,
            /// Something is due, or never will be.
            news: Condvar,
            /// The callback has returned.
            idle: Condvar,
        }

        impl Stack {
            fn register(&self) {
                self.state.lock().unwrap().registered = true;
            }

            fn change_port(&self, port: u16) {
                let mut state = self.state.lock().unwrap();
                state.changes_left -= 1;
                if state.registered && !state.cancelled {
                    state.due.push_back(port);
                }
                self.news.notify_one();
            }

            /// Waits for something to deliver; `None`: there never will be anything.
            fn next(&self) -> Option<u16> {
                let mut state = self.state.lock().unwrap();
                loop {
                    if let Some(port) = state.due.pop_front() {
                        state.running = true;
                        return Some(port);
                    }
                    if state.cancelled || state.changes_left == 0 {
                        return None;
                    }
                    state = self.news.wait(state).unwrap();
                }
            }

            fn returned(&self) {
                self.state.lock().unwrap().running = false;
                self.idle.notify_one();
            }

            fn cancel(&self) {
                let mut state = self.state.lock().unwrap();
                state.cancelled = true;
                state.due.clear();
                self.news.notify_one();
                while state.running {
                    state = self.idle.wait(state).unwrap();
                }
            }
        }

        /// One execution.
        pub(crate) fn execution(events: usize) {
            let state = State { changes_left: events, ..State::default() };
            let stack =
                Stack { state: Mutex::new(state), news: Condvar::new(), idle: Condvar::new() };
            let (stack, rules) = (Arc::new(stack), Arc::new(Mutex::new(0)));
            // The tool does not see it, so it makes no order of its own.
            let gone = std::sync::Arc::new(AtomicBool::new(false));
            let network = thread::spawn({
                let stack = stack.clone();
                move || (50_001..).take(events).for_each(|port| stack.change_port(port))
            });
            let worker = thread::spawn({
                let (stack, rules, gone) = (stack.clone(), rules.clone(), gone.clone());
                move || {
                    while let Some(port) = stack.next() {
                        *rules.lock().unwrap() = port;
                        assert!(!gone.load(Ordering::Relaxed), "a callback behind the cancel");
                        stack.returned();
                    }
                }
            });
            stack.register();
            stack.cancel();
            gone.store(true, Ordering::Relaxed);
            network.join().unwrap();
            worker.join().unwrap();
        }
    };
}

pub(crate) use protocol;
