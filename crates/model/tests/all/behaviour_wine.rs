//! The profile `wine`: success, a NULL handle, no callback, no Teredo.

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::{CancelBegin, Machine, Request};
use netiosim_model::net::AF_UNSPEC;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::teredo::PortWish;

#[test]
fn a_registration_succeeds_and_never_calls_back() {
    let chooser = &mut First::default();
    let mut machine = Machine::new(Profile::Wine, home());
    let process = machine.process("app", Flavour::User);
    let main = machine.actor("main", process);
    let request = Request { initial: true, ..Request::new("ports", 1) };
    let registered = machine.notify_teredo_port_change(main, &request, chooser);
    assert_eq!((registered.code, registered.handle), (0, Handle::NULL));
    assert!(registered.initial.is_empty());
    machine.change(None, &Change::TeredoRestart(PortWish::Another), chooser).expect("a restart");
    assert!(machine.deliverable().is_empty());
    assert_eq!(machine.get_teredo_port(main, true, chooser).1, 50);
    assert!(machine.findings().is_empty());
}

#[test]
fn a_cancel_succeeds_whatever_it_is_given() {
    // Wine's CancelMibChangeNotify2 answers NO_ERROR to every handle, and NULL is what its
    // registrations hand out.
    let chooser = &mut First::default();
    let mut machine = Machine::new(Profile::Wine, home());
    let process = machine.process("app", Flavour::User);
    let main = machine.actor("main", process);
    for handle in [Handle(0x10), Handle::NULL] {
        let answer = machine.cancel_begin(main, handle, chooser);
        assert!(matches!(answer, CancelBegin::Done { code: 0, .. }), "{handle}: {answer:?}");
    }
}

#[test]
fn the_stable_table_has_no_answer() {
    // Wine does not export the function, so there is no stub to succeed.
    let chooser = &mut First::default();
    let mut machine = Machine::new(Profile::Wine, home());
    let process = machine.process("app", Flavour::User);
    let main = machine.actor("main", process);
    let function = Function::NotifyStableUnicastIpAddressTable;
    let answer = machine.notify(main, function, AF_UNSPEC, &Request::new("stable", 1), chooser);
    assert_eq!((answer.status, answer.code), (Status::NotSupported, 50));
    assert_eq!((answer.handle, answer.table), (Handle::NULL, None));
}
