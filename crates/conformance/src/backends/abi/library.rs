//! Where the names lead: off Windows to netiosim-win32, by the linker; on Windows to the system's own library, which is asked
//! for each name when it is called, so that a system without one of them loads the program nevertheless.

/// Calls a function of the API by its name, inside of an unsafe block.
#[cfg(not(windows))]
macro_rules! sys {
    ($name:ident($($argument:expr),* $(,)?)) => {
        $name($($argument),*)
    };
}

/// Calls a function of the API by its name, inside of an unsafe block. The name of `windows-sys` only gives its type, which is
/// that of the system's function of this name.
#[cfg(windows)]
macro_rules! sys {
    (@any $argument:expr) => { _ };
    ($name:ident($($argument:expr),* $(,)?)) => {
        $crate::backends::abi::library::typed(stringify!($name), || {
            let function: unsafe extern "system" fn($(sys!(@any $argument)),*) -> _ = $name;
            function
        })($($argument),*)
    };
}

/// Whether the system has a function.
#[cfg(not(windows))]
pub(super) fn exports(_: &str) -> bool {
    true
}

#[cfg(not(windows))]
pub(super) fn system() -> String {
    "netiosim".to_owned()
}

#[cfg(windows)]
pub(super) use self::loaded::{exports, system, typed};

#[cfg(windows)]
mod loaded {
    use std::ffi::{CStr, CString, c_char, c_void};
    use std::sync::OnceLock;

    use windows_sys::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryA};

    /// Where a DLL has a function.
    fn address(library: &CStr, name: &str) -> Option<*const c_void> {
        let name = CString::new(name).ok()?;
        // SAFETY: both texts have their terminator, and the library is never unloaded.
        let found = unsafe {
            let library = LoadLibraryA(library.as_ptr().cast());
            if library.is_null() { None } else { GetProcAddress(library, name.as_ptr().cast()) }
        };
        found.map(|function| function as *const c_void)
    }

    /// Whether the system has a function.
    pub(in super::super) fn exports(name: &str) -> bool {
        address(c"iphlpapi.dll", name).is_some()
    }

    /// A function of the system; what gives its type is never called.
    ///
    /// # Panics
    ///
    /// If the system has none of this name.
    ///
    /// # Safety
    ///
    /// `P` is the type of the function that the system has under this name.
    pub(in super::super) unsafe fn typed<P: Copy>(name: &str, _: impl FnOnce() -> P) -> P {
        const { assert!(size_of::<P>() == size_of::<*const c_void>()) };
        let found = address(c"iphlpapi.dll", name);
        let found = found.unwrap_or_else(|| panic!("this system does not export {name}"));
        // SAFETY: it is the address of a function of this type, as the caller says, and as large as a pointer to one.
        unsafe { (&raw const found).cast::<P>().read() }
    }

    /// OSVERSIONINFOW.
    #[repr(C)]
    struct Version {
        size: u32,
        major: u32,
        minor: u32,
        build: u32,
        platform: u32,
        service_pack: [u16; 128],
    }

    /// The name of the system: `Wine 8.0`, or `Windows 10.0.20348`.
    pub(in super::super) fn system() -> String {
        static NAME: OnceLock<String> = OnceLock::new();
        NAME.get_or_init(named).clone()
    }

    fn named() -> String {
        if let Some(found) = address(c"ntdll.dll", "wine_get_version") {
            type WineGetVersion = unsafe extern "C" fn() -> *const c_char;
            // SAFETY: Wine's ntdll has this function under this name; it gives a text that stays.
            let version = unsafe {
                let wine_get_version: WineGetVersion =
                    (&raw const found).cast::<WineGetVersion>().read();
                CStr::from_ptr(wine_get_version())
            };
            // What a distribution added to the number behind is left out.
            let version = version.to_string_lossy();
            return format!("Wine {}", version.split([' ', '~', '-']).next().unwrap_or_default());
        }
        let mut version = Version {
            size: size_of::<Version>() as u32,
            major: 0,
            minor: 0,
            build: 0,
            platform: 0,
            service_pack: [0; 128],
        };
        if let Some(found) = address(c"ntdll.dll", "RtlGetVersion") {
            type RtlGetVersion = unsafe extern "system" fn(*mut Version) -> i32;
            // SAFETY: ntdll has this function under this name; it fills a structure of the size that is told in it.
            unsafe {
                let rtl_get_version: RtlGetVersion =
                    (&raw const found).cast::<RtlGetVersion>().read();
                rtl_get_version(&raw mut version);
            }
        }
        format!("Windows {}.{}.{}", version.major, version.minor, version.build)
    }
}
