//! What an administrator sets, and what the network around the client is like.

use std::fmt;
use std::net::Ipv4Addr;

/// The shortest refresh interval that the policy accepts, in milliseconds (TS-12).
pub const MIN_REFRESH_MS: u64 = 1_000;
/// The longest refresh interval that the policy accepts, in milliseconds (TS-12).
pub const MAX_REFRESH_MS: u64 = 86_400_000;
/// The refresh interval when nothing is set, in milliseconds (TA-20, TS-12).
pub const DEFAULT_REFRESH_MS: u64 = 30_000;

/// The settings of the Teredo client, as policy, PowerShell or netsh make them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TeredoSettings {
    /// The configured type (TS-06).
    pub kind: TeredoType,
    /// The name of the Teredo server, for reports; nothing resolves it.
    pub server: String,
    /// The server's IPv4 address, which is part of the Teredo address.
    pub server_address: Ipv4Addr,
    /// The server's secondary IPv4 address, which tells a symmetric NAT (TA-16).
    pub secondary_server_address: Ipv4Addr,
    /// The service port in host byte order; 0: the system picks one (TS-11).
    pub client_port: u16,
    /// The refresh interval in milliseconds; the client keeps it within [`MIN_REFRESH_MS`] and
    /// [`MAX_REFRESH_MS`] (that it is clamped is chosen).
    pub refresh_ms: u64,
    /// Whether the client qualifies at once and stays so (TS-03).
    pub default_qualified: bool,
}

impl TeredoSettings {
    /// Tells whether the policy editor would accept these settings.
    ///
    /// # Errors
    ///
    /// [`TeredoSettingsError`] names the first member that is out of range.
    pub fn check(&self) -> Result<(), TeredoSettingsError> {
        if !(MIN_REFRESH_MS..=MAX_REFRESH_MS).contains(&self.refresh_ms) {
            return Err(TeredoSettingsError::Refresh(self.refresh_ms));
        }
        Ok(())
    }

    /// The refresh interval that the client goes by, in milliseconds.
    pub(crate) fn effective_refresh_ms(&self) -> u64 {
        self.refresh_ms.clamp(MIN_REFRESH_MS, MAX_REFRESH_MS)
    }
}

impl Default for TeredoSettings {
    /// Type default, a server name that real machines show, the server address of the documents'
    /// example, port picked by the system, refresh after 30 s, not qualified by default.
    fn default() -> Self {
        Self {
            kind: TeredoType::Default,
            server: "win10.ipv6.microsoft.com".to_owned(),
            server_address: Ipv4Addr::new(65, 54, 227, 120),
            secondary_server_address: Ipv4Addr::new(65, 54, 227, 121),
            client_port: 0,
            refresh_ms: DEFAULT_REFRESH_MS,
            default_qualified: false,
        }
    }
}

/// Settings that the policy editor refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TeredoSettingsError {
    /// The refresh interval, in milliseconds, is outside of 1 to 86400 s (TS-12).
    Refresh(u64),
}

impl fmt::Display for TeredoSettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refresh(ms) => {
                write!(f, "a refresh interval of {ms} ms is outside of 1 s to 86400 s")
            }
        }
    }
}

impl std::error::Error for TeredoSettingsError {}

/// The configured type of the client (TS-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TeredoType {
    /// The default, which behaves as [`Client`](Self::Client) (TS-10).
    #[default]
    Default,
    /// A host-specific relay, whatever IPv6 connectivity there is (chosen; TS-22).
    Relay,
    /// A client that hides in managed networks (TS-08).
    Client,
    /// A server; it can be configured, but Windows ships none (C-30, TS-22): it never starts
    /// (chosen).
    Server,
    /// No Teredo, and no Teredo interface (TS-07).
    Disabled,
    /// Documented as a value only; behaves as [`Default`](Self::Default) (chosen).
    Automatic,
    /// A client in managed networks too (TS-09).
    EnterpriseClient,
    /// Known from netsh only; behaves as [`Client`](Self::Client) (chosen).
    NatAwareClient,
}

impl TeredoType {
    /// Every type, in the order of the numbers.
    pub const ALL: [Self; 8] = [
        Self::Default,
        Self::Relay,
        Self::Client,
        Self::Server,
        Self::Disabled,
        Self::Automatic,
        Self::EnterpriseClient,
        Self::NatAwareClient,
    ];

    /// The value of `MSFT_NetTeredoConfiguration.Type`; `None` where none is documented (TS-06).
    #[must_use]
    pub const fn number(self) -> Option<u8> {
        match self {
            Self::Default => Some(0),
            Self::Relay => Some(1),
            Self::Client => Some(2),
            Self::Server => Some(3),
            Self::Disabled => Some(4),
            Self::Automatic => Some(5),
            Self::EnterpriseClient => Some(6),
            Self::NatAwareClient => None,
        }
    }

    /// The word that netsh uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Relay => "relay",
            Self::Client => "client",
            Self::Server => "server",
            Self::Disabled => "disabled",
            Self::Automatic => "automatic",
            Self::EnterpriseClient => "enterpriseclient",
            Self::NatAwareClient => "natawareclient",
        }
    }

    /// Whether a domain controller on the network hides the interface (TS-08 to TS-10; for
    /// automatic and natawareclient chosen).
    #[must_use]
    pub const fn hides_in_managed_networks(self) -> bool {
        matches!(self, Self::Default | Self::Client | Self::Automatic | Self::NatAwareClient)
    }
}

/// The address translation between the client and the Internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum NatKind {
    /// No translation.
    None,
    /// Anybody may answer through the mapping (TA-15).
    Cone,
    /// Only addresses that were sent to may answer.
    Restricted,
    /// Only addresses and ports that were sent to may answer.
    #[default]
    PortRestricted,
    /// Every destination gets a mapping of its own (TA-16, TA-19).
    Symmetric,
}

impl NatKind {
    /// Every kind, from the most open to the most closed.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Cone, Self::Restricted, Self::PortRestricted, Self::Symmetric];

    /// Whether an answer arrives from an address that nothing was sent to: that is what the cone
    /// bit asks the server to try.
    #[must_use]
    pub const fn lets_strangers_in(self) -> bool {
        matches!(self, Self::None | Self::Cone)
    }
}

/// The network around the Teredo client, as far as the client can feel it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TeredoNetwork {
    /// The host's own IPv4 address.
    pub local_address: Ipv4Addr,
    /// The IPv4 address that the server sees.
    pub external_address: Ipv4Addr,
    /// The UDP port that the server sees; `None`: the service port, unchanged.
    pub external_port: Option<u16>,
    /// The address translation in between.
    pub nat: NatKind,
    /// Whether a domain controller is on the network (TS-08).
    pub managed: bool,
    /// Whether the server answers.
    pub server_reachable: bool,
    /// Whether a router advertisement gave the host a global IPv6 address: then it is a
    /// host-specific relay and no client (TS-14, TA-25).
    pub native_ipv6: bool,
    /// Whether an IPv6-capable host firewall runs; without one Teredo is not available (TS-15).
    pub firewall: bool,
}

impl Default for TeredoNetwork {
    /// A home network: private address, port-restricted NAT, reachable server, no domain
    /// controller, no IPv6 from the provider, firewall on.
    fn default() -> Self {
        Self {
            local_address: Ipv4Addr::new(192, 168, 1, 10),
            external_address: Ipv4Addr::new(192, 0, 2, 45),
            external_port: None,
            nat: NatKind::PortRestricted,
            managed: false,
            server_reachable: true,
            native_ipv6: false,
            firewall: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TeredoSettings, TeredoSettingsError, TeredoType};

    #[test]
    fn ts_06_numbers_follow_the_enumeration() {
        let numbers: Vec<Option<u8>> = TeredoType::ALL.iter().map(|kind| kind.number()).collect();
        let wanted: Vec<Option<u8>> = (0..=6).map(Some).chain([None]).collect();
        assert_eq!(numbers, wanted);
    }

    #[test]
    fn ts_12_refresh_is_1_to_86400_s() {
        let with = |refresh_ms| TeredoSettings { refresh_ms, ..TeredoSettings::default() };
        assert_eq!(TeredoSettings::default().refresh_ms, 30_000);
        assert_eq!(with(1_000).check(), Ok(()));
        assert_eq!(with(86_400_000).check(), Ok(()));
        for refused in [0, 999, 86_400_001, u64::MAX] {
            assert_eq!(with(refused).check(), Err(TeredoSettingsError::Refresh(refused)));
        }
        assert_eq!(with(u64::MAX).effective_refresh_ms(), 86_400_000);
    }
}
