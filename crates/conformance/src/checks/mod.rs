//! The checks, one file for each function of the API.

mod cancel_mib_change_notify2;
mod get_teredo_port;
mod notification_types;
mod notify_ip_interface_change;
mod notify_network_connectivity_hint_change;
mod notify_route_change2;
mod notify_teredo_port_change;
mod notify_unicast_ip_address_change;
mod rows;

use crate::check::Check;

/// Every check.
#[must_use]
pub fn all() -> Vec<Check> {
    [
        notify_teredo_port_change::CHECKS,
        get_teredo_port::CHECKS,
        notify_ip_interface_change::CHECKS,
        notify_unicast_ip_address_change::CHECKS,
        notify_route_change2::CHECKS,
        notify_network_connectivity_hint_change::CHECKS,
        cancel_mib_change_notify2::CHECKS,
        notification_types::CHECKS,
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
