//! What is checked while this crate compiles: that every export has the signature which `windows-sys` declares, and
//! that the structures lie as the documents say.

use std::ffi::c_void;
use std::mem::offset_of;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper as theirs;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IF_ROW2, MIB_IFSTACK_ROW, MIB_IFSTACK_TABLE,
    MIB_INVERTEDIFSTACK_ROW, MIB_INVERTEDIFSTACK_TABLE, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW,
    MIB_IPINTERFACE_TABLE, MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, AF_UNSPEC, SOCKADDR_INET};

use crate::export as ours;
use crate::layout::Layout;
use crate::table::first_row;

/// Two functions in one array: they coerce to one type of pointer, or this does not compile.
macro_rules! same_signature {
    ($($name:ident,)*) => {
        $(const _: () = { let _ = [ours::$name, theirs::$name]; };)*
    };
}

same_signature! {
    GetTeredoPort,
    GetAdaptersAddresses,
    GetAdaptersInfo,
    GetNumberOfInterfaces,
    GetIpInterfaceEntry,
    GetIfEntry2,
    GetIfEntry2Ex,
    GetUnicastIpAddressEntry,
    GetAnycastIpAddressEntry,
    GetMulticastIpAddressEntry,
    GetIpForwardEntry2,
    GetIpNetEntry2,
    SetIpInterfaceEntry,
    CreateUnicastIpAddressEntry,
    SetUnicastIpAddressEntry,
    DeleteUnicastIpAddressEntry,
    CreateAnycastIpAddressEntry,
    DeleteAnycastIpAddressEntry,
    CreateIpForwardEntry2,
    SetIpForwardEntry2,
    DeleteIpForwardEntry2,
    CreateIpNetEntry2,
    SetIpNetEntry2,
    DeleteIpNetEntry2,
    InitializeIpInterfaceEntry,
    InitializeUnicastIpAddressEntry,
    InitializeIpForwardEntry,
    GetIpInterfaceTable,
    GetUnicastIpAddressTable,
    GetAnycastIpAddressTable,
    GetMulticastIpAddressTable,
    GetIpForwardTable2,
    GetIpNetTable2,
    GetIfTable2,
    GetIfTable2Ex,
    GetIfStackTable,
    GetInvertedIfStackTable,
    FreeMibTable,
    GetBestRoute2,
    GetBestInterface,
    GetBestInterfaceEx,
    GetNetworkConnectivityHint,
    GetNetworkConnectivityHintForInterface,
    ConvertInterfaceAliasToLuid,
    ConvertInterfaceGuidToLuid,
    ConvertInterfaceIndexToLuid,
    ConvertInterfaceLuidToAlias,
    ConvertInterfaceLuidToGuid,
    ConvertInterfaceLuidToIndex,
    ConvertInterfaceLuidToNameA,
    ConvertInterfaceLuidToNameW,
    ConvertInterfaceNameToLuidA,
    ConvertInterfaceNameToLuidW,
    ConvertIpv4MaskToLength,
    ConvertLengthToIpv4Mask,
    if_nametoindex,
    if_indextoname,
    NotifyAddrChange,
    NotifyRouteChange,
    CancelIPChangeNotify,
    CancelMibChangeNotify2,
    NotifyStableUnicastIpAddressTable,
}

/// The functions with a BOOLEAN, which `windows-sys` declares as a `bool`. A caller may hand over any byte, which is no
/// `bool`; so it is a byte here, and all the rest is compared.
macro_rules! same_but_for_boolean {
    ($($name:ident($($before:ty),*; $($after:ty),*);)*) => {$(
        const _: unsafe extern "system" fn($($before,)* ours::Boolean, $($after),*) -> u32 = ours::$name;
        const _: unsafe extern "system" fn($($before,)* bool, $($after),*) -> u32 = theirs::$name;
    )*};
}

same_but_for_boolean! {
    NotifyTeredoPortChange(theirs::PTEREDO_PORT_CHANGE_CALLBACK, *const c_void; *mut HANDLE);
    NotifyIpInterfaceChange(u16, theirs::PIPINTERFACE_CHANGE_CALLBACK, *const c_void; *mut HANDLE);
    NotifyUnicastIpAddressChange(u16, theirs::PUNICAST_IPADDRESS_CHANGE_CALLBACK, *const c_void; *mut HANDLE);
    NotifyRouteChange2(u16, theirs::PIPFORWARD_CHANGE_CALLBACK, *const c_void; *mut HANDLE);
    NotifyNetworkConnectivityHintChange(theirs::PNETWORK_CONNECTIVITY_HINT_CHANGE_CALLBACK, *const c_void; *mut HANDLE);
}

const _: () = {
    assert!(size_of::<ours::Boolean>() == size_of::<bool>());

    // Sizes and offsets of the SDK's structures for 64-bit Windows (facts 8.1, SK-08, ST-01 to ST-12).
    assert!(size_of::<SOCKADDR_INET>() == 28);
    assert!(size_of::<MIB_IPINTERFACE_ROW>() == 168);
    assert!(size_of::<MIB_IF_ROW2>() == 1352);
    assert!(size_of::<MIB_UNICASTIPADDRESS_ROW>() == 80);
    assert!(size_of::<MIB_ANYCASTIPADDRESS_ROW>() == 48);
    assert!(size_of::<MIB_MULTICASTIPADDRESS_ROW>() == 48);
    assert!(size_of::<MIB_IPFORWARD_ROW2>() == 104);
    assert!(size_of::<MIB_IPNET_ROW2>() == 88);
    assert!(size_of::<MIB_IFSTACK_ROW>() == 8);
    assert!(size_of::<MIB_INVERTEDIFSTACK_ROW>() == 8);
    assert!(offset_of!(MIB_IPINTERFACE_ROW, InterfaceLuid) == 8);
    assert!(offset_of!(MIB_IPINTERFACE_ROW, ZoneIndices) == 80);
    assert!(offset_of!(MIB_IPINTERFACE_ROW, DisableDefaultRoutes) == 166);
    assert!(offset_of!(MIB_IF_ROW2, Alias) == 28);
    assert!(offset_of!(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp) == 72);
    assert!(offset_of!(MIB_IPFORWARD_ROW2, NextHop) == 44);

    // How many bytes the keys fill: what a notification row promises (NI-12, NU-06, NR-05).
    assert!(MIB_IPINTERFACE_ROW::KEYS_END == 20);
    assert!(MIB_UNICASTIPADDRESS_ROW::KEYS_END == 44);
    assert!(MIB_IPFORWARD_ROW2::KEYS_END == 72);

    // The padding between NumEntries and the first row (SK-08).
    assert!(first_row::<MIB_IPINTERFACE_ROW>() == offset_of!(MIB_IPINTERFACE_TABLE, Table));
    assert!(
        first_row::<MIB_UNICASTIPADDRESS_ROW>() == offset_of!(MIB_UNICASTIPADDRESS_TABLE, Table)
    );
    assert!(first_row::<MIB_IFSTACK_ROW>() == offset_of!(MIB_IFSTACK_TABLE, Table));
    assert!(first_row::<MIB_INVERTEDIFSTACK_ROW>() == offset_of!(MIB_INVERTEDIFSTACK_TABLE, Table));

    // Constants that the model has as numbers.
    use netiosim_sim::model::net as numbers;
    assert!(
        numbers::AF_UNSPEC == AF_UNSPEC
            && numbers::AF_INET == AF_INET
            && numbers::AF_INET6 == AF_INET6
    );
    use netiosim_sim::model::net::NotificationType as Kind;
    assert!(Kind::Parameter as i32 == theirs::MibParameterNotification);
    assert!(Kind::Add as i32 == theirs::MibAddInstance);
    assert!(Kind::Delete as i32 == theirs::MibDeleteInstance);
    assert!(Kind::Initial as i32 == theirs::MibInitialNotification);
};
