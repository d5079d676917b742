//! What the tests share: polling by hand.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;
use netiosim_api::NetIo;
use watcher_stream::{IfEvent, IfWatcher};

/// Counts how often it is woken.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Count {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Polls until there is nothing more, and returns what came: `+10.0.0.5/24`, `-10.0.0.5/24`.
pub(crate) fn poll<N: NetIo>(watcher: &mut IfWatcher<N>, waker: &Arc<Count>) -> Vec<String> {
    let waker = Waker::from(waker.clone());
    let mut cx = Context::from_waker(&waker);
    let mut events = Vec::new();
    while let Poll::Ready(event) = Pin::new(&mut *watcher).poll_next(&mut cx) {
        events.push(match event.expect("it never ends").expect("the list is read") {
            IfEvent::Up(net) => format!("+{net}"),
            IfEvent::Down(net) => format!("-{net}"),
        });
    }
    events
}
