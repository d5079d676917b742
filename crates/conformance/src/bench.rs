//! What a check has in its hands.

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::{Luid, NotificationType};
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, KernelNames, Status};

use crate::backend::{Answered, Did, Heard, Register, Registered, Session, Told};
use crate::check::{Stop, Verdict};

/// A session, and words for what is expected of it.
pub struct Bench {
    session: Box<dyn Session>,
    flavour: Flavour,
    profile: Profile,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bench({:?}, {:?})", self.profile, self.flavour)
    }
}

impl Bench {
    /// A session of this profile and flavour.
    #[must_use]
    pub fn new(session: Box<dyn Session>, profile: Profile, flavour: Flavour) -> Self {
        Self { session, flavour, profile }
    }

    /// The system under test.
    pub fn session(&mut self) -> &mut dyn Session {
        &mut *self.session
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The number of a status in this flavour.
    #[must_use]
    pub fn number(&self, status: Status) -> u32 {
        status.code(self.flavour, KernelNames::default())
    }

    /// Registers; anything but a success with a handle fails the check.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`].
    pub fn registered(&mut self, call: &Register) -> Result<u64, Stop> {
        let Registered { code, handle, .. } = self.session.register(call);
        self.code("the registration", code, Status::Success)?;
        match handle {
            Some(handle) if handle != 0 => Ok(handle),
            _ => Err(Stop::Fails("the registration succeeded and left no handle".to_owned())),
        }
    }

    /// NotifyTeredoPortChange with this context.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if it does not succeed.
    pub fn port_registered(&mut self, context: u64) -> Result<u64, Stop> {
        self.registered(&Register::new(Function::NotifyTeredoPortChange).context(context))
    }

    /// Cancels; anything but a success fails the check.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`].
    pub fn cancelled(&mut self, handle: u64) -> Verdict {
        let code = self.session.cancel(handle);
        self.code("the cancel", code, Status::Success)
    }

    /// The port; anything but a success fails the check.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`].
    pub fn port(&mut self) -> Result<u16, Stop> {
        let (code, port) = self.session.teredo_port(Some(0));
        self.code("GetTeredoPort", code, Status::Success)?;
        port.ok_or_else(|| Stop::Fails("GetTeredoPort left no port".to_owned()))
    }

    /// Calls a function that answers at once, with raw parameters.
    ///
    /// # Errors
    ///
    /// [`Stop::NotApplicable`] if the backend does not call it so.
    pub fn call(&mut self, call: &Call) -> Result<Answered, Stop> {
        Ok(self.session.call(call)?)
    }

    /// The call answers with this status.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if it is another.
    pub fn answers(&mut self, call: &Call, status: Status) -> Verdict {
        let code = self.call(call)?.code;
        self.code(&format!("{call:?}"), code, status)
    }

    /// The row that a Get or Initialize function fills, given this one.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if it does not succeed.
    pub fn filled<R: Into<Row> + TryFrom<Row>>(
        &mut self,
        function: Function,
        row: R,
    ) -> Result<R, Stop> {
        let call = Call::row(function, row);
        let answer = self.call(&call)?;
        self.code(function.name(), answer.code, Status::Success)?;
        match answer.output {
            Output::Row(row) => R::try_from(row)
                .map_err(|_| Stop::Fails(format!("{function} left a row of another type"))),
            other => Err(Stop::Fails(format!("{function} left {other:?}"))),
        }
    }

    /// The rows of a table, which is freed.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if there is none.
    pub fn table<R: TryFrom<Row>>(
        &mut self,
        function: Function,
        family: u16,
    ) -> Result<Vec<R>, Stop> {
        let answer = self.call(&Call::table(function, family))?;
        self.code(function.name(), answer.code, Status::Success)?;
        self.freed(&answer.output)?;
        let rows: Result<Vec<R>, _> = answer.rows.into_iter().map(R::try_from).collect();
        rows.map_err(|_| Stop::Fails(format!("{function} left rows of another type")))
    }

    /// Frees a table that a call handed out.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if the call handed out something else.
    pub fn freed(&mut self, output: &Output) -> Verdict {
        let Output::Table(table) = output else {
            return Err(Stop::Fails(format!("there is no table but {output:?}")));
        };
        self.call(&Call::Free(Memory::Table(*table))).map(drop)
    }

    /// Changes the environment.
    ///
    /// # Errors
    ///
    /// [`Stop::NotApplicable`] if this world cannot.
    pub fn change(&mut self, change: &Change) -> Verdict {
        Ok(self.session.change(change)?)
    }

    /// The rules that were found broken since this was last asked; everything that is due is delivered before.
    ///
    /// # Errors
    ///
    /// [`Stop::NotApplicable`] of a system that finds none.
    pub fn findings(&mut self) -> Result<Vec<Rule>, Stop> {
        self.session.settle();
        Ok(self.session.findings()?)
    }

    /// What callbacks did since this was last asked; everything that is due is delivered before.
    pub fn did(&mut self) -> Vec<Did> {
        self.session.settle();
        self.session.did()
    }

    /// LUID and index of the Ethernet adapter.
    #[must_use]
    pub fn adapter(&self) -> (Luid, u32) {
        self.session.adapter()
    }

    /// The flavour of the caller.
    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// Lets everything that is due be delivered, and tells what came since last time.
    pub fn heard(&mut self) -> Vec<Heard> {
        self.session.settle();
        self.session.heard()
    }

    /// The ports among them, each with its context and type.
    pub fn ports(&mut self) -> Vec<(u64, u16, i32)> {
        let ports = self.heard().into_iter().filter_map(|heard| match heard.told {
            Told::Port { port, kind } => Some((heard.context, port, kind)),
            _ => None,
        });
        ports.collect()
    }

    /// What callbacks with a row were told: contexts, whether there was a row, and types.
    pub fn rows(&mut self) -> Vec<(u64, bool, i32)> {
        let rows = self.heard().into_iter().filter_map(|heard| match heard.told {
            Told::Row { row, kind } => Some((heard.context, row, kind)),
            _ => None,
        });
        rows.collect()
    }

    /// Holds a code against the status that the documents name.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if it is another.
    pub fn code(&self, what: &str, code: u32, status: Status) -> Verdict {
        self.equal(&format!("the code of {what}"), &code, &self.number(status))
    }

    /// Holds what came against what is expected.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`] if they differ.
    pub fn equal<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        came: &T,
        expected: &T,
    ) -> Verdict {
        self.holds(came == expected, || format!("{what} is {came:?}, not {expected:?}"))
    }

    /// Fails with these words unless something is so.
    ///
    /// # Errors
    ///
    /// [`Stop::Fails`].
    pub fn holds(&self, so: bool, otherwise: impl FnOnce() -> String) -> Verdict {
        if so { Ok(()) } else { Err(Stop::Fails(otherwise())) }
    }
}

/// The number of MibInitialNotification.
pub(crate) const INITIAL: i32 = NotificationType::Initial.number();

#[cfg(test)]
mod tests {
    use netiosim_model::status::{Flavour, KernelNames, Status};

    /// The numbers that the documents and the public headers have, written out: what checks expect comes of the model's table.
    #[test]
    fn the_numbers_are_those_of_the_documents() {
        for (status, user, kernel) in [
            (Status::Success, 0, 0),
            (Status::InvalidParameter, 87, 0xC000_000D),
            (Status::InvalidHandle, 6, 6),
            (Status::NotEnoughMemory, 8, 0xC000_009A),
            (Status::NotReady, 21, 21),
            (Status::NotSupported, 50, 0xC000_00BB),
            (Status::FileNotFound, 2, 0xC000_0225),
            (Status::NotFound, 1168, 0xC000_0225),
            (Status::AccessDenied, 5, 0xC000_0022),
            (Status::IoPending, 997, 997),
            (Status::ObjectAlreadyExists, 5010, 5010),
        ] {
            let code = |flavour| status.code(flavour, KernelNames::default());
            assert_eq!((code(Flavour::User), code(Flavour::Kernel)), (user, kernel), "{status:?}");
        }
        for (status, user) in [
            (Status::BufferOverflow, 111),
            (Status::InvalidName, 123),
            (Status::NoData, 232),
            (Status::CanNotComplete, 1003),
            (Status::AddressNotAssociated, 1228),
            (Status::PossibleDeadlock, 1131),
        ] {
            assert_eq!(status.code(Flavour::User, KernelNames::default()), user, "{status:?}");
        }
    }
}
