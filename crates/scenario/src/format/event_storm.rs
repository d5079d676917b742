//! Storms: events that come together in real life.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::event_link::OneInterface;
use super::interface::InterfaceSpec;

/// Changes that come together in real life: an object with exactly one member. It belongs on the
/// timeline, where it becomes one event for each of its changes, planned from the tables as they will be
/// when it begins. What clients change themselves is not foreseen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StormEvent {
    /// A Wi-Fi adapter changes its access point: 6 to 10 interface notifications within 100 ms, then
    /// its lease and router advertisements once more.
    WifiRoam(OneInterface),
    /// A dock is pulled: the media of its adapters are lost, then the adapters go.
    DockUnplug(DockUnplug),
    /// A VPN client sets its tunnel up.
    VpnUp(VpnUp),
    /// A VPN client takes its tunnel down.
    VpnDown(VpnDown),
    /// The machine sleeps and wakes up: every medium is lost at once and comes back one by one.
    SleepResume(SleepResume),
    /// `netsh interface ip set address`: the old address is deleted, then the new one added.
    NetshSetAddress(NetshSetAddress),
    /// An adapter appears long after the start of the machine.
    LateAdapter(LateAdapter),
    /// A tunnel loses its medium and gets it back, again and again.
    TunnelFlap(TunnelFlap),
}

/// The adapters of a dock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DockUnplug {
    /// Their aliases, in the order in which they go.
    pub interfaces: Vec<String>,
}

/// The tunnel that a VPN client sets up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpnUp {
    /// The alias of its adapter, which must be free.
    pub alias: String,
    /// The IF_TYPE; left out: 53, as WireGuard's adapter; 131 is a tunnel.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub if_type: Option<u16>,
    /// The MTU of the link, in bytes; left out: 1420.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// The interface metric; left out: 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
    /// The addresses with their prefix lengths, at least one.
    pub addresses: Vec<Cidr>,
    /// The prefixes that lead into the tunnel; left out: two halves of everything for each family that
    /// has an address.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub destinations: Vec<Cidr>,
    /// The VPN server; it gets a route around the tunnel if a gateway leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<IpAddr>,
}

/// The tunnel that a VPN client takes down.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpnDown {
    /// The alias of the tunnel adapter.
    pub interface: String,
    /// The VPN server, whose route around the tunnel goes too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<IpAddr>,
}

/// The sleep of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SleepResume {
    /// For how long it sleeps, in milliseconds.
    pub asleep_ms: u64,
}

/// The address that netsh sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetshSetAddress {
    /// The alias of the interface.
    pub interface: String,
    /// The address that goes.
    pub from: IpAddr,
    /// The address that comes, with its prefix length.
    pub to: Cidr,
    /// The default gateway from now on; left out: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
}

/// The adapter that comes late.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LateAdapter {
    /// What appears.
    pub interface: Box<InterfaceSpec>,
    /// After how many milliseconds; left out: 30000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// The rhythm in which a tunnel comes and goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TunnelFlap {
    /// The alias of the tunnel adapter; that of the Teredo pseudo-interface means the Teredo client,
    /// which is stopped and started.
    pub interface: String,
    /// How often it goes down and up.
    #[schemars(range(min = 1, max = 10000))]
    pub times: u32,
    /// The time from one loss to the next, in milliseconds; it is up for the second half.
    pub period_ms: u64,
}
