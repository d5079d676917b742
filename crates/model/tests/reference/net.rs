//! A home machine whose changes are heard by one subscriber of each kind, for tests of cascades.
//!
//! Ethernet has the index 2, the addresses 192.168.1.10/24 and fe80::5eff:fe00:2/64, and a default
//! route by 192.168.1.1; the Teredo client is qualified on port 50000, its interface has the index 3.

#![allow(dead_code, reason = "each test program that includes this module uses another part of it")]

use std::net::IpAddr;

use netiosim_model::build::home;
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::event::Function;
use netiosim_model::ids::{ActorId, Handle};
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Machine, Request};
use netiosim_model::member::Member;
use netiosim_model::net::{AF_UNSPEC, Family, Luid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::table::{DadState, Route, RouteKey, UnicastAddress};

/// Ethernet.
pub(crate) const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);

pub(crate) struct Net {
    pub(crate) machine: Machine,
    pub(crate) main: ActorId,
    pub(crate) pool: ActorId,
    pub(crate) chooser: First,
}

impl Net {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Under the profile `documented` but for these options.
    pub(crate) fn with(fixed: &[(&str, &str)]) -> Self {
        Self::of(home(), fixed)
    }

    /// The same with another machine.
    pub(crate) fn of(env: Env, fixed: &[(&str, &str)]) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let process = machine.process("app", Default::default());
        let (main, pool) = (machine.actor("main", process), machine.actor("pool", process));
        let mut net = Self { machine, main, pool, chooser: First::default() };
        for function in [
            Function::NotifyTeredoPortChange,
            Function::NotifyIpInterfaceChange,
            Function::NotifyUnicastIpAddressChange,
            Function::NotifyRouteChange2,
            Function::NotifyNetworkConnectivityHintChange,
        ] {
            net.listen(function);
        }
        net
    }

    fn listen(&mut self, function: Function) -> Handle {
        let request = Request::new(function.name(), 1);
        let machine = &mut self.machine;
        let registered =
            machine.notify(self.main, function, AF_UNSPEC, &request, &mut self.chooser);
        assert_eq!(registered.code, 0);
        registered.handle
    }

    /// Lets a change happen and answers everything that was told of it, in order.
    pub(crate) fn apply(&mut self, change: &Change) -> Vec<String> {
        let answer = self.machine.change(None, change, &mut self.chooser);
        answer.unwrap_or_else(|error| panic!("{}: {error}", change.name()));
        self.told()
    }

    /// A change that makes no sense: nothing changes, and nobody is told.
    pub(crate) fn refuses(&mut self, change: &Change) -> ChangeError {
        let before = self.machine.env().clone();
        let error = self.machine.change(None, change, &mut self.chooser).expect_err("no sense");
        assert_eq!(self.machine.env(), &before);
        assert_eq!(self.told(), [""; 0]);
        error
    }

    /// Lets time go by and answers everything that was told meanwhile, with the milliseconds at which
    /// it was.
    pub(crate) fn pass(&mut self, ms: u64) -> Vec<String> {
        let mut told = Vec::new();
        let from = self.machine.now_ms();
        loop {
            let left = from + ms - self.machine.now_ms();
            self.machine.elapse(left, &mut self.chooser);
            let now = self.machine.now_ms() - from;
            let new = self.told();
            let done = new.is_empty() && now == ms;
            told.extend(new.into_iter().map(|text| format!("{now}: {text}")));
            if done {
                return told;
            }
        }
    }

    /// Delivers everything that is due and answers it.
    pub(crate) fn told(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(lane) = self.machine.next_deliverable() {
            let due = self.machine.delivery_begin(lane, self.pool);
            told.push(short(&due.notification));
            self.machine.delivery_end(self.pool);
        }
        told
    }

    pub(crate) fn env(&self) -> &Env {
        self.machine.env()
    }

    /// How far detection of an address of the Ethernet is.
    pub(crate) fn dad(&self, address: &str) -> Option<DadState> {
        self.address(address).map(|address| address.dad)
    }

    pub(crate) fn address(&self, address: &str) -> Option<&UnicastAddress> {
        self.env().address_table().get((ETHERNET, ip(address)))
    }

    /// The routes of the Ethernet, as text: prefix, next hop where there is one.
    pub(crate) fn routes(&self, family: Family) -> Vec<String> {
        let own = self.env().routes().of(ETHERNET).map(Route::key);
        own.filter(|key| key.family() == family).map(|key| key.to_string()).collect()
    }

    pub(crate) fn has_route(&self, text: &str) -> bool {
        self.env().routes().of(ETHERNET).any(|route| route.key().to_string() == text)
    }

    pub(crate) fn member(&self, luid: Luid, family: Family, member: Member) -> Option<u64> {
        self.env().row(luid, family).and_then(|row| row.get(member))
    }
}

/// `+ 10.0.0.5 @2`: something came; `-`: it went; `~`: it changed; ports and hints in words.
pub(crate) fn short(notification: &Notification) -> String {
    let sign = match notification.kind() {
        Some(NotificationType::Add) => '+',
        Some(NotificationType::Delete) => '-',
        Some(NotificationType::Parameter) => '~',
        Some(NotificationType::Initial) => '!',
        None => '?',
    };
    match notification {
        Notification::TeredoPort { port, .. } => format!("{sign} port {port}"),
        Notification::IpInterface { row: Some(row), .. } => {
            format!("{sign} {} @{}", row.family, row.index)
        }
        Notification::UnicastAddress { row: Some(row), .. } => {
            format!("{sign} {} @{}", row.address, row.index)
        }
        Notification::Route { row: Some(row), .. } => {
            format!("{sign} route {} @{}", row.route, row.index)
        }
        other => other.to_string(),
    }
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// A configured address of the Ethernet.
pub(crate) fn address(text: &str, prefix_length: u8) -> UnicastAddress {
    UnicastAddress::new(ETHERNET, ip(text), prefix_length)
}

pub(crate) fn add(address: UnicastAddress) -> Change {
    Change::AddressAdd { address, optimistic: false }
}

pub(crate) fn remove(text: &str) -> Change {
    Change::AddressRemove { luid: ETHERNET, address: ip(text) }
}

pub(crate) fn conflict(text: &str, present: bool) -> Change {
    Change::AddressConflict { luid: ETHERNET, address: ip(text), present }
}

/// The medium of the Ethernet comes or goes.
pub(crate) fn medium(connected: bool) -> Change {
    let (admin_up, mtu, alias) = (None, None, None);
    Change::LinkSet { luid: ETHERNET, connected: Some(connected), admin_up, mtu, alias }
}

/// Members of a row of the Ethernet.
pub(crate) fn row(family: Family, values: &[(Member, u64)]) -> Change {
    Change::RowSet { luid: ETHERNET, family, values: values.to_vec() }
}

/// A configured route of the Ethernet; an empty next hop is on-link.
pub(crate) fn route(prefix: &str, prefix_length: u8, next_hop: &str) -> Route {
    let destination = ip(prefix);
    let zero = if destination.is_ipv4() { ip("0.0.0.0") } else { ip("::") };
    let next_hop = if next_hop.is_empty() { zero } else { ip(next_hop) };
    Route::new(ETHERNET, destination, prefix_length, next_hop)
}

pub(crate) fn key(prefix: &str, prefix_length: u8, next_hop: &str) -> RouteKey {
    route(prefix, prefix_length, next_hop).key()
}
