//! `netiosim new`.

use netiosim_model::status::nearest;
use netiosim_scenario::template;

use crate::USAGE;
use crate::output::{Output, complain};

/// Prints a template, or lists them.
pub(crate) fn new(name: Option<&str>, output: &mut Output) -> u8 {
    let Some(name) = name else {
        output.line("scenarios (netiosim new NAME > NAME.json; netiosim run NAME.json):");
        list(template::scenario_names(), template::scenario, output);
        output.line("\nstacks (for \"stack\": {\"file\": …}, or as \"stack\": {\"template\": …}):");
        list(template::names(), template::stack_text, output);
        return 0;
    };
    // Dashes are easier to type and mean the same.
    let known = name.replace('-', "_");
    if let Some(text) = template::scenario(&known).or_else(|| template::stack_text(&known)) {
        output.print(text);
        return 0;
    }
    let hint = match nearest(&known, template::scenario_names().chain(template::names())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`netiosim new` lists them".to_owned(),
    };
    complain(&format!("there is no template `{name}`; {hint}"));
    USAGE
}

fn list(
    names: impl Iterator<Item = &'static str>,
    text_of: fn(&str) -> Option<&'static str>,
    output: &mut Output,
) {
    for name in names {
        let text = text_of(name).unwrap_or_default();
        let file: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let description = file["description"].as_str().unwrap_or_default();
        output.line(&format!("  {name:16} {description}"));
    }
}
