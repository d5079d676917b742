//! What the system is that the program runs on.

#[cfg(not(windows))]
pub(super) fn system() -> String {
    "netiosim".to_owned()
}

#[cfg(windows)]
pub(super) use self::windows::system;

#[cfg(windows)]
mod windows {
    use std::ffi::{CStr, c_char};
    use std::sync::OnceLock;

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

    type WineGetVersion = unsafe extern "C" fn() -> *const c_char;
    type RtlGetVersion = unsafe extern "system" fn(*mut Version) -> i32;

    /// The name of the system: `Wine 8.0`, or `Windows 10.0.20348`.
    pub(in super::super) fn system() -> String {
        static NAME: OnceLock<String> = OnceLock::new();
        NAME.get_or_init(named).clone()
    }

    fn named() -> String {
        // SAFETY: it is in every program already.
        let ntdll = unsafe { libloading::Library::new("ntdll.dll") };
        let Ok(ntdll) = ntdll else { return "Windows".to_owned() };
        // SAFETY: Wine's ntdll has this function under this name.
        if let Ok(wine_get_version) = unsafe { ntdll.get::<WineGetVersion>(c"wine_get_version") } {
            // SAFETY: it gives a text that stays.
            let version = unsafe { CStr::from_ptr(wine_get_version()) };
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
        // SAFETY: ntdll has this function under this name.
        if let Ok(rtl_get_version) = unsafe { ntdll.get::<RtlGetVersion>(c"RtlGetVersion") } {
            // SAFETY: it fills a structure of the size that is told in it.
            unsafe { rtl_get_version(&raw mut version) };
        }
        format!("Windows {}.{}.{}", version.major, version.minor, version.build)
    }
}
