//! Where an export was called from, on Windows.
//!
//! The unwinder here tells the addresses of the frames and not their functions, so the function of each is looked up in the tables
//! that the compiler wrote for unwinding, and the frame behind the export's own is the caller's.

use core::ptr;

use windows_sys::Win32::System::Diagnostics::Debug::RtlCaptureStackBackTrace;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use windows_sys::Win32::System::Diagnostics::Debug::RtlLookupFunctionEntry;

/// How many frames there may be between this function and the export's caller.
const DEEPEST: usize = 32;

/// The return address of the export that begins at `entry`, which is on the calling thread's stack; 0 if it was not found.
#[cold]
pub(crate) fn of(entry: usize) -> usize {
    let mut frames = [ptr::null_mut(); DEEPEST];
    // SAFETY: there is place for as many frames as are asked for, and no hash is wanted.
    let count = unsafe {
        RtlCaptureStackBackTrace(0, DEEPEST as u32, frames.as_mut_ptr(), ptr::null_mut())
    };
    let frames = &frames[..usize::from(count)];
    let own = frames.iter().position(|frame| begin(*frame as usize) == Some(entry));
    own.and_then(|own| frames.get(own + 1)).map_or(0, |frame| *frame as usize)
}

/// Where the function begins that a return address lies in.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn begin(address: usize) -> Option<usize> {
    // The call is before the address that it returns to; at the end of a function that one is another's.
    let call = address.checked_sub(1)?;
    // On both machines the entry begins with the offset of the function.
    #[cfg(target_arch = "x86_64")]
    let mut base = 0_u64;
    #[cfg(target_arch = "aarch64")]
    let mut base = 0_usize;
    // SAFETY: any address may be asked for, and there need be no history.
    let entry = unsafe { RtlLookupFunctionEntry(call as _, &mut base, ptr::null_mut()) };
    // SAFETY: NULL, or an entry of a module that has a frame on this stack.
    let entry = unsafe { entry.as_ref() }?;
    Some(base as usize + entry.BeginAddress as usize)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn begin(_address: usize) -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    extern "C" fn export() -> usize {
        std::hint::black_box(of(export as *const () as usize))
    }

    #[inline(never)]
    extern "C" fn client() -> usize {
        std::hint::black_box(export())
    }

    #[test]
    fn the_frame_behind_the_export_is_the_callers() {
        let found = client();
        assert_ne!(found, 0);
        assert_eq!(begin(found), Some(client as *const () as usize));
    }

    #[test]
    fn what_is_not_on_the_stack_has_no_caller() {
        assert_eq!(of(client as *const () as usize), 0);
    }
}
