//! The target `abi`: the functions of Windows by their names.

mod callbacks;
mod calls;
mod convert;
mod notify;
mod place;
mod rows;
mod tables;

use std::sync::LazyLock;

use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, KernelNames, Status};
use netiosim_sim::{Mode, OnDeadlock, Stack, StackRef};
use netiosim_win32::{bind, export as abi};
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_IF_ROW2;

use self::callbacks::HELD;
use self::calls::Program;
use self::place::Place;
use self::tables::Handed;
use crate::bytes::Bytes;

/// The function that hands tables to callbacks.
const TABLE: &str = "NotifyStableUnicastIpAddressTable";
/// As many calls are made.
const MOST: usize = 96;

static CODES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let all = [
        Status::Success,
        Status::InvalidParameter,
        Status::InvalidHandle,
        Status::NotEnoughMemory,
        Status::NotReady,
        Status::NotSupported,
        Status::FileNotFound,
        Status::NotFound,
        Status::AccessDenied,
        Status::IoPending,
        Status::NotRegistered,
        Status::ServerUnavailable,
        Status::PossibleDeadlock,
        Status::BufferOverflow,
        Status::InvalidName,
        Status::CanNotComplete,
        Status::NetworkUnreachable,
        Status::ObjectAlreadyExists,
        Status::NoData,
        Status::AddressNotAssociated,
        Status::Absent,
    ];
    all.iter().map(|status| status.code(Flavour::User, KernelNames::default())).collect()
});

/// The code is one of those that the model knows.
fn known_code(function: &str, code: u32) {
    assert!(CODES.contains(&code), "{function} answers {code}");
}

/// The bytes as calls of the functions of Windows: with bytes of theirs as rows, addresses, names and lengths, with NULL or
/// with memory that need not be aligned, and with callbacks that call back.
///
/// Codes are known ones; nothing is written beside what was given; what is only to be read stays as it is; tables hold the rows
/// that they say, and all are freed in the end; then the stack still answers.
///
/// # Panics
///
/// If that does not hold.
pub fn abi(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let profile = bytes.of(&[Profile::Documented, Profile::Observed, Profile::Adversarial]);
    // Its structures stay where they are until the stack is gone.
    let mut program = Program::new(&mut bytes);
    let stack: Stack = Stack::builder()
        .mode(Mode::Manual)
        .profile(profile)
        .seed(u64::from(bytes.byte()))
        .elevated(bytes.byte() > 0)
        .on_deadlock(OnDeadlock::Error)
        .announce(false)
        .build();
    stack.record(false);
    let bound = bind(&stack);
    for _ in 0..MOST {
        if bytes.is_over() {
            break;
        }
        program.step(&mut bytes, &stack);
    }
    stack.set_nsi_down(false);
    stack.run_until_idle();
    sane(&stack);
    program.end();
    // A callback may have been handed another table while the requests ended.
    stack.run_until_idle();
    for table in HELD.take().tables {
        table.free();
    }
    stack.own_process().exit();
    let findings = stack.take_findings();
    let leaked = findings.iter().find(|finding| finding.rule == Rule::LeakedTable);
    assert!(leaked.is_none(), "{leaked:?}");
    drop(bound);
    drop(stack);
    drop(program);
}

/// After all that the stack answers as it should.
fn sane(stack: &StackRef) {
    let mut out = Place::of::<*const u8>(8);
    // SAFETY: a place for the pointer.
    let code = unsafe { abi::GetIfTable2(out.at()) };
    assert_eq!(code, 0, "GetIfTable2 in the end");
    let table = Handed::new::<MIB_IF_ROW2>("GetIfTable2", out.number() as usize as *const u8);
    table.free();
    let mut port = Place::of::<u16>(0);
    // SAFETY: a place for the port.
    let code = unsafe { abi::GetTeredoPort(port.at()) };
    let mut plain = 0;
    assert_eq!(code, stack.get_teredo_port(Some(&mut plain)), "GetTeredoPort in the end");
    if code == 0 {
        assert_eq!(port.number(), u64::from(plain));
    }
    let interfaces = stack.env().interfaces().count();
    assert!(interfaces > 0, "the interfaces are gone");
}
