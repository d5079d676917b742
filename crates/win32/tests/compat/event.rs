//! Events and waits.

use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use windows_sys::Win32::Foundation::{
    CloseHandle, HANDLE, SetLastError, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE, NotifyTeredoPortChange,
};
use windows_sys::Win32::Networking::WinSock::{
    WSACloseEvent, WSACreateEvent, WSAResetEvent, WSASetEvent, WSAWaitForMultipleEvents,
};
use windows_sys::Win32::System::Threading::{
    CreateEventA, CreateEventW, GetCurrentProcessId, GetCurrentThreadId, INFINITE, ResetEvent,
    SetEvent, Sleep, SleepEx, WaitForMultipleObjects, WaitForMultipleObjectsEx,
    WaitForSingleObject, WaitForSingleObjectEx,
};

use crate::{last_error, stack, wide};

const NONE: HANDLE = std::ptr::null_mut();

fn event(manual: bool, set: bool) -> HANDLE {
    let event = unsafe {
        CreateEventW(std::ptr::null(), i32::from(manual), i32::from(set), std::ptr::null())
    };
    assert!(!event.is_null() && event.addr() % 4 == 0);
    event
}

fn wait(handle: HANDLE, milliseconds: u32) -> u32 {
    unsafe { WaitForSingleObject(handle, milliseconds) }
}

/// A handle on its way to another thread.
#[derive(Clone, Copy)]
struct Sent(HANDLE);

// SAFETY: a handle may be used by any thread.
unsafe impl Send for Sent {}

impl Sent {
    fn get(self) -> HANDLE {
        self.0
    }
}

#[test]
fn manual_and_auto_reset() {
    let stack = stack();
    let _bound = bind(&stack);
    let (manual, auto) = (event(true, false), event(false, true));
    assert_eq!(wait(manual, 0), WAIT_TIMEOUT);
    assert_eq!((wait(auto, 0), wait(auto, 0)), (WAIT_OBJECT_0, WAIT_TIMEOUT));
    unsafe {
        assert_eq!((SetEvent(manual), SetEvent(auto)), (1, 1));
        assert_eq!((wait(manual, INFINITE), wait(manual, 0)), (WAIT_OBJECT_0, WAIT_OBJECT_0));
        assert_eq!((ResetEvent(manual), wait(manual, 0)), (1, WAIT_TIMEOUT));
        assert_eq!((ResetEvent(auto), WaitForSingleObjectEx(auto, 0, 1)), (1, WAIT_TIMEOUT));
        assert_eq!((CloseHandle(manual), CloseHandle(auto)), (1, 1));
    }
}

#[test]
fn what_is_no_event() {
    let stack = stack();
    let _bound = bind(&stack);
    let closed = event(true, true);
    let mut registration = NONE;
    unsafe extern "system" fn nothing(
        _: *const std::ffi::c_void,
        _: u16,
        _: MIB_NOTIFICATION_TYPE,
    ) {
    }
    unsafe {
        assert_eq!(CloseHandle(closed), 1);
        let code =
            NotifyTeredoPortChange(Some(nothing), std::ptr::null(), false, &mut registration);
        assert_eq!(code, 0);
        for handle in [NONE, closed, registration, -1_isize as HANDLE] {
            for function in [SetEvent, ResetEvent, CloseHandle] {
                SetLastError(0);
                assert_eq!((function(handle), last_error()), (0, 6));
            }
            assert_eq!((wait(handle, INFINITE), last_error()), (WAIT_FAILED, 6));
        }
        assert_eq!(CancelMibChangeNotify2(registration), 0);
    }
}

#[test]
fn what_succeeds_leaves_the_last_error_alone() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let event = event(true, false);
        assert_eq!(last_error(), 0, "a new event says that it is new");
        SetLastError(424_242);
        SetEvent(event);
        wait(event, INFINITE);
        ResetEvent(event);
        wait(event, 10);
        Sleep(1);
        CloseHandle(event);
        assert_eq!(last_error(), 424_242);
    }
}

#[test]
fn several_at_once() {
    let stack = stack();
    let _bound = bind(&stack);
    let handles = [event(true, false), event(false, true), event(true, true)];
    let any = |handles: &[HANDLE], all: i32, time: u32| unsafe {
        WaitForMultipleObjects(handles.len() as u32, handles.as_ptr(), all, time)
    };
    assert_eq!(any(&handles, 0, INFINITE), WAIT_OBJECT_0 + 1, "the first that is set");
    assert_eq!(any(&handles, 0, INFINITE), WAIT_OBJECT_0 + 2, "that one was taken");
    assert_eq!(any(&handles, 1, 50), WAIT_TIMEOUT);
    unsafe {
        SetEvent(handles[0]);
        SetEvent(handles[1]);
        assert_eq!(any(&handles, 1, INFINITE), WAIT_OBJECT_0);
        assert_eq!(any(&handles[1..2], 0, 0), WAIT_TIMEOUT, "all were taken");
        assert_eq!(WaitForMultipleObjectsEx(3, handles.as_ptr(), 0, 0, 1), WAIT_OBJECT_0);
        let many = [handles[0]; 65];
        for wrong in [&[][..], &[handles[0], handles[0]], &many] {
            assert_eq!((any(wrong, 0, INFINITE), last_error()), (WAIT_FAILED, 87));
        }
        assert_eq!(WaitForMultipleObjects(1, std::ptr::null(), 0, 0), WAIT_FAILED);
        assert_eq!((any(&[handles[0], NONE], 0, 0), last_error()), (WAIT_FAILED, 6));
        let other = crate::stack();
        let _bound = bind(&other);
        let foreign = event(true, true);
        assert_eq!((any(&[handles[0], foreign], 0, 0), last_error()), (WAIT_FAILED, 50));
    }
}

#[test]
fn a_thread_waits_for_another() {
    for round in 0..10 {
        let stack = netiosim_win32::builder().seed(round).build();
        let _bound = bind(&stack);
        let (go, done) = (Sent(event(false, false)), Sent(event(true, false)));
        let thread = stack.spawn("worker", move || unsafe {
            assert_eq!(WaitForSingleObject(go.get(), INFINITE), WAIT_OBJECT_0);
            SetEvent(done.get())
        });
        unsafe {
            SetEvent(go.get());
            assert_eq!(WaitForSingleObject(done.get(), 600_000), WAIT_OBJECT_0);
        }
        assert_eq!(stack.now_ms(), 0, "no time had to go by");
        assert_eq!(thread.join().unwrap(), 1);
    }
}

#[test]
fn an_event_that_nobody_sets_is_explained_with_the_clients_line() {
    let stack = stack();
    let _bound = bind(&stack);
    let event = event(true, false);
    assert_eq!((wait(event, INFINITE), last_error()), (WAIT_FAILED, 1131));
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    let text = findings[0].to_string();
    assert!(text.contains("waits for ever for signal \"event-1\", at "), "{text}");
    assert!(text.contains("compat/event.rs:"), "{text}");
}

#[test]
fn a_cancel_waits_for_a_callback_that_waits_for_an_event() {
    unsafe extern "system" fn blocked(
        context: *const std::ffi::c_void,
        _: u16,
        kind: MIB_NOTIFICATION_TYPE,
    ) {
        if kind == 0 {
            unsafe { WaitForSingleObject(context.cast_mut(), INFINITE) };
        }
    }
    let stack = stack();
    let _bound = bind(&stack);
    let event = event(true, false);
    let mut handle = NONE;
    unsafe {
        let code = NotifyTeredoPortChange(Some(blocked), event, false, &mut handle);
        assert_eq!(code, 0);
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        // The callback waits for what only this thread would set, after the cancel. The callback's wait is refused, and the cancel
        // comes to its end.
        assert_eq!(CancelMibChangeNotify2(handle), 0);
    }
    let findings = stack.take_findings();
    let text = findings.iter().map(ToString::to_string).collect::<String>();
    assert!(text.contains("never returns: it waits for signal \"event-1\""), "{text}");
}

#[test]
fn time_is_virtual() {
    let stack = stack();
    let _bound = bind(&stack);
    let event = event(true, false);
    assert_eq!(wait(event, 3_600_000), WAIT_TIMEOUT);
    assert_eq!(stack.now_ms(), 3_600_000);
    unsafe {
        Sleep(500);
        assert_eq!(SleepEx(500, 1), 0);
    }
    assert_eq!(stack.now_ms(), 3_601_000);
}

#[test]
fn a_name_is_one_event_of_one_stack() {
    let name = wide("Local\\change");
    let named = || unsafe { CreateEventW(std::ptr::null(), 1, 0, name.as_ptr()) };
    let stack = stack();
    let _bound = bind(&stack);
    let (first, fresh) = (named(), last_error());
    let (second, known) = (named(), last_error());
    assert_eq!((fresh, known), (0, 183));
    assert_ne!(first, second);
    let narrow = unsafe { CreateEventA(std::ptr::null(), 1, 0, c"Local\\change".as_ptr().cast()) };
    unsafe { SetEvent(first) };
    assert_eq!((wait(second, 0), wait(narrow, 0)), (WAIT_OBJECT_0, WAIT_OBJECT_0));
    unsafe { CloseHandle(first) };
    assert_eq!(wait(second, 0), WAIT_OBJECT_0, "the others are open");
    let other = crate::stack();
    let _bound = bind(&other);
    assert_eq!(wait(named(), 0), WAIT_TIMEOUT);
}

#[test]
fn a_new_event_is_not_set_whoever_had_its_place_before() {
    let stack = stack();
    let _bound = bind(&stack);
    let keep = event(true, false);
    for _ in 0..100 {
        let used = event(true, true);
        assert_eq!(wait(used, 0), WAIT_OBJECT_0);
        assert_eq!(unsafe { CloseHandle(used) }, 1);
        let fresh = event(true, false);
        assert_eq!(wait(fresh, 0), WAIT_TIMEOUT);
        assert_eq!(unsafe { CloseHandle(fresh) }, 1);
    }
    assert_eq!(wait(keep, 0), WAIT_TIMEOUT);
    let signals = |stack: &Stack| stack.trace().matches("event-3").count();
    assert_eq!(signals(&stack), 0, "places are used again");
}

#[test]
fn the_names_that_winsock_has() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let event = WSACreateEvent();
        let handles = [event as HANDLE];
        let wait = || WSAWaitForMultipleEvents(1, handles.as_ptr(), 0, 0, 0);
        assert_eq!(wait(), WAIT_TIMEOUT);
        assert_eq!((WSASetEvent(event), wait(), wait()), (1, WAIT_OBJECT_0, WAIT_OBJECT_0));
        assert_eq!((WSAResetEvent(event), wait()), (1, WAIT_TIMEOUT));
        assert_eq!((WSACloseEvent(event), WSACloseEvent(event)), (1, 0));
    }
}

#[test]
fn threads_and_processes_have_numbers() {
    let own = unsafe { GetCurrentThreadId() };
    let other = std::thread::spawn(|| unsafe { GetCurrentThreadId() }).join().unwrap();
    assert!(own != 0 && other != 0 && own != other);
    assert_eq!(unsafe { GetCurrentProcessId() }, std::process::id());
}
