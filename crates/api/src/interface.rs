//! Interfaces and their IP interface rows.

use std::fmt;

/// An IP address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// AF_INET, 2.
    V4,
    /// AF_INET6, which is 23 on Windows.
    V6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub const fn of(address: std::net::IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The Windows number of the family: 2 or 23 (ST-04).
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::V4 => 2,
            Self::V6 => 23,
        }
    }

    /// The family with this Windows number, if it is one of the two.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            2 => Some(Self::V4),
            23 => Some(Self::V6),
            _ => None,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A locally unique interface identifier: NET_LUID as one number (CV-18).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Luid(pub u64);

impl Luid {
    /// The IfType that is part of it: bits 48 to 63.
    #[must_use]
    pub const fn if_type(self) -> u16 {
        (self.0 >> 48) as u16
    }
}

impl fmt::Debug for Luid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Luid({:#018x})", self.0)
    }
}

impl fmt::Display for Luid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.0)
    }
}

/// An interface GUID, in the 8-4-4-4-12 form read as one big-endian number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub u128);

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        let (a, b, c, d) = ((n >> 96) as u32, (n >> 80) as u16, (n >> 64) as u16, (n >> 48) as u16);
        write!(f, "{{{a:08x}-{b:04x}-{c:04x}-{d:04x}-{:012x}}}", n & 0xFFFF_FFFF_FFFF)
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// IF_OPER_STATUS: whether an interface can pass packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperStatus {
    /// 1.
    Up,
    /// 2.
    Down,
    /// 3.
    Testing,
    /// 4, or a number that this crate does not know.
    Unknown,
    /// 5: waits for an outside event, such as the Teredo client for its qualification.
    Dormant,
    /// 6: a part is missing.
    NotPresent,
    /// 7: an interface below it is down.
    LowerLayerDown,
}

impl OperStatus {
    /// The status with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Up,
            2 => Self::Down,
            3 => Self::Testing,
            5 => Self::Dormant,
            6 => Self::NotPresent,
            7 => Self::LowerLayerDown,
            _ => Self::Unknown,
        }
    }
}

/// NET_IF_MEDIA_CONNECT_STATE: whether the cable is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaState {
    /// 0, or a number that this crate does not know.
    Unknown,
    /// 1.
    Connected,
    /// 2.
    Disconnected,
}

impl MediaState {
    /// The state with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Connected,
            2 => Self::Disconnected,
            _ => Self::Unknown,
        }
    }
}

/// An interface at link level: what most programs read of a MIB_IF_ROW2.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interface {
    /// InterfaceLuid: stays the same as long as the adapter is installed.
    pub luid: Luid,
    /// InterfaceIndex: may be another after the adapter was disabled and enabled.
    pub index: u32,
    /// InterfaceGuid.
    pub guid: Guid,
    /// Alias, such as `Ethernet`.
    pub alias: String,
    /// Description, such as the name of the adapter's maker.
    pub description: String,
    /// PhysicalAddress; empty where there is none.
    pub physical_address: Vec<u8>,
    /// Mtu of the link, in bytes.
    pub mtu: u32,
    /// Type: an IF_TYPE; Ethernet is 6, loopback 24, Wi-Fi 71, a tunnel 131.
    pub if_type: u32,
    /// TunnelType: a TUNNEL_TYPE; Teredo is 14 (TI-01).
    pub tunnel_type: u32,
    /// OperStatus.
    pub oper_status: OperStatus,
    /// AdminStatus is up.
    pub admin_up: bool,
    /// MediaConnectState.
    pub media: MediaState,
    /// TransmitLinkSpeed, in bits per second.
    pub transmit_link_speed_bps: u64,
    /// ReceiveLinkSpeed, in bits per second.
    pub receive_link_speed_bps: u64,
}

impl Interface {
    /// An interface that has nothing but a LUID; an implementation of [`NetIo`](crate::NetIo) fills in the rest.
    #[must_use]
    pub const fn new(luid: Luid) -> Self {
        Self {
            luid,
            index: 0,
            guid: Guid(0),
            alias: String::new(),
            description: String::new(),
            physical_address: Vec::new(),
            mtu: 0,
            if_type: 0,
            tunnel_type: 0,
            oper_status: OperStatus::Unknown,
            admin_up: false,
            media: MediaState::Unknown,
            transmit_link_speed_bps: 0,
            receive_link_speed_bps: 0,
        }
    }
}

/// The keys of an IP interface row: all that a notification tells (NI-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IpInterfaceKey {
    /// Family.
    pub family: Family,
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
}

/// One family on an interface: what most programs read of a MIB_IPINTERFACE_ROW.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IpInterface {
    /// Family, InterfaceLuid and InterfaceIndex.
    pub key: IpInterfaceKey,
    /// Connected.
    pub connected: bool,
    /// Metric, which is added to that of a route (RT-27).
    pub metric: u32,
    /// UseAutomaticMetric.
    pub automatic_metric: bool,
    /// NlMtu, in bytes.
    pub mtu: u32,
    /// ForwardingEnabled.
    pub forwarding_enabled: bool,
    /// DisableDefaultRoutes.
    pub default_routes_disabled: bool,
    /// DadTransmits; 0 is no duplicate address detection.
    pub dad_transmits: u32,
}

impl IpInterface {
    /// A row that has nothing but its keys.
    #[must_use]
    pub const fn new(key: IpInterfaceKey) -> Self {
        Self {
            key,
            connected: false,
            metric: 0,
            automatic_metric: false,
            mtu: 0,
            forwarding_enabled: false,
            default_routes_disabled: false,
            dad_transmits: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, Guid};

    #[test]
    fn families_have_the_numbers_of_windows() {
        for family in [Family::V4, Family::V6] {
            assert_eq!(Family::from_number(family.number()), Some(family));
        }
        assert_eq!(Family::from_number(10), None, "AF_INET6 of Linux");
    }

    #[test]
    fn a_guid_is_written_as_windows_does() {
        let guid = Guid(0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF);
        assert_eq!(guid.to_string(), "{01234567-89ab-cdef-0123-456789abcdef}");
    }
}
