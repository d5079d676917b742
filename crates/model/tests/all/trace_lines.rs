//! The trace as text: when, who, what, in fixed columns.

use netiosim_model::change::Effect;
use netiosim_model::event::{Event, What};
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, Handle, LaneId, ModuleId};
use netiosim_model::machine::{Request, Wait};
use netiosim_model::net::{AF_UNSPEC, Family, NotificationType};
use netiosim_model::notification::{Notification, RowKey};
use netiosim_model::row::{HintRow, hint_level};
use netiosim_model::teredo::TeredoState;

use crate::bench::{Bench, code_of};
use crate::net::{ETHERNET, ip, key};

fn event(actor: Option<ActorId>, what: What) -> Event {
    Event { at_ms: 12, actor, place: None, what }
}

/// What is told of something that an actor did, without the columns before it.
fn told(bench: &Bench, what: What) -> String {
    let line = bench.machine.trace_line(&event(Some(bench.main), what));
    let rest = line.strip_prefix("       12  main              ");
    rest.unwrap_or_else(|| panic!("{line:?}")).to_owned()
}

#[test]
fn a_line_begins_with_the_time_and_the_actor_and_ends_with_the_place() {
    let mut bench = Bench::new();
    let note = || What::Note("hello".to_owned());
    let line = |bench: &Bench, event: &Event| bench.machine.trace_line(event);
    assert_eq!(line(&bench, &event(None, note())), "       12  -                 note    hello");
    assert_eq!(
        line(&bench, &event(Some(bench.main), note())),
        "       12  main              note    hello"
    );
    let place = bench.machine.place_id("src/vpn.rs:120");
    bench.machine.at_place(bench.main, place);
    bench.machine.record(true);
    bench.machine.note(Some(bench.main), "there");
    let events = bench.machine.events();
    assert_eq!(events.len(), 1);
    assert_eq!(
        bench.machine.trace_text(events),
        "        0  main              note    there  [src/vpn.rs:120]\n"
    );
    bench.machine.record(false);
    bench.machine.note(Some(bench.main), "nobody hears that");
    assert_eq!(bench.machine.events().len(), 1);
}

#[test]
fn a_whole_run_is_told_line_by_line() {
    let mut bench = Bench::new();
    bench.machine.record(true);
    let handle = bench.ports("ports");
    bench.restart(40_000);
    bench.begin(handle, bench.pool);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
    let text = bench.machine.trace_text(bench.machine.events());
    // The routes and addresses of Teredo that a restart brings are many.
    let brought = |line: &&str| line.contains("effect  route") || line.contains("effect  address");
    let lines: Vec<&str> = text.lines().filter(|line| !brought(line)).collect();
    assert_eq!(
        lines,
        [
            "        0  main              call    NotifyTeredoPortChange",
            "        0  main              return  NotifyTeredoPortChange = NO_ERROR (0), ports",
            "        0  -                 change  teredo_restart",
            "        0  -                 effect  Teredo qualified to probe",
            "        0  -                 effect  Teredo port 50000 to 40000",
            "        0  -                 effect  IPv6 interface 3: MibParameterNotification",
            "        0  pool              begin   ports #1: MibParameterNotification, port 40000",
            "        0  pool              end     ports #1",
            "        0  main              call    CancelMibChangeNotify2(ports)",
            "        0  main              return  CancelMibChangeNotify2 = NO_ERROR (0), ports",
        ]
    );
    assert!(text.lines().count() > lines.len());
}

#[test]
fn a_code_is_told_by_name_and_an_ntstatus_in_hexadecimal() {
    let answer =
        |code, port, handle| What::Return { function: Function::GetTeredoPort, code, handle, port };
    let user = Bench::new();
    for (code, text) in [
        (0, "return  GetTeredoPort = NO_ERROR (0)"),
        (111, "return  GetTeredoPort = ERROR_BUFFER_OVERFLOW (111)"),
        (0xFFFF_1234, "return  GetTeredoPort = 0xffff1234"),
    ] {
        assert_eq!(told(&user, answer(code, None, None)), text);
    }
    let null = Some(Handle::NULL);
    assert_eq!(
        told(&user, answer(0, Some(40_000), null)),
        "return  GetTeredoPort = NO_ERROR (0), port 40000, NULL"
    );
    let driver = Bench::driver();
    for (code, text) in [
        (0, "return  GetTeredoPort = STATUS_SUCCESS (0)"),
        (0xC000_000D, "return  GetTeredoPort = STATUS_INVALID_PARAMETER (0xc000000d)"),
        (111, "return  GetTeredoPort = ERROR_BUFFER_OVERFLOW (111)"),
    ] {
        assert_eq!(told(&driver, answer(code, None, None)), text);
    }
}

#[test]
fn handles_are_told_by_the_names_of_their_registrations() {
    let mut bench = Bench::new();
    let silent = bench.ports("before the record");
    bench.machine.record(true);
    let heard = bench.ports("ports");
    let call = |handle| What::Call { function: Function::CancelMibChangeNotify2, handle };
    for (handle, text) in [
        (None, "call    CancelMibChangeNotify2"),
        (Some(Handle::NULL), "call    CancelMibChangeNotify2(NULL)"),
        (Some(heard), "call    CancelMibChangeNotify2(ports)"),
        (Some(silent), "call    CancelMibChangeNotify2(before the record)"),
        (Some(Handle(0x77)), "call    CancelMibChangeNotify2(0x77)"),
    ] {
        assert_eq!(told(&bench, call(handle)), text);
    }
    // What is cancelled keeps its name.
    assert_eq!(code_of(bench.cancel(bench.main, heard)), 0);
    assert_eq!(told(&bench, call(Some(heard))), "call    CancelMibChangeNotify2(ports)");
}

#[test]
fn the_lanes_of_two_families_are_told_apart() {
    let mut bench = Bench::new();
    bench.machine.record(true);
    let both = {
        let request = Request::new("both", 1);
        let function = Function::NotifyIpInterfaceChange;
        bench.machine.notify(bench.main, function, AF_UNSPEC, &request, &mut bench.chooser).handle
    };
    let one = bench.ports("one");
    let end = |handle, lane| What::End { lane: LaneId { handle, lane }, number: 3 };
    assert_eq!(told(&bench, end(both, 0)), "end     both/IPv4 #3");
    assert_eq!(told(&bench, end(both, 1)), "end     both/IPv6 #3");
    assert_eq!(told(&bench, end(one, 0)), "end     one #3");
    let kind = NotificationType::Parameter;
    let row = Some(RowKey { family: Family::V6, luid: ETHERNET, index: 2 });
    let lane = LaneId { handle: both, lane: 1 };
    let begin =
        What::Begin { lane, number: 4, notification: Notification::IpInterface { row, kind } };
    assert_eq!(
        told(&bench, begin),
        "begin   both/IPv6 #4: MibParameterNotification, IPv6 of interface 2"
    );
}

#[test]
fn consequences_are_told_in_words() {
    let bench = Bench::new();
    let (luid, index) = (ETHERNET, 2);
    for (effect, text) in [
        (
            Effect::TeredoState { from: TeredoState::Offline, to: TeredoState::Dormant },
            "effect  Teredo offline to dormant",
        ),
        (Effect::TeredoPort { from: None, to: Some(40_000) }, "effect  Teredo port none to 40000"),
        (Effect::TeredoPort { from: Some(40_000), to: None }, "effect  Teredo port 40000 to none"),
        (
            Effect::Address { luid, address: ip("10.0.0.1"), index, kind: NotificationType::Add },
            "effect  address 10.0.0.1 added to interface 2",
        ),
        (
            Effect::Address {
                luid,
                address: ip("10.0.0.1"),
                index,
                kind: NotificationType::Delete,
            },
            "effect  address 10.0.0.1 removed from interface 2",
        ),
        (
            Effect::Route {
                key: key("10.0.0.0", 8, "192.168.1.2"),
                index,
                kind: NotificationType::Parameter,
            },
            "effect  route 10.0.0.0/8 by 192.168.1.2 changed on interface 2",
        ),
        (
            Effect::IpInterface { luid, index, family: Family::V4, kind: NotificationType::Add },
            "effect  IPv4 interface 2: MibAddInstance",
        ),
    ] {
        assert_eq!(told(&bench, What::Effect(effect)), text);
    }
    let hint = HintRow { level: hint_level::INTERNET_ACCESS, ..HintRow::default() };
    assert_eq!(told(&bench, What::Effect(Effect::Hint(hint))), format!("effect  {hint}"));
}

#[test]
fn everything_else_that_happens_has_its_word() {
    let mut bench = Bench::new();
    bench.machine.record(true);
    let handle = bench.ports("ports");
    for (what, text) in [
        (What::Waits(Wait::Cancel(handle)), "waits   for the running callback to return"),
        (What::Change("teredo_stop"), "change  teredo_stop"),
        (What::Exited(bench.other), "exit    other"),
        (What::Joined(bench.pool), "joined  pool"),
        (What::ProcessExit(bench.process), "exit    process app"),
        (What::Module { module: ModuleId(2), loaded: true }, "module  2 loaded"),
        (What::Module { module: ModuleId(2), loaded: false }, "module  2 unloaded"),
        (What::Reboot, "reboot"),
        (What::NsiRestart, "restart of the NSI service"),
        (What::Finding(9), "FINDING"),
        (What::Note("by hand".to_owned()), "note    by hand"),
    ] {
        assert_eq!(told(&bench, what), text);
    }
}
