//! The schedules that a scenario is to follow.

use netiosim_model::profile::Profile;
use netiosim_model::schedule::{Schedule, Subject};

use super::faults::Faults;
use crate::format::{Scenario, StackSpec};
use crate::load::fingerprint_of;
use crate::read::JsonPath;

pub(super) fn check(scenario: &Scenario, stack: &StackSpec, faults: &mut Faults) {
    let schedules = JsonPath::default().then("schedules");
    for (profile, text) in &scenario.schedules {
        let path = schedules.then(profile.as_str());
        faults.profile(&path, profile);
        if scenario.profiles.except.contains_key(profile) {
            let reason = format!("the scenario need not hold under `{profile}`");
            faults.tell_name(&path, reason, Some("it is among `profiles.except`"));
        }
        let schedule: Schedule = match text.parse() {
            Ok(schedule) => schedule,
            Err(error) => {
                faults.tell(&path, error.to_string(), Some(HELP));
                continue;
            }
        };
        let Ok(profile) = Profile::parse(profile) else { continue };
        let fingerprint = fingerprint_of(scenario, stack, profile);
        if let Err(error) = schedule.fits(Subject::Scenario, fingerprint) {
            let help = "a schedule fits the stack, the timeline and the clients that it was found with; \
                        `netiosim explore` finds one for those of now";
            faults.tell(&path, error.to_string(), Some(help));
        }
    }
}

const HELP: &str = "`netiosim explore` prints schedules: copy one as a whole";
