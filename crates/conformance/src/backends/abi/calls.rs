//! The functions that answer at once, by what they take.

use std::ptr;

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use netiosim_model::row::SocketAddress;
use netiosim_model::status::Flavour;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetBestInterface, GetBestInterfaceEx, GetBestRoute2, GetNetworkConnectivityHint,
    GetNetworkConnectivityHintForInterface, GetNumberOfInterfaces, MIB_IPFORWARD_ROW2,
};
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{NL_NETWORK_CONNECTIVITY_HINT, SOCKADDR_INET};

use super::place::{Member, Place};
use super::tables::Tables;
use super::{adapters, convert, rows};
use crate::backend::{Answered, Cannot};

/// A call of any of them.
pub(super) fn call(tables: &mut Tables, call: &Call) -> Result<Answered, Cannot> {
    match call {
        Call::Row { function, level, row } => rows::call(*function, *level, row.as_ref()),
        Call::Table { function, family, level, pointer } => {
            tables.call(*function, *family, *level, *pointer)
        }
        Call::Free(memory) => tables.free(*memory),
        Call::BestRoute { .. } => Ok(best_route(call)),
        Call::BestInterface { function, destination, pointer } => {
            best_interface(*function, *destination, *pointer)
        }
        Call::Hint { function, index, pointer } => hint(*function, *index, *pointer),
        Call::Convert { function, input, pointer, length } => {
            convert::call(*function, input.as_ref(), *pointer, *length)
        }
        Call::Adapters { .. } => adapters::call(call),
        Call::Number { pointer, .. } => {
            let mut place = Place::<u32>::new();
            // SAFETY: it is NULL or a place for a number.
            let code = unsafe { sys!(GetNumberOfInterfaces(place.there(*pointer))) };
            Ok(answered(code, written(&mut place).map(Output::Number)))
        }
    }
}

/// A call of any of them in a flavour, which may have other prototypes.
pub(super) fn of_flavour(
    tables: &mut Tables,
    call: &Call,
    flavour: Flavour,
) -> Result<Answered, Cannot> {
    let answered = self::call(tables, call)?;
    let void = matches!(
        call,
        Call::Row {
            function: Function::InitializeIpInterfaceEntry
                | Function::InitializeUnicastIpAddressEntry
                | Function::InitializeIpForwardEntry,
            row: None,
            ..
        }
    );
    if void && flavour == Flavour::Kernel {
        return Err(Cannot::new("the function is declared without the STATUS of the driver page"));
    }
    Ok(answered)
}

/// An answer without rows.
pub(super) fn answered(code: u32, output: Option<Output>) -> Answered {
    Answered { code, output: output.unwrap_or_default(), rows: Vec::new() }
}

/// What was written to a place for one value.
pub(super) fn written<M, T: Member<M>>(place: &mut Place<T>) -> Option<M> {
    // SAFETY: the place is as large as the value.
    place.is_written().then(|| unsafe { T::take(place.at()) })
}

/// A place that holds this.
pub(super) fn holding<M, T: Member<M>>(value: &M) -> Place<T> {
    let mut place = Place::new();
    // SAFETY: the place is as large as the value.
    unsafe { T::put(value, place.at()) };
    place
}

/// Where an address is that a caller hands in, or NULL.
fn address(place: &mut Option<Place<SOCKADDR_INET>>) -> *const SOCKADDR_INET {
    place.as_mut().map_or(ptr::null(), |place| place.at().cast_const())
}

fn best_route(call: &Call) -> Answered {
    let Call::BestRoute {
        luid,
        index,
        source,
        destination,
        sort_options,
        route_pointer,
        source_pointer,
    } = call
    else {
        return answered(0, None);
    };
    let mut luid = luid.as_ref().map(holding::<_, NET_LUID_LH>);
    let mut source = source.as_ref().map(holding);
    let mut destination = destination.as_ref().map(holding);
    let mut route = Place::<MIB_IPFORWARD_ROW2>::new();
    let mut best_source = Place::<SOCKADDR_INET>::new();
    // SAFETY: each is NULL or a place for what the function takes or writes.
    let code = unsafe {
        sys!(GetBestRoute2(
            luid.as_mut().map_or(ptr::null(), |place| place.at().cast_const()),
            *index,
            address(&mut source),
            address(&mut destination),
            *sort_options,
            route.there(*route_pointer),
            best_source.there(*source_pointer),
        ))
    };
    if !route.is_written() && !best_source.is_written() {
        return answered(code, None);
    }
    // What only one of them got shows the other one as it was: as an address of no family.
    let route = if *route_pointer { route.row() } else { Default::default() };
    // SAFETY: the place is as large as the structure.
    let from = unsafe { SOCKADDR_INET::take(best_source.at()) };
    let from = if *source_pointer { from } else { SocketAddress::Unspecified };
    answered(code, Some(Output::BestRoute(Box::new(route), from)))
}

fn best_interface(
    function: Function,
    destination: Option<SocketAddress>,
    pointer: bool,
) -> Result<Answered, Cannot> {
    let mut place = Place::<u32>::new();
    let at = place.there(pointer);
    let code = if function == Function::GetBestInterface {
        let Some(SocketAddress::V4(destination)) = destination else {
            return Err(Cannot::new("GetBestInterface takes an IPv4 address as a number"));
        };
        // SAFETY: it is NULL or a place for an index.
        unsafe { sys!(GetBestInterface(u32::from_ne_bytes(destination.octets()), at)) }
    } else {
        let mut destination = destination.as_ref().map(holding);
        // SAFETY: the address is NULL or as long as the longest, the other one NULL or a place for an index.
        unsafe { sys!(GetBestInterfaceEx(address(&mut destination).cast(), at)) }
    };
    Ok(answered(code, written(&mut place).map(Output::Index)))
}

fn hint(function: Function, index: u32, pointer: bool) -> Result<Answered, Cannot> {
    let mut place = Place::<NL_NETWORK_CONNECTIVITY_HINT>::new();
    let at = place.there(pointer);
    // SAFETY: it is NULL or a place for a hint.
    let code = unsafe {
        match function {
            Function::GetNetworkConnectivityHint => sys!(GetNetworkConnectivityHint(at)),
            Function::GetNetworkConnectivityHintForInterface => {
                sys!(GetNetworkConnectivityHintForInterface(index, at))
            }
            other => return Err(Cannot::new(format!("{other} gives no hint"))),
        }
    };
    let hint = place.is_written().then(|| Output::Hint(place.row()));
    Ok(answered(code, hint))
}
