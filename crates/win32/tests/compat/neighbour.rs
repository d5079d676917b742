//! SendARP.

use std::net::IpAddr;

use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use netiosim_win32::sim::model::change::Change;
use netiosim_win32::sim::model::table::{Neighbour, NeighbourState};
use windows_sys::Win32::NetworkManagement::IpHelper::SendARP;

use crate::stack;

fn number(address: &str) -> u32 {
    u32::from_ne_bytes(address.parse::<std::net::Ipv4Addr>().unwrap().octets())
}

fn send(to: &str, from: &str, place: u32) -> (u32, Vec<u8>) {
    let (mut mac, mut length) = ([0xEE_u8; 8], place);
    let (to, from) = (number(to), number(from));
    let code = unsafe { SendARP(to, from, mac.as_mut_ptr().cast(), &mut length) };
    (code, if code == 0 { mac[..length as usize].to_vec() } else { mac.to_vec() })
}

const ROUTER: &str = "192.168.1.1";
const MAC: [u8; 6] = [0x02, 0, 0, 0, 0, 0x01];

/// A router that answers and a printer that does not.
fn put_neighbours(stack: &Stack) {
    let luid = stack.luid("Ethernet").unwrap();
    for (address, physical_address, is_unreachable) in [
        (ROUTER, MAC.to_vec(), false),
        ("192.168.1.2", MAC.to_vec(), true),
        ("192.168.1.3", vec![], false),
    ] {
        let neighbour = Neighbour {
            luid,
            address: address.parse().unwrap(),
            physical_address,
            state: NeighbourState::Reachable,
            is_router: address == ROUTER,
            is_unreachable,
        };
        stack.change(&Change::NeighbourPut(neighbour)).unwrap();
    }
}

#[test]
fn a_neighbour_and_the_machine_itself_answer() {
    let stack = stack();
    let _bound = bind(&stack);
    put_neighbours(&stack);
    assert_eq!(send(ROUTER, "0.0.0.0", 6), (0, MAC.to_vec()));
    assert_eq!(send(ROUTER, "192.168.1.10", 8), (0, MAC.to_vec()));
    let env = stack.env();
    let own: IpAddr = "192.168.1.10".parse().unwrap();
    let luid = env.address_table().iter().find(|address| address.address == own).unwrap().luid;
    let physical = env.interface(luid).unwrap().physical_address.clone();
    assert_eq!(send("192.168.1.10", "0.0.0.0", 6), (0, physical));
}

#[test]
fn others_do_not() {
    let stack = stack();
    let _bound = bind(&stack);
    put_neighbours(&stack);
    for silent in ["203.0.113.77", "192.168.1.2", "192.168.1.3"] {
        assert_eq!(send(silent, "0.0.0.0", 6).0, 31, "{silent}");
    }
    assert_eq!(send(ROUTER, "203.0.113.77", 6).0, 1168);
    assert_eq!(send(ROUTER, "127.0.0.1", 6).0, 31, "not on that interface");
    assert_eq!(send(ROUTER, "0.0.0.0", 5), (111, vec![0xEE; 8]));
    assert_eq!(send(ROUTER, "0.0.0.0", 0).0, 1784);
    let (mut mac, mut length) = ([0_u8; 6], 6);
    unsafe {
        assert_eq!(SendARP(number(ROUTER), 0, std::ptr::null_mut(), &mut length), 87);
        assert_eq!(SendARP(number(ROUTER), 0, mac.as_mut_ptr().cast(), std::ptr::null_mut()), 87);
    }
}
