//! Calls whose answer is a value or an error: what the friendly forms are made of.

use std::panic::Location;

use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::row::Row;
use netiosim_model::status::{Status, success};

use crate::StackRef;
use crate::error::ApiError;
use crate::table::MibTable;

impl StackRef {
    /// What a call wrote. A stubbed success writes nothing, which is an error with the code of one.
    pub(crate) fn ask<T>(
        &self,
        call: &Call,
        at: &'static Location<'static>,
        read: impl FnOnce(Output) -> Option<T>,
    ) -> Result<T, ApiError> {
        let (Reply { status, code, output }, flavour) = self.call_at(call, at);
        let written = match status {
            Status::Success => read(output),
            _ => None,
        };
        written.ok_or(ApiError { function: call.function(), status, code, flavour })
    }

    /// The row that a call filled in.
    pub(crate) fn ask_row<R: TryFrom<Row>>(
        &self,
        call: &Call,
        at: &'static Location<'static>,
    ) -> Result<R, ApiError> {
        self.ask(call, at, |output| match output {
            Output::Row(row) => R::try_from(row).ok(),
            _ => None,
        })
    }

    /// The table that a call handed out.
    pub(crate) fn ask_table<R: TryFrom<Row>>(
        &self,
        call: &Call,
        at: &'static Location<'static>,
    ) -> Result<MibTable<R>, ApiError> {
        let id = self.ask(call, at, |output| match output {
            Output::Table(id) => Some(id),
            _ => None,
        })?;
        Ok(self.adopt_at(id, at))
    }

    /// A call that writes nothing.
    pub(crate) fn tell(&self, call: &Call, at: &'static Location<'static>) -> Result<(), ApiError> {
        let (Reply { status, code, .. }, flavour) = self.call_at(call, at);
        match success(code, flavour) {
            true => Ok(()),
            false => Err(ApiError { function: call.function(), status, code, flavour }),
        }
    }
}
