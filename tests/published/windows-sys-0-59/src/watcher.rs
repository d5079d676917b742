//! Interfaces, watched.

use std::ffi::c_void;
use std::ptr;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::{ffi::OsString, os::windows::ffi::OsStringExt};

use windows_sys::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_NOT_READY, HANDLE, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetAdaptersAddresses, GetIpInterfaceEntry, GetTeredoPort,
    MibInitialNotification, NotifyIpInterfaceChange, GAA_FLAG_INCLUDE_PREFIX,
    IP_ADAPTER_ADDRESSES_LH, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_UNSPEC};

/// What the watcher was told.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// The registration begins.
    Begin,
    /// Something about the interface of this index.
    Interface(u32),
}

/// A registration for changes of interfaces.
pub struct Watcher {
    handle: HANDLE,
    context: *mut Sender<Event>,
}

unsafe extern "system" fn told(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    let sender = &*context.cast::<Sender<Event>>();
    let event = if kind == MibInitialNotification {
        Event::Begin
    } else {
        Event::Interface((*row).InterfaceIndex)
    };
    let _ = sender.send(event);
}

impl Watcher {
    /// Registers, with an initial notification.
    pub fn new() -> Result<(Self, Receiver<Event>), u32> {
        let (sender, receiver) = channel();
        let context = Box::into_raw(Box::new(sender));
        let mut handle: HANDLE = ptr::null_mut();
        // BOOLEAN is a byte in some versions of windows-sys and a bool in others.
        let code = unsafe {
            NotifyIpInterfaceChange(AF_UNSPEC, Some(told), context.cast(), true as _, &mut handle)
        };
        let watcher = Self { handle, context };
        if code == NO_ERROR { Ok((watcher, receiver)) } else { Err(code) }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        unsafe {
            CancelMibChangeNotify2(self.handle);
            drop(Box::from_raw(self.context));
        }
    }
}

/// The Teredo port; `None`: the client is not ready.
pub fn teredo_port() -> Result<Option<u16>, u32> {
    let mut port = 0;
    match unsafe { GetTeredoPort(&mut port) } {
        NO_ERROR => Ok(Some(port)),
        ERROR_NOT_READY => Ok(None),
        code => Err(code),
    }
}

/// The metric of an interface.
pub fn metric(index: u32) -> Result<u32, u32> {
    let mut row: MIB_IPINTERFACE_ROW = unsafe { std::mem::zeroed() };
    row.Family = AF_INET;
    row.InterfaceIndex = index;
    match unsafe { GetIpInterfaceEntry(&mut row) } {
        NO_ERROR => Ok(row.Metric),
        code => Err(code),
    }
}

/// The friendly names of all adapters.
pub fn adapters() -> Result<Vec<OsString>, u32> {
    let mut size = 0;
    loop {
        let mut memory = vec![0_u64; (size as usize).div_ceil(8)];
        let first = memory.as_mut_ptr().cast::<IP_ADAPTER_ADDRESSES_LH>();
        let code = unsafe {
            GetAdaptersAddresses(
                u32::from(AF_UNSPEC),
                GAA_FLAG_INCLUDE_PREFIX,
                ptr::null(),
                first,
                &mut size,
            )
        };
        match code {
            ERROR_BUFFER_OVERFLOW => continue,
            NO_ERROR => {}
            code => return Err(code),
        }
        let mut names = Vec::new();
        let mut next = first.cast_const();
        while let Some(adapter) = unsafe { next.as_ref() } {
            let length = (0..).take_while(|&at| unsafe { *adapter.FriendlyName.add(at) } != 0).count();
            let name = unsafe { std::slice::from_raw_parts(adapter.FriendlyName, length) };
            names.push(OsString::from_wide(name));
            next = adapter.Next;
        }
        return Ok(names);
    }
}
