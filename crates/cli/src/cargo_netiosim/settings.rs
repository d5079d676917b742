//! `[workspace.metadata.netiosim]` and `[package.metadata.netiosim]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::flip::TargetEnv;

/// The settings of a table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Table {
    windows_crates: Vec<String>,
    host_crates: Vec<String>,
    target_env: Option<String>,
    simulator: Option<PathBuf>,
    features: Vec<String>,
    seed: Option<u64>,
    profile: Option<String>,
    env: BTreeMap<String, String>,
}

/// What the tables of a workspace say together.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Dependencies to build as their Windows selves, besides the members.
    pub(crate) windows_crates: Vec<String>,
    /// Members to build as they are here.
    pub(crate) host_crates: Vec<String>,
    /// Which C library the pretended target has.
    pub(crate) target_env: Option<TargetEnv>,
    /// The folder of the package netiosim-win32.
    pub(crate) simulator: Option<PathBuf>,
    /// Features of netiosim-win32 besides `compat`.
    pub(crate) features: Vec<String>,
    /// Environment variables for cargo and what it runs; what the user has set himself goes first.
    pub(crate) env: BTreeMap<String, String>,
}

impl Settings {
    /// Adds the table `netiosim` of some metadata, which stands in a manifest in this folder. What was said
    /// before goes first; lists are joined.
    ///
    /// # Errors
    ///
    /// What is wrong with the table, for people.
    pub(crate) fn add(&mut self, metadata: &Value, folder: &Path) -> Result<(), String> {
        let Some(table) = metadata.get("netiosim") else {
            return Ok(());
        };
        let place = || folder.join("Cargo.toml").display().to_string();
        let table: Table = serde_json::from_value(table.clone())
            .map_err(|error| format!("metadata.netiosim in {}: {error}", place()))?;
        self.windows_crates.extend(table.windows_crates);
        self.host_crates.extend(table.host_crates);
        if let Some(name) = &table.target_env {
            let env = TargetEnv::parse(name).ok_or_else(|| {
                format!("metadata.netiosim.target-env in {} is msvc or gnu, not `{name}`", place())
            })?;
            self.target_env.get_or_insert(env);
        }
        if let Some(path) = table.simulator {
            self.simulator.get_or_insert(folder.join(path));
        }
        self.features.extend(table.features);
        if let Some(seed) = table.seed {
            self.env.entry("NETIOSIM_SEED".to_owned()).or_insert(seed.to_string());
        }
        if let Some(profile) = table.profile {
            netiosim_model::profile::Profile::parse(&profile)
                .map_err(|error| format!("metadata.netiosim.profile in {}: {error}", place()))?;
            self.env.entry("NETIOSIM_PROFILE".to_owned()).or_insert(profile);
        }
        for (name, value) in table.env {
            self.env.entry(name).or_insert(value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_first_goes_first() {
        let mut settings = Settings::default();
        settings
            .add(
                &json!({ "netiosim": { "windows-crates": ["a"], "seed": 3, "target-env": "gnu" } }),
                Path::new("w"),
            )
            .expect("good");
        settings
            .add(
                &json!({ "netiosim": { "windows-crates": ["b"], "seed": 4, "simulator": "../s", "env": { "K": "v" } } }),
                Path::new("w/p"),
            )
            .expect("good");
        settings.add(&json!({ "docs": {} }), Path::new("w/q")).expect("nothing of ours");
        settings.add(&Value::Null, Path::new("w/q")).expect("nothing at all");
        assert_eq!(settings.windows_crates, ["a", "b"]);
        assert_eq!(settings.target_env, Some(TargetEnv::Gnu));
        assert_eq!(settings.simulator, Some(PathBuf::from("w/p/../s")));
        assert_eq!(settings.env["NETIOSIM_SEED"], "3");
        assert_eq!(settings.env["K"], "v");
    }

    #[test]
    fn mistakes_are_told_with_their_file() {
        let mut settings = Settings::default();
        for (table, word) in [
            (json!({ "netiosim": { "windows-crate": "a" } }), "windows-crate"),
            (json!({ "netiosim": { "profile": "documentd" } }), "documented"),
            (json!({ "netiosim": { "target-env": "musl" } }), "musl"),
        ] {
            let error = settings.add(&table, Path::new("here")).expect_err("wrong");
            assert!(error.contains(word) && error.contains("Cargo.toml"), "{error}");
        }
    }
}
