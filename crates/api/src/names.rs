//! The names of the Win32 codes that the functions answer.

/// The name of a code, if it is one that the pages of `netioapi.h` or its observers tell of.
pub(crate) fn of(code: u32) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&code, |entry| entry.0).ok()?;
    Some(NAMES[at].1)
}

/// In the order of the codes.
static NAMES: &[(u32, &str)] = &[
    (2, "ERROR_FILE_NOT_FOUND"),
    (5, "ERROR_ACCESS_DENIED"),
    (6, "ERROR_INVALID_HANDLE"),
    (8, "ERROR_NOT_ENOUGH_MEMORY"),
    (13, "ERROR_INVALID_DATA"),
    (21, "ERROR_NOT_READY"),
    (50, "ERROR_NOT_SUPPORTED"),
    (87, "ERROR_INVALID_PARAMETER"),
    (111, "ERROR_BUFFER_OVERFLOW"),
    (120, "ERROR_CALL_NOT_IMPLEMENTED"),
    (122, "ERROR_INSUFFICIENT_BUFFER"),
    (123, "ERROR_INVALID_NAME"),
    (127, "ERROR_PROC_NOT_FOUND"),
    (997, "ERROR_IO_PENDING"),
    (1003, "ERROR_CAN_NOT_COMPLETE"),
    (1067, "ERROR_PROCESS_ABORTED"),
    (1115, "ERROR_SHUTDOWN_IN_PROGRESS"),
    (1131, "ERROR_POSSIBLE_DEADLOCK"),
    (1168, "ERROR_NOT_FOUND"),
    (1231, "ERROR_NETWORK_UNREACHABLE"),
    (1722, "RPC_S_SERVER_UNAVAILABLE"),
    (1753, "EPT_S_NOT_REGISTERED"),
    (5010, "ERROR_OBJECT_ALREADY_EXISTS"),
];

#[cfg(test)]
mod tests {
    use super::{NAMES, of};

    #[test]
    fn every_name_is_found() {
        for (code, name) in NAMES {
            assert_eq!(of(*code), Some(*name));
        }
        assert_eq!(of(3), None);
    }
}
