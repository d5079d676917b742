//! SendARP.

use std::net::IpAddr;

use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
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

/// A neighbour that answers, and where it is.
fn neighbour(stack: &Stack) -> (String, Vec<u8>) {
    let env = stack.env();
    let mut answers = env.neighbours().values().filter(|neighbour| {
        neighbour.address.is_ipv4()
            && neighbour.physical_address.len() == 6
            && !neighbour.is_unreachable
    });
    let found = answers.next().expect("the home machine has a router");
    (found.address.to_string(), found.physical_address.clone())
}

#[test]
fn a_neighbour_and_the_machine_itself_answer() {
    let stack = stack();
    let _bound = bind(&stack);
    let (router, mac) = neighbour(&stack);
    assert_eq!(send(&router, "0.0.0.0", 6), (0, mac.clone()));
    assert_eq!(send(&router, "192.168.1.10", 8), (0, mac));
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
    let (router, _) = neighbour(&stack);
    assert_eq!(send("203.0.113.77", "0.0.0.0", 6).0, 31);
    assert_eq!(send(&router, "203.0.113.77", 6).0, 1168);
    assert_eq!(send(&router, "127.0.0.1", 6).0, 31, "not on that interface");
    assert_eq!(send(&router, "0.0.0.0", 5), (111, vec![0xEE; 8]));
    assert_eq!(send(&router, "0.0.0.0", 0).0, 1784);
    let (mut mac, mut length) = ([0_u8; 6], 6);
    unsafe {
        assert_eq!(SendARP(number(&router), 0, std::ptr::null_mut(), &mut length), 87);
        assert_eq!(SendARP(number(&router), 0, mac.as_mut_ptr().cast(), std::ptr::null_mut()), 87);
    }
}
