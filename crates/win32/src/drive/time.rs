//! Deliveries and time.

use netiosim_sim::StackRef;

use super::problem::{Problem, Status};
use super::stacks::StackHandle;
use super::{answer, entry, known, on};

/// Makes every delivery that can be made now, and those that they cause; time does not go by. In controlled and
/// threads mode it waits until the stack's threads have made them. Their number is written to `*deliveries` unless
/// that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_run_until_idle(
    stack: *mut StackHandle,
    deliveries: *mut usize,
) -> Status {
    on(stack, entry!(netiosim_run_until_idle), |stack| {
        let count = idle(stack, 0)?;
        // SAFETY: the caller's.
        unsafe { answer(deliveries, count) };
        Ok(())
    })
}

/// Lets virtual time go by, fires every timer on the way, and makes the deliveries that become due, each at its time.
/// What was due before is delivered first. Their number is written to `*deliveries` unless that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_advance_ms(
    stack: *mut StackHandle,
    ms: u64,
    deliveries: *mut usize,
) -> Status {
    on(stack, entry!(netiosim_advance_ms), |stack| {
        let mut count = idle(stack, 0)?;
        let mut left_ms = ms;
        while left_ms > 0 {
            let step_ms = left_ms;
            left_ms -= stack.with_model(|model, _, chooser| model.elapse(step_ms, chooser));
            count += idle(stack, count)?;
        }
        // SAFETY: the caller's.
        unsafe { answer(deliveries, count) };
        Ok(())
    })
}

/// The virtual time in milliseconds since the stack began, written to `*ms` unless that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_now_ms(stack: *mut StackHandle, ms: *mut u64) -> Status {
    on(stack, entry!(netiosim_now_ms), |stack| {
        // SAFETY: the caller's.
        unsafe { answer(ms, stack.now_ms()) };
        Ok(())
    })
}

fn idle(stack: &StackRef, before: usize) -> Result<usize, Problem> {
    stack
        .run_until_idle_within(known::delivery_limit(stack).saturating_sub(before))
        .map_err(|error| Problem { status: Status::NotIdle, text: error.to_string() })
}
