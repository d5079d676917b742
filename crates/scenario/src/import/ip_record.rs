//! The records that iproute2 prints as JSON, as far as they are needed.
//!
//! These are iproute2's formats, not ours: it adds members in every release, so unknown ones are
//! passed over, and what a version leaves out is no error.

use std::net::IpAddr;

use serde::Deserialize;

/// An interface of `ip -j link` or `ip -j address`.
#[derive(Debug, Deserialize)]
pub(super) struct LinkRecord {
    pub(super) ifname: String,
    pub(super) ifindex: Option<u32>,
    #[serde(default)]
    pub(super) flags: Vec<String>,
    pub(super) mtu: Option<u32>,
    pub(super) operstate: Option<String>,
    pub(super) link_type: Option<String>,
    pub(super) address: Option<String>,
    pub(super) ifalias: Option<String>,
    #[serde(default)]
    pub(super) addr_info: Vec<AddressRecord>,
}

/// An address of an interface.
#[derive(Debug, Deserialize)]
pub(super) struct AddressRecord {
    /// Left out in the empty objects that filters leave behind.
    pub(super) local: Option<IpAddr>,
    pub(super) prefixlen: Option<u8>,
}

/// A route of `ip -j route` or `ip -j -6 route`.
#[derive(Debug, Deserialize)]
pub(super) struct RouteRecord {
    pub(super) dst: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) nexthops: Vec<HopRecord>,
    pub(super) gateway: Option<IpAddr>,
    pub(super) via: Option<ViaRecord>,
    pub(super) dev: Option<String>,
    pub(super) metric: Option<u32>,
    pub(super) prefsrc: Option<IpAddr>,
    /// The router preference, which only IPv6 routes have.
    pub(super) pref: Option<String>,
}

/// One way of a route with several.
#[derive(Debug, Deserialize)]
pub(super) struct HopRecord {
    pub(super) gateway: Option<IpAddr>,
    pub(super) via: Option<ViaRecord>,
    pub(super) dev: Option<String>,
}

/// A next hop of the other family.
#[derive(Debug, Deserialize)]
pub(super) struct ViaRecord {
    pub(super) host: IpAddr,
}

impl LinkRecord {
    /// The IF_TYPE that Windows would give an interface of this kind.
    ///
    /// iproute2 calls Wi-Fi interfaces `ether` like Windows' own drivers call their medium; without
    /// more knowledge they are Ethernet (chosen).
    pub(super) fn if_type(&self) -> u16 {
        match self.link_type.as_deref() {
            Some("loopback") => 24,
            Some("ppp") => 23,
            Some("ieee1394") => 144,
            Some("infiniband") => 199,
            Some("rawip") => 243,
            Some(kind) if kind.starts_with("ieee802.11") => 71,
            Some(
                "none" | "tun" | "sit" | "wireguard" | "ipip" | "tunnel" | "tunnel6" | "gre"
                | "gre6" | "ip6gre" | "void",
            ) => 131,
            Some("ether") | None => 6,
            Some(_) => 1,
        }
    }

    /// Whether the administrator has switched it on.
    pub(super) fn admin_up(&self) -> bool {
        self.flags.is_empty() || self.flags.iter().any(|flag| flag == "UP")
    }

    /// Whether the medium is connected.
    pub(super) fn connected(&self) -> bool {
        if self.operstate.as_deref() == Some("UP")
            || self.flags.iter().any(|flag| flag == "LOWER_UP")
        {
            return true;
        }
        // Tunnels and loopback stay UNKNOWN for ever; with flags these decide.
        self.flags.is_empty()
            && matches!(self.operstate.as_deref(), None | Some("UNKNOWN" | "DORMANT"))
    }
}
