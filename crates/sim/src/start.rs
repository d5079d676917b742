//! How a stack begins: anew, or made of what is left of another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netiosim_model::choose::Chooser;
use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::machine::Machine;

use crate::builder::Builder;
use crate::core::{Core, Inner};
use crate::picker::Picker;
use crate::stack::{Stack, StackRef};
use crate::sync::plain::Mutex as PlainMutex;
use crate::sync::{Condvar, Mutex, channel};
use crate::{bind, schedule};

/// Tags of the stacks that live.
static TAGS: PlainMutex<Vec<u16>> = PlainMutex::new(Vec::new());
static NEXT_UID: AtomicU64 = AtomicU64::new(1);

/// The machine of a stack before anything happens: with the program that the test is, and its first thread.
#[derive(Clone)]
pub(crate) struct First {
    pub(crate) machine: Machine,
    home: ProcessId,
    main: ActorId,
}

impl First {
    pub(crate) fn new(builder: &Builder, mut machine: Machine) -> Self {
        let home = machine.process("program", builder.flavour);
        machine.set_elevated(home, builder.elevated);
        let main = machine.actor("main", home);
        Self { machine, home, main }
    }
}

impl Stack {
    pub(crate) fn start(
        builder: &mut Builder,
        first: First,
        chooser: Box<dyn Chooser + Send>,
        picker: Picker,
    ) -> Self {
        let (tag, own) = match builder.tag {
            Some(tag) => (tag, None),
            None => {
                let tag = take_tag();
                (tag, Some(tag))
            }
        };
        let First { machine, home, main } = first;
        let inner = Arc::new(Inner {
            uid: NEXT_UID.fetch_add(1, Ordering::Relaxed),
            mode: builder.mode,
            on_deadlock: builder.on_deadlock,
            watchdog: builder.watchdog,
            announce: builder.announce,
            delivery_limit: builder.delivery_limit,
            report_leaks: builder.report_leaks,
            reproduce: builder.reproduce.take().unwrap_or_else(|| {
                format!("NETIOSIM_SEED={} NETIOSIM_PROFILE={}", builder.seed, builder.profile)
                    .into()
            }),
            switch_at: builder.switch_at,
            crew: builder.crew.take(),
            home,
            core: Mutex::new(Core::new(machine.tagged(tag), chooser, picker)),
            changed: Condvar::new(),
            watch: Condvar::new(),
            tick: Condvar::new(),
            tokens: channel::unbounded(),
        });
        {
            let mut core = inner.core.lock();
            core.pool.most = builder.workers;
            core.observers = std::mem::take(&mut builder.observers);
        }
        Self::of(inner, main, own)
    }

    /// One more stack in the place of one that nobody else has; gives it back when somebody has.
    pub(crate) fn restart(left: StackRef, first: &First) -> Result<Self, StackRef> {
        let mut inner = left.inner;
        if let Some(crew) = &inner.crew {
            crew.leave();
        }
        let Some(own) =
            Arc::get_mut(&mut inner).and_then(|own| own.core.get_mut().closing.then_some(own))
        else {
            return Err(StackRef { inner });
        };
        own.uid = NEXT_UID.fetch_add(1, Ordering::Relaxed);
        own.core.get_mut().renew(&first.machine);
        Ok(Self::of(inner, first.main, None))
    }

    /// The stack, with the calling thread as its first.
    fn of(inner: Arc<Inner>, main: ActorId, tag: Option<u16>) -> Self {
        {
            let mut core = inner.core.lock();
            // A guest's call ends where the lock is given back.
            let me = bind::bind_as(&inner, &mut core, main);
            schedule::start(&inner, &mut core, &me);
            if let Some(shared) = &me.shared {
                shared.in_api.store(false, Ordering::Release);
            }
            drop(core);
            drop(me);
        }
        Self { reference: StackRef { inner }, tag }
    }
}

fn take_tag() -> u16 {
    let mut tags = TAGS.lock();
    let tag = (0..u16::MAX).find(|tag| !tags.contains(tag)).unwrap_or(u16::MAX);
    tags.push(tag);
    tag
}

pub(crate) fn give_back_tag(tag: u16) {
    TAGS.lock().retain(|taken| *taken != tag);
}
