//! Which functions a machine has, and how "it is not there" differs from "it fails".

use std::net::{IpAddr, Ipv4Addr};

use netiosim_model::api::{Call, Memory, Output, Value};
use netiosim_model::build::home;
use netiosim_model::choose::First;
use netiosim_model::function::{Function, MostIrql, Shape};
use netiosim_model::ids::{ActorId, Handle};
use netiosim_model::machine::{Fault, Irql, Machine, Request};
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;

/// The newest build before version 2004.
const V10_1909: Windows = Windows(18_363);

struct Bench {
    machine: Machine,
    main: ActorId,
}

impl Bench {
    fn on(windows: Windows, flavour: Flavour) -> Self {
        let mut env = home();
        env.place_windows(windows);
        let mut machine = Machine::new(Profile::Documented, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, main }
    }

    fn exists(&self, function: Function) -> bool {
        self.machine.exists(self.main, function)
    }

    /// Calls a function with parameters that are good, or good enough; answers its status and code
    /// and whether it wrote nothing.
    fn call(&mut self, function: Function) -> (Status, u32, bool) {
        let (machine, main, chooser) = (&mut self.machine, self.main, &mut First::default());
        let call = match function.spec().shape {
            Shape::Notify => {
                let request = Request::new("a registration", 1);
                let registered = machine.notify(main, function, 0, &request, chooser);
                let nothing = registered.handle == Handle::NULL
                    && registered.table.is_none()
                    && registered.initial.is_empty();
                return (registered.status, registered.code, nothing);
            }
            Shape::Overlapped => {
                let overlapped = machine.overlapped("overlapped");
                let (status, code) = machine.notify_overlapped(main, function, overlapped);
                return (status, code, true);
            }
            Shape::Cancel | Shape::Free => panic!("{function} has no status of its own here"),
            Shape::Port => {
                let (status, code, port) = machine.get_teredo_port(main, true, chooser);
                return (status, code, port.is_none());
            }
            Shape::Row(row) => Call::Row { function, level: 0, row: Some(Row::empty(row)) },
            Shape::Table(_) => Call::table(function, 0),
            Shape::BestRoute => Call::BestRoute {
                luid: None,
                index: 0,
                source: None,
                destination: Some(IpAddr::from([192, 168, 1, 77]).into()),
                sort_options: 0,
                route_pointer: true,
                source_pointer: true,
            },
            Shape::BestInterface => {
                let destination = Some(IpAddr::from([192, 168, 1, 77]).into());
                Call::BestInterface { function, destination, pointer: true }
            }
            Shape::Hint => Call::Hint { function, index: 2, pointer: true },
            Shape::Convert => {
                let input = Some(match function {
                    Function::ConvertIpv4MaskToLength => Value::Mask(Ipv4Addr::BROADCAST),
                    Function::ConvertLengthToIpv4Mask => Value::Length(8),
                    _ => Value::Index(2),
                });
                Call::Convert { function, input, pointer: true, length: 257 }
            }
            Shape::Adapters if function == Function::GetAdaptersInfo => Call::adapters_info(),
            Shape::Adapters => Call::adapters_addresses(0, 0),
            Shape::Number => Call::Number { function, pointer: true },
        };
        let reply = machine.call(main, &call, chooser);
        (reply.status, reply.code, reply.output == Output::Nothing)
    }

    fn rules(&self) -> Vec<&'static str> {
        self.machine.findings().iter().map(|finding| finding.rule.id()).collect()
    }
}

/// Functions whose answer is looked at here: all but the cancels and FreeMibTable.
fn with_status() -> impl Iterator<Item = Function> {
    let quiet = |function: &Function| !matches!(function.spec().shape, Shape::Cancel | Shape::Free);
    Function::ALL.into_iter().filter(quiet)
}

#[test]
fn vista_has_all_but_four() {
    // TP-30, NI-27
    let user = Bench::on(Windows::VISTA, Flavour::User);
    assert!(user.exists(Function::NotifyTeredoPortChange), "TP-30");
    assert!(user.exists(Function::NotifyIpInterfaceChange), "NI-27");
    // GT-12, and TP-30 for drivers
    let kernel = Bench::on(Windows::VISTA, Flavour::Kernel);
    assert!(kernel.exists(Function::GetTeredoPort), "GT-12");
    assert!(kernel.exists(Function::NotifyTeredoPortChange), "TP-30");
    let newer: Vec<&str> = Function::ALL
        .into_iter()
        .filter(|function| !user.exists(*function))
        .map(Function::name)
        .collect();
    assert_eq!(
        newer,
        [
            "NotifyNetworkConnectivityHintChange", // NH-06
            "GetIfEntry2Ex",                       // IF-09
            "GetNetworkConnectivityHint",          // CH-03
            "GetNetworkConnectivityHintForInterface",
        ]
    );
}

#[test]
fn they_are_callable_there() {
    let mut user = Bench::on(Windows::VISTA, Flavour::User);
    assert_eq!(user.call(Function::NotifyTeredoPortChange).1, 0, "TP-30");
    assert_eq!(user.call(Function::NotifyIpInterfaceChange).1, 0, "NI-27");
    let mut kernel = Bench::on(Windows::VISTA, Flavour::Kernel);
    assert_eq!(kernel.call(Function::GetTeredoPort).1, 0, "GT-12");
    assert_eq!(kernel.call(Function::NotifyTeredoPortChange).1, 0, "TP-30");
    assert!(user.rules().is_empty() && kernel.rules().is_empty());
}

#[test]
fn a_deprecated_function_stays_callable_on_the_newest() {
    // TP-31
    for flavour in Flavour::ALL {
        let mut bench = Bench::on(Windows::V11_24H2, flavour);
        assert!(bench.exists(Function::NotifyTeredoPortChange), "TP-31");
        assert_eq!(bench.call(Function::NotifyTeredoPortChange).1, 0, "TP-31");
        assert!(bench.rules().is_empty(), "TP-31");
    }
}

#[test]
fn each_newer_function_begins_with_one_build() {
    for (id, function, without, with) in [
        ("NH-06", Function::NotifyNetworkConnectivityHintChange, V10_1909, Windows::V10_2004),
        ("CH-03", Function::GetNetworkConnectivityHint, V10_1909, Windows::V10_2004),
        ("CH-03", Function::GetNetworkConnectivityHintForInterface, V10_1909, Windows::V10_2004),
        ("IF-09", Function::GetIfEntry2Ex, Windows::V8_1, Windows::V10_1703),
    ] {
        for flavour in Flavour::ALL {
            let old = Bench::on(without, flavour);
            assert!(!old.exists(function), "{id}: {function} on {without}");
            let new = Bench::on(with, flavour);
            assert!(new.exists(function), "{id}: {function} on {with}");
        }
    }
    let just_before = Windows(Windows::V10_2004.0 - 1);
    let bench = Bench::on(just_before, Flavour::User);
    assert!(!bench.exists(Function::NotifyNetworkConnectivityHintChange), "NH-06: build 19040");
    assert!(!bench.exists(Function::GetNetworkConnectivityHint), "CH-03: build 19040");
}

#[test]
fn a_function_never_goes_away_again() {
    for flavour in Flavour::ALL {
        for function in Function::ALL {
            let there =
                Windows::NAMED.iter().map(|(windows, _)| function.exists(*windows, flavour));
            assert!(there.is_sorted(), "{function}");
        }
    }
}

#[test]
fn programs_alone_have_the_functions_without_a_driver_page() {
    let user = Bench::on(Windows::default(), Flavour::User);
    let kernel = Bench::on(Windows::default(), Flavour::Kernel);
    let mut for_programs = Vec::new();
    for function in Function::ALL {
        assert!(user.exists(function), "{function}");
        assert_eq!(kernel.exists(function), function.spec().irql != MostIrql::UserOnly);
        if !kernel.exists(function) {
            for_programs.push(function.name());
        }
    }
    let expected = [
        "NotifyAddrChange",
        "NotifyRouteChange",
        "CancelIPChangeNotify",
        "GetBestInterface",
        "GetBestInterfaceEx",
        "GetAdaptersAddresses",
        "GetAdaptersInfo",
        "GetNumberOfInterfaces",
    ];
    assert_eq!(for_programs, expected);
}

#[test]
fn what_is_absent_cannot_be_called() {
    for flavour in Flavour::ALL {
        let code = if flavour == Flavour::User { 127 } else { 0xC000_0139 };
        for function in with_status() {
            let mut bench = Bench::on(Windows::VISTA, flavour);
            let there = bench.exists(function);
            let (status, seen, nothing) = bench.call(function);
            assert_eq!(status == Status::Absent, !there, "{function}");
            if there {
                assert!(bench.rules().is_empty(), "{function}: {:?}", bench.rules());
            } else {
                assert_eq!((seen, nothing), (code, true), "{function}");
                assert_eq!(bench.rules(), ["N023"], "{function}");
            }
        }
    }
}

#[test]
fn absent_is_not_failing() {
    // The same program on an old machine, and on a new one where the call fails. NH-06, CH-03, IF-09.
    for function in [
        Function::NotifyNetworkConnectivityHintChange,
        Function::GetNetworkConnectivityHint,
        Function::GetIfEntry2Ex,
    ] {
        let mut old = Bench::on(Windows::V8, Flavour::User);
        let mut new = Bench::on(Windows::default(), Flavour::User);
        for bench in [&mut old, &mut new] {
            bench.machine.fault_add(Fault::new(function, Status::NotEnoughMemory));
        }
        // GetProcAddress tells them apart before any call...
        assert_eq!((old.exists(function), new.exists(function)), (false, true), "{function}");
        // ...and so does the answer: what is not there cannot run out of memory.
        assert_eq!((old.call(function).1, new.call(function).1), (127, 8), "{function}");
        assert_eq!((old.rules(), new.rules()), (vec!["N023"], vec![]), "{function}");
    }
}

#[test]
fn a_caller_that_looks_first_breaks_no_rule() {
    let mut bench = Bench::on(V10_1909, Flavour::User);
    let function = Function::NotifyNetworkConnectivityHintChange;
    let used = match bench.exists(function) {
        true => function,
        false => Function::NotifyIpInterfaceChange,
    };
    assert_eq!(bench.call(used).1, 0, "NH-06");
    assert_eq!((used, bench.rules()), (Function::NotifyIpInterfaceChange, vec![]));
}

#[test]
fn the_finding_says_where_and_since_when() {
    let mut bench = Bench::on(Windows::V10_1809, Flavour::User);
    bench.machine.at(bench.main, "src/hint.rs:7");
    let _ = bench.call(Function::GetNetworkConnectivityHint);
    let finding = &bench.machine.findings()[0];
    assert_eq!(
        finding.message,
        "GetNetworkConnectivityHint was called on Windows 10 1809 (build 17763); it exists from \
         Windows 10 2004 (build 19041) on"
    );
    assert_eq!(finding.place.map(|place| bench.machine.place_text(place)), Some("src/hint.rs:7"));

    let mut driver = Bench::on(Windows::default(), Flavour::Kernel);
    let _ = driver.call(Function::GetBestInterface);
    assert_eq!(
        driver.machine.findings()[0].message,
        "GetBestInterface was called by a driver; it is for programs only"
    );
}

#[test]
fn what_is_absent_has_no_irql() {
    let mut bench = Bench::on(V10_1909, Flavour::Kernel);
    bench.machine.set_irql(bench.main, Irql::Dispatch);
    let _ = bench.call(Function::NotifyNetworkConnectivityHintChange);
    assert_eq!(bench.rules(), ["N023"], "and not N011 as well");
}

#[test]
fn tables_are_freed_on_every_windows() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::on(Windows::VISTA, flavour);
        let call = Call::Free(Memory::Null);
        let reply = bench.machine.call(bench.main, &call, &mut First::default());
        assert_eq!((reply.status, reply.code), (Status::Success, 0));
        assert!(bench.rules().is_empty());
    }
}

#[test]
fn a_driver_is_told_since_when_as_well() {
    let mut driver = Bench::on(Windows::V10_1809, Flavour::Kernel);
    let _ = driver.call(Function::GetNetworkConnectivityHint);
    assert_eq!(
        driver.machine.findings()[0].message,
        "GetNetworkConnectivityHint was called on Windows 10 1809 (build 17763); it exists from \
         Windows 10 2004 (build 19041) on"
    );
}
