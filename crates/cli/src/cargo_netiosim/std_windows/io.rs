//! `std::os::windows::io`: handles and sockets.
//!
//! A handle of the simulated stack, of an event or of anything else that the linked functions gave is kept as
//! it is; `CloseHandle` ends an owned one. A handle or socket of std's own types is their file descriptor.

use std::fs::File;
use std::marker::PhantomData;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, RawFd};

pub use crate::raw::{HANDLE as RawHandle, SOCKET as RawSocket};

extern "system" {
    fn CloseHandle(handle: RawHandle) -> i32;
}

const INVALID: RawHandle = -1_isize as RawHandle;

pub trait AsRawHandle {
    fn as_raw_handle(&self) -> RawHandle;
}

pub trait FromRawHandle {
    /// # Safety
    ///
    /// The handle is the caller's to give away.
    unsafe fn from_raw_handle(handle: RawHandle) -> Self;
}

pub trait IntoRawHandle {
    fn into_raw_handle(self) -> RawHandle;
}

pub trait AsRawSocket {
    fn as_raw_socket(&self) -> RawSocket;
}

pub trait FromRawSocket {
    /// # Safety
    ///
    /// The socket is the caller's to give away.
    unsafe fn from_raw_socket(socket: RawSocket) -> Self;
}

pub trait IntoRawSocket {
    fn into_raw_socket(self) -> RawSocket;
}

pub trait AsHandle {
    fn as_handle(&self) -> BorrowedHandle<'_>;
}

pub trait AsSocket {
    fn as_socket(&self) -> BorrowedSocket<'_>;
}

/// A handle that is closed when dropped.
#[derive(Debug)]
pub struct OwnedHandle(RawHandle);

unsafe impl Send for OwnedHandle {}
unsafe impl Sync for OwnedHandle {}

impl Drop for OwnedHandle {
    fn drop(&mut self) {
        unsafe {
            CloseHandle(self.0);
        }
    }
}

impl AsRawHandle for OwnedHandle {
    fn as_raw_handle(&self) -> RawHandle {
        self.0
    }
}

impl FromRawHandle for OwnedHandle {
    unsafe fn from_raw_handle(handle: RawHandle) -> Self {
        Self(handle)
    }
}

impl IntoRawHandle for OwnedHandle {
    fn into_raw_handle(self) -> RawHandle {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl AsHandle for OwnedHandle {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        BorrowedHandle(self.0, PhantomData)
    }
}

/// A handle for as long as its owner lives.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedHandle<'a>(RawHandle, PhantomData<&'a OwnedHandle>);

unsafe impl Send for BorrowedHandle<'_> {}
unsafe impl Sync for BorrowedHandle<'_> {}

impl BorrowedHandle<'_> {
    /// # Safety
    ///
    /// The handle stays open for the lifetime.
    pub const unsafe fn borrow_raw(handle: RawHandle) -> Self {
        Self(handle, PhantomData)
    }
}

impl AsRawHandle for BorrowedHandle<'_> {
    fn as_raw_handle(&self) -> RawHandle {
        self.0
    }
}

impl AsHandle for BorrowedHandle<'_> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        *self
    }
}

/// What functions return that say NULL for "none".
#[derive(Debug)]
pub struct HandleOrNull(RawHandle);

/// What functions return that say INVALID_HANDLE_VALUE for "none".
#[derive(Debug)]
pub struct HandleOrInvalid(RawHandle);

/// There was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NullHandleError(());

/// There was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidHandleError(());

impl HandleOrNull {
    /// # Safety
    ///
    /// The handle is the caller's to give away.
    pub unsafe fn from_raw_handle(handle: RawHandle) -> Self {
        Self(handle)
    }
}

impl HandleOrInvalid {
    /// # Safety
    ///
    /// The handle is the caller's to give away.
    pub unsafe fn from_raw_handle(handle: RawHandle) -> Self {
        Self(handle)
    }
}

impl TryFrom<HandleOrNull> for OwnedHandle {
    type Error = NullHandleError;

    fn try_from(handle: HandleOrNull) -> Result<Self, NullHandleError> {
        if handle.0.is_null() { Err(NullHandleError(())) } else { Ok(Self(handle.0)) }
    }
}

impl TryFrom<HandleOrInvalid> for OwnedHandle {
    type Error = InvalidHandleError;

    fn try_from(handle: HandleOrInvalid) -> Result<Self, InvalidHandleError> {
        if handle.0 == INVALID { Err(InvalidHandleError(())) } else { Ok(Self(handle.0)) }
    }
}

impl std::fmt::Display for NullHandleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a null handle could not be converted to a handle")
    }
}

impl std::fmt::Display for InvalidHandleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the handle is INVALID_HANDLE_VALUE")
    }
}

impl std::error::Error for NullHandleError {}
impl std::error::Error for InvalidHandleError {}

/// A socket that is closed when dropped.
#[derive(Debug)]
pub struct OwnedSocket(std::os::fd::OwnedFd);

impl AsRawSocket for OwnedSocket {
    fn as_raw_socket(&self) -> RawSocket {
        self.0.as_raw_fd() as RawSocket
    }
}

impl FromRawSocket for OwnedSocket {
    unsafe fn from_raw_socket(socket: RawSocket) -> Self {
        Self(unsafe { std::os::fd::OwnedFd::from_raw_fd(socket as RawFd) })
    }
}

impl IntoRawSocket for OwnedSocket {
    fn into_raw_socket(self) -> RawSocket {
        self.0.into_raw_fd() as RawSocket
    }
}

impl AsSocket for OwnedSocket {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        BorrowedSocket(self.as_raw_socket(), PhantomData)
    }
}

/// A socket for as long as its owner lives.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedSocket<'a>(RawSocket, PhantomData<&'a OwnedSocket>);

impl BorrowedSocket<'_> {
    /// # Safety
    ///
    /// The socket stays open for the lifetime.
    pub const unsafe fn borrow_raw(socket: RawSocket) -> Self {
        Self(socket, PhantomData)
    }
}

impl AsRawSocket for BorrowedSocket<'_> {
    fn as_raw_socket(&self) -> RawSocket {
        self.0
    }
}

impl AsSocket for BorrowedSocket<'_> {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        *self
    }
}

macro_rules! descriptors_as_handles {
    ($($name:ty),* $(,)?) => {$(
        impl AsRawHandle for $name {
            fn as_raw_handle(&self) -> RawHandle {
                self.as_raw_fd() as isize as RawHandle
            }
        }
    )*};
}

descriptors_as_handles! {
    File, std::io::Stdin, std::io::Stdout, std::io::Stderr, std::io::StdinLock<'_>,
    std::io::StdoutLock<'_>, std::io::StderrLock<'_>, std::process::ChildStdin,
    std::process::ChildStdout, std::process::ChildStderr,
}

impl FromRawHandle for File {
    unsafe fn from_raw_handle(handle: RawHandle) -> Self {
        unsafe { File::from_raw_fd(handle as isize as RawFd) }
    }
}

impl IntoRawHandle for File {
    fn into_raw_handle(self) -> RawHandle {
        self.into_raw_fd() as isize as RawHandle
    }
}

impl AsHandle for File {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        BorrowedHandle(self.as_raw_handle(), PhantomData)
    }
}

macro_rules! descriptors_as_sockets {
    ($($name:ty),* $(,)?) => {$(
        impl AsRawSocket for $name {
            fn as_raw_socket(&self) -> RawSocket {
                self.as_raw_fd() as RawSocket
            }
        }

        impl FromRawSocket for $name {
            unsafe fn from_raw_socket(socket: RawSocket) -> Self {
                unsafe { <$name>::from_raw_fd(socket as RawFd) }
            }
        }

        impl IntoRawSocket for $name {
            fn into_raw_socket(self) -> RawSocket {
                self.into_raw_fd() as RawSocket
            }
        }

        impl AsSocket for $name {
            fn as_socket(&self) -> BorrowedSocket<'_> {
                BorrowedSocket(self.as_raw_socket(), PhantomData)
            }
        }
    )*};
}

descriptors_as_sockets!(TcpListener, TcpStream, UdpSocket);
