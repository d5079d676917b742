//! The rows of memory, member by member, and the functions with one row.

use netiosim_model::api::Output;
use netiosim_model::function::Function;
use netiosim_model::interface::IpRow;
use netiosim_model::member::Member as M;
use netiosim_model::row::{
    AnycastRow, ForwardRow, HintRow, IfRow, IfStackRow, InvertedIfStackRow, IpInterfaceRow,
    MulticastRow, NeighbourRow, Row, UnicastRow,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CreateAnycastIpAddressEntry, CreateIpForwardEntry2, CreateIpNetEntry2,
    CreateUnicastIpAddressEntry, DeleteAnycastIpAddressEntry, DeleteIpForwardEntry2,
    DeleteIpNetEntry2, DeleteUnicastIpAddressEntry, GetAnycastIpAddressEntry, GetIfEntry2,
    GetIfEntry2Ex, GetIpForwardEntry2, GetIpInterfaceEntry, GetIpNetEntry2,
    GetMulticastIpAddressEntry, GetUnicastIpAddressEntry, InitializeIpForwardEntry,
    InitializeIpInterfaceEntry, InitializeUnicastIpAddressEntry, MIB_ANYCASTIPADDRESS_ROW,
    MIB_IF_ROW2, MIB_IFSTACK_ROW, MIB_INVERTEDIFSTACK_ROW, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW,
    MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_ROW, SetIpForwardEntry2,
    SetIpInterfaceEntry, SetIpNetEntry2, SetUnicastIpAddressEntry,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::place::{Member, Place};
use crate::backend::{Answered, Cannot};

/// A structure that holds a row of the model.
pub(super) trait Holds: Sized {
    /// The row.
    type Row: Into<Row> + TryFrom<Row> + Default;

    /// Reads every member.
    ///
    /// # Safety
    ///
    /// All bytes of the structure can be read; it need not be aligned.
    unsafe fn take(at: *const Self) -> Self::Row;

    /// Reads the keys alone.
    ///
    /// # Safety
    ///
    /// The bytes of the keys can be read; they need not be aligned.
    unsafe fn take_keys(at: *const Self) -> Self::Row;

    /// Writes every member.
    ///
    /// # Safety
    ///
    /// All bytes of the structure can be written; it need not be aligned.
    unsafe fn put(row: &Self::Row, at: *mut Self);
}

impl<L: Holds> Place<L> {
    /// A place that holds this row.
    pub(super) fn with(row: &L::Row) -> Self {
        let mut place = Self::new();
        // SAFETY: the place is as large as the structure.
        unsafe { L::put(row, place.at()) };
        place.settle();
        place
    }

    /// What it holds.
    pub(super) fn row(&mut self) -> L::Row {
        // SAFETY: the place is as large as the structure.
        unsafe { L::take(self.at()) }
    }
}

/// Rows whose members are listed, in the model's words and in those of the structure.
macro_rules! rows {
    ($(
        $memory:ident is $row:ident {
            keys { $($key:ident: $($key_at:ident).+;)* }
            $(members { $($field:ident: $($at:ident).+;)* })?
            $(flags $($flags_at:ident).+ { $($bit:literal $flag:ident;)* })?
            $(lengths $length:ident { $($bytes:ident;)* })?
        }
    )*) => {$(
        impl Holds for $memory {
            type Row = $row;

            unsafe fn take(at: *const Self) -> $row {
                // SAFETY: the caller's; each member lies in the structure.
                #[allow(unused_mut, reason = "not every row has flags")]
                unsafe {
                    let mut row = Self::take_keys(at);
                    $($(row.$field = Member::take(&raw const (*at).$($at).+);)*)?
                    $(
                        let flags: u8 = Member::take(&raw const (*at).$($flags_at).+);
                        $(row.$flag = flags >> $bit & 1 == 1;)*
                    )?
                    $($(row.$bytes.truncate(row.$length as usize);)*)?
                    row
                }
            }

            #[allow(clippy::needless_update, reason = "not every row has other members")]
            unsafe fn take_keys(at: *const Self) -> $row {
                // SAFETY: the caller's.
                unsafe {
                    $row {
                        $($key: Member::take(&raw const (*at).$($key_at).+),)*
                        ..$row::default()
                    }
                }
            }

            unsafe fn put(row: &$row, at: *mut Self) {
                // SAFETY: the caller's.
                unsafe {
                    $(Member::put(&row.$key, &raw mut (*at).$($key_at).+);)*
                    $($(Member::put(&row.$field, &raw mut (*at).$($at).+);)*)?
                    $(
                        let flags: u8 = 0 $(| u8::from(row.$flag) << $bit)*;
                        Member::put(&flags, &raw mut (*at).$($flags_at).+);
                    )?
                }
            }
        }
    )*};
}

rows! {
    MIB_IF_ROW2 is IfRow {
        keys { luid: InterfaceLuid; index: InterfaceIndex; }
        members {
            guid: InterfaceGuid;
            alias: Alias;
            description: Description;
            physical_address_length: PhysicalAddressLength;
            physical_address: PhysicalAddress;
            permanent_physical_address: PermanentPhysicalAddress;
            mtu: Mtu;
            if_type: Type;
            tunnel_type: TunnelType;
            media_type: MediaType;
            physical_medium_type: PhysicalMediumType;
            access_type: AccessType;
            direction_type: DirectionType;
            oper_status: OperStatus;
            admin_status: AdminStatus;
            media_connect_state: MediaConnectState;
            network_guid: NetworkGuid;
            connection_type: ConnectionType;
            transmit_link_speed: TransmitLinkSpeed;
            receive_link_speed: ReceiveLinkSpeed;
            in_octets: InOctets;
            in_ucast_pkts: InUcastPkts;
            in_nucast_pkts: InNUcastPkts;
            in_discards: InDiscards;
            in_errors: InErrors;
            in_unknown_protos: InUnknownProtos;
            in_ucast_octets: InUcastOctets;
            in_multicast_octets: InMulticastOctets;
            in_broadcast_octets: InBroadcastOctets;
            out_octets: OutOctets;
            out_ucast_pkts: OutUcastPkts;
            out_nucast_pkts: OutNUcastPkts;
            out_discards: OutDiscards;
            out_errors: OutErrors;
            out_ucast_octets: OutUcastOctets;
            out_multicast_octets: OutMulticastOctets;
            out_broadcast_octets: OutBroadcastOctets;
            out_qlen: OutQLen;
        }
        flags InterfaceAndOperStatusFlags._bitfield {
            0 hardware_interface;
            1 filter_interface;
            2 connector_present;
            3 not_authenticated;
            4 not_media_connected;
            5 paused;
            6 low_power;
            7 end_point_interface;
        }
        lengths physical_address_length { physical_address; permanent_physical_address; }
    }
    MIB_UNICASTIPADDRESS_ROW is UnicastRow {
        keys { address: Address; luid: InterfaceLuid; index: InterfaceIndex; }
        members {
            prefix_origin: PrefixOrigin;
            suffix_origin: SuffixOrigin;
            valid_lifetime: ValidLifetime;
            preferred_lifetime: PreferredLifetime;
            on_link_prefix_length: OnLinkPrefixLength;
            skip_as_source: SkipAsSource;
            dad_state: DadState;
            scope_id: ScopeId.Anonymous.Value;
            creation_time_stamp: CreationTimeStamp;
        }
    }
    MIB_ANYCASTIPADDRESS_ROW is AnycastRow {
        keys { address: Address; luid: InterfaceLuid; index: InterfaceIndex; }
        members { scope_id: ScopeId.Anonymous.Value; }
    }
    MIB_MULTICASTIPADDRESS_ROW is MulticastRow {
        keys { address: Address; index: InterfaceIndex; luid: InterfaceLuid; }
        members { scope_id: ScopeId.Anonymous.Value; }
    }
    MIB_IPFORWARD_ROW2 is ForwardRow {
        keys {
            luid: InterfaceLuid;
            index: InterfaceIndex;
            destination: DestinationPrefix.Prefix;
            prefix_length: DestinationPrefix.PrefixLength;
            next_hop: NextHop;
        }
        members {
            site_prefix_length: SitePrefixLength;
            valid_lifetime: ValidLifetime;
            preferred_lifetime: PreferredLifetime;
            metric: Metric;
            protocol: Protocol;
            loopback: Loopback;
            autoconfigure_address: AutoconfigureAddress;
            publish: Publish;
            immortal: Immortal;
            age: Age;
            origin: Origin;
        }
    }
    MIB_IPNET_ROW2 is NeighbourRow {
        keys { address: Address; index: InterfaceIndex; luid: InterfaceLuid; }
        members {
            physical_address: PhysicalAddress;
            physical_address_length: PhysicalAddressLength;
            state: State;
            reachability_time: ReachabilityTime.LastReachable;
        }
        flags Anonymous.Flags { 0 is_router; 1 is_unreachable; }
        lengths physical_address_length { physical_address; }
    }
    MIB_IFSTACK_ROW is IfStackRow {
        keys { higher: HigherLayerInterfaceIndex; lower: LowerLayerInterfaceIndex; }
    }
    MIB_INVERTEDIFSTACK_ROW is InvertedIfStackRow {
        keys { lower: LowerLayerInterfaceIndex; higher: HigherLayerInterfaceIndex; }
    }
    NL_NETWORK_CONNECTIVITY_HINT is HintRow {
        keys { level: ConnectivityLevel; cost: ConnectivityCost; }
        members {
            approaching_data_limit: ApproachingDataLimit;
            over_data_limit: OverDataLimit;
            roaming: Roaming;
        }
    }
}

/// The members of MIB_IPINTERFACE_ROW, whose names the model has as well.
macro_rules! ip_interface {
    ($($member:ident)*) => {
        impl Holds for MIB_IPINTERFACE_ROW {
            type Row = IpInterfaceRow;

            unsafe fn take(at: *const Self) -> IpInterfaceRow {
                // SAFETY: the caller's; each member lies in the structure.
                unsafe {
                    let mut row = Self::take_keys(at);
                    $(row.members.set(M::$member, Member::take(&raw const (*at).$member));)*
                    row
                }
            }

            unsafe fn take_keys(at: *const Self) -> IpInterfaceRow {
                // SAFETY: the caller's.
                unsafe {
                    IpInterfaceRow {
                        family: Member::take(&raw const (*at).Family),
                        luid: Member::take(&raw const (*at).InterfaceLuid),
                        index: Member::take(&raw const (*at).InterfaceIndex),
                        members: IpRow::default(),
                    }
                }
            }

            unsafe fn put(row: &IpInterfaceRow, at: *mut Self) {
                // SAFETY: the caller's.
                unsafe {
                    Member::put(&row.family, &raw mut (*at).Family);
                    Member::put(&row.luid, &raw mut (*at).InterfaceLuid);
                    Member::put(&row.index, &raw mut (*at).InterfaceIndex);
                    $(
                        let value: u64 = row.members.get(M::$member).unwrap_or_default();
                        Member::put(&value, &raw mut (*at).$member);
                    )*
                }
            }
        }
    };
}

ip_interface! {
    MaxReassemblySize InterfaceIdentifier MinRouterAdvertisementInterval
    MaxRouterAdvertisementInterval AdvertisingEnabled ForwardingEnabled WeakHostSend
    WeakHostReceive UseAutomaticMetric UseNeighborUnreachabilityDetection
    ManagedAddressConfigurationSupported OtherStatefulConfigurationSupported AdvertiseDefaultRoute
    RouterDiscoveryBehavior DadTransmits BaseReachableTime RetransmitTime PathMtuDiscoveryTimeout
    LinkLocalAddressBehavior LinkLocalAddressTimeout ZoneIndices SitePrefixLength Metric NlMtu
    Connected SupportsWakeUpPatterns SupportsNeighborDiscovery SupportsRouterDiscovery ReachableTime
    TransmitOffload ReceiveOffload DisableDefaultRoutes
}

/// Calls a function with a row of ours, or with NULL. One that fills its row in and succeeds has written it, whatever
/// it wrote; of every other call only what is different now counts.
fn with_row<L: Holds>(
    row: Option<&Row>,
    fills: bool,
    call: impl FnOnce(*mut L) -> u32,
) -> Result<Answered, Cannot> {
    let Some(row) = row else {
        let code = call(std::ptr::null_mut());
        return Ok(Answered { code, output: Output::Nothing, rows: Vec::new() });
    };
    let Ok(row) = L::Row::try_from(row.clone()) else {
        return Err(Cannot::new("the function takes rows of another structure"));
    };
    let mut place = Place::<L>::with(&row);
    let code = call(place.at());
    let written = place.is_written() || (fills && code == 0);
    let output = if written { Output::Row(place.row().into()) } else { Output::Nothing };
    Ok(Answered { code, output, rows: Vec::new() })
}

/// Calls a function with one row.
pub(super) fn call(function: Function, level: i32, row: Option<&Row>) -> Result<Answered, Cannot> {
    macro_rules! functions {
        (fills { $($fills:ident)* } takes { $($takes:ident)* } initializes { $($initializes:ident)* }) => {
            match function {
                $(Function::$fills => with_row(row, true, |at| {
                    // SAFETY: it is NULL or a whole row of ours.
                    unsafe { sys!($fills(at)) }
                }),)*
                $(Function::$takes => with_row(row, false, |at| {
                    // SAFETY: it is NULL or a whole row of ours.
                    unsafe { sys!($takes(at)) }
                }),)*
                $(Function::$initializes => with_row(row, true, |at| {
                    // SAFETY: it is NULL or a whole row of ours.
                    unsafe { sys!($initializes(at)) };
                    0
                }),)*
                Function::GetIfEntry2Ex => with_row(row, true, |at| {
                    // SAFETY: it is NULL or a whole row of ours.
                    unsafe { sys!(GetIfEntry2Ex(level, at)) }
                }),
                other => Err(Cannot::new(format!("{other} takes no row"))),
            }
        };
    }
    functions! {
        fills {
            GetIpInterfaceEntry GetIfEntry2 GetUnicastIpAddressEntry GetAnycastIpAddressEntry
            GetMulticastIpAddressEntry GetIpForwardEntry2 GetIpNetEntry2 SetIpInterfaceEntry
        }
        takes {
            CreateUnicastIpAddressEntry SetUnicastIpAddressEntry DeleteUnicastIpAddressEntry
            CreateAnycastIpAddressEntry DeleteAnycastIpAddressEntry CreateIpForwardEntry2
            SetIpForwardEntry2 DeleteIpForwardEntry2 CreateIpNetEntry2 SetIpNetEntry2
            DeleteIpNetEntry2
        }
        initializes {
            InitializeIpInterfaceEntry InitializeUnicastIpAddressEntry InitializeIpForwardEntry
        }
    }
}
