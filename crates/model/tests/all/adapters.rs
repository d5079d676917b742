//! A program that asks a machine for its adapters.
#![allow(dead_code, reason = "each test uses a part")]

use std::net::IpAddr;
use std::sync::Arc;

use netiosim_model::api::adapters::{Adapter, Adapters, AdaptersInfo};
use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::if_type;
use netiosim_model::machine::Machine;
use netiosim_model::net::Luid;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::SocketAddress;
use netiosim_model::status::Flavour;

pub(crate) const UNSPEC: u32 = 0;
pub(crate) const INET: u32 = 2;
pub(crate) const INET6: u32 = 23;
pub(crate) const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);

pub(crate) struct Bench {
    pub(crate) machine: Machine,
    main: ActorId,
}

impl Bench {
    pub(crate) fn under(profile: Profile, env: Env) -> Self {
        Self::of(Machine::new(profile, env))
    }

    fn of(mut machine: Machine) -> Self {
        let process = machine.process("app", Flavour::User);
        let main = machine.actor("main", process);
        Self { machine, main }
    }

    /// With this value of an option.
    pub(crate) fn fixed(env: Env, name: &str, value: &str) -> Self {
        let mut options = Options::of(Profile::Documented);
        options.fix(name, value).expect("an option and a value");
        Self::of(Machine::with_options(Profile::Documented, options, env))
    }

    pub(crate) fn with(env: Env) -> Self {
        Self::under(Profile::Documented, env)
    }

    pub(crate) fn new() -> Self {
        Self::with(home())
    }

    pub(crate) fn call(&mut self, call: &Call) -> Reply {
        self.machine.call(self.main, call, &mut First::default())
    }

    pub(crate) fn change(&mut self, change: &Change) {
        let changed = self.machine.change(Some(self.main), change, &mut First::default());
        changed.expect("a change that is possible");
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.machine.elapse(ms, &mut First::default());
    }

    /// GetAdaptersAddresses with this size and buffer: the code, and what was written.
    pub(crate) fn sized(&mut self, size: Option<u32>, buffer: bool) -> (u32, Output) {
        let function = Function::GetAdaptersAddresses;
        let (family, flags, reserved) = (UNSPEC, 0, false);
        let reply = self.call(&Call::Adapters { function, family, flags, reserved, size, buffer });
        (reply.code, reply.output)
    }

    /// The code of GetAdaptersAddresses with a buffer that is big enough.
    pub(crate) fn code(&mut self, family: u32) -> u32 {
        self.call(&Call::adapters_addresses(family, 0)).code
    }

    pub(crate) fn all(&mut self, family: u32, flags: u32) -> Arc<Adapters> {
        match self.call(&Call::adapters_addresses(family, flags)).output {
            Output::Adapters(adapters) => adapters,
            other => panic!("no list: {other:?}"),
        }
    }

    pub(crate) fn info(&mut self) -> Arc<AdaptersInfo> {
        match self.call(&Call::adapters_info()).output {
            Output::AdaptersInfo(adapters) => adapters,
            other => panic!("no list: {other:?}"),
        }
    }

    pub(crate) fn names(&mut self, family: u32, flags: u32) -> Vec<String> {
        let all = self.all(family, flags);
        all.list.iter().map(|one| one.friendly_name.clone().unwrap_or_default()).collect()
    }

    pub(crate) fn one(&mut self, luid: Luid, family: u32, flags: u32) -> Adapter {
        let all = self.all(family, flags);
        all.list.iter().find(|one| one.luid == luid).expect("the adapter").clone()
    }

    pub(crate) fn ethernet(&mut self, flags: u32) -> Adapter {
        self.one(ETHERNET, UNSPEC, flags)
    }

    pub(crate) fn number(&mut self) -> u32 {
        let call = Call::Number { function: Function::GetNumberOfInterfaces, pointer: true };
        match self.call(&call).output {
            Output::Number(number) => number,
            other => panic!("no number: {other:?}"),
        }
    }
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

pub(crate) fn words(list: &[SocketAddress]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}
