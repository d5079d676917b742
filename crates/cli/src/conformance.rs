//! `netiosim conformance`.

use netiosim_conformance::{Backend, Matrix, Selection, backends, glob, requirements};
use netiosim_model::profile::Profile;

use crate::args::{ConformanceArgs, Format};
use crate::output::{Output, complain};
use crate::{FAILED, USAGE};

/// Checks the simulator against the documents; gives the exit code.
pub(crate) fn conformance(args: &ConformanceArgs, output: &mut Output) -> u8 {
    let all = backends::all();
    let mut chosen: Vec<&dyn Backend> = Vec::new();
    for name in &args.backend {
        let Some(backend) = all.iter().find(|backend| backend.name() == name) else {
            let names: Vec<&str> = all.iter().map(|backend| backend.name()).collect();
            complain(&format!("there is no backend \"{name}\"; there are {}", names.join(", ")));
            return USAGE;
        };
        chosen.push(*backend);
    }
    if chosen.is_empty() {
        chosen = all;
    }
    if !requirements().iter().any(|requirement| glob(&args.id, requirement.id)) {
        complain(&format!(
            "no requirement is called {}; docs/requirements.md has them all",
            args.id
        ));
        return USAGE;
    }
    let profiles = args.profile.0.map_or_else(|| Profile::ALL.to_vec(), |profile| vec![profile]);
    let matrix = Matrix::run(&chosen, &Selection { ids: args.id.clone(), profiles });
    match args.format {
        Format::Json => output.line(&matrix.json()),
        Format::Human => output.print(&matrix.text()),
    }
    if matrix.failed().next().is_some() { FAILED } else { 0 }
}
