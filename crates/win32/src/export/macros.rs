//! How an export is made.
//!
//! An export hands its caller's return address on, so that reports name the client's line. It is in a register, or
//! on top of the stack, only at the very first instruction: so an export is two functions, one of two
//! instructions without a frame, which puts the address behind the parameters, and the real one. Where the
//! calling convention leaves no register for it, the address is found by walking the stack.

/// Defines exports. Before each stands how many parameters it has.
macro_rules! exports {
    ($(
        $(#[$meta:meta])*
        [$count:tt] fn $name:ident($caller:ident; $($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $crate::export::macros::export! {
            $(#[$meta])*
            #[cfg_attr(any(not(windows), feature = "dll"), unsafe(no_mangle))]
            [$count] fn $name($caller; $($argument: $type),*) $(-> $result)? $body
        }
    )*};
}

/// Defines one export, or a function that is one under conditions of its own.
macro_rules! export {
    (
        $(#[$meta:meta])*
        [$count:tt] fn $name:ident($caller:ident; $($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        #[cfg(all(target_arch = "x86_64", not(windows)))]
        #[unsafe(naked)]
        pub unsafe extern "system" fn $name($($argument: $type),*) $(-> $result)? {
            $crate::export::macros::real! { fn real($caller; $($argument: $type),*) $(-> $result)? $body }
            core::arch::naked_asm!(
                $crate::export::macros::return_address!($count),
                "jmp {real}",
                real = sym real,
            )
        }

        $(#[$meta])*
        #[cfg(all(target_arch = "aarch64", not(windows)))]
        #[unsafe(naked)]
        pub unsafe extern "system" fn $name($($argument: $type),*) $(-> $result)? {
            $crate::export::macros::real! { fn real($caller; $($argument: $type),*) $(-> $result)? $body }
            core::arch::naked_asm!(
                $crate::export::macros::return_address!($count),
                "b {real}",
                real = sym real,
            )
        }

        $(#[$meta])*
        #[cfg(any(windows, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
        pub unsafe extern "system" fn $name($($argument: $type),*) $(-> $result)? {
            $crate::export::macros::real! { fn real($caller; $($argument: $type),*) $(-> $result)? $body }
            #[cfg(windows)]
            if let Some(system) = $crate::windows::system::instead(concat!(stringify!($name), "\0")) {
                // SAFETY: the system's function of this name has these parameters and this result.
                let system: unsafe extern "system" fn($($type),*) $(-> $result)? = unsafe { std::mem::transmute(system) };
                // SAFETY: the caller's.
                return unsafe { system($($argument),*) };
            }
            let caller = $crate::origin::walk($name as *const () as usize);
            // SAFETY: the caller's.
            unsafe { real($($argument,)* caller) }
        }
    };
}

/// The real function, with the return address behind the parameters.
macro_rules! real {
    (fn $name:ident($caller:ident; $($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {
        #[allow(unused_variables, clippy::too_many_arguments, reason = "the parameters are the page's")]
        unsafe extern "system" fn $name($($argument: $type,)* $caller: usize) $(-> $result)? $body
    };
}

/// Puts the return address into the register of the parameter behind the last.
#[cfg(all(target_arch = "x86_64", not(windows)))]
macro_rules! return_address {
    (1) => {
        "mov rsi, [rsp]"
    };
    (2) => {
        "mov rdx, [rsp]"
    };
    (3) => {
        "mov rcx, [rsp]"
    };
    (4) => {
        "mov r8, [rsp]"
    };
    (5) => {
        "mov r9, [rsp]"
    };
}

/// Puts the return address into the register of the parameter behind the last.
#[cfg(all(target_arch = "aarch64", not(windows)))]
macro_rules! return_address {
    (1) => {
        "mov x1, x30"
    };
    (2) => {
        "mov x2, x30"
    };
    (3) => {
        "mov x3, x30"
    };
    (4) => {
        "mov x4, x30"
    };
    (5) => {
        "mov x5, x30"
    };
}

#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(windows)))]
pub(crate) use return_address;
pub(crate) use {export, exports, real};
