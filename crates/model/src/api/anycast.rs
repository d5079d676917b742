//! Anycast addresses: MIB_ANYCASTIPADDRESS_ROW. Nobody is notified of them.
//!
//! An anycast address looks like a unicast address. Chosen: the table of anycast addresses knows
//! nothing of that of unicast addresses, so the same address may be in both; an interface without the
//! family of the address answers Create with ERROR_NOT_FOUND, as for unicast addresses.

use super::address::{self, Keys, Written, is_bound, is_unicast};
use super::{Answer, Ask, Checks, Class, Output};
use crate::change::Change;
use crate::env::Env;
use crate::function::Function;
use crate::net::Family;
use crate::row::{AnycastRow, Row};
use crate::status::Status;
use crate::table::AddressKey;

/// Get, Create and Delete. ScopeId is the stack's, whatever the row says.
pub(super) fn row(ask: &mut Ask<'_>, function: Function, row: Option<&Row>) -> Answer {
    let keys = match row {
        Some(Row::Anycast(row)) => {
            Some(Keys { address: row.address, luid: row.luid, index: row.index })
        }
        _ => None,
    };
    answer(ask, function, keys).unwrap_or_else(Answer::fail)
}

/// GetAnycastIpAddressTable: by interface and address.
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    address::table(ask, family, pointer, |env, families| {
        let wanted = env.anycast().iter().filter(|key| families.contains(&Family::of(key.1)));
        wanted.map(|key| anycast_row(env, *key).into()).collect()
    })
}

fn answer(ask: &mut Ask<'_>, function: Function, keys: Option<Keys>) -> Result<Answer, Status> {
    let (mut checks, env) = (Checks::default(), ask.env);
    let key = address::look(ask, &mut checks, function, keys, is_unicast);
    let there = key.is_some_and(|key| env.anycast().contains(&key));
    match function {
        Function::CreateAnycastIpAddressEntry => {
            let bound = key.is_none_or(|key| is_bound(env, key));
            checks.require(Class::Interface, bound, Status::NotFound);
            checks.require(Class::Row, !there, Status::ObjectAlreadyExists);
        }
        Function::DeleteAnycastIpAddressEntry if key.is_some() && !there => {
            let missing = ask.missing_row();
            checks.require(Class::Row, false, missing);
        }
        _ => checks.require(Class::Row, there, Status::NotFound),
    }
    ask.verdict(checks)?;
    let key = key.ok_or(Status::InvalidParameter)?;
    Ok(match function {
        Function::CreateAnycastIpAddressEntry => Answer::change(Change::AnycastAdd(key)),
        Function::DeleteAnycastIpAddressEntry => Answer::change(Change::AnycastRemove(key)),
        _ => Answer::output(Output::Row(anycast_row(env, key).into())),
    })
}

fn anycast_row(env: &Env, key: AddressKey) -> AnycastRow {
    let Written { address, luid, index, scope_id } = Written::of(env, key);
    AnycastRow { address, luid, index, scope_id }
}
