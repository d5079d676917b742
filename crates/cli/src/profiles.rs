//! `netiosim profiles`.

use netiosim_model::profile::{OPTIONS, OptionSpec, Profile};
use serde_json::{Map, Value, json};

use crate::args::Format;
use crate::output::Output;

/// The width that running text is broken to.
const WIDTH: usize = 100;

/// Lists the profiles and every option in which they may differ.
pub(crate) fn profiles(format: Format, output: &mut Output) -> u8 {
    match format {
        Format::Json => output.line(&format!("{:#}", object())),
        Format::Human => {
            for profile in Profile::ALL {
                let lead = format!("{:12} ", profile.name());
                output.print(&wrapped(&lead, 13, profile.summary()));
            }
            for spec in OPTIONS {
                output.print(&described(spec));
            }
        }
    }
    0
}

/// One option for people.
fn described(spec: &OptionSpec) -> String {
    let mut text =
        format!("\n{}  ({}; per {})\n", spec.name, spec.covers.join(", "), spec.per.word());
    text.push_str(&wrapped("  ", 2, spec.question));
    for value in spec.values {
        text.push_str(&wrapped(&format!("    {}: ", value.name), 6, value.meaning));
    }
    for profile in Profile::ALL {
        let setting = spec.setting(profile);
        let told = format!(
            "{} [{}] {}",
            setting.allowed.join(" or "),
            setting.truth.word(),
            setting.evidence
        );
        text.push_str(&wrapped(&format!("  {:12} ", profile.name()), 15, &told));
    }
    text
}

/// The words of a text in lines, the first after `lead`, the others after `indent` spaces.
fn wrapped(lead: &str, indent: usize, words: &str) -> String {
    let mut text = lead.to_owned();
    let mut column = lead.chars().count();
    let mut first = true;
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if !first && column + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if !first {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
        first = false;
    }
    text.push('\n');
    text
}

/// Everything for programs.
fn object() -> Value {
    let profiles: Vec<Value> = Profile::ALL
        .iter()
        .map(|profile| json!({ "name": profile.name(), "summary": profile.summary() }))
        .collect();
    let options: Vec<Value> = OPTIONS.iter().map(option).collect();
    json!({ "version": 1, "profiles": profiles, "options": options })
}

fn option(spec: &OptionSpec) -> Value {
    let values: Vec<Value> = spec
        .values
        .iter()
        .map(|value| json!({ "name": value.name, "meaning": value.meaning }))
        .collect();
    let under: Map<String, Value> = Profile::ALL
        .iter()
        .map(|profile| {
            let setting = spec.setting(*profile);
            let told = json!({
                "allowed": setting.allowed,
                "truth": setting.truth.word(),
                "evidence": setting.evidence,
            });
            (profile.name().to_owned(), told)
        })
        .collect();
    json!({
        "name": spec.name,
        "covers": spec.covers,
        "question": spec.question,
        "per": spec.per.word(),
        "values": values,
        "under": under,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_told_with_its_value_under_each_profile() {
        for spec in OPTIONS {
            let text = described(spec);
            for profile in Profile::ALL {
                let line = text.lines().find(|line| line.trim_start().starts_with(profile.name()));
                let first = spec.setting(profile).allowed[0];
                assert!(
                    line.is_some_and(|line| line.contains(first)),
                    "{} {profile}:\n{text}",
                    spec.name
                );
            }
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        }
    }
}
