//! From steps that register a callback to operations.

use std::sync::Arc;

use super::compile::{Compiler, code, family_number};
use super::stack::BuildError;
use super::{Op, RegisterOp};
use crate::format::Registering;

impl Compiler<'_> {
    pub(super) fn register(
        &mut self,
        client: usize,
        call: &Registering<'_>,
        path: &Arc<str>,
    ) -> Result<Op, BuildError> {
        let foreign_client = call
            .foreign_process
            .and_then(|name| self.clients.iter().position(|client| &*client.0 == name));
        let script = match call.callback {
            None => 0,
            Some(name) => {
                let of = |client: usize| self.callbacks.get(&(client, name)).copied();
                of(client).or_else(|| foreign_client.and_then(of)).ok_or_else(|| {
                    BuildError::new(path, format!("no callback is called \"{name}\""))
                })?
            }
        };
        let context = call.context.unwrap_or("0");
        let object = self.objects.find(client, context);
        let number = match object {
            Some(object) => 0x1000 + object as u64,
            None => context.parse().map_err(|_| {
                BuildError::new(path, format!("\"{context}\" is neither a number nor a context"))
            })?,
        };
        let module = call.module.map(|name| self.module(client, name, path)).transpose()?;
        let foreign = match call.foreign_process {
            None => None,
            Some(name) => {
                let other = self.clients.iter().find(|client| &*client.0 == name);
                let other = other.ok_or_else(|| {
                    BuildError::new(path, format!("no client is called \"{name}\""))
                })?;
                Some(other.1)
            }
        };
        Ok(Op::Register(Box::new(RegisterOp {
            function: call.function,
            registration: self.registrations.number(client, call.name),
            family: family_number(call.family, call.family_number),
            script,
            null_callback: call.null_callback,
            null_handle: call.null_handle,
            null_table: call.null_table,
            context: number,
            object,
            initial: call.initial,
            module,
            foreign,
            returns: code(call.returns, path)?,
            table: call.table.map(|name| self.tables.number(client, name)),
            count: call.count,
        })))
    }
}
