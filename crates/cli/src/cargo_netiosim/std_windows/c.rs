//! The C types whose width differs on Windows.
#![allow(non_camel_case_types)]

pub type c_long = i32;
pub type c_ulong = u32;
pub type wchar_t = u16;
