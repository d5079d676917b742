//! Scenario files for netiosim: their format, schema, templates, diagnostics, runner and report.
//!
//! A scenario is a JSON file: a machine, what happens to it, scripted programs on it, and what must
//! come out. [`format`](mod@format) holds the types, one noun per file; [`read`] makes them of text and says of
//! a bad file everything that is wrong with it; [`check`] looks at the references within a scenario;
//! [`template`] brings stacks and example scenarios along; [`schema`] describes the format for
//! editors; [`load`] does all of that for a file on disk.

pub mod adapter;
pub mod cell;
pub mod check;
pub mod format;
pub mod import;
pub mod judge;
pub mod live;
pub mod load;
mod nearest;
pub mod outcome;
mod perform;
pub mod problem;
pub mod program;
pub mod read;
pub mod run;
pub mod schema;
pub mod template;
pub mod values;
mod watch;
pub mod world;
