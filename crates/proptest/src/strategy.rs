//! What can be drawn.

use netiosim_sim::model::build::home;
use netiosim_sim::model::function::Function;
use netiosim_sim::model::machine::Fault;
use netiosim_sim::model::profile::Profile;
use netiosim_sim::model::status::Status;
use netiosim_sim::model::storm::Storm;
use netiosim_sim::{Builder, Mode};
use proptest::collection::SizeRange;
use proptest::prelude::*;

use crate::draw::Topic;
use crate::machine::{Machine, Teredo};
use crate::step::Timeline;
use crate::timelines::Timelines;

/// Any machine under the profile `documented`; it shrinks to the one at home.
pub fn machines() -> impl Strategy<Value = Machine> + Clone {
    let teredo = prop_oneof![4 => Just(Teredo::Qualified), 1 => Just(Teredo::Dormant), 1 => Just(Teredo::Stopped)];
    (0u8..4, teredo).prop_map(|(adapters, teredo)| Machine {
        adapters,
        teredo,
        profile: Profile::Documented,
    })
}

/// Any machine with a way to drive it: what [`Machine::builder`] and [`Driving::on`] make a stack of.
pub fn stacks() -> impl Strategy<Value = (Machine, Driving)> + Clone {
    (machines(), schedules())
}

/// A machine, and steps on it that are about these topics and make sense there. Where nothing about them makes sense a millisecond
/// goes by.
///
/// # Panics
///
/// Without a topic.
pub fn timelines(
    topics: &[Topic],
    steps: impl Into<SizeRange>,
) -> impl Strategy<Value = Timeline> + Clone {
    timelines_on(machines(), topics, steps)
}

/// The same on machines of your own.
///
/// # Panics
///
/// Without a topic.
pub fn timelines_on(
    machines: impl Strategy<Value = Machine> + Clone,
    topics: &[Topic],
    steps: impl Into<SizeRange>,
) -> impl Strategy<Value = Timeline> + Clone {
    assert!(!topics.is_empty(), "a timeline is about something");
    Timelines { machines, topics: topics.to_vec(), steps: steps.into() }
}

/// The life of a Teredo client: it starts, stops, restarts, qualifies, loses its server, and time goes by.
pub fn teredo_lives(steps: impl Into<SizeRange>) -> impl Strategy<Value = Timeline> + Clone {
    timelines(&[Topic::Teredo, Topic::Time], steps)
}

/// Changes that come together in real life, on the adapter `Ethernet`.
pub fn storms() -> impl Strategy<Value = Storm> + Clone {
    let ethernet = || "Ethernet".to_owned();
    let flaps = (1u32..20, 2u64..2000).prop_map(move |(times, period_ms)| Storm::TunnelFlap {
        interface: ethernet(),
        times,
        period_ms,
    });
    let renumbering = (1u8..250).prop_map(move |host| Storm::NetshSetAddress {
        interface: ethernet(),
        from: [192, 168, 1, 10].into(),
        to: [192, 168, 7, host].into(),
        prefix_length: 24,
        gateway: None,
    });
    prop_oneof![
        Just(Storm::WifiRoam { interface: ethernet() }),
        Just(Storm::DockUnplug { interfaces: vec![ethernet()] }),
        (1u64..100_000).prop_map(|asleep_ms| Storm::SleepResume { asleep_ms }),
        renumbering,
        flaps,
    ]
    .prop_filter("a storm that the machine at home can have", |storm| storm.plan(&home()).is_ok())
}

/// A function that fails: out of memory, which its page names, or because the network store interface service cannot be reached
/// (1753, observed): for [`StackRef::fault`](netiosim_sim::StackRef::fault).
pub fn faults() -> impl Strategy<Value = Fault> + Clone {
    let function = prop_oneof![
        Just(Function::NotifyTeredoPortChange),
        Just(Function::NotifyIpInterfaceChange),
        Just(Function::NotifyUnicastIpAddressChange),
        Just(Function::NotifyRouteChange2),
        Just(Function::GetUnicastIpAddressTable),
        Just(Function::GetIpForwardTable2),
        Just(Function::GetIpInterfaceTable),
    ];
    let status = prop_oneof![Just(Status::NotEnoughMemory), Just(Status::NotRegistered)];
    (function, status).prop_map(|(function, status)| Fault::new(function, status))
}

/// Who lets callbacks come, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Driving {
    /// The test does.
    Manual,
    /// One thread after the other, as this seed says.
    Controlled(u64),
    /// Threads of their own.
    Threads,
}

impl Driving {
    /// A builder whose stacks are driven so.
    pub fn on(self, builder: Builder) -> Builder {
        match self {
            Self::Manual => builder.mode(Mode::Manual),
            Self::Controlled(seed) => builder.mode(Mode::Controlled).seed(seed),
            Self::Threads => builder.mode(Mode::Threads),
        }
    }
}

/// Ways to drive a stack; it shrinks to the manual one.
pub fn schedules() -> impl Strategy<Value = Driving> + Clone {
    prop_oneof![
        Just(Driving::Manual),
        any::<u64>().prop_map(Driving::Controlled),
        Just(Driving::Threads),
    ]
}
