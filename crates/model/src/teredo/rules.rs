//! Decisions about Teredo that a profile makes where the documents differ.

use std::collections::BTreeMap;

/// When a qualified client falls asleep (C-28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DormancyRule {
    /// After an hour without Teredo traffic, unless a listener with edge traversal runs (TS-18).
    #[default]
    HourWithoutTraffic,
    /// As soon as the last listener with edge traversal goes (TS-19).
    ///
    /// A client that was woken without such a listener sleeps after an hour without traffic, as
    /// under the other rule (chosen: the page would let it never wake).
    NoEdgeListener,
}

/// How the profile decides what the documents about Teredo leave open or contradict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TeredoRules {
    /// When the client falls asleep (C-28).
    pub dormancy: DormancyRule,
    /// Whether a dormant client counts as started, so that GetTeredoPort answers with its port.
    ///
    /// If not, a dormant client has closed its port: waking it opens the port again, which is a
    /// change of the port.
    pub dormant_answers: bool,
    /// Whether flags are random and the cone phase is skipped (RFC 5991: TA-08, TA-18).
    pub rfc5991: bool,
    /// Whether a symmetric NAT is no obstacle, and the refresh interval is drawn from 50 to 150 %
    /// (RFC 6081: TA-19, TA-20).
    pub rfc6081: bool,
    /// Whether a host-specific relay has 3544 as its service port (C-29).
    pub relay_port_3544: bool,
}

impl Default for TeredoRules {
    /// An hour without traffic, dormant counts as started, RFC 5991 as Windows since Vista, not
    /// RFC 6081, relays with a dynamic port.
    fn default() -> Self {
        Self {
            dormancy: DormancyRule::HourWithoutTraffic,
            dormant_answers: true,
            rfc5991: true,
            rfc6081: false,
            relay_port_3544: false,
        }
    }
}

/// What the client sees of the machine around it while it handles an event.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The UDP ports that other programs listen on, and whether they permit edge traversal.
    ///
    /// The client's own ports are not among them.
    pub ports_in_use: &'a BTreeMap<u16, bool>,
    /// Whether the machine has an IPv6 stack.
    pub ipv6_present: bool,
    /// The profile's decisions.
    pub rules: TeredoRules,
}

impl Surroundings<'_> {
    /// Whether some listener permits edge traversal.
    #[must_use]
    pub fn edge_listener(&self) -> bool {
        self.ports_in_use.values().any(|edge_traversal| *edge_traversal)
    }
}
