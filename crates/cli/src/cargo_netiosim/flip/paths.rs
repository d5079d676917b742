//! Names that exist on Windows only, or mean something else there, and what stands for them.

/// The crate that stands for `std::os::windows`.
pub(crate) const STAND_IN: &str = "netiosim_std_windows";

/// The path that stands for a path that begins with these segments, and how many of them it replaces.
///
/// `std::os::windows` is the stand-in crate; `c_long` and `c_ulong` have 32 bits on Windows and `wchar_t` 16,
/// wherever they come from, and so `libc::wcslen` is another.
pub(super) fn replacement(segments: &[String]) -> Option<(usize, String)> {
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["std", "os", "windows", ..] => Some((3, format!("::{STAND_IN}"))),
        ["std", "os", "raw", name @ ("c_long" | "c_ulong"), ..] => {
            Some((4, format!("::{STAND_IN}::c::{name}")))
        }
        ["std" | "core", "ffi", name @ ("c_long" | "c_ulong"), ..] => {
            Some((3, format!("::{STAND_IN}::c::{name}")))
        }
        ["libc", name @ ("c_long" | "c_ulong" | "wchar_t" | "wcslen"), ..] => {
            Some((2, format!("::{STAND_IN}::c::{name}")))
        }
        _ => None,
    }
}

/// Functions of `ws2_32.dll` whose names the host's own C library has too, with other constants and structures.
const HOST_SOCKETS: &[&str] = &[
    "accept",
    "bind",
    "connect",
    "freeaddrinfo",
    "getaddrinfo",
    "gethostbyaddr",
    "gethostbyname",
    "gethostname",
    "getnameinfo",
    "getpeername",
    "getprotobyname",
    "getprotobynumber",
    "getservbyname",
    "getservbyport",
    "getsockname",
    "getsockopt",
    "inet_addr",
    "inet_ntoa",
    "listen",
    "recv",
    "recvfrom",
    "select",
    "send",
    "sendto",
    "setsockopt",
    "shutdown",
    "socket",
];

/// What to know about a path, if anything.
pub(super) fn remark(segments: &[String]) -> Option<String> {
    let last = segments.last()?;
    let of_winsock = segments.iter().any(|name| name == "WinSock" || name == "winsock2");
    if of_winsock && HOST_SOCKETS.contains(&last.as_str()) {
        return Some(format!(
            "`{last}` of WinSock is this system's own `{last}` here: sockets are not simulated, and constants \
             such as AF_INET6 (23, here {}) and structures differ",
            if cfg!(target_os = "macos") { 30 } else { 10 }
        ));
    }
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    if matches!(names.as_slice(), ["std", "os", "raw", "*"] | ["std" | "core", "ffi", "*"]) {
        return Some(
            "a glob brings in the host's c_long and c_ulong, which have 64 bits here and 32 on Windows: name \
             them one by one"
                .to_owned(),
        );
    }
    None
}
