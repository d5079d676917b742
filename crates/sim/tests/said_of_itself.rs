//! What the types of this crate say of themselves names what they stand for.

use netiosim_sim::model::event::Function;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Builder, CancelError, JoinError, RawCallback, Stack, StackParts};

#[test]
fn things() {
    let stack = Stack::new();
    let registration = stack.on_teredo_port_change(|_| {}).unwrap();
    let handle = format!("{:?}", registration.handle());
    let table = stack.unicast_addresses(None).unwrap();
    let number = format!("{:?}", table.id());
    let channel = stack.channel::<u8>("messages", 3);
    let expectation = stack.expect_call(Function::GetTeredoPort).at_least(0);
    let sequence = stack.sequence();
    let stub = stack.stub(Function::GetTeredoPort).nth(7).returning(21);
    let process = stack.process("vpn", Flavour::User);
    let inside = process.enter();
    for (text, wanted) in [
        (format!("{registration:?}"), handle.as_str()),
        (format!("{table:?}"), number.as_str()),
        (format!("{table:?}"), "192.168.1.10"),
        (format!("{channel:?}"), "ChannelId"),
        (format!("{expectation:?}"), "said_of_itself.rs"),
        (format!("{sequence:?}"), "Sequence"),
        (format!("{stub:?}"), "FaultId"),
        (format!("{inside:?}"), "ActorId"),
        (format!("{:?}", RawCallback::new(|_| {})), "RawCallback"),
        (format!("{:?}", Builder::new().seed(4711)), "4711"),
        (format!("{:?}", Builder::new().seed(4711).prototype().unwrap()), "4711"),
        (format!("{:?}", StackParts::seeded(0, 4711)), "4711"),
    ] {
        assert!(text.contains(wanted), "{text}, expected {wanted}");
    }
}

#[test]
fn a_deadlock_and_whoever_got_it() {
    let stack = Stack::new();
    let inside = stack.handle();
    let (tell, told) = std::sync::mpsc::channel();
    let own = netiosim_sim::HandleCell::new();
    let handle = own.clone();
    let registration = stack.on_teredo_port_change(move |_| {
        let _ = tell.send(inside.cancel(handle.get()));
    });
    let registration = registration.unwrap();
    own.set(registration.handle());
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let refused = told.recv().expect("it was called").expect_err("it would wait for itself");
    let findings = stack.take_findings();
    assert_eq!(findings[0].rule, Rule::SelfCancel);
    assert_eq!(refused.to_string(), findings[0].message);
    let CancelError::Deadlock(deadlock) = refused else { panic!("{refused:?}") };
    assert_eq!(deadlock.to_string(), findings[0].message);
    assert_eq!(format!("{deadlock:?}"), findings[0].to_string(), "the whole explanation");
    let join = JoinError::Deadlock(deadlock.clone());
    assert_eq!(join.to_string(), deadlock.to_string());
    assert_eq!(format!("{join:?}"), format!("{deadlock:?}"));
    let unsent = netiosim_sim::SendError { message: 7, deadlock: deadlock.clone() };
    assert_eq!(unsent.to_string(), deadlock.to_string());
    drop(registration);
}

#[test]
fn other_failures() {
    let stack = Stack::new();
    let failed = stack.cancel(Handle(0xBAD0)).expect_err("nobody has this handle");
    let CancelError::Failed(error) = &failed else { panic!("{failed:?}") };
    assert_eq!(failed.to_string(), error.to_string());
    assert!(failed.to_string().starts_with("CancelMibChangeNotify2 answered "), "{failed}");
    drop(stack.take_findings());

    let panicked = stack.spawn("unlucky", || panic!("no luck")).join().expect_err("it panicked");
    assert_eq!(panicked.to_string(), "the thread panicked");
    assert_eq!(format!("{panicked:?}"), "the thread panicked");
    assert_eq!(panicked.into_message(), "no luck");

    let idle = netiosim_sim::NotIdle { deliveries: 4711 };
    assert!(idle.to_string().starts_with("after 4711 deliveries "), "{idle}");
}
