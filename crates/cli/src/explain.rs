//! `netiosim rules` and `netiosim explain`.

use netiosim_model::rule::Rule;

use crate::USAGE;
use crate::output::{Output, complain};

/// Lists the rules: id, short name, severity, headline.
pub(crate) fn rules(output: &mut Output) -> u8 {
    let longest = Rule::ALL.iter().map(|rule| rule.slug().len()).max().unwrap_or(0);
    for rule in Rule::ALL {
        let (id, slug, severity) = (rule.id(), rule.slug(), rule.severity().word());
        output.line(&format!("{id}  {slug:longest$}  {severity:7}  {}", rule.title()));
    }
    0
}

/// Prints the page of a rule.
pub(crate) fn explain(text: &str, output: &mut Output) -> u8 {
    match Rule::parse(text) {
        Ok(rule) => {
            let page = rule.page();
            output.print(page);
            if !page.ends_with('\n') {
                output.print("\n");
            }
            0
        }
        Err(error) => {
            complain(&error.to_string());
            USAGE
        }
    }
}
