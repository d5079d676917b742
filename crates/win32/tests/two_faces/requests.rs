//! The requests of NotifyAddrChange and NotifyRouteChange, through both doors.

use std::ptr::{null, null_mut};

use netiosim_win32::export as abi;
use netiosim_win32::sim::Overlapped;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::IO::OVERLAPPED;

use crate::seen::{plain, say};

/// The OVERLAPPED structures of a program, and what the plain functions have in their place.
#[derive(Default)]
pub(crate) struct Requests {
    /// Boxed: they stay where they are.
    memory: Box<[OVERLAPPED; 3]>,
    plain: [Option<Overlapped>; 3],
    made: usize,
}

impl Requests {
    pub(crate) fn notify(&mut self, route: bool, slot: usize, handle: bool) {
        let code = match plain() {
            Some(stack) => {
                let structure = self.plain[slot].get_or_insert_with(|| {
                    self.made += 1;
                    stack.overlapped(&format!("overlapped-{}", self.made))
                });
                match route {
                    false => stack.notify_addr_change(handle, Some(structure)),
                    true => stack.notify_route_change(handle, Some(structure)),
                }
            }
            None => unsafe {
                let structure: *const OVERLAPPED = &raw const self.memory[slot];
                let mut out = null_mut();
                let out: *mut HANDLE = if handle { &mut out } else { null_mut() };
                match route {
                    false => abi::NotifyAddrChange(out, structure),
                    true => abi::NotifyRouteChange(out, structure),
                }
            },
        };
        say(format!("overlapped {slot}: {code}"));
    }

    pub(crate) fn cancel(&self, slot: usize) {
        let done = match plain() {
            Some(stack) => {
                let structure = self.plain.get(slot).and_then(Option::as_ref);
                stack.cancel_ip_change_notify(structure)
            }
            None => unsafe {
                let structure = self.memory.get(slot).map_or(null(), std::ptr::from_ref);
                abi::CancelIPChangeNotify(structure) != 0
            },
        };
        say(format!("overlapped {slot} cancelled: {done}"));
    }

    /// How the requests are, by the structures' memory.
    pub(crate) fn look(&self) {
        let states: Vec<usize> = match plain() {
            Some(_) => self.plain.iter().map(|structure| state(structure.as_ref())).collect(),
            None => self
                .memory
                .iter()
                .map(|one| unsafe { (&raw const one.Internal).read_volatile() })
                .collect(),
        };
        say(format!("requests {states:x?}"));
    }
}

/// What `Internal` says of a request.
fn state(structure: Option<&Overlapped>) -> usize {
    const STATUS_PENDING: usize = 0x103;
    const STATUS_CANCELLED: usize = 0xC000_0120;
    match structure.map(Overlapped::result) {
        Some(996) => STATUS_PENDING,
        Some(995) => STATUS_CANCELLED,
        _ => 0,
    }
}
