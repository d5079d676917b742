//! `netiosim import`.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use netiosim_model::env::Env;
use netiosim_model::interface::OperStatus;
use netiosim_scenario::import::Imported;
use netiosim_scenario::import::ip_json::IpJson;
use netiosim_scenario::problem::Problem;
use netiosim_scenario::program::build_env;
use netiosim_scenario::read::{LARGEST_FILE, text_of};
use netiosim_scenario::{load, template};

use crate::USAGE;
use crate::import_host;
use crate::output::{Output, complain, remark};
use crate::trace_file::unwritable;

/// Imports the interfaces of this machine.
pub(crate) fn host(file: Option<&Path>, output: &mut Output) -> u8 {
    let host = import_host::host();
    if host.interfaces.is_empty() {
        complain("this machine shows no network interface");
        return USAGE;
    }
    let imported = host.into_stack("The interfaces of a real machine, by `netiosim import host`.");
    deliver(&imported, file, output)
}

/// Imports saved outputs of iproute2.
pub(crate) fn ip_json(files: &[PathBuf], file: Option<&Path>, output: &mut Output) -> u8 {
    let mut machine = IpJson::default();
    let mut bad = false;
    for path in files {
        let added = text(path).and_then(|text| machine.add(&path.display().to_string(), &text));
        if let Err(problem) = added {
            show(&problem);
            bad = true;
        }
    }
    if bad {
        return USAGE;
    }
    match machine.into_stack("A real machine, by `netiosim import ip-json`.") {
        Ok(imported) => deliver(&imported, file, output),
        Err(problem) => {
            show(&problem);
            USAGE
        }
    }
}

fn text(path: &Path) -> Result<String, Box<Problem>> {
    if path != Path::new("-") {
        return load::text(path);
    }
    let name = "standard input";
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut bytes);
    let refused = |reason: String| Box::new(Problem::of_file(name, reason));
    read.map_err(|error| refused(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(refused(format!("it has more than {LARGEST_FILE} bytes")));
    }
    text_of(name, bytes)
}

fn show(problem: &Problem) {
    complain(&format!("the file cannot be imported\n{}", problem.render(false)));
}

/// Builds the stack, to know that `run` will, and writes or prints it.
fn deliver(imported: &Imported, file: Option<&Path>, output: &mut Output) -> u8 {
    for note in &imported.notes {
        remark(note);
    }
    let stack = &imported.file.stack;
    let env = match template::resolve(stack, Path::new("")) {
        Ok(stack) => build_env(&stack).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{error:?}")),
    };
    let env = match env {
        Ok(env) => env,
        Err(reason) => {
            complain(&format!("no stack can be built of this: {reason}"));
            return USAGE;
        }
    };
    let text = template::stack_file_text(&imported.file.description, stack);
    let Some(path) = file else {
        output.print(&text);
        return 0;
    };
    if let Err(error) = fs::write(path, text) {
        complain(&unwritable(path, &error));
        return USAGE;
    }
    output.print(&table(&env));
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    output.line(&format!("\nwritten to {}", path.display()));
    output.line(&format!(
        "a scenario beside it starts from it with \"stack\": {{\"file\": \"{name}\"}}"
    ));
    0
}

/// The interfaces of the stack: index, LUID, state, alias, addresses.
fn table(env: &Env) -> String {
    let mut interfaces: Vec<_> = env.interfaces().collect();
    interfaces.sort_by_key(|interface| interface.index);
    let width = interfaces.iter().map(|i| i.alias.chars().count()).max().unwrap_or(0).max(5);
    let mut text = format!(
        "{:>5}  {:18}  {:4}  {:4}  {:width$}  addresses\n",
        "index", "LUID", "type", "", "alias"
    );
    for interface in interfaces {
        let addresses: Vec<String> = env
            .addresses()
            .filter(|address| address.luid == interface.luid)
            .map(|address| format!("{}/{}", address.address, address.prefix_length))
            .collect();
        let state = if interface.oper_status() == OperStatus::Up { "up" } else { "down" };
        let row = format!(
            "{:5}  {:#018x}  {:4}  {state:4}  {:width$}  {}",
            interface.index,
            interface.luid.0,
            interface.if_type,
            interface.alias,
            addresses.join(" "),
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}
