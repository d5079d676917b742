//! Arguments that are wrong, and their codes in both flavours (TP-01 to TP-05, NI-03 to NI-06).

use crate::bench::Bench;
use netiosim_model::machine::{Registered, Request};

fn teredo(bench: &mut Bench, request: &Request) -> Registered {
    bench.machine.notify_teredo_port_change(bench.main, request, &mut bench.chooser)
}

fn interface(bench: &mut Bench, family: u16, request: &Request) -> Registered {
    bench.machine.notify_ip_interface_change(bench.main, family, request, &mut bench.chooser)
}

#[test]
fn null_callback_null_pointer_and_families() {
    for (mut bench, invalid) in [(Bench::new(), 87), (Bench::driver(), 0xC000_000D)] {
        let good = Request::new("good", 1);
        let null_callback = Request { callback: None, ..good.clone() };
        let null_pointer = Request { handle_pointer: false, ..good.clone() };
        for bad in [&null_callback, &null_pointer] {
            for registered in [teredo(&mut bench, bad), interface(&mut bench, 0, bad)] {
                assert_eq!((registered.code, registered.handle.is_null()), (invalid, true));
            }
        }
        for family in [1, 3, 10, 22, 24, u16::MAX] {
            let registered = interface(&mut bench, family, &good);
            assert_eq!((registered.code, registered.handle.is_null()), (invalid, true), "{family}");
        }
        for family in [0, 2, 23] {
            let registered = interface(&mut bench, family, &good);
            assert_eq!((registered.code, registered.handle.is_null()), (0, false), "{family}");
        }
        assert_eq!(bench.machine.registrations().count(), 3);
        assert!(bench.rules().is_empty());
    }
}

#[test]
fn the_chosen_code_for_the_silent_cases() {
    // O-01 is about the interface function only: the Teredo page documents its code.
    let mut bench = Bench::with(&[("null-callback", "invalid-handle")]);
    let null = Request { callback: None, ..Request::new("null", 1) };
    assert_eq!(teredo(&mut bench, &null).code, 87);
    assert_eq!(interface(&mut bench, 0, &null).code, 6);
}

#[test]
fn the_context_goes_through_unchanged() {
    // TP-10, NI-15.
    let mut bench = Bench::new();
    for context in [0, 1, u64::MAX] {
        let handle = teredo(&mut bench, &Request { context, ..Request::new("c", 5) }).handle;
        bench.restart(50_001);
        let due = bench.begin(handle, bench.pool);
        assert_eq!((due.context, due.callback), (context, 5));
        bench.machine.delivery_end(bench.pool);
        let _ = bench.cancel(bench.main, handle);
        bench.restart(50_000);
    }
}
