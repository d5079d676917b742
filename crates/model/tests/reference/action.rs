//! Everything that a run can do next, and how to make runs of it.

use std::fmt;

use proptest::option::of;
use proptest::prelude::*;

/// What is wrong with a registering call, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    NullCallback,
    NullPointer,
    Foreign,
}

/// Which handle a cancel is given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pick {
    /// One of those that were ever given, live or not.
    Given(u8),
    /// The last one given.
    Last,
    Null,
    Garbage(u64),
    /// One that was given, with the mark of another stack.
    OtherStack(u8),
}

/// One change of the environment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    Restart(u8),
    Start,
    Stop,
    Qualify,
    Traffic,
    Server(bool),
    Mapping(u8),
    NativeIpv6(bool),
    PortOpen(u8, bool),
    PortClose(u8),
    InterfaceAdd(u8),
    InterfaceRemove(u8),
    RowSet(u8, bool, u8),
    Touch(u8, bool),
    Link(u8, bool),
    Bind(u8, bool),
    Unbind(u8, bool),
    AddressAdd(u8, u8),
    AddressRemove(u8),
    Ipv6(bool),
    Ipv4(bool),
    Admin(u8, bool),
    Connectivity(u8, u8),
    Filter(u8, u8),
    Disable(u8),
    Enable(u8),
    AddressSet(u8, u8),
    Conflict(u8, u8, bool),
    RouteAdd(u8, u8),
    RouteSet(u8, u8),
    RouteRemove(u8),
    Lease(u8, u8),
    Release(u8),
    Advertise(u8, u8),
}

/// One step of a run. Small numbers pick, modulo, among what is possible then; what is impossible
/// then is skipped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    Register { who: u8, kind: u8, initial: bool, callback: u8, module: bool, flaw: Flaw },
    Cancel { who: u8, pick: Pick },
    Deliver { which: u8, on: u8 },
    End { who: u8 },
    EndWait { who: u8 },
    Abandon { who: u8 },
    Acquire { who: u8, lock: u8, read: bool },
    TryAcquire { who: u8, lock: u8, read: bool },
    Release { who: u8, lock: u8 },
    Join { who: u8, other: u8 },
    Send { who: u8, channel: u8 },
    Receive { who: u8, channel: u8 },
    SetSignal { who: u8, signal: u8 },
    WaitSignal { who: u8, signal: u8 },
    Change(Turn),
    Elapse(u32),
    GetPort { who: u8, pointer: bool },
    Exit { who: u8 },
    Return { who: u8 },
    ProcessExit { process: u8 },
    ProcessStart { process: u8 },
    Service,
    ServiceDown(bool),
    Reboot,
    Module(bool),
    Fault { function: u8, status: u8, aim: u8, nth: Option<u8>, for_ms: Option<u16> },
    NoFaults,
    Irql { who: u8, level: u8 },
}

/// A run: how it is set up, and what happens.
#[derive(Clone)]
pub(crate) struct Script {
    /// The position of the profile in `Profile::ALL`.
    pub(crate) profile: usize,
    pub(crate) seed: u64,
    /// 0: as the profile has it; otherwise one of the four values of `serialization`.
    pub(crate) overlap: u8,
    pub(crate) actions: Vec<Action>,
}

impl fmt::Debug for Script {
    /// One line an action, so that a failure can be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, seed, overlap, .. } = self;
        writeln!(f, "profile {profile}, seed {seed}, overlap {overlap}")?;
        self.actions.iter().try_for_each(|action| writeln!(f, "    {action:?}"))
    }
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        40 => Just(Flaw::None),
        1 => Just(Flaw::NullCallback),
        1 => Just(Flaw::NullPointer),
        1 => Just(Flaw::Foreign),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        8 => any::<u8>().prop_map(Pick::Given),
        4 => Just(Pick::Last),
        1 => Just(Pick::Null),
        1 => any::<u64>().prop_map(Pick::Garbage),
        1 => (0..64_u64).prop_map(Pick::Garbage),
        1 => any::<u8>().prop_map(Pick::OtherStack),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let b = any::<bool>;
    let n = any::<u8>;
    prop_oneof![
        10 => n().prop_map(Turn::Restart),
        2 => Just(Turn::Start),
        2 => Just(Turn::Stop),
        1 => Just(Turn::Qualify),
        1 => Just(Turn::Traffic),
        1 => b().prop_map(Turn::Server),
        1 => n().prop_map(Turn::Mapping),
        1 => b().prop_map(Turn::NativeIpv6),
        1 => (n(), b()).prop_map(|(n, b)| Turn::PortOpen(n, b)),
        1 => n().prop_map(Turn::PortClose),
        3 => n().prop_map(Turn::InterfaceAdd),
        2 => n().prop_map(Turn::InterfaceRemove),
        5 => (n(), b(), n()).prop_map(|(n, b, v)| Turn::RowSet(n, b, v)),
        3 => (n(), b()).prop_map(|(n, b)| Turn::Touch(n, b)),
        2 => (n(), b()).prop_map(|(n, b)| Turn::Link(n, b)),
        2 => (n(), b()).prop_map(|(n, b)| Turn::Bind(n, b)),
        2 => (n(), b()).prop_map(|(n, b)| Turn::Unbind(n, b)),
        5 => (n(), n()).prop_map(|(n, m)| Turn::AddressAdd(n, m)),
        3 => n().prop_map(Turn::AddressRemove),
        1 => b().prop_map(Turn::Ipv6),
        1 => b().prop_map(Turn::Ipv4),
        1 => (n(), b()).prop_map(|(n, b)| Turn::Admin(n, b)),
        2 => (n(), n()).prop_map(|(n, m)| Turn::Connectivity(n, m)),
        1 => (n(), n()).prop_map(|(n, m)| Turn::Filter(n, m)),
        2 => n().prop_map(Turn::Disable),
        3 => n().prop_map(Turn::Enable),
        3 => (n(), n()).prop_map(|(n, m)| Turn::AddressSet(n, m)),
        2 => (n(), n(), b()).prop_map(|(n, m, b)| Turn::Conflict(n, m, b)),
        4 => (n(), n()).prop_map(|(n, m)| Turn::RouteAdd(n, m)),
        3 => (n(), n()).prop_map(|(n, m)| Turn::RouteSet(n, m)),
        3 => n().prop_map(Turn::RouteRemove),
        3 => (n(), n()).prop_map(|(n, m)| Turn::Lease(n, m)),
        1 => n().prop_map(Turn::Release),
        4 => (n(), n()).prop_map(|(n, m)| Turn::Advertise(n, m)),
    ]
}

/// What a registration listens to: ports and interfaces a bit more often than the rest.
fn kind() -> impl Strategy<Value = u8> {
    prop_oneof![2 => 0..17_u8, 3 => 17..42_u8]
}

fn calls() -> impl Strategy<Value = Action> {
    let b = any::<bool>;
    let n = any::<u8>;
    prop_oneof![
        12 => (n(), kind(), b(), 0..4_u8, n(), flaw()).prop_map(
            |(who, kind, initial, callback, module, flaw)| {
                let module = module < 50;
                Action::Register { who, kind, initial, callback, module, flaw }
            }
        ),
        10 => (n(), pick()).prop_map(|(who, pick)| Action::Cancel { who, pick }),
        18 => (n(), n()).prop_map(|(which, on)| Action::Deliver { which, on }),
        9 => n().prop_map(|who| Action::End { who }),
        10 => n().prop_map(|who| Action::EndWait { who }),
        3 => n().prop_map(|who| Action::Abandon { who }),
        24 => turn().prop_map(Action::Change),
        4 => (0..8_000_u32).prop_map(Action::Elapse),
        1 => (n(), n()).prop_map(|(who, p)| Action::GetPort { who, pointer: p > 20 }),
    ]
}

fn threads() -> impl Strategy<Value = Action> {
    let b = any::<bool>;
    let n = any::<u8>;
    prop_oneof![
        8 => (n(), n(), b()).prop_map(|(who, lock, read)| Action::Acquire { who, lock, read }),
        1 => (n(), n(), b()).prop_map(|(who, lock, read)| Action::TryAcquire { who, lock, read }),
        5 => (n(), n()).prop_map(|(who, lock)| Action::Release { who, lock }),
        2 => (n(), n()).prop_map(|(who, other)| Action::Join { who, other }),
        3 => (n(), n()).prop_map(|(who, channel)| Action::Send { who, channel }),
        2 => (n(), n()).prop_map(|(who, channel)| Action::Receive { who, channel }),
        1 => (n(), n()).prop_map(|(who, signal)| Action::SetSignal { who, signal }),
        1 => (n(), n()).prop_map(|(who, signal)| Action::WaitSignal { who, signal }),
    ]
}

fn lives() -> impl Strategy<Value = Action> {
    let b = any::<bool>;
    let n = any::<u8>;
    let fault = (n(), n(), n(), of(1..4_u8), of(0..5_000_u16)).prop_map(
        |(function, status, aim, nth, for_ms)| Action::Fault { function, status, aim, nth, for_ms },
    );
    prop_oneof![
        3 => n().prop_map(|who| Action::Exit { who }),
        4 => n().prop_map(|who| Action::Return { who }),
        1 => n().prop_map(|process| Action::ProcessExit { process }),
        4 => n().prop_map(|process| Action::ProcessStart { process }),
        2 => Just(Action::Service),
        1 => b().prop_map(Action::ServiceDown),
        1 => Just(Action::Reboot),
        3 => b().prop_map(Action::Module),
        2 => fault,
        2 => Just(Action::NoFaults),
        2 => (n(), 0..3_u8).prop_map(|(who, level)| Action::Irql { who, level }),
    ]
}

/// A step of any kind.
pub(crate) fn action() -> impl Strategy<Value = Action> {
    prop_oneof![16 => calls(), 6 => threads(), 1 => lives()]
}

/// A run of any kind; the fixed profiles and the open one are equally likely, Wine's is rare.
pub(crate) fn script(length: std::ops::Range<usize>) -> impl Strategy<Value = Script> {
    let profile = prop_oneof![5 => Just(0_usize), 4 => Just(1), 9 => Just(2), 1 => Just(3)];
    let overlap = prop_oneof![12 => Just(0_u8), 1 => 1..5_u8];
    let actions = proptest::collection::vec(action(), length);
    (profile, any::<u64>(), overlap, actions).prop_map(|(profile, seed, overlap, actions)| Script {
        profile,
        seed,
        overlap,
        actions,
    })
}
