//! What an event did to the client, step by step.

use std::net::Ipv6Addr;

use super::client::TeredoClient;
use super::state::TeredoState;
use crate::interface::OperStatus;

/// One consequence of an event.
///
/// The order of the steps of one event is chosen: state, port, interface, removed addresses, added
/// addresses; an interface that vanishes does so after its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoStep {
    /// The client went from one state to another.
    State {
        /// The state before.
        from: TeredoState,
        /// The state after, never the same.
        to: TeredoState,
    },
    /// The dynamic service port changed, or the client was restarted.
    Port {
        /// The port before, in host byte order; `None`: there was none.
        from: Option<u16>,
        /// The port after; equal to `from` only for a restart that keeps its port.
        to: Option<u16>,
        /// Whether a running client was stopped and started again.
        restarted: bool,
    },
    /// The Teredo interface lost this address.
    AddressRemoved(Ipv6Addr),
    /// The Teredo interface got this address.
    AddressAdded(Ipv6Addr),
    /// The Teredo interface is there now.
    InterfaceAppeared,
    /// The Teredo interface is gone.
    InterfaceVanished,
    /// The operational or media state of the Teredo interface changed, or a restart set it up anew.
    InterfaceChanged,
}

/// All that others can see of a client: the steps are the difference of two of these.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Appearance {
    state: TeredoState,
    port: Option<u16>,
    present: bool,
    link: (OperStatus, bool),
    addresses: [Option<Ipv6Addr>; 2],
}

impl Appearance {
    pub(super) fn of(client: &TeredoClient) -> Self {
        Self {
            state: client.state(),
            port: client.port(),
            present: client.interface_present(),
            link: (client.oper_status(), client.media_connected()),
            addresses: [client.link_local(), client.global_address()],
        }
    }

    /// The steps from `self` to `after`, in the chosen order.
    pub(super) fn steps_to(&self, after: &Self, restarted: bool) -> Vec<TeredoStep> {
        let mut steps = Vec::new();
        if self.state != after.state {
            steps.push(TeredoStep::State { from: self.state, to: after.state });
        }
        if self.port != after.port || (restarted && after.port.is_some()) {
            steps.push(TeredoStep::Port { from: self.port, to: after.port, restarted });
        }
        match (self.present, after.present) {
            (false, true) => steps.push(TeredoStep::InterfaceAppeared),
            (true, true) if restarted || self.link != after.link => {
                steps.push(TeredoStep::InterfaceChanged);
            }
            _ => {}
        }
        let missing_in = |from: &Self, to: &Self| -> Vec<Ipv6Addr> {
            let kept = |address: &Ipv6Addr| to.addresses.contains(&Some(*address));
            from.addresses.iter().flatten().copied().filter(|address| !kept(address)).collect()
        };
        steps.extend(missing_in(self, after).into_iter().map(TeredoStep::AddressRemoved));
        steps.extend(missing_in(after, self).into_iter().map(TeredoStep::AddressAdded));
        if self.present && !after.present {
            steps.push(TeredoStep::InterfaceVanished);
        }
        steps
    }
}
