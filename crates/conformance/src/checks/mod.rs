//! The checks, one file for each function of the API.

mod adapter_lists;
mod adapter_members;
mod callbacks;
mod cancel_mib_change_notify2;
mod conversions;
mod create_ip_forward_entry2;
mod create_unicast_ip_address_entry;
mod delete_ip_forward_entry2;
mod delete_unicast_ip_address_entry;
mod free_mib_table;
mod get_adapters_addresses;
mod get_adapters_info;
mod get_best_interface;
mod get_best_route2;
mod get_if_entry2;
mod get_if_stack_table;
mod get_if_table2;
mod get_ip_forward_entry2;
mod get_ip_forward_table2;
mod get_ip_interface_entry;
mod get_ip_interface_table;
mod get_network_connectivity_hint;
mod get_number_of_interfaces;
mod get_teredo_port;
mod get_unicast_ip_address_entry;
mod get_unicast_ip_address_table;
mod initialize_ip_forward_entry;
mod initialize_ip_interface_entry;
mod initialize_unicast_ip_address_entry;
mod interface_names;
mod new_address;
mod notification_types;
mod notify_ip_interface_change;
mod notify_network_connectivity_hint_change;
mod notify_route_change2;
mod notify_stable_unicast_ip_address_table;
mod notify_teredo_port_change;
mod notify_unicast_ip_address_change;
mod routes;
mod rows;
mod set_ip_forward_entry2;
mod set_ip_interface_entry;
mod set_unicast_ip_address_entry;
mod structures;
mod teredo_address;
mod teredo_client;
mod teredo_interface;
mod teredo_protocol;
mod teredo_settings;

use crate::backend::Cannot;
use crate::check::{Check, Verdict};

/// What only the declaration of a function says.
fn declaration() -> Verdict {
    let reason = "the declaration says it: whoever compiles against another one does not link, and nothing differs at run time";
    Err(Cannot::new(reason).into())
}

/// What only the catalogue of a page says.
fn catalogue() -> Verdict {
    let reason = "the catalogue of the page says it: names of headers, libraries and platforms are no behaviour";
    Err(Cannot::new(reason).into())
}

/// Every check.
#[must_use]
pub fn all() -> Vec<Check> {
    [
        notify_teredo_port_change::CHECKS,
        get_teredo_port::CHECKS,
        notify_ip_interface_change::CHECKS,
        notify_unicast_ip_address_change::CHECKS,
        notify_route_change2::CHECKS,
        notify_stable_unicast_ip_address_table::CHECKS,
        notify_network_connectivity_hint_change::CHECKS,
        cancel_mib_change_notify2::CHECKS,
        notification_types::CHECKS,
        get_ip_interface_entry::CHECKS,
        get_ip_interface_table::CHECKS,
        set_ip_interface_entry::CHECKS,
        initialize_ip_interface_entry::CHECKS,
        get_if_entry2::CHECKS,
        get_if_table2::CHECKS,
        get_if_stack_table::CHECKS,
        get_unicast_ip_address_entry::CHECKS,
        get_unicast_ip_address_table::CHECKS,
        create_unicast_ip_address_entry::CHECKS,
        new_address::CHECKS,
        set_unicast_ip_address_entry::CHECKS,
        delete_unicast_ip_address_entry::CHECKS,
        initialize_unicast_ip_address_entry::CHECKS,
        get_ip_forward_entry2::CHECKS,
        get_ip_forward_table2::CHECKS,
        create_ip_forward_entry2::CHECKS,
        set_ip_forward_entry2::CHECKS,
        delete_ip_forward_entry2::CHECKS,
        initialize_ip_forward_entry::CHECKS,
        routes::CHECKS,
        get_best_route2::CHECKS,
        get_best_interface::CHECKS,
        get_network_connectivity_hint::CHECKS,
        conversions::CHECKS,
        interface_names::CHECKS,
        free_mib_table::CHECKS,
        get_adapters_addresses::CHECKS,
        adapter_lists::CHECKS,
        adapter_members::CHECKS,
        get_adapters_info::CHECKS,
        get_number_of_interfaces::CHECKS,
        structures::CHECKS,
        teredo_address::CHECKS,
        teredo_client::CHECKS,
        teredo_interface::CHECKS,
        teredo_protocol::CHECKS,
        teredo_settings::CHECKS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::all;
    use crate::requirement::Requirement;

    #[test]
    fn every_check_shows_a_requirement_and_no_other_does() {
        let ids: Vec<&str> = all().iter().map(|check| check.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        let unknown: Vec<_> = ids.iter().filter(|id| Requirement::find(id).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
