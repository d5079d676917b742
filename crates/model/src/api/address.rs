//! What the functions with an address row share: the keys of the row, and the checks of them.

use std::net::IpAddr;

use super::{Answer, Ask, Checks, Class};
use crate::env::Env;
use crate::function::Function;
use crate::net::{Family, Luid};
use crate::profile::OptionId;
use crate::row::{Row, SocketAddress};
use crate::status::Status;
use crate::table::AddressKey;
pub(super) use crate::table::is_unicast;

/// Address, InterfaceLuid and InterfaceIndex of a row.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub(super) address: SocketAddress,
    pub(super) luid: Luid,
    pub(super) index: u32,
}

/// Looks at the keys of a row and at who calls; what is wrong goes to `checks`.
///
/// Answers what the keys name if there is such an interface, whether or not the call may go on. Of an
/// interface that is missing getters say ERROR_FILE_NOT_FOUND (or as the option `unknown-luid` has
/// it), all others ERROR_NOT_FOUND; drivers see STATUS_NOT_FOUND for either (UE-02, UE-03, UC-09,
/// UC-10, C-07).
pub(super) fn look(
    ask: &mut Ask<'_>,
    checks: &mut Checks,
    function: Function,
    keys: Option<Keys>,
    valid: fn(IpAddr) -> bool,
) -> Option<AddressKey> {
    let elevated = ask.elevated || !function.spec().elevated;
    checks.require(Class::Access, elevated, Status::AccessDenied);
    checks.require(Class::Pointer, keys.is_some(), Status::InvalidParameter);
    let keys = keys?;

    let ip = keys.address.ip();
    checks.require(Class::Family, ip.is_some(), Status::InvalidParameter);
    checks.require(Class::Keys, ip.is_none_or(valid), Status::InvalidParameter);
    let named = keys.luid != Luid::UNSPECIFIED || keys.index != 0;
    // Observed, 24: without both keys the look-up goes on, and finds no interface.
    let named = named
        || function == Function::GetUnicastIpAddressEntry
            && !ask.kernel()
            && ask.pick(OptionId::UnicastNoKeys) == "file-not-found";
    checks.require(Class::Keys, named, Status::InvalidParameter);
    if let Some(ip) = ip {
        let present = ask.env.family_present(Family::of(ip));
        checks.require(Class::Stack, present, Status::NotSupported);
    }

    let Some(luid) = ask.interface(keys.luid, keys.index).map(|interface| interface.luid) else {
        let missing =
            if function.spec().elevated { Status::NotFound } else { ask.no_interface(keys.luid) };
        checks.require(Class::Interface, false, missing);
        return None;
    };
    ip.map(|ip| (luid, ip))
}

/// Whether the family of an address is bound to its interface.
pub(super) fn is_bound(env: &Env, (luid, address): AddressKey) -> bool {
    env.row(luid, Family::of(address)).is_some()
}

/// Address, InterfaceLuid, InterfaceIndex and ScopeId of a row that is handed out.
pub(super) struct Written {
    pub(super) address: SocketAddress,
    pub(super) luid: Luid,
    pub(super) index: u32,
    pub(super) scope_id: u32,
}

impl Written {
    pub(super) fn of(env: &Env, (luid, address): AddressKey) -> Self {
        let zone = env.scope_id(luid, address);
        let address = match address {
            IpAddr::V4(address) => SocketAddress::V4(address),
            IpAddr::V6(address) => SocketAddress::V6 { address, scope_id: zone },
        };
        let index = env.interface(luid).map_or(0, |interface| interface.index);
        Self { address, luid, index, scope_id: zone }
    }
}

/// Answers a function that hands out the table of a family, with the rows that `rows` finds for each
/// family asked for (UT-01 to UT-04). A table without rows is a failure.
pub(super) fn table(
    ask: &mut Ask<'_>,
    family: u16,
    pointer: bool,
    rows: impl FnOnce(&Env, &[Family]) -> Vec<Row>,
) -> Answer {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, pointer, Status::InvalidParameter);
    let families = ask.families(family, &mut checks);
    match ask.verdict(checks) {
        Ok(()) => Answer::rows(rows(ask.env, &families)),
        Err(status) => Answer::fail(status),
    }
}

#[cfg(test)]
mod tests {
    use super::is_unicast;

    #[test]
    fn what_a_valid_unicast_address_is() {
        let valid = |text: &str| is_unicast(text.parse().expect("an address"));
        for text in ["10.0.0.1", "127.0.0.1", "169.254.0.1", "1.0.0.0", "223.255.255.255"] {
            assert!(valid(text), "{text}");
        }
        for text in ["::1", "fe80::1", "2001:db8::", "fd00::1"] {
            assert!(valid(text), "{text}");
        }
        for text in ["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "255.255.255.255"] {
            assert!(!valid(text), "{text}");
        }
        for text in ["::", "ff02::1", "ff00::"] {
            assert!(!valid(text), "{text}");
        }
    }
}
