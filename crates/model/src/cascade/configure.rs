//! What DHCP servers and routers tell an interface.

use std::net::{IpAddr, Ipv6Addr};

use super::Cascade;
use crate::change::{AddressEdit, ChangeError, DhcpLease, Effect, RouterAdvertisement};
use crate::env::Env;
use crate::member::Member;
use crate::net::{Family, Luid};
use crate::table::{
    PrefixOrigin, Route, RouteOrigin, RouteOwner, SuffixOrigin, UnicastAddress, lifetime_ms,
};
use crate::teredo::{TeredoEvent, TeredoNetwork};

/// RFC 4862, 5.5.3 e: an advertisement alone cannot cut a valid lifetime below two hours.
const TWO_HOURS_MS: u64 = 2 * 60 * 60 * 1000;

impl Env {
    /// A lease: a renewal of the address refreshes its lifetimes, another address takes the place of
    /// the old one, the gateway becomes the default route.
    pub(super) fn lease(
        &mut self,
        lease: &DhcpLease,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(lease.luid)?;
        self.bound(lease.luid, Family::V4)?;
        if lease.prefix_length > 32 {
            return Err(ChangeError::PrefixLength(lease.prefix_length));
        }
        let key = (lease.luid, IpAddr::V4(lease.address));
        let leased = |a: &UnicastAddress| a.learnt && a.prefix_origin == PrefixOrigin::Dhcp;
        let held = self.addresses.get(key).map(leased);
        if held == Some(false) {
            return Err(ChangeError::AddressExists(key.1));
        }
        // Who gave a lease is a DHCP server; where none is known, it is the gateway (chosen).
        self.interfaces_mut().edit(lease.luid, |interface| {
            let services = &mut interface.services;
            services.dhcp_enabled = true;
            services.dhcp_server = services.dhcp_server.or(lease.gateway);
        });
        self.drop_addresses(lease.luid, |address| leased(address) && address.key() != key, effects);
        if held.is_some() {
            let edit = AddressEdit {
                prefix_length: Some(lease.prefix_length),
                valid_s: Some(lease.lease_s),
                preferred_s: Some(lease.lease_s),
                ..AddressEdit::default()
            };
            self.edit_address(key, &edit, effects)?;
        } else {
            let address = UnicastAddress {
                prefix_origin: PrefixOrigin::Dhcp,
                suffix_origin: SuffixOrigin::Dhcp,
                valid_ms: lifetime_ms(lease.lease_s),
                preferred_ms: lifetime_ms(lease.lease_s),
                persistent: false,
                learnt: true,
                ..UnicastAddress::new(lease.luid, key.1, lease.prefix_length)
            };
            self.add_address(&address, false, effects)?;
        }
        let gateway = lease.gateway.map(IpAddr::V4);
        self.forget_routes(lease.luid, |route| route.owner == RouteOwner::Dhcp);
        self.drop_routes(
            lease.luid,
            |route| route.owner == RouteOwner::Dhcp && Some(route.next_hop) != gateway,
            effects,
        );
        if let Some(gateway) = gateway {
            let route = Route {
                valid_ms: lifetime_ms(lease.lease_s),
                preferred_ms: lifetime_ms(lease.lease_s),
                immortal: lease.lease_s == u32::MAX,
                origin: RouteOrigin::Dhcp,
                owner: RouteOwner::Dhcp,
                ..Route::new(lease.luid, IpAddr::from([0; 4]), 0, gateway)
            };
            self.put_learnt_route(&route, effects);
        }
        Ok(())
    }

    /// The lease is given back.
    pub(super) fn release(
        &mut self,
        luid: Luid,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(luid)?;
        let leased = |a: &UnicastAddress| a.learnt && a.prefix_origin == PrefixOrigin::Dhcp;
        if !self.addresses.of(luid).any(leased) {
            return Err(ChangeError::NoLease(luid));
        }
        self.drop_routes(luid, |route| route.owner == RouteOwner::Dhcp, effects);
        self.forget_routes(luid, |route| route.owner == RouteOwner::Dhcp);
        self.drop_addresses(luid, leased, effects);
        Ok(())
    }

    /// A router advertisement (RFC 4861, 6.3.4; RFC 4862, 5.5.3). One that the row's
    /// RouterDiscoveryBehavior forbids, or that comes while there is no medium, is not heard.
    pub(super) fn advertise(
        &mut self,
        advertisement: &RouterAdvertisement,
        cascade: &mut Cascade<'_>,
    ) -> Result<(), ChangeError> {
        let luid = advertisement.luid;
        self.own_interface(luid)?;
        self.bound(luid, Family::V6)?;
        let bad = advertisement.prefix.filter(|prefix| prefix.1 > 128);
        if let Some((_, length)) = bad {
            return Err(ChangeError::PrefixLength(length));
        }
        let member = |member| self.row(luid, Family::V6).and_then(|row| row.get(member));
        if member(Member::RouterDiscoveryBehavior) == Some(0) || !self.can_carry(luid) {
            return Ok(());
        }
        let mut values = Vec::new();
        // RFC 4861, 6.3.4: not below the least MTU of IPv6, not above that of the link.
        let most = self.interface(luid).map_or(u32::MAX, |interface| interface.mtu);
        let mtu = advertisement.mtu.filter(|mtu| (1280..=most).contains(mtu));
        let mtu = mtu.map(|mtu| (Member::NlMtu, u64::from(mtu)));
        let flags = [
            (Member::ManagedAddressConfigurationSupported, u64::from(advertisement.managed)),
            (Member::OtherStatefulConfigurationSupported, u64::from(advertisement.other)),
        ];
        for (name, value) in flags.into_iter().chain(mtu) {
            if member(name) != Some(value) {
                values.push((name, value));
            }
        }
        if !values.is_empty() {
            self.set_row(luid, Family::V6, &values, &mut cascade.effects)?;
        }
        self.hear_router(advertisement, &mut cascade.effects);
        self.hear_prefix(advertisement, &mut cascade.effects)
    }

    fn hear_router(&mut self, advertisement: &RouterAdvertisement, effects: &mut Vec<Effect>) {
        let route = Route {
            valid_ms: Some(u64::from(advertisement.router_lifetime_s) * 1000),
            preferred_ms: Some(u64::from(advertisement.router_lifetime_s) * 1000),
            metric: 256,
            immortal: false,
            origin: RouteOrigin::RouterAdvertisement,
            owner: RouteOwner::RouterAdvertisement,
            ..Route::new(
                advertisement.luid,
                IpAddr::from([0; 16]),
                0,
                IpAddr::V6(advertisement.router),
            )
        };
        if advertisement.router_lifetime_s > 0 {
            self.put_learnt_route(&route, effects);
        } else if self
            .routes
            .get(route.key())
            .is_some_and(|route| route.owner == RouteOwner::RouterAdvertisement)
        {
            self.remove_route(route.key(), effects);
        }
    }

    fn hear_prefix(
        &mut self,
        advertisement: &RouterAdvertisement,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        let Some((prefix, length)) = advertisement.prefix else { return Ok(()) };
        // RFC 4862: no link-local prefix, no preferred lifetime beyond the valid one, 64 bits. That a
        // prefix is one of unicast addresses goes without saying.
        if prefix.is_unicast_link_local()
            || prefix.is_multicast()
            || prefix.segments()[..4] == [0; 4]
            || advertisement.preferred_s > advertisement.valid_s
            || length != 64
        {
            return Ok(());
        }
        let luid = advertisement.luid;
        let key = (luid, IpAddr::V6(self.own_address(luid, prefix)));
        let Some(old) = self.addresses.get(key) else {
            if advertisement.valid_s == 0 {
                return Ok(());
            }
            let address = UnicastAddress {
                prefix_origin: PrefixOrigin::RouterAdvertisement,
                suffix_origin: SuffixOrigin::LinkLayerAddress,
                valid_ms: lifetime_ms(advertisement.valid_s),
                preferred_ms: lifetime_ms(advertisement.preferred_s),
                persistent: false,
                learnt: true,
                ..UnicastAddress::new(luid, key.1, 64)
            };
            return self.add_address(&address, false, effects);
        };
        if !old.learnt || old.prefix_origin != PrefixOrigin::RouterAdvertisement {
            return Ok(());
        }
        let left_ms = old.valid_ms.unwrap_or(u64::MAX);
        let heard_ms = lifetime_ms(advertisement.valid_s).unwrap_or(u64::MAX);
        let valid_s = if heard_ms > TWO_HOURS_MS || heard_ms > left_ms {
            Some(advertisement.valid_s)
        } else if left_ms <= TWO_HOURS_MS {
            None
        } else {
            Some(7200)
        };
        let edit = AddressEdit {
            valid_s,
            preferred_s: Some(advertisement.preferred_s),
            ..AddressEdit::default()
        };
        self.edit_address(key, &edit, effects)
    }

    /// The address that an interface makes of a prefix: with the modified EUI-64 identifier of its
    /// hardware address, or one made of its LUID (chosen: real Windows draws it at random).
    pub(crate) fn own_address(&self, luid: Luid, prefix: Ipv6Addr) -> Ipv6Addr {
        let physical = self.interface(luid).map_or(&[][..], |i| &i.physical_address);
        let identifier = match *physical {
            [a, b, c, d, e, f] => u64::from_be_bytes([a ^ 2, b, c, 0xFF, 0xFE, d, e, f]),
            // A LUID of 0 names no interface, so that this is never the anycast address of the subnet's routers.
            _ => luid.0.rotate_left(40),
        };
        let network = prefix.to_bits() >> 64 << 64;
        Ipv6Addr::from_bits(network | u128::from(identifier))
    }

    fn put_learnt_route(&mut self, route: &Route, effects: &mut Vec<Effect>) {
        let key = route.key();
        match self.routes.get(key) {
            None => {
                // Without a medium nothing is learnt.
                let _ = self.can_carry(key.luid) && self.add_route(route, effects).is_ok();
            }
            Some(old) if old.owner == route.owner => {
                let (valid_ms, preferred_ms) = (old.valid_ms, old.preferred_ms);
                let unchanged = Route { valid_ms, preferred_ms, ..route.clone() } == *old;
                if unchanged {
                    // Only its lifetime begins anew: nobody is told (chosen).
                    let modified_ms = old.modified_ms;
                    self.insert_route(Route { modified_ms, ..route.clone() });
                } else {
                    let _ = self.set_route(route, effects);
                }
            }
            // A configured route to the same place stands.
            Some(_) => {}
        }
    }

    /// With a global address from a router advertisement the node has native IPv6 (TS-14, TA-25): the
    /// Teredo client is told when the first comes and when the last goes.
    pub(super) fn follow_native_ipv6(&mut self, cascade: &mut Cascade<'_>) {
        let native = self.addresses.has_advertised();
        let known = self.teredo.network().native_ipv6;
        // What the network was said to have from the start stays.
        if native == self.native_heard || (native && known) {
            return;
        }
        self.native_heard = native;
        let network = TeredoNetwork { native_ipv6: native, ..self.teredo.network().clone() };
        self.teredo_event(&TeredoEvent::NetworkChanged(network), cascade);
    }

    /// Whether a change may end or begin native IPv6, so that the Teredo client hears of it.
    pub(crate) fn hears_routers(&self) -> bool {
        self.native_heard || self.addresses.has_advertised()
    }
}
