//! NotifyAddrChange and NotifyRouteChange with events.

use netiosim_win32::bind;
use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_IO_PENDING, HANDLE, STATUS_CANCELLED, STATUS_PENDING, WAIT_FAILED,
    WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelIPChangeNotify, NotifyAddrChange, NotifyRouteChange,
};
use windows_sys::Win32::Networking::WinSock::{WSACreateEvent, WSAGetLastError};
use windows_sys::Win32::System::IO::{GetOverlappedResult, GetOverlappedResultEx, OVERLAPPED};
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, SetEvent, WaitForSingleObject,
};

use crate::{last_error, stack};

fn event(manual: bool) -> HANDLE {
    unsafe { CreateEventW(std::ptr::null(), i32::from(manual), 0, std::ptr::null()) }
}

fn with_event(event: HANDLE) -> Box<OVERLAPPED> {
    Box::new(OVERLAPPED { hEvent: event, ..Default::default() })
}

#[test]
fn the_example_of_the_page() {
    let stack = stack();
    let _bound = bind(&stack);
    let environment = stack.handle();
    let change = stack.spawn("environment", move || {
        environment.wait_signals(&[], false, Some(1000)).unwrap();
        environment.add_address("Ethernet", "10.0.0.5/24").unwrap();
    });
    unsafe {
        let mut hand: HANDLE = std::ptr::null_mut();
        let mut overlap = with_event(WSACreateEvent() as HANDLE);
        let overlap = &raw mut *overlap;
        let ret = NotifyAddrChange(&mut hand, overlap);
        assert_eq!((ret, WSAGetLastError()), (ERROR_IO_PENDING, ERROR_IO_PENDING as i32));
        assert_eq!(WaitForSingleObject((*overlap).hEvent, INFINITE), WAIT_OBJECT_0);
    }
    assert_eq!(stack.now_ms(), 1000);
    change.join().unwrap();
}

#[test]
fn a_request_is_pending_then_over() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let mut bytes = 7;
        let mut request = with_event(event(true));
        let request = &raw mut *request;
        for round in 0..3 {
            SetEvent((*request).hEvent);
            assert_eq!(NotifyAddrChange(&mut handle, request), ERROR_IO_PENDING);
            assert_eq!((*request).Internal, STATUS_PENDING as usize);
            assert_eq!(WaitForSingleObject((*request).hEvent, 0), WAIT_TIMEOUT, "taken back");
            assert_eq!(GetOverlappedResult(handle, request, &mut bytes, 0), 0);
            assert_eq!(last_error(), 996);
            assert_eq!(GetOverlappedResultEx(handle, request, &mut bytes, 10, 0), 0);
            assert_eq!((last_error(), bytes), (258, 7));
            assert_eq!(NotifyAddrChange(&mut handle, request), 87, "it is pending");
            stack.add_address("Ethernet", &format!("10.0.{round}.5/24")).unwrap();
            assert_eq!((*request).Internal, 0);
            assert_eq!(WaitForSingleObject((*request).hEvent, 0), WAIT_OBJECT_0);
            assert_eq!((GetOverlappedResult(handle, request, &mut bytes, 1), bytes), (1, 0));
            bytes = 7;
        }
        assert_eq!(GetOverlappedResult(handle, request, std::ptr::null_mut(), 0), 1);
    }
}

#[test]
fn a_cancelled_request_is_aborted() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let mut request = with_event(event(true));
        let request = &raw mut *request;
        assert_eq!(NotifyRouteChange(&mut handle, request), ERROR_IO_PENDING);
        assert_eq!(CancelIPChangeNotify(request), 1);
        assert_eq!((*request).Internal, STATUS_CANCELLED as u32 as usize);
        assert_eq!(WaitForSingleObject((*request).hEvent, INFINITE), WAIT_OBJECT_0);
        assert_eq!(GetOverlappedResult(handle, request, &mut 0, 1), 0);
        assert_eq!(last_error(), 995);
        assert_eq!(CancelIPChangeNotify(request), 0);
    }
}

#[test]
fn two_requests_share_an_event() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let shared = event(false);
        let mut handle: HANDLE = std::ptr::null_mut();
        let (mut address, mut route) = (with_event(shared), with_event(shared));
        // The lowest bit is for completion ports.
        route.hEvent = shared.map_addr(|address| address | 1);
        let (address, route) = (&raw mut *address, &raw mut *route);
        assert_eq!(NotifyAddrChange(&mut handle, address), ERROR_IO_PENDING);
        assert_eq!(NotifyRouteChange(&mut handle, route), ERROR_IO_PENDING);
        stack.remove_address("Ethernet", "192.168.1.10").unwrap();
        assert_eq!(WaitForSingleObject(shared, INFINITE), WAIT_OBJECT_0);
        assert_eq!((*address).Internal, 0);
        // Its route went with the address.
        assert_eq!((*route).Internal, 0);
    }
}

#[test]
fn without_an_event_the_handle_can_be_waited_for() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let mut request = with_event(std::ptr::null_mut());
        let request = &raw mut *request;
        assert_eq!(NotifyAddrChange(&mut handle, request), ERROR_IO_PENDING);
        assert_eq!(WaitForSingleObject(handle, 10), WAIT_TIMEOUT);
        assert_eq!((CloseHandle(handle), last_error()), (0, 6), "it is not to be closed");
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        assert_eq!(WaitForSingleObject(handle, INFINITE), WAIT_OBJECT_0);
    }
}

#[test]
fn what_is_no_event_and_no_request() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let closed = event(true);
        CloseHandle(closed);
        for wrong in [closed, 0x7FF0_0004 as HANDLE] {
            let mut request = with_event(wrong);
            let request = &raw mut *request;
            assert_eq!(NotifyAddrChange(&mut handle, request), 6);
            assert_eq!((*request).Internal, 0, "it was not made");
        }
        let unknown = Box::new(OVERLAPPED::default());
        assert_eq!(GetOverlappedResult(handle, &raw const *unknown, &mut 0, 1), 0);
        assert_eq!(last_error(), 87);
    }
}

#[test]
fn an_event_that_was_closed_is_still_the_requests() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let gone = event(true);
        let mut request = with_event(gone);
        let request = &raw mut *request;
        assert_eq!(NotifyAddrChange(&mut handle, request), ERROR_IO_PENDING);
        CloseHandle(gone);
        let others = [event(true), event(true)];
        stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
        assert_eq!((*request).Internal, 0);
        for other in others {
            assert_eq!(WaitForSingleObject(other, 0), WAIT_TIMEOUT, "it is nobody else's");
        }
    }
}

#[test]
fn a_change_that_never_comes_is_explained() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe {
        let mut handle: HANDLE = std::ptr::null_mut();
        let mut request = with_event(event(false));
        let request = &raw mut *request;
        assert_eq!(NotifyAddrChange(&mut handle, request), ERROR_IO_PENDING);
        assert_eq!(WaitForSingleObject((*request).hEvent, INFINITE), WAIT_FAILED);
        assert_eq!(last_error(), 1131);
        assert_eq!(GetOverlappedResult(handle, request, &mut 0, 1), 0);
        assert_eq!(last_error(), 1131);
        assert_eq!(CancelIPChangeNotify(request), 1);
    }
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 2);
    assert!(findings[0].to_string().contains("compat/overlapped.rs:"), "{}", findings[0]);
}
