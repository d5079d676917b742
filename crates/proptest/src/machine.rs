//! The machines that are drawn.

use netiosim_sim::model;
use netiosim_sim::model::build::home;
use netiosim_sim::model::change::Change;
use netiosim_sim::model::choose::First;
use netiosim_sim::model::env::Env;
use netiosim_sim::model::interface::{Interface, if_type};
use netiosim_sim::model::profile::Profile;
use netiosim_sim::model::table::UnicastAddress;
use netiosim_sim::model::teredo::PortWish;
use netiosim_sim::{Builder, Stack};
use serde_json::{Value, json};

/// A machine: the one at home, with more or less of everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    /// How many adapters it has besides Ethernet: `Ethernet 2` and so on, each with the address 10.n.0.1/24.
    pub adapters: u8,
    /// The Teredo client.
    pub teredo: Teredo,
    /// The profile.
    pub profile: Profile,
}

/// How far the Teredo client of a machine is at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Teredo {
    /// Usable, on port 50000.
    Qualified,
    /// Running, idle.
    Dormant,
    /// Not running.
    Stopped,
}

impl Default for Machine {
    /// The machine at home, under the profile `documented`.
    fn default() -> Self {
        Self { adapters: 0, teredo: Teredo::Qualified, profile: Profile::Documented }
    }
}

impl Machine {
    /// Its environment.
    #[must_use]
    pub fn env(&self) -> Env {
        let mut env = home();
        for number in 2..u32::from(self.adapters) + 2 {
            let adapter = adapter(number);
            let luid = adapter.luid;
            if env.place_interface(adapter).is_ok() {
                let address = [10, u8::try_from(number).unwrap_or(0), 0, 1].into();
                env.place_address(UnicastAddress::new(luid, address, 24));
            }
        }
        let changes: &[Change] = match self.teredo {
            Teredo::Qualified => &[],
            Teredo::Dormant => {
                &[Change::TeredoStop, Change::TeredoStart(PortWish::Exactly(50_000))]
            }
            Teredo::Stopped => &[Change::TeredoStop],
        };
        let mut model = model::machine::Machine::new(Profile::Documented, env);
        for change in changes {
            let done = model.change(None, change, &mut First::default());
            done.expect("the client of the machine at home starts and stops");
        }
        model.env().clone()
    }

    /// A builder of stacks of this machine: manual mode, unless told otherwise. What the model leaves to chance, such as the
    /// random bits of a Teredo address, comes out as in [`Reference`](crate::Reference): the first of all possibilities.
    pub fn builder(&self) -> Builder {
        let chooser = Box::new(First::default());
        Stack::builder().profile(self.profile).env(self.env()).chooser(chooser).announce(false)
    }

    /// The `stack` of a scenario file.
    pub(crate) fn scenario(&self) -> Value {
        let adapters: Vec<Value> = (2..u32::from(self.adapters) + 2)
            .map(|number| {
                json!({
                    "alias": alias(number),
                    "luid_index": number,
                    "index": number + 2,
                    "ipv4": {"addresses": [format!("10.{number}.0.1/24")]},
                })
            })
            .collect();
        let mut stack = json!({"template": "home"});
        if !adapters.is_empty() {
            stack["interfaces"] = adapters.into();
        }
        match self.teredo {
            Teredo::Qualified => {}
            Teredo::Dormant => stack["teredo"] = json!({"state": "dormant"}),
            Teredo::Stopped => stack["teredo"] = json!({"state": "offline"}),
        }
        stack
    }
}

/// An Ethernet adapter of this number; `Ethernet` itself is the first.
pub(crate) fn adapter(number: u32) -> Interface {
    let mut adapter = Interface::new(alias(number), if_type::ETHERNET, number, number + 2);
    "Simulated Ethernet Adapter".clone_into(&mut adapter.description);
    adapter
}

pub(crate) fn alias(number: u32) -> String {
    format!("Ethernet {number}")
}
