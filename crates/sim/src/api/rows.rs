//! The model's rows and keys as the seam has them.

use netiosim_api::{
    Address, ChangeKind, DadState, Family, Guid, Interface, IpInterface, IpInterfaceKey, Luid,
    MediaState, OperStatus, Route, RouteKey, UnicastAddress, UnicastKey,
};
use netiosim_model::member::Member;
use netiosim_model::net::{self, AF_UNSPEC, NotificationType};
use netiosim_model::notification::{self, ForwardKey, RowKey};
use netiosim_model::row::{ForwardRow, IfRow, IpInterfaceRow, SocketAddress, UnicastRow};

pub(super) fn family(family: Option<Family>) -> Option<net::Family> {
    family.map(|family| match family {
        Family::V4 => net::Family::V4,
        Family::V6 => net::Family::V6,
    })
}

pub(super) fn family_number(family: Option<Family>) -> u16 {
    family.map_or(AF_UNSPEC, Family::number)
}

pub(super) fn kind(kind: NotificationType) -> ChangeKind {
    match kind {
        NotificationType::Parameter => ChangeKind::Parameter,
        NotificationType::Add => ChangeKind::Add,
        NotificationType::Delete => ChangeKind::Delete,
        NotificationType::Initial => ChangeKind::Initial,
    }
}

pub(super) fn socket_address(address: Address) -> SocketAddress {
    match address.ip {
        std::net::IpAddr::V4(ip) => SocketAddress::V4(ip),
        std::net::IpAddr::V6(ip) => SocketAddress::V6 { address: ip, scope_id: address.scope_id },
    }
}

/// `None` for one that is of neither family.
pub(super) fn address(address: SocketAddress) -> Option<Address> {
    match address {
        SocketAddress::V4(ip) => Some(Address { ip: ip.into(), scope_id: 0 }),
        SocketAddress::V6 { address, scope_id } => Some(Address { ip: address.into(), scope_id }),
        SocketAddress::Unspecified | SocketAddress::Other(_) => None,
    }
}

pub(super) fn ip_interface_key(key: RowKey) -> IpInterfaceKey {
    let family = match key.family {
        net::Family::V4 => Family::V4,
        net::Family::V6 => Family::V6,
    };
    IpInterfaceKey { family, luid: Luid(key.luid.0), index: key.index }
}

pub(super) fn unicast_key(key: notification::UnicastKey) -> UnicastKey {
    UnicastKey { address: key.address.into(), luid: Luid(key.luid.0), index: key.index }
}

pub(super) fn route_key(key: ForwardKey) -> RouteKey {
    RouteKey {
        luid: Luid(key.route.luid.0),
        index: key.index,
        destination: key.route.destination.into(),
        prefix_length: key.route.prefix_length,
        next_hop: key.route.next_hop.into(),
    }
}

pub(super) fn interface(row: &IfRow) -> Interface {
    let mut interface = Interface::new(Luid(row.luid.0));
    interface.index = row.index;
    interface.guid = Guid(row.guid.0);
    interface.alias.clone_from(&row.alias);
    interface.description.clone_from(&row.description);
    interface.physical_address.clone_from(&row.physical_address);
    interface.mtu = row.mtu;
    interface.if_type = row.if_type;
    interface.tunnel_type = row.tunnel_type;
    interface.oper_status = OperStatus::from_number(row.oper_status);
    interface.admin_up = row.admin_status == 1;
    interface.media = MediaState::from_number(row.media_connect_state);
    interface.transmit_link_speed_bps = row.transmit_link_speed;
    interface.receive_link_speed_bps = row.receive_link_speed;
    interface
}

/// `None` for one that is of neither family, here and below.
pub(super) fn ip_interface(row: &IpInterfaceRow) -> Option<IpInterface> {
    let (family, luid) = (Family::from_number(row.family)?, Luid(row.luid.0));
    let number = |member| row.members.get(member).unwrap_or_default();
    let small = |member| u32::try_from(number(member)).unwrap_or(u32::MAX);
    let mut ip_interface = IpInterface::new(IpInterfaceKey { family, luid, index: row.index });
    ip_interface.connected = number(Member::Connected) != 0;
    ip_interface.metric = small(Member::Metric);
    ip_interface.automatic_metric = number(Member::UseAutomaticMetric) != 0;
    ip_interface.mtu = small(Member::NlMtu);
    ip_interface.forwarding_enabled = number(Member::ForwardingEnabled) != 0;
    ip_interface.default_routes_disabled = number(Member::DisableDefaultRoutes) != 0;
    ip_interface.dad_transmits = small(Member::DadTransmits);
    Some(ip_interface)
}

pub(super) fn unicast_address(row: &UnicastRow) -> Option<UnicastAddress> {
    let key =
        UnicastKey { address: address(row.address)?, luid: Luid(row.luid.0), index: row.index };
    let mut unicast = UnicastAddress::new(key);
    unicast.prefix_length = row.on_link_prefix_length;
    unicast.dad_state = DadState::from_number(row.dad_state);
    unicast.skip_as_source = row.skip_as_source;
    unicast.prefix_origin = row.prefix_origin;
    unicast.suffix_origin = row.suffix_origin;
    unicast.valid_lifetime_s = row.valid_lifetime;
    unicast.preferred_lifetime_s = row.preferred_lifetime;
    Some(unicast)
}

pub(super) fn route(row: &ForwardRow) -> Option<Route> {
    let mut route = Route::new(RouteKey {
        luid: Luid(row.luid.0),
        index: row.index,
        destination: address(row.destination)?,
        prefix_length: row.prefix_length,
        next_hop: address(row.next_hop)?,
    });
    route.metric = row.metric;
    route.protocol = row.protocol;
    route.origin = row.origin;
    route.loopback = row.loopback;
    route.immortal = row.immortal;
    route.age_s = row.age;
    Some(route)
}
