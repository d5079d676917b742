//! The texts that are handed out.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};

use parking_lot::Mutex;

/// By address.
static TEXTS: Mutex<BTreeMap<usize, CString>> = Mutex::new(BTreeMap::new());

/// Hands a text out, until it is freed.
pub(super) fn hand_out(text: &str) -> *mut c_char {
    let text = CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default();
    let pointer = text.as_ptr();
    TEXTS.lock().insert(pointer.addr(), text);
    pointer.cast_mut()
}

/// Takes a text back; whether it was one.
pub(super) fn take_back(text: *mut c_char) -> bool {
    let gone = TEXTS.lock().remove(&text.addr());
    gone.is_some()
}
