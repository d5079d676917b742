//! Expectations whose calls have to come one after the other.

use std::fmt;
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

use super::chain::{Outcome, share_out};
use super::expectation::Shared;
use super::log::Log;
use super::report;
use super::spec::Spec;
use crate::StackRef;
use crate::sync::Mutex;

/// An order among expectations: the calls of the one that
/// [joined](crate::Expectation::in_sequence) first come first, then those of the next, and so on.
///
/// A call that fits several members goes to the first that can take it without breaking the order, so
/// that *query, cancel, query* can be said. Calls that fit no member may come anywhere.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
/// use netiosim_sim::model::event::Function;
///
/// let stack = Stack::new();
/// let order = stack.sequence();
/// // The registration first: a change between the two calls would be missed otherwise.
/// let _register = stack.expect_call(Function::NotifyTeredoPortChange).in_sequence(&order);
/// let _query = stack.expect_call(Function::GetTeredoPort).in_sequence(&order);
///
/// let _changes = stack.on_teredo_port_change(|_| {})?;
/// stack.teredo_port()?;
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
#[derive(Clone)]
pub struct Sequence {
    chain: Arc<Chain>,
}

struct Chain {
    stack: u64,
    place: &'static Location<'static>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    members: Vec<Arc<Shared>>,
    /// Whether somebody was told already that it is out of order.
    told: bool,
}

/// A member as it stands: what it asks for, and from when to when.
pub(super) struct Member {
    pub(super) spec: Arc<Spec>,
    pub(super) window: Range<usize>,
}

impl Sequence {
    pub(super) fn join(&self, stack: &StackRef, member: &Arc<Shared>) {
        assert!(
            self.chain.stack == stack.inner.uid,
            "an expectation of one stack cannot be in a sequence of another one"
        );
        let mut inside = self.chain.inside.lock();
        if !inside.members.iter().any(|other| Arc::ptr_eq(other, member)) {
            inside.members.push(member.clone());
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chain, &other.chain)
    }

    /// What is wrong with one member and with the order.
    pub(super) fn judge(&self, own: &Arc<Shared>, log: &Log) -> Option<String> {
        let (all, told) = {
            let inside = self.chain.inside.lock();
            (inside.members.clone(), inside.told)
        };
        let members: Vec<Member> = all.iter().map(|member| member.member(log)).collect();
        let own = all.iter().position(|member| Arc::ptr_eq(member, own))?;
        // No lock is held here: whether a call fits may be for the test to say.
        let mut calls = Vec::new();
        let mut fits = Vec::new();
        for at in 0..log.calls.len() {
            let row =
                members.iter().map(|m| m.window.contains(&at) && m.spec.fits(log, at, &m.window));
            let row: Vec<bool> = row.collect();
            if row.contains(&true) {
                calls.push(at);
                fits.push(row);
            }
        }
        let bounds: Vec<_> = members.iter().map(|member| member.spec.bounds()).collect();
        match share_out(&bounds, &fits) {
            Outcome::InOrder(taken) if taken[own] >= bounds[own].0 => None,
            Outcome::InOrder(taken) => {
                let Member { spec, window } = &members[own];
                Some(report::unmet(log, spec, window, Some(taken[own])))
            }
            Outcome::OutOfOrder { .. } if told => None,
            Outcome::OutOfOrder { at, wanted, taken } => {
                self.chain.inside.lock().told = true;
                let broken = report::Broken { call: calls[at], wanted: &wanted, taken: &taken };
                Some(report::out_of_order(log, self.chain.place, &members, &calls, &broken))
            }
        }
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.chain.inside.lock().members.len();
        f.debug_struct("Sequence").field("members", &members).finish_non_exhaustive()
    }
}

impl StackRef {
    /// An order for expectations to [join](crate::Expectation::in_sequence).
    #[track_caller]
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        let (stack, place) = (self.inner.uid, Location::caller());
        Sequence { chain: Arc::new(Chain { stack, place, inside: Mutex::default() }) }
    }
}
