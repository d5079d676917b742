//! The module that holds a callback (TP-23, NI-18), and callbacks of other processes (TP-22, NI-17).

use crate::bench::{Bench, code_of};
use netiosim_model::ids::{Handle, ModuleId};
use netiosim_model::machine::{CancelBegin, Request};
use netiosim_model::status::Flavour;

fn register(bench: &mut Bench, module: ModuleId) -> Handle {
    let request = Request { module: Some(module), ..Request::new("plugin", 4) };
    let machine = &mut bench.machine;
    machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser).handle
}

#[test]
fn unloaded_under_a_live_registration() {
    let mut bench = Bench::new();
    let module = bench.machine.module_add(bench.process, "plugin.dll", true);
    let handle = register(&mut bench, module);
    bench.machine.module_unload(bench.main, bench.process, module);
    assert_eq!(bench.rules(), ["N009"]);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.rules(), ["N009", "N009"], "the callback was called in nothing");
}

#[test]
fn not_loaded_when_it_registers() {
    let mut bench = Bench::new();
    let module = bench.machine.module_add(bench.process, "plugin.dll", false);
    let handle = register(&mut bench, module);
    assert_eq!(bench.rules(), ["N009"]);
    bench.machine.module_load(bench.process, module);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.rules(), ["N009"], "loaded in time for the call");
}

#[test]
fn unloaded_after_the_cancel_is_right() {
    let mut bench = Bench::new();
    let module = bench.machine.module_add(bench.process, "plugin.dll", true);
    let handle = register(&mut bench, module);
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
    bench.machine.module_unload(bench.main, bench.process, module);
    assert!(bench.rules().is_empty());
}

#[test]
fn unloaded_while_the_cancel_still_waits() {
    // N009: it stays until the cancel returned.
    let mut bench = Bench::new();
    let module = bench.machine.module_add(bench.process, "plugin.dll", true);
    let handle = register(&mut bench, module);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.machine.module_unload(bench.other, bench.process, module);
    assert_eq!(bench.rules(), ["N009"], "the callback runs in it");
}

#[test]
fn a_callback_of_another_process_is_refused() {
    let mut bench = Bench::new();
    let helper = bench.machine.process("helper", Flavour::User);
    let request = Request { callback_process: Some(helper), ..Request::new("theirs", 4) };
    let machine = &mut bench.machine;
    let refused = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    assert_eq!((refused.code, refused.handle), (87, Handle::NULL));
    assert_eq!(bench.rules(), ["N014"]);
}

#[test]
fn only_those_whose_callback_is_in_it_are_reported() {
    let mut bench = Bench::new();
    let module = bench.machine.module_add(bench.process, "plugin.dll", true);
    let other_module = bench.machine.module_add(bench.process, "other.dll", true);
    let (handle, _) = (register(&mut bench, module), register(&mut bench, other_module));
    bench.ports("in the program itself");
    // The module of the same number of another process is another module.
    let helper = bench.machine.process("helper", Flavour::User);
    let theirs = bench.machine.module_add(helper, "theirs.dll", true);
    assert_eq!(theirs, module);
    let stranger = bench.machine.actor("stranger", helper);
    let request = Request { module: Some(theirs), ..Request::new("theirs", 4) };
    let machine = &mut bench.machine;
    assert_eq!(machine.notify_teredo_port_change(stranger, &request, &mut bench.chooser).code, 0);
    machine.module_unload(bench.main, bench.process, module);
    let found: Vec<_> = machine.findings().iter().map(|finding| finding.handle).collect();
    assert_eq!(found, [Some(handle)]);
}
