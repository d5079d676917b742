//! Findings: rules that the program broke.

use std::ffi::c_char;

use netiosim_sim::StackRef;
use netiosim_sim::model::rule::Rule;

use super::problem::{Problem, Status, optional_text};
use super::stacks::StackHandle;
use super::{answer, entry, on, strings};

/// How many findings of a rule, such as "N001" or "self-cancel", there are so far, acknowledged ones included; NULL:
/// of every rule. The number is written to `*count` unless that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_count_findings(
    stack: *mut StackHandle,
    rule: *const c_char,
    count: *mut usize,
) -> Status {
    on(stack, entry!(netiosim_count_findings), |stack| {
        // SAFETY: the caller's.
        let rule = unsafe { rule_of(rule) }?;
        let findings = stack.findings();
        let found = findings.iter().filter(|one| rule.is_none_or(|rule| one.rule == rule)).count();
        // SAFETY: the caller's.
        unsafe { answer(count, found) };
        Ok(())
    })
}

/// The text of the finding with this number, from 0, in the order in which they came: what happened and how it came
/// about. Free it with `netiosim_free_text`; NULL when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_finding_text(
    stack: *mut StackHandle,
    number: usize,
) -> *mut c_char {
    let mut answer = std::ptr::null_mut();
    let _ = on(stack, entry!(netiosim_finding_text), |stack| {
        answer = strings::hand_out(&finding(stack, number)?.to_string());
        Ok(())
    });
    answer
}

/// The rule of the finding with this number, such as "N001". Free it with `netiosim_free_text`; NULL when there is
/// none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_finding_rule(
    stack: *mut StackHandle,
    number: usize,
) -> *mut c_char {
    let mut answer = std::ptr::null_mut();
    let _ = on(stack, entry!(netiosim_finding_rule), |stack| {
        answer = strings::hand_out(finding(stack, number)?.rule.id());
        Ok(())
    });
    answer
}

/// Acknowledges the findings of a rule so far, so that they do not speak against the program at the end; NULL: of
/// every rule. How many there were that nobody had acknowledged is written to `*count` unless that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_acknowledge(
    stack: *mut StackHandle,
    rule: *const c_char,
    count: *mut usize,
) -> Status {
    on(stack, entry!(netiosim_acknowledge), |stack| {
        // SAFETY: the caller's.
        let done = match unsafe { rule_of(rule) }? {
            Some(rule) => stack.acknowledge(rule),
            None => stack.take_findings().len(),
        };
        // SAFETY: the caller's.
        unsafe { answer(count, done) };
        Ok(())
    })
}

fn finding(
    stack: &StackRef,
    number: usize,
) -> Result<netiosim_sim::model::finding::Finding, Problem> {
    let findings = stack.findings();
    let count = findings.len();
    let missing = || Problem::argument(format!("there is no finding {number}: there are {count}"));
    findings.into_iter().nth(number).ok_or_else(missing)
}

/// # Safety
///
/// It is NULL or ends with a NUL.
unsafe fn rule_of(rule: *const c_char) -> Result<Option<Rule>, Problem> {
    // SAFETY: the caller's.
    let text = unsafe { optional_text(rule, "the rule") }?;
    text.map(Rule::parse).transpose().map_err(|error| Problem::argument(error.to_string()))
}
