//! What a history is made of.

use netiosim_model::function::Function;
use netiosim_model::profile::Profile;
use netiosim_model::status::Status;
use netiosim_proptest::{Machine, Reference, Step, Topic};
use proptest::prelude::*;

/// One thing in a history: what a program does, or what happens to the machine.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A NotifyXxx call; the context is the number of the registration.
    Register { function: Function, family: u16, initial: bool, callback: bool },
    /// A cancel of the registration of this number, live or not.
    Cancel(usize),
    /// A cancel of NULL, or of a handle that was never given.
    CancelGarbage(u64),
    /// Something happens to the machine.
    Happens(Step),
    /// GetTeredoPort, with or without a place for the port.
    Port(bool),
    /// Calls of a function fail from now on.
    Fail(Function, Status),
    /// They no longer do.
    Unfail(Function),
    /// The program ends and starts anew.
    RestartProgram,
    /// The machine reboots, and the program starts anew.
    Reboot,
    /// Everything that is due is delivered.
    Settle,
}

/// What is known of a history without running it.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    pub(crate) profile: Profile,
    /// The machine, as far as changes of it make sense.
    pub(crate) machine: Reference,
    pub(crate) registrations: usize,
    /// After a reboot the reference no longer knows the machine.
    pub(crate) rebooted: bool,
    pub(crate) acts: Vec<Act>,
}

const FUNCTIONS: [Function; 5] = [
    Function::NotifyTeredoPortChange,
    Function::NotifyIpInterfaceChange,
    Function::NotifyUnicastIpAddressChange,
    Function::NotifyRouteChange2,
    Function::NotifyNetworkConnectivityHintChange,
];

impl Books {
    pub(crate) fn new(profile: Profile) -> Self {
        let machine = Reference::new(&Machine::default());
        Self { profile, machine, registrations: 0, rebooted: false, acts: Vec::new() }
    }

    pub(crate) fn transitions(&self) -> BoxedStrategy<Act> {
        let function = proptest::sample::select(&FUNCTIONS[..]);
        let family = prop_oneof![8 => prop_oneof![Just(0u16), Just(2), Just(23)], 1 => Just(7)];
        let register = (function.clone(), family, any::<bool>(), 0u8..12).prop_map(
            |(function, family, initial, callback)| Act::Register {
                function,
                family,
                initial,
                callback: callback < 11,
            },
        );
        let known = self.registrations.max(1);
        let status = prop_oneof![Just(Status::NotEnoughMemory), Just(Status::InvalidHandle)];
        prop_oneof![
            12 => self.machine.transitions_about(&Topic::ALL).prop_map(Act::Happens),
            8 => register,
            4 => (0..known).prop_map(Act::Cancel),
            1 => prop_oneof![Just(0u64), any::<u64>()].prop_map(Act::CancelGarbage),
            2 => any::<bool>().prop_map(Act::Port),
            1 => (function.clone(), status).prop_map(|(function, status)| Act::Fail(function, status)),
            1 => function.prop_map(Act::Unfail),
            1 => Just(Act::RestartProgram),
            1 => Just(Act::Reboot),
            8 => Just(Act::Settle),
        ]
        .boxed()
    }

    pub(crate) fn preconditions(&self, act: &Act) -> bool {
        match act {
            Act::Happens(step) => self.rebooted || self.machine.allows(step),
            Act::Cancel(number) => *number < self.registrations,
            _ => true,
        }
    }

    pub(crate) fn apply(mut self, act: &Act) -> Self {
        match act {
            Act::Register { .. } => self.registrations += 1,
            Act::Happens(step) => drop(self.machine.apply(step)),
            Act::Reboot => self.rebooted = true,
            _ => {}
        }
        self.acts.push(act.clone());
        self
    }
}
