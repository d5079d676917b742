//! What the system tells a signal handler of the thread that it interrupts.

/// The general registers, as far as they are known: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15.
pub(super) type Registers = [u64; 16];

/// What a thread was doing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doing {
    /// The address of the instruction.
    pub(super) instruction: usize,
    /// The stack pointer, where it is known; else 0.
    pub(super) stack: usize,
    /// Whether it writes; a read where that is not known.
    pub(super) writes: bool,
    pub(super) registers: Registers,
}

/// A thread's context, to look at and to change.
pub(super) struct Context(pub(super) *mut libc::ucontext_t);

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
impl Context {
    /// The trap flag: after one more instruction comes SIGTRAP.
    const STEP: i64 = 0x100;

    pub(super) fn doing(&self) -> Doing {
        use libc::{
            REG_ERR, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RAX,
            REG_RBP, REG_RBX, REG_RCX, REG_RDI, REG_RDX, REG_RIP, REG_RSI, REG_RSP,
        };
        const ORDER: [i32; 16] = [
            REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI, REG_R8, REG_R9,
            REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
        ];
        // SAFETY: the system's, for as long as the handler runs.
        unsafe {
            let all = &(*self.0).uc_mcontext.gregs;
            Doing {
                instruction: all[REG_RIP as usize] as usize,
                stack: all[REG_RSP as usize] as usize,
                // Of a page fault: bit 1 is set for a write.
                writes: all[REG_ERR as usize] & 2 != 0,
                registers: ORDER.map(|number| all[number as usize] as u64),
            }
        }
    }

    /// Lets the thread stop after its next instruction; false where it would not survive that.
    pub(super) fn step(&self) -> bool {
        // SAFETY: as above.
        unsafe {
            if libc::sigismember(&raw const (*self.0).uc_sigmask, libc::SIGTRAP) == 1 {
                return false;
            }
            (*self.0).uc_mcontext.gregs[libc::REG_EFL as usize] |= Self::STEP;
        }
        true
    }

    /// Lets it run again.
    pub(super) fn run(&self) {
        // SAFETY: as above.
        unsafe { (*self.0).uc_mcontext.gregs[libc::REG_EFL as usize] &= !Self::STEP };
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
impl Context {
    pub(super) fn doing(&self) -> Doing {
        Doing { instruction: self.instruction(), ..Doing::default() }
    }

    #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
    fn instruction(&self) -> usize {
        // SAFETY: the system's, for as long as the handler runs.
        unsafe { (*self.0).uc_mcontext.pc as usize }
    }

    #[cfg(all(target_os = "macos", target_arch = "aarch64"))]
    fn instruction(&self) -> usize {
        // SAFETY: the system's, for as long as the handler runs.
        unsafe { (*(*self.0).uc_mcontext).__ss.__pc as usize }
    }

    #[cfg(all(target_os = "macos", target_arch = "x86_64"))]
    fn instruction(&self) -> usize {
        // SAFETY: the system's, for as long as the handler runs.
        unsafe { (*(*self.0).uc_mcontext).__ss.__rip as usize }
    }

    #[cfg(not(any(
        all(target_os = "linux", target_arch = "aarch64"),
        all(target_os = "macos", any(target_arch = "aarch64", target_arch = "x86_64")),
    )))]
    fn instruction(&self) -> usize {
        0
    }

    pub(super) fn step(&self) -> bool {
        false
    }

    pub(super) fn run(&self) {}
}
