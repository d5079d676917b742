//! What can happen to the Teredo client.

use std::net::Ipv4Addr;

use super::settings::{TeredoNetwork, TeredoSettings};

/// Which port a client that starts is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum PortWish {
    /// The configured port; without one, a free dynamic port that is not the one it had last.
    #[default]
    Another,
    /// The configured port; without one, the port it had last, or any if it had none.
    Same,
    /// This port in host byte order, even against the configuration; 0 means [`Self::Another`].
    Exactly(u16),
}

/// What happens to the Teredo client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoEvent {
    /// The service is to run; without effect while it runs (chosen).
    Start(PortWish),
    /// The service is to stop.
    Stop,
    /// The service stops and starts again (TS-17); a stopped one just starts (chosen).
    Restart(PortWish),
    /// Somebody needs a qualified client: an application that binds an IPv6-capable socket, or
    /// NotifyStableUnicastIpAddressTable (TS-02, TS-04, TS-20).
    Qualify,
    /// The server begins or ceases to answer.
    ServerReachable(bool),
    /// The NAT's mapping changed, and the client notices (TA-22).
    MappingChanged {
        /// The external address from now on.
        address: Ipv4Addr,
        /// The external port from now on; `None`: the service port, unchanged.
        port: Option<u16>,
    },
    /// The settings change.
    PolicyChanged(TeredoSettings),
    /// The network around the client changes.
    NetworkChanged(TeredoNetwork),
    /// Teredo traffic flows: an outgoing connection wakes a dormant client (TS-05).
    Traffic,
    /// The listeners of other programs changed; [`Surroundings`](super::Surroundings) has them.
    ListenersChanged,
    /// The time of [`next_timer_ms`](super::TeredoClient::next_timer_ms) has come; without effect
    /// before.
    Timer,
}
