//! Memory that functions write to, and members of structures in the words of the model.

use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};

use netiosim_model::net::{Guid, Luid};
use netiosim_model::row::SocketAddress;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, AF_INET6, AF_UNSPEC, NL_INTERFACE_OFFLOAD_ROD, SOCKADDR_INET,
};
use windows_sys::core::GUID;

/// What memory holds that nobody has written yet.
const POISON: u8 = 0xA5;
/// As many words behind a place show what is written past its end.
const FENCE: usize = 4;

/// A place for values of one type, of which is known whether it was written to.
pub(super) struct Place<T> {
    /// The place and its fence; a word is aligned for every structure of the API.
    words: Vec<u64>,
    before: Vec<u64>,
    of: PhantomData<T>,
}

impl<T> Place<T> {
    /// A place for one value.
    pub(super) fn new() -> Self {
        Self::many(1)
    }

    /// A place for so many values in a row.
    pub(super) fn many(count: usize) -> Self {
        const { assert!(align_of::<T>() <= align_of::<u64>()) };
        let words = (count * size_of::<T>()).div_ceil(size_of::<u64>()) + FENCE;
        let words = vec![u64::from_ne_bytes([POISON; 8]); words];
        Self { before: words.clone(), words, of: PhantomData }
    }

    /// Where it is.
    pub(super) fn at(&mut self) -> *mut T {
        self.words.as_mut_ptr().cast()
    }

    /// Where it is, or NULL.
    pub(super) fn there(&mut self, there: bool) -> *mut T {
        if there { self.at() } else { std::ptr::null_mut() }
    }

    /// What it holds now does not count as written.
    pub(super) fn settle(&mut self) {
        self.before.clone_from(&self.words);
    }

    /// Whether anything else was written to it.
    ///
    /// # Panics
    ///
    /// If something was written past its end.
    pub(super) fn is_written(&self) -> bool {
        let fence = self.words.len() - FENCE;
        assert!(self.words[fence..] == self.before[fence..], "it was written past the end");
        self.words != self.before
    }
}

/// How a member lies in memory whose value the model has as `M`.
pub(super) trait Member<M>: Sized {
    /// Reads it.
    ///
    /// # Safety
    ///
    /// All its bytes can be read; it need not be aligned.
    unsafe fn take(at: *const Self) -> M;

    /// Writes it.
    ///
    /// # Safety
    ///
    /// All its bytes can be written; it need not be aligned.
    unsafe fn put(value: &M, at: *mut Self);
}

macro_rules! numbers {
    ($($memory:ty, $between:ty => $model:ty;)*) => {$(
        impl Member<$model> for $memory {
            unsafe fn take(at: *const Self) -> $model {
                // SAFETY: the caller's; of a number every byte is legal.
                <$model>::from(unsafe { at.read_unaligned() } as $between)
            }

            unsafe fn put(value: &$model, at: *mut Self) {
                // SAFETY: the caller's.
                unsafe { at.write_unaligned(*value as Self) };
            }
        }
    )*};
}

numbers! {
    u8, u8 => u8;
    u32, u32 => u32;
    i32, u32 => u32;
    u64, u64 => u64;
    i64, u64 => u64;
    u32, u32 => u64;
    i32, u32 => u64;
    u16, u16 => u16;
}

/// Members of one byte.
macro_rules! bytes {
    ($($memory:ty => $model:ty, $from:expr, $to:expr;)*) => {$(
        impl Member<$model> for $memory {
            unsafe fn take(at: *const Self) -> $model {
                const { assert!(size_of::<Self>() == 1) };
                let from: fn(u8) -> $model = $from;
                // SAFETY: the caller's; it is read as a byte, so that any is legal.
                from(unsafe { at.cast::<u8>().read() })
            }

            unsafe fn put(value: &$model, at: *mut Self) {
                let to: fn($model) -> u8 = $to;
                // SAFETY: the caller's.
                unsafe { at.cast::<u8>().write(to(*value)) };
            }
        }
    )*};
}

bytes! {
    bool => bool, |byte| byte != 0, u8::from;
    bool => u64, u64::from, |value| value as u8;
    NL_INTERFACE_OFFLOAD_ROD => u64, u64::from, |value| value as u8;
}

/// ZoneIndices: the model has one index for every level.
impl Member<u64> for [u32; 16] {
    unsafe fn take(at: *const Self) -> u64 {
        // SAFETY: the caller's.
        let zones = unsafe { at.read_unaligned() };
        let alike = zones.iter().all(|zone| *zone == zones[0]);
        // No index is as great as this: it equals nothing that the model has.
        if alike { u64::from(zones[0]) } else { u64::MAX }
    }

    unsafe fn put(value: &u64, at: *mut Self) {
        // SAFETY: the caller's.
        unsafe { at.write_unaligned([*value as u32; 16]) };
    }
}

impl Member<Luid> for NET_LUID_LH {
    unsafe fn take(at: *const Self) -> Luid {
        // SAFETY: the caller's.
        Luid(unsafe { (&raw const (*at).Value).read_unaligned() })
    }

    unsafe fn put(value: &Luid, at: *mut Self) {
        // SAFETY: the caller's.
        unsafe { (&raw mut (*at).Value).write_unaligned(value.0) };
    }
}

impl Member<Guid> for GUID {
    unsafe fn take(at: *const Self) -> Guid {
        // SAFETY: the caller's.
        let guid = unsafe { at.read_unaligned() };
        let (a, b) = (u128::from(guid.data1), u128::from(guid.data2));
        let (c, d) = (u128::from(guid.data3), u128::from(u64::from_be_bytes(guid.data4)));
        Guid(a << 96 | b << 80 | c << 64 | d)
    }

    unsafe fn put(value: &Guid, at: *mut Self) {
        let guid = GUID {
            data1: (value.0 >> 96) as u32,
            data2: (value.0 >> 80) as u16,
            data3: (value.0 >> 64) as u16,
            data4: (value.0 as u64).to_be_bytes(),
        };
        // SAFETY: the caller's.
        unsafe { at.write_unaligned(guid) };
    }
}

/// A text with its zero.
impl<const N: usize> Member<String> for [u16; N] {
    unsafe fn take(at: *const Self) -> String {
        // SAFETY: the caller's.
        let units = unsafe { at.read_unaligned() };
        let end = units.iter().position(|unit| *unit == 0).unwrap_or(N);
        String::from_utf16_lossy(&units[..end])
    }

    unsafe fn put(value: &String, at: *mut Self) {
        let mut units = [0; N];
        for (to, unit) in units[..N - 1].iter_mut().zip(value.encode_utf16()) {
            *to = unit;
        }
        // SAFETY: the caller's.
        unsafe { at.write_unaligned(units) };
    }
}

/// A hardware address with zeros behind; how much of it counts, another member says.
impl Member<Vec<u8>> for [u8; 32] {
    unsafe fn take(at: *const Self) -> Vec<u8> {
        // SAFETY: the caller's.
        unsafe { at.read_unaligned() }.to_vec()
    }

    unsafe fn put(value: &Vec<u8>, at: *mut Self) {
        let mut bytes = [0; 32];
        for (to, byte) in bytes.iter_mut().zip(value) {
            *to = *byte;
        }
        // SAFETY: the caller's.
        unsafe { at.write_unaligned(bytes) };
    }
}

impl Member<SocketAddress> for SOCKADDR_INET {
    /// Of the structure only as much is read as the family's own has.
    unsafe fn take(at: *const Self) -> SocketAddress {
        // SAFETY: the caller's; addresses lie there in network byte order, so octet by octet.
        unsafe {
            match (&raw const (*at).si_family).read_unaligned() {
                AF_UNSPEC => SocketAddress::Unspecified,
                AF_INET => {
                    let octets = (&raw const (*at).Ipv4.sin_addr).cast::<[u8; 4]>();
                    SocketAddress::V4(Ipv4Addr::from(octets.read_unaligned()))
                }
                AF_INET6 => {
                    let octets = (&raw const (*at).Ipv6.sin6_addr).cast::<[u8; 16]>();
                    let scope_id = &raw const (*at).Ipv6.Anonymous.sin6_scope_id;
                    SocketAddress::V6 {
                        address: Ipv6Addr::from(octets.read_unaligned()),
                        scope_id: scope_id.read_unaligned(),
                    }
                }
                other => SocketAddress::Other(other),
            }
        }
    }

    unsafe fn put(value: &SocketAddress, at: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            at.cast::<u8>().write_bytes(0, size_of::<Self>());
            (&raw mut (*at).si_family).write_unaligned(value.family_number());
            match value {
                SocketAddress::V4(address) => {
                    let octets = (&raw mut (*at).Ipv4.sin_addr).cast::<[u8; 4]>();
                    octets.write_unaligned(address.octets());
                }
                SocketAddress::V6 { address, scope_id } => {
                    let octets = (&raw mut (*at).Ipv6.sin6_addr).cast::<[u8; 16]>();
                    octets.write_unaligned(address.octets());
                    let zone = &raw mut (*at).Ipv6.Anonymous.sin6_scope_id;
                    zone.write_unaligned(*scope_id);
                }
                SocketAddress::Unspecified | SocketAddress::Other(_) => {}
            }
        }
    }
}
