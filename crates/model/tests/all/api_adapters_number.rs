//! GetNumberOfInterfaces: how many interfaces there are, the loopback among them.

use crate::adapters::Bench;
use netiosim_model::api::{Call, Output};
use netiosim_model::build::{home, many};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::profile::{OptionId, Profile};

#[test]
fn ad_30_every_interface_counts_by_the_first_sentence() {
    let mut bench = Bench::new();
    assert_eq!(bench.number(), 3, "loopback, Ethernet, Teredo");
    let usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    bench.change(&Change::InterfaceAdd(Box::new(usb)));
    assert_eq!(bench.number(), 4);
}

#[test]
fn ad_31_one_more_than_the_older_list_by_the_second_sentence() {
    let mut bench = Bench::fixed(home(), "number-of-interfaces", "info-and-loopback");
    assert_eq!(bench.number(), 2, "loopback and Ethernet");
}

#[test]
fn where_both_sentences_agree_nothing_is_asked() {
    // Its Teredo client is disabled, and every adapter has IPv4.
    let mut bench = Bench::under(Profile::Adversarial, many(2));
    assert_eq!((bench.info().list.len(), bench.number()), (2, 3));
    let open = bench.machine.options().is_open(OptionId::NumberOfInterfaces);
    assert!(open, "the option is still undecided");
    let mut asked = Bench::under(Profile::Adversarial, home());
    asked.number();
    assert!(!asked.machine.options().is_open(OptionId::NumberOfInterfaces));
}

#[test]
fn a_null_pointer_is_invalid() {
    // Chosen: the page names no error.
    let call = Call::Number { function: Function::GetNumberOfInterfaces, pointer: false };
    let reply = Bench::new().call(&call);
    assert_eq!((reply.code, reply.output), (87, Output::Nothing));
}
