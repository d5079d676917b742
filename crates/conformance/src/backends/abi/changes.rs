//! Changes of the world by the functions of `include/netiosim.h`.

use std::net::IpAddr;
use std::ptr;

use netiosim_model::api::{Call, Output, Value};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{Route, RouteKey, UnicastAddress};
use netiosim_model::teredo::PortWish;

use super::drive::{self, done, text};
use super::driven::Driven;
use crate::backend::{Cannot, Session};

impl Driven {
    /// Makes a change, if one of the functions can do exactly this.
    pub(super) fn drive(&mut self, change: &Change) -> Result<(), Cannot> {
        let (library, stack) = (self.library, self.stack);
        // SAFETY, for all of them: the stack lives, and texts live as long as the call lasts.
        macro_rules! by {
            ($function:ident($($argument:expr),*)) => {
                // SAFETY: see above.
                done(library, unsafe { drive::$function(library, stack, $($argument),*) }?)
            };
        }
        let no_function =
            || Cannot::new(format!("the library has no function for this {}", change.name()));
        match change {
            Change::TeredoStart(wish) => by!(netiosim_start_teredo(port(*wish)?)),
            Change::TeredoRestart(wish) => by!(netiosim_restart_teredo(port(*wish)?)),
            Change::TeredoStop => by!(netiosim_stop_teredo()),
            Change::TeredoQualify => by!(netiosim_qualify_teredo()),
            Change::AddressAdd { address, optimistic: false } if is_plain_address(address) => {
                let alias = self.alias(address.luid)?;
                let added = text(&format!("{}/{}", address.address, address.prefix_length))?;
                by!(netiosim_add_address(text(alias)?.as_ptr(), added.as_ptr()))
            }
            Change::AddressRemove { luid, address } => {
                let removed = text(&address.to_string())?;
                by!(netiosim_remove_address(text(self.alias(*luid)?)?.as_ptr(), removed.as_ptr()))
            }
            Change::RouteAdd(route) if is_plain_route(route) => {
                let (alias, to, next_hop) = self.route(&route.key())?;
                let next_hop = next_hop.as_ref().map_or(ptr::null(), |text| text.as_ptr());
                by!(netiosim_add_route(alias.as_ptr(), to.as_ptr(), next_hop))
            }
            Change::RouteRemove(key) => {
                let (alias, to, next_hop) = self.route(key)?;
                let next_hop = next_hop.as_ref().map_or(ptr::null(), |text| text.as_ptr());
                by!(netiosim_remove_route(alias.as_ptr(), to.as_ptr(), next_hop))
            }
            Change::RowSet { luid, family, values } => {
                let alias = text(self.alias(*luid)?)?;
                let version = match family {
                    Family::V4 => 4,
                    Family::V6 => 6,
                };
                let of = |value: u64| u32::try_from(value).map_err(|_| no_function());
                match values[..] {
                    [(Member::NlMtu, mtu)] => {
                        by!(netiosim_set_mtu(alias.as_ptr(), version, of(mtu)?))
                    }
                    [(Member::Metric, metric)] => {
                        by!(netiosim_set_metric(alias.as_ptr(), version, of(metric)?))
                    }
                    _ => Err(no_function()),
                }
            }
            Change::LinkSet {
                luid,
                connected: Some(connected),
                admin_up: None,
                mtu: None,
                alias: None,
            } => {
                let alias = text(self.alias(*luid)?)?;
                by!(netiosim_set_connected(alias.as_ptr(), u8::from(*connected)))
            }
            Change::InterfaceAdd(_) => {
                Err(Cannot::new("the library chooses the numbers of a new interface itself"))
            }
            Change::InterfaceRemove(luid) => {
                let alias = text(self.alias(*luid)?)?;
                by!(netiosim_remove_interface(alias.as_ptr()))
            }
            Change::InterfaceDisable(luid) => {
                let alias = text(self.alias(*luid)?)?;
                by!(netiosim_disable_interface(alias.as_ptr()))
            }
            Change::InterfaceEnable(luid) => {
                let alias = text(self.alias(*luid)?)?;
                by!(netiosim_enable_interface(alias.as_ptr()))
            }
            _ => Err(no_function()),
        }
    }

    /// Adds an interface: LUID and index, which the library chooses.
    pub(super) fn drive_interface(&mut self, interface: &Interface) -> Result<(Luid, u32), Cannot> {
        if !is_plain_interface(interface) {
            return Err(Cannot::new("the library has no function for such an interface"));
        }
        let alias = text(&interface.alias)?;
        let (library, stack) = (self.library, self.stack);
        // SAFETY: the stack lives, and so does the text.
        let status = unsafe { drive::netiosim_add_interface(library, stack, alias.as_ptr()) };
        done(library, status?)?;
        let numbers = self.numbers(&interface.alias);
        let keys = numbers.ok_or_else(|| Cannot::new("the library does not tell its numbers"))?;
        self.aliases.insert(keys.0, interface.alias.clone());
        Ok(keys)
    }

    /// What an interface is called.
    fn alias(&self, luid: Luid) -> Result<&str, Cannot> {
        let alias = self.aliases.get(&luid).map(String::as_str);
        alias.ok_or_else(|| Cannot::new("the functions of the library know interfaces by aliases"))
    }

    /// A route in the words of the functions: the alias, the destination and the next hop; none is on the link.
    fn route(&self, key: &RouteKey) -> Result<(Text, Text, Option<Text>), Cannot> {
        let next_hop = Some(key.next_hop).filter(|next_hop| !next_hop.is_unspecified());
        Ok((
            text(self.alias(key.luid)?)?,
            text(&format!("{}/{}", key.destination, key.prefix_length))?,
            next_hop.as_ref().map(IpAddr::to_string).as_deref().map(text).transpose()?,
        ))
    }

    /// LUID and index of an interface, as the library's own functions tell them.
    fn numbers(&mut self, alias: &str) -> Option<(Luid, u32)> {
        let mut converted = |function, input| {
            let call = Call::Convert { function, input: Some(input), pointer: true, length: 0 };
            match self.call(&call).ok()?.output {
                Output::Value(value) => Some(value),
                _ => None,
            }
        };
        let by_alias = Value::Text(alias.into());
        let Value::Luid(luid) = converted(Function::ConvertInterfaceAliasToLuid, by_alias)? else {
            return None;
        };
        match converted(Function::ConvertInterfaceLuidToIndex, Value::Luid(luid))? {
            Value::Index(index) => Some((luid, index)),
            _ => None,
        }
    }
}

type Text = std::ffi::CString;

/// A port in the words of the functions.
fn port(wish: PortWish) -> Result<u16, Cannot> {
    match wish {
        PortWish::Another => Ok(0),
        PortWish::Exactly(port) => Ok(port),
        PortWish::Same => Err(Cannot::new("the library has no function for the same port again")),
    }
}

/// Whether it is an address as the function adds them.
fn is_plain_address(address: &UnicastAddress) -> bool {
    *address == UnicastAddress::new(address.luid, address.address, address.prefix_length)
}

/// Whether it is a route as the function adds them.
fn is_plain_route(route: &Route) -> bool {
    let RouteKey { luid, destination, prefix_length, next_hop } = route.key();
    *route == Route::new(luid, destination, prefix_length, next_hop)
}

/// Whether it is an interface as the function adds them, but for its numbers.
fn is_plain_interface(interface: &Interface) -> bool {
    let (alias, luid) = (interface.alias.as_str(), interface.luid);
    *interface == Interface::new(alias, if_type::ETHERNET, luid.index(), interface.index)
}
