//! The states of the Teredo client, and why it is not in the one that was hoped for.

use std::fmt;

use crate::interface::OperStatus;

/// The state of the Teredo client, in the words that Windows shows (TS-01, TS-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoState {
    /// Switched off by its type: there is no Teredo interface (documented: TS-07).
    Disabled,
    /// Not running (the word is observed: TS-21; RFC 4380 uses it for a failed qualification).
    Offline,
    /// Running, idle, wakes on demand (documented: TS-01).
    Dormant,
    /// Trying to reach the server (the word is observed: TS-21; Starting in RFC 4380).
    Probe,
    /// Usable (documented: TS-01).
    Qualified,
}

impl TeredoState {
    /// Every state, from switched off to usable.
    pub const ALL: [Self; 5] =
        [Self::Disabled, Self::Offline, Self::Dormant, Self::Probe, Self::Qualified];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Offline => "offline",
            Self::Dormant => "dormant",
            Self::Probe => "probe",
            Self::Qualified => "qualified",
        }
    }

    /// Whether the client runs.
    #[must_use]
    pub const fn is_started(self) -> bool {
        matches!(self, Self::Dormant | Self::Probe | Self::Qualified)
    }

    /// The operational status that the interface shows in this state.
    ///
    /// Dormant is documented as possible (TI-08, a choice); the others are derived: up when it can
    /// pass packets, down while it cannot, not present when there is none.
    #[must_use]
    pub const fn oper_status(self) -> OperStatus {
        match self {
            Self::Disabled => OperStatus::NotPresent,
            Self::Offline | Self::Probe => OperStatus::Down,
            Self::Dormant => OperStatus::Dormant,
            Self::Qualified => OperStatus::Up,
        }
    }

    /// Whether the interface shows its medium as connected: not while offline or dormant
    /// (observed: TI-04); that it is while probing and qualified is derived.
    #[must_use]
    pub const fn media_connected(self) -> bool {
        matches!(self, Self::Probe | Self::Qualified)
    }
}

impl fmt::Display for TeredoState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a running client is (TS-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoRole {
    /// A Teredo client.
    Client,
    /// A host-specific relay: it has other IPv6 connectivity, so it never qualifies (TA-25) and
    /// stays dormant (chosen).
    HostSpecificRelay,
}

/// Why the client is offline although nobody stopped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TeredoError {
    /// The type lets the client run in unmanaged networks only, and a domain controller is here
    /// (TS-08; the text is observed: TS-13).
    ManagedNetwork,
    /// The machine has no IPv6-capable host firewall (TS-15).
    NoFirewall,
    /// The machine has no IPv6 stack (GT-07, GT-08).
    NoIpv6,
    /// The type is server, and Windows ships no Teredo server (C-30; that it does not start is
    /// chosen).
    NoSuchService,
    /// The port that was configured or asked for is in use (TS-11).
    PortInUse,
    /// Every port of the dynamic range is in use (chosen).
    NoFreePort,
    /// No answer came from the server (TA-14).
    ServerUnreachable,
    /// The NAT maps every destination differently (TA-16).
    SymmetricNat,
    /// The external address is not a global unicast one, so no Teredo address can hold it (TA-09).
    MappingNotGlobal,
}

impl TeredoError {
    /// Every error.
    pub const ALL: [Self; 9] = [
        Self::ManagedNetwork,
        Self::NoFirewall,
        Self::NoIpv6,
        Self::NoSuchService,
        Self::PortInUse,
        Self::NoFreePort,
        Self::ServerUnreachable,
        Self::SymmetricNat,
        Self::MappingNotGlobal,
    ];

    /// The text of the Error line; the first and the symmetric NAT's are observed, the rest is ours.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ManagedNetwork => "client is in a managed network",
            Self::NoFirewall => "no IPv6-capable host firewall is running",
            Self::NoIpv6 => "the machine has no IPv6 stack",
            Self::NoSuchService => "this machine has no Teredo server to run",
            Self::PortInUse => "the client port is in use",
            Self::NoFreePort => "no dynamic port is free",
            Self::ServerUnreachable => "the Teredo server does not answer",
            Self::SymmetricNat => "client behind symmetric NAT",
            Self::MappingNotGlobal => "the external address is not a global unicast address",
        }
    }

    /// Whether the client had been trying to qualify when this happened, so that it goes on with
    /// that when it starts again.
    pub(crate) const fn ended_a_qualification(self) -> bool {
        matches!(self, Self::ServerUnreachable | Self::SymmetricNat | Self::MappingNotGlobal)
    }
}

impl fmt::Display for TeredoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for TeredoError {}

/// Why GetTeredoPort has no port to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TeredoNoPort {
    /// The client is not started: ERROR_NOT_READY, 21 (GT-05, GT-06).
    NotReady,
    /// The machine has no IPv6 stack: ERROR_NOT_SUPPORTED, 50 (GT-07, GT-08).
    NoIpv6,
}

impl fmt::Display for TeredoNoPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotReady => "the Teredo client is not started",
            Self::NoIpv6 => "the machine has no IPv6 stack",
        })
    }
}

impl std::error::Error for TeredoNoPort {}
