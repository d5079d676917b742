//! `netiosim new`.

use netiosim_model::status::nearest;
use netiosim_scenario::template;

use crate::USAGE;
use crate::output::{Output, complain};

/// The template that has as many adapters as one says.
const MANY: &str = "many";

/// Prints a template, or lists them.
pub(crate) fn new(name: Option<&str>, count: Option<u16>, output: &mut Output) -> u8 {
    // Dashes are easier to type and mean the same.
    let known = name.map(|name| name.replace('-', "_"));
    if count.is_some() && known.as_deref() != Some(MANY) {
        complain("only the template `many` has a `--count`");
        return USAGE;
    }
    let (Some(name), Some(known)) = (name, known) else {
        list_all(output);
        return 0;
    };
    if known == MANY {
        let count = count.unwrap_or(template::MANY);
        let description =
            format!("{count} Ethernet adapters, each with an IPv4 and an IPv6 address.");
        output.print(&template::stack_file_text(&description, &template::many(count)));
        return 0;
    }
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

fn list_all(output: &mut Output) {
    output.line("scenarios (netiosim new NAME > NAME.json; netiosim run NAME.json):");
    list(template::scenario_names(), template::scenario, output);
    output.line("\nstacks (for \"stack\": {\"file\": …}, or as \"stack\": {\"template\": …}):");
    list(template::names(), template::stack_text, output);
}

fn list(
    names: impl Iterator<Item = &'static str>,
    text_of: fn(&str) -> Option<&'static str>,
    output: &mut Output,
) {
    let all: Vec<&str> = names.collect();
    let width = all.iter().map(|name| name.len()).max().unwrap_or(0);
    for name in all {
        let text = text_of(name).unwrap_or_default();
        let file: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let description = file["description"].as_str().unwrap_or_default();
        output.line(&format!("  {name:width$}  {description}"));
    }
}
