//! Where in the client a call comes from: the address that it returns to, and the line behind that.

use std::time::Duration;

use netiosim_sim::CallSite;
use parking_lot::Mutex;

/// The next call on the calling thread comes from the code that this address returns to; 0 is unknown.
pub(crate) fn announce(caller: usize) {
    crate::strict::collect();
    place(caller);
}

/// The same, for what is no call of the client's.
pub(crate) fn place(caller: usize) {
    CallSite { address: caller, resolve }.announce();
}

/// File and line of a return address; what else is known where there are none: the function, or at least the shared
/// object.
pub(crate) fn resolve(address: usize) -> String {
    let Found { line, wrapper, symbol } = Found::at(address);
    line.or(wrapper)
        .or_else(|| symbol.map(|name| format!("{name} (built without line numbers)")))
        .or_else(|| object(address).map(|name| format!("in {name}")))
        .unwrap_or_else(|| "an unknown place".to_owned())
}

/// File and line of a return address in a client, and not in a library that it is built on.
#[cfg(unix)]
pub(crate) fn line(address: usize) -> Option<String> {
    Found::at(address).line
}

/// The name of the function that an instruction belongs to.
#[cfg(unix)]
pub(crate) fn symbol(instruction: usize) -> Option<String> {
    Found::at(instruction + 1).symbol
}

/// What is known of a return address.
#[derive(Default)]
struct Found {
    line: Option<String>,
    /// The line of a library that was inlined into the client, or called by it.
    wrapper: Option<String>,
    symbol: Option<String>,
}

impl Found {
    fn at(address: usize) -> Self {
        let mut all = Self::default();
        if address == 0 {
            return all;
        }
        // This looks at the instruction before by itself: the call that returns there.
        in_turn(|| {
            backtrace::resolve(std::ptr::without_provenance_mut(address), |found| {
                let symbol = found.name().map(|name| name.to_string());
                if let (Some(file), Some(line)) = (found.filename(), found.lineno()) {
                    // A wrapper that was inlined into the client is not where the client is.
                    let wrapper = is_wrapper(&file.to_string_lossy(), symbol.as_deref());
                    let place = if wrapper { &mut all.wrapper } else { &mut all.line };
                    place.get_or_insert_with(|| {
                        format!("{}:{line}", shorten(&file.to_string_lossy()))
                    });
                }
                all.symbol = all.symbol.take().or(symbol);
            });
        });
        all
    }
}

/// One thread at a time looks lines up, and the first look may take seconds. It is nothing that the program under test waits for:
/// whoever waits here waits with a time limit, because a thread that sleeps without one counts as blocked.
fn in_turn(look: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    netiosim_sim::aside(|| {
        let turn = loop {
            if let Some(turn) = TURN.try_lock_for(Duration::from_millis(50)) {
                break turn;
            }
        };
        look();
        drop(turn);
    });
}

/// Whether code belongs to a library that clients are built on: one of a registry's, Rust's own, this, or the C
/// library, of which only the name of the file is known.
fn is_wrapper(file: &str, symbol: Option<&str>) -> bool {
    const OURS: [&str; 3] = ["netiosim_win32::", "netiosim_sim::", "netiosim_model::"];
    file.contains("/registry/src/")
        || file.contains("/rustc/")
        || file.contains("/sysdeps/")
        || symbol.is_some_and(|symbol| {
            OURS.iter().any(|ours| symbol.trim_start_matches('<').starts_with(ours))
        })
}

/// Relative to the current directory, with forward slashes.
fn shorten(file: &str) -> String {
    let here = std::env::current_dir().ok();
    relative(file, here.map(|here| here.to_string_lossy().into_owned()).as_deref())
}

fn relative(file: &str, here: Option<&str>) -> String {
    let file = file.replace('\\', "/");
    let here = here.map(|here| here.replace('\\', "/"));
    // A folder whose name only begins like this one's is another.
    let below = here.and_then(|here| {
        let rest = file.strip_prefix(here.trim_end_matches('/'))?;
        Some(rest.strip_prefix('/')?.trim_start_matches('/').to_owned())
    });
    below.unwrap_or(file)
}

/// The name of the shared object, or of the program, in which a return address lies, without its folder.
#[cfg(unix)]
fn object(address: usize) -> Option<String> {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // The call lies before the address that it returns to.
    let instruction = std::ptr::without_provenance(address.checked_sub(1)?);
    // SAFETY: the address is looked up, not read; the answer goes where it fits, and is read if there is one.
    let info = unsafe {
        if libc::dladdr(instruction, info.as_mut_ptr()) == 0 {
            return None;
        }
        info.assume_init()
    };
    if info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: the loader's name of an object that is loaded ends with a NUL.
    let name = unsafe { std::ffi::CStr::from_ptr(info.dli_fname) }.to_string_lossy();
    let name = name.rsplit('/').next().filter(|name| !name.is_empty());
    name.map(str::to_owned)
}

/// Not known.
#[cfg(not(unix))]
fn object(_: usize) -> Option<String> {
    None
}

/// The return address of the export at `entry`, where no register holds it: found by walking the stack.
#[cfg(windows)]
pub(crate) fn walk(entry: usize) -> usize {
    crate::windows::caller::of(entry)
}

/// The return address of the export at `entry`, where no register holds it: found by walking the stack.
#[cfg(not(windows))]
#[cold]
pub(crate) fn walk(entry: usize) -> usize {
    let mut next = false;
    let mut caller = 0;
    in_turn(|| {
        backtrace::trace(|frame| {
            if next {
                caller = frame.ip() as usize;
                return false;
            }
            next = frame.symbol_address() as usize == entry;
            true
        });
    });
    caller
}

#[cfg(test)]
mod tests {
    use super::{relative, resolve};

    #[test]
    fn only_what_lies_below_the_current_folder_is_shortened() {
        let here = Some("/src/firewall-c");
        assert_eq!(relative("/src/firewall-c/main.c", here), "main.c");
        assert_eq!(relative("/src/firewall-cpp/main.cpp", here), "/src/firewall-cpp/main.cpp");
        assert_eq!(relative("/src/other.c", here), "/src/other.c");
        assert_eq!(relative("/main.c", Some("/")), "main.c");
        assert_eq!(relative("C:\\src\\a\\main.c", Some("C:\\src\\a")), "main.c");
        assert_eq!(relative("C:\\src\\ab\\main.c", Some("C:\\src\\a")), "C:/src/ab/main.c");
        assert_eq!(relative("/main.c", None), "/main.c");
    }

    #[test]
    fn a_place_without_a_name_is_unknown() {
        let local = 0u8;
        assert_eq!(resolve(std::ptr::from_ref(&local) as usize), "an unknown place");
        assert_eq!(resolve(0), "an unknown place");
    }

    #[cfg(unix)]
    #[test]
    fn a_place_in_a_shared_object_has_its_name_and_not_its_folder() {
        let name = super::object(libc::getpid as *const () as usize + 1).expect("the C library");
        assert!(name.starts_with("lib") && !name.contains('/'), "{name}");
    }
}
