//! A history from its beginning to its end, through one door.

use netiosim_win32::sim::model::net::{Family, Luid};
use netiosim_win32::sim::model::profile::Profile;
use netiosim_win32::sim::{Mode, OnDeadlock, Stack, StackRef};
use netiosim_win32::{Bound, bind, builder};

use crate::callbacks::{TAG, cancel, register};
use crate::history::{ADDRESSES, ALIASES, FAMILIES, Op};
use crate::queries::{free, query};
use crate::requests::Requests;
use crate::seen::{SEEN, Seen, say};

fn change(stack: &StackRef, op: &Op) {
    let Op::Change { which, alias, address, number } = *op else { return };
    let (alias, text) = (ALIASES[alias], format!("{}/24", ADDRESSES[address]));
    let answer = match which {
        0 => format!("{:?}", stack.restart_teredo_on(40_000 + number % 100)),
        1 => format!("{:?}", stack.stop_teredo()),
        2 => format!("{:?}", stack.start_teredo()),
        3 => format!("{:?}", stack.set_mtu(alias, Family::V4, 600 + u32::from(number % 900))),
        4 => format!("{:?}", stack.set_connected(alias, number % 2 == 0)),
        5 => format!("{:?}", stack.add_address(alias, &text)),
        6 => format!("{:?}", stack.remove_address(alias, &text)),
        7 => format!("{:?}", stack.add_route(alias, &format!("10.{}.0.0/16", number % 5), None)),
        8 => format!("{:?}", stack.remove_route(alias, &format!("10.{}.0.0/16", number % 5), None)),
        9 if number % 8 == 0 => {
            stack.nsi_restart();
            "restarted".to_owned()
        }
        10 => {
            stack.set_nsi_down(number % 3 == 0);
            "down".to_owned()
        }
        11 => format!("{:?}", stack.disable(alias)),
        12 => format!("{:?}", stack.restart_teredo()),
        _ => String::new(),
    };
    say(format!("change {which}: {answer}"));
}

/// All that can be seen of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Transcript {
    pub(crate) lines: Vec<String>,
    pub(crate) calls: Vec<String>,
    pub(crate) trace: Vec<String>,
    pub(crate) findings: Vec<String>,
}

pub(crate) fn run(ops: &[Op], seed: u64, profile: Profile, with_abi: bool) -> Transcript {
    // Pending requests end with the stack, which is dropped first.
    let mut requests = Requests::default();
    let stack: Stack = builder()
        .mode(Mode::Manual)
        .on_deadlock(OnDeadlock::Error)
        .seed(seed)
        .profile(profile)
        // Memory has to hold something before anybody reads it: the ABI asks for this earlier.
        .option("row-non-key", "poison")
        .tag(TAG)
        .build();
    let bound: Option<Bound> = with_abi.then(|| bind(&stack));
    SEEN.set(Seen { plain: (!with_abi).then(|| stack.handle()), ..Seen::default() });
    let mut luids: Vec<Luid> =
        ["Ethernet", "Wi-Fi"].iter().filter_map(|alias| stack.luid(alias).ok()).collect();
    luids.extend([Luid(0), Luid(77), Luid(0)]);
    luids.truncate(5);
    luids.resize(5, Luid(0));
    for op in ops {
        match *op {
            Op::Register { kind, family, callback, initial, handle, act } => {
                register(kind, FAMILIES[family], callback, initial, handle, act);
            }
            Op::Cancel(at) => cancel(at),
            Op::Query { .. } => query(&luids, op),
            Op::Free(at) => free(at),
            Op::Overlapped { route, slot, handle } => requests.notify(route, slot, handle),
            Op::CancelOverlapped(slot) => requests.cancel(slot),
            Op::Change { .. } => change(&stack, op),
            Op::Step => say(format!("step {}", stack.step())),
            Op::Run => say(format!("run {}", stack.run_until_idle())),
            Op::Advance(ms) => say(format!("advance {}", stack.advance_ms(u64::from(ms)))),
        }
        requests.look();
    }
    let calls = stack.calls().into_iter().map(|mut call| {
        call.place = None;
        format!("{call:?}")
    });
    let events = stack.events().into_iter().map(|mut event| {
        event.place = None;
        placeless(&stack.inspect(|model| model.trace_line(&event)))
    });
    let (calls, trace) = (calls.collect(), events.collect());
    let findings = stack.take_findings().into_iter();
    let findings =
        findings.map(|finding| placeless(&format!("{} {}", finding.rule.id(), finding.message)));
    let findings = findings.collect();
    drop(bound);
    let lines = SEEN.take().lines;
    stack.own_process().exit();
    let _ = stack.take_findings();
    Transcript { lines, calls, trace, findings }
}

/// A text without the lines of these files, which are not the same for both.
fn placeless(text: &str) -> String {
    let here = |word: &str| word.contains("two_faces/");
    let words = text.split(' ').map(|word| if here(word) { "here" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
