//! Where in the client a call comes from: the address that it returns to, and the line behind that.

use netiosim_sim::CallSite;

/// The next call on the calling thread comes from the code that this address returns to; 0 is unknown.
pub(crate) fn announce(caller: usize) {
    CallSite { address: caller, resolve }.announce();
}

/// File and line of a return address; what else is known where there are none.
pub(crate) fn resolve(address: usize) -> String {
    if address == 0 {
        return "an unknown place".to_owned();
    }
    let mut best: Option<String> = None;
    let mut symbol: Option<String> = None;
    // The call is the instruction before the one that it returns to.
    backtrace::resolve((address - 1) as *mut std::ffi::c_void, |found| {
        if let (Some(file), Some(line)) = (found.filename(), found.lineno()) {
            let text = format!("{}:{line}", shorten(&file.to_string_lossy()));
            // A wrapper that was inlined into the client is not where the client is.
            if best.as_deref().is_none_or(is_wrapper) {
                best = Some(text);
            }
        }
        if symbol.is_none() {
            symbol = found.name().map(|name| name.to_string());
        }
    });
    best.or_else(|| symbol.map(|name| format!("{name} (built without line numbers)")))
        .unwrap_or_else(|| "an unknown place".to_owned())
}

fn is_wrapper(text: &str) -> bool {
    text.contains("/registry/src/") || text.contains("/rustc/")
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
