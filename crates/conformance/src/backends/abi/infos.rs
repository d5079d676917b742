//! The list of GetAdaptersInfo.

use std::net::Ipv4Addr;

use netiosim_model::api::adapters::{AdapterInfo, AdaptersInfo};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    IP_ADAPTER_INFO, IP_ADDR_STRING, IP_ADDRESS_STRING,
};

use super::adapters::List;

/// A member of a structure that was looked up in the list.
macro_rules! get {
    ($at:ident.$member:ident) => {
        // SAFETY: the structure lies in the buffer, all of which is initialised; every value of the member is legal.
        unsafe { (&raw const (*$at).$member).read_unaligned() }
    };
}

/// The text before the terminator.
fn text(bytes: &[i8]) -> String {
    let text = bytes.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8);
    String::from_utf8_lossy(&text.collect::<Vec<u8>>()).into_owned()
}

/// An address in dotted decimal; `None` for an empty text.
fn address(string: IP_ADDRESS_STRING) -> Option<Ipv4Addr> {
    let text = text(&string.String);
    (!text.is_empty()).then(|| text.parse().expect("an address in dotted decimal"))
}

impl List {
    /// The addresses of a chain, each with its mask; those that are empty are left out.
    fn strings(&mut self, first: IP_ADDR_STRING) -> Vec<(Ipv4Addr, Option<Ipv4Addr>)> {
        let mut all: Vec<_> =
            address(first.IpAddress).map(|a| (a, address(first.IpMask))).into_iter().collect();
        let (mut next, mut left) = (first.Next, self.taken());
        while let Some(at) = self.part(next.cast_const()) {
            left = left.checked_sub(1).expect("the end of a chain");
            let node: IP_ADDR_STRING = {
                // SAFETY: it lies in the buffer, all of which is initialised; every value of its members is legal.
                unsafe { at.read_unaligned() }
            };
            all.extend(address(node.IpAddress).map(|a| (a, address(node.IpMask))));
            next = node.Next;
        }
        all
    }

    fn info(&mut self, at: *const IP_ADAPTER_INFO) -> AdapterInfo {
        let plain = |list: &mut Self, first| -> Vec<Ipv4Addr> {
            list.strings(first).into_iter().map(|(address, _)| address).collect()
        };
        let physical: [u8; 8] = get!(at.Address);
        let mut wins_servers = plain(self, get!(at.PrimaryWinsServer));
        wins_servers.extend(plain(self, get!(at.SecondaryWinsServer)));
        assert!((get!(at.HaveWins) != 0) != wins_servers.is_empty(), "HaveWins is wrong");
        AdapterInfo {
            name: text(&get!(at.AdapterName)),
            description: text(&get!(at.Description)),
            physical_address: physical[..get!(at.AddressLength) as usize].to_vec(),
            index: get!(at.Index),
            if_type: get!(at.Type),
            dhcp_enabled: get!(at.DhcpEnabled) != 0,
            addresses: self
                .strings(get!(at.IpAddressList))
                .into_iter()
                .map(|(address, mask)| (address, mask.expect("an address has a mask")))
                .collect(),
            gateways: plain(self, get!(at.GatewayList)),
            dhcp_server: plain(self, get!(at.DhcpServer)).first().copied(),
            wins_servers,
            lease_obtained: get!(at.LeaseObtained),
            lease_expires: get!(at.LeaseExpires),
        }
    }
}

/// The adapters of a list, in order; there is at least one.
pub(super) fn read(list: &mut List) -> AdaptersInfo {
    let mut all = Vec::new();
    let mut next: *const IP_ADAPTER_INFO = list.first();
    while let Some(at) = list.part(next) {
        assert!(all.len() <= list.taken() as usize, "a chain has no end");
        all.push(list.info(at));
        next = get!(at.Next).cast_const();
    }
    AdaptersInfo { size: list.taken(), list: all }
}
