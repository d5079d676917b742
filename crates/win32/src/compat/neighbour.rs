//! SendARP: the hardware address of a neighbour, from the stack's neighbour table.

use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr};

use netiosim_sim::StackRef;

use super::{code, host_calls};
use crate::{current, origin, sentinel};

/// ERROR_INVALID_USER_BUFFER.
const INVALID_USER_BUFFER: u32 = 1784;

fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(number.to_ne_bytes())
}

/// The hardware address of who has this address: a neighbour that answers, or the machine itself.
fn resolve(stack: &StackRef, destination: Ipv4Addr, source: Ipv4Addr) -> Result<Vec<u8>, u32> {
    let env = stack.env();
    let own = |address: Ipv4Addr| {
        env.address_table()
            .iter()
            .find(|own| own.address == IpAddr::V4(address))
            .map(|own| own.luid)
    };
    let from = match source {
        Ipv4Addr::UNSPECIFIED => None,
        source => Some(own(source).ok_or(code::NOT_FOUND)?),
    };
    if let Some(luid) = own(destination) {
        let interface = env.interface(luid);
        return Ok(interface.map(|own| own.physical_address.clone()).unwrap_or_default());
    }
    let answers = env.neighbours().iter().map(|(_, neighbour)| neighbour).find(|neighbour| {
        neighbour.address == IpAddr::V4(destination)
            && from.is_none_or(|luid| luid == neighbour.luid)
            && !neighbour.is_unreachable
            && !neighbour.physical_address.is_empty()
    });
    answers.map(|neighbour| neighbour.physical_address.clone()).ok_or(code::GEN_FAILURE)
}

host_calls! {
    /// SendARP: nothing is sent. A neighbour of the stack, or the machine's own address, is told with its hardware
    /// address; what is in no table does not answer: ERROR_GEN_FAILURE (31). ERROR_NOT_FOUND (1168) when the
    /// source is no address of the machine, ERROR_BUFFER_OVERFLOW (111) when there is not place enough.
    [4] fn SendARP(caller; destination: u32, source: u32, mac: *mut c_void, length: *mut u32) -> u32 {
        let Some(stack) = current::current("SendARP", caller) else {
            sentinel::set();
            return code::INVALID_FUNCTION;
        };
        origin::announce(caller);
        let answer = if mac.is_null() || length.is_null() {
            Err(code::INVALID_PARAMETER)
        } else {
            resolve(&stack, address(destination), address(source))
        };
        let answer = answer.and_then(|found| {
            // SAFETY: the caller's: neither is NULL, and there is place for as many bytes as the number says.
            unsafe {
                match length.read_unaligned() as usize {
                    0 => return Err(INVALID_USER_BUFFER),
                    place if place < found.len() => return Err(code::BUFFER_OVERFLOW),
                    _ => {}
                }
                for (n, byte) in found.iter().enumerate() {
                    mac.cast::<u8>().add(n).write(*byte);
                }
                length.write_unaligned(u32::try_from(found.len()).unwrap_or(0));
            }
            Ok(())
        });
        sentinel::set();
        answer.err().unwrap_or(0)
    }
}
