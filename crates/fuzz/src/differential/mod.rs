//! The target `differential`: the model alone, and stacks of two modes, say the same of one history.

mod changes;
mod model;
mod stack;

use std::collections::BTreeMap;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::Fault;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::Status;
use netiosim_sim::Mode;

use self::model::Alone;
use crate::bytes::Bytes;

/// All make the same handles.
const TAG: u16 = 60_001;
/// The longest history.
const MOST: usize = 64;
/// The functions that register callbacks.
const NOTIFY: [Function; 6] = [
    Function::NotifyTeredoPortChange,
    Function::NotifyIpInterfaceChange,
    Function::NotifyUnicastIpAddressChange,
    Function::NotifyRouteChange2,
    Function::NotifyStableUnicastIpAddressTable,
    Function::NotifyNetworkConnectivityHintChange,
];
/// What is looked at in the end.
const TABLES: [Function; 6] = [
    Function::GetIpInterfaceTable,
    Function::GetIfTable2,
    Function::GetUnicastIpAddressTable,
    Function::GetAnycastIpAddressTable,
    Function::GetIpForwardTable2,
    Function::GetIpNetTable2,
];

/// One thing that a program does, or that happens to its machine.
#[derive(Clone, Debug)]
enum Op {
    Register(Register),
    Cancel(Handle),
    Port { pointer: bool },
    Call(Call),
    Change(Change),
    Elapse(u64),
    NsiDown(bool),
    NsiRestart,
    Fault(Fault),
}

#[derive(Clone, Copy, Debug)]
struct Register {
    /// Its number, which is its context.
    number: usize,
    function: Function,
    family: u16,
    callback: bool,
    initial: bool,
    handle_pointer: bool,
    table_pointer: bool,
}

/// What can be seen of a history: the answers, and what each registration was told, by family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Transcript {
    answers: Vec<String>,
    told: BTreeMap<(u64, Option<Family>), Vec<String>>,
}

/// The bytes as a history of registrations, cancels, queries, changes, faults and time.
///
/// The model alone, stepped by hand, and stacks in manual and in controlled mode answer every call with the same code, and tell
/// every registration the same, family by family; in the end their tables are the same. After every step all comes to rest.
///
/// # Panics
///
/// If that does not hold.
pub fn differential(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let profile = bytes.of(&[Profile::Documented, Profile::Observed, Profile::Adversarial]);
    let seed = u64::from(bytes.u16());
    let mut alone = Alone::new(profile);
    let mut history = Vec::new();
    while !bytes.is_over() && history.len() < MOST {
        let op = alone.draw(&mut bytes);
        alone.play(&op);
        history.push(op);
    }
    let calls: Vec<Op> = TABLES.iter().map(|table| Op::Call(Call::table(*table, 0))).collect();
    calls.iter().for_each(|call| alone.play(call));
    let wanted = alone.transcript();
    for mode in [Mode::Manual, Mode::Controlled] {
        let seen = stack::play(mode, profile, seed, history.iter().chain(&calls));
        for (at, (one, other)) in wanted.answers.iter().zip(&seen.answers).enumerate() {
            let op = history.get(at);
            assert_eq!(one, other, "{mode:?}, step {at}: {op:?}\nof {history:#?}");
        }
        assert_eq!(wanted.answers.len(), seen.answers.len());
        assert_eq!(wanted.told, seen.told, "{mode:?} of {history:#?}");
    }
}

/// A failure that the page of a function names.
fn fault(bytes: &mut Bytes<'_>) -> Fault {
    let function = match bytes.below(9) {
        n @ 0..6 => NOTIFY[n],
        6 => Function::CancelMibChangeNotify2,
        7 => Function::GetTeredoPort,
        _ => bytes.of(&TABLES),
    };
    let status = bytes.of(&[Status::NotEnoughMemory, Status::NotSupported, Status::Raw(1234)]);
    let nth = bytes.bit().then(|| 1 + u32::from(bytes.byte() % 4));
    Fault { nth, ..Fault::new(function, status) }
}
