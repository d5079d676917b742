//! Network interfaces and their IP interface rows.

mod services;

pub use self::services::{Services, ServicesEdit};
use crate::member::Member;
use crate::net::{Family, Guid, Luid};

/// IF_TYPE values that the simulator itself uses (facts 8.2).
pub mod if_type {
    /// IF_TYPE_ETHERNET_CSMACD.
    pub const ETHERNET: u16 = 6;
    /// IF_TYPE_SOFTWARE_LOOPBACK.
    pub const LOOPBACK: u16 = 24;
    /// IF_TYPE_IEEE80211.
    pub const WIFI: u16 = 71;
    /// IF_TYPE_TUNNEL (TI-01).
    pub const TUNNEL: u16 = 131;
}

/// TUNNEL_TYPE_TEREDO (TI-01).
pub const TUNNEL_TYPE_TEREDO: u16 = 14;
/// NdisMedium802_3.
pub const NDIS_MEDIUM_ETHERNET: u32 = 0;
/// NdisMediumTunnel (TI-02).
pub const NDIS_MEDIUM_TUNNEL: u32 = 15;
/// NdisMediumLoopback.
pub const NDIS_MEDIUM_LOOPBACK: u32 = 17;

/// IF_OPER_STATUS (facts 8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum OperStatus {
    /// IfOperStatusUp, 1.
    Up,
    /// IfOperStatusDown, 2.
    Down,
    /// IfOperStatusDormant, 5: waiting for an outside event.
    Dormant,
    /// IfOperStatusNotPresent, 6.
    NotPresent,
    /// IfOperStatusLowerLayerDown, 7.
    LowerLayerDown,
}

impl OperStatus {
    /// The value of the enumeration.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Up => 1,
            Self::Down => 2,
            Self::Dormant => 5,
            Self::NotPresent => 6,
            Self::LowerLayerDown => 7,
        }
    }
}

/// What lies behind the default route of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Internet {
    /// The Internet.
    #[default]
    Reachable,
    /// A captive portal (CH-07).
    Constrained,
    /// The local network only.
    Nowhere,
    /// A network that is meant to stay hidden.
    Hidden,
}

/// What lies behind an interface, and what its use costs: what its connectivity hint is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Connectivity {
    /// What lies behind its default route.
    pub internet: Internet,
    /// The NL_NETWORK_CONNECTIVITY_COST_HINT (CH-05).
    pub cost: u32,
    /// ApproachingDataLimit.
    pub approaching_data_limit: bool,
    /// OverDataLimit.
    pub over_data_limit: bool,
    /// Roaming.
    pub roaming: bool,
}

impl Default for Connectivity {
    /// The Internet, without a limit.
    fn default() -> Self {
        Self {
            internet: Internet::Reachable,
            cost: crate::row::hint_cost::UNRESTRICTED,
            approaching_data_limit: false,
            over_data_limit: false,
            roaming: false,
        }
    }
}

/// An interface: what MIB_IF_ROW2 says of it, and one IP interface row per bound family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interface {
    /// The LUID; it persists while the index may be recycled.
    pub luid: Luid,
    /// The interface index, never 0.
    pub index: u32,
    /// The GUID.
    pub guid: Guid,
    /// The alias, unique on the machine.
    pub alias: String,
    /// The description, such as the adapter's model.
    pub description: String,
    /// The IF_TYPE; equal to the one in the LUID.
    pub if_type: u16,
    /// The TUNNEL_TYPE, 0 for none.
    pub tunnel_type: u16,
    /// The NDIS_MEDIUM.
    pub media_type: u32,
    /// The hardware address, empty where there is none.
    pub physical_address: Vec<u8>,
    /// Whether the medium is connected.
    pub connected: bool,
    /// Whether the interface is administratively up.
    pub admin_up: bool,
    /// The operational status where it is not just what media and administration say: a dormant or
    /// absent tunnel.
    pub oper_override: Option<OperStatus>,
    /// The link MTU, in bytes.
    pub mtu: u32,
    /// The link speed in both directions, in bits per second.
    pub speed_bps: u64,
    /// Whether it is hardware, and not a filter, tunnel or the like.
    pub hardware: bool,
    /// Whether it is a filter or intermediate driver (FT-04).
    pub filter: bool,
    /// The media state that the filter stack on top shows, where it differs from the interface's
    /// own (FT-05).
    pub top_connected: Option<bool>,
    /// Whether it takes routes at all (RT-13).
    pub takes_routes: bool,
    /// The 18 counters of MIB_IF_ROW2, InOctets to OutQLen, in declaration order.
    pub counters: [u64; 18],
    /// What lies behind it, and what its use costs.
    pub connectivity: Connectivity,
    /// The servers that it uses, and its DNS names.
    pub services: Services,
    /// The IPv4 row, if IPv4 is bound.
    pub v4: Option<IpRow>,
    /// The IPv6 row, if IPv6 is bound.
    pub v6: Option<IpRow>,
}

impl Interface {
    /// A connected interface of this type with both families bound and the documented defaults.
    #[must_use]
    pub fn new(alias: impl Into<String>, if_type: u16, luid_index: u32, index: u32) -> Self {
        let alias = alias.into();
        let luid = Luid::new(if_type, luid_index);
        let loopback = if_type == if_type::LOOPBACK;
        let mtu = if loopback { u32::MAX } else { 1500 };
        Self {
            luid,
            index,
            guid: Guid((u128::from(luid.0) << 64) | 0x8000_0000_0000_0000 | u128::from(index)),
            description: alias.clone(),
            alias,
            if_type,
            tunnel_type: 0,
            media_type: match if_type {
                if_type::LOOPBACK => NDIS_MEDIUM_LOOPBACK,
                if_type::TUNNEL => NDIS_MEDIUM_TUNNEL,
                _ => NDIS_MEDIUM_ETHERNET,
            },
            physical_address: Vec::new(),
            connected: true,
            admin_up: true,
            oper_override: None,
            mtu,
            speed_bps: if loopback { 1_073_741_824 } else { 1_000_000_000 },
            hardware: !matches!(if_type, if_type::LOOPBACK | if_type::TUNNEL),
            filter: false,
            top_connected: None,
            takes_routes: true,
            counters: [0; 18],
            connectivity: Connectivity::default(),
            services: Services::default(),
            v4: Some(IpRow::new(Family::V4, loopback, mtu)),
            v6: Some(IpRow::new(Family::V6, loopback, mtu)),
        }
    }

    /// The loopback interface, which every machine has (observed, 26).
    #[must_use]
    pub fn loopback() -> Self {
        Self::new("Loopback Pseudo-Interface 1", if_type::LOOPBACK, 0, 1)
    }

    /// The row of `family`, if that family is bound.
    #[must_use]
    pub fn row(&self, family: Family) -> Option<&IpRow> {
        match family {
            Family::V4 => self.v4.as_ref(),
            Family::V6 => self.v6.as_ref(),
        }
    }

    pub(crate) fn row_slot(&mut self, family: Family) -> &mut Option<IpRow> {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    /// The operational status.
    #[must_use]
    pub fn oper_status(&self) -> OperStatus {
        if let Some(status) = self.oper_override {
            status
        } else if self.admin_up && self.connected {
            OperStatus::Up
        } else {
            OperStatus::Down
        }
    }

    /// Lets the rows say whether the interface can carry traffic: the member Connected.
    pub(crate) fn tell_rows(&mut self) {
        let usable = u64::from(self.connected && self.admin_up);
        for row in [&mut self.v4, &mut self.v6].into_iter().flatten() {
            row.set(Member::Connected, usable);
        }
    }

    /// AdapterName of the adapter functions: the GUID in braces, with capital letters (the letters are
    /// chosen, after what published programs compare with).
    #[must_use]
    pub fn adapter_name(&self) -> String {
        self.guid.to_string().to_ascii_uppercase()
    }

    /// Whether this is the Teredo pseudo-interface (TI-01).
    #[must_use]
    pub fn is_teredo(&self) -> bool {
        self.tunnel_type == TUNNEL_TYPE_TEREDO
    }
}

/// One IP interface row: every member of MIB_IPINTERFACE_ROW but the three keys.
///
/// Booleans are 0 or 1, enumerations their numbers, times milliseconds, as in the structure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IpRow {
    /// The 32 members that follow the keys, in declaration order; ZoneIndices counts as one and
    /// holds the index of the zone at every level.
    values: [u64; 32],
}

impl IpRow {
    /// The row of a family with the defaults of the documents (facts 8.1, ST-09, IS-12, IS-13).
    ///
    /// What no document gives is observed (26: loopback's DadTransmits 0, SitePrefixLength 64) or
    /// chosen (reachable times as RFC 4861 has them).
    #[must_use]
    pub fn new(family: Family, loopback: bool, mtu: u32) -> Self {
        let v6 = family == Family::V6;
        let mut row = Self { values: [0; 32] };
        row.set(Member::MinRouterAdvertisementInterval, 200);
        row.set(Member::MaxRouterAdvertisementInterval, 600);
        row.set(Member::UseAutomaticMetric, 1);
        row.set(Member::UseNeighborUnreachabilityDetection, u64::from(!loopback));
        row.set(Member::RouterDiscoveryBehavior, if v6 { 1 } else { 2 });
        row.set(
            Member::DadTransmits,
            if loopback {
                0
            } else if v6 {
                1
            } else {
                3
            },
        );
        row.set(Member::BaseReachableTime, 30_000);
        row.set(Member::RetransmitTime, 1_000);
        row.set(Member::PathMtuDiscoveryTimeout, 600_000);
        row.set(Member::LinkLocalAddressBehavior, if v6 { 2 } else { 1 });
        row.set(Member::SitePrefixLength, 64);
        row.set(Member::Metric, if loopback { 75 } else { 25 });
        row.set(Member::NlMtu, u64::from(mtu));
        row.set(Member::Connected, 1);
        row.set(Member::SupportsNeighborDiscovery, u64::from(v6 && !loopback));
        row.set(Member::SupportsRouterDiscovery, u64::from(v6 && !loopback));
        row.set(Member::ReachableTime, 30_000);
        row
    }

    /// The value of a member; `None` for the three keys, which belong to the interface.
    #[must_use]
    pub fn get(&self, member: Member) -> Option<u64> {
        Self::position(member).map(|at| self.values[at])
    }

    /// Sets a member; the three keys are not part of the row and are left alone.
    pub fn set(&mut self, member: Member, value: u64) {
        if let Some(at) = Self::position(member) {
            self.values[at] = value;
        }
    }

    fn position(member: Member) -> Option<usize> {
        (member as usize).checked_sub(3)
    }
}

#[cfg(test)]
mod tests {
    use super::{IpRow, Member};
    use crate::net::Family;

    #[test]
    fn every_member_but_the_keys_has_its_own_place() {
        for (n, member) in Member::ALL.into_iter().enumerate() {
            let mut row = IpRow::new(Family::V4, false, 1500);
            let before: Vec<_> = Member::ALL.iter().map(|m| row.get(*m)).collect();
            row.set(member, 77);
            let changed =
                Member::ALL.iter().enumerate().filter(|(k, m)| row.get(**m) != before[*k]);
            let changed: Vec<usize> = changed.map(|(k, _)| k).collect();
            assert_eq!(changed, if n < 3 { vec![] } else { vec![n] }, "{}", member.name());
        }
    }
}
