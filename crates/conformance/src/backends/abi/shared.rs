//! A shared object that somebody names by its path.

use std::path::Path;

use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;

use super::driven::Driven;
use super::library::{Library, NotLoaded};
use super::system::{System, running};
use crate::backend::{Backend, Cannot, Session};

/// The functions that a shared object exports, each found by its name when it is called; a missing one makes a check not
/// applicable.
///
/// One that exports the functions of `include/netiosim.h`, too, is the simulator: each session has a stack of its own there, of the
/// profile and flavour that are asked for, and changes it by these functions. Any other one is what [`System`] is: its world changes by
/// nothing that a check could ask for, whatever the profile is, and everything is delivered when nothing was heard for 200 ms.
/// One session lives at a time: whoever asks for another one waits.
#[derive(Clone, Copy)]
pub struct Shared {
    library: Library,
    system: System,
}

impl Shared {
    /// Loads a shared object, and runs what it has to be run when it is loaded. It stays until the program ends.
    ///
    /// # Errors
    ///
    /// [`NotLoaded`] with the path and what the loader says.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NotLoaded> {
        Ok(Self { library: Library::open(path.as_ref())?, system: System::new() })
    }

    /// The same; functions that create, set and delete are called as well where there is no stack of one's own.
    #[must_use]
    pub fn change_this_machine(self) -> Self {
        Self { system: self.system.change_this_machine(), ..self }
    }

    /// Whether it has stacks of its own, which a session makes and changes.
    #[must_use]
    pub fn makes_stacks(&self) -> bool {
        // Whose functions take any address is netiosim.
        self.library.takes_any_address()
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("makes_stacks", &self.makes_stacks()).finish_non_exhaustive()
    }
}

impl Backend for Shared {
    fn name(&self) -> &'static str {
        "library"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        if self.makes_stacks() {
            return Ok(Box::new(Driven::new(self.library, profile, flavour)?));
        }
        Ok(Box::new(running(self.system, self.library, flavour)?))
    }
}
