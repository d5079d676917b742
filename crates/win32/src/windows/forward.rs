//! The exports that the simulator does not play, passed on to the system's `iphlpapi.dll`.
//!
//! Each is a jump: it looks its target up at the first call, and leaves registers and stack as they came, so it needs to know
//! neither the number nor the types of the arguments. For names that this system has not (Wine, older Windows) see
//! [`absent`](super::absent).

use core::ffi::{CStr, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

pub(super) use super::absent::Absent;
use super::system;

/// One forwarded export. The jump reads the first member, so the layout is fixed.
#[repr(C)]
pub(super) struct Entry {
    target: AtomicPtr<c_void>,
    name: &'static CStr,
    absent: Absent,
}

impl Entry {
    pub(super) const fn new(name: &'static CStr, absent: Absent) -> Self {
        Entry { target: AtomicPtr::new(ptr::null_mut()), name, absent }
    }
}

/// Finds an entry's target; called by the jump, at the first call only. Two threads that come at once find the same.
unsafe extern "system" fn resolve(entry: &'static Entry) -> *mut c_void {
    let target =
        system::address(entry.name).unwrap_or_else(|| entry.absent.tell(entry.name)).cast_mut();
    entry.target.store(target, Ordering::Release);
    target
}

/// The jump's common part: the entry's address comes in rax, which carries no argument in this calling convention.
///
/// At the first call the argument registers are kept on the stack, over 32 bytes of home space for `resolve`. The stack is
/// aligned: 8 bytes of return address, and 8 + 32 + 32 + 64 taken here.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "system" fn pass() {
    core::arch::naked_asm!(
        "mov r10, qword ptr [rax]",
        "test r10, r10",
        "jz 2f",
        "jmp r10",
        "2:",
        "sub rsp, 136",
        "mov qword ptr [rsp + 32], rcx",
        "mov qword ptr [rsp + 40], rdx",
        "mov qword ptr [rsp + 48], r8",
        "mov qword ptr [rsp + 56], r9",
        "movups xmmword ptr [rsp + 64], xmm0",
        "movups xmmword ptr [rsp + 80], xmm1",
        "movups xmmword ptr [rsp + 96], xmm2",
        "movups xmmword ptr [rsp + 112], xmm3",
        "mov rcx, rax",
        "call {resolve}",
        "mov rcx, qword ptr [rsp + 32]",
        "mov rdx, qword ptr [rsp + 40]",
        "mov r8, qword ptr [rsp + 48]",
        "mov r9, qword ptr [rsp + 56]",
        "movups xmm0, xmmword ptr [rsp + 64]",
        "movups xmm1, xmmword ptr [rsp + 80]",
        "movups xmm2, xmmword ptr [rsp + 96]",
        "movups xmm3, xmmword ptr [rsp + 112]",
        "add rsp, 136",
        "jmp rax",
        resolve = sym resolve,
    )
}

/// The jump's common part: the entry's address comes in x16, which calls may destroy.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub(super) unsafe extern "system" fn pass() {
    core::arch::naked_asm!(
        "ldr x17, [x16]",
        "cbz x17, 2f",
        "br x17",
        "2:",
        "stp x29, x30, [sp, #-224]!",
        "mov x29, sp",
        "stp x0, x1, [sp, #16]",
        "stp x2, x3, [sp, #32]",
        "stp x4, x5, [sp, #48]",
        "stp x6, x7, [sp, #64]",
        "str x8, [sp, #80]",
        "stp q0, q1, [sp, #96]",
        "stp q2, q3, [sp, #128]",
        "stp q4, q5, [sp, #160]",
        "stp q6, q7, [sp, #192]",
        "mov x0, x16",
        "bl {resolve}",
        "mov x16, x0",
        "ldp x0, x1, [sp, #16]",
        "ldp x2, x3, [sp, #32]",
        "ldp x4, x5, [sp, #48]",
        "ldp x6, x7, [sp, #64]",
        "ldr x8, [sp, #80]",
        "ldp q0, q1, [sp, #96]",
        "ldp q2, q3, [sp, #128]",
        "ldp q4, q5, [sp, #160]",
        "ldp q6, q7, [sp, #192]",
        "ldp x29, x30, [sp], #224",
        "br x16",
        resolve = sym resolve,
    )
}

/// Defines one export for each name: `Name: how it fails when it is absent`.
macro_rules! forward {
    ($($name:ident: $absent:ident,)*) => {
        $(
            /// Passed on to the system's function of this name.
            ///
            /// # Safety
            ///
            /// That of the system's function.
            #[unsafe(no_mangle)]
            #[unsafe(naked)]
            pub unsafe extern "system" fn $name() {
                const NAME: &core::ffi::CStr =
                    match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                        Ok(name) => name,
                        Err(_) => panic!("a name holds no NUL"),
                    };
                static ENTRY: $crate::windows::forward::Entry =
                    $crate::windows::forward::Entry::new(NAME, $crate::windows::forward::Absent::$absent);
                #[cfg(target_arch = "x86_64")]
                core::arch::naked_asm!(
                    "lea rax, [rip + {entry}]",
                    "jmp {pass}",
                    entry = sym ENTRY,
                    pass = sym $crate::windows::forward::pass,
                );
                #[cfg(target_arch = "aarch64")]
                core::arch::naked_asm!(
                    "adrp x16, {entry}",
                    "add x16, x16, :lo12:{entry}",
                    "b {pass}",
                    entry = sym ENTRY,
                    pass = sym $crate::windows::forward::pass,
                );
            }
        )*
    };
}
pub(super) use forward;
