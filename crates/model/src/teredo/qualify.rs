//! Qualification and maintenance: solicitations, answers and time-outs (RFC 4380 section 5.2).

use super::address::{is_global_unicast, rfc4380_flags, rfc5991_flags};
use super::client::TeredoClient;
use super::life::Now;
use super::settings::NatKind;
use super::state::{TeredoError, TeredoState};
use super::timers::{
    DORMANCY_MS, ROUND_TRIP_MS, SOLICITATION_ATTEMPTS, SOLICITATION_TIMEOUT_MS,
    randomized_refresh_ms,
};

/// What a solicitation is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SolicitationTarget {
    /// The server is asked to answer from its other address: the cone-set phase (TA-15).
    Cone,
    /// The server is asked to answer from the same address: the cone-clear phase.
    Primary,
    /// The server's secondary address is asked, to compare the mappings (TA-16).
    Secondary,
    /// The server is asked again because nothing came from it for a refresh interval (TA-21).
    Maintenance,
}

/// A router solicitation whose answer the client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Solicitation {
    /// What it was sent for.
    pub target: SolicitationTarget,
    /// How often it was sent so far: 1 to [`SOLICITATION_ATTEMPTS`].
    pub attempt: u8,
    /// Whether its answer is on the way; settled when it is sent (chosen).
    pub answered: bool,
}

impl TeredoClient {
    /// Begins to qualify (TA-12), with the cone-set phase unless RFC 5991 is followed (TA-18).
    pub(super) fn probe(&mut self, now: &mut Now<'_, '_>) {
        self.rest();
        self.state = TeredoState::Probe;
        let target = if now.around.rules.rfc5991 {
            self.flags = rfc5991_flags(now.chooser.draw("teredo-flags"));
            SolicitationTarget::Primary
        } else {
            self.flags = rfc4380_flags(true);
            SolicitationTarget::Cone
        };
        self.solicit(target, 1);
    }

    fn solicit(&mut self, target: SolicitationTarget, attempt: u8) {
        let heard = target != SolicitationTarget::Cone || self.network.nat.lets_strangers_in();
        let answered = self.network.server_reachable && heard;
        self.solicitation = Some(Solicitation { target, attempt, answered });
        self.timers.solicitation =
            Some(if answered { ROUND_TRIP_MS } else { SOLICITATION_TIMEOUT_MS });
    }

    /// The answer to the solicitation is there, or its time is over.
    pub(super) fn solicitation_due(&mut self, now: &mut Now<'_, '_>) {
        let Some(Solicitation { target, attempt, answered }) = self.solicitation.take() else {
            return;
        };
        if answered {
            self.answer(target, now);
        } else if attempt < SOLICITATION_ATTEMPTS {
            self.solicit(target, attempt + 1);
        } else if target == SolicitationTarget::Cone {
            self.flags = rfc4380_flags(false);
            self.solicit(SolicitationTarget::Primary, 1);
        } else {
            self.fail(TeredoError::ServerUnreachable);
        }
    }

    fn answer(&mut self, target: SolicitationTarget, now: &mut Now<'_, '_>) {
        match target {
            SolicitationTarget::Cone => self.qualified(now),
            SolicitationTarget::Primary => self.solicit(SolicitationTarget::Secondary, 1),
            SolicitationTarget::Secondary => {
                let symmetric = self.network.nat == NatKind::Symmetric;
                if symmetric && !now.around.rules.rfc6081 {
                    self.fail(TeredoError::SymmetricNat);
                } else {
                    self.qualified(now);
                }
            }
            SolicitationTarget::Maintenance => self.arm_refresh(now),
        }
    }

    fn qualified(&mut self, now: &mut Now<'_, '_>) {
        if !is_global_unicast(self.network.external_address) {
            self.fail(TeredoError::MappingNotGlobal);
            return;
        }
        self.rest();
        self.state = TeredoState::Qualified;
        self.arm_refresh(now);
        self.arm_dormancy();
    }

    /// Nothing came from the server for the randomized interval: it is asked again (TA-21).
    ///
    /// A server that answers does so without delay (chosen: a refresh that works is one timer).
    pub(super) fn refresh_due(&mut self, now: &mut Now<'_, '_>) {
        if self.network.server_reachable {
            self.arm_refresh(now);
        } else {
            self.solicit(SolicitationTarget::Maintenance, 1);
        }
    }

    pub(super) fn arm_refresh(&mut self, now: &mut Now<'_, '_>) {
        let interval_ms = self.settings.effective_refresh_ms();
        let random = now.chooser.draw("teredo-refresh");
        let rfc6081 = now.around.rules.rfc6081;
        self.timers.refresh = Some(randomized_refresh_ms(interval_ms, rfc6081, random));
    }

    /// Starts the hour without traffic; a client that is qualified by default has none (TS-03).
    pub(super) fn arm_dormancy(&mut self) {
        self.idle = false;
        self.timers.dormancy = Some(DORMANCY_MS).filter(|_| !self.settings.default_qualified);
    }

    /// The mapping is another one: the addresses follow (TA-22), if they can (TA-09).
    pub(super) fn mapping_changed(&mut self) {
        let qualified = self.state == TeredoState::Qualified;
        if qualified && !is_global_unicast(self.network.external_address) {
            self.fail(TeredoError::MappingNotGlobal);
        }
    }
}
