//! Where in the client a call comes from: the address that it returns to, and the line behind that.

use netiosim_sim::CallSite;

/// The next call on the calling thread comes from the code that this address returns to; 0 is unknown.
pub(crate) fn announce(caller: usize) {
    crate::strict::collect();
    place(caller);
}

/// The same, for what is no call of the client's.
pub(crate) fn place(caller: usize) {
    CallSite { address: caller, resolve }.announce();
}

/// File and line of a return address; what else is known where there are none.
pub(crate) fn resolve(address: usize) -> String {
    let Found { line, wrapper, symbol } = Found::at(address);
    line.or(wrapper)
        .or_else(|| symbol.map(|name| format!("{name} (built without line numbers)")))
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
        backtrace::resolve(std::ptr::without_provenance_mut(address), |found| {
            let symbol = found.name().map(|name| name.to_string());
            if let (Some(file), Some(line)) = (found.filename(), found.lineno()) {
                // A wrapper that was inlined into the client is not where the client is.
                let wrapper = is_wrapper(&file.to_string_lossy(), symbol.as_deref());
                let place = if wrapper { &mut all.wrapper } else { &mut all.line };
                place.get_or_insert_with(|| format!("{}:{line}", shorten(&file.to_string_lossy())));
            }
            all.symbol = all.symbol.take().or(symbol);
        });
        all
    }
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
    let file = file.replace('\\', "/");
    let here = std::env::current_dir().ok().map(|here| here.to_string_lossy().replace('\\', "/"));
    match here.as_deref().and_then(|here| file.strip_prefix(here)) {
        Some(rest) => rest.trim_start_matches('/').to_owned(),
        None => file,
    }
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
    backtrace::trace(|frame| {
        if next {
            caller = frame.ip() as usize;
            return false;
        }
        next = frame.symbol_address() as usize == entry;
        true
    });
    caller
}
