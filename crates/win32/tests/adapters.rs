//! GetAdaptersAddresses and its relatives: what is in the buffer is what the model says, to the byte.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::ffi::{CStr, c_void};
use std::net::IpAddr;

use netiosim_win32::layout::read_address;
use netiosim_win32::sim::model::api::adapters::{Adapter, AdapterInfo};
use netiosim_win32::sim::model::api::{Call, Output};
use netiosim_win32::sim::model::build::{home, many};
use netiosim_win32::sim::model::env::Env;
use netiosim_win32::sim::model::row::SocketAddress;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetAdaptersAddresses, GetAdaptersInfo, GetNumberOfInterfaces, IP_ADAPTER_ADDRESSES_LH,
    IP_ADAPTER_GATEWAY_ADDRESS_LH, IP_ADAPTER_INFO, IP_ADDR_STRING,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, AF_UNSPEC, SOCKET_ADDRESS};

/// Everything that can be asked for.
const EVERYTHING: u32 = 0x10 | 0x40 | 0x80 | 0x100;
const CANARY: u8 = 0xC3;

fn stack(env: Env) -> Stack {
    builder().env(env).on_deadlock(OnDeadlock::Error).build()
}

fn wide(at: *const u16) -> String {
    let units = (0..).map(|n| unsafe { at.add(n).read() }).take_while(|unit| *unit != 0);
    String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
}

fn address(socket: &SOCKET_ADDRESS) -> SocketAddress {
    let address = unsafe { read_address(socket.lpSockaddr.cast()) };
    let length = if matches!(address.ip(), Some(IpAddr::V4(_))) { 16 } else { 28 };
    assert_eq!(socket.iSockaddrLength, length);
    address
}

/// A list whose nodes are all like a gateway's at their beginning.
fn nodes(first: *const c_void) -> Vec<SocketAddress> {
    let mut at: *const IP_ADAPTER_GATEWAY_ADDRESS_LH = first.cast();
    let mut all = Vec::new();
    while let Some(node) = unsafe { at.as_ref() } {
        all.push(address(&node.Address));
        at = node.Next;
    }
    all
}

/// Compares one adapter in the buffer with the model's, member by member.
fn compare(at: &IP_ADAPTER_ADDRESSES_LH, model: &Adapter) {
    unsafe {
        assert_eq!(at.Anonymous1.Anonymous.Length, 448);
        assert_eq!(at.Anonymous1.Anonymous.IfIndex, model.index);
        assert_eq!(at.Ipv6IfIndex, model.ipv6_index);
        assert_eq!(CStr::from_ptr(at.AdapterName.cast()).to_str().unwrap(), model.name);
        assert_eq!(wide(at.DnsSuffix), model.dns_suffix);
        assert_eq!(wide(at.Description), model.description);
        let friendly = (!at.FriendlyName.is_null()).then(|| wide(at.FriendlyName));
        assert_eq!(friendly, model.friendly_name);
        let used = at.PhysicalAddressLength as usize;
        assert_eq!(at.PhysicalAddress[..used], model.physical_address[..]);
        assert_eq!(at.Anonymous2.Flags, model.flags);
        assert_eq!((at.Mtu, at.IfType), (model.mtu, model.if_type));
        assert_eq!(at.OperStatus as u32, model.oper_status);
        assert_eq!(at.ZoneIndices, model.zone_indices);
        assert_eq!(at.TransmitLinkSpeed, model.transmit_link_speed);
        assert_eq!((at.Ipv4Metric, at.Ipv6Metric), (model.ipv4_metric, model.ipv6_metric));
        assert_eq!(at.Luid.Value, model.luid.0);
        assert_eq!(at.CompartmentId, model.compartment_id);
        let dhcp = (!at.Dhcpv4Server.lpSockaddr.is_null()).then(|| address(&at.Dhcpv4Server));
        assert_eq!(dhcp, model.dhcpv4_server);
    }
    assert_eq!(nodes(at.FirstAnycastAddress.cast()), model.anycast);
    assert_eq!(nodes(at.FirstMulticastAddress.cast()), model.multicast);
    assert_eq!(nodes(at.FirstDnsServerAddress.cast()), model.dns_servers);
    assert_eq!(nodes(at.FirstWinsServerAddress.cast()), model.wins_servers);
    assert_eq!(nodes(at.FirstGatewayAddress.cast()), model.gateways);

    let mut unicast = at.FirstUnicastAddress;
    for wanted in &model.unicast {
        let node = unsafe { unicast.as_ref() }.expect("one node for each address");
        assert_eq!(address(&node.Address), wanted.address);
        assert_eq!(unsafe { node.Anonymous.Anonymous.Flags }, wanted.flags);
        assert_eq!(node.PrefixOrigin as u32, wanted.prefix_origin);
        assert_eq!(node.DadState as u32, wanted.dad_state);
        assert_eq!(node.ValidLifetime, wanted.valid_lifetime);
        assert_eq!(node.LeaseLifetime, wanted.lease_lifetime);
        assert_eq!(node.OnLinkPrefixLength, wanted.on_link_prefix_length);
        unicast = node.Next;
    }
    assert!(unicast.is_null());
    let mut prefix = at.FirstPrefix;
    for wanted in &model.prefixes {
        let node = unsafe { prefix.as_ref() }.expect("one node for each prefix");
        assert_eq!((address(&node.Address), node.PrefixLength), (wanted.address, wanted.length));
        prefix = node.Next;
    }
    assert!(prefix.is_null());
    let mut suffix = at.FirstDnsSuffix;
    for wanted in &model.dns_suffixes {
        let node = unsafe { suffix.as_ref() }.expect("one node for each suffix");
        assert_eq!(wide(node.String.as_ptr()), *wanted);
        suffix = node.Next;
    }
    assert!(suffix.is_null());
}

fn check_all(stack: &Stack, flags: u32) {
    let family = u32::from(AF_UNSPEC);
    let Output::Adapters(model) = stack.call(&Call::adapters_addresses(family, flags)).output
    else {
        panic!("the model has adapters");
    };
    let get = |buffer: *mut u8, size: &mut u32| unsafe {
        GetAdaptersAddresses(family, flags, std::ptr::null(), buffer.cast(), size)
    };
    let mut size = 0;
    assert_eq!(get(std::ptr::null_mut(), &mut size), 111);
    assert_eq!(size, model.size);
    let mut memory = vec![0_u64; size as usize / 8 + 2];
    let buffer: *mut u8 = memory.as_mut_ptr().cast();
    unsafe { buffer.write_bytes(CANARY, size as usize + 16) };
    let mut small = size - 1;
    assert_eq!(get(buffer, &mut small), 111);
    assert_eq!(small, size);
    assert_eq!(unsafe { buffer.read() }, CANARY, "a buffer that is too small is left alone");
    assert_eq!(get(buffer, &mut size), 0);
    for n in 0..16 {
        assert_eq!(unsafe { buffer.add(size as usize + n).read() }, CANARY, "behind the buffer");
    }
    let mut at: *const IP_ADAPTER_ADDRESSES_LH = buffer.cast();
    for wanted in &model.list {
        let adapter = unsafe { at.as_ref() }.expect("one structure for each adapter");
        compare(adapter, wanted);
        at = adapter.Next;
    }
    assert!(at.is_null());
}

#[test]
fn the_buffer_holds_what_the_model_says() {
    for env in [home(), many(20)] {
        let stack = stack(env);
        let _bound = bind(&stack);
        let alias = stack.env().interfaces().nth(1).unwrap().alias.clone();
        stack.add_address(&alias, "2001:db8::5/64").unwrap();
        for flags in [0, EVERYTHING, EVERYTHING | 0x20, 0x1 | 0x2 | 0x4 | 0x8] {
            check_all(&stack, flags);
        }
    }
}

#[test]
fn a_machine_without_adapters_has_no_data() {
    // The loopback interface is always there: without IPv6 nothing has an IPv6 address.
    let stack = builder().no_ipv6().on_deadlock(OnDeadlock::Error).build();
    let _bound = bind(&stack);
    let mut size = 0;
    let (family, null) = (u32::from(AF_INET6), std::ptr::null_mut());
    let code = unsafe { GetAdaptersAddresses(family, 0, std::ptr::null(), null, &mut size) };
    assert_eq!(code, 232, "ERROR_NO_DATA");

    let aliases: Vec<String> = stack.env().interfaces().map(|i| i.alias.clone()).collect();
    for alias in aliases.iter().filter(|alias| !alias.starts_with("Loopback")) {
        stack.remove_interface(alias).unwrap();
    }
    assert_eq!(unsafe { GetAdaptersInfo(std::ptr::null_mut(), &mut size) }, 232);
}

#[test]
fn null_where_the_page_forbids_it_is_refused() {
    let stack = stack(home());
    let _bound = bind(&stack);
    let code = unsafe {
        GetAdaptersAddresses(0, 0, std::ptr::null(), std::ptr::null_mut(), std::ptr::null_mut())
    };
    assert_eq!(code, 87);
    assert_eq!(unsafe { GetAdaptersInfo(std::ptr::null_mut(), std::ptr::null_mut()) }, 87);
    assert_eq!(unsafe { GetNumberOfInterfaces(std::ptr::null_mut()) }, 87);
    let mut size = 0;
    let family = u32::from(AF_INET) + 1;
    assert_eq!(
        unsafe {
            GetAdaptersAddresses(family, 0, std::ptr::null(), std::ptr::null_mut(), &mut size)
        },
        87
    );
}

fn chain(first: &IP_ADDR_STRING) -> Vec<(String, String)> {
    let text = |bytes: &[i8; 16]| {
        unsafe { CStr::from_ptr(bytes.as_ptr().cast()) }.to_str().unwrap().to_owned()
    };
    let mut all = Vec::new();
    let mut at: *const IP_ADDR_STRING = first;
    while let Some(node) = unsafe { at.as_ref() } {
        all.push((text(&node.IpAddress.String), text(&node.IpMask.String)));
        at = node.Next;
    }
    all
}

fn compare_info(at: &IP_ADAPTER_INFO, model: &AdapterInfo) {
    let name = unsafe { CStr::from_ptr(at.AdapterName.as_ptr().cast()) };
    assert_eq!(name.to_str().unwrap(), model.name);
    assert_eq!((at.Index, at.Type), (model.index, model.if_type));
    assert_eq!(at.DhcpEnabled != 0, model.dhcp_enabled);
    let addresses: Vec<_> =
        model.addresses.iter().map(|(ip, mask)| (ip.to_string(), mask.to_string())).collect();
    assert_eq!(chain(&at.IpAddressList), addresses);
    let gateways: Vec<_> =
        model.gateways.iter().map(|ip| (ip.to_string(), String::new())).collect();
    assert_eq!(chain(&at.GatewayList), gateways);
    let server = model.dhcp_server.map(|ip| ip.to_string()).unwrap_or_default();
    assert_eq!(chain(&at.DhcpServer), [(server, String::new())]);
    assert_eq!((at.LeaseObtained, at.LeaseExpires), (model.lease_obtained, model.lease_expires));
}

#[test]
fn the_older_list_holds_what_the_model_says() {
    let stack = stack(home());
    let _bound = bind(&stack);
    for n in 20..25 {
        stack.add_address("Ethernet", &format!("192.168.1.{n}/24")).unwrap();
    }
    stack.advance_ms(5_000);
    let Output::AdaptersInfo(model) = stack.call(&Call::adapters_info()).output else {
        panic!("the model has adapters");
    };
    let mut size = 0;
    assert_eq!(unsafe { GetAdaptersInfo(std::ptr::null_mut(), &mut size) }, 111);
    assert_eq!(size, model.size);
    let mut memory = vec![0_u64; size as usize / 8 + 1];
    let buffer: *mut IP_ADAPTER_INFO = memory.as_mut_ptr().cast();
    assert_eq!(unsafe { GetAdaptersInfo(buffer, &mut size) }, 0);
    let mut at = buffer.cast_const();
    for wanted in &model.list {
        let adapter = unsafe { at.as_ref() }.expect("one structure for each adapter");
        compare_info(adapter, wanted);
        at = adapter.Next;
    }
    assert!(at.is_null());
    let mut number = 0;
    assert_eq!(unsafe { GetNumberOfInterfaces(&mut number) }, 0);
    assert!(number as usize > model.list.len(), "the loopback interface is among them");
}
