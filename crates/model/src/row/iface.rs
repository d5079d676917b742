//! MIB_IF_ROW2 and the rows of the interface stack.

use crate::net::{Guid, Luid};

row! {
    /// MIB_IF_ROW2: an interface at link level (facts 8.1).
    IfRow {
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// InterfaceGuid.
        guid: Guid = "InterfaceGuid";
        /// Alias, at most 256 characters.
        alias: String = "Alias";
        /// Description, at most 256 characters.
        description: String = "Description";
        /// PhysicalAddressLength, in bytes.
        physical_address_length: u32 = "PhysicalAddressLength";
        /// PhysicalAddress, without the unused rest.
        physical_address: Vec<u8> = "PhysicalAddress";
        /// PermanentPhysicalAddress, without the unused rest.
        permanent_physical_address: Vec<u8> = "PermanentPhysicalAddress";
        /// Mtu, in bytes.
        mtu: u32 = "Mtu";
        /// Type: an IF_TYPE.
        if_type: u32 = "Type";
        /// TunnelType: a TUNNEL_TYPE.
        tunnel_type: u32 = "TunnelType";
        /// MediaType: an NDIS_MEDIUM.
        media_type: u32 = "MediaType";
        /// PhysicalMediumType: an NDIS_PHYSICAL_MEDIUM.
        physical_medium_type: u32 = "PhysicalMediumType";
        /// AccessType: a NET_IF_ACCESS_TYPE.
        access_type: u32 = "AccessType";
        /// DirectionType: a NET_IF_DIRECTION_TYPE.
        direction_type: u32 = "DirectionType";
        /// The flag HardwareInterface.
        hardware_interface: bool = "HardwareInterface";
        /// The flag FilterInterface.
        filter_interface: bool = "FilterInterface";
        /// The flag ConnectorPresent.
        connector_present: bool = "ConnectorPresent";
        /// The flag NotAuthenticated.
        not_authenticated: bool = "NotAuthenticated";
        /// The flag NotMediaConnected.
        not_media_connected: bool = "NotMediaConnected";
        /// The flag Paused.
        paused: bool = "Paused";
        /// The flag LowPower.
        low_power: bool = "LowPower";
        /// The flag EndPointInterface.
        end_point_interface: bool = "EndPointInterface";
        /// OperStatus: an IF_OPER_STATUS.
        oper_status: u32 = "OperStatus";
        /// AdminStatus: a NET_IF_ADMIN_STATUS.
        admin_status: u32 = "AdminStatus";
        /// MediaConnectState: a NET_IF_MEDIA_CONNECT_STATE.
        media_connect_state: u32 = "MediaConnectState";
        /// NetworkGuid.
        network_guid: Guid = "NetworkGuid";
        /// ConnectionType: a NET_IF_CONNECTION_TYPE.
        connection_type: u32 = "ConnectionType";
        /// TransmitLinkSpeed, in bits per second.
        transmit_link_speed: u64 = "TransmitLinkSpeed";
        /// ReceiveLinkSpeed, in bits per second.
        receive_link_speed: u64 = "ReceiveLinkSpeed";
        /// InOctets.
        in_octets: u64 = "InOctets";
        /// InUcastPkts.
        in_ucast_pkts: u64 = "InUcastPkts";
        /// InNUcastPkts.
        in_nucast_pkts: u64 = "InNUcastPkts";
        /// InDiscards.
        in_discards: u64 = "InDiscards";
        /// InErrors.
        in_errors: u64 = "InErrors";
        /// InUnknownProtos.
        in_unknown_protos: u64 = "InUnknownProtos";
        /// InUcastOctets.
        in_ucast_octets: u64 = "InUcastOctets";
        /// InMulticastOctets.
        in_multicast_octets: u64 = "InMulticastOctets";
        /// InBroadcastOctets.
        in_broadcast_octets: u64 = "InBroadcastOctets";
        /// OutOctets.
        out_octets: u64 = "OutOctets";
        /// OutUcastPkts.
        out_ucast_pkts: u64 = "OutUcastPkts";
        /// OutNUcastPkts.
        out_nucast_pkts: u64 = "OutNUcastPkts";
        /// OutDiscards.
        out_discards: u64 = "OutDiscards";
        /// OutErrors.
        out_errors: u64 = "OutErrors";
        /// OutUcastOctets.
        out_ucast_octets: u64 = "OutUcastOctets";
        /// OutMulticastOctets.
        out_multicast_octets: u64 = "OutMulticastOctets";
        /// OutBroadcastOctets.
        out_broadcast_octets: u64 = "OutBroadcastOctets";
        /// OutQLen, unused.
        out_qlen: u64 = "OutQLen";
    }
}

row! {
    /// MIB_IFSTACK_ROW: one interface directly above another (SK-04).
    IfStackRow {
        /// HigherLayerInterfaceIndex.
        higher: u32 = "HigherLayerInterfaceIndex", key;
        /// LowerLayerInterfaceIndex.
        lower: u32 = "LowerLayerInterfaceIndex", key;
    }
}

row! {
    /// MIB_INVERTEDIFSTACK_ROW: the same seen from below (SK-05).
    InvertedIfStackRow {
        /// LowerLayerInterfaceIndex.
        lower: u32 = "LowerLayerInterfaceIndex", key;
        /// HigherLayerInterfaceIndex.
        higher: u32 = "HigherLayerInterfaceIndex", key;
    }
}
