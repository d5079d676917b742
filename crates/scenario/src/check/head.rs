//! The parts of a scenario outside stack, clients and expectations.

use netiosim_model::profile::{OptionId, Options, Profile};
use netiosim_model::windows::Windows;

use super::event;
use super::faults::{Faults, offer};
use super::names::Names;
use crate::format::{Scenario, Value};
use crate::read::JsonPath;

pub(super) fn check(scenario: &Scenario, names: &Names<'_>, faults: &mut Faults) {
    let root = JsonPath::default();
    if scenario.name.trim().is_empty() {
        faults.tell(&root.then("name"), "the name must not be empty", None);
    }
    for (index, id) in scenario.requirements.iter().enumerate() {
        requirement(id, &root.then("requirements").then(index), faults);
    }
    if let Some(windows) = &scenario.windows
        && let Err(error) = windows.parse::<Windows>()
    {
        let names: Vec<&str> = Windows::NAMED.iter().map(|known| known.1).collect();
        let help = match error.suggestion {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        let reason = format!("`{windows}` is neither a Windows version nor a build from 6000 on");
        faults.tell(&root.then("windows"), reason, Some(&help));
    }
    let except = root.then("profiles").then("except");
    for (profile, reason) in &scenario.profiles.except {
        let path = except.then(profile.as_str());
        faults.profile(&path, profile);
        if reason.trim().is_empty() {
            faults.tell(&path, "an excluded profile needs a reason", None);
        }
    }
    if scenario.profiles.except.len() >= Profile::ALL.len() {
        faults.tell(&except, "no profile is left under which the scenario must hold", None);
    }
    for (option, value) in &scenario.options {
        check_option(option, value, &root.then("options").then(option.as_str()), faults);
    }
    let mut last = 0;
    for (index, entry) in scenario.timeline.iter().enumerate() {
        let path = root.then("timeline").then(index);
        if let Some(at_ms) = entry.at_ms {
            if at_ms < last {
                let reason = format!("{at_ms} ms is before the entry above, which is at {last} ms");
                let help = "entries stand in the order of their times";
                faults.tell(&path.then("at_ms"), reason, Some(help));
            }
            last = last.max(at_ms);
        }
        event::check(&entry.event, &path.then("event"), names, faults);
    }
    for (index, fault) in scenario.faults.iter().enumerate() {
        event::fault(fault, &root.then("faults").then(index), names, faults);
    }
    for profile in scenario.expect_under.keys() {
        let path = root.then("expect_under").then(profile.as_str());
        faults.profile(&path, profile);
        if scenario.profiles.except.contains_key(profile) {
            let reason = format!("the scenario need not hold under `{profile}`");
            faults.tell_name(&path, reason, Some("it is among `profiles.except`"));
        }
    }
}

/// An id such as `TP-07`.
fn requirement(id: &str, path: &JsonPath, faults: &mut Faults) {
    let good = match id.as_bytes() {
        [a, b, b'-', c, d] => {
            [a, b].iter().all(|byte| byte.is_ascii_uppercase())
                && [c, d].iter().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    if !good {
        let help = "two capital letters, a dash and two digits, such as `TP-07`";
        faults.tell(path, format!("`{id}` is not the id of a requirement"), Some(help));
    }
}

fn check_option(name: &str, value: &Value, path: &JsonPath, faults: &mut Faults) {
    let Ok(id) = OptionId::parse(name) else {
        let help = match offer(name, OptionId::ALL.iter().map(|id| id.name())) {
            guess if guess.starts_with("did you mean") => guess,
            _ => "`netiosim profiles` lists them".to_owned(),
        };
        faults.tell_name(path, format!("there is no option `{name}`"), Some(&help));
        return;
    };
    let text = option_text(value);
    if Options::of(Profile::Documented).fix(name, &text).is_err() {
        let known = id.spec().values.iter().map(|value| value.name);
        let reason = format!("the option `{name}` has no value `{text}`");
        faults.tell(path, reason, Some(&offer(&text, known)));
    }
}

/// The name of an option's value as the model's table has it.
fn option_text(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Variable(name) => format!("${name}"),
        Value::Text(text) => text.clone(),
    }
}
