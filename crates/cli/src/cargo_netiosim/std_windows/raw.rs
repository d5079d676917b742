//! `std::os::windows::raw`.

pub type HANDLE = *mut core::ffi::c_void;
pub type SOCKET = u64;
