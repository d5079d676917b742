//! Connectivity hints, found again from interfaces, addresses and routes.

use std::net::IpAddr;
use std::sync::Arc;

use crate::env::Env;
use crate::interface::{Internet, OperStatus, if_type};
use crate::member::Member;
use crate::net::{Family, Luid};
use crate::row::{HintRow, hint_level};
use crate::table::{DadState, Route};

impl Env {
    /// Finds the hints of these interfaces again.
    pub(crate) fn refresh_hints(&mut self, luids: impl IntoIterator<Item = Luid>) {
        for luid in luids {
            let hint = self.hint_now(luid);
            Arc::make_mut(&mut self.hints.0).set(luid, hint);
        }
    }

    /// The hint of an interface and the metric by which it competes. The documents name the levels
    /// (CH-04) and not how they come about; that is chosen: nothing without a usable address, the
    /// local network without a default route of a family that has one, else what lies behind it.
    ///
    /// A Teredo interface has its own hint and no part in the machine's: its packets travel over another
    /// interface.
    fn hint_now(&self, luid: Luid) -> Option<(HintRow, Option<u64>)> {
        let interface = self.interface(luid)?;
        let up = interface.oper_status() == OperStatus::Up;
        let usable = |family: &Family| {
            self.addresses.of(luid).any(|address| {
                address.family() == *family
                    && matches!(address.dad, DadState::Preferred | DadState::Deprecated)
            })
        };
        let allowed = |family: &Family| {
            let row = interface.row(*family);
            row.and_then(|row| row.get(Member::DisableDefaultRoutes)) != Some(1)
        };
        let zero = |family: Family| match family {
            Family::V4 => IpAddr::from([0; 4]),
            Family::V6 => IpAddr::from([0; 16]),
        };
        let defaults = Family::ALL
            .into_iter()
            .filter(|family| allowed(family) && usable(family))
            .flat_map(|family| self.routes.to_prefix(Some(luid), zero(family), 0));
        let metric = defaults.map(Route::key).map(|key| self.routes.effective_metric(key)).min();
        let level = match (interface.if_type, up && Family::ALL.iter().any(usable), metric) {
            (if_type::LOOPBACK, ..) | (_, false, _) => hint_level::NONE,
            (_, true, None) => match interface.connectivity.internet {
                Internet::Hidden => hint_level::HIDDEN,
                _ => hint_level::LOCAL_ACCESS,
            },
            (_, true, Some(_)) => match interface.connectivity.internet {
                Internet::Reachable => hint_level::INTERNET_ACCESS,
                Internet::Constrained => hint_level::CONSTRAINED_INTERNET_ACCESS,
                Internet::Nowhere => hint_level::LOCAL_ACCESS,
                Internet::Hidden => hint_level::HIDDEN,
            },
        };
        let known = level != hint_level::NONE;
        let connectivity = interface.connectivity;
        let hint = HintRow {
            level,
            cost: if known { connectivity.cost } else { 0 },
            approaching_data_limit: known && connectivity.approaching_data_limit,
            over_data_limit: known && connectivity.over_data_limit,
            roaming: known && connectivity.roaming,
        };
        let part = (!interface.is_teredo()).then_some(metric.unwrap_or(u64::MAX));
        Some((hint, part))
    }
}
