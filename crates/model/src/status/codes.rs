//! The tables behind [`Status`]: which numbers a meaning has, and what every number is called.

use super::{Flavour, KernelNames, Status};

/// One number with its name and text.
pub(super) struct Code {
    pub(super) flavour: Flavour,
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) message: &'static str,
    /// Whether driver pages use this Win32 name too (C-02).
    pub(super) driver_pages: bool,
}

/// The numbers of one status.
pub(super) struct Meaning {
    pub(super) status: Status,
    pub(super) user: u32,
    pub(super) kernel: KernelCode,
}

/// Where the number of the driver flavour comes from.
pub(super) enum KernelCode {
    /// An NTSTATUS that the pages name, or the plain analogue of a code that they do not name.
    Nt(u32),
    /// The pages give a Win32 name (C-02): its literal number, or this NTSTATUS (O-15).
    Win32Or(u32),
    /// The pages' STATUS_NOT_ENOUGH_MEMORY, which has no value (C-01, O-14).
    NoMemory,
}

impl KernelCode {
    pub(super) fn number(&self, user: u32, names: KernelNames) -> u32 {
        match *self {
            Self::Nt(number) => number,
            Self::Win32Or(_) if names.literal_error_names => user,
            Self::Win32Or(number) => number,
            Self::NoMemory => names.no_memory,
        }
    }
}

const fn meaning(status: Status, user: u32, kernel: KernelCode) -> Meaning {
    Meaning { status, user, kernel }
}

/// Every status but `Raw`, once.
pub(super) static MEANINGS: &[Meaning] = {
    use KernelCode::{NoMemory, Nt, Win32Or};
    &[
        meaning(Status::Success, 0, Nt(0)),
        meaning(Status::InvalidParameter, 87, Nt(0xC000_000D)),
        meaning(Status::InvalidHandle, 6, Win32Or(0xC000_0008)),
        meaning(Status::NotEnoughMemory, 8, NoMemory),
        meaning(Status::NotReady, 21, Win32Or(0xC000_00A3)),
        meaning(Status::NotSupported, 50, Nt(0xC000_00BB)),
        meaning(Status::FileNotFound, 2, Nt(0xC000_0225)),
        meaning(Status::NotFound, 1168, Nt(0xC000_0225)),
        meaning(Status::AccessDenied, 5, Nt(0xC000_0022)),
        meaning(Status::IoPending, 997, Win32Or(0x0000_0103)),
        meaning(Status::NotRegistered, 1753, Nt(0xC002_0036)),
        meaning(Status::ServerUnavailable, 1722, Nt(0xC002_0017)),
        meaning(Status::PossibleDeadlock, 1131, Nt(0xC000_0194)),
        meaning(Status::BufferOverflow, 111, Win32Or(0x8000_0005)),
        meaning(Status::InvalidName, 123, Nt(0xC000_0033)),
        meaning(Status::CanNotComplete, 1003, Nt(0xC000_0001)),
        meaning(Status::NetworkUnreachable, 1231, Nt(0xC000_023C)),
        meaning(Status::ObjectAlreadyExists, 5010, Win32Or(0xC000_0035)),
        meaning(Status::NoData, 232, Nt(0xC000_00B1)),
        meaning(Status::AddressNotAssociated, 1228, Nt(0xC000_0239)),
        meaning(Status::Absent, 127, Nt(0xC000_0139)),
    ]
};

/// Names of the driver pages that no header defines (C-01), each with its substitute (O-14).
pub(super) static NO_SUCH_NAMES: &[(&str, &str)] = &[
    ("STATUS_NOT_ENOUGH_MEMORY", "STATUS_INSUFFICIENT_RESOURCES"),
    ("STATUS_INVALID_NAME", "STATUS_OBJECT_NAME_INVALID"),
];

const fn user(number: u32, name: &'static str, message: &'static str) -> Code {
    Code { flavour: Flavour::User, number, name, message, driver_pages: false }
}

const fn both(number: u32, name: &'static str, message: &'static str) -> Code {
    Code { flavour: Flavour::User, number, name, message, driver_pages: true }
}

const fn kernel(number: u32, name: &'static str, message: &'static str) -> Code {
    Code { flavour: Flavour::Kernel, number, name, message, driver_pages: false }
}

/// Every known number; where two names share one, the first is what reports print.
pub(super) static CODES: &[Code] = &[
    user(0, "NO_ERROR", "The operation was carried out."),
    user(0, "ERROR_SUCCESS", "The operation was carried out."),
    user(2, "ERROR_FILE_NOT_FOUND", "The object named does not exist; here mostly an interface."),
    user(5, "ERROR_ACCESS_DENIED", "The caller has no right to do this."),
    both(6, "ERROR_INVALID_HANDLE", "A handle is not valid."),
    user(8, "ERROR_NOT_ENOUGH_MEMORY", "There is not enough memory for this operation."),
    both(
        21,
        "ERROR_NOT_READY",
        "The device or service is not ready; here the Teredo client is not started.",
    ),
    user(31, "ERROR_GEN_FAILURE", "The device does not work."),
    user(
        50,
        "ERROR_NOT_SUPPORTED",
        "The request is not supported; here mostly an IP stack is absent.",
    ),
    user(87, "ERROR_INVALID_PARAMETER", "A parameter is not correct."),
    both(111, "ERROR_BUFFER_OVERFLOW", "A name or a list is too long for its buffer."),
    user(120, "ERROR_CALL_NOT_IMPLEMENTED", "This function does not exist on this system."),
    user(122, "ERROR_INSUFFICIENT_BUFFER", "The buffer given is too small for the data."),
    user(123, "ERROR_INVALID_NAME", "A name is not well formed."),
    user(127, "ERROR_PROC_NOT_FOUND", "The library does not have this function."),
    user(232, "ERROR_NO_DATA", "There is nothing to list; here no adapter for the request."),
    user(995, "ERROR_OPERATION_ABORTED", "The request was cancelled before it came to its end."),
    user(996, "ERROR_IO_INCOMPLETE", "The request is still pending."),
    both(997, "ERROR_IO_PENDING", "The operation goes on; its result comes later."),
    user(1003, "ERROR_CAN_NOT_COMPLETE", "The function could not be completed."),
    user(
        1131,
        "ERROR_POSSIBLE_DEADLOCK",
        "Waiting here could last for ever: a deadlock was found.",
    ),
    user(1168, "ERROR_NOT_FOUND", "There is no such element."),
    user(
        1228,
        "ERROR_ADDRESS_NOT_ASSOCIATED",
        "An address is leased and not yet associated with its interface.",
    ),
    user(1231, "ERROR_NETWORK_UNREACHABLE", "No route leads to that network."),
    user(1722, "RPC_S_SERVER_UNAVAILABLE", "The service does not answer remote calls."),
    user(1753, "EPT_S_NOT_REGISTERED", "The service has no endpoint left; here it is not running."),
    both(5010, "ERROR_OBJECT_ALREADY_EXISTS", "The object exists already."),
    kernel(
        0xC000_0139,
        "STATUS_ENTRYPOINT_NOT_FOUND",
        "The driver needs a function that this system does not have.",
    ),
    kernel(0x0000_0000, "STATUS_SUCCESS", "The operation was carried out."),
    kernel(0x0000_0103, "STATUS_PENDING", "The operation goes on; its result comes later."),
    kernel(0x8000_0005, "STATUS_BUFFER_OVERFLOW", "The data did not fit and was cut off."),
    kernel(0xC000_0001, "STATUS_UNSUCCESSFUL", "The operation failed."),
    kernel(0xC000_0002, "STATUS_NOT_IMPLEMENTED", "The operation does not exist on this system."),
    kernel(0xC000_0008, "STATUS_INVALID_HANDLE", "A handle is not valid."),
    kernel(0xC000_000D, "STATUS_INVALID_PARAMETER", "A parameter is not correct."),
    kernel(0xC000_0017, "STATUS_NO_MEMORY", "There is not enough memory for this operation."),
    kernel(0xC000_0022, "STATUS_ACCESS_DENIED", "The caller has no right to do this."),
    kernel(0xC000_0023, "STATUS_BUFFER_TOO_SMALL", "The buffer given is too small for the data."),
    kernel(0xC000_0033, "STATUS_OBJECT_NAME_INVALID", "A name is not well formed."),
    kernel(0xC000_0035, "STATUS_OBJECT_NAME_COLLISION", "An object of that name exists already."),
    kernel(
        0xC000_009A,
        "STATUS_INSUFFICIENT_RESOURCES",
        "There are not enough resources for this operation.",
    ),
    kernel(
        0xC000_00A3,
        "STATUS_DEVICE_NOT_READY",
        "The device is not ready; here the Teredo client is not started.",
    ),
    kernel(0xC000_00B1, "STATUS_PIPE_CLOSING", "There is nothing to read."),
    kernel(
        0xC000_00BB,
        "STATUS_NOT_SUPPORTED",
        "The request is not supported; here mostly an IP stack is absent.",
    ),
    kernel(
        0xC000_0194,
        "STATUS_POSSIBLE_DEADLOCK",
        "Waiting here could last for ever: a deadlock was found.",
    ),
    kernel(
        0xC000_0225,
        "STATUS_NOT_FOUND",
        "There is no such object: no such interface, or no such row.",
    ),
    kernel(
        0xC000_022A,
        "STATUS_DUPLICATE_OBJECTID",
        "An object with that identifier exists already.",
    ),
    kernel(
        0xC000_0239,
        "STATUS_ADDRESS_NOT_ASSOCIATED",
        "An address is leased and not yet associated with its interface.",
    ),
    kernel(0xC000_023C, "STATUS_NETWORK_UNREACHABLE", "No route leads to that network."),
    kernel(0xC002_0017, "RPC_NT_SERVER_UNAVAILABLE", "The service does not answer remote calls."),
    kernel(
        0xC002_0036,
        "EPT_NT_NOT_REGISTERED",
        "The service has no endpoint left; here it is not running.",
    ),
];
