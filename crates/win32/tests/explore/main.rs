//! Code over the Windows names, in every order of its calls and callbacks.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

mod abi;
mod backend;
mod executions;
mod freed_state;
mod half_constructed;
mod lock_over_cancel;
mod missed_update;
mod tables;
