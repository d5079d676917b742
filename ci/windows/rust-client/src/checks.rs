//! The checks. Each is a claim about what a program sees through the system's names.

use std::ffi::c_void;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use windows_sys::Win32::Foundation::{
    ERROR_BUFFER_OVERFLOW, ERROR_INVALID_PARAMETER, HANDLE, NO_ERROR,
};
use windows_sys::Win32::NetworkManagement::IpHelper::*;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, AF_UNSPEC, IpDadStatePreferred, SOCKADDR_IN, SOCKADDR_INET,
};

use crate::drive::Simulator;

static CHECKS: AtomicUsize = AtomicUsize::new(0);

macro_rules! check {
    ($left:expr, $right:expr) => {
        assert_eq!($left, $right);
        CHECKS.fetch_add(1, Ordering::Relaxed);
    };
    ($condition:expr) => {
        assert!($condition);
        CHECKS.fetch_add(1, Ordering::Relaxed);
    };
}

/// What the callbacks were told, in order.
static PORTS: Mutex<Vec<(u16, MIB_NOTIFICATION_TYPE)>> = Mutex::new(Vec::new());
static INTERFACES: Mutex<Vec<(u64, MIB_NOTIFICATION_TYPE)>> = Mutex::new(Vec::new());
static ADDRESSES: Mutex<Vec<(u64, Ipv4Addr, MIB_NOTIFICATION_TYPE)>> = Mutex::new(Vec::new());

unsafe extern "system" fn on_port(_: *const c_void, port: u16, kind: MIB_NOTIFICATION_TYPE) {
    PORTS.lock().unwrap().push((port, kind));
}

unsafe extern "system" fn on_interface(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: NULL, or a row that is good during the callback.
    let luid = unsafe { row.as_ref().map_or(0, |row| row.InterfaceLuid.Value) };
    INTERFACES.lock().unwrap().push((luid, kind));
}

unsafe extern "system" fn on_address(
    _: *const c_void,
    row: *const MIB_UNICASTIPADDRESS_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: NULL, or a row that is good during the callback.
    if let Some(row) = unsafe { row.as_ref() } {
        // SAFETY: the registration is for IPv4.
        let entry = unsafe { (row.InterfaceLuid.Value, ipv4(&row.Address.Ipv4), kind) };
        ADDRESSES.lock().unwrap().push(entry);
    }
}

fn ipv4(address: &SOCKADDR_IN) -> Ipv4Addr {
    // SAFETY: every member of the union is four bytes.
    Ipv4Addr::from(unsafe { address.sin_addr.S_un.S_addr }.to_ne_bytes())
}

pub fn all() {
    let simulator = Simulator::find();
    teredo(&simulator);
    interfaces(&simulator);
    addresses(&simulator);
    println!("rust-client: {} checks", CHECKS.load(Ordering::Relaxed));
}

fn teredo(simulator: &Simulator) {
    let mut port = 0;
    // SAFETY: the pointers are NULL or good.
    unsafe {
        check!(GetTeredoPort(ptr::null_mut()), ERROR_INVALID_PARAMETER);
        check!(GetTeredoPort(&mut port), NO_ERROR);
        check!(port != 0);

        let mut handle: HANDLE = ptr::null_mut();
        check!(NotifyTeredoPortChange(Some(on_port), ptr::null(), true, &mut handle), NO_ERROR);
        check!(!handle.is_null());
        simulator.run_until_idle();
        check!(PORTS.lock().unwrap().len(), 1);
        check!(PORTS.lock().unwrap()[0].1, MibInitialNotification);

        for new in [50_123, 50_124, 50_125] {
            simulator.restart_teredo(new);
            simulator.run_until_idle();
            check!(GetTeredoPort(&mut port), NO_ERROR);
            check!(port, new);
            check!(*PORTS.lock().unwrap().last().unwrap(), (new, MibParameterNotification));
        }

        check!(CancelMibChangeNotify2(handle), NO_ERROR);
        let before = PORTS.lock().unwrap().len();
        simulator.restart_teredo(50_126);
        simulator.run_until_idle();
        check!(PORTS.lock().unwrap().len(), before);
    }
}

fn interfaces(simulator: &Simulator) {
    let alias: Vec<u16> = "Ethernet\0".encode_utf16().collect();
    let mut luid = NET_LUID_LH { Value: 0 };
    let mut handle: HANDLE = ptr::null_mut();
    // SAFETY: the pointers are good, and LUIDs are numbers.
    unsafe {
        check!(ConvertInterfaceAliasToLuid(alias.as_ptr(), &mut luid), NO_ERROR);
        check!(
            NotifyIpInterfaceChange(AF_UNSPEC, Some(on_interface), ptr::null(), true, &mut handle),
            NO_ERROR
        );
        simulator.run_until_idle();
        check!(INTERFACES.lock().unwrap().last().unwrap().1, MibInitialNotification);

        simulator.set_mtu("Ethernet", 4, 1400);
        simulator.run_until_idle();
        check!(*INTERFACES.lock().unwrap().last().unwrap(), (luid.Value, MibParameterNotification));
        check!(CancelMibChangeNotify2(handle), NO_ERROR);

        let mut row: MIB_IPINTERFACE_ROW = std::mem::zeroed();
        InitializeIpInterfaceEntry(&mut row);
        row.Family = AF_INET;
        row.InterfaceLuid = luid;
        check!(GetIpInterfaceEntry(&mut row), NO_ERROR);
        check!(row.NlMtu, 1400);

        let mut table = ptr::null_mut();
        check!(GetIfTable2(&mut table), NO_ERROR);
        let rows = std::slice::from_raw_parts(
            (&raw const (*table).Table).cast::<MIB_IF_ROW2>(),
            (*table).NumEntries as usize,
        );
        check!(rows.iter().any(|row| row.Alias.starts_with(&alias)));
        FreeMibTable(table.cast());
    }
}

fn addresses(simulator: &Simulator) {
    let new = Ipv4Addr::new(192, 168, 1, 77);
    check!(table().contains(&Ipv4Addr::new(192, 168, 1, 10)));
    check!(!table().contains(&new));
    let mut handle: HANDLE = ptr::null_mut();
    // SAFETY: the pointers are good.
    unsafe {
        check!(
            NotifyUnicastIpAddressChange(
                AF_INET,
                Some(on_address),
                ptr::null(),
                false,
                &mut handle
            ),
            NO_ERROR
        );
        simulator.add_address("Ethernet", "192.168.1.77/24");
        simulator.advance_ms(5_000);
        simulator.run_until_idle();
        let (luid, told, _) = *ADDRESSES.lock().unwrap().first().unwrap();
        check!(told, new);
        check!(ADDRESSES.lock().unwrap()[0].2, MibAddInstance);

        let mut row: MIB_UNICASTIPADDRESS_ROW = std::mem::zeroed();
        InitializeUnicastIpAddressEntry(&mut row);
        row.InterfaceLuid.Value = luid;
        row.Address = SOCKADDR_INET { Ipv4: std::mem::zeroed() };
        row.Address.Ipv4.sin_family = AF_INET;
        row.Address.Ipv4.sin_addr.S_un.S_addr = u32::from_ne_bytes(new.octets());
        check!(GetUnicastIpAddressEntry(&mut row), NO_ERROR);
        check!(row.DadState, IpDadStatePreferred);
        check!(table().contains(&new));
        check!(adapters().contains(&new));

        simulator.remove_address("Ethernet", "192.168.1.77");
        simulator.run_until_idle();
        check!(*ADDRESSES.lock().unwrap().last().unwrap(), (luid, new, MibDeleteInstance));
        check!(CancelMibChangeNotify2(handle), NO_ERROR);
    }
    check!(!table().contains(&new));
    check!(!adapters().contains(&new));
}

/// The IPv4 addresses of GetUnicastIpAddressTable.
fn table() -> Vec<Ipv4Addr> {
    let mut table = ptr::null_mut();
    // SAFETY: the table is good until it is freed, and has as many rows as it says.
    unsafe {
        check!(GetUnicastIpAddressTable(AF_UNSPEC, &mut table), NO_ERROR);
        let rows = std::slice::from_raw_parts(
            (&raw const (*table).Table).cast::<MIB_UNICASTIPADDRESS_ROW>(),
            (*table).NumEntries as usize,
        );
        let found = rows
            .iter()
            .filter(|row| row.Address.si_family == AF_INET)
            .map(|row| ipv4(&row.Address.Ipv4));
        let found = found.collect();
        FreeMibTable(table.cast());
        found
    }
}

/// The IPv4 addresses of GetAdaptersAddresses.
fn adapters() -> Vec<Ipv4Addr> {
    let mut size_bytes = 0;
    let mut found = Vec::new();
    // SAFETY: the buffer is as large as was asked for, and aligned; the lists end with NULL.
    unsafe {
        check!(
            GetAdaptersAddresses(
                u32::from(AF_UNSPEC),
                0,
                ptr::null(),
                ptr::null_mut(),
                &mut size_bytes
            ),
            ERROR_BUFFER_OVERFLOW
        );
        let mut buffer = vec![0_u64; (size_bytes as usize).div_ceil(8)];
        let first: *mut IP_ADAPTER_ADDRESSES_LH = buffer.as_mut_ptr().cast();
        check!(
            GetAdaptersAddresses(u32::from(AF_UNSPEC), 0, ptr::null(), first, &mut size_bytes),
            NO_ERROR
        );
        let mut adapter: *const IP_ADAPTER_ADDRESSES_LH = first;
        while let Some(current) = adapter.as_ref() {
            let mut address: *const IP_ADAPTER_UNICAST_ADDRESS_LH = current.FirstUnicastAddress;
            while let Some(unicast) = address.as_ref() {
                let socket = unicast.Address.lpSockaddr;
                if (*socket).sa_family == AF_INET {
                    found.push(ipv4(&*socket.cast::<SOCKADDR_IN>()));
                }
                address = unicast.Next;
            }
            adapter = current.Next;
        }
    }
    found
}

static OWN: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

unsafe extern "system" fn on_port_cancel(_: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    // SAFETY: the handle is good: it is this registration's own, which is the mistake.
    let code = unsafe { CancelMibChangeNotify2(OWN.load(Ordering::SeqCst)) };
    println!("self-cancel returned {code}");
}

pub fn self_cancel() {
    let simulator = Simulator::find();
    let mut handle: HANDLE = ptr::null_mut();
    // SAFETY: the pointers are good.
    unsafe {
        check!(
            NotifyTeredoPortChange(Some(on_port_cancel), ptr::null(), false, &mut handle),
            NO_ERROR
        );
        OWN.store(handle, Ordering::SeqCst);
        simulator.restart_teredo(50_125);
        simulator.run_until_idle();
        check!(CancelMibChangeNotify2(handle), NO_ERROR);
    }
    println!("ended");
}

/// Uses the stack, does nothing wrong, and ends with a status of its own.
pub fn status(status: u8) -> ExitCode {
    let mut port = 0;
    // SAFETY: the pointer is good.
    assert_eq!(unsafe { GetTeredoPort(&mut port) }, NO_ERROR);
    println!("port {port}");
    ExitCode::from(status)
}
