//! The small types that every table shares: families, LUIDs, GUIDs, notification types.

use std::fmt;

/// An IP address family that a row can belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Family {
    /// AF_INET, 2.
    #[cfg_attr(feature = "serde", serde(rename = "inet"))]
    V4,
    /// AF_INET6, 23 on Windows.
    #[cfg_attr(feature = "serde", serde(rename = "inet6"))]
    V6,
}

impl Family {
    /// Both families, IPv4 first.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The family of an address.
    #[must_use]
    pub const fn of(address: std::net::IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// How many bits its addresses have: 32 or 128.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The Windows number of the family: 2 or 23 (ST-04).
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::V4 => AF_INET,
            Self::V6 => AF_INET6,
        }
    }

    /// The family with this Windows number, if it is one of the two.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            AF_INET => Some(Self::V4),
            AF_INET6 => Some(Self::V6),
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

/// AF_UNSPEC as Windows numbers it.
pub const AF_UNSPEC: u16 = 0;
/// AF_INET as Windows numbers it.
pub const AF_INET: u16 = 2;
/// AF_INET6 as Windows numbers it (10 on Linux; the simulator speaks Windows).
pub const AF_INET6: u16 = 23;

/// A locally unique interface identifier: NET_LUID, 64 bits (CV-18).
///
/// Bits 0 to 23 are reserved, bits 24 to 47 hold the NetLuidIndex, bits 48 to 63 the IfType.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Luid(pub u64);

impl Luid {
    /// The unspecified LUID, which names no interface.
    pub const UNSPECIFIED: Self = Self(0);

    /// Builds a LUID from an interface type and a 24-bit index; higher bits of `index` are cut.
    #[must_use]
    pub const fn new(if_type: u16, index: u32) -> Self {
        Self(((if_type as u64) << 48) | (((index as u64) & 0xFF_FFFF) << 24))
    }

    /// The IfType field.
    #[must_use]
    pub const fn if_type(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// The NetLuidIndex field.
    #[must_use]
    pub const fn index(self) -> u32 {
        ((self.0 >> 24) & 0xFF_FFFF) as u32
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Guid(pub u128);

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(
            f,
            "{{{:08x}-{:04x}-{:04x}-{:04x}-{:012x}}}",
            (n >> 96) as u32,
            (n >> 80) as u16,
            (n >> 64) as u16,
            (n >> 48) as u16,
            n & 0xFFFF_FFFF_FFFF
        )
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
        let groups: Vec<&str> = bare.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
        if lengths != [8, 4, 4, 4, 12] || !bare.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        {
            return Err(GuidError);
        }
        u128::from_str_radix(&groups.concat(), 16).map(Self).map_err(|_| GuidError)
    }
}

/// A text that is not a GUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuidError;

impl fmt::Display for GuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a GUID of the form 01234567-89ab-cdef-0123-456789abcdef")
    }
}

impl std::error::Error for GuidError {}

#[cfg(feature = "serde")]
impl serde::Serialize for Guid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// MIB_NOTIFICATION_TYPE: what a notification says about its object (NT-01 to NT-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum NotificationType {
    /// MibParameterNotification, 0: a property changed.
    Parameter,
    /// MibAddInstance, 1: an object appeared.
    Add,
    /// MibDeleteInstance, 2: an object went away.
    Delete,
    /// MibInitialNotification, 3: the registration is confirmed; nothing changed.
    Initial,
}

impl NotificationType {
    /// The value of the enumeration in netioapi.h.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Parameter => 0,
            Self::Add => 1,
            Self::Delete => 2,
            Self::Initial => 3,
        }
    }

    /// Microsoft's name of the value.
    #[must_use]
    pub const fn mib_name(self) -> &'static str {
        match self {
            Self::Parameter => "MibParameterNotification",
            Self::Add => "MibAddInstance",
            Self::Delete => "MibDeleteInstance",
            Self::Initial => "MibInitialNotification",
        }
    }
}
