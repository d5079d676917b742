//! Calls that fail because the test says so.

use crate::bench::{Bench, code_of};
use netiosim_model::event::{Function, What};
use netiosim_model::machine::{Fault, FaultTarget, Request};
use netiosim_model::status::Status;

fn try_ports(bench: &mut Bench, name: &str) -> u32 {
    let request = Request::new(name, 1);
    let machine = &mut bench.machine;
    let registered = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    assert_eq!(registered.handle.is_null(), registered.code != 0, "TP-03");
    registered.code
}

const NOTIFY: Function = Function::NotifyTeredoPortChange;

#[test]
fn only_the_nth_call() {
    // TP-17: out of memory.
    let mut bench = Bench::new();
    let fault = Fault { nth: Some(2), ..Fault::new(NOTIFY, Status::NotEnoughMemory) };
    bench.machine.fault_add(fault);
    let codes: Vec<u32> = (0..4).map(|n| try_ports(&mut bench, &n.to_string())).collect();
    assert_eq!(codes, [0, 8, 0, 0]);
    let hits = bench.machine.events().iter().filter(|e| matches!(e.what, What::Fault(_)));
    assert_eq!(hits.count(), 1);
    assert_eq!(bench.machine.registrations().count(), 3);
}

#[test]
fn only_one_registration_by_name() {
    let mut bench = Bench::new();
    let target = FaultTarget::Registration("b".into());
    // TP-18: the same Win32 number in both flavours.
    bench.machine.fault_add(Fault { target, ..Fault::new(NOTIFY, Status::InvalidHandle) });
    assert_eq!(try_ports(&mut bench, "a"), 0);
    assert_eq!(try_ports(&mut bench, "b"), 6);
}

#[test]
fn a_cancel_by_name_or_by_handle() {
    let cancel = Function::CancelMibChangeNotify2;
    for by_name in [true, false] {
        let mut bench = Bench::new();
        let (one, two) = (bench.ports("one"), bench.ports("two"));
        let target = match by_name {
            true => FaultTarget::Registration("two".into()),
            false => FaultTarget::Handle(two),
        };
        let id =
            bench.machine.fault_add(Fault { target, ..Fault::new(cancel, Status::CanNotComplete) });
        assert_eq!(code_of(bench.cancel(bench.main, one)), 0);
        assert_eq!(code_of(bench.cancel(bench.main, two)), 1003);
        assert!(bench.is_live(two));
        bench.restart(50_001);
        assert_eq!(bench.drain(two), [50_001]);
        bench.machine.fault_remove(id);
        assert_eq!(code_of(bench.cancel(bench.main, two)), 0);
    }
}

#[test]
fn only_until_a_time() {
    let mut bench = Bench::new();
    let fault = Fault { until_ms: Some(100), ..Fault::new(NOTIFY, Status::NotRegistered) };
    bench.machine.fault_add(fault);
    assert_eq!(try_ports(&mut bench, "a"), 1753);
    bench.machine.elapse(99, &mut bench.chooser);
    assert_eq!(try_ports(&mut bench, "b"), 1753);
    bench.machine.elapse(1, &mut bench.chooser);
    assert_eq!(try_ports(&mut bench, "c"), 0);
}

#[test]
fn the_newest_of_several_counts_and_all_can_be_taken_out() {
    let mut bench = Bench::new();
    bench.machine.fault_add(Fault::new(NOTIFY, Status::NotEnoughMemory));
    let newest = bench.machine.fault_add(Fault::new(NOTIFY, Status::Raw(31)));
    bench.machine.fault_add(Fault::new(Function::GetTeredoPort, Status::NotReady));
    assert_eq!(try_ports(&mut bench, "a"), 31);
    bench.machine.fault_remove(newest);
    assert_eq!(try_ports(&mut bench, "b"), 8);
    bench.machine.fault_clear(Some(NOTIFY));
    assert_eq!(try_ports(&mut bench, "c"), 0);
    let answer = bench.machine.get_teredo_port(bench.main, true, &mut bench.chooser);
    assert_eq!((answer.1, answer.2), (21, None));
    bench.machine.fault_clear(None);
    assert_eq!(bench.machine.get_teredo_port(bench.main, true, &mut bench.chooser).1, 0);
}
