//! One name of an interface for another.

use windows_sys::Win32::NetworkManagement::IpHelper as ip;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;

use super::check;
use crate::{Error, Luid};

/// A length that every alias fits into (NDIS_IF_MAX_STRING_SIZE + 1), in characters.
const ALIAS_SIZE: usize = 257;

/// ConvertInterfaceAliasToLuid.
pub(super) fn luid_of_alias(alias: &str) -> Result<Luid, Error> {
    const NAME: &str = "ConvertInterfaceAliasToLuid";
    if alias.contains('\0') {
        // The system would read a shorter one.
        return Err(Error::new(NAME, Error::INVALID_PARAMETER));
    }
    let alias: Vec<u16> = alias.encode_utf16().chain([0]).collect();
    let mut luid = NET_LUID_LH { Value: 0 };
    // SAFETY: a text with a NUL at its end, and a place for the LUID.
    let code = unsafe { ip::ConvertInterfaceAliasToLuid(alias.as_ptr(), &raw mut luid) };
    check(NAME, code)?;
    // SAFETY: one number, whichever way it is read.
    Ok(Luid(unsafe { luid.Value }))
}

/// ConvertInterfaceIndexToLuid.
pub(super) fn luid_of_index(index: u32) -> Result<Luid, Error> {
    let mut luid = NET_LUID_LH { Value: 0 };
    // SAFETY: a place for the LUID.
    let code = unsafe { ip::ConvertInterfaceIndexToLuid(index, &raw mut luid) };
    check("ConvertInterfaceIndexToLuid", code)?;
    // SAFETY: one number, whichever way it is read.
    Ok(Luid(unsafe { luid.Value }))
}

/// ConvertInterfaceLuidToIndex.
pub(super) fn index_of(luid: Luid) -> Result<u32, Error> {
    let (luid, mut index) = (NET_LUID_LH { Value: luid.0 }, 0);
    // SAFETY: a LUID, and a place for the index.
    let code = unsafe { ip::ConvertInterfaceLuidToIndex(&raw const luid, &raw mut index) };
    check("ConvertInterfaceLuidToIndex", code)?;
    Ok(index)
}

/// ConvertInterfaceLuidToAlias.
pub(super) fn alias_of(luid: Luid) -> Result<String, Error> {
    let luid = NET_LUID_LH { Value: luid.0 };
    let mut alias = [0; ALIAS_SIZE];
    // SAFETY: a LUID, and room for as many characters as are said.
    let code =
        unsafe { ip::ConvertInterfaceLuidToAlias(&raw const luid, alias.as_mut_ptr(), ALIAS_SIZE) };
    check("ConvertInterfaceLuidToAlias", code)?;
    let end = alias.iter().position(|unit| *unit == 0).unwrap_or(ALIAS_SIZE);
    Ok(String::from_utf16_lossy(&alias[..end]))
}
