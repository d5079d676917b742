//! Interfaces, watched.

use std::ffi::c_void;
use std::sync::mpsc::{channel, Receiver, Sender};

use windows::core::HSTRING;
use windows::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_NOT_READY, HANDLE, NO_ERROR};
use windows::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetAdaptersAddresses, GetIpInterfaceEntry, GetTeredoPort,
    MibInitialNotification, NotifyIpInterfaceChange, GAA_FLAG_INCLUDE_PREFIX,
    IP_ADAPTER_ADDRESSES_LH, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
};
use windows::Win32::Networking::WinSock::{AF_INET, AF_UNSPEC};

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
    pub fn new() -> windows::core::Result<(Self, Receiver<Event>)> {
        let (sender, receiver) = channel();
        let context = Box::into_raw(Box::new(sender));
        let mut handle = HANDLE::default();
        unsafe {
            NotifyIpInterfaceChange(AF_UNSPEC, Some(told), Some(context.cast()), true, &mut handle).ok()?;
        }
        Ok((Self { handle, context }, receiver))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        unsafe {
            let _ = CancelMibChangeNotify2(self.handle);
            drop(Box::from_raw(self.context));
        }
    }
}

/// The Teredo port; `None`: the client is not ready.
pub fn teredo_port() -> windows::core::Result<Option<u16>> {
    let mut port = 0;
    match unsafe { GetTeredoPort(&mut port) } {
        NO_ERROR => Ok(Some(port)),
        ERROR_NOT_READY => Ok(None),
        code => Err(code.into()),
    }
}

/// The metric of an interface.
pub fn metric(index: u32) -> Result<u32, u32> {
    let mut row = MIB_IPINTERFACE_ROW { Family: AF_INET, InterfaceIndex: index, ..Default::default() };
    match unsafe { GetIpInterfaceEntry(&mut row) } {
        NO_ERROR => Ok(row.Metric),
        code => Err(code.0),
    }
}

/// The friendly names of all adapters, by way of Windows' strings.
pub fn adapters() -> windows::core::Result<Vec<std::ffi::OsString>> {
    let mut size = 0;
    loop {
        let mut memory = vec![0_u64; (size as usize).div_ceil(8)];
        let first = memory.as_mut_ptr().cast::<IP_ADAPTER_ADDRESSES_LH>();
        let code = unsafe {
            GetAdaptersAddresses(
                u32::from(AF_UNSPEC.0),
                GAA_FLAG_INCLUDE_PREFIX,
                None,
                Some(first),
                &mut size,
            )
        };
        if code == ERROR_BUFFER_OVERFLOW.0 {
            continue;
        }
        windows::Win32::Foundation::WIN32_ERROR(code).ok()?;
        let mut names = Vec::new();
        let mut next = first.cast_const();
        while let Some(adapter) = unsafe { next.as_ref() } {
            let name = HSTRING::from_wide(unsafe { adapter.FriendlyName.as_wide() });
            names.push(name.to_os_string());
            next = adapter.Next;
        }
        return Ok(names);
    }
}
