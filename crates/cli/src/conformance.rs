//! `netiosim conformance`.

use netiosim_conformance::backends::{Shared, System};
use netiosim_conformance::{Backend, Matrix, Selection, backends, glob, requirements};
use netiosim_model::profile::Profile;

use crate::args::{ConformanceArgs, Format};
use crate::output::{Output, complain};
use crate::{FAILED, USAGE};

/// A shared object could not be loaded: nothing can be said about it.
const NOT_LOADED: u8 = 2;

/// Checks the simulator, or another implementation, against the documents; gives the exit code.
pub(crate) fn conformance(args: &ConformanceArgs, output: &mut Output) -> u8 {
    let system =
        if args.change_this_machine { System::new().change_this_machine() } else { System::new() };
    let built_in = backends::all();
    let mut known = built_in.clone();
    if cfg!(windows) {
        known.push(&system);
    }
    let unknown = |name: &&String| !is_path(name) && !known.iter().any(|one| one.name() == *name);
    if let Some(name) = args.backend.iter().find(unknown) {
        let names: Vec<&str> = known.iter().map(|backend| backend.name()).collect();
        complain(&format!("there is no backend \"{name}\"; there are {}", names.join(", ")));
        return USAGE;
    }
    if !requirements().iter().any(|requirement| glob(&args.id, requirement.id)) {
        complain(&format!(
            "no requirement is called {}; docs/requirements.md has them all",
            args.id
        ));
        return USAGE;
    }
    // What is loaded runs: only when everything else that was said makes sense.
    let library = match library(args) {
        Ok(library) => library,
        Err(code) => return code,
    };
    let named = |name: &String| -> Option<&dyn Backend> {
        let library = library.as_ref().filter(|_| is_path(name));
        let own = library.map(|library| library as &dyn Backend);
        own.or_else(|| known.iter().find(|backend| backend.name() == name).copied())
    };
    let mut chosen: Vec<&dyn Backend> = args.backend.iter().filter_map(named).collect();
    if chosen.is_empty() {
        chosen = built_in;
    }
    let profiles = args.profile.0.map_or_else(|| Profile::ALL.to_vec(), |profile| vec![profile]);
    let matrix = Matrix::run(&chosen, &Selection { ids: args.id.clone(), profiles });
    match args.format {
        Format::Json => output.line(&matrix.json()),
        Format::Human => output.print(&matrix.text()),
    }
    if matrix.failed().next().is_some() { FAILED } else { 0 }
}

/// Whether the word for a backend is the path of a shared object.
fn is_path(word: &str) -> bool {
    word.contains(['/', '\\']) || [".so", ".dylib", ".dll"].iter().any(|end| word.ends_with(end))
}

/// The shared object that is named among the backends, or the exit code.
fn library(args: &ConformanceArgs) -> Result<Option<Shared>, u8> {
    let mut paths = args.backend.iter().filter(|word| is_path(word));
    let Some(path) = paths.next() else { return Ok(None) };
    if let Some(second) = paths.next() {
        complain(&format!("{path} and {second}: one shared object can be checked at a time"));
        return Err(USAGE);
    }
    match Shared::open(path) {
        Ok(library) if args.change_this_machine => Ok(Some(library.change_this_machine())),
        Ok(library) => Ok(Some(library)),
        Err(error) => {
            complain(&error.to_string());
            Err(NOT_LOADED)
        }
    }
}
