//! Calls of a driver at too high an IRQL are flagged and go on (TP-29, GT-11, NI-29, CX-13).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{Irql, Request};

/// How many findings each of the four functions makes at a level.
fn flagged(bench: &mut Bench, irql: Irql) -> [usize; 4] {
    let handle = bench.ports("to cancel");
    let main = bench.main;
    bench.machine.set_irql(main, irql);
    let request = Request::new("at a level", 1);
    let mut new = [0; 4];
    for (n, new) in new.iter_mut().enumerate() {
        let before = bench.machine.findings().len();
        let (machine, chooser) = (&mut bench.machine, &mut bench.chooser);
        let code = match n {
            0 => machine.notify_teredo_port_change(main, &request, chooser).code,
            1 => machine.notify_ip_interface_change(main, 0, &request, chooser).code,
            2 => machine.get_teredo_port(main, true, chooser).1,
            _ => code_of(bench.cancel(main, handle)),
        };
        assert_eq!(code, 0, "the call goes on");
        *new = bench.machine.findings().len() - before;
    }
    bench.machine.set_irql(main, Irql::Passive);
    new
}

#[test]
fn each_function_has_its_limit() {
    let mut driver = Bench::driver();
    assert_eq!(flagged(&mut driver, Irql::Passive), [0, 0, 0, 0]);
    assert_eq!(flagged(&mut driver, Irql::Apc), [0, 0, 0, 1]);
    assert_eq!(flagged(&mut driver, Irql::Dispatch), [1, 1, 1, 1]);
    assert!(driver.rules().iter().all(|rule| *rule == "N011"));
    let message = &driver.machine.findings()[0].message;
    assert_eq!(
        message,
        "CancelMibChangeNotify2 was called at APC_LEVEL; it is allowed at PASSIVE_LEVEL only"
    );
}

#[test]
fn programs_have_no_irql() {
    let mut program = Bench::new();
    assert_eq!(flagged(&mut program, Irql::Dispatch), [0, 0, 0, 0]);
}
