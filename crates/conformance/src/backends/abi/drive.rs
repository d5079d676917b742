//! The functions of `include/netiosim.h` that a library may have: they are looked up, and never linked.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use super::library::{self, Library};
use crate::backend::Cannot;

/// A library that has this function makes stacks of its own.
pub(super) const MAKES_STACKS: &str = "netiosim_create";

/// netiosim_stack.
#[repr(C)]
pub(super) struct Stack {
    _opaque: [u8; 0],
}

/// netiosim_status.
pub(super) type Status = c_int;

/// NETIOSIM_STATUS_OK, _NOT_IDLE and _INTERNAL.
const OK: Status = 0;
const NOT_IDLE: Status = 4;
const INTERNAL: Status = 5;

/// netiosim_options.
#[repr(C)]
pub(super) struct Options {
    pub(super) size: usize,
    pub(super) machine: *const c_char,
    pub(super) profile: *const c_char,
    pub(super) mode: *const c_char,
    pub(super) flavour: *const c_char,
    pub(super) on_deadlock: *const c_char,
    pub(super) windows: *const c_char,
    pub(super) leaks: *const c_char,
    pub(super) seed: u64,
    pub(super) adapters: u16,
    pub(super) teredo_port: u16,
    pub(super) teredo_off: u8,
    pub(super) no_ipv6: u8,
    pub(super) not_elevated: u8,
    pub(super) strict: u8,
    pub(super) delivery_limit: u32,
}

impl Default for Options {
    /// What an option has that nobody wants anything of.
    fn default() -> Self {
        Self {
            size: size_of::<Self>(),
            machine: ptr::null(),
            profile: ptr::null(),
            mode: ptr::null(),
            flavour: ptr::null(),
            on_deadlock: ptr::null(),
            windows: ptr::null(),
            leaks: ptr::null(),
            seed: 0,
            adapters: 0,
            teredo_port: 0,
            teredo_off: 0,
            no_ipv6: 0,
            not_elevated: 0,
            strict: 0,
            delivery_limit: 0,
        }
    }
}

/// The functions: each is looked up in a library when it is called.
macro_rules! functions {
    ($($name:ident($($parameter:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(
            /// The function of this name in a library.
            ///
            /// # Safety
            ///
            /// As the header says.
            pub(super) unsafe fn $name(
                library: Library,
                $($parameter: $type),*
            ) -> Result<$answer, Cannot> {
                let found = library.address(stringify!($name));
                let found = found.ok_or_else(|| Cannot::new(concat!("this library does not export ", stringify!($name))))?;
                // SAFETY: it is of this type, as the header says; the rest is the caller's.
                unsafe {
                    let function: unsafe extern "C" fn($($type),*) -> $answer = library::function(found);
                    Ok(function($($parameter),*))
                }
            }
        )*

        /// Each with the types of its parameters and its answer.
        #[cfg(test)]
        const DECLARED: &[(&str, &[&str], &str)] =
            &[$((stringify!($name), &[$(stringify!($type)),*], stringify!($answer)),)*];
    };
}

functions! {
    netiosim_last_error_text() -> *const c_char;
    netiosim_create(options: *const Options, stack: *mut *mut Stack) -> Status;
    netiosim_destroy(stack: *mut Stack) -> Status;
    netiosim_bind(stack: *mut Stack) -> Status;
    netiosim_run_until_idle(stack: *mut Stack, deliveries: *mut usize) -> Status;
    netiosim_advance_ms(stack: *mut Stack, ms: u64, deliveries: *mut usize) -> Status;
    netiosim_start_teredo(stack: *mut Stack, port: u16) -> Status;
    netiosim_restart_teredo(stack: *mut Stack, port: u16) -> Status;
    netiosim_stop_teredo(stack: *mut Stack) -> Status;
    netiosim_qualify_teredo(stack: *mut Stack) -> Status;
    netiosim_add_address(stack: *mut Stack, alias: *const c_char, address: *const c_char) -> Status;
    netiosim_remove_address(stack: *mut Stack, alias: *const c_char, address: *const c_char) -> Status;
    netiosim_add_route(stack: *mut Stack, alias: *const c_char, destination: *const c_char, next_hop: *const c_char) -> Status;
    netiosim_remove_route(stack: *mut Stack, alias: *const c_char, destination: *const c_char, next_hop: *const c_char) -> Status;
    netiosim_set_mtu(stack: *mut Stack, alias: *const c_char, ip_version: u32, mtu: u32) -> Status;
    netiosim_set_metric(stack: *mut Stack, alias: *const c_char, ip_version: u32, metric: u32) -> Status;
    netiosim_set_connected(stack: *mut Stack, alias: *const c_char, connected: u8) -> Status;
    netiosim_add_interface(stack: *mut Stack, alias: *const c_char) -> Status;
    netiosim_remove_interface(stack: *mut Stack, alias: *const c_char) -> Status;
    netiosim_disable_interface(stack: *mut Stack, alias: *const c_char) -> Status;
    netiosim_enable_interface(stack: *mut Stack, alias: *const c_char) -> Status;
    netiosim_set_irql(stack: *mut Stack, irql: u8) -> Status;
    netiosim_count_findings(stack: *mut Stack, rule: *const c_char, count: *mut usize) -> Status;
    netiosim_finding_rule(stack: *mut Stack, number: usize) -> *mut c_char;
    netiosim_acknowledge(stack: *mut Stack, rule: *const c_char, count: *mut usize) -> Status;
    netiosim_free_text(text: *mut c_char) -> Status;
}

/// What came of one of them: what the stack refuses cannot be done.
///
/// # Panics
///
/// If the library says that the stack does not come to rest, or that it failed itself.
pub(super) fn done(library: Library, status: Status) -> Result<(), Cannot> {
    if status == OK {
        return Ok(());
    }
    // SAFETY: it takes nothing.
    let text = unsafe { netiosim_last_error_text(library) }?;
    let said = match text.is_null() {
        true => format!("this library answers {status}"),
        // SAFETY: it is a text that is good until the thread's next call of one of these functions.
        false => unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned(),
    };
    assert!(![NOT_IDLE, INTERNAL].contains(&status), "{said}");
    Err(Cannot::new(said))
}

/// A text with its terminator.
pub(super) fn text(text: &str) -> Result<CString, Cannot> {
    CString::new(text).map_err(|_| Cannot::new("a text with a zero in it ends there"))
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use netiosim_win32::drive::options::StackOptions;

    use super::{DECLARED, INTERNAL, NOT_IDLE, OK, Options};

    const HEADER: &str = include_str!("../../../../../include/netiosim.h");

    /// The header without comments, on one line.
    fn header() -> String {
        let code = HEADER.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    /// A type in the words of C.
    fn in_c(declared: &str) -> &'static str {
        match declared {
            "Status" => "netiosim_status ",
            "*mut Stack" => "netiosim_stack *",
            "*mut *mut Stack" => "netiosim_stack **",
            "*const Options" => "const netiosim_options *",
            "*const c_char" => "const char *",
            "*mut c_char" => "char *",
            "usize" => "size_t ",
            "*mut usize" => "size_t *",
            "u8" => "uint8_t ",
            "u16" => "uint16_t ",
            "u32" => "uint32_t ",
            "u64" => "uint64_t ",
            other => panic!("{other} is no type of the header"),
        }
    }

    #[test]
    fn functions_are_declared_as_the_header_has_them() {
        let header = header();
        for (name, parameters, answer) in DECLARED {
            let (_, from_there) = header
                .split_once(&format!("{}{name}(", in_c(answer)))
                .unwrap_or_else(|| panic!("{name} is not in the header, or answers another type"));
            let (there, _) = from_there.split_once(");").expect("the end of a declaration");
            let theirs: Vec<&str> = match there {
                "void" => Vec::new(),
                some => some.split(", ").collect(),
            };
            assert_eq!(theirs.len(), parameters.len(), "{name}: {there}");
            for (theirs, ours) in theirs.iter().zip(*parameters) {
                let called = theirs.strip_prefix(in_c(ours)).unwrap_or_default();
                let is_name = !called.is_empty() && !called.contains([' ', '*']);
                assert!(is_name, "{name}: {theirs} is not {ours}");
            }
        }
    }

    #[test]
    fn statuses_have_the_numbers_of_the_header() {
        let header = header();
        for (name, number) in [("OK", OK), ("NOT_IDLE", NOT_IDLE), ("INTERNAL", INTERNAL)] {
            assert!(header.contains(&format!("NETIOSIM_STATUS_{name} = {number},")), "{name}");
        }
    }

    #[test]
    fn options_lie_as_the_simulator_has_them() {
        macro_rules! same {
            ($($member:ident)*) => {$(
                assert_eq!(offset_of!(Options, $member), offset_of!(StackOptions, $member), stringify!($member));
            )*};
        }
        same! {
            size machine profile mode flavour on_deadlock windows leaks seed adapters teredo_port teredo_off
            no_ipv6 not_elevated strict delivery_limit
        }
        assert_eq!(size_of::<Options>(), size_of::<StackOptions>());
    }
}
