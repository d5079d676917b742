//! The three timers of the client, relative to now.

/// T of RFC 4380: how long an answer to a solicitation is waited for, in milliseconds (TA-13).
pub const SOLICITATION_TIMEOUT_MS: u64 = 4_000;
/// N of RFC 4380: how often a solicitation is sent per phase (TA-13).
pub const SOLICITATION_ATTEMPTS: u8 = 3;
/// How long an answer takes when the server is reachable, in milliseconds (chosen).
pub const ROUND_TRIP_MS: u64 = 100;
/// How long a client without traffic stays awake, in milliseconds (TS-18).
pub const DORMANCY_MS: u64 = 3_600_000;

/// Milliseconds until each timer is due; `None`: it does not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) struct Timers {
    /// The answer to the solicitation under way, or its time-out.
    pub(super) solicitation: Option<u64>,
    /// The next refresh of the mapping.
    pub(super) refresh: Option<u64>,
    /// The end of the hour without traffic.
    pub(super) dormancy: Option<u64>,
}

impl Timers {
    pub(super) fn next_ms(&self) -> Option<u64> {
        [self.solicitation, self.refresh, self.dormancy].into_iter().flatten().min()
    }

    pub(super) fn elapse(&mut self, ms: u64) {
        for left in [&mut self.solicitation, &mut self.refresh, &mut self.dormancy] {
            *left = left.map(|left| left.saturating_sub(ms));
        }
    }

    /// Takes the timer that is due now; one at a time, in a fixed order.
    pub(super) fn take_due(&mut self) -> Option<Due> {
        let due = [
            (&mut self.solicitation, Due::Solicitation),
            (&mut self.refresh, Due::Refresh),
            (&mut self.dormancy, Due::Dormancy),
        ];
        due.into_iter().find(|(left, _)| **left == Some(0)).map(|(left, due)| {
            *left = None;
            due
        })
    }
}

/// Which timer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Solicitation,
    Refresh,
    Dormancy,
}

/// The randomized refresh interval in milliseconds: 75 to 100 % of `interval_ms`, under RFC 6081 50
/// to 150 % (TA-20).
pub(super) fn randomized_refresh_ms(interval_ms: u64, rfc6081: bool, random: u64) -> u64 {
    let (least, span) = if rfc6081 {
        (interval_ms - interval_ms / 2, interval_ms / 2 * 2)
    } else {
        (interval_ms - interval_ms / 4, interval_ms / 4)
    };
    least + random % (span + 1)
}

#[cfg(test)]
mod tests {
    use super::{Due, Timers, randomized_refresh_ms};

    #[test]
    fn ta_20_the_refresh_interval_is_75_to_100_percent() {
        let drawn: Vec<u64> = (0..7_501).map(|n| randomized_refresh_ms(30_000, false, n)).collect();
        assert_eq!(drawn.iter().min(), Some(&22_500));
        assert_eq!(drawn.iter().max(), Some(&30_000));
    }

    #[test]
    fn ta_20_under_rfc_6081_it_is_50_to_150_percent() {
        let drawn: Vec<u64> = (0..30_001).map(|n| randomized_refresh_ms(30_000, true, n)).collect();
        assert_eq!(drawn.iter().min(), Some(&15_000));
        assert_eq!(drawn.iter().max(), Some(&45_000));
    }

    #[test]
    fn timers_that_are_due_together_fire_one_after_the_other() {
        let mut timers = Timers { solicitation: None, refresh: Some(5), dormancy: Some(5) };
        timers.elapse(3);
        assert_eq!((timers.next_ms(), timers.take_due()), (Some(2), None));
        timers.elapse(2);
        assert_eq!(timers.take_due(), Some(Due::Refresh));
        assert_eq!(timers.next_ms(), Some(0));
        assert_eq!(timers.take_due(), Some(Due::Dormancy));
        assert_eq!(timers.next_ms(), None);
    }
}
