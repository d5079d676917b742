//! `netiosim schema`.

use netiosim_scenario::schema;

use crate::args::Which;
use crate::output::Output;

/// Prints a schema.
pub(crate) fn schema(which: Which, output: &mut Output) -> u8 {
    let schema = match which {
        Which::Scenario => schema::scenario(),
        Which::Stack => schema::stack(),
    };
    output.print(&schema::text(&schema));
    0
}
