//! The connectivity hint reaches its subscribers by value, when it changes (NH-01 to NH-05).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::interface::{Connectivity, Internet};
use netiosim_sim::model::row::{hint_cost, hint_level};
use netiosim_sim::model::status::Status;
use netiosim_sim::{ConnectivityHintCallback, HandleCell, Mode, Stack};

type Hints = Arc<Mutex<Vec<(u32, u32, u64)>>>;

fn connectivity(internet: Internet, cost: u32) -> Connectivity {
    Connectivity { internet, cost, ..Connectivity::default() }
}

/// A machine that reaches the Internet over Ethernet alone, not over a Teredo tunnel as well.
fn wired(mode: Mode) -> Stack {
    Stack::builder().mode(mode).teredo_off().build()
}

fn levels_and_costs(mode: Mode, initial: bool) -> Vec<(u32, u32, u64)> {
    let stack = wired(mode);
    let hints = Hints::default();
    let log = hints.clone();
    let subscribe = stack.connectivity_hint_change().initial(initial).context(5);
    let changes = subscribe.register(move |change| {
        log.lock().unwrap().push((change.hint.level, change.hint.cost, change.context));
    });
    let changes = changes.unwrap();
    assert_eq!(hints.lock().unwrap().len(), usize::from(initial));
    let unrestricted = hint_cost::UNRESTRICTED;
    for (internet, cost) in [
        (Internet::Reachable, unrestricted), // As it was: nobody is told.
        (Internet::Constrained, unrestricted),
        (Internet::Reachable, unrestricted),
        (Internet::Reachable, hint_cost::VARIABLE),
    ] {
        stack.connectivity("Ethernet", connectivity(internet, cost)).unwrap();
        stack.run_until_idle();
    }
    // NH-08, CX-07: its handle is accepted.
    changes.cancel().unwrap();
    stack.connectivity("Ethernet", connectivity(Internet::Nowhere, unrestricted)).unwrap();
    assert_eq!(stack.run_until_idle(), 0);
    let hints = hints.lock().unwrap();
    hints.clone()
}

#[test]
fn a_change_of_level_or_cost() {
    let (portal, internet) = (hint_level::CONSTRAINED_INTERNET_ACCESS, hint_level::INTERNET_ACCESS);
    let unrestricted = hint_cost::UNRESTRICTED;
    // NH-04, NH-05; CH-07: a captive portal
    let changes = [
        (portal, unrestricted, 5),
        (internet, unrestricted, 5),
        (internet, hint_cost::VARIABLE, 5),
    ];
    for mode in Mode::ALL {
        assert_eq!(levels_and_costs(mode, false), changes, "{mode:?}");
        let with_initial = levels_and_costs(mode, true);
        assert_eq!(with_initial[0], (internet, unrestricted, 5), "NH-03");
        assert_eq!(with_initial[1..], changes);
    }
}

#[test]
fn the_query_says_the_same() {
    let stack = wired(Mode::Manual);
    let hint = stack.connectivity_hint().unwrap();
    assert_eq!(hint.level, hint_level::INTERNET_ACCESS);
    // CH-01, CH-02
    let index = stack.index_of(stack.luid_of_alias("Ethernet").unwrap()).unwrap();
    assert_eq!(stack.connectivity_hint_of(index), Ok(hint));
    stack.set_connected("Ethernet", false).unwrap();
    assert_eq!(stack.connectivity_hint().unwrap().level, hint_level::NONE);
}

#[test]
fn the_plain_function() {
    let stack = Stack::new();
    let (cell, hints) = (HandleCell::new(), Arc::new(Mutex::new(Vec::new())));
    let log = hints.clone();
    // NH-02: context and hint, and no notification type.
    let callback: ConnectivityHintCallback =
        Arc::new(move |context, hint| log.lock().unwrap().push((context, hint)));
    let register = || {
        let callback = Some(callback.clone());
        stack.notify_network_connectivity_hint_change(callback, 3, true, Some(&cell))
    };
    assert_eq!(register(), 0, "NH-01");
    assert_eq!(*hints.lock().unwrap(), [(3, stack.connectivity_hint().unwrap())]);
    assert_eq!(stack.cancel_mib_change_notify2(cell.get()), 0, "NH-01");
    let function = netiosim_sim::model::event::Function::NotifyNetworkConnectivityHintChange;
    let _fault = stack.fail(function, Status::NotEnoughMemory);
    assert_ne!(register(), 0, "NH-07");
    assert!(cell.get().is_null());
}
