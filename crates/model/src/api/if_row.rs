//! GetIfEntry2, GetIfEntry2Ex, GetIfTable2, GetIfTable2Ex: interfaces at link level.

use super::{Answer, Ask, Checks, Class, Output};
use crate::function::Function;
use crate::interface::{Interface, OperStatus, if_type};
use crate::net::{Guid, Luid};
use crate::profile::OptionId;
use crate::row::{IfRow, Row};
use crate::status::Status;
use crate::windows::Windows;

/// MibIfEntryNormal and MibIfTableNormal.
const NORMAL: i32 = 0;
/// MibIfTableRaw.
const RAW: i32 = 1;
/// MibIfEntryNormalWithoutStatistics and MibIfTableNormalWithoutStatistics.
const WITHOUT_STATISTICS: i32 = 2;

/// IF_MAX_STRING_SIZE: how many characters Alias and Description hold.
const TEXT_LIMIT: usize = 256;
/// IF_MAX_PHYS_ADDRESS_LENGTH, in bytes.
const PHYSICAL_ADDRESS_LIMIT: usize = 32;

/// GetIfEntry2 (IF-01 to IF-08) and GetIfEntry2Ex, with its level.
///
/// A driver that leaves both keys zero is told that nothing was found: its page names NULL alone as
/// an invalid parameter (IF-03).
pub(super) fn row(ask: &mut Ask<'_>, function: Function, level: i32, row: Option<&Row>) -> Answer {
    // GetIfEntry2 is GetIfEntry2Ex with the level Normal (IF-07).
    let level = if function == Function::GetIfEntry2Ex { level } else { NORMAL };
    let row = match row {
        Some(Row::If(row)) => Some(&**row),
        _ => None,
    };
    entry(ask, level, row).unwrap_or_else(Answer::fail)
}

fn entry(ask: &mut Ask<'_>, level: i32, row: Option<&IfRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, row.is_some(), Status::InvalidParameter);
    let (luid, index) = row.map_or((Luid::UNSPECIFIED, 0), |row| (row.luid, row.index));
    let named = luid != Luid::UNSPECIFIED || index != 0;
    checks.require(Class::Keys, named || ask.kernel(), Status::InvalidParameter);
    if !matches!(level, NORMAL | WITHOUT_STATISTICS) {
        checks.require(Class::Values, false, illegal_level(ask));
    }
    ask.verdict(checks)?;
    match ask.interface(luid, index) {
        Some(interface) => {
            let row = View::of_level(level).row(interface);
            Ok(Answer::output(Output::Row(row.into())))
        }
        None => Err(ask.no_interface(luid)),
    }
}

/// What GetIfEntry2Ex says of a level that there is not (O-22).
fn illegal_level(ask: &mut Ask<'_>) -> Status {
    match ask.pick(OptionId::IllegalLevel) {
        "not-supported" => Status::NotSupported,
        _ => Status::InvalidParameter,
    }
}

/// GetIfTable2 and GetIfTable2Ex, with its level: every interface, filters among them (FT-04), in the
/// order of their LUIDs (chosen: the pages give none).
pub(super) fn table(ask: &mut Ask<'_>, function: Function, level: i32, pointer: bool) -> Answer {
    // GetIfTable2 is GetIfTable2Ex with the level Normal (FT-01).
    let level = if function == Function::GetIfTable2Ex { level } else { NORMAL };
    let mut checks = Checks::default();
    if !pointer {
        checks.require(Class::Pointer, false, null_table(ask));
    }
    let known = match level {
        NORMAL | RAW => true,
        WITHOUT_STATISTICS => ask.env.windows() >= Windows::V10_1703, // FT-06
        _ => false,
    };
    checks.require(Class::Values, known, Status::InvalidParameter);
    if let Err(status) = ask.verdict(checks) {
        return Answer::fail(status);
    }
    let view = View::of_level(level);
    Answer::rows(ask.env.interfaces().map(|interface| view.row(interface).into()).collect())
}

/// What the tables say of a NULL pointer (O-21).
fn null_table(ask: &mut Ask<'_>) -> Status {
    match ask.pick(OptionId::NullIfTable) {
        "not-enough-memory" => Status::NotEnoughMemory,
        _ => Status::InvalidParameter,
    }
}

/// The row of an interface as GetIfEntry2 fills it in.
pub(super) fn normal_row(interface: &Interface) -> IfRow {
    View::of_level(NORMAL).row(interface)
}

/// How a level looks at an interface.
#[derive(Clone, Copy)]
struct View {
    /// From the top of the filter stack (FT-05).
    from_top: bool,
    /// With its counters (IF-08).
    statistics: bool,
}

impl View {
    fn of_level(level: i32) -> Self {
        Self { from_top: level != RAW, statistics: level != WITHOUT_STATISTICS }
    }

    /// The row of an interface, every member filled in.
    ///
    /// Chosen, the documents being silent: the physical medium and the access type of each interface
    /// type; that tunnels are end points; that nothing is ever paused, in low power or not
    /// authenticated; a zero NetworkGuid; the permanent hardware address, equal to the current one.
    fn row(self, interface: &Interface) -> IfRow {
        let hardware = &interface.physical_address;
        let hardware = hardware[..hardware.len().min(PHYSICAL_ADDRESS_LIMIT)].to_vec();
        let connected = self.connected(interface);
        let oper = self.oper_status(interface);
        let counters = if self.statistics { interface.counters } else { [0; 18] };
        let row = IfRow {
            luid: interface.luid,
            index: interface.index,
            guid: interface.guid,
            alias: limited(&interface.alias),
            description: limited(&interface.description),
            physical_address_length: u32::try_from(hardware.len()).expect("at most 32"),
            permanent_physical_address: hardware.clone(),
            physical_address: hardware,
            // A pseudo-interface that is not present has no MTU (observed, 29).
            mtu: if oper == OperStatus::NotPresent { 0 } else { interface.mtu },
            if_type: u32::from(interface.if_type),
            tunnel_type: u32::from(interface.tunnel_type),
            media_type: interface.media_type,
            physical_medium_type: physical_medium(interface),
            access_type: access_type(interface),
            direction_type: 0, // NET_IF_DIRECTION_SENDRECEIVE
            hardware_interface: interface.hardware,
            filter_interface: interface.filter,
            connector_present: interface.hardware,
            not_authenticated: false,
            not_media_connected: !connected,
            paused: false,
            low_power: false,
            end_point_interface: interface.if_type == if_type::TUNNEL,
            oper_status: oper.number().unsigned_abs(),
            admin_status: if interface.admin_up { 1 } else { 2 },
            media_connect_state: if connected { 1 } else { 2 },
            network_guid: Guid::default(),
            connection_type: connection_type(interface),
            transmit_link_speed: interface.speed_bps,
            receive_link_speed: interface.speed_bps,
            ..IfRow::default()
        };
        with_counters(row, counters)
    }

    fn connected(self, interface: &Interface) -> bool {
        interface.top_connected.filter(|_| self.from_top).unwrap_or(interface.connected)
    }

    /// The operational status follows the media state that the level shows (derived of FT-05).
    fn oper_status(self, interface: &Interface) -> OperStatus {
        match interface.oper_override {
            Some(status) => status,
            None if interface.admin_up && self.connected(interface) => OperStatus::Up,
            None => OperStatus::Down,
        }
    }
}

/// The counters, in declaration order.
fn with_counters(row: IfRow, counters: [u64; 18]) -> IfRow {
    let [in_octets, in_ucast_pkts, in_nucast_pkts, in_discards, in_errors, rest @ ..] = counters;
    let [in_unknown_protos, in_ucast_octets, in_multicast_octets, rest @ ..] = rest;
    let [in_broadcast_octets, out_octets, out_ucast_pkts, out_nucast_pkts, rest @ ..] = rest;
    let [out_discards, out_errors, out_ucast_octets, out_multicast_octets, rest @ ..] = rest;
    let [out_broadcast_octets, out_qlen] = rest;
    IfRow {
        in_octets,
        in_ucast_pkts,
        in_nucast_pkts,
        in_discards,
        in_errors,
        in_unknown_protos,
        in_ucast_octets,
        in_multicast_octets,
        in_broadcast_octets,
        out_octets,
        out_ucast_pkts,
        out_nucast_pkts,
        out_discards,
        out_errors,
        out_ucast_octets,
        out_multicast_octets,
        out_broadcast_octets,
        out_qlen,
        ..row
    }
}

/// As much of a text as the member holds, which counts in UTF-16.
fn limited(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= TEXT_LIMIT
    };
    text.chars().take_while(fits).collect()
}

/// NDIS_PHYSICAL_MEDIUM: the one that goes with the interface type; unspecified where there is none.
fn physical_medium(interface: &Interface) -> u32 {
    match interface.if_type {
        if_type::ETHERNET => 14, // NdisPhysicalMedium802_3
        9 => 15,                 // token ring: NdisPhysicalMedium802_5
        if_type::WIFI => 9,      // NdisPhysicalMediumNative802_11
        144 => 7,                // NdisPhysicalMedium1394
        237 => 12,               // NdisPhysicalMediumWiMax
        243 | 244 => 8,          // NdisPhysicalMediumWirelessWan
        _ => 0,
    }
}

/// NET_IF_ACCESS_TYPE: loopback, broadcast, or point to point.
fn access_type(interface: &Interface) -> u32 {
    match interface.if_type {
        if_type::LOOPBACK => 1,
        23 | if_type::TUNNEL => 3, // 23 is PPP
        _ => 2,
    }
}

/// NET_IF_CONNECTION_TYPE: dedicated as Ethernet, passive as remote access (both documented examples
/// of the enumeration), on demand for Teredo, which an outgoing packet wakes (derived of TS-05).
fn connection_type(interface: &Interface) -> u32 {
    match interface.if_type {
        _ if interface.is_teredo() => 3,
        23 => 2,
        _ => 1,
    }
}
