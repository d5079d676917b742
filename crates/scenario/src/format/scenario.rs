//! The scenario itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::expect::Expect;
use super::fault::FaultSpec;
use super::is_default;
use super::stack::{StackSpec, Template};
use super::timeline::TimelineEntry;
use super::unique_map::unique_map;
use super::value::Value;

/// A scenario: a machine, what happens to it, the programs on it, and what must come out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The address of the JSON schema, for editors. Ignored.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the language: 1.
    #[serde(deserialize_with = "super::version")]
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The name, for reports.
    pub name: String,
    /// What it shows, for people.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// The ids of the requirements that it demonstrates, such as `TP-07`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub requirements: Vec<String>,
    /// The profiles under which it must hold; left out: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub profiles: ProfileSelection,
    /// Options that this scenario fixes, by name, whatever the profile says.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub options: BTreeMap<String, Value>,
    /// Whose functions the clients call.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flavour: Flavour,
    /// The Windows that the machine runs, by version (`10 2004`) or build (`19041`): it decides which
    /// functions exist; left out: that of the stack, or the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<String>,
    /// The seed of everything that is left to chance.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: u64,
    /// The machine; left out: the template `home`.
    #[serde(default = "home", skip_serializing_if = "is_home")]
    pub stack: StackSpec,
    /// What happens to the machine, in order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub timeline: Vec<TimelineEntry>,
    /// Calls that fail on demand, from the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub faults: Vec<FaultSpec>,
    /// The programs on the machine.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clients: Vec<Client>,
    /// What must come out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expect: Expect,
    /// What must come out under single profiles: replaces `expect` there.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub expect_under: BTreeMap<String, Expect>,
    /// Schedules to follow, by profile, as `netiosim explore` prints them: `run` takes these steps, and then goes on as
    /// ever. A seed on the command line sets them aside.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub schedules: BTreeMap<String, String>,
    /// Bounds on the run; one that is hit makes the verdict inconclusive.
    #[serde(default, skip_serializing_if = "is_default")]
    pub limits: Limits,
}

impl Scenario {
    /// A scenario of which nothing but the name is said.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            version: super::VERSION,
            name: name.into(),
            description: String::new(),
            requirements: Vec::new(),
            profiles: ProfileSelection::default(),
            options: BTreeMap::new(),
            flavour: Flavour::User,
            windows: None,
            seed: 0,
            stack: home(),
            timeline: Vec::new(),
            faults: Vec::new(),
            clients: Vec::new(),
            expect: Expect::default(),
            expect_under: BTreeMap::new(),
            schedules: BTreeMap::new(),
            limits: Limits::default(),
        }
    }

    /// What must come out under the profile of this name.
    #[must_use]
    pub fn expect_for(&self, profile: &str) -> &Expect {
        self.expect_under.get(profile).unwrap_or(&self.expect)
    }

    /// The client of this name.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }
}

fn home() -> StackSpec {
    StackSpec::of(Template::Home)
}

fn is_home(stack: &StackSpec) -> bool {
    *stack == home()
}

/// The profiles under which a scenario must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileSelection {
    /// Profiles under which it need not hold, each with the reason.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub except: BTreeMap<String, String>,
}

/// Whose functions the clients call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// Those of iphlpapi.dll: Win32 error codes.
    #[default]
    User,
    /// Those of netio.sys: NTSTATUS codes, and rules about the IRQL.
    Kernel,
}

/// Bounds on a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The number of steps.
    pub steps: u64,
    /// The virtual time, in milliseconds.
    pub virtual_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 100_000, virtual_ms: 86_400_000 }
    }
}
