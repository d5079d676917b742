//! What happens to the addresses, routes and media of a machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::panic::Location;

use netiosim_model::change::{Change, ChangeError, DhcpLease, RouterAdvertisement};
use netiosim_model::interface::Connectivity;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{Route, UnicastAddress};

use super::EnvironmentError;
use super::text::{address, prefix, wrong};
use crate::StackRef;

/// What a text has to be where an address is wanted.
const ADDRESS: &str = "an address, such as 10.0.0.5";

/// The lifetimes that a router sends unless told otherwise: AdvDefaultLifetime, AdvValidLifetime and
/// AdvPreferredLifetime of RFC 4861, in seconds.
const ROUTER_LIFETIME_S: u32 = 1800;
const VALID_S: u32 = 2_592_000;
const PREFERRED_S: u32 = 604_800;

impl StackRef {
    /// An administrator adds a unicast address, such as `10.0.0.5/24`; it is usable when duplicate
    /// address detection is over (UC-16, UC-17).
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when the text is no prefix, there is no such interface, or the address is
    /// on it already.
    #[track_caller]
    pub fn add_address(&self, alias: &str, text: &str) -> Result<(), EnvironmentError> {
        let (ip, length) = prefix(text)?;
        let address = UnicastAddress::new(self.luid(alias)?, ip, length);
        self.happens(&Change::AddressAdd { address, optimistic: false }, Location::caller())
    }

    /// An administrator takes a unicast address away, such as `10.0.0.5`.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when the text is no address, there is no such interface, or the address is
    /// not on it.
    #[track_caller]
    pub fn remove_address(&self, alias: &str, text: &str) -> Result<(), EnvironmentError> {
        let (luid, address) = (self.luid(alias)?, address(text, ADDRESS)?);
        self.happens(&Change::AddressRemove { luid, address }, Location::caller())
    }

    /// Another host on the link of an interface takes an address, or gives it up (UC-18).
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when the text is no address, or there is no such interface.
    #[track_caller]
    pub fn conflict(&self, alias: &str, text: &str, present: bool) -> Result<(), EnvironmentError> {
        let (luid, address) = (self.luid(alias)?, address(text, ADDRESS)?);
        self.happens(&Change::AddressConflict { luid, address, present }, Location::caller())
    }

    /// A DHCP server gives an interface a lease, or renews it: an address such as `192.168.1.50/24`, a
    /// default gateway if it says one, for so many seconds (0xFFFFFFFF without end).
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when a text is not what is wanted, or there is no such interface.
    #[track_caller]
    pub fn dhcp_lease(
        &self,
        alias: &str,
        text: &str,
        gateway: Option<&str>,
        lease_s: u32,
    ) -> Result<(), EnvironmentError> {
        let wanted = "an IPv4 address, such as 192.168.1.1";
        let gateway = gateway.map(|text| address::<Ipv4Addr>(text, wanted)).transpose()?;
        let (IpAddr::V4(address), prefix_length) = prefix(text)? else {
            return Err(wrong(text, "an IPv4 address with the length of its prefix"));
        };
        let luid = self.luid(alias)?;
        let lease = DhcpLease { luid, address, prefix_length, gateway, lease_s };
        self.happens(&Change::DhcpLease(lease), Location::caller())
    }

    /// The lease of an interface ends: its address and its routes go away.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when there is no such interface.
    #[track_caller]
    pub fn dhcp_release(&self, alias: &str) -> Result<(), EnvironmentError> {
        self.happens(&Change::DhcpRelease(self.luid(alias)?), Location::caller())
    }

    /// A router of this link-local address advertises itself, and a prefix for addresses if it has one,
    /// such as `2001:db8::/64`, with the lifetimes that RFC 4861 suggests. For other ones there is
    /// [`change`](Self::change).
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when a text is not what is wanted, or there is no such interface.
    #[track_caller]
    pub fn router_advertisement(
        &self,
        alias: &str,
        router: &str,
        advertised: Option<&str>,
    ) -> Result<(), EnvironmentError> {
        let ipv6 = |text: &str| match prefix(text)? {
            (IpAddr::V6(address), length) => Ok((address, length)),
            _ => Err(wrong(text, "an IPv6 prefix, such as 2001:db8::/64")),
        };
        let advertisement = RouterAdvertisement {
            luid: self.luid(alias)?,
            router: address::<Ipv6Addr>(router, "an IPv6 address, such as fe80::1")?,
            router_lifetime_s: ROUTER_LIFETIME_S,
            prefix: advertised.map(ipv6).transpose()?,
            valid_s: VALID_S,
            preferred_s: PREFERRED_S,
            managed: false,
            other: false,
            mtu: None,
        };
        self.happens(&Change::RouterAdvertisement(advertisement), Location::caller())
    }

    /// An administrator adds a route to a prefix, such as `10.0.0.0/8`, through a next hop, or on-link
    /// (`None`), with route metric 0.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when a text is not what is wanted, there is no such interface, or the route
    /// is there already.
    #[track_caller]
    pub fn add_route(
        &self,
        alias: &str,
        destination: &str,
        next_hop: Option<&str>,
    ) -> Result<(), EnvironmentError> {
        let route = self.route_of(alias, destination, next_hop)?;
        self.happens(&Change::RouteAdd(route), Location::caller())
    }

    /// An administrator takes a route away.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when a text is not what is wanted, or there is no such interface or route.
    #[track_caller]
    pub fn remove_route(
        &self,
        alias: &str,
        destination: &str,
        next_hop: Option<&str>,
    ) -> Result<(), EnvironmentError> {
        let route = self.route_of(alias, destination, next_hop)?;
        self.happens(&Change::RouteRemove(route.key()), Location::caller())
    }

    /// Disables an adapter: its interface goes away with everything on it. The answer is its LUID, by
    /// which it is [enabled](Self::enable) again.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when there is no such interface.
    #[track_caller]
    pub fn disable(&self, alias: &str) -> Result<Luid, EnvironmentError> {
        let luid = self.luid(alias)?;
        self.happens(&Change::InterfaceDisable(luid), Location::caller()).map(|()| luid)
    }

    /// Enables a disabled adapter: the same LUID, and the lowest index that is free.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when no adapter of this LUID is disabled.
    #[track_caller]
    pub fn enable(&self, luid: Luid) -> Result<(), EnvironmentError> {
        self.happens(&Change::InterfaceEnable(luid), Location::caller())
    }

    /// What lies behind an interface changes, or what its use costs.
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when there is no such interface.
    #[track_caller]
    pub fn connectivity(
        &self,
        alias: &str,
        connectivity: Connectivity,
    ) -> Result<(), EnvironmentError> {
        let luid = self.luid(alias)?;
        self.happens(&Change::ConnectivitySet { luid, connectivity }, Location::caller())
    }

    /// Gives the machine an IPv4 stack, or takes it away.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    #[track_caller]
    pub fn set_ipv4(&self, present: bool) -> Result<(), ChangeError> {
        self.change_at(&Change::Ipv4Present(present), Location::caller())
    }

    fn happens(
        &self,
        change: &Change,
        at: &'static Location<'static>,
    ) -> Result<(), EnvironmentError> {
        self.change_at(change, at).map_err(EnvironmentError::Change)
    }

    fn route_of(
        &self,
        alias: &str,
        destination: &str,
        next_hop: Option<&str>,
    ) -> Result<Route, EnvironmentError> {
        let (to, length) = prefix(destination)?;
        let family = Family::of(to);
        let next_hop = match next_hop {
            Some(text) => match address::<IpAddr>(text, ADDRESS)? {
                hop if Family::of(hop) == family => hop,
                _ => return Err(wrong(text, "an address of the destination's family")),
            },
            None if family == Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
            None => Ipv6Addr::UNSPECIFIED.into(),
        };
        Ok(Route::new(self.luid(alias)?, to, length, next_hop))
    }
}
