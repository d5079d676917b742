//! Interfaces, addresses and routes of the machine, its services, and the calling thread's IRQL.

use std::ffi::c_char;

use netiosim_sim::model::interface::{Interface, if_type};
use netiosim_sim::model::machine::Irql;
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::Family;

use super::problem::{Problem, Status, optional_text, text};
use super::stacks::StackHandle;
use super::{answer, entry, on};

/// What a parameter is called when it is wrong.
const ALIAS: &str = "the alias of the interface";

/// Adds a unicast address such as "10.0.0.5/24" to the interface of this alias; duplicate address detection runs, so
/// it is usable a few seconds later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_add_address(
    stack: *mut StackHandle,
    alias: *const c_char,
    address: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_add_address), |stack| {
        // SAFETY: the caller's.
        let (alias, address) = unsafe { (text(alias, ALIAS)?, text(address, "the address")?) };
        Ok(stack.add_address(alias, address)?)
    })
}

/// Takes a unicast address such as "10.0.0.5" from an interface.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_remove_address(
    stack: *mut StackHandle,
    alias: *const c_char,
    address: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_remove_address), |stack| {
        // SAFETY: the caller's.
        let (alias, address) = unsafe { (text(alias, ALIAS)?, text(address, "the address")?) };
        Ok(stack.remove_address(alias, address)?)
    })
}

/// Adds a route to a prefix such as "10.0.0.0/8" through a next hop such as "192.168.1.1"; NULL: on the link.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_add_route(
    stack: *mut StackHandle,
    alias: *const c_char,
    destination: *const c_char,
    next_hop: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_add_route), |stack| {
        // SAFETY: the caller's.
        let (alias, to) = unsafe { (text(alias, ALIAS)?, text(destination, "the destination")?) };
        // SAFETY: the caller's.
        let next_hop = unsafe { optional_text(next_hop, "the next hop") }?;
        Ok(stack.add_route(alias, to, next_hop)?)
    })
}

/// Takes a route away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_remove_route(
    stack: *mut StackHandle,
    alias: *const c_char,
    destination: *const c_char,
    next_hop: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_remove_route), |stack| {
        // SAFETY: the caller's.
        let (alias, to) = unsafe { (text(alias, ALIAS)?, text(destination, "the destination")?) };
        // SAFETY: the caller's.
        let next_hop = unsafe { optional_text(next_hop, "the next hop") }?;
        Ok(stack.remove_route(alias, to, next_hop)?)
    })
}

/// Gives an IP interface row another MTU (NlMtu), in bytes. `ip_version` is 4 or 6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_set_mtu(
    stack: *mut StackHandle,
    alias: *const c_char,
    ip_version: u32,
    mtu: u32,
) -> Status {
    on(stack, entry!(netiosim_set_mtu), |stack| {
        // SAFETY: the caller's.
        let alias = unsafe { text(alias, ALIAS) }?;
        Ok(stack.set_mtu(alias, family(ip_version)?, mtu)?)
    })
}

/// Gives an IP interface row another metric. `ip_version` is 4 or 6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_set_metric(
    stack: *mut StackHandle,
    alias: *const c_char,
    ip_version: u32,
    metric: u32,
) -> Status {
    on(stack, entry!(netiosim_set_metric), |stack| {
        // SAFETY: the caller's.
        let alias = unsafe { text(alias, ALIAS) }?;
        Ok(stack.set_member(alias, family(ip_version)?, Member::Metric, u64::from(metric))?)
    })
}

/// Plugs the cable of an interface in (not 0) or out (0).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_set_connected(
    stack: *mut StackHandle,
    alias: *const c_char,
    connected: u8,
) -> Status {
    on(stack, entry!(netiosim_set_connected), |stack| {
        // SAFETY: the caller's.
        Ok(stack.set_connected(unsafe { text(alias, ALIAS) }?, connected != 0)?)
    })
}

/// Adds an Ethernet interface of this alias, with the next free LUID and index, and both families.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_add_interface(
    stack: *mut StackHandle,
    alias: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_add_interface), |stack| {
        // SAFETY: the caller's.
        let alias = unsafe { text(alias, ALIAS) }?;
        let (luid_index, index) = stack.inspect(|model| {
            let env = model.env();
            (env.free_luid_index(if_type::ETHERNET), env.free_index())
        });
        Ok(stack.add_interface(Interface::new(alias, if_type::ETHERNET, luid_index, index))?)
    })
}

/// Takes an interface away for good.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_remove_interface(
    stack: *mut StackHandle,
    alias: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_remove_interface), |stack| {
        // SAFETY: the caller's.
        Ok(stack.remove_interface(unsafe { text(alias, ALIAS) }?)?)
    })
}

/// Disables an adapter: its interface goes away with everything on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_disable_interface(
    stack: *mut StackHandle,
    alias: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_disable_interface), |stack| {
        // SAFETY: the caller's.
        stack.disable(unsafe { text(alias, ALIAS) }?)?;
        Ok(())
    })
}

/// Enables a disabled adapter: the same LUID, and the lowest index that is free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_enable_interface(
    stack: *mut StackHandle,
    alias: *const c_char,
) -> Status {
    on(stack, entry!(netiosim_enable_interface), |stack| {
        // SAFETY: the caller's.
        let alias = unsafe { text(alias, ALIAS) }?;
        let luid = stack.inspect(|model| {
            model.env().disabled().find(|adapter| adapter.alias == alias).map(|found| found.luid)
        });
        let missing = || Problem::refused(format!("no disabled adapter is called \"{alias}\""));
        Ok(stack.enable(luid.ok_or_else(missing)?)?)
    })
}

/// Restarts the NSI service: every registration dies silently, and its handle is stale.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_restart_nsi(stack: *mut StackHandle) -> Status {
    on(stack, entry!(netiosim_restart_nsi), |stack| {
        stack.nsi_restart();
        Ok(())
    })
}

/// Makes the NSI service unreachable (not 0) or reachable (0): registering fails meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_set_nsi_down(stack: *mut StackHandle, down: u8) -> Status {
    on(stack, entry!(netiosim_set_nsi_down), |stack| {
        stack.set_nsi_down(down != 0);
        Ok(())
    })
}

/// Sets the calling thread's interrupt request level: 0 PASSIVE_LEVEL, 1 APC_LEVEL, 2 DISPATCH_LEVEL. It matters in
/// kernel flavour only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_set_irql(stack: *mut StackHandle, irql: u8) -> Status {
    on(stack, entry!(netiosim_set_irql), |stack| {
        let level = match irql {
            0 => Irql::Passive,
            1 => Irql::Apc,
            2 => Irql::Dispatch,
            _ => {
                return Err(Problem::argument(format!(
                    "the IRQL is {irql}; it may be 0 (PASSIVE_LEVEL), 1 (APC_LEVEL) or 2 (DISPATCH_LEVEL)"
                )));
            }
        };
        stack.set_irql(level);
        Ok(())
    })
}

/// The calling thread's interrupt request level, written to `*irql` unless that is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_get_irql(stack: *mut StackHandle, irql: *mut u8) -> Status {
    on(stack, entry!(netiosim_get_irql), |stack| {
        let level = match stack.irql() {
            Irql::Passive => 0,
            Irql::Apc => 1,
            Irql::Dispatch => 2,
        };
        // SAFETY: the caller's.
        unsafe { answer(irql, level) };
        Ok(())
    })
}

fn family(ip_version: u32) -> Result<Family, Problem> {
    match ip_version {
        4 => Ok(Family::V4),
        6 => Ok(Family::V6),
        _ => Err(Problem::argument(format!("the version of IP is {ip_version}; it is 4 or 6"))),
    }
}
