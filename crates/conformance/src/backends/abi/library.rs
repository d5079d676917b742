//! Where the names lead: to netiosim-win32, by the linker; or to a library that is loaded, which is asked for each name when it
//! is called, so that one without some of them can be loaded nevertheless. On Windows the system's own library is one of these.

use std::cell::Cell;
use std::error::Error;
use std::ffi::{CString, c_void};
use std::fmt;
use std::path::{Path, PathBuf};
#[cfg(windows)]
use std::sync::OnceLock;

use netiosim_model::function::Function;

use crate::backend::Cannot;

/// Calls a function of the API by its name, inside of an unsafe block, in the library that the thread is set to. The name that is in
/// scope gives its type, and is called itself only where the linker knows it.
macro_rules! sys {
    (@any $argument:expr) => { _ };
    ($name:ident($($argument:expr),* $(,)?)) => {
        $crate::backends::abi::library::typed(stringify!($name), || {
            let function: unsafe extern "system" fn($(sys!(@any $argument)),*) -> _ = $name;
            function
        })($($argument),*)
    };
}

thread_local! {
    /// Where the thread's calls go; `None`: to the system's own functions.
    static CURRENT: Cell<Option<Library>> = const { Cell::new(None) };
}

/// Where the functions of the API are.
#[derive(Clone, Copy)]
pub(super) enum Library {
    /// In netiosim-win32, which this program is linked with.
    #[cfg(not(windows))]
    Linked,
    /// In a library that was loaded.
    Loaded(&'static Loaded),
}

/// A library that was loaded. It is never unloaded: what was registered there may still call back.
pub(super) struct Loaded {
    library: libloading::Library,
    /// As it is called in reasons: `this library`.
    called: &'static str,
    /// Whether its functions take any address, as those of netiosim do.
    takes_any_address: bool,
}

/// The thread's calls go to some library until this is dropped.
pub(super) struct Entered {
    before: Option<Library>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.before);
    }
}

/// The library that the thread is set to.
pub(super) fn current() -> Library {
    CURRENT.get().unwrap_or_else(Library::of_the_system)
}

impl Library {
    /// The system's own functions; off Windows those of netiosim-win32.
    #[cfg(not(windows))]
    pub(super) fn of_the_system() -> Self {
        Self::Linked
    }

    /// The system's own functions; off Windows those of netiosim-win32.
    #[cfg(windows)]
    pub(super) fn of_the_system() -> Self {
        static SYSTEM: OnceLock<Loaded> = OnceLock::new();
        Self::Loaded(SYSTEM.get_or_init(|| {
            // SAFETY: it is the library of the system whose functions the program asks for.
            let library = unsafe { libloading::Library::new("iphlpapi.dll") };
            let library = library.expect("every Windows has an iphlpapi.dll");
            Loaded { library, called: "this system", takes_any_address: false }
        }))
    }

    /// Loads a shared object, whose initialisers run.
    pub(super) fn open(path: &Path) -> Result<Self, NotLoaded> {
        let not_loaded = |said| NotLoaded { path: path.to_owned(), said };
        // A name without a folder would be looked for where the loader looks for libraries.
        let whole = std::path::absolute(path).map_err(|error| not_loaded(error.to_string()))?;
        // SAFETY: whoever names a shared object to be checked wants its code to run.
        let library = unsafe { libloading::Library::new(whole) };
        // The loader's own words are behind what says which call failed.
        let said = |error: libloading::Error| {
            error.source().map_or_else(|| error.to_string(), ToString::to_string)
        };
        let library = library.map_err(|error| not_loaded(said(error)))?;
        let mut loaded = Loaded { library, called: "this library", takes_any_address: false };
        loaded.takes_any_address = loaded.address(super::drive::MAKES_STACKS).is_some();
        Ok(Self::Loaded(Box::leak(Box::new(loaded))))
    }

    /// Has the calling thread's calls go there until the guard is dropped.
    pub(super) fn enter(self) -> Entered {
        Entered { before: CURRENT.replace(Some(self)) }
    }

    /// Where it has a function of this name.
    pub(super) fn address(self, name: &str) -> Option<*const c_void> {
        match self {
            #[cfg(not(windows))]
            Self::Linked => None,
            Self::Loaded(loaded) => loaded.address(name),
        }
    }

    /// Whether it has a function of the API.
    pub(super) fn exports(self, function: Function) -> bool {
        match self {
            #[cfg(not(windows))]
            Self::Linked => true,
            Self::Loaded(loaded) => loaded.address(function.name()).is_some(),
        }
    }

    /// That it has a function of the API, or why it cannot be called.
    pub(super) fn exported(self, function: Function) -> Result<(), Cannot> {
        if self.exports(function) {
            return Ok(());
        }
        Err(Cannot::new(format!("{} does not export {function}", self.called())))
    }

    /// Whether its functions take any address, and not only what a program may hand in.
    pub(super) fn takes_any_address(self) -> bool {
        match self {
            #[cfg(not(windows))]
            Self::Linked => true,
            Self::Loaded(loaded) => loaded.takes_any_address,
        }
    }

    fn called(self) -> &'static str {
        match self {
            #[cfg(not(windows))]
            Self::Linked => "netiosim",
            Self::Loaded(loaded) => loaded.called,
        }
    }
}

impl Loaded {
    fn address(&self, name: &str) -> Option<*const c_void> {
        let name = CString::new(name).ok()?;
        // SAFETY: what is there is looked for, and not read.
        let found = unsafe { self.library.get::<*const c_void>(name.as_c_str()) };
        let found = *found.ok()?;
        (!found.is_null() && !in_every_program(&name, found)).then_some(found)
    }
}

/// Whether every program finds this under this name without loading anything: the C library has a function of the name
/// `if_nametoindex`, too, and whoever is asked for one looks into what it is linked with.
#[cfg(unix)]
fn in_every_program(name: &CString, found: *const c_void) -> bool {
    let this = libloading::os::unix::Library::this();
    // SAFETY: what is there is looked for, and not read.
    let own = unsafe { this.get::<*const c_void>(name.as_c_str()) };
    own.is_ok_and(|own| *own == found)
}

#[cfg(not(unix))]
fn in_every_program(_: &CString, _: *const c_void) -> bool {
    false
}

/// A function of the library that the thread is set to. What gives its type is only called where the linker knows the function.
///
/// # Panics
///
/// If the library has none of this name.
///
/// # Safety
///
/// `P` is the type of the function that the library has under this name.
#[cfg_attr(windows, allow(unused_variables, reason = "on Windows nothing is found by the linker"))]
pub(super) unsafe fn typed<P: Copy>(name: &str, linked: impl FnOnce() -> P) -> P {
    match current() {
        #[cfg(not(windows))]
        Library::Linked => linked(),
        Library::Loaded(loaded) => {
            let found = loaded.address(name);
            let found = found.unwrap_or_else(|| panic!("{} does not export {name}", loaded.called));
            // SAFETY: the caller's.
            unsafe { function(found) }
        }
    }
}

/// The function at an address.
///
/// # Safety
///
/// `P` is the type of a pointer to the function that is there.
pub(super) unsafe fn function<P: Copy>(at: *const c_void) -> P {
    const { assert!(size_of::<P>() == size_of::<*const c_void>()) };
    // SAFETY: it is the address of a function of this type, as the caller says, and as large as a pointer to one.
    unsafe { (&raw const at).cast::<P>().read() }
}

/// A shared object that cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotLoaded {
    path: PathBuf,
    said: String,
}

impl fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be loaded: {}", self.path.display(), self.said)
    }
}

impl Error for NotLoaded {}
