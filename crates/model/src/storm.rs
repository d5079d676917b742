//! Storms: changes that come together in real life, each planned from the tables as they are.
//!
//! A storm makes no change itself: [`Storm::plan`] says which changes come when, and whoever drives
//! the machine applies them. Equal tables give an equal plan, and several plans may overlap. What
//! comes of each single change stands in `docs/cascades.md`; which changes come, in which order and
//! when, stands at the variants here. Where an order or a time is observed, that is said; all others
//! are chosen.

mod plan;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::change::{Change, ChangeError};
use crate::env::Env;
use crate::interface::Interface;
use crate::table::UnicastAddress;

/// As often a tunnel may flap in one storm.
pub const MOST_FLAPS: u32 = 10_000;
/// As long a storm's own times may be, in milliseconds: a hundred years.
pub const LONGEST_MS: u64 = 3_155_760_000_000;

/// One change of a plan, and when it comes: milliseconds after the storm began.
pub type Step = (u64, Change);

/// Changes that come together in real life. Interfaces are named by alias.
///
/// # Examples
///
/// ```
/// use netiosim_model::build::home;
/// use netiosim_model::storm::Storm;
///
/// let roam = Storm::WifiRoam { interface: "Ethernet".into() };
/// let plan = roam.plan(&home()).expect("there is such an interface");
/// assert_eq!(plan.first().map(|step| step.0), Some(0));
/// assert!(plan.is_sorted_by_key(|step| step.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Storm {
    /// A Wi-Fi adapter changes its access point: 6 to 10 interface notifications within 100 ms
    /// (observed, 13), then what the network gave it is given again (chosen).
    WifiRoam {
        /// The adapter.
        interface: String,
    },
    /// A dock is pulled: the media of its adapters are lost, then the adapters go. LUID and
    /// configuration stay known, so that `interface_enable` brings an adapter back (order chosen).
    DockUnplug {
        /// The adapters, in the order in which they go.
        interfaces: Vec<String>,
    },
    /// A VPN client sets its tunnel up: a route around the tunnel to its own server, the adapter, its
    /// addresses, its metric, the routes into it (the order is that of WireGuard for Windows as far as
    /// it is known, the times are chosen).
    VpnUp(Box<Tunnel>),
    /// A VPN client takes its tunnel down: routes, addresses, adapter, the route to its server
    /// (chosen).
    VpnDown {
        /// The tunnel adapter.
        interface: String,
        /// The VPN server, to which a route around the tunnel was made.
        endpoint: Option<IpAddr>,
    },
    /// The machine sleeps and wakes up: every medium is lost at once, and comes back one by one; then
    /// what the networks gave is given again. Programs and virtual time go on meanwhile (chosen).
    SleepResume {
        /// For how long it sleeps, in milliseconds.
        asleep_ms: u64,
    },
    /// `netsh interface ip set address`: the old address is deleted, then the new one added; never one
    /// change (practitioners' reports; the times are chosen).
    NetshSetAddress {
        /// The adapter.
        interface: String,
        /// The address that goes; a leased one with its lease.
        from: IpAddr,
        /// The address that comes, set by hand.
        to: IpAddr,
        /// The length of its on-link prefix, in bits.
        prefix_length: u8,
        /// The default gateway from now on; `None`: as before.
        gateway: Option<IpAddr>,
    },
    /// An adapter appears long after the start of the machine, 30 s or more (observed, 16).
    LateAdapter(Box<LateAdapter>),
    /// A tunnel loses its medium and gets it back, again and again; the Teredo client is stopped and
    /// started with the port that it had (observed, 13, that such bursts come; the times are yours).
    TunnelFlap {
        /// The tunnel adapter.
        interface: String,
        /// How often it goes down and up.
        times: u32,
        /// The time from one loss to the next, in milliseconds; it is up for the second half.
        period_ms: u64,
    },
}

/// The tunnel that [`Storm::VpnUp`] sets up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tunnel {
    /// The alias of its adapter, which must be free.
    pub alias: String,
    /// The IF_TYPE: 53 as WireGuard's adapter, or 131.
    pub if_type: u16,
    /// The MTU of the link, in bytes.
    pub mtu: u32,
    /// The interface metric, below those of other adapters.
    pub metric: u32,
    /// The addresses with the lengths of their prefixes.
    pub addresses: Vec<(IpAddr, u8)>,
    /// The prefixes that lead into the tunnel; empty: two halves of everything for each family that
    /// has an address, which beat every default route.
    pub destinations: Vec<(IpAddr, u8)>,
    /// The VPN server; it gets a route around the tunnel, through the gateway that leads to it now.
    pub endpoint: Option<IpAddr>,
}

impl Tunnel {
    /// A tunnel as WireGuard makes them: type 53, MTU 1420, metric 5, one address, no server.
    #[must_use]
    pub fn new(alias: impl Into<String>, address: IpAddr) -> Self {
        Self {
            alias: alias.into(),
            if_type: 53,
            mtu: 1420,
            metric: 5,
            addresses: vec![(address, crate::net::Family::of(address).bits())],
            destinations: Vec::new(),
            endpoint: None,
        }
    }
}

/// The adapter of [`Storm::LateAdapter`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LateAdapter {
    /// What appears.
    pub interface: Interface,
    /// Its addresses, which appear right after it.
    pub addresses: Vec<UnicastAddress>,
    /// After how many milliseconds.
    pub after_ms: u64,
}

impl LateAdapter {
    /// After how many milliseconds an adapter appears if nothing is said: 30 s (observed, 16).
    pub const AFTER_MS: u64 = 30_000;

    /// This adapter without addresses, 30 s late.
    #[must_use]
    pub fn new(interface: Interface) -> Self {
        Self { interface, addresses: Vec::new(), after_ms: Self::AFTER_MS }
    }
}

impl Storm {
    /// The name of the storm in the scenario language.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WifiRoam { .. } => "wifi_roam",
            Self::DockUnplug { .. } => "dock_unplug",
            Self::VpnUp(_) => "vpn_up",
            Self::VpnDown { .. } => "vpn_down",
            Self::SleepResume { .. } => "sleep_resume",
            Self::NetshSetAddress { .. } => "netsh_set_address",
            Self::LateAdapter(_) => "late_adapter",
            Self::TunnelFlap { .. } => "tunnel_flap",
        }
    }

    /// What no machine could make sense of: nothing to do, too often, too late.
    fn check(&self) -> Result<(), ChangeError> {
        let bad = |reason: String| Err(ChangeError::Storm(reason));
        let long = |ms: u64| ms > LONGEST_MS;
        match self {
            Self::DockUnplug { interfaces } if interfaces.is_empty() => {
                bad("a dock without adapters cannot be unplugged".to_owned())
            }
            Self::DockUnplug { interfaces } => {
                let twice = |(n, alias): (usize, &String)| interfaces[..n].contains(alias);
                match interfaces.iter().enumerate().any(twice) {
                    true => bad("an adapter of the dock is named twice".to_owned()),
                    false => Ok(()),
                }
            }
            Self::TunnelFlap { times, .. } if *times == 0 || *times > MOST_FLAPS => {
                bad(format!("a tunnel flaps 1 to {MOST_FLAPS} times, not {times}"))
            }
            Self::TunnelFlap { period_ms, .. } if *period_ms < 2 || long(*period_ms) => {
                bad(format!("the period of a flap is 2 to {LONGEST_MS} ms, not {period_ms}"))
            }
            Self::SleepResume { asleep_ms } if long(*asleep_ms) => {
                bad(format!("a machine sleeps at most {LONGEST_MS} ms, not {asleep_ms}"))
            }
            _ => Ok(()),
        }
    }

    /// What happens when, from the tables as they are now; the first changes come at 0 unless the
    /// storm is one that begins late. Offsets never decrease.
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the storm makes no sense on this machine: no interface of that alias, an
    /// alias that is taken, an address that is not there.
    pub fn plan(&self, env: &Env) -> Result<Vec<Step>, ChangeError> {
        self.check()?;
        match self {
            Self::WifiRoam { interface } => plan::wifi_roam(env, interface),
            Self::DockUnplug { interfaces } => plan::dock_unplug(env, interfaces),
            Self::VpnUp(tunnel) => plan::vpn_up(env, tunnel),
            Self::VpnDown { interface, endpoint } => plan::vpn_down(env, interface, *endpoint),
            Self::SleepResume { asleep_ms } => Ok(plan::sleep_resume(env, *asleep_ms)),
            Self::NetshSetAddress { interface, from, to, prefix_length, gateway } => {
                plan::netsh(env, interface, *from, (*to, *prefix_length), *gateway)
            }
            Self::LateAdapter(late) => plan::late_adapter(env, late),
            Self::TunnelFlap { interface, times, period_ms } => {
                plan::tunnel_flap(env, interface, *times, *period_ms)
            }
        }
    }
}
