//! What a thread without a stack gets of the feature `compat`; a process of its own, because every bound stack is told.
#![cfg(unix)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are a client's, and what they promise is what is tested"
)]

use netiosim_win32::sim::OnDeadlock;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::{CloseHandle, GetLastError};
use windows_sys::Win32::NetworkManagement::IpHelper::SendARP;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleA, GetProcAddress};
use windows_sys::Win32::System::Threading::{CreateEventW, SetEvent, Sleep, WaitForSingleObject};

#[test]
fn a_thread_without_a_stack_is_told_of_and_may_use_what_others_made() {
    let stack = builder().on_deadlock(OnDeadlock::Error).build();
    let _bound = bind(&stack);
    let event = unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) } as usize;
    let other = std::thread::spawn(move || unsafe {
        assert!(CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()).is_null());
        assert_eq!(GetLastError(), 1);
        let module = GetModuleHandleA(c"iphlpapi.dll".as_ptr().cast());
        assert!(GetProcAddress(module, c"GetTeredoPort".as_ptr().cast()).is_none());
        let (mut mac, mut length) = ([0_u8; 8], 8);
        assert_eq!(SendARP(0, 0, mac.as_mut_ptr().cast(), &mut length), 1);
        // These are nobody's question to a stack.
        let kernel = GetModuleHandleA(c"kernel32.dll".as_ptr().cast());
        assert!(GetProcAddress(kernel, c"SetEvent".as_ptr().cast()).is_some());
        Sleep(0);
        // A handle knows its stack.
        assert_eq!(SetEvent(event as *mut _), 1);
    });
    other.join().unwrap();
    assert_eq!(unsafe { WaitForSingleObject(event as *mut _, 0) }, 0);
    assert_eq!(unsafe { CloseHandle(event as *mut _) }, 1);
    let told: Vec<String> = stack.findings().iter().map(ToString::to_string).collect();
    for (told, name) in told.iter().zip(["CreateEventW", "GetProcAddress", "SendARP"]) {
        assert!(told.contains(&format!("{name} was called by a thread")), "{told}");
    }
    assert_eq!(stack.acknowledge(Rule::UnboundThread), 3);
}
