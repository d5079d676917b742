//! A driver of the stack asks what the calling thread is, and reports what the model cannot see.

use netiosim_sim::Stack;
use netiosim_sim::model::machine::{Irql, RowFill};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;

#[test]
fn the_level_and_the_flavour_of_the_calling_thread() {
    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    assert_eq!((stack.irql(), stack.flavour()), (Irql::Passive, Flavour::Kernel));
    stack.set_irql(Irql::Apc);
    assert_eq!(stack.irql(), Irql::Apc);
    stack.set_irql(Irql::Passive);
    let program = stack.process("program", Flavour::User);
    let inside = program.enter();
    assert_eq!(stack.flavour(), Flavour::User);
    drop(inside);
    assert_eq!(stack.flavour(), Flavour::Kernel);
}

#[test]
fn a_report_is_a_finding_about_the_registration() {
    let stack = Stack::new();
    let changes = stack.teredo_port_change().name("ports").register(|_| {}).unwrap();
    stack.report(Rule::CallbackPanicked, Some(changes.handle()), "it read what is not there");
    let found = stack.take_findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].rule, Rule::CallbackPanicked);
    assert!(found[0].to_string().contains("it read what is not there"), "{}", found[0]);
}

#[test]
fn members_that_are_no_keys_are_filled_as_the_option_says() {
    let fill = |value: &str| Stack::builder().option("row-non-key", value).build().row_fill();
    assert_eq!(fill("zero"), RowFill::Zero);
    assert_eq!(fill("poison"), RowFill::Poison);
}
